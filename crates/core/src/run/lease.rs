//! The lease that a run holds while it changes a place: no part of the rollback, never
//! asked about, and given back however the run ends.

use super::{Ask, Misfit, Role, Run, StepState};
use crate::lease::{PlaceLease, leased};
use crate::name::{EffectKey, StepId};

/// Whether the run has the lease of its plan, as far as its journal tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Seat {
    /// The newest attempt to take it; 0 before the first.
    attempt: u32,
    held: bool,
}

impl Run {
    /// The lease that the run holds, and the effect that took it. `None` once it is being
    /// given back, and once somebody else has it.
    #[must_use]
    pub fn tenure(&self) -> Option<(EffectKey, &PlaceLease)> {
        let driven = self.ended.is_none() && !self.unknown;
        let (step, lease) = self.lease().filter(|_| driven && self.seat.held)?;
        let gives_back = |slot: &super::Slot| slot.role == Role::Undo && slot.step == *step;
        if self.slots.iter().any(gives_back) {
            return None;
        }
        let (run, step) = (self.id.clone(), step.clone());
        Some((EffectKey { run, step, undo: false, attempt: self.seat.attempt }, lease))
    }

    /// The lease of the plan, and the step that takes it.
    fn lease(&self) -> Option<(&StepId, &PlaceLease)> {
        self.plan.steps.iter().find_map(|step| {
            let (lease, _) = leased(&step.task.effect(false)?.operation)?;
            Some((&step.id, lease))
        })
    }

    /// Whether what `key` stands for takes the lease, or holds it for longer: the step
    /// itself, and every change that relies on it.
    pub(super) fn keeps_the_lease(&self, key: &EffectKey) -> bool {
        self.lease().is_some_and(|(step, lease)| {
            (*step == key.step && !key.undo)
                || self.effect(key).is_some_and(|effect| lease.apart(effect).1)
        })
    }

    /// An attempt to take the lease begins.
    pub(super) fn seat_intended(&mut self, key: &EffectKey) {
        if self.is_of_a_lease(&key.step) && !key.undo {
            self.seat = Seat { attempt: key.attempt, held: false };
        }
    }

    /// What `key` stands for took place.
    pub(super) fn seat_landed(&mut self, key: &EffectKey) {
        if self.keeps_the_lease(key) {
            self.seat.held = true;
        }
    }

    pub(super) fn displaced(
        &mut self,
        key: &EffectKey,
        why: &str,
        event: &'static str,
    ) -> Result<(), Misfit> {
        let index = self.seated(key, event)?;
        self.seat.held = false;
        // Whatever its runbook says of a change that fails: this one is between people.
        let ask = Ask::Failure { why: why.to_owned() };
        self.set(index, StepState::NeedsPerson { attempt: key.attempt, ask });
        Ok(())
    }

    /// The place of the slot that took the lease which the run holds by `key`.
    pub(super) fn seated(&self, key: &EffectKey, event: &'static str) -> Result<usize, Misfit> {
        let index = self.slot_of(key, event)?;
        if self.tenure().is_some_and(|(held, _)| held == *key) {
            Ok(index)
        } else {
            Err(Misfit::OutOfPlace { event, step: key.step.clone() })
        }
    }

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
