//! An Argo Rollout on the bed, behind a Service, as a team that uses Argo Rollouts has it. The
//! controller is the imitation of `lastgood-testkit`.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use lastgood_testkit::argo::ArgoRollouts;
use lastgood_testkit::bed::SERVICE;
use lastgood_testkit::image;
use serde_json::{Value, json};

use crate::field::{Field, LIMIT};

/// How the Rollout moves the traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moves {
    /// Half of the replicas, then a pause until somebody promotes.
    Canary,
    /// All at once, by the selector of the Service.
    BlueGreen,
}

const REPLICAS: u32 = 4;

/// A Rollout, its Service and its controller.
pub struct Rollouts<'f> {
    field: &'f Field,
    moves: Moves,
    controller: ArgoRollouts,
}

impl<'f> Rollouts<'f> {
    /// Puts them on the bed instead of what was there: `v1` serves, and nothing moves.
    pub async fn lay(field: &'f Field, moves: Moves) -> anyhow::Result<Self> {
        field.proxy.clear();
        let controller = ArgoRollouts::start(field.bed.client()).await?;
        // The sets are named, because their owner is gone at once and not after them.
        for kinds in ["rollouts", "deployment,replicaset,service"] {
            field.kubectl(&["delete", kinds, "--all", "--cascade=foreground"]).await?;
        }
        let service = field.folder("service.json");
        let object = json!({
            "apiVersion": "v1", "kind": "Service", "metadata": { "name": SERVICE },
            "spec": { "selector": { "app": SERVICE }, "ports": [{ "port": 80, "targetPort": 8080 }] },
        });
        std::fs::write(&service, object.to_string())?;
        field.kubectl(&["create", "-f", &service.display().to_string()]).await?;
        let it = Self { field, moves, controller };
        it.apply("v1").await?;
        it.until("v1 serves", |status| status["phase"] == "Healthy").await?;
        Ok(it)
    }

    /// A copy of the bed's workspace whose catalog names the Rollout.
    pub fn workspace(&self, name: &str) -> anyhow::Result<PathBuf> {
        let folder = format!("{name}-{:?}", self.moves);
        let copy = self.field.workspace_with(&folder, self.field.proxy.kubeconfig())?;
        let catalog = copy.join("lastgood.yaml");
        let text = std::fs::read_to_string(&catalog)?;
        let strategy = match self.moves {
            Moves::Canary => "",
            Moves::BlueGreen => "        strategy: blue-green\n",
        };
        let told = text
            .replace("deployment: checkout }", "rollout: checkout }")
            .replace("        strategy: rolling\n", strategy)
            .replace("runbook: rollback-rolling", "runbook: rollback");
        ensure!(told != text, "the catalog of the bed looks different now");
        std::fs::write(&catalog, told)?;
        Ok(copy)
    }

    /// Brings a release to users: half of them, or all by a switch.
    pub async fn release(&self, tag: &str) -> anyhow::Result<()> {
        self.apply(tag).await?;
        let before = self.object().await?["status"]["stableRS"].clone();
        match self.moves {
            Moves::Canary => self.until("its pause", |status| status["phase"] == "Paused").await,
            Moves::BlueGreen => {
                let switched =
                    |status: &Value| status["phase"] == "Healthy" && status["stableRS"] != before;
                self.until("its switch", switched).await
            }
        }
    }

    /// The Rollout as it is now.
    pub async fn object(&self) -> anyhow::Result<Value> {
        Ok(self.controller.rollout(SERVICE).await?)
    }

    /// Returns when the status is as wanted.
    pub async fn until(&self, what: &str, holds: impl Fn(&Value) -> bool) -> anyhow::Result<()> {
        let waited = async {
            let mut pace = tokio::time::interval(Duration::from_millis(100));
            loop {
                pace.tick().await;
                let found = self.object().await?;
                let observed = found["status"]["observedGeneration"].as_str();
                let generation = found["metadata"]["generation"].to_string();
                if observed == Some(generation.as_str()) && holds(&found["status"]) {
                    return Ok(());
                }
            }
        };
        tokio::time::timeout(LIMIT, waited).await.with_context(|| what.to_owned())?
    }

    async fn apply(&self, tag: &str) -> anyhow::Result<()> {
        let labels = json!({ "app": SERVICE });
        let strategy = match self.moves {
            Moves::Canary => {
                json!({ "canary": { "steps": [{ "setWeight": 50 }, { "pause": {} }] } })
            }
            Moves::BlueGreen => json!({ "blueGreen": { "activeService": SERVICE } }),
        };
        let spec = json!({
            "replicas": REPLICAS,
            "selector": { "matchLabels": labels },
            "strategy": strategy,
            "template": {
                "metadata": { "labels": labels },
                "spec": { "containers": [{
                    "name": SERVICE,
                    "image": image::reference(tag),
                    "ports": [{ "containerPort": 8080 }],
                }]},
            },
        });
        Ok(self.controller.apply(SERVICE, &spec).await?)
    }
}
