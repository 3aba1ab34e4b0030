//! A world in which everything succeeds at once, so that what is measured is ours.

use std::sync::Mutex;

use async_trait::async_trait;
use jiff::Timestamp;
use lastgood_core::catalog::{Environment, Place, Slo};
use lastgood_core::check::{Check, CheckOutcome, CheckResult, ReplicaAnswer};
use lastgood_core::effect::{ApplyError, Operation, PlannedEffect, Presence, Receipt, Refusal};
use lastgood_core::flag::{Flag, Toggles};
use lastgood_core::judge::{Counts, Measurement, Tick};
use lastgood_core::lease::{PlaceLease, Tenure};
use lastgood_core::name::{EffectKey, RunId};
use lastgood_core::ports::{
    Actor, Clock, FlagSource, GovernorSource, InstanceSource, LeaseKeeper, LeaseSource, Observer,
    Prover, ReleaseSource, Surveyor, World,
};
use lastgood_core::preflight::{Comparison, Finding, Proof};
use lastgood_core::release::{DeployPage, Release};
use lastgood_core::survey::Survey;
use lastgood_core::testing;
use lastgood_core::time::Millis;

/// A world that does nothing and says yes.
#[derive(Default)]
pub(crate) struct Willing(Mutex<Vec<EffectKey>>);

/// A clock that stands still; nothing here waits.
pub(crate) struct Still;

#[async_trait]
impl Clock for Still {
    fn now(&self) -> Timestamp {
        testing::minute(20)
    }

    fn wall(&self) -> Timestamp {
        testing::minute(20)
    }

    async fn sleep_until(&self, _: Timestamp) {}
}

#[async_trait]
impl Surveyor for Willing {
    async fn survey(&self, _: &Place) -> Result<Survey, Refusal> {
        Ok(testing::survey("v2"))
    }

    async fn changed(&self, place: &Place, _: &Survey, _: Millis) -> Result<Survey, Refusal> {
        self.survey(place).await
    }

    async fn replicas(&self, _: &Place) -> Result<Vec<ReplicaAnswer>, Refusal> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl ReleaseSource for Willing {
    async fn deploys(
        &self,
        _: &Place,
        _: Option<Timestamp>,
        _: usize,
    ) -> Result<DeployPage, Refusal> {
        Ok(DeployPage { deploys: Vec::new(), more: false, doubts: Vec::new() })
    }
}

#[async_trait]
impl Observer for Willing {
    async fn measure(&self, _: &Place, _: &Slo, from: Timestamp, to: Timestamp) -> Measurement {
        let counts = Counts { total: 10_000, bad: 0 };
        let ticks = vec![Tick { at: to.into(), counts }];
        Measurement { from: from.into(), to: to.into(), ticks, ..testing::measurement(0, 10_000) }
    }

    async fn check(&self, _: &Place, _: &Check) -> CheckResult {
        testing::check_result(CheckOutcome::Passed)
    }
}

#[async_trait]
impl Actor for Willing {
    async fn resolve(
        &self,
        _: &Place,
        operation: &Operation,
        _: &Survey,
    ) -> Result<PlannedEffect, Refusal> {
        Ok(testing::effect(operation.clone()))
    }

    async fn preflight(&self, _: &Place, _: &[PlannedEffect]) -> Vec<Finding> {
        Vec::new()
    }

    async fn probe(&self, key: &EffectKey, _: &PlannedEffect) -> Presence {
        let done = self.0.lock().is_ok_and(|done| done.contains(key));
        if done { Presence::Present(testing::receipt()) } else { Presence::Absent }
    }

    async fn apply(&self, key: &EffectKey, _: &PlannedEffect) -> Result<Receipt, ApplyError> {
        if let Ok(mut done) = self.0.lock() {
            done.push(key.clone());
        }
        Ok(testing::receipt())
    }
}

#[async_trait]
impl Prover for Willing {
    async fn prove(&self, _: &Place, _: &Release) -> Proof {
        Proof::default()
    }

    async fn compare(&self, _: &Place, _: &Release, _: &Release) -> Comparison {
        Comparison::default()
    }
}

#[async_trait]
impl FlagSource for Willing {
    async fn flags(&self, _: &Place) -> Result<Vec<Flag>, Refusal> {
        Ok(Vec::new())
    }

    async fn toggles(&self, _: &Place, _: Timestamp, _: Timestamp) -> Result<Toggles, Refusal> {
        Ok(Toggles::default())
    }
}

#[async_trait]
impl GovernorSource for Willing {}

#[async_trait]
impl LeaseSource for Willing {}

#[async_trait]
impl LeaseKeeper for Willing {
    async fn renew(&self, _: &Place, _: &RunId, lease: &PlaceLease) -> Tenure {
        Tenure::none_kept(lease)
    }
}

#[async_trait]
impl InstanceSource for Willing {}

impl World for Willing {
    fn environment(&self, _: &Place) -> Option<Environment> {
        Some(testing::environment())
    }

    fn foresee(&self, _: &[Place]) {}
}
