//! How a service stands against its checklists.

use lastgood_core::checklist::{
    DecidedBy, GivenAnswer, ItemStatus, Readiness, ReadinessItem, ReadinessTally,
};
use lastgood_core::time::EpochMs;

use crate::look::{Look, Text};
use crate::page::Page;
use crate::times::day;

/// Every list with its items, then the sum. With `history`, why each item is asked and all
/// that was ever answered.
pub(crate) fn readiness(look: &Look, view: &Readiness, history: bool) -> String {
    let mut page = Page::new(look);
    page.line(look.strong(view.place.to_string()));
    for doubt in &view.doubts {
        page.hang(0, look.attention("◆ "), doubt);
    }
    for list in &view.lists {
        page.heading(&list.title);
        page.at(2, look.quiet(&list.sentence));
        for one in &list.items {
            item(&mut page, look, one, history);
        }
    }
    page.gap();
    page.line(look.strong(&view.sentence) + ".");
    if needs_a_person(view.tally) {
        page.line(look.quiet(format!(
            "Answer one: `lastgood checklist {} answer ITEM yes|no|not-applicable --note TEXT`.",
            view.place.service
        )));
    }
    page.finish()
}

/// The item that was answered as it stands now, then the sum.
pub(crate) fn attested(look: &Look, view: &Readiness, id: &str, history: bool) -> String {
    let mut page = Page::new(look);
    page.line(look.strong(view.place.to_string()));
    for doubt in &view.doubts {
        page.hang(0, look.attention("◆ "), doubt);
    }
    let items = view.lists.iter().flat_map(|list| &list.items);
    for one in items.filter(|one| one.id.as_str() == id) {
        item(&mut page, look, one, history);
    }
    page.line(look.strong(&view.sentence) + ".");
    page.finish()
}

const fn needs_a_person(tally: ReadinessTally) -> bool {
    tally.open + tally.overdue + tally.do_not_hold > 0
}

fn item(page: &mut Page<'_>, look: &Look, one: &ReadinessItem, history: bool) {
    page.hang(2, front(look, one.status), look.strong(&one.title));
    let word = match one.status {
        ItemStatus::Holds => String::new(),
        ItemStatus::DoesNotHold
        | ItemStatus::NotApplicable
        | ItemStatus::Open
        | ItemStatus::Overdue => format!("{}: ", one.status.words()),
    };
    page.at(4, format!("{word}{}", one.sentence) + &basis(look, one));
    page.at(4, look.quiet(format!("{}{}", one.id, seen(one))));
    if history {
        page.at(4, look.quiet(&one.why));
        for given in &one.history {
            answered(page, look, given);
        }
    }
}

fn front(look: &Look, status: ItemStatus) -> Text {
    match status {
        ItemStatus::Holds => look.good("● "),
        ItemStatus::DoesNotHold => look.bad("✖ "),
        ItemStatus::Overdue => look.attention("◆ "),
        ItemStatus::Open => look.attention("○ "),
        ItemStatus::NotApplicable => look.quiet("- "),
    }
}

/// Who said it and when it is due again, where a person decides.
fn basis(look: &Look, one: &ReadinessItem) -> String {
    match (one.decided_by, one.history.first()) {
        (DecidedBy::Person, Some(last)) if one.status != ItemStatus::Overdue => {
            format!(" ({}, {}; due {})", last.by, day(look, last.at), day(look, last.due))
        }
        (DecidedBy::Fact, Some(last)) => {
            format!(" ({} said {}, {})", last.by, last.answer.as_str(), day(look, last.at))
        }
        (DecidedBy::Person | DecidedBy::Fact | DecidedBy::Nobody, _) => String::new(),
    }
}

/// Where Lastgood looked.
fn seen(one: &ReadinessItem) -> String {
    one.fact.as_ref().map(|fact| format!(", seen in {}", fact.seen)).unwrap_or_default()
}

fn answered(page: &mut Page<'_>, look: &Look, given: &GivenAnswer) {
    let front = look.quiet(day(look, given.at)) + "  ";
    let due: EpochMs = given.due;
    let words =
        format!("{}: {}, {} (due {})", given.by, given.answer.as_str(), given.note, day(look, due));
    page.hang(4, front, words);
    if let Some(asked) = &given.asked {
        page.at(16, look.quiet(format!("it was asked: {asked}")));
    }
}

#[cfg(test)]
mod tests {
    use lastgood_core::catalog::Place;
    use lastgood_core::checklist::{PersonAnswer, ReadinessList};
    use lastgood_core::time::Millis;

    use super::*;

    const DAY: i64 = 86_400_000;

    fn overdue() -> Readiness {
        let tally = ReadinessTally { items: 1, overdue: 1, ..ReadinessTally::default() };
        let given = |answer, days: i64, asked: Option<&str>| GivenAnswer {
            answer,
            by: "ana".into(),
            at: EpochMs(days * DAY),
            note: format!("note of day {days}"),
            due: EpochMs((days + 30) * DAY),
            asked: asked.map(str::to_owned),
        };
        let item = ReadinessItem {
            id: "tracing".into(),
            title: "Requests are traced".to_owned(),
            why: "It finds the slow hop.".to_owned(),
            status: ItemStatus::Overdue,
            decided_by: DecidedBy::Person,
            sentence: "ana said yes and it is 3 days overdue: note of day 9".to_owned(),
            fact: None,
            due_again_after: Millis(30 * 86_400_000),
            history: vec![
                given(PersonAnswer::Yes, 9, None),
                given(PersonAnswer::No, 2, Some("Some requests are traced")),
            ],
        };
        Readiness {
            place: Place { service: "checkout".into(), environment: "production".into() },
            at: EpochMs(42 * DAY),
            lists: vec![ReadinessList {
                name: "ready".into(),
                title: "Ready".to_owned(),
                items: vec![item],
                tally,
                sentence: tally.sentence(),
            }],
            tally,
            sentence: tally.sentence(),
            doubts: vec!["something could not be read".to_owned()],
        }
    }

    #[test]
    fn what_is_overdue_is_said_with_whose_word_it_was_and_the_doubts_come_first() {
        let text = readiness(&Look::plain(), &overdue(), false);
        assert_eq!(
            text,
            "checkout in production\n\
             ◆ something could not be read\n\n\
             Ready\n  0 of 1 hold, 1 overdue\n\
             \x20 ◆ Requests are traced\n\
             \x20   overdue: ana said yes and it is 3 days overdue: note of day 9\n\
             \x20   tracing\n\n\
             0 of 1 hold, 1 overdue.\n\
             Answer one: `lastgood checklist checkout answer ITEM yes|no|not-applicable --note TEXT`.\n"
        );
    }

    #[test]
    fn the_history_tells_every_answer_and_what_was_asked_then() {
        let text = readiness(&Look::plain(), &overdue(), true);
        for line in [
            "It finds the slow hop.",
            "1970-01-10  ana: yes, note of day 9 (due 1970-02-09)",
            "1970-01-03  ana: no, note of day 2 (due 1970-02-02)",
            "it was asked: Some requests are traced",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
    }
}
