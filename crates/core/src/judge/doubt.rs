//! What keeps counts from deciding.

use serde::{Deserialize, Serialize};

use super::Verdict;
use crate::time::Millis;

/// Something that keeps a measurement from deciding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Doubt {
    /// The query found no series.
    NoData,
    /// There were series and no requests.
    NoTraffic,
    /// The newest sample is too old.
    Stale {
        /// Its age.
        age: Millis,
    },
    /// The value has not moved although it should have.
    Frozen,
    /// Only a part of the sources answered.
    Partial {
        /// What the source said.
        why: String,
    },
    /// More series than expected, and no way to tell which one counts.
    Ambiguous {
        /// What was found.
        why: String,
    },
    /// The counts of a window look like counters that grow: every request would be counted
    /// again in every window after its own.
    Cumulative,
    /// A series began in the window and nobody knows from which value.
    UnknownOrigin,
    /// Too few requests to decide.
    TooFew {
        /// Requests seen.
        have: u64,
        /// Requests needed.
        need: u64,
    },
    /// The answer cannot be a count: infinite, negative, not a number.
    BadQuery {
        /// What was wrong.
        why: String,
    },
    /// The source did not answer, or not in its own protocol.
    Unreachable {
        /// What happened.
        why: String,
    },
    /// The source does not let us ask.
    Unauthorised {
        /// What it said.
        why: String,
    },
}

impl Doubt {
    /// Whether it means that we could not ask at all.
    #[must_use]
    pub const fn is_error(&self) -> bool {
        match self {
            Self::BadQuery { .. }
            | Self::Ambiguous { .. }
            | Self::Unreachable { .. }
            | Self::Unauthorised { .. } => true,
            Self::NoData
            | Self::NoTraffic
            | Self::Stale { .. }
            | Self::Frozen
            | Self::Partial { .. }
            | Self::Cumulative
            | Self::UnknownOrigin
            | Self::TooFew { .. } => false,
        }
    }

    /// What these doubts make of any evidence: an error when we could not ask, inconclusive
    /// when what came back cannot decide, and nothing when there are none.
    #[must_use]
    pub fn verdict(doubts: &[Self]) -> Option<Verdict> {
        if doubts.iter().any(Self::is_error) {
            Some(Verdict::Error)
        } else if doubts.is_empty() {
            None
        } else {
            Some(Verdict::Inconclusive)
        }
    }

    /// In words, as the end of a sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::NoData => "the query found no data".to_owned(),
            Self::NoTraffic => "there was no traffic".to_owned(),
            Self::Stale { age } => format!("the newest sample is {age} old"),
            Self::Frozen => "the numbers have stopped moving".to_owned(),
            Self::Partial { why } => format!("only a part answered: {why}"),
            Self::Ambiguous { why } => format!("more than one series matches: {why}"),
            Self::Cumulative => {
                "these look like counters that grow, and each row must hold what happened in its \
                 own tick: give the differences of a row and the one before"
                    .to_owned()
            }
            Self::UnknownOrigin => "a series began at an unknown value".to_owned(),
            Self::TooFew { have, need } => format!("only {have} requests, {need} are needed"),
            Self::BadQuery { why } => format!("the query is at fault: {why}"),
            Self::Unreachable { why } => format!("no answer: {why}"),
            Self::Unauthorised { why } => format!("not allowed to ask: {why}"),
        }
    }
}
