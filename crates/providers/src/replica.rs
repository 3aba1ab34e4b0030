//! Asking one replica which version it is: the seam between the platform, which knows
//! the replicas, and HTTP, which can ask them.

use async_trait::async_trait;
use lastgood_core::catalog::VersionAt;

/// Asks one address for a version.
#[async_trait]
pub trait AskVersion: Send + Sync {
    /// The version that `url` answers with, or why it could not be asked, as the end of
    /// a sentence.
    async fn version(&self, url: &str, read: &VersionAt) -> Result<String, String>;
}
