//! As of when a journal is read. Who keeps what was read and verified asks for this before
//! reading, and asks again before using it: while the answer is the same, the file is.

use std::fs::Metadata;
use std::path::Path;
use std::time::SystemTime;

use lastgood_core::ports::JournalError;

use crate::SqliteJournal;
use crate::file;

/// Whose commits a connection has seen, its own left out
/// (<https://www.sqlite.org/pragma.html#pragma_data_version>).
const COMMITS: &str = "PRAGMA data_version";

/// As of when a journal is read. Another one says that anything in it may have changed: by this
/// process, by another, or by somebody who was at the file by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stand {
    commits: i64,
    // `SQLite` does not count what was written past it.
    files: Files,
}

/// Where the file and its log stand: the same twice, and nobody wrote between.
pub(crate) type Files = (OneFile, Option<OneFile>);

/// How long a file is and when it was changed.
type OneFile = (u64, Option<SystemTime>);

impl SqliteJournal {
    /// As of when the journal is read now. `None` where that cannot be told, and nothing is to
    /// be kept: the file cannot be looked at, or a copy is read instead of it, which is made
    /// anew for everybody who asks.
    pub async fn stand(&self) -> Result<Option<Stand>, JournalError> {
        if !self.is_writable() {
            return Ok(None);
        }
        let Ok(files) = files(self.store.path()) else { return Ok(None) };
        let mut reader = self.store.reader.lock().await;
        let commits = sqlx::query_scalar(COMMITS).fetch_one(&mut *reader).await;
        let commits = commits.map_err(|error| self.store.says(error, "read"))?;
        Ok(Some(Stand { commits, files }))
    }
}

pub(crate) fn files(path: &Path) -> std::io::Result<Files> {
    let of = |found: Metadata| (found.len(), found.modified().ok());
    let log = match std::fs::metadata(file::beside(path, "-wal")) {
        Ok(found) => Some(of(found)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    Ok((of(std::fs::metadata(path)?), log))
}
