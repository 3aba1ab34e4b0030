//! Looks at the database again right before traffic returns to an older release.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use lastgood_core::blame::Hearing;
use lastgood_core::catalog::{Environment, Place, Slo};
use lastgood_core::check::{Check, CheckResult, ReplicaAnswer};
use lastgood_core::effect::{
    ApplyError, Expectation, Operation, PlannedEffect, Presence, Receipt, Refusal,
};
use lastgood_core::flag::{Flag, Toggles};
use lastgood_core::governor::Governing;
use lastgood_core::judge::Measurement;
use lastgood_core::lease::{Leasing, PlaceLease, Tenure};
use lastgood_core::name::{EffectKey, RunId};
use lastgood_core::ports::{
    Actor, FlagSource, GovernorSource, InstanceSource, LeaseKeeper, LeaseSource, Observer, Prover,
    ReleaseSource, Surveyor, World,
};
use lastgood_core::preflight::{Comparison, Finding, Proof};
use lastgood_core::release::{DeployPage, Release};
use lastgood_core::survey::Survey;
use lastgood_core::time::Millis;

use super::{Databases, Reliance};

/// A world that changes nothing as long as the database is not as the plan relied on.
/// Everything else is what the world inside does.
pub(crate) struct Guarded {
    inner: Arc<dyn World>,
    databases: Arc<dyn Databases>,
}

impl Guarded {
    pub(crate) const fn new(inner: Arc<dyn World>, databases: Arc<dyn Databases>) -> Self {
        Self { inner, databases }
    }
}

/// The effect as the world inside planned it, and what the database must still say.
fn apart(effect: &PlannedEffect) -> (PlannedEffect, Vec<Expectation>) {
    let (ours, theirs) =
        effect.expects.iter().cloned().partition(|one| Reliance::read(one).is_some());
    (PlannedEffect { expects: theirs, ..effect.clone() }, ours)
}

#[async_trait]
impl Actor for Guarded {
    async fn resolve(
        &self,
        place: &Place,
        operation: &Operation,
        survey: &Survey,
    ) -> Result<PlannedEffect, Refusal> {
        self.inner.resolve(place, operation, survey).await
    }

    async fn preflight(&self, place: &Place, effects: &[PlannedEffect]) -> Vec<Finding> {
        let effects: Vec<PlannedEffect> = effects.iter().map(|effect| apart(effect).0).collect();
        self.inner.preflight(place, &effects).await
    }

    async fn probe(&self, key: &EffectKey, effect: &PlannedEffect) -> Presence {
        self.inner.probe(key, &apart(effect).0).await
    }

    async fn apply(&self, key: &EffectKey, effect: &PlannedEffect) -> Result<Receipt, ApplyError> {
        let (effect, ours) = apart(effect);
        if !ours.is_empty() {
            self.databases.still_so(&effect.place, &ours).await?;
        }
        self.inner.apply(key, &effect).await
    }
}

#[async_trait]
impl Surveyor for Guarded {
    async fn survey(&self, place: &Place) -> Result<Survey, Refusal> {
        self.inner.survey(place).await
    }

    async fn changed(
        &self,
        place: &Place,
        seen: &Survey,
        patience: Millis,
    ) -> Result<Survey, Refusal> {
        self.inner.changed(place, seen, patience).await
    }

    async fn replicas(&self, place: &Place) -> Result<Vec<ReplicaAnswer>, Refusal> {
        self.inner.replicas(place).await
    }
}

#[async_trait]
impl ReleaseSource for Guarded {
    async fn deploys(
        &self,
        place: &Place,
        before: Option<Timestamp>,
        limit: usize,
    ) -> Result<DeployPage, Refusal> {
        self.inner.deploys(place, before, limit).await
    }
}

#[async_trait]
impl Observer for Guarded {
    async fn measure(
        &self,
        place: &Place,
        slo: &Slo,
        from: Timestamp,
        to: Timestamp,
    ) -> Measurement {
        self.inner.measure(place, slo, from, to).await
    }

    async fn check(&self, place: &Place, check: &Check) -> CheckResult {
        self.inner.check(place, check).await
    }
}

#[async_trait]
impl Prover for Guarded {
    async fn prove(&self, place: &Place, release: &Release) -> Proof {
        self.inner.prove(place, release).await
    }

    async fn compare(&self, place: &Place, from: &Release, to: &Release) -> Comparison {
        self.inner.compare(place, from, to).await
    }
}

#[async_trait]
impl FlagSource for Guarded {
    async fn flags(&self, place: &Place) -> Result<Vec<Flag>, Refusal> {
        self.inner.flags(place).await
    }

    async fn toggles(
        &self,
        place: &Place,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Toggles, Refusal> {
        self.inner.toggles(place, from, to).await
    }
}

#[async_trait]
impl GovernorSource for Guarded {
    async fn governors(&self, place: &Place) -> Vec<Governing> {
        self.inner.governors(place).await
    }
}

#[async_trait]
impl LeaseSource for Guarded {
    async fn leasing(&self, place: &Place) -> Option<Leasing> {
        self.inner.leasing(place).await
    }
}

#[async_trait]
impl LeaseKeeper for Guarded {
    async fn renew(&self, place: &Place, run: &RunId, lease: &PlaceLease) -> Tenure {
        self.inner.renew(place, run, lease).await
    }
}

#[async_trait]
impl InstanceSource for Guarded {
    async fn hearing(&self, place: &Place, slo: &Slo, to: Timestamp) -> Option<Hearing> {
        self.inner.hearing(place, slo, to).await
    }
}

impl World for Guarded {
    fn environment(&self, place: &Place) -> Option<Environment> {
        self.inner.environment(place)
    }

    fn foresee(&self, places: &[Place]) {
        self.inner.foresee(places);
    }
}
