//! Who drives a run, as far as whoever looks at it can tell.

use crate::name::Person;
use crate::run::{Entry, Event};

/// Where a run is driven, seen from the process that shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Driven {
    /// Nowhere: it was interrupted, or it is over.
    Not,
    /// In this process: whoever looks at it can answer it.
    Here,
    /// In another process: it can be read here, and somebody else answers it.
    Elsewhere,
}

impl Driven {
    /// Whether any process drives it.
    #[must_use]
    pub const fn at_all(self) -> bool {
        matches!(self, Self::Here | Self::Elsewhere)
    }

    /// Who drives it in another process: whoever took it up last, or else who began it.
    pub(super) fn by(self, entries: &[Entry]) -> Option<Person> {
        match self {
            Self::Elsewhere => entries.iter().rev().find_map(took_up),
            Self::Not | Self::Here => None,
        }
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "two events begin a drive; no other does")]
fn took_up(entry: &Entry) -> Option<Person> {
    match &entry.event {
        Event::Planned { by, .. } | Event::Resumed { by } => Some(by.clone()),
        _ => None,
    }
}
