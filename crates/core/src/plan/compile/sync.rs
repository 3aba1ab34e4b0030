//! The steps that no runbook has and a plan needs: whoever would undo the rollback is
//! suspended before the first change.

use super::{CompileError, Subject};
use crate::effect::{Operation, PlannedEffect};
use crate::governor::{Governing, Governor, SyncState};
use crate::name::StepId;
use crate::plan::{PlannedStep, Task};
use crate::runbook::OnFailure;
use crate::time::Millis;

/// A patch of one object; half of it is not enough for a slow API server, and nobody waits
/// twice as long for an answer that decides nothing yet.
const TIMEOUT: Millis = Millis::seconds(60);

/// The operations that the suspensions need, each with the step that needs it.
pub fn suspensions(governing: &[Governing]) -> Vec<(StepId, Operation)> {
    wanted(governing)
        .enumerate()
        .flat_map(|(index, governor)| {
            [SyncState::Suspended, SyncState::Automatic].map(|to| (id(index), switch(governor, to)))
        })
        .collect()
}

/// Puts the suspensions in front of the first step that changes anything, so that a run
/// which never comes to a change leaves everybody as they were.
pub(super) fn insert(
    steps: &mut Vec<PlannedStep>,
    subject: &Subject<'_>,
    errors: &mut Vec<CompileError>,
) {
    let Some(first) = steps.iter().position(|step| matches!(step.task, Task::Act { .. })) else {
        return;
    };
    let phase = steps[first].phase;
    let mut suspensions = Vec::new();
    for (index, governor) in wanted(&subject.governing).enumerate() {
        let mut effect = |to| {
            let wanted = switch(governor, to);
            let found = resolved(subject, &wanted);
            if found.is_none() {
                let (step, operation) = (id(index), wanted.as_str());
                errors.push(CompileError::Unresolved { step, operation });
            }
            found
        };
        let (Some(suspend), Some(resume)) =
            (effect(SyncState::Suspended), effect(SyncState::Automatic))
        else {
            continue;
        };
        suspensions.push(PlannedStep {
            id: id(index),
            title: format!("Suspend the sync of {governor}"),
            phase,
            why: Some(format!(
                "It puts {} back to what git says, which is still {}.",
                subject.place.service, subject.from.version
            )),
            task: Task::Act { effect: Box::new(suspend), undo: Some(Box::new(resume)) },
            when: None,
            // It is another team's tool, and they are told by whoever confirms.
            confirm: true,
            expect: Some(format!(
                "The {} says that it does not sync by itself. Tell whoever merges to git.",
                governor.kind.as_str()
            )),
            timeout: Some(TIMEOUT),
            on_failure: OnFailure::Ask,
        });
    }
    steps.splice(first..first, suspensions);
}

fn wanted(governing: &[Governing]) -> impl Iterator<Item = &Governor> {
    governing.iter().filter(|one| one.is_to_be_suspended()).map(|one| &one.governor)
}

fn switch(governor: &Governor, to: SyncState) -> Operation {
    Operation::SwitchSync { governor: Box::new(governor.clone()), to }
}

fn resolved(subject: &Subject<'_>, wanted: &Operation) -> Option<PlannedEffect> {
    let found = subject.resolved.iter().find(|(operation, _)| operation == wanted);
    found.map(|(_, effect)| effect.clone())
}

/// An id with a dot: no step of a runbook can have it.
fn id(index: usize) -> StepId {
    match index {
        0 => StepId::new("sync.suspend"),
        more => StepId::new(format!("sync.suspend-{}", more + 1)),
    }
}
