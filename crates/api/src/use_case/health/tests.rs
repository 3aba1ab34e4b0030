use lastgood_core::judge::Evidence;
use lastgood_core::name::{EnvironmentName, ServiceName, SloName};
use lastgood_core::release::DeployOutcome;
use lastgood_core::testing::{arm, deploy, measurement, minute, slo};
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

fn burning_from(first: i64) -> PlaceHealth {
    let mut judgement = judged(Verdict::Fail, Some(6.0), vec![]);
    judgement.points = (1..=30)
        .map(|at| {
            // A good minute in the middle of the bad ones is no recovery.
            let bad = at >= first && at != first + 2;
            Point { at: minute(at).into(), rate: Some(if bad { 0.05 } else { 0.0 }) }
        })
        .collect();
    let place = Place {
        service: ServiceName::new("checkout"),
        environment: EnvironmentName::new("production"),
    };
    of_place(place, vec![judgement])
}

#[test]
fn the_suspect_is_the_newest_deploy_before_the_burning_and_stays_one_when_it_is_everywhere() {
    let deploys = [
        deploy("2026.3.1", 4, DeployOutcome::Completed),
        deploy("2026.3.2", 18, DeployOutcome::Completed),
        deploy("2026.3.3", 26, DeployOutcome::InProgress),
    ];
    let health = burning_from(20);
    let found = suspect(&health, &deploys, minute(0).into()).expect("one came before");
    assert_eq!(found.version, "2026.3.2", "what came after it did not cause it");
    assert_eq!(found.broken_since, minute(20).into());
    assert_eq!(
        suspect(&health, &deploys, minute(19).into()),
        None,
        "a deploy before the window is no news"
    );
}

#[test]
fn nothing_is_suspected_of_a_service_that_does_well() {
    let deploys = [deploy("2026.3.2", 18, DeployOutcome::InProgress)];
    let mut health = burning_from(20);
    health.state = HealthState::Within;
    assert_eq!(suspect(&health, &deploys, minute(0).into()), None);
}

#[test]
fn a_canary_that_burns_is_named_while_the_whole_is_within_its_objective() {
    // Five of a hundred fail on one request of a hundred: the whole is far within.
    let (bad, rest) = (arm("v4", 50, 1_000), arm("v3", 10, 99_000));
    let mut found = measurement(60, 100_000);
    found.arms = vec![rest.clone(), bad.clone()];
    let named = part(&slo(), &found).expect("one part burns");
    assert_eq!((named.version.as_str(), named.judgement.counts), ("v4", bad.counts));
    assert!((named.share - 0.01).abs() < 1e-9, "{}", named.share);
    found.arms = vec![rest];
    assert_eq!(part(&slo(), &found), None, "what does well is not named");
    found.arms = vec![bad];
    assert_eq!(part(&slo(), &found), None, "what serves alone is the whole");
    found.arms = Vec::new();
    assert_eq!(part(&slo(), &found), None, "and what is not told apart has no parts");
}

#[test]
fn a_service_with_a_part_that_burns_comes_before_one_that_is_not_known() {
    let place = |service: &str| Place {
        service: ServiceName::new(service),
        environment: EnvironmentName::new("production"),
    };
    let fails = judged(Verdict::Fail, Some(9.0), vec![]);
    let mut canary = of_place(place("search"), vec![judged(Verdict::Pass, Some(0.0), vec![])]);
    canary.part = Some(PartView { version: "v4".to_owned(), share: 0.1, judgement: fails.clone() });
    let mut places = vec![
        of_place(place("basket"), vec![judged(Verdict::Pass, Some(0.0), vec![])]),
        of_place(place("notify"), vec![judged(Verdict::Error, None, vec![Doubt::NoData])]),
        canary,
        of_place(place("payments"), vec![fails]),
    ];
    worst_first(&mut places);
    let names: Vec<String> = places.iter().map(|one| one.place.service.to_string()).collect();
    assert_eq!(names, ["payments", "search", "notify", "basket"]);
}
