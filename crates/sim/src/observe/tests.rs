use std::collections::BTreeMap;

use lastgood_core::check::{Assertion, Must};
use lastgood_core::drill::WorldEvent;
use lastgood_core::judge::{Verdict, judge};
use lastgood_core::ports::{ReleaseSource, Surveyor};
use proptest::prelude::*;

use super::*;
use crate::bench::{BAD, after, bench, bench_with, deploy, fault, place, scenario, slo};
use crate::practice_epoch;

fn check() -> Check {
    Check {
        name: "pay".into(),
        method: "GET".to_owned(),
        url: "https://checkout.practice.example/healthz".to_owned(),
        headers: BTreeMap::new(),
        body: None,
        expect: vec![
            Assertion::Status(vec![(200, 299)]),
            Assertion::Header { name: "x-version".to_owned(), must: Must::Exist },
        ],
        timeout: Millis(5_000),
    }
}

#[tokio::test]
async fn a_good_release_passes_and_a_bad_one_fails_its_objective() {
    let bench = bench_with(Some(&scenario(Vec::new())), 3);
    let from = earlier(practice_epoch(), Millis::minutes(10));
    let before = bench.world.measure(&place("checkout"), &slo(), from, practice_epoch()).await;
    assert_eq!(judge(&slo(), &before, None).verdict, Verdict::Pass, "the past was calm");
    bench.wait(Millis::minutes(5)).await;
    let now = bench.clock.now();
    let from = earlier(now, Millis::minutes(2));
    let during = bench.world.measure(&place("checkout"), &slo(), from, now).await;
    let judged = judge(&slo(), &during, Some("2026.3.2"));
    assert_eq!(judged.verdict, Verdict::Fail, "{}", judged.sentence);
}

#[tokio::test]
async fn a_canary_shows_both_arms_and_only_one_is_bad() {
    let bench = bench_with(Some(&scenario(Vec::new())), 4);
    bench.wait(Millis::minutes(6)).await;
    let now = bench.clock.now();
    let found =
        bench.world.measure(&place("search"), &slo(), earlier(now, Millis::minutes(2)), now).await;
    assert_eq!(found.arms.len(), 2, "a canary has two arms: {:?}", found.arms);
    let rate = |bad: bool| {
        let arm = found.arms.iter().find(|arm| (arm.version == "2026.3.2") == bad);
        arm.and_then(|arm| arm.counts.rate()).expect("both arms have traffic")
    };
    assert!(rate(true) > 0.1, "the new one fails every fifth request");
    assert!(rate(false) < 0.01, "the old one is as good as ever");
    let sum = found.arms.iter().map(|arm| arm.counts.total).sum::<u64>();
    assert_eq!(sum, found.counts.total, "the arms are all of the traffic");
}

#[tokio::test]
async fn a_broken_dependency_is_shared_by_old_and_new() {
    let bench = bench_with(Some(&scenario(Vec::new())), 4);
    bench.wait(Millis::minutes(6)).await;
    let place = place("search");
    let event = WorldEvent::Change { place: place.clone(), version: None, behaviour: BAD };
    bench.world.happen(&event).expect("the place exists");
    bench.wait(Millis::minutes(2)).await;
    let now = bench.clock.now();
    let from = earlier(now, Millis::minutes(2));
    let found = bench.world.measure(&place, &slo(), from, now).await;
    let judged = judge(&slo(), &found, Some("2026.3.2"));
    assert_eq!(judged.verdict, Verdict::Shared, "{}", judged.sentence);
}

#[tokio::test]
async fn a_seed_means_the_same_world_on_every_machine_and_in_every_version() {
    let bench = bench_with(Some(&scenario(Vec::new())), 42);
    bench.wait(Millis::minutes(8)).await;
    let now = bench.clock.now();
    let mut seen = Vec::new();
    for service in ["checkout", "search", "basket"] {
        let place = place(service);
        let from = earlier(now, Millis::minutes(10));
        let found = bench.world.measure(&place, &slo(), from, now).await;
        let page = bench.world.deploys(&place, None, 2).await.expect("it exists");
        let before = &page.deploys[1].release;
        let commit = before.commit.as_option().expect("it is well documented");
        seen.push(format!(
            "{service} {}/{} {} {}",
            found.counts.bad,
            found.counts.total,
            before.version,
            &commit[..8]
        ));
    }
    let pinned = [
        "checkout 3715/25496 2026.2.28 410b511c",
        "search 933/27789 2026.2.27-2 1c9f5f64",
        "basket 3554/24009 2026.2.27-3 128dbd5a",
    ];
    assert_eq!(seen, pinned, "exports of old drills can be made again");
}

#[tokio::test]
async fn arms_are_told_apart_only_where_a_label_does() {
    let bench = bench(1);
    let blind = Slo { version_label: None, ..slo() };
    let from = earlier(practice_epoch(), Millis::minutes(1));
    let found = bench.world.measure(&place("checkout"), &blind, from, practice_epoch()).await;
    assert!(found.arms.is_empty() && found.counts.total > 0, "counted, and not told apart");
}

#[tokio::test]
async fn what_nobody_could_have_seen_is_no_data() {
    let bench = bench(1);
    let now = practice_epoch();
    for (from, to) in [
        (now, after(Millis::minutes(5))),
        (now, now),
        (Timestamp::UNIX_EPOCH, after(Millis(0)).min(Timestamp::UNIX_EPOCH)),
    ] {
        let found = bench.world.measure(&place("checkout"), &slo(), from, to).await;
        assert_eq!(found.doubts, [Doubt::NoData], "{from} to {to}");
        assert_eq!(found.counts, Counts::default(), "{from} to {to}");
    }
}

#[tokio::test]
async fn a_place_that_is_not_there_is_an_error_and_not_health() {
    let found = bench(1)
        .world
        .measure(&place("ledger"), &slo(), practice_epoch(), after(Millis::minutes(1)))
        .await;
    assert!(found.doubts.iter().any(Doubt::is_error), "{:?}", found.doubts);
}

#[tokio::test]
async fn a_faulty_measurement_is_doubt_as_often_as_the_fault_says() {
    use lastgood_core::drill::FaultKind;
    for kind in [FaultKind::Refuse, FaultKind::LoseReply, FaultKind::Lie, FaultKind::Stale] {
        let bench = bench_with(Some(&scenario(vec![fault("measure", kind, 2)])), 5);
        let from = earlier(practice_epoch(), Millis::minutes(10));
        for times in 0..4 {
            let found =
                bench.world.measure(&place("checkout"), &slo(), from, practice_epoch()).await;
            let verdict = judge(&slo(), &found, None).verdict;
            assert_eq!(verdict.permits(), times >= 2, "{kind:?}, call {times}: {verdict:?}");
        }
    }
}

#[tokio::test]
async fn a_chart_stays_small_and_ends_where_the_window_does() {
    let bench = bench(2);
    for minutes in [1, 5, 60, 600] {
        let from = earlier(practice_epoch(), Millis::minutes(minutes));
        let found = bench.world.measure(&place("basket"), &slo(), from, practice_epoch()).await;
        assert!(found.points.len() <= 120, "{} points for {minutes} min", found.points.len());
        assert_eq!(found.points.last().map(|point| point.at), Some(practice_epoch().into()));
        assert!(found.points.windows(2).all(|pair| pair[0].at < pair[1].at), "oldest first");
    }
}

#[tokio::test]
async fn checks_answer_as_the_mix_serves() {
    let bench = bench(6);
    assert_eq!(
        bench.world.check(&place("checkout"), &check()).await.outcome,
        CheckOutcome::Passed,
        "a good release passes"
    );
    let broken = lastgood_core::drill::Behaviour { error_rate: 1.0, ..BAD };
    bench.world.happen(&deploy("checkout", "2026.3.2", broken)).expect("the place exists");
    bench.wait(Millis::minutes(5)).await;
    let result = bench.world.check(&place("checkout"), &check()).await;
    assert_eq!(result.outcome, CheckOutcome::Failed, "{}", result.sentence);
}

#[tokio::test]
async fn a_check_that_could_not_be_asked_says_nothing_about_the_service() {
    use lastgood_core::drill::FaultKind;
    let bench = bench_with(Some(&scenario(vec![fault("check", FaultKind::Refuse, 1)])), 6);
    let result = bench.world.check(&place("checkout"), &check()).await;
    assert_eq!(result.outcome, CheckOutcome::Unasked, "{}", result.sentence);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn two_windows_that_meet_add_up_to_the_window_they_make(
        seed in 0_u64..1_000,
        start in -7_200_000_i64..300_000,
        a in 0_i64..400_000,
        b in 0_i64..400_000,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(async {
            let bench = bench_with(Some(&scenario(Vec::new())), seed);
            bench.wait(Millis::minutes(20)).await;
            let at = |ms: i64| {
                Timestamp::from_millisecond(practice_epoch().as_millisecond() + ms).expect("near")
            };
            let (from, middle, to) = (at(start), at(start + a), at(start + a + b));
            for service in ["checkout", "search", "basket"] {
                let place = place(service);
                let first = bench.world.measure(&place, &slo(), from, middle).await;
                let second = bench.world.measure(&place, &slo(), middle, to).await;
                let whole = bench.world.measure(&place, &slo(), from, to).await;
                let mut sum = first.counts;
                add(&mut sum, second.counts);
                assert_eq!(sum, whole.counts, "every second is in exactly one window");
            }
        });
    }

    #[test]
    fn it_does_not_matter_how_often_the_world_is_looked_at(
        seed in 0_u64..1_000, looks in proptest::collection::vec(1_u64..40_000, 0..30),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(async {
            let scenario = scenario(Vec::new());
            let watched = bench_with(Some(&scenario), seed);
            let left_alone = bench_with(Some(&scenario), seed);
            for look in looks {
                watched.wait(Millis(look)).await;
                let now = watched.clock.now();
                watched.world.survey(&place("search")).await.expect("it exists");
                watched.world.check(&place("checkout"), &check()).await;
                watched.world.measure(&place("basket"), &slo(), practice_epoch(), now).await;
            }
            let end = after(Millis::minutes(25));
            watched.clock.sleep_until(end).await;
            left_alone.clock.sleep_until(end).await;
            for service in ["checkout", "search", "basket"] {
                let place = place(service);
                assert_eq!(
                    watched.world.survey(&place).await, left_alone.world.survey(&place).await
                );
                assert_eq!(
                    watched.world.deploys(&place, None, 100).await,
                    left_alone.world.deploys(&place, None, 100).await
                );
                assert_eq!(
                    watched.world.replicas(&place).await, left_alone.world.replicas(&place).await
                );
                assert_eq!(
                    watched.world.measure(&place, &slo(), practice_epoch(), end).await,
                    left_alone.world.measure(&place, &slo(), practice_epoch(), end).await
                );
            }
        });
    }
}
