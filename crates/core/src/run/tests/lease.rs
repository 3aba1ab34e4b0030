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
