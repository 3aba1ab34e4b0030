//! How the place of a run stood against its checklists when the export was made, with times as
//! documents write them.

use jiff::Timestamp;
use lastgood_core::checklist::{
    DecidedBy, GivenAnswer, ItemStatus, PersonAnswer, Readiness, ReadinessItem, ReadinessList,
};
use lastgood_core::name::{ChecklistName, ItemId, Person};
use lastgood_core::time::EpochMs;
use serde::{Deserialize, Serialize};

/// How the place stood when the export was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(schemars::JsonSchema))]
pub struct ReadinessPart {
    /// When that was, UTC.
    #[cfg_attr(feature = "bindings", schemars(with = "String"))]
    pub at: Timestamp,
    /// How many items stand how, in a sentence.
    pub sentence: String,
    /// In the order of their files.
    pub checklists: Vec<ChecklistPart>,
    /// What keeps this from being all, as sentences.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<String>,
}

/// A checklist and how its items stood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(schemars::JsonSchema))]
pub struct ChecklistPart {
    /// Its name.
    pub name: ChecklistName,
    /// Its title.
    pub title: String,
    /// How many of its items stand how, in a sentence.
    pub sentence: String,
    /// In the order of the file.
    pub items: Vec<ChecklistItemPart>,
}

/// An item and how it stood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(schemars::JsonSchema))]
pub struct ChecklistItemPart {
    /// Its id.
    pub id: ItemId,
    /// What should be true.
    pub title: String,
    /// How it stood.
    pub status: ItemStatus,
    /// Whose word that is.
    pub decided_by: DecidedBy,
    /// The reason, in a line.
    pub sentence: String,
    /// Where Lastgood looked; `null` where only a person can tell.
    pub seen: Option<String>,
    /// What people answered, newest first.
    pub answers: Vec<AnswerPart>,
}

/// What a person answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(schemars::JsonSchema))]
pub struct AnswerPart {
    /// The answer.
    pub answer: PersonAnswer,
    /// Who.
    pub by: Person,
    /// When, UTC.
    #[cfg_attr(feature = "bindings", schemars(with = "String"))]
    pub at: Timestamp,
    /// When it is due again, UTC.
    #[cfg_attr(feature = "bindings", schemars(with = "String"))]
    pub due: Timestamp,
    /// What the person looked at.
    pub note: String,
}

fn time(at: EpochMs) -> Timestamp {
    // What was recorded was a time; one beyond the calendar stays at its end.
    Timestamp::from_millisecond(at.0).unwrap_or(Timestamp::MAX)
}

impl From<&Readiness> for ReadinessPart {
    fn from(readiness: &Readiness) -> Self {
        Self {
            at: time(readiness.at),
            sentence: readiness.sentence.clone(),
            checklists: readiness.lists.iter().map(ChecklistPart::from).collect(),
            doubts: readiness.doubts.clone(),
        }
    }
}

impl From<&ReadinessList> for ChecklistPart {
    fn from(list: &ReadinessList) -> Self {
        Self {
            name: list.name.clone(),
            title: list.title.clone(),
            sentence: list.sentence.clone(),
            items: list.items.iter().map(ChecklistItemPart::from).collect(),
        }
    }
}

impl From<&ReadinessItem> for ChecklistItemPart {
    fn from(item: &ReadinessItem) -> Self {
        Self {
            id: item.id.clone(),
            title: item.title.clone(),
            status: item.status,
            decided_by: item.decided_by,
            sentence: item.sentence.clone(),
            seen: item.fact.as_ref().map(|fact| fact.seen.clone()),
            answers: item.history.iter().map(AnswerPart::from).collect(),
        }
    }
}

impl From<&GivenAnswer> for AnswerPart {
    fn from(given: &GivenAnswer) -> Self {
        Self {
            answer: given.answer,
            by: given.by.clone(),
            at: time(given.at),
            due: time(given.due),
            note: given.note.clone(),
        }
    }
}
