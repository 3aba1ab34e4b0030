//! What the hosts ask of an export, and what they are handed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lastgood_core::name::RunId;
use lastgood_core::problem::{Code, Problem};
use serde::{Deserialize, Serialize};

use crate::export::{Layout, Lettering, Paper, Redact};

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
    /// One file for printing and for the archive, tagged for whoever listens to it.
    Pdf,
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
    /// For which paper a PDF is made.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional, as = "Option<Paper>"))]
    pub paper: Paper,
    /// Whose fonts a PDF may be drawn with.
    #[serde(default)]
    #[cfg_attr(feature = "bindings", ts(optional, as = "Option<Lettering>"))]
    pub fonts: Lettering,
}

impl ExportRequest {
    /// The whole record in `format`, with nothing replaced.
    #[must_use]
    pub fn whole(run: RunId, format: ExportFormat) -> Self {
        Self {
            run,
            format,
            zone: None,
            redact: Vec::new(),
            layout: Layout::default(),
            paper: Paper::default(),
            fonts: Lettering::default(),
        }
    }
}

/// An export, exactly the bytes that would be saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct ExportView {
    /// What to call the file.
    pub file_name: String,
    /// `application/json`, `text/markdown`, `text/csv`, `text/html` or `application/pdf`.
    pub media_type: String,
    /// What would be in it; empty for a PDF, which is no text.
    pub text: String,
    /// The bytes of a PDF, in base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub base64: Option<String>,
    /// What a postmortem of the chosen layout lacks, as sentences.
    pub lacks: Vec<String>,
}

impl ExportView {
    /// The bytes that would be saved.
    pub fn bytes(&self) -> Result<Vec<u8>, Problem> {
        match &self.base64 {
            Some(bytes) => {
                STANDARD.decode(bytes).map_err(|error| Problem::from_error(Code::Internal, &error))
            }
            None => Ok(self.text.clone().into_bytes()),
        }
    }
}

/// Where an export was saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct SavedView {
    /// The file.
    pub path: String,
}
