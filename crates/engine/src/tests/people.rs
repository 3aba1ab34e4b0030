//! What people do to a run while it is driven.

use lastgood_core::effect::Refusal;
use lastgood_core::judge::Verdict;
use lastgood_core::ports::Clock;
use lastgood_core::run::{Command, Event, Outcome};
use lastgood_core::testing;
use lastgood_core::time::Millis;
use lastgood_core::view::{AnswerKind, AskView, RunView};

use super::life::{Lasting, yes};
use super::world::Mischief;

fn acts() -> Lasting {
    Lasting::new(testing::plan_with(vec![
        testing::act("first", true),
        testing::act("second", true),
        testing::verify("verify"),
    ]))
}

fn events(lasting: &Lasting) -> Vec<&'static str> {
    lasting.entries().iter().map(|entry| entry.event.name()).collect()
}

#[test]
fn a_lost_reply_is_found_again_and_not_sent_twice() {
    for lost in 1..=2 {
        let lasting = acts();
        *lasting.outside.mischief.lock().unwrap() = Mischief::LoseReply(lost);
        lasting.live(None, yes);
        assert_eq!(lasting.outcome(), Some(Outcome::Recovered));
        assert_eq!(lasting.outside.applied().len(), 2, "each effect took place once");
        let told = events(&lasting);
        assert!(!told.contains(&"ruled"), "no person was needed");
        let times = told.iter().filter(|name| **name == "lost").count();
        assert!(times >= 1, "the journal tells that an answer was lost: {told:?}");
    }
}

#[test]
fn a_request_that_never_arrived_is_sent_again_after_a_look() {
    let lasting = acts();
    *lasting.outside.mischief.lock().unwrap() = Mischief::LoseRequest(2);
    lasting.live(None, yes);
    assert_eq!(lasting.outcome(), Some(Outcome::Recovered));
    assert_eq!(lasting.outside.applied().len(), 2);
}

#[test]
fn a_system_that_lies_about_success_is_not_believed() {
    let lasting = acts();
    *lasting.outside.mischief.lock().unwrap() = Mischief::Lie;
    let (view, _) = lasting.live(None, |_| None);
    let ask = view.and_then(|view| view.ask.clone()).expect("a person is asked");
    assert_eq!(ask.kind, lastgood_core::drill::AskKind::Ruling);
    assert!(ask.detail.is_some_and(|why| why.contains("a look does not find it")));
}

#[test]
fn a_series_that_began_at_an_unknown_value_holds_a_verification_up_and_does_not_end_it() {
    let lasting = acts();
    // The clock stands at minute 20 until something is waited for.
    *lasting.outside.odd_series.lock().unwrap() = Some(testing::second(20 * 60 + 40));
    lasting.live(None, yes);
    assert_eq!(lasting.outcome(), Some(Outcome::Recovered));
    let verified = lasting.entries().into_iter().find_map(|entry| match entry.event {
        Event::Verified { verification, .. } => Some(verification),
        _ => None,
    });
    let verification = verified.expect("it was verified");
    assert_eq!(verification.verdict, Verdict::Pass);
    let rule = testing::gate_rule();
    let without = u32::try_from(rule.hold.0 / rule.every.0).expect("it is small") + 1;
    assert!(verification.looks > without, "it had to hold anew: {} looks", verification.looks);
}

#[test]
fn when_no_look_is_possible_a_person_rules() {
    let lasting = acts();
    *lasting.outside.blind.lock().unwrap() = true;
    let (view, _) = lasting.live(None, |_| None);
    assert!(view.is_some_and(|view| view.ask.is_some()), "the run waits honestly");
    assert!(lasting.outside.applied().is_empty(), "nothing is sent that cannot be found again");
    *lasting.outside.blind.lock().unwrap() = false;
    lasting.live(None, |ask| {
        Some((
            first_of(ask, &[AnswerKind::DidNotHappen, AnswerKind::Again, AnswerKind::Confirm]),
            None,
        ))
    });
    assert_eq!(lasting.outcome(), Some(Outcome::Recovered));
    assert_eq!(lasting.outside.applied().len(), 2);
}

#[test]
fn a_refused_change_waits_for_a_person_who_may_try_again() {
    let lasting = acts();
    *lasting.outside.mischief.lock().unwrap() = Mischief::Refuse(1);
    lasting.live(None, yes);
    assert_eq!(lasting.outcome(), Some(Outcome::Recovered));
    let refused = lasting.entries().into_iter().find_map(|entry| match entry.event {
        Event::Refused { why, .. } => Some(why),
        _ => None,
    });
    assert!(matches!(refused, Some(Refusal::Forbidden { .. })), "{refused:?}");
    let attempts: Vec<u32> = lasting.outside.applied().iter().map(|key| key.attempt).collect();
    assert_eq!(attempts, [2, 1], "the retry has a key of its own");
}

#[test]
fn an_abort_offers_to_take_back_what_was_done_last_first() {
    let plan = testing::plan_with(vec![
        testing::act("first", true),
        testing::act("second", true),
        lastgood_core::plan::PlannedStep { confirm: true, ..testing::act("third", true) },
    ]);
    let lasting = Lasting::new(plan);
    lasting.live(None, |ask| Some((first_of(ask, &[AnswerKind::Abort, AnswerKind::Undo]), None)));
    assert!(matches!(lasting.outcome(), Some(Outcome::Aborted { .. })), "{:?}", lasting.outcome());
    let done: Vec<String> =
        lasting.outside.applied().iter().map(lastgood_core::name::EffectKey::short).collect();
    assert_eq!(done, ["first#1", "second#1", "undo-second#1", "undo-first#1"]);
}

#[test]
fn who_stops_a_verification_still_sees_what_it_measured_and_how_old_that_is() {
    let lasting = acts();
    *lasting.outside.slow.lock().unwrap() = true;
    let looked = |view: &RunView| {
        view.activity.as_ref().is_some_and(|activity| {
            !activity.judgements.is_empty()
                && activity.holding.is_some_and(|holding| {
                    holding.held < holding.wanted && holding.wanted == testing::gate_rule().hold
                })
        })
    };
    let orders = [Command::Hold, Command::Abort { reason: "enough".to_owned() }];
    let wait = Millis::minutes(10);
    let view = lasting.order_at(looked, &orders, wait);
    assert!(view.ask.is_some(), "it asks whether to take back: {}", view.sentence);
    assert_eq!(view.activity, None);
    let last = view.judgements.first().expect("the last look is still there");
    assert_eq!(last.verdict, Verdict::Pass, "{}", last.sentence);
    assert_eq!(view.now, lasting.clock.now().into(), "the time is now, not that of its last word");
    assert!(view.now.0 - last.to.0 >= 600_000, "and the look is as old as it is");
}

#[test]
fn what_an_abort_leaves_is_left() {
    let plan = testing::plan_with(vec![
        testing::act("first", true),
        lastgood_core::plan::PlannedStep { confirm: true, ..testing::act("second", true) },
    ]);
    let lasting = Lasting::new(plan);
    lasting.live(None, |ask| Some((first_of(ask, &[AnswerKind::Abort, AnswerKind::Leave]), None)));
    assert_eq!(lasting.outside.applied().len(), 1);
    assert!(events(&lasting).contains(&"left"));
}

#[test]
fn a_run_that_verified_nothing_is_not_called_recovered() {
    let lasting = Lasting::new(testing::plan_with(vec![testing::act("only", true)]));
    lasting.live(None, yes);
    assert!(matches!(lasting.outcome(), Some(Outcome::Unproven { .. })));
}

/// The first of `wanted` that is offered.
fn first_of(ask: &AskView, wanted: &[AnswerKind]) -> AnswerKind {
    *wanted
        .iter()
        .find(|kind| ask.answers.iter().any(|answer| answer.kind == **kind))
        .unwrap_or(&ask.answers[0].kind)
}
