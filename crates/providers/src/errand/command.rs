//! Runs a command and its probe: an argument list, a small environment, a group of its own.

mod group;
mod output;

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use lastgood_core::effect::{ApplyError, Presence, Receipt, Refusal};
use lastgood_core::errand::{COMMAND, Command, EFFECT_KEY_VARIABLE};
use lastgood_core::name::EffectKey;
use lastgood_core::secret::Secret;
use tokio::time::Instant;

use super::record::Record;
use super::{Desk, folder};
pub(crate) use group::{Ended, Group};
pub(crate) use output::Output;

pub(super) use group::gone;

/// A probe answers within this. The engine waits ten seconds for one.
const PROBE_WITHIN: Duration = Duration::from_secs(8);

/// Runs `command` once.
pub(super) async fn run(
    desk: &Desk,
    key: &EffectKey,
    command: &Command,
    secrets: &[(String, Secret<String>)],
    record: &Record,
) -> Result<Receipt, ApplyError> {
    let rejected = |why: String| Refusal::Rejected { system: COMMAND.to_owned(), why };
    let kept = |error: std::io::Error| rejected(format!("its record cannot be kept: {error}"));
    let folder = folder::folder(&desk.workspace, command.folder.as_deref())?;
    folder::program(&folder, command)?;
    record.started(key).map_err(kept)?;
    let began = Instant::now();
    let prepared = prepared(&folder, &command.shown(), key, command, secrets);
    let (group, child) = match Group::spawn(prepared) {
        Ok(started) => started,
        Err(error) => {
            let why = format!("it cannot be started: {error}");
            record.not_started(key, &why).map_err(kept)?;
            return Err(rejected(why).into());
        }
    };
    // From here on it may have changed something, whatever becomes of us.
    let lost = |why: String| ApplyError::Lost { why };
    record
        .runs(key, group.id())
        .map_err(|error| lost(format!("its record cannot be kept: {error}")))?;
    let held: Vec<Secret<String>> = secrets.iter().map(|(_, secret)| secret.clone()).collect();
    let (ended, output) =
        group.attend(child, command.timeout.duration(), Output::new(&held, &record.output())).await;
    let took = began.elapsed();
    let said = output.sentence();
    let why = match ended {
        Ended::Exit(code) if command.success.contains(&code) => {
            let receipt = Receipt {
                reference: format!("exit code {code}"),
                sentence: format!(
                    "it ended with exit code {code} after {:.1} s{said}",
                    took.as_secs_f64()
                ),
            };
            record
                .done(key, &receipt)
                .map_err(|error| lost(format!("its record cannot be kept: {error}")))?;
            return Ok(receipt);
        }
        Ended::Exit(code) => format!("it ended with exit code {code}{said}"),
        Ended::Signal => format!("it was ended by a signal{said}"),
        Ended::Killed => format!(
            "it was killed, with all that it had begun, because it took longer than {}{said}",
            command.timeout
        ),
        Ended::Unknown { why } => format!("its end could not be seen: {why}"),
    };
    // Without a note of its own it would count as unseen, which is as careful.
    if let Err(error) = record.failed(key, &why) {
        tracing::warn!(%key, %error, "the end of a command could not be written down");
    }
    // A command that failed may have done its work, or half of it. Its probe knows.
    if command.probe.is_none() {
        return Err(lost(why));
    }
    match probe(desk, key, command, secrets).await {
        Presence::Absent => Err(rejected(format!("{why}; its probe finds it absent")).into()),
        Presence::Present(_) | Presence::Unclear { .. } => Err(lost(why)),
    }
}

/// Runs the probe of `command`: exit code 0 for yes, 1 for no.
pub(super) async fn probe(
    desk: &Desk,
    key: &EffectKey,
    command: &Command,
    secrets: &[(String, Secret<String>)],
) -> Presence {
    let unclear = |why: String| Presence::Unclear { why: format!("its probe cannot tell: {why}") };
    let Some(argv) = &command.probe else { return unclear("it has none".to_owned()) };
    let folder = match folder::folder(&desk.workspace, command.folder.as_deref()) {
        Ok(folder) => folder,
        Err(refusal) => return unclear(refusal.to_string()),
    };
    let (group, child) = match Group::spawn(prepared(&folder, argv, key, command, secrets)) {
        Ok(started) => started,
        Err(error) => return unclear(format!("it cannot be started: {error}")),
    };
    let held: Vec<Secret<String>> = secrets.iter().map(|(_, secret)| secret.clone()).collect();
    let (ended, output) = group.attend(child, PROBE_WITHIN, Output::unkept(&held)).await;
    let said = output.sentence();
    match ended {
        Ended::Exit(0) => Presence::Present(Receipt {
            reference: "probe".to_owned(),
            sentence: format!("its probe finds it done{said}"),
        }),
        Ended::Exit(1) => Presence::Absent,
        Ended::Exit(code) => unclear(format!("it ended with exit code {code}{said}")),
        Ended::Signal => unclear(format!("it was ended by a signal{said}")),
        Ended::Killed => {
            unclear(format!("it did not answer within {} s{said}", PROBE_WITHIN.as_secs()))
        }
        Ended::Unknown { why } => unclear(why),
    }
}

/// The process as it is started: nothing of our environment but what the step names.
fn prepared(
    folder: &Path,
    argv: &[String],
    key: &EffectKey,
    command: &Command,
    secrets: &[(String, Secret<String>)],
) -> tokio::process::Command {
    let (program, arguments) = argv.split_first().map_or(("", argv), |(one, rest)| (one, rest));
    // A program of the workspace is looked for in its folder, not in ours.
    let program =
        if program.contains('/') { folder.join(program) } else { Path::new(program).to_owned() };
    let mut process = tokio::process::Command::new(program);
    process.args(arguments).current_dir(folder).env_clear();
    for name in std::iter::once("PATH").chain(command.pass.iter().map(String::as_str)) {
        if let Some(value) = std::env::var_os(name) {
            process.env(name, value);
        }
    }
    process.envs(&command.set);
    for (variable, wanted) in &command.secrets {
        if let Some((_, secret)) = secrets.iter().find(|(name, _)| name == wanted) {
            secret.expose(|value| {
                process.env(variable, value);
            });
        }
    }
    process.env(EFFECT_KEY_VARIABLE, key.to_string());
    process.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    process
}
