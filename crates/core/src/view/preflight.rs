//! What stands against a rollback, as a person reads it before deciding.

use serde::{Deserialize, Serialize};

use crate::catalog::Place;
use crate::mitigation::Mitigation;
use crate::name::RunbookName;
use crate::plan::Plan;
use crate::preflight::{Finding, Grade, worst};
use crate::time::EpochMs;

/// The findings of a plan that was made and not kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct PreflightView {
    /// Where.
    pub place: Place,
    /// The coordinates in words.
    pub coordinates: String,
    /// The runbook.
    pub runbook: RunbookName,
    /// The version to get away from.
    pub from: String,
    /// The version to go back to.
    pub to: String,
    /// Why this target.
    pub because: String,
    /// What ran when it was looked at.
    pub running: String,
    /// In the order in which they should be read: what blocks comes first.
    pub findings: Vec<Finding>,
    /// The worst of them.
    pub worst: Grade,
    /// Whether the first change would be refused without an override.
    pub blocked: bool,
    /// What the rollback will not restore.
    pub not_restored: Vec<String>,
    /// What could be done besides or instead, the cheapest safe way first.
    pub mitigations: Vec<Mitigation>,
    /// The scenario, when it is a drill.
    pub drill: Option<String>,
    /// What is rehearsed, when it is a drill on a real system: what it does there is real.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub exercise: Option<String>,
    /// When it was looked at.
    pub at: EpochMs,
}

impl From<&Plan> for PreflightView {
    fn from(plan: &Plan) -> Self {
        let worst = worst(&plan.findings);
        Self {
            place: plan.place.clone(),
            coordinates: plan.coordinates.clone(),
            runbook: plan.runbook.clone(),
            from: plan.from.version.clone(),
            to: plan.to.version.clone(),
            because: plan.because.clone(),
            running: plan.survey.sentence(),
            findings: plan.findings.clone(),
            worst,
            blocked: worst == Grade::Block,
            not_restored: plan.not_restored.clone(),
            mitigations: plan.mitigations.clone(),
            drill: plan.drill.as_ref().map(|tag| tag.scenario.to_string()),
            exercise: plan.exercised(),
            at: plan.made_at.into(),
        }
    }
}
