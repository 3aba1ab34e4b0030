//! Runbook + place + target + what was found there → plan. Pure: what must be asked of
//! the world (the calls behind each operation) is asked for by name with [`operations`]
//! and handed back resolved.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{DrillTag, Plan, PlannedStep, Task};
use crate::catalog::{Environment, Place, Slo};
use crate::check::{Assertion, Check, Must};
use crate::effect::{Operation, PlannedEffect};
use crate::judge::GateRule;
use crate::name::{CheckName, SloName, StepId};
use crate::preflight::Finding;
use crate::release::Release;
use crate::runbook::{
    Act, DecisionOption, Input, InputKind, Runbook, Selection, StepDefinition, Which, Work,
};
use crate::survey::Survey;
use crate::template::{Bindings, TemplateError};
use crate::time::Millis;

/// How long a verification goes on looking when its step names no timeout, as a multiple
/// of what it must hold.
const PATIENCE: u64 = 3;

/// Everything besides the runbook that a plan is made of.
#[derive(Clone, Debug)]
pub struct Subject<'a> {
    /// Where.
    pub place: Place,
    /// What the catalog says of it.
    pub environment: &'a Environment,
    /// The release to get away from.
    pub from: Release,
    /// The release to go back to.
    pub to: Release,
    /// Why this target.
    pub because: String,
    /// What was given for the runbook's own inputs.
    pub given: BTreeMap<String, String>,
    /// What runs now.
    pub survey: Survey,
    /// The operations of [`operations`], resolved by a provider.
    pub resolved: Vec<(Operation, PlannedEffect)>,
    /// What was checked before.
    pub findings: Vec<Finding>,
    /// What this rollback does not restore.
    pub not_restored: Vec<String>,
    /// Set when it is a drill.
    pub drill: Option<DrillTag>,
    /// When the plan is made.
    pub now: Timestamp,
}

/// Why a runbook cannot become a plan here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompileError {
    /// The runbook does not fit the platform.
    #[error("runbook `{runbook}` is for {wanted}, and {place} runs on {found}")]
    Platform {
        /// Which runbook.
        runbook: String,
        /// Which place.
        place: String,
        /// What the runbook is for.
        wanted: String,
        /// What the place is.
        found: String,
    },
    /// The runbook does not fit the strategy.
    #[error("runbook `{runbook}` is for {wanted} rollouts, and {place} uses {found}")]
    Strategy {
        /// Which runbook.
        runbook: String,
        /// Which place.
        place: String,
        /// What the runbook is for.
        wanted: String,
        /// What the place is.
        found: String,
    },
    /// A required input was not given.
    #[error("input `{name}` is needed and was not given")]
    InputMissing {
        /// Which input.
        name: String,
    },
    /// An input does not fit.
    #[error("input `{name}` cannot be `{value}`: {why}")]
    InputUnfit {
        /// Which input.
        name: String,
        /// What was given.
        value: String,
        /// Why not.
        why: String,
    },
    /// Something was given that the runbook does not ask for.
    #[error("runbook has no input `{name}`")]
    InputUnknown {
        /// What was given.
        name: String,
        /// What it asks for.
        known: Vec<String>,
    },
    /// A step names an objective that the environment does not have.
    #[error("step `{step}` names the objective `{slo}`, which {place} does not have")]
    SloUnknown {
        /// Which step.
        step: StepId,
        /// Which objective.
        slo: SloName,
        /// Which place.
        place: String,
        /// What it has.
        known: Vec<SloName>,
    },
    /// A step names a check that the environment does not have.
    #[error("step `{step}` names the check `{check}`, which {place} does not have")]
    CheckUnknown {
        /// Which step.
        step: StepId,
        /// Which check.
        check: CheckName,
        /// Which place.
        place: String,
        /// What it has.
        known: Vec<CheckName>,
    },
    /// A text could not be filled in.
    #[error("{field} of step `{step}` cannot be filled in")]
    Template {
        /// Which step.
        step: StepId,
        /// Which of its texts.
        field: &'static str,
        /// Why not.
        #[source]
        source: TemplateError,
    },
    /// An operation was not resolved.
    #[error("step `{step}` needs `{operation}`, which nothing resolved")]
    Unresolved {
        /// Which step.
        step: StepId,
        /// Which operation.
        operation: &'static str,
    },
}

/// The operations that `runbook` needs for going from `from` to `to`, each once, with the
/// step that needs it; undos included.
#[must_use]
pub fn operations(runbook: &Runbook, from: &Release, to: &Release) -> Vec<(StepId, Operation)> {
    let mut found: Vec<(StepId, Operation)> = Vec::new();
    for step in &runbook.steps {
        if let Work::Act { act, undo } = &step.work {
            for act in std::iter::once(*act).chain(*undo) {
                let operation = operation(act, from, to);
                if !found.iter().any(|(_, known)| *known == operation) {
                    found.push((step.id.clone(), operation));
                }
            }
        }
    }
    found
}

fn operation(act: Act, from: &Release, to: &Release) -> Operation {
    let id = |which| match which {
        Which::Target => to.id.clone(),
        Which::Suspect => from.id.clone(),
    };
    match act {
        Act::HaltRollout => Operation::HaltRollout,
        Act::ResumeRollout => Operation::ResumeRollout,
        Act::Restore { release } => Operation::RestoreRelease { release: id(release) },
        Act::ShiftTraffic { release, percent } => {
            Operation::ShiftTraffic { release: id(release), percent }
        }
    }
}

/// Makes the plan, or tells everything that stands against it.
pub fn compile(runbook: &Runbook, subject: Subject<'_>) -> Result<Plan, Vec<CompileError>> {
    let mut errors = Vec::new();
    fits(runbook, &subject, &mut errors);
    let inputs = inputs(&runbook.inputs, &subject.given, &mut errors);
    let bindings = bindings(&subject, &inputs);
    let mut steps = Vec::with_capacity(runbook.steps.len());
    for step in &runbook.steps {
        let mut compiler = StepCompiler { subject: &subject, bindings: &bindings, step };
        match compiler.compile() {
            Ok(step) => steps.push(step),
            Err(error) => errors.push(error),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok(Plan {
        title: bindings.render(&runbook.title).unwrap_or_else(|_| runbook.title.clone()),
        runbook: runbook.name.clone(),
        runbook_digest: runbook.digest.clone(),
        coordinates: subject.environment.platform.coordinates(),
        strategy: subject.environment.strategy,
        place: subject.place,
        from: subject.from,
        to: subject.to,
        because: subject.because,
        inputs,
        steps,
        findings: subject.findings,
        not_restored: subject.not_restored,
        survey: subject.survey,
        drill: subject.drill,
        made_at: subject.now,
    })
}

/// What has changed between the look that `plan` was made from and `now`, in one
/// sentence; `None` while the plan still fits.
#[must_use]
pub fn stale(plan: &Plan, now: &Survey) -> Option<String> {
    let newest =
        |survey: &Survey| survey.newest().map(|arm| (arm.release.clone(), arm.version.clone()));
    let (then, found) = (newest(&plan.survey), newest(now));
    if then.as_ref().map(|(id, _)| id) == found.as_ref().map(|(id, _)| id) {
        return None;
    }
    let words = |arm: Option<(crate::name::ReleaseId, String)>| {
        arm.map_or_else(|| "nothing".to_owned(), |(_, version)| version)
    };
    Some(format!("the plan saw {} in front, and now it is {}", words(then), words(found)))
}

fn fits(runbook: &Runbook, subject: &Subject<'_>, errors: &mut Vec<CompileError>) {
    let kind = subject.environment.platform.kind();
    if !runbook.platforms.is_empty() && !runbook.platforms.contains(&kind) {
        let wanted: Vec<&str> = runbook.platforms.iter().map(|kind| kind.as_str()).collect();
        errors.push(CompileError::Platform {
            runbook: runbook.name.to_string(),
            place: subject.place.to_string(),
            wanted: wanted.join(" or "),
            found: kind.as_str().to_owned(),
        });
    }
    let strategy = subject.environment.strategy;
    if !runbook.strategies.is_empty() && !runbook.strategies.contains(&strategy) {
        let wanted: Vec<&str> = runbook.strategies.iter().map(|one| one.as_str()).collect();
        errors.push(CompileError::Strategy {
            runbook: runbook.name.to_string(),
            place: subject.place.to_string(),
            wanted: wanted.join(" or "),
            found: strategy.as_str().to_owned(),
        });
    }
}

fn inputs(
    asked: &[Input],
    given: &BTreeMap<String, String>,
    errors: &mut Vec<CompileError>,
) -> BTreeMap<String, String> {
    for name in given.keys() {
        if !asked.iter().any(|input| input.name == *name) {
            let known = asked.iter().map(|input| input.name.clone()).collect();
            errors.push(CompileError::InputUnknown { name: name.clone(), known });
        }
    }
    let mut filled = BTreeMap::new();
    for input in asked {
        let Some(value) = given.get(&input.name).or(input.default.as_ref()) else {
            errors.push(CompileError::InputMissing { name: input.name.clone() });
            continue;
        };
        let why = match &input.kind {
            InputKind::Text if value.contains('\n') => Some("it must be one line".to_owned()),
            InputKind::Number if value.parse::<i64>().is_err() => {
                Some("it must be a whole number".to_owned())
            }
            InputKind::Choice(options) if !options.contains(value) => {
                Some(format!("it must be one of {}", options.join(", ")))
            }
            InputKind::Text | InputKind::Number | InputKind::Choice(_) => None,
        };
        match why {
            Some(why) => errors.push(CompileError::InputUnfit {
                name: input.name.clone(),
                value: value.clone(),
                why,
            }),
            None => {
                filled.insert(input.name.clone(), value.clone());
            }
        }
    }
    filled
}

/// What texts may refer to. Public knowledge: linting uses the same names.
fn bindings(subject: &Subject<'_>, inputs: &BTreeMap<String, String>) -> Bindings {
    let mut bindings = Bindings::default()
        .with("service", subject.place.service.as_str())
        .with("environment", subject.place.environment.as_str())
        .with("strategy", subject.environment.strategy.as_str());
    for (role, release) in [("target", &subject.to), ("suspect", &subject.from)] {
        bindings = bindings
            .with(format!("{role}.version"), release.version.clone())
            .with(format!("{role}.artifact"), release.artifact.clone())
            .with(format!("{role}.digest"), release.digest.or_words())
            .with(format!("{role}.commit"), release.commit.or_words())
            .with(format!("{role}.changelog"), release.changelog.or_words())
            .with(format!("{role}.schema-version"), release.schema_version.or_words());
    }
    for (name, value) in inputs {
        bindings = bindings.with(format!("inputs.{name}"), value.clone());
    }
    bindings
}

struct StepCompiler<'a> {
    subject: &'a Subject<'a>,
    bindings: &'a Bindings,
    step: &'a StepDefinition,
}

impl StepCompiler<'_> {
    fn compile(&mut self) -> Result<PlannedStep, CompileError> {
        let step = self.step;
        Ok(PlannedStep {
            id: step.id.clone(),
            title: self.text("the title", &step.title)?,
            phase: step.phase,
            why: self.optional("`why`", step.why.as_deref())?,
            task: self.task()?,
            when: step.when,
            confirm: step.confirm,
            expect: self.optional("`expect`", step.expect.as_deref())?,
            timeout: step.timeout,
            on_failure: step.on_failure.clone(),
        })
    }

    fn task(&self) -> Result<Task, CompileError> {
        Ok(match &self.step.work {
            Work::Judge { slos, window, on } => {
                Task::Judge { slos: self.slos(slos)?, window: *window, on: *on }
            }
            Work::Act { act, undo } => Task::Act {
                effect: Box::new(self.effect(*act)?),
                undo: undo.map(|act| self.effect(act).map(Box::new)).transpose()?,
            },
            Work::Check { checks } => Task::Check { checks: self.checks(checks)? },
            Work::Decide { question, options } => Task::Decide {
                question: self.text("the question", question)?,
                options: options
                    .iter()
                    .map(|option| {
                        let label = self.text("an option", &option.label)?;
                        Ok(DecisionOption { label, ..option.clone() })
                    })
                    .collect::<Result<_, _>>()?,
            },
            Work::Wait { until } => Task::Wait { until: *until },
            Work::Verify { slos, checks, versions, hold, every, consecutive } => Task::Verify {
                slos: self.slos(slos)?,
                checks: self.checks(checks)?,
                rule: GateRule {
                    hold: *hold,
                    every: *every,
                    give_up: self.step.timeout.unwrap_or(Millis(hold.0 * PATIENCE)),
                    consecutive: *consecutive,
                    version: versions.then(|| self.subject.to.version.clone()),
                },
            },
            Work::Manual { instruction, ask } => Task::Manual {
                instruction: self.text("the instruction", instruction)?,
                ask: self.optional("`ask`", ask.as_deref())?,
            },
            Work::Note { text } => Task::Note { text: self.text("the note", text)? },
        })
    }

    fn effect(&self, act: Act) -> Result<PlannedEffect, CompileError> {
        let wanted = operation(act, &self.subject.from, &self.subject.to);
        self.subject
            .resolved
            .iter()
            .find(|(operation, _)| *operation == wanted)
            .map(|(_, effect)| effect.clone())
            .ok_or_else(|| CompileError::Unresolved {
                step: self.step.id.clone(),
                operation: wanted.as_str(),
            })
    }

    fn slos(&self, selection: &Selection<SloName>) -> Result<Vec<Slo>, CompileError> {
        let all = &self.subject.environment.slos;
        match selection {
            Selection::All => Ok(all.clone()),
            Selection::Some(names) => names
                .iter()
                .map(|name| {
                    all.iter().find(|slo| slo.name == *name).cloned().ok_or_else(|| {
                        CompileError::SloUnknown {
                            step: self.step.id.clone(),
                            slo: name.clone(),
                            place: self.subject.place.to_string(),
                            known: all.iter().map(|slo| slo.name.clone()).collect(),
                        }
                    })
                })
                .collect(),
        }
    }

    fn checks(&self, selection: &Selection<CheckName>) -> Result<Vec<Check>, CompileError> {
        let all = &self.subject.environment.checks;
        let chosen: Vec<&Check> = match selection {
            Selection::All => all.iter().collect(),
            Selection::Some(names) => names
                .iter()
                .map(|name| {
                    all.iter().find(|check| check.name == *name).ok_or_else(|| {
                        CompileError::CheckUnknown {
                            step: self.step.id.clone(),
                            check: name.clone(),
                            place: self.subject.place.to_string(),
                            known: all.iter().map(|check| check.name.clone()).collect(),
                        }
                    })
                })
                .collect::<Result<_, _>>()?,
        };
        chosen.into_iter().map(|check| self.check(check)).collect()
    }

    fn check(&self, check: &Check) -> Result<Check, CompileError> {
        let must = |must: &Must| -> Result<Must, CompileError> {
            Ok(match must {
                Must::Equal(text) => Must::Equal(self.text("an expectation", text)?),
                Must::Contain(text) => Must::Contain(self.text("an expectation", text)?),
                Must::Exist => Must::Exist,
            })
        };
        let expect = check
            .expect
            .iter()
            .map(|assertion| {
                Ok(match assertion {
                    Assertion::Header { name, must: wanted } => {
                        Assertion::Header { name: name.clone(), must: must(wanted)? }
                    }
                    Assertion::Body(wanted) => Assertion::Body(must(wanted)?),
                    Assertion::Json { path, must: wanted } => {
                        Assertion::Json { path: path.clone(), must: must(wanted)? }
                    }
                    Assertion::Status(_) | Assertion::Faster(_) => assertion.clone(),
                })
            })
            .collect::<Result<_, CompileError>>()?;
        let headers = check
            .headers
            .iter()
            .map(|(name, value)| Ok((name.clone(), self.text("a header", value)?)))
            .collect::<Result<_, CompileError>>()?;
        Ok(Check {
            url: self.text("the check's address", &check.url)?,
            headers,
            body: self.optional("the check's body", check.body.as_deref())?,
            expect,
            ..check.clone()
        })
    }

    fn text(&self, field: &'static str, text: &str) -> Result<String, CompileError> {
        self.bindings.render(text).map_err(|source| CompileError::Template {
            step: self.step.id.clone(),
            field,
            source,
        })
    }

    fn optional(
        &self,
        field: &'static str,
        text: Option<&str>,
    ) -> Result<Option<String>, CompileError> {
        text.map(|text| self.text(field, text)).transpose()
    }
}
