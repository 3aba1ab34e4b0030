//! What people add to the record of a run.

use async_trait::async_trait;

use super::{Head, JournalError};
use crate::name::RunId;
use crate::timeline::Annotation;

/// Why annotations could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum AnnotationsError {
    /// Somebody else annotated the run meanwhile; read again and decide again.
    #[error("somebody else annotated run `{run}` meanwhile")]
    Moved {
        /// Which run.
        run: RunId,
        /// How many annotations there are now.
        found: u64,
    },
    /// The chain does not hold.
    #[error("the annotations of run `{run}` do not hold at number {seq}: {why}")]
    Broken {
        /// Which run.
        run: RunId,
        /// The first annotation that is wrong.
        seq: u64,
        /// What is wrong.
        why: String,
    },
    /// What was attached is not the same any more.
    #[error("the attachment `{hash}` does not hold: its bytes do not fit its hash")]
    Spoilt {
        /// Its hash.
        hash: String,
    },
    /// The file cannot be used.
    #[error("the annotations of run `{run}` cannot be used")]
    Storage {
        /// Which run.
        run: RunId,
        /// What the journal said.
        #[source]
        source: JournalError,
    },
}

/// Keeps what people add to the record of a run, durably and in order: a chain of its own
/// beside the run's, so that a run that is driven elsewhere or has ended takes it too.
#[async_trait]
pub trait Annotations: Send + Sync {
    /// Appends all of `annotations` in one durable step, or none of them, and tells where
    /// their chain stands then. `seen` is how many the caller has read: when there are
    /// more by now, the caller decided on an old record and is refused.
    async fn annotate(
        &self,
        run: &RunId,
        seen: u64,
        annotations: &[Annotation],
    ) -> Result<Head, AnnotationsError>;

    /// All annotations of a run, oldest first, with their chain verified, and where it
    /// stands. None for a run that nobody annotated.
    async fn annotations(&self, run: &RunId) -> Result<(Vec<Annotation>, Head), AnnotationsError>;

    /// Keeps `bytes` under their SHA-256, in hex, which it gives back. The same bytes are
    /// kept once.
    async fn keep(&self, run: &RunId, bytes: &[u8]) -> Result<String, AnnotationsError>;

    /// The bytes with this hash, verified; `None` where nobody kept them.
    async fn kept(&self, run: &RunId, hash: &str) -> Result<Option<Vec<u8>>, AnnotationsError>;
}
