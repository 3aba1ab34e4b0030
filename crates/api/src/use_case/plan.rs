//! Makes a plan and starts it.

use std::sync::Arc;

use lastgood_core::catalog::{Environment, Place};
use lastgood_core::drill::Exercise;
use lastgood_core::effect::{Operation, PlannedEffect, Refusal};
use lastgood_core::lease::TAKE;
use lastgood_core::mitigation::{Situation, Way, shared, weigh};
use lastgood_core::name::{RunId, RunbookName, StepId};
use lastgood_core::plan::{
    Absent, Aim, Plan, Subject, Task, compile, not_without, operations, suspensions, turns, unfit,
};
use lastgood_core::preflight::{Finding, Grade, Topic, worst};
use lastgood_core::problem::{Code, Problem};
use lastgood_core::recorded::Recorded;
use lastgood_core::release::facts::Schema;
use lastgood_core::release::{Candidate, Fitness, Gate, Objection, Release};
use lastgood_core::runbook::Runbook;
use lastgood_core::view::{PlanView, RunView};
use lastgood_engine::{Ports, RunHandle, Start};

use super::fit::still_fits;
use super::health::judged;
use super::preflight::{Examined, LIMIT, examine, within};
use super::release::{Looked, look};
use crate::App;
use crate::app::Shown;
use crate::ids;
use crate::problem::{IntoProblem, compile_problem, there_is};
use crate::stage::{Stage, forgot, practice_log};
use crate::wire::{Override, PlanRequest, StartRequest};

/// The word that takes the proposal as the target.
pub(crate) const LAST_GOOD: &str = "last-good";

/// The subject of the finding about a target that the gates reject.
const TARGET: &str = "the target";

/// The subject of the finding about the database.
const SCHEMA: &str = "the database schema";

impl App {
    /// Makes a plan. Nothing happens yet.
    pub async fn plan(&self, request: PlanRequest) -> Result<PlanView, Problem> {
        let stage = self.stage()?;
        self.planned(stage, request, None).await
    }

    pub(super) async fn planned(
        &self,
        stage: Arc<Stage>,
        request: PlanRequest,
        exercise: Option<Exercise>,
    ) -> Result<PlanView, Problem> {
        let plan = self.made(&stage, request, exercise).await?;
        let view = PlanView::from(&plan);
        self.keep(Shown { plan, stage });
        Ok(view)
    }

    pub(super) async fn made(
        &self,
        stage: &Stage,
        request: PlanRequest,
        exercise: Option<Exercise>,
    ) -> Result<Plan, Problem> {
        let environment = stage.environment(&request.place)?;
        let runbook = choose_runbook(stage, environment, &request)?;
        let wrong = unfit(runbook, &request.place, environment, &request.inputs);
        if !wrong.is_empty() {
            return Err(compile_problem(&wrong));
        }
        let looked = look(self, stage, &request.place).await?;
        let from = front(&looked, &request.place)?;
        let chosen = choose_target(&looked, &request.target)?;
        if chosen.release.id == from.id {
            return Err(Problem::new(
                Code::NoTarget,
                format!("{} is what runs now, so there is nothing to go back to", from.version),
            )
            .hint("Choose another target; `lastgood releases` lists them."));
        }
        let aim = Aim {
            place: &request.place,
            environment,
            from: &from,
            to: &chosen.release,
            given: &request.inputs,
        };
        // Whatever takes longer is an unknown finding of the preflight, which asks again.
        let governing =
            within(LIMIT, stage.world.governors(&request.place)).await.unwrap_or_default();
        let leasing = within(LIMIT, stage.world.leasing(&request.place)).await;
        let no_lease = leasing.as_ref().err().map(|why| lease_not_known(why));
        let leasing = leasing.ok().flatten();
        let inserted = suspensions(&governing).into_iter().chain(turns(leasing.as_ref()));
        let (resolved, absent) = resolve(stage, runbook, aim, inserted, &looked).await?;
        let effects: Vec<PlannedEffect> =
            resolved.iter().map(|(_, effect)| effect.clone()).collect();
        let resolved = relying(resolved, &chosen.release, &looked);
        let Examined { mut findings, not_restored } = examine(
            stage,
            &request.place,
            (&from, &chosen.release),
            &looked,
            &effects,
            target_findings(chosen, &looked),
        )
        .await;
        findings.extend(no_lease);
        // What is rehearsed in the practice world needs no rehearsal.
        if stage.practice.is_none() {
            let every = environment.rehearse_every;
            findings.push(self.rehearsed_at(&request.place, runbook, every).await?.finding());
        }
        let situation = Situation {
            place: &request.place,
            strategy: environment.strategy,
            from: &from,
            to: &chosen.release,
            survey: &looked.survey,
            history: &looked.history,
            blocked: worst(&findings) == Grade::Block,
            shared: shared(
                &judged(stage, &request.place, environment, &from).await,
                &chosen.release,
            ),
        };
        let mitigations = weigh(&situation);
        let subject = Subject {
            because: because(chosen, &looked),
            not_restored,
            mitigations,
            from,
            to: chosen.release.clone(),
            environment,
            given: request.inputs,
            survey: looked.survey.clone(),
            resolved,
            absent,
            governing,
            leasing,
            findings,
            drill: stage.drill.as_ref().map(|set_up| set_up.tag.clone()),
            exercise,
            now: stage.clock.now(),
            place: request.place,
        };
        let plan = compile(runbook, subject).map_err(|errors| compile_problem(&errors))?;
        Ok(telling_what_is_left_out(plan))
    }

    /// Runs a plan that was shown, by the name it was shown under.
    pub async fn start(&self, request: StartRequest) -> Result<RunView, Problem> {
        let handle = self.launch(request).await?;
        Ok((*handle.view()).clone())
    }

    /// The same, with a handle to follow the run by.
    pub async fn launch(&self, request: StartRequest) -> Result<RunHandle, Problem> {
        let Shown { mut plan, stage } = self.shown(&request.hash)?;
        still_fits(&stage, &plan).await?;
        let overrides = overridden(&plan.findings, &request.overrides)?;
        let journal = self.journal().await?;
        let run = self.named(&mut plan, &stage).await?;
        let ledger = self.ledger().await?;
        let clock = stage.clock.clone();
        let ports = Ports { world: stage.world.clone(), journal, ledger, clock };
        let choice = request.choice.map(|why| why.trim().to_owned()).filter(|why| !why.is_empty());
        let choice = choice.map(|why| (Way::RollBack, why));
        let start = Start { run, plan, by: self.person(), overrides, choice };
        let started = self.engine().start(ports, start).await;
        let handle = started.map_err(|error| error.problem())?;
        self.take_cues(&handle, &stage);
        Ok(handle)
    }
}

impl App {
    /// A name for the run of `plan`. From here on its practice world, if it plays in one,
    /// survives whatever happens to this process.
    pub(super) async fn named(&self, plan: &mut Plan, stage: &Stage) -> Result<RunId, Problem> {
        let mut taken = self.taken().await?;
        // A record that was imported keeps its name for itself.
        taken.extend(self.filed().await?.into_iter().map(|filed| filed.run));
        let run = match &plan.drill {
            Some(tag) => ids::for_drill(&tag.scenario, tag.seed, &taken),
            None => ids::for_place(&plan.place, stage.clock.now(), &crate::system::salt(), &taken),
        };
        if let (Some(tag), Some(set_up)) = (&mut plan.drill, &stage.drill) {
            let path = practice_log(&self.config().data, run.as_str());
            tag.world =
                set_up.memory.persist(&path, run.as_str()).map_err(|error| forgot(&error))?;
        }
        Ok(run)
    }
}

/// Without an answer there is no step that takes a lease, which nobody may overlook.
fn lease_not_known(why: &str) -> Finding {
    let sentence =
        format!("whether somebody else is at it is not known, and no lease is taken: {why}");
    Finding::new("another operator", Grade::Unknown, sentence).on(Topic::Freeze)
}

fn choose_runbook<'a>(
    stage: &'a Stage,
    environment: &Environment,
    request: &PlanRequest,
) -> Result<&'a Runbook, Problem> {
    let asked: Option<&RunbookName> = request.runbook.as_ref().or(environment.runbook.as_ref());
    if let Some(name) = asked {
        return stage.runbook(name);
    }
    let fitting: Vec<&Runbook> = stage
        .files
        .runbooks
        .iter()
        .filter(|runbook| runbook.is_for(environment.platform.kind(), environment.strategy))
        .collect();
    match fitting[..] {
        [only] => Ok(only),
        [] => {
            let (platform, strategy) = (environment.platform.kind(), environment.strategy);
            let what = format!(
                "no runbook fits {}, which is {} on {}",
                request.place,
                strategy.as_str(),
                platform.as_str()
            );
            let mut problem = Problem::new(Code::NotFound, what);
            let foreign = stage.files.runbooks.iter();
            problem.chain.extend(foreign.map(|runbook| runbook.not_for(platform, strategy)));
            Err(problem.hint(
                "Add one to the workspace's `runbooks` folder, or this platform and strategy to \
                 one that suits it.",
            ))
        }
        _ => {
            let names: Vec<&str> = fitting.iter().map(|runbook| runbook.name.as_str()).collect();
            Err(Problem::new(
                Code::InputInvalid,
                format!("{} runbooks fit {}", fitting.len(), request.place),
            )
            .hint(format!("Name one: {}.", names.join(", "))))
        }
    }
}

fn front(looked: &Looked, place: &Place) -> Result<Release, Problem> {
    looked
        .survey
        .newest()
        .and_then(|arm| looked.history.latest(&arm.release))
        .map(|deploy| deploy.release.clone())
        .ok_or_else(|| {
            Problem::new(Code::NoTarget, format!("nothing that is known runs in {place}"))
                .hint("Check the coordinates in the catalog; `lastgood doctor` tells more.")
        })
}

fn choose_target<'a>(looked: &'a Looked, wanted: &str) -> Result<&'a Candidate, Problem> {
    let candidates = &looked.proposal.candidates;
    if wanted == LAST_GOOD {
        let target = looked.proposal.target.as_ref();
        return candidates
            .iter()
            .find(|candidate| Some(&candidate.release.id) == target)
            .ok_or_else(|| {
                let mut problem = Problem::new(Code::NoTarget, looked.proposal.sentence.clone());
                problem.chain.extend(candidates.iter().map(rejected));
                problem.hint("Name a target yourself with --target; it will need a reason.")
            });
    }
    candidates
        .iter()
        .find(|candidate| candidate.release.id.as_str() == wanted)
        .or_else(|| candidates.iter().find(|candidate| candidate.release.version == wanted))
        .ok_or_else(|| {
            let known: Vec<&str> = candidates
                .iter()
                .take(8)
                .map(|candidate| candidate.release.version.as_str())
                .collect();
            Problem::new(Code::NotFound, format!("no release `{wanted}` is known here"))
                .hint(there_is(&known))
        })
}

fn rejected(candidate: &Candidate) -> String {
    let why: Vec<&str> = match &candidate.fitness {
        Fitness::Rejected { reasons } => reasons.iter().map(|one| one.why.as_str()).collect(),
        Fitness::Offered { warnings, .. } => warnings.iter().map(|one| one.why.as_str()).collect(),
    };
    format!("{}: {}", candidate.release.version, why.join("; "))
}

fn because(chosen: &Candidate, looked: &Looked) -> String {
    if looked.proposal.target.as_ref() == Some(&chosen.release.id) {
        format!("proposed: {}", chosen.evidence.sentence)
    } else {
        format!("chosen by hand: {}", chosen.evidence.sentence)
    }
}

/// What the choice of the target says before any system is asked.
fn target_findings(chosen: &Candidate, looked: &Looked) -> Vec<Finding> {
    let mut findings = match &chosen.fitness {
        Fitness::Offered { warnings, unknowns } => {
            let mut findings: Vec<Finding> = apart(warnings)
                .map(|one| Finding::new(TARGET, Grade::Warn, one.why.clone()))
                .collect();
            if findings.is_empty() {
                let sentence = format!("{}: {}", chosen.release.version, chosen.evidence.sentence);
                findings.push(Finding::new(TARGET, Grade::Pass, sentence));
            }
            findings.extend(not_known(unknowns));
            findings
        }
        Fitness::Rejected { reasons } => apart(reasons)
            .map(|one| {
                Finding::new(
                    TARGET,
                    Grade::Block,
                    format!("{}: {}", chosen.release.version, one.why),
                )
                .mend("Choose the proposed target, or override this with a reason.")
            })
            .collect(),
    };
    findings.extend(
        looked
            .doubts
            .iter()
            .map(|doubt| Finding::new("the history", Grade::Unknown, doubt.clone())),
    );
    let mut findings: Vec<Finding> =
        findings.into_iter().map(|finding| finding.on(Topic::Target)).collect();
    findings.extend(schema_finding(chosen, looked));
    findings
}

/// What is not told again, and better, by a finding of its own.
fn apart(objections: &[Objection]) -> impl Iterator<Item = &Objection> {
    objections
        .iter()
        .filter(|one| !matches!(one.gate, Gate::Artifact | Gate::Settings | Gate::Schema))
}

/// What the database says of the target, and where one could go instead.
fn schema_finding(chosen: &Candidate, looked: &Looked) -> Option<Finding> {
    let gate = chosen.gates.iter().find(|answer| answer.gate == Gate::Schema)?;
    let mut sentence = gate.why.clone().into_owned();
    if gate.grade == Grade::Block
        && let Some(reach) = &looked.proposal.schema
    {
        sentence = format!("{sentence}; {reach}");
    }
    let finding = Finding::new(SCHEMA, gate.grade, sentence).on(Topic::Schema);
    let schema = looked.crossings.get(&chosen.release.id).map(|crossing| &crossing.schema);
    Some(match schema {
        Some(Recorded::Recorded(Schema::Loses { .. })) => finding.mend(
            "Restore what is gone from a backup first, or choose a release that the schema lets \
             through.",
        ),
        Some(Recorded::Recorded(
            Schema::Breaks { .. } | Schema::Probe { rows: Recorded::Recorded(1..), .. },
        )) => finding.mend(
            "Choose a release that the schema lets through, or apply a migration that makes room \
             for the older one.",
        ),
        Some(Recorded::Recorded(Schema::Unfinished { .. })) => {
            finding.mend("Finish or repair the migration with its own tool first.")
        }
        Some(Recorded::Recorded(Schema::Opaque { .. })) => {
            finding.mend("Read the statements and decide; `lastgood schema` shows each of them.")
        }
        Some(Recorded::NotRecorded) | None => finding
            .mend("Name the database under `schema:` in the catalog, and it is looked up here."),
        Some(Recorded::Recorded(
            Schema::Compatible { .. } | Schema::Probe { .. } | Schema::Unclear { .. },
        )) => finding,
    })
}

/// The restoring effect relies on what the database said, too: it is asked again right
/// before traffic returns.
fn relying(
    mut resolved: Vec<(Operation, PlannedEffect)>,
    to: &Release,
    looked: &Looked,
) -> Vec<(Operation, PlannedEffect)> {
    let Some(crossing) = looked.crossings.get(&to.id) else { return resolved };
    for (operation, effect) in &mut resolved {
        let restores = match operation {
            Operation::RestoreRelease { release } => *release == to.id,
            Operation::ShiftTraffic { release, percent } => *release == to.id && *percent > 0,
            Operation::HaltRollout
            | Operation::ResumeRollout
            | Operation::SwitchFlag { .. }
            | Operation::SwitchLease { .. }
            | Operation::SwitchSync { .. }
            | Operation::RunErrand { .. } => false,
        };
        if restores {
            effect.expects.extend(crossing.relies_on.iter().cloned());
        }
    }
    resolved
}

/// What no gate could find out, as one finding: a list of doubts is read, a page of them
/// is not. Its subject names the gates, for whoever reads no more than that.
fn not_known(unknowns: &[Objection]) -> Option<Finding> {
    let gates: Vec<&str> = apart(unknowns).map(|one| one.gate.title()).collect();
    let said: Vec<String> = match apart(unknowns).collect::<Vec<_>>()[..] {
        // The subject has named it already.
        [only] => vec![only.why.clone()],
        ref all => all.iter().map(|one| format!("{}: {}", one.gate.title(), one.why)).collect(),
    };
    let subject = format!("{TARGET} ({})", gates.join(", "));
    (!said.is_empty()).then(|| Finding::new(subject, Grade::Unknown, said.join("; ")))
}

/// The exact call behind each operation, and which of them the platform does not know and
/// the runbook can do without.
async fn resolve(
    stage: &Stage,
    runbook: &Runbook,
    aim: Aim<'_>,
    inserted: impl Iterator<Item = (StepId, Operation)>,
    looked: &Looked,
) -> Result<(Vec<(Operation, PlannedEffect)>, Vec<Absent>), Problem> {
    let (mut resolved, mut absent) = (Vec::new(), Vec::new());
    let of_runbook = operations(runbook, aim).map_err(|errors| compile_problem(&errors))?;
    let count = of_runbook.len();
    let wanted = of_runbook.into_iter().chain(inserted);
    for (index, (step, operation)) in wanted.enumerate() {
        match stage.world.resolve(aim.place, &operation, &looked.survey).await {
            Ok(effect) => resolved.push((operation, effect)),
            Err(refusal) => match Absent::of(&operation, &refusal) {
                Some(one) if index < count => absent.push(one),
                Some(_) | None => return Err(unplannable(&step, &operation, &refusal)),
            },
        }
    }
    let missed = not_without(runbook, aim, &absent).map_err(|errors| compile_problem(&errors))?;
    if let Some((step, Absent { operation, why })) = missed {
        let refusal =
            Refusal::Unsupported { what: operation.as_str().to_owned(), why: why.clone() };
        return Err(unplannable(&step, operation, &refusal));
    }
    Ok((resolved, absent))
}

fn unplannable(step: &StepId, operation: &Operation, refusal: &Refusal) -> Problem {
    let what = format!("step `{step}` cannot be planned: `{}`", operation.as_str());
    refusal.problem().within(what)
}

/// A step that is left out is found by whoever reads the findings only.
fn telling_what_is_left_out(mut plan: Plan) -> Plan {
    for step in &plan.steps {
        if let Task::LeftOut { act, why } = &step.task
            // Whoever could not take a lease has a finding that says so.
            && act != TAKE
        {
            let sentence =
                format!("{act} is not possible here and is left out, as the runbook says: {why}");
            plan.findings.push(Finding::new(step.title.clone(), Grade::Warn, sentence));
        }
    }
    plan
}

/// Every blocking finding needs an override with a reason.
fn overridden(
    findings: &[Finding],
    overrides: &[Override],
) -> Result<Vec<(String, String)>, Problem> {
    let mut reasons = Vec::new();
    let mut open = Vec::new();
    for finding in findings.iter().filter(|finding| finding.grade == Grade::Block) {
        let reason = overrides
            .iter()
            .find(|one| one.subject == finding.subject && !one.reason.trim().is_empty());
        match reason {
            Some(one) => reasons.push((finding.subject.clone(), one.reason.trim().to_owned())),
            None => open.push(format!("{}: {}", finding.subject, finding.sentence)),
        }
    }
    reasons.dedup();
    if open.is_empty() {
        return Ok(reasons);
    }
    let mut problem =
        Problem::new(Code::PreflightBlocked, "a preflight check forbids the first change");
    problem.chain.extend(open);
    Err(problem.hint("Mend it, or override each finding with a reason, which is recorded."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocked() -> Vec<Finding> {
        vec![Finding::new("the target", Grade::Block, "v2: it was rolled back")]
    }

    #[test]
    fn a_blocking_finding_stops_the_start_until_somebody_says_why() {
        assert!(overridden(&blocked(), &[]).is_err());
        let blank = Override { subject: "the target".into(), reason: "  ".into() };
        assert!(overridden(&blocked(), &[blank]).is_err(), "a blank is no reason");
        let said = Override { subject: "the target".into(), reason: "fix is inside".into() };
        let reasons = overridden(&blocked(), &[said]).expect("a reason was given");
        assert_eq!(reasons, [("the target".to_owned(), "fix is inside".to_owned())]);
    }

    #[test]
    fn what_is_not_known_of_the_target_is_named_by_its_gates_with_a_reason_each() {
        let unknown = |gate, why: &str| Objection { gate, why: why.to_owned() };
        let unknowns = [
            unknown(Gate::Baked, "when it was deployed is not recorded"),
            unknown(Gate::Schema, "told by a finding of its own"),
            unknown(Gate::Flags, "nobody was asked"),
        ];
        let finding = not_known(&unknowns).expect("two are not known");
        assert_eq!(finding.subject, "the target (time served, flags)");
        let said = "time served: when it was deployed is not recorded; flags: nobody was asked";
        assert_eq!(finding.sentence, said);
        assert!(not_known(&unknowns[1..2]).is_none());
        let one = not_known(&unknowns[2..]).expect("one is not known");
        assert_eq!(one.sentence, "nobody was asked", "its gate is named once");
    }

    #[test]
    fn warnings_and_unknowns_need_no_override() {
        let findings =
            [Finding::new("a", Grade::Warn, "b"), Finding::new("c", Grade::Unknown, "d")];
        assert!(overridden(&findings, &[]).is_ok());
    }
}
