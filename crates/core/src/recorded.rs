//! A field that somebody recorded, or that nobody did.

use serde::{Deserialize, Serialize};

/// A value of release metadata. "Not recorded" is an answer of its own, never a blank:
/// the difference between "no migrations" and "nobody said" decides rollbacks.
///
/// On the wire it is the value or `null`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Option<T>", into = "Option<T>")]
#[serde(bound(serialize = "T: Clone + Serialize", deserialize = "T: Deserialize<'de>"))]
pub enum Recorded<T> {
    /// Somebody recorded this.
    Recorded(T),
    /// Nobody recorded it.
    #[default]
    NotRecorded,
}

impl<T> Recorded<T> {
    /// The value, if it was recorded.
    pub fn as_option(&self) -> Option<&T> {
        match self {
            Self::Recorded(value) => Some(value),
            Self::NotRecorded => None,
        }
    }

    /// Applies `f` to a recorded value.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Recorded<U> {
        match self {
            Self::Recorded(value) => Recorded::Recorded(f(value)),
            Self::NotRecorded => Recorded::NotRecorded,
        }
    }
}

impl<T: ToString> Recorded<T> {
    /// The value as text, or the words `not recorded`.
    pub fn or_words(&self) -> String {
        self.as_option().map_or_else(|| "not recorded".to_owned(), ToString::to_string)
    }
}

impl<T> From<Option<T>> for Recorded<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::NotRecorded, Self::Recorded)
    }
}

impl<T> From<Recorded<T>> for Option<T> {
    fn from(value: Recorded<T>) -> Self {
        match value {
            Recorded::Recorded(value) => Some(value),
            Recorded::NotRecorded => None,
        }
    }
}
