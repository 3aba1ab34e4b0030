//! One execution of a plan, as a state machine over its journal.
//!
//! [`Run::replay`] rebuilds it from entries, [`Run::apply`] takes one more event into
//! account, [`Run::next`] names the one thing to do now. The same journal always names
//! the same thing, which is what makes a run survive a crash.

mod apply;
mod command;
mod event;
mod state;
mod undo;

use serde::{Deserialize, Serialize};

pub use apply::Misfit;
pub use command::{Command, Rejection};
pub use event::{Entry, Event};
pub use state::{Ask, Mode, Proof, Role, Slot, StepState};
pub use undo::{Compensation, remaining};

use crate::name::{EffectKey, Person, RunId, StepId};
use crate::plan::{Plan, PlannedStep, Task};
use crate::runbook::Guard;

/// A run, as its journal tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    id: RunId,
    plan: Plan,
    by: Person,
    slots: Vec<Slot>,
    mode: Mode,
    ended: Option<Outcome>,
    /// Set when a newer version wrote something that this one does not know.
    unknown: bool,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Outcome {
    /// A verification passed after the last change.
    Recovered,
    /// Everything was done, and recovery was not proven.
    Unproven {
        /// Why not.
        why: String,
    },
    /// A step failed and its runbook ends the run then.
    NotRecovered {
        /// Which, and why.
        why: String,
    },
    /// Somebody decided against a rollback.
    Declined {
        /// Why.
        reason: String,
    },
    /// Somebody ended it before it was done.
    Aborted {
        /// Why.
        reason: String,
    },
}

impl Outcome {
    /// The same as the last line of a run.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::Recovered => "Recovered: verification passed.".to_owned(),
            Self::Unproven { why } => format!("Done, but recovery is not proven: {why}."),
            Self::NotRecovered { why } => format!("Ended without recovery: {why}."),
            Self::Declined { reason } => format!("Ended without a rollback: {reason}."),
            Self::Aborted { reason } => format!("Aborted: {reason}."),
        }
    }
}

/// The one thing to do now.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// Look whether the step is needed at all; then record `Needed` or `NotNeeded`.
    LookWhetherNeeded {
        /// Which step.
        step: StepId,
        /// What to look for.
        guard: Guard,
    },
    /// Nothing goes on until a person answers.
    AskPerson {
        /// Which step asks; `None` when the run itself does.
        step: Option<StepId>,
        /// What.
        ask: Ask,
    },
    /// Record the intent; only then act.
    Intend(EffectKey),
    /// The intent is recorded and the outcome is not: probe, and act only if absent.
    Settle(EffectKey),
    /// Record that a reading step begins.
    Begin {
        /// Which step.
        step: StepId,
        /// Which attempt.
        attempt: u32,
    },
    /// Do what the reading step says and record what it found.
    Observe {
        /// Which step.
        step: StepId,
        /// Which attempt.
        attempt: u32,
    },
    /// Somebody holds the run.
    Held,
    /// Everything is said and done: record the end.
    End(Outcome),
    /// The end is recorded.
    Finished(Outcome),
    /// A newer version wrote this journal: it may be shown, never driven.
    Unknown,
}

impl Run {
    /// Rebuilds a run from all of its entries.
    pub fn replay(id: &RunId, entries: &[Entry]) -> Result<Self, Misfit> {
        let mut events = entries.iter().map(|entry| &entry.event);
        let Some(Event::Planned { plan, by }) = events.next() else {
            return Err(Misfit::NoPlan);
        };
        let mut run = Self::begin(id.clone(), (**plan).clone(), by.clone());
        for event in events {
            run.apply(event)?;
        }
        Ok(run)
    }

    /// A run before its first step.
    #[must_use]
    pub fn begin(id: RunId, plan: Plan, by: Person) -> Self {
        let slots = plan.steps.iter().map(|step| Slot::forward(step.id.clone())).collect();
        Self { id, plan, by, slots, mode: Mode::Going, ended: None, unknown: false }
    }

    /// Its id.
    #[must_use]
    pub const fn id(&self) -> &RunId {
        &self.id
    }

    /// The plan that it executes.
    #[must_use]
    pub const fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Who started it.
    #[must_use]
    pub const fn started_by(&self) -> &Person {
        &self.by
    }

    /// Its steps in the order of work, compensations last.
    #[must_use]
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// Whether it goes on, is held, or is being ended.
    #[must_use]
    pub const fn mode(&self) -> &Mode {
        &self.mode
    }

    /// How it ended, once it has.
    #[must_use]
    pub const fn outcome(&self) -> Option<&Outcome> {
        self.ended.as_ref()
    }

    /// The slot of a planned step.
    #[must_use]
    pub fn slot(&self, step: &StepId) -> Option<&Slot> {
        self.slots.iter().find(|slot| slot.step == *step && slot.role == Role::Forward)
    }

    /// The effect that `key` stands for.
    #[must_use]
    pub fn effect(&self, key: &EffectKey) -> Option<&crate::effect::PlannedEffect> {
        match &self.plan.step(&key.step)?.task {
            Task::Act { effect, .. } if !key.undo => Some(effect),
            Task::Act { undo, .. } => undo.as_deref(),
            Task::Judge { .. }
            | Task::Check { .. }
            | Task::Decide { .. }
            | Task::Wait { .. }
            | Task::Verify { .. }
            | Task::Manual { .. }
            | Task::Note { .. } => None,
        }
    }

    /// Names the one thing to do now; the same journal always names the same thing.
    #[must_use]
    pub fn next(&self) -> Next {
        if self.unknown {
            return Next::Unknown;
        }
        if let Some(outcome) = &self.ended {
            return Next::Finished(outcome.clone());
        }
        // What is in doubt is settled before anything else, also in a held or aborted
        // run: nobody can decide well while nobody knows.
        for slot in &self.slots {
            if let StepState::InDoubt { key } = &slot.state {
                return Next::Settle(key.clone());
            }
            if let StepState::NeedsPerson { ask: ask @ Ask::Ruling { .. }, .. } = &slot.state {
                return Next::AskPerson { step: Some(slot.step.clone()), ask: ask.clone() };
            }
        }
        match &self.mode {
            Mode::Held { .. } => return Next::Held,
            Mode::Aborting { reason, .. } => {
                let steps = remaining(self);
                return if steps.is_empty() {
                    Next::End(Outcome::Aborted { reason: reason.clone() })
                } else {
                    let steps = steps.into_iter().map(|one| one.step).collect();
                    Next::AskPerson { step: None, ask: Ask::Undo { steps } }
                };
            }
            Mode::Ending { outcome } => return Next::End(outcome.clone()),
            Mode::Going | Mode::Undoing { .. } => {}
        }
        let undoing = matches!(self.mode, Mode::Undoing { .. });
        self.slots
            .iter()
            .filter(|slot| undoing == (slot.role == Role::Undo))
            .find_map(|slot| self.next_in(slot))
            .unwrap_or_else(|| Next::End(self.conclusion()))
    }

    fn next_in(&self, slot: &Slot) -> Option<Next> {
        let step = self.plan.step(&slot.step)?;
        match &slot.state {
            StepState::Done { .. }
            | StepState::Skipped { .. }
            | StepState::NotNeeded { .. }
            | StepState::PassedOver { .. } => None,
            StepState::Waiting { attempt } => Some(match (step.when, slot.role) {
                (Some(guard), Role::Forward) => {
                    Next::LookWhetherNeeded { step: step.id.clone(), guard }
                }
                (None, _) | (Some(_), Role::Undo) => self.start(step, slot, *attempt),
            }),
            StepState::Needed { attempt } => Some(self.start(step, slot, *attempt)),
            StepState::Confirmed { attempt, .. } => Some(self.go(step, slot, *attempt)),
            StepState::Begun { attempt } => Some(match &step.task {
                Task::Decide { question, options } => Next::AskPerson {
                    step: Some(step.id.clone()),
                    ask: Ask::Choice { question: question.clone(), options: options.clone() },
                },
                Task::Manual { instruction, ask } => Next::AskPerson {
                    step: Some(step.id.clone()),
                    ask: Ask::Manual { instruction: instruction.clone(), ask: ask.clone() },
                },
                Task::Judge { .. }
                | Task::Act { .. }
                | Task::Check { .. }
                | Task::Wait { .. }
                | Task::Verify { .. }
                | Task::Note { .. } => Next::Observe { step: step.id.clone(), attempt: *attempt },
            }),
            StepState::InDoubt { key } => Some(Next::Settle(key.clone())),
            StepState::NeedsPerson { ask, .. } => {
                Some(Next::AskPerson { step: Some(step.id.clone()), ask: ask.clone() })
            }
            StepState::Failed { why } => {
                Some(Next::End(Outcome::NotRecovered { why: format!("{}: {why}", step.title) }))
            }
        }
    }

    /// What begins a step that is needed: a person's word, or the step itself.
    fn start(&self, step: &PlannedStep, slot: &Slot, attempt: u32) -> Next {
        if step.confirm && slot.role == Role::Forward {
            Next::AskPerson { step: Some(step.id.clone()), ask: Ask::Confirm }
        } else {
            self.go(step, slot, attempt)
        }
    }

    fn go(&self, step: &PlannedStep, slot: &Slot, attempt: u32) -> Next {
        match &step.task {
            Task::Act { .. } => Next::Intend(EffectKey {
                run: self.id.clone(),
                step: step.id.clone(),
                undo: slot.role == Role::Undo,
                attempt,
            }),
            Task::Judge { .. }
            | Task::Check { .. }
            | Task::Decide { .. }
            | Task::Wait { .. }
            | Task::Verify { .. }
            | Task::Manual { .. }
            | Task::Note { .. } => Next::Begin { step: step.id.clone(), attempt },
        }
    }

    /// How the run ends when nothing is left to do.
    fn conclusion(&self) -> Outcome {
        if let Mode::Undoing { reason, .. } = &self.mode {
            return Outcome::Aborted { reason: format!("{reason}; what was done was taken back") };
        }
        let mut proven = false;
        let mut why = "the runbook verifies nothing".to_owned();
        for slot in &self.slots {
            let Some(step) = self.plan.step(&slot.step) else { continue };
            let verifies = matches!(step.task, Task::Verify { .. });
            match &slot.state {
                StepState::Done { proof: Proof::Verified(_) } => proven = true,
                StepState::Done { proof: Proof::Accepted { by, reason } } if verifies => {
                    why = format!("{by} accepted `{}`: {reason}", step.title);
                }
                StepState::Skipped { by, reason } if verifies => {
                    why = format!("{by} skipped `{}`: {reason}", step.title);
                }
                StepState::PassedOver { why: passed } if verifies => why.clone_from(passed),
                // A change after the proof makes the proof old.
                StepState::Done { proof: Proof::Landed(_) } => {
                    proven = false;
                    "nothing was verified after the last change".clone_into(&mut why);
                }
                StepState::Done { .. }
                | StepState::Skipped { .. }
                | StepState::NotNeeded { .. }
                | StepState::PassedOver { .. }
                | StepState::Waiting { .. }
                | StepState::Needed { .. }
                | StepState::Confirmed { .. }
                | StepState::Begun { .. }
                | StepState::InDoubt { .. }
                | StepState::NeedsPerson { .. }
                | StepState::Failed { .. } => {}
            }
        }
        if proven { Outcome::Recovered } else { Outcome::Unproven { why } }
    }
}

#[cfg(test)]
mod tests;
