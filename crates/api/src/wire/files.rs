//! The files of a workspace as texts, and what is to be said about them.

use serde::{Deserialize, Serialize};

/// The files that a team keeps, as they are on the disk now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct FilesView {
    /// The folder; `null` for the files that are part of the program.
    pub folder: Option<String>,
    /// In order of their paths.
    pub files: Vec<FileText>,
    /// What is to be said about the folder and not about one file of it.
    pub elsewhere: Vec<FileFinding>,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct FileText {
    /// From the folder on, with `/` everywhere.
    pub path: String,
    /// What is written in it. What is no text is replaced; the findings say so.
    pub text: String,
    /// In the order of the file.
    pub findings: Vec<FileFinding>,
}

/// One thing about a file that a person should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct FileFinding {
    /// Counts from 1.
    pub line: u32,
    /// In characters, counts from 1.
    pub column: u32,
    /// How many characters it is about, never beyond the end of the line.
    pub width: u32,
    /// Whether the file is refused for it.
    pub refused: bool,
    /// Its kind: `unknown-step-kind`.
    pub code: String,
    /// What is the matter.
    pub message: String,
    /// What to write instead.
    pub suggestion: Option<String>,
}

/// Asks what is to be said about a text, were it in a file of the workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct LintRequest {
    /// The file that it would be in; it decides what the text is read as.
    pub path: String,
    /// What would be written in it.
    pub text: String,
}

/// What was found, in the order of the text; empty when nothing is to be said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct LintView {
    /// What was found.
    pub findings: Vec<FileFinding>,
    /// The steps, when the text is a runbook that is not refused.
    pub steps: Vec<LintStep>,
}

/// One step of a runbook that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct LintStep {
    /// Its identifier.
    pub id: String,
    /// What it does.
    pub title: String,
    /// Its phase.
    pub phase: lastgood_core::runbook::Phase,
}
