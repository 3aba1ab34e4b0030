//! A workspace in a temporary folder, and errands in it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use lastgood_core::catalog::Place;
use lastgood_core::effect::{PlannedEffect, Reversibility};
use lastgood_core::errand::{Command, Errand};
use lastgood_core::ports::{Vault, VaultError};
use lastgood_core::time::Millis;
use tempfile::TempDir;

use super::super::*;

/// The one secret of these tests.
pub(super) const SECRET: &str = "correct-horse/battery staple";

struct OneSecret;

#[async_trait::async_trait]
impl Vault for OneSecret {
    async fn secret(&self, name: &str) -> Result<Secret<String>, VaultError> {
        match name {
            "deploy-token" => Ok(Secret::new(SECRET.to_owned())),
            _ => Err(VaultError::Missing { name: name.to_owned() }),
        }
    }
}

pub(super) struct Bench {
    pub(super) folder: TempDir,
    pub(super) errands: Errands,
}

impl Bench {
    pub(super) fn new() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let errands = errands(folder.path());
        Self { folder, errands }
    }

    /// Writes a program of the workspace.
    pub(super) fn program(&self, name: &str, script: &str) {
        program(self.folder.path(), name, script);
    }

    /// A file of the workspace; empty when there is none.
    pub(super) fn file(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join("workspace").join(name)).unwrap_or_default()
    }

    pub(super) async fn probe(&self, attempt: u32, command: &Command) -> Presence {
        self.errands.probe(&key(attempt), &effect(Errand::Command(command.clone()))).await
    }

    pub(super) async fn apply(
        &self,
        attempt: u32,
        command: &Command,
    ) -> Result<Receipt, ApplyError> {
        self.errands.apply(&key(attempt), &effect(Errand::Command(command.clone()))).await
    }
}

pub(super) fn errands(folder: &Path) -> Errands {
    let desk = Desk { workspace: folder.join("workspace"), data: folder.join("data") };
    std::fs::create_dir_all(&desk.workspace).expect("a folder can be made");
    Errands::new(desk, Arc::new(OneSecret))
}

pub(super) fn program(folder: &Path, name: &str, script: &str) {
    use std::os::unix::fs::PermissionsExt as _;

    let path = folder.join("workspace").join(name);
    std::fs::create_dir_all(path.parent().expect("it has a folder")).expect("it can be made");
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("it can be written");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("it is ours");
}

pub(super) fn key(attempt: u32) -> EffectKey {
    EffectKey { run: "r-1".into(), step: "act".into(), undo: false, attempt }
}

pub(super) fn effect(errand: Errand) -> PlannedEffect {
    PlannedEffect {
        place: Place { service: "checkout".into(), environment: "production".into() },
        call: errand.call(),
        changes: errand.changes(),
        expects: Vec::new(),
        reversibility: Reversibility::Reversible,
        operation: Operation::RunErrand { errand: Box::new(errand) },
    }
}

pub(super) fn command(run: &[&str]) -> Command {
    Command {
        run: run.iter().map(ToString::to_string).collect(),
        shell: false,
        pass: Vec::new(),
        set: BTreeMap::new(),
        secrets: BTreeMap::new(),
        folder: None,
        success: vec![0],
        probe: None,
        timeout: Millis::seconds(20),
    }
}
