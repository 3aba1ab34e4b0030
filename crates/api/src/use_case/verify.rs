//! Looks whether the journal is what was written.

use lastgood_core::name::RunId;
use lastgood_core::ports::{
    Annotations as _, Attestations as _, Head, JournalError, Ledger as _, LedgerError,
};
use lastgood_core::problem::{Code, Problem};
use lastgood_core::release::Ground;
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
    /// What was said beside the runs, one for each chain. Empty when one run was asked for.
    pub beside: Vec<VerifiedChain>,
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

/// What looking through a chain beside the runs found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VerifiedChain {
    /// What kind of lines it has.
    pub kind: ChainKind,
    /// What they are about: `checkout in production`, with the world when it is practice.
    pub of: String,
    /// How many lines hold; none when the chain does not.
    pub lines: usize,
    /// Why it does not hold.
    pub problem: Option<Problem>,
}

/// What is said beside the runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChainKind {
    /// What was said of releases: marks, locks, what rollbacks found.
    Remarks,
    /// What people answered to checklists.
    Answers,
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
        let there = self.has_journal()?;
        let found = if there {
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
        let beside = if whole && there { self.verify_beside().await } else { Vec::new() };
        let imported = if whole { self.verify_imported().await } else { Ok(0) };
        Ok(Verified {
            journal: path.display().to_string(),
            holds: imported.is_ok()
                && runs.iter().all(|run| run.problem.is_none())
                && beside.iter().all(|chain| chain.problem.is_none()),
            runs,
            beside,
            imported: *imported.as_ref().unwrap_or(&0),
            imported_problem: imported.err(),
        })
    }

    /// Reads every chain that is not a run's; reading verifies.
    async fn verify_beside(&self) -> Vec<VerifiedChain> {
        let unread = |kind, problem| VerifiedChain {
            kind,
            of: "all places".to_owned(),
            lines: 0,
            problem: Some(problem),
        };
        let journal = match SqliteJournal::open(&self.journal_path()).await {
            Ok(journal) => journal,
            // The runs were read a moment ago: whatever stands against it now hides both.
            Err(error) => return vec![unread(ChainKind::Remarks, error.problem())],
        };
        let mut chains = Vec::new();
        match journal.grounds().await {
            Err(error) => chains.push(unread(ChainKind::Remarks, error.problem())),
            Ok(grounds) => {
                for ground in grounds {
                    let lines = journal.remarks(&ground).await.map(|lines| lines.len());
                    chains.push(chain(ChainKind::Remarks, &ground, lines));
                }
            }
        }
        match journal.answered().await {
            Err(error) => chains.push(unread(ChainKind::Answers, error.problem())),
            Ok(grounds) => {
                for ground in grounds {
                    let lines = journal.attestations(&ground).await.map(|lines| lines.len());
                    chains.push(chain(ChainKind::Answers, &ground, lines));
                }
            }
        }
        chains
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

fn chain(kind: ChainKind, ground: &Ground, read: Result<usize, LedgerError>) -> VerifiedChain {
    let (lines, problem) = match read {
        Ok(lines) => (lines, None),
        Err(error) => (0, Some(error.problem())),
    };
    VerifiedChain { kind, of: ground.to_string(), lines, problem }
}
