//! A `StatefulSet` or a `DaemonSet`: one object whose earlier templates Kubernetes keeps as
//! `ControllerRevisions`, and whose pods carry the name of theirs. Pure.
//!
//! A release is a `ControllerRevision`; it is brought into the form of a `ReplicaSet`, so that
//! everything else reads both alike: the template from `data`, the revision as an annotation,
//! the numbers of replicas from the pods. What this relies on, and where it is documented:
//! partitions, `OrderedReady` and the forced rollback
//! (<https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#rolling-updates>),
//! the rollback of a `DaemonSet` from its revisions
//! (<https://kubernetes.io/docs/tasks/manage-daemon/rollback-daemon-set/>).

use jiff::{SignedDuration, Timestamp};
use lastgood_core::effect::{Operation, Refusal};
use lastgood_core::ladder::{Ground, allow};
use serde_json::{Value, json};

use super::look::{self, wanted};
use super::objects::{REVISION, REVISION_HISTORY, ReplicaSet, Seen, annotation, text};
use super::pods::Replica;
use super::reply::{count, is_owned_by, time};

/// On pods, the revision they are of: its name (`StatefulSet`) or its hash (`DaemonSet`).
const REVISION_LABEL: &str = "controller-revision-hash";

/// On a `StatefulSet` that is halted: the partition it had before.
pub(super) const PARTITION: &str = "lastgood.dev/partition";

/// A pod that starts, or is restarted, is not ready for a while.
const PATIENCE: SignedDuration = SignedDuration::from_secs(30);

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Stateful,
    Daemon,
}

impl Kind {
    const fn ground(self) -> Ground {
        match self {
            Self::Stateful => Ground::StatefulSet,
            Self::Daemon => Ground::DaemonSet,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Stateful => "StatefulSet",
            Self::Daemon => "DaemonSet",
        }
    }
}

/// Which of the two an object is, if it is one.
pub(super) fn kind_of(object: &Value) -> Option<Kind> {
    match object["kind"].as_str()? {
        "StatefulSet" => Some(Kind::Stateful),
        "DaemonSet" => Some(Kind::Daemon),
        _ => None,
    }
}

/// The same of what a look found.
pub(super) fn kind(seen: &Seen) -> Option<Kind> {
    kind_of(&seen.deployment)
}

/// The revisions of `owner` in the form of `ReplicaSets`, and its pods, each owned by its
/// revision as well.
pub(super) fn as_sets(
    owner: &Value,
    revisions: Vec<Value>,
    mut pods: Vec<Value>,
) -> (Vec<Value>, Vec<Value>) {
    let uid = text(&owner["metadata"]["uid"]);
    let revisions: Vec<Value> =
        revisions.into_iter().filter(|one| is_owned_by(one, &uid)).collect();
    pods.retain(|pod| is_owned_by(pod, &uid));
    let sets = revisions
        .iter()
        .map(|revision| {
            let (mut replicas, mut ready) = (0_u32, 0_u32);
            for pod in pods.iter_mut().filter(|pod| is_of(pod, revision)) {
                replicas += 1;
                ready += u32::from(Replica::new(pod, None).ready);
                let owner = json!({ "uid": revision["metadata"]["uid"] });
                if let Some(owners) = pod["metadata"]["ownerReferences"].as_array_mut() {
                    owners.push(owner);
                }
            }
            as_set(revision, &revisions, replicas, ready)
        })
        .collect();
    (sets, pods)
}

fn is_of(pod: &Value, revision: &Value) -> bool {
    let label = pod["metadata"]["labels"][REVISION_LABEL].as_str();
    label.is_some()
        && (label == revision["metadata"]["name"].as_str()
            || label == revision["metadata"]["labels"][REVISION_LABEL].as_str())
}

fn as_set(revision: &Value, all: &[Value], replicas: u32, ready: u32) -> Value {
    let mut metadata = revision["metadata"].clone();
    if !metadata["annotations"].is_object() {
        metadata["annotations"] = json!({});
    }
    metadata["annotations"][REVISION] = number(revision).to_string().into();
    if let Some(first) = first_number(revision, all) {
        metadata["annotations"][REVISION_HISTORY] = first.to_string().into();
    }
    let mut template = revision["data"]["spec"]["template"].clone();
    if let Some(fields) = template.as_object_mut() {
        // Says how the controller itself applies it.
        fields.remove("$patch");
    }
    json!({
        "metadata": metadata,
        "spec": { "template": template },
        "status": { "replicas": replicas, "readyReplicas": ready },
    })
}

fn number(revision: &Value) -> u64 {
    revision["revision"].as_u64().unwrap_or(0)
}

/// The number that a revision had when it was made, where it has another one now. A template
/// that comes back gets the next number and forgets its own; that it was there before is told
/// by revisions which are younger and have a lower one.
fn first_number(revision: &Value, all: &[Value]) -> Option<u64> {
    let made = time(&revision["metadata"]["creationTimestamp"])?;
    let younger = |other: &&Value| {
        time(&other["metadata"]["creationTimestamp"]).is_some_and(|at| at > made)
            && number(other) < number(revision)
    };
    all.iter().filter(younger).map(number).min().map(|least| least.saturating_sub(1))
}

/// How many pods a `DaemonSet` is to have: one on each node that it is for.
pub(super) fn desired(seen: &Seen) -> Option<u32> {
    (kind(seen)? == Kind::Daemon)
        .then(|| count(&seen.deployment["status"]["desiredNumberScheduled"]))
}

/// Below which number pods of a `StatefulSet` keep the release that they have.
pub(super) fn partition(seen: &Seen) -> u32 {
    count(&seen.deployment["spec"]["updateStrategy"]["rollingUpdate"]["partition"])
}

/// Whether the partition lets no pod be replaced at all.
pub(super) fn is_held(seen: &Seen) -> bool {
    kind(seen) == Some(Kind::Stateful) && partition(seen) > 0 && partition(seen) >= wanted(seen)
}

/// Whether every pod that the partition lets be replaced has been, and others have not.
pub(super) fn waits_at_partition(seen: &Seen) -> bool {
    let Some((set, true)) = seen.current() else { return false };
    kind(seen) == Some(Kind::Stateful)
        && partition(seen) > 0
        && look::is_observed(seen)
        && set.ready >= wanted(seen).saturating_sub(partition(seen))
}

/// Whether every pod is of the present template, and ready.
pub(super) fn is_complete(seen: &Seen) -> bool {
    let wanted = wanted(seen);
    let Some((set, true)) = seen.current() else { return false };
    let alone = seen.sets.iter().all(|other| other.uid == set.uid || other.replicas == 0);
    let known = match kind(seen) {
        Some(Kind::Stateful) => seen.deployment["status"]["updateRevision"] == set.name.as_str(),
        Some(Kind::Daemon) => count(&seen.deployment["status"]["updatedNumberScheduled"]) == wanted,
        None => false,
    };
    known && alone && look::is_observed(seen) && set.replicas == wanted && set.ready == wanted
}

/// Why a rollout goes no further, if it does not. Neither of the two has a deadline after
/// which its controller says so.
pub(super) fn stuck(seen: &Seen) -> Option<String> {
    let kind = kind(seen)?;
    let (set, _) = seen.current()?;
    let (own, older): (Vec<&Value>, Vec<&Value>) =
        seen.pods.iter().partition(|pod| is_owned_by(pod, &set.uid));
    let own: Vec<Value> = own.into_iter().cloned().collect();
    if let Some(trouble) = look::trouble(&own) {
        let kind = kind.as_str();
        return Some(format!("{trouble}, and a {kind} never gives a rollout up by itself"));
    }
    if kind != Kind::Stateful || is_parallel(seen) {
        return None;
    }
    let pod = older.into_iter().find(|pod| {
        let replica = Replica::new(pod, None);
        !replica.ready && !replica.leaving && is_down_for_long(pod, seen)
    })?;
    let (name, namespace) = (text(&pod["metadata"]["name"]), text(&pod["metadata"]["namespace"]));
    Some(format!(
        "{name} is of the release that is replaced and not ready, and Kubernetes replaces it only \
         once it is (podManagementPolicy OrderedReady); delete it: kubectl --namespace {namespace} \
         delete pod {name}"
    ))
}

fn is_down_for_long(pod: &Value, seen: &Seen) -> bool {
    let conditions = pod["status"]["conditions"].as_array().into_iter().flatten();
    let since = conditions
        .filter(|one| one["type"] == "Ready" && one["status"] != "True")
        .find_map(|one| time(&one["lastTransitionTime"]))
        .or_else(|| time(&pod["metadata"]["creationTimestamp"]));
    since.is_some_and(|since| seen.at.duration_since(since) >= PATIENCE)
}

fn is_parallel(seen: &Seen) -> bool {
    seen.deployment["spec"]["podManagementPolicy"] == "Parallel"
}

/// When the last of the pods of the present release got ready: the careful end of a rollout
/// that Kubernetes does not record. A pod that restarts since makes it later.
pub(super) fn ready_since(seen: &Seen) -> Option<Timestamp> {
    kind(seen)?;
    let (set, _) = seen.current()?;
    let own = seen.pods.iter().filter(|pod| is_owned_by(pod, &set.uid));
    let conditions = own.filter_map(|pod| pod["status"]["conditions"].as_array());
    let ready = conditions.flatten().filter(|one| one["type"] == "Ready");
    ready.filter_map(|one| time(&one["lastTransitionTime"])).max()
}

/// Whether a `StatefulSet` proves that the rollout of an older revision ended.
///
/// It says which revision was the last to have every pod ready (`status.currentRevision`); but
/// the first of all has that name from the beginning. Of that one it is the first pod to be
/// replaced that proves it: an ordered `StatefulSet` replaces none before every one is ready,
/// and begins with the last.
pub(super) fn has_completed(
    seen: &Seen,
    events: &[Value],
    set: &ReplicaSet,
    next: Timestamp,
) -> bool {
    if kind(seen) != Some(Kind::Stateful) {
        return false;
    }
    if set.revision > 1 {
        return seen.deployment["status"]["currentRevision"] == set.name.as_str();
    }
    let name = text(&seen.deployment["metadata"]["name"]);
    let last = wanted(seen).saturating_sub(1);
    let words = format!("delete Pod {name}-{last} in StatefulSet {name} successful");
    let replaced = events.iter().any(|event| {
        let since = time(&event["firstTimestamp"]).or_else(|| time(&event["eventTime"]));
        event["reason"] == "SuccessfulDelete"
            && event["message"] == words.as_str()
            && since.is_some_and(|since| since >= next)
    });
    replaced && !is_parallel(seen)
}

/// Whether `operation` can be done to it, with the sentence of the ladder if not.
pub(super) fn permits(seen: &Seen, operation: &Operation) -> Result<(), Refusal> {
    let Some(kind) = kind(seen) else { return Ok(()) };
    allow(kind.ground(), operation, &look::rollout(seen, None))?;
    if seen.deployment["spec"]["updateStrategy"]["type"] == "OnDelete" {
        return Err(Refusal::Unsupported {
            what: operation.as_str().to_owned(),
            why: format!(
                "the update strategy of this {} is OnDelete: a template reaches a pod only when \
                 somebody deletes that pod; set spec.updateStrategy.type to RollingUpdate, or go \
                 back by hand",
                kind.as_str()
            ),
        });
    }
    Ok(())
}

/// The partition that `operation` leaves, and what to write down for the way back; `None`
/// where there is none to change.
pub(super) fn partition_after(seen: &Seen, operation: &Operation) -> Option<(u32, Option<String>)> {
    if kind(seen) != Some(Kind::Stateful) {
        return None;
    }
    let before = annotation(&seen.deployment, PARTITION);
    match operation {
        // What a second halt finds is the partition of the first.
        Operation::HaltRollout if is_held(seen) => Some((partition(seen), None)),
        Operation::HaltRollout => Some((wanted(seen).max(1), Some(partition(seen).to_string()))),
        Operation::ResumeRollout => {
            Some((before.and_then(|text| text.parse().ok()).unwrap_or(0), None))
        }
        Operation::RestoreRelease { .. } => Some((0, None)),
        Operation::ShiftTraffic { .. }
        | Operation::SwitchFlag { .. }
        | Operation::SwitchLease { .. }
        | Operation::SwitchSync { .. }
        | Operation::RunErrand { .. } => None,
    }
}

#[cfg(test)]
mod tests;
