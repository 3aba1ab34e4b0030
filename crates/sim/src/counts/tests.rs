use super::*;

const CALM: Behaviour = Behaviour { error_rate: 0.02, latency: Millis(100), becomes_ready: true };

fn slo(good: &str) -> Slo {
    Slo {
        name: "slo".into(),
        objective: 0.99,
        good: good.to_owned(),
        total: "requests".to_owned(),
        version_label: None,
        min_samples: 1,
        threshold: None,
    }
}

fn counted(mean: f64, behaviour: &Behaviour, kind: Kind) -> Counts {
    (0..20_000).fold(Counts::default(), |sum, tick| {
        let one = Second { key: 5, tick, mean }.counts(kind, behaviour);
        assert!(one.bad <= one.total, "no more requests fail than there are");
        Counts { total: sum.total + one.total, bad: sum.bad + one.bad }
    })
}

#[test]
#[expect(clippy::cast_precision_loss, reason = "small counts")]
fn a_rate_of_traffic_and_of_errors_is_met_over_time() {
    for mean in [0.3, 4.0, 29.0, 40.0, 400.0] {
        let seen = counted(mean, &CALM, Kind::Failed);
        let off = seen.total as f64 / 20_000.0 / mean;
        assert!((off - 1.0).abs() < 0.03, "{mean} a second was wanted, {off} of it came");
        let rate = seen.rate().expect("there was traffic");
        assert!((rate - 0.02).abs() < 0.004, "2 % were to fail at {mean} a second, not {rate}");
    }
}

#[test]
fn no_errors_are_drawn_where_none_are_made_and_all_where_all_fail() {
    let never = Behaviour { error_rate: 0.0, ..CALM };
    assert_eq!(counted(40.0, &never, Kind::Failed).bad, 0, "nothing fails by itself");
    let always = Behaviour { error_rate: 1.0, ..CALM };
    let seen = counted(40.0, &always, Kind::Failed);
    assert_eq!(seen.bad, seen.total, "everything fails");
}

#[test]
fn half_of_the_requests_are_slower_than_the_median() {
    let kind = Kind::Slower(Millis(100));
    assert!((kind.share(&CALM) - 0.5).abs() < 1e-12, "that is what a median is");
    assert!(Kind::Slower(Millis(1_000)).share(&CALM) < 0.001, "the tail is thin");
}

#[test]
fn an_objective_on_latency_is_told_from_one_on_errors() {
    for (query, kind) in [
        ("requests{code!~\"5..\"}", Kind::Failed),
        ("latency < 300ms", Kind::Slower(Millis(300))),
        ("latency < 2s", Kind::Slower(Millis(2_000))),
        ("sum(http_duration_bucket{le=\"0.25\"})", Kind::Slower(Millis(250))),
    ] {
        assert_eq!(Kind::of(&slo(query)), kind, "{query}");
    }
    let said = Slo { threshold: Some(Millis(500)), ..slo("whatever") };
    assert_eq!(Kind::of(&said), Kind::Slower(Millis(500)), "what is said needs no guess");
}

#[test]
fn the_exponential_agrees_with_the_library() {
    for tenth in 0..300 {
        let x = f64::from(tenth) / 10.0;
        let relative = exp_minus(x) / (-x).exp();
        assert!((relative - 1.0).abs() < 1e-9, "exp(-{x}) is off by {relative}");
    }
}

#[test]
fn traffic_wobbles_mildly_and_without_jumps() {
    let mut last = busyness(9, 0);
    for tick in 1..3_600 {
        let now = busyness(9, tick);
        assert!((0.92..=1.08).contains(&now), "within eight percent, not {now}");
        assert!((now - last).abs() < 0.01, "one second changes little");
        last = now;
    }
}
