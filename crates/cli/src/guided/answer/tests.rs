use lastgood_core::view::AnswerKind;

use super::*;
use crate::guided::begin;
use crate::show::{Numbered, card};
use crate::testing::{ask, asking, option, plan};

fn answered(turn: &Turn, line: &str) -> Option<AnswerKind> {
    match turn.read(line) {
        Said::Answer(option) => Some(option.kind),
        Said::Nothing
        | Said::Unknown(_)
        | Said::Help
        | Said::Leave
        | Said::Present
        | Said::Order(..) => None,
    }
}

#[test]
fn only_the_key_that_is_named_confirms() {
    let turn = Turn::Ask(ask());
    assert_eq!(answered(&turn, "c"), Some(AnswerKind::Confirm));
    assert_eq!(answered(&turn, "  c  "), Some(AnswerKind::Confirm), "spaces are no other key");
    for line in
        ["", " ", "\t", "y", "yes", "ok", "C", "cc", "c c", "confirm", "1", "\u{3}", "h", "n"]
    {
        assert_eq!(answered(&turn, line), None, "{line:?} is not the key that was named");
    }
}

#[test]
fn every_printable_key_but_the_named_ones_answers_nothing() {
    let turn = Turn::Ask(ask());
    for key in (' '..='~').filter(|key| !['c', 's', 'a'].contains(key)) {
        assert_eq!(answered(&turn, &key.to_string()), None, "{key:?}");
    }
}

#[test]
fn hold_note_leave_and_help_are_always_there() {
    let turn = Turn::Ask(ask());
    assert_eq!(turn.read("h"), Said::Order(OrderKind::Hold, None), "a hold asks for nothing");
    assert!(matches!(turn.read("n"), Said::Order(OrderKind::Note, Some(_))));
    assert_eq!(turn.read("q"), Said::Leave);
    assert_eq!(turn.read("?"), Said::Help);
    assert_eq!(meanwhile("h"), Said::Order(OrderKind::Hold, None), "in the middle of a step too");
}

#[test]
fn an_answer_keeps_its_letter_and_the_word_stands_in_for_the_note() {
    let mut ruling = ask();
    ruling.answers = vec![
        option(AnswerKind::Happened, "It happened", "y", Needs::Reason),
        option(AnswerKind::DidNotHappen, "It did not happen", "n", Needs::Reason),
    ];
    let turn = Turn::Ask(ruling);
    assert_eq!(answered(&turn, "n"), Some(AnswerKind::DidNotHappen));
    assert!(matches!(turn.read("note"), Said::Order(OrderKind::Note, Some(_))));
    let words = turn.words(&Look::plain(), &asking());
    assert!(words.contains("[note] note"), "{words}");
}

#[test]
fn a_held_run_goes_on_by_its_own_key_alone() {
    assert_eq!(Turn::Held.read("r"), Said::Order(OrderKind::Release, None));
    assert!(matches!(Turn::Held.read("a"), Said::Order(OrderKind::Abort, Some(_))));
    for line in ["", "c", "h", "y"] {
        assert!(
            !matches!(Turn::Held.read(line), Said::Order(OrderKind::Release, _)),
            "{line:?} lets nothing go on"
        );
    }
}

#[test]
fn a_reason_may_not_be_left_out_and_an_optional_observation_may() {
    assert_eq!(needs(&Needs::Nothing), None);
    assert!(matches!(needs(&Needs::Reason), Some((_, false))));
    let seen = Needs::Observation { label: "What did you see?".to_owned(), optional: true };
    assert_eq!(needs(&seen), Some(("What did you see?".to_owned(), true)));
}

#[test]
fn a_step_shows_target_reason_call_before_and_after_and_every_key() {
    let view = asking();
    let step = Numbered::current(&view).expect("it asks");
    let look = Look::plain();
    let text = card(&look, &view, &step) + &Turn::Ask(ask()).words(&look, &view);
    insta::assert_snapshot!(text);
}

#[test]
fn a_plan_that_cannot_be_taken_back_needs_the_name_of_its_service() {
    use lastgood_core::effect::Reversibility;

    let mut plan = plan();
    assert_eq!(begin::word(&plan), "r");
    plan.steps[1].reversibility = Reversibility::Irreversible;
    assert_eq!(begin::word(&plan), "checkout", "no habit types it");
    plan.steps[1].effect = None;
    assert_eq!(begin::word(&plan), "r", "what a person does by hand is confirmed by hand");
}
