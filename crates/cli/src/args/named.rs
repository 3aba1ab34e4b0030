//! Releases that people say something of.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// A release that is named by hand.
#[derive(Args, Debug)]
pub(crate) struct Named {
    /// The release, by its version or id
    pub(crate) release: String,
    /// The service; needed when several know such a release
    #[arg(long)]
    pub(crate) service: Option<String>,
    /// Its environment
    #[arg(long, visible_alias = "env")]
    pub(crate) environment: Option<String>,
}

/// As what a release is marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Marking {
    /// It can be gone back to
    Good,
    /// It must not be gone back to
    Faulty,
    /// What was said of it before does not count any more
    None,
}

/// On what grounds a lock is lifted.
#[derive(Args, Debug)]
pub(crate) struct Unlocking {
    /// Why it may come back; it is kept
    #[arg(long, required_unless_present = "fix", conflicts_with = "fix")]
    pub(crate) reason: Option<String>,
    /// The commit that fixes it; it must be an ancestor of the candidate
    #[arg(long, value_name = "COMMIT")]
    pub(crate) fix: Option<String>,
    /// What is to be deployed, a commit or a known release; what runs in front if absent
    #[arg(long, value_name = "COMMIT", requires = "fix")]
    pub(crate) candidate: Option<String>,
    /// A clone with the history of both; the workspace's folder if absent
    #[arg(long, value_name = "DIR", requires = "fix")]
    pub(crate) checkout: Option<PathBuf>,
}
