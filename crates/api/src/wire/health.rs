//! How every service does now, and did before: the lines of a board.

use lastgood_core::catalog::Place;
use lastgood_core::judge::Judgement;
use lastgood_core::name::ReleaseId;
use lastgood_core::time::EpochMs;
use serde::{Deserialize, Serialize};

/// Asks how every service does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct HealthQuery {
    /// How far the lines go back, in minutes; 360 when absent, 1,440 at the most.
    pub minutes: Option<u32>,
}

/// How every service does, worst first.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct HealthView {
    /// When it was looked at; the lines end here.
    pub at: EpochMs,
    /// Where the lines begin.
    pub from: EpochMs,
    /// Every service in every environment, worst first.
    pub places: Vec<PlaceHealth>,
}

/// How one service does.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct PlaceHealth {
    /// Which.
    pub place: Place,
    /// In a word.
    pub state: HealthState,
    /// How many times faster than allowed the worst objective spends its budget; `null` when
    /// nothing is known of any.
    pub burn: Option<f64>,
    /// Each objective over the last ten minutes, with its line over the whole window.
    pub objectives: Vec<Judgement>,
    /// The release that burns while another one beside it does not: a canary that the whole
    /// still hides; `null` where none does, or where the series do not tell releases apart.
    pub part: Option<PartView>,
    /// The newest deploy before it began to burn, also when its rollout has long ended;
    /// `null` where nothing burns or nothing was deployed in the window.
    pub suspect: Option<SuspectView>,
}

/// A part of a service that does worse than the rest of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct PartView {
    /// The version that serves it.
    pub version: String,
    /// The share of all requests that it answered, 0 to 1.
    pub share: f64,
    /// How it does by the objective that it breaks the most.
    pub judgement: Judgement,
}

/// A deploy that came before an objective was broken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct SuspectView {
    /// Which release.
    pub release: ReleaseId,
    /// Its version.
    pub version: String,
    /// When it began.
    pub at: EpochMs,
    /// Since when more requests fail than the objective allows.
    pub broken_since: EpochMs,
}

/// How a service does, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum HealthState {
    /// An objective is broken, or its budget is spent faster than allowed.
    Burning,
    /// At least one objective could not be measured, and none burns.
    Unknown,
    /// The catalog has no objective for it, so nothing is measured.
    NoObjective,
    /// Every objective was measured, and none burns.
    Within,
}
