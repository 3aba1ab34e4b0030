use proptest::prelude::*;

use super::*;
use crate::judge::Point;
use crate::testing::{arm, measurement, slo, ticks};

fn judged(found: &Measurement, suspect: Option<&str>) -> Judgement {
    judge(&slo(), found, suspect)
}

#[test]
fn a_verdict_follows_from_the_counts() {
    for (bad, total, verdict) in [
        (0, 1000, Verdict::Pass),
        (9, 1000, Verdict::Pass),
        (10, 1000, Verdict::Pass),
        (11, 1000, Verdict::Fail),
        (1000, 1000, Verdict::Fail),
        (1, 100, Verdict::Pass),
        (2, 100, Verdict::Fail),
        (0, 99, Verdict::Inconclusive),
        (99, 99, Verdict::Inconclusive),
        (1, 1, Verdict::Inconclusive),
        (0, 0, Verdict::Inconclusive),
    ] {
        let found = judged(&measurement(bad, total), None);
        assert_eq!(found.verdict, verdict, "{bad} of {total}: {}", found.sentence);
    }
}

#[test]
fn a_promise_that_is_kept_exactly_is_kept() {
    // In binary 1 − 0.9 is less than 0.1, and 1 − 0.7 more than 0.3.
    for objective in 1..1000_u32 {
        let slo = Slo { objective: f64::from(objective) / 1000.0, min_samples: 1, ..slo() };
        let allowed = u64::from(1000 - objective);
        assert_eq!(judge(&slo, &measurement(allowed, 1000), None).verdict, Verdict::Pass);
        assert_eq!(judge(&slo, &measurement(allowed + 1, 1000), None).verdict, Verdict::Fail);
    }
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
fn it_is_shared_when_the_others_are_as_bad_with_enough_requests_of_their_own() {
    for (others, verdict) in [
        ((0, 900), Verdict::Fail),
        ((9, 900), Verdict::Fail),
        ((10, 900), Verdict::Shared),
        ((900, 900), Verdict::Shared),
        ((99, 99), Verdict::Fail),
        ((100, 100), Verdict::Shared),
        ((0, 0), Verdict::Fail),
    ] {
        let (bad, total) = others;
        let arms = vec![arm("v3", 60, 100), arm("v2", bad, total)];
        let found = Measurement { arms, ..measurement(60 + bad, 100 + total) };
        assert_eq!(judged(&found, Some("v3")).verdict, verdict, "the others: {bad} of {total}");
    }
}

#[test]
fn a_good_release_is_not_blamed_for_the_others() {
    let arms = vec![arm("v3", 0, 100), arm("v2", 800, 900)];
    let found = Measurement { arms, ..measurement(800, 1000) };
    assert_eq!(judged(&found, Some("v3")).verdict, Verdict::Pass);
}

#[test]
fn a_judgement_reads_as_a_sentence() {
    let suspect = |bad, others| {
        let arms = vec![arm("v3", bad, 1000), arm("v2", others, 1000)];
        judged(&Measurement { arms, ..measurement(bad + others, 2000) }, Some("v3")).sentence
    };
    assert_eq!(suspect(3, 0), "3 of 1000 requests of v3 failed in 5:00, 0.3%, within 1%");
    assert_eq!(suspect(48, 0), "48 of 1000 requests of v3 failed in 5:00, 4.8%, above 1%");
    assert_eq!(
        suspect(120, 90),
        "120 of 1000 requests of v3 failed in 5:00, 12%, above 1%; the other releases are as \
         bad, so going back is unlikely to help"
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

/// Higher is worse; what is not decided is neither.
fn badness(verdict: Verdict) -> Option<u8> {
    match verdict {
        Verdict::Pass => Some(0),
        Verdict::Shared | Verdict::Fail => Some(1),
        Verdict::Inconclusive | Verdict::Error => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

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
        prop_assert_eq!(less.is_some(), total >= slo.min_samples, "the samples decide that");
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
