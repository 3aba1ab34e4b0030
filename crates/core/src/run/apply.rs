//! One event, taken into account. An event that does not fit the state it meets is a
//! fault of the journal, and is said so rather than passed over. Everything is looked at
//! before anything is changed.

mod answer;
mod branch;
mod change;
mod read;
mod steer;

use super::{Event, Role, Run, Slot, StepState};
use crate::name::StepId;

/// Why a journal does not tell a run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// The first entry is not a plan.
    #[error("the journal does not begin with a plan")]
    NoPlan,
    /// Something happened after the end.
    #[error("`{event}` stands after the end of the run")]
    AfterEnd {
        /// What.
        event: &'static str,
    },
    /// The event names a step that the plan does not have.
    #[error("`{event}` names the step `{step}`, which the plan does not have")]
    NoSuchStep {
        /// What happened.
        event: &'static str,
        /// Which step.
        step: StepId,
    },
    /// The event does not fit the state that the step is in.
    #[error("`{event}` does not fit the state of step `{step}`")]
    OutOfPlace {
        /// What happened.
        event: &'static str,
        /// Which step.
        step: StepId,
    },
    /// The event does not fit the state that the run is in.
    #[error("`{event}` does not fit the state of the run")]
    OutOfTurn {
        /// What happened.
        event: &'static str,
    },
}

impl Run {
    /// Takes one more event into account; on a misfit the run is unchanged.
    ///
    /// After an entry of a newer version nothing can be called a misfit: what this
    /// version cannot place is passed over, for such a run is shown and never driven.
    pub fn apply(&mut self, event: &Event) -> Result<(), Misfit> {
        match self.take(event) {
            Err(_) if self.unknown => Ok(()),
            taken => taken,
        }
    }

    fn take(&mut self, event: &Event) -> Result<(), Misfit> {
        let name = event.name();
        if self.ended.is_some() && !matches!(event, Event::Noted { .. } | Event::Unknown) {
            return Err(Misfit::AfterEnd { event: name });
        }
        match event {
            Event::Planned { .. } => Err(Misfit::OutOfTurn { event: name }),
            Event::Unknown => {
                self.unknown = true;
                Ok(())
            }
            Event::Noted { .. }
            | Event::Overridden { .. }
            | Event::Preferred { .. }
            | Event::Presented { .. }
            | Event::Resumed { .. } => Ok(()),

            Event::Needed { step } => self.needed(step, name),
            Event::NotNeeded { step, why } => self.not_needed(step, why, name),
            Event::LeftOut { step, why } => self.left_out(step, why, name),
            Event::GuardUnclear { step, why } => self.guard_unclear(step, why, name),
            Event::Began { step, attempt } => self.began(step, *attempt, name),
            Event::Judged { step, verdict, judgements } => {
                self.judged(step, *verdict, judgements, name)
            }
            Event::Checked { step, results } => self.checked(step, results, name),
            Event::Waited { step, sentence } => self.waited(step, sentence, name),
            Event::Verified { step, verification } => self.verified(step, verification, name),
            Event::Recorded { step, text } => self.recorded(step, text, name),
            Event::Failed { step, why } => self.failed(step, why, name),

            Event::Intended { key } => self.intended(key, name),
            Event::Landed { key, receipt } => self.landed(key, receipt, name),
            Event::Refused { key, why } => self.refused(key, why, name),
            // It stays in doubt: an answer that is lost says nothing of the change.
            Event::Lost { key, .. } => self.in_doubt(key, name).map(|_| ()),
            Event::Unclear { key, why } => self.unclear(key, why, name),
            Event::Displaced { key, why } => self.displaced(key, why, name),
            // It is the run's own as long as nobody else took it.
            Event::Lapsed { key, .. } => self.seated(key, name).map(|_| ()),
            Event::Ruled { key, happened, by, reason } => {
                self.ruled(key, *happened, by, reason, name)
            }

            Event::Confirmed { step, by } => self.confirmed(step, by, name),
            Event::Chosen { step, option, by, .. } => self.chosen(step, option, by, name),
            Event::Performed { step, observed, by } => self.performed(step, observed, by, name),
            Event::Accepted { step, by, reason } => self.accepted(step, by, reason, name),
            Event::Again { step, .. } => self.again(step, name),
            Event::Skipped { step, by, reason } => self.skipped(step, by, reason, name),
            Event::Declined { step, by, reason } => self.declined(step, by, reason, name),

            Event::Held { by } => self.held(by, name),
            Event::Released { .. } => self.released(name),
            Event::Aborted { by, reason } => self.aborted(by, reason, name),
            Event::UndoBegan { by, steps } => self.undo_began(by, steps, name),
            Event::Left { reason, .. } => self.left(reason, name),
            Event::Finished { outcome } => self.finished(outcome, name),
        }
    }

    /// The place of the slot that does `step`.
    fn forward(&self, step: &StepId, event: &'static str) -> Result<usize, Misfit> {
        self.slots
            .iter()
            .position(|slot| slot.step == *step && slot.role == Role::Forward)
            .ok_or_else(|| Misfit::NoSuchStep { event, step: step.clone() })
    }

    /// Puts a step into a state. Steps are only ever looked up before this.
    pub(super) fn set(&mut self, index: usize, state: StepState) {
        if let Some(slot) = self.slots.get_mut(index) {
            slot.state = state;
        }
    }

    /// Whether every step before the slot at `index` is over.
    fn in_front(&self, index: usize) -> bool {
        let open = |slot: &Slot| slot.role == Role::Forward && !slot.state.is_over();
        self.slots.iter().position(open) == Some(index)
    }
}

fn out_of_place(event: &'static str, step: &StepId) -> Misfit {
    Misfit::OutOfPlace { event, step: step.clone() }
}
