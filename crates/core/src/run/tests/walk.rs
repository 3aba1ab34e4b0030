//! Random people and a random world: what holds of every journal.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::super::Outcome;
use super::grid::VERDICTS;
use super::*;
use crate::name::EffectKey;
use crate::plan::PlannedStep;
use crate::runbook::{Guard, OnFailure};
use crate::testing::{act, plan, plan_with, verify};

/// A number below `end`, drawn from the walk's dice.
fn pick(dice: u16, end: usize) -> usize {
    usize::from(dice) % end.max(1)
}

/// The whole runbook, or a shorter one of changes, with some way of failing everywhere.
fn plan_by(dice: u16) -> Plan {
    let plan = if dice & 1 == 0 {
        plan()
    } else {
        let guard = Some(Guard::TargetNotServing);
        let second = PlannedStep { confirm: true, when: guard, ..act("b", true) };
        plan_with(vec![act("a", true), second, act("c", false), act("d", true), verify("v")])
    };
    let last = plan.steps.last().map(|step| step.id.clone()).expect("it has steps");
    let on_failure = match dice >> 1 & 3 {
        0 => OnFailure::Ask,
        1 => OnFailure::Stop,
        2 => OnFailure::Retry(2),
        _ => OnFailure::GoTo(last),
    };
    let steps = plan.steps.iter().map(|step| PlannedStep {
        on_failure: on_failure.clone(),
        confirm: step.confirm || dice & 8 != 0,
        ..step.clone()
    });
    Plan { steps: steps.collect(), ..plan.clone() }
}

/// What the world answers, or what the driver records; nothing while a person is asked.
fn world(run: &Run, dice: u16) -> Option<Event> {
    let why = || "the world said so".to_owned();
    Some(match run.next() {
        Next::LookWhetherNeeded { step, .. } => match pick(dice, 4) {
            0 => Event::NotNeeded { step, why: why() },
            1 => Event::GuardUnclear { step, why: why() },
            _ => Event::Needed { step },
        },
        Next::Settle(key) => match pick(dice, 5) {
            0 => refused(key),
            1 => Event::Unclear { key, why: why() },
            2 => Event::Lost { key, why: why() },
            _ => Event::Landed { key, receipt: receipt() },
        },
        Next::Observe { step, .. } => match pick(dice, 3) {
            0 => Event::Failed { step, why: why() },
            1 => found(run, step),
            _ => seen(run, step, dice),
        },
        Next::AskPerson { .. } | Next::Held | Next::Finished(_) | Next::Unknown => return None,
        Next::Intend(_) | Next::Begin { .. } | Next::LeaveOut { .. } | Next::End(_) => smooth(run)?,
    })
}

fn seen(run: &Run, step: StepId, dice: u16) -> Event {
    let verdict = VERDICTS[pick(dice / 7, VERDICTS.len())];
    let outcomes = [CheckOutcome::Passed, CheckOutcome::Failed, CheckOutcome::Unasked];
    match run.plan().step(&step).map(|step| &step.task) {
        Some(Task::Judge { .. }) => judged(step, verdict),
        Some(Task::Verify { .. }) => verified(step, verdict),
        Some(Task::Check { .. }) => checked(step, outcomes[pick(dice / 7, 3)]),
        Some(
            Task::Act { .. }
            | Task::Decide { .. }
            | Task::Wait { .. }
            | Task::Manual { .. }
            | Task::Note { .. }
            | Task::LeftOut { .. },
        )
        | None => found(run, step),
    }
}

/// What some person asks for; often enough of the step that asks.
fn person(run: &Run, dice: u16) -> Command {
    let steps = &run.plan().steps;
    let step = match about(&run.next()) {
        Some(step) if dice & 3 != 0 => step.clone(),
        _ => steps[pick(dice / 16, steps.len())].id.clone(),
    };
    let reason = || "I looked".to_owned();
    let option = ["yes", "served", "no", "maybe"][pick(dice / 64, 4)].to_owned();
    match pick(dice / 4, 16) {
        0 | 1 => Command::Confirm { step },
        2 => Command::Accept { step, reason: reason() },
        3 => Command::Again { step, reason: None },
        4 => Command::Choose { step, option, reason: None },
        5 => Command::Performed { step, observed: reason() },
        6 => Command::Skip { step, reason: reason() },
        7 => Command::Rule { step, happened: dice & 1 == 0, reason: reason() },
        8 => Command::Decline { step, reason: reason() },
        9 => Command::Hold,
        10 | 11 => Command::Release,
        12 => Command::Abort { reason: reason() },
        13 => Command::Undo,
        14 => Command::Leave { reason: reason() },
        _ => Command::Note { text: reason() },
    }
}

/// A run by these dice, not necessarily to its end.
fn walk(first: u16, dice: &[(bool, u16)]) -> Tale {
    let mut tale = Tale::of(plan_by(first));
    for (by_person, dice) in dice {
        if *by_person {
            if let Ok(events) = tale.run.decide(&person(&tale.run, *dice), &ada()) {
                for event in events {
                    tale.tell(event);
                }
            }
        } else if let Some(event) = world(&tale.run, *dice) {
            tale.tell(event);
        }
    }
    tale
}

fn dice() -> impl Strategy<Value = Vec<(bool, u16)>> {
    prop::collection::vec((prop::bool::weighted(0.4), any::<u16>()), 0..160)
}

/// Everything that is true of every journal, said as a reason when it is not.
fn faults(events: &[Event], plan: &Plan) -> Vec<String> {
    let mut faults = Vec::new();
    let mut open: BTreeSet<EffectKey> = BTreeSet::new();
    let mut last: BTreeMap<(StepId, bool), u32> = BTreeMap::new();
    let mut words: BTreeSet<StepId> = BTreeSet::new();
    let mut confirmed: BTreeSet<StepId> = BTreeSet::new();
    let (mut held, mut ended, mut proven) = (false, false, false);
    for event in events {
        if ended && !matches!(event, Event::Noted { .. }) {
            faults.push(format!("`{}` comes after the end", event.name()));
        }
        match event {
            Event::Intended { key } => {
                if !open.is_empty() {
                    faults.push(format!("{key} is intended while {open:?} is in doubt"));
                }
                if held {
                    faults.push(format!("{key} is intended while the run is held"));
                }
                let before = last.insert((key.step.clone(), key.undo), key.attempt);
                if before.is_some_and(|before| before >= key.attempt || !words.remove(&key.step)) {
                    faults.push(format!("{key} is intended again without a person's word"));
                }
                let confirm = plan.step(&key.step).is_some_and(|step| step.confirm);
                if confirm && !key.undo && !confirmed.remove(&key.step) {
                    faults.push(format!("{key} is intended unconfirmed"));
                }
                open.insert(key.clone());
            }
            Event::Landed { key, .. } | Event::Refused { key, .. } | Event::Ruled { key, .. } => {
                if !open.remove(key) {
                    faults.push(format!("{key} is settled without an intent"));
                }
                let landed =
                    matches!(event, Event::Landed { .. } | Event::Ruled { happened: true, .. });
                proven = proven && !landed;
            }
            Event::Began { step, .. } => {
                if held || !open.is_empty() {
                    faults.push(format!("{step} begins while it must not"));
                }
            }
            Event::Confirmed { step, .. } => _ = confirmed.insert(step.clone()),
            Event::Again { step, .. } => _ = words.insert(step.clone()),
            Event::UndoBegan { steps, .. } => words.extend(steps.iter().cloned()),
            Event::Held { .. } => held = true,
            Event::Released { .. } | Event::Aborted { .. } => held = false,
            Event::Verified { verification, .. } => proven = verification.verdict.permits(),
            Event::Finished { outcome } => {
                ended = true;
                if !open.is_empty() {
                    faults.push(format!("{open:?} is abandoned"));
                }
                if *outcome == Outcome::Recovered && !proven {
                    faults.push("recovery is claimed and was not proven".to_owned());
                }
            }
            Event::Planned { .. }
            | Event::Needed { .. }
            | Event::NotNeeded { .. }
            | Event::LeftOut { .. }
            | Event::GuardUnclear { .. }
            | Event::Lost { .. }
            | Event::Unclear { .. }
            | Event::Displaced { .. }
            | Event::Lapsed { .. }
            | Event::Judged { .. }
            | Event::Checked { .. }
            | Event::Waited { .. }
            | Event::Recorded { .. }
            | Event::Failed { .. }
            | Event::Chosen { .. }
            | Event::Performed { .. }
            | Event::Accepted { .. }
            | Event::Skipped { .. }
            | Event::Declined { .. }
            | Event::Noted { .. }
            | Event::Overridden { .. }
            | Event::Preferred { .. }
            | Event::Presented { .. }
            | Event::Left { .. }
            | Event::Resumed { .. }
            | Event::Unknown => {}
        }
    }
    faults
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_replayed_run_is_the_run_that_was_lived(first: u16, dice in dice()) {
        let tale = walk(first, &dice);
        prop_assert_eq!(tale.replayed(), Ok(tale.run.clone()), "the journal is all there is");
    }

    #[test]
    fn every_prefix_of_a_journal_resumes_and_can_be_brought_to_an_end(first: u16, dice in dice()) {
        let tale = walk(first, &dice);
        for length in 1..=tale.events.len() {
            let events = tale.events[..length].to_vec();
            let run = Run::replay(&run_id(), &entries(events.clone())).expect("it was lived");
            let mut resumed = Tale { run, events };
            resumed.finish();
            let plan = resumed.run.plan().clone();
            prop_assert_eq!(faults(&resumed.events, &plan), Vec::<String>::new());
        }
    }

    #[test]
    fn no_journal_breaks_a_promise(first: u16, dice in dice()) {
        let mut tale = walk(first, &dice);
        let plan = tale.run.plan().clone();
        prop_assert_eq!(faults(&tale.events, &plan), Vec::<String>::new());
        tale.finish();
        for (by_person, dice) in dice {
            let said = tale.run.decide(&person(&tale.run, dice), &ada());
            if by_person && let Ok(events) = said {
                prop_assert!(matches!(events[..], [Event::Noted { .. }]), "only notes: {events:?}");
            }
            prop_assert_eq!(world(&tale.run, dice), None, "nothing is left to do");
        }
    }

    #[test]
    fn what_is_granted_is_also_taken(first: u16, dice in dice(), asks in prop::collection::vec(any::<u16>(), 40)) {
        let tale = walk(first, &dice);
        for dice in asks {
            let command = person(&tale.run, dice);
            for event in tale.run.decide(&command, &ada()).unwrap_or_default() {
                let took = tale.run.clone().apply(&event);
                prop_assert_eq!(took, Ok(()), "{:?} leads to an event that does not fit", command);
            }
        }
    }

    #[test]
    fn what_happens_out_of_turn_changes_nothing(first: u16, dice in dice(), other in dice()) {
        let tale = walk(first, &dice);
        let stranger = walk(first, &other);
        let mut run = tale.run;
        for event in &stranger.events {
            let before = run.clone();
            if run.apply(event).is_err() {
                prop_assert_eq!(&run, &before, "a misfit changes nothing");
            }
            let _defined = run.next();
        }
    }
}

#[test]
fn the_walk_goes_everywhere() {
    // A property that never meets a case proves nothing of it.
    let mut names = BTreeSet::new();
    let mut seed = 1_u64;
    let mut roll = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u16::try_from(seed >> 40 & 0xffff).unwrap_or(0)
    };
    for _ in 0..800 {
        let first = roll();
        let dice: Vec<(bool, u16)> = (0..120).map(|_| (roll() % 5 < 2, roll())).collect();
        names.extend(walk(first, &dice).events.iter().map(Event::name));
    }
    let never: Vec<&str> = super::encoding::every_event()
        .iter()
        .map(Event::name)
        .filter(|name| !names.contains(name))
        .collect();
    assert_eq!(
        never,
        ["overridden", "resumed", "unknown", "preferred"],
        "these are no part of a walk"
    );
}
