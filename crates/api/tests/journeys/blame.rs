//! Which change caused it, asked of the practice world while a scenario plays.

use lastgood_api::wire::{BlameRequest, DrillRequest};
use lastgood_api::{App, Pace};
use lastgood_core::blame::{Blame, BlameVerdict, ChangeKind};
use lastgood_core::catalog::Place;

use super::practice;

/// What is blamed at `service` once a scenario stands where its operator takes it up.
async fn blamed(app: &App, scenario: &str, service: &str) -> Blame {
    let request = DrillRequest { scenario: scenario.into(), seed: Some(7), speed: None };
    app.set_up(&request, Pace::Stepped).await.expect("the scenario is shipped");
    for id in app.opening().expect("it is set up").first {
        app.make_move(&id).expect("the scenario describes it");
    }
    let place = Place { service: service.into(), environment: "production".into() };
    app.blame(BlameRequest { place, at: None }).await.expect("it can be asked")
}

#[tokio::test]
async fn a_bad_canary_did_it_and_its_own_requests_prove_it() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let found = blamed(&practice(data.path()), "bad-canary", "checkout").await;
    assert_eq!(found.verdict, BlameVerdict::Culprit, "{}", found.sentence);
    let first = &found.suspects[0];
    assert_eq!((first.kind, first.service.as_str()), (ChangeKind::Deploy, "checkout"));
    assert!(first.e_ratio.is_some_and(|e| e >= 20.0), "{first:?}");
    let topo = first.terms.iter().find(|term| term.name == "topo").expect("it is always told");
    assert_eq!(topo.value, Some(1.0), "{topo:?}");
    assert!(found.sentence.contains("new instances fail"), "{}", found.sentence);
}

#[tokio::test]
async fn a_flag_that_was_turned_on_is_suspected_and_not_convicted() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let found = blamed(&practice(data.path()), "flag-instead", "search").await;
    assert_eq!(found.verdict, BlameVerdict::Suspected, "{found:#?}");
    let suspected = "flag search-suggestions turned on";
    assert!(found.sentence.starts_with(suspected), "{}", found.sentence);
    let flag = found.suspects.iter().find(|one| one.kind == ChangeKind::Flag);
    assert!(flag.is_some_and(|flag| flag.e_ratio.is_none()), "it has no instances to compare");
}

#[tokio::test]
async fn what_both_releases_share_is_no_deploys_fault() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let found = blamed(&practice(data.path()), "shared-incident", "checkout").await;
    assert_ne!(found.verdict, BlameVerdict::Culprit, "{}", found.sentence);
}

#[tokio::test]
async fn a_service_that_is_well_has_nothing_to_explain_while_a_neighbour_hurts() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let found = blamed(&practice(data.path()), "bad-canary", "search").await;
    assert_eq!(found.verdict, BlameVerdict::NotInBreach, "{}", found.sentence);
    assert!(
        found.sentence.starts_with("search in production is not in breach")
            || found.sentence.starts_with("search is not in breach"),
        "{}",
        found.sentence
    );
}
