//! What two colours behind one Service are taken for, and what a switch is made of.

use lastgood_core::catalog::{Strategy, Workload};
use lastgood_core::effect::{Operation, PlannedEffect, Refusal};
use lastgood_core::name::EffectKey;
use lastgood_core::release::{DeployOutcome, DeployPage, History, Reach};
use lastgood_core::survey::RolloutState;
use lastgood_core::time::Millis;
use serde_json::{Value, json};

use super::super::history::{Sources, page};
use super::super::marks::{DEPLOYED_AT, ROLLED_BACK};
use super::super::tests::build::{Build, key};
use super::super::tests::place;
use super::super::two::{Both, Side, Two};
use super::effect::{holds, ready, resolve};
use super::history;
use super::look::{Scene, survey};

fn blue() -> Build {
    Build::of("checkout-blue", ("color", "blue"), &["v1"])
}

fn green() -> Build {
    Build { minute: 10, ..Build::of("checkout-green", ("color", "green"), &["v0", "v2"]) }
}

/// A scene in which the Service selects `color`.
fn scene(color: &str, blue: &Build, green: &Build) -> Scene {
    let service = json!({
        "metadata": { "name": "checkout", "uid": "uid-service", "resourceVersion": "9" },
        "spec": { "selector": { "app": "checkout", "color": color } },
    });
    Scene { service, both: Both { first: blue.seen(), second: green.seen() } }
}

async fn two() -> Two {
    let dir = tempfile::tempdir().expect("a folder");
    let kubeconfig = dir.path().join("kubeconfig");
    let text = json!({
        "current-context": "c",
        "contexts": [{ "name": "c", "context": { "cluster": "c", "user": "u" } }],
        "clusters": [{ "name": "c", "cluster": { "server": "http://127.0.0.1:9" } }],
        "users": [{ "name": "u", "user": {} }],
    });
    std::fs::write(&kubeconfig, text.to_string()).expect("the folder is writable");
    let workload = Workload::Deployment("checkout".to_owned());
    let target = lastgood_core::catalog::KubernetesPlace {
        kubeconfig: Some(kubeconfig),
        context: None,
        namespace: "shop".to_owned(),
        workload,
        container: None,
    };
    let clusters = crate::kubernetes::Clusters::default();
    Two::connect(&clusters, &target, "checkout-blue", "checkout-green")
        .await
        .expect("nothing is sent")
}

async fn resolved(scene: &Scene, operation: &Operation) -> Result<PlannedEffect, Refusal> {
    resolve((&two().await, "checkout", &place()), operation, &survey(scene, None), scene)
}

fn restore(release: &str) -> Operation {
    Operation::RestoreRelease { release: release.into() }
}

fn arms(scene: &Scene) -> Vec<(String, u32, Option<f64>)> {
    let found = survey(scene, None).running;
    found.into_iter().map(|arm| (arm.version, arm.replicas, arm.share)).collect()
}

#[test]
fn what_the_service_selects_serves_and_the_other_colour_stands_by() {
    let scene = scene("green", &blue(), &green());
    assert_eq!(survey(&scene, None).rollout, RolloutState::Settled);
    let expected = [("v2".to_owned(), 3, Some(1.0)), ("v1".to_owned(), 3, Some(0.0))];
    assert_eq!(arms(&scene), expected);
    let survey = survey(&scene, None);
    assert!(survey.serves_only(&"checkout-green-v2".into()), "standing by is not serving");
    assert!(!survey.serves_only(&"checkout-blue-v1".into()), "ready and without users");
}

#[test]
fn a_colour_that_is_rolled_out_comes_first_and_has_no_traffic_yet() {
    let scene = scene("blue", &blue(), &Build { ready: 1, ..green() });
    let survey = survey(&scene, None);
    assert_eq!(survey.rollout, RolloutState::Progressing);
    assert_eq!(survey.newest().map(|arm| arm.version.as_str()), Some("v2"));
    assert_eq!(survey.newest().and_then(|arm| arm.share), Some(0.0));
    let paused = self::scene("blue", &blue(), &Build { ready: 1, paused: true, ..green() });
    assert_eq!(self::survey(&paused, None).rollout, RolloutState::Halted);
}

#[test]
fn a_service_that_selects_both_colours_or_none_says_nothing_of_what_serves() {
    let mut both = scene("blue", &blue(), &green());
    both.service["spec"]["selector"] = json!({ "app": "checkout" });
    for (scene, word) in [(both, "both"), (scene("red", &blue(), &green()), "neither")] {
        let RolloutState::Unknown { why } = survey(&scene, None).rollout else {
            panic!("which colour serves cannot be told")
        };
        assert!(why.contains(word), "{why}");
        assert!(arms(&scene).iter().all(|(_, _, share)| share.is_none()), "no share is claimed");
    }
}

#[tokio::test]
async fn going_back_is_one_change_of_the_selector_on_the_version_that_was_read() {
    let scene = scene("green", &blue(), &green());
    let effect = resolved(&scene, &restore("checkout-blue-v1")).await.expect("blue stands by");
    assert_eq!(effect.call.target, "/api/v1/namespaces/shop/services/checkout");
    let change = effect.changes.iter().find(|one| one.what.contains("selector")).expect("it is");
    assert_eq!(change.before, "app=checkout,color=green");
    assert_eq!(change.after, "app=checkout,color=blue");

    let two = two().await;
    let ready = ready(&key(), &"checkout-blue-v1".into(), &two, &scene).expect("it can be sent");
    let first = &ready.body[0];
    assert_eq!(
        *first,
        json!({ "op": "replace", "path": "/metadata/resourceVersion", "value": "9" })
    );
    let selector = ready.body.as_array().and_then(|all| all.last()).expect("it is the last one");
    assert_eq!(selector["value"], json!({ "app": "checkout", "color": "blue" }));
    let left = ready.leaves.expect("green is left");
    assert_eq!((left.1.as_str(), left.2), ("checkout-green-v2", 2));
}

#[tokio::test]
async fn a_colour_that_cannot_take_the_traffic_is_not_switched_to() {
    let empty = Build { replicas: 0, ready: 0, ..blue() };
    let Err(Refusal::Rejected { why, .. }) =
        resolved(&scene("green", &empty, &green()), &restore("checkout-blue-v1")).await
    else {
        panic!("nobody would answer")
    };
    assert!(
        why.contains("kubectl --namespace shop scale deployment checkout-blue --replicas=3"),
        "the command that helps: {why}"
    );
    let Err(Refusal::Unsupported { why, .. }) =
        resolved(&scene("green", &blue(), &green()), &restore("checkout-green-v0")).await
    else {
        panic!("no colour runs v0")
    };
    assert!(why.contains("earlier revision of checkout-green, which runs v2 now"), "{why}");
    let gone = resolved(&scene("green", &blue(), &green()), &restore("checkout-blue-v9")).await;
    assert!(matches!(gone, Err(Refusal::Gone { .. })), "{gone:?}");
    let shift = Operation::ShiftTraffic { release: "checkout-blue-v1".into(), percent: 50 };
    let refused = resolved(&scene("green", &blue(), &green()), &shift).await;
    assert!(matches!(refused, Err(Refusal::Unsupported { .. })), "a selector has no weights");
}

#[tokio::test]
async fn a_halt_goes_to_the_deployment_that_moves() {
    let moving = scene("blue", &blue(), &Build { ready: 1, ..green() });
    let halt = resolved(&moving, &Operation::HaltRollout).await.expect("green can be paused");
    assert!(halt.call.target.ends_with("/deployments/checkout-green"), "{}", halt.call.target);
    assert_eq!(two().await.side_of(&halt), Some(Side::Second));
}

#[tokio::test]
async fn what_somebody_else_switched_is_drift_and_what_the_run_switched_is_not() {
    let before = scene("green", &blue(), &green());
    let effect = resolved(&before, &restore("checkout-blue-v1")).await.expect("blue stands by");
    assert_eq!(holds(&key(), &effect, &before, None), Ok(()));
    let switched = scene("blue", &blue(), &green());
    let found = holds(&key(), &effect, &switched, None);
    let Err(Refusal::Drifted { what, .. }) = found else { panic!("{found:?}") };
    assert_eq!(what, "service selector");

    // The undo of the same switch, planned before it, made after it.
    let undo = resolved(&before, &restore("checkout-green-v2")).await.expect("it is in front");
    let two = two().await;
    let sent = ready(&key(), &"checkout-blue-v1".into(), &two, &before).expect("it can be sent");
    let after = landed(&before, &sent.body);
    let back = EffectKey { undo: true, ..key() };
    assert_eq!(holds(&back, &undo, &after, None), Ok(()), "the run's own change is no drift");
}

/// The scene after a JSON patch of the Service, which adds or replaces members only.
fn landed(scene: &Scene, patch: &Value) -> Scene {
    let mut scene = scene.clone();
    for operation in patch.as_array().expect("a patch is a list") {
        let (at, value) = (operation["path"].as_str().expect("it has one"), &operation["value"]);
        if let Some(name) = at.strip_prefix("/metadata/annotations/") {
            scene.service["metadata"]["annotations"][name.replace("~1", "/")] = value.clone();
        } else if let Some(found) = scene.service.pointer_mut(at) {
            *found = value.clone();
        }
    }
    scene
}

fn pages(scene: &Scene) -> (DeployPage, DeployPage) {
    let of = |side| {
        let seen = scene.both.seen(side);
        let sources = Sources { seen, container: None, pods: &[], events: Ok(&[]) };
        page(&sources, &place(), None, 100)
    };
    (of(Side::First), of(Side::Second))
}

fn outcomes(scene: &Scene) -> Vec<(String, DeployOutcome)> {
    let page = history::page(scene, pages(scene), None, 100);
    assert!(page.deploys.iter().all(|deploy| deploy.strategy == Strategy::BlueGreen));
    page.deploys.into_iter().map(|deploy| (deploy.release.version, deploy.outcome)).collect()
}

#[test]
fn a_colour_that_was_switched_away_from_is_rolled_back_and_an_untried_one_is_unknown() {
    let find = |all: &[(String, DeployOutcome)], version: &str| {
        all.iter().find(|(name, _)| name == version).map(|(_, outcome)| *outcome)
    };
    let served = outcomes(&scene("green", &blue(), &green()));
    assert_eq!(find(&served, "v1"), Some(DeployOutcome::Completed), "{served:?}");
    assert_eq!(find(&served, "v2"), Some(DeployOutcome::Completed), "{served:?}");
    assert_eq!(find(&served, "v0"), Some(DeployOutcome::Unknown), "nobody kept that: {served:?}");

    let untried = outcomes(&scene("blue", &blue(), &green()));
    assert_eq!(find(&untried, "v2"), Some(DeployOutcome::Unknown), "nobody met it: {untried:?}");

    let mut back = scene("blue", &blue(), &green());
    let mark = json!({ "release": "checkout-blue-v1", "at": "2026-11-22T21:40:00Z", "run": "r" });
    back.service["metadata"]["annotations"][DEPLOYED_AT] = Value::from(mark.to_string());
    let back_by_hand = outcomes(&back);
    assert_eq!(find(&back_by_hand, "v2"), Some(DeployOutcome::RolledBack), "{back_by_hand:?}");
    assert_eq!(back_by_hand[0].0, "v1", "it was deployed when it was switched to");
    let left = json!({
        "release": "checkout-green-v2", "revision": 2, "at": "2026-11-22T21:40:00Z",
        "run": "r", "to": "checkout-blue-v1",
    });
    back.service["metadata"]["annotations"][ROLLED_BACK] = Value::from(left.to_string());
    assert_eq!(find(&outcomes(&back), "v2"), Some(DeployOutcome::RolledBack));
}

/// The Service was switched to what it selects at that minute of the hour, by a pipeline.
fn selected(scene: &mut Scene, minute: u32) {
    scene.service["metadata"]["managedFields"] = json!([{
        "manager": "kubectl-patch", "time": format!("2026-11-22T21:{minute:02}:00Z"),
        "fieldsV1": { "f:spec": { "f:selector": { "f:color": {} } } },
    }]);
}

/// How long a release served, in minutes, by what the scene tells.
fn served(scene: &Scene, release: &str) -> u64 {
    let history = History::new(history::page(scene, pages(scene), None, 100).deploys);
    let evidence = history.evidence(&release.into(), &survey(scene, None), Millis(1));
    evidence.served.0 / 60_000
}

#[test]
fn what_comes_up_on_the_idle_colour_takes_no_time_from_what_serves() {
    // v1 came up in minute 0; v0 and v2 came up on green in minutes 10 and 11.
    let mut idle = scene("blue", &blue(), &Build { ready: 1, ..green() });
    selected(&mut idle, 0);
    assert_eq!(served(&idle, "checkout-blue-v1"), 59, "until the look, in minute 59");
    let page = history::page(&idle, pages(&idle), None, 100);
    let reach = |version: &str| {
        page.deploys.iter().find(|one| one.release.version == version).map(|one| one.reach)
    };
    assert_eq!(reach("v2"), Some(Reach::Nobody));
    assert_eq!(reach("v0"), Some(Reach::Nobody), "the Service was not switched since");
    assert_eq!(reach("v1"), Some(Reach::Everybody));
}

#[test]
fn a_colour_and_what_the_other_one_ran_in_the_same_second_keep_their_order() {
    // v1 and v0 came up in the same second, as times of a cluster are told.
    let green = Build { minute: 0, ..green() };
    let mut bad = scene("green", &blue(), &green);
    selected(&mut bad, 30);
    assert_eq!(served(&bad, "checkout-blue-v1"), 30, "v0 was replaced, and v1 stands by");
}

#[tokio::test]
async fn what_a_rollback_went_back_to_keeps_the_time_that_it_served_before() {
    let green = Build { minute: 10, ..Build::of("checkout-green", ("color", "green"), &["v2"]) };
    let mut bad = scene("green", &blue(), &green);
    selected(&mut bad, 30);
    assert_eq!(served(&bad, "checkout-blue-v1"), 30, "until the switch to v2");
    let two = two().await;
    let sent = ready(&key(), &"checkout-blue-v1".into(), &two, &bad).expect("it can be sent");
    let back = landed(&bad, &sent.body);
    assert_eq!(served(&back, "checkout-blue-v1"), 30, "and not one of the bad minutes");
    let told: Vec<String> = history::page(&back, pages(&back), None, 100)
        .deploys
        .iter()
        .map(|deploy| format!("{} {:?}", deploy.release.version, deploy.outcome))
        .collect();
    assert_eq!(told, ["v1 Completed", "v2 RolledBack", "v1 Completed"]);
}

#[test]
fn nobody_waits_for_what_a_rollback_left() {
    let mut scene = scene("blue", &blue(), &Build { ready: 1, paused: true, ..green() });
    let left = json!({
        "release": "checkout-green-v2", "revision": 2, "at": "2026-11-22T21:40:00Z",
        "run": "r", "to": "checkout-blue-v1",
    });
    scene.service["metadata"]["annotations"][ROLLED_BACK] = Value::from(left.to_string());
    let survey = survey(&scene, None);
    assert_eq!(survey.rollout, RolloutState::Settled);
    assert!(survey.serves_only(&"checkout-blue-v1".into()), "{}", survey.sentence());
}
