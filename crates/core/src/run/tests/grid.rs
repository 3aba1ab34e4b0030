//! Every state × every event: each applies or is a misfit, and a misfit changes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::mem::discriminant;

use super::super::{Mode, Outcome, Role, Slot};
use super::*;
use crate::drill::DrillAct;
use crate::effect::Receipt;
use crate::mitigation::Way;
use crate::name::EffectKey;
use crate::plan::PlannedStep;
use crate::runbook::{Guard, OnFailure, Response, Responses, Then, Until};
use crate::testing::{act, key, lease_step, option, plan_with, responses, step, undo_key, verify};

/// What an event may meet at its step: the state, and of a step that waits what it waits
/// for, of one that has begun its kind, of one that asks its question.
const FITS: &[(&str, &[&str])] = &[
    ("accepted", &["asks guard", "asks reading failure", "asks verdict"]),
    (
        "again",
        &[
            "asks change failure",
            "asks guard",
            "asks reading failure",
            "asks ruling",
            "asks verdict",
        ],
    ),
    ("began", &["confirmed", "needed", "waiting"]),
    ("checked", &["begun check"]),
    ("chosen", &["begun decide"]),
    ("confirmed", &["needed to confirm", "waiting to confirm"]),
    ("declined", &["asks verdict"]),
    ("displaced", &["done"]),
    ("failed", &["begun check", "begun judge", "begun note", "begun verify", "begun wait"]),
    ("guard-unclear", &["waiting for a guard"]),
    ("intended", &["confirmed", "needed", "waiting"]),
    ("judged", &["begun judge"]),
    ("landed", &["in-doubt"]),
    ("lapsed", &["done"]),
    ("needed", &["waiting for a guard"]),
    ("not-needed", &["waiting for a guard"]),
    ("performed", &["begun manual"]),
    ("recorded", &["begun note"]),
    ("refused", &["in-doubt"]),
    ("ruled", &["asks ruling"]),
    (
        "skipped",
        &[
            "asks change failure",
            "asks guard",
            "asks reading failure",
            "asks verdict",
            "begun decide",
            "begun manual",
            "needed to confirm",
            "waiting to confirm",
        ],
    ),
    ("left-out", &["waiting to be left out"]),
    ("lost", &["in-doubt"]),
    ("unclear", &["in-doubt"]),
    ("verified", &["begun verify"]),
    ("waited", &["begun wait"]),
];

const STATES: [&str; 11] = [
    "begun",
    "confirmed",
    "done",
    "failed",
    "in-doubt",
    "needed",
    "needs-person",
    "not-needed",
    "passed-over",
    "skipped",
    "waiting",
];

#[test]
fn every_event_fits_exactly_the_states_it_is_meant_for() {
    let mut fits: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for plan in plans() {
        let alphabet = alphabet(&plan);
        for run in reachable(plan, &alphabet) {
            seen.extend(run.slots().iter().map(|slot| kind(&slot.state)));
            let mut after = run.clone();
            for event in &alphabet {
                if after.apply(event).is_err() {
                    assert!(after == run, "a misfit changes nothing: {event:?}");
                    continue;
                }
                if let Some(state) = state_met(&run, event) {
                    fits.entry(event.name()).or_default().insert(state);
                }
                after = run.clone();
            }
        }
    }
    assert_eq!(seen, BTreeSet::from(STATES), "the grid has every state of a step");
    let named = |states: &[&str]| states.iter().map(|&state| state.to_owned()).collect();
    let meant: BTreeMap<&str, BTreeSet<String>> =
        FITS.iter().map(|(event, states)| (*event, named(states))).collect();
    assert_eq!(fits, meant, "an event fits where it is meant to, and nowhere else");
}

#[test]
fn every_reachable_run_names_one_thing_that_it_then_takes() {
    for plan in plans() {
        let alphabet = alphabet(&plan);
        for run in reachable(plan, &alphabet) {
            let next = run.next();
            assert_eq!(next, run.next(), "the same journal names the same thing");
            let Some(event) = smooth(&run) else {
                assert!(matches!(next, Next::Finished(_)), "only the end has nothing to do");
                continue;
            };
            let took = run.clone().apply(&event);
            assert_eq!(took, Ok(()), "what {next:?} asks for is taken");
        }
    }
}

/// One plan for each kind of step and each way of failing, with a change before it.
fn plans() -> Vec<Plan> {
    let guarded = |step| PlannedStep { when: Some(Guard::RolloutOpen), confirm: true, ..step };
    let on_failure = |on_failure, step| PlannedStep { on_failure, ..step };
    let judge = |on| Task::Judge { slos: Vec::new(), window: crate::time::Millis::minutes(5), on };
    let all = |response| Responses {
        fail: response,
        pass: response,
        inconclusive: response,
        shared: response,
    };
    let check = Task::Check { checks: Vec::new() };
    let options = vec![
        option("on", "On", Then::Continue),
        option("over", "Over", Then::GoTo("last".into())),
        option("stop", "Stop", Then::Stop),
    ];
    let decide = Task::Decide { question: "Well?".to_owned(), options };
    let manual = Task::Manual { instruction: "Say so".to_owned(), ask: None };
    let to_last = OnFailure::GoTo("last".into());
    [
        step("one", judge(responses())),
        guarded(step("one", judge(all(Response::Ask)))),
        on_failure(OnFailure::Stop, step("one", judge(all(Response::Stop)))),
        guarded(act("one", true)),
        PlannedStep { when: Some(Guard::RolloutOpen), ..act("one", true) },
        PlannedStep { confirm: true, ..step("one", check.clone()) },
        PlannedStep { when: Some(Guard::RolloutOpen), ..verify("one") },
        on_failure(OnFailure::Stop, act("one", true)),
        on_failure(to_last.clone(), act("one", false)),
        on_failure(OnFailure::Retry(2), step("one", check.clone())),
        on_failure(to_last, step("one", check)),
        guarded(step("one", decide)),
        step("one", Task::Wait { until: Until::Settled }),
        verify("one"),
        step("one", manual),
        step("one", Task::Note { text: "noted".to_owned() }),
        step(
            "one",
            Task::LeftOut { act: "rollout.halt".to_owned(), why: "it has none".to_owned() },
        ),
    ]
    .into_iter()
    .flat_map(|one| {
        let note = step("last", Task::Note { text: "last".to_owned() });
        [plan_with(vec![act("first", true), one.clone(), note.clone()]), plan_with(vec![one, note])]
    })
    .chain([plan_with(vec![lease_step(), act("first", true), verify("one")])])
    .collect()
}

/// Every run that some sequence of `alphabet` leads to, up to the third attempt at a
/// step. Runs that differ in nothing but words count once.
fn reachable(plan: Plan, alphabet: &[Event]) -> Vec<Run> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    let mut open = vec![Run::begin(run_id(), plan, ada())];
    while let Some(run) = open.pop() {
        if !seen.insert(shape(&run)) {
            continue;
        }
        let mut after = run.clone();
        for event in alphabet {
            if after.apply(event).is_ok() {
                if !seen.contains(&shape(&after)) {
                    open.push(after);
                }
                after = run.clone();
            }
        }
        found.push(run);
    }
    found
}

/// What of a run decides how it goes on.
fn shape(run: &Run) -> String {
    let ending =
        if let Mode::Ending { outcome } = run.mode() { Some(discriminant(outcome)) } else { None };
    let (ended, seated) = (run.outcome().is_some(), run.tenure().is_some());
    let mut shape = format!("{:?} {ending:?} {ended} {seated}", discriminant(run.mode()));
    for slot in run.slots() {
        let proof = if let StepState::Done { proof } = &slot.state {
            Some(discriminant(proof))
        } else {
            None
        };
        let asks = if let StepState::NeedsPerson { ask, .. } = &slot.state {
            Some(ask.kind())
        } else {
            None
        };
        let attempt = slot.state.attempt_ahead().or(slot.state.attempt_asking());
        // The grid's keys end at the second attempt; a guard can be looked at for ever.
        let attempt = attempt.map(|attempt| attempt.min(3));
        let state = kind(&slot.state);
        shape.extend([format!("; {:?} {state} {attempt:?} {proof:?} {asks:?}", slot.role)]);
    }
    shape
}

/// Every event for every step, and for steps, keys and options that do not exist. Keys
/// stop at the second attempt, and so does the grid.
fn alphabet(plan: &Plan) -> Vec<Event> {
    let by = ada();
    let why = "because".to_owned();
    let mut all = vec![
        planned(plan.clone()),
        Event::Noted { by: by.clone(), text: why.clone() },
        Event::Overridden { subject: why.clone(), by: by.clone(), reason: why.clone() },
        Event::Preferred { way: Way::RollBack, by: by.clone(), reason: why.clone() },
        Event::Resumed { by: by.clone() },
        Event::Presented { by: by.clone(), act: DrillAct::Paused },
        Event::Held { by: by.clone() },
        Event::Released { by: by.clone() },
        Event::Aborted { by: by.clone(), reason: why.clone() },
        Event::Left { by: by.clone(), reason: why.clone() },
        Event::Finished { outcome: Outcome::Recovered },
        Event::UndoBegan { by: by.clone(), steps: Vec::new() },
        Event::UndoBegan { by: by.clone(), steps: vec!["first".into(), "first".into()] },
        Event::UndoBegan { by: by.clone(), steps: vec!["nowhere".into()] },
    ];
    let mut names: Vec<StepId> = plan.steps.iter().map(|step| step.id.clone()).collect();
    let backwards: Vec<StepId> = names.iter().rev().cloned().collect();
    for steps in
        [vec!["first".into()], vec!["one".into()], vec!["one".into(), "first".into()], backwards]
    {
        all.push(Event::UndoBegan { by: by.clone(), steps });
    }
    names.push("nowhere".into());
    for step in names {
        for attempt in [1, 2] {
            all.push(Event::Began { step: step.clone(), attempt });
            for undo in [false, true] {
                let key = if undo {
                    undo_key(step.as_str(), attempt)
                } else {
                    key(step.as_str(), attempt)
                };
                all.extend(about_key(&key));
            }
        }
        all.extend(about_step(&step));
    }
    all
}

fn about_key(key: &EffectKey) -> Vec<Event> {
    let receipt = Receipt { reference: "rv".to_owned(), sentence: "seen".to_owned() };
    let (by, why) = (ada(), "because".to_owned());
    let ruled =
        |happened| Event::Ruled { key: key.clone(), happened, by: by.clone(), reason: why.clone() };
    vec![
        Event::Intended { key: key.clone() },
        Event::Landed { key: key.clone(), receipt },
        refused(key.clone()),
        Event::Lost { key: key.clone(), why: why.clone() },
        Event::Unclear { key: key.clone(), why: why.clone() },
        Event::Displaced { key: key.clone(), why: why.clone() },
        Event::Lapsed { key: key.clone(), why: why.clone() },
        ruled(true),
        ruled(false),
    ]
}

fn about_step(step: &StepId) -> Vec<Event> {
    let by = ada();
    let why = "because".to_owned();
    let step = || step.clone();
    let mut all = vec![
        Event::Needed { step: step() },
        Event::NotNeeded { step: step(), why: why.clone() },
        Event::LeftOut { step: step(), why: why.clone() },
        Event::GuardUnclear { step: step(), why: why.clone() },
        Event::Confirmed { step: step(), by: by.clone() },
        Event::Checked { step: step(), results: Vec::new() },
        Event::Waited { step: step(), sentence: why.clone() },
        Event::Recorded { step: step(), text: why.clone() },
        Event::Failed { step: step(), why: why.clone() },
        Event::Performed { step: step(), observed: why.clone(), by: by.clone() },
        Event::Accepted { step: step(), by: by.clone(), reason: why.clone() },
        Event::Skipped { step: step(), by: by.clone(), reason: why.clone() },
        Event::Declined { step: step(), by: by.clone(), reason: why.clone() },
    ];
    for option in ["on", "over", "stop", "nowhere"] {
        let option = option.to_owned();
        all.push(Event::Chosen { step: step(), option, by: by.clone(), reason: None });
    }
    for verdict in VERDICTS {
        all.extend([judged(step(), verdict), verified(step(), verdict)]);
    }
    for outcome in [CheckOutcome::Passed, CheckOutcome::Failed, CheckOutcome::Unasked] {
        all.push(checked(step(), outcome));
    }
    all.push(Event::Again { step: step(), by, reason: None });
    all
}

pub(super) const VERDICTS: [Verdict; 5] =
    [Verdict::Pass, Verdict::Fail, Verdict::Inconclusive, Verdict::Error, Verdict::Shared];

/// What an event about a step meets there.
fn state_met(run: &Run, event: &Event) -> Option<String> {
    let value = serde_json::to_value(event).expect("an event has a text form");
    let slot = if let Some(key) = value.get("key").and_then(serde_json::Value::as_str) {
        let key = EffectKey::try_from(key.to_owned()).expect("it is a key");
        run.slots()
            .iter()
            .find(|slot| slot.step == key.step && (slot.role == Role::Undo) == key.undo)
    } else {
        let step = value.get("step")?.as_str()?;
        let next = run.next();
        let asking = matches!(&next, Next::AskPerson { step: Some(at), .. } if at.as_str() == step);
        // While changes are taken back, an answer is about the compensation that asks.
        let undo = run.slots().iter().find(|slot| {
            asking
                && slot.step.as_str() == step
                && slot.role == Role::Undo
                && matches!(slot.state, StepState::NeedsPerson { .. })
        });
        undo.or_else(|| run.slot(&step.into()))
    };
    slot.map(|slot| met(run, slot))
}

fn met(run: &Run, slot: &Slot) -> String {
    let step = run.plan().step(&slot.step).expect("the plan has it");
    let forward = slot.role == Role::Forward;
    let to_confirm = if step.confirm && forward { " to confirm" } else { "" };
    let state = kind(&slot.state);
    match &slot.state {
        StepState::Waiting { .. } if step.when.is_some() && forward => {
            format!("{state} for a guard")
        }
        StepState::Waiting { .. } if matches!(step.task, Task::LeftOut { .. }) => {
            format!("{state} to be left out")
        }
        StepState::Waiting { .. } | StepState::Needed { .. } => format!("{state}{to_confirm}"),
        StepState::Begun { .. } => format!("{state} {}", step.task.kind()),
        StepState::NeedsPerson { ask, .. } => match ask {
            Ask::Guard { .. } => "asks guard".to_owned(),
            Ask::Verdict { .. } => "asks verdict".to_owned(),
            Ask::Ruling { .. } => "asks ruling".to_owned(),
            Ask::Failure { .. } if step.task.kind() == "act" => "asks change failure".to_owned(),
            Ask::Failure { .. } => "asks reading failure".to_owned(),
            Ask::Confirm | Ask::Choice { .. } | Ask::Manual { .. } | Ask::Undo { .. } => {
                panic!("no step is left asking {ask:?}")
            }
        },
        StepState::Confirmed { .. }
        | StepState::InDoubt { .. }
        | StepState::Done { .. }
        | StepState::Failed { .. }
        | StepState::Skipped { .. }
        | StepState::NotNeeded { .. }
        | StepState::PassedOver { .. } => state.to_owned(),
    }
}

fn kind(state: &StepState) -> &'static str {
    match state {
        StepState::Waiting { .. } => "waiting",
        StepState::Needed { .. } => "needed",
        StepState::Confirmed { .. } => "confirmed",
        StepState::Begun { .. } => "begun",
        StepState::InDoubt { .. } => "in-doubt",
        StepState::NeedsPerson { .. } => "needs-person",
        StepState::Done { .. } => "done",
        StepState::Failed { .. } => "failed",
        StepState::Skipped { .. } => "skipped",
        StepState::NotNeeded { .. } => "not-needed",
        StepState::PassedOver { .. } => "passed-over",
    }
}
