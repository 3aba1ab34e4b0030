use lastgood_core::catalog::Bake;
use std::collections::BTreeSet;

use lastgood_core::release::{Facts, Fitness, Gate, History, propose};
use lastgood_core::survey::{RolloutState, Running, Survey};

use super::*;
use crate::bench::{catalog, place};
use crate::practice_epoch;

fn made(seed: u64, service: &str) -> Past {
    let (catalog, place) = (catalog(), place(service));
    let environment = catalog.environment(&place).expect("it is in the catalog");
    past(seed, &place, environment, practice_epoch(), 3)
}

#[test]
fn three_services_have_at_least_sixty_deploys_behind_them() {
    let all: usize =
        ["checkout", "search", "basket"].iter().map(|name| made(1, name).deploys.len()).sum();
    assert!(all >= 60, "a history that fits on one page teaches nothing, and this has {all}");
}

#[test]
fn the_same_seed_has_the_same_past_and_another_seed_another() {
    assert_eq!(made(7, "checkout"), made(7, "checkout"), "a drill can be played again");
    assert_ne!(made(7, "checkout"), made(8, "checkout"), "and another one played");
    assert_ne!(made(7, "checkout"), made(7, "search"), "services have their own past");
}

#[test]
fn every_past_has_failures_rollbacks_and_gaps() {
    for seed in 0..50 {
        for service in ["checkout", "search", "basket"] {
            let past = made(seed, service);
            let ended = |outcome| past.deploys.iter().any(|deploy| deploy.outcome == outcome);
            assert!(ended(DeployOutcome::Failed), "some rollout failed, seed {seed}");
            assert!(ended(DeployOutcome::RolledBack), "some was rolled back, seed {seed}");
            let gaps = past.releases.iter().any(|known| {
                known.release.commit == Recorded::NotRecorded
                    || known.release.changelog == Recorded::NotRecorded
                    || known.release.schema_version == Recorded::NotRecorded
            });
            assert!(gaps, "somebody forgot to record something, seed {seed}");
            let schemas: BTreeSet<_> = past
                .releases
                .iter()
                .filter_map(|known| known.release.schema_version.as_option())
                .collect();
            assert!(schemas.len() > 1, "the schema moved at least once, seed {seed}");
        }
    }
}

#[test]
fn deploys_are_in_order_ended_before_the_drill_and_hours_apart() {
    for seed in 0..50 {
        let past = made(seed, "search");
        for pair in past.deploys.windows(2) {
            assert!(pair[0].at < pair[1].at, "in order, seed {seed}");
            let ended = pair[0].ended_at.expect("the past is over");
            assert!(ended < pair[1].at, "one after another, seed {seed}");
        }
        let last = past.deploys.last().expect("there are some");
        assert!(last.at <= earlier(practice_epoch(), Millis(48 * 3_600_000)), "it baked");
        for known in &past.releases {
            let version = &known.release.version;
            assert!(!version.starts_with("2026.3.1") && !version.starts_with("2026.3.2"));
        }
    }
}

#[test]
fn a_release_is_named_once_and_described_believably() {
    for seed in 0..20 {
        let past = made(seed, "basket");
        let mut seen = BTreeSet::new();
        for known in &past.releases {
            let release = &known.release;
            assert!(seen.insert(&release.id), "{} twice, seed {seed}", release.id);
            assert!(release.version.starts_with("202"), "calendar versions: {}", release.version);
            if let Some(commit) = release.commit.as_option() {
                assert!(commit.len() == 40 && commit.bytes().all(|b| b.is_ascii_hexdigit()));
            }
            if let Some(digest) = release.digest.as_option() {
                assert_eq!(digest.len(), "sha256:".len() + 64, "a whole digest");
            }
        }
    }
}

#[test]
fn last_good_is_found_and_the_trap_before_it_is_rejected() {
    for seed in 0..50 {
        let past = made(seed, "checkout");
        let serving = past.deploys.last().expect("something serves").release.clone();
        let survey = Survey {
            at: practice_epoch(),
            rollout: RolloutState::Settled,
            running: vec![Running {
                release: serving.id.clone(),
                version: serving.version,
                replicas: 4,
                ready: 4,
                share: Some(1.0),
            }],
        };
        let rolled_back: Vec<_> = past
            .deploys
            .iter()
            .filter(|deploy| deploy.outcome == DeployOutcome::RolledBack)
            .map(|deploy| deploy.release.id.clone())
            .collect();
        let proposal = propose(
            &History::new(past.deploys),
            &survey,
            Bake::of(Millis::minutes(60)),
            &Facts::default(),
        );
        let target = proposal.target.expect("weeks of good releases are there");
        assert_ne!(target, serving.id, "what serves is no way back, seed {seed}");
        assert!(!rolled_back.contains(&target), "nor what was rolled back, seed {seed}");
        let rejected = proposal.candidates.iter().any(|candidate| match &candidate.fitness {
            Fitness::Rejected { reasons } => {
                reasons.iter().any(|reason| reason.gate == Gate::NotRolledBack)
            }
            Fitness::Offered { .. } => false,
        });
        assert!(rejected, "a chooser has a rollback to point at, seed {seed}");
    }
}
