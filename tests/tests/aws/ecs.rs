//! A service of ECS.

use std::time::Duration;

use lastgood_testkit::aws::{ACCOUNT, AwsBed, Ecs, Fault};
use lastgood_testkit::crash::Moment;
use lastgood_tests::shipped::Shipped;

use super::{bed, now, word, workspace};

/// How long ECS takes to replace a task: quick for ECS, and long enough to be met.
const STEP: Duration = Duration::from_secs(2);

/// A workspace about the bed's service.
fn shipped(bed: &AwsBed<Ecs>) -> Shipped {
    let platform = format!(
        "ecs: {{ cluster: shop, service: checkout, container: app, region: eu-central-1, \
         secret: aws, account: \"{ACCOUNT}\", endpoint: \"{}\" }}\n        strategy: rolling",
        bed.fake.url()
    );
    // Each task is asked at its own address, as ECS tells it.
    let more = format!(
        "replica-version: {{ get: \"http://{{{{ replica.address }}}}:{}/version\", json: $.version }}",
        bed.task_port()
    );
    workspace(bed, &platform, &more, "")
}

/// Waits until `wanted` holds of the service.
async fn until(bed: &AwsBed<Ecs>, wanted: impl Fn(&mut Ecs) -> bool) {
    let met = async {
        let mut pace = tokio::time::interval(Duration::from_millis(100));
        while !bed.fake.with(&wanted) {
            pace.tick().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), met).await.expect("the service gets there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_release_that_serves_everywhere_is_replaced_over_three_deaths_and_once() {
    let Some((bed, _kept)) = bed(Ecs::new(now(), STEP), "v2").await else { return };
    let _load = bed.load(80, Duration::from_mins(10)).expect("a client can be made");
    bed.fake.with(|one| one.deploy("v2"));
    until(&bed, Ecs::is_settled).await;
    let shipped = shipped(&bed);

    let plan = shipped.plan().await.expect("it can be planned");
    assert_eq!((word(&plan, "/from/version"), word(&plan, "/to/version")), ("v2", "v1"));
    assert!(plan.to_string().contains("UpdateService"), "the plan names its exact calls");
    assert_eq!(bed.fake.with(|one| one.changes()), (0, 0), "and changes nothing");

    // The tag is written and the change cut off before it lands; then it lands untold.
    let deaths = [Fault::Silence, Fault::Hang]
        .map(|fault| Moment::Rings(bed.fake.ring("UpdateService", fault)));
    let waiting = Moment::After(Duration::from_secs(8));
    let run = shipped.drive(deaths.into_iter().chain([waiting])).await.expect("it ends well");

    assert_eq!(bed.fake.with(Ecs::leads_to), "checkout:1");
    assert_eq!(bed.fake.with(|one| one.changes()), (1, 0), "one change, and it took place once");
    shipped.did_its_part(&run, &["halt"]).await.expect("every step did");
    // What serves everywhere has nothing left to stop.
    let told = shipped.is_told(&run, "v1", &["Traffic stopped"]).await;
    let replicas = told.expect("the timeline tells it").verification.expect("it verifies").replicas;
    assert_eq!(replicas.len(), 2, "both tasks were asked: {replicas:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rollout_that_is_half_way_is_stopped_once_over_two_deaths_and_ecs_goes_back() {
    let Some((bed, _kept)) = bed(Ecs::new(now(), STEP), "v2").await else { return };
    let _load = bed.load(80, Duration::from_mins(10)).expect("a client can be made");
    bed.fake.with(|one| {
        one.stall_at(1);
        one.deploy("v2")
    });
    until(&bed, |one| one.running_versions() == ["v2", "v1"]).await;
    let shipped = shipped(&bed);

    let plan = shipped.plan().await.expect("it can be planned");
    assert_eq!((word(&plan, "/from/version"), word(&plan, "/to/version")), ("v2", "v1"));
    assert!(plan.to_string().contains("StopServiceDeployment"), "the plan names its exact calls");

    let deaths = [Fault::Silence, Fault::Hang]
        .map(|fault| Moment::Rings(bed.fake.ring("StopServiceDeployment", fault)));
    let run = shipped.drive(deaths).await.expect("it ends well");

    assert_eq!(bed.fake.with(Ecs::leads_to), "checkout:1");
    let (updates, stops) = bed.fake.with(|one| one.changes());
    assert_eq!((updates, stops), (0, 1), "ECS went back by itself: one stop, and no change");
    let told = shipped.is_told(&run, "v1", &["Rollback started"]).await;
    let replicas = told.expect("the timeline tells it").verification.expect("it verifies").replicas;
    assert_eq!(replicas.len(), 2, "both tasks were asked: {replicas:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deployment_of_codedeploy_is_stopped_once_over_two_deaths_and_goes_back() {
    let Some((bed, _kept)) = bed(Ecs::new(now(), STEP), "v2").await else { return };
    let _load = bed.load(80, Duration::from_mins(10)).expect("a client can be made");
    bed.fake.with(|one| {
        one.controller("CODE_DEPLOY");
        one.keep_old(true);
        one.deploy("v2")
    });
    until(&bed, |one| one.leads_to() == "checkout:2").await;
    let shipped = shipped(&bed);

    let plan = shipped.plan().await.expect("it can be planned");
    assert_eq!((word(&plan, "/from/version"), word(&plan, "/to/version")), ("v2", "v1"));
    let text = plan.to_string();
    assert!(text.contains("StopDeployment") && text.contains("CreateDeployment"), "{text}");

    let deaths = [Fault::Silence, Fault::Hang]
        .map(|fault| Moment::Rings(bed.fake.ring("StopDeployment", fault)));
    let run = shipped.drive(deaths).await.expect("it ends well");

    assert_eq!(bed.fake.with(Ecs::leads_to), "checkout:1");
    let (deploys, stops) = bed.fake.with(|one| one.changes());
    assert_eq!((deploys, stops), (0, 1), "CodeDeploy went back by itself: one stop");
    shipped.is_told(&run, "v1", &["Rollback started"]).await.expect("the timeline tells it");
}
