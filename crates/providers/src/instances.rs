//! What a platform knows of single instances.

use async_trait::async_trait;
use lastgood_core::blame::Instance;

/// Knows which instances are ready. It has no way to change anything.
#[async_trait]
pub(crate) trait KnowInstances {
    /// Those that are ready to answer; `None` where the platform tells none apart, or does not
    /// answer.
    async fn instances(&self) -> Option<Vec<Instance>> {
        None
    }
}
