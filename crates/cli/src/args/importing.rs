//! What can be said about an import.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use lastgood_api::ImportForm;

/// What is imported, and how.
#[derive(Debug, Args)]
pub(crate) struct Importing {
    /// The file; `-` reads standard input
    #[arg(required_unless_present = "list")]
    pub(crate) file: Option<PathBuf>,
    /// Add what it says to the timeline of this run, instead of keeping it as a record
    #[arg(long, value_name = "RUN")]
    pub(crate) into: Option<String>,
    #[command(flatten)]
    pub(crate) reading: Reading,
    /// Only tell what would become of it
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// List the records that were imported
    #[arg(long, conflicts_with_all = ["file", "dry_run", "into"])]
    pub(crate) list: bool,
}

/// How the entries of a file are read.
#[derive(Debug, Args)]
pub(crate) struct Reading {
    /// What the file is; guessed from its contents if absent
    #[arg(long, value_enum, requires = "into")]
    pub(crate) from: Option<Form>,
    /// The zone of its local times, such as Europe/Berlin; this machine's if absent
    #[arg(long, value_name = "ZONE", requires = "into")]
    pub(crate) tz: Option<String>,
    /// The day of times that have none, such as 2026-03-07; that of the run if absent
    #[arg(long, value_name = "DAY", requires = "into")]
    pub(crate) date: Option<String>,
    /// Import what can be read, also when something cannot
    #[arg(long, requires = "into")]
    pub(crate) skip_bad: bool,
}

/// The forms that entries are read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// A table with the columns at, who and text, or an export of Lastgood
    Csv,
    /// A list of {at, who, text}
    Json,
    /// What Alertmanager sends to a webhook, version 4
    Alertmanager,
    /// What the API of GitHub lists, or what it sends to a webhook
    Github,
    /// The messages of a channel, as Slack exports them
    Slack,
    /// Lines that were copied from a chat, such as "14:03 ana: it broke"
    Chat,
}

impl From<Form> for ImportForm {
    fn from(form: Form) -> Self {
        match form {
            Form::Csv => Self::Csv,
            Form::Json => Self::Json,
            Form::Alertmanager => Self::Alertmanager,
            Form::Github => Self::Github,
            Form::Slack => Self::Slack,
            Form::Chat => Self::Chat,
        }
    }
}
