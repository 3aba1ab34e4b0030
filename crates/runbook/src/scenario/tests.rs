use lastgood_core::catalog::Place;
use lastgood_core::drill::{
    AskKind, Behaviour, Fault, FaultKind, OperatorAnswer, OperatorRule, OutcomeKind, Scenario,
    Scripted, SuccessRule, WorldEvent,
};
use lastgood_core::time::Millis;

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
success: { outcome: declined, within: 20m }
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
    let event = |at, what| Scripted { at, what };
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
    let fault = |on: &str, kind, times| Fault { on: on.to_owned(), kind, times };
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
    let success = SuccessRule { outcome: OutcomeKind::Declined, within: Some(Millis::minutes(20)) };
    assert_eq!(full().success, success);
}
