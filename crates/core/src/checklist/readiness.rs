//! Holds checklists against what is known and what people answered.

use serde::{Deserialize, Serialize};

use super::answer::{Attestation, PersonAnswer, Stated};
use super::fact::{FactAnswer, Holds, Known};
use super::{Checklist, Item, in_words};
use crate::catalog::Place;
use crate::name::{ChecklistName, ItemId, Person};
use crate::time::{EpochMs, Millis, later};

/// How an item stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum ItemStatus {
    /// It is true.
    Holds,
    /// It is not.
    DoesNotHold,
    /// It does not concern this service.
    NotApplicable,
    /// Nobody knows.
    Open,
    /// Somebody knew, too long ago.
    Overdue,
}

impl ItemStatus {
    /// As a person reads it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::DoesNotHold => "does not hold",
            Self::NotApplicable => "not applicable",
            Self::Open => "open",
            Self::Overdue => "overdue",
        }
    }
}

/// Whose word it is that an item stands as it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum DecidedBy {
    /// What Lastgood sees.
    Fact,
    /// The last answer of a person.
    Person,
    /// Nobody's: it is open.
    Nobody,
}

/// What a person answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct GivenAnswer {
    /// The answer.
    pub answer: PersonAnswer,
    /// Who.
    pub by: Person,
    /// When, on the wall.
    pub at: EpochMs,
    /// What the person looked at.
    pub note: String,
    /// When it is due again, by the item's limit of today.
    pub due: EpochMs,
    /// What the item asked then, where it has changed since.
    pub asked: Option<String>,
}

/// An item and how it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct ReadinessItem {
    /// Its id.
    pub id: ItemId,
    /// What should be true.
    pub title: String,
    /// What goes wrong without it.
    pub why: String,
    /// How it stands.
    pub status: ItemStatus,
    /// Whose word that is.
    pub decided_by: DecidedBy,
    /// The reason, in a line.
    pub sentence: String,
    /// What Lastgood sees; `null` where only a person can tell.
    pub fact: Option<FactAnswer>,
    /// How long a person's answer holds.
    pub due_again_after: Millis,
    /// What people answered, newest first.
    pub history: Vec<GivenAnswer>,
}

/// How many items stand how. `items` are those that concern the service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct ReadinessTally {
    /// All that concern the service.
    pub items: u32,
    /// Of these, those that hold.
    pub hold: u32,
    /// Of these, those that do not.
    pub do_not_hold: u32,
    /// Of these, those of which nobody knows.
    pub open: u32,
    /// Of these, those of which somebody knew too long ago.
    pub overdue: u32,
    /// Those that do not concern it.
    pub not_applicable: u32,
}

/// A checklist and how its items stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct ReadinessList {
    /// Its name.
    pub name: ChecklistName,
    /// Its title.
    pub title: String,
    /// In the order of the file.
    pub items: Vec<ReadinessItem>,
    /// How many stand how.
    pub tally: ReadinessTally,
    /// The same in a sentence.
    pub sentence: String,
}

/// How a place stands against every checklist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Readiness {
    /// Where.
    pub place: Place,
    /// When it was looked at, on the wall.
    pub at: EpochMs,
    /// In the order of their files.
    pub lists: Vec<ReadinessList>,
    /// How many items of all lists stand how.
    pub tally: ReadinessTally,
    /// The same in a sentence.
    pub sentence: String,
    /// What keeps this from being all, as sentences.
    pub doubts: Vec<String>,
}

/// Holds `lists` against what is `known` and what people answered, oldest first.
///
/// A fact that is seen to be true or false stands; a person can only say that an item whose
/// fact is false does not concern the service. Where the fact is unknown, and where there is
/// none, the last answer of a person counts until it is due again.
#[must_use]
pub fn readiness(lists: &[Checklist], known: &Known<'_>, answers: &[Attestation]) -> Readiness {
    let lists: Vec<ReadinessList> = lists
        .iter()
        .map(|list| {
            let items: Vec<ReadinessItem> =
                list.items.iter().map(|item| stand(item, known, answers)).collect();
            let tally = ReadinessTally::of(&items);
            ReadinessList {
                name: list.name.clone(),
                title: list.title.clone(),
                items,
                tally,
                sentence: tally.sentence(),
            }
        })
        .collect();
    let tally = ReadinessTally::of(lists.iter().flat_map(|list| &list.items));
    let newer = answers.iter().filter(|one| one.says == Stated::Unknown).count();
    let doubts = (newer > 0)
        .then(|| format!("{newer} answers were written by a newer version and are not shown"));
    Readiness {
        place: known.place.clone(),
        at: known.now.into(),
        lists,
        tally,
        sentence: tally.sentence(),
        doubts: doubts.into_iter().collect(),
    }
}

fn stand(item: &Item, known: &Known<'_>, answers: &[Attestation]) -> ReadinessItem {
    let history = history(item, answers);
    let fact = item.answered_by.map(|fact| fact.answer(known, item.due_again_after));
    let (status, decided_by, sentence) = decide(fact.as_ref(), history.first(), known.now.into());
    ReadinessItem {
        id: item.id.clone(),
        title: item.title.clone(),
        why: item.why.clone(),
        status,
        decided_by,
        sentence,
        fact,
        due_again_after: item.due_again_after,
        history,
    }
}

/// What people answered to `item`, newest first.
fn history(item: &Item, answers: &[Attestation]) -> Vec<GivenAnswer> {
    let given = |one: &Attestation| match &one.says {
        Stated::Answered { item: of, asked, answer, note } if *of == item.id => Some(GivenAnswer {
            answer: *answer,
            by: one.by.clone(),
            at: one.recorded_at.into(),
            note: note.clone(),
            due: later(one.recorded_at, item.due_again_after).into(),
            asked: (*asked != item.title).then(|| asked.clone()),
        }),
        Stated::Answered { .. } | Stated::Unknown => None,
    };
    answers.iter().rev().filter_map(given).collect()
}

fn decide(
    fact: Option<&FactAnswer>,
    last: Option<&GivenAnswer>,
    now: EpochMs,
) -> (ItemStatus, DecidedBy, String) {
    let fresh = |one: &&GivenAnswer| now <= one.due;
    match fact.map(|fact| (fact.holds, &fact.because)) {
        Some((Holds::Yes, because)) => (ItemStatus::Holds, DecidedBy::Fact, because.clone()),
        Some((Holds::No, because)) => {
            let spared = |one: &&GivenAnswer| one.answer == PersonAnswer::NotApplicable;
            match last.filter(fresh).filter(spared) {
                Some(one) => (ItemStatus::NotApplicable, DecidedBy::Person, one.note.clone()),
                None => (ItemStatus::DoesNotHold, DecidedBy::Fact, because.clone()),
            }
        }
        Some((Holds::Unknown, _)) | None => match last {
            Some(one) if fresh(&one) => {
                let status = match one.answer {
                    PersonAnswer::Yes => ItemStatus::Holds,
                    PersonAnswer::No => ItemStatus::DoesNotHold,
                    PersonAnswer::NotApplicable => ItemStatus::NotApplicable,
                };
                (status, DecidedBy::Person, one.note.clone())
            }
            Some(one) => (ItemStatus::Overdue, DecidedBy::Person, overdue(one, now)),
            None => {
                let nobody = || "nobody has answered yet".to_owned();
                let because = fact.map_or_else(nobody, |fact| fact.because.clone());
                (ItemStatus::Open, DecidedBy::Nobody, because)
            }
        },
    }
}

fn overdue(last: &GivenAnswer, now: EpochMs) -> String {
    let late = Millis(u64::try_from(now.0.saturating_sub(last.due.0)).unwrap_or(0));
    format!(
        "{} said {} and it is {} overdue: {}",
        last.by,
        last.answer.as_str(),
        in_words(late),
        last.note
    )
}

impl ReadinessTally {
    fn of<'a>(items: impl IntoIterator<Item = &'a ReadinessItem>) -> Self {
        let mut tally = Self::default();
        for item in items {
            let count = match item.status {
                ItemStatus::Holds => &mut tally.hold,
                ItemStatus::DoesNotHold => &mut tally.do_not_hold,
                ItemStatus::Open => &mut tally.open,
                ItemStatus::Overdue => &mut tally.overdue,
                ItemStatus::NotApplicable => &mut tally.not_applicable,
            };
            *count += 1;
        }
        tally.items = tally.hold + tally.do_not_hold + tally.open + tally.overdue;
        tally
    }

    /// `9 of 13 hold, 1 does not, 2 open, 1 overdue`; what does not concern the service is
    /// counted apart.
    #[must_use]
    pub fn sentence(self) -> String {
        let Self { items, hold, do_not_hold, open, overdue, not_applicable } = self;
        let verb = if do_not_hold == 1 { "does" } else { "do" };
        let mut text = format!("{hold} of {items} hold");
        for (count, words) in [
            (do_not_hold, format!("{verb} not")),
            (open, "open".to_owned()),
            (overdue, "overdue".to_owned()),
            (not_applicable, "not applicable".to_owned()),
        ] {
            if count > 0 {
                text = format!("{text}, {count} {words}");
            }
        }
        text
    }
}

#[cfg(test)]
mod tests;
