//! The one thing to do now.

use super::{Ask, Mode, Next, Outcome, Role, Run, Slot, StepState, remaining};
use crate::name::EffectKey;
use crate::plan::{PlannedStep, Task};

impl Run {
    /// Names the one thing to do now; the same journal always names the same thing.
    #[must_use]
    pub fn next(&self) -> Next {
        if self.unknown { Next::Unknown } else { self.due().1 }
    }

    /// The same whether or not a newer version wrote a part of it, with the place of the
    /// slot that is meant. Entries of a newer version can still be shown in order, as
    /// far as this version understands them.
    pub(super) fn due(&self) -> (Option<usize>, Next) {
        match self.in_turn() {
            // However it ends, the next operator need not wait for a lease to run out.
            (at, Next::End(outcome)) => match self.to_be_given_back() {
                Some(key) => (None, Next::Intend(key)),
                None => (at, Next::End(outcome)),
            },
            other => other,
        }
    }

    fn in_turn(&self) -> (Option<usize>, Next) {
        if let Some(outcome) = &self.ended {
            return (None, Next::Finished(outcome.clone()));
        }
        // What is in doubt is settled before anything else, also in a held or aborted
        // run: nobody can decide well while nobody knows.
        for (index, slot) in self.slots.iter().enumerate() {
            if let StepState::InDoubt { key } = &slot.state {
                return (Some(index), Next::Settle(key.clone()));
            }
            if let StepState::NeedsPerson { ask: ask @ Ask::Ruling { .. }, .. } = &slot.state {
                let step = Some(slot.step.clone());
                return (Some(index), Next::AskPerson { step, ask: ask.clone() });
            }
        }
        let role = match &self.mode {
            Mode::Held { .. } => return (None, Next::Held),
            Mode::Ending { outcome } => return (None, Next::End(outcome.clone())),
            Mode::Aborting { reason, .. } => return (None, self.aborting(reason)),
            Mode::Going => Role::Forward,
            Mode::Undoing { .. } => Role::Undo,
        };
        self.slots
            .iter()
            .enumerate()
            .filter(|(_, slot)| slot.role == role)
            .find_map(|(index, slot)| Some((Some(index), self.next_in(slot)?)))
            .unwrap_or_else(|| (None, Next::End(self.conclusion())))
    }

    fn aborting(&self, reason: &str) -> Next {
        let steps = remaining(self);
        if steps.is_empty() {
            Next::End(Outcome::Aborted { reason: reason.to_owned() })
        } else {
            let steps = steps.into_iter().map(|one| one.step).collect();
            Next::AskPerson { step: None, ask: Ask::Undo { steps } }
        }
    }

    fn next_in(&self, slot: &Slot) -> Option<Next> {
        let step = self.plan.step(&slot.step)?;
        let ask = |ask| Some(Next::AskPerson { step: Some(step.id.clone()), ask });
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
            StepState::Begun { attempt } => match &step.task {
                Task::Decide { question, options } => {
                    ask(Ask::Choice { question: question.clone(), options: options.clone() })
                }
                Task::Manual { instruction, ask: value } => {
                    ask(Ask::Manual { instruction: instruction.clone(), ask: value.clone() })
                }
                Task::Judge { .. }
                | Task::Act { .. }
                | Task::Check { .. }
                | Task::Wait { .. }
                | Task::Verify { .. }
                | Task::LeftOut { .. }
                | Task::Note { .. } => {
                    Some(Next::Observe { step: step.id.clone(), attempt: *attempt })
                }
            },
            StepState::InDoubt { key } => Some(Next::Settle(key.clone())),
            StepState::NeedsPerson { ask: asked, .. } => ask(asked.clone()),
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
            Task::LeftOut { why, .. } => Next::LeaveOut { step: step.id.clone(), why: why.clone() },
        }
    }
}
