//! `GitOps` controllers, imitated: their custom resources behind the real API server, and one
//! loop that puts a Deployment's image back to what "git" says.
//!
//! It imitates what Lastgood relies on and nothing else:
//! - Argo CD's `Application` syncs by itself while `spec.syncPolicy.automated` is there and
//!   not `enabled: false`, and heals drift with `selfHeal`
//!   (<https://argo-cd.readthedocs.io/en/stable/user-guide/auto_sync/>).
//! - Flux's `Kustomization` and `HelmRelease` reconcile unless `spec.suspend` is true
//!   (<https://fluxcd.io/flux/components/kustomize/kustomizations/#suspend>).
//!
//! The real custom resources have long schemas; these keep whatever is put in ([`crate::custom`]).

use std::time::Duration;

use k8s_openapi::api::apps::v1::Deployment;
use kube::api::{ApiResource, DynamicObject, Patch, PatchParams};
use kube::core::GroupVersionKind;
use kube::{Api, Client};
use serde_json::{Value, json};

use crate::bed::{NAMESPACE, SERVICE};
use crate::custom::{Resource, Served};
use crate::error::BedError;
use crate::task::Held;

/// How often the loop looks. Argo CD heals within seconds and Flux within its interval;
/// tests wait for it.
const PACE: Duration = Duration::from_millis(200);

/// The controllers' objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Argo CD's.
    Application,
    /// Flux', for manifests.
    Kustomization,
    /// Flux', for charts.
    HelmRelease,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Application, Self::Kustomization, Self::HelmRelease];

    const fn resource(self) -> Resource {
        let (group, version, kind, plural) = match self {
            Self::Application => ("argoproj.io", "v1alpha1", "Application", "applications"),
            Self::Kustomization => {
                ("kustomize.toolkit.fluxcd.io", "v1", "Kustomization", "kustomizations")
            }
            Self::HelmRelease => ("helm.toolkit.fluxcd.io", "v2", "HelmRelease", "helmreleases"),
        };
        Resource { group, version, kind, plural }
    }

    /// What makes it act by itself.
    fn spec(self) -> Value {
        match self {
            Self::Application => {
                json!({ "syncPolicy": { "automated": { "prune": true, "selfHeal": true } } })
            }
            Self::Kustomization => json!({ "interval": "1m" }),
            Self::HelmRelease => {
                json!({ "interval": "1m", "driftDetection": { "mode": "enabled" } })
            }
        }
    }

    /// How the controller marks what it manages.
    fn mark(self) -> Value {
        match self {
            Self::Application => json!({ "annotations": {
                "argocd.argoproj.io/tracking-id":
                    format!("{NAMESPACE}_{SERVICE}:apps/Deployment:{NAMESPACE}/{SERVICE}"),
            }}),
            Self::Kustomization => json!({ "labels": {
                "kustomize.toolkit.fluxcd.io/name": SERVICE,
                "kustomize.toolkit.fluxcd.io/namespace": NAMESPACE,
            }}),
            Self::HelmRelease => json!({ "labels": {
                "helm.toolkit.fluxcd.io/name": SERVICE,
                "helm.toolkit.fluxcd.io/namespace": NAMESPACE,
            }}),
        }
    }

    fn acts(self, object: &Value) -> bool {
        match self {
            Self::Application => {
                let automated = &object["spec"]["syncPolicy"]["automated"];
                automated["selfHeal"] == true && automated["enabled"] != false
            }
            Self::Kustomization | Self::HelmRelease => object["spec"]["suspend"] != true,
        }
    }

    fn objects(self, client: &Client) -> Api<DynamicObject> {
        let Resource { group, version, kind, plural } = self.resource();
        let kind = GroupVersionKind::gvk(group, version, kind);
        let resource = ApiResource::from_gvk_with_plural(&kind, plural);
        Api::namespaced_with(client.clone(), NAMESPACE, &resource)
    }
}

/// A controller that keeps the bed's Deployment on one image; it ends with this value, and
/// its marks on the Deployment with the Deployment.
pub struct Controller {
    kind: Kind,
    client: Client,
    _loop: Held,
    _served: Served,
}

impl Controller {
    /// Installs the custom resource, marks the bed's Deployment as managed, and begins to
    /// put it back to `image` whenever it is something else.
    pub async fn start(client: Client, kind: Kind, image: &str) -> Result<Self, BedError> {
        let resource = kind.resource();
        let Resource { group, version, kind: name, .. } = resource;
        let served = resource.serve(&client).await?;
        let objects = kind.objects(&client);
        let object = json!({
            "apiVersion": format!("{group}/{version}"),
            "kind": name,
            "metadata": { "name": SERVICE, "namespace": NAMESPACE },
            "spec": kind.spec(),
        });
        let ours = PatchParams::apply("gitops").force();
        objects
            .patch(SERVICE, &ours, &Patch::Apply(&object))
            .await
            .map_err(BedError::kubernetes(format!("create the {name} `{SERVICE}`")))?;
        let deployments: Api<Deployment> = Api::namespaced(client.clone(), NAMESPACE);
        let mark = json!({ "metadata": kind.mark() });
        deployments
            .patch(SERVICE, &PatchParams::default(), &Patch::Merge(&mark))
            .await
            .map_err(BedError::kubernetes("mark the deployment as managed".to_owned()))?;
        let keep = keep(kind, objects, deployments, image.to_owned());
        Ok(Self { kind, client, _loop: tokio::spawn(keep).into(), _served: served })
    }

    /// The controller's object, as it is now.
    pub async fn object(&self) -> Result<Value, BedError> {
        let found = self.kind.objects(&self.client).get(SERVICE).await;
        let found = found.map_err(BedError::kubernetes("read the governor".to_owned()))?;
        Ok(serde_json::to_value(found).unwrap_or_default())
    }

    /// Whether it acts by itself now.
    pub async fn acts(&self) -> Result<bool, BedError> {
        Ok(self.kind.acts(&self.object().await?))
    }

    /// Somebody changes the object's specification, as a merge patch.
    pub async fn change(&self, spec: Value) -> Result<(), BedError> {
        let patch = json!({ "spec": spec });
        let objects = self.kind.objects(&self.client);
        let patched = objects.patch(SERVICE, &PatchParams::default(), &Patch::Merge(&patch)).await;
        patched.map(drop).map_err(BedError::kubernetes("change the governor".to_owned()))
    }
}

async fn keep(
    kind: Kind,
    objects: Api<DynamicObject>,
    deployments: Api<Deployment>,
    image: String,
) {
    let mut pace = tokio::time::interval(PACE);
    let git = json!({ "spec": { "template": { "spec": {
        "containers": [{ "name": SERVICE, "image": image }],
    }}}});
    loop {
        pace.tick().await;
        let Ok(object) = objects.get(SERVICE).await else { continue };
        if !kind.acts(&serde_json::to_value(object).unwrap_or_default()) {
            continue;
        }
        // What is there already is no change, and begins no rollout.
        let (ours, git) = (PatchParams::default(), Patch::Strategic(&git));
        if let Err(error) = deployments.patch(SERVICE, &ours, &git).await {
            tracing::debug!(%error, "git could not be put back");
        }
    }
}
