//! Against the fake of `lastgood-testkit`, which checks what AWS documents.

mod faults;
mod marks;
mod record;

use std::time::Duration;

use jiff::Timestamp;
use lastgood_core::catalog::{AwsAccess, LambdaPlace, Place};
use lastgood_core::effect::{ApplyError, Operation, PlannedEffect, Presence, Refusal};
use lastgood_core::name::EffectKey;
use lastgood_core::ports::{Actor as _, ReleaseSource as _, Surveyor as _};
use lastgood_core::preflight::{Finding, Grade};
use lastgood_core::recorded::Recorded;
use lastgood_core::release::DeployOutcome;
use lastgood_core::secret::Secret;
use lastgood_core::survey::RolloutState;
use lastgood_core::time::Millis;
use lastgood_testkit::aws::{ACCOUNT, Fake, Lambda as FakeLambda};

use super::Lambda;
use crate::aws::Pace;
use crate::needs::KnowNeeds as _;

/// 2026-11-26 02:00 UTC.
pub(super) const NOW: i64 = 1_795_658_400_000;

pub(super) const PACE: Pace = Pace {
    read: Duration::from_millis(400),
    change: Duration::from_millis(600),
    look_every: Duration::from_millis(10),
    pause: Duration::from_millis(1),
};

pub(super) fn place() -> Place {
    Place { service: "checkout".into(), environment: "production".into() }
}

/// A function of seven versions whose alias leads to the seventh.
pub(super) async fn begin() -> (Fake<FakeLambda>, Lambda) {
    let fake = Fake::start(FakeLambda::new(7, NOW)).await.expect("a free port on loopback");
    let target = LambdaPlace {
        access: AwsAccess {
            region: Some("eu-central-1".to_owned()),
            endpoint: Some(fake.url()),
            ..AwsAccess::default()
        },
        function: "checkout".to_owned(),
        alias: "live".to_owned(),
    };
    let key = Secret::new("id:secret".to_owned());
    let lambda = Lambda::at(&target, Some(&key), PACE).await.expect("the region is known");
    (fake, lambda)
}

pub(super) fn key(step: &str) -> EffectKey {
    EffectKey { run: "checkout-1".into(), step: step.into(), undo: false, attempt: 1 }
}

pub(super) fn restore(version: &str) -> Operation {
    Operation::RestoreRelease { release: version.into() }
}

pub(super) async fn planned(lambda: &Lambda, operation: &Operation) -> PlannedEffect {
    let survey = lambda.survey(&place()).await.expect("it can be looked at");
    lambda.resolve(&place(), operation, &survey).await.expect("it can be planned")
}

fn found<'f>(findings: &'f [Finding], subject: &str) -> &'f Finding {
    findings.iter().find(|one| one.subject == subject).unwrap_or_else(|| {
        panic!("there is a finding on {subject}: {findings:#?}");
    })
}

#[tokio::test]
async fn an_alias_without_a_canary_is_settled_on_its_version() {
    let (_fake, lambda) = begin().await;
    let survey = lambda.survey(&place()).await.expect("it can be looked at");
    assert_eq!(survey.rollout, RolloutState::Settled);
    assert!(survey.serves_only(&"7".into()), "{}", survey.sentence());
    let replicas = lambda.replicas(&place()).await.expect("it can be asked");
    assert_eq!(replicas.len(), 1);
    assert_eq!(replicas[0].version.as_deref(), Some("7"), "the alias is the proof");
    assert!(replicas[0].ready);
}

#[tokio::test]
async fn a_canary_is_on_its_way_and_in_front_with_its_share() {
    let (fake, lambda) = begin().await;
    fake.with(|one| one.canary(0.1, NOW));
    let survey = lambda.survey(&place()).await.expect("it can be looked at");
    assert_eq!(survey.rollout, RolloutState::Progressing);
    let arms: Vec<_> = survey.running.iter().map(|arm| (arm.release.as_str(), arm.share)).collect();
    assert_eq!(arms, [("8", Some(0.1)), ("7", Some(0.9))]);
}

#[tokio::test]
async fn a_halt_takes_the_weight_away_and_a_resume_gives_it_back() {
    let (fake, lambda) = begin().await;
    fake.with(|one| {
        one.described("the alias of the shop");
        one.canary(0.25, NOW)
    });
    let (halt, resume) = (
        planned(&lambda, &Operation::HaltRollout).await,
        planned(&lambda, &Operation::ResumeRollout).await,
    );
    assert!(halt.call.scope.contains(ACCOUNT), "the plan shows the account: {}", halt.call.scope);
    lambda.apply(&key("halt"), &halt).await.expect("a canary can be halted");
    assert_eq!(fake.with(|one| one.leads_to()).1.len(), 0, "it has no share any more");
    let survey = lambda.survey(&place()).await.expect("it can be looked at");
    assert_eq!(survey.rollout, RolloutState::Halted);
    assert_eq!(survey.running[0].release.as_str(), "8", "the halted one stays in front");
    assert_eq!((survey.running[0].replicas, survey.running[0].share), (0, Some(0.0)));
    assert!(matches!(lambda.probe(&key("halt"), &halt).await, Presence::Present(_)));
    assert_eq!(lambda.probe(&key("other"), &halt).await, Presence::Absent);

    let description = fake.with(|one| one.description());
    assert!(description.starts_with("the alias of the shop [lastgood "), "{description}");
    lambda.apply(&key("resume"), &resume).await.expect("what the run halted it may resume");
    assert_eq!(fake.with(|one| one.leads_to()).1.get("8"), Some(&0.25), "the same share");
}

#[tokio::test]
async fn a_restore_moves_the_alias_once_and_marks_what_it_left() {
    let (fake, lambda) = begin().await;
    fake.with(|one| one.canary(0.1, NOW));
    fake.with(|one| one.moved("8"));
    let back = planned(&lambda, &restore("7")).await;
    assert!(back.changes.iter().any(|change| change.before == "8" && change.after == "7"));
    let receipt = lambda.apply(&key("restore"), &back).await.expect("version 7 is kept");
    assert!(receipt.reference.starts_with("revision "), "{receipt:?}");
    lambda.apply(&key("restore"), &back).await.expect("a repeat is no error");
    assert_eq!(fake.with(|one| one.updates()), 1, "and has no second effect");

    let page = lambda.deploys(&place(), None, 10).await.expect("versions can be listed");
    let told: Vec<_> = page
        .deploys
        .iter()
        .take(2)
        .map(|deploy| (deploy.release.id.as_str(), deploy.outcome))
        .collect();
    assert_eq!(told, [("7", DeployOutcome::Completed), ("8", DeployOutcome::RolledBack)]);
    assert_eq!(
        page.deploys[0].actor,
        Recorded::Recorded("lastgood, run checkout-1".to_owned()),
        "who put it back is known"
    );
    assert!(page.doubts[0].contains("no history of an alias"), "{:?}", page.doubts);
    assert_eq!(page.deploys[2].outcome, DeployOutcome::Unknown, "what nobody knows");
}

#[tokio::test]
async fn what_moved_since_the_plan_is_not_trampled() {
    let (fake, lambda) = begin().await;
    let back = planned(&lambda, &restore("6")).await;
    fake.with(|one| one.canary(0.5, NOW));
    match lambda.apply(&key("restore"), &back).await {
        Err(ApplyError::Refused(Refusal::Drifted { planned, found, .. })) => {
            assert_eq!(planned, "version 7");
            assert_eq!(found, "version 7, and version 8 for 50% of the requests");
        }
        other => panic!("the plan relied on version 7 alone: {other:?}"),
    }
    assert_eq!(fake.with(|one| one.updates()), 0, "nothing was changed");
    assert_eq!(lambda.probe(&key("restore"), &back).await, Presence::Absent);
}

#[tokio::test]
async fn a_stale_revision_is_looked_at_again_and_never_forced() {
    let (fake, lambda) = begin().await;
    let back = planned(&lambda, &restore("6")).await;
    fake.inject(
        "UpdateAlias",
        lastgood_testkit::aws::Fault::Says {
            status: 412,
            error: Some("PreconditionFailedException"),
        },
        None,
    );
    let refused = lambda.apply(&key("restore"), &back).await;
    assert!(matches!(refused, Err(ApplyError::Refused(Refusal::Rejected { .. }))), "{refused:?}");
    fake.clear();
    // Somebody edits the description between the plan and now: no drift.
    fake.with(|one| one.described("new words"));
    lambda.apply(&key("restore"), &back).await.expect("the routing is as planned");
    assert_eq!(fake.with(|one| one.leads_to()).0, "6");
}

#[tokio::test]
async fn a_version_that_is_gone_is_refused_before_anything_changes() {
    let (fake, lambda) = begin().await;
    let back = planned(&lambda, &restore("6")).await;
    fake.with(|one| one.delete("6"));
    let survey = lambda.survey(&place()).await.expect("it can be looked at");
    let refused = lambda.resolve(&place(), &restore("6"), &survey).await;
    assert!(matches!(refused, Err(Refusal::Gone { .. })), "{refused:?}");
    let findings = lambda.preflight(&place(), std::slice::from_ref(&back)).await;
    assert_eq!(found(&findings, "version 6").grade, Grade::Block);
    let refused = lambda.apply(&key("restore"), &back).await;
    assert!(matches!(refused, Err(ApplyError::Refused(Refusal::Gone { .. }))), "{refused:?}");
    assert_eq!(fake.with(|one| one.updates()), 0);
}

#[tokio::test]
async fn preflight_changes_nothing_and_tells_what_is_kept_warm() {
    let (fake, lambda) = begin().await;
    fake.with(|one| {
        one.keep_warm(10);
        one.state("5", "Inactive");
        one.state("4", "Failed");
    });
    let effects = [planned(&lambda, &restore("5")).await, planned(&lambda, &restore("4")).await];
    let before = fake.with(|one| (one.leads_to(), one.description()));
    let findings = lambda.preflight(&place(), &effects).await;
    assert_eq!(fake.with(|one| (one.leads_to(), one.description())), before);
    assert_eq!(fake.with(|one| one.updates()), 0, "the question for permission is none");
    assert_eq!(found(&findings, "permission for lambda:UpdateAlias").grade, Grade::Pass);
    let warm = found(&findings, "provisioned concurrency");
    assert_eq!(warm.grade, Grade::Warn);
    assert!(warm.sentence.starts_with("10 of 10 are warm"), "{}", warm.sentence);
    assert_eq!(
        found(&findings, "version 5").grade,
        Grade::Warn,
        "an idle version is slow at first"
    );
    assert_eq!(found(&findings, "version 4").grade, Grade::Block);
}

#[tokio::test]
async fn an_identity_that_may_not_update_is_told_so_before_the_first_change() {
    let (fake, lambda) = begin().await;
    fake.inject(
        "UpdateAlias",
        lastgood_testkit::aws::Fault::Says { status: 403, error: Some("AccessDeniedException") },
        None,
    );
    let findings = lambda.preflight(&place(), &[]).await;
    let may = found(&findings, "permission for lambda:UpdateAlias");
    assert_eq!(may.grade, Grade::Block);
    assert!(may.sentence.contains("lambda:UpdateAlias"), "it names the action: {}", may.sentence);
}

#[tokio::test]
async fn a_move_is_not_over_until_what_is_kept_warm_is_ready() {
    let (fake, lambda) = begin().await;
    fake.with(|one| one.keep_warm(5));
    let back = planned(&lambda, &restore("6")).await;
    lambda.apply(&key("restore"), &back).await.expect("version 6 is kept");
    let seen = lambda.survey(&place()).await.expect("it can be looked at");
    assert_eq!(seen.rollout, RolloutState::Progressing, "it is being allocated");
    assert!(!seen.serves_only(&"6".into()));
    fake.with(FakeLambda::warm_up);
    let later = lambda.changed(&place(), &seen, Millis::seconds(5)).await;
    let later = later.expect("it can be awaited");
    assert!(later.serves_only(&"6".into()), "{}", later.sentence());
}

#[tokio::test]
async fn a_share_is_shifted_between_two_versions_and_never_to_nobody() {
    let (fake, lambda) = begin().await;
    let shift =
        |version: &str, percent| Operation::ShiftTraffic { release: version.into(), percent };
    let survey = lambda.survey(&place()).await.expect("it can be looked at");
    let refused = lambda.resolve(&place(), &shift("7", 50), &survey).await;
    assert!(matches!(refused, Err(Refusal::Unsupported { .. })), "{refused:?}");
    for (step, version, percent, wanted) in [
        ("a", "6", 20, ("7", Some(("6", 0.2)))),
        ("b", "7", 70, ("7", Some(("6", 0.3)))),
        ("c", "6", 0, ("7", None)),
        ("d", "6", 100, ("6", None)),
    ] {
        let effect = planned(&lambda, &shift(version, percent)).await;
        lambda.apply(&key(step), &effect).await.expect("both versions are kept");
        let (primary, weights) = fake.with(|one| one.leads_to());
        let canary = weights.iter().next().map(|(name, share)| (name.as_str(), *share));
        assert_eq!((primary.as_str(), canary), wanted, "{version} gets {percent}%");
    }
}

#[tokio::test]
async fn what_was_recorded_is_read_from_tags_and_from_descriptions() {
    let (fake, lambda) = begin().await;
    fake.with(|one| {
        one.tag("lastgood.dev/v7/version", "2.4.0");
        one.tag("lastgood.dev/v7/commit", "8f3c1d0");
        one.tag("team", "shop");
    });
    let survey = lambda.survey(&place()).await.expect("it can be looked at");
    assert_eq!(survey.running[0].version, "2.4.0");
    let page = lambda.deploys(&place(), None, 10).await.expect("versions can be listed");
    let newest = &page.deploys[0].release;
    assert_eq!((newest.version.as_str(), newest.id.as_str()), ("2.4.0", "7"));
    assert_eq!(newest.commit, Recorded::Recorded("8f3c1d0".to_owned()));
    assert_eq!(
        page.deploys[1].release.changelog,
        Recorded::Recorded("build 6".to_owned()),
        "a description of people's own says what changed"
    );
}

#[tokio::test]
async fn all_versions_are_listed_however_many_pages_they_fill() {
    let fake = Fake::start(FakeLambda::new(120, NOW)).await.expect("a free port on loopback");
    let (_, lambda) = begin().await;
    let access = AwsAccess { endpoint: Some(fake.url()), ..lambda.place.access.clone() };
    let target = LambdaPlace { access, ..lambda.place.clone() };
    let key = Secret::new("id:secret".to_owned());
    let lambda = Lambda::at(&target, Some(&key), PACE).await.expect("the region is known");
    let page = lambda.deploys(&place(), None, 1000).await.expect("versions can be listed");
    assert_eq!(page.deploys.len(), 120);
    let at = |index: usize| -> Timestamp { page.deploys[index].at };
    assert!(at(0) > at(119), "newest first");
    let older = lambda.deploys(&place(), Some(at(9)), 10).await.expect("versions can be listed");
    assert_eq!(older.deploys[0].release.id.as_str(), "110");
    assert!(older.more);
}

#[tokio::test]
async fn two_versions_differ_in_their_settings_and_no_value_of_a_variable_is_told() {
    let (_fake, lambda) = begin().await;
    let page = lambda.deploys(&place(), None, 10).await.expect("versions can be listed");
    let (now, then) = (&page.deploys[0].release, &page.deploys[1].release);
    let compared = lambda.differences(now, then).await;
    assert_eq!(compared.differences[0].changes, ["memory: 896 MB → 768 MB"]);
    let told = format!("{compared:?}");
    assert!(!told.contains("hidden"), "{told}");
    let needs = lambda.needs(then).await.expect("the version is kept");
    assert!(needs.images.is_empty(), "Lambda keeps the code itself");
}

#[tokio::test]
async fn nothing_is_changed_in_another_account_than_the_catalogs() {
    let (fake, lambda) = begin().await;
    let back = planned(&lambda, &restore("6")).await;
    let access =
        AwsAccess { account: Some("999999999999".to_owned()), ..lambda.place.access.clone() };
    let target = LambdaPlace { access, ..lambda.place.clone() };
    let key_of_vault = Secret::new("id:secret".to_owned());
    let other = Lambda::at(&target, Some(&key_of_vault), PACE).await.expect("a region");
    let survey = other.survey(&place()).await.expect("it may be looked at");
    let refused = other.resolve(&place(), &restore("6"), &survey).await;
    let Err(refusal @ Refusal::Rejected { .. }) = refused else {
        panic!("the catalog says another account: {refused:?}");
    };
    assert!(refusal.to_string().contains(ACCOUNT), "{refusal}");
    let refused = other.apply(&key("restore"), &back).await;
    assert!(matches!(refused, Err(ApplyError::Refused(_))), "{refused:?}");
    assert_eq!(fake.with(|one| one.updates()), 0);
}

#[tokio::test]
async fn what_is_kept_warm_may_be_in_doubt_and_the_alias_still_says_what_serves() {
    for (status, error, grants) in
        [(403, "AccessDeniedException", true), (404, "ResourceNotFoundException", false)]
    {
        let (fake, lambda) = begin().await;
        fake.inject(
            "GetProvisionedConcurrencyConfig",
            lastgood_testkit::aws::Fault::Says { status, error: Some(error) },
            None,
        );
        let seen = lambda.survey(&place()).await.expect("the alias can be read");
        assert!(matches!(seen.rollout, RolloutState::Unknown { .. }), "{error}: the wait");
        assert!(seen.serves_another(&"6".into()), "{error}: the alias leads elsewhere");
        let findings = lambda.preflight(&place(), &[]).await;
        let warm = found(&findings, "provisioned concurrency");
        assert_eq!(warm.grade, Grade::Unknown);
        let mend = warm.mend.clone().unwrap_or_default();
        assert_eq!(mend.starts_with("grant"), grants, "{error}: {mend}");
    }
}
