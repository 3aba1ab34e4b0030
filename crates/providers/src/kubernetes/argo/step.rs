//! An abort and a promotion, as a plan has them. Pure.

use lastgood_core::catalog::{KubernetesPlace, Workload};
use lastgood_core::effect::{
    Call, Change, Expectation, Operation, PlannedEffect, Refusal, Reversibility,
};
use lastgood_core::ladder::{Ground, allow};
use lastgood_core::survey::Survey;
use serde_json::{Value, json};

use super::super::effect::{TEMPLATE, UID, Whereabouts, same_look};
use super::super::objects::{Seen, describe};
use super::super::{look, request};
use super::{STABLE, hash_of, is, is_aborted, is_complete, stable, steps};

/// What is asked of the controller through the Rollout's status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// All traffic back to the stable release, at once.
    Abort,
    /// All traffic to the new release, past the remaining steps.
    Promote,
}

impl Step {
    /// The field of the status.
    const fn field(self) -> &'static str {
        match self {
            Self::Abort => "abort",
            Self::Promote => "promoteFull",
        }
    }

    /// Whether the Rollout is as the step wants it.
    pub(super) fn is_so(self, seen: &Seen) -> bool {
        match self {
            Self::Abort => is_aborted(seen),
            Self::Promote => seen.deployment["status"][self.field()] == true || is_complete(seen),
        }
    }

    /// A merge patch of the status, on the version that was read.
    pub(super) fn body(self, version: &str) -> Value {
        json!({
            "metadata": { "resourceVersion": version },
            "status": { self.field(): true },
        })
    }
}

/// Whether an operation goes through the Rollout's status.
pub(crate) fn moves(place: &KubernetesPlace, operation: &Operation) -> bool {
    matches!(place.workload, Workload::Rollout(_))
        && matches!(operation, Operation::ShiftTraffic { .. })
}

/// Which step an operation asks for; `None` when it asks for none.
pub(crate) fn step(seen: &Seen, operation: &Operation) -> Option<Result<Step, Refusal>> {
    let Operation::ShiftTraffic { release, percent } = operation else { return None };
    if !is(seen) {
        return None;
    }
    let unsupported =
        |why: String| Err(Refusal::Unsupported { what: operation.as_str().to_owned(), why });
    let Some(set) = seen.set(release.as_str()) else {
        return Some(Err(Refusal::Gone { what: format!("release {release}") }));
    };
    let is_stable = hash_of(set).is_some() && hash_of(set) == stable(seen);
    let is_current = seen.current().is_some_and(|(current, _)| current.uid == set.uid);
    Some(match (is_stable, is_current, percent) {
        (true, _, 100) | (false, true, 0) => Ok(Step::Abort),
        (false, true, 100) | (true, _, 0) => Ok(Step::Promote),
        (false, false, _) => unsupported(format!(
            "{release} is neither the stable release nor the one that is rolled out; \
             release.restore goes back to it"
        )),
        (true | false, _, _) => unsupported(format!(
            "the weights follow the steps of the Rollout{}; 0 percent aborts it and 100 promotes \
             it",
            steps(seen).map_or_else(String::new, |steps| format!(", which is at {steps}"))
        )),
    })
}

/// Resolves a step against what one look found.
pub(crate) fn resolve(
    here: Whereabouts<'_>,
    operation: &Operation,
    survey: &Survey,
    (seen, step): (&Seen, Step),
) -> Result<PlannedEffect, Refusal> {
    same_look(survey, seen.current().map(|(set, _)| set))?;
    allow(Ground::ArgoRollout, operation, &look::rollout(seen, None))?;
    if step.is_so(seen) {
        return Err(Refusal::Unsupported {
            what: operation.as_str().to_owned(),
            why: format!("status.{} is set already", step.field()),
        });
    }
    let container = here.target.container.as_deref();
    let body = step.body("<resource version read just before>");
    Ok(PlannedEffect {
        operation: operation.clone(),
        place: here.place.clone(),
        call: Call {
            system: "kubernetes".to_owned(),
            scope: format!(
                "cluster {}, context {}, namespace {}",
                here.server, here.context, here.target.namespace
            ),
            verb: "PATCH".to_owned(),
            target: status(here.target),
            body: serde_json::to_string_pretty(&body).ok(),
        },
        changes: vec![
            Change {
                what: format!("status.{}", step.field()),
                before: "false".to_owned(),
                after: "true".to_owned(),
            },
            Change {
                what: "annotation lastgood.dev/effect".to_owned(),
                before: "without it".to_owned(),
                after: "<effect key>, by a second request".to_owned(),
            },
        ],
        expects: vec![
            Expectation { what: UID.to_owned(), value: seen.uid().to_owned() },
            Expectation { what: TEMPLATE.to_owned(), value: describe(seen.template(), container) },
            Expectation {
                what: STABLE.to_owned(),
                value: stable(seen).unwrap_or_default().to_owned(),
            },
        ],
        // A rollout that was aborted can be tried again, and one that was promoted gone back
        // from; neither is the state that it was in.
        reversibility: Reversibility::Reversible,
    })
}

/// The status of the Rollout.
pub(super) fn status(place: &KubernetesPlace) -> String {
    format!("{}/status", request::deployment(place))
}
