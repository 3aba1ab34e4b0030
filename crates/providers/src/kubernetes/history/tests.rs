//! Deploys from recorded and constructed `ReplicaSets`.

use jiff::Timestamp;
use lastgood_core::catalog::Bake;
use lastgood_core::release::{DeployOutcome, DeployPage, Facts, History, Standing, propose};
use lastgood_core::time::Millis;
use serde_json::{Value, json};

use super::super::tests::{V1, V2, V3, list, place, recorded, seen_in};
use super::super::{look, objects::Seen};
use super::outcome::scaled_down;
use super::{Sources, page};

fn told(recorded: &Value) -> DeployPage {
    let seen = seen_in(recorded);
    let (pods, events) = (list(&recorded["pods"]), list(&recorded["events"]));
    let sources =
        Sources { seen: &seen, container: None, pods: &pods, events: Ok(events.as_slice()) };
    page(&sources, &place(), None, 20)
}

fn outcomes(page: &DeployPage) -> Vec<(&str, DeployOutcome)> {
    page.deploys.iter().map(|deploy| (deploy.release.id.as_str(), deploy.outcome)).collect()
}

fn proposed(recorded: &Value) -> Option<String> {
    let seen: Seen = seen_in(recorded);
    let survey = look::survey(&seen, None, None);
    let history = History::new(told(recorded).deploys);
    propose(&history, &survey, Bake::of(Millis(1)), &Facts::default())
        .target
        .map(|id| id.to_string())
}

#[test]
fn the_first_release_that_was_available_before_the_second_is_completed_and_proposed() {
    let recorded = recorded("settled");
    let page = told(&recorded);
    let expected = [(V2, DeployOutcome::Completed), (V1, DeployOutcome::Completed)];
    assert_eq!(outcomes(&page), expected);
    assert!(page.doubts.is_empty(), "{:?}", page.doubts);
    assert_eq!(proposed(&recorded).as_deref(), Some(V1));
}

#[test]
fn a_release_whose_pods_never_got_ready_is_in_progress_then_failed_and_never_proposed() {
    for (name, outcome) in
        [("progressing", DeployOutcome::InProgress), ("stuck", DeployOutcome::Failed)]
    {
        let recorded = recorded(name);
        let page = told(&recorded);
        assert_eq!(
            outcomes(&page),
            [(V3, outcome), (V2, DeployOutcome::Completed), (V1, DeployOutcome::Completed)],
            "{name}"
        );
        assert_eq!(proposed(&recorded).as_deref(), Some(V2), "{name}");
    }
}

#[test]
fn a_release_that_a_rollback_went_away_from_is_rolled_back_by_mark_and_by_revision() {
    let mut recorded = recorded("rolled-back");
    let expected = [
        (V1, DeployOutcome::Completed),
        (V2, DeployOutcome::RolledBack),
        (V1, DeployOutcome::Completed),
    ];
    let page = told(&recorded);
    assert_eq!(outcomes(&page), expected);
    assert_eq!(page.deploys[0].actor.or_words(), "lastgood, run r-1");
    let changelog = page.deploys[0].release.changelog.or_words();
    assert_eq!(changelog, "v1: first", "the cause stays with its release");

    for set in recorded["replicasets"].as_array_mut().expect("a list") {
        let annotations = set["metadata"]["annotations"].as_object_mut().expect("a map");
        annotations.retain(|name, _| !name.starts_with("lastgood.dev/"));
    }
    let page = told(&recorded);
    assert_eq!(outcomes(&page), expected, "the revisions alone tell the same");
    let history = History::new(page.deploys);
    let survey = look::survey(&seen_in(&recorded), None, None);
    let evidence = history.evidence(&V2.into(), &survey, Millis(1));
    assert_eq!(evidence.standing, Standing::RolledBack);
}

#[test]
fn a_second_attempt_at_a_release_that_was_rolled_back_undoes_nothing() {
    // Revisions 1: A, 2: B, 3: A, 4: B.
    let mut recorded = recorded("rolled-back");
    for set in recorded["replicasets"].as_array_mut().expect("a list") {
        let is_v2 = set["metadata"]["name"] == V2;
        let annotations = set["metadata"]["annotations"].as_object_mut().expect("a map");
        annotations.retain(|name, _| !name.starts_with("lastgood.dev/"));
        if is_v2 {
            annotations.insert("deployment.kubernetes.io/revision".to_owned(), json!("4"));
            annotations.insert("deployment.kubernetes.io/revision-history".to_owned(), json!("2"));
        }
    }
    let page = told(&recorded);
    let order: Vec<&str> = outcomes(&page).iter().map(|(id, _)| *id).collect();
    assert_eq!(order, [V2, V1, V2, V1]);
    assert_ne!(page.deploys[1].outcome, DeployOutcome::RolledBack, "A was left for B again");
    assert_eq!(page.deploys[2].outcome, DeployOutcome::RolledBack);
}

/// A Deployment with one `ReplicaSet` for each of `created`, revisions from `first` on.
fn line(first: u64, created: &[&str], available_since: &str) -> Value {
    let recorded = recorded("settled");
    let mut deployment = recorded["deployment"].clone();
    let mut sets = Vec::new();
    for (index, at) in created.iter().enumerate() {
        let mut set = recorded["replicasets"][0].clone();
        let revision = first + index as u64;
        set["metadata"]["name"] = json!(format!("rs-{revision}"));
        set["metadata"]["uid"] = json!(format!("uid-{revision}"));
        set["metadata"]["creationTimestamp"] = json!(at);
        set["metadata"]["annotations"] =
            json!({ "deployment.kubernetes.io/revision": revision.to_string() });
        let image = format!("registry.local/checkout:r{revision}");
        set["spec"]["template"]["metadata"]["annotations"] = Value::Null;
        set["spec"]["template"]["spec"]["containers"][0]["image"] = json!(image);
        let replicas = if index + 1 == created.len() { 2 } else { 0 };
        set["status"] = json!({ "replicas": replicas, "readyReplicas": replicas });
        sets.push(set);
    }
    if let Some(last) = sets.last() {
        deployment["spec"]["template"] = last["spec"]["template"].clone();
    }
    for condition in deployment["status"]["conditions"].as_array_mut().expect("a list") {
        if condition["type"] == "Available" {
            condition["lastTransitionTime"] = json!(available_since);
        }
    }
    json!({ "deployment": deployment, "replicasets": sets, "pods": [], "events": [] })
}

#[test]
fn an_older_release_is_judged_by_what_there_is_and_the_doubt_is_said() {
    let day = ["2026-11-20T10:00:00Z", "2026-11-21T10:00:00Z", "2026-11-22T10:00:00Z"];
    let page = told(&line(7, &day, "2026-11-01T00:00:00Z"));
    let long = page.deploys[1].outcome;
    assert_eq!(long, DeployOutcome::Completed, "it stayed for a day and nobody went back");
    assert!(page.doubts.iter().any(|doubt| doubt.contains("taken as completed")));
    assert!(
        page.doubts.iter().any(|doubt| doubt.contains("before revision 7")),
        "older ones are not kept: {:?}",
        page.doubts
    );

    let quick = ["2026-11-22T10:00:00Z", "2026-11-22T10:00:10Z", "2026-11-22T10:00:20Z"];
    let page = told(&line(7, &quick, "2026-11-01T00:00:00Z"));
    assert_eq!(page.deploys[1].outcome, DeployOutcome::Unknown, "ten seconds tell nothing");
    assert!(page.doubts.iter().any(|doubt| doubt.contains("too short to tell")));
}

#[test]
fn events_prove_that_a_release_took_over_or_that_it_did_not() {
    let quick = ["2026-11-22T10:00:00Z", "2026-11-22T10:00:10Z", "2026-11-22T10:00:20Z"];
    let event = |message: &str, at: &str| json!({ "message": message, "lastTimestamp": at });
    let mut over = line(7, &quick, "2026-11-01T00:00:00Z");
    over["events"] =
        json!([event("Scaled down replica set rs-7 to 0 from 1", "2026-11-22T10:00:15Z")]);
    let page = told(&over);
    assert_eq!(page.deploys[1].outcome, DeployOutcome::Completed);
    let ended: Option<Timestamp> = "2026-11-22T10:00:15Z".parse().ok();
    assert_eq!(page.deploys[1].ended_at, ended);

    let mut never = line(7, &quick, "2026-11-01T00:00:00Z");
    never["events"] = json!([
        event("Scaled down replica set rs-8 to 0", "2026-11-22T10:00:21Z"),
        event("Scaled down replica set rs-7 to 0", "2026-11-22T10:00:25Z"),
    ]);
    let page = told(&never);
    assert_eq!(page.deploys[1].outcome, DeployOutcome::Unknown);
    assert!(
        page.doubts.iter().any(|doubt| doubt.contains("before it had taken over")),
        "{:?}",
        page.doubts
    );
}

#[test]
fn the_words_of_a_scaling_event_are_read_in_both_forms() {
    assert_eq!(scaled_down("Scaled down replica set a-1 to 0"), Some(("a-1", 0)));
    assert_eq!(scaled_down("Scaled down replica set a-1 to 2 from 3"), Some(("a-1", 2)));
    assert_eq!(scaled_down("Scaled down replica set a-1 from 3 to 2"), Some(("a-1", 2)));
    assert_eq!(scaled_down("Scaled up replica set a-1 to 2"), None);
}

#[test]
fn a_page_is_bounded_and_says_whether_there_is_more() {
    let recorded = recorded("stuck");
    let seen = seen_in(&recorded);
    let sources = Sources { seen: &seen, container: None, pods: &[], events: Err("no".to_owned()) };
    let first = page(&sources, &place(), None, 1);
    assert_eq!(first.deploys.len(), 1);
    assert!(first.more);
    assert!(first.doubts.iter().any(|doubt| doubt.contains("events")), "{:?}", first.doubts);
    let rest = page(&sources, &place(), Some(first.deploys[0].at), 20);
    assert_eq!(rest.deploys.len(), 2);
    assert!(!rest.more);
}

#[test]
fn metadata_that_nobody_recorded_says_so() {
    let page = told(&line(1, &["2026-11-22T10:00:00Z"], "2026-11-22T10:00:01Z"));
    let release = &page.deploys[0].release;
    assert_eq!(release.version, "r1", "the tag stands in for a version");
    assert_eq!(release.commit.as_option(), None);
    assert_eq!(release.flags.as_option(), None);
    assert_eq!(release.digest.as_option(), None, "a tag is no digest");
}
