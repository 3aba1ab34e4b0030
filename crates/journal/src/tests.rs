//! What only the file itself can show: crashes, tampering, other processes.

mod crash;
mod lease;
mod measure;
mod open;
mod stand;
mod storage;
mod tamper;

use std::path::PathBuf;

use lastgood_core::name::RunId;
use lastgood_core::ports::{Head, Journal as _, Lease};
use tempfile::TempDir;

use crate::SqliteJournal;
use crate::contract::{journal_contract, note};

/// A folder that goes away with it, and where the journal in it lies.
struct Place {
    folder: TempDir,
    path: PathBuf,
}

impl Place {
    fn new() -> Self {
        Self::of(tempfile::tempdir())
    }

    /// In memory where the system offers that, for tests that open hundreds of journals
    /// and prove nothing about the disk.
    fn in_memory() -> Self {
        Self::of(tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()))
    }

    fn of(folder: std::io::Result<TempDir>) -> Self {
        let folder = folder.expect("a temporary folder");
        let path = folder.path().join("journal.db");
        Self { folder, path }
    }

    async fn open(&self) -> SqliteJournal {
        SqliteJournal::open(&self.path).await.expect("it opens")
    }
}

fn run() -> RunId {
    RunId::new("r-1")
}

/// A run of `count` notes, one commit each.
async fn notes(journal: &SqliteJournal, run: &RunId, count: u32) -> (Lease, Vec<Head>) {
    let (lease, head) = journal.create(run, &[note(1, "entry 1")]).await.expect("a new run");
    let mut heads = vec![head];
    for second in 2..=count {
        let event = note(second, &format!("entry {second}"));
        heads.push(journal.append(&lease, &[event]).await.expect("the lease is newest"));
    }
    (lease, heads)
}

/// Ends the journal for good, so that its file can be looked at by hand.
async fn close(journal: SqliteJournal) {
    let store = std::sync::Arc::try_unwrap(journal.store).expect("nobody else uses it");
    sqlx::Connection::close(store.reader.into_inner()).await.expect("it closes");
    sqlx::Connection::close(store.writer.into_inner()).await.expect("it closes");
}

#[tokio::test]
async fn the_journal_keeps_its_contract() {
    journal_contract(&Place::new().open().await).await;
}
