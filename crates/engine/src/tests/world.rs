//! A small world that remembers what was done to it, and a clock that jumps.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use lastgood_core::catalog::{Environment, Place, Slo};
use lastgood_core::check::{Check, CheckOutcome, CheckResult, ReplicaAnswer};
use lastgood_core::effect::{ApplyError, Operation, PlannedEffect, Presence, Receipt, Refusal};
use lastgood_core::flag::{Flag, Toggles};
use lastgood_core::judge::{Counts, Doubt, Measurement, Tick};
use lastgood_core::lease::{LeaseState, PlaceLease, Tenure};
use lastgood_core::name::{EffectKey, RunId};
use lastgood_core::ports::{
    Actor, Clock, FlagSource, GovernorSource, InstanceSource, LeaseKeeper, LeaseSource, Observer,
    Prover, ReleaseSource, Surveyor, World,
};
use lastgood_core::preflight::{Comparison, Finding, Proof};
use lastgood_core::release::{DeployPage, Release};
use lastgood_core::survey::{RolloutState, Survey};
use lastgood_core::testing;
use lastgood_core::time::{EpochMs, Millis, later};

/// A clock that jumps to whatever is waited for.
#[derive(Debug)]
pub(super) struct Jumping(Mutex<Timestamp>);

impl Jumping {
    pub(super) fn new() -> Self {
        Self(Mutex::new(testing::minute(20)))
    }

    /// Time goes by, and nobody waited for it.
    pub(super) fn pass(&self, time: Millis) {
        let mut now = self.0.lock().unwrap();
        *now = later(*now, time);
    }
}

#[async_trait]
impl Clock for Jumping {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    fn wall(&self) -> Timestamp {
        self.now()
    }

    async fn sleep_until(&self, at: Timestamp) {
        // Others get their turn first, as they would while time goes by.
        tokio::task::yield_now().await;
        let mut now = self.0.lock().unwrap();
        *now = at.max(*now);
    }
}

/// What goes wrong with the next call that changes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mischief {
    /// Nothing.
    None,
    /// Done, and the reply is lost, this often.
    LoseReply(u32),
    /// Never sent, and the reply is lost, this often.
    LoseRequest(u32),
    /// Said to be done, and not done.
    Lie,
    /// Refused, this often.
    Refuse(u32),
}

/// The world outside; it survives every life of the engine.
pub(super) struct Outside {
    applied: Mutex<Vec<(EffectKey, Operation)>>,
    pub(super) mischief: Mutex<Mischief>,
    pub(super) blind: Mutex<bool>,
    /// Whether a check takes a moment, in which others get their turn.
    pub(super) slow: Mutex<bool>,
    /// When a series began at a value that nobody knows.
    pub(super) odd_series: Mutex<Option<Timestamp>>,
    /// What a renewal of the lease comes to.
    pub(super) tenure: Mutex<Tenure>,
    renewed: Mutex<Vec<RunId>>,
}

impl Outside {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            applied: Mutex::new(Vec::new()),
            mischief: Mutex::new(Mischief::None),
            blind: Mutex::new(false),
            slow: Mutex::new(false),
            odd_series: Mutex::new(None),
            tenure: Mutex::new(Tenure::Kept),
            renewed: Mutex::new(Vec::new()),
        })
    }

    /// How often a run renewed its lease.
    pub(super) fn renewals(&self) -> usize {
        self.renewed.lock().unwrap().len()
    }

    /// Why the lease cannot be taken, where somebody else has it.
    fn elsewhere(&self, operation: &Operation) -> Option<String> {
        let takes = matches!(operation, Operation::SwitchLease { to: LeaseState::Held, .. });
        match &*self.tenure.lock().unwrap() {
            Tenure::Lost { why } if takes => Some(why.clone()),
            Tenure::Lost { .. } | Tenure::Kept | Tenure::Unclear { .. } => None,
        }
    }

    /// Every change that took place, in order.
    pub(super) fn applied(&self) -> Vec<EffectKey> {
        self.applied.lock().unwrap().iter().map(|(key, _)| key.clone()).collect()
    }

    fn restored(&self) -> Option<String> {
        self.applied.lock().unwrap().iter().rev().find_map(|(_, operation)| match operation {
            Operation::RestoreRelease { release } => Some(release.to_string()),
            _ => None,
        })
    }

    fn look(&self) -> Survey {
        match self.restored() {
            Some(version) => testing::survey(&version),
            None => Survey {
                rollout: RolloutState::Progressing,
                running: vec![testing::running("v3", 2, 2), testing::running("v2", 2, 2)],
                ..testing::survey("v3")
            },
        }
    }
}

#[async_trait]
impl Surveyor for Outside {
    async fn survey(&self, _: &Place) -> Result<Survey, Refusal> {
        if *self.blind.lock().unwrap() {
            return Err(testing::refusal());
        }
        Ok(self.look())
    }

    async fn changed(&self, place: &Place, _: &Survey, _: Millis) -> Result<Survey, Refusal> {
        tokio::task::yield_now().await;
        self.survey(place).await
    }

    async fn replicas(&self, _: &Place) -> Result<Vec<ReplicaAnswer>, Refusal> {
        let version = self.restored();
        Ok(vec![testing::replica("pod-1", true, version.as_deref())])
    }
}

#[async_trait]
impl ReleaseSource for Outside {
    async fn deploys(
        &self,
        _: &Place,
        _: Option<Timestamp>,
        _: usize,
    ) -> Result<DeployPage, Refusal> {
        let deploys = testing::history().deploys().to_vec();
        Ok(DeployPage { deploys, more: false, doubts: Vec::new() })
    }
}

/// Ten thousand requests in ten intervals: what fails in a single one is a single witness.
fn spread(from: Timestamp, to: Timestamp, bad: u64) -> Vec<Tick> {
    let (from, to) = (EpochMs::from(from), EpochMs::from(to));
    let at = |index: i64| EpochMs(to.0 - (to.0 - from.0) * (9 - index) / 10);
    (0..).map(at).zip(testing::ticks(bad, 10_000)).map(|(at, tick)| Tick { at, ..tick }).collect()
}

#[async_trait]
impl Observer for Outside {
    async fn measure(&self, _: &Place, _: &Slo, from: Timestamp, to: Timestamp) -> Measurement {
        let bad = if self.restored().as_deref() == Some("v2") { 0 } else { 400 };
        let odd = self.odd_series.lock().unwrap().is_some_and(|at| from < at && at <= to);
        Measurement {
            from: from.into(),
            to: to.into(),
            doubts: odd.then_some(Doubt::UnknownOrigin).into_iter().collect(),
            counts: Counts { total: 10_000, bad },
            ticks: spread(from, to, bad),
            ..testing::measurement(bad, 10_000)
        }
    }

    async fn check(&self, _: &Place, check: &Check) -> CheckResult {
        let slow = *self.slow.lock().unwrap();
        if slow {
            // The time of these tests stands still and goes on when all of them wait.
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        CheckResult { name: check.name.clone(), ..testing::check_result(CheckOutcome::Passed) }
    }
}

#[async_trait]
impl Actor for Outside {
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

    async fn probe(&self, key: &EffectKey, effect: &PlannedEffect) -> Presence {
        if *self.blind.lock().unwrap() {
            return Presence::Unclear { why: "nobody can look".to_owned() };
        }
        if self.elsewhere(&effect.operation).is_some() {
            return Presence::Absent;
        }
        let there = self.applied.lock().unwrap().iter().any(|(done, _)| done.same_intention(key));
        if there { Presence::Present(testing::receipt()) } else { Presence::Absent }
    }

    async fn apply(&self, key: &EffectKey, effect: &PlannedEffect) -> Result<Receipt, ApplyError> {
        let lost = || Err(ApplyError::Lost { why: "the connection was cut".to_owned() });
        if let Some(why) = self.elsewhere(&effect.operation) {
            return Err(Refusal::Rejected { system: "the lease".to_owned(), why }.into());
        }
        let now = *self.mischief.lock().unwrap();
        let (done, next, answer) = match now {
            Mischief::None => (true, Mischief::None, Ok(testing::receipt())),
            Mischief::LoseReply(1) => (true, Mischief::None, lost()),
            Mischief::LoseReply(n) => (true, Mischief::LoseReply(n - 1), lost()),
            Mischief::LoseRequest(1) => (false, Mischief::None, lost()),
            Mischief::LoseRequest(n) => (false, Mischief::LoseRequest(n - 1), lost()),
            Mischief::Lie => (false, Mischief::None, Ok(testing::receipt())),
            Mischief::Refuse(1) => {
                (false, Mischief::None, Err(ApplyError::Refused(testing::refusal())))
            }
            Mischief::Refuse(n) => {
                (false, Mischief::Refuse(n - 1), Err(ApplyError::Refused(testing::refusal())))
            }
        };
        *self.mischief.lock().unwrap() = next;
        if done {
            // A world without a memory for keys: whatever is sent twice is done twice.
            self.applied.lock().unwrap().push((key.clone(), effect.operation.clone()));
        }
        answer
    }
}

#[async_trait]
impl FlagSource for Outside {
    async fn flags(&self, _: &Place) -> Result<Vec<Flag>, Refusal> {
        Ok(Vec::new())
    }

    async fn toggles(&self, _: &Place, _: Timestamp, _: Timestamp) -> Result<Toggles, Refusal> {
        Ok(Toggles::default())
    }
}

#[async_trait]
impl Prover for Outside {
    async fn prove(&self, _: &Place, _: &Release) -> Proof {
        Proof::default()
    }

    async fn compare(&self, _: &Place, _: &Release, _: &Release) -> Comparison {
        Comparison::default()
    }
}

#[async_trait]
impl GovernorSource for Outside {}

#[async_trait]
impl LeaseSource for Outside {}

#[async_trait]
impl LeaseKeeper for Outside {
    async fn renew(&self, _: &Place, run: &RunId, _: &PlaceLease) -> Tenure {
        self.renewed.lock().unwrap().push(run.clone());
        self.tenure.lock().unwrap().clone()
    }
}

#[async_trait]
impl InstanceSource for Outside {}

impl World for Outside {
    fn environment(&self, _: &Place) -> Option<Environment> {
        Some(testing::environment())
    }

    fn foresee(&self, _: &[Place]) {}
}
