//! What people add to the record of a run: layers over its lines. A line of the journal is
//! never changed; what somebody says of it stands beside it, with who and when.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::LineKind;
use super::followup::FollowUp;
use crate::name::Person;

/// Names a line of a timeline: `e12` is entry 12 of the journal, `n3` is annotation 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
#[cfg_attr(feature = "bindings", ts(type = "string"), schemars(with = "String"))]
pub enum LineId {
    /// An entry of the journal.
    Entry(u64),
    /// A line that was added afterwards, by the number of its annotation.
    Added(u64),
}

impl std::fmt::Display for LineId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Entry(seq) => write!(f, "e{seq}"),
            Self::Added(seq) => write!(f, "n{seq}"),
        }
    }
}

impl From<LineId> for String {
    fn from(id: LineId) -> Self {
        id.to_string()
    }
}

/// Why a text names no line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names no line; lines are named like `e12` and `n3`")]
pub struct MalformedLineId(String);

impl TryFrom<String> for LineId {
    type Error = MalformedLineId;

    fn try_from(text: String) -> Result<Self, MalformedLineId> {
        let number = |digits: &str| digits.parse().ok().filter(|_| !digits.starts_with('+'));
        let found = match text.split_at_checked(1) {
            Some(("e", digits)) => number(digits).map(Self::Entry),
            Some(("n", digits)) => number(digits).map(Self::Added),
            Some(_) | None => None,
        };
        found.ok_or(MalformedLineId(text))
    }
}

impl Default for LineId {
    /// Before the first entry: what a document of an older version says.
    fn default() -> Self {
        Self::Entry(0)
    }
}

/// A point of an incident that a person marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Milestone {
    /// Users began to be hurt.
    ImpactStarted,
    /// Somebody or something noticed.
    Detected,
    /// A person took it on.
    Acknowledged,
    /// Users were no longer hurt, whatever was left to do.
    Mitigated,
    /// It was shown that they were not.
    Verified,
    /// Nothing was left to do.
    Resolved,
}

impl Milestone {
    /// All of them, in the order in which they should happen.
    pub const ALL: [Self; 6] = [
        Self::ImpactStarted,
        Self::Detected,
        Self::Acknowledged,
        Self::Mitigated,
        Self::Verified,
        Self::Resolved,
    ];

    /// What a person reads.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::ImpactStarted => "Impact started",
            Self::Detected => "Detected",
            Self::Acknowledged => "Acknowledged",
            Self::Mitigated => "Mitigated",
            Self::Verified => "Verified",
            Self::Resolved => "Resolved",
        }
    }

    /// As written on a command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ImpactStarted => "impact-started",
            Self::Detected => "detected",
            Self::Acknowledged => "acknowledged",
            Self::Mitigated => "mitigated",
            Self::Verified => "verified",
            Self::Resolved => "resolved",
        }
    }
}

/// Where a line was taken from, and what it is called there: what makes a second import of
/// the same thing known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Origin {
    /// The system: `alertmanager`, `github`, `slack`, `csv`.
    pub system: String,
    /// Its own name for it, or a hash of its contents.
    pub id: String,
}

/// A line that a person adds, or takes from another system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddedLine {
    /// When it happened.
    pub at: Timestamp,
    /// The zone or offset that the time was given in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// What it is about.
    pub kind: LineKind,
    /// What happened, in Markdown.
    pub text: String,
    /// Who did it, when that is not who wrote it down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// Where it was taken from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

/// A picture or a text that belongs to the record, kept under its hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Attachment {
    /// SHA-256 of its bytes, hex.
    pub hash: String,
    /// What its file was called.
    pub name: String,
    /// `image/png`, `image/jpeg`, `image/gif`, `image/webp` or `text/plain`.
    pub media_type: String,
    /// How many bytes it has.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub bytes: u64,
    /// The line that it belongs to; `null` for the whole record.
    pub line: Option<LineId>,
    /// What it shows, for whoever cannot see it.
    pub caption: String,
}

/// One thing that was said of a run's record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Annotation {
    /// When it was said, in the run's world.
    pub at: Timestamp,
    /// When it was recorded, on the wall.
    pub recorded_at: Timestamp,
    /// Who said it.
    pub by: Person,
    /// What.
    pub says: Layer,
}

/// What can be said of a record. Names are never changed or reused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "says")]
pub enum Layer {
    /// Something that the journal does not hold happened too.
    Added {
        /// What.
        line: AddedLine,
    },
    /// A line is better said like this.
    Amended {
        /// Which.
        line: LineId,
        /// How.
        text: String,
    },
    /// A line happened at another time.
    Retimed {
        /// Which.
        line: LineId,
        /// When.
        to: Timestamp,
        /// The zone or offset that the time was given in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        zone: Option<String>,
    },
    /// A line is left out of what people read.
    Hidden {
        /// Which.
        line: LineId,
        /// Why.
        reason: String,
    },
    /// A hidden line is read again.
    Shown {
        /// Which.
        line: LineId,
    },
    /// A line matters most.
    Starred {
        /// Which.
        line: LineId,
    },
    /// It does not, after all.
    Unstarred {
        /// Which.
        line: LineId,
    },
    /// A point of the incident was at this time.
    Marked {
        /// Which point.
        milestone: Milestone,
        /// When.
        on: Timestamp,
        /// The zone or offset that the time was given in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        zone: Option<String>,
    },
    /// Nobody knows when a point of the incident was, after all.
    Unmarked {
        /// Which point.
        milestone: Milestone,
    },
    /// Something is left to do. The last word about a number counts, whole.
    FollowUp {
        /// What.
        item: FollowUp,
    },
    /// A part of the postmortem, in Markdown. The last word counts; an empty one takes the
    /// part away.
    Wrote {
        /// The part, such as `summary`.
        part: String,
        /// What it says.
        text: String,
    },
    /// A picture or a text belongs to the record.
    Attached {
        /// Which.
        attachment: Attachment,
    },
    /// Written by a newer version; it is counted, and shown as a doubt.
    #[serde(other)]
    Unknown,
}

impl Layer {
    /// The name that the journal indexes it by.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Added { .. } => "added",
            Self::Amended { .. } => "amended",
            Self::Retimed { .. } => "retimed",
            Self::Hidden { .. } => "hidden",
            Self::Shown { .. } => "shown",
            Self::Starred { .. } => "starred",
            Self::Unstarred { .. } => "unstarred",
            Self::Marked { .. } => "marked",
            Self::Unmarked { .. } => "unmarked",
            Self::FollowUp { .. } => "follow-up",
            Self::Wrote { .. } => "wrote",
            Self::Attached { .. } => "attached",
            Self::Unknown => "unknown",
        }
    }

    /// The line that it is about, when it is about one.
    #[must_use]
    pub const fn line(&self) -> Option<LineId> {
        match self {
            Self::Amended { line, .. }
            | Self::Retimed { line, .. }
            | Self::Hidden { line, .. }
            | Self::Shown { line }
            | Self::Starred { line }
            | Self::Unstarred { line } => Some(*line),
            Self::Attached { attachment } => attachment.line,
            Self::Added { .. }
            | Self::Marked { .. }
            | Self::Unmarked { .. }
            | Self::FollowUp { .. }
            | Self::Wrote { .. }
            | Self::Unknown => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_named_as_it_is_shown_and_by_nothing_else() {
        for id in [LineId::Entry(12), LineId::Added(3)] {
            assert_eq!(LineId::try_from(id.to_string()), Ok(id));
        }
        for text in ["", "e", "12", "x3", "e-1", "e+1", "é1", "n1.5"] {
            assert!(LineId::try_from(text.to_owned()).is_err(), "{text}");
        }
    }

    #[test]
    fn what_a_newer_version_says_is_unknown_and_no_error() {
        let layer: Layer =
            serde_json::from_str(r#"{"says":"sung","tune":"la"}"#).expect("it is read");
        assert_eq!(layer, Layer::Unknown);
    }
}
