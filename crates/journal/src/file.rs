//! The file of the journal: made for its owner alone, looked at before it is touched.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};

use crate::fault::{Cause, Fault};
use crate::schema::{self, Marks};

/// How long a statement waits for another process's write. Ours take milliseconds; a
/// backup of a large journal onto a slow disk takes the longest, and blocks nobody.
const PATIENCE: Duration = Duration::from_secs(5);

/// How many rows travel ahead of whoever reads them. The default of 50 makes the two
/// threads wait for each other.
const ROWS_AHEAD: usize = 1024;

/// The length of the header that every `SQLite` file begins with.
const HEADER: usize = 100;

/// Creates what is missing of `folder`, for its owner alone.
pub(crate) fn make_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// How files of ours are opened: for reading and writing, made for their owner alone.
pub(crate) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes the file, or refuses an existing one that is clearly not ours to touch.
pub(crate) fn prepare(path: &Path) -> Result<(), Fault> {
    if let Some(folder) = path.parent() {
        make_folder(folder)?;
    }
    match private().create_new(true).open(path) {
        Ok(file) => {
            file.sync_all()?;
            sync_folder_of(path)?;
            Ok(())
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => glance(path),
        Err(error) => Err(error.into()),
    }
}

/// Refuses by the header alone, so that nothing is left beside a foreign file.
fn glance(path: &Path) -> Result<(), Fault> {
    let mut start = Vec::with_capacity(HEADER);
    File::open(path)?.take(HEADER as u64).read_to_end(&mut start)?;
    if start.is_empty() {
        return Ok(());
    }
    peek(&start).ok_or(Cause::Foreign)?.check(path)
}

/// Refuses a foreign or a newer file without changing a byte of it. The newest header may
/// still be in the write-ahead log, and a file that says nothing about itself may hold
/// somebody's tables. Nobody else may be opening the file meanwhile: half of a new
/// journal looks foreign.
///
/// One case needs more than reading: whoever was killed while making the file left a
/// rollback journal beside it, and nobody can read before that is played back.
pub(crate) async fn inspect(path: &Path) -> Result<(), Fault> {
    match look(path, true).await {
        Err(Fault::Sql(error)) if needs_rollback(&error) => look(path, false).await,
        looked => looked,
    }
}

async fn look(path: &Path, read_only: bool) -> Result<(), Fault> {
    let mut connection = SqliteConnectOptions::new()
        .filename(path)
        .read_only(read_only)
        .busy_timeout(PATIENCE)
        .disable_statement_logging()
        .connect()
        .await?;
    let marks = Marks::read(&mut connection).await?;
    let empty = schema::is_empty(&mut connection).await?;
    connection.close().await?;
    marks.check(path)?;
    if marks.application == schema::APPLICATION || empty {
        Ok(())
    } else {
        Err(Cause::Foreign.into())
    }
}

/// Whether `SQLite` says that it would have to play a rollback journal back, and may not:
/// `SQLITE_READONLY_ROLLBACK` (<https://www.sqlite.org/rescode.html#readonly_rollback>).
fn needs_rollback(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code)
        .is_some_and(|code| code == "776")
}

/// Reads the marks from the header of the file
/// (<https://www.sqlite.org/fileformat2.html#the_database_header>).
fn peek(start: &[u8]) -> Option<Marks> {
    let number = |at: usize| {
        let bytes = start.get(at..at + 4)?;
        Some(u32::from_be_bytes(bytes.try_into().ok()?))
    };
    start.starts_with(b"SQLite format 3\0").then_some(())?;
    Some(Marks { application: number(68)?, format: number(60)? })
}

/// How every connection to a prepared journal is made.
pub(crate) fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .journal_mode(SqliteJournalMode::Wal)
        // A commit that was acknowledged survives the loss of power, not only a crash.
        .synchronous(SqliteSynchronous::Full)
        // On macOS a plain fsync leaves the drive's cache alone. No effect elsewhere.
        .pragma("fullfsync", "ON")
        .pragma("checkpoint_fullfsync", "ON")
        .foreign_keys(true)
        .busy_timeout(PATIENCE)
        .row_buffer_size(ROWS_AHEAD)
        .disable_statement_logging()
}

/// A connection that only reads.
pub(crate) async fn reader(path: &Path) -> Result<SqliteConnection, Fault> {
    Ok(options(path).pragma("query_only", "ON").connect().await?)
}

/// Takes the file away from everybody but its owner, in case it came from elsewhere.
#[cfg(unix)]
pub(crate) fn close_to_others(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    for file in [path.to_owned(), beside(path, "-wal"), beside(path, "-shm")] {
        match std::fs::metadata(&file) {
            Ok(found) if found.permissions().mode() & 0o077 != 0 => {
                std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600))?;
            }
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Access lists of the folder decide elsewhere.
#[cfg(not(unix))]
pub(crate) fn close_to_others(_path: &Path) -> std::io::Result<()> {
    Ok(())
}

/// The file that `SQLite` keeps beside the journal under this suffix.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Makes a new name in a folder survive the loss of power.
#[cfg(unix)]
pub(crate) fn sync_folder_of(path: &Path) -> std::io::Result<()> {
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

/// A folder cannot be synced elsewhere; the file system journals names.
#[cfg(not(unix))]
pub(crate) fn sync_folder_of(_path: &Path) -> std::io::Result<()> {
    Ok(())
}

/// The full path: `SQLite` would take `:memory:` and `file:…` for something else.
pub(crate) fn absolute(path: &Path) -> std::io::Result<PathBuf> {
    std::path::absolute(path)
}
