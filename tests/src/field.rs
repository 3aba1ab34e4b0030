//! A bed with a workspace on it, a fault proxy in front of its API server, and the app as
//! a host opens it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use jiff::{SignedDuration, Timestamp};
use lastgood_api::core::catalog::Place;
use lastgood_api::core::name::{Person, RunId, RunbookName};
use lastgood_api::core::release::Standing;
use lastgood_api::wire::{PlanRequest, ReleaseQuery};
use lastgood_api::{App, Config};
use lastgood_testkit::bed::{Bed, BedOptions, NAMESPACE, SERVICE, is_rolled_out, wait_for};
use lastgood_testkit::error::BedError;
use lastgood_testkit::fixture::{Behaviour, Health};
use lastgood_testkit::image;
use lastgood_testkit::load::Load;
use lastgood_testkit::peer::{Missing, Program, control_plane};
use lastgood_testkit::proxy::FaultProxy;
use lastgood_testkit::release::Release;
use serde_json::{Value, json};
use tokio::process::Command;

/// The runbook of these tests: all five phases, with waits that a test can afford.
const RUNBOOK: &str = include_str!("field/quick.yaml");

/// The Lease of the bed's Deployment.
pub const LEASE: &str = "lastgood-checkout";

/// How long anything on the bed may take. A rollout takes seconds; on a machine that has
/// three times more to do than it can, ten times as long.
pub const LIMIT: Duration = Duration::from_mins(2);

/// How long a new pod of a rollout serves before the next one comes: a verdict takes some seconds,
/// and the rollout is to be met before all of its pods serve.
const BETWEEN_PODS: Duration = Duration::from_secs(5);

/// How long a pod of the bad release takes to get ready, so that a rollout of it can be
/// met half-way.
const SLOW_START: Duration = Duration::from_millis(2_500);

/// A bed with a workspace on it.
pub struct Field {
    /// The real systems.
    pub bed: Bed,
    /// Between the app and the API server; a person's `kubectl` goes past it.
    pub proxy: FaultProxy,
    /// The Deployment as it was first made.
    manifest: PathBuf,
    dir: tempfile::TempDir,
}

impl Field {
    /// Starts everything. [`Missing`] comes before anything is started.
    pub async fn start() -> anyhow::Result<Self> {
        control_plane()?;
        Program::Prometheus.find()?;
        Program::Kubectl.find()?;
        let dir = tempfile::Builder::new().prefix("lastgood-field.").tempdir()?;
        let mut options =
            BedOptions { progress_deadline: Duration::from_secs(20), ..BedOptions::default() };
        for (tag, error_rate) in [("v2-bad", 0.4), ("v3", 0.0)] {
            let slow =
                Behaviour { health: Health::After(SLOW_START), error_rate, ..Behaviour::good(tag) };
            options.images.insert(&image::reference(tag), slow);
        }
        let bed = Bed::start(options).await?;
        let proxy = bed.fault_proxy().await?;
        let field = Self { manifest: dir.path().join("deployment.json"), bed, proxy, dir };
        field.bed.write_workspace(&field.workspace())?;
        lead(&field.workspace(), &field.bed.kubeconfig(), field.proxy.kubeconfig())?;
        std::fs::write(field.workspace().join("runbooks/quick.yaml"), RUNBOOK)?;
        field.keep_manifest().await?;
        Ok(field)
    }

    /// The workspace folder.
    pub fn workspace(&self) -> PathBuf {
        self.dir.path().join("workspace")
    }

    /// The folder of the journal.
    pub fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// A folder that nothing else uses.
    pub fn folder(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The app of one person, as a host opens it.
    pub fn app(&self) -> anyhow::Result<App> {
        open(&self.workspace(), &self.data())
    }

    /// A copy of the workspace that goes to the cluster with another kubeconfig.
    pub fn workspace_with(&self, name: &str, kubeconfig: &Path) -> anyhow::Result<PathBuf> {
        let copy = self.folder(name);
        self.bed.write_workspace(&copy)?;
        lead(&copy, &self.bed.kubeconfig(), kubeconfig)?;
        std::fs::write(copy.join("runbooks/quick.yaml"), RUNBOOK)?;
        Ok(copy)
    }

    /// A copy of the workspace, which goes through the proxy, with another runbook for its
    /// service.
    pub fn workspace_of(&self, name: &str, runbook: &str) -> anyhow::Result<PathBuf> {
        let copy = self.workspace_with(name, self.proxy.kubeconfig())?;
        let catalog = copy.join("lastgood.yaml");
        let text = std::fs::read_to_string(&catalog)?;
        let told = text.replace("runbook: rollback-rolling", &format!("runbook: {runbook}"));
        ensure!(told != text, "the catalog of the bed looks different now");
        std::fs::write(&catalog, told)?;
        Ok(copy)
    }

    async fn keep_manifest(&self) -> anyhow::Result<()> {
        let found = self.deployment().await?;
        let manifest = json!({
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": { "name": SERVICE, "labels": found["metadata"]["labels"] },
            "spec": found["spec"],
        });
        Ok(std::fs::write(&self.manifest, manifest.to_string())?)
    }

    /// Makes the Deployment anew, so that it has no history: `v1` serves, has served for
    /// long enough to count as good, and nothing goes wrong.
    pub async fn afresh(&self, app: &App) -> anyhow::Result<()> {
        self.proxy.clear();
        self.forget_the_lease().await?;
        self.kubectl(&["delete", "deployment", SERVICE, "--cascade=foreground", "--timeout=60s"])
            .await?;
        let manifest = self.manifest.display().to_string();
        self.kubectl(&["create", "-f", &manifest]).await?;
        self.bed.wait_rollout().await?;
        self.until_good(app).await
    }

    /// Notes on the `ReplicaSet` of what serves that its rollout completed two seconds ago, as
    /// a team's pipeline does; [`Self::until_good`] has seen it serve for so long. Without it
    /// a pod that misses a probe of a busy machine leaves in doubt how that rollout ended.
    pub async fn note_completed(&self) -> anyhow::Result<()> {
        let note = format!("lastgood.dev/completed={:.0}", wall() - SignedDuration::from_secs(2));
        self.kubectl(&["annotate", "replicaset", "--all", &note]).await.map(drop)
    }

    /// Forgets who held the Lease of the Deployment, as whoever finds a dead holder does.
    pub async fn forget_the_lease(&self) -> anyhow::Result<()> {
        self.kubectl(&["delete", "lease", LEASE, "--ignore-not-found"]).await.map(drop)
    }

    /// The Lease of the Deployment; `null` where nobody ever took it.
    pub async fn lease(&self) -> anyhow::Result<Value> {
        let found = self.kubectl(&["get", "lease", LEASE, "--ignore-not-found", "-o", "json"]);
        let found = found.await?;
        Ok(if found.trim().is_empty() { Value::Null } else { serde_json::from_str(&found)? })
    }

    /// Another operator takes the Lease of the Deployment for ten minutes, `ago` from now.
    pub async fn somebody_holds_the_lease(&self, ago: Duration) -> anyhow::Result<()> {
        let then = format!("{:.6}", wall() - SignedDuration::try_from(ago)?);
        let manifest = json!({
            "apiVersion": "coordination.k8s.io/v1",
            "kind": "Lease",
            "metadata": { "name": LEASE },
            "spec": {
                "holderIdentity": "noor@another-laptop/r-of-noor",
                "leaseDurationSeconds": 600,
                "acquireTime": then,
                "renewTime": then,
            },
        });
        let path = self.dir.path().join("lease.json");
        std::fs::write(&path, manifest.to_string())?;
        self.kubectl(&["apply", "-f", &path.display().to_string()]).await.map(drop)
    }

    /// Returns when what serves has served for long enough to be gone back to. The cluster
    /// tells times in whole seconds, so it takes two more to be sure of one.
    pub async fn until_good(&self, app: &App) -> anyhow::Result<()> {
        let good = async {
            let mut pace = tokio::time::interval(Duration::from_millis(200));
            let mut since = None;
            loop {
                pace.tick().await;
                let shown = app.release(ReleaseQuery { place: place(), release: None }).await?;
                if shown.deploy.standing != Standing::Serving {
                    since = None;
                } else if since.get_or_insert_with(Instant::now).elapsed() > Duration::from_secs(2)
                {
                    return Ok(());
                }
            }
        };
        tokio::time::timeout(LIMIT, good).await.context("it never counted as good")?
    }

    /// Begins to roll a release out and returns when one of its pods, at least, is there
    /// and others are still to come.
    pub async fn begin(&self, tag: &str) -> anyhow::Result<()> {
        let slow = json!({ "spec": { "minReadySeconds": BETWEEN_PODS.as_secs() } }).to_string();
        self.kubectl(&["patch", "deployment", SERVICE, "-p", &slow]).await?;
        self.bed.deploy_release(&Release::of_tag(tag)).await?;
        let found = wait_for(&self.bed.deployments(), "a first new pod", LIMIT, |deployment| {
            let status = deployment.status.as_ref();
            let observed = status.and_then(|status| status.observed_generation);
            let updated = status.and_then(|status| status.updated_replicas).unwrap_or(0);
            observed >= deployment.metadata.generation && updated >= 1
        })
        .await?;
        ensure!(!is_rolled_out(&found), "the rollout of {tag} was over before it could be met");
        Ok(())
    }

    /// Returns when the controller has taken the newest specification up.
    pub async fn controller_knows(&self) -> anyhow::Result<()> {
        wait_for(&self.bed.deployments(), "the controller", LIMIT, |deployment| {
            let status = deployment.status.as_ref();
            status.and_then(|status| status.observed_generation) >= deployment.metadata.generation
        })
        .await?;
        Ok(())
    }

    /// Load that is enough for a verdict within two seconds.
    pub fn load(&self) -> anyhow::Result<Load> {
        Ok(self.bed.load(80, Duration::from_mins(10))?)
    }

    /// How often the specification of the Deployment has changed.
    pub async fn generation(&self) -> anyhow::Result<i64> {
        let found = self.bed.deployments().get(SERVICE).await?;
        found.metadata.generation.context("the API server counts")
    }

    /// The Deployment as JSON.
    pub async fn deployment(&self) -> anyhow::Result<Value> {
        Ok(serde_json::to_value(self.bed.deployments().get(SERVICE).await?)?)
    }

    /// The changes that came through the proxy after the first `seen` requests: method,
    /// path and status. Asking for one's own rights is a POST and no change, and neither is a
    /// dry run; a Lease changes nothing that users meet.
    pub fn changes_since(&self, seen: usize) -> Vec<(String, String, Option<u16>)> {
        let requests = self.proxy.seen().into_iter().skip(seen);
        requests
            .filter(|request| !matches!(request.method.as_str(), "GET" | "HEAD"))
            .filter(|request| !request.path.contains("selfsubjectaccessreviews"))
            .filter(|request| !request.path.contains("dryRun=All"))
            .filter(|request| !request.path.contains("/leases"))
            .map(|request| (request.method.to_string(), request.path, request.status))
            .collect()
    }

    /// As [`Field::changes_since`], only those of the Deployment that landed.
    pub fn landed_since(&self, seen: usize) -> usize {
        let changes = self.changes_since(seen);
        let landed = |status: &Option<u16>| status.is_some_and(|status| status < 300);
        changes.iter().filter(|(_, path, status)| of_service(path) && landed(status)).count()
    }

    /// Lets a person do something with `kubectl`, past the proxy.
    pub async fn kubectl(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let mut command = Command::new(self.bed.kubectl()?);
        command.arg("--kubeconfig").arg(self.bed.kubeconfig());
        command.args(["--namespace", NAMESPACE]).args(arguments).kill_on_drop(true);
        let output = tokio::time::timeout(LIMIT, command.output()).await??;
        let errors = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "kubectl {}: {errors}", arguments.join(" "));
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

#[expect(clippy::disallowed_methods, reason = "a real cluster lives in real time")]
fn wall() -> Timestamp {
    Timestamp::now()
}

/// Lets a workspace go to the cluster by another kubeconfig.
fn lead(workspace: &Path, from: &Path, to: &Path) -> anyhow::Result<()> {
    let catalog = workspace.join("lastgood.yaml");
    let text = std::fs::read_to_string(&catalog)?;
    let text = text.replace(&from.display().to_string(), &to.display().to_string());
    Ok(std::fs::write(&catalog, text)?)
}

/// The real system that is not installed, when that is why a field did not start.
pub fn missing(error: &anyhow::Error) -> Option<&Missing> {
    match error.downcast_ref() {
        Some(BedError::Missing(missing)) => Some(missing),
        Some(_) | None => error.downcast_ref(),
    }
}

/// Whether a request is about the bed's Deployment.
fn of_service(path: &str) -> bool {
    path.contains(&format!("/deployments/{SERVICE}"))
}

/// Opens the app on a workspace.
pub fn open(workspace: &Path, data: &Path) -> anyhow::Result<App> {
    open_as(workspace, data, "ana")
}

/// The same for somebody else.
pub fn open_as(workspace: &Path, data: &Path, person: &str) -> anyhow::Result<App> {
    Ok(App::open(Config {
        workspace: Some(workspace.to_owned()),
        data: data.to_owned(),
        person: Person::new(person),
    })?)
}

/// The bed's one place.
pub fn place() -> Place {
    Place { service: SERVICE.into(), environment: "production".into() }
}

/// Asks for a plan by the runbook of these tests.
pub fn wanted(target: &str) -> PlanRequest {
    PlanRequest {
        place: place(),
        runbook: Some(RunbookName::new("quick")),
        target: target.to_owned(),
        inputs: BTreeMap::new(),
    }
}

/// The id of the newest run.
pub async fn newest_run(app: &App) -> anyhow::Result<RunId> {
    let runs = app.runs(lastgood_api::wire::Nothing {}).await?;
    Ok(runs.first().context("there is a run")?.run.clone())
}
