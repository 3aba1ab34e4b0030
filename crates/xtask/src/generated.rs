//! Files that are made from the code: written, or compared with what is committed.

#[cfg(test)]
mod tests;

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::repository::root;

/// A file as it should be.
#[derive(Debug)]
pub(crate) struct Generated {
    /// Where it belongs, from the root of the repository.
    pub(crate) path: PathBuf,
    /// All of it.
    pub(crate) text: String,
    /// The command that makes it, for the person who reads of a difference.
    pub(crate) made_by: &'static str,
}

/// What to do about a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Write the file.
    Write,
    /// Change nothing, and fail.
    Check,
}

/// Writes or compares all `files` of this repository and says how it went.
pub(crate) fn settle(files: &[Generated], mode: Mode) -> anyhow::Result<String> {
    settle_in(&root(), files, mode)
}

fn settle_in(root: &Path, files: &[Generated], mode: Mode) -> anyhow::Result<String> {
    if files.is_empty() {
        bail!("the generator made no file; a check of nothing would always pass");
    }
    let mut written = 0;
    let mut differences = Vec::new();
    for file in files {
        let path = root.join(&file.path);
        let shown = file.path.display();
        let Some(difference) = difference(&path, &file.text)? else { continue };
        match mode {
            Mode::Check => {
                differences.push(format!("{shown} {difference}; `{}` writes it", file.made_by));
            }
            Mode::Write => {
                if let Some(folder) = path.parent() {
                    fs::create_dir_all(folder)
                        .with_context(|| format!("could not make the folder of {shown}"))?;
                }
                fs::write(&path, &file.text).with_context(|| format!("could not write {shown}"))?;
                written += 1;
            }
        }
    }
    if !differences.is_empty() {
        bail!("{}", differences.join("\n"));
    }
    Ok(match mode {
        Mode::Check => format!("{} generated files are as the code makes them", files.len()),
        Mode::Write => format!("{written} of {} generated files were rewritten", files.len()),
    })
}

/// How the file differs from what it should be, if it does.
fn difference(path: &Path, wanted: &str) -> anyhow::Result<Option<String>> {
    let found = match fs::read_to_string(path) {
        Ok(found) => found,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Ok(Some("does not exist".to_owned()));
        }
        Err(error) => {
            return Err(error).with_context(|| format!("could not read {}", path.display()));
        }
    };
    if found == wanted {
        return Ok(None);
    }
    let line =
        found.lines().zip(wanted.lines()).take_while(|(is, should)| is == should).count() + 1;
    Ok(Some(format!("is out of date from line {line} on")))
}
