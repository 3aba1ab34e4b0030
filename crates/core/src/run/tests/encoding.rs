//! How entries are written, and that what was written once still reads.

use std::collections::BTreeSet;

use super::super::{Entry, Outcome};
use super::*;
use crate::check::ReplicaAnswer;
use crate::drill::{AskKind, DrillAct};
use crate::effect::Refusal;
use crate::judge::sequential::{Crossings, Decision, Statistics};
use crate::judge::{Counts, Evidence, Judgement, RecoveryEvidence, RolloutEvidence, Verification};
use crate::mitigation::Way;
use crate::plan::DrillTag;
use crate::preflight::{Finding, Grade};
use crate::runbook::Then;
use crate::testing::{key, option, plan, replica, second, undo_key};

/// One entry of each kind, as the first version wrote it.
const WRITTEN: &str = include_str!("../fixtures/events-v1.json");

/// One event of each kind.
pub(super) fn every_event() -> Vec<Event> {
    let mut plan = plan();
    plan.drill = Some(DrillTag { scenario: "bad-canary".into(), seed: 7, world: "w-1".to_owned() });
    plan.findings = vec![Finding::new("permission", Grade::Warn, "it was not looked up")];
    let by = ada;
    let why = || "because".to_owned();
    let step = || StepId::from("halt");
    let mut all = vec![
        planned(plan),
        Event::Needed { step: step() },
        Event::NotNeeded { step: step(), why: why() },
        Event::GuardUnclear { step: step(), why: why() },
        Event::Confirmed { step: step(), by: by() },
        Event::Intended { key: key("halt", 1) },
        Event::Landed { key: undo_key("halt", 2), receipt: receipt() },
        refused(key("halt", 1)),
        Event::Unclear { key: key("halt", 1), why: why() },
        Event::Ruled { key: key("halt", 1), happened: true, by: by(), reason: why() },
        Event::Began { step: step(), attempt: 1 },
        judged(step(), Verdict::Shared),
        checked(step(), CheckOutcome::Unasked),
        Event::Waited { step: step(), sentence: why() },
        verified(step(), Verdict::Inconclusive),
        Event::Recorded { step: step(), text: why() },
        Event::Failed { step: step(), why: why() },
        Event::Chosen { step: step(), option: "yes".to_owned(), by: by(), reason: Some(why()) },
        Event::Performed { step: step(), observed: why(), by: by() },
        Event::Accepted { step: step(), by: by(), reason: why() },
        Event::Again { step: step(), by: by(), reason: None },
        Event::Skipped { step: step(), by: by(), reason: why() },
        Event::Declined { step: step(), by: by(), reason: why() },
    ];
    all.extend([
        Event::Noted { by: by(), text: why() },
        Event::Overridden { subject: why(), by: by(), reason: why() },
        Event::Held { by: by() },
        Event::Released { by: by() },
        Event::Aborted { by: by(), reason: why() },
        Event::UndoBegan { by: by(), steps: vec!["restore".into(), step()] },
        Event::Left { by: by(), reason: why() },
        Event::Resumed { by: by() },
        Event::Finished { outcome: Outcome::Unproven { why: why() } },
        Event::Unknown,
        Event::Lost { key: key("halt", 1), why: why() },
        Event::Preferred { way: Way::RollBack, by: by(), reason: why() },
    ]);
    all
}

/// Events of kinds that are known, with what later versions added to them. Whatever comes
/// next, also a new kind, belongs after these in the fixture.
fn grown_events() -> Vec<Event> {
    let evidence = |rollout, recovery| {
        Some(Box::new(Evidence {
            upper_bound: 0.0625,
            burn: Some(6.5),
            min_samples: 100,
            rollout,
            recovery,
        }))
    };
    let rollout = RolloutEvidence {
        decision: Decision::Rollback,
        baseline: vec!["v2".to_owned()],
        statistics: Statistics {
            ticks: 10,
            ticks_without_canary: 1,
            canary: Counts { total: 1000, bad: 48 },
            baseline: Counts { total: 9000, bad: 9 },
            e_ratio: 1024.0,
            e_worse: 2048.0,
            e_abs_canary: 512.0,
            e_abs_baseline: 0.125,
            max_e_abs_baseline: 1.5,
            p_value: 0.000_976_562_5,
            phi: 1.25,
            r0: 2.0,
        },
        crossings: Crossings { pause: Some(4), rollback_by_ratio: Some(5), ..Crossings::default() },
        pause_at: 20.0,
        rollback_at: 200.0,
        support_at: None,
        spread: None,
    };
    let recovery = RecoveryEvidence {
        e_recovered: 24.5,
        e_breach: 1.5,
        tolerated: 0.025,
        incident: Some(0.1),
        pass_at: 20.0,
        fail_at: 20.0,
        still_needed: Some(0),
    };
    let judged = |verdict, evidence| Judgement { evidence, ..judgement(verdict) };
    let restarted_at = Some(second(7).into());
    vec![
        Event::Judged {
            step: "halt".into(),
            verdict: Verdict::Fail,
            judgements: vec![judged(Verdict::Fail, evidence(Some(rollout), None))],
        },
        Event::Verified {
            step: "halt".into(),
            verification: Box::new(Verification {
                judgements: vec![judged(Verdict::Pass, evidence(None, Some(recovery)))],
                replicas: vec![ReplicaAnswer {
                    restarted_at,
                    ..replica("pod-1", true, Some("v2"))
                }],
                ..verification(Verdict::Pass)
            }),
        },
        Event::Presented { by: ada(), act: DrillAct::Paced { percent: 250 } },
        Event::LeftOut { step: "halt".into(), why: "it has none".to_owned() },
        Event::Displaced { key: key("lease.take", 1), why: "somebody has it".to_owned() },
        Event::Lapsed { key: key("lease.take", 2), why: "nobody answered".to_owned() },
    ]
}

#[test]
fn every_event_reads_back_as_it_was_written() {
    let all = every_event();
    let names: BTreeSet<&str> = all.iter().map(Event::name).collect();
    assert_eq!(names.len(), all.len(), "one of each kind");
    for entry in entries(all.into_iter().chain(grown_events()).collect()) {
        let text = serde_json::to_string(&entry).expect("an entry has a text form");
        let back: Entry = serde_json::from_str(&text).expect("it was written by us");
        assert_eq!(back, entry, "{text}");
    }
}

#[test]
fn the_name_that_the_journal_indexes_is_the_name_that_is_written() {
    for event in every_event().into_iter().chain(grown_events()) {
        let value = serde_json::to_value(&event).expect("an event has a text form");
        assert_eq!(value["event"], event.name());
    }
}

#[test]
fn an_event_of_a_newer_version_reads_as_unknown() {
    for text in [
        r#"{"event":"teleported"}"#,
        r#"{"event":"teleported","step":"halt","to":{"where":["elsewhere"]}}"#,
    ] {
        let event: Event = serde_json::from_str(text).expect("it is still shown");
        assert_eq!(event, Event::Unknown);
    }
}

#[test]
fn a_field_of_a_newer_version_is_passed_over() {
    let text = r#"{"event":"held","by":"ada","until":"noon"}"#;
    let event: Event = serde_json::from_str(text).expect("a newer minor version may add fields");
    assert_eq!(event, Event::Held { by: ada() });
}

#[test]
fn what_the_first_version_wrote_still_reads() {
    let written: Vec<Entry> = serde_json::from_str(WRITTEN).expect("a name was changed or reused");
    let expected = entries(every_event().into_iter().chain(grown_events()).collect());
    for (entry, expected) in written.iter().zip(&expected) {
        assert_eq!(entry, expected, "what is written keeps its meaning: add, never change");
    }
    let missing = serde_json::to_string_pretty(&expected[written.len()..]).expect("a text form");
    assert_eq!(missing, "[]", "a new kind of event belongs at the end of the fixture");
}

#[test]
fn what_a_plan_is_called_survives_the_journal() {
    let plan = plan();
    let text = serde_json::to_string(&plan).expect("a plan has a text form");
    let back: Plan = serde_json::from_str(&text).expect("it was written by us");
    assert_eq!(back.hash(), plan.hash(), "two people who see the same name see the same plan");
}

#[test]
fn every_question_reads_back_as_it_was_written() {
    let why = || "because".to_owned();
    let options = vec![
        option("a", "A", Then::Continue),
        option("b", "B", Then::GoTo("note".into())),
        option("c", "C", Then::Stop),
    ];
    for (ask, kind) in [
        (Ask::Confirm, AskKind::Confirm),
        (Ask::Verdict { verdict: Verdict::Error, why: why() }, AskKind::Verdict),
        (Ask::Choice { question: why(), options }, AskKind::Choice),
        (Ask::Manual { instruction: why(), ask: None }, AskKind::Manual),
        (Ask::Failure { why: why() }, AskKind::Failure),
        (Ask::Ruling { key: key("halt", 1), why: why() }, AskKind::Ruling),
        (Ask::Guard { why: why() }, AskKind::Guard),
        (Ask::Undo { steps: vec!["halt".into()] }, AskKind::Undo),
    ] {
        let text = serde_json::to_string(&ask).expect("a question has a text form");
        assert_eq!(serde_json::from_str::<Ask>(&text).expect("it was written by us"), ask);
        assert_eq!(ask.kind(), kind);
    }
}

#[test]
fn every_refusal_reads_back_and_says_what_is_the_matter() {
    let text = || "x".to_owned();
    let all = [
        Refusal::Drifted { what: text(), planned: text(), found: text() },
        Refusal::Forbidden { permission: text() },
        Refusal::Unauthorised { system: text() },
        Refusal::Gone { what: text() },
        Refusal::Missing { what: text() },
        Refusal::Unusable { what: text(), why: text() },
        Refusal::Unsupported { what: text(), why: text() },
        Refusal::Unreachable { system: text(), why: text() },
        Refusal::Rejected { system: text(), why: text() },
    ];
    for refusal in all {
        let json = serde_json::to_string(&refusal).expect("a refusal has a text form");
        let back: Refusal = serde_json::from_str(&json).expect("it was written by us");
        assert_eq!(back, refusal);
        assert!(refusal.to_string().contains('x'), "{refusal}");
    }
}
