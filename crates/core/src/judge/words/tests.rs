use super::*;
use crate::testing::slo;

#[test]
fn a_share_reads_as_a_person_would_say_it() {
    for (share, text) in [
        (0.0, "0%"),
        (0.0031, "0.31%"),
        (0.003, "0.3%"),
        (0.01, "1%"),
        (0.048, "4.8%"),
        (0.05, "5%"),
        (0.12, "12%"),
        (0.999, "100%"),
        (1.0, "100%"),
        (0.000_01, "0.001%"),
        (0.000_000_1, "0.00001%"),
    ] {
        assert_eq!(percent(share), text);
    }
    for odd in [f64::NAN, f64::INFINITY, f64::MIN_POSITIVE, -0.5] {
        assert!(percent(odd).ends_with('%'), "{odd} is no share, and no reason to fail");
    }
}

#[test]
fn a_large_number_reads_in_groups() {
    for (number, text) in [
        (0, "0"),
        (999, "999"),
        (1_000, "1,000"),
        (10_811, "10,811"),
        (1_234_567, "1,234,567"),
        (u64::MAX, "18,446,744,073,709,551,615"),
    ] {
        assert_eq!(grouped(number), text);
    }
}

#[test]
fn chance_is_never_made_to_look_less_likely_than_it_is() {
    for (e, text) in [
        (0.3, "chance explains that easily"),
        (1.99, "chance explains that easily"),
        (2.0, "chance explains that less than 1 in 2 times"),
        (29.9, "chance explains that less than 1 in 20 times"),
        (12_345.0, "chance explains that less than 1 in 10,000 times"),
        (999_999.0, "chance explains that less than 1 in 900,000 times"),
        (1e300, "chance explains that less than once in a million times"),
    ] {
        assert_eq!(odds(e), text);
    }
}

#[test]
fn two_releases_read_as_one_sentence() {
    let (bad, good) = (Counts { total: 1_204, bad: 110 }, Counts { total: 10_811, bad: 11 });
    assert_eq!(
        compared(&slo(), ("v2", bad), ("v1", good)),
        "v2 fails 9.1% of 1,204 requests, v1 0.1% of 10,811 in the same minutes: about 90 times \
         as often"
    );
    let none = Counts { total: 10_811, bad: 0 };
    assert_eq!(
        compared(&slo(), ("v2", bad), ("v1", none)),
        "v2 fails 9.1% of 1,204 requests, v1 none of 10,811 in the same minutes"
    );
    let slow = Slo { threshold: Some(Millis(500)), ..slo() };
    let some = Counts { total: 1_000, bad: 20 };
    assert_eq!(
        compared(&slow, ("v2", bad), ("v1", some)),
        "v2 takes longer than 500 ms for 9.1% of 1,204 requests, v1 for 2% of 1,000 in the same \
         minutes: about 4.6 times as often"
    );
}

#[test]
fn a_limit_reads_in_the_unit_that_fits() {
    for (ms, text) in [(1, "1 ms"), (500, "500 ms"), (1_000, "1 s"), (2_500, "2.5 s")] {
        assert_eq!(limit(Millis(ms)), text);
    }
}
