//! How a run went, as the hosts are handed it.

use lastgood_core::catalog::Place;
use lastgood_core::drill::debrief::{PastDecision, PhaseTime, PresentedAct, Unmet};
use lastgood_core::name::{RunId, ScenarioName};
use lastgood_core::timeline::{Comparison, Length};
use serde::{Deserialize, Serialize};

use crate::Rehearsed;

/// How a run went, for those who took part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Debrief {
    /// Which run.
    pub run: RunId,
    /// What it did.
    pub title: String,
    /// Where.
    pub place: Place,
    /// The scenario, when it was a drill.
    pub drill: Option<ScenarioName>,
    /// What was rehearsed, when it was a drill on a real system: what it did there was real.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub exercise: Option<String>,
    /// How it ended.
    pub sentence: String,
    /// Whether the drill went as its scenario wants, and what was really the matter.
    pub rehearsed: Option<Rehearsed>,
    /// How long each phase took.
    pub phases: Vec<PhaseTime>,
    /// How long things took, and from what to what; also the time spent waiting for people.
    pub lengths: Vec<Length>,
    /// What people decided, and how that looks afterwards.
    pub decisions: Vec<PastDecision>,
    /// Where the scenario wanted a decision and nobody took one.
    pub unmet: Vec<Unmet>,
    /// What whoever presented the drill did to it.
    pub presented: Vec<PresentedAct>,
    /// The lengths beside those of other runs: earlier drills of this scenario, and the
    /// service's incidents.
    pub comparison: Vec<Comparison>,
}
