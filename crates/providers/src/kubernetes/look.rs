//! From objects to a survey. Pure.

use lastgood_core::name::ReleaseId;
use lastgood_core::survey::{RolloutState, Running, Survey};
use serde_json::Value;

use super::objects::{ReplicaSet, Seen, text};
use super::reply::count;
use super::{argo, revisions};

/// What runs now. `trouble` is what the pods say, for a rollout that is stuck.
pub(super) fn survey(seen: &Seen, container: Option<&str>, trouble: Option<&str>) -> Survey {
    let wanted = wanted(seen);
    let current = seen.current().map(|(set, _)| set);
    let first = current.filter(|set| set.replicas > 0 || wanted > 0);
    let others = seen
        .sets
        .iter()
        .filter(|set| set.replicas > 0 && current.is_none_or(|first| first.uid != set.uid));
    let arms: Vec<&ReplicaSet> = first.into_iter().chain(others).collect();
    let ready: u32 = arms.iter().map(|set| set.ready).sum();
    let weights = argo::weights(seen);
    let running = arms
        .into_iter()
        .map(|set| Running {
            release: ReleaseId::new(set.name.clone()),
            version: set.version(container),
            replicas: set.replicas,
            ready: set.ready,
            share: match &weights {
                Some(weights) => Some(weights.of(set)),
                None => (ready > 0).then(|| f64::from(set.ready) / f64::from(ready)),
            },
        })
        .collect();
    Survey { at: seen.at, rollout: rollout(seen, trouble), running }
}

/// Whether anything moves. A pause of an Argo Rollout's own steps is a rollout under way: it
/// ends when its time is over or somebody promotes it.
///
/// A paused Deployment is halted, whether or not its rollout is complete: nothing will
/// move until somebody ends the pause, and that is what a person must know. A complete
/// rollout whose pods fail later is still settled; the missing replicas show as such.
pub(super) fn rollout(seen: &Seen, trouble: Option<&str>) -> RolloutState {
    if seen.is_paused() {
        return RolloutState::Halted;
    }
    if seen.deployment["status"].as_object().is_none_or(serde_json::Map::is_empty) {
        let what = seen.kind();
        let who = if argo::is(seen) { "Argo Rollouts controller" } else { "controller manager" };
        let why = format!("the {what} has no status yet; is the {who} running?");
        return RolloutState::Unknown { why };
    }
    if !is_observed(seen) {
        return RolloutState::Progressing;
    }
    if is_complete(seen) {
        return RolloutState::Settled;
    }
    match gave_up(seen) {
        Some(why) => {
            let trouble = trouble.map(|trouble| format!("; {trouble}")).unwrap_or_default();
            RolloutState::Stuck { why: format!("{why}{trouble}") }
        }
        None if revisions::waits_at_partition(seen) => RolloutState::Halted,
        None => RolloutState::Progressing,
    }
}

/// Whether the controller has taken the newest specification up.
pub(super) fn is_observed(seen: &Seen) -> bool {
    if argo::is(seen) {
        return argo::is_observed(seen);
    }
    let generation = seen.deployment["metadata"]["generation"].as_u64().unwrap_or(0);
    seen.deployment["status"]["observedGeneration"].as_u64().unwrap_or(0) >= generation
}

/// Whether the present template has all replicas and no other has any.
pub(super) fn is_complete(seen: &Seen) -> bool {
    if argo::is(seen) {
        return argo::is_complete(seen);
    }
    if revisions::kind(seen).is_some() {
        return revisions::is_complete(seen);
    }
    let status = &seen.deployment["status"];
    let wanted = wanted(seen);
    let moved = count(&status["updatedReplicas"]) == wanted && count(&status["replicas"]) == wanted;
    let has_said_so = seen
        .condition("Progressing")
        .is_some_and(|condition| condition["reason"] == "NewReplicaSetAvailable");
    let matches = seen.current().is_some_and(|(set, matches)| {
        matches
            && seen.sets.iter().all(|other| other.uid == set.uid || other.replicas == 0)
            && set.replicas == wanted
    });
    is_observed(seen)
        && moved
        && matches
        && (count(&status["availableReplicas"]) == wanted || has_said_so)
}

/// What the platform says when it has given the rollout up.
pub(super) fn gave_up(seen: &Seen) -> Option<String> {
    if argo::is(seen) {
        return argo::gave_up(seen);
    }
    if revisions::kind(seen).is_some() {
        return revisions::stuck(seen);
    }
    let progressing = seen.condition("Progressing")?;
    let late =
        progressing["status"] == "False" && progressing["reason"] == "ProgressDeadlineExceeded";
    late.then(|| format!("progress deadline exceeded: {}", text(&progressing["message"])))
}

/// How many replicas are asked for; Kubernetes' default is one.
pub(super) fn wanted(seen: &Seen) -> u32 {
    if let Some(desired) = revisions::desired(seen) {
        return desired;
    }
    let replicas = &seen.deployment["spec"]["replicas"];
    if replicas.is_null() { 1 } else { count(replicas) }
}

/// The first thing that keeps a pod from starting, as pods report it. Sorted, so that the
/// same pods always give the same sentence.
pub(super) fn trouble(pods: &[Value]) -> Option<String> {
    let mut found: Vec<String> = pods
        .iter()
        .flat_map(|pod| pod["status"]["containerStatuses"].as_array().into_iter().flatten())
        .filter_map(|status| {
            let waiting = &status["state"]["waiting"];
            let reason = waiting["reason"].as_str()?;
            match reason {
                // Both alternate on the same pod; one word keeps the sentence still.
                "ErrImagePull" | "ImagePullBackOff" => {
                    Some(format!("image {} cannot be pulled", text(&status["image"])))
                }
                "CrashLoopBackOff" => {
                    Some(format!("container {} keeps crashing", text(&status["name"])))
                }
                "CreateContainerConfigError" | "InvalidImageName" => Some(format!(
                    "container {}: {reason}: {}",
                    text(&status["name"]),
                    text(&waiting["message"])
                )),
                _ => None,
            }
        })
        .collect();
    found.sort_unstable();
    found.into_iter().next()
}
