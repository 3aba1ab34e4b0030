//! Who else would change a place: controllers, and other operators.

use async_trait::async_trait;
use lastgood_core::catalog::Place;
use lastgood_core::governor::Governing;
use lastgood_core::lease::Leasing;
use lastgood_core::ports::{GovernorSource, LeaseSource};

use super::LiveWorld;

#[async_trait]
impl GovernorSource for LiveWorld {
    async fn governors(&self, place: &Place) -> Vec<Governing> {
        match self.platform(place).await {
            Ok(platform) => platform.governors(place).await,
            // Whoever asks has been told already that it cannot be reached.
            Err(_) => Vec::new(),
        }
    }
}

#[async_trait]
impl LeaseSource for LiveWorld {
    async fn leasing(&self, place: &Place) -> Option<Leasing> {
        // Whoever asks has been told already when it cannot be reached.
        self.platform(place).await.ok()?.leasing(place).await
    }
}
