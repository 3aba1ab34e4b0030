use crate::catalog::Bake;
use proptest::prelude::*;

use super::*;
use crate::release::history::tests::deploys;
use crate::release::{Deploy, DeployOutcome};
use crate::survey::RolloutState;
use crate::testing::{bare, deploy, minute, running, survey};
use DeployOutcome::{Completed, Failed, InProgress, RolledBack, Unknown};

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;
const BAKE: Bake = Bake::of(Millis::minutes(60));

fn proposal(story: &[(&str, i64, DeployOutcome)], serving: &str, now: i64) -> Proposal {
    let deploys = story.iter().map(|(name, at, how)| deploy(name, *at, *how)).collect();
    considered(deploys, serving, now)
}

fn considered(deploys: Vec<Deploy>, serving: &str, now: i64) -> Proposal {
    let survey = Survey { at: minute(now), ..survey(serving) };
    propose(&History::new(deploys), &survey, BAKE, &Facts::default())
}

fn target(proposal: &Proposal) -> Option<&str> {
    proposal.target.as_ref().map(ReleaseId::as_str)
}

fn offered(proposal: &Proposal) -> Vec<&str> {
    proposal
        .candidates
        .iter()
        .filter(|candidate| matches!(candidate.fitness, Fitness::Offered { .. }))
        .map(|candidate| candidate.release.version.as_str())
        .collect()
}

/// The gates that speak against a release, or warn of it, with what they say.
fn objections<'a>(proposal: &'a Proposal, version: &str) -> Vec<(Gate, &'a str)> {
    let found = proposal.candidates.iter().find(|one| one.release.version == version);
    match &found.expect("it was considered").fitness {
        Fitness::Offered { warnings: said, .. } | Fitness::Rejected { reasons: said } => {
            said.iter().map(|one| (one.gate, one.why.as_str())).collect()
        }
    }
}

#[test]
fn good_then_bad_then_back_then_bad_again_proposes_the_good_one_and_never_the_bad_one() {
    // Whether the platform records the rollback, or calls everything complete.
    for bad in [RolledBack, Completed, Failed, Unknown, InProgress] {
        let story = [
            ("a", 0, Completed),
            ("b", 2 * DAY, bad),
            ("a", 2 * DAY + 3 * HOUR, Completed),
            ("c", 4 * DAY, Completed),
        ];
        let found = proposal(&story, "c", 4 * DAY + 20);
        assert_eq!(target(&found), Some("a"), "b was {bad:?}");
        assert_eq!(offered(&found), ["a"], "b was {bad:?} and gone away from");
    }
}

#[test]
fn the_newest_one_that_was_rolled_back_ten_minutes_later_is_skipped() {
    let story = [
        ("a", 0, Completed),
        ("b", 2 * DAY, Completed),
        ("c", 4 * DAY, RolledBack),
        ("b", 4 * DAY + 12, Completed),
        ("d", 5 * DAY, Completed),
    ];
    let found = proposal(&story, "d", 5 * DAY + 5);
    assert_eq!(target(&found), Some("b"));
    let why = "it was rolled back after 10 min";
    assert_eq!(objections(&found, "c"), [(Gate::NotRolledBack, why)]);
    assert_eq!(found.sentence, "b: served 2 days and left without a rollback");
}

#[test]
fn the_newest_that_baked_for_days_is_chosen() {
    let story = [("a", 0, Completed), ("b", DAY, Completed), ("c", 4 * DAY, Completed)];
    assert_eq!(target(&proposal(&story, "c", 4 * DAY + 5)), Some("b"));
}

#[test]
fn a_hotfix_that_served_twenty_minutes_is_not_offered() {
    let story = [("a", 0, Completed), ("fix", 2 * DAY, Completed), ("c", 2 * DAY + 22, Completed)];
    let found = proposal(&story, "c", 3 * DAY);
    assert_eq!(target(&found), Some("a"));
    let why = "it served only 20 min; 60 min are needed";
    assert_eq!(objections(&found, "fix"), [(Gate::Baked, why)]);
}

#[test]
fn a_first_ever_deploy_has_nothing_to_go_back_to() {
    let found = proposal(&[("a", 0, Completed)], "a", DAY);
    assert_eq!(found.target, None);
    let none = "there is no last known good: a is the only release that is known here, and it is \
                what runs now";
    assert_eq!(found.sentence, none);
    assert_eq!(objections(&found, "a"), [(Gate::NotServing, "it is what runs now")]);
    let found = proposal(&[], "a", DAY);
    let none = "there is no last known good: no deploy is known here";
    assert_eq!((found.target, found.sentence.as_str()), (None, none));
}

#[test]
fn what_runs_now_is_never_the_target() {
    let story = [("a", 0, Completed), ("b", 2 * DAY, Completed)];
    let found = proposal(&story, "a", 3 * DAY);
    assert_eq!(found.target, None, "b vanished and nobody recorded why: {}", found.sentence);
    assert_eq!(objections(&found, "a"), [(Gate::NotServing, "it is what runs now")]);
}

#[test]
fn an_unknown_outcome_is_unknown() {
    let story = [("a", 0, Unknown), ("b", 2 * DAY, Completed)];
    let found = proposal(&story, "b", 3 * DAY);
    assert_eq!(found.target, None, "two days of which nobody knows anything are no proof");
    let why = "it was deployed, and nobody recorded how that ended; 60 min are needed";
    assert_eq!(objections(&found, "a"), [(Gate::Baked, why)]);

    let story = [
        ("a", 0, Completed),
        ("b", DAY, Completed),
        ("a", 2 * DAY, Unknown),
        ("c", 3 * DAY, Completed),
    ];
    let found = proposal(&story, "c", 4 * DAY);
    assert_eq!(target(&found), Some("a"), "it was proven before");
    let why = "it was deployed, and nobody recorded how that ended";
    assert_eq!(objections(&found, "a"), [(Gate::Completed, why)], "and one is warned");
}

#[test]
fn a_rollout_that_failed_is_not_offered() {
    let story = [("a", 0, Completed), ("b", 2 * DAY, Failed), ("c", 3 * DAY, Completed)];
    let found = proposal(&story, "c", 4 * DAY);
    assert_eq!(offered(&found), ["a"]);
    assert_eq!(objections(&found, "b"), [(Gate::Completed, "its rollout failed here")]);
}

#[test]
fn one_failed_attempt_to_go_back_does_not_take_the_good_release_away() {
    let story = [("a", 0, Completed), ("b", 2 * DAY, Completed), ("a", 3 * DAY, Failed)];
    let found = proposal(&story, "b", 3 * DAY + 10);
    assert_eq!(target(&found), Some("a"));
    let why = "it served here before, and its last rollout failed";
    assert_eq!(objections(&found, "a"), [(Gate::Completed, why)]);
}

#[test]
fn a_release_that_came_back_and_was_clean_since_is_offered_again() {
    let until = |end| {
        [
            ("a", 0, Completed),
            ("b", DAY, RolledBack),
            ("a", DAY + HOUR, Completed),
            ("b", 2 * DAY, Completed),
            ("c", end, Completed),
        ]
    };
    let found = proposal(&until(4 * DAY), "c", 4 * DAY + 5);
    assert_eq!(offered(&found), ["b", "a"], "it baked for two days since");
    let found = proposal(&until(2 * DAY + 30), "c", 2 * DAY + HOUR);
    assert_eq!(offered(&found), ["a"], "it did not bake since");
}

#[test]
fn the_old_release_of_a_half_done_rollout_comes_first() {
    let story = [("a", 0, Completed), ("b", 2 * DAY, Completed), ("c", 4 * DAY, InProgress)];
    let deploys = story.iter().map(|(name, at, how)| deploy(name, *at, *how)).collect();
    let mut survey = Survey { at: minute(4 * DAY + 5), ..survey("c") };
    survey.rollout = RolloutState::Halted;
    survey.running.push(running("b", 3, 3));
    let found = propose(&History::new(deploys), &survey, BAKE, &Facts::default());
    assert_eq!(offered(&found), ["b", "a"]);
    assert_eq!(found.sentence, "b: serves now, for 2 days in all");
}

#[test]
fn a_release_without_a_digest_comes_after_one_that_is_pinned() {
    let mut newer = deploy("b", 2 * DAY, Completed);
    newer.release = bare("b");
    let deploys = vec![deploy("a", 0, Completed), newer, deploy("c", 4 * DAY, Completed)];
    let found = considered(deploys, "c", 4 * DAY + 5);
    assert_eq!(offered(&found), ["a", "b"]);
    let why = "its digest is not recorded, so the tag may have moved";
    assert_eq!(objections(&found, "b"), [(Gate::Artifact, why)]);
}

#[test]
fn every_rejected_release_keeps_all_of_its_reasons() {
    let story = [("z", -DAY, Completed), ("a", 0, RolledBack)];
    let found = proposal(&story, "a", HOUR);
    let gates: Vec<Gate> = objections(&found, "a").into_iter().map(|(gate, _)| gate).collect();
    assert_eq!(gates, [Gate::NotServing, Gate::NotRolledBack]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_the_source_changes_no_proposal(
        (one, other) in deploys().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
    ) {
        prop_assert_eq!(considered(one, "c", 300), considered(other, "c", 300));
    }

    #[test]
    fn a_target_is_proven_and_neither_serves_nor_was_last_rolled_back(all in deploys()) {
        let newest = |id: &ReleaseId| {
            let history = History::new(all.clone());
            history.latest(id).map(|deploy| deploy.outcome)
        };
        let found = considered(all.clone(), "c", 300);
        let first = found.candidates.first().map(|one| one.release.id.clone());
        if let Some(id) = &found.target {
            let chosen = &found.candidates[0];
            prop_assert_eq!(first.as_ref(), Some(id), "the best is the first");
            prop_assert!(chosen.evidence.served >= BAKE.time, "it baked");
            prop_assert!(id.as_str() != "c", "it does not serve");
            prop_assert!(newest(id) != Some(RolledBack));
        } else {
            prop_assert_eq!(offered(&found), Vec::<&str>::new());
        }
        let rejected = |one: &Candidate| matches!(one.fitness, Fitness::Rejected { .. });
        prop_assert!(found.candidates.is_sorted_by_key(rejected), "the offered ones come first");
    }
}
