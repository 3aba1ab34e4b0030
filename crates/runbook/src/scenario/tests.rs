use std::collections::BTreeMap;

use lastgood_core::catalog::Place;
use lastgood_core::drill::{
    AskKind, Begin, Behaviour, Deed, Fault, FaultKind, Juncture, Lesson, Obstacle, Opening,
    OperatorAnswer, OperatorRule, OutcomeKind, Scenario, Scripted, SuccessRule, WorldEvent,
};
use lastgood_core::mitigation::Way;
use lastgood_core::time::Millis;

use crate::code::Code;
use crate::read_scenario;

const FULL: &str = "
drill: full
title: Everything at once
summary: All that a drill can say.
minutes: 12
service: checkout
environment: production
runbook: rollback
inputs: { reason: practice, ticket: 12 }
head-start: 3m
events:
  - { at: 0s, traffic: { rate: 12.5 } }
  - at: 10s
    deploy: { version: 2.10, error-rate: 6%, latency: 120ms, ready: false, actor: mara, changelog: Taxes }
  - at: 10s
    deploy: { service: search, environment: staging, version: next }
  - { at: 2m, change: { version: 2.10, error-rate: 100%, latency: 2s } }
  - { at: 1h, change: { ready: true } }
faults:
  - { on: release.restore, kind: lose-reply }
  - { on: rollout.halt, kind: refuse, times: 2 }
  - { on: traffic.shift, kind: lie }
  - { on: measure, kind: stale }
  - { on: survey, kind: { delay: 20s }, times: 5 }
operator:
  - { step: detect, ask: verdict, answer: go-on }
  - { ask: choice, answer: { choose: wait } }
  - { ask: confirm, answer: again }
  - { ask: manual, answer: skip }
  - { ask: failure, answer: happened }
  - { ask: ruling, answer: did-not-happen }
  - { ask: guard, answer: abort }
  - { ask: undo, answer: undo }
  - { answer: leave }
truth: It was the taxes.
lessons:
  - { at: detect, good: [again], poor: [go-on], because: One look is not enough. }
success: { outcome: aborted, within: 20m }
";

fn full() -> Scenario {
    let read = read_scenario("drills/full.yaml", FULL);
    assert_eq!(read.findings, [], "nothing is wrong with it");
    read.value.expect("without errors there is a value")
}

fn place(service: &str, environment: &str) -> Place {
    Place { service: service.into(), environment: environment.into() }
}

#[test]
fn what_happens_is_read_in_full() {
    let scenario = full();
    let checkout = || place("checkout", "production");
    assert_eq!(scenario.place, checkout());
    assert_eq!((scenario.minutes, scenario.head_start), (12, Millis::minutes(3)));
    assert_eq!(scenario.inputs.get("ticket").map(String::as_str), Some("12"));
    let event = |at, what| Scripted { at, after: None, what };
    assert_eq!(
        scenario.events,
        [
            event(Millis(0), WorldEvent::Traffic { place: checkout(), rate: 12.5 }),
            event(
                Millis::seconds(10),
                WorldEvent::Deploy {
                    place: checkout(),
                    version: "2.10".to_owned(),
                    behaviour: Behaviour {
                        error_rate: 0.06,
                        latency: Millis(120),
                        becomes_ready: false
                    },
                    actor: "mara".to_owned(),
                    changelog: Some("Taxes".to_owned()),
                    flags: BTreeMap::new(),
                }
            ),
            event(
                Millis::seconds(10),
                WorldEvent::Deploy {
                    place: place("search", "staging"),
                    version: "next".to_owned(),
                    behaviour: Behaviour {
                        error_rate: 0.0,
                        latency: Millis(80),
                        becomes_ready: true
                    },
                    actor: "deploy pipeline".to_owned(),
                    changelog: None,
                    flags: BTreeMap::new(),
                }
            ),
            event(
                Millis::minutes(2),
                WorldEvent::Change {
                    place: checkout(),
                    version: Some("2.10".to_owned()),
                    behaviour: Behaviour {
                        error_rate: 1.0,
                        latency: Millis::seconds(2),
                        becomes_ready: true
                    },
                }
            ),
            event(
                Millis::minutes(60),
                WorldEvent::Change {
                    place: checkout(),
                    version: None,
                    behaviour: Behaviour {
                        error_rate: 0.0,
                        latency: Millis(80),
                        becomes_ready: true
                    },
                }
            ),
        ]
    );
}

#[test]
fn what_goes_wrong_is_read_in_full() {
    let fault = |on: &str, kind, times| Fault { on: on.to_owned(), kind, times, after: None };
    assert_eq!(
        full().faults,
        [
            fault("release.restore", FaultKind::LoseReply, 1),
            fault("rollout.halt", FaultKind::Refuse, 2),
            fault("traffic.shift", FaultKind::Lie, 1),
            fault("measure", FaultKind::Stale, 1),
            fault("survey", FaultKind::Delay(Millis::seconds(20)), 5),
        ]
    );
}

#[test]
fn what_the_operator_answers_is_read_in_full() {
    let rule = |step: Option<&str>, ask, answer| OperatorRule {
        step: step.map(str::to_owned),
        ask,
        answer,
        first: Vec::new(),
        thinks: None,
        because: None,
        times: None,
    };
    let choose = OperatorAnswer::Choose("wait".to_owned());
    assert_eq!(
        full().operator,
        [
            rule(Some("detect"), Some(AskKind::Verdict), OperatorAnswer::GoOn),
            rule(None, Some(AskKind::Choice), choose),
            rule(None, Some(AskKind::Confirm), OperatorAnswer::Again),
            rule(None, Some(AskKind::Manual), OperatorAnswer::Skip),
            rule(None, Some(AskKind::Failure), OperatorAnswer::Happened),
            rule(None, Some(AskKind::Ruling), OperatorAnswer::DidNotHappen),
            rule(None, Some(AskKind::Guard), OperatorAnswer::Abort),
            rule(None, Some(AskKind::Undo), OperatorAnswer::Undo),
            rule(None, None, OperatorAnswer::Leave),
        ]
    );
    let success = SuccessRule { outcome: OutcomeKind::Aborted, within: Some(Millis::minutes(20)) };
    assert_eq!(full().success, success);
}

const PLAYED: &str = "
drill: played
title: A sync that fights back
summary: What a person can do by hand.
minutes: 5
service: checkout
environment: production
runbook: rollback
events:
  - { at: 0s, deploy: { version: next, flags: { new-basket: on } } }
  - { at: 30s, after: release.restore, change: { error-rate: 50% } }
faults:
  - { on: measure, kind: stale, times: 4, after: release.restore }
by-hand:
  - id: suspend-sync
    title: Suspend the sync
    events: [ { obstacle: { is: auto-sync, lifted: true } } ]
presenter:
  - { id: fog, title: Blind the objectives, faults: [ { on: measure, kind: refuse } ] }
opening:
  first: [suspend-sync]
  instead: { way: flag-off, because: The flag is the cause. }
operator:
  - { answer: again, first: [suspend-sync], thinks: 1m, because: Not yet., times: 3 }
truth: It was the flag.
lessons:
  - { at: start, good: [flag-off], because: It undoes least. }
success: { outcome: declined }
";

#[test]
fn what_waits_for_a_call_and_what_can_be_done_by_hand_is_read() {
    let read = read_scenario("drills/played.yaml", PLAYED);
    assert_eq!(read.findings, [], "nothing is wrong with it");
    let scenario = read.value.expect("without errors there is a value");
    let restore = Some("release.restore".to_owned());
    assert_eq!(scenario.events[1].after, restore);
    assert_eq!(scenario.faults[0].after, restore);
    let lifted = WorldEvent::Obstacle {
        place: place("checkout", "production"),
        obstacle: Obstacle::AutoSync,
        lifted: true,
    };
    assert_eq!(scenario.by_hand[0].events, [lifted]);
    assert!(scenario.moves("fog").is_some_and(|one| one.faults.len() == 1));
    let begin = Begin::Instead { way: Way::FlagOff, reason: "The flag is the cause.".to_owned() };
    let first = vec!["suspend-sync".to_owned()];
    assert_eq!(scenario.opening, Opening { first: first.clone(), target: None, begin });
    let rule = &scenario.operator[0];
    assert_eq!(
        (rule.first.clone(), rule.thinks, rule.times),
        (first, Some(Millis::minutes(1)), Some(3))
    );
    let lesson = Lesson {
        at: Juncture::Start,
        good: vec![Deed::FlagOff],
        poor: Vec::new(),
        because: "It undoes least.".to_owned(),
    };
    assert_eq!(scenario.lessons, [lesson]);
}

#[test]
fn a_script_that_cannot_play_is_told_with_its_place() {
    for (from, to, code) in [
        ("first: [suspend-sync]\n", "first: [suspend-snyc]\n", Code::UnknownMove),
        ("id: fog,", "id: suspend-sync,", Code::DuplicateName),
        ("good: [flag-off],", "good: [flag-off], poor: [flag-off],", Code::LessonContradicts),
        ("outcome: declined", "outcome: recovered", Code::ScriptCannotSucceed),
        (
            "lessons:\n  - { at: start, good: [flag-off], because: It undoes least. }\n",
            "",
            Code::LessonMissing,
        ),
    ] {
        assert!(PLAYED.contains(from), "the text has {from}");
        let read = read_scenario("drills/played.yaml", &PLAYED.replace(from, to));
        let found = read.findings.iter().find(|one| one.code == code);
        let found = found.unwrap_or_else(|| panic!("{code:?} is told: {:?}", read.findings));
        assert!(
            found.line > 1 && found.suggestion.is_some(),
            "with a place and a way out: {found:?}"
        );
    }
}
