use super::*;
use crate::testing::{act, ada, entries, key, plan_with, planned, receipt, run_id, second, verify};
use crate::timeline::{Annotation, Layer, moments, record};

/// A run that asks at once, is answered after a while, and ends.
fn asked() -> (crate::plan::Plan, Vec<Entry>) {
    let step = crate::plan::PlannedStep { confirm: true, ..verify("verify") };
    let plan = plan_with(vec![step]);
    let mut written = entries(vec![
        planned(plan.clone()),
        Event::Noted { by: ada(), text: "hm".to_owned() },
        Event::Skipped { step: "verify".into(), by: ada(), reason: "x".to_owned() },
    ]);
    for (entry, at) in written.iter_mut().zip([0, 20, 75]) {
        entry.at = second(at);
    }
    (plan, written)
}

fn marked(marks: &[(Milestone, i64)]) -> Vec<Annotation> {
    marks
        .iter()
        .map(|(milestone, at)| Annotation {
            at: second(99),
            recorded_at: second(99),
            by: "ben".into(),
            says: Layer::Marked { milestone: *milestone, on: second(*at), zone: None },
        })
        .collect()
}

fn told(marks: &[(Milestone, i64)]) -> (Vec<Length>, Vec<String>) {
    let (plan, written) = asked();
    let record = record(&plan, &written, &marked(marks));
    lengths(&run_id(), &moments(&plan, &written), &record, &written)
}

fn of<'a>(lengths: &'a [Length], name: &str) -> Option<&'a Length> {
    lengths.iter().find(|length| length.name == name)
}

#[test]
fn waiting_counts_from_the_question_to_the_answer_and_a_note_is_no_answer() {
    let (lengths, _) = told(&[]);
    let waiting = of(&lengths, "waiting for people").expect("it waited");
    assert_eq!(waiting.milliseconds, Millis::seconds(75), "{waiting:?}");
    assert_eq!(waiting.explained, "while 1 question of the run stood open");
}

#[test]
fn waiting_is_counted_across_the_changes_that_a_run_makes() {
    let step = |step| crate::plan::PlannedStep { confirm: true, ..step };
    let plan = plan_with(vec![step(act("halt", true)), step(verify("verify"))]);
    let mut written = entries(vec![
        planned(plan.clone()),
        Event::Confirmed { step: "halt".into(), by: ada() },
        Event::Intended { key: key("halt", 1) },
        Event::Landed { key: key("halt", 1), receipt: receipt() },
        Event::Skipped { step: "verify".into(), by: ada(), reason: "x".to_owned() },
    ]);
    for (entry, at) in written.iter_mut().zip([0, 10, 11, 15, 40]) {
        entry.at = second(at);
    }
    let record = record(&plan, &written, &[]);
    let (lengths, _) = lengths(&run_id(), &moments(&plan, &written), &record, &written);
    let waiting = of(&lengths, "waiting for people").expect("it waited");
    assert_eq!(waiting.milliseconds, Millis::seconds(10 + 25), "{waiting:?}");
    assert_eq!(waiting.explained, "while 2 questions of the run stood open");
}

#[test]
fn a_point_that_a_person_marked_counts_before_the_one_that_was_seen() {
    let (lengths, doubts) = told(&[
        (Milestone::ImpactStarted, -300),
        (Milestone::Detected, -60),
        (Milestone::Acknowledged, -30),
        (Milestone::Mitigated, 40),
        (Milestone::Verified, 70),
        (Milestone::Resolved, 600),
    ]);
    assert!(doubts.is_empty(), "{doubts:?}");
    let table = [
        ("to detect", 240),
        ("to acknowledge", 30),
        ("to restore", 340),
        ("to verify", 30),
        ("in all", 900),
    ];
    for (name, seconds) in table {
        let length = of(&lengths, name).expect(name);
        assert_eq!(length.milliseconds, Millis::seconds(seconds), "{name}");
        assert!(length.explained.contains("marked by ben"), "{}", length.explained);
    }
}

#[test]
fn what_ends_before_it_begins_is_a_doubt_and_never_zero() {
    let (lengths, doubts) = told(&[(Milestone::ImpactStarted, 50), (Milestone::Detected, 10)]);
    assert_eq!(of(&lengths, "to detect"), None);
    assert!(doubts.iter().any(|doubt| doubt.contains("`to detect` cannot be told")), "{doubts:?}");
}

#[test]
fn others_are_told_by_their_middle_and_their_best() {
    let length = |name: &str, seconds| Length {
        name: name.to_owned(),
        milliseconds: Millis::seconds(seconds),
        explained: String::new(),
    };
    let here = [length("to detect", 30), length("to verify", 5)];
    let others = [
        (true, vec![length("to detect", 10)]),
        (true, vec![length("to detect", 40)]),
        (false, vec![length("to detect", 90)]),
    ];
    let compared = compare(&here, &others);
    assert_eq!(compared.len(), 1, "nobody else verified");
    let one = compared.first().expect("one");
    assert_eq!((one.drills.runs, one.drills.best), (2, Some(Millis::seconds(10))));
    assert_eq!(one.drills.median, Some(Millis::seconds(40)), "never faster than it was");
    assert_eq!(one.incidents.median, Some(Millis::seconds(90)));
}
