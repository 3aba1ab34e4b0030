use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use lastgood_core::drill::{Behaviour, Fault, FaultKind, Obstacle, WorldEvent};
use lastgood_core::ports::Clock;
use lastgood_core::time::later;

use super::*;
use crate::PracticeWorld;
use crate::bench::{bench, place};

/// Arranges a practice world as its colleagues would.
struct Practice {
    world: Arc<PracticeWorld>,
    clock: Arc<dyn Clock>,
    runs: AtomicU32,
}

impl Practice {
    fn deploy(&self, version: &str) {
        let behaviour = Behaviour { error_rate: 0.2, latency: Millis(200), becomes_ready: true };
        self.world
            .happen(&WorldEvent::Deploy {
                place: self.place(),
                version: version.to_owned(),
                behaviour,
                actor: "noor".to_owned(),
                changelog: None,
                flags: std::collections::BTreeMap::new(),
            })
            .expect("the place exists");
    }
}

#[async_trait]
impl Stage for Practice {
    fn place(&self) -> Place {
        place("checkout")
    }

    fn run(&self) -> RunId {
        RunId::new(format!("run-{}", self.runs.fetch_add(1, Ordering::Relaxed)))
    }

    fn slo(&self) -> Slo {
        crate::bench::slo()
    }

    fn unsupported(&self, survey: &Survey) -> Operation {
        let release = survey.newest().expect("something runs").release.clone();
        Operation::ShiftTraffic { release, percent: 0 }
    }

    fn patience(&self) -> Millis {
        Millis::minutes(5)
    }

    async fn begin_bad_rollout(&self) {
        self.deploy("2026.3.2");
        self.wait(Millis::seconds(20)).await;
    }

    async fn somebody_else_changes_it(&self) {
        self.deploy("2026.3.2-2");
    }

    async fn lose_next_reply(&self, operation: &Operation) {
        let on = operation.as_str().to_owned();
        let fault = Fault { on, kind: FaultKind::LoseReply, times: 1, after: None };
        self.world.inject(fault).expect("it is remembered");
    }

    async fn obstruct(&self, obstacle: Obstacle, lifted: bool) -> bool {
        let event = WorldEvent::Obstacle { place: self.place(), obstacle, lifted };
        self.world.happen(&event).expect("the place exists");
        true
    }

    async fn stop_traffic(&self) -> (Timestamp, Timestamp) {
        let event = WorldEvent::Traffic { place: self.place(), rate: 0.0 };
        self.world.happen(&event).expect("the place exists");
        let from = self.clock.now();
        self.wait(Millis::minutes(2)).await;
        (from, self.clock.now())
    }

    async fn settle(&self) {
        self.wait(Millis::minutes(10)).await;
    }

    async fn wait(&self, length: Millis) {
        self.clock.sleep_until(later(self.clock.now(), length)).await;
    }
}

#[tokio::test]
async fn the_practice_world_keeps_every_promise_for_any_seed() {
    for seed in 0..40 {
        let bench = bench(seed);
        let stage = Practice {
            world: Arc::clone(&bench.world),
            clock: Arc::clone(&bench.clock),
            runs: AtomicU32::new(1),
        };
        world_contract(&*bench.world, &stage).await;
    }
}
