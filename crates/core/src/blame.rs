//! Which change caused it: a score for each change from a few terms, every one of which
//! is shown with its numbers, and a plain "no change explains this" when none does.
//!
//! Start with [`blame`]. When a metric changed is found in [`change_points`].

mod breach;
mod change_point;
mod score;
mod silence;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use breach::Kept;
pub use change_point::{ChangePoint, Settings, change_points};
pub use score::blame;
pub use silence::{Heard, Hearing, Instance, Scraped, Silence};

use crate::judge::{Counts, Tick};
use crate::recorded::Recorded;
use crate::time::{EpochMs, Millis};

/// What kind of change it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum ChangeKind {
    /// A release was rolled out.
    Deploy,
    /// A setting outside of any artifact was changed.
    Configuration,
    /// A feature flag was toggled.
    Flag,
    /// A schema migration ran.
    Migration,
}

/// A change that may have caused the incident, with what was observed of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What a person calls it: `checkout 2026.11.4`.
    pub name: String,
    /// What kind it was.
    pub kind: ChangeKind,
    /// The service that it was made to.
    pub service: String,
    /// When it began.
    pub began: Timestamp,
    /// When it ended, if it has.
    pub ended: Option<Timestamp>,
    /// How many calls lie between its service and the one in breach; 0 for the same one.
    pub hops: Recorded<u32>,
    /// Requests that its new instances answered, interval by interval.
    pub new: Recorded<Vec<Tick>>,
    /// Requests that the old instances answered, in the same intervals.
    pub old: Recorded<Vec<Tick>>,
    /// Its new instances that should have produced samples.
    pub released: Recorded<Instances>,
    /// The names of the silent ones among them, as far as they are known.
    pub silent: Vec<String>,
    /// The old instances at the same time.
    pub others: Recorded<Instances>,
    /// The rate of this very fault in the 72 hours before the change began, 0 to 1.
    pub rate_before: Recorded<f64>,
    /// The rate of this fault now, 0 to 1.
    pub rate_now: Recorded<f64>,
}

/// Instances and how many of them are silent: without a sample in three scrapes or more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instances {
    /// All of them.
    pub all: u32,
    /// The silent ones.
    pub silent: u32,
}

/// What happened, and what is known of the service in breach.
#[derive(Clone, Debug, PartialEq)]
pub struct Incident {
    /// When it began, or was noticed.
    pub at: Timestamp,
    /// The service in breach.
    pub service: String,
    /// How often it is measured.
    pub scrape: Millis,
    /// What the comparison of new and old instances says, if somebody computed it; taken
    /// from the change's own counts otherwise.
    pub e_ratio: Recorded<f64>,
    /// Metrics over time by service, oldest first, each point with its value.
    pub series: Vec<Series>,
    /// What was counted against each objective of the service around that time; not recorded
    /// where one of them was not counted in full.
    pub kept: Recorded<Vec<Kept>>,
}

/// A metric of a service over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Of which service.
    pub service: String,
    /// Oldest first.
    pub points: Vec<(Timestamp, f64)>,
}

/// The answer, with everything that it rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Blame {
    /// What is said.
    pub verdict: BlameVerdict,
    /// The same in one sentence.
    pub sentence: String,
    /// Every change, the most suspicious first; those with a veto last.
    pub suspects: Vec<Suspect>,
    /// What could not be looked at, as sentences.
    pub doubts: Vec<String>,
}

/// What can be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum BlameVerdict {
    /// The first suspect did it.
    Culprit,
    /// The first suspect stands out, and what would prove it was not measured.
    Suspected,
    /// No change explains this.
    NoneExplains,
    /// The service keeps its objectives, so there is nothing to explain.
    NotInBreach,
}

/// A change with its score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Suspect {
    /// What a person calls it.
    pub name: String,
    /// What kind it was.
    pub kind: ChangeKind,
    /// The service that it was made to.
    pub service: String,
    /// When it began.
    pub began: EpochMs,
    /// The sum of its terms; −1 with a veto.
    pub score: f64,
    /// Why it cannot have been this one, if so.
    pub veto: Option<String>,
    /// What the score is made of.
    pub terms: Vec<Term>,
    /// What the comparison of its new and old instances says; `null` when it could not
    /// be made.
    pub e_ratio: Option<f64>,
}

/// One term of a score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Term {
    /// Which: `gap`, `absent`, `change`, `topo`, `decay`.
    pub name: String,
    /// Its value, 0 to 1; `null` when it could not be computed, and then it adds nothing.
    pub value: Option<f64>,
    /// What it is multiplied with.
    pub weight: f64,
    /// The raw numbers in a sentence.
    pub sentence: String,
}

/// All that was counted.
fn total(ticks: &[Tick]) -> Counts {
    ticks.iter().fold(Counts::default(), |sum, tick| Counts {
        total: sum.total.saturating_add(tick.counts.total),
        bad: sum.bad.saturating_add(tick.counts.bad),
    })
}

#[cfg(test)]
mod tests;
