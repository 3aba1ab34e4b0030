//! Questions about checklists.

use lastgood_core::catalog::Place;
use lastgood_core::checklist::PersonAnswer;
use serde::{Deserialize, Serialize};

/// Asks how a place stands against every checklist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct ChecklistQuery {
    /// Where.
    pub place: Place,
}

/// A person answers an item. Answers are only ever added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct AttestRequest {
    /// Where.
    pub place: Place,
    /// The item's id.
    pub item: String,
    /// The answer.
    pub answer: PersonAnswer,
    /// What the person looked at; it is kept.
    pub note: String,
}
