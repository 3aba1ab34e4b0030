//! The key times of a run and the lengths between them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::effect::Operation;
use crate::name::StepId;
use crate::plan::{Plan, Task};
use crate::run::{Entry, Event};
use crate::runbook::Phase;

/// When the things happened that a postmortem asks for. `None` where it did not happen,
/// or nobody can know.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(schemars::JsonSchema))]
pub struct Moments {
    /// The run began.
    #[cfg_attr(feature = "bindings", schemars(with = "Option<String>"))]
    pub started: Option<Timestamp>,
    /// A judgement found the objective broken.
    #[cfg_attr(feature = "bindings", schemars(with = "Option<String>"))]
    pub detected: Option<Timestamp>,
    /// A person first said go to a change.
    #[cfg_attr(feature = "bindings", schemars(with = "Option<String>"))]
    pub decided: Option<Timestamp>,
    /// The rollout was stopped.
    #[cfg_attr(feature = "bindings", schemars(with = "Option<String>"))]
    pub stopped: Option<Timestamp>,
    /// The change that brings the target back was made.
    #[cfg_attr(feature = "bindings", schemars(with = "Option<String>"))]
    pub rollback_started: Option<Timestamp>,
    /// The target served alone.
    #[cfg_attr(feature = "bindings", schemars(with = "Option<String>"))]
    pub target_serving: Option<Timestamp>,
    /// Recovery was proven.
    #[cfg_attr(feature = "bindings", schemars(with = "Option<String>"))]
    pub verified: Option<Timestamp>,
    /// The run ended.
    #[cfg_attr(feature = "bindings", schemars(with = "Option<String>"))]
    pub closed: Option<Timestamp>,
}

impl Moments {
    /// The moments in order, with the words a person reads.
    #[must_use]
    pub const fn named(&self) -> [(&'static str, Option<Timestamp>); 8] {
        [
            ("Started", self.started),
            ("Detected", self.detected),
            ("Decided", self.decided),
            ("Traffic stopped", self.stopped),
            ("Rollback started", self.rollback_started),
            ("Target serving", self.target_serving),
            ("Verified", self.verified),
            ("Closed", self.closed),
        ]
    }
}

/// Finds the key times in a run's entries.
#[must_use]
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "a moment is marked by a few events; every other one marks none"
)]
pub fn moments(plan: &Plan, entries: &[Entry]) -> Moments {
    let mut found = Moments::default();
    for entry in entries {
        let at = entry.at;
        let in_phase = |step, phase| plan.step(step).is_some_and(|step| step.phase == phase);
        let acts = |step| plan.step(step).is_some_and(|step| matches!(step.task, Task::Act { .. }));
        match &entry.event {
            Event::Planned { .. } => first(&mut found.started, at),
            Event::Judged { verdict, .. } if !verdict.permits() => first(&mut found.detected, at),
            Event::Confirmed { step, .. } if acts(step) => first(&mut found.decided, at),
            // It keeps others from coming between, and moves no traffic.
            Event::Landed { key, .. } if only_holds_off(plan, &key.step) => {}
            Event::Landed { key, .. } if !key.undo && in_phase(&key.step, Phase::Stop) => {
                first(&mut found.stopped, at);
            }
            // A flag that is turned off brings no release back.
            Event::Landed { key, .. } if switches_a_flag(plan, &key.step) => {}
            Event::Landed { key, .. } if !key.undo && in_phase(&key.step, Phase::RollBack) => {
                first(&mut found.rollback_started, at);
            }
            Event::Waited { step, .. } if in_phase(step, Phase::RollBack) => {
                found.target_serving = Some(at);
            }
            Event::Verified { verification, .. } if verification.verdict.permits() => {
                found.verified = Some(at);
            }
            Event::Finished { .. } => first(&mut found.closed, at),
            _ => {}
        }
    }
    found
}

/// Whether a step keeps somebody else from changing the place: a controller, or another
/// operator.
fn only_holds_off(plan: &Plan, step: &StepId) -> bool {
    let Some(Task::Act { effect, .. }) = plan.step(step).map(|step| &step.task) else {
        return false;
    };
    match &effect.operation {
        Operation::SwitchSync { .. } | Operation::SwitchLease { .. } => true,
        Operation::HaltRollout
        | Operation::ResumeRollout
        | Operation::RestoreRelease { .. }
        | Operation::ShiftTraffic { .. }
        | Operation::SwitchFlag { .. }
        | Operation::RunErrand { .. } => false,
    }
}

fn switches_a_flag(plan: &Plan, step: &StepId) -> bool {
    let effect = plan.step(step).and_then(|step| step.task.effect(false));
    effect.is_some_and(|effect| matches!(effect.operation, Operation::SwitchFlag { .. }))
}

fn first(slot: &mut Option<Timestamp>, at: Timestamp) {
    slot.get_or_insert(at);
}

#[cfg(test)]
mod tests;
