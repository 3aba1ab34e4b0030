use std::collections::BTreeMap;

use super::*;
use crate::plan::{PlannedStep, Task, compile};
use crate::runbook::{Act, Guard, Phase, StepDefinition};
use crate::testing::{definition, environment, place, plan_of, refusal, release, runbook, subject};

fn absent(operation: Operation) -> Absent {
    Absent { operation, why: "it cannot be paused".to_owned() }
}

/// A guarded and confirmed halt, with what becomes of it where there is none.
fn halting(where_unsupported: WhereUnsupported) -> Runbook {
    let act = Act::HaltRollout;
    let undo = Some(Act::ResumeRollout);
    let halt = StepDefinition {
        when: Some(Guard::RolloutOpen),
        confirm: true,
        expect: Some("It stands still.".to_owned()),
        where_unsupported,
        ..definition("halt", Phase::Stop, Work::Act { act, undo })
    };
    Runbook { steps: vec![halt], ..runbook() }
}

fn missed(runbook: &Runbook, absent: &[Absent]) -> Option<String> {
    let (environment, given) = (environment(), BTreeMap::new());
    let (place, from, to) = (place(), release("v3"), release("v2"));
    let aim = Aim { place: &place, environment: &environment, from: &from, to: &to, given: &given };
    let found = not_without(runbook, aim, absent).expect("every input has a default");
    found.map(|(step, one)| format!("{step}: {}", one.operation.as_str()))
}

#[test]
fn a_step_is_left_out_only_where_its_runbook_says_so() {
    let both = [absent(Operation::HaltRollout), absent(Operation::ResumeRollout)];
    let refuses = missed(&halting(WhereUnsupported::Refuse), &both);
    assert_eq!(refuses.as_deref(), Some("halt: rollout.halt"));
    assert_eq!(missed(&halting(WhereUnsupported::LeaveOut), &both), None);
    assert_eq!(missed(&halting(WhereUnsupported::Refuse), &[]), None, "nothing is missing");
}

#[test]
fn what_is_done_needs_its_way_back_though_the_step_could_be_left_out() {
    let only_back = [absent(Operation::ResumeRollout)];
    let missed = missed(&halting(WhereUnsupported::LeaveOut), &only_back);
    assert_eq!(missed.as_deref(), Some("halt: rollout.resume"));
}

#[test]
fn only_what_the_platform_does_not_know_is_absent() {
    let unsupported = Refusal::Unsupported { what: "it".to_owned(), why: "no pause".to_owned() };
    let found = Absent::of(&Operation::HaltRollout, &unsupported);
    assert_eq!(found.map(|one| one.why).as_deref(), Some("no pause"));
    let forbidden = Refusal::Forbidden { permission: "patch deployments".to_owned() };
    for other in [forbidden, refusal()] {
        assert_eq!(Absent::of(&Operation::HaltRollout, &other), None, "{other}");
    }
}

#[test]
fn a_step_that_is_left_out_stays_in_the_plan_with_its_reason_and_asks_nobody() {
    let runbook = halting(WhereUnsupported::LeaveOut);
    let environment = environment();
    let mut subject = subject(&environment, &runbook);
    subject.resolved.clear();
    subject.absent = vec![absent(Operation::HaltRollout)];
    let plan = compile(&runbook, subject).expect("it can do without");
    let [PlannedStep { id, task, when, confirm, expect, .. }] = &plan.steps[..] else {
        panic!("one step: {:?}", plan.steps)
    };
    let why = "it cannot be paused".to_owned();
    assert_eq!(*task, Task::LeftOut { act: "rollout.halt".to_owned(), why });
    assert_eq!((id.as_str(), *when, *confirm, expect.as_deref()), ("halt", None, false, None));
    assert_ne!(plan.hash(), plan_of(&runbook).hash(), "it is another plan than one that halts");
}
