//! Effects: intended, landed, refused, unclear, ruled.

use super::super::{Ask, Next, Proof, Role, Run, Slot, StepState};
use super::{Misfit, out_of_place};
use crate::effect::{Receipt, Refusal};
use crate::name::{EffectKey, Person};

impl Run {
    pub(super) fn intended(&mut self, key: &EffectKey, event: &'static str) -> Result<(), Misfit> {
        // Nothing is intended but what the run itself names: not out of order, not
        // unconfirmed, not while something else is in doubt, not while somebody holds it.
        match self.due() {
            (Some(index), Next::Intend(due)) if due == *key => {
                self.set(index, StepState::InDoubt { key: key.clone() });
                self.seat_intended(key);
                Ok(())
            }
            // What gives a lease back has no place before the run ends.
            (None, Next::Intend(due)) if due == *key => {
                let state = StepState::InDoubt { key: key.clone() };
                self.slots.push(Slot { state, ..Slot::undo(key.step.clone()) });
                Ok(())
            }
            _ => {
                self.slot_of(key, event)?;
                Err(out_of_place(event, &key.step))
            }
        }
    }

    pub(super) fn landed(
        &mut self,
        key: &EffectKey,
        receipt: &Receipt,
        event: &'static str,
    ) -> Result<(), Misfit> {
        let index = self.in_doubt(key, event)?;
        self.set(index, StepState::Done { proof: Proof::Landed(receipt.clone()) });
        self.seat_landed(key);
        Ok(())
    }

    pub(super) fn refused(
        &mut self,
        key: &EffectKey,
        why: &Refusal,
        event: &'static str,
    ) -> Result<(), Misfit> {
        let index = self.in_doubt(key, event)?;
        if !self.leaves_it(index, key, &why.to_string()) {
            self.fail_change(index, key, why.to_string());
        }
        Ok(())
    }

    pub(super) fn unclear(
        &mut self,
        key: &EffectKey,
        why: &str,
        event: &'static str,
    ) -> Result<(), Misfit> {
        let index = self.in_doubt(key, event)?;
        if self.leaves_it(index, key, why) {
            return Ok(());
        }
        let ask = Ask::Ruling { key: key.clone(), why: why.to_owned() };
        self.set(index, StepState::NeedsPerson { attempt: key.attempt, ask });
        Ok(())
    }

    pub(super) fn ruled(
        &mut self,
        key: &EffectKey,
        happened: bool,
        by: &Person,
        reason: &str,
        event: &'static str,
    ) -> Result<(), Misfit> {
        let index = self.slot_of(key, event)?;
        let asked = matches!(
            &self.slots[index].state,
            StepState::NeedsPerson { ask: Ask::Ruling { key: asked, .. }, .. } if asked == key
        );
        if !asked {
            return Err(out_of_place(event, &key.step));
        }
        let said = format!("{by} says so: {reason}");
        if happened {
            let receipt = Receipt { reference: "by hand".to_owned(), sentence: said };
            self.set(index, StepState::Done { proof: Proof::Landed(receipt) });
            self.seat_landed(key);
        } else {
            self.fail_change(index, key, format!("it did not take place; {said}"));
        }
        Ok(())
    }

    /// A lease that could not be given back runs out by itself: nobody is asked about it.
    fn leaves_it(&mut self, index: usize, key: &EffectKey, why: &str) -> bool {
        let leaves = key.undo && self.is_of_a_lease(&key.step);
        if leaves {
            let why = format!("it was not given back and runs out by itself: {why}");
            self.set(index, StepState::PassedOver { why });
        }
        leaves
    }

    /// The place of the slot that `key` belongs to.
    pub(in super::super) fn slot_of(
        &self,
        key: &EffectKey,
        event: &'static str,
    ) -> Result<usize, Misfit> {
        let role = if key.undo { Role::Undo } else { Role::Forward };
        self.slots
            .iter()
            .position(|slot| slot.step == key.step && slot.role == role)
            .ok_or_else(|| Misfit::NoSuchStep { event, step: key.step.clone() })
    }

    pub(super) fn in_doubt(&self, key: &EffectKey, event: &'static str) -> Result<usize, Misfit> {
        let index = self.slot_of(key, event)?;
        if matches!(&self.slots[index].state, StepState::InDoubt { key: open } if open == key) {
            Ok(index)
        } else {
            Err(out_of_place(event, &key.step))
        }
    }
}
