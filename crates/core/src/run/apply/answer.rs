//! What a person answered. An answer fits only the question that the run asks now.

use super::super::{Ask, Mode, Next, Outcome, Proof, Run, StepState};
use super::{Misfit, out_of_place};
use crate::name::{Person, StepId};
use crate::plan::Task;
use crate::runbook::Then;

impl Run {
    pub(super) fn confirmed(
        &mut self,
        step: &StepId,
        by: &Person,
        event: &'static str,
    ) -> Result<(), Misfit> {
        let (index, ask) = self.question(step, event)?;
        let attempt = self.slots[index].state.attempt_ahead();
        let (Ask::Confirm, Some(attempt)) = (ask, attempt) else {
            return Err(out_of_place(event, step));
        };
        self.set(index, StepState::Confirmed { attempt, by: by.clone() });
        Ok(())
    }

    pub(super) fn chosen(
        &mut self,
        step: &StepId,
        option: &str,
        by: &Person,
        event: &'static str,
    ) -> Result<(), Misfit> {
        let (index, ask) = self.question(step, event)?;
        let chosen = match ask {
            Ask::Choice { options, .. } => options.into_iter().find(|known| known.id == option),
            Ask::Confirm
            | Ask::Verdict { .. }
            | Ask::Manual { .. }
            | Ask::Failure { .. }
            | Ask::Ruling { .. }
            | Ask::Guard { .. }
            | Ask::Undo { .. } => None,
        };
        let Some(chosen) = chosen else { return Err(out_of_place(event, step)) };
        let proof = Proof::Chosen { by: by.clone(), option: chosen.label.clone() };
        self.set(index, StepState::Done { proof });
        match chosen.then {
            Then::Continue => {}
            Then::GoTo(target) => self.pass_over(index, &target, &format!("`{}`", chosen.label)),
            Then::Stop => {
                let reason = format!("{by} chose `{}`", chosen.label);
                self.mode = Mode::Ending { outcome: self.stopped(reason) };
            }
        }
        Ok(())
    }

    pub(super) fn performed(
        &mut self,
        step: &StepId,
        observed: &str,
        by: &Person,
        event: &'static str,
    ) -> Result<(), Misfit> {
        let (index, ask) = self.question(step, event)?;
        if !matches!(ask, Ask::Manual { .. }) {
            return Err(out_of_place(event, step));
        }
        let proof = Proof::Performed { by: by.clone(), observed: observed.to_owned() };
        self.set(index, StepState::Done { proof });
        Ok(())
    }

    pub(super) fn accepted(
        &mut self,
        step: &StepId,
        by: &Person,
        reason: &str,
        event: &'static str,
    ) -> Result<(), Misfit> {
        let (index, ask) = self.question(step, event)?;
        let changes =
            self.plan.step(step).is_some_and(|step| matches!(step.task, Task::Act { .. }));
        let attempt = self.slots[index].state.attempt_asking();
        let state = match (ask, attempt) {
            // Without a guard's answer the person's word stands for it.
            (Ask::Guard { .. }, Some(attempt)) => StepState::Needed { attempt },
            // A change that did not take place cannot be called done.
            (Ask::Verdict { .. } | Ask::Failure { .. }, _) if !changes => StepState::Done {
                proof: Proof::Accepted { by: by.clone(), reason: reason.to_owned() },
            },
            (
                Ask::Guard { .. }
                | Ask::Verdict { .. }
                | Ask::Failure { .. }
                | Ask::Confirm
                | Ask::Choice { .. }
                | Ask::Manual { .. }
                | Ask::Ruling { .. }
                | Ask::Undo { .. },
                _,
            ) => return Err(out_of_place(event, step)),
        };
        self.set(index, state);
        Ok(())
    }

    pub(super) fn again(&mut self, step: &StepId, event: &'static str) -> Result<(), Misfit> {
        let (index, ask) = self.question(step, event)?;
        let attempt = self.slots[index].state.attempt_asking();
        let state = match (ask, attempt) {
            // To look again is not to try again: the key stays the same.
            (Ask::Ruling { key, .. }, _) => StepState::InDoubt { key },
            (Ask::Verdict { .. } | Ask::Failure { .. } | Ask::Guard { .. }, Some(attempt)) => {
                StepState::Waiting { attempt: attempt + 1 }
            }
            (
                Ask::Verdict { .. }
                | Ask::Failure { .. }
                | Ask::Guard { .. }
                | Ask::Confirm
                | Ask::Choice { .. }
                | Ask::Manual { .. }
                | Ask::Undo { .. },
                _,
            ) => return Err(out_of_place(event, step)),
        };
        self.set(index, state);
        Ok(())
    }

    pub(super) fn skipped(
        &mut self,
        step: &StepId,
        by: &Person,
        reason: &str,
        event: &'static str,
    ) -> Result<(), Misfit> {
        let (index, ask) = self.question(step, event)?;
        // What may have happened cannot be passed over.
        if matches!(ask, Ask::Ruling { .. }) {
            return Err(out_of_place(event, step));
        }
        self.set(index, StepState::Skipped { by: by.clone(), reason: reason.to_owned() });
        Ok(())
    }

    pub(super) fn declined(
        &mut self,
        step: &StepId,
        by: &Person,
        reason: &str,
        event: &'static str,
    ) -> Result<(), Misfit> {
        let (index, ask) = self.question(step, event)?;
        // One cannot decide against a rollback that has begun.
        if !matches!(ask, Ask::Verdict { .. }) || self.landed_anything() {
            return Err(out_of_place(event, step));
        }
        let proof = Proof::Accepted { by: by.clone(), reason: reason.to_owned() };
        self.set(index, StepState::Done { proof });
        let reason = format!("{by}: {reason}");
        self.mode = Mode::Ending { outcome: Outcome::Declined { reason } };
        Ok(())
    }

    /// What `step` asks now, with the place of the slot that asks: while changes are
    /// taken back, a step's name means its compensation.
    fn question(&self, step: &StepId, event: &'static str) -> Result<(usize, Ask), Misfit> {
        self.forward(step, event)?;
        match self.due() {
            (Some(index), Next::AskPerson { step: Some(asking), ask }) if asking == *step => {
                Ok((index, ask))
            }
            _ => Err(out_of_place(event, step)),
        }
    }
}
