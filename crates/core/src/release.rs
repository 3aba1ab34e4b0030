//! A release, its metadata, and the deploys that put it somewhere.

pub mod contract;
pub mod facts;
pub mod gate;
mod history;
mod last_good;
pub mod lock;
mod mark;
mod merge;
pub mod metadata;
mod note;
mod owed;
mod record;
mod set;
pub mod tenure;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use contract::Promises;
pub use facts::{Facts, ReleaseFacts};
pub use gate::{Answer, Gate};
pub use history::{Evidence, History, Standing, Standings};
pub use last_good::{Candidate, Fitness, ORDER, Objection, Proposal, propose};
pub use mark::{Ground, Lift, Mark, Marks, Named, Remark, Saying};
pub use merge::{Source, merge};
pub use metadata::Metadata;
pub use note::{Kept, Note, NoteState};
pub use owed::{may_owe, owed};
pub use record::{EndReason, Record};
pub use set::{SetProposal, propose_set};

use crate::catalog::{Place, Strategy};
use crate::name::ReleaseId;
use crate::recorded::Recorded;

/// An artifact in an environment, with what is known about it. What nobody recorded
/// says so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Release {
    /// The platform's own handle.
    pub id: ReleaseId,
    /// The version in words; never empty (the handle when nobody named it).
    pub version: String,
    /// The artifact as deployed, such as an image reference.
    pub artifact: String,
    /// The artifact's digest, `sha256:…`.
    pub digest: Recorded<String>,
    /// The commit it was built from.
    pub commit: Recorded<String>,
    /// What changed, in a line or a few.
    pub changelog: Recorded<String>,
    /// The schema migration version it expects.
    pub schema_version: Recorded<String>,
    /// Flags that it toggled or needs, with their values.
    pub flags: Recorded<BTreeMap<String, String>>,
    /// How to go back from it, as of that release.
    pub rollback: Recorded<Rollback>,
    /// Money per thousand requests, in the team's currency.
    pub cost: Recorded<f64>,
    /// The contracts that it keeps and needs, and when it expires.
    #[serde(default, skip_serializing_if = "Promises::is_silent")]
    pub promises: Promises,
}

/// How a team said one goes back from a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Rollback {
    /// A command line, for reading; Lastgood does not run it.
    Command(String),
    /// A page.
    Runbook(String),
}

/// The act of putting a release into an environment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Deploy {
    /// Where.
    pub place: Place,
    /// What.
    pub release: Release,
    /// How.
    pub strategy: Strategy,
    /// When it began.
    pub at: Timestamp,
    /// When it ended, if it has.
    pub ended_at: Option<Timestamp>,
    /// Who did it.
    pub actor: Recorded<String>,
    /// How it ended.
    pub outcome: DeployOutcome,
    /// Whom it came to.
    #[serde(default, skip_serializing_if = "Reach::is_everybody")]
    pub reach: Reach,
}

/// Which users met a deploy, at the most. Only what came to everybody ended the time of
/// what served before it: a canary that was taken back, and a colour that stood by, did not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// All of them, or nobody recorded how many: then what served before is taken to have
    /// ended, which makes its time short rather than long.
    #[default]
    Everybody,
    /// Some, while the release before it went on serving the others.
    Some,
    /// None: it stood by.
    Nobody,
}

impl Reach {
    /// Whether what served before it ended with it.
    #[must_use]
    pub const fn is_everybody(&self) -> bool {
        matches!(self, Self::Everybody)
    }
}

/// How a deploy ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum DeployOutcome {
    /// Still going on.
    InProgress,
    /// The platform reports that it is complete. This is not "good".
    Completed,
    /// The platform gave up.
    Failed,
    /// It was undone by a rollback.
    RolledBack,
    /// The platform does not say.
    Unknown,
}

/// A page of deploys, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeployPage {
    /// Newest first.
    pub deploys: Vec<Deploy>,
    /// Whether older ones exist beyond this page.
    pub more: bool,
    /// What the source could not tell, as sentences.
    pub doubts: Vec<String>,
}
