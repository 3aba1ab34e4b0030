//! The same promises on two Deployments: a canary that shares by replicas, and two colours
//! of which a Service selects one.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use lastgood_api::core::catalog::{Catalog, Place, Slo};
use lastgood_api::core::drill::Obstacle;
use lastgood_api::core::effect::Operation;
use lastgood_api::core::flag::FlagState;
use lastgood_api::core::name::RunId;
use lastgood_api::core::survey::Survey;
use lastgood_api::core::time::Millis;
use lastgood_providers::LiveWorld;
use lastgood_runbook::Workspace;
use lastgood_sim::contract::{Stage, world_contract};
use lastgood_testkit::load::Load;
use lastgood_testkit::proxy::{Fault, Rule};
use lastgood_tests::field::{Field, LIMIT, place};
use lastgood_tests::workloads::{Kind, Workloads};

use crate::contract::{NoSecrets, wall};
use crate::situations::Situations;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_colours_of_a_service_keep_every_promise_and_go_back_by_a_switch() {
    let Some(mut on) = Situations::begin().await else { return };
    on.meet("blue-green: the contract of all worlds", async |field| {
        keeps_every_promise(field, Kind::Colours).await;
    })
    .await;
    on.end();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_canary_of_two_deployments_keeps_every_promise_and_goes_back_by_replicas() {
    let Some(mut on) = Situations::begin().await else { return };
    on.meet("canary: the contract of all worlds", async |field| {
        keeps_every_promise(field, Kind::Pair).await;
    })
    .await;
    on.end();
}

async fn keeps_every_promise(field: &Field, kind: Kind) {
    let workloads = Workloads::lay(field, kind).await.expect("the API server takes them");
    let folder = workloads.workspace("contract").expect("the folder is writable");
    let catalog = Workspace::load(&folder).catalog.expect("the catalog is whole");
    let world = LiveWorld::new(catalog.clone(), Arc::new(NoSecrets));
    let load = field.load().expect("a client can be made");
    let runs = AtomicU32::new(1);
    let stage = Cluster { field, workloads, catalog, runs, load: Mutex::new(Some(load)) };
    world_contract(&world, &stage).await;
}

/// Arranges the cluster from outside.
struct Cluster<'f> {
    field: &'f Field,
    workloads: Workloads<'f>,
    catalog: Catalog,
    runs: AtomicU32,
    load: Mutex<Option<Load>>,
}

#[async_trait]
impl Stage for Cluster<'_> {
    fn place(&self) -> Place {
        place()
    }

    fn run(&self) -> RunId {
        RunId::new(format!("contract-{}", self.runs.fetch_add(1, Ordering::Relaxed)))
    }

    fn slo(&self) -> Slo {
        let environment = self.catalog.environment(&place()).expect("it is in the catalog");
        environment.slos[0].clone()
    }

    fn unsupported(&self, survey: &Survey) -> Operation {
        let release = survey.newest().expect("something runs").release.clone();
        match self.workloads.kind() {
            Kind::Colours => Operation::ShiftTraffic { release, percent: 50 },
            Kind::Pair => Operation::SwitchFlag { flag: "new-cart".into(), to: FlagState::Off },
        }
    }

    fn patience(&self) -> Millis {
        Millis(u64::try_from(LIMIT.as_millis()).expect("minutes"))
    }

    async fn begin_bad_rollout(&self) {
        self.workloads.begin("v2-bad").await.expect("a rollout begins");
    }

    async fn resumed(&self) {
        self.workloads.next_step().await.expect("the API server accepts it");
    }

    async fn somebody_else_changes_it(&self) {
        self.workloads.change("v3").await.expect("the API server accepts it");
    }

    async fn lose_next_reply(&self, _: &Operation) {
        let method = "PATCH".parse().expect("a method");
        let path = self.workloads.last_change();
        self.field.proxy.inject(Rule::next(method, path, Fault::LoseReply));
    }

    async fn obstruct(&self, obstacle: Obstacle, lifted: bool) -> bool {
        match obstacle {
            Obstacle::Frozen => {
                self.workloads.freeze(lifted).await.expect("the API server accepts it");
                true
            }
            // The bed has no registry, no GitOps controller and one user who may change it.
            Obstacle::ArtifactGone
            | Obstacle::TagMoved
            | Obstacle::RegistryBusy
            | Obstacle::PermissionMissing
            | Obstacle::AutoSync
            | Obstacle::ConfigKeyMissing
            | Obstacle::AnotherOperator => false,
        }
    }

    async fn stop_traffic(&self) -> (Timestamp, Timestamp) {
        drop(self.load.lock().unwrap_or_else(PoisonError::into_inner).take());
        // What was on its way arrives, and Prometheus comes by once more.
        self.wait(Millis::seconds(3)).await;
        let from = wall();
        self.wait(Millis::seconds(5)).await;
        (from, wall())
    }

    async fn settle(&self) {
        self.workloads.settled().await.expect("the rollouts end");
    }

    async fn wait(&self, length: Millis) {
        tokio::time::sleep(Duration::from_millis(length.0)).await;
    }
}
