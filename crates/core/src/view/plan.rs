//! A plan as a person reads it before anything has happened.

use serde::{Deserialize, Serialize};

use super::ReleaseView;
use crate::catalog::{Place, Strategy};
use crate::effect::{Call, Change, PlannedEffect, Reversibility};
use crate::mitigation::Mitigation;
use crate::name::{RunbookName, StepId};
use crate::plan::{Plan, PlannedStep, Task};
use crate::preflight::{Finding, Grade, worst};
use crate::run::FateView;
use crate::runbook::{Phase, Until};
use crate::secret::redact;
use crate::time::{EpochMs, Millis};

/// A plan in full.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct PlanView {
    /// A short name for exactly this plan; starting it names it again.
    pub hash: String,
    /// What it does.
    pub title: String,
    /// The runbook it was made from.
    pub runbook: RunbookName,
    /// Where.
    pub place: Place,
    /// The coordinates in words.
    pub coordinates: String,
    /// How releases get there.
    pub strategy: Strategy,
    /// The release to get away from.
    pub from: ReleaseView,
    /// The release to go back to.
    pub to: ReleaseView,
    /// What is to become of the release in front.
    pub change: FateView,
    /// Why this target.
    pub because: String,
    /// In the order of work.
    pub steps: Vec<PlanStepView>,
    /// What was checked before the first change.
    pub findings: Vec<Finding>,
    /// The worst of them.
    pub worst: Grade,
    /// What this rollback does not restore.
    pub not_restored: Vec<String>,
    /// What could be done besides or instead, the cheapest safe way first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "bindings", ts(optional, as = "Option<Vec<Mitigation>>"))]
    pub mitigations: Vec<Mitigation>,
    /// What ran when it was made.
    pub running: String,
    /// The scenario, when it is a drill.
    pub drill: Option<String>,
    /// What is rehearsed, when it is a drill on a real system: what it does there is real.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub exercise: Option<String>,
    /// When it was made.
    pub made_at: EpochMs,
}

/// One step of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct PlanStepView {
    /// Unique in the plan.
    pub id: StepId,
    /// Verb and object.
    pub title: String,
    /// Which phase.
    pub phase: Phase,
    /// `judge`, `act`, `check`, `decide`, `wait`, `verify`, `manual` or `note`.
    pub kind: String,
    /// Why one does this.
    pub why: Option<String>,
    /// What will happen, in a sentence.
    pub what: String,
    /// What the person should see afterwards.
    pub expect: Option<String>,
    /// What must hold for it to be needed.
    pub when: Option<String>,
    /// Whether a person must say go.
    pub confirm: bool,
    /// How far it can be taken back.
    pub reversibility: Reversibility,
    /// The change, for a step that makes one.
    pub effect: Option<EffectView>,
    /// What takes it back.
    pub undo: Option<EffectView>,
    /// How long it may take.
    pub timeout: Option<Millis>,
}

/// A change to the world, in full.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct EffectView {
    /// The operation as runbooks write it.
    pub operation: String,
    /// The exact call.
    pub call: Call,
    /// What a person will find changed.
    pub changes: Vec<Change>,
}

impl From<&PlannedEffect> for EffectView {
    fn from(effect: &PlannedEffect) -> Self {
        Self {
            operation: effect.operation.as_str().to_owned(),
            call: masked(&effect.call),
            changes: effect
                .changes
                .iter()
                .map(|Change { what, before, after }| Change {
                    what: mask(what),
                    before: mask(before),
                    after: mask(after),
                })
                .collect(),
        }
    }
}

/// What is filled in may come from others, such as what was recorded of a release. A plan is
/// shown, copied and exported; what is sent is not touched.
fn mask(text: &str) -> String {
    redact(text, &[])
}

fn masked(call: &Call) -> Call {
    Call {
        system: call.system.clone(),
        scope: mask(&call.scope),
        verb: call.verb.clone(),
        target: mask(&call.target),
        body: call.body.as_deref().map(mask),
    }
}

impl From<&Plan> for PlanView {
    fn from(plan: &Plan) -> Self {
        Self {
            hash: plan.hash(),
            title: mask(&plan.title),
            runbook: plan.runbook.clone(),
            place: plan.place.clone(),
            coordinates: plan.coordinates.clone(),
            strategy: plan.strategy,
            from: (&plan.from).into(),
            to: (&plan.to).into(),
            change: plan.fate_told(),
            because: plan.because.clone(),
            steps: plan.steps.iter().map(Into::into).collect(),
            findings: plan.findings.clone(),
            worst: worst(&plan.findings),
            not_restored: plan.left_behind(plan.fate()),
            mitigations: plan.mitigations.clone(),
            running: plan.survey.sentence(),
            drill: plan.drill.as_ref().map(|tag| tag.scenario.to_string()),
            exercise: plan.exercised(),
            made_at: plan.made_at.into(),
        }
    }
}

impl From<&PlannedStep> for PlanStepView {
    fn from(step: &PlannedStep) -> Self {
        let (effect, undo) = match &step.task {
            Task::Act { effect, undo } => {
                (Some((&**effect).into()), undo.as_deref().map(Into::into))
            }
            Task::Judge { .. }
            | Task::Check { .. }
            | Task::Decide { .. }
            | Task::Wait { .. }
            | Task::Verify { .. }
            | Task::Manual { .. }
            | Task::Note { .. }
            | Task::LeftOut { .. } => (None, None),
        };
        Self {
            id: step.id.clone(),
            title: mask(&step.title),
            phase: step.phase,
            kind: step.task.kind().to_owned(),
            why: step.why.as_deref().map(mask),
            what: mask(&what(&step.task)),
            expect: step.expect.as_deref().map(mask),
            when: step.when.map(|guard| guard.as_str().to_owned()),
            confirm: step.confirm,
            reversibility: step.task.reversibility(),
            effect,
            undo,
            timeout: step.timeout,
        }
    }
}

/// What a task will do, in a sentence.
fn what(task: &Task) -> String {
    let names = |names: Vec<String>, none: &str| {
        if names.is_empty() { none.to_owned() } else { names.join(", ") }
    };
    match task {
        Task::Judge { slos, window, .. } => format!(
            "Judge {} over the last {window}",
            names(slos.iter().map(|slo| slo.name.to_string()).collect(), "no objective")
        ),
        Task::Act { effect, .. } => effect
            .changes
            .iter()
            .map(|change| format!("{}: {} → {}", change.what, change.before, change.after))
            .collect::<Vec<_>>()
            .join("; "),
        Task::Check { checks } => format!(
            "Run {}",
            names(checks.iter().map(|check| check.name.to_string()).collect(), "no check")
        ),
        Task::Decide { question, .. } => question.clone(),
        Task::Wait { until } => match until {
            Until::TargetServes => "Wait until the target serves alone, every replica ready".into(),
            Until::Settled => "Wait until no rollout is under way".into(),
            Until::Elapsed(length) => format!("Wait {length}"),
        },
        Task::Verify { slos, checks, rule } => {
            let mut parts: Vec<String> = slos.iter().map(|slo| slo.name.to_string()).collect();
            parts.extend(checks.iter().map(|check| check.name.to_string()));
            if let Some(version) = &rule.version {
                parts.push(format!("{version} on every replica"));
            }
            format!(
                "Prove {} for {}, looking every {}",
                names(parts, "nothing"),
                rule.hold,
                rule.every
            )
        }
        Task::Manual { instruction, .. } => instruction.clone(),
        Task::Note { text } => text.clone(),
        Task::LeftOut { act, why } => format!("Not done here: {act} is not possible, {why}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{act, credentials, plan_with};

    #[test]
    fn a_plan_as_it_is_shown_holds_no_credential() {
        for one in credentials() {
            let mut plan = plan_with(vec![act("go", true)]);
            let step = &mut plan.steps[0];
            step.title = format!("Send {}", one.text);
            if let Task::Act { effect, .. } = &mut step.task {
                effect.call.body = Some(format!("{{ \"argv\": [\"{}\"] }}", one.text));
                effect.changes.iter_mut().for_each(|change| change.after.clone_from(&one.text));
            }
            let shown = format!("{:?}", PlanView::from(&plan));
            assert!(!shown.contains(&one.secret), "{shown}");
        }
    }
}
