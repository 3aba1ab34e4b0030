//! What the hosts ask of an export, and what they are handed.

use lastgood_core::name::RunId;
use serde::{Deserialize, Serialize};

use crate::export::{Layout, Redact};

/// The forms a timeline can be exported in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum ExportFormat {
    /// The truth: one document with a published schema.
    Json,
    /// What a team pastes into its postmortem.
    Markdown,
    /// A table for a spreadsheet.
    Csv,
    /// One file for a browser or a printer.
    Html,
}

/// Asks for an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct ExportRequest {
    /// Which run.
    pub run: RunId,
    /// In which form.
    pub format: ExportFormat,
    /// In which time zone times are told; UTC when absent. The JSON document is always UTC.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub zone: Option<String>,
    /// What is replaced by stand-ins.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional, as = "Option<Vec<Redact>>"))]
    pub redact: Vec<Redact>,
    /// In which shape, for the forms that people read.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional, as = "Option<Layout>"))]
    pub layout: Layout,
}

impl ExportRequest {
    /// The whole record in `format`, with nothing replaced.
    #[must_use]
    pub fn whole(run: RunId, format: ExportFormat) -> Self {
        Self { run, format, zone: None, redact: Vec::new(), layout: Layout::default() }
    }
}

/// An export, exactly the bytes that would be saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct ExportView {
    /// What to call the file.
    pub file_name: String,
    /// `application/json`, `text/markdown`, `text/csv` or `text/html`.
    pub media_type: String,
    /// What would be in it.
    pub text: String,
    /// What a postmortem of the chosen layout lacks, as sentences.
    pub lacks: Vec<String>,
}

/// Where an export was saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct SavedView {
    /// The file.
    pub path: String,
}
