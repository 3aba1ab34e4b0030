//! A canary by two Deployments behind one Service: the share of traffic is the share of
//! ready replicas.
//!
//! A release is a `ReplicaSet` of either. Going back takes two conditional patches: the
//! canary goes to no replicas, and the stable Deployment gets all of them and the earlier
//! template. Both carry the effect's key; the second one is the proof. A halt pauses the
//! canary, or the stable Deployment while that is rolled out. Start with [`Pair::connect`].

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
use super::{Clusters, Kubernetes};
use crate::needs::{KnowNeeds, Needs};
use crate::replica::AskVersion;

/// A stable Deployment and its canary in one cluster.
#[derive(Clone)]
pub struct Pair {
    pub(super) two: Two,
}

impl Pair {
    /// Reads the kubeconfig. Nothing is sent before the first question.
    pub async fn connect(
        place: &KubernetesPlace,
        stable: &str,
        canary: &str,
    ) -> Result<Self, Refusal> {
        Self::within(&Clusters::default(), place, stable, canary).await
    }

    /// The same, with the client of whoever else is in that cluster.
    pub async fn within(
        clusters: &Clusters,
        place: &KubernetesPlace,
        stable: &str,
        canary: &str,
    ) -> Result<Self, Refusal> {
        Ok(Self { two: Two::connect(clusters, place, stable, canary).await? })
    }

    /// Says who acts, to whoever wants to change the same workloads meanwhile.
    #[must_use]
    pub fn by(self, person: Option<Person>) -> Self {
        Self { two: self.two.by(person) }
    }

    /// Lets replicas be asked for their version.
    #[must_use]
    pub fn asking(self, versions: ReplicaVersion, ask: Arc<dyn AskVersion>) -> Self {
        Self { two: self.two.asking(versions, ask) }
    }

    fn name(&self) -> String {
        format!("{} with its canary", self.two.first.name())
    }

    fn container(&self) -> Option<&str> {
        self.two.place().container.as_deref()
    }

    /// The one Deployment that a halt or its end goes to.
    fn paused(&self, effect: &PlannedEffect) -> Option<&Kubernetes> {
        match &effect.operation {
            Operation::HaltRollout | Operation::ResumeRollout => {
                self.two.side_of(effect).map(|side| self.two.of(side))
            }
            Operation::RestoreRelease { .. }
            | Operation::ShiftTraffic { .. }
            | Operation::SwitchFlag { .. }
            | Operation::SwitchLease { .. }
            | Operation::SwitchSync { .. }
            | Operation::RunErrand { .. } => None,
        }
    }
}

#[async_trait]
impl Surveyor for Pair {
    async fn survey(&self, _: &Place) -> Result<Survey, Refusal> {
        let (both, _) = self.two.look().await?;
        Ok(look::survey(&both, self.container()))
    }

    async fn changed(&self, _: &Place, seen: &Survey, patience: Millis) -> Result<Survey, Refusal> {
        let look = || async {
            let (both, watched) = self.two.look().await?;
            Ok((look::survey(&both, self.container()), watched))
        };
        wait_for_change(self.two.link(), seen, patience, look).await
    }

    async fn replicas(&self, place: &Place) -> Result<Vec<ReplicaAnswer>, Refusal> {
        self.two.replicas(place, &[Side::First, Side::Second]).await
    }
}

#[async_trait]
impl ReleaseSource for Pair {
    async fn deploys(
        &self,
        place: &Place,
        before: Option<Timestamp>,
        limit: usize,
    ) -> Result<DeployPage, Refusal> {
        let ((both, _), pages) = futures::try_join!(self.two.look(), self.two.pages(place))?;
        Ok(history::page(&both, pages, before, limit))
    }
}

#[async_trait]
impl Actor for Pair {
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
        let (both, _) = self.two.look().await?;
        effect::resolve(&self.two, place, operation, survey, &both)
    }

    async fn preflight(&self, _: &Place, effects: &[PlannedEffect]) -> Vec<Finding> {
        let lease = self.two.first.lease();
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
        match self.paused(effect) {
            Some(one) => one.probe_for(key).await,
            None => self.probe_for(key).await,
        }
    }

    async fn apply(&self, key: &EffectKey, effect: &PlannedEffect) -> Result<Receipt, ApplyError> {
        if let Some((lease, to)) = leased(&effect.operation) {
            return self.two.first.switch_lease(key, lease, to).await;
        }
        let effect = &self.two.first.in_turn(key, &self.two.first.lease(), effect).await?;
        if let Some((governor, to)) = switched(&effect.operation) {
            return self.two.first.switch_sync(key, effect, governor, to).await;
        }
        match self.paused(effect) {
            Some(one) => one.apply_once(key, effect).await,
            None => self.move_once(key, effect).await,
        }
    }
}

#[async_trait]
impl GovernorSource for Pair {
    async fn governors(&self, _: &Place) -> Vec<Governing> {
        let Ok((both, _)) = self.two.look().await else { return Vec::new() };
        self.two.first.governing(&[&both.first.deployment, &both.second.deployment]).await
    }
}

#[async_trait]
impl LeaseSource for Pair {
    async fn leasing(&self, _: &Place) -> Option<Leasing> {
        Some(self.two.first.taking(self.two.first.lease()).await)
    }
}

#[async_trait]
impl LeaseKeeper for Pair {
    async fn renew(&self, _: &Place, run: &RunId, lease: &PlaceLease) -> Tenure {
        self.two.first.keep_lease(run, lease).await
    }
}

#[async_trait]
impl KnowNeeds for Pair {
    async fn needs(&self, release: &Release) -> Result<Needs, String> {
        self.two.needs(release).await
    }

    async fn differences(&self, from: &Release, to: &Release) -> Comparison {
        self.two.differences(from, to).await
    }
}

#[cfg(test)]
mod tests;
