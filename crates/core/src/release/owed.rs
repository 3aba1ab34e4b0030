//! What a run has to say of releases: that it went away from one, and, once recovery is
//! proven, that this one was the culprit and is to be kept out.

use jiff::Timestamp;

use super::lock::brings_back;
use super::{Named, Release, Remark, Saying};
use crate::effect::Operation;
use crate::plan::Task;
use crate::run::{Outcome, Proof, Role, Run, StepState};
use crate::survey::Survey;

/// The remarks that a run has earned and that `already` does not hold yet. Asked again
/// after a crash it names what is missing, and nothing twice.
///
/// `ending` is how the run is about to end; `now` is what runs by now, where it could be
/// looked up.
#[must_use]
pub fn owed(
    run: &Run,
    ending: Option<&Outcome>,
    already: &[Remark],
    now: Option<&Survey>,
    (at, recorded_at): (Timestamp, Timestamp),
) -> Vec<Remark> {
    let plan = run.plan();
    let said = |wanted: fn(&Saying) -> bool| {
        already.iter().any(|one| one.says.run() == Some(run.id()) && wanted(&one.says))
    };
    let remark = |release: &Release, says: Saying| Remark {
        at,
        recorded_at,
        by: run.started_by().clone(),
        release: Named::from(release),
        says,
    };
    let rolled_back = said(|says| matches!(says, Saying::RolledBack { .. }));
    let mut owed = Vec::new();
    if !stays_away(run) {
        if rolled_back && !said(|says| matches!(says, Saying::Unmarked { .. })) {
            let reason = "the run took its own rollback back".to_owned();
            let run = Some(run.id().clone());
            owed.push(remark(&plan.from, Saying::Unmarked { reason, run }));
        }
        return owed;
    }
    let id = || run.id().clone();
    if !rolled_back {
        let to = plan.to.version.clone();
        owed.push(remark(&plan.from, Saying::RolledBack { run: id(), to }));
    }
    if ending != Some(&Outcome::Recovered) {
        return owed;
    }
    let why = trouble(run);
    if !said(|says| matches!(says, Saying::Culprit { .. })) {
        owed.push(remark(&plan.from, Saying::Culprit { run: id(), why: why.clone() }));
    }
    if !said(|says| matches!(says, Saying::Verified { .. })) {
        owed.push(remark(&plan.to, Saying::Verified { run: id() }));
    }
    if !said(|says| matches!(says, Saying::Locked { .. })) {
        let bad = Named::from(&plan.from);
        let brings_back = now.map_or_else(
            || vec!["what runs could not be looked up when this was locked".to_owned()],
            |survey| brings_back(&bad, survey, &plan.findings),
        );
        owed.push(remark(&plan.from, Saying::Locked { reason: why, run: Some(id()), brings_back }));
    }
    owed
}

/// Whether a run can have anything to say at all; cheap, so that most runs need not look.
#[must_use]
pub fn may_owe(run: &Run) -> bool {
    // A drill finds no culprits: the release that it goes away from did nothing wrong.
    run.plan().exercise.is_none()
        && run.slots().iter().any(|slot| slot.role == Role::Forward && goes_away(run, slot))
}

/// Whether the run went away from the release and did not take that back.
fn stays_away(run: &Run) -> bool {
    run.slots().iter().any(|slot| {
        slot.role == Role::Forward
            && goes_away(run, slot)
            && !run.slots().iter().any(|other| {
                other.role == Role::Undo && other.step == slot.step && landed(&other.state)
            })
    })
}

/// Whether a step that took place took the release away from all users.
fn goes_away(run: &Run, slot: &crate::run::Slot) -> bool {
    let plan = run.plan();
    let Some(Task::Act { effect, .. }) = plan.step(&slot.step).map(|step| &step.task) else {
        return false;
    };
    let away = match &effect.operation {
        Operation::RestoreRelease { release } => *release == plan.to.id,
        Operation::ShiftTraffic { release, percent } => {
            (*release == plan.from.id && *percent == 0)
                || (*release == plan.to.id && *percent == 100)
        }
        Operation::HaltRollout
        | Operation::ResumeRollout
        | Operation::SwitchFlag { .. }
        | Operation::SwitchSync { .. }
        | Operation::SwitchLease { .. }
        | Operation::RunErrand { .. } => false,
    };
    away && landed(&slot.state)
}

fn landed(state: &StepState) -> bool {
    matches!(state, StepState::Done { proof: Proof::Landed(_) })
}

/// What was wrong with the release, as the run judged it.
fn trouble(run: &Run) -> String {
    let judged = run.slots().iter().find_map(|slot| match &slot.state {
        StepState::Done { proof: Proof::Judged(judgements) } => {
            judgements.iter().find(|one| !one.verdict.permits()).map(|one| one.sentence.clone())
        }
        StepState::Done { .. }
        | StepState::Waiting { .. }
        | StepState::Needed { .. }
        | StepState::Confirmed { .. }
        | StepState::Begun { .. }
        | StepState::InDoubt { .. }
        | StepState::NeedsPerson { .. }
        | StepState::Failed { .. }
        | StepState::Skipped { .. }
        | StepState::NotNeeded { .. }
        | StepState::PassedOver { .. } => None,
    });
    let run = run.id();
    judged.map_or_else(
        || format!("recovery was proven once it was gone (run {run})"),
        |judged| format!("{judged}; recovery was proven once it was gone (run {run})"),
    )
}
