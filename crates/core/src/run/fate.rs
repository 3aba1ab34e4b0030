//! What becomes of the release of a place in a run. It is told from what was done, never
//! from what was planned: a plan that nobody carried out moved nothing.

use serde::{Deserialize, Serialize};

use super::{Ask, Proof, Role, Run, Slot, StepState};
use crate::effect::Operation;
use crate::plan::{Plan, PlannedStep, Task};
use crate::runbook::{Phase, Until};

/// What becomes of the release in front.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Fate {
    /// Nothing in the plan touches it: a flag is turned off, say.
    Stays,
    /// It is to be left, and nothing was done yet.
    Planned,
    /// Something was done, and the target was not seen to serve.
    Begun,
    /// A change was sent, and nobody knows whether it took place.
    Unclear,
    /// The target was put in its place.
    Done,
    /// The run is over, and nothing was done.
    NotDone,
    /// What was done was undone.
    TakenBack,
}

impl Fate {
    /// What stands before the two releases.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Stays => "The release stays",
            Self::Planned => "Planned",
            Self::Begun => "Begun, not seen to end",
            Self::Unclear => "Not known whether rolled back",
            Self::Done => "Rolled back",
            Self::NotDone => "Planned, not done",
            Self::TakenBack => "Rolled back, then taken back",
        }
    }

    /// The two releases, and what became of the change from one to the other.
    #[must_use]
    pub fn sentence(self, from: &str, to: &str) -> String {
        match self {
            Self::Stays => format!("{from} stays"),
            Self::Planned | Self::Done => format!("{from} → {to}"),
            Self::Begun => format!("{from} → {to}, begun and not seen to end"),
            Self::Unclear => format!("{from} → {to}, not known whether done"),
            Self::NotDone => format!("{from} → {to}, planned and not done"),
            Self::TakenBack => format!("{from} → {to}, done and taken back"),
        }
    }

    /// Whether anything can have stayed behind: nothing does where nothing was left, or where
    /// it was come back to.
    #[must_use]
    pub const fn leaves_something(self) -> bool {
        match self {
            Self::Planned | Self::Begun | Self::Unclear | Self::Done => true,
            Self::Stays | Self::NotDone | Self::TakenBack => false,
        }
    }
}

/// What becomes of the release in front, as it is told in every list, page and file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct FateView {
    /// Which.
    pub is: Fate,
    /// What stands before the two releases: `Planned, not done`.
    pub label: String,
    /// The two releases with what became of the change: `v2 → v1, planned and not done`.
    pub sentence: String,
}

impl FateView {
    /// In words, of these two versions.
    #[must_use]
    pub fn new(is: Fate, from: &str, to: &str) -> Self {
        Self { is, label: is.label().to_owned(), sentence: is.sentence(from, to) }
    }
}

impl Plan {
    /// What is to become of the release in front.
    #[must_use]
    pub fn fate(&self) -> Fate {
        if self.steps.iter().any(|step| self.moves(step)) { Fate::Planned } else { Fate::Stays }
    }

    /// The same in words.
    #[must_use]
    pub fn fate_told(&self) -> FateView {
        FateView::new(self.fate(), &self.from.version, &self.to.version)
    }

    /// What the plan leaves as it is, where it leaves a release at all.
    #[must_use]
    pub fn left_behind(&self, fate: Fate) -> Vec<String> {
        if fate.leaves_something() { self.not_restored.clone() } else { Vec::new() }
    }

    /// Whether a step changes which release serves. What a command or a person does is known
    /// by its phase only, and counts where the plan has nothing better.
    fn moves(&self, step: &PlannedStep) -> bool {
        let by_itself = |step: &PlannedStep| match step.task.effect(false).map(|it| &it.operation) {
            Some(Operation::RestoreRelease { .. } | Operation::ShiftTraffic { .. }) => true,
            Some(
                Operation::HaltRollout
                | Operation::ResumeRollout
                | Operation::SwitchFlag { .. }
                | Operation::SwitchSync { .. }
                | Operation::SwitchLease { .. }
                | Operation::RunErrand { .. },
            )
            | None => false,
        };
        let of_a_flag = |step: &PlannedStep| {
            let effect = step.task.effect(false);
            effect.is_some_and(|it| matches!(it.operation, Operation::SwitchFlag { .. }))
        };
        if self.steps.iter().any(|step| by_itself(step) || of_a_flag(step)) {
            return by_itself(step);
        }
        let errand = || {
            let effect = step.task.effect(false);
            effect.is_some_and(|it| matches!(it.operation, Operation::RunErrand { .. }))
        };
        step.phase == Phase::RollBack && (matches!(step.task, Task::Manual { .. }) || errand())
    }
}

impl Run {
    /// What became of the release in front, as far as the journal tells.
    #[must_use]
    pub fn fate(&self) -> Fate {
        if self.plan().fate() == Fate::Stays {
            return Fate::Stays;
        }
        let moving: Vec<&Slot> = self.slots().iter().filter(|slot| self.moved_by(slot)).collect();
        if moving.iter().any(|slot| in_doubt(slot)) {
            return Fate::Unclear;
        }
        let done: Vec<&Slot> =
            moving.into_iter().filter(|slot| slot.role == Role::Forward && acted(slot)).collect();
        let Some(last) = done.last() else {
            return if self.outcome().is_some() { Fate::NotDone } else { Fate::Planned };
        };
        if done.iter().any(|slot| self.undone(slot))
            && done.iter().all(|slot| self.undone(slot) || !self.can_be_undone(slot))
        {
            return Fate::TakenBack;
        }
        if self.undone(last) || !self.came_about(last) { Fate::Begun } else { Fate::Done }
    }

    /// The same in words.
    #[must_use]
    pub fn fate_told(&self) -> FateView {
        FateView::new(self.fate(), &self.plan().from.version, &self.plan().to.version)
    }

    fn moved_by(&self, slot: &Slot) -> bool {
        self.plan().step(&slot.step).is_some_and(|step| self.plan().moves(step))
    }

    fn undone(&self, done: &Slot) -> bool {
        let back = |slot: &Slot| slot.role == Role::Undo && slot.step == done.step && slot.landed();
        self.slots().iter().any(back)
    }

    fn can_be_undone(&self, done: &Slot) -> bool {
        self.plan().step(&done.step).is_some_and(|step| step.task.effect(true).is_some())
    }

    /// Whether what `last` began was seen to end: the target served, or every step that would
    /// show it does not exist in the plan. That a platform took a change is no proof.
    fn came_about(&self, last: &Slot) -> bool {
        let plan = self.plan();
        let after = plan.position(&last.step).unwrap_or_default();
        let shows = |step: &PlannedStep| match &step.task {
            Task::Wait { until } => matches!(until, Until::TargetServes),
            Task::Verify { .. } => true,
            Task::Judge { .. }
            | Task::Act { .. }
            | Task::Check { .. }
            | Task::Decide { .. }
            | Task::Manual { .. }
            | Task::Note { .. }
            | Task::LeftOut { .. } => false,
        };
        let mut showing = plan.steps.iter().skip(after + 1).filter(|step| shows(step)).peekable();
        if showing.peek().is_none() {
            // A later act that puts the target in its place is missing where only an earlier
            // one was done.
            return !plan.steps.iter().skip(after + 1).any(|step| plan.moves(step));
        }
        showing.any(|step| {
            self.slot(&step.id).is_some_and(|slot| {
                matches!(
                    slot.state,
                    StepState::Done { proof: Proof::Waited(_) | Proof::Verified(_) }
                )
            })
        })
    }
}

/// Whether it took place, by a receipt or by the word of whoever did it.
const fn acted(slot: &Slot) -> bool {
    matches!(slot.state, StepState::Done { proof: Proof::Landed(_) | Proof::Performed { .. } })
}

const fn in_doubt(slot: &Slot) -> bool {
    match &slot.state {
        StepState::InDoubt { .. } => true,
        StepState::NeedsPerson { ask, .. } => matches!(ask, Ask::Ruling { .. }),
        StepState::Waiting { .. }
        | StepState::Needed { .. }
        | StepState::Confirmed { .. }
        | StepState::Begun { .. }
        | StepState::Done { .. }
        | StepState::Failed { .. }
        | StepState::Skipped { .. }
        | StepState::NotNeeded { .. }
        | StepState::PassedOver { .. } => false,
    }
}
