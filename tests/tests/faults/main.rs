//! Every provider behind a relay that goes wrong in every way: each fault is a sentence with
//! a code and a hint, nothing happens twice, nothing hangs, and nothing is lost.
//!
//! One table, and one row for each fault. The limits are the real ones, so that a row of
//! silence lasts as long as it does for a person; all rows of a provider are tried at once.

mod github;
mod kubernetes;
mod peers;
mod table;

use lastgood_api::core::effect::{ApplyError, Presence};
use lastgood_testkit::flags::Imitated;
use lastgood_testkit::relay::Fault;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ecs_meets_every_fault() {
    table::every_fault(peers::ecs).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deployment_of_codedeploy_meets_every_fault() {
    table::every_fault(|_| peers::codedeploy()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deployment_of_codedeploy_that_is_stopped_meets_every_fault() {
    table::every_change(|_| peers::codedeploy_open()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lambda_meets_every_fault() {
    table::every_fault(peers::lambda).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unleash_meets_every_fault() {
    table::every_fault(|_| peers::flags(Imitated::Unleash)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn launchdarkly_meets_every_fault() {
    table::every_fault(|_| peers::flags(Imitated::LaunchDarkly)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn github_meets_every_fault() {
    table::every_fault(github::peer).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_workflow_that_is_started_meets_every_fault() {
    table::every_change(|_| github::dispatch()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_workflow_run_that_is_cancelled_meets_every_fault() {
    table::every_change(|_| github::cancel(&[400])).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancellation_that_is_refused_half_way_is_in_doubt_and_is_ended_by_the_next_try() {
    let peer = github::cancel(&[400, 401]).await;
    let planned = peer.plan().await;
    // GitHub lists the newest first, so the older one is told last.
    peer.relay.inject(|asked| asked.path.ends_with("/400/cancel"), Fault::Says(403, None));
    let end = peer.apply(&planned, &table::key()).await.expect_err("one of two goes on");
    assert!(matches!(&end, ApplyError::Lost { why } if why.starts_with("1 of the runs")), "{end}");
    assert_eq!(peer.landed(), 1);
    assert_eq!(peer.probe(&planned, &table::key()).await, Presence::Absent, "one goes on");
    peer.relay.clear();
    peer.apply(&planned, &table::key()).await.expect("all is well");
    assert_eq!(peer.landed(), 2, "each was cancelled once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deployment_that_is_told_meets_every_fault() {
    table::every_change(|_| github::deployment()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn prometheus_meets_every_fault() {
    let Some(bed) = peers::metrics().await else { return };
    table::every_look(|_| peers::prometheus(&bed)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kubernetes_meets_every_fault() {
    let Some(cluster) = kubernetes::cluster().await else { return };
    table::every_fault(|row| kubernetes::peer(&cluster, row)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lease_meets_every_fault() {
    let Some(cluster) = kubernetes::cluster().await else { return };
    table::every_change(|_| kubernetes::lease(&cluster)).await;
}
