//! Connects to the systems that a catalog names for a place.

use std::sync::Arc;

use lastgood_core::catalog::{Environment, Platform};
use lastgood_core::effect::Refusal;
#[cfg(feature = "prometheus")]
use lastgood_core::judge::Doubt;
#[cfg(feature = "kubernetes")]
use lastgood_core::name::Person;

#[cfg(feature = "prometheus")]
use super::no_metrics;
#[cfg(not(all(feature = "kubernetes", feature = "ecs", feature = "lambda")))]
use super::not_built;
use super::{LiveWorld, Platforms};

impl LiveWorld {
    #[cfg_attr(
        not(any(feature = "kubernetes", feature = "aws")),
        expect(clippy::unused_async, reason = "only a real platform has to be waited for")
    )]
    pub(super) async fn connect(
        &self,
        settings: &Environment,
    ) -> Result<Arc<dyn Platforms>, Refusal> {
        match &settings.platform {
            Platform::Practice => Err(Refusal::Unsupported {
                what: "the practice world".to_owned(),
                why: "it is no place in the real one; run a drill".to_owned(),
            }),
            #[cfg(feature = "kubernetes")]
            Platform::Kubernetes(target) => {
                #[cfg(feature = "http")]
                let ask = match (&settings.replica_version, &self.http) {
                    (Some(how), Some(http)) => {
                        let http: Arc<dyn crate::replica::AskVersion> = Arc::new(http.clone());
                        Some((how.clone(), http))
                    }
                    (Some(_) | None, _) => None,
                };
                #[cfg(not(feature = "http"))]
                let ask = None;
                on_kubernetes(&self.clusters, target, ask, self.person.clone()).await
            }
            #[cfg(not(feature = "kubernetes"))]
            Platform::Kubernetes(_) => Err(not_built("Kubernetes")),
            #[cfg(feature = "ecs")]
            Platform::Ecs(target) => {
                let platform = self.ecs(target).await?;
                #[cfg(feature = "http")]
                if let (Some(how), Some(http)) = (&settings.replica_version, &self.http) {
                    return Ok(Arc::new(platform.asking(how.clone(), Arc::new(http.clone()))));
                }
                Ok(Arc::new(platform))
            }
            #[cfg(not(feature = "ecs"))]
            Platform::Ecs(_) => Err(not_built("Amazon ECS")),
            #[cfg(feature = "lambda")]
            Platform::Lambda(target) => Ok(Arc::new(self.lambda(target).await?)),
            #[cfg(not(feature = "lambda"))]
            Platform::Lambda(_) => Err(not_built("AWS Lambda")),
        }
    }

    #[cfg(feature = "ecs")]
    pub(super) async fn ecs(
        &self,
        target: &lastgood_core::catalog::EcsPlace,
    ) -> Result<crate::ecs::Ecs, Refusal> {
        Ok(crate::ecs::Ecs::over(target, self.account_of(&target.access).await?))
    }

    #[cfg(feature = "lambda")]
    pub(super) async fn lambda(
        &self,
        target: &lastgood_core::catalog::LambdaPlace,
    ) -> Result<crate::lambda::Lambda, Refusal> {
        Ok(crate::lambda::Lambda::over(target, self.account_of(&target.access).await?))
    }

    /// The way to an AWS account, the same for every place that is reached like this; its key
    /// comes from the vault where the catalog says so.
    #[cfg(feature = "aws")]
    async fn account_of(
        &self,
        access: &lastgood_core::catalog::AwsAccess,
    ) -> Result<crate::aws::Link, Refusal> {
        let open = async {
            let key = self
                .held(access.secret.as_deref())
                .await
                .map_err(|error| Refusal::Unauthorised { system: format!("AWS ({error})") })?;
            crate::aws::Link::open(access, key.as_ref(), crate::aws::Pace::default())
                .await
                .map_err(|failure| failure.refusal("the account"))
        };
        self.accounts.get(access, Box::pin(open)).await
    }

    #[cfg(feature = "prometheus")]
    pub(super) async fn prometheus(
        &self,
        settings: &Environment,
    ) -> Result<crate::prometheus::Prometheus, Doubt> {
        use lastgood_core::catalog::Connection;

        let name = settings.metrics.as_ref().ok_or_else(no_metrics)?;
        let mut known = self.metrics.lock().await;
        if let Some(prometheus) = known.get(name) {
            return Ok(prometheus.clone());
        }
        let Some(Connection::Prometheus(connection)) = self.catalog.connections.get(name) else {
            return Err(Doubt::BadQuery { why: format!("there is no connection `{name}`") });
        };
        let token = self
            .held(connection.secret.as_deref())
            .await
            .map_err(|error| Doubt::Unauthorised { why: error.to_string() })?;
        let prometheus = crate::prometheus::Prometheus::new(connection, token)
            .map_err(|failure| Doubt::Unreachable { why: failure.to_string() })?;
        known.insert(name.clone(), prometheus.clone());
        Ok(prometheus)
    }
}

/// Connects to what runs a place on Kubernetes, and lets its replicas be asked.
#[cfg(feature = "kubernetes")]
async fn on_kubernetes(
    clusters: &crate::kubernetes::Clusters,
    target: &lastgood_core::catalog::KubernetesPlace,
    ask: Option<(lastgood_core::catalog::ReplicaVersion, Arc<dyn crate::replica::AskVersion>)>,
    by: Option<Person>,
) -> Result<Arc<dyn Platforms>, Refusal> {
    use lastgood_core::catalog::Workload;

    use crate::kubernetes::{Colours, Kubernetes, Pair};

    Ok(match &target.workload {
        Workload::Deployment(_)
        | Workload::Rollout(_)
        | Workload::StatefulSet(_)
        | Workload::DaemonSet(_) => {
            let one = Kubernetes::within(clusters, target).await?.by(by);
            match ask {
                Some((how, ask)) => Arc::new(one.asking(how, ask)),
                None => Arc::new(one),
            }
        }
        Workload::DeploymentPair { stable, canary } => {
            let pair = Pair::within(clusters, target, stable, canary).await?.by(by);
            match ask {
                Some((how, ask)) => Arc::new(pair.asking(how, ask)),
                None => Arc::new(pair),
            }
        }
        Workload::ServiceSelector { service, blue, green } => {
            let colours = Colours::within(clusters, target, service, (blue, green)).await?.by(by);
            match ask {
                Some((how, ask)) => Arc::new(colours.asking(how, ask)),
                None => Arc::new(colours),
            }
        }
    })
}
