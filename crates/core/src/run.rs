//! One execution of a plan, as a state machine over its journal.
//!
//! [`Run::replay`] rebuilds it from entries, [`Run::apply`] takes one more event into
//! account, [`Run::next`] names the one thing to do now. The same journal always names
//! the same thing, which is what makes a run survive a crash.

mod apply;
mod command;
mod end;
mod event;
mod fate;
mod lease;
mod next;
mod state;
mod undo;
mod upkeep;

use serde::{Deserialize, Serialize};

pub use apply::Misfit;
pub use command::{Command, Rejection};
pub use event::{Entry, Event};
pub use fate::{Fate, FateView};
pub use state::{Ask, Mode, Proof, Role, Slot, StepState};
pub use undo::{Compensation, remaining};
pub use upkeep::{Upkeep, last_kept};

use crate::name::{EffectKey, Person, RunId, StepId};
use crate::plan::Plan;
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
    seat: lease::Seat,
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
            Self::Unproven { why } => {
                format!("Done, but recovery is not proven: {}.", clause(why))
            }
            Self::NotRecovered { why } => format!("Ended without recovery: {}.", clause(why)),
            Self::Declined { reason } => {
                format!("Ended without a rollback: {}.", clause(reason))
            }
            Self::Aborted { reason } => format!("Aborted: {}.", clause(reason)),
        }
    }
}

/// A reason as a part of a sentence: people end theirs with a full stop.
fn clause(reason: &str) -> &str {
    reason.trim_end().trim_end_matches('.')
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
    /// Record that the step is left out: the platform does not know what it needs.
    LeaveOut {
        /// Which step.
        step: StepId,
        /// Why it cannot be done there.
        why: String,
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
        let (mode, seat) = (Mode::Going, lease::Seat::default());
        Self { id, plan, by, slots, mode, ended: None, seat, unknown: false }
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
        self.plan.step(&key.step)?.task.effect(key.undo)
    }
}

#[cfg(test)]
mod tests;
