//! Two Deployments behind an API server that misbehaves: nothing is done twice, nothing that
//! was done is denied, and every no is a sentence.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use lastgood_core::catalog::{KubernetesPlace, Workload};
use lastgood_core::effect::{ApplyError, Operation, PlannedEffect, Presence, Refusal};
use lastgood_core::ports::{Actor, Surveyor};
use serde_json::{Value, json};

use super::build::{Build, key};
use super::place;
use crate::kubernetes::{Colours, Pair};
use crate::stub::{Reply, Stub};

/// What the API server does with a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Lands,
    /// It is carried out, and the answer breaks off.
    LandsUnheard,
    /// The connection ends before it is carried out.
    Vanishes,
    Conflicts,
    Forbidden,
}

const SHOP: &str = "/apis/apps/v1/namespaces/shop";
const SERVICE: &str = "/api/v1/namespaces/shop/services/checkout";

type Objects = Arc<Mutex<BTreeMap<String, Value>>>;

/// An API server with two Deployments and a Service. Changes of `ReplicaSets` are refused,
/// because nothing may depend on them.
async fn cluster(of: [&Build; 2], fate: impl Fn(u32) -> Fate + Send + Sync + 'static) -> Bench {
    let mut objects = BTreeMap::new();
    let mut sets: Vec<Value> = Vec::new();
    for one in of {
        let seen = one.seen();
        objects.insert(format!("{SHOP}/deployments/{}", one.name), seen.deployment);
        sets.extend(seen.sets.into_iter().map(|set| set.object));
    }
    let service = json!({
        "metadata": { "name": "checkout", "uid": "uid-service", "resourceVersion": "9" },
        "spec": { "selector": { "app": "checkout", "color": "green" } },
    });
    objects.insert(SERVICE.to_owned(), service);
    let objects: Objects = Arc::new(Mutex::new(objects));
    let (state, count) = (Arc::clone(&objects), AtomicU32::new(0));
    let stub = Stub::start(move |request| {
        let mut words = request.split_whitespace();
        let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let path = path.split('?').next().unwrap_or_default();
        let forbidden = || Reply::status(403, r#"{"message":"may not patch","code":403}"#);
        if path == format!("{SHOP}/replicasets") {
            return Reply::json(&json!({ "metadata": {}, "items": sets }));
        }
        let mut state = state.lock().expect("no test panics while it holds this");
        let Some(object) = state.get_mut(path) else { return forbidden() };
        if method != "PATCH" {
            return Reply::json(object);
        }
        match fate(count.fetch_add(1, Ordering::SeqCst)) {
            Fate::Lands => {
                land(object, request);
                Reply::json(object)
            }
            Fate::LandsUnheard => {
                land(object, request);
                Reply::Truncated("{".to_owned())
            }
            Fate::Vanishes => Reply::Hangup,
            Fate::Conflicts => Reply::status(409, r#"{"message":"moved","code":409}"#),
            Fate::Forbidden => forbidden(),
        }
    })
    .await;
    let dir = tempfile::tempdir().expect("a temporary folder");
    let kubeconfig = dir.path().join("kubeconfig");
    let text = json!({
        "apiVersion": "v1", "kind": "Config", "current-context": "stub",
        "clusters": [{ "name": "stub", "cluster": { "server": stub.url } }],
        "users": [{ "name": "stub", "user": { "token": "stub-token" } }],
        "contexts": [{ "name": "stub", "context": { "cluster": "stub", "user": "stub" } }],
    });
    std::fs::write(&kubeconfig, text.to_string()).expect("the folder is ours");
    let target = KubernetesPlace {
        kubeconfig: Some(kubeconfig),
        context: None,
        namespace: "shop".to_owned(),
        workload: Workload::Deployment("checkout".to_owned()),
        container: None,
    };
    Bench { target, stub, objects, _dir: dir }
}

struct Bench {
    target: KubernetesPlace,
    stub: Stub,
    objects: Objects,
    _dir: tempfile::TempDir,
}

impl Bench {
    /// How many changes of `path` were sent.
    fn sent(&self, path: &str) -> usize {
        let line = format!("PATCH {path}?");
        self.stub.requests().iter().filter(|request| request.starts_with(&line)).count()
    }

    fn object(&self, path: &str) -> Value {
        self.objects.lock().expect("no test panics while it holds this")[path].clone()
    }

    async fn colours(&self) -> Colours {
        let names = ("checkout", "checkout-blue", "checkout-green");
        Colours::connect(&self.target, names.0, names.1, names.2).await.expect("nothing is sent")
    }

    async fn pair(&self) -> Pair {
        Pair::connect(&self.target, "checkout", "checkout-canary").await.expect("nothing is sent")
    }
}

/// Carries a JSON patch out; it adds or replaces members only.
fn land(object: &mut Value, request: &str) {
    let body = request.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    let patch: Value = serde_json::from_str(body).expect("we send JSON");
    for operation in patch.as_array().expect("a JSON patch") {
        let at = operation["path"].as_str().unwrap_or_default();
        let value = operation["value"].clone();
        if let Some(name) = at.strip_prefix("/metadata/annotations/") {
            object["metadata"]["annotations"][name.replace("~1", "/")] = value;
        } else if let Some(name) = at.strip_prefix("/spec/") {
            object["spec"][name] = value;
        }
    }
}

async fn restoring<W: Surveyor + Actor>(world: &W, release: &str) -> PlannedEffect {
    let survey = world.survey(&place()).await.expect("it answers");
    let operation = Operation::RestoreRelease { release: release.into() };
    world.resolve(&place(), &operation, &survey).await.expect("it is possible")
}

fn colours_of() -> [Build; 2] {
    let green = Build::of("checkout-green", ("color", "green"), &["v2"]);
    [Build::of("checkout-blue", ("color", "blue"), &["v1"]), Build { minute: 10, ..green }]
}

fn pair_of() -> [Build; 2] {
    let canary = Build::of("checkout-canary", ("track", "canary"), &["v2"]);
    let canary = Build { replicas: 1, ready: 1, minute: 10, ..canary };
    [Build::of("checkout", ("track", "stable"), &["v1"]), canary]
}

#[tokio::test]
async fn a_switch_whose_answer_is_lost_is_found_and_not_made_again() {
    let [blue, green] = colours_of();
    let bench = cluster([&blue, &green], |_| Fate::LandsUnheard).await;
    let colours = bench.colours().await;
    let effect = restoring(&colours, "checkout-blue-v1").await;
    assert_eq!(colours.probe(&key(), &effect).await, Presence::Absent);
    let lost = colours.apply(&key(), &effect).await;
    assert!(matches!(lost, Err(ApplyError::Lost { .. })), "{lost:?}");
    let found = colours.probe(&key(), &effect).await;
    assert!(matches!(found, Presence::Present(_)), "{found:?}");
    colours.apply(&key(), &effect).await.expect("a repeat of a key is not an error");
    assert_eq!(bench.sent(SERVICE), 1, "the mark on the Service is the proof");
    assert_eq!(bench.object(SERVICE)["spec"]["selector"]["color"], "blue");
}

#[tokio::test]
async fn a_switch_that_is_refused_or_collides_changes_nothing() {
    let [blue, green] = colours_of();
    let bench = cluster([&blue, &green], |_| Fate::Forbidden).await;
    let colours = bench.colours().await;
    let effect = restoring(&colours, "checkout-blue-v1").await;
    let refused = colours.apply(&key(), &effect).await;
    let Err(ApplyError::Refused(Refusal::Forbidden { permission })) = refused else {
        panic!("it is not allowed: {refused:?}")
    };
    assert!(permission.contains("may not patch"), "the system's own words: {permission}");
    let bench = cluster([&blue, &green], |_| Fate::Conflicts).await;
    let refused = bench.colours().await.apply(&key(), &effect).await;
    assert!(matches!(refused, Err(ApplyError::Refused(Refusal::Rejected { .. }))), "{refused:?}");
    assert_eq!(bench.sent(SERVICE), 3, "it is looked at again, and not for ever");
}

#[tokio::test]
async fn a_crash_between_the_two_changes_of_a_canary_is_made_good_without_doing_one_twice() {
    let stable_path = format!("{SHOP}/deployments/checkout");
    let canary_path = format!("{SHOP}/deployments/checkout-canary");
    let [stable, canary] = pair_of();
    let fate = |number| if number == 1 { Fate::Vanishes } else { Fate::Lands };
    let bench = cluster([&stable, &canary], fate).await;
    let pair = bench.pair().await;
    let effect = restoring(&pair, "checkout-v1").await;
    let lost = pair.apply(&key(), &effect).await;
    assert!(matches!(lost, Err(ApplyError::Lost { .. })), "{lost:?}");
    assert_eq!(pair.probe(&key(), &effect).await, Presence::Absent, "only half of it took place");
    pair.apply(&key(), &effect).await.expect("the second half is made");
    assert_eq!((bench.sent(&canary_path), bench.sent(&stable_path)), (1, 2));
    assert_eq!(bench.object(&canary_path)["spec"]["replicas"], 0);
    assert_eq!(bench.object(&stable_path)["spec"]["replicas"], 4, "nobody's replica is forgotten");
    let found = pair.probe(&key(), &effect).await;
    assert!(matches!(found, Presence::Present(_)), "{found:?}");
}

#[tokio::test]
async fn a_no_to_the_second_change_is_never_told_as_if_nothing_had_happened() {
    let [stable, canary] = pair_of();
    let fate = |number| if number == 0 { Fate::Lands } else { Fate::Forbidden };
    let bench = cluster([&stable, &canary], fate).await;
    let pair = bench.pair().await;
    let effect = restoring(&pair, "checkout-v1").await;
    let lost = pair.apply(&key(), &effect).await;
    let Err(ApplyError::Lost { why }) = lost else { panic!("half of it was made: {lost:?}") };
    assert!(why.starts_with("only the canary was changed: not allowed"), "{why}");

    let bench = cluster([&stable, &canary], |_| Fate::Forbidden).await;
    let refused = bench.pair().await.apply(&key(), &effect).await;
    assert!(matches!(refused, Err(ApplyError::Refused(Refusal::Forbidden { .. }))), "{refused:?}");
}
