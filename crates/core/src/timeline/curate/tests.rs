use super::*;
use crate::run::Event;
use crate::testing::{ada, entries, plan_with, planned, second, verify};

fn plan() -> Plan {
    plan_with(vec![verify("verify")])
}

/// A plan and a note: lines `e1` and `e2`.
fn written() -> Vec<Entry> {
    entries(vec![planned(plan()), Event::Noted { by: ada(), text: "the pool is empty".to_owned() }])
}

fn says(layers: Vec<Layer>) -> Vec<Annotation> {
    layers
        .into_iter()
        .map(|says| Annotation { at: second(90), recorded_at: second(91), by: "ben".into(), says })
        .collect()
}

fn fold(layers: Vec<Layer>) -> Record {
    record(&plan(), &written(), &says(layers))
}

#[test]
fn an_amended_line_keeps_its_original_beside_it() {
    let line = LineId::Entry(2);
    let first = fold(Vec::new()).line(line).cloned().expect("it is there");
    let record = fold(vec![
        Layer::Amended { line, text: "the connection pool was empty".to_owned() },
        Layer::Retimed { line, to: second(-30), zone: Some("Europe/Berlin".to_owned()) },
        Layer::Amended { line, text: "the pool was empty".to_owned() },
    ]);
    let now = record.line(line).expect("it is there");
    assert_eq!((now.text.as_str(), now.occurred_at), ("the pool was empty", second(-30)));
    let original = now.original.as_ref().expect("it was kept");
    assert_eq!((&original.text, original.occurred_at), (&first.text, first.occurred_at));
    let what: Vec<&str> = now.edits.iter().map(|edit| edit.what.as_str()).collect();
    assert_eq!(what, ["amended", "retimed", "amended"], "every layer is told, with who and when");
    assert!(now.edits.iter().all(|edit| edit.by.as_str() == "ben" && edit.at == second(90)));
    assert_eq!(record.lines.first().map(|line| line.id), Some(line), "it moved to its time");
}

#[test]
fn the_journal_is_never_changed_by_a_layer() {
    let before = written();
    let _ = fold(vec![Layer::Hidden { line: LineId::Entry(2), reason: "private".to_owned() }]);
    assert_eq!(written(), before);
}

#[test]
fn hiding_and_stars_can_be_taken_back_and_stay_told() {
    let line = LineId::Entry(2);
    let record = fold(vec![
        Layer::Hidden { line, reason: "private".to_owned() },
        Layer::Shown { line },
        Layer::Starred { line },
        Layer::Unstarred { line },
        Layer::Starred { line },
    ]);
    let now = record.line(line).expect("it is there");
    assert_eq!((now.hidden.as_deref(), now.starred, now.edits.len()), (None, true, 5));
}

#[test]
fn a_line_that_was_added_stands_at_its_time_and_can_be_amended_itself() {
    let line = AddedLine {
        at: second(-60),
        zone: None,
        kind: LineKind::Signal,
        text: "first complaint".to_owned(),
        actor: Some("support".to_owned()),
        origin: None,
    };
    let id = LineId::Added(1);
    let record = fold(vec![
        Layer::Added { line },
        Layer::Amended { line: id, text: "first complaint by phone".to_owned() },
    ]);
    let first = record.lines.first().expect("it is there");
    assert_eq!((first.id, first.text.as_str()), (id, "first complaint by phone"));
    assert_eq!(first.source, Source::Person { name: "support".into() });
}

#[test]
fn what_names_a_line_that_is_not_there_is_passed_over() {
    let record = fold(vec![Layer::Starred { line: LineId::Added(7) }, Layer::Unknown]);
    assert!(record.lines.iter().all(|line| !line.starred));
    assert_eq!(record.unknown, 1, "what a newer version wrote is counted");
}

#[test]
fn the_last_word_counts_for_marks_follow_ups_and_parts() {
    let mark = |at| Layer::Marked { milestone: Milestone::Detected, on: second(at), zone: None };
    let part = |text: &str| Layer::Wrote { part: "summary".to_owned(), text: text.to_owned() };
    let record = fold(vec![
        mark(5),
        mark(7),
        Layer::Marked { milestone: Milestone::ImpactStarted, on: second(1), zone: None },
        Layer::Marked { milestone: Milestone::Resolved, on: second(9), zone: None },
        Layer::Unmarked { milestone: Milestone::Resolved },
        part("one"),
        part("two"),
    ]);
    let marked: Vec<(Milestone, Timestamp)> =
        record.milestones.iter().map(|mark| (mark.milestone, mark.at)).collect();
    let expected = [(Milestone::ImpactStarted, second(1)), (Milestone::Detected, second(7))];
    assert_eq!(marked, expected);
    assert_eq!(record.parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>(), ["two"]);
    assert!(fold(vec![part("one"), part("")]).parts.is_empty(), "an empty part is taken away");
}
