//! How a deployment ended, by its status history.

use DeployOutcome::{Completed, Failed, InProgress, Unknown};
use lastgood_core::release::metadata::{PAYLOAD_KEY, to_payload};

use super::super::history::told;
use super::*;

const COMMIT: &str = "8f3c1d0aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

fn of(node: &Value) -> super::super::history::Told {
    told(&repository(std::slice::from_ref(node)), &place(), Strategy::Canary, "acme/checkout")
}

#[test]
fn the_newest_status_that_says_how_it_went_decides() {
    let at = |minute: u32| format!("2026-11-22T20:{minute:02}:00Z");
    for (story, outcome, ended) in [
        (&["SUCCESS", "IN_PROGRESS", "QUEUED"][..], Completed, true),
        (&["INACTIVE", "SUCCESS", "IN_PROGRESS"], Completed, true),
        (&["FAILURE", "IN_PROGRESS"], Failed, true),
        (&["INACTIVE", "FAILURE"], Failed, true),
        (&["ERROR"], Failed, true),
        (&["IN_PROGRESS", "QUEUED"], InProgress, false),
        (&["WAITING"], InProgress, false),
        (&["SUCCESS", "FAILURE"], Completed, true),
        (&["INACTIVE", "IN_PROGRESS"], Unknown, false),
        (&["INACTIVE"], Unknown, false),
        (&["SOMETHING_NEW"], Unknown, false),
        (&[], Unknown, false),
    ] {
        let times: Vec<String> =
            (0..story.len()).map(|n| at(30 - u32::try_from(n).expect("few"))).collect();
        let statuses: Vec<(&str, &str)> =
            story.iter().copied().zip(times.iter().map(String::as_str)).collect();
        let told = of(&node(7, &at(0), COMMIT, &statuses));
        let deploy = &told.deploys[0];
        assert_eq!(deploy.outcome, outcome, "{story:?}");
        assert_eq!(deploy.ended_at.is_some(), ended, "{story:?}");
        assert_eq!(
            told.doubts.len(),
            usize::from(outcome == Unknown),
            "{story:?}: {:?}",
            told.doubts
        );
    }
}

#[test]
fn the_payload_fills_in_the_release_in_every_form_that_github_gives_it() {
    let mut metadata = lastgood_core::release::Metadata::default();
    for (field, text) in [
        ("version", "2.14.0"),
        ("digest", &format!("sha256:{}", "a".repeat(64))),
        ("schema-version", "20261104"),
        ("flags", "{\"express-pay\": false}"),
        ("rollback-command", "make rollback TO=2.13.4"),
        ("changelog", "New tax rules"),
        ("cost", "0.25"),
        ("actor", "ana, by pipeline 7"),
    ] {
        lastgood_core::release::metadata::Field::named(field)
            .expect("a field")
            .set(&mut metadata, text)
            .expect("it fits");
    }
    let payload = json!({ PAYLOAD_KEY: to_payload(&metadata), "team": "payments" });
    for payload in [payload.clone(), Value::from(payload.to_string())] {
        let mut node =
            node(7, "2026-11-22T20:00:00Z", COMMIT, &[("SUCCESS", "2026-11-22T20:05:00Z")]);
        node["payload"] = payload;
        let told = of(&node);
        let deploy = &told.deploys[0];
        assert_eq!(told.doubts, Vec::<String>::new());
        assert_eq!(deploy.release.version, "2.14.0");
        assert_eq!(deploy.release.digest.or_words(), format!("sha256:{}", "a".repeat(64)));
        assert_eq!(deploy.release.schema_version.or_words(), "20261104");
        assert_eq!(deploy.release.cost.or_words(), "0.25");
        assert_eq!(deploy.release.commit.or_words(), COMMIT, "what was deployed");
        assert_eq!(deploy.actor.or_words(), "ana, by pipeline 7");
        assert_eq!(deploy.strategy, Strategy::Canary);
    }
}

#[test]
fn without_a_payload_the_rest_is_not_recorded_and_that_is_no_doubt() {
    let mut bare = node(7, "2026-11-22T20:00:00Z", COMMIT, &[("SUCCESS", "2026-11-22T20:05:00Z")]);
    let told = of(&bare);
    let release = &told.deploys[0].release;
    assert_eq!((release.version.as_str(), told.doubts.len()), ("8f3c1d0 (main)", 0));
    assert_eq!(release.schema_version.or_words(), "not recorded");
    assert_eq!(release.id.as_str(), "github:deployment/7");
    bare["ref"] = json!({ "name": "v2.14.0" });
    assert_eq!(of(&bare).deploys[0].release.version, "v2.14.0", "a tag names what it is");
    bare["payload"] = json!("{\"lastgood\": 7}");
    assert_eq!(of(&bare).doubts.len(), 1, "what is ours and cannot be read is said");
}

#[test]
fn what_a_workflow_deployed_and_what_its_pipeline_recorded_is_one_deploy() {
    let by_itself = node(7, "2026-11-22T20:00:00Z", COMMIT, &[("SUCCESS", "2026-11-22T20:05:00Z")]);
    let mut recorded =
        node(8, "2026-11-22T20:06:00Z", COMMIT, &[("SUCCESS", "2026-11-22T20:06:00Z")]);
    recorded["payload"] = json!({ PAYLOAD_KEY: { "schema-version": "42" } }).to_string().into();
    let before = node(6, "2026-11-21T20:00:00Z", COMMIT, &[("SUCCESS", "2026-11-21T20:05:00Z")]);
    let all = repository(&[recorded, by_itself, before]);
    let told = told(&all, &place(), Strategy::Rolling, "acme/checkout");
    let ids: Vec<&str> = told.deploys.iter().map(|one| one.release.id.as_str()).collect();
    assert_eq!(ids, ["github:deployment/8", "github:deployment/6"], "the day before was another");
}
