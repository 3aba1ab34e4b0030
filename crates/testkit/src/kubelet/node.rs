//! The Node object: registered once, kept alive by heartbeats.

use std::time::Duration;

use k8s_openapi::api::core::v1::Node;
use kube::api::{Patch, PatchParams};
use kube::{Api, Client};
use serde_json::{Value, json};

use super::NODE;
use crate::clock;
use crate::error::BedError;

/// A real kubelet's own pace.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// Makes the node `name` known, and ready.
pub(super) async fn register(client: &Client, name: &str) -> Result<(), BedError> {
    let nodes: Api<Node> = Api::all(client.clone());
    let force = PatchParams::apply("lastgood-bed").force();
    let node = json!({
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": { "name": name, "labels": { "kubernetes.io/hostname": name } },
        "spec": {},
    });
    nodes
        .patch(name, &force, &Patch::Apply(&node))
        .await
        .map_err(BedError::kubernetes("register the node"))?;
    // Admission taints every new node as not ready, and the controller that would take
    // the taint off again does not run here.
    nodes
        .patch(name, &PatchParams::default(), &Patch::Merge(json!({ "spec": { "taints": null } })))
        .await
        .map_err(BedError::kubernetes("take the taint off the node"))?;
    nodes
        .patch_status(name, &PatchParams::default(), &Patch::Merge(&alive()))
        .await
        .map_err(BedError::kubernetes("report the node ready"))?;
    Ok(())
}

pub(super) async fn keep_alive(client: Client) {
    let nodes: Api<Node> = Api::all(client);
    let mut pace = tokio::time::interval(HEARTBEAT);
    loop {
        pace.tick().await;
        let beat = Patch::Merge(alive());
        if let Err(error) = nodes.patch_status(NODE, &PatchParams::default(), &beat).await {
            tracing::debug!(%error, "a heartbeat was lost");
        }
    }
}

fn alive() -> Value {
    let resources = json!({ "cpu": "8", "memory": "16Gi", "pods": "110" });
    json!({ "status": {
        "capacity": resources,
        "allocatable": resources,
        "addresses": [{ "type": "InternalIP", "address": "127.0.0.1" }],
        "conditions": [{
            "type": "Ready",
            "status": "True",
            "reason": "KubeletReady",
            "message": "pods run as local processes",
            "lastHeartbeatTime": seconds(clock::now()),
        }],
    }})
}

/// Kubernetes keeps times of objects to the second.
pub(super) fn seconds(time: jiff::Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
