//! What is running right now, as one look at the platform found it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::name::ReleaseId;

/// One look at an environment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Survey {
    /// When the look was taken, on the platform's clock where it has one.
    pub at: Timestamp,
    /// Whether a rollout is under way.
    pub rollout: RolloutState,
    /// The releases that run, the one being rolled out (or serving) first. Empty when
    /// nothing runs.
    pub running: Vec<Running>,
}

/// A release that has replicas or traffic.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Running {
    /// Which release.
    pub release: ReleaseId,
    /// The version in words.
    pub version: String,
    /// Replicas that exist.
    pub replicas: u32,
    /// Replicas that are ready.
    pub ready: u32,
    /// The share of traffic, 0 to 1, where the platform knows it.
    pub share: Option<f64>,
}

/// Whether traffic is moving from one release to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum RolloutState {
    /// One release serves and nothing moves.
    Settled,
    /// A release is being rolled out.
    Progressing,
    /// A rollout was stopped half-way and waits.
    Halted,
    /// The platform gave the rollout up.
    Stuck {
        /// What the platform says.
        why: String,
    },
    /// The platform did not say enough.
    Unknown {
        /// What is missing.
        why: String,
    },
}

impl Running {
    /// Whether the platform sends it nothing: the colour that stands by.
    #[must_use]
    pub fn is_without_traffic(&self) -> bool {
        self.share.is_some_and(|share| share <= 0.0)
    }
}

impl Survey {
    /// Whether users meet `release`. While nothing moves, replicas without traffic only
    /// stand by.
    #[must_use]
    pub fn serves(&self, release: &ReleaseId) -> bool {
        let calm = self.rollout == RolloutState::Settled;
        self.running.iter().any(|arm| {
            arm.release == *release && arm.replicas > 0 && !(calm && arm.is_without_traffic())
        })
    }

    /// The release that is being rolled out or, when settled, serves.
    #[must_use]
    pub fn newest(&self) -> Option<&Running> {
        self.running.first()
    }

    /// Whether `release` alone serves, with all of its replicas ready, and nothing moves.
    #[must_use]
    pub fn serves_only(&self, release: &ReleaseId) -> bool {
        self.rollout == RolloutState::Settled
            && self.running.iter().all(|running| {
                if running.release == *release {
                    running.ready > 0
                        && running.ready == running.replicas
                        && !running.is_without_traffic()
                } else {
                    running.replicas == 0 || running.is_without_traffic()
                }
            })
            && self.running.iter().any(|running| running.release == *release)
    }

    /// Whether another release than `release` was seen to take traffic, whatever moves besides.
    #[must_use]
    pub fn serves_another(&self, release: &ReleaseId) -> bool {
        let takes = |arm: &Running| arm.ready > 0 && !arm.is_without_traffic();
        self.running.iter().any(|arm| arm.release != *release && takes(arm))
    }

    /// One line for a person: `v2 3 of 4 ready (75%), v1 1 of 1 ready`.
    #[must_use]
    pub fn sentence(&self) -> String {
        if self.running.is_empty() {
            return "nothing is running".to_owned();
        }
        let arms: Vec<String> = self
            .running
            .iter()
            .map(|arm| {
                let share = arm
                    .share
                    .map(|s| format!(" ({:.0}% of traffic)", s * 100.0))
                    .unwrap_or_default();
                format!("{} {} of {} ready{share}", arm.version, arm.ready, arm.replicas)
            })
            .collect();
        arms.join(", ")
    }
}
