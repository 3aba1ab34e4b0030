//! The text files of the repository, as the rules of [`crate::style`] read them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// Folders that hold what was built or fetched, wherever they stand.
const NOT_OURS: &[&str] =
    &[".git", "target", "node_modules", "dist", "gen", "test-results", "playwright-report"];

/// Larger files are pictures, recordings or archives; no rule is about those.
const LARGEST: u64 = 2 * 1024 * 1024;

/// The repository's own text: path from the root, with `/`, to content.
#[derive(Debug, Default)]
pub(crate) struct Repository {
    files: BTreeMap<String, String>,
}

impl Repository {
    /// Reads the repository that this crate was built in.
    pub(crate) fn read() -> anyhow::Result<Self> {
        let mut repository = Self::default();
        repository.walk(&root(), "")?;
        Ok(repository)
    }

    fn walk(&mut self, folder: &Path, prefix: &str) -> anyhow::Result<()> {
        let entries =
            fs::read_dir(folder).with_context(|| format!("could not list {}", folder.display()))?;
        for entry in entries {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            let kind = entry.file_type()?;
            let path = format!("{prefix}{name}");
            if kind.is_dir() {
                if !NOT_OURS.contains(&name.as_str()) {
                    self.walk(&entry.path(), &format!("{path}/"))?;
                }
            } else if kind.is_file() && entry.metadata()?.len() <= LARGEST {
                // What is not UTF-8 is no text of ours.
                if let Ok(text) = String::from_utf8(fs::read(entry.path())?) {
                    self.files.insert(path, text);
                }
            }
        }
        Ok(())
    }

    /// How many files there are.
    pub(crate) fn len(&self) -> usize {
        self.files.len()
    }

    /// The content of one file.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// All files in order of their paths.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The files directly inside a folder, which ends in `/`, by their names.
    pub(crate) fn inside<'a>(
        &'a self,
        folder: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.files().filter_map(move |(path, text)| {
            let name = path.strip_prefix(folder)?;
            (!name.contains('/')).then_some((name, text))
        })
    }
}

/// A repository made up for a test.
#[cfg(test)]
impl<const N: usize> From<[(&str, &str); N]> for Repository {
    fn from(files: [(&str, &str); N]) -> Self {
        Self { files: files.map(|(path, text)| (path.to_owned(), text.to_owned())).into() }
    }
}

/// The root of the repository. Cargo says where it is when it starts a chore: several clones share one
/// build cache, and what is built there may come from another one.
pub(crate) fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    here.ancestors().nth(2).unwrap_or(&here).to_owned()
}
