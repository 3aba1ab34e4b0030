//! Who else would change a place: controllers, and other operators.

use async_trait::async_trait;
use lastgood_core::catalog::Place;
use lastgood_core::governor::Governing;
use lastgood_core::lease::{Leasing, PlaceLease, Tenure};
use lastgood_core::name::RunId;
use lastgood_core::ports::{GovernorSource, LeaseKeeper, LeaseSource};

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

#[async_trait]
impl LeaseKeeper for LiveWorld {
    async fn renew(&self, place: &Place, run: &RunId, lease: &PlaceLease) -> Tenure {
        match self.platform(place).await {
            Ok(platform) => platform.renew(place, run, lease).await,
            Err(refusal) => Tenure::Unclear { why: refusal.to_string() },
        }
    }
}
