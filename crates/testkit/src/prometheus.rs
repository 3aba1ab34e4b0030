//! A Prometheus that scrapes the bed's pods every second.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::{Value, json};
use tokio::process::Command;
use tokio::sync::watch;

use crate::endpoints::Endpoints;
use crate::error::BedError;
use crate::peer::Program;
use crate::port;
use crate::process::ProcessGroup;
use crate::ready::ready;
use crate::task::Held;

/// `honor_labels`, because the service labels its metrics itself.
const CONFIGURATION: &str = "\
global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }
scrape_configs:
  - job_name: pods
    honor_labels: true
    file_sd_configs: [ { files: [ targets.json ], refresh_interval: 1s } ]
";

/// A running Prometheus; it ends with this value.
#[derive(Debug)]
pub struct Prometheus {
    port: u16,
    _discovery: Held,
    _process: ProcessGroup,
}

impl Prometheus {
    /// Starts one with its data in `dir`; its targets follow `endpoints`.
    pub async fn start(
        dir: &Path,
        endpoints: watch::Receiver<Endpoints>,
    ) -> Result<Self, BedError> {
        let program = Program::Prometheus.find()?;
        std::fs::create_dir_all(dir).map_err(BedError::file(dir))?;
        let configuration = dir.join("prometheus.yml");
        std::fs::write(&configuration, CONFIGURATION).map_err(BedError::file(&configuration))?;
        let targets = dir.join("targets.json");
        write_targets(&targets, &endpoints.borrow()).map_err(BedError::file(&targets))?;

        let port = port::one()?;
        let log = dir.join("prometheus.log");
        let output = std::fs::File::create(&log).map_err(BedError::file(&log))?;
        let mut command = Command::new(program);
        command.arg(format!("--config.file={}", configuration.display()));
        command.arg(format!("--storage.tsdb.path={}", dir.join("data").display()));
        command.arg(format!("--web.listen-address=127.0.0.1:{port}"));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(output);
        let mut process = ProcessGroup::spawn("prometheus", command)?;
        let url = format!("http://127.0.0.1:{port}/-/ready");
        ready(&mut process, "prometheus", &url, &log).await?;
        let discovery = tokio::spawn(follow(targets, endpoints)).into();
        Ok(Self { port, _discovery: discovery, _process: process })
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

async fn follow(file: PathBuf, mut endpoints: watch::Receiver<Endpoints>) {
    loop {
        let now = endpoints.borrow_and_update().clone();
        if let Err(error) = write_targets(&file, &now) {
            tracing::warn!(%error, "the targets of Prometheus could not be written");
        }
        if endpoints.changed().await.is_err() {
            return;
        }
    }
}

/// Prometheus watches the file, and must never read half of it.
fn write_targets(file: &Path, endpoints: &Endpoints) -> std::io::Result<()> {
    let draft = file.with_extension("draft");
    std::fs::write(&draft, targets(endpoints).to_string())?;
    std::fs::rename(draft, file)
}

/// Pods that are not Ready are scraped too: what they do is evidence.
fn targets(endpoints: &Endpoints) -> Value {
    let target = |endpoint: &crate::endpoints::Endpoint| {
        json!({
            "targets": [format!("{}:{}", endpoint.host, endpoint.port)],
            "labels": {
                "app": endpoint.app,
                "version": endpoint.version,
                "pod": endpoint.pod,
                "namespace": endpoint.namespace,
            },
        })
    };
    endpoints.values().map(target).collect()
}
