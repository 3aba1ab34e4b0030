//! What people answer to checklists.

use async_trait::async_trait;

use super::LedgerError;
use crate::checklist::Attestation;
use crate::release::Ground;

/// Keeps what people answer, durably and in order. It only grows: a later answer stands before
/// the earlier ones and replaces none.
#[async_trait]
pub trait Attestations: Send + Sync {
    /// Appends all of `answers` in one durable step, or none of them, and tells how many there
    /// are then. `seen` is how many the caller has read: when there are more by now, the caller
    /// decided on old grounds and is refused.
    async fn attest(
        &self,
        ground: &Ground,
        seen: u64,
        answers: &[Attestation],
    ) -> Result<u64, LedgerError>;

    /// All answers about one ground, oldest first, with their chain verified. None for a ground
    /// of which nobody ever answered anything.
    async fn attestations(&self, ground: &Ground) -> Result<Vec<Attestation>, LedgerError>;

    /// The grounds of which anybody answered anything, each once.
    async fn answered(&self) -> Result<Vec<Ground>, LedgerError>;
}
