//! A lease is held for the length of a run, whatever its end, and nobody is asked about it.

use super::super::{Outcome, Proof, Role};
use super::*;
use crate::testing::{act, lease_step, plan_with, undo_key, verify};

const TAKE: &str = "lease.take";

fn leased() -> Tale {
    Tale::of(plan_with(vec![lease_step(), act("restore", true), verify("verify")]))
}

fn given_back(tale: &Tale) -> bool {
    tale.run.slots().iter().any(|slot| {
        slot.role == Role::Undo
            && slot.step.as_str() == TAKE
            && matches!(slot.state, StepState::Done { proof: Proof::Landed(_) })
    })
}

#[test]
fn it_is_given_back_before_the_end_and_takes_nothing_from_what_was_proven() {
    let mut tale = leased();
    tale.until(|next| *next == Next::Intend(undo_key(TAKE, 1)));
    assert!(matches!(tale.run.slot(&"verify".into()), Some(slot) if slot.state.is_over()));
    tale.finish();
    assert!(given_back(&tale));
    assert_eq!(tale.run.outcome(), Some(&Outcome::Recovered));
    assert_eq!(tale.replayed().expect("the journal tells it"), tale.run);
}

#[test]
fn a_run_that_is_aborted_asks_about_the_changes_and_gives_the_lease_back_unasked() {
    let mut tale = leased();
    tale.up_to("verify").ask(&Command::Abort { reason: "the fix is out".to_owned() });
    let Next::AskPerson { ask: Ask::Undo { steps }, .. } = tale.run.next() else {
        panic!("it asks what to take back")
    };
    assert_eq!(steps, ["restore".into()]);
    tale.ask(&Command::Leave { reason: "it is better so".to_owned() });
    assert_eq!(tale.run.next(), Next::Intend(undo_key(TAKE, 1)));
    tale.finish();
    assert!(given_back(&tale));

    let mut before_any_change = leased();
    before_any_change.up_to("restore");
    before_any_change.ask(&Command::Abort { reason: "a mistake".to_owned() });
    assert_eq!(before_any_change.run.next(), Next::Intend(undo_key(TAKE, 1)), "nobody is asked");
}

#[test]
fn what_was_done_is_taken_back_under_the_lease() {
    let mut tale = leased();
    tale.up_to("verify").ask(&Command::Abort { reason: "worse than before".to_owned() });
    tale.ask(&Command::Undo);
    assert_eq!(tale.run.next(), Next::Intend(undo_key("restore", 1)));
    tale.until(|next| *next == Next::Intend(undo_key(TAKE, 1))).finish();
    let Some(Outcome::Aborted { reason }) = tale.run.outcome() else { panic!("it was aborted") };
    assert!(reason.ends_with("what was done was taken back"), "{reason}");
}

#[test]
fn one_that_cannot_be_given_back_runs_out_and_keeps_no_run_open() {
    let failures: [fn(_) -> Event; 2] = [
        |key| Event::Refused { key, why: refusal() },
        |key| Event::Unclear { key, why: "nobody answers".to_owned() },
    ];
    for failure in failures {
        let mut tale = leased();
        tale.until(|next| *next == Next::Settle(undo_key(TAKE, 1)));
        tale.tell(failure(undo_key(TAKE, 1)));
        assert_eq!(tale.run.next(), Next::End(Outcome::Recovered));
        let slot = tale.run.slots().last().expect("it was tried");
        assert!(
            matches!(&slot.state, StepState::PassedOver { why } if why.contains("runs out")),
            "{slot:?}"
        );
    }
}

#[test]
fn a_run_that_never_got_it_gives_nothing_back() {
    let mut tale = leased();
    tale.until(|next| matches!(next, Next::Settle(_)));
    tale.tell(Event::Refused { key: key_of_take(), why: refusal() });
    assert!(matches!(tale.run.next(), Next::AskPerson { ask: Ask::Failure { .. }, .. }));
    tale.ask(&Command::Abort { reason: "they are at it".to_owned() });
    assert!(matches!(tale.run.next(), Next::End(Outcome::Aborted { .. })));
}

#[test]
fn a_change_that_was_made_past_the_step_took_the_lease_and_gives_it_back() {
    let mut tale = leased();
    tale.until(|next| matches!(next, Next::Settle(_)));
    tale.tell(Event::Refused { key: key_of_take(), why: refusal() });
    tale.ask(&Command::Skip { step: TAKE.into(), reason: "their laptop is dead".to_owned() });
    tale.until(|next| *next == Next::Intend(undo_key(TAKE, 1)));
}

#[test]
fn a_lease_is_no_change_that_keeps_a_person_from_declining() {
    let mut tale = leased();
    tale.up_to("restore");
    assert!(!tale.run.landed_anything());
}

fn key_of_take() -> crate::name::EffectKey {
    crate::testing::key(TAKE, 1)
}

fn lost(key: crate::name::EffectKey) -> Event {
    Event::Displaced { key, why: "noor@another-laptop has it".to_owned() }
}

/// A run that watches under its lease, and hears that somebody else has it.
fn displaced() -> Tale {
    let mut tale = leased();
    tale.until(|next| matches!(next, Next::Observe { .. })).tell(lost(key_of_take()));
    tale
}

#[test]
fn it_is_kept_from_when_it_was_taken_until_it_is_being_given_back() {
    let mut tale = leased();
    assert_eq!(tale.run.tenure(), None);
    tale.up_to("restore");
    assert_eq!(tale.run.tenure(), Some((key_of_take(), &crate::testing::lease())));
    tale.until(|next| *next == Next::Intend(undo_key(TAKE, 1)));
    assert!(tale.run.tenure().is_some());
    tale.until(|next| matches!(next, Next::Settle(_)));
    assert_eq!(tale.run.tenure(), None, "whoever renews now takes what is being given back");
    tale.finish();
    assert_eq!(tale.run.tenure(), None);
}

#[test]
fn somebody_else_who_takes_it_stops_the_run_until_a_person_has_heard_of_it() {
    let mut tale = displaced();
    let Next::AskPerson { step: Some(step), ask: Ask::Failure { why } } = tale.run.next() else {
        panic!("a person is asked: {:?}", tale.run.next())
    };
    assert_eq!((step.as_str(), why.as_str()), (TAKE, "noor@another-laptop has it"));
    assert_eq!(tale.run.tenure(), None);
    assert!(tale.run.clone().apply(&lost(key_of_take())).is_err(), "it is told once");

    let mut taken_again = tale.clone();
    taken_again.ask(&Command::Again { step: TAKE.into(), reason: None });
    assert_eq!(taken_again.run.next(), Next::Intend(crate::testing::key(TAKE, 2)));
    taken_again.until(|next| matches!(next, Next::Observe { .. }));
    assert_eq!(
        taken_again.run.tenure().map(|(key, _)| key),
        Some(crate::testing::key(TAKE, 2)),
        "it watches on under the new attempt"
    );
    taken_again.finish();
    assert_eq!(taken_again.run.outcome(), Some(&Outcome::Recovered));
    assert_eq!(taken_again.replayed().expect("the journal tells it"), taken_again.run);

    tale.ask(&Command::Skip { step: TAKE.into(), reason: "Noor only looks".to_owned() });
    assert!(matches!(tale.run.next(), Next::Observe { .. }));
    assert_eq!(tale.run.tenure(), None, "nobody is asked again about what was decided");
    tale.finish();
    assert_eq!(tale.run.outcome(), Some(&Outcome::Recovered));
}

#[test]
fn a_run_that_is_held_or_aborted_meanwhile_stays_so() {
    for command in [Command::Hold, Command::Abort { reason: "the fix is out".to_owned() }] {
        let mut tale = leased();
        tale.up_to("verify").ask(&command);
        let before = tale.run.next();
        tale.tell(lost(key_of_take()));
        assert_eq!(tale.run.next(), before, "{command:?}");
        if command == Command::Hold {
            tale.ask(&Command::Release);
            assert!(matches!(tale.run.next(), Next::AskPerson { ask: Ask::Failure { .. }, .. }));
        }
    }
}

#[test]
fn a_change_that_relies_on_it_holds_it_again() {
    let mut second = act("second", true);
    if let Task::Act { effect, .. } = &mut second.task {
        crate::testing::lease().guard(effect);
    }
    let steps = vec![lease_step(), act("restore", true), verify("verify"), second];
    let mut tale = Tale::of(plan_with(steps));
    tale.until(|next| matches!(next, Next::Observe { .. })).tell(lost(key_of_take()));
    tale.ask(&Command::Skip { step: TAKE.into(), reason: "Noor gives it back".to_owned() });
    tale.up_to("second");
    assert_eq!(tale.run.tenure(), None);
    tale.until(|next| *next == Next::Intend(undo_key(TAKE, 1)));
    assert!(tale.run.tenure().is_some(), "the change took it");
}

#[test]
fn one_that_ran_out_is_the_runs_own_as_long_as_nobody_takes_it() {
    let mut tale = leased();
    tale.until(|next| matches!(next, Next::Observe { .. }));
    let (before, lapsed) = (tale.run.clone(), |key| Event::Lapsed { key, why: "no".to_owned() });
    tale.tell(lapsed(key_of_take()));
    assert_eq!(tale.run, before);
    let other = lapsed(crate::testing::key(TAKE, 2));
    assert!(tale.run.clone().apply(&other).is_err(), "no such attempt holds it");
}

#[test]
fn what_renewed_it_last_is_read_from_the_journal() {
    let mut tale = leased();
    tale.up_to("verify");
    let journal = entries(tale.events.clone());
    let taken = journal.iter().find(|entry| matches!(entry.event, Event::Landed { .. }));
    let taken = taken.map(|entry| entry.at);
    assert_eq!(super::super::last_kept(&tale.run, &journal), taken, "`restore` relies on nothing");
}
