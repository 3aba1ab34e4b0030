//! The memory of the practice world. It plays the outside, so it must not forget when our
//! process dies: every change is one line here before it is a change of the world.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use lastgood_core::catalog::Place;
use lastgood_core::drill::{Fault, WorldEvent};
use lastgood_core::effect::Operation;
use lastgood_core::name::EffectKey;
use serde::{Deserialize, Serialize};

/// One thing that happened to the practice world.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Logged {
    /// When, on the world's clock.
    pub at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub what: Happening,
}

/// What can happen to the practice world, besides what its scenario says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "what")]
pub enum Happening {
    /// A call of ours took place.
    Applied {
        /// Its key.
        key: EffectKey,
        /// Where.
        place: Place,
        /// What was done.
        operation: Operation,
        /// The fault that took its reply, counted from 0 over all faults.
        fault: Option<usize>,
    },
    /// A fault was met and is used up once.
    Met {
        /// Which one, counted from 0 over all faults.
        fault: usize,
    },
    /// A fault was added to those of the scenario.
    Injected {
        /// What goes wrong from here on.
        fault: Fault,
    },
    /// Somebody else did something that no scenario foresaw.
    Event {
        /// What they did.
        event: WorldEvent,
    },
    /// Nothing; the world was looked at, and its clock must not go back behind this.
    Mark,
}

/// Where the practice world remembers.
pub trait WorldLog: Send {
    /// Everything that was appended, in order.
    fn load(&mut self) -> Result<Vec<Logged>, LogError>;

    /// Adds one line, durably.
    fn append(&mut self, line: &Logged) -> Result<(), LogError>;

    /// The latest time that was ever logged; a resumed drill must not begin before it.
    fn last_seen(&mut self) -> Result<Option<Timestamp>, LogError> {
        Ok(self.load()?.iter().map(|line| line.at).max())
    }
}

/// Why the practice world cannot remember.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The file could not be used.
    #[error("could not {doing} the practice log `{}`", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What was tried.
        doing: &'static str,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// Another process plays in the same world. Two that remember apart would forget each
    /// other's changes.
    #[error("the practice log `{}` is in use by another process", path.display())]
    Held {
        /// The file.
        path: PathBuf,
    },
    /// A line in the middle cannot be read; only the last may be torn.
    #[error("line {line} of the practice log `{}` cannot be read", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
}

/// Remembers as long as it, or a clone of it, lives.
#[derive(Clone, Debug, Default)]
pub struct MemoryLog {
    lines: Arc<Mutex<Vec<Logged>>>,
}

impl WorldLog for MemoryLog {
    fn load(&mut self) -> Result<Vec<Logged>, LogError> {
        Ok(self.lines.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    fn append(&mut self, line: &Logged) -> Result<(), LogError> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).push(line.clone());
        Ok(())
    }
}

/// Remembers in a file of JSON lines that only its owner may read.
#[derive(Debug)]
pub struct FileLog {
    path: PathBuf,
    file: File,
    /// Where the last whole line ends.
    end: u64,
}

impl FileLog {
    /// Opens the file, or makes it, for this process alone; a process that dies gives it
    /// free. A last line without an end never happened and is cut off.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, LogError> {
        let path = path.as_ref().to_owned();
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(&path) {
            Ok(file) => {
                match file.try_lock() {
                    Ok(()) => {}
                    Err(TryLockError::WouldBlock) => return Err(LogError::Held { path }),
                    Err(TryLockError::Error(source)) => {
                        return Err(LogError::File { path, doing: "lock", source });
                    }
                }
                let mut log = Self { path, file, end: 0 };
                let text = log.text()?;
                let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
                log.end = u64::try_from(whole).unwrap_or(u64::MAX);
                log.mend().map_err(|source| log.failed("mend", source))?;
                Ok(log)
            }
            Err(source) => Err(LogError::File { path, doing: "open", source }),
        }
    }

    /// Cuts off whatever follows the last whole line.
    fn mend(&self) -> std::io::Result<()> {
        if self.file.metadata()?.len() > self.end { self.file.set_len(self.end) } else { Ok(()) }
    }

    fn text(&mut self) -> Result<Vec<u8>, LogError> {
        let mut text = Vec::new();
        let read =
            self.file.seek(SeekFrom::Start(0)).and_then(|_| self.file.read_to_end(&mut text));
        read.map_err(|source| self.failed("read", source))?;
        Ok(text)
    }

    fn failed(&self, doing: &'static str, source: std::io::Error) -> LogError {
        LogError::File { path: self.path.clone(), doing, source }
    }
}

impl WorldLog for FileLog {
    fn load(&mut self) -> Result<Vec<Logged>, LogError> {
        let text = self.text()?;
        let whole = text.iter().rposition(|byte| *byte == b'\n').unwrap_or(0);
        text[..whole]
            .split(|byte| *byte == b'\n')
            .enumerate()
            .filter(|(_, line)| !line.is_empty())
            .map(|(index, line)| {
                serde_json::from_slice(line).map_err(|source| LogError::Broken {
                    path: self.path.clone(),
                    line: index + 1,
                    source,
                })
            })
            .collect()
    }

    fn append(&mut self, line: &Logged) -> Result<(), LogError> {
        let written =
            serde_json::to_vec(line).map_err(std::io::Error::from).and_then(|mut line| {
                line.push(b'\n');
                // An earlier line of which only a part could be written must not become
                // a part of this one.
                self.mend()?;
                self.file.write_all(&line)?;
                self.file.sync_data()?;
                self.end += u64::try_from(line.len()).unwrap_or(0);
                Ok(())
            });
        written.map_err(|source| {
            // What could not be written did not happen, in the next life neither. Where
            // even that fails, opening the file again cuts it off.
            let _ = self.mend();
            self.failed("write", source)
        })
    }
}

#[cfg(test)]
mod tests;
