use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::testing::{bare, deploy, minute};

const COMMITS: [&str; 4] = [
    "8f3c1d0aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "8f3c1d0bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
    "1111111ccccccccccccccccccccccccccccccccc",
    "2222222ddddddddddddddddddddddddddddddddd",
];

fn one(id: &str, at: i64, commit: Option<usize>, digest: Option<usize>) -> Deploy {
    let mut deploy = deploy("v", at, DeployOutcome::Completed);
    deploy.release = bare("v");
    deploy.release.id = id.into();
    deploy.release.commit = commit.map(|which| COMMITS[which].to_owned()).into();
    deploy.release.digest = digest.map(|which| format!("sha256:{which}")).into();
    deploy
}

fn deploys(prefix: &'static str) -> impl Strategy<Value = Vec<Deploy>> {
    let any = (0..500_i64, proptest::option::of(0..4_usize), proptest::option::of(0..3_usize));
    proptest::collection::vec(any, 0..8).prop_map(move |all| {
        let named = all.into_iter().enumerate();
        named
            .map(|(n, (at, commit, digest))| one(&format!("{prefix}{n}"), at, commit, digest))
            .collect()
    })
}

fn source(name: &str, deploys: Vec<Deploy>) -> Source {
    Source { name: name.to_owned(), deploys }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_deploy_is_lost_and_none_is_doubled(ours in deploys("p"), theirs in deploys("g")) {
        let (merged, _) = merge(source("P", ours.clone()), source("G", theirs.clone()));
        let pairs = pairs(&ours, &theirs);
        prop_assert_eq!(merged.len(), ours.len() + theirs.len() - pairs.len());
        let times = |deploys: &[Deploy]| {
            let mut count = BTreeMap::new();
            for deploy in deploys {
                *count.entry(deploy.at).or_insert(0_usize) += 1;
            }
            count
        };
        let found = times(&merged);
        for (at, count) in times(&ours) {
            prop_assert!(found[&at] >= count, "a deploy of the platform is lost at {at}");
        }
        for (index, deploy) in theirs.iter().enumerate() {
            let paired = pairs.iter().any(|(_, other)| *other == index);
            prop_assert!(paired || found.contains_key(&deploy.at), "a deploy of GitHub is lost");
        }
        prop_assert!(merged.is_sorted_by(|a, b| a.at >= b.at), "newest first");
    }

    #[test]
    fn only_the_same_release_is_joined(ours in deploys("p"), theirs in deploys("g")) {
        for (a, b) in pairs(&ours, &theirs) {
            let (a, b) = (&ours[a].release, &theirs[b].release);
            let digests = a.digest.as_option().zip(b.digest.as_option());
            prop_assert!(digests.is_none_or(|(a, b)| a == b), "two artifacts are two releases");
            let commits = a.commit.as_option().zip(b.commit.as_option());
            prop_assert!(digests.is_some() || commits.is_some_and(|(a, b)| a == b));
        }
    }

    #[test]
    fn joined_with_itself_nothing_is_added_and_nothing_contradicts(ours in deploys("p")) {
        let (merged, doubts) = merge(source("P", ours.clone()), source("G", ours.clone()));
        prop_assert_eq!(merged.len(), ours.len());
        prop_assert_eq!(doubts, Vec::<String>::new());
    }
}

#[test]
fn what_only_the_forge_knows_is_filled_in_and_the_platform_keeps_its_handle() {
    let ours = one("rs-1", 5, Some(0), None);
    let mut theirs = one("github:deployment/7", 3, Some(0), Some(1));
    theirs.release.schema_version = Recorded::Recorded("42".to_owned());
    let mut short = ours.clone();
    short.release.commit = Recorded::Recorded("8f3c1d0a".to_owned());
    for ours in [ours, short] {
        let (merged, doubts) =
            merge(source("Kubernetes", vec![ours]), source("GitHub", vec![theirs.clone()]));
        assert_eq!(merged.len(), 1, "it is one deploy");
        assert_eq!(merged[0].release.id.as_str(), "rs-1", "it is restored by that");
        assert_eq!(merged[0].at, minute(5), "when it began, the platform knows");
        assert_eq!(merged[0].release.schema_version.or_words(), "42");
        assert_eq!(doubts, Vec::<String>::new());
    }
}

#[test]
fn a_contradiction_is_said_with_what_each_source_says() {
    let mut ours = one("rs-1", 5, Some(0), Some(1));
    let mut theirs = one("github:deployment/7", 3, Some(2), Some(1));
    ours.release.schema_version = Recorded::Recorded("41".to_owned());
    theirs.release.schema_version = Recorded::Recorded("42".to_owned());
    theirs.outcome = DeployOutcome::Failed;
    let (merged, doubts) = merge(source("Kubernetes", vec![ours]), source("GitHub", vec![theirs]));
    assert_eq!(merged[0].release.schema_version.or_words(), "41", "the platform's is shown");
    assert_eq!(doubts.len(), 3, "the commit, the schema and how it ended: {doubts:?}");
    assert!(
        doubts.iter().any(|doubt| doubt.contains("`41` by Kubernetes and `42` by GitHub")),
        "{doubts:?}"
    );
}

#[test]
fn a_deploy_again_of_what_the_platform_has_is_a_deploy_of_that_release() {
    let ours = one("rs-1", 50, Some(0), None);
    let again = |id: u64, at| one(&format!("github:deployment/{id}"), at, Some(0), None);
    let theirs = vec![again(8, 49), again(7, 10)];
    let (merged, _) = merge(source("Kubernetes", vec![ours]), source("GitHub", theirs));
    let told: Vec<_> = merged.iter().map(|one| (one.release.id.as_str(), one.at)).collect();
    assert_eq!(told, [("rs-1", minute(50)), ("rs-1", minute(10))]);
}

#[test]
fn how_it_ended_is_taken_from_the_forge_when_the_platform_does_not_say() {
    let mut ours = one("rs-1", 5, Some(0), None);
    ours.outcome = DeployOutcome::Unknown;
    ours.ended_at = None;
    let mut theirs = one("github:deployment/7", 3, Some(0), None);
    theirs.outcome = DeployOutcome::Failed;
    let (merged, _) = merge(source("Kubernetes", vec![ours]), source("GitHub", vec![theirs]));
    assert_eq!(merged[0].outcome, DeployOutcome::Failed);
}
