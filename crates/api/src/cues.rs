//! What is asked of a drill that another process drives: small files beside the journal,
//! which its driver picks up. The driver alone writes the journal; who asks never does.
//!
//! A file is `asked` until the driver renames it to `taken`, and answered as `told`. Renaming
//! is what makes sure that a request is carried out once or taken back, never both.

use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use lastgood_core::name::{Person, RunId};
use lastgood_core::problem::{Code, Problem};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::system::salt;
use crate::wire::{PresentAct, PresenterView};

const ASKED: &str = "asked";
const TAKEN: &str = "taken";
const TOLD: &str = "told";

/// A request is a few hundred bytes; a file that is larger is none of ours.
const LARGEST: u64 = 64 * 1024;

/// How long an answer is kept for whoever asked. They wait for seconds; after a minute they
/// are gone, and so is the file.
const KEPT: SignedDuration = SignedDuration::from_secs(60);

/// A request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cue {
    /// What is to be done; nothing to be told only how the drill stands.
    pub(crate) act: Option<PresentAct>,
    /// Why the run is to be let go of, for whoever asks to take it up. A driver of an earlier
    /// version does not know this, and takes no such request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) hand_over: Option<String>,
    /// Who asks.
    pub(crate) by: Person,
    /// Until when it is meant. What nobody took by then is not done later, when it would
    /// surprise everybody.
    pub(crate) until: Timestamp,
}

/// What came of it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Reply {
    Done(PresenterView),
    /// It lets go of the run, at once or after the change that is under way.
    LetsGo,
    Refused(Problem),
}

/// The name of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CueId(String);

/// The requests about one run.
#[derive(Clone, Debug)]
pub(crate) struct Cues {
    folder: PathBuf,
}

impl Cues {
    /// Those about `run` beside the journal in `data`. Nothing is made yet.
    pub(crate) fn of(data: &Path, run: &RunId) -> Self {
        Self { folder: data.join("cues").join(run.as_str()) }
    }

    /// Leaves a request for the driver.
    pub(crate) fn ask(&self, cue: &Cue) -> Result<CueId, Problem> {
        // The time comes first, so that requests are taken in about the order in which they
        // were made, and old files are known by their names.
        let id = CueId(format!("{:013}-{}", cue.until.as_millisecond(), salt()));
        std::fs::create_dir_all(&self.folder)
            .and_then(|()| self.write(&id, ASKED, cue))
            .map_err(|error| self.problem(&error))?;
        Ok(id)
    }

    /// Takes a request back. Tells whether that came in time: then nobody carries it out.
    pub(crate) fn take_back(&self, id: &CueId) -> Result<bool, Problem> {
        match std::fs::remove_file(self.path(id, ASKED)) {
            Ok(()) => Ok(true),
            Err(error) if is_gone(&error) => Ok(false),
            Err(error) => Err(self.problem(&error)),
        }
    }

    /// The answer, once there is one.
    pub(crate) fn told(&self, id: &CueId) -> Result<Option<Reply>, Problem> {
        let path = self.path(id, TOLD);
        match read(&path) {
            Ok(reply) => {
                // It is kept for a while if it cannot be removed, which harms nobody.
                let _ = std::fs::remove_file(path);
                Ok(Some(reply))
            }
            Err(error) if is_gone(&error) => Ok(None),
            Err(error) => Err(self.problem(&error)),
        }
    }

    /// Takes every request that waits, oldest first. Each is given out once, to one process.
    /// What is no request is thrown away, and so is what is left of old ones.
    pub(crate) fn take(&self, now: Timestamp) -> Vec<(CueId, Cue)> {
        let Ok(files) = std::fs::read_dir(&self.folder) else { return Vec::new() };
        let mut names: Vec<String> =
            files.filter_map(|file| file.ok()?.file_name().into_string().ok()).collect();
        names.sort_unstable();
        let mut taken = Vec::new();
        for name in names {
            let Some((id, kind)) = name.rsplit_once('.') else { continue };
            let id = CueId(id.to_owned());
            if kind != ASKED {
                if is_old(&id, now) {
                    let _ = std::fs::remove_file(self.folder.join(&name));
                }
                continue;
            }
            let held = self.path(&id, TAKEN);
            if std::fs::rename(self.path(&id, ASKED), &held).is_err() {
                continue;
            }
            match read(&held) {
                Ok(cue) => taken.push((id, cue)),
                Err(_) => drop(std::fs::remove_file(held)),
            }
        }
        taken
    }

    /// Answers a request that was taken.
    pub(crate) fn tell(&self, id: &CueId, reply: &Reply) -> std::io::Result<()> {
        self.write(id, TOLD, reply)?;
        std::fs::remove_file(self.path(id, TAKEN))
    }

    fn path(&self, id: &CueId, kind: &str) -> PathBuf {
        self.folder.join(format!("{}.{kind}", id.0))
    }

    /// Nobody finds half a file.
    fn write(&self, id: &CueId, kind: &str, what: &impl Serialize) -> std::io::Result<()> {
        let part = self.path(id, &format!("{kind}-part"));
        std::fs::write(&part, serde_json::to_vec(what)?)?;
        std::fs::rename(part, self.path(id, kind))
    }

    fn problem(&self, error: &std::io::Error) -> Problem {
        let full = error.kind() == std::io::ErrorKind::StorageFull;
        let code = if full { Code::DiskFull } else { Code::FileUnwritable };
        Problem::from_error(code, error)
            .within(format!("could not leave a request in `{}`", self.folder.display()))
            .hint("Do it in the terminal or window that drives the run.")
    }
}

fn read<T: DeserializeOwned>(path: &Path) -> std::io::Result<T> {
    if std::fs::metadata(path)?.len() > LARGEST {
        return Err(std::io::ErrorKind::InvalidData.into());
    }
    Ok(serde_json::from_slice(&std::fs::read(path)?)?)
}

fn is_gone(error: &std::io::Error) -> bool {
    error.kind() == std::io::ErrorKind::NotFound
}

fn is_old(id: &CueId, now: Timestamp) -> bool {
    let until = id.0.split('-').next().and_then(|digits| digits.parse().ok());
    let until = until.and_then(|ms| Timestamp::from_millisecond(ms).ok());
    until.is_none_or(|until| now.duration_since(until) > KEPT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a small number")
    }

    fn cue(second: i64) -> Cue {
        Cue {
            act: Some(PresentAct::Pause),
            hand_over: None,
            by: Person::new("bo"),
            until: at(second),
        }
    }

    fn cues() -> (tempfile::TempDir, Cues) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let cues = Cues::of(folder.path(), &RunId::from("bad-canary-1"));
        (folder, cues)
    }

    fn refusal() -> Reply {
        Reply::Refused(Problem::new(Code::NotNow, "no"))
    }

    #[test]
    fn a_request_is_given_out_once_and_answered_once() {
        let (_folder, cues) = cues();
        let later = cues.ask(&cue(20)).expect("it is left");
        let sooner = cues.ask(&cue(10)).expect("it is left");
        let taken = cues.take(at(1));
        assert_eq!(taken, [(sooner.clone(), cue(10)), (later, cue(20))], "oldest first");
        assert!(cues.take(at(1)).is_empty(), "nothing is given out twice");
        assert!(!cues.take_back(&sooner).expect("it can be tried"), "it was taken");
        assert!(cues.told(&sooner).expect("it can be looked at").is_none());
        cues.tell(&sooner, &refusal()).expect("it is answered");
        assert!(matches!(cues.told(&sooner), Ok(Some(Reply::Refused(_)))));
        assert!(matches!(cues.told(&sooner), Ok(None)), "an answer is read once");
    }

    #[test]
    fn what_is_taken_back_is_done_by_nobody() {
        let (_folder, cues) = cues();
        let id = cues.ask(&cue(10)).expect("it is left");
        assert!(cues.take_back(&id).expect("it is there"));
        assert!(cues.take(at(1)).is_empty());
    }

    #[test]
    fn what_is_no_request_is_thrown_away_and_nothing_old_stays() {
        let (_folder, cues) = cues();
        let answered = cues.ask(&cue(10)).expect("it is left");
        let dropped = cues.ask(&cue(11)).expect("it is left");
        assert_eq!(cues.take(at(1)).len(), 2);
        cues.tell(&answered, &refusal()).expect("it is answered");
        std::fs::write(cues.folder.join("0-x.asked"), "{").expect("it is written");
        assert!(cues.take(at(12)).is_empty());
        let names = || std::fs::read_dir(&cues.folder).expect("it is there").count();
        assert_eq!(names(), 2, "an answer, and {dropped:?} whose driver died");
        assert!(cues.take(at(100)).is_empty());
        assert_eq!(names(), 0);
    }
}
