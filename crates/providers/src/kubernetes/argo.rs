//! An Argo Rollout: one object like a Deployment, whose controller moves the traffic by
//! steps of its own. Pure, but for [`act`].
//!
//! What it relies on, and where that is documented: the status
//! (<https://argo-rollouts.readthedocs.io/en/stable/features/specification/>: `phase`,
//! `stableRS`, `currentPodHash`, `currentStepIndex`, `pauseConditions`, `abort`,
//! `promoteFull`, `canary.weights`, `blueGreen.activeSelector`), and what `kubectl argo
//! rollouts abort`, `promote --full`, `pause` and `undo` send. A change of the template ends
//! an abort, and a template that is the stable one passes the steps over.

mod act;
mod events;
mod step;

use lastgood_core::catalog::Strategy;
use lastgood_core::effect::Refusal;
use serde_json::Value;

pub(super) use events::took_over;
pub(super) use step::{moves, resolve, step};

use super::objects::{ReplicaSet, Seen, text};
use super::reply::{count, is_owned_by};

/// The label that the controller adds to a template, with the hash that names it.
pub(super) const TEMPLATE_HASH: &str = "rollouts-pod-template-hash";

/// A plan relies on which release the controller counts as stable.
pub(super) const STABLE: &str = "stable pod hash";

pub(super) fn is(seen: &Seen) -> bool {
    seen.deployment["kind"] == "Rollout"
}

/// Refuses a Rollout that takes its template from another object: the template that would
/// be put back is not its own.
pub(super) fn has_its_own_template(object: &Value) -> Result<(), Refusal> {
    let from = &object["spec"]["workloadRef"];
    if object["kind"] != "Rollout" || !from.is_object() {
        return Ok(());
    }
    Err(Refusal::Unsupported {
        what: "this Rollout".to_owned(),
        why: format!(
            "it takes its template from the {} {} (spec.workloadRef); go back there, or name \
             that one in the catalog",
            text(&from["kind"]),
            text(&from["name"])
        ),
    })
}

/// Canary or blue-green, as the object says.
pub(super) fn strategy(seen: &Seen) -> Option<Strategy> {
    let strategy = is(seen).then(|| &seen.deployment["spec"]["strategy"])?;
    Some(if strategy["blueGreen"].is_object() { Strategy::BlueGreen } else { Strategy::Canary })
}

/// The hash of the release that the controller counts as stable.
pub(super) fn stable(seen: &Seen) -> Option<&str> {
    seen.deployment["status"]["stableRS"].as_str().filter(|hash| !hash.is_empty())
}

/// The hash of the present template, once the controller has taken it up.
pub(super) fn current(seen: &Seen) -> Option<&str> {
    if !is(seen) || !is_observed(seen) {
        return None;
    }
    seen.deployment["status"]["currentPodHash"].as_str().filter(|hash| !hash.is_empty())
}

/// Whether the controller says that the present template is that of `set`.
pub(super) fn is_current(seen: &Seen, set: &ReplicaSet) -> bool {
    current(seen).is_some_and(|hash| hash_of(set) == Some(hash))
}

/// The controller's hash of a release.
pub(super) fn hash_of(set: &ReplicaSet) -> Option<&str> {
    set.object["metadata"]["labels"][TEMPLATE_HASH].as_str()
}

/// Which part of the traffic each release gets, by its hash.
pub(super) struct Weights(Vec<(String, f64)>);

impl Weights {
    /// From 0 to 1.
    pub(super) fn of(&self, set: &ReplicaSet) -> f64 {
        let hash = hash_of(set).unwrap_or_default();
        // A release can be named twice: as the canary that is about to be the stable one.
        self.0.iter().filter(|(name, _)| name == hash).map(|(_, share)| share).sum()
    }
}

/// Whether the controller sends any traffic to what owns a pod.
pub(super) fn is_met(seen: &Seen, pod: &Value) -> bool {
    let Some(weights) = weights(seen) else { return true };
    seen.sets.iter().any(|set| is_owned_by(pod, &set.uid) && weights.of(set) > 0.0)
}

/// What the controller says of the traffic; `None` where it shares by replicas.
pub(super) fn weights(seen: &Seen) -> Option<Weights> {
    if !is(seen) {
        return None;
    }
    let status = &seen.deployment["status"];
    if strategy(seen) == Some(Strategy::BlueGreen) {
        let active = status["blueGreen"]["activeSelector"].as_str()?;
        return Some(Weights(vec![(active.to_owned(), 1.0)]));
    }
    let weights = &status["canary"]["weights"];
    let one = |name: &str| {
        let arm = &weights[name];
        let weight = u32::try_from(arm["weight"].as_u64()?).ok()?;
        Some((text(&arm["podTemplateHash"]), f64::from(weight) / 100.0))
    };
    Some(Weights(vec![one("canary")?, one("stable")?]))
}

/// Whether the controller has taken the newest specification up. It writes the generation
/// as text.
pub(super) fn is_observed(seen: &Seen) -> bool {
    let generation = seen.deployment["metadata"]["generation"].as_u64().unwrap_or(0);
    let observed = &seen.deployment["status"]["observedGeneration"];
    let observed = observed.as_u64().or_else(|| observed.as_str()?.parse().ok());
    observed.is_some_and(|observed| observed >= generation)
}

/// Whether the present template is the stable release and the controller calls it healthy.
pub(super) fn is_complete(seen: &Seen) -> bool {
    let status = &seen.deployment["status"];
    let present = seen.current().filter(|(_, matches)| *matches).and_then(|(set, _)| hash_of(set));
    is_observed(seen)
        && status["phase"] == "Healthy"
        && present.is_some()
        && present == stable(seen)
        && status["currentPodHash"].as_str() == present
}

/// What the controller says when it has given the rollout up, or somebody aborted it.
pub(super) fn gave_up(seen: &Seen) -> Option<String> {
    let status = &seen.deployment["status"];
    if is_aborted(seen) {
        return Some(format!("the rollout was aborted: {}", text(&status["message"])));
    }
    (status["phase"] == "Degraded")
        .then(|| format!("the rollout is degraded: {}", text(&status["message"])))
}

pub(super) fn is_aborted(seen: &Seen) -> bool {
    seen.deployment["status"]["abort"] == true
}

/// Where the rollout stands among its steps: `step 2 of 4 (setWeight 20, pause, …)`.
pub(super) fn steps(seen: &Seen) -> Option<String> {
    let steps = seen.deployment["spec"]["strategy"]["canary"]["steps"].as_array()?;
    let words: Vec<String> = steps
        .iter()
        .map(|step| {
            let name = step.as_object().and_then(|step| step.keys().next());
            let name = name.map_or("a step", String::as_str);
            match step["setWeight"].as_u64() {
                Some(weight) => format!("{name} {weight}"),
                None => name.to_owned(),
            }
        })
        .collect();
    let at = count(&seen.deployment["status"]["currentStepIndex"]);
    let at = usize::try_from(at).unwrap_or(usize::MAX).saturating_add(1).min(words.len());
    Some(format!("step {at} of {} ({})", words.len(), words.join(", ")))
}

#[cfg(test)]
mod tests;
