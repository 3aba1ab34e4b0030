//! What can be taken back, and in which order.

use super::super::{Outcome, remaining};
use super::*;
use crate::testing::{act, key, plan_with, step, undo_key};

fn steps(run: &Run) -> Vec<String> {
    remaining(run).into_iter().map(|one| one.step.as_str().to_owned()).collect()
}

/// Three changes, the second without a way back, and something to read between.
fn changed() -> Tale {
    let note = step("note", Task::Note { text: "noted".to_owned() });
    let last = step("last", Task::Note { text: "last".to_owned() });
    let plan = plan_with(vec![act("a", true), note, act("b", false), act("c", true), last]);
    let mut tale = Tale::of(plan);
    tale.up_to("last");
    tale
}

fn abort() -> Command {
    Command::Abort { reason: "wrong service".to_owned() }
}

fn ends(tale: &Tale) -> String {
    let next = tale.run.next();
    let (Next::End(outcome) | Next::Finished(outcome)) = next else {
        panic!("the run is over: {next:?}");
    };
    outcome.sentence()
}

#[test]
fn the_last_done_is_taken_back_first() {
    let mut tale = changed();
    assert_eq!(steps(&tale.run), ["c", "a"], "what has no way back is not offered");
    tale.ask(&abort());
    let ask = Ask::Undo { steps: vec!["c".into(), "a".into()] };
    assert_eq!(tale.run.next(), Next::AskPerson { step: None, ask });
    tale.ask(&Command::Undo);
    for step in ["c", "a"] {
        assert_eq!(tale.run.next(), Next::Intend(undo_key(step, 1)), "in this order");
        let effect = tale.run.effect(&undo_key(step, 1)).expect("it was planned");
        assert_ne!(Some(effect), tale.run.effect(&key(step, 1)), "it is not the step itself");
        tale.tell(Event::Intended { key: undo_key(step, 1) });
        tale.tell(Event::Landed { key: undo_key(step, 1), receipt: receipt() });
    }
    assert_eq!(steps(&tale.run), [""; 0], "what was taken back is not offered again");
    assert_eq!(ends(&tale), "Aborted: wrong service; not taken back: `Do b`.");
}

#[test]
fn an_undo_is_not_undone() {
    let mut tale = changed();
    tale.ask(&abort()).ask(&Command::Undo).until(|next| matches!(next, Next::End(_)));
    tale.ask(&abort());
    assert!(matches!(tale.run.next(), Next::End(_)), "there is nothing left to take back");
    assert!(matches!(tale.refuses(&Command::Undo), Rejection::NotNow { .. }));
}

#[test]
fn an_abort_in_doubt_settles_first() {
    let mut tale = Tale::of(plan_with(vec![act("a", true)]));
    tale.tell(Event::Intended { key: key("a", 1) }).ask(&abort());
    assert_eq!(tale.run.next(), Next::Settle(key("a", 1)), "it may have landed");
    for command in [Command::Undo, Command::Leave { reason: "fine".to_owned() }] {
        let Rejection::NotNow { why } = tale.refuses(&command) else { panic!("not yet") };
        assert_eq!(why, "it is not known yet what was done");
    }
    let early = Event::UndoBegan { by: ada(), steps: vec!["a".into()] };
    assert!(tale.run.clone().apply(&early).is_err(), "nor does the journal take it");

    let mut landed = tale.clone();
    landed.tell(Event::Landed { key: key("a", 1), receipt: receipt() });
    assert!(matches!(landed.run.next(), Next::AskPerson { ask: Ask::Undo { .. }, .. }));
    tale.tell(refused(key("a", 1)));
    assert_eq!(ends(&tale), "Aborted: wrong service.", "nothing was done");
}

#[test]
fn an_abort_before_any_change_ends_the_run() {
    let mut tale = Tale::of(plan_with(vec![act("a", true)]));
    tale.ask(&abort());
    assert_eq!(ends(&tale), "Aborted: wrong service.");
    assert!(matches!(tale.refuses(&Command::Undo), Rejection::NotNow { .. }));
}

#[test]
fn what_is_left_is_said_to_be_left() {
    let mut tale = changed();
    tale.ask(&abort()).ask(&Command::Leave { reason: "it helps".to_owned() });
    assert_eq!(ends(&tale), "Aborted: wrong service; what was done stays: it helps.");
}

#[test]
fn a_way_back_that_was_passed_over_is_not_called_taken_back() {
    let mut tale = changed();
    tale.ask(&abort()).ask(&Command::Undo);
    tale.tell(Event::Intended { key: undo_key("c", 1) }).tell(refused(undo_key("c", 1)));
    tale.ask(&Command::Skip { step: "c".into(), reason: "by hand".to_owned() });
    tale.until(|next| matches!(next, Next::End(_)));
    assert_eq!(ends(&tale), "Aborted: wrong service; not taken back: `Do b`, `Do c`.");
}

#[test]
fn a_way_back_that_failed_can_be_tried_again() {
    let mut tale = changed();
    tale.ask(&abort()).ask(&Command::Undo);
    tale.tell(Event::Intended { key: undo_key("c", 1) }).tell(refused(undo_key("c", 1)));
    tale.ask(&Command::Again { step: "c".into(), reason: None });
    assert_eq!(tale.run.next(), Next::Intend(undo_key("c", 2)));
}

#[test]
fn an_aborted_way_back_can_be_taken_up_again_with_new_keys() {
    let mut tale = changed();
    tale.ask(&abort()).ask(&Command::Undo);
    tale.tell(Event::Intended { key: undo_key("c", 1) }).tell(refused(undo_key("c", 1)));
    tale.ask(&abort());
    assert_eq!(steps(&tale.run), ["c", "a"], "neither was taken back");
    tale.ask(&Command::Undo);
    assert_eq!(tale.run.next(), Next::Intend(undo_key("c", 2)), "the first key was used");
    tale.tell(Event::Intended { key: undo_key("c", 2) });
    tale.tell(Event::Landed { key: undo_key("c", 2), receipt: receipt() });
    assert_eq!(tale.run.next(), Next::Intend(undo_key("a", 1)), "this one was not");
}

#[test]
fn a_doubtful_way_back_can_be_looked_at_again_after_another_abort() {
    let mut tale = changed();
    tale.ask(&abort()).ask(&Command::Undo).tell(Event::Intended { key: undo_key("c", 1) });
    tale.ask(&abort());
    tale.tell(Event::Unclear { key: undo_key("c", 1), why: "timed out".to_owned() });
    tale.ask(&Command::Again { step: "c".into(), reason: None });
    assert_eq!(tale.run.next(), Next::Settle(undo_key("c", 1)));
}

#[test]
fn only_what_is_offered_is_taken_back() {
    let mut tale = changed();
    tale.ask(&abort());
    for list in [vec![], vec!["b"], vec!["c", "c"], vec!["note"], vec!["c", "nowhere"]] {
        let steps: Vec<StepId> = list.iter().map(|step| (*step).into()).collect();
        let mut run = tale.run.clone();
        let said = run.apply(&Event::UndoBegan { by: ada(), steps });
        assert_eq!(said, Err(Misfit::OutOfTurn { event: "undo-began" }), "{list:?}");
    }
    tale.tell(Event::UndoBegan { by: ada(), steps: vec!["a".into()] });
    tale.until(|next| matches!(next, Next::End(_)));
    assert_eq!(ends(&tale), "Aborted: wrong service; not taken back: `Do b`, `Do c`.");
    assert!(matches!(tale.run.next(), Next::End(Outcome::Aborted { .. })));
}
