//! A run is let go of, so that somebody else can go on with it.

use lastgood_core::run::{Event, Outcome};
use lastgood_core::testing;

use super::life::{Lasting, yes};
use super::world::Mischief;

fn told(lasting: &Lasting) -> Vec<&'static str> {
    lasting.entries().iter().map(|entry| entry.event.name()).collect()
}

#[test]
fn a_change_under_way_comes_to_its_outcome_before_the_run_is_let_go_of() {
    let lasting = Lasting::new(testing::plan_with(vec![
        testing::act("first", true),
        testing::act("second", true),
        testing::verify("verify"),
    ]));
    // While it waits for what became of the first change, it is asked to let go.
    *lasting.outside.mischief.lock().unwrap() = Mischief::LoseReply(1);
    assert_eq!(lasting.hand_over(), (false, true), "the parting comes before the run is free");
    assert_eq!(lasting.outside.applied().len(), 1, "nothing new began");
    let events = told(&lasting);
    assert_eq!(events.last(), Some(&"landed"), "and nothing is in doubt: {events:?}");
    let note = lasting.entries().into_iter().find_map(|entry| match entry.event {
        Event::Noted { by, text, .. } => Some((by.to_string(), text)),
        _ => None,
    });
    assert_eq!(note, Some(("grace".to_owned(), "takes it over".to_owned())));

    lasting.live(None, yes);
    assert_eq!(lasting.outcome(), Some(Outcome::Recovered));
    assert_eq!(lasting.outside.applied().len(), 2, "each change took place once");
}

#[test]
fn a_run_that_waits_for_a_person_is_let_go_of_with_its_question() {
    let lasting = Lasting::new(testing::plan_with(vec![
        lastgood_core::plan::PlannedStep { confirm: true, ..testing::act("first", true) },
        testing::verify("verify"),
    ]));
    assert_eq!(lasting.hand_over(), (false, true));
    assert!(lasting.outside.applied().is_empty(), "nobody said yes");
    lasting.live(None, yes);
    assert_eq!(lasting.outcome(), Some(Outcome::Recovered));
    assert_eq!(lasting.outside.applied().len(), 1);
}

#[test]
fn a_watch_is_left_at_once_and_begins_anew() {
    let lasting = Lasting::new(testing::plan_with(vec![
        testing::act("first", true),
        testing::verify("verify"),
    ]));
    // Nothing before the watch takes any time here, so that the request meets the watch.
    assert_eq!(lasting.hand_over(), (false, true));
    let before = told(&lasting);
    assert!(before.contains(&"landed") && !before.contains(&"verified"), "{before:?}");
    lasting.live(None, yes);
    assert_eq!(lasting.outcome(), Some(Outcome::Recovered));
    assert_eq!(lasting.outside.applied().len(), 1);
}
