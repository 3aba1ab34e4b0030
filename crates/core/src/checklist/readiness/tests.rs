use std::collections::BTreeMap;

use super::super::{Fact, Recent};
use super::*;
use crate::catalog::{Environment, Service};
use crate::recorded::Recorded;
use crate::testing::{environment, minute, place};

const DAY: i64 = 24 * 60;

fn item(id: &str, answered_by: Option<Fact>) -> Item {
    Item {
        id: id.into(),
        title: format!("{id} is there"),
        why: "it is missed at night".to_owned(),
        due_again_after: Millis::minutes(30 * 24 * 60),
        answered_by,
    }
}

fn list(items: Vec<Item>) -> Vec<Checklist> {
    vec![Checklist { name: "ready".into(), title: "Ready".to_owned(), summary: None, items }]
}

fn said(item: &str, answer: PersonAnswer, day: i64) -> Attestation {
    Attestation {
        at: minute(day * DAY),
        recorded_at: minute(day * DAY),
        by: "ada".into(),
        says: Stated::Answered {
            item: item.into(),
            asked: format!("{item} is there"),
            answer,
            note: format!("looked on day {day}"),
        },
    }
}

/// How `items` stand on `day`, in a place with one objective and no flags.
fn on(day: i64, items: Vec<Item>, answers: &[Attestation]) -> Readiness {
    let place = place();
    let environment: Environment = environment();
    let service = Service {
        owner: Recorded::NotRecorded,
        escalation: Recorded::NotRecorded,
        depends_on: Vec::new(),
        environments: BTreeMap::new(),
    };
    let known = Known {
        place: &place,
        service: &service,
        environment: &environment,
        runbooks: &[],
        rehearsal: Ok(None),
        recent: Recent::NotKnown("the platform did not answer".to_owned()),
        now: minute(day * DAY),
    };
    readiness(&list(items), &known, answers)
}

fn one(day: i64, fact: Option<Fact>, answers: &[Attestation]) -> ReadinessItem {
    let mut ready = on(day, vec![item("it", fact)], answers);
    ready.lists.swap_remove(0).items.swap_remove(0)
}

#[test]
fn what_nobody_answered_is_open_and_holds_for_nobody() {
    let open = one(0, None, &[]);
    assert_eq!((open.status, open.decided_by), (ItemStatus::Open, DecidedBy::Nobody));
    let unknown = one(0, Some(Fact::ReleaseMetadata), &[]);
    assert_eq!(unknown.status, ItemStatus::Open, "unknown is never yes");
    assert_eq!(unknown.sentence, "the platform did not answer");
}

#[test]
fn an_answer_of_a_person_counts_until_its_day_and_is_overdue_after_it() {
    let answers = [said("it", PersonAnswer::Yes, 0)];
    let fresh = one(30, None, &answers);
    assert_eq!((fresh.status, fresh.decided_by), (ItemStatus::Holds, DecidedBy::Person));
    let late = one(33, None, &answers);
    assert_eq!(late.status, ItemStatus::Overdue);
    assert_eq!(late.sentence, "ada said yes and it is 3 days overdue: looked on day 0");
}

#[test]
fn a_later_answer_stands_before_the_earlier_one_and_does_not_erase_it() {
    let answers = [said("it", PersonAnswer::Yes, 0), said("it", PersonAnswer::No, 1)];
    let item = one(2, None, &answers);
    assert_eq!(item.status, ItemStatus::DoesNotHold);
    let given: Vec<PersonAnswer> = item.history.iter().map(|one| one.answer).collect();
    assert_eq!(given, [PersonAnswer::No, PersonAnswer::Yes], "both are there, newest first");
    assert_eq!(one(2, None, &[said("other", PersonAnswer::Yes, 0)]).history, []);
}

#[test]
fn a_person_cannot_talk_a_fact_away_but_can_say_that_it_does_not_matter_here() {
    let (no, yes) = (Some(Fact::Flags), Some(Fact::Objectives));
    let insists = one(1, no, &[said("it", PersonAnswer::Yes, 0)]);
    assert_eq!((insists.status, insists.decided_by), (ItemStatus::DoesNotHold, DecidedBy::Fact));
    let spared = [said("it", PersonAnswer::NotApplicable, 0)];
    assert_eq!(one(1, no, &spared).status, ItemStatus::NotApplicable);
    assert_eq!(one(31, no, &spared).status, ItemStatus::DoesNotHold, "that grows old as well");
    assert_eq!(one(1, yes, &[said("it", PersonAnswer::No, 0)]).status, ItemStatus::Holds);
}

#[test]
fn where_a_fact_is_unknown_a_person_is_believed() {
    let fact = Some(Fact::ReleaseMetadata);
    let item = one(1, fact, &[said("it", PersonAnswer::Yes, 0)]);
    assert_eq!((item.status, item.decided_by), (ItemStatus::Holds, DecidedBy::Person));
    assert_eq!(item.fact.map(|fact| fact.holds), Some(Holds::Unknown), "and the doubt is shown");
}

#[test]
fn what_an_item_asked_is_told_when_it_asks_something_else_now() {
    let mut answer = said("it", PersonAnswer::Yes, 0);
    if let Stated::Answered { asked, .. } = &mut answer.says {
        "something easier".clone_into(asked);
    }
    let item = one(1, None, &[answer]);
    assert_eq!(item.history[0].asked.as_deref(), Some("something easier"));
}

#[test]
fn the_sentence_counts_what_concerns_the_service() {
    let items = ["a", "b", "c", "d", "e"].map(|id| item(id, None)).to_vec();
    let answers = [
        said("d", PersonAnswer::Yes, -40),
        said("a", PersonAnswer::Yes, 0),
        said("b", PersonAnswer::No, 0),
        said("e", PersonAnswer::NotApplicable, 0),
    ];
    let ready = on(1, items, &answers);
    assert_eq!(ready.sentence, "1 of 4 hold, 1 does not, 1 open, 1 overdue, 1 not applicable");
    assert_eq!(ready.sentence, ready.lists[0].sentence, "there is only one list");
}

#[test]
fn answers_of_a_newer_version_are_a_doubt_and_not_an_absence() {
    let newer = Attestation { says: Stated::Unknown, ..said("it", PersonAnswer::Yes, 0) };
    let ready = on(1, vec![item("it", None)], &[newer]);
    assert_eq!(ready.lists[0].items[0].status, ItemStatus::Open);
    assert_eq!(ready.doubts.len(), 1, "{:?}", ready.doubts);
}
