//! Everything that goes wrong on the way: a sentence, no second effect, no hang.

use std::time::{Duration, Instant};

use lastgood_core::effect::{ApplyError, Operation, Presence, Refusal};
use lastgood_core::ports::{Actor as _, ReleaseSource as _, Surveyor as _};
use lastgood_testkit::aws::{Ecs as FakeEcs, Fault};

use super::{begin, key, place, planned, restore};

const SOON: Duration = Duration::from_secs(8);

const fn says(status: u16, error: Option<&'static str>) -> Fault {
    Fault::Says { status, error }
}

/// What goes wrong with a change, and whether it may have taken place.
pub(super) const CHANGES: [(Fault, bool); 16] = [
    (Fault::Cut, true),
    (Fault::LoseReply, true),
    (Fault::Silence, true),
    (Fault::Truncated, true),
    (Fault::Trickle, true),
    (Fault::WrongType, true),
    (says(500, Some("ServerException")), true),
    (says(503, None), true),
    (says(400, Some("ThrottlingException")), false),
    (says(429, None), false),
    (says(400, Some("AccessDeniedException")), false),
    (says(403, None), false),
    (says(400, Some("ExpiredTokenException")), false),
    (says(400, Some("ServiceNotFoundException")), false),
    (says(400, Some("ConflictException")), false),
    (says(400, Some("ClientException")), false),
];

#[tokio::test]
async fn a_change_that_goes_wrong_ends_in_a_sentence_and_never_in_a_second_effect() {
    for (action, operation) in [
        ("UpdateService", restore("checkout:1")),
        ("StopServiceDeployment", Operation::HaltRollout),
    ] {
        for (fault, may_be_there) in CHANGES {
            let (fake, ecs) = begin().await;
            fake.with(|one| one.deploy("v2"));
            if action == "UpdateService" {
                fake.with(FakeEcs::settle);
            }
            let effect = planned(&ecs, &operation).await;
            fake.inject(action, fault.clone(), None);
            let began = Instant::now();
            let outcome = ecs.apply(&key("act"), &effect).await;
            assert!(began.elapsed() < SOON, "{action} {fault:?} took {:?}", began.elapsed());
            let error = outcome.expect_err("no answer is no receipt");
            let sentence = error.to_string();
            assert!(sentence.split(' ').count() > 3, "{action} {fault:?}: {sentence}");
            let is_lost = matches!(error, ApplyError::Lost { .. });
            assert_eq!(is_lost, may_be_there, "{action} {fault:?}: {sentence}");
            let (updates, stops) = fake.with(|one| one.changes());
            let there = updates + stops;
            assert!(there <= 1, "{action} {fault:?}: {there} effects");
            match ecs.probe(&key("act"), &effect).await {
                Presence::Present(_) => assert_eq!(there, 1, "{action} {fault:?}"),
                Presence::Absent => assert_eq!(there, 0, "{action} {fault:?}"),
                Presence::Unclear { why } => panic!("{action} {fault:?}: {why}"),
            }
            fake.clear();
            ecs.apply(&key("act"), &effect).await.expect("the same key may be tried again");
            let (updates, stops) = fake.with(|one| one.changes());
            assert_eq!(updates + stops, 1, "{action} {fault:?}: once in all");
        }
    }
}

#[tokio::test]
async fn a_key_that_cannot_be_noted_stops_before_the_change() {
    for fault in [
        says(400, Some("AccessDeniedException")),
        Fault::LoseReply,
        Fault::Silence,
        says(500, Some("ServerException")),
    ] {
        let (fake, ecs) = begin().await;
        fake.with(|one| one.deploy("v2"));
        fake.with(FakeEcs::settle);
        let back = planned(&ecs, &restore("checkout:1")).await;
        fake.inject("TagResource", fault.clone(), Some(1));
        let refused = ecs.apply(&key("restore"), &back).await;
        assert!(matches!(refused, Err(ApplyError::Refused(_))), "{fault:?}: {refused:?}");
        assert_eq!(fake.with(|one| one.changes()), (0, 0), "{fault:?}: nothing was sent");
        assert_eq!(
            ecs.probe(&key("restore"), &back).await,
            Presence::Absent,
            "{fault:?}: a tag alone is no proof"
        );
        ecs.apply(&key("restore"), &back).await.expect("now it can be noted");
        assert_eq!(fake.with(|one| one.changes()), (1, 0), "{fault:?}: once in all");
    }
}

#[tokio::test]
async fn a_look_that_goes_wrong_is_tried_again_or_ends_in_a_sentence() {
    for (fault, passes) in [
        (Fault::Cut, true),
        (Fault::Silence, true),
        (says(400, Some("ThrottlingException")), true),
        (says(500, Some("ServerException")), true),
        (says(503, None), true),
        (says(400, Some("AccessDeniedException")), false),
        (says(400, Some("ClusterNotFoundException")), false),
        (Fault::WrongType, false),
    ] {
        let (fake, ecs) = begin().await;
        fake.inject("DescribeServices", fault.clone(), Some(2));
        let began = Instant::now();
        let found = ecs.survey(&place()).await;
        assert!(began.elapsed() < SOON, "{fault:?} took {:?}", began.elapsed());
        assert_eq!(found.is_ok(), passes, "{fault:?}, twice and then no more: {found:?}");
        if let Err(refusal) = found {
            assert!(refusal.to_string().split(' ').count() > 3, "{fault:?}: {refusal}");
        }
    }
}

#[tokio::test]
async fn a_service_that_is_not_there_is_gone_and_silence_is_not_absence() {
    let (fake, ecs) = begin().await;
    let halt = {
        fake.with(|one| one.deploy("v2"));
        planned(&ecs, &Operation::HaltRollout).await
    };
    drop(fake);
    let unclear = ecs.probe(&key("halt"), &halt).await;
    assert!(matches!(unclear, Presence::Unclear { .. }), "{unclear:?}");
    let refused = ecs.apply(&key("halt"), &halt).await;
    assert!(
        matches!(refused, Err(ApplyError::Refused(Refusal::Unreachable { .. }))),
        "{refused:?}"
    );
}

#[tokio::test]
async fn what_serves_is_listed_although_nobody_tells_when_it_was_registered() {
    let (fake, ecs) = begin().await;
    fake.with(FakeEcs::forget_registrations);
    fake.inject(
        "ListServiceDeployments",
        Fault::Says { status: 400, error: Some("AccessDeniedException") },
        None,
    );
    let page = ecs.deploys(&place(), None, 10).await.expect("revisions can be listed");
    let listed: Vec<&str> = page.deploys.iter().map(|one| one.release.id.as_str()).collect();
    assert_eq!(listed, ["checkout:1"], "{:?}", page.doubts);
    let told = page.doubts.iter().any(|doubt| doubt.contains("it serves, and is listed as of now"));
    assert!(told, "{:?}", page.doubts);
}
