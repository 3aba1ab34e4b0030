//! The step that keeps two operators from changing one place at once: a lease is taken
//! before the first change, and every later change relies on it.

use super::{CompileError, Subject};
use crate::effect::{Operation, PlannedEffect};
use crate::lease::{LeaseState, Leasing, PlaceLease, TAKE};
use crate::name::StepId;
use crate::plan::{PlannedStep, Task};
use crate::runbook::OnFailure;
use crate::time::Millis;

/// Two small requests; half of it is not enough for a slow API server.
const TIMEOUT: Millis = Millis::seconds(60);

/// The operations that a lease needs, with the step that needs them. None where it cannot
/// be taken.
pub fn turns(leasing: Option<&Leasing>) -> Vec<(StepId, Operation)> {
    leasing
        .filter(|one| one.hindrance.is_none())
        .into_iter()
        .flat_map(|one| {
            [LeaseState::Held, LeaseState::Free].map(|to| (id(), switch(&one.lease, to)))
        })
        .collect()
}

/// Puts the lease in front of everything that changes anything, suspensions included.
pub(super) fn insert(
    steps: &mut Vec<PlannedStep>,
    subject: &Subject<'_>,
    errors: &mut Vec<CompileError>,
) {
    let Some(Leasing { lease, hindrance }) = &subject.leasing else { return };
    let Some(first) = steps.iter().position(|step| matches!(step.task, Task::Act { .. })) else {
        return;
    };
    let task = match hindrance {
        Some(why) => Task::LeftOut { act: TAKE.to_owned(), why: why.clone() },
        None => match taken(lease, subject) {
            Ok((take, give_back)) => {
                guard(steps, lease);
                Task::Act { effect: Box::new(take), undo: Some(Box::new(give_back)) }
            }
            Err(error) => return errors.push(error),
        },
    };
    let step = PlannedStep {
        id: id(),
        title: format!("Hold {lease}"),
        phase: steps[first].phase,
        why: Some(format!(
            "Nobody else rolls {} back meanwhile. It is given back at the end of the run.",
            subject.place.service
        )),
        task,
        when: None,
        confirm: false,
        expect: None,
        timeout: Some(TIMEOUT),
        on_failure: OnFailure::Ask,
    };
    steps.insert(first, step);
}

fn taken(
    lease: &PlaceLease,
    subject: &Subject<'_>,
) -> Result<(PlannedEffect, PlannedEffect), CompileError> {
    let resolved = |to| {
        let wanted = switch(lease, to);
        let found = subject.resolved.iter().find(|(operation, _)| *operation == wanted);
        found
            .map(|(_, effect)| effect.clone())
            .ok_or_else(|| CompileError::Unresolved { step: id(), operation: wanted.as_str() })
    };
    Ok((resolved(LeaseState::Held)?, resolved(LeaseState::Free)?))
}

/// Every change, and whatever takes it back, is made by whoever holds the lease.
fn guard(steps: &mut [PlannedStep], lease: &PlaceLease) {
    for step in steps {
        if let Task::Act { effect, undo } = &mut step.task {
            lease.guard(effect);
            if let Some(undo) = undo {
                lease.guard(undo);
            }
        }
    }
}

fn switch(lease: &PlaceLease, to: LeaseState) -> Operation {
    Operation::SwitchLease { lease: Box::new(lease.clone()), to }
}

/// An id with a dot: no step of a runbook can have it.
fn id() -> StepId {
    StepId::new(TAKE)
}
