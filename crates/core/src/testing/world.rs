//! The shop: what exists, what was deployed, what was found.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::catalog::{Bake, Environment, Place, Platform, Slo, Strategy};
use crate::check::{Assertion, Check, CheckOutcome, CheckResult, Must, ReplicaAnswer};
use crate::effect::{
    Call, Change, Expectation, Operation, PlannedEffect, Receipt, Refusal, Reversibility,
};
use crate::judge::{Arm, Counts, Judgement, Measurement, Tick, Verdict, Verification};
use crate::name::{EffectKey, Person, RunId};
use crate::recorded::Recorded;
use crate::release::{Deploy, DeployOutcome, History, Promises, Reach, Release, Rollback};
use crate::survey::{RolloutState, Running, Survey};
use crate::time::{EpochMs, Millis};

/// The beginning of every test's time: 2026-03-02T10:00:00Z, in milliseconds.
pub const T0: i64 = 1_772_445_600_000;

/// `minutes` after [`T0`].
#[must_use]
pub fn minute(minutes: i64) -> Timestamp {
    second(minutes.saturating_mul(60))
}

/// `seconds` after [`T0`].
#[must_use]
pub fn second(seconds: i64) -> Timestamp {
    let at = T0.saturating_add(seconds.saturating_mul(1000));
    Timestamp::from_millisecond(at).unwrap_or(Timestamp::MAX)
}

/// The run of every test.
#[must_use]
pub fn run_id() -> RunId {
    RunId::new("r-1")
}

/// Somebody on call.
#[must_use]
pub fn ada() -> Person {
    Person::new("ada")
}

/// `checkout` in `production`.
#[must_use]
pub fn place() -> Place {
    Place { service: "checkout".into(), environment: "production".into() }
}

/// Some other service's place.
#[must_use]
pub fn elsewhere() -> Place {
    Place { service: "search".into(), environment: "production".into() }
}

/// An objective of 99 %, decided by 100 requests or more.
#[must_use]
pub fn slo() -> Slo {
    Slo {
        name: "availability".into(),
        objective: 0.99,
        good: "sum(increase(http_requests_total{code!~\"5..\"}[5m]))".to_owned(),
        total: "sum(increase(http_requests_total[5m]))".to_owned(),
        version_label: Some("version".to_owned()),
        min_samples: 100,
        threshold: None,
    }
}

/// A check that expects the target's version.
#[must_use]
pub fn check() -> Check {
    Check {
        name: "front-page".into(),
        method: "GET".to_owned(),
        url: "http://{{ service }}.example/version".to_owned(),
        headers: BTreeMap::from([("accept".to_owned(), "application/json".to_owned())]),
        body: None,
        expect: vec![
            Assertion::Status(vec![(200, 299)]),
            Assertion::Json {
                path: "$.version".to_owned(),
                must: Must::Equal("{{ target.version }}".to_owned()),
            },
        ],
        timeout: Millis::seconds(5),
    }
}

/// The practice platform with rolling deploys, one objective and one check; a release is
/// good after an hour.
#[must_use]
pub fn environment() -> Environment {
    Environment {
        platform: Platform::Practice,
        strategy: Strategy::Rolling,
        tier: None,
        slos: vec![slo()],
        metrics: Some("prometheus".into()),
        checks: vec![check()],
        releases: None,
        replica_version: None,
        dashboards: Vec::new(),
        runbook: Some("go-back".into()),
        bake: Bake::of(Millis::minutes(60)),
        rehearse_every: None,
        flags: None,
        schema: None,
    }
}

/// A release with everything recorded. Its id and its version are both `version`.
#[must_use]
pub fn release(version: &str) -> Release {
    Release {
        id: version.into(),
        version: version.to_owned(),
        artifact: format!("registry.example/checkout:{version}"),
        digest: Recorded::Recorded(format!("sha256:{version}")),
        commit: Recorded::Recorded(format!("c0ffee-{version}")),
        changelog: Recorded::Recorded(format!("what {version} changed")),
        schema_version: Recorded::Recorded("20260301".to_owned()),
        flags: Recorded::Recorded(BTreeMap::from([("new-cart".to_owned(), "on".to_owned())])),
        rollback: Recorded::Recorded(Rollback::Command("make rollback".to_owned())),
        cost: Recorded::Recorded(0.125),
        promises: Promises::default(),
    }
}

/// The same release, with nothing recorded but what the platform itself knows.
#[must_use]
pub fn bare(version: &str) -> Release {
    Release {
        digest: Recorded::NotRecorded,
        commit: Recorded::NotRecorded,
        changelog: Recorded::NotRecorded,
        schema_version: Recorded::NotRecorded,
        flags: Recorded::NotRecorded,
        rollback: Recorded::NotRecorded,
        cost: Recorded::NotRecorded,
        promises: Promises::default(),
        ..release(version)
    }
}

/// A deploy of `version` that began at [`minute`]`(at)` and, unless it is in progress,
/// took two minutes.
#[must_use]
pub fn deploy(version: &str, at: i64, outcome: DeployOutcome) -> Deploy {
    let ended = match outcome {
        DeployOutcome::InProgress => None,
        DeployOutcome::Completed
        | DeployOutcome::Failed
        | DeployOutcome::RolledBack
        | DeployOutcome::Unknown => Some(minute(at.saturating_add(2))),
    };
    Deploy {
        place: place(),
        release: release(version),
        strategy: Strategy::Rolling,
        at: minute(at),
        ended_at: ended,
        actor: Recorded::Recorded("ci".to_owned()),
        outcome,
        reach: Reach::default(),
    }
}

/// `v1` served for a week, `v2` for a day, and `v3` was deployed at [`T0`].
#[must_use]
pub fn history() -> History {
    const DAY: i64 = 24 * 60;
    History::new(vec![
        deploy("v1", -8 * DAY, DeployOutcome::Completed),
        deploy("v2", -DAY, DeployOutcome::Completed),
        deploy("v3", 0, DeployOutcome::Completed),
    ])
}

/// `version` serves alone on four ready replicas, ten minutes after [`T0`].
#[must_use]
pub fn survey(version: &str) -> Survey {
    Survey { at: minute(10), rollout: RolloutState::Settled, running: vec![running(version, 4, 4)] }
}

/// One release of a survey.
#[must_use]
pub fn running(version: &str, replicas: u32, ready: u32) -> Running {
    Running {
        release: version.into(),
        version: version.to_owned(),
        replicas,
        ready,
        share: Some(1.0),
    }
}

/// A measurement over five minutes without doubts, and without arms.
#[must_use]
pub fn measurement(bad: u64, total: u64) -> Measurement {
    Measurement {
        from: EpochMs(T0),
        to: EpochMs(T0 + 300_000),
        counts: Counts { total, bad },
        ticks: ticks(bad, total),
        arms: Vec::new(),
        doubts: Vec::new(),
        points: Vec::new(),
    }
}

/// One version's part of a measurement.
#[must_use]
pub fn arm(version: &str, bad: u64, total: u64) -> Arm {
    Arm { version: version.to_owned(), counts: Counts { total, bad }, ticks: ticks(bad, total) }
}

/// These counts, spread evenly over the ten half minutes of [`measurement`].
#[must_use]
pub fn ticks(bad: u64, total: u64) -> Vec<Tick> {
    let share = |all: u64, index: u64| {
        let upto = |n: u64| u64::try_from(u128::from(all) * u128::from(n) / 10).unwrap_or(all);
        upto(index + 1) - upto(index)
    };
    (0..10_u32)
        .map(|index| Tick {
            at: EpochMs(T0 + i64::from(index + 1) * 30_000),
            counts: Counts { total: share(total, index.into()), bad: share(bad, index.into()) },
        })
        .collect()
}

/// A judgement that says `verdict`, whatever was counted.
#[must_use]
pub fn judgement(verdict: Verdict) -> Judgement {
    Judgement {
        slo: slo().name,
        verdict,
        arm: None,
        from: EpochMs(T0),
        to: EpochMs(T0 + 300_000),
        counts: Counts { total: 1000, bad: 3 },
        budget: slo().budget(),
        doubts: Vec::new(),
        sentence: format!("it is {}", verdict.as_str()),
        points: Vec::new(),
        evidence: None,
    }
}

/// How the check went.
#[must_use]
pub fn check_result(outcome: CheckOutcome) -> CheckResult {
    CheckResult {
        name: check().name,
        outcome,
        took: Millis(12),
        sentence: "it answered with status 200".to_owned(),
    }
}

/// A replica that answers, or one that does not say which version it is.
#[must_use]
pub fn replica(name: &str, ready: bool, version: Option<&str>) -> ReplicaAnswer {
    ReplicaAnswer {
        replica: name.to_owned(),
        ready,
        artifact: None,
        version: version.map(str::to_owned),
        doubt: version.is_none().then(|| "it refused the connection".to_owned()),
        restarted_at: None,
    }
}

/// The end of a verification with this verdict.
#[must_use]
pub fn verification(verdict: Verdict) -> Verification {
    Verification {
        verdict,
        looks: 7,
        held: Millis::minutes(2),
        judgements: vec![judgement(verdict)],
        checks: vec![check_result(CheckOutcome::Passed)],
        replicas: Vec::new(),
        sentence: format!("the verification is {}", verdict.as_str()),
    }
}

/// Proof that an effect took place.
#[must_use]
pub fn receipt() -> Receipt {
    Receipt { reference: "rv-42".to_owned(), sentence: "it is as planned".to_owned() }
}

/// A no of the world.
#[must_use]
pub fn refusal() -> Refusal {
    Refusal::Forbidden { permission: "patch deployments".to_owned() }
}

/// `operation`, resolved by nobody in particular.
#[must_use]
pub fn effect(operation: Operation) -> PlannedEffect {
    PlannedEffect {
        place: place(),
        call: Call {
            system: "practice world".to_owned(),
            scope: "checkout in production".to_owned(),
            verb: "PATCH".to_owned(),
            target: operation.as_str().to_owned(),
            body: Some("{\n  \"spec\": {}\n}".to_owned()),
        },
        changes: vec![Change {
            what: "image".to_owned(),
            before: "v3".to_owned(),
            after: "v2".to_owned(),
        }],
        expects: vec![Expectation { what: "newest".to_owned(), value: "v3".to_owned() }],
        reversibility: Reversibility::Reversible,
        operation,
    }
}

/// The key of an attempt at a step of [`run_id`].
#[must_use]
pub fn key(step: &str, attempt: u32) -> EffectKey {
    EffectKey { run: run_id(), step: step.into(), undo: false, attempt }
}

/// The key of an attempt at taking a step back.
#[must_use]
pub fn undo_key(step: &str, attempt: u32) -> EffectKey {
    EffectKey { undo: true, ..key(step, attempt) }
}
