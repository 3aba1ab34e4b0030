//! Looks for mistakes in a workspace's files.

use std::path::{Path, PathBuf};

use lastgood_api::{Lint, lint_only};
use lastgood_core::problem::{Code, Problem};
use serde_json::json;

use crate::args::Options;
use crate::exit::{Ending, Stop};
use crate::look::{Look, Text};
use crate::open;
use crate::screen::Screen;

pub(super) fn lint(screen: &Screen, options: &Options, files: &[PathBuf]) -> Result<Ending, Stop> {
    let folder = match files.first() {
        // The files say which workspace is meant, where nobody names one.
        Some(first) => Some(around(options, first)?),
        None => open::found(options, screen)?,
    };
    let wanted = match &folder {
        Some(folder) => within(folder, files)?,
        None => Vec::new(),
    };
    let found = lint_only(folder.as_deref(), |file| {
        wanted.is_empty() || wanted.iter().any(|one| one == file)
    });
    let document = json!({
        "errors": found.errors,
        "advice": found.advice,
        "findings": found.findings,
    });
    screen.answer(&document, |look| words(look, &found))?;
    Ok(if found.errors == 0 { Ending::Done } else { Ending::Found })
}

/// The workspace that holds `file`.
fn around(options: &Options, file: &Path) -> Result<PathBuf, Problem> {
    let whole = std::path::absolute(file).map_err(|error| unreadable(file, &error))?;
    open::workspace(options, whole.parent()).ok_or_else(|| {
        Problem::new(
            Code::WorkspaceMissing,
            format!("there is no `lastgood.yaml` in the folders around `{}`", file.display()),
        )
        .hint("Name the workspace's folder with --workspace.")
    })
}

/// The files by their path in the workspace, as findings name them.
fn within(folder: &Path, files: &[PathBuf]) -> Result<Vec<String>, Problem> {
    let root = folder.canonicalize().map_err(|error| unreadable(folder, &error))?;
    files
        .iter()
        .map(|file| {
            let whole = file.canonicalize().map_err(|error| unreadable(file, &error))?;
            let path = whole.strip_prefix(&root).map_err(|_| {
                Problem::new(
                    Code::NotFound,
                    format!("`{}` is not in the workspace `{}`", file.display(), folder.display()),
                )
            })?;
            let parts: Vec<_> =
                path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
            Ok(parts.join("/"))
        })
        .collect()
}

fn unreadable(path: &Path, error: &std::io::Error) -> Problem {
    Problem::from_error(Code::FileUnreadable, error)
        .within(format!("could not find `{}`", path.display()))
}

fn words(look: &Look, found: &Lint) -> String {
    let mut text = found.text.clone();
    if !text.is_empty() {
        text.push('\n');
    }
    let count = |number: usize, one: &str, many: &str| {
        format!("{number} {}", if number == 1 { one } else { many })
    };
    let sum: Text = match (found.errors, found.advice) {
        (0, 0) => look.good("● Every file reads well."),
        (0, advice) => {
            look.attention("◐ ")
                + format!("No errors, {}.", count(advice, "piece of advice", "pieces of advice"))
        }
        (errors, advice) => {
            look.bad("✖ ")
                + format!(
                    "{}, {}.",
                    count(errors, "error", "errors"),
                    count(advice, "piece of advice", "pieces of advice")
                )
        }
    };
    text.push_str(sum.as_str());
    text.push('\n');
    text
}
