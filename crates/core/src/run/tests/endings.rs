//! How runs end, and what they may say of themselves.

use super::super::Outcome;
use super::*;
use crate::plan::PlannedStep;
use crate::runbook::{Response, Responses, Then};
use crate::testing::{act, option, plan, plan_with, slo, step, verify};
use crate::time::Millis;

fn outcome(tale: &mut Tale) -> Outcome {
    tale.finish();
    tale.run.outcome().cloned().expect("it has ended")
}

fn note() -> PlannedStep {
    step("note", Task::Note { text: "noted".to_owned() })
}

#[test]
fn a_smooth_run_recovers() {
    assert_eq!(outcome(&mut Tale::of(plan())), Outcome::Recovered);
}

#[test]
fn recovery_needs_a_verification_after_the_last_change() {
    for (steps, recovered) in [
        (vec![act("a", true), verify("v")], true),
        (vec![act("a", true), verify("v"), note()], true),
        (vec![verify("v"), act("a", true)], false),
        (vec![act("a", true), verify("v"), act("b", true)], false),
        (vec![act("a", true)], false),
        (vec![], false),
    ] {
        let names: Vec<String> = steps.iter().map(|step| step.id.to_string()).collect();
        let ended = outcome(&mut Tale::of(plan_with(steps)));
        assert_eq!(ended == Outcome::Recovered, recovered, "{names:?}: {ended:?}");
        if !recovered {
            assert!(matches!(ended, Outcome::Unproven { .. }), "{names:?}: it says why");
        }
    }
}

#[test]
fn a_persons_word_in_place_of_a_verification_proves_nothing() {
    let answers = [
        Command::Accept { step: "v2".into(), reason: "good enough".to_owned() },
        Command::Skip { step: "v2".into(), reason: "no time".to_owned() },
    ];
    for answer in answers {
        let plan = plan_with(vec![act("a", true), verify("v1"), verify("v2")]);
        let mut tale = Tale::of(plan);
        tale.up_to("v2").tell(Event::Began { step: "v2".into(), attempt: 1 });
        tale.tell(verified("v2".into(), Verdict::Fail)).ask(&answer);
        let ended = outcome(&mut tale);
        assert!(
            matches!(&ended, Outcome::Unproven { why } if why.starts_with("ada ")),
            "an earlier pass does not outrank a later failure: {ended:?}"
        );
    }
}

#[test]
fn a_branch_past_a_second_verification_leaves_the_first_as_it_is() {
    let options = vec![
        option("enough", "That is enough", Then::GoTo("note".into())),
        option("more", "Look longer", Then::Continue),
    ];
    let decide = step("decide", Task::Decide { question: "More?".to_owned(), options });
    let plan = plan_with(vec![act("a", true), verify("v1"), decide, verify("v2"), note()]);
    assert_eq!(outcome(&mut Tale::of(plan)), Outcome::Recovered);
}

#[test]
fn only_a_run_that_changed_nothing_ends_without_a_rollback() {
    let decide = || {
        let options = vec![option("stop", "Stop here", Then::Stop)];
        step("decide", Task::Decide { question: "On?".to_owned(), options })
    };
    let judge = || {
        let stop = Response::Stop;
        let on = Responses { fail: stop, pass: stop, inconclusive: stop, shared: stop };
        step("judge", Task::Judge { slos: vec![slo()], window: Millis::minutes(5), on })
    };
    for end in [decide(), judge()] {
        let ended = outcome(&mut Tale::of(plan_with(vec![end.clone(), act("a", true)])));
        assert!(matches!(ended, Outcome::Declined { .. }), "nothing was changed: {ended:?}");
        let ended = outcome(&mut Tale::of(plan_with(vec![act("a", true), end.clone()])));
        assert!(matches!(ended, Outcome::Unproven { .. }), "something was: {ended:?}");
        let plan = plan_with(vec![act("a", true), verify("v"), end, note()]);
        assert_eq!(outcome(&mut Tale::of(plan)), Outcome::Recovered, "and it was proven");
    }
}

#[test]
fn an_outcome_reads_as_a_sentence() {
    let why = || "the objective is broken".to_owned();
    for (outcome, sentence) in [
        (Outcome::Recovered, "Recovered: verification passed."),
        (
            Outcome::Unproven { why: why() },
            "Done, but recovery is not proven: the objective is broken.",
        ),
        (Outcome::NotRecovered { why: why() }, "Ended without recovery: the objective is broken."),
        (Outcome::Declined { reason: why() }, "Ended without a rollback: the objective is broken."),
        (Outcome::Aborted { reason: why() }, "Aborted: the objective is broken."),
    ] {
        assert_eq!(outcome.sentence(), sentence);
    }
}

#[test]
fn nothing_but_notes_comes_after_the_end() {
    let mut tale = Tale::of(plan());
    tale.finish();
    let again = Event::Finished { outcome: Outcome::Recovered };
    for event in [again, Event::Resumed { by: ada() }, Event::Held { by: ada() }] {
        let name = event.name();
        assert_eq!(tale.run.clone().apply(&event), Err(Misfit::AfterEnd { event: name }));
    }
    tale.tell(Event::Noted { by: ada(), text: "the cause was a flag".to_owned() });
}

#[test]
fn the_end_is_recorded_only_once_nothing_is_left_to_do() {
    let mut tale = Tale::of(plan());
    let end = Event::Finished { outcome: Outcome::Recovered };
    while !matches!(tale.run.next(), Next::End(_)) {
        let said = tale.run.clone().apply(&end);
        assert_eq!(said, Err(Misfit::OutOfTurn { event: "finished" }), "{:?}", tale.run.next());
        let event = smooth(&tale.run).expect("it goes on");
        tale.tell(event);
    }
    tale.tell(end);
}

#[test]
fn a_run_of_a_newer_version_is_shown_and_never_driven() {
    let mut whole = Tale::of(plan());
    whole.finish();
    // Any one entry may be one that this version does not know.
    for at in 1..whole.events.len() {
        let mut events = whole.events.clone();
        events[at] = Event::Unknown;
        let run = Run::replay(&run_id(), &entries(events)).expect("it is still shown");
        assert_eq!(run.next(), Next::Unknown, "entry {at} is not understood");
    }
}
