//! Changes against an API server that misbehaves.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use lastgood_core::catalog::KubernetesPlace;
use lastgood_core::effect::{ApplyError, Operation, PlannedEffect, Presence, Refusal};
use lastgood_core::ports::{Actor as _, Surveyor as _};
use lastgood_core::time::Millis;
use serde_json::{Value, json};

use super::super::Kubernetes;
use super::marks::key;
use super::{V1, place, recorded};
use crate::stub::{Reply, Stub};

/// A Deployment behind a stub, whose patches are answered with `patched`.
struct Bench {
    kubernetes: Kubernetes,
    stub: Stub,
    _dir: tempfile::TempDir,
}

async fn bench(patched: impl Fn(u32) -> Reply + Send + Sync + 'static) -> Bench {
    let state = Arc::new(Mutex::new(recorded("settled")));
    let count = AtomicU32::new(0);
    let stub = Stub::start(move |request| {
        let line = request.lines().next().unwrap_or_default();
        let mut state = state.lock().expect("no test panics while it holds this");
        if line.starts_with("PATCH") && line.contains("/deployments/") {
            let number = count.fetch_add(1, Ordering::SeqCst);
            let reply = patched(number);
            if matches!(&reply, Reply::Http(200, _, _) | Reply::Truncated(_) | Reply::Hangup) {
                land(&mut state["deployment"], request);
            }
            return match reply {
                Reply::Http(200, _, _) => Reply::json(&state["deployment"]),
                other @ (Reply::Http(..)
                | Reply::Truncated(_)
                | Reply::Silence
                | Reply::Trickle
                | Reply::Hangup) => other,
            };
        }
        if line.contains("/replicasets") {
            return Reply::json(&json!({ "metadata": {}, "items": state["replicasets"] }));
        }
        Reply::json(&state["deployment"])
    })
    .await;
    connect(stub).await
}

async fn connect(stub: Stub) -> Bench {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let kubeconfig = dir.path().join("kubeconfig");
    let text = json!({
        "apiVersion": "v1", "kind": "Config", "current-context": "stub",
        "clusters": [{ "name": "stub", "cluster": { "server": stub.url } }],
        "users": [{ "name": "stub", "user": { "token": "stub-token" } }],
        "contexts": [{ "name": "stub", "context": { "cluster": "stub", "user": "stub" } }],
    });
    std::fs::write(&kubeconfig, text.to_string()).expect("the folder is ours");
    let target = KubernetesPlace { kubeconfig: Some(kubeconfig), ..super::resolve::target() };
    let kubernetes = Kubernetes::connect(&target).await.expect("the kubeconfig is good");
    Bench { kubernetes, stub, _dir: dir }
}

/// Carries out the parts of a JSON patch that a probe looks at.
fn land(deployment: &mut Value, request: &str) {
    let body = request.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    let patch: Value = serde_json::from_str(body).expect("we send JSON");
    for operation in patch.as_array().expect("a JSON patch") {
        let pointer = operation["path"].as_str().unwrap_or_default().to_owned();
        if let Some(name) = pointer.strip_prefix("/metadata/annotations/") {
            let name = name.replace("~1", "/");
            deployment["metadata"]["annotations"][name] = operation["value"].clone();
        }
        if pointer == "/spec/paused" {
            deployment["spec"]["paused"] = operation["value"].clone();
        }
    }
}

impl Bench {
    async fn halt(&self) -> PlannedEffect {
        let survey = self.kubernetes.survey(&place()).await.expect("the stub answers");
        self.kubernetes
            .resolve(&place(), &Operation::HaltRollout, &survey)
            .await
            .expect("a halt is always possible")
    }

    fn patches(&self) -> usize {
        self.stub.requests().iter().filter(|request| request.starts_with("PATCH")).count()
    }
}

#[tokio::test]
async fn a_change_is_made_once_and_a_repeat_gives_its_receipt() {
    let bench = bench(|_| Reply::json(&json!({}))).await;
    let effect = bench.halt().await;
    let key = key("r-1", "stop", 1);
    assert_eq!(bench.kubernetes.probe(&key, &effect).await, Presence::Absent);
    bench.kubernetes.apply(&key, &effect).await.expect("the first request is accepted");
    bench.kubernetes.apply(&key, &effect).await.expect("a repeat of a key is not an error");
    assert_eq!(bench.patches(), 1, "the mark in the annotation is the proof");
    let found = bench.kubernetes.probe(&key, &effect).await;
    assert!(matches!(found, Presence::Present(_)), "{found:?}");
}

#[tokio::test]
async fn a_conflict_is_looked_at_again_and_at_most_three_times() {
    let conflict = || Reply::status(409, r#"{"kind":"Status","message":"moved","code":409}"#);
    let once = bench(move |number| if number == 0 { conflict() } else { Reply::json(&json!({})) });
    let once = once.await;
    let effect = once.halt().await;
    once.kubernetes.apply(&key("r-1", "stop", 1), &effect).await.expect("the second try lands");
    assert_eq!(once.patches(), 2);

    let always = bench(move |_| conflict()).await;
    let refused = always.kubernetes.apply(&key("r-1", "stop", 1), &effect).await;
    assert!(
        matches!(refused, Err(ApplyError::Refused(Refusal::Rejected { .. }))),
        "nothing landed, and that is known: {refused:?}"
    );
    assert_eq!(always.patches(), 3);
}

#[tokio::test]
async fn each_refusal_is_told_apart_and_what_may_have_landed_is_lost() {
    type Is = fn(&ApplyError) -> bool;
    let status = |code: u16| Reply::status(code, r#"{"kind":"Status","message":"no"}"#);
    let cases: [(Reply, &str, Is); 9] = [
        (status(401), "401", |e| matches!(e, ApplyError::Refused(Refusal::Unauthorised { .. }))),
        (status(403), "403", |e| matches!(e, ApplyError::Refused(Refusal::Forbidden { .. }))),
        (status(404), "404", |e| matches!(e, ApplyError::Refused(Refusal::Gone { .. }))),
        (status(422), "422", |e| matches!(e, ApplyError::Refused(Refusal::Rejected { .. }))),
        (status(429), "429", |e| matches!(e, ApplyError::Refused(Refusal::Unreachable { .. }))),
        (status(500), "500", |e| matches!(e, ApplyError::Lost { .. })),
        (status(504), "504", |e| matches!(e, ApplyError::Lost { .. })),
        (Reply::Hangup, "hang-up", |e| matches!(e, ApplyError::Lost { .. })),
        (Reply::Truncated("{\"ki".to_owned()), "torn", |e| matches!(e, ApplyError::Lost { .. })),
    ];
    for (reply, name, is) in cases {
        let bench = bench(move |_| reply.clone()).await;
        let effect = bench.halt().await;
        let found = bench.kubernetes.apply(&key("r-1", "stop", 1), &effect).await;
        let error = found.expect_err("the stub never says yes");
        assert!(is(&error), "{name}: {error:?}");
        assert_eq!(bench.patches(), 1, "{name}: a change is never sent again by itself");
    }
}

#[tokio::test]
async fn a_change_that_landed_without_a_reply_is_found_by_the_probe() {
    let bench = bench(|_| Reply::Hangup).await;
    let effect = bench.halt().await;
    let key = key("r-1", "stop", 1);
    let lost = bench.kubernetes.apply(&key, &effect).await;
    assert!(matches!(lost, Err(ApplyError::Lost { .. })), "{lost:?}");
    let found = bench.kubernetes.probe(&key, &effect).await;
    assert!(matches!(found, Presence::Present(_)), "{found:?}");
    bench.kubernetes.apply(&key, &effect).await.expect("it is there");
    assert_eq!(bench.patches(), 1, "and is not made twice");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unreachable_and_a_probe_of_it_unclear() {
    let bench = bench(|_| Reply::json(&json!({}))).await;
    let effect = bench.halt().await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("it is bound"));
    drop(listener);
    let nobody = connect(Stub::named(url)).await;
    let key = key("r-1", "stop", 1);
    let refused = nobody.kubernetes.apply(&key, &effect).await;
    assert!(
        matches!(refused, Err(ApplyError::Refused(Refusal::Unreachable { .. }))),
        "nothing was sent: {refused:?}"
    );
    let survey = bench.kubernetes.survey(&place()).await.expect("the stub answers");
    let waited = nobody.kubernetes.changed(&place(), &survey, Millis(300)).await;
    assert!(
        matches!(waited, Err(Refusal::Unreachable { .. })),
        "silence is not `unchanged`: {waited:?}"
    );
    let probed = nobody.kubernetes.probe(&key, &effect).await;
    assert!(matches!(probed, Presence::Unclear { .. }), "silence is no absence: {probed:?}");
}

#[tokio::test]
async fn a_drifted_deployment_is_not_touched() {
    let bench = bench(|_| Reply::json(&json!({}))).await;
    let mut effect = bench.halt().await;
    for expected in &mut effect.expects {
        if expected.what == "pod template" {
            "something else".clone_into(&mut expected.value);
        }
    }
    let refused = bench.kubernetes.apply(&key("r-1", "stop", 1), &effect).await;
    assert!(matches!(refused, Err(ApplyError::Refused(Refusal::Drifted { .. }))), "{refused:?}");
    assert_eq!(bench.patches(), 0);
}

#[tokio::test]
async fn a_restore_leaves_a_mark_on_the_release_that_it_went_away_from() {
    let bench = bench(|_| Reply::json(&json!({}))).await;
    let survey = bench.kubernetes.survey(&place()).await.expect("the stub answers");
    let operation = Operation::RestoreRelease { release: V1.into() };
    let effect = bench.kubernetes.resolve(&place(), &operation, &survey).await.expect("kept");
    bench.kubernetes.apply(&key("r-1", "restore", 1), &effect).await.expect("it lands");
    let requests = bench.stub.requests();
    let mark = requests
        .iter()
        .find(|request| request.starts_with("PATCH") && request.contains("/replicasets/"))
        .expect("the release that was left is patched too");
    assert!(mark.contains("rolled-back") && mark.contains(super::V2), "{mark}");
    let patch = requests.iter().find(|one| one.starts_with("PATCH")).expect("the restore");
    assert!(patch.contains("application/json-patch+json"), "{patch}");
}

#[tokio::test]
async fn waiting_ends_with_the_same_survey_when_patience_runs_out() {
    let bench = bench(|_| Reply::json(&json!({}))).await;
    let survey = bench.kubernetes.survey(&place()).await.expect("the stub answers");
    let waited = bench.kubernetes.changed(&place(), &survey, Millis(300)).await;
    assert_eq!(waited, Ok(survey.clone()), "nothing has happened");
    let mut old = survey.clone();
    old.running.clear();
    let waited = bench.kubernetes.changed(&place(), &old, Millis::seconds(5)).await;
    assert_eq!(
        waited.map(|found| found.running),
        Ok(survey.running),
        "what has already changed is told at once"
    );
}
