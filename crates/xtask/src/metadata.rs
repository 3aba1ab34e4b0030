//! What the manifests say, as `cargo metadata` tells it.

use std::process::Command;

use anyhow::{Context as _, ensure};
use serde::Deserialize;

use crate::repository::root;

/// One crate of the workspace.
#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    /// Its name, as in its manifest.
    pub(crate) name: String,
    /// What it depends on, optional and platform-specific ones included.
    pub(crate) dependencies: Vec<Dependency>,
}

/// One line of a manifest's dependencies.
#[derive(Debug, Deserialize)]
pub(crate) struct Dependency {
    /// The crate's own name, whatever the manifest calls it.
    pub(crate) name: String,
    /// What it is needed for; cargo writes `null` for the ordinary ones.
    pub(crate) kind: Option<Kind>,
}

/// What a dependency is needed for, when it is not part of the crate itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// Tests, examples and benchmarks.
    Dev,
    /// The build script.
    Build,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

/// Reads the manifests of the workspace's own crates; nothing is resolved or downloaded.
pub(crate) fn read() -> anyhow::Result<Vec<Package>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .context("could not start cargo")?;
    ensure!(
        output.status.success(),
        "cargo metadata failed: {}",
        String::from_utf8_lossy(&output.stderr).trim()
    );
    parse(&output.stdout)
}

/// Reads what `cargo metadata --no-deps` printed.
pub(crate) fn parse(json: &[u8]) -> anyhow::Result<Vec<Package>> {
    let metadata: Metadata =
        serde_json::from_slice(json).context("cargo metadata printed something unknown")?;
    Ok(metadata.packages)
}
