//! Where a step leads when it failed or when a person chose.

use super::super::{Ask, Run, StepState};
use crate::name::{EffectKey, StepId};
use crate::runbook::OnFailure;

impl Run {
    /// A change that did not take place. It is never tried again without a person.
    pub(super) fn fail_change(&mut self, index: usize, key: &EffectKey, why: String) {
        let on_failure = self.plan.step(&key.step).map(|step| step.on_failure.clone());
        let ask = |why| StepState::NeedsPerson { attempt: key.attempt, ask: Ask::Failure { why } };
        let state = match on_failure {
            // The way back has no runbook of its own: a person decides.
            _ if key.undo => ask(why),
            Some(OnFailure::Stop) => StepState::Failed { why },
            Some(OnFailure::GoTo(target)) => return self.jump(index, &target, &why),
            Some(OnFailure::Ask | OnFailure::Retry(_)) | None => ask(why),
        };
        self.set(index, state);
    }

    /// A step that reads went wrong: it may be tried again by itself.
    pub(super) fn fail_reading(&mut self, index: usize, attempt: u32, why: String) {
        let step = self.slots.get(index).and_then(|slot| self.plan.step(&slot.step));
        let state = match step.map(|step| step.on_failure.clone()) {
            Some(OnFailure::Stop) => StepState::Failed { why },
            Some(OnFailure::GoTo(target)) => return self.jump(index, &target, &why),
            Some(OnFailure::Retry(most)) if attempt < most => {
                StepState::Waiting { attempt: attempt + 1 }
            }
            Some(OnFailure::Ask | OnFailure::Retry(_)) | None => {
                StepState::NeedsPerson { attempt, ask: Ask::Failure { why } }
            }
        };
        self.set(index, state);
    }

    fn jump(&mut self, index: usize, target: &StepId, why: &str) {
        self.set(index, StepState::PassedOver { why: why.to_owned() });
        self.pass_over(index, target, why);
    }

    /// Marks what lies between a step and a later one as passed over.
    pub(super) fn pass_over(&mut self, from: usize, to: &StepId, why: &str) {
        // Forward slots stand in the order of the plan.
        let Some(to) = self.plan.position(to) else { return };
        for index in from + 1..to {
            self.set(index, StepState::PassedOver { why: why.to_owned() });
        }
    }
}
