//! A run again, as the hosts are handed it.

use lastgood_core::catalog::Place;
use lastgood_core::name::RunId;
use lastgood_core::time::EpochMs;
use lastgood_core::view::{ReplayFrame, RunView};
use serde::{Deserialize, Serialize};

/// Which run is to be seen again, and up to where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct ReplayQuery {
    /// Which run.
    pub run: RunId,
    /// The entry after which it is to be shown; the last one if absent.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional, type = "number"))]
    pub seq: Option<u64>,
    /// Only what was shown then, without the frames: for whoever has them already.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "bindings", ts(optional, as = "Option<bool>"))]
    pub without_frames: bool,
}

/// A run from its first entry to its last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct ReplayView {
    /// Which run.
    pub run: RunId,
    /// What it did.
    pub title: String,
    /// Where.
    pub place: Place,
    /// The scenario, when it was a drill.
    pub drill: Option<String>,
    /// What was rehearsed, when it was a drill on a real system: what it did there was real.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub exercise: Option<String>,
    /// When it started, in its world.
    pub started_at: EpochMs,
    /// How it stood after each entry, oldest first; none when they were not asked for.
    pub frames: Vec<ReplayFrame>,
    /// What was shown after the entry that was asked for.
    pub view: RunView,
}
