use lastgood_core::checklist::Fact;
use lastgood_core::time::Millis;

use crate::code::Code;
use crate::read_checklist;

const FULL: &str = "
checklist: ready
title: Ready for trouble
summary: What we want to be true.
items:
  - id: tracing
    title: Requests are traced
    why: Otherwise nobody finds the slow hop.
    due-again-after: 180d
  - { id: flags, title: Flags are known, why: To turn one off., due-again-after: 30d, answered-by: flags }
";

#[test]
fn a_checklist_is_read_with_everything_in_it() {
    let read = read_checklist("ready.yaml", FULL);
    assert_eq!(read.findings, []);
    let list = read.value.expect("it is whole");
    assert_eq!((list.name.as_str(), list.title.as_str()), ("ready", "Ready for trouble"));
    let [tracing, flags] = &list.items[..] else { panic!("two items: {:?}", list.items) };
    assert_eq!(tracing.due_again_after, Millis(180 * 86_400_000));
    assert_eq!((tracing.answered_by, flags.answered_by), (None, Some(Fact::Flags)));
}

/// The one finding on `FULL` with one text replaced.
fn wrong(from: &str, to: &str) -> (Code, u32, String) {
    assert!(FULL.contains(from), "{from}");
    let read = read_checklist("ready.yaml", &FULL.replacen(from, to, 1));
    assert_eq!(read.value, None, "it is refused");
    let [finding] = &read.findings[..] else { panic!("one finding: {:?}", read.findings) };
    let advice = finding.suggestion.clone().unwrap_or_default();
    (finding.code, finding.line, format!("{}; {advice}", finding.message))
}

#[test]
fn a_fact_that_is_not_known_is_met_with_those_that_are() {
    let (code, line, words) = wrong("answered-by: flags", "answered-by: flag");
    assert_eq!((code, line), (Code::UnknownWord, 10));
    assert!(words.contains("`flags`"), "{words}");
}

#[test]
fn an_item_needs_a_reason_and_a_day() {
    assert_eq!(wrong("    why: Otherwise nobody finds the slow hop.\n", "").0, Code::MissingKey);
    assert_eq!(wrong("    due-again-after: 180d\n", "").0, Code::MissingKey);
    assert_eq!(wrong("180d", "1h").0, Code::OutOfRange);
    assert_eq!(wrong("180d", "180").0, Code::InvalidDuration);
}

#[test]
fn two_items_of_one_id_would_share_their_answers() {
    let (code, line, _) = wrong("id: flags", "id: tracing");
    assert_eq!((code, line), (Code::DuplicateId, 10));
}

#[test]
fn placeholders_mean_nothing_here() {
    assert_eq!(wrong("nobody finds", "'{{ service }}' finds").0, Code::PlaceholderNotHere);
}
