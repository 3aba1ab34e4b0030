//! A service that `CodeDeploy` moves.

use lastgood_core::effect::{ApplyError, Operation, Presence, Refusal};
use lastgood_core::ports::{Actor as _, ReleaseSource as _, Surveyor as _};
use lastgood_core::preflight::Grade;
use lastgood_core::release::DeployOutcome;
use lastgood_core::survey::RolloutState;
use lastgood_testkit::aws::{Ecs as FakeEcs, Fake, Fault};

use super::super::Ecs;
use super::faults::CHANGES;
use super::{begin_at, found, key, place, planned, restore};

/// A service on `checkout:1` that `CodeDeploy` moves. Its deployments are looked for by time, so that
/// theirs and ours must be the same.
pub(super) async fn begin() -> (Fake<FakeEcs>, Ecs) {
    let (fake, ecs) = begin_at(crate::clock::wall().as_duration().as_secs_f64()).await;
    fake.with(|one| one.controller("CODE_DEPLOY"));
    (fake, ecs)
}

#[tokio::test]
async fn a_deployment_shows_both_sets_and_who_has_the_traffic() {
    let (fake, ecs) = begin().await;
    let survey = ecs.survey(&place()).await.expect("it can be looked at");
    assert!(survey.serves_only(&"checkout:1".into()), "{survey:?}");
    fake.with(|one| {
        one.keep_old(true);
        one.deploy("v2")
    });
    let told = async || {
        let survey = ecs.survey(&place()).await.expect("it can be looked at");
        assert_eq!(survey.rollout, RolloutState::Progressing, "it can still be stopped");
        let arms = survey.running.into_iter();
        arms.map(|arm| (arm.version, arm.ready, arm.share)).collect::<Vec<_>>()
    };
    let arm = |version: &str, ready, share| (version.to_owned(), ready, Some(share));
    assert_eq!(told().await, [arm("v2", 0, 0.0), arm("v1", 2, 1.0)]);
    fake.with(FakeEcs::settle);
    assert_eq!(told().await, [arm("v2", 2, 1.0), arm("v1", 2, 0.0)], "the old set is kept");
    fake.with(|one| one.keep_old(false));
    let survey = ecs.survey(&place()).await.expect("it can be looked at");
    assert!(survey.serves_only(&"checkout:2".into()), "{survey:?}");
    let findings = ecs.preflight(&place(), &[]).await;
    let moved = found(&findings, "deployment controller");
    assert_eq!(moved.grade, Grade::Pass);
    assert!(moved.sentence.contains("application shop, group checkout"), "{}", moved.sentence);
}

#[tokio::test]
async fn a_halt_stops_the_deployment_once_and_codedeploy_goes_back() {
    let (fake, ecs) = begin().await;
    fake.with(|one| {
        one.keep_old(true);
        one.deploy("v2");
        one.settle();
    });
    let halt = planned(&ecs, &Operation::HaltRollout).await;
    assert_eq!(halt.call.verb, "StopDeployment");
    assert!(halt.call.body.as_ref().is_some_and(|body| body.contains("autoRollbackEnabled")));
    let resume = planned(&ecs, &Operation::ResumeRollout).await;
    let back = planned(&ecs, &restore("checkout:1")).await;
    assert_eq!(ecs.probe(&key("halt"), &halt).await, Presence::Absent);
    let receipt = ecs.apply(&key("halt"), &halt).await.expect("what is open can be stopped");
    assert!(receipt.sentence.contains("goes back"), "{}", receipt.sentence);
    ecs.apply(&key("halt"), &halt).await.expect("a repeat is no error");
    assert_eq!(fake.with(|one| one.changes()), (0, 1), "and has no second effect");
    assert!(matches!(ecs.probe(&key("halt"), &halt).await, Presence::Present(_)));
    let survey = ecs.survey(&place()).await.expect("it can be looked at");
    assert!(survey.serves_only(&"checkout:1".into()), "the other stands by: {survey:?}");

    let receipt = ecs.apply(&key("restore"), &back).await.expect("it leads there already");
    assert!(receipt.sentence.contains("already"), "{}", receipt.sentence);
    assert!(matches!(ecs.probe(&key("restore"), &back).await, Presence::Present(_)));
    assert_eq!(fake.with(|one| one.changes()), (0, 1), "one change in all");
    fake.with(FakeEcs::settle);
    let page = ecs.deploys(&place(), None, 10).await.expect("CodeDeploy keeps them");
    let told: Vec<_> =
        page.deploys.iter().map(|one| (one.release.version.as_str(), one.outcome)).collect();
    assert_eq!(told, [("v2", DeployOutcome::RolledBack), ("v1", DeployOutcome::Completed)]);

    ecs.apply(&key("resume"), &resume).await.expect("what the run stopped it may go on with");
    fake.with(FakeEcs::settle);
    assert_eq!(fake.with(FakeEcs::leads_to), "checkout:2");
}

#[tokio::test]
async fn a_restore_deploys_the_older_task_definition_with_its_own_appspec_once() {
    let (fake, ecs) = begin().await;
    fake.with(|one| {
        one.deploy("v2");
        one.settle();
    });
    let back = planned(&ecs, &restore("checkout:1")).await;
    assert_eq!(back.call.verb, "CreateDeployment");
    let body = back.call.body.clone().unwrap_or_default();
    assert!(body.contains("AfterAllowTestTraffic"), "the team's hooks stay: {body}");
    ecs.apply(&key("restore"), &back).await.expect("it is active");
    ecs.apply(&key("restore"), &back).await.expect("a repeat is no error");
    assert_eq!(fake.with(|one| one.changes()), (1, 0), "and has no second effect");
    assert!(matches!(ecs.probe(&key("restore"), &back).await, Presence::Present(_)));
    assert_eq!(ecs.probe(&key("another"), &back).await, Presence::Absent);
    fake.with(|one| {
        one.keep_old(true);
        one.settle();
    });
    let survey = ecs.survey(&place()).await.expect("it can be looked at");
    assert!(survey.serves_only(&"checkout:1".into()), "what was left stands by: {survey:?}");
}

#[tokio::test]
async fn while_another_deployment_is_open_a_restore_is_refused_with_its_name() {
    let (fake, ecs) = begin().await;
    fake.with(|one| one.deploy("v2"));
    let back = planned(&ecs, &restore("checkout:1")).await;
    let refused = ecs.apply(&key("restore"), &back).await;
    let Err(ApplyError::Refused(Refusal::Rejected { why, .. })) = refused else {
        panic!("a group has one at a time: {refused:?}");
    };
    assert!(why.contains("d-000000002") && why.contains("rollout.halt"), "{why}");
    assert_eq!(fake.with(|one| one.changes()), (0, 0));
}

#[tokio::test]
async fn without_the_right_to_see_codedeploy_the_service_is_shown_and_never_changed() {
    let (fake, ecs) = begin().await;
    let denied = Fault::Says { status: 400, error: Some("AccessDeniedException") };
    fake.inject("BatchGetDeployments", denied, None);
    let survey = ecs.survey(&place()).await;
    assert!(survey.is_ok_and(|survey| matches!(survey.rollout, RolloutState::Unknown { .. })));
    let survey = ecs.survey(&place()).await.expect("it can be looked at");
    let refused = ecs.resolve(&place(), &Operation::HaltRollout, &survey).await;
    assert!(refused.is_err(), "{refused:?}");
    let findings = ecs.preflight(&place(), &[]).await;
    assert_eq!(found(&findings, "deployment controller").grade, Grade::Block);
}

#[tokio::test]
async fn a_change_in_codedeploy_that_goes_wrong_never_has_a_second_effect() {
    for (action, operation) in
        [("CreateDeployment", restore("checkout:1")), ("StopDeployment", Operation::HaltRollout)]
    {
        for (fault, may_be_there) in CHANGES {
            let (fake, ecs) = begin().await;
            fake.with(|one| {
                one.keep_old(action == "StopDeployment");
                one.deploy("v2");
                one.settle();
            });
            let effect = planned(&ecs, &operation).await;
            fake.inject(action, fault.clone(), None);
            let error = ecs.apply(&key("act"), &effect).await.expect_err("no answer is no receipt");
            let sentence = error.to_string();
            assert!(sentence.split(' ').count() > 3, "{action} {fault:?}: {sentence}");
            let is_lost = matches!(error, ApplyError::Lost { .. });
            assert_eq!(is_lost, may_be_there, "{action} {fault:?}: {sentence}");
            let there = fake.with(|one| one.changes().0 + one.changes().1);
            assert!(there <= 1, "{action} {fault:?}: {there} effects");
            match ecs.probe(&key("act"), &effect).await {
                Presence::Present(_) => assert_eq!(there, 1, "{action} {fault:?}"),
                Presence::Absent => assert_eq!(there, 0, "{action} {fault:?}"),
                Presence::Unclear { why } => panic!("{action} {fault:?}: {why}"),
            }
            fake.clear();
            ecs.apply(&key("act"), &effect).await.expect("the same key may be tried again");
            let there = fake.with(|one| one.changes().0 + one.changes().1);
            assert_eq!(there, 1, "{action} {fault:?}: once in all");
        }
    }
}
