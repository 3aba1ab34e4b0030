//! What is known of the starts of an errand: a line before each start and one after each
//! end, durable, in a file of its own.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use lastgood_core::effect::Receipt;
use lastgood_core::name::EffectKey;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::clock::wall;

/// The record of one intention, in whichever attempt.
#[derive(Clone, Debug)]
pub(super) struct Record {
    path: PathBuf,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Line {
    key: EffectKey,
    at: Timestamp,
    #[serde(flatten)]
    what: What,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "what")]
enum What {
    /// It is about to be started.
    Started,
    /// It runs in this process group.
    Runs { group: i32 },
    /// It took place.
    Done { receipt: Receipt },
    /// It ended, and not as it must, or nobody knows how.
    Failed { why: String },
    /// It never got to the outside.
    NotStarted { why: String },
}

/// What a record tells of a key.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Known {
    /// This attempt was never started.
    Never,
    /// It took place, in this attempt or an earlier one.
    Done(Receipt),
    /// This attempt was started, and nobody saw its end.
    Unseen { since: Timestamp },
    /// This attempt ended and may have changed something.
    Failed { why: String },
}

/// Everything that was written down for an intention.
#[derive(Clone, Debug, Default)]
pub(super) struct Lines(Vec<Line>);

impl Record {
    pub(super) fn of(data: &Path, key: &EffectKey) -> Self {
        let intention = EffectKey { attempt: 1, ..key.clone() };
        let digest = Sha256::digest(intention.to_string().as_bytes());
        let name: String = digest.iter().take(16).flat_map(|byte| hex(*byte)).collect();
        Self { path: data.join("errands").join(format!("{name}.jsonl")) }
    }

    /// Where the output goes, masked.
    pub(super) fn output(&self) -> PathBuf {
        self.path.with_extension("log")
    }

    pub(super) fn read(&self) -> Result<Lines, String> {
        let text = match std::fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Lines::default()),
            Err(error) => {
                return Err(format!(
                    "the record `{}` cannot be read: {error}",
                    self.path.display()
                ));
            }
        };
        let mut lines = Vec::new();
        for (number, line) in text.lines().enumerate() {
            match serde_json::from_str(line) {
                Ok(line) => lines.push(line),
                // A crash can cut the last line; what it would have said did not happen yet.
                Err(_) if number + 1 == text.lines().count() && !text.ends_with('\n') => {}
                Err(error) => {
                    return Err(format!(
                        "line {} of the record `{}` cannot be understood: {error}",
                        number + 1,
                        self.path.display()
                    ));
                }
            }
        }
        Ok(Lines(lines))
    }

    pub(super) fn started(&self, key: &EffectKey) -> io::Result<()> {
        self.append(key, What::Started)
    }

    pub(super) fn runs(&self, key: &EffectKey, group: i32) -> io::Result<()> {
        self.append(key, What::Runs { group })
    }

    pub(super) fn done(&self, key: &EffectKey, receipt: &Receipt) -> io::Result<()> {
        self.append(key, What::Done { receipt: receipt.clone() })
    }

    pub(super) fn failed(&self, key: &EffectKey, why: &str) -> io::Result<()> {
        self.append(key, What::Failed { why: why.to_owned() })
    }

    pub(super) fn not_started(&self, key: &EffectKey, why: &str) -> io::Result<()> {
        self.append(key, What::NotStarted { why: why.to_owned() })
    }

    fn append(&self, key: &EffectKey, what: What) -> io::Result<()> {
        let line = Line { key: key.clone(), at: wall(), what };
        let mut text = serde_json::to_string(&line)?;
        text.push('\n');
        let folder = self.path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        let is_new = !self.path.exists();
        // Without this a line that a crash has cut would swallow the next one.
        if std::fs::read(&self.path).is_ok_and(|old| !old.is_empty() && !old.ends_with(b"\n")) {
            text.insert(0, '\n');
        }
        let mut file = private(&self.path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        if is_new {
            // The name must last as well.
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    }
}

/// Opens a file for appending that nobody else may read.
pub(super) fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

impl Lines {
    /// What is known of the attempt that `key` names.
    pub(super) fn of(&self, key: &EffectKey) -> Known {
        let done = self.0.iter().rev().find_map(|line| match &line.what {
            What::Done { receipt } => Some(receipt.clone()),
            What::Started | What::Runs { .. } | What::Failed { .. } | What::NotStarted { .. } => {
                None
            }
        });
        if let Some(receipt) = done {
            return Known::Done(receipt);
        }
        // An earlier attempt ended in front of a person, who asked for this one.
        let own: Vec<&Line> = self.0.iter().filter(|line| line.key == *key).collect();
        match own.last() {
            None => Known::Never,
            Some(line) => match &line.what {
                What::NotStarted { .. } => Known::Never,
                What::Failed { why } => Known::Failed { why: why.clone() },
                What::Started | What::Runs { .. } => {
                    let since = own.iter().rev().find(|line| line.what == What::Started);
                    Known::Unseen { since: since.map_or(line.at, |line| line.at) }
                }
                What::Done { receipt } => Known::Done(receipt.clone()),
            },
        }
    }

    /// The process group of a start whose end nobody wrote down.
    pub(super) fn still_running(&self) -> Option<i32> {
        self.0.last().and_then(|line| match &line.what {
            What::Runs { group } => Some(*group),
            What::Started | What::Done { .. } | What::Failed { .. } | What::NotStarted { .. } => {
                None
            }
        })
    }
}

fn hex(byte: u8) -> [char; 2] {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or('0');
    [digit(byte >> 4), digit(byte & 15)]
}
