//! Numbers that were computed elsewhere, or can be checked by hand.

use crate::judge::Counts;
use crate::judge::sequential::burn::{ALERTS, burn_rate};
use crate::judge::sequential::*;
use crate::time::Millis;

const fn counts(total: u64, bad: u64) -> Counts {
    Counts { total, bad }
}

#[track_caller]
fn close(found: f64, wanted: f64, tolerance: f64, why: &str) {
    assert!((found - wanted).abs() <= tolerance, "{why}: found {found}, wanted {wanted}");
}

#[test]
fn the_ratio_weighs_a_split_of_errors_as_computed_elsewhere() {
    let tenth = (counts(10, 0), counts(90, 0));
    let half = (counts(50, 0), counts(50, 0));
    for ((canary, baseline), bad, beside, wanted) in [
        (tenth, 1, 0, 6.0867),
        (tenth, 2, 0, 44.5907),
        (tenth, 3, 0, 357.0863),
        (tenth, 3, 1, 64.2577),
        (tenth, 0, 3, 0.2121),
        (tenth, 4, 10, 1.8121),
        (half, 3, 0, 5.960),
        (half, 6, 0, 39.314),
    ] {
        let mut ratio = Ratio::errors(1.0);
        ratio.take(Counts { bad, ..canary }, Counts { bad: beside, ..baseline });
        close(ratio.evidence(1.0), wanted, 6e-4, "the mixture over 24 ratios");
    }
}

#[test]
fn the_closed_form_agrees_with_its_own_paper() {
    for (bad, beside, wanted) in [(1, 0, 5.0), (3, 0, 250.0), (3, 1, 55.5556), (10, 10, 7391.9166)]
    {
        let found = log_bayes_factor(0.1, bad, beside).exp();
        close(found / wanted, 1.0, 1e-6, "beta over binomial");
    }
}

#[test]
fn the_absolute_test_is_the_mean_of_its_likelihood_ratios() {
    let (null, from, to) = (0.001_f64, 0.002_f64, 0.9_f64);
    let mean = (0..24)
        .map(|place| {
            let rate = from * (to / from).powf(f64::from(place) / 23.0);
            (rate / null).powi(3) * ((1.0 - rate) / (1.0 - null)).powi(57)
        })
        .sum::<f64>()
        / 24.0;
    let mut absolute = Absolute::new(null);
    absolute.take(counts(20, 1));
    absolute.take(counts(40, 2));
    close(absolute.evidence(1.0) / mean, 1.0, 1e-9, "by the formula, in two portions");
}

#[test]
fn a_bet_is_won_and_lost_as_computed_by_hand() {
    let (null, from, to) = (0.001_f64, 0.002_f64, 0.9_f64);
    let wealth = |bad: f64| {
        let (mut sum, mut weights) = (0.0, 0.0);
        for place in 0..24_u32 {
            let rate = from * (to / from).powf(f64::from(place) / 23.0);
            let (allowed, expected) = (20.0 * null, 20.0 * rate);
            let any = 1.0 - (1.0 - rate).powi(20);
            let kelly = any * (expected - allowed) / (expected - any * allowed);
            let careful = if place % 2 == 1 { 1.0 + allowed } else { 1.0 };
            let stake = (kelly / careful).min(0.98);
            let weight = 12.0 - (f64::from(place) - 11.5).abs();
            sum += weight * (1.0 + stake * (bad / allowed - 1.0));
            weights += weight;
        }
        sum / weights
    };
    for (bad, counted) in [(0, 0.0), (1, 1.0), (2, 1.2), (20, 1.2)] {
        let mut bets = Bets::new(null);
        bets.take(counts(20, bad));
        close(bets.evidence() / wealth(counted), 1.0, 1e-9, "one, and ten times what is allowed");
    }
    let mut bets = Bets::new(null);
    bets.take(counts(0, 0));
    close(bets.evidence(), 1.0, 0.0, "a tick without requests is no bet");
}

/// What a history says of the size of clumps.
fn learned(ticks: impl IntoIterator<Item = Counts>) -> Spread {
    let mut dispersion = Dispersion::default();
    ticks.into_iter().for_each(|tick| dispersion.take(tick));
    dispersion.spread()
}

#[test]
fn dispersion_is_the_size_of_the_clumps() {
    let ticks = |clump: u64| -> Vec<Counts> {
        (0..40_000).map(|tick| counts(100, if tick % 40 == 7 { clump } else { 0 })).collect()
    };
    for (clump, wanted) in [(1, 1.0), (3, 3.0), (10, 10.0)] {
        let spread = learned(ticks(clump));
        assert!(spread.learned, "{spread:?}");
        close(spread.phi, wanted, 0.1 + wanted / 50.0, "between neighbours");
        close(index_of_dispersion(&ticks(clump)), wanted, 0.3, "over all ticks");
    }
}

#[test]
fn without_enough_errors_to_learn_from_clumps_of_twenty_are_assumed() {
    close(index_of_dispersion(&[]), 1.0, 0.0, "no tick");
    close(index_of_dispersion(&[counts(0, 0), counts(50, 0)]), 1.0, 0.0, "no bad request");
    assert_eq!(learned([]), Spread::assumed(), "no tick");
    assert_eq!(learned([counts(100, 0); 500]), Spread::assumed(), "no bad request");
    let few = learned((0..62).map(|tick| counts(100, u64::from(tick % 2 == 0))));
    assert_eq!(few, Spread { pairs: 15, ..Spread::assumed() }, "a pair short of enough");
    let even = learned([counts(100, 5); 400]);
    assert!(even.learned && even.phi < 1.2, "however evenly they come, not below one: {even:?}");
}

#[test]
fn an_incident_last_night_does_not_blind_the_dispersion() {
    let ticks = (0..20_000).map(|tick| {
        let bad =
            if (1_000..1_600).contains(&tick) { 20 + tick % 3 } else { u64::from(tick % 9 == 4) };
        counts(400, bad)
    });
    let all: Vec<Counts> = ticks.clone().collect();
    let (phi, plain) = (learned(ticks).phi, index_of_dispersion(&all));
    assert!(phi < 5.0, "neighbours hardly differ, but for both ends of it: {phi}");
    assert!(plain > 2.0 * phi, "the plain index takes it for clumps: {plain}");
}

#[test]
fn how_finely_the_time_was_cut_hardly_changes_the_dispersion() {
    let ticks: Vec<Counts> = (0..24_000_u64)
        .map(|tick| counts(10, if tick.wrapping_mul(2_654_435_761) % 997 < 20 { 6 } else { 0 }))
        .collect();
    let fine = learned(ticks.iter().copied()).phi;
    for size in [2, 5, 6] {
        let coarse = ticks
            .chunks(size)
            .map(|part| part.iter().fold(counts(0, 0), |sum, tick| sum.plus(*tick)));
        close(learned(coarse).phi / fine, 1.0, 0.15, "joined ticks");
    }
}

#[test]
fn so_many_requests_prove_a_target_as_the_exact_bound_demands() {
    let table = [
        (0.001, [2995, 4742, 6294, 7752, 10511]),
        (0.005, [598, 947, 1258, 1549, 2100]),
        (0.01, [299, 473, 628, 773, 1049]),
        (0.02, [149, 236, 313, 386, 523]),
        (0.05, [59, 93, 124, 153, 208]),
        (0.10, [29, 46, 61, 76, 103]),
    ];
    for (target, row) in table {
        for (bad, wanted) in [0, 1, 2, 3, 5].into_iter().zip(row) {
            let found = requests_needed(target, bad, 0.95);
            assert_eq!(found, Some(wanted), "target {target}, {bad} bad");
        }
    }
    assert_eq!(requests_needed(0.0, 0, 0.95), None, "never is not a number");
    close(upper_bound(counts(0, 0), 0.95), 1.0, 0.0, "no request excludes nothing");
    close(upper_bound(counts(4, 4), 0.95), 1.0, 0.0, "all bad excludes nothing");
    close(upper_bound(counts(10, 0), 0.95), 0.258_865_6, 1e-6, "1 - 0.05^(1/10)");
}

#[test]
fn so_many_clean_requests_end_an_incident() {
    for (tolerated, budget, wanted) in [
        (0.01, 0.001, 332),
        (0.05, 0.001, 60),
        (0.05, 0.01, 73),
        (0.10, 0.01, 32),
        (0.005, 0.001, 747),
    ] {
        let settings = RecoverySettings { tolerated, ..RecoverySettings::after(budget, None) };
        let mut recovery = Recovery::new(settings);
        assert_eq!(recovery.still_needed(), Some(wanted), "{tolerated} against {budget}");
        recovery.take(counts(wanted - 1, 0));
        assert_eq!(recovery.standing(), Standing::Open, "one is missing");
        recovery.take(counts(1, 0));
        assert_eq!(recovery.standing(), Standing::Well, "{tolerated} is excluded");
    }
}

#[test]
fn a_recovery_is_measured_by_the_incident() {
    close(tolerated_rate(0.001, Some(0.2)), 0.05, 1e-12, "a quarter of 20 %");
    close(tolerated_rate(0.001, Some(0.001)), 0.002, 1e-12, "at least twice the budget");
    close(tolerated_rate(0.001, None), 0.002, 1e-12, "no incident is known");
}

#[test]
fn a_breach_ends_a_recovery_and_too_few_requests_end_nothing() {
    let mut recovery = Recovery::new(RecoverySettings::after(0.001, Some(0.2)));
    recovery.take(counts(29, 29));
    assert_eq!(recovery.standing(), Standing::Open, "fewer than 30 requests");
    recovery.take(counts(31, 0));
    assert_eq!(recovery.standing(), Standing::Unwell, "29 of 60");
    recovery.take(counts(100_000, 0));
    assert_eq!(recovery.standing(), Standing::Unwell, "a breach is not forgotten");
}

#[test]
fn so_many_probes_in_a_row_notice_what_fails_sometimes() {
    for (failing, strict, lax) in
        [(0.8, 3, 2), (0.5, 7, 5), (0.3, 13, 9), (0.2, 21, 14), (0.1, 44, 29), (0.05, 90, 59)]
    {
        assert_eq!(probes_needed(failing, 0.01), Some(strict), "{failing}, missed 1 %");
        assert_eq!(probes_needed(failing, 0.05), Some(lax), "{failing}, missed 5 %");
    }
    assert_eq!(probes_needed(0.0, 0.01), None, "no number of probes shows what never fails");
}

#[test]
fn burn_rates_are_those_of_the_workbook() {
    let days = |days: u64| Millis::minutes(days * 24 * 60);
    let thirty = [14.4, 6.0, 3.0, 1.0];
    let twenty_eight = [13.44, 5.6, 2.8, 0.933_333];
    for (alert, (long, short)) in ALERTS.iter().zip(thirty.into_iter().zip(twenty_eight)) {
        close(alert.threshold(days(30)), long, 1e-9, "over 30 days");
        close(alert.threshold(days(28)), short, 1e-6, "over 28 days");
        assert_eq!(
            alert.short.0 * if alert.page { 12 } else { alert.long.0 / alert.short.0 },
            alert.long.0
        );
    }
    assert_eq!(burn_rate(counts(0, 0), 0.001), None, "no traffic burns nothing and proves nothing");
    assert!(!ALERTS[0].fires(days(30), 0.001, counts(1_000, 15), counts(0, 0)), "it is over");
    assert!(ALERTS[0].fires(days(30), 0.001, counts(1_000, 15), counts(100, 2)), "it goes on");
    assert!(!ALERTS[0].fires(days(30), 0.001, counts(1_000, 14), counts(100, 2)), "14 < 14.4");
}
