//! Two Deployments on the bed behind one Service, as people run canaries and blue-green.
//! Everything is done with `kubectl`, past the product, as a deploy pipeline would.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use lastgood_testkit::bed::SERVICE;
use lastgood_testkit::image;
use serde_json::{Value, json};

use crate::field::{Field, LIMIT};

/// How the two share the traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The Service selects one of them.
    Colours,
    /// The Service selects both.
    Pair,
}

/// How many replicas a full set has.
const REPLICAS: u32 = 3;

/// Two Deployments and their Service.
pub struct Workloads<'f> {
    field: &'f Field,
    kind: Kind,
}

impl<'f> Workloads<'f> {
    /// Puts them on the bed instead of what was there: `v1` serves, and nothing moves.
    pub async fn lay(field: &'f Field, kind: Kind) -> anyhow::Result<Self> {
        let all = ["delete", "deployment,service", "--all", "--cascade=foreground"];
        field.proxy.clear();
        field.kubectl(&all).await?;
        let it = Self { field, kind };
        let (first, second) = it.names();
        let selector = match kind {
            Kind::Colours => json!({ "app": SERVICE, "part": first }),
            Kind::Pair => json!({ "app": SERVICE }),
        };
        it.create(&json!({
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": { "name": SERVICE },
            "spec": { "selector": selector, "ports": [{ "port": 80, "targetPort": 8080 }] },
        }))
        .await?;
        // What stands by is a release that nobody ever met. The idle colour is there first:
        // whether the Service was ever switched to what it ran is not kept once it runs another.
        // A canary that nobody scaled up takes nothing from v1, whenever it came.
        match kind {
            Kind::Colours => {
                it.create(&deployment(second, "v2-slow", REPLICAS)).await?;
                it.settled_of(second).await?;
                it.create(&deployment(first, "v1", REPLICAS)).await?;
            }
            Kind::Pair => {
                it.create(&deployment(first, "v1", REPLICAS)).await?;
                it.create(&deployment(second, "v2-slow", 0)).await?;
            }
        }
        it.settled().await?;
        Ok(it)
    }

    /// How they share.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    const fn names(&self) -> (&'static str, &'static str) {
        match self.kind {
            Kind::Colours => ("checkout-blue", "checkout-green"),
            Kind::Pair => ("checkout-stable", "checkout-canary"),
        }
    }

    /// A part of the path of the change that ends a restore.
    #[must_use]
    pub const fn last_change(&self) -> &'static str {
        match self.kind {
            Kind::Colours => "/services/checkout?fieldManager",
            Kind::Pair => "/deployments/checkout-stable?fieldManager",
        }
    }

    /// A copy of the bed's workspace whose catalog names the two.
    pub fn workspace(&self, name: &str) -> anyhow::Result<PathBuf> {
        let folder = format!("{name}-{:?}", self.kind);
        let copy = self.field.workspace_with(&folder, self.field.proxy.kubeconfig())?;
        let catalog = copy.join("lastgood.yaml");
        let text = std::fs::read_to_string(&catalog)?;
        let objects = match self.kind {
            Kind::Colours => "service: checkout, blue: checkout-blue, green: checkout-green",
            Kind::Pair => "deployment: checkout-stable, canary: checkout-canary",
        };
        let told = text
            .replace("deployment: checkout }", &format!("{objects} }}"))
            .replace("        strategy: rolling\n", "")
            .replace("runbook: rollback-rolling", "runbook: rollback");
        ensure!(told != text, "the catalog of the bed looks different now");
        std::fs::write(&catalog, told)?;
        // The runbook of these tests says that it is for rolling ones; nothing in it is.
        let quick = copy.join("runbooks/quick.yaml");
        let text = std::fs::read_to_string(&quick)?;
        let lines = text.lines().filter(|line| !line.starts_with("strategies:"));
        std::fs::write(&quick, lines.collect::<Vec<_>>().join("\n"))?;
        Ok(copy)
    }

    /// Begins to roll a release out beside what serves, and returns while it is on its way.
    pub async fn begin(&self, tag: &str) -> anyhow::Result<()> {
        let (_, second) = self.names();
        self.set_image(second, tag).await?;
        if self.kind == Kind::Pair {
            self.scale(second, 2).await?;
        }
        self.until(second, "a first new pod", |found| {
            observed(found) && number(&found["status"]["updatedReplicas"]) >= 1
        })
        .await
    }

    /// What a pipeline does after a pause: of a canary, one more replica. A colour goes on
    /// by itself.
    pub async fn next_step(&self) -> anyhow::Result<()> {
        match self.kind {
            Kind::Colours => Ok(()),
            Kind::Pair => self.scale(self.names().1, 3).await,
        }
    }

    /// Somebody puts another release where the one on its way is.
    pub async fn change(&self, tag: &str) -> anyhow::Result<()> {
        let (_, second) = self.names();
        self.set_image(second, tag).await?;
        self.until(second, "the controller", observed).await
    }

    /// Brings a release to users: all of them, or those of the canary.
    pub async fn release(&self, tag: &str) -> anyhow::Result<()> {
        let (_, second) = self.names();
        self.set_image(second, tag).await?;
        if self.kind == Kind::Pair {
            self.scale(second, 1).await?;
        }
        self.settled().await?;
        if self.kind == Kind::Colours {
            let patch = json!({ "spec": { "selector": { "part": second } } }).to_string();
            self.field.kubectl(&["patch", "service", SERVICE, "-p", &patch]).await?;
        }
        Ok(())
    }

    /// Whether only `tag` is behind the Service.
    pub async fn serves(&self, tag: &str) -> anyhow::Result<()> {
        let service = self.get("service", SERVICE).await?;
        let labels = service["spec"]["selector"].as_object().context("it selects")?;
        let selector: Vec<String> = labels
            .iter()
            .map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()))
            .collect();
        let words = ["get", "pods", "-o", "json", "-l", &selector.join(",")];
        let pods: Value = serde_json::from_str(&self.field.kubectl(&words).await?)?;
        let images: Vec<&str> = pods["items"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|pod| pod["metadata"]["deletionTimestamp"].is_null())
            .filter_map(|pod| pod["spec"]["containers"][0]["image"].as_str())
            .collect();
        let wanted = image::reference(tag);
        ensure!(!images.is_empty() && images.iter().all(|found| *found == wanted), "{images:?}");
        Ok(())
    }

    /// Freezes the first of the two, or ends the freeze.
    pub async fn freeze(&self, lifted: bool) -> anyhow::Result<()> {
        let mark = if lifted { "lastgood.dev/freeze-" } else { "lastgood.dev/freeze=the sale" };
        let name = format!("deployment/{}", self.names().0);
        self.field.kubectl(&["annotate", &name, mark, "--overwrite"]).await?;
        Ok(())
    }

    /// Returns when neither of the two moves.
    pub async fn settled(&self) -> anyhow::Result<()> {
        let (first, second) = self.names();
        self.settled_of(first).await?;
        self.settled_of(second).await
    }

    async fn settled_of(&self, name: &str) -> anyhow::Result<()> {
        let name = format!("deployment/{name}");
        self.field.kubectl(&["rollout", "status", &name, "--timeout=90s"]).await?;
        Ok(())
    }

    async fn set_image(&self, name: &str, tag: &str) -> anyhow::Result<()> {
        let (name, image) = (format!("deployment/{name}"), image::reference(tag));
        self.field.kubectl(&["set", "image", &name, &format!("{SERVICE}={image}")]).await?;
        Ok(())
    }

    async fn scale(&self, name: &str, replicas: u32) -> anyhow::Result<()> {
        let (name, count) = (format!("deployment/{name}"), format!("--replicas={replicas}"));
        self.field.kubectl(&["scale", &name, &count]).await?;
        Ok(())
    }

    async fn create(&self, object: &Value) -> anyhow::Result<()> {
        let file = self.field.folder("object.json");
        std::fs::write(&file, object.to_string())?;
        self.field.kubectl(&["create", "-f", &file.display().to_string()]).await?;
        Ok(())
    }

    async fn get(&self, kind: &str, name: &str) -> anyhow::Result<Value> {
        Ok(serde_json::from_str(&self.field.kubectl(&["get", kind, name, "-o", "json"]).await?)?)
    }

    async fn until(
        &self,
        name: &str,
        what: &str,
        holds: impl Fn(&Value) -> bool,
    ) -> anyhow::Result<()> {
        let waited = async {
            let mut pace = tokio::time::interval(Duration::from_millis(100));
            loop {
                pace.tick().await;
                if holds(&self.get("deployment", name).await?) {
                    return Ok(());
                }
            }
        };
        tokio::time::timeout(LIMIT, waited).await.with_context(|| format!("{what} of {name}"))?
    }
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or(0)
}

fn observed(deployment: &Value) -> bool {
    number(&deployment["status"]["observedGeneration"])
        >= number(&deployment["metadata"]["generation"])
}

fn deployment(name: &str, tag: &str, replicas: u32) -> Value {
    let labels = json!({ "app": SERVICE, "part": name });
    json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": { "name": name, "labels": labels },
        "spec": {
            "replicas": replicas,
            "progressDeadlineSeconds": 20,
            "selector": { "matchLabels": labels },
            "strategy": {
                "type": "RollingUpdate",
                "rollingUpdate": { "maxSurge": 1, "maxUnavailable": 0 },
            },
            "template": {
                "metadata": { "labels": labels },
                "spec": { "containers": [{
                    "name": SERVICE,
                    "image": image::reference(tag),
                    "ports": [{ "containerPort": 8080 }],
                }]},
            },
        },
    })
}
