//! The Deployment of the bed's service: what it is, and waiting for it.

use std::time::Duration;

use futures::{StreamExt as _, pin_mut};
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::Namespace;
use kube::api::{Patch, PatchParams};
use kube::runtime::watcher::watch_object;
use kube::{Api, Client};
use serde_json::{Value, json};

use super::{BedOptions, NAMESPACE, SERVICE};
use crate::error::BedError;
use crate::release::{CHANGE_CAUSE, Release};

pub(super) async fn create(client: &Client, options: &BedOptions) -> Result<(), BedError> {
    let namespaces: Api<Namespace> = Api::all(client.clone());
    let namespace = json!({
        "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": NAMESPACE },
    });
    let ours = PatchParams::apply("lastgood-bed").force();
    namespaces
        .patch(NAMESPACE, &ours, &Patch::Apply(&namespace))
        .await
        .map_err(BedError::kubernetes(format!("create the namespace `{NAMESPACE}`")))?;
    let deployments: Api<Deployment> = Api::namespaced(client.clone(), NAMESPACE);
    deployments
        .patch(SERVICE, &ours, &Patch::Apply(&manifest(options)))
        .await
        .map_err(BedError::kubernetes(format!("create the deployment `{SERVICE}`")))?;
    Ok(())
}

pub(super) async fn deploy(client: &Client, release: &Release) -> Result<(), BedError> {
    let deployments: Api<Deployment> = Api::namespaced(client.clone(), NAMESPACE);
    let patch = json!({
        "metadata": { "annotations": { CHANGE_CAUSE: release.change_cause() } },
        "spec": { "template": {
            "metadata": { "annotations": release.annotations },
            "spec": { "containers": [{ "name": SERVICE, "image": release.image }] },
        }},
    });
    deployments
        .patch(SERVICE, &PatchParams::default(), &Patch::Strategic(patch))
        .await
        .map_err(BedError::kubernetes(format!("deploy `{}`", release.image)))?;
    Ok(())
}

fn manifest(options: &BedOptions) -> Value {
    let release = &options.release;
    let labels = json!({ "app": SERVICE });
    json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {
            "name": SERVICE,
            "labels": labels,
            "annotations": { CHANGE_CAUSE: release.change_cause() },
        },
        "spec": {
            "replicas": options.replicas,
            "revisionHistoryLimit": 10,
            "progressDeadlineSeconds": options.progress_deadline.as_secs(),
            "selector": { "matchLabels": labels },
            "strategy": {
                "type": "RollingUpdate",
                "rollingUpdate": { "maxSurge": 1, "maxUnavailable": 0 },
            },
            "template": {
                "metadata": { "labels": labels, "annotations": release.annotations },
                "spec": { "containers": [{
                    "name": SERVICE,
                    "image": release.image,
                    "ports": [{ "name": "http", "containerPort": 8080 }],
                }]},
            },
        },
    })
}

/// Whether the current generation is complete, by the rules of `kubectl rollout status`.
pub fn is_rolled_out(deployment: &Deployment) -> bool {
    let Some(status) = &deployment.status else { return false };
    let wanted = deployment.spec.replicas.unwrap_or(1);
    let updated = status.updated_replicas.unwrap_or(0);
    status.observed_generation >= deployment.metadata.generation
        && updated == wanted
        && status.replicas.unwrap_or(0) == updated
        && status.available_replicas.unwrap_or(0) == updated
}

/// Watches the bed's Deployment until `holds`; `what` names it in the error.
pub async fn wait_for(
    deployments: &Api<Deployment>,
    what: &str,
    at_most: Duration,
    holds: impl Fn(&Deployment) -> bool,
) -> Result<Deployment, BedError> {
    let changes = watch_object(deployments.clone(), SERVICE);
    pin_mut!(changes);
    let found = async {
        while let Some(change) = changes.next().await {
            match change {
                Ok(Some(deployment)) if holds(&deployment) => return Ok(deployment),
                Ok(_) => {}
                // The watcher starts again by itself; the deadline is ours.
                Err(error) => tracing::debug!(%error, "the watch on the deployment is retried"),
            }
        }
        Err(BedError::TookTooLong { what: what.to_owned(), after: at_most })
    };
    tokio::time::timeout(at_most, found)
        .await
        .unwrap_or_else(|_| Err(BedError::TookTooLong { what: what.to_owned(), after: at_most }))
}
