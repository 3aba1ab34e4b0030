//! Errands: commands on this machine and HTTP requests, for everything that no provider
//! knows how to do.
//!
//! Each start is written down, durably, before it happens, in a record beside the journal
//! ([`record`]). After a crash the step's own probe tells whether the errand took place;
//! where it has none, the record tells as much as can be known: never started, ended like
//! that, or *started and nobody saw its end*, and then a person is asked. Nothing is
//! started a second time on a guess.

mod command;
mod folder;
mod record;
#[cfg(feature = "http")]
mod send;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use lastgood_core::catalog::Place;
use lastgood_core::effect::{
    ApplyError, Operation, PlannedEffect, Presence, Receipt, Refusal, Reversibility,
};
use lastgood_core::errand::Errand;
use lastgood_core::name::EffectKey;
use lastgood_core::ports::{Actor, Vault};
use lastgood_core::preflight::{Finding, Grade, Topic};
use lastgood_core::secret::Secret;
use lastgood_core::survey::Survey;

#[cfg(feature = "kubernetes")]
pub(crate) use command::{Ended, Group, Output};
#[cfg(feature = "kubernetes")]
pub(crate) use folder::on_path;
use record::{Known, Record};

/// Where errands are run from, and where their records are kept.
#[derive(Clone, Debug)]
pub struct Desk {
    /// The workspace's folder; no command leaves it.
    pub workspace: PathBuf,
    /// Where records and output are kept: the folder of the journal.
    pub data: PathBuf,
}

/// Runs errands.
#[derive(Clone)]
pub struct Errands {
    desk: Desk,
    vault: Arc<dyn Vault>,
    #[cfg(feature = "http")]
    http: Option<crate::http::Http>,
}

impl Errands {
    /// Runs nothing yet.
    #[must_use]
    pub fn new(desk: Desk, vault: Arc<dyn Vault>) -> Self {
        Self {
            desk,
            vault,
            #[cfg(feature = "http")]
            http: crate::http::Http::new()
                .inspect_err(|error| tracing::warn!(%error, "no requests can be sent"))
                .ok(),
        }
    }

    /// The record of what `key` intends.
    fn record(&self, key: &EffectKey) -> Record {
        Record::of(&self.desk.data, key)
    }

    /// The secrets of an errand, by their names.
    async fn secrets(&self, errand: &Errand) -> Result<Vec<(String, Secret<String>)>, Refusal> {
        let mut held = Vec::new();
        for name in errand.secrets() {
            let secret = self.vault.secret(name).await.map_err(|error| Refusal::Rejected {
                system: "the vault".to_owned(),
                why: error.to_string(),
            })?;
            held.push((name.to_owned(), secret));
        }
        Ok(held)
    }

    /// What can be known before the first change.
    async fn examine(&self, errand: &Errand) -> Vec<Finding> {
        let subject = format!("{} step", errand.as_str());
        let mut findings = Vec::new();
        if let Err(refusal) = self.secrets(errand).await {
            findings.push(
                Finding::new(subject.clone(), Grade::Block, refusal.to_string())
                    .mend("store it with `lastgood secret set`, see docs/guide/secrets.md")
                    .on(Topic::Permission),
            );
        }
        if let Errand::Command(command) = errand {
            let can = folder::folder(&self.desk.workspace, command.folder.as_deref())
                .and_then(|folder| folder::program(&folder, command));
            findings.push(match can {
                Ok(program) => {
                    let sentence = format!("`{}` can be run", program.display());
                    Finding::new(subject.clone(), Grade::Pass, sentence)
                }
                Err(refusal) => Finding::new(subject.clone(), Grade::Block, refusal.to_string())
                    .mend("mend the step, or install what it runs"),
            });
        }
        if !errand.has_probe() {
            let sentence =
                "no probe can tell whether it took place; after a crash a person is asked";
            findings
                .push(Finding::new(subject, Grade::Warn, sentence).mend("add a `probe:` to it"));
        }
        findings
    }

    async fn ask(&self, key: &EffectKey, errand: &Errand) -> Presence {
        let unclear = |why: String| Presence::Unclear { why };
        let secrets = match self.secrets(errand).await {
            Ok(secrets) => secrets,
            Err(refusal) => return unclear(refusal.to_string()),
        };
        match errand {
            Errand::Command(command) => command::probe(&self.desk, key, command, &secrets).await,
            #[cfg(feature = "http")]
            Errand::Http(request) => match &self.http {
                Some(http) => send::probe(http, key, request, &secrets).await,
                None => unclear("no HTTP client can be made here".to_owned()),
            },
            #[cfg(not(feature = "http"))]
            Errand::Http(_) => unclear("this build of Lastgood sends no requests".to_owned()),
            Errand::Github(_) => unclear(NOT_HERE.to_owned()),
        }
    }

    async fn carry_out(
        &self,
        key: &EffectKey,
        errand: &Errand,
        record: &Record,
    ) -> Result<Receipt, ApplyError> {
        let secrets = self.secrets(errand).await?;
        match errand {
            Errand::Command(command) => {
                command::run(&self.desk, key, command, &secrets, record).await
            }
            #[cfg(feature = "http")]
            Errand::Http(request) => match &self.http {
                Some(http) => send::send(http, key, request, &secrets, record).await,
                None => Err(unsupported(errand, "no HTTP client can be made here").into()),
            },
            #[cfg(not(feature = "http"))]
            Errand::Http(_) => {
                Err(unsupported(errand, "this build of Lastgood sends no requests").into())
            }
            Errand::Github(_) => Err(unsupported(errand, NOT_HERE).into()),
        }
    }
}

/// Whoever knows the catalog's connections does what is to be done on GitHub.
const NOT_HERE: &str = "nothing is done on GitHub from here";

fn unsupported(errand: &Errand, why: &str) -> Refusal {
    Refusal::Unsupported { what: errand.as_str().to_owned(), why: why.to_owned() }
}

fn errand(operation: &Operation) -> Result<&Errand, Refusal> {
    match operation {
        Operation::RunErrand { errand } => Ok(errand),
        Operation::HaltRollout
        | Operation::ResumeRollout
        | Operation::RestoreRelease { .. }
        | Operation::ShiftTraffic { .. }
        | Operation::SwitchFlag { .. }
        | Operation::SwitchLease { .. }
        | Operation::SwitchSync { .. } => Err(Refusal::Unsupported {
            what: operation.as_str().to_owned(),
            why: "it is no errand".to_owned(),
        }),
    }
}

#[async_trait]
impl Actor for Errands {
    async fn resolve(
        &self,
        place: &Place,
        operation: &Operation,
        _: &Survey,
    ) -> Result<PlannedEffect, Refusal> {
        let errand = errand(operation)?;
        if let Errand::Command(command) = errand {
            folder::folder(&self.desk.workspace, command.folder.as_deref())?;
        }
        Ok(PlannedEffect {
            operation: operation.clone(),
            place: place.clone(),
            call: errand.call(),
            changes: errand.changes(),
            expects: Vec::new(),
            // Whether there is a way back, the runbook says with its undo.
            reversibility: Reversibility::Reversible,
        })
    }

    async fn preflight(&self, _: &Place, effects: &[PlannedEffect]) -> Vec<Finding> {
        let mut findings: Vec<Finding> = Vec::new();
        for effect in effects {
            let found = match errand(&effect.operation) {
                Ok(errand) => self.examine(errand).await,
                Err(_) => continue,
            };
            for finding in found {
                if !findings.contains(&finding) {
                    findings.push(finding);
                }
            }
        }
        findings
    }

    async fn probe(&self, key: &EffectKey, effect: &PlannedEffect) -> Presence {
        let unclear = |why: String| Presence::Unclear { why };
        let errand = match errand(&effect.operation) {
            Ok(errand) => errand,
            Err(refusal) => return unclear(refusal.to_string()),
        };
        let known = match self.record(key).read() {
            Ok(known) => known,
            Err(why) => return unclear(why),
        };
        if let Some(running) = known.still_running() {
            // A command that outlived us by a moment is on its way out: wait for it.
            if !command::gone(running).await {
                return unclear(format!(
                    "what an earlier attempt started still runs, as process group {running}"
                ));
            }
        }
        if errand.has_probe() {
            return self.ask(key, errand).await;
        }
        match known.of(key) {
            Known::Never => Presence::Absent,
            Known::Done(receipt) => Presence::Present(receipt),
            Known::Unseen { since } => unclear(format!(
                "it was started at {since} and nobody saw its end; it has no probe that could tell"
            )),
            Known::Failed { why } => unclear(format!("{why}; it has no probe that could tell")),
        }
    }

    async fn apply(&self, key: &EffectKey, effect: &PlannedEffect) -> Result<Receipt, ApplyError> {
        let errand = errand(&effect.operation)?;
        let record = self.record(key);
        let rejected = |why: String| Refusal::Rejected { system: errand.as_str().to_owned(), why };
        let known = record.read().map_err(rejected)?;
        if let Known::Done(receipt) = known.of(key) {
            return Ok(receipt);
        }
        self.carry_out(key, errand, &record).await
    }
}
