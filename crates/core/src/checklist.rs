//! Checklists: what a service and its delivery should have before an incident asks for it.
//!
//! Start with [`readiness`]. An item is answered by a [`Fact`] where the catalog, the journal
//! or the platform can tell, and otherwise by a person, whose answer is due again after a
//! while. What is not known is open and never holds.

mod answer;
mod fact;
mod readiness;

use serde::{Deserialize, Serialize};

use crate::name::{ChecklistName, ItemId};
use crate::time::Millis;

pub use answer::{Attestation, PersonAnswer, Stated, subject};
pub use fact::{DEPLOYS, Fact, FactAnswer, Holds, Known, KnownRunbook, Recent};
pub use readiness::{
    DecidedBy, GivenAnswer, ItemStatus, Readiness, ReadinessItem, ReadinessList, ReadinessTally,
    readiness,
};

/// A list of what should be true, as a team keeps it in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checklist {
    /// Unique in its workspace.
    pub name: ChecklistName,
    /// What a person reads above it.
    pub title: String,
    /// What it is about, in a sentence or a few.
    pub summary: Option<String>,
    /// In the order of the file; never empty.
    pub items: Vec<Item>,
}

/// One thing that should be true.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Unique in all checklists of the workspace; answers are kept under it.
    pub id: ItemId,
    /// What should be true, as a sentence.
    pub title: String,
    /// What goes wrong without it.
    pub why: String,
    /// How long an answer holds.
    pub due_again_after: Millis,
    /// What answers it, if not a person.
    pub answered_by: Option<Fact>,
}

/// A length of days or hours in words: `30 days`.
pub(crate) fn in_words(length: Millis) -> String {
    const HOUR: u64 = 3_600_000;
    let (number, unit) = match length.0 / HOUR {
        hours if hours >= 48 => (hours / 24, "day"),
        hours => (hours, "hour"),
    };
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {unit}{plural}")
}
