//! Views as the app would give them, for the tests of what is shown.

use lastgood_core::catalog::{Place, Strategy};
use lastgood_core::drill::AskKind;
use lastgood_core::effect::{Call, Change, Reversibility};
use lastgood_core::name::StepId;
use lastgood_core::preflight::{Finding, Grade};
use lastgood_core::release::{DeployOutcome, Rollback, Standing};
use lastgood_core::run::{Fate, FateView, Role};
use lastgood_core::runbook::Phase;
use lastgood_core::time::{EpochMs, Millis};
use lastgood_core::view::{
    AnswerKind, AnswerOption, AskView, DeployRow, EffectView, FlagView, MomentView, Needs,
    PlanStepView, PlanView, ReleaseView, RunStatus, RunView, StepStatus, StepView,
};

/// 2026-11-22T18:32:04Z.
pub(crate) const AT: EpochMs = EpochMs(1_795_372_324_000);

/// `AT` and some seconds.
pub(crate) fn at(seconds: i64) -> EpochMs {
    EpochMs(AT.0 + seconds * 1000)
}

pub(crate) fn place() -> Place {
    Place { service: "checkout".into(), environment: "production".into() }
}

/// A release with everything recorded.
pub(crate) fn recorded(version: &str) -> ReleaseView {
    ReleaseView {
        id: format!("checkout-{version}").as_str().into(),
        version: version.to_owned(),
        artifact: format!("images.example/checkout:{version}"),
        digest: Some("sha256:4842a8a18674586f97f82f00a6af0461".to_owned()),
        commit: Some("99fc9797dcb2".to_owned()),
        changelog: Some("Use the new tax rates; retry the card provider once".to_owned()),
        schema_version: Some("0035".to_owned()),
        flags: Some(vec![FlagView { name: "new-tax".to_owned(), value: "on".to_owned() }]),
        rollback: Some(Rollback::Command("./ops/rollback --to 2026.11.2".to_owned())),
        cost: Some(0.0105),
    }
}

/// A release of which nobody recorded anything.
pub(crate) fn bare(version: &str) -> ReleaseView {
    ReleaseView {
        digest: None,
        commit: None,
        changelog: None,
        schema_version: None,
        flags: None,
        rollback: None,
        cost: None,
        ..recorded(version)
    }
}

pub(crate) fn deploy(version: &str) -> DeployRow {
    DeployRow {
        place: place(),
        release: recorded(version),
        strategy: Strategy::Canary,
        at: AT,
        ended_at: None,
        actor: Some("mara".to_owned()),
        outcome: DeployOutcome::InProgress,
        standing: Standing::Soaking,
        evidence: "serves now, for only 3 min so far".to_owned(),
        running: true,
        suspect: true,
        lock: None,
    }
}

fn effect(verb: &str, after: &str) -> EffectView {
    EffectView {
        operation: format!("rollout.{verb}"),
        call: Call {
            system: "kubernetes".to_owned(),
            scope: "context prod, namespace shop".to_owned(),
            verb: "PATCH".to_owned(),
            target: "/apis/apps/v1/namespaces/shop/deployments/checkout".to_owned(),
            body: Some("{\n  \"spec\": {\n    \"paused\": true\n  }\n}".to_owned()),
        },
        changes: vec![Change {
            what: "rollout".to_owned(),
            before: "progressing".to_owned(),
            after: after.to_owned(),
        }],
    }
}

fn judging() -> PlanStepView {
    PlanStepView {
        id: "detect".into(),
        title: "Judge 2026.11.3 against the objectives".to_owned(),
        phase: Phase::Detect,
        kind: "judge".to_owned(),
        why: Some("Rolling back a healthy release is an incident of its own.".to_owned()),
        what: "Judge availability over the last 5:00".to_owned(),
        expect: None,
        when: None,
        confirm: false,
        reversibility: Reversibility::ReadOnly,
        effect: None,
        undo: None,
        timeout: Some(Millis::minutes(1)),
    }
}

fn halting() -> PlanStepView {
    PlanStepView {
        id: "halt".into(),
        title: "Stop the rollout".to_owned(),
        phase: Phase::Stop,
        kind: "act".to_owned(),
        why: Some("Its next step would give 2026.11.3 more users.".to_owned()),
        what: "rollout: progressing → halted".to_owned(),
        expect: Some("The rollout keeps its share and gets no more.".to_owned()),
        when: Some("rollout-open".to_owned()),
        confirm: true,
        reversibility: Reversibility::Reversible,
        effect: Some(effect("halt", "halted")),
        undo: Some(effect("resume", "progressing")),
        timeout: None,
    }
}

pub(crate) fn plan() -> PlanView {
    let findings = vec![
        Finding::new("the target", Grade::Pass, "2026.11.2: served 3 days without harm"),
        Finding::new("permission to patch the Deployment", Grade::Unknown, "no answer in 5 s")
            .mend("Ask again, or look at the role."),
    ];
    PlanView {
        hash: "55900decc52a".to_owned(),
        title: "Roll back checkout to 2026.11.2".to_owned(),
        runbook: "rollback-canary".into(),
        place: place(),
        coordinates: "context prod, namespace shop, deployment checkout".to_owned(),
        strategy: Strategy::Canary,
        from: recorded("2026.11.3"),
        to: bare("2026.11.2"),
        change: FateView::new(Fate::Planned, "2026.11.3", "2026.11.2"),
        because: "proposed: served 3 days without harm".to_owned(),
        steps: vec![judging(), halting()],
        worst: Grade::Unknown,
        findings,
        not_restored: vec!["Data that 2026.11.3 wrote stays.".to_owned()],
        mitigations: Vec::new(),
        running: "2026.11.3 1 of 1 ready (5% of traffic), 2026.11.2 5 of 5 ready".to_owned(),
        drill: None,
        exercise: None,
        made_at: AT,
    }
}

fn step(planned: PlanStepView, status: StepStatus) -> StepView {
    StepView {
        id: planned.id,
        role: Role::Forward,
        title: planned.title,
        phase: planned.phase,
        kind: planned.kind,
        status,
        current: false,
        result: None,
        took: None,
        attempt: 1,
        why: planned.why,
        what: planned.what,
        expect: planned.expect,
        confirm: planned.confirm,
        reversibility: planned.reversibility,
        effect: planned.effect,
        undo: planned.undo,
    }
}

/// A run that waits for a person at its second step.
pub(crate) fn asking() -> RunView {
    let plan = plan();
    let judged = StepView {
        result: Some("16 of 336 requests of 2026.11.3 failed in 5:00, 4.8%, above 1%".to_owned()),
        took: Some(Millis::seconds(2)),
        ..step(judging(), StepStatus::Done)
    };
    let halt = StepView { current: true, ..step(halting(), StepStatus::NeedsYou) };
    RunView {
        run: "checkout-1122-183204".into(),
        revision: 1,
        title: plan.title,
        place: plan.place,
        coordinates: plan.coordinates,
        from: plan.from,
        to: plan.to,
        change: plan.change,
        drill: None,
        exercise: None,
        plan_hash: plan.hash,
        started_by: "ana".into(),
        now: at(10),
        started_at: AT,
        status: RunStatus::NeedsYou,
        sentence: "Step 2 of 2 is waiting for you: Stop the rollout".to_owned(),
        outcome: None,
        driven: true,
        driven_by: None,
        phase: Some(Phase::Stop),
        current: Some(StepId::new("halt")),
        steps: vec![judged, halt],
        ask: Some(ask()),
        activity: None,
        judgements: Vec::new(),
        moments: vec![
            MomentView { name: "Started".to_owned(), at: Some(AT), after: Some(Millis(0)) },
            MomentView {
                name: "Detected".to_owned(),
                at: Some(at(2)),
                after: Some(Millis::seconds(2)),
            },
            MomentView { name: "Closed".to_owned(), at: None, after: None },
        ],
        log: Vec::new(),
        not_restored: plan.not_restored,
        log_earlier: 0,
        undoable: Vec::new(),
    }
}

pub(crate) fn option(kind: AnswerKind, label: &str, key: &str, needs: Needs) -> AnswerOption {
    AnswerOption {
        kind,
        option: None,
        label: label.to_owned(),
        key: key.to_owned(),
        needs,
        primary: kind == AnswerKind::Confirm,
    }
}

/// The question before a change.
pub(crate) fn ask() -> AskView {
    AskView {
        step: Some(StepId::new("halt")),
        kind: AskKind::Confirm,
        question: "Stop the rollout?".to_owned(),
        detail: None,
        answers: vec![
            option(AnswerKind::Confirm, "Stop the rollout", "c", Needs::Nothing),
            option(AnswerKind::Skip, "Skip with a reason", "s", Needs::Reason),
            option(AnswerKind::Abort, "Abort the run", "a", Needs::Reason),
        ],
    }
}
