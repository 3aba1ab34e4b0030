//! The window's few arguments.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use lastgood_api::Config;
use lastgood_api::core::name::Person;

/// What can be said when the window is started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    workspace: Option<PathBuf>,
    data: Option<PathBuf>,
    person: Option<String>,
    link: Option<String>,
}

impl Options {
    /// Reads `--workspace DIR`, `--data DIR`, `--as PERSON` and a `lastgood://` link, which is
    /// how a desktop hands one over.
    pub(crate) fn read(words: impl Iterator<Item = OsString>) -> Result<Self, String> {
        let mut options = Self::default();
        let mut words = words;
        while let Some(word) = words.next() {
            let name = word.to_string_lossy().into_owned();
            let mut value = || words.next().ok_or_else(|| format!("`{name}` needs a value"));
            match name.as_str() {
                "--workspace" => options.workspace = Some(value()?.into()),
                "--data" => options.data = Some(value()?.into()),
                "--as" => options.person = Some(value()?.to_string_lossy().into_owned()),
                link if is_link(link) => options.link = Some(name),
                _ => {
                    return Err(format!(
                        "`{name}` is not known; there is --workspace DIR, --data DIR, \
                         --as PERSON and a lastgood:// link"
                    ));
                }
            }
        }
        Ok(options)
    }

    /// Where the journal is.
    pub(crate) fn data(&self) -> PathBuf {
        self.data.clone().unwrap_or_else(lastgood_api::default_data)
    }

    /// The link as it came; whether it is one that is followed is decided elsewhere.
    pub(crate) fn link(&self) -> Option<&str> {
        self.link.as_deref()
    }

    /// Why a second start does not get what it asked for: it names another workspace or
    /// another person than this window has. `folder` is where it was started.
    pub(crate) fn unlike(&self, second: &Self, folder: &Path) -> Option<String> {
        let theirs = second.workspace.as_ref().map(|workspace| folder.join(workspace));
        let mine = self.workspace.as_ref();
        let same = |theirs: &PathBuf| {
            mine.is_some_and(|mine| {
                std::fs::canonicalize(mine).ok() == std::fs::canonicalize(theirs).ok()
            })
        };
        if let Some(theirs) = theirs.filter(|theirs| !same(theirs)) {
            return Some(format!("Close this window first to open {}.", theirs.display()));
        }
        let person =
            second.person.as_ref().filter(|theirs| Some(*theirs) != self.person.as_ref())?;
        Some(format!("Close this window first to act as {person}."))
    }

    pub(crate) fn config(self) -> Config {
        Config {
            data: self.data(),
            workspace: self.workspace,
            person: Person::new(self.person.unwrap_or_else(lastgood_api::default_person)),
        }
    }
}

fn is_link(word: &str) -> bool {
    word.get(.."lastgood:".len()).is_some_and(|start| start.eq_ignore_ascii_case("lastgood:"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> Result<Options, String> {
        Options::read(words.iter().map(OsString::from))
    }

    #[test]
    fn a_workspace_and_a_person_are_taken_as_given() {
        let options = read(&["--workspace", "/w", "--as", "ana"]).expect("both are known");
        assert_eq!(options.workspace, Some(PathBuf::from("/w")));
        assert_eq!(options.person.as_deref(), Some("ana"));
    }

    #[test]
    fn what_is_not_known_is_refused_with_what_is() {
        let sentence = read(&["--wrkspace", "/w"]).expect_err("it is misspelt");
        assert!(sentence.contains("--workspace DIR"), "{sentence}");
        assert!(read(&["--data"]).is_err(), "a missing value is no value");
    }

    #[test]
    fn a_link_is_taken_wherever_it_stands_and_never_for_a_value() {
        let options = read(&["--as", "ana", "lastgood://run/r-1"]).expect("a link");
        assert_eq!(options.link(), Some("lastgood://run/r-1"));
        let options = read(&["--as", "lastgood://run/r-1"]).expect("a strange name");
        assert_eq!(options.link(), None);
        assert!(read(&["https://example.com"]).is_err(), "another scheme is nobody's");
    }

    #[test]
    fn a_second_start_is_told_what_it_does_not_get() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let here = folder.path().display().to_string();
        let mine = read(&["--workspace", &here, "--as", "ana"]).expect("a start");
        let unlike = |words: &[&str]| mine.unlike(&read(words).expect("a start"), folder.path());
        assert_eq!(unlike(&[]), None);
        assert_eq!(unlike(&["lastgood://run/r-1"]), None);
        assert_eq!(unlike(&["--workspace", "."]), None, "the same folder by another name");
        let other = unlike(&["--workspace", "/elsewhere"]).expect("another workspace");
        assert!(other.contains("/elsewhere"), "{other}");
        assert!(unlike(&["--as", "li"]).is_some_and(|sentence| sentence.contains("li")));
    }
}
