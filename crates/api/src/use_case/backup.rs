//! A copy of the journal.

use std::path::Path;

use lastgood_core::problem::{Code, Problem};
use lastgood_journal::SqliteJournal;
use serde::Serialize;

use crate::App;
use crate::problem::IntoProblem;

/// A copy that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BackedUp {
    /// The journal.
    pub journal: String,
    /// The copy.
    pub backup: String,
    /// How long the copy is, in bytes.
    pub bytes: u64,
}

impl App {
    /// Copies the journal to the new file `file` as it is at this moment, also while runs are
    /// driven. A file that exists is refused.
    pub async fn back_up_journal(&self, file: &Path) -> Result<BackedUp, Problem> {
        let path = self.journal_path();
        if !self.has_journal()? {
            return Err(Problem::new(
                Code::NotFound,
                format!("there is no journal at `{}`", path.display()),
            )
            .hint("Name the folder that it is in with --data."));
        }
        if file.exists() {
            return Err(Problem::new(
                Code::FileUnwritable,
                format!("`{}` exists, and a backup writes over nothing", file.display()),
            )
            .hint("Name a new file."));
        }
        let journal = SqliteJournal::open(&path).await.map_err(|error| error.problem())?;
        journal.backup_to(file).await.map_err(|error| error.problem())?;
        let bytes = std::fs::metadata(file).map(|found| found.len()).map_err(|error| {
            Problem::from_error(Code::FileUnreadable, &error)
                .within(format!("the copy `{}` cannot be looked at", file.display()))
        })?;
        let (journal, backup) = (path.display().to_string(), file.display().to_string());
        Ok(BackedUp { journal, backup, bytes })
    }
}
