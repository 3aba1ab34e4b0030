//! From an operation to the exact call, and what must still be true when it is made.
//! Pure.

use jiff::Timestamp;
use lastgood_core::catalog::{LambdaPlace, Place};
use lastgood_core::effect::{
    Call, Change, Expectation, Operation, PlannedEffect, Refusal, Reversibility,
};
use lastgood_core::name::EffectKey;
use lastgood_core::survey::Survey;
use serde_json::json;

use super::look;
use super::marks::{Mark, theirs};
use super::objects::{Alias, LATEST, Routing, Seen, Version};
use crate::aws::Link;

const ROUTING: &str = "routing of the alias";
const CODE: &str = "code of version ";

/// Where the alias is, in the words of a plan.
#[derive(Clone, Copy)]
pub(super) struct Whereabouts<'a> {
    pub(super) place: &'a Place,
    pub(super) target: &'a LambdaPlace,
    pub(super) scope: &'a str,
}

/// What the alias is to become.
#[derive(Clone, Debug, PartialEq)]
struct Wanted {
    routing: Routing,
    halted: Option<(String, f64)>,
    /// The version that a rollback goes away from.
    left: Option<String>,
}

/// What `operation` makes of `alias`.
fn wanted(operation: &Operation, alias: &Alias) -> Result<Wanted, Refusal> {
    let now = &alias.routing;
    let front = now.canary.as_ref().map_or(&now.primary, |(version, _)| version);
    Ok(match operation {
        Operation::HaltRollout => Wanted {
            routing: Routing::only(&now.primary),
            halted: now.canary.clone().or_else(|| alias.halted()),
            left: None,
        },
        Operation::ResumeRollout => Wanted {
            routing: Routing {
                primary: now.primary.clone(),
                canary: now.canary.clone().or_else(|| alias.halted()),
            },
            halted: None,
            left: None,
        },
        Operation::RestoreRelease { release } => {
            let version = release.as_str();
            if version == LATEST {
                return Err(Refusal::Unsupported {
                    what: operation.as_str().to_owned(),
                    why: "$LATEST changes with every upload and is no release; publish a version"
                        .to_owned(),
                });
            }
            let halted = alias.halted().map(|(version, _)| version);
            let left = halted.as_ref().unwrap_or(front);
            let left = if left == version { &now.primary } else { left };
            Wanted {
                routing: Routing::only(version),
                halted: None,
                left: (left != version).then(|| left.clone()),
            }
        }
        Operation::ShiftTraffic { release, percent } => {
            let routing = shifted(operation, now, release.as_str(), *percent)?;
            Wanted { routing, halted: None, left: None }
        }
        Operation::SwitchFlag { .. }
        | Operation::SwitchLease { .. }
        | Operation::SwitchSync { .. }
        | Operation::RunErrand { .. } => {
            return Err(not_ours(operation));
        }
    })
}

/// Flags and errands are other systems' business.
fn not_ours(operation: &Operation) -> Refusal {
    Refusal::Unsupported {
        what: operation.as_str().to_owned(),
        why: "an alias of Lambda has no flags and runs no errands".to_owned(),
    }
}

fn shifted(
    operation: &Operation,
    now: &Routing,
    version: &str,
    percent: u8,
) -> Result<Routing, Refusal> {
    let no = |why: String| Refusal::Unsupported { what: operation.as_str().to_owned(), why };
    let share = f64::from(percent) / 100.0;
    match (percent, version == now.primary, &now.canary) {
        (101.., _, _) => Err(no(format!("{percent}% is more than there is"))),
        (100, _, _) => Ok(Routing::only(version)),
        (0..=99, true, None) => Err(no(format!(
            "the alias leads to version {version} alone, and nothing else could \
                            take the rest; publish another version first"
        ))),
        (_, true, Some((other, _))) => {
            let rest = f64::from(100 - percent) / 100.0;
            if percent == 0 {
                Ok(Routing::only(other))
            } else {
                Ok(Routing { primary: now.primary.clone(), canary: Some((other.clone(), rest)) })
            }
        }
        (0, false, _) => Ok(Routing::only(&now.primary)),
        (_, false, _) => {
            Ok(Routing { primary: now.primary.clone(), canary: Some((version.to_owned(), share)) })
        }
    }
}

/// Resolves `operation` against what one look found.
pub(super) fn resolve(
    here: Whereabouts<'_>,
    operation: &Operation,
    survey: &Survey,
    seen: &Seen,
    target: Option<&Version>,
) -> Result<PlannedEffect, Refusal> {
    let found = look::survey(seen);
    if let (Some(planned), Some(found)) = (survey.newest(), found.newest())
        && planned.release != found.release
    {
        // A plan is made from one survey; it must not mix in what a later look found.
        return Err(Refusal::Drifted {
            what: "the newest release".to_owned(),
            planned: planned.release.to_string(),
            found: found.release.to_string(),
        });
    }
    let alias = &seen.alias;
    let wanted = wanted(operation, alias)?;
    let mut expects = vec![Expectation { what: ROUTING.to_owned(), value: alias.routing.words() }];
    let mut changes = Vec::new();
    if let Operation::RestoreRelease { release } | Operation::ShiftTraffic { release, .. } =
        operation
    {
        let target = target.ok_or_else(|| gone(release.as_str()))?;
        expects.push(Expectation { what: format!("{CODE}{release}"), value: target.code.clone() });
        changes.push(Change {
            what: "version".to_owned(),
            before: seen.words(&alias.routing.primary),
            after: seen.words(&wanted.routing.primary),
        });
    }
    changes.push(Change {
        what: "the alias leads to".to_owned(),
        before: alias.routing.words(),
        after: wanted.routing.words(),
    });
    if let Some((version, share)) = &wanted.halted {
        changes.push(Change {
            what: "canary".to_owned(),
            before: format!("version {version}"),
            after: format!("halted; its share of {}% is kept in mind", share * 100.0),
        });
    }
    changes.push(Change {
        what: "description of the alias".to_owned(),
        before: theirs(&alias.description).to_owned(),
        after: "the same, with a note of this run behind it".to_owned(),
    });
    Ok(PlannedEffect {
        operation: operation.clone(),
        place: here.place.clone(),
        call: call(here, &wanted, alias),
        changes,
        expects,
        reversibility: Reversibility::Reversible,
    })
}

fn call(here: Whereabouts<'_>, wanted: &Wanted, alias: &Alias) -> Call {
    let body = json!({
        "FunctionVersion": wanted.routing.primary,
        "RoutingConfig": { "AdditionalVersionWeights": wanted.routing.weights() },
        "RevisionId": "<revision read just before>",
        "Description": format!("{} <effect key>", theirs(&alias.description)).trim_start(),
    });
    Call {
        system: "aws lambda".to_owned(),
        scope: here.scope.to_owned(),
        verb: "UpdateAlias".to_owned(),
        target: format!("function {}, alias {}", here.target.function, here.target.alias),
        body: serde_json::to_string_pretty(&body).ok(),
    }
}

fn gone(version: &str) -> Refusal {
    Refusal::Gone { what: format!("version {version} of the function") }
}

/// A change with the key in it, ready to be sent.
#[derive(Debug)]
pub(super) struct Ready {
    pub(super) routing: Routing,
    pub(super) description: String,
    pub(super) revision: String,
}

/// Puts the change together against the alias as it is now.
pub(super) fn ready(
    key: &EffectKey,
    effect: &PlannedEffect,
    alias: &Alias,
    at: Timestamp,
) -> Result<Ready, Refusal> {
    let wanted = wanted(&effect.operation, alias)?;
    let before = alias.mark().map(|mark| mark.left).unwrap_or_default();
    // What a rollback goes back to is no longer one that was left.
    let before = match &effect.operation {
        Operation::RestoreRelease { release } => {
            before.into_iter().filter(|left| left != release.as_str()).collect()
        }
        Operation::HaltRollout
        | Operation::ResumeRollout
        | Operation::ShiftTraffic { .. }
        | Operation::SwitchFlag { .. }
        | Operation::SwitchLease { .. }
        | Operation::SwitchSync { .. }
        | Operation::RunErrand { .. } => before,
    };
    // An undo goes back to what was left; that says nothing against what it goes away from.
    let left = wanted.left.filter(|_| !key.undo);
    let mark = Mark {
        key: key.clone(),
        at,
        is: wanted.routing.text(),
        halted: wanted.halted,
        left: before,
    };
    let description = mark.leaving(left.as_deref()).write(&alias.description).ok_or_else(|| {
        Refusal::Rejected {
            system: "AWS Lambda".to_owned(),
            why: "the name of this run is too long for the description of an alias".to_owned(),
        }
    })?;
    Ok(Ready { routing: wanted.routing, description, revision: alias.revision.clone() })
}

/// Whether the alias is already as the operation wishes.
pub(super) fn is_so(operation: &Operation, alias: &Alias) -> bool {
    match operation {
        Operation::HaltRollout => alias.routing.canary.is_none(),
        Operation::ResumeRollout => alias.routing.canary.is_some(),
        Operation::SwitchFlag { .. }
        | Operation::SwitchLease { .. }
        | Operation::SwitchSync { .. }
        | Operation::RunErrand { .. } => false,
        Operation::RestoreRelease { .. } | Operation::ShiftTraffic { .. } => {
            wanted(operation, alias)
                .is_ok_and(|wanted| wanted.routing == alias.routing && alias.halted().is_none())
        }
    }
}

/// Whether everything that the plan relies on still holds. What the same run has done
/// since is not drift.
pub(super) fn holds(
    key: &EffectKey,
    effect: &PlannedEffect,
    alias: &Alias,
    target: Option<&Version>,
) -> Result<(), Refusal> {
    let is_ours =
        alias.mark().is_some_and(|mark| mark.key.run == key.run && mark.is == alias.routing.text());
    for expected in &effect.expects {
        let drifted = |what: &str, found: String| {
            Err(Refusal::Drifted { what: what.to_owned(), planned: expected.value.clone(), found })
        };
        if Link::is_about_account(expected) {
            // Looked at apart, with the identity.
        } else if expected.what == ROUTING {
            let found = alias.routing.words();
            if found != expected.value && !is_ours {
                return drifted("what the alias leads to", found);
            }
        } else if let Some(version) = expected.what.strip_prefix(CODE) {
            let target = target.ok_or_else(|| gone(version))?;
            if target.code != expected.value {
                return drifted(&format!("the code of version {version}"), target.code.clone());
            }
        } else {
            // A plan of a version that relied on more than we know how to look up.
            return drifted(&expected.what, "not something that can be looked up here".to_owned());
        }
    }
    Ok(())
}
