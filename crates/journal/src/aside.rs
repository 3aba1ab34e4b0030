//! Reading where nothing can be written: a full disk, a folder that is read only. `SQLite`
//! needs to write even to read a file with a write-ahead log, so a copy elsewhere is read.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::fault::{Cause, Fault};
use crate::file;
use crate::stand::files;

/// How often a copy is made anew because somebody wrote meanwhile.
const TRIES: u32 = 5;

/// Where memory is a folder: what is left when every disk is full.
const MEMORY: &str = "/dev/shm";

/// A copy of a journal, gone when it is dropped.
#[derive(Debug)]
pub(crate) struct Aside {
    folder: TempDir,
}

impl Aside {
    /// Copies the journal at `path` with its write-ahead log, as they are at one moment.
    pub(crate) fn copy(path: &Path) -> Result<Self, Fault> {
        match Self::into(tempfile::tempdir(), path) {
            Ok(aside) => Ok(aside),
            Err(fault) if Path::new(MEMORY).is_dir() => {
                Self::into(tempfile::tempdir_in(MEMORY), path).map_err(|_| fault)
            }
            Err(fault) => Err(fault),
        }
    }

    fn into(folder: std::io::Result<TempDir>, path: &Path) -> Result<Self, Fault> {
        let aside = Self { folder: folder? };
        for _ in 0..TRIES {
            let before = files(path)?;
            copy(path, &aside.path())?;
            let log = file::beside(&aside.path(), "-wal");
            if !copied_if_there(&file::beside(path, "-wal"), &log)? && log.exists() {
                std::fs::remove_file(&log)?;
            }
            if files(path)? == before {
                return Ok(aside);
            }
        }
        Err(Cause::Busy.into())
    }

    /// Where the copy is.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("journal.db")
    }
}

/// Copies for the owner alone.
fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    let mut source = std::fs::File::open(from)?;
    let mut target = file::private().create(true).truncate(true).open(to)?;
    std::io::copy(&mut source, &mut target).map(|_| ())
}

fn copied_if_there(from: &Path, to: &Path) -> std::io::Result<bool> {
    match copy(from, to) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}
