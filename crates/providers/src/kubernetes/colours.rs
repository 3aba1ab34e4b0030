//! Blue-green by a Service: two Deployments, of which the Service selects one.
//!
//! A release is a `ReplicaSet` of either colour. Going back is one conditional PATCH of the
//! Service's selector, which carries the effect's key, and what it left, in annotations. It
//! is refused while the other colour has nobody to answer, or runs something else. A halt
//! pauses the Deployment of the colour that moves. Start with [`Colours::connect`].

mod act;
mod effect;
mod history;
mod look;
mod preflight;

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use lastgood_core::catalog::{KubernetesPlace, Place, ReplicaVersion};
use lastgood_core::check::ReplicaAnswer;
use lastgood_core::effect::{ApplyError, Operation, PlannedEffect, Presence, Receipt, Refusal};
use lastgood_core::governor::Governing;
use lastgood_core::lease::{Leasing, PlaceLease, Tenure, leased};
use lastgood_core::name::{EffectKey, Person, RunId};
use lastgood_core::ports::{
    Actor, GovernorSource, LeaseKeeper, LeaseSource, ReleaseSource, Surveyor,
};
use lastgood_core::preflight::{Comparison, Finding};
use lastgood_core::release::{DeployPage, Release};
use lastgood_core::survey::Survey;
use lastgood_core::time::Millis;

use super::suspend::switched;
use super::two::{Side, Two};
use super::watch::wait_for_change;
use super::{Clusters, lease, request};
use crate::needs::{KnowNeeds, Needs};
use crate::replica::AskVersion;
use look::Scene;

/// Two colours of one service in one cluster.
#[derive(Clone)]
pub struct Colours {
    pub(super) two: Two,
    service: String,
}

impl Colours {
    /// Reads the kubeconfig. Nothing is sent before the first question.
    pub async fn connect(
        place: &KubernetesPlace,
        service: &str,
        blue: &str,
        green: &str,
    ) -> Result<Self, Refusal> {
        Self::within(&Clusters::default(), place, service, (blue, green)).await
    }

    /// The same, with the client of whoever else is in that cluster.
    pub async fn within(
        clusters: &Clusters,
        place: &KubernetesPlace,
        service: &str,
        (blue, green): (&str, &str),
    ) -> Result<Self, Refusal> {
        let two = Two::connect(clusters, place, blue, green).await?;
        Ok(Self { two, service: service.to_owned() })
    }

    /// Says who acts, to whoever wants to change the same workloads meanwhile.
    #[must_use]
    pub fn by(self, person: Option<Person>) -> Self {
        Self { two: self.two.by(person), ..self }
    }

    /// Lets replicas be asked for their version.
    #[must_use]
    pub fn asking(self, versions: ReplicaVersion, ask: Arc<dyn AskVersion>) -> Self {
        Self { two: self.two.asking(versions, ask), ..self }
    }

    /// `the service checkout in namespace shop`.
    fn name(&self) -> String {
        format!("the service {} in namespace {}", self.service, self.two.place().namespace)
    }

    /// The lease of the service, whichever colour is changed.
    fn lease(&self) -> PlaceLease {
        lease::of(&self.two.place().namespace, &self.service)
    }

    fn path(&self) -> String {
        request::named(self.two.place(), "services", &self.service)
    }

    async fn scene(&self) -> Result<Scene, Refusal> {
        self.look().await.map(|(scene, _)| scene)
    }

    async fn look(&self) -> Result<(Scene, Vec<String>), Refusal> {
        let path = self.path();
        let service = async {
            let found = self.two.link().get(&path).await;
            found.map_err(|failure| failure.refusal(&self.name()))
        };
        let (service, (both, mut watched)) = futures::try_join!(service, self.two.look())?;
        let version = service.value["metadata"]["resourceVersion"].as_str().unwrap_or("0");
        watched.push(request::service_watch(self.two.place(), &self.service, version));
        Ok((Scene { service: service.value, both }, watched))
    }

    fn surveyed(&self, scene: &Scene) -> Survey {
        look::survey(scene, self.two.place().container.as_deref())
    }
}

#[async_trait]
impl Surveyor for Colours {
    async fn survey(&self, _: &Place) -> Result<Survey, Refusal> {
        Ok(self.surveyed(&self.scene().await?))
    }

    async fn changed(&self, _: &Place, seen: &Survey, patience: Millis) -> Result<Survey, Refusal> {
        let look = || async {
            let (scene, watched) = self.look().await?;
            Ok((self.surveyed(&scene), watched))
        };
        wait_for_change(self.two.link(), seen, patience, look).await
    }

    async fn replicas(&self, place: &Place) -> Result<Vec<ReplicaAnswer>, Refusal> {
        // Only those behind the Service serve; where that cannot be told, all may.
        match self.scene().await?.live() {
            Ok(live) => self.two.replicas(place, &[live]).await,
            Err(_) => self.two.replicas(place, &[Side::First, Side::Second]).await,
        }
    }
}

#[async_trait]
impl ReleaseSource for Colours {
    async fn deploys(
        &self,
        place: &Place,
        before: Option<Timestamp>,
        limit: usize,
    ) -> Result<DeployPage, Refusal> {
        let (scene, pages) = futures::try_join!(self.scene(), self.two.pages(place))?;
        Ok(history::page(&scene, pages, before, limit))
    }
}

#[async_trait]
impl Actor for Colours {
    async fn resolve(
        &self,
        place: &Place,
        operation: &Operation,
        survey: &Survey,
    ) -> Result<PlannedEffect, Refusal> {
        if let Some((lease, to)) = leased(operation) {
            return self.two.first.plan_lease(place, operation, lease, to).await;
        }
        if let Some((governor, to)) = switched(operation) {
            return self.two.first.plan_sync(place, operation, governor, to).await;
        }
        let scene = self.scene().await?;
        effect::resolve((&self.two, &self.service, place), operation, survey, &scene)
    }

    async fn preflight(&self, _: &Place, effects: &[PlannedEffect]) -> Vec<Finding> {
        let lease = self.lease();
        let (mut findings, turn) =
            futures::join!(self.look_before(effects), self.two.first.lease_findings(&lease));
        findings.extend(turn);
        findings
    }

    async fn probe(&self, key: &EffectKey, effect: &PlannedEffect) -> Presence {
        if let Some((lease, to)) = leased(&effect.operation) {
            return self.two.first.probe_lease(key, lease, to).await;
        }
        if let Some((governor, _)) = switched(&effect.operation) {
            return self.two.first.probe_sync(key, governor).await;
        }
        match self.two.side_of(effect) {
            Some(side) => self.two.of(side).probe_for(key).await,
            None => self.probe_for(key).await,
        }
    }

    async fn apply(&self, key: &EffectKey, effect: &PlannedEffect) -> Result<Receipt, ApplyError> {
        if let Some((lease, to)) = leased(&effect.operation) {
            return self.two.first.switch_lease(key, lease, to).await;
        }
        let effect = &self.two.first.in_turn(key, &self.lease(), effect).await?;
        if let Some((governor, to)) = switched(&effect.operation) {
            return self.two.first.switch_sync(key, effect, governor, to).await;
        }
        match self.two.side_of(effect) {
            Some(side) => self.two.of(side).apply_once(key, effect).await,
            None => self.switch_once(key, effect).await,
        }
    }
}

#[async_trait]
impl GovernorSource for Colours {
    async fn governors(&self, _: &Place) -> Vec<Governing> {
        let Ok(scene) = self.scene().await else { return Vec::new() };
        let objects = [&scene.service, &scene.both.first.deployment, &scene.both.second.deployment];
        self.two.first.governing(&objects).await
    }
}

#[async_trait]
impl LeaseSource for Colours {
    async fn leasing(&self, _: &Place) -> Option<Leasing> {
        Some(self.two.first.taking(self.lease()).await)
    }
}

#[async_trait]
impl LeaseKeeper for Colours {
    async fn renew(&self, _: &Place, run: &RunId, lease: &PlaceLease) -> Tenure {
        self.two.first.keep_lease(run, lease).await
    }
}

#[async_trait]
impl KnowNeeds for Colours {
    async fn needs(&self, release: &Release) -> Result<Needs, String> {
        self.two.needs(release).await
    }

    async fn differences(&self, from: &Release, to: &Release) -> Comparison {
        self.two.differences(from, to).await
    }
}

#[cfg(test)]
mod tests;
