use lastgood_core::release::{EndReason, Gate, Objection};
use lastgood_core::time::{EpochMs, Millis};
use lastgood_core::view::RecordView;

use super::*;
use crate::testing::{bare, deploy};

fn considered(version: &str, standing: Standing, objection: Option<(Gate, &str)>) -> CandidateView {
    CandidateView {
        release: bare(version),
        standing,
        evidence: "served 3 days and left without a rollback".to_owned(),
        offered: objection.is_none(),
        objections: objection
            .map(|(gate, why)| Objection { gate, why: why.to_owned() })
            .into_iter()
            .collect(),
        record: record(),
        gates: Vec::new(),
        undoes: (1..=7).rev().map(|number| format!("2026.11.{number}")).collect(),
    }
}

fn record() -> RecordView {
    RecordView {
        deployed_at: EpochMs(0),
        ended_at: None,
        end_reason: EndReason::Unknown,
        served: Millis(0),
        status: DeployOutcome::Completed,
        peak_share: None,
        requests: None,
        bad: None,
        upper_bound_95: None,
        e_abs_max: None,
        incidents: Vec::new(),
        verified_by: None,
    }
}

fn detail() -> ReleaseDetail {
    let target = considered("2026.10.9", Standing::Good, None);
    ReleaseDetail {
        schema: None,
        deploy: deploy("2026.11.7"),
        running: "2026.11.7 1 of 1 ready (5% of traffic)".to_owned(),
        target: Some(target.release.id.clone()),
        because: "2026.10.9: served 3 days and left without a rollback".to_owned(),
        ahead: None,
        considered: 3,
        candidates: vec![
            target,
            considered("2026.10.8", Standing::Good, None),
            considered(
                "2026.10.7",
                Standing::RolledBack,
                Some((Gate::NotRolledBack, "it was rolled back after 45 min")),
            ),
        ],
    }
}

#[test]
fn a_release_shows_what_is_known_and_why_each_other_is_rejected() {
    insta::assert_snapshot!(release(&Look::plain(), &detail()));
}

#[test]
fn without_a_target_it_says_so_and_why() {
    let none = ReleaseDetail {
        target: None,
        because: "there is no last known good: no deploy is known here".to_owned(),
        ..detail()
    };
    let text = release(&Look::plain(), &none);
    assert!(text.contains("✖ nothing is proposed"), "{text}");
    assert!(text.contains("no last known good"), "{text}");
}

#[test]
fn what_nobody_recorded_is_never_blank() {
    let mut row = deploy("1");
    row.release = bare("1");
    row.actor = None;
    let text = release(&Look::plain(), &ReleaseDetail { deploy: row, ..detail() });
    let head = text.split("Where to go back to").next().expect("it is there");
    assert_eq!(head.matches(NOT_RECORDED).count(), 8, "{head}");
}
