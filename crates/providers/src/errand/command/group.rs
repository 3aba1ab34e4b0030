//! A process with all that it begins, as one group that never outlives its end, its time or
//! us.
//!
//! The group is led by a small shell that waits for its standard input to close. That
//! happens when our process ends, however it ends, and then the shell ends the group. The
//! shell also keeps the group's number from being given to somebody else.

use std::io;
use std::process::Stdio;
use std::time::Duration;

#[cfg(unix)]
use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};
use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, Command};

use super::output::Output;

/// How long a group may take to end itself after it was asked to.
const FAREWELL: Duration = Duration::from_secs(3);

/// How long output is waited for after the command itself has ended. Whoever still holds the
/// pipe has left the group, and is not ours to wait for.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// How long a group of an earlier life is waited for. Its guard gives it [`FAREWELL`].
const GONE_WITHIN: Duration = Duration::from_secs(5);

#[cfg(unix)]
const GUARD: &str = "trap '' TERM INT HUP; read -r _; kill -TERM 0; sleep 3; kill -KILL 0";

/// How a process ended.
#[derive(Debug)]
pub(crate) enum Ended {
    Exit(i32),
    Signal,
    /// We ended it, because its time was over.
    Killed,
    Unknown {
        why: String,
    },
}

/// A group of processes; it ends with this value.
#[derive(Debug)]
pub(crate) struct Group {
    /// Never waited for before the group is ended, so that its number stays its own.
    #[cfg_attr(not(unix), expect(dead_code, reason = "groups are Unix's"))]
    guard: Option<Child>,
    id: i32,
}

impl Group {
    /// Starts `command` in a group of its own.
    #[cfg(unix)]
    pub(crate) fn spawn(mut command: Command) -> io::Result<(Self, Child)> {
        let guard = Command::new("sh")
            .args(["-c", GUARD])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()?;
        let id =
            guard.id().map(u32::cast_signed).ok_or_else(|| io::Error::other("it ended at once"))?;
        let group = Self { guard: Some(guard), id };
        let child = command.process_group(id).kill_on_drop(true).spawn()?;
        Ok((group, child))
    }

    /// Elsewhere only the process itself can be ended.
    #[cfg(not(unix))]
    pub(crate) fn spawn(mut command: Command) -> io::Result<(Self, Child)> {
        let child = command.kill_on_drop(true).spawn()?;
        let id = child.id().map_or(0, u32::cast_signed);
        Ok((Self { guard: None, id }, child))
    }

    pub(super) const fn id(&self) -> i32 {
        self.id
    }

    /// Waits for the process, at most `limit`, and takes its output down. What it leaves
    /// behind ends with it.
    pub(crate) async fn attend(
        self,
        mut child: Child,
        limit: Duration,
        mut output: Output,
    ) -> (Ended, Output) {
        let (mut stdout, mut stderr) = (child.stdout.take(), child.stderr.take());
        let mut ended = None;
        let deadline = tokio::time::sleep(limit);
        tokio::pin!(deadline);
        let mut asked = false;
        let (mut out, mut err) = (vec![0; 8192], vec![0; 8192]);
        while ended.is_none() || stdout.is_some() || stderr.is_some() {
            tokio::select! {
                read = read(&mut stdout, &mut out), if stdout.is_some() => {
                    match read { Some(count) => output.out(&out[..count]), None => stdout = None }
                }
                read = read(&mut stderr, &mut err), if stderr.is_some() => {
                    match read { Some(count) => output.err(&err[..count]), None => stderr = None }
                }
                status = child.wait(), if ended.is_none() => {
                    ended = Some(match status {
                        Ok(_) if asked => Ended::Killed,
                        Ok(status) => status.code().map_or(Ended::Signal, Ended::Exit),
                        Err(error) => Ended::Unknown { why: error.to_string() },
                    });
                    self.kill();
                    deadline.as_mut().reset(tokio::time::Instant::now() + LAST_WORDS);
                }
                () = &mut deadline => {
                    if ended.is_some() { break; }
                    if asked { self.kill(); } else { self.ask_to_end(); }
                    asked = true;
                    deadline.as_mut().reset(tokio::time::Instant::now() + FAREWELL);
                }
            }
        }
        output.finish();
        (ended.unwrap_or(Ended::Killed), output)
    }

    #[cfg(unix)]
    fn signal(&self, signal: Signal) {
        if let Some(group) = Pid::from_raw(self.id) {
            // Nobody left in it is as good.
            let _ = kill_process_group(group, signal);
        }
    }

    #[cfg(unix)]
    fn ask_to_end(&self) {
        self.signal(Signal::TERM);
    }

    #[cfg(unix)]
    fn kill(&self) {
        self.signal(Signal::KILL);
    }

    #[cfg(not(unix))]
    fn ask_to_end(&self) {}

    #[cfg(not(unix))]
    fn kill(&self) {}
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
        #[cfg(unix)]
        if let Some(mut guard) = self.guard.take() {
            // Its end is certain; the runtime collects it.
            let _ = guard.start_kill();
            let _ = guard.try_wait();
        }
    }
}

async fn read<R: tokio::io::AsyncRead + Unpin>(
    from: &mut Option<R>,
    into: &mut [u8],
) -> Option<usize> {
    match from.as_mut()?.read(into).await {
        Ok(0) | Err(_) => None,
        Ok(count) => Some(count),
    }
}

/// Whether the group of an earlier life has ended, or does so soon.
#[cfg(unix)]
pub(in crate::errand) async fn gone(group: i32) -> bool {
    let Some(group) = Pid::from_raw(group) else { return true };
    let until = tokio::time::Instant::now() + GONE_WITHIN;
    while test_kill_process_group(group).is_ok() {
        if tokio::time::Instant::now() >= until {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    true
}

#[cfg(not(unix))]
pub(in crate::errand) async fn gone(_: i32) -> bool {
    true
}
