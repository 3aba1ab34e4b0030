//! The life of one pod: a process, its health, and what the API server is told of it.

use std::process::Stdio;
use std::time::Duration;

use k8s_openapi::api::core::v1::Pod;
use kube::api::{DeleteParams, Patch, PatchParams, Preconditions};
use kube::{Api, ResourceExt as _};
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;
use tokio_util::sync::CancellationToken;

use super::status::{Phase, Report};
use super::{PORT_ANNOTATION, Shared};
use crate::clock;
use crate::endpoints::Endpoint;
use crate::error::BedError;
use crate::image::Image;
use crate::process::ProcessGroup;

/// How often a process is asked whether it is healthy. A real kubelet takes 10 s; tests
/// wait for it.
const PROBE_PACE: Duration = Duration::from_millis(150);

/// How long one probe may take; the default of Kubernetes.
const PROBE_TIMEOUT: Duration = Duration::from_secs(1);

/// How long a process may finish what is in flight before it is killed.
const GRACE: Duration = Duration::from_secs(2);

/// Between leaving the list of those who serve and being asked to end: a caller may have
/// read the list just before. Teams write this as `preStop: sleep`.
const DRAIN: Duration = Duration::from_millis(100);

/// Between a crash and the next start. Kubernetes begins with 10 s and doubles it.
const RESTART_PAUSE: Duration = Duration::from_secs(1);

/// From `ErrImagePull` to `ImagePullBackOff`.
const PULL_PAUSE: Duration = Duration::from_secs(1);

/// Why a process is no longer looked after.
enum End {
    Stopped,
    Exited(i32),
}

struct Life {
    shared: Shared,
    pods: Api<Pod>,
    uid: String,
    name: String,
    app: String,
    labels: std::collections::BTreeMap<String, String>,
    containers: Vec<String>,
    reference: String,
    began: jiff::Timestamp,
    turned: jiff::Timestamp,
    /// Whether the last report said Ready.
    was_ready: bool,
    restarts: u32,
}

/// Runs a pod until `stop` is cancelled, then removes the process and the object.
pub(super) async fn live(shared: Shared, pod: Pod, stop: CancellationToken) {
    let mut life = Life::new(shared, &pod);
    if !stop.is_cancelled() {
        match life.shared.images.find(&life.reference).cloned() {
            Some(image) => life.run(&image, &stop).await,
            None => life.fail_to_pull(&stop).await,
        }
    }
    life.remove().await;
}

impl Life {
    fn new(shared: Shared, pod: &Pod) -> Self {
        let namespace = pod.namespace().unwrap_or_default();
        let specs = pod.spec.as_ref().map(|spec| spec.containers.as_slice()).unwrap_or_default();
        let reference = specs.first().and_then(|first| first.image.clone()).unwrap_or_default();
        let now = clock::now();
        Self {
            pods: Api::namespaced(shared.client.clone(), &namespace),
            shared,
            uid: super::uid(pod),
            name: pod.name_any(),
            labels: pod.labels().clone(),
            app: pod.labels().get("app").cloned().unwrap_or_else(|| "unlabelled".to_owned()),
            containers: specs.iter().map(|container| container.name.clone()).collect(),
            reference,
            began: now,
            turned: now,
            was_ready: false,
            restarts: 0,
        }
    }

    async fn fail_to_pull(&mut self, stop: &CancellationToken) {
        for reason in ["ErrImagePull", "ImagePullBackOff"] {
            self.report(None, &Phase::Unpullable { reason }).await;
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(PULL_PAUSE) => {}
            }
        }
        stop.cancelled().await;
    }

    async fn run(&mut self, image: &Image, stop: &CancellationToken) {
        loop {
            let exit_code = match self.run_once(image, stop).await {
                Ok(End::Stopped) => return,
                Ok(End::Exited(code)) => code,
                Err(error) => {
                    tracing::warn!(%error, pod = self.name, "the fixture service does not start");
                    127
                }
            };
            self.shared.board.remove(&self.uid);
            self.report(Some(image), &Phase::Crashed { exit_code }).await;
            self.restarts += 1;
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(RESTART_PAUSE) => {}
            }
        }
    }

    async fn run_once(&mut self, image: &Image, stop: &CancellationToken) -> Result<End, BedError> {
        let http = reqwest::Client::builder()
            .timeout(PROBE_TIMEOUT)
            .no_proxy()
            .build()
            .map_err(BedError::HttpClient)?;
        let (mut process, port) = self.spawn(image).await?;
        // Open as long as we look after it. Waiting for a child would close it.
        let _stdin = process.take_stdin();
        let since = clock::now();
        self.announce(port).await;
        let health = format!("http://127.0.0.1:{port}/healthz");
        let mut pace = tokio::time::interval(PROBE_PACE);
        pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        // Nothing reported yet: the first look is always a change.
        let mut reported = None;
        loop {
            tokio::select! {
                () = stop.cancelled() => {
                    self.shared.board.remove(&self.uid);
                    tokio::time::sleep(DRAIN).await;
                    process.terminate();
                    // Whether it ended or not, dropping it kills what is left.
                    let _ = tokio::time::timeout(GRACE, process.ended()).await;
                    return Ok(End::Stopped);
                }
                ended = process.ended() => {
                    let code = ended.ok().and_then(|status| status.code()).unwrap_or(137);
                    return Ok(End::Exited(code));
                }
                _ = pace.tick() => {}
            }
            let reply = http.get(&health).send().await;
            let ready = reply.is_ok_and(|reply| reply.status() == reqwest::StatusCode::OK);
            if reported == Some(ready) {
                continue;
            }
            // A report that fails is made again at the next look.
            if self.report(Some(image), &Phase::Running { ready, since }).await {
                reported = Some(ready);
                let endpoint = self.endpoint(image, port, process.id(), ready);
                self.shared.board.put(&self.uid, endpoint);
            }
        }
    }

    async fn spawn(&self, image: &Image) -> Result<(ProcessGroup, u16), BedError> {
        let log = self.shared.logs.join(format!("{}.log", self.name));
        let errors = std::fs::File::create(&log).map_err(BedError::file(&log))?;
        let mut command = Command::new(&self.shared.program);
        command.envs(image.behaviour.to_variables());
        command.envs([("APP", self.app.as_str()), ("POD", &self.name), ("PORT", "0")]);
        // The program ends when its standard input closes, which our end does for us.
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(errors);
        let mut process = ProcessGroup::spawn("lastgood-fixture", command)?;
        let start = |source| BedError::Start { program: "lastgood-fixture".to_owned(), source };
        let silent = || start(std::io::Error::other("it did not say on which port it listens"));
        let mut line = String::new();
        let stdout = process.take_stdout().ok_or_else(silent)?;
        BufReader::new(stdout).read_line(&mut line).await.map_err(start)?;
        let port = line.trim().strip_prefix("listening ").and_then(|port| port.parse().ok());
        Ok((process, port.ok_or_else(silent)?))
    }

    fn endpoint(&self, image: &Image, port: u16, process: i32, ready: bool) -> Endpoint {
        Endpoint {
            namespace: self.pods.namespace().unwrap_or_default().to_owned(),
            pod: self.name.clone(),
            app: self.app.clone(),
            labels: self.labels.clone(),
            version: image.behaviour.version.clone(),
            host: std::net::Ipv4Addr::LOCALHOST,
            port,
            process,
            ready,
        }
    }

    /// Says on the pod where its process listens.
    async fn announce(&self, port: u16) {
        let annotations = json!({
            PORT_ANNOTATION: port.to_string(),
            "prometheus.io/scrape": "true",
            "prometheus.io/port": port.to_string(),
        });
        let metadata = json!({ "annotations": annotations, "uid": self.uid });
        let patch = Patch::Merge(json!({ "metadata": metadata }));
        if let Err(error) = self.pods.patch(&self.name, &PatchParams::default(), &patch).await {
            tracing::debug!(%error, pod = self.name, "the port could not be announced");
        }
    }

    /// Writes the pod's status; says whether the API server took it.
    async fn report(&mut self, image: Option<&Image>, phase: &Phase) -> bool {
        let ready = matches!(phase, Phase::Running { ready: true, .. });
        if ready != self.was_ready {
            self.was_ready = ready;
            self.turned = clock::now();
        }
        let report = Report {
            containers: &self.containers,
            image: &self.reference,
            digest: image.map(|image| image.digest.as_str()),
            phase,
            restarts: self.restarts,
            began: self.began,
            turned: self.turned,
        };
        let mut patch = report.to_patch();
        // The next pod of a StatefulSet has the same name; what is said is of this one.
        patch["metadata"]["uid"] = self.uid.clone().into();
        let patch = Patch::Merge(patch);
        match self.pods.patch_status(&self.name, &PatchParams::default(), &patch).await {
            Ok(_) => true,
            Err(error) => {
                tracing::debug!(%error, pod = self.name, "a status was refused");
                false
            }
        }
    }

    /// The kubelet has the last word on a deleted pod: without it the object stays.
    async fn remove(&self) {
        let this = Preconditions { uid: Some(self.uid.clone()), resource_version: None };
        let now = DeleteParams::default().grace_period(0).preconditions(this);
        if let Err(error) = self.pods.delete(&self.name, &now).await {
            tracing::debug!(%error, pod = self.name, "the pod was gone already");
        }
    }
}
