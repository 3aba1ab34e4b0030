//! What people say of a run's record.

use lastgood_core::name::{Person, RunId};
use lastgood_core::timeline::{Attachment, FollowUp, FollowUpStatus, LineId, LineKind, Milestone};
use lastgood_core::view::{LineView, MilestoneView, TimelineFilter};
use serde::{Deserialize, Serialize};

/// Asks for the timeline of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct TimelineQuery {
    /// Which run.
    pub run: RunId,
    /// Which lines; all that are not hidden when absent.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional, as = "Option<TimelineFilter>"))]
    pub filter: TimelineFilter,
}

impl From<RunId> for TimelineQuery {
    fn from(run: RunId) -> Self {
        Self { run, filter: TimelineFilter::default() }
    }
}

/// A time as a person gives it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct GivenTime {
    /// `2026-11-22 18:42`, `18:42:07` on the day of the run, or with an offset or `Z`.
    pub text: String,
    /// The zone of a local time, such as `Europe/Berlin`; this machine's when absent.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub zone: Option<String>,
}

/// Says something of a run's record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct AnnotateRequest {
    /// Which run.
    pub run: RunId,
    /// What.
    pub say: Say,
}

/// What can be said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "say", deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum Say {
    /// Something happened that the journal does not hold.
    Note {
        /// What, in Markdown.
        text: String,
        /// When; now when absent.
        #[serde(default)]
        at: Option<GivenTime>,
        /// What it is about; a note when absent.
        #[serde(default)]
        kind: Option<LineKind>,
        /// Who did it, when that is not who writes it down.
        #[serde(default)]
        actor: Option<Person>,
    },
    /// A line is better said, or timed, like this.
    Amend {
        /// Which.
        line: LineId,
        /// How; the text stays when absent.
        #[serde(default)]
        text: Option<String>,
        /// When; the time stays when absent.
        #[serde(default)]
        at: Option<GivenTime>,
    },
    /// A line is left out of what people read.
    Hide {
        /// Which.
        line: LineId,
        /// Why.
        reason: String,
    },
    /// A hidden line is read again.
    Show {
        /// Which.
        line: LineId,
    },
    /// A line matters most.
    Star {
        /// Which.
        line: LineId,
    },
    /// It does not, after all.
    Unstar {
        /// Which.
        line: LineId,
    },
    /// A point of the incident was at this time.
    Phase {
        /// Which point.
        milestone: Milestone,
        /// When; the mark is taken back when absent.
        #[serde(default)]
        at: Option<GivenTime>,
    },
    /// Something is left to do.
    FollowUp {
        /// Which one is changed; a new one is made when absent.
        #[serde(default)]
        #[cfg_attr(feature = "bindings", ts(type = "number | null"))]
        number: Option<u64>,
        /// What is to be done.
        #[serde(default)]
        title: Option<String>,
        /// Who does it.
        #[serde(default)]
        owner: Option<String>,
        /// Until which day, `2026-12-01`.
        #[serde(default)]
        due: Option<String>,
        /// Where it is tracked, an `https` address.
        #[serde(default)]
        link: Option<String>,
        /// Where it stands.
        #[serde(default)]
        status: Option<FollowUpStatus>,
    },
    /// A part of the postmortem.
    Write {
        /// Its name, such as `summary`.
        part: String,
        /// What it says, in Markdown; empty takes it away.
        text: String,
    },
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct AnnotatedView {
    /// Which run.
    pub run: RunId,
    /// The line that was added or changed, as it reads now.
    pub line: Option<LineView>,
    /// The follow-up that was made or changed.
    pub follow_up: Option<FollowUp>,
    /// The points that are marked now.
    pub milestones: Vec<MilestoneView>,
    /// How many annotations there are now.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub annotations: u64,
}

/// What is left to do after a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct FollowUpsView {
    /// By number.
    pub items: Vec<FollowUp>,
    /// What the open ones lack, one sentence each.
    pub lacks: Vec<String>,
}

/// Attaches a picture or a text to a run's record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct AttachRequest {
    /// Which run.
    pub run: RunId,
    /// The line that it belongs to; the whole record when absent.
    #[serde(default)]
    pub line: Option<LineId>,
    /// What its file is called.
    pub name: String,
    /// What it shows, for whoever cannot see it.
    pub caption: String,
    /// Its bytes, in base 64.
    pub base64: String,
}

/// Asks for something that was attached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct AttachmentQuery {
    /// Which run.
    pub run: RunId,
    /// SHA-256 of its bytes, hex.
    pub hash: String,
}

/// Something that was attached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct AttachmentView {
    /// What it is.
    pub attachment: Attachment,
    /// Its bytes, in base 64.
    pub base64: String,
}
