//! What people answer. Answers are only ever added: a later one stands before the earlier
//! ones and does not replace them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::catalog::Place;
use crate::name::{ItemId, Person};
use crate::plan::Plan;
use crate::release::Ground;

/// What a person can answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum PersonAnswer {
    /// It is true.
    Yes,
    /// It is not.
    No,
    /// It does not concern this service.
    NotApplicable,
}

impl PersonAnswer {
    /// As typed and printed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::NotApplicable => "not-applicable",
        }
    }
}

/// One line of what was answered at a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attestation {
    /// When it was said, in the world that it is about.
    pub at: Timestamp,
    /// When it was recorded, on the wall; from then on it grows old.
    pub recorded_at: Timestamp,
    /// Who said it.
    pub by: Person,
    /// What.
    pub says: Stated,
}

/// What can be said of an item. Names are never changed or reused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "says")]
pub enum Stated {
    /// A person answered.
    Answered {
        /// Which item.
        item: ItemId,
        /// What the item asked then; its file may have changed since.
        asked: String,
        /// The answer.
        answer: PersonAnswer,
        /// What the person looked at.
        note: String,
    },
    /// Written by a newer version.
    #[serde(other)]
    Unknown,
}

impl Stated {
    /// The name that a ledger indexes it by.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Answered { .. } => "answered",
            Self::Unknown => "unknown",
        }
    }
}

/// Where the answers about a place belong: its platform's coordinates, or practice. Every
/// drill plays in a world of its own, but the practice service is the same in all of them.
#[must_use]
pub fn subject(place: &Place, live: Option<&str>) -> Ground {
    live.map_or_else(
        || Ground::practice("every drill", place),
        |coordinates| Ground::live(coordinates, place),
    )
}

impl Plan {
    /// Where the answers about the plan's place belong.
    #[must_use]
    pub fn checklist_subject(&self) -> Ground {
        let live = self.drill.is_none().then_some(self.coordinates.as_str());
        subject(&self.place, live)
    }
}
