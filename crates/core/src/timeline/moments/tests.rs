use super::*;
use crate::governor::{Governor, GovernorKind, SyncState};
use crate::plan::PlannedStep;
use crate::runbook::Phase;
use crate::testing::{act, effect, entries, key, lease_step, plan_with, planned, receipt, second};

fn suspend() -> PlannedStep {
    let governor = Governor {
        kind: GovernorKind::ArgoApplication,
        namespace: "argocd".to_owned(),
        name: "checkout".to_owned(),
        policy: "{}".to_owned(),
    };
    let to = SyncState::Suspended;
    let effect = effect(Operation::SwitchSync { governor: Box::new(governor), to });
    let task = Task::Act { effect: Box::new(effect), undo: None };
    PlannedStep { task, ..act("sync.suspend", false) }
}

/// The moments of a run whose three changes land one after the other.
fn found(phase: Phase) -> Moments {
    let steps = [lease_step(), suspend(), act("first", false)];
    let plan = plan_with(steps.map(|step| PlannedStep { phase, ..step }).to_vec());
    let landed = |id: &str| Event::Landed { key: key(id, 1), receipt: receipt() };
    let written = entries(vec![
        planned(plan.clone()),
        landed("lease.take"),
        landed("sync.suspend"),
        landed("first"),
    ]);
    moments(&plan, &written)
}

#[test]
fn what_only_holds_others_off_stops_no_traffic() {
    assert_eq!(found(Phase::Stop).stopped, Some(second(4)), "the halt did, two steps later");
}

#[test]
fn what_only_holds_others_off_brings_nothing_back() {
    assert_eq!(found(Phase::RollBack).rollback_started, Some(second(4)));
}

#[test]
fn a_flag_that_is_turned_off_starts_no_rollback() {
    let to = crate::flag::FlagState::Off;
    let off = effect(Operation::SwitchFlag { flag: "new-index".into(), to });
    let task = Task::Act { effect: Box::new(off), undo: None };
    let plan = plan_with(vec![PlannedStep { task, ..act("turn-off", false) }]);
    let landed = Event::Landed { key: key("turn-off", 1), receipt: receipt() };
    let written = entries(vec![planned(plan.clone()), landed]);
    assert_eq!(moments(&plan, &written).rollback_started, None);
}
