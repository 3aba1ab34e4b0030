//! A kubelet made of processes.
//!
//! It registers one Node, binds pending pods to it, and runs each pod as a process of
//! the fixture service. It is scheduler and kubelet in one, and knows nothing of
//! volumes, probes of the pod's own, or more than one container.

mod node;
mod pod;
mod status;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use futures::{StreamExt as _, pin_mut};
use k8s_openapi::api::core::v1::Pod;
use kube::api::PostParams;
use kube::runtime::{WatchStreamExt as _, watcher};
use kube::{Api, Client, ResourceExt as _};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::endpoints::{Board, Endpoints};
use crate::error::BedError;
use crate::image::ImageTable;
use crate::task::Held;

/// The name of the bed's one node.
pub const NODE: &str = "bed";

/// The annotation that says on which loopback port a pod's process listens.
pub const PORT_ANNOTATION: &str = "lastgood.dev/port";

/// What every pod's task needs.
#[derive(Clone)]
pub(crate) struct Shared {
    client: Client,
    images: Arc<ImageTable>,
    program: PathBuf,
    logs: PathBuf,
    board: Board,
}

/// A running kubelet; it ends with this value, and its pods' processes with it.
#[derive(Debug)]
pub struct Kubelet {
    board: Board,
    _tasks: [Held; 2],
}

impl Kubelet {
    /// Registers the node and begins to run pods. `program` is the fixture service's
    /// binary; `logs` is a folder for what the processes write.
    pub async fn start(
        client: Client,
        images: ImageTable,
        program: PathBuf,
        logs: PathBuf,
    ) -> Result<Self, BedError> {
        std::fs::create_dir_all(&logs).map_err(BedError::file(&logs))?;
        node::register(&client, NODE).await?;
        let board = Board::new();
        let images = Arc::new(images);
        let shared = Shared { client: client.clone(), images, program, logs, board: board.clone() };
        let heartbeat = tokio::spawn(node::keep_alive(client));
        Ok(Self { board, _tasks: [tokio::spawn(run(shared)).into(), heartbeat.into()] })
    }

    /// Registers another node, whose pods run here as well. A `DaemonSet` has a pod on each.
    pub async fn join(client: &Client, name: &str) -> Result<(), BedError> {
        node::register(client, &format!("{NODE}-{name}")).await
    }

    /// The processes that run, Ready or not; changes as they come and go.
    pub fn endpoints(&self) -> watch::Receiver<Endpoints> {
        self.board.subscribe()
    }
}

/// Starts and stops a task for each pod of this node, until dropped.
async fn run(shared: Shared) {
    let pods: Api<Pod> = Api::all(shared.client.clone());
    let changes = watcher(pods, watcher::Config::default()).default_backoff();
    pin_mut!(changes);
    let mut running: HashMap<String, CancellationToken> = HashMap::new();
    // Pods' tasks live in here, so that they end with this one.
    let mut tasks: JoinSet<String> = JoinSet::new();
    loop {
        tokio::select! {
            Some(change) = changes.next() => match change {
                Ok(watcher::Event::Apply(pod) | watcher::Event::InitApply(pod)) => {
                    take(&shared, &pod, &mut running, &mut tasks);
                }
                Ok(watcher::Event::Delete(pod)) => {
                    if let Some(stop) = running.get(&uid(&pod)) {
                        stop.cancel();
                    }
                }
                Ok(watcher::Event::Init | watcher::Event::InitDone) => {}
                Err(error) => tracing::debug!(%error, "the watch on pods is retried"),
            },
            Some(ended) = tasks.join_next() => {
                if let Ok(uid) = ended {
                    running.remove(&uid);
                }
            }
            else => return,
        }
    }
}

/// Decides what a pod's new state asks for. Idempotent: a watch repeats itself.
fn take(
    shared: &Shared,
    pod: &Pod,
    running: &mut HashMap<String, CancellationToken>,
    tasks: &mut JoinSet<String>,
) {
    let uid = uid(pod);
    let node = pod.spec.as_ref().and_then(|spec| spec.node_name.as_deref());
    let leaving = pod.metadata.deletion_timestamp.is_some();
    let ours = node.is_some_and(|node| node.starts_with(NODE));
    match (node, running.get(&uid)) {
        (Some(_), Some(stop)) if leaving && ours => stop.cancel(),
        (Some(_), None) if ours => {
            let stop = CancellationToken::new();
            if leaving {
                // It was deleted before we saw it: only the object is left to remove.
                stop.cancel();
            }
            running.insert(uid.clone(), stop.clone());
            let life = pod::live(shared.clone(), pod.clone(), stop);
            tasks.spawn(async move {
                life.await;
                uid
            });
        }
        (None, None) if !leaving => {
            let bind = bind(shared.client.clone(), pod.clone());
            // Not a pod of ours yet: its UID comes again with the binding.
            tasks.spawn(async move {
                bind.await;
                String::new()
            });
        }
        (Some(_) | None, Some(_) | None) => {}
    }
}

async fn bind(client: Client, pod: Pod) {
    let namespace = pod.namespace().unwrap_or_default();
    let pods: Api<Pod> = Api::namespaced(client, &namespace);
    let name = pod.name_any();
    let node = wanted_node(&pod).unwrap_or_else(|| NODE.to_owned());
    let binding = json!({
        "apiVersion": "v1",
        "kind": "Binding",
        "metadata": { "name": name, "namespace": namespace },
        "target": { "apiVersion": "v1", "kind": "Node", "name": node },
    });
    let bound: Result<Value, _> =
        pods.create_subresource("binding", &name, &PostParams::default(), &binding).await;
    if let Err(error) = bound {
        // Most often a repeat: the pod is bound or gone already.
        tracing::debug!(%error, pod = name, "a binding was refused");
    }
}

/// The one node that the controller of a `DaemonSet` made the pod for.
fn wanted_node(pod: &Pod) -> Option<String> {
    let affinity = pod.spec.as_ref()?.affinity.as_ref()?.node_affinity.as_ref()?;
    let required = affinity.required_during_scheduling_ignored_during_execution.as_ref()?;
    let terms = required.node_selector_terms.iter();
    let fields = terms.flat_map(|term| term.match_fields.iter().flatten());
    let named = fields.filter(|field| field.key == "metadata.name");
    named.flat_map(|field| field.values.iter().flatten()).next().cloned()
}

fn uid(pod: &Pod) -> String {
    pod.uid().unwrap_or_default()
}
