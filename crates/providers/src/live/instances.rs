//! Which single instances are silent: what the platform lists beside what the metrics heard.

use async_trait::async_trait;
use jiff::Timestamp;
use lastgood_core::blame::Hearing;
use lastgood_core::catalog::{Place, Slo};
use lastgood_core::ports::InstanceSource;

use super::LiveWorld;

#[async_trait]
impl InstanceSource for LiveWorld {
    #[cfg(feature = "prometheus")]
    async fn hearing(&self, place: &Place, slo: &Slo, to: Timestamp) -> Option<Hearing> {
        let settings = self.settings(place).ok()?;
        let prometheus = self.prometheus(settings).await.ok()?;
        let instances = self.platform(place).await.ok()?.instances().await?;
        let (heard, scraped) = prometheus.heard(slo, &instances, to).await?;
        Some(Hearing { scrape: prometheus.scrape(), instances, heard, scraped })
    }

    #[cfg(not(feature = "prometheus"))]
    async fn hearing(&self, _: &Place, _: &Slo, _: Timestamp) -> Option<Hearing> {
        None
    }
}
