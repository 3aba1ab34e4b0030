use lastgood_core::judge::Evidence;
use lastgood_core::name::{EnvironmentName, ServiceName, SloName};
use lastgood_core::time::EpochMs;

use super::*;

fn judged(verdict: Verdict, burn: Option<f64>, doubts: Vec<Doubt>) -> Judgement {
    Judgement {
        slo: SloName::new("errors"),
        verdict,
        arm: None,
        from: EpochMs(0),
        to: EpochMs(600_000),
        counts: lastgood_core::judge::Counts { total: 100, bad: 0 },
        budget: 0.001,
        doubts,
        sentence: String::new(),
        points: Vec::new(),
        evidence: Some(Box::new(Evidence {
            upper_bound: 0.0,
            burn,
            min_samples: 30,
            rollout: None,
            recovery: None,
        })),
    }
}

#[test]
fn doubt_is_never_within_and_what_burns_is_never_hidden() {
    let few = || vec![Doubt::TooFew { have: 3, need: 30 }];
    let cases = [
        (vec![], HealthState::NoObjective),
        (vec![judged(Verdict::Pass, Some(0.2), vec![])], HealthState::Within),
        (vec![judged(Verdict::Inconclusive, Some(0.9), vec![])], HealthState::Within),
        (vec![judged(Verdict::Inconclusive, Some(1.4), vec![])], HealthState::Burning),
        (vec![judged(Verdict::Inconclusive, Some(40.0), few())], HealthState::Unknown),
        (vec![judged(Verdict::Pass, None, vec![])], HealthState::Unknown),
        (vec![judged(Verdict::Error, None, vec![Doubt::NoData])], HealthState::Unknown),
        (vec![judged(Verdict::Shared, Some(0.1), vec![])], HealthState::Burning),
        (
            vec![
                judged(Verdict::Error, None, vec![Doubt::NoData]),
                judged(Verdict::Fail, Some(9.2), vec![]),
                judged(Verdict::Pass, Some(0.0), vec![]),
            ],
            HealthState::Burning,
        ),
        (
            vec![
                judged(Verdict::Pass, Some(0.0), vec![]),
                judged(Verdict::Error, None, vec![Doubt::NoData]),
            ],
            HealthState::Unknown,
        ),
    ];
    for (objectives, wanted) in cases {
        assert_eq!(state(&objectives), wanted, "{objectives:?}");
    }
}

#[test]
fn the_worst_service_is_first_and_the_order_is_the_same_every_time() {
    let place = |service: &str| Place {
        service: ServiceName::new(service),
        environment: EnvironmentName::new("production"),
    };
    let one = |service: &str, objectives| of_place(place(service), objectives);
    let mut places = vec![
        one("search", vec![judged(Verdict::Pass, Some(0.0), vec![])]),
        one("payments", vec![judged(Verdict::Fail, Some(2.0), vec![])]),
        one("ledger", vec![]),
        one("checkout", vec![judged(Verdict::Fail, Some(9.0), vec![])]),
        one("notify", vec![judged(Verdict::Error, None, vec![Doubt::NoData])]),
        one("basket", vec![judged(Verdict::Pass, Some(0.4), vec![])]),
    ];
    worst_first(&mut places);
    let names: Vec<String> = places.iter().map(|one| one.place.service.to_string()).collect();
    assert_eq!(names, ["checkout", "payments", "notify", "ledger", "basket", "search"]);
}

#[test]
fn a_thinner_line_keeps_every_peak_and_every_hole() {
    let point = |at, rate| Point { at: EpochMs(at), rate };
    let points = [
        point(1, Some(0.0)),
        point(2, Some(0.5)),
        point(3, None),
        point(4, Some(0.1)),
        point(5, None),
        point(6, None),
    ];
    let thinned = thin(&points, 3);
    assert_eq!(thinned, [point(2, Some(0.5)), point(4, Some(0.1)), point(6, None)]);
    assert_eq!(thin(&points, 10), points, "a short line stays as it is");
}
