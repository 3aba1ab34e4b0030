//! Looks whether the journal is what was written.

use lastgood_core::name::RunId;
use lastgood_core::ports::{Annotations as _, Head, JournalError};
use lastgood_core::problem::{Code, Problem};
use lastgood_journal::SqliteJournal;
use serde::Serialize;

use crate::App;
use crate::problem::IntoProblem;

/// What looking through the journal found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// The file.
    pub journal: String,
    /// Whether every chain that was looked at holds.
    pub holds: bool,
    /// One for each run that was looked at.
    pub runs: Vec<VerifiedRun>,
    /// How many imported records are as they came. Their own journals are elsewhere.
    pub imported: usize,
    /// Why imported records do not hold.
    pub imported_problem: Option<Problem>,
}

/// What looking through one run found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VerifiedRun {
    /// Which run.
    pub run: RunId,
    /// How many entries it has and the chain's hash at the last of them; `null` when the
    /// chain does not hold. Keep it elsewhere: only that shows a tail that was cut off.
    pub head: Option<Head>,
    /// Why it does not hold.
    pub problem: Option<Problem>,
}

impl App {
    /// Verifies the chain of one run, or of all of them.
    pub async fn verify_journal(&self, run: Option<RunId>) -> Result<Verified, Problem> {
        let path = self.journal_path();
        let missing = |run: &RunId| {
            Problem::new(Code::NotFound, format!("there is no run `{run}`"))
                .hint("`lastgood runs` lists all runs.")
        };
        let whole = run.is_none();
        let found = if path.exists() {
            let journal = SqliteJournal::open(&path).await.map_err(|error| error.problem())?;
            match run {
                Some(run) => {
                    let head = journal.verify(&run).await;
                    if let Err(JournalError::NoSuchRun { .. }) = &head {
                        return Err(missing(&run));
                    }
                    vec![(run, head)]
                }
                None => journal.verify_all().await.map_err(|error| error.problem())?,
            }
        } else if let Some(run) = run {
            return Err(missing(&run));
        } else {
            // Looking makes no journal.
            Vec::new()
        };
        let annotated =
            if found.is_empty() { Vec::new() } else { self.broken_annotations(&found).await };
        let mut runs: Vec<VerifiedRun> = found
            .into_iter()
            .map(|(run, head)| match head {
                Ok(head) => VerifiedRun { run, head: Some(head), problem: None },
                Err(error) => VerifiedRun { run, head: None, problem: Some(error.problem()) },
            })
            .collect();
        for (run, problem) in runs.iter_mut().zip(annotated) {
            if run.problem.is_none() {
                run.problem = problem;
            }
        }
        let imported = if whole { self.verify_imported().await } else { Ok(0) };
        Ok(Verified {
            journal: path.display().to_string(),
            holds: imported.is_ok() && runs.iter().all(|run| run.problem.is_none()),
            runs,
            imported: *imported.as_ref().unwrap_or(&0),
            imported_problem: imported.err(),
        })
    }

    /// How many imported records are as they came.
    async fn verify_imported(&self) -> Result<usize, Problem> {
        let all = self.filed().await?;
        let archive = if all.is_empty() { return Ok(0) } else { self.archive().await? };
        for filed in &all {
            archive.document(filed).await.map_err(|error| error.problem())?;
        }
        Ok(all.len())
    }

    /// For each run, why what was said of it does not hold.
    async fn broken_annotations(
        &self,
        found: &[(RunId, Result<Head, JournalError>)],
    ) -> Vec<Option<Problem>> {
        let Ok(journal) = SqliteJournal::open(&self.journal_path()).await else {
            return found.iter().map(|_| None).collect();
        };
        let mut all = Vec::with_capacity(found.len());
        for (run, _) in found {
            all.push(journal.annotations(run).await.err().map(|error| error.problem()));
        }
        all
    }
}
