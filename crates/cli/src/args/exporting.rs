//! What can be said about an export.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use lastgood_api::export::{Layout, Lettering, Paper, Redact};
use lastgood_api::wire::ExportFormat;

/// Which export, and how.
#[derive(Debug, Args)]
pub(crate) struct Exporting {
    /// Which run
    pub(crate) run: String,
    /// In which form; taken from the file's name if absent, else json
    #[arg(long)]
    pub(crate) format: Option<Format>,
    /// The file; standard output if absent (a PDF only goes to a file or a pipe)
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) shape: Shape,
    /// Say what a postmortem of this layout lacks, instead of writing it
    #[arg(long, conflicts_with_all = ["out", "format"])]
    pub(crate) lint: bool,
}

/// How an export looks.
#[derive(Debug, Default, Args)]
pub(crate) struct Shape {
    /// The time zone in which times are told, such as Europe/Berlin, or local; UTC if
    /// absent. JSON is always UTC
    #[arg(long, value_name = "ZONE")]
    pub(crate) tz: Option<String>,
    /// Replace these by stand-ins; secrets are never in an export
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    pub(crate) redact: Vec<Replace>,
    /// The shape of a postmortem
    #[arg(long, value_enum, default_value_t)]
    pub(crate) layout: Shaped,
    /// The paper that a PDF is made for
    #[arg(long, value_enum, default_value_t)]
    pub(crate) paper: Sheet,
    /// The fonts that a PDF is drawn with
    #[arg(long, value_enum, default_value_t)]
    pub(crate) fonts: Letters,
}

/// The forms of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// One document with a published schema
    Json,
    /// What a team pastes into its postmortem
    Md,
    /// A table for a spreadsheet
    Csv,
    /// One file for a browser or a printer
    Html,
    /// One file for printing and for the archive, tagged for screen readers
    Pdf,
}

/// The papers of a PDF.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Sheet {
    /// 210 by 297 millimetres
    #[default]
    A4,
    /// 8.5 by 11 inches
    Letter,
}

impl From<Sheet> for Paper {
    fn from(sheet: Sheet) -> Self {
        match sheet {
            Sheet::A4 => Self::A4,
            Sheet::Letter => Self::Letter,
        }
    }
}

/// The fonts of a PDF.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Letters {
    /// Ours, and for letters that ours lack those of this machine
    #[default]
    Machine,
    /// Only ours: the same bytes on every machine
    Own,
}

impl From<Letters> for Lettering {
    fn from(letters: Letters) -> Self {
        match letters {
            Letters::Machine => Self::Machine,
            Letters::Own => Self::Own,
        }
    }
}

/// What can be replaced by stand-ins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Replace {
    /// The names of people
    Names,
    /// Hosts, addresses, registries and replicas
    Hosts,
}

/// The shapes of a postmortem.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shaped {
    /// What the run knows, then what people wrote
    #[default]
    Standard,
    /// Like the example of Google's SRE book
    Google,
    /// Like `PagerDuty`'s template
    #[value(help = "Like PagerDuty's template")]
    Pagerduty,
    /// Like the Howie guide
    Howie,
}

impl From<Format> for ExportFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Json => Self::Json,
            Format::Md => Self::Markdown,
            Format::Csv => Self::Csv,
            Format::Html => Self::Html,
            Format::Pdf => Self::Pdf,
        }
    }
}

impl From<Replace> for Redact {
    fn from(what: Replace) -> Self {
        match what {
            Replace::Names => Self::Names,
            Replace::Hosts => Self::Hosts,
        }
    }
}

impl From<Shaped> for Layout {
    fn from(shape: Shaped) -> Self {
        match shape {
            Shaped::Standard => Self::Standard,
            Shaped::Google => Self::Google,
            Shaped::Pagerduty => Self::Pagerduty,
            Shaped::Howie => Self::Howie,
        }
    }
}
