//! A run keeps its turn while it watches and while it waits for people, and hears of it when
//! somebody else has it.

use std::collections::BTreeMap;

use lastgood_core::judge::GateRule;
use lastgood_core::lease::{TAKE, Tenure};
use lastgood_core::plan::{PlannedStep, Task};
use lastgood_core::run::Outcome;
use lastgood_core::testing;
use lastgood_core::time::Millis;
use lastgood_core::view::{AnswerKind, AskView, RunView};

use super::life::{Crash, Lasting, yes};

/// Twenty minutes of watching: twice as long as a lease is good for.
fn watched() -> Vec<PlannedStep> {
    let mut verify = testing::verify("verify");
    if let Task::Verify { rule, .. } = &mut verify.task {
        let (hold, give_up) = (Millis::minutes(20), Millis::minutes(40));
        *rule = GateRule { hold, give_up, ..testing::gate_rule() };
    }
    vec![testing::lease_step(), testing::act("restore", true), verify]
}

fn leased() -> Lasting {
    Lasting::new(testing::plan_with(watched()))
}

fn events(lasting: &Lasting) -> Vec<&'static str> {
    lasting.entries().iter().map(|entry| entry.event.name()).collect()
}

fn lost() -> Tenure {
    Tenure::Lost { why: "noor@another-laptop has it".to_owned() }
}

fn asks_about_the_lease(view: &RunView) -> bool {
    let step = view.ask.as_ref().and_then(|ask| ask.step.as_ref());
    step.is_some_and(|step| step.as_str() == TAKE)
}

#[test]
fn watching_for_longer_than_its_term_keeps_it_and_leaves_no_entry() {
    let lasting = leased();
    lasting.live(None, yes);
    assert_eq!(lasting.outcome(), Some(Outcome::Recovered));
    let renewals = lasting.outside.renewals();
    assert!((8..=12).contains(&renewals), "every two minutes: {renewals}");
    let short = Lasting::new(testing::plan_with(vec![
        testing::lease_step(),
        testing::act("restore", true),
        testing::verify("verify"),
    ]));
    short.live(None, yes);
    assert_eq!(events(&lasting), events(&short), "a renewal is no event");
}

#[test]
fn somebody_else_who_takes_it_ends_the_watching_until_a_person_says_how_to_go_on() {
    let (_, calls) = leased().live(None, yes);
    let lasting = leased();
    lasting.live(Some(Crash { at: calls / 2, landed: true }), yes);
    assert_eq!(events(&lasting).last(), Some(&"began"), "it watches");
    *lasting.outside.tenure.lock().unwrap() = lost();
    lasting.clock.pass(Millis::minutes(11));
    let (view, _) = lasting.live(None, |_| None);
    let view = view.expect("it is asked");
    assert!(asks_about_the_lease(&view), "{}", view.sentence);
    let said = view.ask.as_ref().and_then(|ask| ask.detail.clone()).unwrap_or_default();
    assert!(said.contains("noor@another-laptop"), "{said}");
    assert!(view.log.iter().any(|line| line.text.contains("not this run's any more")));
    assert!(!events(&lasting).contains(&"verified"), "what they do to it is no recovery of ours");

    // Trying again does not take it from them.
    let applied = lasting.outside.applied().len();
    let again = |ask: &AskView| {
        let first = ask.detail.as_deref() == Some("noor@another-laptop has it");
        first.then_some((AnswerKind::Again, None))
    };
    let (view, _) = lasting.live(None, again);
    let view = view.expect("it is asked again");
    assert!(asks_about_the_lease(&view), "{}", view.sentence);
    assert_eq!(lasting.outside.applied().len(), applied, "nothing was changed");

    *lasting.outside.tenure.lock().unwrap() = Tenure::Kept;
    lasting.live(None, yes);
    assert_eq!(lasting.outcome(), Some(Outcome::Recovered));
}

#[test]
fn a_run_that_waits_for_a_person_hears_of_it_too() {
    let mut steps = watched();
    steps[1].confirm = true;
    let lasting = Lasting::new(testing::plan_with(steps));
    let (view, _) = lasting.live(None, |_| None);
    let asked = view.and_then(|view| view.ask.clone()).expect("it asks before the change");
    assert_eq!(asked.step.map(|step| step.to_string()).as_deref(), Some("restore"));
    *lasting.outside.tenure.lock().unwrap() = lost();
    lasting.clock.pass(Millis::minutes(3));
    let view = lasting.look_on(asks_about_the_lease);
    assert!(view.ask.is_some());
    assert_eq!(lasting.outside.applied().len(), 1, "only the lease was taken");
}

#[test]
fn a_control_plane_that_says_nothing_ends_no_watching_and_is_told_once_the_lease_ran_out() {
    let lasting = leased();
    *lasting.outside.tenure.lock().unwrap() = Tenure::Unclear { why: "nobody answered".to_owned() };
    lasting.live(None, yes);
    assert_eq!(lasting.outcome(), Some(Outcome::Recovered));
    let told = events(&lasting).iter().filter(|name| **name == "lapsed").count();
    assert_eq!(told, 1);
}

#[test]
fn every_crash_point_takes_it_once_and_gives_it_back_once() {
    let (_, calls) = leased().live(None, yes);
    for at in 1..=calls {
        for landed in [false, true] {
            let lasting = leased();
            lasting.live(Some(Crash { at, landed }), yes);
            lasting.live(None, yes);
            let place = format!("crash at call {at}, landed: {landed}");
            assert_eq!(lasting.outcome(), Some(Outcome::Recovered), "{place}");
            let mut times = BTreeMap::<_, usize>::new();
            for key in lasting.outside.applied() {
                *times.entry((key.step, key.undo)).or_default() += 1;
            }
            assert_eq!(times.len(), 3, "{place}: taken, changed, given back: {times:?}");
            assert!(times.values().all(|times| *times == 1), "{place}: {times:?}");
        }
    }
}
