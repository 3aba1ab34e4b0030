//! What the desktop around a window is told of runs, and what it may ask: the entry in the
//! tray, notifications, links. Decisions only; a host shows them.

mod calls;
mod leaving;
mod link;
mod notice;
mod tray;

use std::path::Path;

use lastgood_core::catalog::Place;
use lastgood_core::name::{Person, RunId};
use lastgood_core::view::{RunStatus, RunView};
use lastgood_engine::RunHandle;
use sha2::{Digest, Sha256};

pub use calls::{Calls, Often};
pub use leaving::Leaving;
pub use link::{Link, NoLink, compact};
pub use notice::{Attention, Notice};
pub use tray::{Entry, Tray};

use crate::App;

/// A run that this process drives, as far as the desktop cares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Going {
    /// Which run.
    pub run: RunId,
    /// Where.
    pub place: Place,
    /// Whether it is a drill, of either kind.
    pub drill: bool,
    /// Whether nothing real waits for an answer: it takes place in the practice world.
    pub simulated: bool,
    /// How it stands.
    pub status: RunStatus,
    /// The same in a sentence.
    pub sentence: String,
    /// What a person is asked; another text is another question.
    pub question: Option<String>,
}

impl From<&RunView> for Going {
    fn from(view: &RunView) -> Self {
        Self {
            run: view.run.clone(),
            place: view.place.clone(),
            drill: view.drill.is_some() || view.exercise.is_some(),
            simulated: view.drill.is_some(),
            status: view.status,
            sentence: view.sentence.clone(),
            question: view.ask.as_ref().map(|ask| {
                let step = ask.step.as_ref().map_or("", |step| step.as_str());
                format!("{step}: {}", ask.question)
            }),
        }
    }
}

/// A run that this process drove and drives no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// How it stood when it was left.
    pub last: Going,
    /// Why it was left before its end, in a sentence; `None` where it came to its end, and
    /// where somebody took it over.
    pub why: Option<String>,
    /// Who took it over.
    pub taken_by: Option<Person>,
}

impl App {
    /// The runs that this process drove and drives no more, by their ids. Looks at what is in
    /// memory and at nothing else.
    #[must_use]
    pub fn left(&self) -> Vec<Left> {
        let left = |handle: &RunHandle| {
            let last = Going::from(&*handle.view());
            let why = handle.failure().map(|error| error.to_string());
            let taken_by = handle.given_to().cloned();
            let left = over(last.status) || why.is_some() || taken_by.is_some();
            left.then_some(Left { last, why, taken_by })
        };
        let mut all: Vec<Left> = self.engine().all_left().iter().filter_map(left).collect();
        all.sort_by(|a, b| a.last.run.cmp(&b.last.run));
        all
    }

    /// The runs that this process drives and in which something can still happen, by their
    /// ids. Looks at what is in memory and at nothing else, so it may be asked every second.
    #[must_use]
    pub fn going(&self) -> Vec<Going> {
        let mut going: Vec<Going> = self
            .engine()
            .all_driven()
            .iter()
            .map(|handle| Going::from(&*handle.view()))
            .filter(|each| !over(each.status))
            .collect();
        going.sort_by(|a, b| a.run.cmp(&b.run));
        going
    }
}

const fn over(status: RunStatus) -> bool {
    match status {
        RunStatus::Working | RunStatus::NeedsYou | RunStatus::Held | RunStatus::Interrupted => {
            false
        }
        RunStatus::Recovered | RunStatus::Ended | RunStatus::Newer | RunStatus::Unreadable => true,
    }
}

/// The name under which windows over one data folder find each other on the session's bus:
/// two windows over one journal would each drive their own runs, two over different ones
/// have nothing to do with each other.
#[must_use]
pub fn instance(data: &Path) -> String {
    // Two spellings of one folder are one folder, where it is there already.
    let folder = std::fs::canonicalize(data).unwrap_or_else(|_| data.to_path_buf());
    let digest = Sha256::digest(folder.as_os_str().as_encoded_bytes());
    // No part of a name on the bus begins with a digit.
    digest
        .iter()
        .take(6)
        .fold("dev.lastgood.desktop.d".to_owned(), |name, byte| name + &format!("{byte:02x}"))
}

/// Text from outside for one line of a desktop: no line breaks or other control characters,
/// and no longer than a person reads there.
fn one_line(text: &str) -> String {
    const MOST: usize = 160;
    let clean: Vec<char> =
        text.chars().map(|each| if each.is_control() { ' ' } else { each }).collect();
    if clean.len() <= MOST {
        return clean.into_iter().collect();
    }
    clean.into_iter().take(MOST - 1).chain(std::iter::once('…')).collect()
}

#[cfg(test)]
pub(crate) fn going(run: &str, status: RunStatus) -> Going {
    Going {
        run: RunId::from(run),
        place: Place { service: "checkout".into(), environment: "production".into() },
        drill: false,
        simulated: false,
        status,
        sentence: "Step 4 of 8 is waiting for you: Restore 2026.11.3.".to_owned(),
        question: (status == RunStatus::NeedsYou).then(|| "restore: Restore 2026.11.3?".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_over_one_data_folder_find_each_other_and_others_do_not() {
        let one = tempfile::TempDir::new().expect("a folder");
        let other = tempfile::TempDir::new().expect("a folder");
        let name = instance(one.path());
        assert_eq!(name, instance(&one.path().join(".")), "two spellings of one folder");
        assert_ne!(name, instance(other.path()));
        let parts: Vec<&str> = name.split('.').collect();
        assert!(
            parts.iter().all(|part| part.starts_with(|first: char| first.is_ascii_lowercase()))
        );
    }

    #[test]
    fn a_text_from_outside_is_one_line_and_not_a_page() {
        assert_eq!(one_line("a\nb\u{1b}[31mc"), "a b [31mc");
        let long = one_line(&"ä".repeat(1000));
        assert_eq!(long.chars().count(), 160);
        assert!(long.ends_with('…'));
    }
}
