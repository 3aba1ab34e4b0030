//! Processes in groups of their own, which never outlive the one that started them.
//!
//! Two nets: dropping a [`ProcessGroup`] kills the group, which covers panics; and a
//! shell waits for this process to end (its standard input closes) and kills what is
//! left, which covers `kill -9`, `exit` and statics that are never dropped.

use std::io::{self, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{ChildStdin, ExitStatus, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, ChildStderr, ChildStdin as AsyncStdin, ChildStdout, Command};

use crate::error::BedError;

/// Reads `add ID` and `drop ID`; at the end of its input kills what is still listed.
const REAPER: &str = r#"
trap '' INT TERM HUP
list=" "
while read -r verb id; do
  case $verb in
    add) list="$list$id " ;;
    drop) list="${list%% $id *} ${list#* $id }" ;;
  esac
done
for id in $list; do kill -s KILL -- "-$id"; done
"#;

/// Kills the groups whose ids stand in `$1/*.pid` at the end of its input. Reads them all
/// before it kills the first: whoever sees that one gone may remove the folder.
const FOLDER_REAPER: &str = r#"
trap '' INT TERM HUP
read -r _
list=""
for file in "$1"/*.pid; do [ -f "$file" ] && list="$list $(cat "$file")"; done
for id in $list; do kill -s KILL -- "-$id"; done
"#;

/// A child process that leads a group of its own; the group dies with this value.
#[derive(Debug)]
pub struct ProcessGroup {
    child: Child,
    id: Pid,
    ended: bool,
}

impl ProcessGroup {
    /// Starts `command` as the leader of a new group.
    pub fn spawn(name: &str, mut command: Command) -> Result<Self, BedError> {
        let start = |source| BedError::Start { program: name.to_owned(), source };
        command.process_group(0);
        let child = command.spawn().map_err(start)?;
        let id = child
            .id()
            .and_then(|id| Pid::from_raw(id.cast_signed()))
            .ok_or_else(|| start(io::Error::other("the process ended at once")))?;
        tell_reaper("add", id);
        Ok(Self { child, id, ended: false })
    }

    /// The group's id, which is the leader's process id.
    pub fn id(&self) -> i32 {
        self.id.as_raw_nonzero().get()
    }

    /// The leader's standard input, once, when it is a pipe.
    pub fn take_stdin(&mut self) -> Option<AsyncStdin> {
        self.child.stdin.take()
    }

    /// The leader's standard output, once, when it is a pipe.
    pub fn take_stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// The leader's standard error, once, when it is a pipe.
    pub fn take_stderr(&mut self) -> Option<ChildStderr> {
        self.child.stderr.take()
    }

    /// Waits for the leader to end, then ends the rest of its group. Dropping the
    /// future keeps the process.
    pub async fn ended(&mut self) -> io::Result<ExitStatus> {
        let status = self.child.wait().await?;
        self.bury();
        Ok(status)
    }

    /// Waits for the leader to end and lets the rest live: for a script whose purpose is
    /// what it leaves running.
    pub(crate) async fn handed_over(&mut self) -> io::Result<ExitStatus> {
        let status = self.child.wait().await?;
        self.forget();
        Ok(status)
    }

    /// Asks the group to end.
    pub fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    /// Ends the group as a power cut would.
    pub fn kill(&self) {
        self.signal(Signal::KILL);
    }

    fn signal(&self, signal: Signal) {
        if !self.ended {
            // The group may just have ended by itself, which is what was wanted.
            let _ = kill_process_group(self.id, signal);
        }
    }

    fn bury(&mut self) {
        if !self.ended {
            self.kill();
            self.forget();
        }
    }

    fn forget(&mut self) {
        self.ended = true;
        tell_reaper("drop", self.id);
    }
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        self.bury();
    }
}

fn tell_reaper(verb: &str, id: Pid) {
    static REAPER_INPUT: OnceLock<Option<Mutex<ChildStdin>>> = OnceLock::new();
    let input = REAPER_INPUT.get_or_init(|| reaper(REAPER, None).ok().map(Mutex::new));
    if let Some(input) = input {
        let mut input = input.lock().unwrap_or_else(PoisonError::into_inner);
        // Without the reaper the first net, `Drop`, still holds.
        let _ = writeln!(input, "{verb} {}", id.as_raw_nonzero());
    }
}

fn reaper(script: &str, folder: Option<&Path>) -> io::Result<ChildStdin> {
    let mut command = std::process::Command::new("sh");
    command.args(["-c", script, "reaper"]).args(folder);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    command.spawn()?.stdin.ok_or_else(|| io::Error::other("the shell has no standard input"))
}

/// Kills the groups whose ids stand in `*.pid` files of a folder, also when this
/// process is killed first. For programs that a script started.
#[derive(Debug)]
pub(crate) struct PidFolder {
    // Its closing is the signal.
    _until_closed: ChildStdin,
}

impl PidFolder {
    pub(crate) fn guard(folder: &Path) -> Result<Self, BedError> {
        let input = reaper(FOLDER_REAPER, Some(folder))
            .map_err(|source| BedError::Start { program: "sh".to_owned(), source })?;
        Ok(Self { _until_closed: input })
    }
}

#[cfg(test)]
mod tests;
