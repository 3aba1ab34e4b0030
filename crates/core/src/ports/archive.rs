//! Records that another journal wrote, kept as they came.

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::JournalError;
use crate::name::{Person, RunId};

/// What is known of a record that another journal wrote: it is read and never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filed {
    /// The run that it tells of. One record is kept for each.
    pub run: RunId,
    /// SHA-256 of the document, hex; the document is kept under it.
    pub hash: String,
    /// What its file was called.
    pub name: String,
    /// Who imported it.
    pub by: Person,
    /// When, on the wall.
    pub recorded_at: Timestamp,
}

/// Why a record could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// Another document about the same run is kept.
    #[error("another record of run `{run}` was imported before, with the hash {hash}")]
    Taken {
        /// Which run.
        run: RunId,
        /// The hash of the document that is kept.
        hash: String,
    },
    /// The run is one of this journal.
    #[error("run `{run}` is one of this journal")]
    Own {
        /// Which run.
        run: RunId,
    },
    /// The chain does not hold.
    #[error("the imported records do not hold at number {seq}: {why}")]
    Broken {
        /// The first one that is wrong.
        seq: u64,
        /// What is wrong.
        why: String,
    },
    /// The file cannot be used.
    #[error("the imported records cannot be used")]
    Storage(#[source] JournalError),
}

/// Keeps records that other journals wrote, durably and in the order in which they came.
#[async_trait]
pub trait Archive: Send + Sync {
    /// Keeps `document` with what is known of it, and says whether it is new. The same
    /// document about the same run is kept once; [`Filed::hash`] is its SHA-256.
    async fn file(&self, filed: &Filed, document: &[u8]) -> Result<bool, ArchiveError>;

    /// What is known of every record, oldest first, with their chain verified.
    async fn filed(&self) -> Result<Vec<Filed>, ArchiveError>;

    /// The document, held against its hash.
    async fn document(&self, filed: &Filed) -> Result<Vec<u8>, ArchiveError>;
}
