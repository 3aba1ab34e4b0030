//! The evidence record of a release in an environment: everything that a choice rests on.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Deploy, DeployOutcome, Evidence, Mark, ReleaseFacts, Standing};
use crate::name::RunId;
use crate::time::Millis;

/// What is on record. `None` means that nobody recorded it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// When it was last deployed.
    pub deployed_at: Timestamp,
    /// When it last stopped serving.
    pub ended_at: Option<Timestamp>,
    /// Why it stopped serving.
    pub end_reason: EndReason,
    /// How long it served since a rollback last went away from it.
    pub served: Millis,
    /// How its last deploy ended, as the platform says.
    pub status: DeployOutcome,
    /// The largest share of traffic that it had, 0 to 1.
    pub peak_share: Option<f64>,
    /// Requests that it answered.
    pub requests: Option<u64>,
    /// The bad ones among them.
    pub bad: Option<u64>,
    /// The worst upper 95 % bound of the share of bad requests over all objectives.
    pub upper_bound_95: Option<f64>,
    /// The largest value that any test against an objective reached.
    pub e_abs_max: Option<f64>,
    /// Incidents in which it was under suspicion.
    pub incidents: Vec<String>,
    /// The schema version that it expects.
    pub schema_version: Option<String>,
    /// The flags that it needs or toggled, with their values.
    pub flags: Option<BTreeMap<String, String>>,
    /// The run whose verification proved it.
    pub verified_by: Option<RunId>,
}

/// Why a release stopped serving.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum EndReason {
    /// It serves.
    Serving,
    /// A newer one took over.
    Superseded,
    /// A rollback went away from it.
    RolledBack,
    /// An incident ended when it was gone.
    Incident,
    /// Nobody recorded it.
    Unknown,
}

impl Record {
    /// From the newest deploy of a release, what all of them tell, and what was found out.
    #[must_use]
    pub fn new(
        deploy: &Deploy,
        evidence: &Evidence,
        mark: Mark<'_>,
        facts: Option<&ReleaseFacts>,
    ) -> Self {
        let tenure = facts.map(|facts| &facts.tenure);
        let kept = tenure.map_or(&[][..], |tenure| &tenure.objectives);
        let worst = |value: fn(&super::facts::Kept) -> Option<f64>| {
            kept.iter().filter_map(value).max_by(f64::total_cmp)
        };
        let culprit = mark.blamed.is_some_and(|one| {
            matches!(one.says, super::Saying::Culprit { .. }) && one.at >= deploy.at
        });
        let end_reason = match (evidence.standing, evidence.ended_at) {
            (Standing::RolledBack, _) if culprit => EndReason::Incident,
            (Standing::RolledBack, _) => EndReason::RolledBack,
            (Standing::Serving | Standing::Soaking, None) => EndReason::Serving,
            (Standing::Good | Standing::Serving | Standing::Soaking, Some(_)) => {
                EndReason::Superseded
            }
            (Standing::Good | Standing::Faulty | Standing::Unknown, _) => EndReason::Unknown,
        };
        let verified = mark.verified.and_then(|remark| remark.says.run()).cloned();
        Self {
            deployed_at: deploy.at,
            ended_at: evidence.ended_at,
            end_reason,
            served: evidence.served,
            status: deploy.outcome,
            peak_share: tenure.and_then(|tenure| tenure.peak_share.as_option().copied()),
            requests: tenure.and_then(|tenure| tenure.requests.as_option().copied()),
            bad: tenure.and_then(|tenure| tenure.bad.as_option().copied()),
            upper_bound_95: worst(|one| one.upper_bound_95.as_option().copied()),
            e_abs_max: worst(|one| one.e_abs_max.as_option().copied()),
            incidents: facts.map_or_else(Vec::new, |facts| {
                facts.incidents.iter().map(|incident| incident.name.clone()).collect()
            }),
            schema_version: deploy.release.schema_version.as_option().cloned(),
            flags: deploy.release.flags.as_option().cloned(),
            verified_by: tenure
                .and_then(|tenure| tenure.verified_by.as_option().cloned())
                .or(verified),
        }
    }
}
