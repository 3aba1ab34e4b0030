//! A real cluster keeps the same promises as the practice world, so that drills cannot
//! drift from what the product does.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use lastgood_api::core::catalog::{Catalog, Place, Slo};
use lastgood_api::core::drill::Obstacle;
use lastgood_api::core::effect::Operation;
use lastgood_api::core::name::RunId;
use lastgood_api::core::ports::{Vault, VaultError};
use lastgood_api::core::secret::Secret;
use lastgood_api::core::survey::Survey;
use lastgood_api::core::time::Millis;
use lastgood_providers::LiveWorld;
use lastgood_runbook::Workspace;
use lastgood_sim::contract::{Stage, world_contract};
use lastgood_testkit::load::Load;
use lastgood_testkit::proxy::{Fault, Rule};
use lastgood_testkit::release::Release;
use lastgood_tests::field::{Field, LIMIT, place};

use crate::situations::Situations;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_cluster_keeps_every_promise_that_the_practice_world_keeps() {
    let Some(mut on) = Situations::begin().await else { return };
    on.meet("the contract of all worlds", keeps_every_promise).await;
    on.end();
}

async fn keeps_every_promise(field: &Field) {
    let catalog = Workspace::load(&field.workspace()).catalog.expect("the catalog is whole");
    let world = LiveWorld::new(catalog.clone(), Arc::new(NoSecrets));
    let load = field.load().expect("a client can be made");
    let stage = Cluster { field, catalog, runs: AtomicU32::new(1), load: Mutex::new(Some(load)) };
    world_contract(&world, &stage).await;
}

/// The bed's Prometheus asks for no token.
pub(crate) struct NoSecrets;

#[async_trait::async_trait]
impl Vault for NoSecrets {
    async fn secret(&self, name: &str) -> Result<Secret<String>, VaultError> {
        Err(VaultError::Missing { name: name.to_owned() })
    }
}

/// Arranges the cluster from outside.
struct Cluster<'f> {
    field: &'f Field,
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
        Operation::ShiftTraffic { release, percent: 0 }
    }

    fn patience(&self) -> Millis {
        Millis(u64::try_from(LIMIT.as_millis()).expect("minutes"))
    }

    async fn begin_bad_rollout(&self) {
        self.field.begin("v2-bad").await.expect("a rollout begins");
    }

    async fn somebody_else_changes_it(&self) {
        let v3 = Release::of_tag("v3");
        self.field.bed.deploy_release(&v3).await.expect("the API server accepts it");
        self.field.controller_knows().await.expect("the controllers run");
    }

    async fn lose_next_reply(&self, _: &Operation) {
        let patch = "PATCH".parse().expect("a method");
        self.field.proxy.inject(Rule::next(patch, "/deployments/", Fault::LoseReply));
    }

    async fn obstruct(&self, obstacle: Obstacle, lifted: bool) -> bool {
        match obstacle {
            Obstacle::Frozen => {
                let mark =
                    if lifted { "lastgood.dev/freeze-" } else { "lastgood.dev/freeze=the sale" };
                let name = format!("deployment/{}", place().service);
                let words = ["annotate", name.as_str(), mark, "--overwrite"];
                self.field.kubectl(&words).await.expect("the API server accepts it");
                true
            }
            Obstacle::AnotherOperator => {
                let arranged = if lifted {
                    self.field.forget_the_lease().await
                } else {
                    self.field.somebody_holds_the_lease(Duration::ZERO).await
                };
                arranged.expect("the API server accepts it");
                true
            }
            // The bed has no registry, no GitOps controller and one user who may change it.
            Obstacle::ArtifactGone
            | Obstacle::TagMoved
            | Obstacle::RegistryBusy
            | Obstacle::PermissionMissing
            | Obstacle::AutoSync
            | Obstacle::ConfigKeyMissing => false,
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
        self.field.bed.wait_rollout().await.expect("the rollout ends");
    }

    async fn wait(&self, length: Millis) {
        tokio::time::sleep(Duration::from_millis(length.0)).await;
    }
}

#[expect(clippy::disallowed_methods, reason = "a real cluster lives in real time")]
pub(crate) fn wall() -> Timestamp {
    Timestamp::now()
}
