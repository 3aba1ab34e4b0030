//! The real program, as somebody at a terminal uses it.

use std::path::{Path, PathBuf};

use tokio::process::Command;

/// Names the program, where it does not lie beside the tests.
const PROGRAM: &str = "LASTGOOD_BIN";

/// The program `lastgood`, or the sentence that says how to get it.
pub fn program() -> Result<PathBuf, String> {
    let beside = || {
        let own = std::env::current_exe().ok()?;
        Some(own.parent()?.parent()?.join("lastgood"))
    };
    std::env::var_os(PROGRAM)
        .map(PathBuf::from)
        .or_else(beside)
        .filter(|path| path.is_file())
        .ok_or_else(|| {
            format!("the program `lastgood` is not built; `cargo build -p lastgood-cli` makes it, and {PROGRAM} may name it")
        })
}

/// The program with `words`, in a workspace (the practice world where there is none) and
/// with a journal of its own.
pub fn lastgood(program: &Path, workspace: Option<&Path>, data: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(words).arg("--data").arg(data).args(["--as", "ana"]);
    match workspace {
        Some(workspace) => command.arg("--workspace").arg(workspace),
        None => command.arg("--practice"),
    };
    command.env_remove("LASTGOOD_LOG").env_remove("LASTGOOD_WORKSPACE").env("TZ", "UTC");
    command
}

/// Somebody who starts the plan, and then says to each question what its runbook expects
/// of a person who finds nothing odd.
#[derive(Debug, Default)]
pub struct Operator {
    /// The answers of the question that is being read: the key, and whether a text follows.
    answers: Vec<(String, bool)>,
    /// Whether doubt is accepted with a reason, where nothing else is left.
    accepts: bool,
}

impl Operator {
    /// One who goes on where nothing can be measured.
    pub fn accepting() -> Self {
        Self { accepts: true, ..Self::default() }
    }

    /// What is typed after reading `line`.
    pub fn types(&mut self, line: &str) -> Option<String> {
        if line.starts_with(['\u{25c7}', '\u{25c8}']) {
            self.answers.clear();
        } else if line.contains("Type a key, then Enter.") {
            return Some(self.chosen());
        } else if let Some(key) = key(line) {
            self.answers.push((key.to_owned(), asks(line)));
        } else if let Some(last) = self.answers.last_mut() {
            // A long answer goes on in the next line.
            last.1 |= asks(line);
        }
        None
    }

    /// To start, to confirm or to have done; else to go on anyway, for one who accepts
    /// that; else to leave.
    fn chosen(&mut self) -> String {
        let answers = std::mem::take(&mut self.answers);
        let keys: &[&str] = if self.accepts { &["r", "c", "g", "o"] } else { &["r", "c", "o"] };
        let key = |wanted: &str| answers.iter().find(|(key, _)| key == wanted);
        let (key, text) =
            keys.iter().find_map(|wanted| key(wanted)).cloned().unwrap_or(("q".to_owned(), false));
        if text { format!("{key}\nas the runbook expects\n") } else { format!("{key}\n") }
    }
}

/// The key of an answer.
fn key(line: &str) -> Option<&str> {
    line.trim_start().strip_prefix('[')?.split_once("] ").map(|(key, _)| key)
}

/// Whether an answer asks for a text.
fn asks(line: &str) -> bool {
    ["(asks why)", "(may take a note)", "(asks what you saw)"]
        .iter()
        .any(|hint| line.contains(hint))
}
