//! The port, on one file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use lastgood_core::name::RunId;
use lastgood_core::ports::{Head, Journal, JournalError, Lease, RunRecord, Stamped};
use lastgood_core::run::Entry;
use sqlx::{ConnectOptions as _, Row as _, SqliteConnection};
use tokio::sync::Mutex;

use crate::aside::Aside;
use crate::fault::{Cause, Fault};
use crate::lock::Locks;
use crate::{backup, chain, file, read, schema, write};

const RUNS: &str = "
SELECT r.id, r.created_at, last.seq, last.hash
FROM run AS r
LEFT JOIN entry AS last
  ON last.run = r.id AND last.seq = (SELECT max(e.seq) FROM entry AS e WHERE e.run = r.id)
ORDER BY r.no DESC";

/// Every run that has a record or an entry; an entry without a run is found here.
const NAMES: &str = "SELECT id FROM run UNION SELECT DISTINCT run FROM entry";

/// Keeps runs in one file. Several processes may have it open; each run is driven by at
/// most one of them.
///
/// Leasing a run that this process holds already gives a newer lease and fences the older
/// one off: only other processes are refused.
#[derive(Debug)]
pub struct SqliteJournal {
    pub(crate) store: Arc<Store>,
}

/// One file, one connection that writes, one that reads beside it.
#[derive(Debug)]
pub(crate) struct Store {
    path: PathBuf,
    pub(crate) writer: Mutex<SqliteConnection>,
    pub(crate) reader: Mutex<SqliteConnection>,
    locks: Locks,
    /// What is read instead, where nothing can be written.
    aside: Option<Unwritable>,
}

/// A copy that is read, and what kept the journal itself from being opened.
#[derive(Debug)]
struct Unwritable {
    copy: Aside,
    is_full: bool,
}

impl SqliteJournal {
    /// Opens the journal at `path`, and makes it and its folder when they are missing,
    /// for their owner alone. Lock files go to `locks` in the same folder.
    ///
    /// A file that a newer version wrote, or that is no journal, is refused and not
    /// touched. One that is there and cannot be written, because its folder is read only or
    /// the disk is full, is read as it is at this moment; every write says why it cannot be.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, JournalError> {
        let path = path.as_ref();
        let path = file::absolute(path).map_err(|error| Fault::from(error).at(path, "open"))?;
        let opened = match Store::open(&path).await {
            Err(fault) if fault.is_unwritable() && path.is_file() => {
                Store::open_to_read(&path, fault).await
            }
            opened => opened,
        };
        let store = opened.map_err(|fault| fault.at(&path, "open"))?;
        Ok(Self { store: Arc::new(store) })
    }

    /// Whether it can be written. One that can only be read may be opened anew later.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        self.store.aside.is_none()
    }

    /// Verifies the chain of a run from its first entry to its last.
    pub async fn verify(&self, run: &RunId) -> Result<Head, JournalError> {
        let mut reader = self.store.reader.lock().await;
        read::verify(&mut reader, run).await.map_err(|fault| self.store.says(fault, "read"))
    }

    /// Verifies a run, and that it still contains the entry that `anchor` was taken at.
    /// Only this finds a cut tail, or a chain that was written anew: keep anchors outside
    /// of this machine.
    pub async fn verify_against(&self, run: &RunId, anchor: &Head) -> Result<Head, JournalError> {
        let mut reader = self.store.reader.lock().await;
        read::verify_against(&mut reader, run, anchor)
            .await
            .map_err(|fault| self.store.says(fault, "read"))
    }

    /// Verifies every run, whatever is wrong with the others.
    pub async fn verify_all(
        &self,
    ) -> Result<Vec<(RunId, Result<Head, JournalError>)>, JournalError> {
        let mut reader = self.store.reader.lock().await;
        let names: Vec<String> = sqlx::query_scalar(NAMES)
            .fetch_all(&mut *reader)
            .await
            .map_err(|error| self.store.says(error, "read"))?;
        let mut all = Vec::with_capacity(names.len());
        for run in names.into_iter().map(RunId::new) {
            let head = read::verify(&mut reader, &run).await;
            all.push((run, head.map_err(|fault| self.store.says(fault, "read"))));
        }
        Ok(all)
    }

    /// Copies the journal to a new file while it is in use; never over an existing one.
    /// Errors name the new file.
    pub async fn backup_to(&self, target: impl AsRef<Path>) -> Result<(), JournalError> {
        let source = self.store.readable();
        let target = target.as_ref();
        let target =
            file::absolute(target).map_err(|error| Fault::from(error).at(target, "back up to"))?;
        let copied = to_the_end({
            let target = target.clone();
            async move { backup::copy(&source, &target).await }
        });
        copied.await.map_err(|fault| fault.at(&target, "back up to"))
    }
}

impl Store {
    /// The file that can be read: the journal, or the copy that is read instead.
    fn readable(&self) -> PathBuf {
        self.aside.as_ref().map_or_else(|| self.path.clone(), |aside| aside.copy.path())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    async fn open(path: &Path) -> Result<Self, Fault> {
        file::prepare(path)?;
        let locks = Locks::beside(path)?;
        let _opening = locks.opening().await?;
        file::inspect(path).await?;
        let mut writer = file::options(path).connect().await?;
        schema::migrate(&mut writer, path).await?;
        let reader = file::reader(path).await?;
        file::close_to_others(path)?;
        let (writer, reader) = (Mutex::new(writer), Mutex::new(reader));
        Ok(Self { path: path.to_owned(), writer, reader, locks, aside: None })
    }

    /// Opens a copy for reading; `because` is why the file itself could not be opened, and is
    /// what is said when that does not work either.
    async fn open_to_read(path: &Path, because: Fault) -> Result<Self, Fault> {
        let copy = match Aside::copy(path) {
            Ok(copy) => copy,
            Err(fault) => {
                tracing::warn!(?fault, "the journal cannot be read from a copy either");
                return Err(because);
            }
        };
        let at = copy.path();
        // An older format becomes today's in the copy, and a newer one is refused as ever.
        file::inspect(&at).await?;
        let mut writer = file::options(&at).connect().await?;
        schema::migrate(&mut writer, path).await?;
        sqlx::query("PRAGMA query_only = ON").execute(&mut writer).await?;
        let reader = file::reader(&at).await?;
        tracing::warn!(?because, "the journal cannot be written; it is read as it is now");
        let is_full = because.is_full();
        Ok(Self {
            path: path.to_owned(),
            writer: Mutex::new(writer),
            reader: Mutex::new(reader),
            locks: Locks::to_look_at(path),
            aside: Some(Unwritable { copy, is_full }),
        })
    }

    pub(crate) fn says(&self, fault: impl Into<Fault>, doing: &'static str) -> JournalError {
        let error = fault.into().at(&self.path, doing);
        match (&self.aside, error) {
            // The copy is read only by our own choice; the disk was full.
            (Some(Unwritable { is_full: true, .. }), JournalError::ReadOnly { path, .. }) => {
                JournalError::Full { path }
            }
            (_, error) => error,
        }
    }
}

/// Does the work to its end also when whoever waits for it goes away: half a transaction
/// must not stay open on the connection that everybody shares.
pub(crate) async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, Fault>> + Send + 'static,
) -> Result<T, Fault> {
    tokio::spawn(work).await.unwrap_or_else(|_| Err(Cause::CutShort.into()))
}

#[async_trait]
impl Journal for SqliteJournal {
    async fn create(&self, run: &RunId, first: &[Stamped]) -> Result<(Lease, Head), JournalError> {
        let (store, run, first) = (Arc::clone(&self.store), run.clone(), first.to_vec());
        let created = to_the_end(async move {
            let mut writer = store.writer.lock().await;
            write::create(&mut writer, &store.locks, &run, &first).await
        });
        created.await.map_err(|fault| self.store.says(fault, "create a run in"))
    }

    async fn lease(&self, run: &RunId) -> Result<Lease, JournalError> {
        let (store, run) = (Arc::clone(&self.store), run.clone());
        let leased = to_the_end(async move {
            let mut writer = store.writer.lock().await;
            write::lease(&mut writer, &store.locks, &run).await
        });
        leased.await.map_err(|fault| self.store.says(fault, "lease a run of"))
    }

    async fn release(&self, lease: Lease) -> Result<(), JournalError> {
        // An append of this process that is under way ends before another process drives.
        let _writer = self.store.writer.lock().await;
        self.store.locks.release(&lease);
        Ok(())
    }

    async fn append(&self, lease: &Lease, events: &[Stamped]) -> Result<Head, JournalError> {
        let (store, lease, events) = (Arc::clone(&self.store), lease.clone(), events.to_vec());
        let appended = to_the_end(async move {
            let mut writer = store.writer.lock().await;
            write::append(&mut writer, &store.locks, &lease, &events).await
        });
        appended.await.map_err(|fault| self.store.says(fault, "append to"))
    }

    async fn read(&self, run: &RunId, after: u64) -> Result<Vec<Entry>, JournalError> {
        let mut reader = self.store.reader.lock().await;
        read::entries(&mut reader, run, after).await.map_err(|fault| self.store.says(fault, "read"))
    }

    async fn runs(&self) -> Result<Vec<RunRecord>, JournalError> {
        let rows = {
            let mut reader = self.store.reader.lock().await;
            sqlx::query(RUNS)
                .fetch_all(&mut *reader)
                .await
                .map_err(|error| self.store.says(error, "read"))?
        };
        rows.iter()
            .map(|row| self.store.record(row))
            .collect::<Result<_, _>>()
            .map_err(|fault| self.store.says(fault, "read"))
    }
}

impl Store {
    fn record(&self, row: &sqlx::sqlite::SqliteRow) -> Result<RunRecord, Fault> {
        let run = RunId::new(row.try_get::<&str, _>(0)?);
        let created_at = read::time(row.try_get(1)?).map_err(|why| read::broken(&run, 1, why))?;
        let head = match (row.try_get::<Option<i64>, _>(2)?, row.try_get::<Option<&[u8]>, _>(3)?) {
            (Some(seq), Some(hash)) => Head { seq: seq.unsigned_abs(), hash: chain::hex(hash) },
            // Somebody took its entries away; reading it says so.
            (None, _) | (_, None) => Head { seq: 0, hash: chain::hex(&chain::genesis(&run)) },
        };
        let driven = self.locks.is_driven(&run)?;
        Ok(RunRecord { run, created_at, head, driven })
    }
}
