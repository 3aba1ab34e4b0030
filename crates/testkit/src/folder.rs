//! A folder of a person's choice that becomes a bed's.

use std::path::{Path, PathBuf};

use rustix::process::{Pid, test_kill_process};

use crate::error::BedError;

/// Says that a folder is a bed's; holds the process id of its owner.
const MARK: &str = ".lastgood-bed";

/// What a bed writes, and what the next one in the same folder removes first.
const PARTS: [&str; 4] = ["control-plane", "pods", "prometheus", "workspace"];

/// A claimed folder. The mark is removed with this value; the files stay for reading
/// until the next bed.
#[derive(Debug)]
pub struct BedFolder(PathBuf);

impl BedFolder {
    /// Claims `dir` for a bed of this process. Refuses a folder that holds anything
    /// else, and one whose bed is up; empties one whose bed is gone.
    pub fn claim(dir: &Path) -> Result<Self, BedError> {
        std::fs::create_dir_all(dir).map_err(BedError::file(dir))?;
        let dir = dir.canonicalize().map_err(BedError::file(dir))?;
        let refuse = |why: String| BedError::Folder { path: dir.clone(), why };
        let mark = dir.join(MARK);
        if let Some(owner) = owner(&mark) {
            return Err(refuse(format!("a bed is up in it, process {owner}")));
        }
        if !mark.exists() {
            let mut entries = std::fs::read_dir(&dir).map_err(BedError::file(&dir))?;
            if entries.next().is_some() {
                return Err(refuse("it is not empty and was no bed before".to_owned()));
            }
        }
        std::fs::write(&mark, std::process::id().to_string()).map_err(BedError::file(&mark))?;
        for part in PARTS.map(|part| dir.join(part)) {
            if part.exists() {
                std::fs::remove_dir_all(&part).map_err(BedError::file(&part))?;
            }
        }
        Ok(Self(dir))
    }

    /// The folder, absolute.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for BedFolder {
    fn drop(&mut self) {
        // Kept, and empty: the folder was a bed, and nobody is in it.
        let _ = std::fs::write(self.0.join(MARK), "");
    }
}

/// The living owner that a mark names.
fn owner(mark: &Path) -> Option<i32> {
    let id = std::fs::read_to_string(mark).ok()?.trim().parse().ok()?;
    test_kill_process(Pid::from_raw(id)?).is_ok().then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(dir: &Path) -> String {
        let error = BedFolder::claim(dir).expect_err("it is not free");
        error.to_string()
    }

    #[test]
    fn a_folder_with_something_else_in_it_is_refused_and_left_alone() {
        let dir = tempfile::tempdir().expect("a temporary folder can be made");
        let precious = dir.path().join("pods");
        std::fs::write(&precious, "precious").expect("the folder is writable");
        assert!(refusal(dir.path()).contains("not empty"), "it may be a person's work");
        assert!(precious.exists(), "and it is still there");
    }

    #[test]
    fn a_folder_is_one_beds_at_a_time_and_the_next_one_finds_it_empty() {
        let dir = tempfile::tempdir().expect("a temporary folder can be made");
        let first = BedFolder::claim(dir.path()).expect("an empty folder is free");
        let old = first.path().join("pods/old.log");
        std::fs::create_dir(first.path().join("pods")).expect("the folder is writable");
        std::fs::write(&old, "old").expect("the folder is writable");
        assert!(refusal(dir.path()).contains("a bed is up"), "two beds would mix");
        drop(first);
        assert!(old.exists(), "logs can be read after the end");
        let _second = BedFolder::claim(dir.path()).expect("the first bed is gone");
        assert!(!old.exists(), "a new bed starts clean");
    }
}
