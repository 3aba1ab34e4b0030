use serde_json::json;

use super::*;
use crate::flags::contract;
use crate::stub::Reply;

fn client(url: String) -> Unleash {
    let connection = UnleashConnection {
        url,
        project: "default".to_owned(),
        secret: "unleash-token".to_owned(),
    };
    Unleash::new(&connection, Secret::new("*:*.token".to_owned())).expect("the address is one")
}

/// As Unleash 7.5 answered.
fn answer() -> Value {
    json!({
        "name": "new-cart", "description": "the new cart", "project": "default",
        "environments": [
            { "name": "development", "enabled": false },
            { "name": "production", "enabled": true },
        ],
    })
}

#[test]
fn a_flag_is_what_it_is_in_its_environment() {
    let found = flag(&answer(), "production").expect("it is there");
    assert_eq!(found.state, FlagState::On);
    assert_eq!(found.about.or_words(), "the new cart");
    assert_eq!(flag(&answer(), "development").expect("it is there").state, FlagState::Off);
    let missing = flag(&answer(), "staging");
    assert!(matches!(missing, Err(Refusal::Gone { .. })), "no state is not off: {missing:?}");
    let odd =
        flag(&json!({ "name": "x", "environments": [{ "name": "production" }] }), "production");
    assert!(matches!(odd, Err(Refusal::Rejected { .. })), "{odd:?}");
}

#[test]
fn toggles_are_those_of_the_environment_and_the_time_and_a_cut_list_is_doubt() {
    let event = |id, kind: &str, environment: &str, at: &str| {
        json!({
            "id": id, "type": kind, "createdBy": "mara", "createdAt": at,
            "featureName": "new-cart", "environment": environment,
        })
    };
    let answer = json!({
        "events": [
            event(9, DISABLED, "production", "2026-03-02T10:20:00.000Z"),
            event(8, ENABLED, "production", "2026-03-02T10:10:00.000Z"),
            event(7, ENABLED, "development", "2026-03-02T10:05:00.000Z"),
            event(6, ENABLED, "production", "2026-03-02T09:00:00.000Z"),
        ],
        "total": 7,
    });
    let at = |text: &str| EpochMs::from(text.parse::<Timestamp>().expect("a time"));
    let range = (at("2026-03-02T10:00:00Z"), at("2026-03-02T11:00:00Z"));
    let found = events(&answer, "production", range).expect("it is as documented");
    let told: Vec<(&str, FlagState)> =
        found.toggles.iter().map(|one| (one.reference.as_str(), one.to)).collect();
    assert_eq!(told, [("event 9", FlagState::Off), ("event 8", FlagState::On)]);
    assert_eq!(found.doubts, ["unleash has 7 toggles in that time and gave 4"]);
}

#[tokio::test]
async fn every_fault_of_unleash_has_a_sentence_and_none_a_second_change() {
    contract::fails_well(client, "new-cart", || Reply::json(&answer())).await;
}
