//! The controller of Argo Rollouts, imitated: it drives real `ReplicaSets` on the real control
//! plane by what a `Rollout` of `argoproj.io/v1alpha1` asks for.
//!
//! It imitates what Lastgood relies on
//! (<https://argo-rollouts.readthedocs.io/en/stable/features/specification/>,
//! <https://argo-rollouts.readthedocs.io/en/stable/features/canary/>,
//! <https://argo-rollouts.readthedocs.io/en/stable/features/bluegreen/>):
//! - one `ReplicaSet` for each template, named by the hash in the label
//!   `rollouts-pod-template-hash`, with revisions in an annotation;
//! - canary steps `setWeight` and `pause: {}`, sharing by replicas, without traffic routing;
//! - blue-green by the hash in the selector of `activeService`;
//! - `spec.paused`, `status.abort`, `status.promoteFull`; a change of the template ends the
//!   last two, and the stable template passes the steps over;
//! - the conditions `Available` and `Progressing`, and the events `SwitchService` and
//!   `RolloutCompleted` (the first release ever is complete at once, as "Initial deploy").
//!
//! It knows no analyses, no previews, no pauses with a duration, and scales no old colour
//! down.

mod plan;

use std::time::Duration;

use k8s_openapi::api::apps::v1::ReplicaSet;
use k8s_openapi::api::core::v1::{Event, Service};
use kube::api::{ApiResource, DynamicObject, ListParams, Patch, PatchParams, PostParams};
use kube::core::GroupVersionKind;
use kube::{Api, Client, ResourceExt as _};
use serde_json::{Value, json};

use crate::bed::NAMESPACE;
use crate::clock;
use crate::custom::{Resource, Served};
use crate::error::BedError;
use crate::task::Held;
use plan::{Have, Wish, revision, wish};

/// The label that names a template.
pub const HASH: &str = "rollouts-pod-template-hash";

/// How often it looks. The real one watches; tests wait for it.
const PACE: Duration = Duration::from_millis(200);

const ROLLOUTS: Resource =
    Resource { group: "argoproj.io", version: "v1alpha1", kind: "Rollout", plural: "rollouts" };

const REVISION: &str = "rollout.argoproj.io/revision";

/// A running imitation; it ends with this value.
pub struct ArgoRollouts {
    rollouts: Api<DynamicObject>,
    _loop: Held,
    _served: Served,
}

impl ArgoRollouts {
    /// Installs the custom resource and begins to drive the Rollouts of the bed's namespace.
    pub async fn start(client: Client) -> Result<Self, BedError> {
        let served = ROLLOUTS.serve(&client).await?;
        let kind = GroupVersionKind::gvk("argoproj.io", "v1alpha1", "Rollout");
        let resource = ApiResource::from_gvk_with_plural(&kind, "rollouts");
        let rollouts = Api::namespaced_with(client.clone(), NAMESPACE, &resource);
        let controller = Controller {
            rollouts: rollouts.clone(),
            sets: Api::namespaced(client.clone(), NAMESPACE),
            services: Api::namespaced(client.clone(), NAMESPACE),
            events: Api::namespaced(client, NAMESPACE),
        };
        Ok(Self { rollouts, _loop: tokio::spawn(controller.run()).into(), _served: served })
    }

    /// A Rollout, as it is now.
    pub async fn rollout(&self, name: &str) -> Result<Value, BedError> {
        let found = self.rollouts.get(name).await;
        let found = found.map_err(BedError::kubernetes(format!("read the rollout `{name}`")))?;
        Ok(serde_json::to_value(found).unwrap_or_default())
    }

    /// Creates a Rollout, or changes it, as a person with `kubectl apply` does.
    pub async fn apply(&self, name: &str, spec: &Value) -> Result<(), BedError> {
        let object = json!({
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout",
            "metadata": { "name": name }, "spec": spec,
        });
        let person = PatchParams::apply("kubectl").force();
        let applied = self.rollouts.patch(name, &person, &Patch::Apply(&object)).await;
        applied.map(drop).map_err(BedError::kubernetes(format!("apply the rollout `{name}`")))
    }
}

/// The hash of a template: of the `ReplicaSet` that has it, else a new one. The real
/// controller compares the same way, so that a template which was put back from a
/// `ReplicaSet`, with all defaults in it, is that one again.
fn present(template: &Value, sets: &[ReplicaSet]) -> String {
    let has_it = |set: &&ReplicaSet| {
        let mut of = serde_json::to_value(&set.spec.template).unwrap_or_default();
        if let Some(labels) = of["metadata"]["labels"].as_object_mut() {
            labels.remove(HASH);
        }
        bare(of) == bare(template.clone())
    };
    let known = sets.iter().find(has_it).and_then(|set| set.labels().get(HASH).cloned());
    known.unwrap_or_else(|| plan::hash(template))
}

/// Without what is null, which says as much as what is absent.
fn bare(value: Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .filter(|(_, field)| !field.is_null())
            .map(|(name, field)| (name, bare(field)))
            .collect(),
        Value::Array(items) => items.into_iter().map(bare).collect(),
        plain @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => plain,
    }
}

struct Controller {
    rollouts: Api<DynamicObject>,
    sets: Api<ReplicaSet>,
    services: Api<Service>,
    events: Api<Event>,
}

impl Controller {
    async fn run(self) {
        let mut pace = tokio::time::interval(PACE);
        loop {
            pace.tick().await;
            let Ok(found) = self.rollouts.list(&ListParams::default()).await else { continue };
            for rollout in found.items {
                // What failed is tried again at the next look, as a controller does.
                if let Err(error) = self.reconcile(&rollout).await {
                    tracing::debug!(%error, "a rollout could not be reconciled");
                }
            }
        }
    }

    async fn reconcile(&self, rollout: &DynamicObject) -> Result<(), kube::Error> {
        let uid = rollout.uid().unwrap_or_default();
        let mut sets: Vec<ReplicaSet> = self.sets.list(&ListParams::default()).await?.items;
        sets.retain(|set| set.owner_references().iter().any(|owner| owner.uid == uid));
        let object = serde_json::to_value(rollout).unwrap_or_default();
        let hash = present(&object["spec"]["template"], &sets);
        let newest = sets.iter().map(revision).max().unwrap_or(0);
        match sets.iter().find(|set| set.labels().get(HASH) == Some(&hash)) {
            None => return self.create(rollout, &object, &hash, newest + 1).await,
            Some(set) if revision(set) < newest => self.again(set, newest + 1).await?,
            Some(_) => {}
        }
        let have: Vec<Have> = sets.iter().map(Have::of).collect();
        let Wish { scales, active, status } = wish(&object, &hash, &have, clock::now());
        for (name, replicas) in scales {
            let scale = json!({ "spec": { "replicas": replicas } });
            self.sets.patch(&name, &PatchParams::default(), &Patch::Merge(&scale)).await?;
        }
        if let Some((service, hash)) = active {
            let selector = json!({ "spec": { "selector": { HASH: hash } } });
            let from = object["status"]["blueGreen"]["activeSelector"].as_str().unwrap_or("");
            self.services
                .patch(&service, &PatchParams::default(), &Patch::Merge(&selector))
                .await?;
            let words =
                format!("Switched selector for service '{service}' from '{from}' to '{hash}'");
            self.tell(rollout, "SwitchService", &words).await?;
        }
        let mut patch = json!({ "status": status });
        // What somebody wrote into the status since is not overwritten.
        patch["metadata"] = json!({ "resourceVersion": rollout.resource_version() });
        if bare(object["status"].clone()) != bare(status.clone()) {
            let (name, ours) = (rollout.name_any(), PatchParams::default());
            self.rollouts.patch_status(&name, &ours, &Patch::Merge(&patch)).await?;
            if let Some(words) = plan::completed(&object["status"], &status, &have) {
                self.tell(rollout, "RolloutCompleted", &words).await?;
            }
        }
        Ok(())
    }

    async fn tell(
        &self,
        rollout: &DynamicObject,
        reason: &str,
        message: &str,
    ) -> Result<(), kube::Error> {
        let now = clock::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let event = json!({
            "apiVersion": "v1", "kind": "Event",
            "metadata": { "generateName": format!("{}.", rollout.name_any()) },
            "involvedObject": {
                "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout",
                "namespace": NAMESPACE, "name": rollout.name_any(), "uid": rollout.uid(),
            },
            "type": "Normal", "reason": reason, "message": message,
            "firstTimestamp": now, "lastTimestamp": now,
            "source": { "component": "rollouts-controller" },
        });
        let event: Event = serde_json::from_value(event).map_err(kube::Error::SerdeError)?;
        self.events.create(&PostParams::default(), &event).await.map(drop)
    }

    async fn create(
        &self,
        rollout: &DynamicObject,
        object: &Value,
        hash: &str,
        revision: u64,
    ) -> Result<(), kube::Error> {
        let mut template = object["spec"]["template"].clone();
        template["metadata"]["labels"][HASH] = json!(hash);
        let labels = template["metadata"]["labels"].clone();
        let set = json!({
            "apiVersion": "apps/v1", "kind": "ReplicaSet",
            "metadata": {
                "name": format!("{}-{hash}", rollout.name_any()),
                "labels": labels,
                "annotations": { REVISION: revision.to_string() },
                "ownerReferences": [{
                    "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "controller": true,
                    "name": rollout.name_any(), "uid": rollout.uid(),
                }],
            },
            "spec": { "replicas": 0, "selector": { "matchLabels": labels }, "template": template },
        });
        let set: ReplicaSet = serde_json::from_value(set).map_err(kube::Error::SerdeError)?;
        self.sets.create(&PostParams::default(), &set).await.map(drop)
    }

    /// A template that comes back gets the next revision, and keeps the ones it had.
    async fn again(&self, set: &ReplicaSet, next: u64) -> Result<(), kube::Error> {
        const HISTORY: &str = "rollout.argoproj.io/revision-history";
        let now = revision(set).to_string();
        let history = match set.annotations().get(HISTORY) {
            Some(earlier) => format!("{earlier},{now}"),
            None => now,
        };
        let annotations = json!({ REVISION: next.to_string(), HISTORY: history });
        let patch = json!({ "metadata": { "annotations": annotations } });
        let name = set.name_any();
        self.sets.patch(&name, &PatchParams::default(), &Patch::Merge(&patch)).await.map(drop)
    }
}
