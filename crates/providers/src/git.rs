//! Asks a git checkout whether one commit is an ancestor of another, and what a folder held
//! at a commit. It reads; nothing in the checkout is changed, and nothing is fetched.

mod folder;

use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use lastgood_core::release::lock::Ancestry;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

pub use folder::{File, Tree, files, trees};

/// The largest histories answer in a second or two; a file system that hangs never does.
const LIMIT: Duration = Duration::from_secs(10);

/// Whether `fix` is `candidate` or an ancestor of it, as the history in `checkout` has it.
/// A shallow clone can only say yes.
pub async fn is_inside(checkout: &Path, fix: &str, candidate: &str) -> Ancestry {
    for name in [fix, candidate] {
        if !is_plain(name) {
            return Ancestry::Unknown { why: format!("`{name}` cannot name a commit") };
        }
    }
    for name in [fix, candidate] {
        let commit = format!("{name}^{{commit}}");
        match run(checkout, &["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])
            .await
        {
            Ok(output) if output.status.success() => {}
            Ok(output) => return unknown_commit(checkout, name, &output),
            Err(why) => return Ancestry::Unknown { why },
        }
    }
    let shallow = match run(checkout, &["rev-parse", "--is-shallow-repository"]).await {
        Ok(output) => output.stdout.trim_ascii() != b"false",
        Err(why) => return Ancestry::Unknown { why },
    };
    match run(checkout, &["merge-base", "--is-ancestor", fix, candidate]).await {
        Ok(output) => read(output.status.code(), shallow, checkout),
        Err(why) => Ancestry::Unknown { why },
    }
}

/// What the exit code of `git merge-base --is-ancestor` means
/// (<https://git-scm.com/docs/git-merge-base>): 0 yes, 1 no, anything else an error.
fn read(code: Option<i32>, shallow: bool, checkout: &Path) -> Ancestry {
    match (code, shallow) {
        (Some(0), _) => Ancestry::Inside {
            proof: format!("git merge-base --is-ancestor in {}", checkout.display()),
        },
        (Some(1), false) => Ancestry::NotInside,
        (Some(1), true) => Ancestry::Unknown {
            why: format!("{} is a shallow clone, whose history ends early", checkout.display()),
        },
        _ => Ancestry::Unknown { why: format!("git failed in {}", checkout.display()) },
    }
}

fn unknown_commit(checkout: &Path, name: &str, output: &Output) -> Ancestry {
    let said = String::from_utf8_lossy(&output.stderr);
    let why = match said.lines().next().map(str::trim).filter(|line| !line.is_empty()) {
        Some(line) => format!("git in {}: {line}", checkout.display()),
        None => format!("{} has no commit `{name}`", checkout.display()),
    };
    Ancestry::Unknown { why }
}

/// Whether a text can only be the name of a commit, and not an option or an expression
/// that means something else.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('-')
        && !name.contains("..")
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '/' | '-'))
}

async fn run(checkout: &Path, args: &[&str]) -> Result<Output, String> {
    fed(checkout, args, Vec::new()).await
}

/// Runs git with `input` on its standard input.
async fn fed(checkout: &Path, args: &[&str], input: Vec<u8>) -> Result<Output, String> {
    let mut command = Command::new("git");
    command
        .arg("--no-replace-objects")
        .arg("-C")
        .arg(checkout)
        .args(args)
        .stdin(if input.is_empty() { Stdio::null() } else { Stdio::piped() })
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    // What a hook or a person's shell set would point git somewhere else.
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"] {
        command.env_remove(name);
    }
    let work = async {
        let mut child = command.spawn()?;
        let pipe = child.stdin.take();
        let feed = async {
            if let Some(mut pipe) = pipe {
                // A git that ends early leaves its input unread; its exit code tells.
                let _ = pipe.write_all(&input).await;
            }
        };
        let ((), output) = futures::join!(feed, child.wait_with_output());
        output
    };
    match tokio::time::timeout(LIMIT, work).await {
        Ok(Ok(output)) => Ok(output),
        Ok(Err(error)) => Err(format!("git could not be run: {error}")),
        Err(_) => Err(format!("git did not answer within {} s", LIMIT.as_secs())),
    }
}

#[cfg(test)]
mod tests;
