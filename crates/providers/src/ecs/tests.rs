//! Against the fake of `lastgood-testkit`, which shows what AWS documents.

mod codedeploy;
mod faults;
mod record;

use std::collections::BTreeMap;
use std::time::Duration;

use lastgood_core::catalog::{AwsAccess, EcsPlace, Place};
use lastgood_core::effect::{ApplyError, Operation, PlannedEffect, Presence, Refusal};
use lastgood_core::name::EffectKey;
use lastgood_core::ports::{Actor as _, ReleaseSource as _, Surveyor as _};
use lastgood_core::preflight::{Finding, Grade};
use lastgood_core::recorded::Recorded;
use lastgood_core::release::DeployOutcome;
use lastgood_core::secret::Secret;
use lastgood_core::survey::RolloutState;
use lastgood_testkit::aws::{Ecs as FakeEcs, Fake, Strategy};

use super::Ecs;
use super::marks::{EFFECT, Mark};
use crate::aws::Pace;
use crate::needs::KnowNeeds as _;

/// 2026-11-26 02:00 UTC.
const NOW: f64 = 1_795_658_400.0;
/// So long that nothing moves unless the test says so.
const STILL: Duration = Duration::from_hours(1);

/// Long enough for a machine that has more to do; a fault that is silent takes this long.
const PACE: Pace = Pace {
    read: Duration::from_millis(1_200),
    change: Duration::from_millis(1_500),
    look_every: Duration::from_millis(10),
    pause: Duration::from_millis(1),
};

fn place() -> Place {
    Place { service: "checkout".into(), environment: "production".into() }
}

/// A service on `checkout:1` of which nothing moves unless the test says so.
async fn begin() -> (Fake<FakeEcs>, Ecs) {
    begin_at(NOW).await
}

async fn begin_at(now: f64) -> (Fake<FakeEcs>, Ecs) {
    let fake = Fake::start(FakeEcs::new(now, STILL)).await.expect("a free port on loopback");
    let target = EcsPlace {
        access: AwsAccess {
            region: Some("eu-central-1".to_owned()),
            endpoint: Some(fake.url()),
            ..AwsAccess::default()
        },
        cluster: "shop".to_owned(),
        service: "checkout".to_owned(),
        container: None,
    };
    let key = Secret::new("id:secret".to_owned());
    let ecs = Ecs::at(&target, Some(&key), PACE).await.expect("the region is known");
    (fake, ecs)
}

fn key(step: &str) -> EffectKey {
    EffectKey { run: "checkout-1".into(), step: step.into(), undo: false, attempt: 1 }
}

fn restore(release: &str) -> Operation {
    Operation::RestoreRelease { release: release.into() }
}

async fn planned(ecs: &Ecs, operation: &Operation) -> PlannedEffect {
    let survey = ecs.survey(&place()).await.expect("it can be looked at");
    ecs.resolve(&place(), operation, &survey).await.expect("it can be planned")
}

fn found<'f>(findings: &'f [Finding], subject: &str) -> &'f Finding {
    findings.iter().find(|one| one.subject == subject).unwrap_or_else(|| {
        panic!("there is a finding on {subject}: {findings:#?}");
    })
}

#[tokio::test]
async fn a_rollout_shows_both_task_definitions_and_the_new_one_first() {
    let (fake, ecs) = begin().await;
    let survey = ecs.survey(&place()).await.expect("it can be looked at");
    assert!(survey.serves_only(&"checkout:1".into()), "{}", survey.sentence());
    fake.with(|one| one.deploy("v2"));
    let survey = ecs.survey(&place()).await.expect("it can be looked at");
    assert_eq!(survey.rollout, RolloutState::Progressing);
    let arms: Vec<_> =
        survey.running.iter().map(|arm| (arm.version.as_str(), arm.ready, arm.replicas)).collect();
    assert_eq!(arms, [("v2", 0, 2), ("v1", 2, 2)]);
    fake.with(FakeEcs::settle);
    let survey = ecs.survey(&place()).await.expect("it can be looked at");
    assert!(survey.serves_only(&"checkout:2".into()), "{}", survey.sentence());
}

#[tokio::test]
async fn a_halt_stops_the_service_deployment_once_and_ecs_goes_back() {
    let (fake, ecs) = begin().await;
    fake.with(|one| one.deploy("v2"));
    let halt = planned(&ecs, &Operation::HaltRollout).await;
    assert_eq!(halt.call.verb, "StopServiceDeployment");
    assert!(halt.call.body.as_ref().is_some_and(|body| body.contains("ROLLBACK")));
    let resume = planned(&ecs, &Operation::ResumeRollout).await;
    assert_eq!(ecs.probe(&key("halt"), &halt).await, Presence::Absent);
    ecs.apply(&key("halt"), &halt).await.expect("what is under way can be stopped");
    ecs.apply(&key("halt"), &halt).await.expect("a repeat is no error");
    assert_eq!(fake.with(|one| one.changes()), (0, 1), "and has no second effect");
    assert!(matches!(ecs.probe(&key("halt"), &halt).await, Presence::Present(_)));
    assert_eq!(ecs.probe(&key("another"), &halt).await, Presence::Absent);
    fake.with(FakeEcs::settle);
    let survey = ecs.survey(&place()).await.expect("it can be looked at");
    assert!(survey.serves_only(&"checkout:1".into()), "{}", survey.sentence());
    let page = ecs.deploys(&place(), None, 10).await.expect("ECS keeps them");
    assert_eq!(page.deploys[0].outcome, DeployOutcome::RolledBack);

    ecs.apply(&key("resume"), &resume).await.expect("what the run stopped it may go on with");
    assert_eq!(fake.with(FakeEcs::leads_to), "checkout:2");
}

#[tokio::test]
async fn a_restore_points_the_service_at_the_older_task_definition_once() {
    let (fake, ecs) = begin().await;
    fake.with(|one| one.deploy("v2"));
    fake.with(FakeEcs::settle);
    let back = planned(&ecs, &restore("checkout:1")).await;
    assert_eq!(back.call.verb, "UpdateService");
    assert!(!back.call.body.as_ref().is_some_and(|body| body.contains("forceNewDeployment")));
    ecs.apply(&key("restore"), &back).await.expect("it is active");
    ecs.apply(&key("restore"), &back).await.expect("a repeat is no error");
    assert_eq!(fake.with(|one| one.changes()), (1, 0), "and has no second effect");
    assert!(matches!(ecs.probe(&key("restore"), &back).await, Presence::Present(_)));
    fake.with(FakeEcs::settle);
    let page = ecs.deploys(&place(), None, 10).await.expect("ECS keeps them");
    let told: Vec<_> = page
        .deploys
        .iter()
        .map(|deploy| (deploy.release.version.as_str(), deploy.outcome))
        .collect();
    assert_eq!(
        told,
        [
            ("v1", DeployOutcome::Completed),
            ("v2", DeployOutcome::RolledBack),
            ("v1", DeployOutcome::Completed)
        ]
    );
    let replicas = ecs.replicas(&place()).await.expect("tasks can be described");
    assert_eq!(replicas.len(), 2);
    for replica in replicas {
        assert_eq!((replica.version.as_deref(), replica.doubt), (Some("v1"), None));
        let artifact = replica.artifact.expect("ECS tells the digest");
        assert!(artifact.starts_with("registry.example/checkout:v1@sha256:0"), "{artifact}");
    }
}

#[tokio::test]
async fn where_ecs_has_gone_back_already_nothing_more_is_sent() {
    let (fake, ecs) = begin().await;
    fake.with(|one| one.deploy("v2"));
    let (halt, back) =
        (planned(&ecs, &Operation::HaltRollout).await, planned(&ecs, &restore("checkout:1")).await);
    ecs.apply(&key("halt"), &halt).await.expect("what is under way can be stopped");
    let receipt = ecs.apply(&key("restore"), &back).await.expect("it leads there already");
    let found = ecs.probe(&key("restore"), &back).await;
    assert!(matches!(found, Presence::Present(_)), "a look finds what the receipt says: {found:?}");
    assert!(receipt.sentence.contains("already"), "{}", receipt.sentence);
    assert_eq!(fake.with(|one| one.changes()), (0, 1), "one change in all");
}

#[tokio::test]
async fn what_somebody_else_rolled_out_is_not_trampled() {
    let (fake, ecs) = begin().await;
    fake.with(|one| one.deploy("v2"));
    fake.with(FakeEcs::settle);
    let back = planned(&ecs, &restore("checkout:1")).await;
    fake.with(|one| one.deploy("v3"));
    let refused = ecs.apply(&key("restore"), &back).await;
    let Err(ApplyError::Refused(Refusal::Drifted { planned, found, .. })) = refused else {
        panic!("the plan relied on checkout:2: {refused:?}");
    };
    assert_eq!((planned.as_str(), found.as_str()), ("checkout:2", "checkout:3"));
    assert_eq!(fake.with(|one| one.changes()), (0, 0));
    assert_eq!(ecs.probe(&key("restore"), &back).await, Presence::Absent);
}

#[tokio::test]
async fn a_deregistered_or_missing_task_definition_is_refused_before_anything_changes() {
    let (fake, ecs) = begin().await;
    fake.with(|one| one.deploy("v2"));
    fake.with(FakeEcs::settle);
    let back = planned(&ecs, &restore("checkout:1")).await;
    fake.with(|one| one.deregister(1));
    let findings = ecs.preflight(&place(), std::slice::from_ref(&back)).await;
    let kept = found(&findings, "release checkout:1");
    assert_eq!(kept.grade, Grade::Block);
    assert!(kept.sentence.contains("INACTIVE"), "{}", kept.sentence);
    let refused = ecs.apply(&key("restore"), &back).await;
    assert!(matches!(refused, Err(ApplyError::Refused(Refusal::Gone { .. }))), "{refused:?}");
    assert_eq!(fake.with(|one| one.changes()), (0, 0));
    let survey = ecs.survey(&place()).await.expect("it can be looked at");
    let refused = ecs.resolve(&place(), &restore("checkout:9"), &survey).await;
    assert!(matches!(refused, Err(Refusal::Gone { .. })), "{refused:?}");
}

#[tokio::test]
async fn what_another_controller_moves_is_shown_and_never_changed() {
    for (controller, words) in [("EXTERNAL", "task sets"), ("SOMEBODY", "SOMEBODY")] {
        let (fake, ecs) = begin().await;
        fake.with(|one| one.controller(controller));
        let survey = ecs.survey(&place()).await.expect("it can be looked at");
        assert!(matches!(survey.rollout, RolloutState::Unknown { .. }), "{survey:?}");
        for operation in [Operation::HaltRollout, restore("checkout:1")] {
            let refused = ecs.resolve(&place(), &operation, &survey).await;
            let Err(refusal @ Refusal::Unsupported { .. }) = refused else {
                panic!("{controller} moves it: {refused:?}");
            };
            assert!(refusal.to_string().contains(words), "{refusal}");
        }
        let findings = ecs.preflight(&place(), &[]).await;
        assert_eq!(found(&findings, "deployment controller").grade, Grade::Block);
    }
}

#[tokio::test]
async fn two_sets_of_tasks_have_no_share_by_number_and_a_stop_gives_the_traffic_back() {
    let (fake, ecs) = begin().await;
    fake.with(|one| {
        one.strategy(Strategy::BlueGreen);
        one.deploy("v2")
    });
    let survey = ecs.survey(&place()).await.expect("it can be looked at");
    assert!(survey.running.iter().all(|arm| arm.share.is_none()), "{survey:?}");
    let halt = planned(&ecs, &Operation::HaltRollout).await;
    assert!(halt.changes[0].after.contains("gives the traffic back"), "{:?}", halt.changes);
}

#[tokio::test]
async fn what_was_recorded_is_read_from_tags_and_a_digest_that_differs_is_a_doubt() {
    let (fake, ecs) = begin().await;
    let digest = format!("sha256:{:064}", 1);
    fake.with(|one| {
        one.tag(1, "lastgood.dev/commit", "8f3c1d0");
        one.tag(1, "lastgood.dev/digest", &digest);
    });
    let page = ecs.deploys(&place(), None, 10).await.expect("ECS keeps them");
    let release = &page.deploys[0].release;
    assert_eq!(release.commit, Recorded::Recorded("8f3c1d0".to_owned()));
    assert_eq!(release.digest, Recorded::Recorded(digest));
    assert_eq!(release.artifact, "registry.example/checkout:v1");
    fake.with(|one| one.tag(1, "lastgood.dev/digest", &format!("sha256:{:064}", 9)));
    let replicas = ecs.replicas(&place()).await.expect("tasks can be described");
    let doubt = replicas[0].doubt.as_ref().expect("another image runs");
    assert!(doubt.contains("is recorded with"), "{doubt}");
}

#[tokio::test]
async fn without_service_deployments_revisions_are_listed_and_the_page_says_so() {
    let (fake, ecs) = begin().await;
    fake.with(|one| one.register("v2"));
    let denied =
        lastgood_testkit::aws::Fault::Says { status: 400, error: Some("AccessDeniedException") };
    fake.inject("ListServiceDeployments", denied, None);
    let page = ecs.deploys(&place(), None, 10).await.expect("revisions can be listed");
    let told: Vec<_> =
        page.deploys.iter().map(|one| (one.release.id.as_str(), one.outcome)).collect();
    assert_eq!(
        told,
        [("checkout:2", DeployOutcome::Unknown), ("checkout:1", DeployOutcome::Completed)]
    );
    assert!(page.doubts.iter().any(|one| one.contains("ecs:ListServiceDeployments")));
}

#[tokio::test]
async fn a_release_needs_its_images_and_differs_in_names_and_no_values() {
    let (fake, ecs) = begin().await;
    fake.with(|one| one.deploy("v2"));
    let page = ecs.deploys(&place(), None, 10).await.expect("ECS keeps them");
    let (now, then) = (&page.deploys[0].release, &page.deploys[1].release);
    let needs = ecs.needs(then).await.expect("the task definition is kept");
    assert_eq!(needs.images[0].reference, "registry.example/checkout:v1");
    assert!(needs.images[0].recorded.is_some(), "ECS recorded which digest it pulled");
    assert_eq!(needs.machines, [("linux".to_owned(), "amd64".to_owned())]);
    let compared = format!("{:?}", ecs.differences(now, then).await);
    assert!(compared.contains("image of app"), "{compared}");
    assert!(!compared.contains("hidden"), "{compared}");
}

#[test]
fn a_mark_reads_back_as_it_was_written_and_always_fits() {
    let mark = Mark {
        key: key("restore"),
        at: jiff::Timestamp::from_second(1_795_658_400).expect("a time"),
        on: "ecs-svc/1234567890123456789".to_owned(),
        to: "checkout:6".to_owned(),
        left: vec!["checkout:8".to_owned(), "checkout:7".to_owned()],
    };
    let read = |text: String| Mark::of(&BTreeMap::from([(EFFECT.to_owned(), text)]));
    assert_eq!(read(mark.text().expect("it fits")), Some(mark.clone()));
    let long = Mark { left: vec!["x".repeat(100), "y".repeat(100), "z".repeat(100)], ..mark };
    let text = long.text().expect("what was left is dropped first");
    assert!(text.len() <= 256);
    assert_eq!(read(text).map(|mark| mark.left.len()), Some(1));
    assert_eq!(read("of somebody else".to_owned()), None);
}
