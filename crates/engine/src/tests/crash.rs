//! Every crash point × every kind of step × landed or not.

use std::collections::BTreeMap;

use lastgood_core::name::StepId;
use lastgood_core::run::{Event, Outcome, Run};
use lastgood_core::testing;

use super::life::{Crash, Lasting, yes};

/// The steps of the plan that change the world.
const ACTS: usize = 2;

fn times_applied(lasting: &Lasting) -> BTreeMap<(StepId, bool), usize> {
    let mut times = BTreeMap::new();
    for key in lasting.outside.applied() {
        *times.entry((key.step, key.undo)).or_default() += 1;
    }
    times
}

/// What a run that recovered says of its releases.
fn told() -> Vec<(String, &'static str)> {
    [("v3", "rolled-back"), ("v3", "culprit"), ("v2", "verified"), ("v3", "locked")]
        .map(|(version, says)| (version.to_owned(), says))
        .to_vec()
}

#[test]
fn a_run_without_a_crash_does_everything_once() {
    let lasting = Lasting::new(testing::plan());
    lasting.live(None, yes);
    assert_eq!(lasting.outcome(), Some(Outcome::Recovered));
    assert_eq!(times_applied(&lasting).values().copied().collect::<Vec<_>>(), [1; ACTS]);
    assert_eq!(lasting.said(), told());
}

#[test]
fn every_crash_point_applies_every_effect_exactly_once() {
    let (_, calls) = Lasting::new(testing::plan()).live(None, yes);
    assert!(calls > 30, "every kind of step calls the outside: {calls}");
    for at in 1..=calls {
        for landed in [false, true] {
            let lasting = Lasting::new(testing::plan());
            let (view, _) = lasting.live(Some(Crash { at, landed }), yes);
            assert!(view.is_none(), "call {at} was reached, so the first life ended there");
            lasting.live(None, yes);
            let place = format!("crash at call {at}, landed: {landed}");
            assert_eq!(lasting.outcome(), Some(Outcome::Recovered), "{place}");
            let times = times_applied(&lasting);
            assert!(times.values().all(|times| *times == 1), "{place}: {times:?}");
            assert_eq!(times.len(), ACTS, "{place}: nothing is lost");
            assert_eq!(lasting.said(), told(), "{place}: every remark is made once");
        }
    }
}

#[test]
fn a_second_crash_in_the_next_life_is_survived_too() {
    let (_, calls) = Lasting::new(testing::plan()).live(None, yes);
    for first in (1..=calls).step_by(3) {
        for second in (1..=20).step_by(2) {
            let lasting = Lasting::new(testing::plan());
            lasting.live(Some(Crash { at: first, landed: true }), yes);
            lasting.live(Some(Crash { at: second, landed: second % 4 == 1 }), yes);
            lasting.live(None, yes);
            let place = format!("crashes at calls {first} and {second}");
            assert_eq!(lasting.outcome(), Some(Outcome::Recovered), "{place}");
            assert!(times_applied(&lasting).values().all(|times| *times == 1), "{place}");
        }
    }
}

#[test]
fn what_the_journal_tells_after_a_crash_is_what_the_driver_knew() {
    let (_, calls) = Lasting::new(testing::plan()).live(None, yes);
    for at in 1..=calls {
        let lasting = Lasting::new(testing::plan());
        lasting.live(Some(Crash { at, landed: true }), yes);
        if lasting.journal_is_empty() {
            continue;
        }
        let entries = lasting.entries();
        let run = Run::replay(&Lasting::run_id(), &entries);
        assert!(run.is_ok(), "a journal cut at call {at} still tells a run: {run:?}");
        assert!(
            !entries.iter().any(|entry| matches!(entry.event, Event::Landed { .. }))
                || !lasting.outside.applied().is_empty(),
            "nothing is journalled as done that was not done"
        );
    }
}

#[test]
fn a_step_costs_one_commit_and_the_run_one_more() {
    let steps = (1..=5).map(|number| testing::act(&format!("act-{number}"), true)).collect();
    let lasting = Lasting::new(testing::plan_with(steps));
    lasting.live(None, yes);
    assert_eq!(
        lasting.commits(),
        5 + 1,
        "the plan with the first intent, each outcome with the next, and the last with the end"
    );
}

impl Lasting {
    fn journal_is_empty(&self) -> bool {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(lastgood_core::ports::Journal::runs(&*self.journal)).unwrap().is_empty()
    }

    fn commits(&self) -> usize {
        self.journal.commits()
    }
}
