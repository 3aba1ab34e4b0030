//! What becomes of the run as a whole: held, aborted, taken back, ended.

use super::super::{Ask, Mode, Next, Outcome, Role, Run, Slot, StepState};
use super::Misfit;
use crate::name::{Person, StepId};

impl Run {
    pub(super) fn held(&mut self, by: &Person, event: &'static str) -> Result<(), Misfit> {
        if self.mode != Mode::Going {
            return Err(Misfit::OutOfTurn { event });
        }
        self.mode = Mode::Held { by: by.clone() };
        Ok(())
    }

    pub(super) fn released(&mut self, event: &'static str) -> Result<(), Misfit> {
        if !matches!(self.mode, Mode::Held { .. }) {
            return Err(Misfit::OutOfTurn { event });
        }
        self.mode = Mode::Going;
        Ok(())
    }

    pub(super) fn aborted(
        &mut self,
        by: &Person,
        reason: &str,
        event: &'static str,
    ) -> Result<(), Misfit> {
        match &self.mode {
            Mode::Going | Mode::Held { .. } | Mode::Undoing { .. } => {
                self.mode = Mode::Aborting { by: by.clone(), reason: reason.to_owned() };
                Ok(())
            }
            Mode::Aborting { .. } | Mode::Ending { .. } => Err(Misfit::OutOfTurn { event }),
        }
    }

    pub(super) fn undo_began(
        &mut self,
        by: &Person,
        steps: &[StepId],
        event: &'static str,
    ) -> Result<(), Misfit> {
        let (offered, reason) = self.ending(event)?;
        let twice = |(at, step): (usize, &StepId)| steps[..at].contains(step);
        if steps.is_empty()
            || steps.iter().any(|step| !offered.contains(step))
            || steps.iter().enumerate().any(twice)
        {
            return Err(Misfit::OutOfTurn { event });
        }
        for step in steps {
            let undo = Slot { state: self.undo_again(step), ..Slot::undo(step.clone()) };
            self.slots.retain(|slot| slot.role == Role::Forward || slot.step != *step);
            self.slots.push(undo);
        }
        self.mode = Mode::Undoing { by: by.clone(), reason };
        Ok(())
    }

    pub(super) fn left(&mut self, reason: &str, event: &'static str) -> Result<(), Misfit> {
        let (_, why) = self.ending(event)?;
        let reason = format!("{}; what was done stays: {reason}", super::super::clause(&why));
        self.mode = Mode::Ending { outcome: Outcome::Aborted { reason } };
        Ok(())
    }

    pub(super) fn finished(
        &mut self,
        outcome: &Outcome,
        event: &'static str,
    ) -> Result<(), Misfit> {
        // The words of an outcome may change from version to version; whether the run is
        // over may not.
        if !matches!(self.due().1, Next::End(_)) {
            return Err(Misfit::OutOfTurn { event });
        }
        self.ended = Some(outcome.clone());
        Ok(())
    }

    /// The steps that are offered to be taken back, and why the run is ended. Not before
    /// every doubt is settled.
    fn ending(&self, event: &'static str) -> Result<(Vec<StepId>, String), Misfit> {
        match (&self.mode, self.due().1) {
            (
                Mode::Aborting { reason, .. },
                Next::AskPerson { step: None, ask: Ask::Undo { steps } },
            ) => Ok((steps, reason.clone())),
            _ => Err(Misfit::OutOfTurn { event }),
        }
    }

    /// Where a compensation begins, or goes on when an earlier way back was aborted. An
    /// attempt that was intended once is never intended again.
    fn undo_again(&self, step: &StepId) -> StepState {
        let attempt = self
            .slots
            .iter()
            .find(|slot| slot.role == Role::Undo && slot.step == *step)
            .map_or(1, |slot| {
                let asked = slot.state.attempt_asking().map(|attempt| attempt + 1);
                asked.or(slot.state.attempt_ahead()).unwrap_or(1)
            });
        StepState::Waiting { attempt }
    }
}
