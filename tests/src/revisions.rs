//! A `StatefulSet` or a `DaemonSet` on the bed behind a Service. Everything is done with
//! `kubectl`, past the product, as a deploy pipeline would.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use lastgood_testkit::bed::SERVICE;
use lastgood_testkit::image;
use lastgood_testkit::kubelet::Kubelet;
use serde_json::{Value, json};

use crate::field::{Field, LIMIT};

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Three pods with names, replaced one after the other.
    Stateful,
    /// One pod on each of three nodes.
    Daemon,
}

/// The object, and its Service.
pub struct Revisions<'f> {
    field: &'f Field,
    kept: Kept,
}

impl<'f> Revisions<'f> {
    /// Puts it on the bed instead of what was there: `v1` serves, and nothing moves.
    pub async fn lay(field: &'f Field, kept: Kept) -> anyhow::Result<Self> {
        field.proxy.clear();
        let all = ["deployment,statefulset,daemonset,service", "--all", "--cascade=foreground"];
        field.kubectl(&[&["delete"], &all[..]].concat()).await?;
        if kept == Kept::Daemon {
            for node in ["2", "3"] {
                Kubelet::join(&field.bed.client(), node).await?;
            }
        }
        let it = Self { field, kept };
        it.create(&json!({
            "apiVersion": "v1", "kind": "Service", "metadata": { "name": SERVICE },
            "spec": { "selector": { "app": SERVICE }, "ports": [{ "port": 80, "targetPort": 8080 }] },
        }))
        .await?;
        it.create(&it.manifest()).await?;
        it.settled().await?;
        Ok(it)
    }

    /// The plural of its kind, as `kubectl` takes it.
    #[must_use]
    pub const fn plural(&self) -> &'static str {
        match self.kept {
            Kept::Stateful => "statefulset",
            Kept::Daemon => "daemonset",
        }
    }

    /// A copy of the bed's workspace whose catalog names it.
    pub fn workspace(&self, name: &str) -> anyhow::Result<PathBuf> {
        let folder = format!("{name}-{:?}", self.kept);
        let copy = self.field.workspace_with(&folder, self.field.proxy.kubeconfig())?;
        let catalog = copy.join("lastgood.yaml");
        let text = std::fs::read_to_string(&catalog)?;
        let told = text
            .replace("deployment: checkout }", &format!("{}: checkout }}", self.plural()))
            .replace("runbook: rollback-rolling", "runbook: rollback");
        ensure!(told != text, "the catalog of the bed looks different now");
        std::fs::write(&catalog, told)?;
        Ok(copy)
    }

    /// Brings a release to the last two of three pods, and waits there, as a staged rollout of
    /// a `StatefulSet` does.
    pub async fn stage(&self, tag: &str) -> anyhow::Result<()> {
        let partition = json!({ "spec": {
            "updateStrategy": { "rollingUpdate": { "partition": 1 } },
            "template": { "spec": { "containers": [{
                "name": SERVICE, "image": image::reference(tag),
            }]}},
        }});
        self.field
            .kubectl(&["patch", self.plural(), SERVICE, "-p", &partition.to_string()])
            .await?;
        self.until("two pods of it", |found| {
            found["status"]["updatedReplicas"] == 2 && found["status"]["readyReplicas"] == 3
        })
        .await
    }

    /// Brings a release to every pod.
    pub async fn release(&self, tag: &str) -> anyhow::Result<()> {
        let (name, image) = (format!("{}/{SERVICE}", self.plural()), image::reference(tag));
        self.field.kubectl(&["set", "image", &name, &format!("{SERVICE}={image}")]).await?;
        self.settled().await
    }

    /// Notes on every revision that its rollout completed, as a team's pipeline does.
    pub async fn note_completed(&self, at: &str) -> anyhow::Result<()> {
        let note = format!("lastgood.dev/completed={at}");
        self.field.kubectl(&["annotate", "controllerrevision", "--all", &note]).await?;
        Ok(())
    }

    /// The object as it is now.
    pub async fn object(&self) -> anyhow::Result<Value> {
        let words = ["get", self.plural(), SERVICE, "-o", "json"];
        Ok(serde_json::from_str(&self.field.kubectl(&words).await?)?)
    }

    async fn until(&self, what: &str, holds: impl Fn(&Value) -> bool) -> anyhow::Result<()> {
        let waited = async {
            let mut pace = tokio::time::interval(Duration::from_millis(100));
            loop {
                pace.tick().await;
                let found = self.object().await?;
                let status = &found["status"]["observedGeneration"];
                if *status == found["metadata"]["generation"] && holds(&found) {
                    return Ok(());
                }
            }
        };
        tokio::time::timeout(LIMIT, waited).await.with_context(|| what.to_owned())?
    }

    async fn settled(&self) -> anyhow::Result<()> {
        let name = format!("{}/{SERVICE}", self.plural());
        self.field.kubectl(&["rollout", "status", &name, "--timeout=90s"]).await?;
        Ok(())
    }

    async fn create(&self, object: &Value) -> anyhow::Result<()> {
        let file = self.field.folder("object.json");
        std::fs::write(&file, object.to_string())?;
        self.field.kubectl(&["create", "-f", &file.display().to_string()]).await?;
        Ok(())
    }

    fn manifest(&self) -> Value {
        let labels = json!({ "app": SERVICE });
        let mut object = json!({
            "apiVersion": "apps/v1",
            "kind": "StatefulSet",
            "metadata": { "name": SERVICE, "labels": labels },
            "spec": {
                "selector": { "matchLabels": labels },
                "updateStrategy": { "type": "RollingUpdate" },
                "template": {
                    "metadata": { "labels": labels },
                    "spec": { "containers": [{
                        "name": SERVICE,
                        "image": image::reference("v1"),
                        "ports": [{ "containerPort": 8080 }],
                    }]},
                },
            },
        });
        match self.kept {
            Kept::Stateful => {
                object["spec"]["replicas"] = json!(3);
                object["spec"]["serviceName"] = json!(SERVICE);
            }
            Kept::Daemon => object["kind"] = json!("DaemonSet"),
        }
        object
    }
}
