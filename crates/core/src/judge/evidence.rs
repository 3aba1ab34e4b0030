//! The numbers behind a verdict.

use serde::{Deserialize, Serialize};

use super::sequential::{Crossings, Decision, Spread, Statistics};

/// The numbers behind a verdict, for whoever wants to check it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Evidence {
    /// The largest share of bad requests that the counts leave possible, 0 to 1, with a
    /// confidence of 95 % (Clopper and Pearson, one-sided).
    pub upper_bound: f64,
    /// How many times faster than allowed the last five minutes spent the error budget;
    /// `None` without traffic.
    pub burn: Option<f64>,
    /// No verdict on fewer requests than this, unless bad ones came in several intervals.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub min_samples: u64,
    /// Set when a release was judged.
    pub rollout: Option<RolloutEvidence>,
    /// Set when a recovery was judged.
    pub recovery: Option<RecoveryEvidence>,
}

/// What speaks for or against a release.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct RolloutEvidence {
    /// What to do about it.
    pub decision: Decision,
    /// The releases that served beside it and that it was compared with; empty when it
    /// could only be held against the objective.
    pub baseline: Vec<String>,
    /// What the decision rests on.
    pub statistics: Statistics,
    /// When each threshold was reached.
    pub crossings: Crossings,
    /// Evidence against the objective from which on the rollout is to be stopped.
    pub pause_at: f64,
    /// Evidence from which on going back is proposed.
    pub rollback_at: f64,
    /// Evidence that it is worse at all, from which on a broken objective alone proposes to
    /// go back; `None` in records from before it was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub support_at: Option<f64>,
    /// How clumped errors are taken to be, and whether that was learned; `None` in records
    /// from before it was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub spread: Option<Spread>,
}

/// What speaks for or against a recovery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct RecoveryEvidence {
    /// Evidence that the share of bad requests is below `tolerated`.
    pub e_recovered: f64,
    /// The largest evidence so far that the objective is broken.
    pub e_breach: f64,
    /// The share that is to be ruled out, 0 to 1: twice the budget, or a quarter of what
    /// the incident did.
    pub tolerated: f64,
    /// The share of bad requests in the incident, if it was measured.
    pub incident: Option<f64>,
    /// Evidence from which on it is recovered.
    pub pass_at: f64,
    /// Evidence from which on it is not.
    pub fail_at: f64,
    /// How many more requests, all of them good, would show it; `None` when the contrary
    /// is shown.
    #[cfg_attr(feature = "bindings", ts(type = "number | null"))]
    pub still_needed: Option<u64>,
}
