//! The workspace's files as texts, and what is to be said about a text before it is saved.

use std::path::Path;

use lastgood_core::problem::{Code, Problem};
use lastgood_runbook::{Finding, Severity, Workspace};

use crate::App;
use crate::files::embedded;
use crate::wire::{FileFinding, FileText, FilesView, LintRequest, LintStep, LintView, Nothing};

/// A text longer than this is no runbook; the reader of files refuses it as well.
const LONGEST: usize = 1 << 20;

impl App {
    /// Hands out the files of the workspace as they are on the disk now, with what is to be
    /// said of them.
    pub async fn texts(&self, _: Nothing) -> Result<FilesView, Problem> {
        let folder = self.config().workspace.clone();
        apart(move || all(folder.as_deref())).await
    }

    /// Tells what is to be said about a text in its place beside the other files. Nothing is
    /// written.
    pub async fn lint(&self, request: LintRequest) -> Result<LintView, Problem> {
        let folder = self.config().workspace.clone();
        apart(move || one(folder.as_deref(), &request)).await?
    }
}

/// Reading a folder waits for a disk, and other commands wait for this thread.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Problem::from_error(Code::Internal, &error))
}

fn all(folder: Option<&Path>) -> FilesView {
    let workspace = read(folder);
    let said_of =
        |path: &str| workspace.findings.iter().filter(|one| one.file == path).map(told).collect();
    let files: Vec<FileText> = workspace
        .sources()
        .map(|(path, text)| FileText {
            path: path.to_owned(),
            text: text.to_owned(),
            findings: said_of(path),
        })
        .collect();
    let elsewhere = workspace
        .findings
        .iter()
        .filter(|one| !files.iter().any(|file| file.path == one.file))
        .map(told)
        .collect();
    FilesView { folder: folder.map(|folder| folder.display().to_string()), files, elsewhere }
}

fn one(folder: Option<&Path>, request: &LintRequest) -> Result<LintView, Problem> {
    let LintRequest { path, text } = request;
    if text.len() > LONGEST {
        let cause = format!("the text is {} bytes long, and 1 MiB is read", text.len());
        return Err(Problem::new(Code::InputInvalid, cause).hint("Split the file."));
    }
    let kept = read(folder);
    let mut texts: Vec<(&str, &str)> = kept.sources().filter(|(known, _)| known != path).collect();
    texts.push((path, text));
    let workspace = Workspace::load_embedded(&texts);
    if !workspace.sources().any(|(known, _)| known == path) {
        let cause = format!("`{path}` is not the name of a file that a workspace has");
        return Err(Problem::new(Code::InputInvalid, cause).hint(
            "Runbooks are `runbooks/*.yaml`, drills `drills/*.yaml`, checklists \
             `checklists/*.yaml`, the catalog is `lastgood.yaml`.",
        ));
    }
    let findings =
        workspace.findings.iter().filter(|finding| finding.file == *path).map(told).collect();
    Ok(LintView { findings, steps: steps(path, text) })
}

fn read(folder: Option<&Path>) -> Workspace {
    folder.map_or_else(embedded, Workspace::load)
}

fn steps(path: &str, text: &str) -> Vec<LintStep> {
    let read = lastgood_runbook::read_runbook(path, text);
    read.value
        .iter()
        .flat_map(|runbook| &runbook.steps)
        .map(|step| LintStep {
            id: step.id.to_string(),
            title: step.title.clone(),
            phase: step.phase,
        })
        .collect()
}

fn told(finding: &Finding) -> FileFinding {
    FileFinding {
        line: finding.line,
        column: finding.column,
        width: finding.width,
        refused: finding.severity == Severity::Error,
        code: finding.code.to_string(),
        message: finding.message.clone(),
        suggestion: finding.suggestion.clone(),
    }
}

#[cfg(test)]
mod tests;
