//! Everything that goes wrong on the way: a sentence, no second effect, no hang.

use std::time::{Duration, Instant};

use lastgood_core::effect::{ApplyError, Presence, Refusal};
use lastgood_core::ports::{Actor as _, Surveyor as _};
use lastgood_testkit::aws::Fault;

use super::{begin, key, place, planned, restore};

/// Four tries of a read with its short limit, and the pauses between them.
const SOON: Duration = Duration::from_secs(8);

/// What a change must come to.
#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    /// It took place, nobody said so, and the probe finds it.
    LostAndThere,
    /// It did not take place, nobody said so, and the probe says that.
    LostAndAbsent,
    Forbidden,
    Unauthorised,
    Gone,
    Unreachable,
    Rejected,
}

const fn says(status: u16, error: Option<&'static str>) -> Fault {
    Fault::Says { status, error }
}

const CHANGES: [(Fault, End); 19] = [
    (Fault::Cut, End::LostAndAbsent),
    (Fault::LoseReply, End::LostAndThere),
    (Fault::Silence, End::LostAndAbsent),
    (Fault::Truncated, End::LostAndThere),
    (Fault::Trickle, End::LostAndThere),
    (Fault::WrongType, End::LostAndAbsent),
    (says(400, Some("ThrottlingException")), End::Unreachable),
    (says(429, Some("TooManyRequestsException")), End::Unreachable),
    (says(429, None), End::Unreachable),
    (says(403, Some("AccessDeniedException")), End::Forbidden),
    (says(403, None), End::Forbidden),
    (says(403, Some("ExpiredTokenException")), End::Unauthorised),
    (says(403, Some("UnrecognizedClientException")), End::Unauthorised),
    (says(404, Some("ResourceNotFoundException")), End::Gone),
    (says(409, Some("ResourceConflictException")), End::Rejected),
    (says(412, Some("PreconditionFailedException")), End::Rejected),
    (says(500, Some("ServiceException")), End::LostAndAbsent),
    (says(503, None), End::LostAndAbsent),
    (says(400, Some("InvalidParameterValueException")), End::Rejected),
];

#[tokio::test]
async fn a_change_that_goes_wrong_ends_in_a_sentence_and_never_in_a_second_effect() {
    for (fault, wanted) in CHANGES {
        let (fake, lambda) = begin().await;
        let back = planned(&lambda, &restore("6")).await;
        fake.inject("UpdateAlias", fault.clone(), None);
        let began = Instant::now();
        let outcome = lambda.apply(&key("restore"), &back).await;
        assert!(began.elapsed() < SOON, "{fault:?} took {:?}", began.elapsed());
        let error = outcome.expect_err("no answer is no receipt");
        let sentence = error.to_string();
        assert!(sentence.split(' ').count() > 3, "{fault:?}: {sentence}");
        let end = match error {
            ApplyError::Lost { .. } => match lambda.probe(&key("restore"), &back).await {
                Presence::Present(_) => End::LostAndThere,
                Presence::Absent => End::LostAndAbsent,
                Presence::Unclear { why } => panic!("{fault:?}: the alias can be read: {why}"),
            },
            ApplyError::Refused(Refusal::Forbidden { permission }) => {
                assert!(permission.contains("lambda:UpdateAlias"), "{permission}");
                End::Forbidden
            }
            ApplyError::Refused(Refusal::Unauthorised { .. }) => End::Unauthorised,
            ApplyError::Refused(Refusal::Gone { .. }) => End::Gone,
            ApplyError::Refused(Refusal::Unreachable { .. }) => End::Unreachable,
            ApplyError::Refused(Refusal::Rejected { .. }) => End::Rejected,
            ApplyError::Refused(
                refusal @ (Refusal::Drifted { .. }
                | Refusal::Missing { .. }
                | Refusal::Unusable { .. }
                | Refusal::Unsupported { .. }),
            ) => panic!("{fault:?}: {refusal}"),
        };
        assert_eq!(end, wanted, "{fault:?}: {sentence}");
        let there = u32::from(wanted == End::LostAndThere);
        assert_eq!(fake.with(|one| one.updates()), there, "{fault:?}: {sentence}");

        fake.clear();
        lambda.apply(&key("restore"), &back).await.expect("the same key may be tried again");
        assert_eq!(fake.with(|one| one.updates()), 1, "{fault:?}: once in all");
    }
}

#[tokio::test]
async fn a_look_that_goes_wrong_is_tried_again_or_ends_in_a_sentence() {
    for (fault, passes) in [
        (Fault::Cut, true),
        (Fault::Silence, true),
        (Fault::Trickle, true),
        (says(400, Some("ThrottlingException")), true),
        (says(429, None), true),
        (says(500, Some("ServiceException")), true),
        (says(503, None), true),
        (says(403, Some("AccessDeniedException")), false),
        (says(403, Some("ExpiredTokenException")), false),
        (says(404, Some("ResourceNotFoundException")), false),
    ] {
        let (fake, lambda) = begin().await;
        fake.inject("GetAlias", fault.clone(), Some(2));
        let began = Instant::now();
        let found = lambda.survey(&place()).await;
        assert!(began.elapsed() < SOON, "{fault:?} took {:?}", began.elapsed());
        assert_eq!(found.is_ok(), passes, "{fault:?}, twice and then no more: {found:?}");
        fake.clear();
        fake.inject("GetAlias", fault.clone(), None);
        let refused = lambda.survey(&place()).await.expect_err("it never answers");
        assert!(refused.to_string().split(' ').count() > 3, "{fault:?}: {refused}");
    }
    for fault in [Fault::WrongType, Fault::Truncated] {
        let (fake, lambda) = begin().await;
        fake.inject("GetAlias", fault.clone(), None);
        let refused = lambda.survey(&place()).await.expect_err("half an answer is none");
        assert!(matches!(refused, Refusal::Unreachable { .. }), "{fault:?}: {refused}");
    }
}

#[tokio::test]
async fn where_nobody_listens_nothing_was_sent() {
    let (fake, lambda) = begin().await;
    let back = planned(&lambda, &restore("6")).await;
    drop(fake);
    let refused = lambda.apply(&key("restore"), &back).await;
    assert!(
        matches!(refused, Err(ApplyError::Refused(Refusal::Unreachable { .. }))),
        "a refused connection is no lost reply: {refused:?}"
    );
    let unclear = lambda.probe(&key("restore"), &back).await;
    assert!(matches!(unclear, Presence::Unclear { .. }), "silence is not absence: {unclear:?}");
}

#[tokio::test]
async fn what_is_kept_warm_and_cannot_be_read_leaves_the_rollout_unknown() {
    let (fake, lambda) = begin().await;
    let denied = says(403, Some("AccessDeniedException"));
    fake.inject("GetProvisionedConcurrencyConfig", denied, None);
    let survey = lambda.survey(&place()).await.expect("the alias can be read");
    let lastgood_core::survey::RolloutState::Unknown { why } = &survey.rollout else {
        panic!("doubt is no rest: {survey:?}");
    };
    assert!(why.contains("lambda:GetProvisionedConcurrencyConfig"), "{why}");
}
