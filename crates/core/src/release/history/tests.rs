use proptest::prelude::*;

use super::*;
use crate::name::RunId;
use crate::release::{Named, Reach, Remark, Saying};
use crate::testing::{deploy, elsewhere, minute, running, survey};
use DeployOutcome::{Completed, Failed, InProgress, RolledBack, Unknown};

const HOUR: i64 = 60;
const BAKE: Millis = Millis::minutes(60);

fn history(deploys: &[(&str, i64, DeployOutcome)]) -> History {
    History::new(deploys.iter().map(|(name, at, how)| deploy(name, *at, *how)).collect())
}

/// What is known of `release` while `serving` runs, at [`minute`]`(now)`.
fn known(history: &History, release: &str, serving: &str, now: i64) -> Evidence {
    let survey = Survey { at: minute(now), ..survey(serving) };
    history.evidence(&release.into(), &survey, BAKE)
}

#[test]
fn what_stands_by_does_not_end_the_time_of_what_serves() {
    let history = history(&[("a", 0, Completed), ("b", 5, Completed)]);
    let serving = known(&history, "a", "a", 3 * HOUR);
    assert_eq!(serving.standing, Standing::Serving, "{}", serving.sentence);
    assert!(serving.served > Millis::minutes(170), "b stands by");
    let left = known(&history, "a", "b", 3 * HOUR);
    assert!(left.served < Millis::minutes(6), "b took its place, at the latest then");
    let survey = Survey { at: minute(3 * HOUR), ..survey("a") };
    let standings = history.standings(&survey, BAKE, &Marks::default());
    let told = standings.of(&"a".into()).map(|found| found.served);
    assert_eq!(told, Some(serving.served), "both ways of asking say the same");
}

/// A deploy that not everybody met.
fn beside(name: &str, at: i64, outcome: DeployOutcome, reach: Reach) -> Deploy {
    Deploy { reach, ..deploy(name, at, outcome) }
}

#[test]
fn what_not_everybody_met_ended_nobodys_time() {
    for (reach, outcome) in [(Reach::Some, RolledBack), (Reach::Nobody, Unknown)] {
        let story = History::new(vec![
            deploy("a", 0, Completed),
            beside("tried", 5, outcome, reach),
            deploy("b", 3 * HOUR, Completed),
        ]);
        let left = known(&story, "a", "b", 4 * HOUR);
        assert_eq!(left.standing, Standing::Good, "{reach:?}: {}", left.sentence);
        assert_eq!(left.served, Millis::minutes(178), "until b came to everybody");
        let tried = known(&story, "tried", "b", 4 * HOUR);
        assert_ne!(tried.standing, Standing::Good, "{}", tried.sentence);
    }
    let stood = History::new(vec![
        beside("b", 0, Completed, Reach::Nobody),
        deploy("c", 3 * HOUR, Completed),
    ]);
    assert_eq!(known(&stood, "b", "c", 4 * HOUR).served, Millis(0), "nobody met it");
}

#[test]
fn an_older_release_that_stands_by_is_no_rollback_from_what_serves() {
    let story = History::new(vec![
        deploy("a", 0, Completed),
        deploy("b", HOUR, Completed),
        beside("a", 3 * HOUR, Completed, Reach::Nobody),
    ]);
    let found = known(&story, "b", "b", 4 * HOUR);
    assert_eq!(found.standing, Standing::Serving, "{}", found.sentence);
}

#[test]
fn what_serves_beside_a_canary_has_served_until_now() {
    let story = history(&[("a", 0, Completed), ("b", 3, InProgress)]);
    let mut survey = Survey { at: minute(3 * HOUR), ..survey("b") };
    survey.rollout = crate::survey::RolloutState::Progressing;
    survey.running.push(running("a", 3, 3));
    let stable = story.evidence(&"a".into(), &survey, BAKE);
    assert_eq!(stable.standing, Standing::Serving, "{}", stable.sentence);
    // A colour that comes up beside it has replicas and no users.
    survey.running[0].share = Some(0.0);
    survey.running[1].share = Some(1.0);
    let live = story.evidence(&"a".into(), &survey, BAKE);
    assert_eq!(live.served, stable.served);
    survey.running[0].share = Some(1.0);
    survey.running[1].share = Some(0.0);
    let left = story.evidence(&"a".into(), &survey, BAKE);
    assert_eq!(left.served, Millis::minutes(1), "all of the traffic went on");
}

#[test]
fn a_standing_follows_from_how_it_went_and_for_how_long() {
    for (story, release, serving, standing, sentence) in [
        (vec![("a", 0, Completed)], "a", "a", Standing::Serving, "serves now, for 3 hours in all"),
        (
            vec![("z", 0, Completed), ("a", 190, Completed)],
            "a",
            "a",
            Standing::Soaking,
            "serves now, for only 8 min so far",
        ),
        (
            vec![("a", 0, Completed), ("b", 180, Completed)],
            "a",
            "b",
            Standing::Good,
            "served 2 hours and left without a rollback",
        ),
        (
            vec![("a", 0, Completed), ("b", 22, Completed)],
            "a",
            "b",
            Standing::Unknown,
            "served only 20 min",
        ),
        (vec![("a", 0, Failed)], "a", "z", Standing::Faulty, "its rollout failed"),
        (
            vec![("z", 0, Completed), ("a", 60, RolledBack), ("c", 72, Completed)],
            "a",
            "c",
            Standing::RolledBack,
            "was rolled back after 10 min",
        ),
        (
            vec![("a", 0, Unknown), ("b", 180, Completed)],
            "a",
            "b",
            Standing::Unknown,
            "was deployed, and nobody recorded how that ended",
        ),
        (
            vec![("z", 0, Completed), ("a", 190, InProgress)],
            "a",
            "a",
            Standing::Soaking,
            "serves now, for only 0 s so far",
        ),
        (
            vec![("a", 0, InProgress), ("b", 180, Completed)],
            "a",
            "b",
            Standing::Unknown,
            "was being deployed, and nobody recorded how that ended",
        ),
        (
            vec![("z", 0, Completed), ("a", 60, Completed)],
            "a",
            "z",
            Standing::Unknown,
            "was deployed last and does not run now, and nobody recorded why",
        ),
        (vec![], "a", "a", Standing::Unknown, "no deploy of it is known"),
    ] {
        let found = known(&history(&story), release, serving, 200);
        let expected = (standing, sentence);
        assert_eq!((found.standing, found.sentence.as_str()), expected, "{story:?}");
    }
}

#[test]
fn going_back_marks_what_it_went_away_from_even_if_the_platform_calls_it_complete() {
    let story = history(&[
        ("a", 0, Completed),
        ("b", 3 * HOUR, Completed),
        ("a", 6 * HOUR, Completed),
        ("c", 9 * HOUR, Completed),
    ]);
    let standing = |release| known(&story, release, "c", 9 * HOUR + 10).standing;
    assert_eq!(standing("b"), Standing::RolledBack, "the next deploy was of an older release");
    assert_eq!(standing("a"), Standing::Good);
    assert_eq!(standing("c"), Standing::Soaking);
}

#[test]
fn going_forward_again_marks_nothing() {
    let story = history(&[
        ("a", 0, Completed),
        ("b", 3 * HOUR, Completed),
        ("a", 6 * HOUR, Completed),
        ("b", 9 * HOUR, Completed),
    ]);
    let found = known(&story, "a", "b", 12 * HOUR);
    assert_eq!(found.standing, Standing::Good, "nobody went back from it");
}

#[test]
fn a_way_back_that_failed_leaves_the_release_that_serves_where_it_was() {
    let story =
        history(&[("a", 0, Completed), ("b", 3 * HOUR, Completed), ("a", 6 * HOUR, Failed)]);
    assert_eq!(known(&story, "b", "b", 7 * HOUR).standing, Standing::Serving);
    assert_eq!(known(&story, "b", "c", 7 * HOUR).standing, Standing::RolledBack);
}

#[test]
fn time_before_a_rollback_says_nothing_for_the_time_after_it() {
    let story = [
        ("a", 0, Completed),
        ("b", HOUR, RolledBack),
        ("a", 9 * HOUR, Completed),
        ("b", 12 * HOUR, Completed),
        ("c", 12 * HOUR + 22, Completed),
    ];
    let found = known(&history(&story), "b", "c", 13 * HOUR);
    assert_eq!(found.served, Millis::minutes(20), "the eight bad hours do not count");
    assert_eq!(found.standing, Standing::Unknown);
    let mut longer = story;
    longer[4].1 = 14 * HOUR;
    assert_eq!(known(&history(&longer), "b", "c", 15 * HOUR).standing, Standing::Good);
}

#[test]
fn a_release_of_an_unfinished_rollout_serves_as_long_as_it_has_replicas() {
    let story = history(&[("a", 0, Completed), ("b", 3 * HOUR, InProgress)]);
    let mut survey = Survey { at: minute(3 * HOUR + 5), ..survey("b") };
    survey.running.push(running("a", 2, 2));
    let found = story.evidence(&"a".into(), &survey, BAKE);
    assert_eq!((found.standing, found.ended_at), (Standing::Serving, None));
    survey.running[1].replicas = 0;
    let found = story.evidence(&"a".into(), &survey, BAKE);
    assert_eq!((found.standing, found.ended_at), (Standing::Good, Some(minute(3 * HOUR))));
}

#[test]
fn two_places_never_mix() {
    let here = deploy("a", 0, Completed);
    let there = |at| Deploy { place: elsewhere(), ..deploy("b", at, Completed) };
    let history = History::of(&here.place, vec![there(5), here.clone(), there(-5)]);
    assert_eq!(history.deploys(), std::slice::from_ref(&here));
    let history = History::new(vec![there(-5), here.clone(), there(-9)]);
    assert_eq!(history.deploys(), [here], "the newest deploy says which place is meant");
}

#[test]
fn going_back_undoes_everything_since_the_target() {
    let story = history(&[("a", 0, Completed), ("b", 60, Completed), ("c", 120, Completed)]);
    let undone = |newer: &str, older: &str| {
        let releases = story.undone(&newer.into(), &older.into());
        releases.iter().map(|release| release.version.clone()).collect::<Vec<_>>()
    };
    assert_eq!(undone("c", "a"), ["c", "b"]);
    assert_eq!(undone("b", "a"), ["b"]);
    for (newer, older) in [("a", "a"), ("a", "c"), ("c", "z"), ("z", "a")] {
        assert_eq!(undone(newer, older), [""; 0], "{newer} to {older} undoes nothing known");
    }
}

#[test]
fn each_release_is_listed_once_by_its_newest_deploy() {
    let story = history(&[("a", 0, Completed), ("b", 60, RolledBack), ("a", 120, Completed)]);
    let order: Vec<&str> =
        story.releases().iter().map(|release| release.version.as_str()).collect();
    assert_eq!(order, ["a", "b"]);
    assert_eq!(story.latest(&"a".into()).map(|deploy| deploy.at), Some(minute(120)));
}

#[test]
fn a_length_of_time_is_spoken() {
    for (seconds, words) in [
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (7_199, "119 min"),
        (7_200, "2 hours"),
        (172_799, "47 hours"),
        (172_800, "2 days"),
    ] {
        assert_eq!(spoken(Millis::seconds(seconds)), words);
    }
}

/// Some deploys; many of them at the same time, and of few releases.
pub(in crate::release) fn deploys() -> impl Strategy<Value = Vec<Deploy>> {
    let outcome = prop::sample::select(vec![Completed, Failed, InProgress, RolledBack, Unknown]);
    let reach = prop::sample::select(vec![Reach::Everybody, Reach::Some, Reach::Nobody]);
    let one = (0_u8..5, 0_i64..9, outcome, any::<bool>(), reach).prop_map(
        |(name, at, outcome, here, reach)| {
            let name = ["a", "b", "c", "d", "e"][usize::from(name)];
            let one = Deploy { reach, ..deploy(name, at * 25, outcome) };
            if here { one } else { Deploy { actor: None.into(), ..one } }
        },
    );
    prop::collection::vec(one, 0..14)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_the_source_changes_nothing(
        (one, other) in deploys().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
    ) {
        prop_assert_eq!(History::new(one), History::new(other));
    }

    #[test]
    fn no_history_is_a_reason_to_fail(all in deploys(), now in -500_i64..500, bake in any::<u64>()) {
        let history = History::new(all);
        for release in ["a", "b", "z"] {
            for serving in ["a", "c"] {
                let survey = Survey { at: minute(now), ..survey(serving) };
                let found = history.evidence(&release.into(), &survey, Millis(bake));
                let serves = release == serving;
                prop_assert!(!serves || found.ended_at.is_none(), "what serves has not ended");
                let good = matches!(found.standing, Standing::Good | Standing::Serving);
                prop_assert!(!good || found.served >= Millis(bake), "good is earned");
            }
        }
    }
}

/// Remarks of runs about some of the releases of [`deploys`].
pub(in crate::release) fn marks() -> impl Strategy<Value = Marks> {
    let one = (0_u8..5, 0_i64..240, 0_u8..6).prop_map(|(name, at, says)| {
        let name = ["a", "b", "c", "d", "e"][usize::from(name)];
        let run = RunId::new("r-1");
        let reason = "said".to_owned();
        let says = match says {
            0 => Saying::MarkedGood { reason },
            1 => Saying::MarkedFaulty { reason },
            2 => Saying::Unmarked { reason, run: None },
            3 => Saying::Locked { reason, run: None, brings_back: Vec::new() },
            _ => Saying::RolledBack { run, to: "z".to_owned() },
        };
        let at = minute(at);
        let release = Named::from(&deploy(name, 0, Completed).release);
        Remark { at, recorded_at: at, by: "ada".into(), release, says }
    });
    prop::collection::vec(one, 0..6).prop_map(Marks::new)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_pass_finds_what_searching_for_each_release_finds(
        all in deploys(),
        marks in marks(),
        serving in prop::sample::select(vec!["a", "b", "c", "z"]),
        half in prop::option::of(prop::sample::select(vec!["a", "b", "d"])),
        now in -50_i64..500,
    ) {
        let history = History::new(all);
        let mut survey = Survey { at: minute(now), ..survey(serving) };
        survey.running.extend(half.map(|half| running(half, 1, 1)));
        let quick = history.standings(&survey, BAKE, &marks);
        let simple = history.marked(&marks);
        prop_assert_eq!(quick.all().len(), history.releases().len());
        for (newest, evidence) in quick.all() {
            let release = &newest.release.id;
            prop_assert_eq!(evidence, &simple.evidence(release, &survey, BAKE));
            prop_assert_eq!(quick.of(release), Some(evidence));
            prop_assert_eq!(history.latest(release), Some(*newest));
        }
    }
}
