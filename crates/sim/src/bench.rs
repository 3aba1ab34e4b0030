//! What the tests of this crate build on: a catalog with one place for each strategy, and
//! a world on a stepped clock.

use std::sync::Arc;

use jiff::Timestamp;
use lastgood_core::catalog::{
    Bake, Catalog, Environment, KubernetesPlace, Place, Platform, Service, Slo, Strategy, Workload,
};
use lastgood_core::drill::{Behaviour, Fault, FaultKind, Scenario, Scripted, WorldEvent};
use lastgood_core::drill::{OutcomeKind, SuccessRule};
use lastgood_core::effect::Operation;
use lastgood_core::name::EffectKey;
use lastgood_core::ports::Clock;
use lastgood_core::recorded::Recorded;
use lastgood_core::time::{Millis, later};

use crate::{MemoryLog, PracticeWorld, SteppedClock, WorldLog, practice_epoch};

/// A world with everything that a test wants to turn.
pub(crate) struct Bench {
    pub(crate) world: Arc<PracticeWorld>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) log: MemoryLog,
}

pub(crate) fn place(service: &str) -> Place {
    Place { service: service.into(), environment: "production".into() }
}

pub(crate) fn slo() -> Slo {
    Slo {
        name: "availability".into(),
        objective: 0.999,
        good: "requests that did not fail".to_owned(),
        total: "requests".to_owned(),
        version_label: Some("version".to_owned()),
        min_samples: 100,
        threshold: None,
    }
}

fn environment(platform: Platform, strategy: Strategy) -> Environment {
    Environment {
        platform,
        strategy,
        tier: None,
        slos: vec![slo()],
        metrics: None,
        checks: Vec::new(),
        releases: None,
        replica_version: None,
        dashboards: Vec::new(),
        runbook: None,
        bake: Bake::of(Millis::minutes(60)),
        rehearse_every: None,
        flags: None,
        schema: None,
    }
}

/// `checkout` rolls, `search` is a canary, `basket` is blue-green; `ledger` is real.
pub(crate) fn catalog() -> Catalog {
    let real = Platform::Kubernetes(KubernetesPlace {
        kubeconfig: None,
        context: None,
        namespace: "shop".to_owned(),
        workload: Workload::Deployment("ledger".to_owned()),
        container: None,
    });
    let services = [
        ("checkout", Platform::Practice, Strategy::Rolling),
        ("search", Platform::Practice, Strategy::Canary),
        ("basket", Platform::Practice, Strategy::BlueGreen),
        ("ledger", real, Strategy::Rolling),
    ]
    .into_iter()
    .map(|(name, platform, strategy)| {
        let service = Service {
            depends_on: Vec::new(),
            owner: Recorded::NotRecorded,
            escalation: Recorded::NotRecorded,
            environments: [("production".into(), environment(platform, strategy))].into(),
        };
        (name.into(), service)
    })
    .collect();
    Catalog { services, ..Catalog::default() }
}

pub(crate) fn after(length: Millis) -> Timestamp {
    later(practice_epoch(), length)
}

pub(crate) fn clock(at: Timestamp) -> Arc<dyn Clock> {
    Arc::new(SteppedClock::new(at, Arc::new(|| Timestamp::UNIX_EPOCH)))
}

pub(crate) fn world(
    scenario: Option<&Scenario>,
    seed: u64,
    clock: &Arc<dyn Clock>,
    log: impl WorldLog + 'static,
) -> Arc<PracticeWorld> {
    let world = PracticeWorld::new(&catalog(), scenario, seed, Arc::clone(clock), Box::new(log));
    Arc::new(world.expect("the log and the scenario are whole"))
}

pub(crate) fn bench(seed: u64) -> Bench {
    bench_with(None, seed)
}

pub(crate) fn bench_with(scenario: Option<&Scenario>, seed: u64) -> Bench {
    let (clock, log) = (clock(practice_epoch()), MemoryLog::default());
    Bench { world: world(scenario, seed, &clock, log.clone()), clock, log }
}

pub(crate) const BAD: Behaviour =
    Behaviour { error_rate: 0.2, latency: Millis(200), becomes_ready: true };

pub(crate) fn deploy(service: &str, version: &str, behaviour: Behaviour) -> WorldEvent {
    WorldEvent::Deploy {
        place: place(service),
        version: version.to_owned(),
        behaviour,
        actor: "noor".to_owned(),
        changelog: Some("Ship it".to_owned()),
        flags: std::collections::BTreeMap::new(),
    }
}

/// A bad release reaches all three services after ten seconds.
pub(crate) fn scenario(faults: Vec<Fault>) -> Scenario {
    let events = ["checkout", "search", "basket"]
        .into_iter()
        .map(|service| Scripted {
            at: Millis::seconds(10),
            after: None,
            what: deploy(service, "2026.3.2", BAD),
        })
        .collect();
    Scenario {
        name: "bad-release".into(),
        title: "A bad release".to_owned(),
        summary: "A release fails every fifth request.".to_owned(),
        minutes: 10,
        place: place("checkout"),
        runbook: "rollback".into(),
        inputs: std::collections::BTreeMap::new(),
        head_start: Millis::minutes(4),
        events,
        faults,
        operator: Vec::new(),
        by_hand: Vec::new(),
        presenter: Vec::new(),
        opening: lastgood_core::drill::Opening::default(),
        lessons: Vec::new(),
        truth: "The release is bad.".to_owned(),
        success: SuccessRule { outcome: OutcomeKind::Recovered, within: None },
    }
}

pub(crate) fn fault(on: &str, kind: FaultKind, times: u32) -> Fault {
    Fault { on: on.to_owned(), kind, times, after: None }
}

pub(crate) fn key(step: &str, attempt: u32) -> EffectKey {
    EffectKey { run: "run-1".into(), step: step.into(), undo: false, attempt }
}

impl Bench {
    /// Waits for `length` on the bench's clock.
    pub(crate) async fn wait(&self, length: Millis) {
        self.clock.sleep_until(later(self.clock.now(), length)).await;
    }

    /// Resolves against what runs now.
    pub(crate) async fn plan(
        &self,
        service: &str,
        operation: &Operation,
    ) -> lastgood_core::effect::PlannedEffect {
        use lastgood_core::ports::{Actor, Surveyor};
        let place = place(service);
        let survey = self.world.survey(&place).await.expect("the place exists");
        self.world.resolve(&place, operation, &survey).await.expect("it is supported")
    }
}
