//! What holds for every sequence of ticks, and how often the tests are wrong.

use proptest::prelude::*;

use crate::judge::Counts;
use crate::judge::sequential::gathered::Gathered;
use crate::judge::sequential::*;

const fn counts(total: u64, bad: u64) -> Counts {
    Counts { total, bad }
}

/// Chance that is the same every time (Steele, Lea and Flood, "Fast splittable pseudorandom number
/// generators", 2014).
struct Chance(u64);

impl Chance {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
        let unit = ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64;
        unit
    }

    fn of(&mut self, total: u64, rate: f64) -> Counts {
        let bad = (0..total).filter(|_| self.unit() < rate).count() as u64;
        counts(total, bad)
    }
}

/// In how many of `runs` rollouts of 360 ticks the policy goes back.
fn rollbacks(runs: u64, canary: (u64, f64), baseline: (u64, f64)) -> u64 {
    let mut wrong = 0;
    for seed in 0..runs {
        let mut chance = Chance(seed.wrapping_mul(7919) + 1);
        let mut policy = Policy::new(Settings::errors(0.001));
        for _ in 0..360 {
            let decision = policy.take(Tick {
                canary: Some(chance.of(canary.0, canary.1)),
                baseline: Some(chance.of(baseline.0, baseline.1)),
            });
            if decision == Decision::Rollback {
                wrong += 1;
                break;
            }
        }
    }
    wrong
}

proptest! {
    /// One step of the test never gains on average while the rate is within the null, also for
    /// objectives so loose that their null is above 0.8, and also when the null was raised.
    #[test]
    fn a_rate_within_the_null_never_gains(
        null in 0.0005_f64..0.998,
        raised in 0.0_f64..1.0,
        within in 0.0_f64..=1.0,
    ) {
        let against = null + raised * (0.999 - null);
        let rate = within * against;
        let after = |bad: u64| {
            let mut test = Absolute::new(null);
            test.take_against(against, counts(1, bad));
            test.evidence(1.0)
        };
        let mean = rate * after(1) + (1.0 - rate) * after(0);
        prop_assert!(mean <= 1.0 + 1e-9, "null {null}, against {against}, rate {rate}: {mean}");
        prop_assert!(after(1) >= after(0), "a bad request never makes it look better");
    }
}

proptest! {
    /// One tick never gains on average while the mean is within the null, whatever number of
    /// requests fails at once.
    #[test]
    fn a_bet_on_a_mean_within_the_null_never_gains(
        null in 0.000_5_f64..0.5,
        within in 0.0_f64..=1.0,
        total in 1_u64..400,
        clump in 1_u64..400,
        raised in 0.0_f64..1.0,
    ) {
        let clump = clump.min(total);
        let against = null + raised * (0.9 - null);
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let chance = (within * against * total as f64 / clump as f64).min(1.0);
        let after = |bad: u64| {
            let mut bets = Bets::new(null);
            bets.take_against(against, counts(total, bad));
            bets.evidence()
        };
        let mean = chance * after(clump) + (1.0 - chance) * after(0);
        prop_assert!(mean <= 1.0 + 1e-9, "{clump} of {total} with {chance}: {mean}");
        prop_assert!(after(clump) >= after(clump - 1), "a bad request never looks better");
    }
}

#[test]
fn a_loose_objective_that_is_broken_is_found() {
    for (null, rate) in [(0.5, 0.7), (0.6, 0.8), (0.85, 0.95), (0.9, 0.97)] {
        let mut chance = Chance(11);
        let mut test = Absolute::new(null);
        for _ in 0..200 {
            test.take(chance.of(10, rate));
        }
        assert!(test.evidence(1.0) >= 20.0, "{null}: {}", test.evidence(1.0));
    }
}

#[test]
fn a_good_canary_is_hardly_ever_rolled_back_however_often_it_is_looked_at() {
    let wrong = rollbacks(300, (1, 0.001), (9, 0.001));
    assert!(wrong <= 3, "at most one in a hundred, found {wrong} of 300");
}

/// Clumps of up to `most` errors that fall on one of two releases in proportion to what they
/// serve, with nothing known from before.
#[test]
fn clumps_of_any_size_without_a_history_are_hardly_ever_blamed_on_a_good_canary() {
    for (served, beside, most) in
        [(10, 90, 5), (10, 90, 20), (100, 900, 20), (50, 50, 12), (500, 500, 30)]
    {
        let mut wrong = 0;
        for seed in 0..200_u64 {
            let mut chance = Chance(seed.wrapping_mul(104_729) + most);
            let mut policy = Policy::new(Settings::errors(0.001));
            for _ in 0..360 {
                let (mut canary, mut baseline) = (counts(served, 0), counts(beside, 0));
                #[expect(clippy::cast_precision_loss, reason = "small numbers")]
                let (clumps, share) = (
                    (served + beside) as f64 * 0.001 * 2.0 / (most + 1) as f64,
                    served as f64 / (served + beside) as f64,
                );
                let mut due = clumps;
                while chance.unit() < due {
                    due -= 1.0;
                    let arm = if chance.unit() < share { &mut canary } else { &mut baseline };
                    #[expect(
                        clippy::cast_possible_truncation,
                        clippy::cast_sign_loss,
                        clippy::cast_precision_loss,
                        reason = "a small count"
                    )]
                    let size = 1 + (chance.unit() * most as f64) as u64;
                    arm.bad = (arm.bad + size).min(arm.total);
                }
                policy.take(Tick { canary: Some(canary), baseline: Some(baseline) });
            }
            wrong += u64::from(policy.decision() == Decision::Rollback);
        }
        assert!(wrong <= 4, "{served} beside {beside}, up to {most}: {wrong} of 200");
    }
}

#[test]
fn a_bad_canary_is_found_with_six_requests_a_minute() {
    let found = rollbacks(100, (1, 0.05), (9, 0.001));
    assert!(found >= 95, "5 % errors at six requests a minute, found {found} of 100");
}

#[test]
fn an_incident_that_both_share_is_no_reason_to_go_back() {
    for seed in 0..40 {
        let mut chance = Chance(seed);
        let mut policy = Policy::new(Settings::errors(0.001));
        for tick in 0..360 {
            let rate = if (60..90).contains(&tick) { 0.05 } else { 0.001 };
            policy.take(Tick {
                canary: Some(chance.of(10, rate)),
                baseline: Some(chance.of(90, rate)),
            });
        }
        assert_eq!(policy.decision(), Decision::Shared, "seed {seed}");
    }
}

#[test]
fn one_bad_request_of_one_decides_nothing() {
    let mut policy = Policy::new(Settings::errors(0.001));
    let tick = |bad| Tick { canary: Some(counts(1, bad)), baseline: Some(counts(9, 0)) };
    assert_eq!(policy.take(tick(1)), Decision::Watch, "one request");
    assert_eq!(policy.take(tick(1)), Decision::Watch, "two of two");
    assert_eq!(policy.take(tick(0)), Decision::Watch, "two of three");
    assert_eq!(policy.take(tick(0)), Decision::Watch, "two of four");
    assert_eq!(policy.take(tick(1)), Decision::Rollback, "three of five, in three ticks");
}

#[test]
fn evidence_from_before_there_were_enough_requests_is_weighed_anew() {
    let mut policy = Policy::new(Settings::errors(0.01));
    policy.take(Tick { canary: Some(counts(1, 1)), baseline: None });
    let decision = policy.take(Tick { canary: Some(counts(400, 0)), baseline: None });
    assert_eq!(decision, Decision::Watch, "1 of 401 is within the budget");
}

#[test]
fn no_data_decides_nothing() {
    let mut policy = Policy::new(Settings::errors(0.001));
    for _ in 0..360 {
        let tick = Tick { canary: None, baseline: Some(counts(1_000, 1)) };
        assert_eq!(policy.take(tick), Decision::Watch);
    }
    assert_eq!(policy.statistics().ticks_without_canary, 360);
    assert!(!policy.enough(), "there was nothing to judge");
}

#[test]
fn millions_of_requests_overflow_nothing() {
    let mut policy = Policy::new(Settings::errors(0.001));
    for _ in 0..1_000 {
        policy.take(Tick {
            canary: Some(counts(10_000_000, 5_000_000)),
            baseline: Some(counts(90_000_000, 90_000)),
        });
    }
    let seen = policy.statistics();
    for value in [seen.e_ratio, seen.e_worse, seen.e_abs_canary, seen.e_abs_baseline, seen.p_value]
    {
        assert!(value.is_finite() && value >= 0.0, "{seen:?}");
    }
    assert_eq!(policy.decision(), Decision::Rollback);
}

#[test]
fn with_much_traffic_a_small_excess_over_the_budget_is_no_reason_to_go_back() {
    let mut policy = Policy::new(Settings::errors(0.001));
    for tick in 0..3_600 {
        let bad = if tick % 2 == 0 { 1 } else { 2 };
        policy.take(Tick { canary: Some(counts(1_000, bad)), baseline: None });
    }
    assert_eq!(policy.decision(), Decision::Watch, "one and a half times the budget");
}

#[test]
fn with_much_traffic_three_times_the_budget_is_found_also_without_a_release_beside_it() {
    for budget in [0.000_5, 0.001, 0.01] {
        let mut chance = Chance(5);
        let mut policy = Policy::new(Settings::errors(budget));
        let mut ticks = 0_u32;
        while policy.decision() < Decision::Rollback && ticks < 360 {
            policy.take(Tick { canary: Some(chance.of(1_000, 3.0 * budget)), baseline: None });
            ticks += 1;
        }
        assert!(policy.decision() == Decision::Rollback, "{budget}: nothing in an hour");
    }
}

prop_compose! {
    fn a_tick()(total in 0_u64..200, beside in 0_u64..2_000, bad in 0_u64..12, bad_beside in 0_u64..12)
        -> (Counts, Counts) {
        (counts(total, bad.min(total)), counts(beside, bad_beside.min(beside)))
    }
}

fn decide(ticks: &[(Counts, Counts)]) -> (Decision, Statistics) {
    let mut policy = Policy::new(Settings::errors(0.002));
    for (canary, baseline) in ticks {
        policy.take(Tick { canary: Some(*canary), baseline: Some(*baseline) });
    }
    (policy.decision(), policy.statistics())
}

proptest! {
    #[test]
    fn more_bad_requests_of_the_canary_never_lead_to_a_milder_decision(
        mut ticks in prop::collection::vec(a_tick(), 1..40),
        at in any::<prop::sample::Index>(),
        more in 1_u64..20,
    ) {
        let (before, _) = decide(&ticks);
        let at = at.index(ticks.len());
        let canary = &mut ticks[at].0;
        canary.bad = (canary.bad + more).min(canary.total);
        let (after, _) = decide(&ticks);
        prop_assert!(after >= before, "{before:?} became {after:?}");
    }

    #[test]
    fn the_ratio_test_does_not_see_how_ticks_of_one_share_are_cut(
        parts in prop::collection::vec((1_u64..50, 0_u64..3, 0_u64..6), 1..30),
        r0 in 1.0_f64..4.0,
    ) {
        let (mut apart, mut together) = (Ratio::errors(r0), Ratio::errors(r0));
        let mut sum = (counts(0, 0), counts(0, 0));
        for (size, bad, beside) in parts {
            let canary = counts(size, bad.min(size));
            let baseline = counts(9 * size, beside);
            apart.take(canary, baseline);
            sum.0 = counts(sum.0.total + canary.total, sum.0.bad + canary.bad);
            sum.1 = counts(sum.1.total + baseline.total, sum.1.bad + baseline.bad);
        }
        together.take(sum.0, sum.1);
        let (apart, together) = (apart.log_evidence(1.0), together.log_evidence(1.0));
        prop_assert!((apart - together).abs() < 1e-8, "{apart} and {together}");
    }

    #[test]
    fn a_rollout_is_compared_alike_however_stretches_of_it_are_cut(
        stretches in prop::collection::vec(
            prop::collection::vec((1_u64..25, 0_u64..3, 0_u64..6), 1..6), 1..12),
    ) {
        let (mut fine, mut coarse) = (Gathered::new(Ratio::errors(2.0)), Gathered::new(Ratio::errors(2.0)));
        for stretch in stretches {
            let mut sum = (counts(0, 0), counts(0, 0));
            // No stretch ends within: what is left over is filled up by one tick of its own.
            let mut left = 49_u64;
            for (size, bad, beside) in stretch {
                let size = size.min(left);
                left -= size;
                let one = (counts(size, bad.min(size)), counts(9 * size, beside.min(9 * size)));
                fine.take(one.0, one.1);
                sum = (sum.0.plus(one.0), sum.1.plus(one.1));
            }
            coarse.take(sum.0, sum.1);
            let last = (counts(left + 1, 0), counts(9, 1));
            prop_assert!(fine.take(last.0, last.1) && coarse.take(last.0, last.1), "it ends");
        }
        prop_assert_eq!(fine.evidence(3.0).to_bits(), coarse.evidence(3.0).to_bits());
    }

    #[test]
    fn a_history_tells_nothing_once_the_rollout_has_begun(ticks in prop::collection::vec(a_tick(), 1..20)) {
        let mut policy = Policy::new(Settings::errors(0.002));
        for (canary, baseline) in &ticks {
            policy.take(Tick { canary: Some(*canary), baseline: Some(*baseline) });
            policy.take_history(counts(1_000, 500));
        }
        prop_assert_eq!(policy.statistics(), decide(&ticks).1);
        prop_assert_eq!(policy.spread(), Spread::assumed());
    }

    #[test]
    fn the_same_ticks_give_the_same_statistics(ticks in prop::collection::vec(a_tick(), 1..40)) {
        let (once, again) = (decide(&ticks), decide(&ticks));
        prop_assert_eq!(once.0, again.0);
        prop_assert_eq!(once.1, again.1);
        prop_assert!(once.1.phi >= 1.0);
        prop_assert!(once.1.p_value > 0.0 && once.1.p_value <= 1.0);
    }

    #[test]
    fn a_null_hypothesis_gains_no_evidence_on_average(
        share in 0.02_f64..0.98, r0 in 1.0_f64..5.0, errors in 1_u64..6,
    ) {
        // Exactly, over every way in which so many errors can split at the null's edge.
        let canary_share = share * r0 / (share * r0 + 1.0 - share);
        let total = 1_000_000_u64;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "between zero and a million")]
        let served = (share * total as f64) as u64;
        let mut mean = 0.0;
        let mut ways = 1.0;
        for bad in 0..=errors {
            let mut ratio = Ratio::errors(r0);
            ratio.take(counts(served, bad), counts(total - served, errors - bad));
            let power = |base: f64, times: u64| base.powi(i32::try_from(times).unwrap());
            let chance = ways * power(canary_share, bad) * power(1.0 - canary_share, errors - bad);
            mean += chance * ratio.evidence(1.0);
            #[expect(clippy::cast_precision_loss, reason = "a handful")]
            let next = (errors - bad) as f64 / (bad + 1) as f64;
            ways *= next;
        }
        prop_assert!(mean < 1.0 + 1e-3, "expectation {mean}");
    }
}
