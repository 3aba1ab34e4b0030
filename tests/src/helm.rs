//! A service on the bed that the real Helm installed from a chart, as a team's pipeline does.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use lastgood_testkit::bed::{NAMESPACE, SERVICE};
use lastgood_testkit::image;
use lastgood_testkit::peer::Program;
use serde_json::Value;
use tokio::process::Command;

use crate::field::{Field, LIMIT};

/// What is rendered: a Service, a `ConfigMap` that changes with the release, and the Deployment.
const TEMPLATE: &str = include_str!("helm/checkout.yaml");

/// A chart, and the release of it.
pub struct Chart<'f> {
    field: &'f Field,
    folder: PathBuf,
}

impl<'f> Chart<'f> {
    /// Installs `v1` instead of what was there, and returns when it serves.
    pub async fn install(field: &'f Field) -> anyhow::Result<Self> {
        field.proxy.clear();
        let all = "deployment,statefulset,daemonset,service,configmap";
        field.kubectl(&["delete", all, "--all", "--cascade=foreground"]).await?;
        let folder = field.folder("chart");
        std::fs::create_dir_all(folder.join("templates"))?;
        let about = "apiVersion: v2\nname: checkout\nversion: 1.4.2\nappVersion: 2.14.0\n";
        std::fs::write(folder.join("Chart.yaml"), about)?;
        std::fs::write(folder.join("templates/checkout.yaml"), TEMPLATE)?;
        let it = Self { field, folder };
        it.helm("install", "v1").await?;
        it.settled().await?;
        Ok(it)
    }

    /// Upgrades the release, and returns when it is rolled out.
    pub async fn upgrade(&self, tag: &str) -> anyhow::Result<()> {
        self.helm("upgrade", tag).await?;
        self.settled().await
    }

    /// The revisions as Helm itself tells them, oldest first.
    pub async fn history(&self) -> anyhow::Result<Vec<Value>> {
        let told = self.run(&["history", SERVICE, "--output", "json"]).await?;
        Ok(serde_json::from_str(&told)?)
    }

    /// A copy of the bed's workspace with the runbook for every strategy.
    pub fn workspace(&self) -> anyhow::Result<PathBuf> {
        let copy = self.field.workspace_with("helm", self.field.proxy.kubeconfig())?;
        let catalog = copy.join("lastgood.yaml");
        let text = std::fs::read_to_string(&catalog)?;
        let told = text.replace("runbook: rollback-rolling", "runbook: rollback");
        ensure!(told != text, "the catalog of the bed looks different now");
        std::fs::write(&catalog, told)?;
        Ok(copy)
    }

    async fn helm(&self, verb: &str, tag: &str) -> anyhow::Result<String> {
        let folder = self.folder.display().to_string();
        let image = format!("image={}", image::reference(tag));
        self.run(&[verb, SERVICE, &folder, "--set-string", &image]).await
    }

    async fn run(&self, words: &[&str]) -> anyhow::Result<String> {
        let mut command = Command::new(Program::Helm.find()?);
        command.args(words).args(["--namespace", NAMESPACE]).arg("--kubeconfig");
        command.arg(self.field.bed.kubeconfig()).kill_on_drop(true);
        let output = tokio::time::timeout(LIMIT, command.output()).await.context("helm")??;
        let errors = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "helm {}: {errors}", words.join(" "));
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    async fn settled(&self) -> anyhow::Result<()> {
        let name = format!("deployment/{SERVICE}");
        let status = ["rollout", "status", &name, "--timeout=90s"];
        tokio::time::timeout(Duration::from_secs(100), self.field.kubectl(&status)).await??;
        Ok(())
    }
}
