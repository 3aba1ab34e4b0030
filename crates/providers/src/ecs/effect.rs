//! From an operation to the exact call, and what must still be true when it is made.
//! Pure.

use lastgood_core::catalog::{EcsPlace, Place};
use lastgood_core::effect::{
    Call, Change, Expectation, Operation, PlannedEffect, Refusal, Reversibility,
};
use lastgood_core::ladder::{Deed, Ground, Rung, State, rung};
use lastgood_core::name::EffectKey;
use lastgood_core::survey::Survey;
use serde_json::json;

use super::codedeploy::effect as codedeploy;
use super::look;
use super::marks::EFFECT;
use super::objects::{Controller, Definition, Going, Moves, Seen, Service};
use crate::aws::Link;

const PRIMARY: &str = "task definition of the service";
const TARGET: &str = "image of ";
const STOPS: &str = "service deployment to stop";
const GOES_ON: &str = "task definition to roll out again";
pub(super) const NONE: &str = "none";

/// Where the service is, in the words of a plan.
#[derive(Clone, Copy)]
pub(super) struct Whereabouts<'a> {
    pub(super) place: &'a Place,
    pub(super) target: &'a EcsPlace,
    pub(super) scope: &'a str,
    pub(super) container: Option<&'a str>,
}

/// What is to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sent {
    /// `StopServiceDeployment` with a rollback.
    Stop {
        /// The last part of the service deployment's ARN.
        id: String,
    },
    /// `UpdateService` with another task definition.
    Point {
        /// `checkout:7`.
        definition: String,
    },
    /// Something to `CodeDeploy`.
    CodeDeploy(codedeploy::Sent),
}

/// Whether Lastgood may move this service at all.
pub(super) fn may_move(operation: &Operation, seen: &Seen) -> Result<(), Refusal> {
    match seen.service.controller {
        Controller::Ecs | Controller::CodeDeploy => Ok(()),
        Controller::External | Controller::Unknown(_) => {
            let why = sentence(Ground::EcsElsewhere, Deed::Restore);
            Err(Refusal::Unsupported {
                what: operation.as_str().to_owned(),
                why: format!("{}: {why}", look::moved_by(seen)),
            })
        }
    }
}

/// What the table of all platforms says.
const fn sentence(ground: Ground, deed: Deed) -> &'static str {
    let (Rung::Offered(why) | Rung::Refused(why)) = rung(ground, deed, State::Progressing);
    why
}

/// What is alike under every controller: which release is in front, and that nothing moved
/// on since the survey.
pub(super) fn blank(
    here: Whereabouts<'_>,
    operation: &Operation,
    survey: &Survey,
    seen: &Seen,
) -> Result<PlannedEffect, Refusal> {
    may_move(operation, seen)?;
    let primary = seen.service.primary().ok_or_else(|| Refusal::Gone {
        what: "the primary deployment of the service".to_owned(),
    })?;
    let now = primary.definition.as_str();
    if let Some(planned) = survey.newest().filter(|planned| planned.release.as_str() != now) {
        // A plan is made from one survey; it must not mix in what a later look found.
        return Err(Refusal::Drifted {
            what: "the newest release".to_owned(),
            planned: planned.release.to_string(),
            found: now.to_owned(),
        });
    }
    Ok(PlannedEffect {
        operation: operation.clone(),
        place: here.place.clone(),
        call: call(here, &seen.service, &Sent::Point { definition: now.to_owned() }),
        changes: Vec::new(),
        expects: vec![Expectation { what: PRIMARY.to_owned(), value: now.to_owned() }],
        reversibility: Reversibility::Reversible,
    })
}

/// What a restore changes and relies on, whoever carries it out.
pub(super) fn restored<'d>(
    here: Whereabouts<'_>,
    effect: &mut PlannedEffect,
    seen: &Seen,
    target: Option<&'d Definition>,
) -> Result<&'d Definition, Refusal> {
    let Operation::RestoreRelease { release } = &effect.operation else {
        return Err(unweighted(&effect.operation));
    };
    let now = seen.service.primary().map_or("", |one| one.definition.as_str());
    let target = target.ok_or_else(|| gone(release.as_str()))?;
    let image = target.image(here.container);
    let relies = Expectation { what: format!("{TARGET}{release}"), value: image.to_owned() };
    effect.changes.extend([
        Change {
            what: "version".to_owned(),
            before: seen.words(now, here.container),
            after: target.version(here.container),
        },
        Change {
            what: "image".to_owned(),
            before: seen.definition(now).map_or("", |one| one.image(here.container)).to_owned(),
            after: image.to_owned(),
        },
        Change {
            what: "task definition".to_owned(),
            before: now.to_owned(),
            after: release.to_string(),
        },
    ]);
    effect.expects.push(relies);
    Ok(target)
}

/// The tag that carries the key, as a change.
pub(super) fn noted(service: &Service) -> Change {
    let before = if service.tags.contains_key(EFFECT) { "of an earlier run" } else { "absent" };
    Change {
        what: format!("tag {EFFECT} of the service"),
        before: before.to_owned(),
        after: "the effect key, written just before".to_owned(),
    }
}

/// Traffic of a service is moved by whoever moves the service, and what is no matter of a
/// platform is led elsewhere before it comes here.
pub(super) fn unweighted(operation: &Operation) -> Refusal {
    Refusal::Unsupported {
        what: operation.as_str().to_owned(),
        why: sentence(Ground::EcsRolling, Deed::Shift).to_owned(),
    }
}

/// Resolves `operation` against what one look found.
pub(super) fn resolve(
    here: Whereabouts<'_>,
    operation: &Operation,
    survey: &Survey,
    seen: &Seen,
    target: Option<&Definition>,
    open: Option<&Going>,
) -> Result<PlannedEffect, Refusal> {
    let mut effect = blank(here, operation, survey, seen)?;
    let now = seen.service.primary().map_or("", |one| one.definition.as_str());
    let change = match operation {
        Operation::HaltRollout => {
            let id = open.map_or(NONE, Going::id).to_owned();
            effect.expects.push(Expectation { what: STOPS.to_owned(), value: id.clone() });
            effect.changes.push(Change {
                what: "service deployment".to_owned(),
                before: open
                    .map_or_else(|| "none is under way".to_owned(), |one| one.status.clone()),
                after: stopped(&seen.service.moves).to_owned(),
            });
            Sent::Stop { id }
        }
        Operation::ResumeRollout => {
            effect.expects.push(Expectation { what: GOES_ON.to_owned(), value: now.to_owned() });
            effect.changes.push(Change {
                what: "task definition".to_owned(),
                before: "what ECS went back to".to_owned(),
                after: format!("{now}, rolled out again"),
            });
            Sent::Point { definition: now.to_owned() }
        }
        Operation::RestoreRelease { release } => {
            restored(here, &mut effect, seen, target)?;
            Sent::Point { definition: release.to_string() }
        }
        Operation::ShiftTraffic { .. }
        | Operation::SwitchFlag { .. }
        | Operation::SwitchLease { .. }
        | Operation::SwitchSync { .. }
        | Operation::RunErrand { .. } => return Err(unweighted(operation)),
    };
    effect.changes.push(noted(&seen.service));
    effect.call = call(here, &seen.service, &change);
    Ok(effect)
}

/// What stopping with a rollback means, by how the service is moved.
const fn stopped(moves: &Moves) -> &'static str {
    match moves {
        Moves::Rolling => "stopped; ECS replaces the new tasks by what served before",
        Moves::TwoSets(_) => {
            "stopped; ECS gives the traffic back to the set of tasks that served before"
        }
    }
}

fn call(here: Whereabouts<'_>, service: &Service, change: &Sent) -> Call {
    let (verb, target, body) = match change {
        Sent::CodeDeploy(sent) => return codedeploy::call(here, sent),
        Sent::Stop { id } => (
            "StopServiceDeployment",
            if id == NONE {
                "no service deployment".to_owned()
            } else {
                service.service_deployment(id)
            },
            json!({ "serviceDeploymentArn": service.service_deployment(id), "stopType": "ROLLBACK" }),
        ),
        Sent::Point { definition } => (
            "UpdateService",
            format!("cluster {}, service {}", here.target.cluster, here.target.service),
            json!({
                "cluster": here.target.cluster,
                "service": here.target.service,
                "taskDefinition": definition,
            }),
        ),
    };
    Call {
        system: "aws ecs".to_owned(),
        scope: here.scope.to_owned(),
        verb: verb.to_owned(),
        target,
        body: serde_json::to_string_pretty(&body).ok(),
    }
}

fn gone(release: &str) -> Refusal {
    Refusal::Gone { what: format!("release {release} (its task definition)") }
}

pub(super) fn expected<'e>(effect: &'e PlannedEffect, what: &str) -> Option<&'e str> {
    effect.expects.iter().find(|one| one.what == what).map(|one| one.value.as_str())
}

/// What the plan says is to be sent.
pub(super) fn change(effect: &PlannedEffect) -> Result<Sent, Refusal> {
    if let Some(sent) = codedeploy::change(effect) {
        return sent.map(Sent::CodeDeploy);
    }
    match &effect.operation {
        Operation::HaltRollout => match expected(effect, STOPS) {
            Some(id) if id != NONE => Ok(Sent::Stop { id: id.to_owned() }),
            Some(_) | None => Err(Refusal::Rejected {
                system: "the plan".to_owned(),
                why: "no service deployment was under way when it was made".to_owned(),
            }),
        },
        Operation::ResumeRollout => match expected(effect, GOES_ON) {
            Some(definition) => Ok(Sent::Point { definition: definition.to_owned() }),
            None => Err(Refusal::Rejected {
                system: "the plan".to_owned(),
                why: "it does not say what to roll out again".to_owned(),
            }),
        },
        Operation::RestoreRelease { release } => {
            Ok(Sent::Point { definition: release.to_string() })
        }
        Operation::ShiftTraffic { .. }
        | Operation::SwitchFlag { .. }
        | Operation::SwitchLease { .. }
        | Operation::SwitchSync { .. }
        | Operation::RunErrand { .. } => Err(unweighted(&effect.operation)),
    }
}

/// Whether everything that the plan relies on still holds. What the same run has done
/// since is not drift: it has stopped the rollout, or pointed the service elsewhere.
pub(super) fn holds(
    key: &EffectKey,
    effect: &PlannedEffect,
    seen: &Seen,
    target: Option<&Definition>,
    container: Option<&str>,
) -> Result<(), Refusal> {
    let found = seen.service.primary().map_or("nothing", |one| one.definition.as_str());
    let is_ours = seen
        .service
        .mark()
        .is_some_and(|mark| mark.key.run == key.run && (mark.to.is_empty() || mark.to == found));
    for one in &effect.expects {
        let drifted = |what: &str, found: &str| {
            Err(Refusal::Drifted {
                what: what.to_owned(),
                planned: one.value.clone(),
                found: found.to_owned(),
            })
        };
        let is_sent = one.what == STOPS || one.what == GOES_ON || codedeploy::is_sent(&one.what);
        if Link::is_about_account(one) || is_sent {
            // Looked at apart, or a part of what is to be sent.
        } else if one.what == PRIMARY {
            if found != one.value && !is_ours {
                return drifted("the task definition of the service", found);
            }
        } else if let Some(name) = one.what.strip_prefix(TARGET) {
            let target = target.ok_or_else(|| gone(name))?;
            if !target.is_active {
                return Err(Refusal::Gone {
                    what: format!("release {name} (its task definition is deregistered)"),
                });
            }
            if target.image(container) != one.value {
                return drifted(&format!("the image of {name}"), target.image(container));
            }
        } else {
            // A plan of a version that relied on more than we know how to look up.
            return drifted(&one.what, "not something that can be looked up here");
        }
    }
    Ok(())
}
