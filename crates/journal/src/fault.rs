//! What can go wrong below the port, and which of the port's errors it is.

use std::io::ErrorKind;
use std::path::Path;

use lastgood_core::ports::JournalError;

/// What is wrong when no system said so.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Cause {
    #[error("the file is not a journal of Lastgood")]
    Foreign,
    #[error("`{0}` cannot name a file")]
    Unnameable(String),
    #[error("a run begins with at least one entry")]
    NoEntry,
    #[error("the event `{event}` cannot be written as JSON")]
    Unwritable {
        event: &'static str,
        #[source]
        source: serde_json::Error,
    },
    #[error("the event `{event}` would not read back as it is")]
    Lossy { event: &'static str },
    #[error("the event belongs to a newer version")]
    Foreseen,
    #[error("another process has been opening it for too long")]
    Opening,
    #[error("the write was cut short")]
    CutShort,
    #[error("it is written to so often that no copy can be made")]
    Busy,
}

/// Why something below the port failed; it becomes a [`JournalError`] where the file and
/// the attempt are known.
#[derive(Debug)]
pub(crate) enum Fault {
    Sql(sqlx::Error),
    Io(std::io::Error),
    Cause(Cause),
    /// Already said in the port's words.
    Said(JournalError),
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<Cause> for Fault {
    fn from(cause: Cause) -> Self {
        Self::Cause(cause)
    }
}

impl From<JournalError> for Fault {
    fn from(error: JournalError) -> Self {
        Self::Said(error)
    }
}

impl Fault {
    /// Whether there is no space left.
    pub(crate) fn is_full(&self) -> bool {
        match self {
            Self::Io(error) => error.kind() == ErrorKind::StorageFull,
            Self::Sql(error) => matches!(Kind::of(error), Kind::Full),
            Self::Cause(_) | Self::Said(_) => false,
        }
    }

    /// Whether nothing can be written there, though what is there may be read.
    pub(crate) fn is_unwritable(&self) -> bool {
        match self {
            Self::Io(error) => matches!(
                error.kind(),
                ErrorKind::StorageFull
                    | ErrorKind::PermissionDenied
                    | ErrorKind::ReadOnlyFilesystem
            ),
            Self::Sql(error) => matches!(Kind::of(error), Kind::Full | Kind::ReadOnly),
            Self::Cause(_) | Self::Said(_) => false,
        }
    }

    /// The port's error for a fault that happened while `doing` something to `path`.
    pub(crate) fn at(self, path: &Path, doing: &'static str) -> JournalError {
        let path = path.display().to_string();
        match self {
            Self::Said(error) => error,
            Self::Cause(cause) => JournalError::Storage { path, doing, source: cause.into() },
            Self::Io(error) if error.kind() == ErrorKind::StorageFull => {
                JournalError::Full { path }
            }
            Self::Io(error)
                if matches!(
                    error.kind(),
                    ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem
                ) =>
            {
                JournalError::ReadOnly { path, source: error.into() }
            }
            Self::Io(error) => JournalError::Storage { path, doing, source: error.into() },
            Self::Sql(error) => match Kind::of(&error) {
                Kind::Full => JournalError::Full { path },
                Kind::ReadOnly => JournalError::ReadOnly { path, source: error.into() },
                Kind::Spoilt => JournalError::Spoilt { path, source: error.into() },
                Kind::Other => JournalError::Storage { path, doing, source: error.into() },
            },
        }
    }
}

/// What a result code of `SQLite` means here (<https://www.sqlite.org/rescode.html>).
enum Kind {
    Full,
    ReadOnly,
    Spoilt,
    Other,
}

impl Kind {
    fn of(error: &sqlx::Error) -> Self {
        const PERM: u32 = 3;
        const READONLY: u32 = 8;
        const CORRUPT: u32 = 11;
        const FULL: u32 = 13;
        const CANTOPEN: u32 = 14;
        const NOTADB: u32 = 26;
        // The shared memory of the write-ahead log could not be grown; SQLite writes to
        // it page by page in order to find a full disk before a memory map does.
        const IOERR_SHMSIZE: u32 = 4874;

        let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
        let Some(code) = code.and_then(|code| code.parse::<u32>().ok()) else {
            return Self::Other;
        };
        match (code & 0xff, code) {
            (FULL, _) | (_, IOERR_SHMSIZE) => Self::Full,
            // The file itself was opened before SQLite saw it, so what cannot
            // be opened is the log or the shared memory beside it.
            (PERM | READONLY | CANTOPEN, _) => Self::ReadOnly,
            (CORRUPT | NOTADB, _) => Self::Spoilt,
            _ => Self::Other,
        }
    }
}
