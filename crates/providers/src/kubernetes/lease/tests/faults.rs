//! A Lease behind an API server that misbehaves, and two operators who want it.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use lastgood_core::catalog::{KubernetesPlace, Workload};
use lastgood_core::effect::{ApplyError, Operation, PlannedEffect, Presence, Refusal};
use lastgood_core::lease::LeaseState;
use lastgood_core::name::EffectKey;
use lastgood_core::ports::{Actor as _, LeaseSource as _};
use lastgood_core::testing;

use super::*;
use crate::kubernetes::Kubernetes;
use crate::stub::{Reply, Stub};

/// What the API server does with a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Lands,
    /// It is carried out, and the answer breaks off.
    LandsUnheard,
    /// Another operator was there a moment before.
    SomebodyWasFaster,
    Status(u16),
}

struct Bench {
    world: Kubernetes,
    object: Arc<Mutex<Option<Value>>>,
    stub: Stub,
    _dir: tempfile::TempDir,
}

/// An API server with one Lease, or none yet; it is minute zero of the tests there.
async fn bench(object: Option<Value>, fates: &'static [Fate]) -> Bench {
    let object = Arc::new(Mutex::new(object));
    let (state, count) = (Arc::clone(&object), AtomicU32::new(0));
    let stub = Stub::start(move |request| {
        let mut state = state.lock().expect("no test panics while it holds this");
        if request.starts_with("POST /apis/authorization") {
            let denied = request.contains("\"update\"") && fates == [Fate::Status(403)];
            return dated(200, &json!({ "status": { "allowed": !denied } }));
        }
        if request.starts_with("GET /version") {
            return dated(200, &json!({ "gitVersion": "v1.33.0" }));
        }
        if request.starts_with("GET") {
            return match &*state {
                Some(object) => dated(200, object),
                None => dated(404, &json!({ "message": "not found", "code": 404 })),
            };
        }
        let body = request.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        let mut body: Value = serde_json::from_str(body).expect("we send JSON");
        let turn = usize::try_from(count.fetch_add(1, Ordering::SeqCst)).expect("few");
        match fates.get(turn).copied().unwrap_or(Fate::Lands) {
            Fate::Status(code) => dated(code, &json!({ "message": "no", "code": code })),
            Fate::SomebodyWasFaster => {
                *state = Some(taken_by("r-of-noor", 0));
                dated(409, &json!({ "message": "moved", "code": 409 }))
            }
            fate @ (Fate::Lands | Fate::LandsUnheard) => {
                let version = |object: &Value| object["metadata"]["resourceVersion"].clone();
                if state.as_ref().is_some_and(|now| version(now) != version(&body)) {
                    return dated(409, &json!({ "message": "moved", "code": 409 }));
                }
                body["metadata"]["resourceVersion"] = json!(format!("{}", turn + 10));
                *state = Some(body.clone());
                if fate == Fate::Lands { dated(200, &body) } else { Reply::Truncated("{".into()) }
            }
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
    let world = Kubernetes::connect(&target).await.expect("nothing is sent");
    Bench { world: world.by(Some("ben".into())), object, stub, _dir: dir }
}

/// An answer from minute one of the tests, whatever the time here is.
fn dated(code: u16, body: &Value) -> Reply {
    let date = at(60).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    Reply::Http(code, vec![("date", date)], body.to_string())
}

impl Bench {
    async fn effect(&self, to: LeaseState) -> PlannedEffect {
        let operation = Operation::SwitchLease { lease: Box::new(lease()), to };
        let (place, survey) = (testing::place(), testing::survey("v3"));
        let planned = self.world.resolve(&place, &operation, &survey).await;
        planned.expect("it can be looked up")
    }

    async fn take(&self) -> Result<String, ApplyError> {
        let take = self.effect(LeaseState::Held).await;
        self.world.apply(&key(), &take).await.map(|receipt| receipt.sentence)
    }

    async fn is_held(&self) -> bool {
        let take = self.effect(LeaseState::Held).await;
        matches!(self.world.probe(&key(), &take).await, Presence::Present(_))
    }

    fn spec(&self) -> Value {
        let object = self.object.lock().expect("no test panics while it holds this");
        object.as_ref().map_or(Value::Null, |object| object["spec"].clone())
    }
}

fn key() -> EffectKey {
    testing::key("lease.take", 1)
}

#[tokio::test]
async fn it_is_made_where_there_is_none_and_dated_by_the_api_servers_clock() {
    let bench = bench(None, &[]).await;
    assert!(!bench.is_held().await);
    bench.take().await.expect("nobody holds it");
    assert!(bench.is_held().await);
    let spec = bench.spec();
    assert_eq!(spec["acquireTime"], "2026-03-02T10:01:00.000000Z", "not by ours");
    let identity = spec["holderIdentity"].as_str().expect("somebody holds it");
    assert!(identity.starts_with("ben@") && identity.ends_with("/r-1"), "{identity}");
}

#[tokio::test]
async fn a_lost_answer_is_found_and_nothing_is_taken_twice() {
    let bench = bench(None, &[Fate::LandsUnheard]).await;
    let lost = bench.take().await;
    assert!(matches!(lost, Err(ApplyError::Lost { .. })), "{lost:?}");
    assert!(bench.is_held().await, "it took place");
    bench.take().await.expect("a repeat is not an error");
    assert_eq!(bench.spec()["leaseTransitions"], 0, "it is the same holder's");
}

#[tokio::test]
async fn whoever_was_faster_is_named_and_keeps_it() {
    let bench = bench(None, &[Fate::SomebodyWasFaster]).await;
    let refused = bench.take().await;
    let Err(ApplyError::Refused(refusal @ Refusal::Rejected { .. })) = refused else {
        panic!("somebody else holds it: {refused:?}")
    };
    let said = refusal.to_string();
    for part in ["ana@laptop (run r-of-noor)", "since 2026-03-02T10:00:00Z", "kubectl -n shop"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(bench.spec()["holderIdentity"], "ana@laptop/r-of-noor");
}

#[tokio::test]
async fn one_that_ran_out_is_taken_over_and_told() {
    let bench = bench(Some(taken_by("r-of-noor", -600)), &[]).await;
    let said = bench.take().await.expect("it ran out");
    assert!(said.contains("taken over from ana@laptop (run r-of-noor)"), "{said}");
    assert_eq!(bench.spec()["leaseTransitions"], 1);
}

#[tokio::test]
async fn a_no_is_a_refusal_and_a_failure_of_the_server_is_in_doubt() {
    let forbidden = bench(None, &[Fate::Status(403)]).await;
    let refused = forbidden.take().await;
    let no = matches!(refused, Err(ApplyError::Refused(Refusal::Forbidden { .. })));
    assert!(no, "{refused:?}");
    let why = forbidden.world.leasing(&testing::place()).await.and_then(|one| one.hindrance);
    assert!(why.is_some_and(|why| why.contains("may not update leases")), "it was foreseen");
    for code in [500, 503, 504] {
        let fates: &'static [Fate] = match code {
            500 => &[Fate::Status(500)],
            503 => &[Fate::Status(503)],
            _ => &[Fate::Status(504)],
        };
        let bench = bench(None, fates).await;
        let lost = bench.take().await;
        assert!(matches!(lost, Err(ApplyError::Lost { .. })), "{code}: {lost:?}");
        assert!(!bench.is_held().await);
    }
}

#[tokio::test]
async fn it_is_given_back_once_and_never_somebody_elses() {
    let bench = bench(None, &[Fate::Lands, Fate::LandsUnheard]).await;
    bench.take().await.expect("nobody holds it");
    let give_back = bench.effect(LeaseState::Free).await;
    assert_eq!(bench.world.probe(&key(), &give_back).await, Presence::Absent);
    let lost = bench.world.apply(&key(), &give_back).await;
    assert!(matches!(lost, Err(ApplyError::Lost { .. })), "{lost:?}");
    assert!(matches!(bench.world.probe(&key(), &give_back).await, Presence::Present(_)));
    *bench.object.lock().expect("nobody panicked") = Some(taken_by("r-of-noor", 0));
    let writes = |bench: &Bench| {
        bench.stub.requests().iter().filter(|request| request.starts_with("PUT")).count()
    };
    let before = writes(&bench);
    bench.world.apply(&key(), &give_back).await.expect("it holds nothing any more");
    assert_eq!(writes(&bench), before, "what is theirs is left alone");
}
