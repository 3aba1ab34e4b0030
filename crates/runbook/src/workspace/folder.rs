//! Reads the files of a folder. Only regular files, no more of them and no larger than a
//! team keeps: a folder may come from anywhere.

use std::fs::{self, File};
use std::io::{ErrorKind, Read as _};
use std::path::Path;

use super::{CATALOG_FILE, Source, alone, is_yaml};
use crate::code::Code;
use crate::finding::Finding;

/// How many files of one folder are read. The largest library that we know has 60.
const MAX_FILES: usize = 500;
/// One byte more than may be there, so that the reader can tell.
const MAX_READ: u64 = (1 << 20) + 1;

pub(super) fn read(dir: &Path, findings: &mut Vec<Finding>) -> Vec<Source> {
    let shown = dir.display().to_string();
    match fs::metadata(dir) {
        Ok(found) if found.is_dir() => {}
        Ok(_) => {
            findings.push(alone(
                "",
                Code::WorkspaceMissing,
                &format!("`{shown}` is not a folder"),
                "name the folder that holds lastgood.yaml",
            ));
            return Vec::new();
        }
        Err(error) => {
            findings.push(alone(
                "",
                Code::WorkspaceMissing,
                &format!("the folder `{shown}` cannot be opened: {}", reason(error.kind())),
                "name the folder that holds lastgood.yaml",
            ));
            return Vec::new();
        }
    }
    let mut sources = Vec::new();
    for (folder, prefix) in [
        (dir.to_path_buf(), ""),
        (dir.join("runbooks"), "runbooks/"),
        (dir.join("drills"), "drills/"),
        (dir.join("checklists"), "checklists/"),
    ] {
        let names = match names(&folder) {
            Ok(names) => names,
            Err(ErrorKind::NotFound) => continue,
            Err(kind) => {
                let message = format!("the folder cannot be listed: {}", reason(kind));
                findings.push(alone(
                    prefix,
                    Code::FileUnreadable,
                    &message,
                    "check its permissions",
                ));
                continue;
            }
        };
        if names.len() > MAX_FILES {
            let message = format!("there are {} files, and {MAX_FILES} are read", names.len());
            findings.push(alone(prefix, Code::TooManyFiles, &message, "split the folder"));
        }
        for name in names.into_iter().take(MAX_FILES) {
            let path = format!("{prefix}{name}");
            match content(&folder.join(&name)) {
                Ok(bytes) => sources.push(Source { path, bytes }),
                Err(kind) => {
                    let message = format!("the file cannot be read: {}", reason(kind));
                    findings.push(alone(
                        &path,
                        Code::FileUnreadable,
                        &message,
                        "check that it is a file and may be read",
                    ));
                }
            }
        }
    }
    sources
}

/// The YAML files of a folder in order of their names.
fn names(folder: &Path) -> Result<Vec<String>, ErrorKind> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| error.kind())? {
        let entry = entry.map_err(|error| error.kind())?;
        // A name that is not UTF-8 cannot be referred to from anywhere.
        let Ok(name) = entry.file_name().into_string() else { continue };
        let here = folder.join(&name);
        if (name == CATALOG_FILE || is_yaml(&name)) && !here.is_dir() {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// At most [`MAX_READ`] bytes of a regular file. Opening a pipe could wait for ever.
fn content(path: &Path) -> Result<Vec<u8>, ErrorKind> {
    let kind = |error: std::io::Error| error.kind();
    if !fs::metadata(path).map_err(kind)?.is_file() {
        return Err(ErrorKind::InvalidInput);
    }
    let mut bytes = Vec::new();
    File::open(path).map_err(kind)?.take(MAX_READ).read_to_end(&mut bytes).map_err(kind)?;
    Ok(bytes)
}

fn reason(kind: ErrorKind) -> String {
    if kind == ErrorKind::InvalidInput {
        "it is not a regular file".to_owned()
    } else {
        kind.to_string()
    }
}
