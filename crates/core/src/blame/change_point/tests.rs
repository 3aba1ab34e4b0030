use proptest::prelude::*;

use super::*;

fn indexes(series: &[f64], settings: Settings) -> Vec<usize> {
    change_points(series, settings).iter().map(|point| point.index).collect()
}

/// The demonstration series of Apache Otava (throughput of a database over many commits).
fn tigerbeetle() -> Vec<f64> {
    let text = include_str!("../fixtures/tigerbeetle.txt");
    text.split_whitespace().map(|word| word.parse().expect("a number")).collect()
}

#[test]
fn the_published_series_changes_where_its_publishers_say() {
    let series = tigerbeetle();
    for (max_p, min_magnitude, expected) in [
        (0.01, 0.05, vec![15, 71]),
        (0.05, 0.05, vec![15, 71]),
        (0.01, 0.0, vec![15, 26, 61, 71, 95, 117, 131, 142, 148, 165, 169, 192, 212, 260]),
        (0.001, 0.0, vec![15, 61, 71, 95, 117, 131, 142, 148, 192, 212, 260]),
        (0.0001, 0.0, vec![71, 95, 117, 131, 142, 148, 192, 212]),
        (0.00001, 0.0, vec![71, 95, 131, 192, 212]),
    ] {
        let settings = Settings { window: 30, max_p, min_magnitude };
        assert_eq!(indexes(&series, settings), expected, "{settings:?}");
    }
}

#[test]
fn a_step_is_found_at_its_first_point() {
    let series = [
        1.02, 0.95, 0.99, 1.00, 1.12, 1.00, 1.01, 0.98, 1.01, 0.96, 0.50, 0.51, 0.48, 0.48, 0.55,
        0.50, 0.49, 0.51, 0.50, 0.49,
    ];
    let found =
        change_points(&series, Settings { window: 10, max_p: 0.0001, ..Settings::default() });
    assert_eq!(found.iter().map(|point| point.index).collect::<Vec<_>>(), [10]);
    assert!((found[0].before - 1.004).abs() < 1e-9 && (found[0].after - 0.501).abs() < 1e-9);
    assert!(found[0].magnitude() > 1.0, "it halved, so it was twice as much");
}

#[test]
fn the_test_tells_a_step_from_a_repetition() {
    let same = [1.00, 1.02, 1.05, 0.95, 0.98];
    let lower = [0.80, 0.82, 0.85, 0.79, 0.77];
    assert!((p_value(&same, &same) - 1.0).abs() < 1e-9);
    assert!(p_value(&same, &lower) < 0.001);
    assert!((p_value(&[1.0], &[2.0]) - 1.0).abs() < 1e-9, "two points show nothing");
}

#[test]
fn what_never_changes_has_no_change_point() {
    for series in [vec![], vec![1.0], vec![1.0, 2.0], vec![3.0; 100]] {
        assert!(indexes(&series, Settings::default()).is_empty(), "{series:?}");
    }
}

#[test]
fn a_flat_line_that_jumps_changes_there() {
    let series: Vec<f64> = (0..60).map(|at| if at < 37 { 0.0 } else { 0.2 }).collect();
    assert_eq!(indexes(&series, Settings::default()), [37]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn scale_and_offset_change_nothing(
        noise in prop::collection::vec(0_u8..100, 20..60),
        at in 5_usize..15,
        // Powers of two and whole numbers, so that no rounding decides.
        scale in prop::sample::select(vec![0.5, 2.0, 8.0]),
    ) {
        let series: Vec<f64> = noise
            .iter()
            .enumerate()
            .map(|(index, one)| f64::from(*one) + if index < at { 0.0 } else { 512.0 })
            .collect();
        let moved: Vec<f64> = series.iter().map(|value| value * scale).collect();
        prop_assert_eq!(
            indexes(&series, Settings::default()),
            indexes(&moved, Settings::default())
        );
        prop_assert!(indexes(&series, Settings::default()).contains(&at), "the step is found");
    }

    #[test]
    fn points_are_in_order_inside_and_significant(
        series in prop::collection::vec(-100.0_f64..100.0, 0..80),
    ) {
        let found = change_points(&series, Settings { max_p: 0.05, ..Settings::default() });
        prop_assert!(found.is_sorted_by(|a, b| a.index < b.index));
        prop_assert!(found.iter().all(|one| one.index > 0 && one.index < series.len()));
        prop_assert!(found.iter().all(|one| one.p < 0.05));
    }
}
