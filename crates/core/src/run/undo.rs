//! Which compensations remain after an abort, in which order. The outside world has no
//! snapshot to restore: each is an ordinary effect with an intent and a probe of its own.

use super::{Role, Run};
use crate::effect::PlannedEffect;
use crate::name::StepId;
use crate::plan::Task;

/// One thing that can be taken back.
#[derive(Clone, Debug, PartialEq)]
pub struct Compensation {
    /// The step that was done.
    pub step: StepId,
    /// What takes it back.
    pub effect: PlannedEffect,
}

/// What was done and can be taken back, the last done first. What was already taken
/// back, what somebody passed over on the way back, or what never landed, is not among
/// it.
#[must_use]
pub fn remaining(run: &Run) -> Vec<Compensation> {
    run.slots()
        .iter()
        .rev()
        .filter(|slot| slot.role == Role::Forward && slot.landed())
        .filter(|slot| !run.is_of_a_lease(&slot.step))
        .filter(|slot| {
            !run.slots().iter().any(|other| {
                other.step == slot.step && other.role == Role::Undo && other.state.is_over()
            })
        })
        .filter_map(|slot| match &run.plan().step(&slot.step)?.task {
            Task::Act { undo: Some(effect), .. } => {
                Some(Compensation { step: slot.step.clone(), effect: (**effect).clone() })
            }
            Task::Act { undo: None, .. }
            | Task::Judge { .. }
            | Task::Check { .. }
            | Task::Decide { .. }
            | Task::Wait { .. }
            | Task::Verify { .. }
            | Task::Manual { .. }
            | Task::Note { .. }
            | Task::LeftOut { .. } => None,
        })
        .collect()
}
