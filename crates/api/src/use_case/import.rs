//! Records that other journals wrote: kept as they came, listed, and read like our own.

use lastgood_core::catalog::Place;
use lastgood_core::name::RunId;
use lastgood_core::ports::Filed;
use lastgood_core::problem::{Code, Problem};
use lastgood_core::secret::redact_text;
use lastgood_core::timeline::Record;
use lastgood_core::view::ToldRecord;
use sha2::{Digest as _, Sha256};

use crate::App;
use crate::export::Document;
use crate::import::document::{read, unverified};
use crate::problem::IntoProblem;
use crate::wire::{ImportRequest, ImportedRow, ImportedView, Nothing};

/// A record that another journal wrote.
pub(crate) struct Imported {
    pub(crate) filed: Filed,
    pub(crate) document: Document,
    /// The document as it came.
    pub(crate) bytes: Vec<u8>,
}

impl App {
    /// Keeps the JSON export of another journal as a record that is read and never changed.
    pub async fn import(&self, request: ImportRequest) -> Result<ImportedView, Problem> {
        let ImportRequest { name, text, dry_run } = request;
        let name = redact_text(&name);
        let found = read(&name, &text)?;
        let run = found.document.run.id.clone();
        if self.taken().await?.contains(&run) {
            return Err(self.is_our_own(&found.document, &name).await?);
        }
        let filed = Filed {
            run,
            hash: hex(&Sha256::digest(text.as_bytes())),
            name,
            by: self.person(),
            recorded_at: crate::system::wall(),
        };
        let before = self.filed().await?.into_iter().find(|kept| kept.run == filed.run);
        let new = match &before {
            Some(kept) if kept.hash == filed.hash => false,
            // What is refused when it is meant is refused in a rehearsal, too.
            None if dry_run => true,
            Some(_) | None => {
                let archive = self.archive().await?;
                archive.file(&filed, text.as_bytes()).await.map_err(|error| {
                    error.problem().within(format!("`{}` was not imported", filed.name))
                })?
            }
        };
        let record = row(before.as_ref().unwrap_or(&filed), &found.document);
        Ok(ImportedView { record, new, dry_run, says: found.says })
    }

    /// Lists the records that other journals wrote, the last one first.
    pub async fn imported(&self, _: Nothing) -> Result<Vec<ImportedRow>, Problem> {
        let mut rows = Vec::new();
        for filed in self.filed().await?.into_iter().rev() {
            let found = self.fetched(filed).await?;
            rows.push(row(&found.filed, &found.document));
        }
        Ok(rows)
    }

    /// The record about `run` that another journal wrote, if one was imported.
    pub(crate) async fn imported_of(&self, run: &RunId) -> Result<Option<Imported>, Problem> {
        match self.filed().await?.into_iter().find(|kept| kept.run == *run) {
            Some(filed) => self.fetched(filed).await.map(Some),
            None => Ok(None),
        }
    }

    /// What is known of all of them. Without a journal there are none, and looking makes
    /// none.
    pub(crate) async fn filed(&self) -> Result<Vec<Filed>, Problem> {
        if !self.has_journal()? {
            return Ok(Vec::new());
        }
        self.archive().await?.filed().await.map_err(|error| error.problem())
    }

    async fn fetched(&self, filed: Filed) -> Result<Imported, Problem> {
        let archive = self.archive().await?;
        let bytes = archive.document(&filed).await.map_err(|error| error.problem())?;
        let document = serde_json::from_slice(&bytes).map_err(|error| {
            Problem::from_error(Code::JournalBroken, &error)
                .within(format!("the imported record of run `{}` cannot be read", filed.run))
                .hint("Import the document again into another folder, with --data.")
        })?;
        Ok(Imported { filed, document, bytes })
    }

    /// Why a document about a run of this journal is not imported.
    async fn is_our_own(&self, document: &Document, name: &str) -> Result<Problem, Problem> {
        let run = &document.run.id;
        let same = self.document(run).await? == *document;
        let (why, hint) = if same {
            ("the document says what its record says: there is nothing to import", None)
        } else {
            (
                "the document says something else than its record says now",
                Some(format!(
                    "`lastgood export {run}` tells the record of this journal. To read the \
                     document, import it into another folder, with --data."
                )),
            )
        };
        let mut problem =
            Problem::new(Code::NotNow, why).within(format!("run `{run}` is one of this journal"));
        problem.hint = hint;
        Ok(problem.within(format!("`{name}` was not imported")))
    }
}

impl Imported {
    /// What is to be said wherever the record is read: by whom it came here, and that
    /// nobody could verify it.
    pub(crate) fn doubt(&self) -> String {
        let Filed { by, recorded_at, .. } = &self.filed;
        let day = recorded_at.strftime("%Y-%m-%d");
        format!("This record was imported by {by} on {day}. {}", unverified(&self.document))
    }

    /// What it tells, to be shown in stretches.
    pub(crate) fn told(self) -> ToldRecord {
        let mut doubts = vec![self.doubt()];
        let Document { run, moments, durations, .. } = self.document;
        doubts.extend(self.document.doubts);
        let record = Record {
            lines: self.document.timeline,
            milestones: self.document.milestones,
            follow_ups: self.document.follow_ups,
            parts: self.document.parts,
            attachments: self.document.attachments,
            unknown: 0,
        };
        ToldRecord {
            run: run.id,
            title: run.title,
            place: Place { service: run.service, environment: run.environment },
            drill: run.drill.map(|drill| drill.scenario.to_string()),
            exercise: run.exercise,
            sentence: run.sentence,
            moments,
            record,
            lengths: durations,
            doubts,
        }
    }
}

fn row(filed: &Filed, document: &Document) -> ImportedRow {
    let run = &document.run;
    ImportedRow {
        run: run.id.clone(),
        title: run.title.clone(),
        place: Place { service: run.service.clone(), environment: run.environment.clone() },
        drill: run.marked_as(),
        from: document.from.version.clone(),
        to: document.to.version.clone(),
        change: document.fate().sentence(&document.from.version, &document.to.version),
        sentence: run.sentence.clone(),
        started_at: document.moments.started.map(Into::into),
        lines: u32::try_from(document.timeline.len()).unwrap_or(u32::MAX),
        head: document.journal.head.clone(),
        hash: filed.hash.clone(),
        name: filed.name.clone(),
        by: filed.by.clone(),
        imported_at: filed.recorded_at.into(),
    }
}

/// Bytes as text, in lower case.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
