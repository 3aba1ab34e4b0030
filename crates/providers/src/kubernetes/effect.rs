//! From an operation to the exact call, and what must still be true when it is made.
//! Pure.

use lastgood_core::catalog::{KubernetesPlace, Place};
use lastgood_core::effect::{
    Call, Change, Expectation, Operation, PlannedEffect, Refusal, Reversibility,
};
use lastgood_core::name::{EffectKey, ReleaseId};
use lastgood_core::secret::{MASK, redact};
use lastgood_core::survey::Survey;
use serde_json::Value;

use super::marks::{DEPLOYED_AT, DeployedAt, EFFECT, Effects, ROLLED_BACK};
use super::objects::{CHANGE_CAUSE, ReplicaSet, Seen, describe, hash, image_of};
use super::request::{self, Patch};
use super::{argo, helm, revisions};

/// Begins the change cause of a release that has none of its own; such a cause says
/// nothing about the release.
pub(super) const RESTORED: &str = "restored by lastgood";

pub(super) const UID: &str = "deployment uid";
pub(super) const TEMPLATE: &str = "pod template";
const RELEASE: &str = "release ";

/// Where the Deployment is, in the words of a plan.
#[derive(Clone, Copy)]
pub(super) struct Whereabouts<'a> {
    pub(super) place: &'a Place,
    pub(super) target: &'a KubernetesPlace,
    pub(super) server: &'a str,
    pub(super) context: &'a str,
}

impl Whereabouts<'_> {
    fn container(&self) -> Option<&str> {
        self.target.container.as_deref()
    }
}

/// Resolves `operation` against what one look found.
pub(super) fn resolve(
    here: Whereabouts<'_>,
    operation: &Operation,
    survey: &Survey,
    seen: &Seen,
) -> Result<PlannedEffect, Refusal> {
    let current = seen.current().map(|(set, _)| set);
    same_look(survey, current)?;
    revisions::permits(seen, operation)?;
    let container = here.container();
    let mut changes = Vec::new();
    let mut expects = vec![
        Expectation { what: UID.to_owned(), value: seen.uid().to_owned() },
        Expectation { what: TEMPLATE.to_owned(), value: describe(seen.template(), container) },
    ];
    let change = match operation {
        Operation::HaltRollout => Wanted { template: None, paused: true },
        Operation::ResumeRollout => Wanted { template: None, paused: false },
        Operation::RestoreRelease { release } => {
            let set = target(seen, release)?;
            let template = set.template();
            expects.push(Expectation {
                what: format!("{RELEASE}{release}"),
                value: describe(&template, container),
            });
            let newest = seen.sets.iter().map(|set| set.revision).max().unwrap_or(0);
            changes.extend([
                Change {
                    what: "version".to_owned(),
                    before: current.map_or_else(String::new, |set| set.version(container)),
                    after: set.version(container),
                },
                Change {
                    what: "image".to_owned(),
                    before: image_of(seen.template(), container),
                    after: set.image(container),
                },
                Change {
                    what: "revision".to_owned(),
                    before: current.map_or(0, |set| set.revision).to_string(),
                    after: if current.is_some_and(|current| current.uid == set.uid) {
                        set.revision.to_string()
                    } else {
                        format!("{}, with the template of {}", newest + 1, set.revision)
                    },
                },
            ]);
            if let Some(left) = current.filter(|current| current.uid != set.uid) {
                // A request of its own, and the only one that a call does not show: what is
                // left must be known as such by whoever chooses the next target.
                changes.push(Change {
                    what: format!("annotation {ROLLED_BACK} of {} {}", seen.keeper(), left.name),
                    before: "absent".to_owned(),
                    after: "when, by which run and to what; tried once, and nothing depends on it"
                        .to_owned(),
                });
            }
            Wanted { template: Some(template), paused: false }
        }
        Operation::SwitchFlag { .. }
        | Operation::SwitchLease { .. }
        | Operation::SwitchSync { .. }
        | Operation::RunErrand { .. } => {
            return Err(not_ours(operation));
        }
        Operation::ShiftTraffic { .. } => {
            return Err(Refusal::Unsupported {
                what: operation.as_str().to_owned(),
                why: "a rolling Deployment shares traffic by replicas and has no weights; \
                      rollout.halt, rollout.resume and release.restore are possible"
                    .to_owned(),
            });
        }
    };
    changes.extend(pace(seen, operation, change.paused));
    Ok(PlannedEffect {
        operation: operation.clone(),
        place: here.place.clone(),
        call: call(here, seen, operation, &change),
        changes,
        expects,
        reversibility: Reversibility::Reversible,
    })
}

/// Whether, or from which pod on, rollouts go on afterwards.
fn pace(seen: &Seen, operation: &Operation, paused: bool) -> Option<Change> {
    let (what, before, after) = match revisions::kind(seen) {
        None => ("paused", seen.is_paused().to_string(), paused.to_string()),
        Some(revisions::Kind::Daemon) => return None,
        Some(revisions::Kind::Stateful) => {
            let (after, _) = revisions::partition_after(seen, operation)?;
            ("partition", revisions::partition(seen).to_string(), after.to_string())
        }
    };
    Some(Change { what: what.to_owned(), before, after })
}

/// What is none of a platform's business, and is led elsewhere before it comes here.
fn not_ours(operation: &Operation) -> Refusal {
    Refusal::Unsupported {
        what: operation.as_str().to_owned(),
        why: "it is done elsewhere than on the platform".to_owned(),
    }
}

/// What the Deployment is to become.
struct Wanted {
    template: Option<Value>,
    paused: bool,
}

/// A plan is made from one survey; it must not mix in what a later look found.
pub(super) fn same_look(survey: &Survey, current: Option<&ReplicaSet>) -> Result<(), Refusal> {
    match (survey.newest(), current) {
        (Some(planned), Some(found)) if planned.release.as_str() != found.name => {
            Err(Refusal::Drifted {
                what: "the newest release".to_owned(),
                planned: planned.release.to_string(),
                found: found.name.clone(),
            })
        }
        (Some(_) | None, _) => Ok(()),
    }
}

fn target<'s>(seen: &'s Seen, release: &ReleaseId) -> Result<&'s ReplicaSet, Refusal> {
    seen.set(release.as_str()).ok_or_else(|| Refusal::Gone {
        what: format!("release {release} (its {}, which holds the template)", seen.keeper()),
    })
}

fn call(here: Whereabouts<'_>, seen: &Seen, operation: &Operation, wanted: &Wanted) -> Call {
    let masked = wanted.template.as_ref().map(masked);
    let mut annotations = vec![(EFFECT.to_owned(), "<effect key>".to_owned())];
    if let Operation::RestoreRelease { .. } = operation {
        annotations.push((DEPLOYED_AT.to_owned(), "<release, time and run>".to_owned()));
        if revisions::kind(seen).is_none() {
            annotations.push((CHANGE_CAUSE.to_owned(), "<that of the release>".to_owned()));
        }
    }
    let partition = revisions::partition_after(seen, operation);
    if let Some((_, Some(before))) = &partition {
        annotations.push((revisions::PARTITION.to_owned(), before.clone()));
    }
    let patch = Patch {
        version: "<resource version read just before>",
        template: masked.as_ref(),
        replicas: None,
        paused: revisions::kind(seen).is_none().then_some(wanted.paused),
        partition: partition.map(|(after, _)| after),
        bare: is_bare(seen),
        annotations,
    };
    Call {
        system: "kubernetes".to_owned(),
        scope: format!(
            "cluster {}, context {}, namespace {}",
            here.server, here.context, here.target.namespace
        ),
        verb: "PATCH".to_owned(),
        target: request::deployment(here.target),
        body: serde_json::to_string_pretty(&patch.to_json()).ok(),
    }
}

/// A change with the key in it, ready to be sent.
#[derive(Debug)]
pub(super) struct Ready {
    pub(super) body: Value,
    /// The release that is left by it, with its revision; for a restore only.
    pub(super) leaves: Option<(String, u64)>,
}

/// Puts the change together against the object as it is now.
pub(super) fn ready(
    key: &EffectKey,
    effect: &PlannedEffect,
    seen: &Seen,
) -> Result<Ready, Refusal> {
    let (template, paused) = match &effect.operation {
        Operation::HaltRollout => (None, true),
        Operation::ResumeRollout => (None, false),
        Operation::RestoreRelease { release } => (Some(target(seen, release)?), false),
        Operation::SwitchFlag { .. }
        | Operation::SwitchLease { .. }
        | Operation::SwitchSync { .. }
        | Operation::RunErrand { .. } => {
            return Err(not_ours(&effect.operation));
        }
        Operation::ShiftTraffic { .. } => {
            return Err(Refusal::Unsupported {
                what: effect.operation.as_str().to_owned(),
                why: "a rolling Deployment has no weights".to_owned(),
            });
        }
    };
    let body = template.map(ReplicaSet::template);
    let left = body.as_ref().map_or_else(|| hash(seen.template()), hash);
    let effects = Effects::of(&seen.deployment).with(key, &left);
    let mut annotations = vec![(EFFECT.to_owned(), effects.to_text())];
    if let Some(set) = template {
        let mark = DeployedAt { release: set.name.clone(), at: seen.at, run: key.run.clone() };
        if let Ok(mark) = serde_json::to_string(&mark) {
            annotations.push((DEPLOYED_AT.to_owned(), mark));
        }
        // What keeps templates as revisions shows the cause of each of them by itself.
        if revisions::kind(seen).is_none() {
            annotations.push((CHANGE_CAUSE.to_owned(), change_cause(set, key)));
        }
    }
    let partition = revisions::partition_after(seen, &effect.operation);
    if let Some((_, Some(before))) = &partition {
        annotations.push((revisions::PARTITION.to_owned(), before.clone()));
    }
    let leaves = template.and_then(|to| {
        let (from, _) = seen.current()?;
        (from.uid != to.uid).then(|| (from.name.clone(), from.revision))
    });
    let patch = Patch {
        version: seen.version(),
        template: body.as_ref(),
        replicas: None,
        paused: revisions::kind(seen).is_none().then_some(paused),
        partition: partition.map(|(after, _)| after),
        bare: is_bare(seen),
        annotations,
    };
    Ok(Ready { body: patch.to_json(), leaves })
}

/// As `kubectl rollout undo` does: the cause belongs to the release. Without this the
/// controller would copy the cause of the bad release onto the good one.
pub(super) fn change_cause(set: &ReplicaSet, key: &EffectKey) -> String {
    set.annotation(CHANGE_CAUSE)
        .map_or_else(|| format!("{RESTORED}, run {}", key.run), str::to_owned)
}

/// Whether the Deployment has already what the operation wishes.
pub(super) fn is_so(operation: &Operation, seen: &Seen) -> bool {
    match operation {
        Operation::HaltRollout => seen.is_paused(),
        Operation::ResumeRollout => !seen.is_paused(),
        Operation::RestoreRelease { release } => {
            !seen.is_paused()
                && revisions::partition(seen) == 0
                && seen.set(release.as_str()).is_some_and(|set| {
                    argo::is_current(seen, set) || hash(&set.template()) == hash(seen.template())
                })
        }
        Operation::ShiftTraffic { .. }
        | Operation::SwitchFlag { .. }
        | Operation::SwitchLease { .. }
        | Operation::SwitchSync { .. }
        | Operation::RunErrand { .. } => false,
    }
}

/// Whether everything that the plan relies on still holds. What the same run has done
/// since is not drift.
pub(super) fn holds(
    key: &EffectKey,
    effect: &PlannedEffect,
    seen: &Seen,
    container: Option<&str>,
) -> Result<(), Refusal> {
    for expected in &effect.expects {
        let drifted = |what: &str, found: String| {
            Err(Refusal::Drifted { what: what.to_owned(), planned: expected.value.clone(), found })
        };
        if expected.what == UID {
            if seen.uid() != expected.value {
                let what = format!("the {} itself", seen.kind());
                return drifted(&what, format!("another one, {}", seen.uid()));
            }
        } else if expected.what == TEMPLATE {
            let found = describe(seen.template(), container);
            let ours = Effects::of(&seen.deployment);
            let is_ours = ours.left_by(&key.run) == Some(hash(seen.template()).as_str());
            if found != expected.value && !is_ours {
                return drifted("the pod template", format!("{found}{}", by_whom(seen)));
            }
        } else if expected.what == argo::STABLE {
            let found = argo::stable(seen).unwrap_or_default();
            if found != expected.value {
                return drifted("the stable release of the Rollout", found.to_owned());
            }
        } else if let Some(name) = expected.what.strip_prefix(RELEASE) {
            let set = target(seen, &ReleaseId::from(name))?;
            let found = describe(&set.template(), container);
            if found != expected.value {
                return drifted(&format!("the template of {name}"), found);
            }
        } else if helm::expects(&expected.what) {
            // Looked up beside the release itself, right before Helm is run.
        } else {
            // A plan of a version that relied on more than we know how to look up.
            return drifted(&expected.what, "not something that can be looked up here".to_owned());
        }
    }
    Ok(())
}

fn by_whom(seen: &Seen) -> String {
    match seen.last_editor() {
        Some((who, Some(when))) => format!(", changed by {who} at {when}"),
        Some((who, None)) => format!(", changed by {who}"),
        None => String::new(),
    }
}

pub(super) fn is_bare(seen: &Seen) -> bool {
    !seen.deployment["metadata"]["annotations"].is_object()
}

/// A template as a plan may show it: no value of a variable that is named like a secret,
/// and nothing anywhere that looks like a credential.
pub(super) fn masked(template: &Value) -> Value {
    match template {
        Value::Object(fields) => {
            let is_secret = fields
                .get("name")
                .and_then(Value::as_str)
                .is_some_and(|name| fields.contains_key("value") && is_secret_name(name));
            fields
                .iter()
                .map(|(name, value)| {
                    let hidden = is_secret && name == "value";
                    let value = if hidden { Value::from(MASK) } else { masked(value) };
                    (name.clone(), value)
                })
                .collect()
        }
        Value::Array(items) => items.iter().map(masked).collect(),
        Value::String(text) => Value::from(redact(text, &[])),
        Value::Null | Value::Bool(_) | Value::Number(_) => template.clone(),
    }
}

pub(super) fn is_secret_name(name: &str) -> bool {
    const PARTS: [&str; 10] = [
        "SECRET",
        "TOKEN",
        "PASSW",
        "PWD",
        "CREDENTIAL",
        "PRIVATE",
        "APIKEY",
        "_KEY",
        "DSN",
        "AUTH",
    ];
    let name = name.to_ascii_uppercase().replace(['-', '.'], "_");
    PARTS.iter().any(|part| name.contains(part))
}
