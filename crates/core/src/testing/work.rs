//! A runbook with every kind of step, and the plan it compiles to.

use std::collections::BTreeMap;

use super::world::{ada, check, effect, environment, minute, place, release, second, slo, survey};
use crate::catalog::Environment;
use crate::effect::Operation;
use crate::judge::GateRule;
use crate::lease::{LeaseState, PlaceLease, TAKE};
use crate::plan::{Aim, Plan, PlannedStep, Subject, Task, compile, operations};
use crate::run::{Entry, Event};
use crate::runbook::{
    Act, DecisionOption, Guard, Input, InputKind, OnFailure, Phase, Response, Responses, Runbook,
    Selection, StepDefinition, Then, Until, WhereUnsupported, Which, Work,
};
use crate::time::Millis;

/// A step definition that asks nobody and has no guard.
#[must_use]
pub fn definition(id: &str, phase: Phase, work: Work) -> StepDefinition {
    StepDefinition {
        id: id.into(),
        title: format!("Do `{id}` for {{{{ service }}}}"),
        phase,
        why: None,
        work,
        when: None,
        confirm: false,
        expect: None,
        timeout: None,
        on_failure: OnFailure::Ask,
        where_unsupported: WhereUnsupported::Refuse,
    }
}

/// Goes on when it fails, ends when it passes, asks otherwise.
#[must_use]
pub const fn responses() -> Responses {
    Responses {
        fail: Response::Proceed,
        pass: Response::Stop,
        inconclusive: Response::Ask,
        shared: Response::Ask,
    }
}

/// A runbook with a step of every kind, named after it: `judge`, `halt` (guarded, with an
/// undo), `decide`, `restore` (confirmed, with an undo), `wait`, `check` (tries twice),
/// `verify`, `manual`, `note`.
#[must_use]
pub fn runbook() -> Runbook {
    let (target, suspect) = (Which::Target, Which::Suspect);
    let steps = vec![
        definition(
            "judge",
            Phase::Detect,
            Work::Judge { slos: Selection::All, window: Millis::minutes(5), on: responses() },
        ),
        StepDefinition {
            when: Some(Guard::RolloutOpen),
            ..definition(
                "halt",
                Phase::Stop,
                Work::Act { act: Act::HaltRollout, undo: Some(Act::ResumeRollout) },
            )
        },
        definition(
            "decide",
            Phase::RollBack,
            Work::Decide {
                question: "Go back to {{ target.version }}?".to_owned(),
                options: vec![
                    option("yes", "Yes, go back", Then::Continue),
                    option("served", "It already serves", Then::GoTo("check".into())),
                    option("no", "No", Then::Stop),
                ],
            },
        ),
        StepDefinition {
            confirm: true,
            why: Some("{{ target.version }} was good".to_owned()),
            expect: Some("{{ target.version }} on every replica".to_owned()),
            ..definition(
                "restore",
                Phase::RollBack,
                Work::Act {
                    act: Act::Restore { release: target },
                    undo: Some(Act::Restore { release: suspect }),
                },
            )
        },
        definition("wait", Phase::RollBack, Work::Wait { until: Until::TargetServes }),
        StepDefinition {
            on_failure: OnFailure::Retry(2),
            ..definition("check", Phase::Verify, Work::Check { checks: Selection::All })
        },
        definition(
            "verify",
            Phase::Verify,
            Work::Verify {
                slos: Selection::All,
                checks: Selection::All,
                versions: true,
                hold: Millis::minutes(2),
                grace: Millis(0),
                every: Millis::seconds(15),
                consecutive: 7,
            },
        ),
        definition(
            "manual",
            Phase::Capture,
            Work::Manual {
                instruction: "Tell the people who use {{ service }}".to_owned(),
                ask: Some("Where did you say so?".to_owned()),
            },
        ),
        definition(
            "note",
            Phase::Capture,
            Work::Note { text: "{{ inputs.ticket }}: back on {{ target.version }}".to_owned() },
        ),
    ];
    Runbook {
        name: "go-back".into(),
        title: "Go back to {{ target.version }}".to_owned(),
        summary: Some("Use it when a release hurts.".to_owned()),
        platforms: Vec::new(),
        strategies: Vec::new(),
        inputs: vec![Input {
            name: "ticket".to_owned(),
            kind: InputKind::Text,
            default: Some("no ticket".to_owned()),
            help: None,
        }],
        steps,
        digest: "d1".to_owned(),
    }
}

/// One answer to a question.
#[must_use]
pub fn option(id: &str, label: &str, then: Then) -> DecisionOption {
    DecisionOption { id: id.to_owned(), label: label.to_owned(), then }
}

/// Everything that [`runbook`] needs for going from `v3` back to `v2` in `environment`.
#[must_use]
pub fn subject<'a>(environment: &'a Environment, runbook: &Runbook) -> Subject<'a> {
    let (from, to) = (release("v3"), release("v2"));
    let place = place();
    let given = BTreeMap::new();
    let aim = Aim { place: &place, environment, from: &from, to: &to, given: &given };
    // Resolved as for a runbook that fits, so that `compile` is what says that it does not.
    let fitting = Runbook { platforms: Vec::new(), strategies: Vec::new(), ..runbook.clone() };
    let resolved = operations(&fitting, aim)
        .unwrap_or_default()
        .into_iter()
        .map(|(_, operation)| (operation.clone(), effect(operation)))
        .collect();
    Subject {
        place,
        environment,
        from,
        to,
        because: "v2: served 24 hours and left without a rollback".to_owned(),
        given,
        survey: survey("v3"),
        resolved,
        absent: Vec::new(),
        findings: Vec::new(),
        not_restored: vec!["the database".to_owned()],
        mitigations: Vec::new(),
        governing: Vec::new(),
        leasing: None,
        drill: None,
        exercise: None,
        now: minute(10),
    }
}

/// The plan of `runbook` for going from `v3` back to `v2`.
///
/// # Panics
///
/// When the runbook does not compile there, with everything that stands against it.
#[must_use]
pub fn plan_of(runbook: &Runbook) -> Plan {
    let environment = environment();
    match compile(runbook, subject(&environment, runbook)) {
        Ok(plan) => plan,
        Err(errors) => {
            let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
            panic!("the runbook of a test compiles: {}", errors.join("; "))
        }
    }
}

/// The plan of [`runbook`]: every kind of step.
#[must_use]
pub fn plan() -> Plan {
    plan_of(&runbook())
}

/// [`plan`] with these steps instead.
#[must_use]
pub fn plan_with(steps: Vec<PlannedStep>) -> Plan {
    Plan { steps, ..plan() }
}

/// A step that asks nobody and has no guard.
#[must_use]
pub fn step(id: &str, task: Task) -> PlannedStep {
    PlannedStep {
        id: id.into(),
        title: format!("Do {id}"),
        phase: Phase::RollBack,
        why: None,
        task,
        when: None,
        confirm: false,
        expect: None,
        timeout: None,
        on_failure: OnFailure::Ask,
    }
}

/// A change, with what takes it back when `undo` is set.
#[must_use]
pub fn act(id: &str, undo: bool) -> PlannedStep {
    let restore =
        |version: &str| Box::new(effect(Operation::RestoreRelease { release: version.into() }));
    step(id, Task::Act { effect: restore("v2"), undo: undo.then(|| restore("v3")) })
}

/// The lease of [`place`].
#[must_use]
pub fn lease() -> PlaceLease {
    PlaceLease { namespace: "shop".to_owned(), name: "lastgood-checkout".to_owned() }
}

/// The step that takes [`lease`], as plans have it: `lease.take`.
#[must_use]
pub fn lease_step() -> PlannedStep {
    let switch = |to| Box::new(effect(Operation::SwitchLease { lease: Box::new(lease()), to }));
    let (effect, undo) = (switch(LeaseState::Held), Some(switch(LeaseState::Free)));
    step(TAKE, Task::Act { effect, undo })
}

/// A verification of one objective and one check.
#[must_use]
pub fn verify(id: &str) -> PlannedStep {
    step(id, Task::Verify { slos: vec![slo()], checks: vec![check()], rule: gate_rule() })
}

/// Two minutes and seven looks, fifteen seconds apart; ten minutes are enough of looking.
#[must_use]
pub fn gate_rule() -> GateRule {
    GateRule {
        hold: Millis::minutes(2),
        grace: Millis(0),
        every: Millis::seconds(15),
        give_up: Millis::minutes(10),
        consecutive: 7,
        version: None,
    }
}

/// The first event of every run: [`ada`] starts it.
#[must_use]
pub fn planned(plan: Plan) -> Event {
    Event::Planned { plan: Box::new(plan), by: ada() }
}

/// `events` as a journal holds them, a second apart.
#[must_use]
pub fn entries(events: Vec<Event>) -> Vec<Entry> {
    (1..)
        .zip(events)
        .map(|(seq, event)| {
            let at = second(i64::try_from(seq).unwrap_or(i64::MAX));
            Entry { seq, at, recorded_at: at, event }
        })
        .collect()
}
