//! Verdicts from counts. [`judge`] asks whether a release hurts, [`judge_recovery`] whether
//! it is over, [`Gate`] collects looks until that is proven. Doubt is never success: missing, stale, partial or too little
//! data neither passes nor fails.

mod detect;
mod doubt;
mod evidence;
mod gate;
mod measurement;
mod recover;
pub mod sequential;
mod words;

use serde::{Deserialize, Serialize};

pub use detect::{judge, judge_with_history};
pub use doubt::Doubt;
pub use evidence::{Evidence, RecoveryEvidence, RolloutEvidence};
pub use gate::{Gate, GateRule, GateState, Look, USUAL_CONSECUTIVE, USUAL_HOLD, Verification};
pub use measurement::{Arm, Counts, Grid, Measurement, Point, Tick};
pub use recover::{Since, judge_recovery};
pub use words::{grouped, percent, statistics};

use crate::name::SloName;
use crate::time::EpochMs;

/// What the evidence says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Verdict {
    /// Enough data, within the objective.
    Pass,
    /// Enough data, outside the objective.
    Fail,
    /// Neither can be said.
    Inconclusive,
    /// We could not ask.
    Error,
    /// The old release is just as bad: going back is unlikely to help.
    Shared,
}

impl Verdict {
    /// Whether a gate may open on it without a person.
    #[must_use]
    pub const fn permits(self) -> bool {
        match self {
            Self::Pass => true,
            Self::Fail | Self::Inconclusive | Self::Error | Self::Shared => false,
        }
    }

    /// As written in runbooks and on screens.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Inconclusive => "inconclusive",
            Self::Error => "error",
            Self::Shared => "shared",
        }
    }
}

/// A verdict with everything that it rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Judgement {
    /// Which objective.
    pub slo: SloName,
    /// What it says.
    pub verdict: Verdict,
    /// The release whose requests were counted; `None` for all of them.
    pub arm: Option<String>,
    /// Start of the window.
    pub from: EpochMs,
    /// End of the window.
    pub to: EpochMs,
    /// What was counted.
    pub counts: Counts,
    /// The allowed share of bad requests, 0 to 1.
    pub budget: f64,
    /// What kept it from deciding.
    pub doubts: Vec<Doubt>,
    /// The same for a person.
    pub sentence: String,
    /// The rate over time, for a chart.
    pub points: Vec<Point>,
    /// The numbers behind it; `None` when an older version judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Box<Evidence>>,
}

impl Judgement {
    /// Since when more requests fail than the budget allows: the instant from which the sum
    /// of what lies above the budget, counted up to now, is greatest. One good minute among
    /// bad ones does not end it, one bad minute long ago does not begin it. `None` where
    /// nothing lies above, or nothing is known.
    ///
    /// The estimate of a change point by cumulative sums: Page, "Continuous Inspection
    /// Schemes", Biometrika 41 (1954), pages 100 to 115.
    #[must_use]
    pub fn broken_since(&self) -> Option<EpochMs> {
        let mut sum = 0.0;
        let mut best = (0.0, None);
        for point in self.points.iter().rev() {
            let Some(rate) = point.rate else { continue };
            sum += rate - self.budget;
            if sum > best.0 {
                best = (sum, Some(point.at));
            }
        }
        best.1
    }
}

/// The worst of several verdicts, for a gate that needs all of them. Failing outranks
/// not knowing, and nothing at all is not a pass.
#[must_use]
pub fn worst(verdicts: impl IntoIterator<Item = Verdict>) -> Verdict {
    const fn badness(verdict: Verdict) -> u8 {
        match verdict {
            Verdict::Pass => 0,
            Verdict::Inconclusive => 1,
            Verdict::Error => 2,
            Verdict::Shared => 3,
            Verdict::Fail => 4,
        }
    }
    verdicts.into_iter().max_by_key(|verdict| badness(*verdict)).unwrap_or(Verdict::Inconclusive)
}

#[cfg(test)]
mod tests;
