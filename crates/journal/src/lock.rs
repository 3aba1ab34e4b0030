//! Who drives a run: a file lock for each run, held by a living process.
//!
//! The kernel gives the lock back when the process dies, however it dies, so that no
//! stale lock can stand in the way of a rescue. Lock files are empty and stay: deleting
//! one could leave two processes with a lock on two files of one name.

use std::collections::HashMap;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lastgood_core::name::RunId;
use lastgood_core::ports::{JournalError, Lease};

use crate::fault::{Cause, Fault};
use crate::file;

/// How often a lock is tried. A process that lists runs holds a lock for microseconds
/// while it looks, and must not be mistaken for one that drives.
const TRIES: u32 = 5;
const BETWEEN_TRIES: Duration = Duration::from_millis(10);

/// How often the lock for opening is tried: five seconds, as long as a statement waits.
const OPENING_TRIES: u32 = 500;

/// The longest run id that can name a lock file on every system.
const LONGEST: usize = 128;

/// The locks of this process.
#[derive(Debug)]
pub(crate) struct Locks {
    folder: PathBuf,
    held: Mutex<HashMap<RunId, Held>>,
}

#[derive(Debug)]
struct Held {
    token: u64,
    /// Locked as long as it is open.
    file: File,
}

impl Locks {
    /// The locks beside the journal at `path`.
    pub(crate) fn beside(path: &Path) -> std::io::Result<Self> {
        let folder = path.parent().unwrap_or(Path::new(".")).join("locks");
        file::make_folder(&folder)?;
        Ok(Self { folder, held: Mutex::default() })
    }

    /// The same where nothing can be made: locks can be looked at, and none can be taken.
    pub(crate) fn to_look_at(path: &Path) -> Self {
        let folder = path.parent().unwrap_or(Path::new(".")).join("locks");
        Self { folder, held: Mutex::default() }
    }

    /// Keeps other processes from opening the journal until the file is dropped.
    /// Switching a new file to a write-ahead log cannot be waited for in `SQLite`: without
    /// this lock one in a hundred simultaneous openings of a new file fails.
    pub(crate) async fn opening(&self) -> Result<File, Fault> {
        // No run has this name: the file of a run ends in `.lock`.
        let file = self.open(".opening")?;
        if lock(&file, OPENING_TRIES).await? { Ok(file) } else { Err(Cause::Opening.into()) }
    }

    /// The locked file of `run`: the one that is held already, or a new lock.
    pub(crate) async fn take(&self, run: &RunId) -> Result<File, Fault> {
        if let Some(held) = self.held().get(run) {
            return Ok(held.file.try_clone()?);
        }
        let file = self.open(&name(run)?)?;
        if lock(&file, TRIES).await? {
            Ok(file)
        } else {
            Err(JournalError::Held { run: run.clone() }.into())
        }
    }

    /// Keeps a locked file for as long as the lease is the newest of this process.
    pub(crate) fn keep(&self, lease: &Lease, file: File) {
        self.held().insert(lease.run.clone(), Held { token: lease.token, file });
    }

    /// Whether the lease is held by this process and was not given back.
    pub(crate) fn holds(&self, lease: &Lease) -> bool {
        self.held().get(&lease.run).is_some_and(|held| held.token == lease.token)
    }

    /// Gives a lease back. One that is not held, or not any more, changes nothing.
    pub(crate) fn release(&self, lease: &Lease) {
        let mut held = self.held();
        if held.get(&lease.run).is_some_and(|held| held.token == lease.token) {
            held.remove(&lease.run);
        }
    }

    /// Whether a process drives `run` at this moment.
    pub(crate) fn is_driven(&self, run: &RunId) -> std::io::Result<bool> {
        if self.held().contains_key(run) {
            return Ok(true);
        }
        let Ok(name) = name(run) else { return Ok(false) };
        // For reading alone: whoever may only look can still see who drives.
        let file = match File::open(self.folder.join(name)) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(error),
        };
        match file.try_lock_shared() {
            Ok(()) => Ok(false),
            Err(TryLockError::WouldBlock) => Ok(true),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    fn open(&self, name: &str) -> std::io::Result<File> {
        file::private().create(true).truncate(false).open(self.folder.join(name))
    }

    fn held(&self) -> std::sync::MutexGuard<'_, HashMap<RunId, Held>> {
        // Nothing can panic between two changes of the map, so a poisoned one is whole.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the lock was got within so many tries.
async fn lock(file: &File, tries: u32) -> std::io::Result<bool> {
    for attempt in 1.. {
        match file.try_lock() {
            Ok(()) => return Ok(true),
            Err(TryLockError::WouldBlock) if attempt < tries => {
                tokio::time::sleep(BETWEEN_TRIES).await;
            }
            Err(TryLockError::WouldBlock) => break,
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    Ok(false)
}

/// The lock file of `run`. Run ids come from us; one that could name a file elsewhere is
/// refused all the same.
pub(crate) fn name(run: &RunId) -> Result<String, Cause> {
    let id = run.as_str();
    let fits = (1..=LONGEST).contains(&id.len())
        && !id.starts_with('.')
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    if fits { Ok(format!("{id}.lock")) } else { Err(Cause::Unnameable(id.to_owned())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_lock_that_is_taken_for_a_moment_is_waited_for() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let open = || {
            let path = folder.path().join("r.lock");
            file::private().create(true).truncate(false).open(path).expect("a file")
        };
        let (looks, drives) = (open(), open());
        looks.try_lock_shared().expect("it is free");
        let mut waiting = std::pin::pin!(lock(&drives, TRIES));
        assert!(futures::poll!(&mut waiting).is_pending(), "the first look is no answer");
        drop(looks);
        assert!(waiting.await.expect("it can be locked"), "a glance is not a driver");

        let other = open();
        assert!(!lock(&other, TRIES).await.expect("it can be tried"), "a driver is");
    }

    #[test]
    fn a_run_id_cannot_name_a_file_outside_the_folder() {
        let long = "r".repeat(LONGEST + 1);
        for id in ["", ".", "..", "../r", "a/b", "a\\b", "/r", ".r", "a b", "a\0", "ä", &long] {
            assert!(name(&id.into()).is_err(), "{id:?} must not become a path");
        }
        for id in ["r-1", "checkout.production_2026-01-02T030405Z"] {
            assert_eq!(name(&id.into()).expect("a plain name"), format!("{id}.lock"));
        }
    }
}
