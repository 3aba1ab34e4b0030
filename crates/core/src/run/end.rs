//! How a run ends when nothing is left to do.

use super::{Mode, Outcome, Proof, Role, Run, Slot, StepState};
use crate::plan::Task;

impl Slot {
    /// Whether its effect took place.
    pub(super) const fn landed(&self) -> bool {
        matches!(self.state, StepState::Done { proof: Proof::Landed(_) })
    }
}

impl Run {
    /// Whether any step of the runbook has changed the world.
    pub(super) fn landed_anything(&self) -> bool {
        self.slots.iter().any(|slot| {
            slot.role == Role::Forward && slot.landed() && !self.is_of_a_lease(&slot.step)
        })
    }

    /// How it ends where the runbook or a person says stop. Only a run that has changed
    /// nothing ended without a rollback.
    pub(super) fn stopped(&self, reason: String) -> Outcome {
        if self.landed_anything() { self.conclusion() } else { Outcome::Declined { reason } }
    }

    /// How it ends once every step is over.
    pub(super) fn conclusion(&self) -> Outcome {
        match &self.mode {
            Mode::Undoing { reason, .. } => Outcome::Aborted {
                reason: format!("{}; {}", super::clause(reason), self.taken_back()),
            },
            Mode::Going | Mode::Held { .. } | Mode::Aborting { .. } | Mode::Ending { .. } => {
                self.proven()
            }
        }
    }

    /// What became of the changes that were to be taken back.
    fn taken_back(&self) -> String {
        let undone = |slot: &Slot| {
            self.slots
                .iter()
                .any(|other| other.role == Role::Undo && other.step == slot.step && other.landed())
        };
        let kept: Vec<String> = self
            .slots
            .iter()
            .filter(|slot| slot.role == Role::Forward && slot.landed() && !undone(slot))
            .filter(|slot| !self.is_of_a_lease(&slot.step))
            .filter_map(|slot| self.plan.step(&slot.step))
            .map(|step| format!("`{}`", step.title))
            .collect();
        if kept.is_empty() {
            "what was done was taken back".to_owned()
        } else {
            format!("not taken back: {}", kept.join(", "))
        }
    }

    /// Whether the last verification of the runbook proves recovery. A change after it
    /// makes the proof old, and a person's word in place of a later one is no proof.
    fn proven(&self) -> Outcome {
        let mut missing = Some("the runbook verifies nothing".to_owned());
        for slot in &self.slots {
            let Some(step) = self.plan.step(&slot.step) else { continue };
            if self.is_of_a_lease(&slot.step) {
                continue;
            }
            let verifies = matches!(step.task, Task::Verify { .. });
            match &slot.state {
                StepState::Done { proof: Proof::Verified(_) } => missing = None,
                StepState::Done { proof: Proof::Accepted { by, reason } } if verifies => {
                    missing = Some(format!("{by} accepted `{}`: {reason}", step.title));
                }
                StepState::Skipped { by, reason } if verifies => {
                    missing = Some(format!("{by} skipped `{}`: {reason}", step.title));
                }
                // A branch that leads past one verification leaves an earlier one as it is.
                StepState::PassedOver { why } if verifies => {
                    if let Some(missing) = &mut missing {
                        missing.clone_from(why);
                    }
                }
                StepState::Done { proof: Proof::Landed(_) } => {
                    missing = Some("nothing was verified after the last change".to_owned());
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
        missing.map_or(Outcome::Recovered, |why| Outcome::Unproven { why })
    }
}
