use proptest::prelude::*;

use super::*;
use crate::testing::{arm, measurement, slo};

fn judged(found: &Measurement, suspect: Option<&str>) -> Judgement {
    judge(&slo(), found, suspect)
}

#[test]
fn a_verdict_follows_from_the_counts() {
    for (bad, total, verdict) in [
        (0, 1000, Verdict::Pass),
        (10, 1000, Verdict::Pass),
        (11, 1000, Verdict::Inconclusive),
        (60, 1000, Verdict::Fail),
        (1000, 1000, Verdict::Fail),
        (0, 149, Verdict::Pass),
        (0, 148, Verdict::Inconclusive),
        (2, 100, Verdict::Inconclusive),
        (60, 100, Verdict::Fail),
        (0, 99, Verdict::Inconclusive),
        (99, 99, Verdict::Fail),
        (1, 1, Verdict::Inconclusive),
        (2, 2, Verdict::Inconclusive),
        (0, 0, Verdict::Inconclusive),
        // Above the objective, and by less than anybody would roll back for.
        (1_500, 100_000, Verdict::Inconclusive),
        (5_000, 100_000, Verdict::Fail),
    ] {
        let found = judged(&measurement(bad, total), None);
        assert_eq!(found.verdict, verdict, "{bad} of {total}: {}", found.sentence);
    }
}

#[test]
fn a_promise_that_is_kept_exactly_is_kept() {
    // In binary 1 − 0.9 is less than 0.1, and 1 − 0.7 more than 0.3.
    for objective in (501..1000_u32).step_by(7) {
        let slo = Slo { objective: f64::from(objective) / 1000.0, min_samples: 1, ..slo() };
        let allowed = u64::from(1000 - objective) * 1_000;
        let verdict = |bad| judge(&slo, &measurement(bad, 1_000_000), None).verdict;
        assert_eq!(verdict(allowed), Verdict::Pass, "{objective}");
        assert_ne!(verdict(allowed + 1), Verdict::Pass, "{objective}");
    }
}

#[test]
fn one_bad_request_of_one_never_fails_a_release() {
    let arms = vec![arm("v3", 1, 1), arm("v2", 0, 100_000)];
    let found = Measurement { arms, ..measurement(1, 100_001) };
    let judgement = judged(&found, Some("v3"));
    assert_eq!(judgement.verdict, Verdict::Inconclusive, "{}", judgement.sentence);
    assert_eq!(judgement.doubts, [Doubt::TooFew { have: 1, need: 100 }]);
}

#[test]
fn a_doubt_neither_passes_nor_fails() {
    let why = || "it said so".to_owned();
    let doubts = [
        (Doubt::NoData, Verdict::Inconclusive),
        (Doubt::NoTraffic, Verdict::Inconclusive),
        (Doubt::Stale { age: Millis::minutes(3) }, Verdict::Inconclusive),
        (Doubt::Frozen, Verdict::Inconclusive),
        (Doubt::Partial { why: why() }, Verdict::Inconclusive),
        (Doubt::UnknownOrigin, Verdict::Inconclusive),
        (Doubt::TooFew { have: 3, need: 30 }, Verdict::Inconclusive),
        (Doubt::Ambiguous { why: why() }, Verdict::Error),
        (Doubt::BadQuery { why: why() }, Verdict::Error),
        (Doubt::Unreachable { why: why() }, Verdict::Error),
        (Doubt::Unauthorised { why: why() }, Verdict::Error),
    ];
    for (doubt, verdict) in &doubts {
        assert_eq!(doubt.is_error(), *verdict == Verdict::Error, "{doubt:?}");
        for (bad, total) in [(0, 1000), (1000, 1000), (0, 0)] {
            let found = Measurement { doubts: vec![doubt.clone()], ..measurement(bad, total) };
            let found = judged(&found, None);
            assert_eq!(found.verdict, *verdict, "{doubt:?} with {bad} of {total}");
            assert!(found.sentence.contains(&doubt.sentence()), "it says so: {}", found.sentence);
        }
    }
    let both = vec![Doubt::NoData, Doubt::Unreachable { why: why() }];
    let found = judged(&Measurement { doubts: both, ..measurement(0, 1000) }, None);
    assert_eq!(
        found.verdict,
        Verdict::Error,
        "what could not be asked outranks what was not found"
    );
}

#[test]
fn no_requests_at_all_decide_nothing_whatever_the_objective_says() {
    let careless = Slo { min_samples: 0, ..slo() };
    let found = judge(&careless, &measurement(0, 0), None);
    assert_eq!(found.verdict, Verdict::Inconclusive);
    assert_eq!(found.sentence, "cannot tell: only 0 requests, 1 are needed (no requests in 5:00)");
}

#[test]
fn the_suspects_own_requests_decide() {
    let arms = vec![arm("v2", 0, 900), arm("v3", 60, 100)];
    let found = Measurement { arms, ..measurement(60, 1000) };
    let judgement = judged(&found, Some("v3"));
    assert_eq!(judgement.verdict, Verdict::Fail);
    assert_eq!(judgement.arm.as_deref(), Some("v3"));
    assert_eq!(judgement.counts, Counts { total: 100, bad: 60 }, "not those of all releases");
    assert_eq!(judged(&found, Some("v2")).verdict, Verdict::Pass, "it is innocent");
    assert_eq!(judged(&found, None).counts, found.counts, "nobody is suspected");
    let evidence = judgement.evidence.expect("a judgement of ours has its numbers");
    let rollout = evidence.rollout.expect("a release was judged");
    assert_eq!(rollout.decision, Decision::Rollback);
    assert_eq!(rollout.baseline, ["v2"]);
    assert_eq!(rollout.statistics.baseline, Counts { total: 900, bad: 0 });
    assert!(rollout.statistics.e_abs_canary >= rollout.rollback_at, "{rollout:?}");
    assert!(Some(rollout.statistics.e_worse) >= rollout.support_at, "{rollout:?}");
    assert!(rollout.statistics.p_value < 0.05, "{rollout:?}");
}

#[test]
fn a_release_that_keeps_the_objective_and_is_far_worse_than_the_one_beside_it_fails() {
    let arms = vec![arm("v3", 80, 10_000), arm("v2", 10, 100_000)];
    let found = Measurement { arms, ..measurement(90, 110_000) };
    let judgement = judged(&found, Some("v3"));
    assert_eq!(judgement.verdict, Verdict::Fail, "{}", judgement.sentence);
    assert!(judgement.sentence.ends_with("(within 1%)"), "{}", judgement.sentence);
    assert_eq!(judged(&measurement(80, 10_000), None).verdict, Verdict::Pass, "alone it passes");
}

#[test]
fn what_served_before_the_suspect_is_no_comparison_in_the_same_minutes() {
    let mut before = arm("v2", 0, 9_000);
    let mut after = arm("v3", 200, 1_000);
    before.ticks.truncate(5);
    before.counts = sum(before.ticks.iter());
    after.ticks.drain(..5);
    after.counts = sum(after.ticks.iter());
    let all = before.ticks.iter().chain(&after.ticks).copied().collect();
    let found = Measurement { ticks: all, arms: vec![before, after], ..measurement(100, 5_000) };
    let judgement = judged(&found, Some("v3"));
    assert_eq!(judgement.verdict, Verdict::Fail, "by the objective: {}", judgement.sentence);
    let rollout = judgement.evidence.and_then(|evidence| evidence.rollout);
    assert_eq!(rollout.map(|rollout| rollout.baseline), Some(Vec::new()));
}

#[test]
fn a_suspect_that_fell_silent_is_in_doubt_whatever_it_did_before() {
    for (keep, verdict) in [(10, Verdict::Fail), (7, Verdict::Fail), (6, Verdict::Inconclusive)] {
        let mut suspect = arm("v3", 600, 1_000);
        suspect.ticks.truncate(keep);
        suspect.counts = sum(suspect.ticks.iter());
        let arms = vec![suspect, arm("v2", 0, 9_000)];
        let found = Measurement { arms, ..measurement(600, 10_000) };
        let judgement = judged(&found, Some("v3"));
        assert_eq!(judgement.verdict, verdict, "{keep} of 10: {}", judgement.sentence);
    }
}

#[test]
fn how_clumped_errors_were_before_decides_what_each_counts() {
    let arms = || vec![arm("v3", 12, 1_000), arm("v2", 10, 9_000)];
    let found = Measurement { arms: arms(), ..measurement(22, 10_000) };
    let before = |every: u64, bad: u64| {
        let one = measurement(0, 10_000);
        let tick = |index: u64| Tick {
            at: EpochMs(one.from.0 + i64::try_from(index).expect("a small number") * 30_000),
            counts: Counts { total: 1_000, bad: if index.is_multiple_of(every) { bad } else { 0 } },
        };
        Measurement { ticks: (0..800).map(tick).collect(), ..one }
    };
    let (single, clumps) = (before(2, 1), before(17, 40));
    let judged = |before: Option<&Measurement>| {
        let judgement = judge_with_history(&slo(), &found, before, Some("v3"));
        let rollout = judgement.evidence.and_then(|evidence| evidence.rollout);
        let rollout = rollout.expect("a release was judged");
        (rollout.statistics.e_ratio, rollout.spread.expect("it is told"))
    };
    let (plain, one) = judged(Some(&single));
    let (tempered, many) = judged(Some(&clumps));
    assert!(one.learned && many.learned, "{one:?} {many:?}");
    assert!(many.phi > 20.0 && one.phi < 2.0, "{one:?} {many:?}");
    assert!(tempered < plain, "{plain} with {one:?}, {tempered} with {many:?}");
    let torn = Measurement { doubts: vec![Doubt::Unreachable { why: "x".into() }], ..clumps };
    for nothing in [None, Some(&torn)] {
        assert!(!judged(nothing).1.learned, "nothing is known, and that is said");
    }
}

#[test]
fn slow_requests_are_judged_as_counts_beyond_the_threshold() {
    let slow = Slo { objective: 0.95, threshold: Some(Millis(500)), ..slo() };
    let arms = vec![arm("v3", 200, 1_000), arm("v2", 450, 9_000)];
    let found = Measurement { arms, ..measurement(650, 10_000) };
    let judgement = judge(&slow, &found, Some("v3"));
    assert_eq!(judgement.verdict, Verdict::Fail, "{}", judgement.sentence);
    assert!(
        judgement.sentence.starts_with("v3 takes longer than 500 ms for 20% of 1,000 requests"),
        "{}",
        judgement.sentence
    );
}

#[test]
fn a_suspect_without_a_series_is_not_judged_by_the_others() {
    for (bad, total) in [(0, 1000), (500, 1000)] {
        let found = Measurement { arms: vec![arm("v2", bad, total)], ..measurement(bad, total) };
        let found = judged(&found, Some("v3"));
        assert_eq!(found.verdict, Verdict::Inconclusive, "nothing is known of it");
        assert_eq!(found.arm.as_deref(), Some("v3"));
    }
    let together = judged(&measurement(500, 1000), Some("v3"));
    assert_eq!(together.verdict, Verdict::Fail, "where series tell nothing apart, all count");
    assert_eq!(together.arm, None, "and nobody claims otherwise");
}

#[test]
fn it_is_shared_when_the_others_break_the_objective_with_enough_requests_of_their_own() {
    for (others, verdict) in [
        ((0, 900), Verdict::Fail),
        ((10, 900), Verdict::Fail),
        ((540, 900), Verdict::Shared),
        ((900, 900), Verdict::Shared),
        ((99, 99), Verdict::Fail),
        ((100, 100), Verdict::Shared),
        ((0, 0), Verdict::Fail),
    ] {
        let (bad, total) = others;
        let arms = vec![arm("v3", 60, 100), arm("v2", bad, total)];
        let found = Measurement { arms, ..measurement(60 + bad, 100 + total) };
        let judgement = judged(&found, Some("v3"));
        assert_eq!(judgement.verdict, verdict, "{bad} of {total}: {}", judgement.sentence);
    }
}

#[test]
fn a_good_release_is_not_blamed_for_the_others() {
    let arms = vec![arm("v3", 0, 200), arm("v2", 800, 900)];
    let found = Measurement { arms, ..measurement(800, 1100) };
    assert_eq!(judged(&found, Some("v3")).verdict, Verdict::Pass);
}

#[test]
fn a_judgement_reads_as_a_sentence() {
    let suspect = |bad, others| {
        let arms = vec![arm("v3", bad, 1000), arm("v2", others, 1000)];
        judged(&Measurement { arms, ..measurement(bad + others, 2000) }, Some("v3")).sentence
    };
    assert_eq!(
        suspect(3, 0),
        "3 of 1,000 requests of v3 failed in 5:00, 0.3%, within 1%; more than 0.77% is ruled out"
    );
    assert_eq!(
        suspect(48, 2),
        "v3 fails 4.8% of 1,000 requests, v2 0.2% of 1,000 in the same minutes: about 24 times \
         as often; chance explains that less than 1 in 200 times (above 1%)"
    );
    assert_eq!(
        suspect(120, 90),
        "120 of 1,000 requests of v3 failed in 5:00, 12%, above 1%; v2 fails 9% of 1,000 as well, \
         so going back is unlikely to help"
    );
    assert_eq!(
        judged(&measurement(96, 2_000), None).sentence,
        "96 of 2,000 requests failed in 5:00, 4.8%, above 1%; chance explains that less than 1 in \
         2,000 times"
    );
    assert_eq!(
        judged(&measurement(11, 1_000), None).sentence,
        "cannot tell: 11 of 1,000 requests failed in 5:00, 1.1%, above 1%, and not clearly enough \
         to go back"
    );
    assert_eq!(
        judged(&measurement(0, 120), None).sentence,
        "cannot tell: 0 of 120 requests failed in 5:00, 0%, within 1%, but up to 2.5% is possible"
    );
    let found = Measurement {
        doubts: vec![Doubt::Stale { age: Millis::minutes(3) }],
        ..measurement(1, 50)
    };
    assert_eq!(
        judged(&found, None).sentence,
        "cannot tell: the newest sample is 3:00 old; only 50 requests, 100 are needed (1 of 50 \
         requests failed in 5:00, 2%)"
    );
}

#[test]
fn evidence_that_is_enough_to_stop_is_told_and_is_not_a_failure() {
    let enough_to_stop = (1..60).map(|bad| judged(&measurement(bad, 1_000), None)).find(|one| {
        let rollout = one.evidence.as_ref().and_then(|evidence| evidence.rollout.as_ref());
        rollout.is_some_and(|rollout| rollout.decision == Decision::Pause)
    });
    let judgement = enough_to_stop.expect("there is something between nothing and a rollback");
    assert_eq!(judgement.verdict, Verdict::Inconclusive);
    assert!(
        judgement.sentence.contains("enough to stop the rollout, not enough to go back"),
        "{}",
        judgement.sentence
    );
}

/// Higher is worse.
fn badness(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Pass => 0,
        Verdict::Inconclusive | Verdict::Error => 1,
        Verdict::Shared | Verdict::Fail => 2,
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 48,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn more_bad_requests_never_make_a_verdict_better(
        total in 0_u64..3000,
        one in 0_u64..3000,
        other in 0_u64..3000,
        objective in 0.5_f64..0.9999,
    ) {
        let slo = Slo { objective, ..slo() };
        let (less, more) = (one.min(other).min(total), one.max(other).min(total));
        let less = badness(judge(&slo, &measurement(less, total), None).verdict);
        let more = badness(judge(&slo, &measurement(more, total), None).verdict);
        prop_assert!(less <= more, "{less:?} then {more:?}");
    }

    #[test]
    fn more_bad_requests_of_the_suspect_never_make_it_innocent(
        others in 0_u64..500,
        one in 0_u64..500,
        other in 0_u64..500,
    ) {
        let verdict = |bad| {
            let arms = vec![arm("v3", bad, 500), arm("v2", others, 500)];
            let found = Measurement { arms, ..measurement(bad + others, 1000) };
            badness(judged(&found, Some("v3")).verdict)
        };
        prop_assert!(verdict(one.min(other)) <= verdict(one.max(other)));
    }

    #[test]
    fn no_measurement_is_a_reason_to_fail(
        (bad, total, of_arm, bad_of_arm) in any::<(u64, u64, u64, u64)>(),
        (from, to) in any::<(i64, i64)>(),
        (objective, min_samples) in any::<(f64, u64)>(),
    ) {
        let slo = Slo { objective, min_samples, ..slo() };
        let arms = vec![arm("v3", bad_of_arm, of_arm)];
        let (from, to) = (EpochMs(from), EpochMs(to));
        let found = Measurement { from, to, arms, ..measurement(bad, total) };
        for suspect in [None, Some("v3"), Some("v9")] {
            let judgement = judge(&slo, &found, suspect);
            prop_assert!(!judgement.sentence.is_empty());
            prop_assert!(judgement.verdict != Verdict::Pass || judgement.counts.total > 0);
            prop_assume!(slo.budget().is_finite());
            let text = serde_json::to_string(&judgement).expect("it has a text form");
            let back: Judgement = serde_json::from_str(&text).expect("it was written by us");
            prop_assert_eq!(back, judgement, "every number of it survives the journal");
        }
    }

    #[test]
    fn a_number_reads_back_as_it_was_written(objective in any::<f64>()) {
        prop_assume!(objective.is_finite());
        let slo = Slo { objective, ..slo() };
        let text = serde_json::to_string(&slo).expect("it has a text form");
        let back: Slo = serde_json::from_str(&text).expect("it was written by us");
        prop_assert_eq!(back.objective.to_bits(), objective.to_bits(), "to the last bit");
    }
}
