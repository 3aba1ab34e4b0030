//! The window's few arguments.

use std::ffi::OsString;
use std::path::PathBuf;

use lastgood_api::Config;
use lastgood_api::core::name::Person;

/// What can be said when the window is started.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    workspace: Option<PathBuf>,
    data: Option<PathBuf>,
    person: Option<String>,
}

impl Options {
    /// Reads `--workspace DIR`, `--data DIR` and `--as PERSON`.
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
                _ => {
                    return Err(format!(
                        "`{name}` is not known; there is --workspace DIR, --data DIR, --as PERSON"
                    ));
                }
            }
        }
        Ok(options)
    }

    pub(crate) fn config(self) -> Config {
        Config {
            workspace: self.workspace,
            data: self.data.unwrap_or_else(lastgood_api::default_data),
            person: Person::new(self.person.unwrap_or_else(lastgood_api::default_person)),
        }
    }
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
}
