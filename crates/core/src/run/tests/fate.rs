//! What is said of the release in front is told from what was done.

use super::super::{Fate, FateView};
use super::*;
use crate::effect::Operation;
use crate::flag::FlagState;
use crate::plan::PlannedStep;
use crate::runbook::Until;
use crate::testing::{act, effect, key, plan, plan_with, step, undo_key, verify};

fn rollback() -> Plan {
    let wait = step("wait", Task::Wait { until: Until::TargetServes });
    plan_with(vec![act("restore", true), wait, verify("verify")])
}

fn flag(id: &str) -> PlannedStep {
    let switch = |to| Box::new(effect(Operation::SwitchFlag { flag: "new-index".into(), to }));
    let (effect, undo) = (switch(FlagState::Off), Some(switch(FlagState::On)));
    step(id, Task::Act { effect, undo })
}

fn abort() -> Command {
    Command::Abort { reason: "enough".to_owned() }
}

#[test]
fn a_smooth_rollback_is_done_when_the_target_was_seen_to_serve() {
    let mut tale = Tale::of(rollback());
    assert_eq!(tale.run.plan().fate(), Fate::Planned);
    assert_eq!(tale.run.fate(), Fate::Planned);
    tale.tell(Event::Intended { key: key("restore", 1) });
    assert_eq!(tale.run.fate(), Fate::Unclear, "it was sent, and nobody knows more");
    tale.up_to("wait");
    assert_eq!(tale.run.fate(), Fate::Begun, "that a platform took it is no proof");
    tale.up_to("verify");
    assert_eq!(tale.run.fate(), Fate::Done);
    assert_eq!(tale.finish().run.fate(), Fate::Done);
}

#[test]
fn a_run_that_changed_nothing_rolled_nothing_back() {
    let mut tale = Tale::of(rollback());
    tale.ask(&abort()).finish();
    assert_eq!(tale.run.fate(), Fate::NotDone);
    assert!(tale.run.plan().left_behind(tale.run.fate()).is_empty());

    let mut declined = Tale::of(plan());
    declined.up_to("judge").tell(Event::Began { step: "judge".into(), attempt: 1 });
    declined.tell(Event::Judged {
        step: "judge".into(),
        verdict: Verdict::Shared,
        judgements: vec![judgement(Verdict::Shared)],
    });
    let decline = Command::Decline { step: "judge".into(), reason: "both fail".to_owned() };
    declined.ask(&decline).finish();
    assert_eq!(declined.run.fate(), Fate::NotDone);
    assert_eq!(declined.run.fate_told().sentence, "v3 → v2, planned and not done");
}

#[test]
fn what_was_taken_back_is_said_so_and_not_before_it_was() {
    let mut tale = Tale::of(rollback());
    tale.up_to("verify").ask(&abort()).ask(&Command::Undo);
    assert_eq!(tale.run.fate(), Fate::Done, "the way back has not begun");
    tale.tell(Event::Intended { key: undo_key("restore", 1) });
    assert_eq!(tale.run.fate(), Fate::Unclear);
    tale.tell(Event::Landed { key: undo_key("restore", 1), receipt: receipt() }).finish();
    assert_eq!(tale.run.fate(), Fate::TakenBack);
    let told = FateView::new(Fate::TakenBack, "v3", "v2");
    assert_eq!(tale.run.fate_told(), told);
    assert_eq!(told.label, "Rolled back, then taken back");
}

#[test]
fn what_was_left_half_way_is_begun_and_no_more() {
    let mut tale = Tale::of(rollback());
    tale.up_to("wait").ask(&abort());
    tale.ask(&Command::Leave { reason: "it comes up".to_owned() }).finish();
    assert_eq!(tale.run.fate(), Fate::Begun);
    let two = plan_with(vec![act("a", true), act("b", true)]);
    let mut tale = Tale::of(two);
    tale.up_to("b").ask(&abort()).ask(&Command::Leave { reason: "so be it".to_owned() }).finish();
    assert_eq!(tale.run.fate(), Fate::Begun, "the second change is missing");
}

#[test]
fn a_flag_that_is_turned_off_leaves_the_release_where_it_is() {
    let plan = plan_with(vec![flag("turn-off"), verify("verify")]);
    assert_eq!(plan.fate(), Fate::Stays);
    assert_eq!(plan.fate_told().sentence, "v3 stays");
    let mut tale = Tale::of(plan);
    assert_eq!(tale.finish().run.fate(), Fate::Stays);
    let both = plan_with(vec![flag("turn-off"), act("restore", true), verify("verify")]);
    let mut tale = Tale::of(both);
    tale.up_to("restore");
    assert_eq!(tale.run.fate(), Fate::Planned, "the flag is not what moves it");
    assert_eq!(tale.finish().run.fate(), Fate::Done);
}

#[test]
fn what_a_person_does_by_hand_counts_where_the_plan_has_nothing_else() {
    let by_hand =
        |id| step(id, Task::Manual { instruction: "Go back in the console".to_owned(), ask: None });
    let mut tale = Tale::of(plan_with(vec![by_hand("console"), verify("verify")]));
    assert_eq!(tale.run.fate(), Fate::Planned);
    assert_eq!(tale.finish().run.fate(), Fate::Done);
    let mut tale = Tale::of(plan_with(vec![by_hand("tell"), flag("turn-off")]));
    assert_eq!(tale.finish().run.fate(), Fate::Stays);
}
