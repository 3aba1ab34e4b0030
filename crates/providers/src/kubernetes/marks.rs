//! What we write on objects so that a later look finds it again. Pure.
//!
//! The controller copies a Deployment's annotations to the `ReplicaSet` that it rolls out,
//! and keeps them there. Every mark therefore names what it is about; a copy on another
//! release is recognised and ignored.

use jiff::Timestamp;
use lastgood_core::effect::Receipt;
use lastgood_core::name::{EffectKey, RunId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::objects::{ReplicaSet, annotation};

/// On the Deployment: the effects of the newest runs.
pub(super) const EFFECT: &str = "lastgood.dev/effect";
/// On the Deployment, and so on the `ReplicaSet` that it restores: when that was.
pub(super) const DEPLOYED_AT: &str = "lastgood.dev/deployed-at";
/// On a `ReplicaSet`: that a rollback went away from it.
pub(super) const ROLLED_BACK: &str = "lastgood.dev/rolled-back";
/// On a `ReplicaSet`, written by a team's own pipeline: that its rollout completed.
pub(super) const COMPLETED: &str = "lastgood.dev/completed";

/// How many runs are remembered. One would do, were it not for a run that crashed, was
/// left, and is taken up again after another one.
const RUNS: usize = 4;

/// The effects that took place on one Deployment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Effects {
    runs: Vec<RunEffects>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct RunEffects {
    run: RunId,
    /// The hash of the template that the run's newest effect left.
    left: String,
    done: Vec<EffectKey>,
}

impl Effects {
    /// What the Deployment says; what cannot be read counts as nothing, because only we
    /// write it and a person may have edited it away.
    pub(super) fn of(deployment: &Value) -> Self {
        annotation(deployment, EFFECT)
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_default()
    }

    /// The key under which the same intention took place, in whichever attempt.
    pub(super) fn find(&self, key: &EffectKey) -> Option<&EffectKey> {
        self.runs.iter().flat_map(|run| &run.done).find(|done| done.same_intention(key))
    }

    /// The template that this run itself left behind.
    pub(super) fn left_by(&self, run: &RunId) -> Option<&str> {
        self.runs.iter().find(|known| known.run == *run).map(|known| known.left.as_str())
    }

    /// The same with one more effect, which leaves the template `left`.
    pub(super) fn with(mut self, key: &EffectKey, left: &str) -> Self {
        let mut run = match self.runs.iter().position(|known| known.run == key.run) {
            Some(index) => self.runs.remove(index),
            None => RunEffects { run: key.run.clone(), left: String::new(), done: Vec::new() },
        };
        left.clone_into(&mut run.left);
        run.done.retain(|done| !done.same_intention(key));
        run.done.push(key.clone());
        self.runs.push(run);
        let extra = self.runs.len().saturating_sub(RUNS);
        self.runs.drain(..extra);
        self
    }

    /// As an annotation.
    pub(super) fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// When, and by which run, a release was put back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct DeployedAt {
    /// Which `ReplicaSet`.
    pub(super) release: String,
    pub(super) at: Timestamp,
    pub(super) run: RunId,
}

impl DeployedAt {
    pub(super) fn of(set: &ReplicaSet) -> Option<Self> {
        let mark: Self = serde_json::from_str(set.annotation(DEPLOYED_AT)?).ok()?;
        (mark.release == set.name).then_some(mark)
    }

    /// The same from the object that says which release is wanted. A controller that keeps
    /// templates as `ControllerRevisions` copies nothing to one that comes back.
    pub(super) fn on(object: &Value, set: &ReplicaSet) -> Option<Self> {
        let mark: Self = serde_json::from_str(annotation(object, DEPLOYED_AT)?).ok()?;
        (mark.release == set.name).then_some(mark)
    }
}

/// That a rollback went away from a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RolledBack {
    /// Which `ReplicaSet`.
    pub(super) release: String,
    /// As which revision; a later deploy of the same release is another matter.
    pub(super) revision: u64,
    pub(super) at: Timestamp,
    pub(super) run: RunId,
    /// The `ReplicaSet` that was gone back to.
    pub(super) to: String,
    /// Since when it had served, where only the change that left it could still tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) since: Option<Timestamp>,
}

impl RolledBack {
    pub(super) fn of(set: &ReplicaSet) -> Option<Self> {
        let mark: Self = serde_json::from_str(set.annotation(ROLLED_BACK)?).ok()?;
        (mark.release == set.name).then_some(mark)
    }
}

/// The proof of an effect that the Deployment carries.
pub(super) fn receipt(key: &EffectKey, deployment: &Value) -> Receipt {
    let version = deployment["metadata"]["resourceVersion"].as_str().unwrap_or("unknown");
    let name = deployment["metadata"]["name"].as_str().unwrap_or("unknown");
    let kind = deployment["kind"].as_str().unwrap_or("Deployment").to_ascii_lowercase();
    Receipt {
        reference: format!("resourceVersion {version}"),
        sentence: format!("{kind} {name} carries the mark of {}", key.short()),
    }
}
