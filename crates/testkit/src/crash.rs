//! `kill -9` at a moment of one's choice.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWriteExt as _, BufReader};
use tokio::process::Command;
use tokio::sync::{Notify, mpsc};

use crate::error::BedError;
use crate::process::ProcessGroup;

/// When the command is killed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moment {
    /// This long after its start.
    After(Duration),
    /// When a line that contains this text appears on either output.
    Line(String),
    /// When this bell rings.
    Rings(Bell),
    /// Not at all: it ends by itself.
    Never,
}

/// Rung by whoever sees the moment come, such as a fake that has just done what it was
/// asked. A bell that was rung before anybody listened is heard all the same.
#[derive(Clone, Debug, Default)]
pub struct Bell(Arc<Notify>);

impl Bell {
    /// Rings it, once.
    pub fn ring(&self) {
        self.0.notify_one();
    }

    async fn heard(&self) {
        self.0.notified().await;
    }
}

impl PartialEq for Bell {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Bell {}

/// What is left of a command.
#[derive(Debug)]
pub struct Remains {
    /// Whether the moment came before the command ended by itself.
    pub killed: bool,
    /// How it ended.
    pub status: ExitStatus,
    /// The lines it wrote, standard output and standard error in the order they came.
    pub lines: Vec<String>,
}

/// Runs `command` in a group of its own and kills the whole group at `moment`.
///
/// It gets no standard input. Fails when the command is not over after `at_most`; the
/// group is killed then too.
pub async fn crash(
    mut command: Command,
    moment: Moment,
    at_most: Duration,
) -> Result<Remains, BedError> {
    command.stdin(Stdio::null());
    start(command, moment, at_most, |_| None).await
}

/// As [`crash`], with somebody at its standard input: what `types` makes of a line of the
/// command's output is typed there. The input stays open to the end.
pub async fn crash_typing(
    mut command: Command,
    moment: Moment,
    at_most: Duration,
    types: impl FnMut(&str) -> Option<String>,
) -> Result<Remains, BedError> {
    command.stdin(Stdio::piped());
    start(command, moment, at_most, types).await
}

async fn start(
    mut command: Command,
    moment: Moment,
    at_most: Duration,
    types: impl FnMut(&str) -> Option<String>,
) -> Result<Remains, BedError> {
    let name = command.as_std().get_program().to_string_lossy().into_owned();
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut group = ProcessGroup::spawn(&name, command)?;
    let mut lines = Vec::new();
    match tokio::time::timeout(at_most, run(&mut group, moment, &mut lines, types)).await {
        Ok(Ok((killed, status))) => Ok(Remains { killed, status, lines }),
        Ok(Err(source)) => Err(BedError::Start { program: name, source }),
        Err(_) => Err(BedError::Endless { program: name, after: at_most, lines }),
    }
}

async fn run(
    group: &mut ProcessGroup,
    moment: Moment,
    lines: &mut Vec<String>,
    mut types: impl FnMut(&str) -> Option<String>,
) -> io::Result<(bool, ExitStatus)> {
    let mut input = group.take_stdin();
    let (sender, mut receiver) = mpsc::unbounded_channel();
    if let Some(stdout) = group.take_stdout() {
        tokio::spawn(pass_lines(stdout, sender.clone()));
    }
    if let Some(stderr) = group.take_stderr() {
        tokio::spawn(pass_lines(stderr, sender));
    }
    let due = async {
        match &moment {
            Moment::After(delay) => tokio::time::sleep(*delay).await,
            Moment::Rings(bell) => bell.heard().await,
            Moment::Line(_) | Moment::Never => std::future::pending().await,
        }
    };
    tokio::pin!(due);
    let mut killed = false;
    let mut status = None;
    // Until the outputs close, which is when the last process of the group is gone.
    loop {
        tokio::select! {
            biased;
            line = receiver.recv() => match line {
                Some(line) => {
                    let now = matches!(&moment, Moment::Line(text) if line.contains(text));
                    if let (Some(input), Some(typed)) = (&mut input, types(&line)) {
                        // It may be gone before it reads; how it ended tells.
                        let _ = input.write_all(typed.as_bytes()).await;
                    }
                    lines.push(line);
                    if now && status.is_none() {
                        group.kill();
                        killed = true;
                    }
                }
                None => break,
            },
            () = &mut due, if !killed && status.is_none() => {
                group.kill();
                killed = true;
            }
            ended = group.ended(), if status.is_none() => status = Some(ended?),
        }
    }
    let status = match status {
        Some(status) => status,
        None => group.ended().await?,
    };
    Ok((killed, status))
}

async fn pass_lines(output: impl AsyncRead + Unpin, lines: mpsc::UnboundedSender<String>) {
    let mut reader = BufReader::new(output).lines();
    while let Ok(Some(line)) = reader.next_line().await {
        if lines.send(line).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(20);

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[tokio::test]
    async fn a_command_is_killed_at_the_line_and_says_nothing_after_it() {
        for output in ["", " >&2"] {
            let script = format!("echo one; echo two{output}; sleep 600; echo three");
            let moment = Moment::Line("two".to_owned());
            let remains = crash(shell(&script), moment, LIMIT).await.expect("it ends in time");
            assert!(remains.killed, "the line came{output}");
            assert_eq!(remains.status.signal(), Some(9), "no destructor runs after kill -9");
            assert!(remains.lines.contains(&"two".to_owned()), "{:?}", remains.lines);
            assert!(!remains.lines.contains(&"three".to_owned()), "{:?}", remains.lines);
        }
    }

    #[tokio::test]
    async fn a_command_is_killed_after_a_delay() {
        let moment = Moment::After(Duration::from_millis(50));
        let remains = crash(shell("sleep 600"), moment, LIMIT).await.expect("it ends in time");
        assert!(remains.killed, "it would have slept on");
    }

    #[tokio::test]
    async fn a_command_is_killed_when_a_bell_rings_also_one_that_rang_before() {
        let bell = Bell::default();
        bell.ring();
        let moment = Moment::Rings(bell);
        let remains = crash(shell("sleep 600"), moment, LIMIT).await.expect("it ends in time");
        assert!(remains.killed, "it would have slept on");
    }

    #[tokio::test]
    async fn what_is_typed_at_a_line_reaches_the_command() {
        let script = "echo name?; read name; echo hello $name";
        let types = |line: &str| (line == "name?").then(|| "ana\n".to_owned());
        let remains = crash_typing(shell(script), Moment::Never, LIMIT, types).await;
        assert_eq!(remains.expect("it ends").lines, ["name?", "hello ana"]);
    }

    #[tokio::test]
    async fn a_command_that_ends_first_was_not_killed() {
        let moment = Moment::Line("never said".to_owned());
        let remains = crash(shell("echo one; exit 4"), moment, LIMIT).await.expect("it ends");
        assert!(!remains.killed, "the line never came");
        assert_eq!(remains.status.code(), Some(4));
    }

    #[tokio::test]
    async fn a_command_that_outlives_its_limit_is_an_error() {
        let limit = Duration::from_millis(500);
        let error = crash(shell("echo one; sleep 600"), Moment::Never, limit).await;
        let Err(BedError::Endless { lines, .. }) = error else { panic!("{error:?}") };
        assert_eq!(lines, ["one"], "what it said until then tells why");
    }
}
