//! Writes what a pipeline knows of a release wherever the catalog says.

use async_trait::async_trait;
use lastgood_core::catalog::Platform;
use lastgood_core::ports::ReleaseRecorder;
use lastgood_core::release::{Kept, Note};

use super::{LiveWorld, Place, Refusal};

#[async_trait]
impl ReleaseRecorder for LiveWorld {
    async fn record(&self, place: &Place, note: &Note) -> Result<Vec<Kept>, Refusal> {
        let settings = self.settings(place)?;
        let mut all = Vec::new();
        #[cfg(not(all(feature = "kubernetes", feature = "ecs", feature = "lambda")))]
        let elsewhere = |system: &str| {
            let why = format!("this version does not write to {system} itself");
            Kept::missed(system, String::new(), why)
        };
        match &settings.platform {
            Platform::Practice => {}
            #[cfg(feature = "kubernetes")]
            Platform::Kubernetes(target) => {
                all.push(match crate::kubernetes::Kubernetes::connect(target).await {
                    Ok(platform) => platform.keep(&note.metadata).await,
                    Err(refusal) => Kept::missed("Kubernetes", String::new(), refusal.to_string()),
                });
            }
            #[cfg(not(feature = "kubernetes"))]
            Platform::Kubernetes(_) => all.push(elsewhere("Kubernetes")),
            #[cfg(feature = "ecs")]
            Platform::Ecs(target) => all.push(match self.ecs(target).await {
                Ok(platform) => platform.keep(&note.metadata).await,
                Err(refusal) => Kept::missed("ECS", String::new(), refusal.to_string()),
            }),
            #[cfg(not(feature = "ecs"))]
            Platform::Ecs(_) => all.push(elsewhere("ECS")),
            #[cfg(feature = "lambda")]
            Platform::Lambda(target) => all.push(match self.lambda(target).await {
                Ok(platform) => platform.keep(&note.metadata).await,
                Err(refusal) => Kept::missed("Lambda", String::new(), refusal.to_string()),
            }),
            #[cfg(not(feature = "lambda"))]
            Platform::Lambda(_) => all.push(elsewhere("Lambda")),
        }
        #[cfg(feature = "github")]
        if let Some(releases) = &settings.releases {
            all.push(match self.github(&releases.connection).await {
                Ok(github) => github.keep(releases, note).await,
                Err(failure) => Kept::missed("GitHub", String::new(), failure.to_string()),
            });
        }
        Ok(all)
    }
}
