//! The lease that a run holds while it changes a place: no part of the rollback, never
//! asked about, and given back however the run ends.

use super::{Role, Run};
use crate::lease::leased;
use crate::name::{EffectKey, StepId};

impl Run {
    /// Whether a step holds a lease, which is no change of what users meet.
    #[must_use]
    pub fn is_of_a_lease(&self, step: &StepId) -> bool {
        let effect = self.plan.step(step).and_then(|step| step.task.effect(false));
        effect.is_some_and(|effect| leased(&effect.operation).is_some())
    }

    /// What gives back the lease that the run may hold, before it ends. A change that was
    /// made past the step, because somebody skipped it, took the lease by itself.
    pub(super) fn to_be_given_back(&self) -> Option<EffectKey> {
        let slot = self.slots.iter().find(|slot| {
            slot.role == Role::Forward
                && self.is_of_a_lease(&slot.step)
                && (slot.landed() || self.landed_anything())
        })?;
        let tried = self.slots.iter().any(|one| one.role == Role::Undo && one.step == slot.step);
        (!tried).then(|| EffectKey {
            run: self.id.clone(),
            step: slot.step.clone(),
            undo: true,
            attempt: 1,
        })
    }
}
