//! The promises one by one, in the order in which the suite asks for them.

use lastgood_core::drill::Obstacle;
use lastgood_core::effect::{ApplyError, Operation, Presence, Refusal};
use lastgood_core::judge::Counts;
use lastgood_core::name::ReleaseId;
use lastgood_core::preflight::{Finding, Grade, Topic};
use lastgood_core::release::{DeployOutcome, Fitness};
use lastgood_core::survey::RolloutState;
use lastgood_core::time::{EpochMs, Millis, earlier};

use super::{Suite, alike, moves};

/// Long enough for any replica that was already on its way to arrive.
const CALM: Millis = Millis::seconds(12);

pub(super) async fn a_settled_world_stays_as_it_is(suite: &Suite<'_>) {
    suite.stage.settle().await;
    let seen = suite.survey().await;
    assert_eq!(seen.rollout, RolloutState::Settled, "the stage said that nothing moves");
    let later = suite.world.changed(&suite.place, &seen, Millis::seconds(2)).await;
    let later = later.expect("the platform can be watched");
    assert!(alike(&seen, &later), "without a change the same survey comes back");
    assert!(suite.world.environment(&suite.place).is_some(), "the world knows its own place");
}

pub(super) async fn the_release_on_its_way_is_in_front(suite: &Suite<'_>, good: &ReleaseId) {
    let seen = suite.survey().await;
    assert!(moves(&seen.rollout), "a rollout is under way, not {:?}", seen.rollout);
    assert_ne!(&suite.front().await, good, "the survey names what is being rolled out first");
    let proposal = suite.proposal().await;
    assert_eq!(proposal.target.as_ref(), Some(good), "{}", proposal.sentence);
}

pub(super) async fn to_resolve_and_to_preflight_change_nothing(
    suite: &Suite<'_>,
    good: &ReleaseId,
) {
    let (front, deploys) = (suite.front().await, suite.history().await.deploys().len());
    let mut effects = Vec::new();
    for operation in [
        Operation::HaltRollout,
        Operation::ResumeRollout,
        Operation::RestoreRelease { release: good.clone() },
        // What takes a restore back is planned before it is known what will be in front.
        Operation::RestoreRelease { release: front.clone() },
    ] {
        let effect = suite.resolve(&operation).await;
        assert_eq!(effect.operation, operation, "the plan says what it is for");
        assert!(!effect.changes.is_empty(), "the plan says what {} changes", operation.as_str());
        assert!(!effect.call.target.is_empty(), "the plan names its exact call");
        effects.push(effect);
    }
    let findings = suite.world.preflight(&suite.place, &effects).await;
    assert!(!findings.is_empty(), "something is looked at before the first change");
    for finding in &findings {
        assert_ne!(finding.grade, Grade::Block, "{}: {}", finding.subject, finding.sentence);
    }
    let seen = suite.survey().await;
    assert_ne!(seen.rollout, RolloutState::Halted, "to plan a halt does not halt");
    assert_eq!(suite.front().await, front, "to plan a restore does not restore");
    assert_eq!(suite.history().await.deploys().len(), deploys, "and leaves no trace");
}

pub(super) async fn what_cannot_be_done_is_refused_in_a_sentence(suite: &Suite<'_>) {
    let survey = suite.survey().await;
    let operation = suite.stage.unsupported(&survey);
    let refused = suite.world.resolve(&suite.place, &operation, &survey).await;
    let Err(Refusal::Unsupported { what, why }) = refused else {
        panic!("{} cannot be done here: {refused:?}", operation.as_str());
    };
    assert_eq!(what, operation.as_str(), "the refusal names the operation");
    assert!(why.contains(' '), "and says why, in words: {why}");
}

pub(super) async fn a_halt_takes_place_once_and_is_found_again(suite: &Suite<'_>) {
    let (world, halt) = (suite.world, suite.resolve(&Operation::HaltRollout).await);
    let key = suite.key("stop");
    assert_eq!(world.probe(&key, &halt).await, Presence::Absent, "nothing has happened yet");
    let receipt = world.apply(&key, &halt).await.expect("a rollout under way can be halted");
    let deploys = suite.history().await;
    world.apply(&key, &halt).await.expect("a repeat of the same key is no error");
    assert_eq!(suite.history().await, deploys, "and has no second effect");
    assert!(!receipt.reference.is_empty(), "the platform's own handle is kept");
    match world.probe(&key, &halt).await {
        Presence::Present(found) => {
            assert!(!found.sentence.is_empty(), "the probe says what it found");
        }
        other @ (Presence::Absent | Presence::Unclear { .. }) => {
            panic!("what was applied is found again: {other:?}")
        }
    }
    let retry = lastgood_core::name::EffectKey { attempt: 2, ..key.clone() };
    assert!(
        matches!(world.probe(&retry, &halt).await, Presence::Present(_)),
        "a second attempt finds what the first one did"
    );
    for foreign in [
        suite.key("stop"),
        lastgood_core::name::EffectKey { step: "another".into(), ..key.clone() },
        lastgood_core::name::EffectKey { undo: true, ..key },
    ] {
        assert_eq!(
            world.probe(&foreign, &halt).await,
            Presence::Absent,
            "{foreign} is not what took place"
        );
    }
}

pub(super) async fn nothing_moves_while_halted(suite: &Suite<'_>) {
    suite.until("a halted rollout says so", |seen| seen.rollout == RolloutState::Halted).await;
    suite.stage.wait(CALM).await;
    let before = suite.survey().await;
    suite.stage.wait(CALM).await;
    let after = suite.survey().await;
    assert!(alike(&before, &after), "{} became {}", before.sentence(), after.sentence());
    assert_eq!(after.rollout, RolloutState::Halted, "a halt does not run out");
}

pub(super) async fn resumed_it_goes_on(suite: &Suite<'_>) {
    let resume = suite.resolve(&Operation::ResumeRollout).await;
    let key = suite.key("resume");
    let before = suite.survey().await;
    suite.world.apply(&key, &resume).await.expect("a halted rollout can go on");
    suite.stage.resumed().await;
    let after = suite
        .world
        .changed(&suite.place, &before, suite.patience)
        .await
        .expect("the platform can be watched");
    assert!(!alike(&before, &after), "a change ends the wait for it");
    suite.until("a resumed rollout moves", |seen| seen.running != before.running).await;
    assert!(
        matches!(suite.world.probe(&key, &resume).await, Presence::Present(_)),
        "what was applied is found again"
    );
}

pub(super) async fn what_somebody_else_changed_is_not_trampled(
    suite: &Suite<'_>,
    good: &ReleaseId,
) {
    let restore = suite.resolve(&Operation::RestoreRelease { release: good.clone() }).await;
    let relied_on = suite.front().await;
    suite.stage.somebody_else_changes_it().await;
    assert_ne!(suite.front().await, relied_on, "what somebody else began is in front at once");
    let (front, deploys) = (suite.front().await, suite.history().await.deploys().len());
    let key = suite.key("restore");
    match suite.world.apply(&key, &restore).await {
        Err(ApplyError::Refused(Refusal::Drifted { what, planned, found })) => {
            assert_ne!(planned, found, "the refusal says how {what} differs");
        }
        other => panic!("the plan relied on another release in front: {other:?}"),
    }
    assert_eq!(suite.front().await, front, "a refused effect changes nothing");
    assert_eq!(suite.history().await.deploys().len(), deploys, "and leaves no trace");
    assert_eq!(
        suite.world.probe(&key, &restore).await,
        Presence::Absent,
        "what was refused did not take place"
    );
}

pub(super) async fn a_lost_reply_is_found_by_the_probe(suite: &Suite<'_>, good: &ReleaseId) {
    let operation = Operation::RestoreRelease { release: good.clone() };
    let restore = suite.resolve(&operation).await;
    let key = suite.key("restore");
    suite.stage.lose_next_reply(&operation).await;
    let lost = suite.world.apply(&key, &restore).await;
    assert!(matches!(lost, Err(ApplyError::Lost { .. })), "no reply is no receipt: {lost:?}");
    assert!(
        matches!(suite.world.probe(&key, &restore).await, Presence::Present(_)),
        "the change was made, and the probe finds it"
    );
    let deploys = suite.history().await.deploys().len();
    suite.world.apply(&key, &restore).await.expect("a repeat is no error");
    assert_eq!(
        suite.history().await.deploys().len(),
        deploys,
        "a repeat after a lost reply has no second effect"
    );
}

pub(super) async fn in_the_end_only_the_target_serves(suite: &Suite<'_>, good: &ReleaseId) {
    let seen = suite.until("a restored release serves alone", |seen| seen.serves_only(good)).await;
    let version = &seen.newest().expect("it serves").version;
    let replicas = suite.world.replicas(&suite.place).await.expect("replicas can be asked");
    let ready: Vec<_> = replicas.iter().filter(|replica| replica.ready).collect();
    assert!(!ready.is_empty(), "ready replicas are among those that were asked");
    for replica in ready {
        assert_eq!(
            replica.version.as_ref(),
            Some(version),
            "{} answers with the target's version: {:?}",
            replica.replica,
            replica.doubt
        );
    }
}

pub(super) async fn what_a_rollback_left_is_never_proposed(suite: &Suite<'_>, left: &ReleaseId) {
    let history = suite.history().await;
    let deploy = history.latest(left).expect("its deploy is known");
    assert_eq!(deploy.outcome, DeployOutcome::RolledBack, "a rollback marks what it left");
    let proposal = suite.proposal().await;
    assert_ne!(proposal.target.as_ref(), Some(left), "{}", proposal.sentence);
    let candidate = proposal.candidates.iter().find(|one| one.release.id == *left);
    let candidate = candidate.expect("what was considered is shown");
    assert!(
        matches!(candidate.fitness, Fitness::Rejected { .. }),
        "what a rollback left is rejected with a reason"
    );
}

/// What was counted lately, all of it and by release, adds up interval by interval.
pub(super) async fn counts_are_the_sum_of_their_intervals(suite: &Suite<'_>) {
    let to = suite.world.survey(&suite.place).await.expect("it can be looked at").at;
    let from = earlier(to, Millis::minutes(2));
    let found = suite.world.measure(&suite.place, &suite.stage.slo(), from, to).await;
    assert!(found.counts.total > 0, "there was traffic: {:?}", found.doubts);
    let arms = found.arms.iter().map(|arm| (arm.version.as_str(), arm.counts, &arm.ticks));
    for (who, counts, ticks) in arms.chain([("all", found.counts, &found.ticks)]) {
        let mut sum = Counts::default();
        for tick in ticks {
            assert!(tick.counts.bad <= tick.counts.total, "{who}: no more bad ones than there are");
            sum.total += tick.counts.total;
            sum.bad += tick.counts.bad;
        }
        assert_eq!(sum, counts, "{who}: every request is in exactly one interval");
        assert!(
            ticks.windows(2).all(|pair| pair[0].at < pair[1].at),
            "{who}: intervals come in order, each once"
        );
        let known: Vec<EpochMs> = found.ticks.iter().map(|tick| tick.at).collect();
        assert!(
            ticks.iter().all(|tick| known.contains(&tick.at)),
            "{who}: releases are compared in the same intervals"
        );
        assert!(
            ticks.iter().all(|tick| tick.at > from.into() && tick.at <= to.into()),
            "{who}: inside of the window"
        );
    }
    let arms: u64 = found.arms.iter().map(|arm| arm.counts.total).sum();
    assert!(arms <= found.counts.total, "the releases are part of all requests");
}

pub(super) async fn what_stands_in_the_way_is_found_before_the_first_change(suite: &Suite<'_>) {
    for obstacle in Obstacle::ALL {
        let before = standing(suite, obstacle).await;
        if !suite.stage.obstruct(obstacle, false).await {
            continue;
        }
        let found = standing(suite, obstacle).await;
        let wanted = match obstacle {
            // Too many requests is no answer to whether it is there.
            Obstacle::RegistryBusy => Grade::Unknown,
            Obstacle::ArtifactGone
            | Obstacle::TagMoved
            | Obstacle::PermissionMissing
            | Obstacle::AutoSync
            | Obstacle::ConfigKeyMissing
            | Obstacle::Frozen
            | Obstacle::AnotherOperator => Grade::Block,
        };
        let grades = |found: &[Finding]| found.iter().filter(|one| one.grade == wanted).count();
        assert!(
            grades(&found) > grades(&before),
            "{} is found and graded {wanted:?}: {found:#?}",
            obstacle.as_str()
        );
        assert!(suite.stage.obstruct(obstacle, true).await, "what was put up can be taken away");
        let after = standing(suite, obstacle).await;
        assert_eq!(after, before, "without {} it is as before", obstacle.as_str());
    }
}

/// What is said of the topic of `obstacle` before going back to what is in front now.
async fn standing(suite: &Suite<'_>, obstacle: Obstacle) -> Vec<Finding> {
    let topic = match obstacle {
        Obstacle::ArtifactGone | Obstacle::TagMoved | Obstacle::RegistryBusy => Topic::Artifact,
        Obstacle::PermissionMissing => Topic::Permission,
        Obstacle::AutoSync => Topic::Governor,
        Obstacle::ConfigKeyMissing => Topic::Configuration,
        Obstacle::Frozen | Obstacle::AnotherOperator => Topic::Freeze,
    };
    let history = suite.history().await;
    let release = &history.latest(&suite.front().await).expect("it was deployed").release;
    let restore = Operation::RestoreRelease { release: release.id.clone() };
    let effect = suite.resolve(&restore).await;
    let mut found = suite.world.preflight(&suite.place, &[effect]).await;
    let proof = suite.world.prove(&suite.place, release).await;
    found.extend(proof.findings(&release.version));
    found.retain(|one| one.topic == topic);
    found
}

pub(super) async fn no_traffic_is_doubt(suite: &Suite<'_>) {
    let (from, to) = suite.stage.stop_traffic().await;
    let found = suite.world.measure(&suite.place, &suite.stage.slo(), from, to).await;
    assert_eq!(found.counts, Counts::default(), "nobody asked for anything");
    assert!(!found.doubts.is_empty(), "no requests are no proof of health");
}
