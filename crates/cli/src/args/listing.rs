//! Checklists.

use clap::{Args, Subcommand, ValueEnum};

/// Which service is held against its checklists.
#[derive(Args, Debug)]
pub(crate) struct Listing {
    /// The service
    pub(crate) service: String,
    /// Its environment; needed when it has several
    #[arg(long, visible_alias = "env", global = true)]
    pub(crate) environment: Option<String>,
    /// Show every answer that was ever given, and why each item is asked
    #[arg(long)]
    pub(crate) history: bool,
    #[command(subcommand)]
    pub(crate) command: Option<ListingCommand>,
}

/// What can be done with a checklist besides reading it.
#[derive(Debug, Subcommand)]
pub(crate) enum ListingCommand {
    /// Answer an item; the answer is kept with your name and day, and is due again later
    Answer {
        /// Which item, by its id
        item: String,
        /// The answer
        #[arg(value_enum)]
        answer: Answered,
        /// What you looked at; it is kept
        #[arg(long)]
        note: String,
    },
}

/// What a person can answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Answered {
    /// It is true
    Yes,
    /// It is not
    No,
    /// It does not concern this service
    NotApplicable,
}
