//! A real Kubernetes control plane on loopback: etcd, API server, controllers.
//!
//! There are no nodes in it; [`crate::kubelet`] supplies one. Two users exist: `admin`,
//! who may do everything, and `viewer`, who may do nothing until a rule grants it.

mod assets;
mod scripts;

use std::path::{Path, PathBuf};
use std::time::Duration;

use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};

use crate::error::BedError;
use crate::peer::{self, ControlPlaneSource};
use crate::port;
use crate::process::ProcessGroup;

/// How long a control plane may take to answer. On two busy cores with cold caches it
/// took 20 s, and unpacking the programs for the first time adds as much again.
const READY_WITHIN: Duration = Duration::from_secs(90);

/// A running control plane; it ends with this value.
#[derive(Debug)]
pub struct ControlPlane {
    dir: PathBuf,
    port: u16,
    _running: Running,
}

/// What has to be dropped for the control plane to end.
#[derive(Debug)]
enum Running {
    Scripts(#[expect(dead_code, reason = "held for its Drop")] scripts::Started),
    Processes(#[expect(dead_code, reason = "held for its Drop")] Vec<ProcessGroup>),
}

impl ControlPlane {
    /// Starts one on free ports, with its data, logs and kubeconfigs in `dir`.
    pub async fn start(dir: &Path) -> Result<Self, BedError> {
        Self::start_from(&peer::control_plane()?, dir).await
    }

    /// As [`ControlPlane::start`], from a source that the caller chose.
    pub async fn start_from(source: &ControlPlaneSource, dir: &Path) -> Result<Self, BedError> {
        std::fs::create_dir_all(dir).map_err(BedError::file(dir))?;
        let dir = dir.canonicalize().map_err(BedError::file(dir))?;
        let port = port::three_in_a_row()?;
        let running = match source {
            ControlPlaneSource::Scripts(folder) => {
                Running::Scripts(scripts::start(folder, &dir, port).await?)
            }
            ControlPlaneSource::Assets(folder) => {
                Running::Processes(assets::start(folder, &dir, port).await?)
            }
        };
        Ok(Self { dir, port, _running: running })
    }

    /// The kubeconfig of the user who may do everything.
    pub fn kubeconfig(&self) -> PathBuf {
        self.dir.join("kubeconfig")
    }

    /// The kubeconfig of the user who may do nothing.
    pub fn viewer_kubeconfig(&self) -> PathBuf {
        self.dir.join("kubeconfig-viewer")
    }

    /// Where the API server answers (https, with a certificate of its own making).
    pub fn url(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }

    /// A client with every right.
    pub async fn client(&self) -> Result<Client, BedError> {
        client(&self.kubeconfig()).await
    }
}

/// Makes a client from a kubeconfig file.
pub async fn client(kubeconfig: &Path) -> Result<Client, BedError> {
    let wrong =
        |source| BedError::Kubeconfig { path: kubeconfig.to_owned(), source: Box::new(source) };
    let read = Kubeconfig::read_from(kubeconfig).map_err(wrong)?;
    let config =
        Config::from_custom_kubeconfig(read, &KubeConfigOptions::default()).await.map_err(wrong)?;
    Client::try_from(config).map_err(BedError::kubernetes("make a client for Kubernetes"))
}

/// The last lines of a log, on one line, for an error.
fn log_end(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let mut lines: Vec<&str> = text.lines().rev().take(3).collect();
    lines.reverse();
    if lines.is_empty() { "(nothing)".to_owned() } else { lines.join(" | ") }
}
