//! The bed: everything together, with a service on it that serves.

mod deployment;
mod options;
mod workspace;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use k8s_openapi::api::apps::v1::Deployment;
use kube::{Api, Client};
use tempfile::TempDir;

use crate::control_plane::ControlPlane;
use crate::error::BedError;
use crate::gateway::Gateway;
use crate::kubelet::Kubelet;
use crate::load::Load;
use crate::peer::{self, Missing, Program};
use crate::program;
use crate::prometheus::Prometheus;
use crate::proxy::FaultProxy;
use crate::release::Release;

pub use deployment::{is_rolled_out, wait_for};
pub use options::BedOptions;

/// The namespace of the bed's service.
pub const NAMESPACE: &str = "shop";

/// The Deployment, its pods' label `app`, and the service's name in the catalog.
pub const SERVICE: &str = "checkout";

/// A running bed; everything on it ends with this value.
///
/// The order of the fields is the order of the end: callers before what they call.
pub struct Bed {
    gateway: Gateway,
    prometheus: Prometheus,
    kubelet: Kubelet,
    client: Client,
    control_plane: ControlPlane,
    dir: PathBuf,
    /// The Deployment's own limit, with room for the controllers to say so.
    patience: Duration,
    _temporary: Option<TempDir>,
}

impl Bed {
    /// Starts everything and returns when the first release is rolled out.
    ///
    /// Fails with [`BedError::Missing`] when a real system is not installed; tests then
    /// call [`peer::skipped`].
    pub async fn start(options: BedOptions) -> Result<Self, BedError> {
        let source = peer::control_plane()?;
        Program::Prometheus.find()?;
        let (dir, temporary) = if let Some(dir) = options.dir.clone() {
            (dir, None)
        } else {
            let made = tempfile::Builder::new().prefix("lastgood-bed.").tempdir();
            let made = made.map_err(BedError::file(&std::env::temp_dir()))?;
            (made.path().to_owned(), Some(made))
        };
        let program = program::find().await?;
        let control_plane = ControlPlane::start_from(&source, &dir.join("control-plane")).await?;
        let client = control_plane.client().await?;
        let images = options.images.clone();
        let kubelet = Kubelet::start(client.clone(), images, program, dir.join("pods")).await?;
        let prometheus = Prometheus::start(&dir.join("prometheus"), kubelet.endpoints()).await?;
        let gateway =
            Gateway::start(client.clone(), NAMESPACE, SERVICE, kubelet.endpoints()).await?;
        let patience = options.progress_deadline.saturating_add(Duration::from_mins(1));
        let bed = Self {
            gateway,
            prometheus,
            kubelet,
            client,
            control_plane,
            dir,
            patience,
            _temporary: temporary,
        };
        deployment::create(&bed.client, &options).await?;
        bed.wait_rollout().await?;
        Ok(bed)
    }

    /// Puts another image and other template annotations on the Deployment. Does not
    /// wait; a rollout begins.
    pub async fn deploy(
        &self,
        image: &str,
        annotations: &BTreeMap<String, String>,
    ) -> Result<(), BedError> {
        let release = Release { image: image.to_owned(), annotations: annotations.clone() };
        self.deploy_release(&release).await
    }

    /// As [`Bed::deploy`], all in one value.
    pub async fn deploy_release(&self, release: &Release) -> Result<(), BedError> {
        deploy(&self.client, release).await
    }

    /// Waits until the Deployment's current generation is rolled out, as `kubectl
    /// rollout status` would, for its progress deadline and a minute.
    pub async fn wait_rollout(&self) -> Result<Deployment, BedError> {
        wait_for(&self.deployments(), "the rollout", self.patience, is_rolled_out).await
    }

    /// Waits until the Deployment counts exactly this many ready pods.
    pub async fn wait_ready(&self, count: i32) -> Result<Deployment, BedError> {
        let what = format!("{count} ready pods");
        wait_for(&self.deployments(), &what, self.patience, |deployment| {
            let status = deployment.status.as_ref();
            status.and_then(|status| status.ready_replicas).unwrap_or(0) == count
        })
        .await
    }

    /// Sends load to the service's address for no longer than `at_most`.
    pub fn load(&self, per_second: u32, at_most: Duration) -> Result<Load, BedError> {
        Load::start(&format!("{}/", self.address()), per_second, at_most)
    }

    /// Starts a proxy that fails on request, in front of the API server.
    pub async fn fault_proxy(&self) -> Result<FaultProxy, BedError> {
        FaultProxy::start(&self.kubeconfig(), &self.dir).await
    }

    /// Writes a workspace folder that a person or a test can open with Lastgood.
    pub fn write_workspace(&self, dir: &Path) -> Result<(), BedError> {
        workspace::write(dir, &self.kubeconfig(), &self.prometheus_url(), &self.address())
    }

    /// The Deployments of the bed's namespace.
    pub fn deployments(&self) -> Api<Deployment> {
        Api::namespaced(self.client.clone(), NAMESPACE)
    }

    /// A client with every right.
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// The control plane.
    pub fn control_plane(&self) -> &ControlPlane {
        &self.control_plane
    }

    /// The kubelet, which knows each pod's process.
    pub fn kubelet(&self) -> &Kubelet {
        &self.kubelet
    }

    /// The service's address, `http://127.0.0.1:PORT`: Ready pods in turn.
    pub fn address(&self) -> String {
        self.gateway.url()
    }

    /// Where Prometheus answers, `http://127.0.0.1:PORT`.
    pub fn prometheus_url(&self) -> String {
        self.prometheus.url()
    }

    /// The kubeconfig of the user who may do everything.
    pub fn kubeconfig(&self) -> PathBuf {
        self.control_plane.kubeconfig()
    }

    /// The kubeconfig of the user who may do nothing.
    pub fn viewer_kubeconfig(&self) -> PathBuf {
        self.control_plane.viewer_kubeconfig()
    }

    /// Where kubectl is.
    pub fn kubectl(&self) -> Result<PathBuf, Missing> {
        Program::Kubectl.find()
    }

    /// The folder with everything the bed writes.
    pub fn dir(&self) -> &Path {
        &self.dir
    }
}

/// Puts a release on the bed's Deployment through any client; a rollout begins.
pub async fn deploy(client: &Client, release: &Release) -> Result<(), BedError> {
    deployment::deploy(client, release).await
}
