//! Which processes serve, as everyone in the bed sees it.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use tokio::sync::watch;

/// A pod's process and where it listens on loopback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The pod's namespace.
    pub namespace: String,
    /// The pod's name.
    pub pod: String,
    /// The pod's label `app`.
    pub app: String,
    /// All labels of the pod, by which a Service finds it.
    pub labels: BTreeMap<String, String>,
    /// What its image says its version is.
    pub version: String,
    /// Its address on loopback; everything in 127.0.0.0/8 is this machine.
    pub host: Ipv4Addr,
    /// Its port there.
    pub port: u16,
    /// Its process id, which is its group's too; for those who want to kill it. 0 where it
    /// lives inside of the test's own process.
    pub process: i32,
    /// Whether its pod is Ready.
    pub ready: bool,
}

/// All of them, by the pod's UID.
pub type Endpoints = BTreeMap<String, Endpoint>;

/// Publishes changes of [`Endpoints`].
#[derive(Clone, Debug)]
pub(crate) struct Board(watch::Sender<Endpoints>);

impl Board {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(Endpoints::new()))
    }

    pub(crate) fn put(&self, uid: &str, endpoint: Endpoint) {
        self.0.send_modify(|all| {
            all.insert(uid.to_owned(), endpoint);
        });
    }

    pub(crate) fn remove(&self, uid: &str) {
        self.0.send_if_modified(|all| all.remove(uid).is_some());
    }

    pub(crate) fn subscribe(&self) -> watch::Receiver<Endpoints> {
        self.0.subscribe()
    }
}
