//! Every way in which an HTTP request can fail, with what must come of it: a sentence, no
//! second effect, no hang, and nothing lost.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use lastgood_core::check::Assertion;
use lastgood_core::effect::Refusal;
use lastgood_core::errand::{HttpMethod, HttpProbe, HttpRequest, placed};
use lastgood_core::time::Millis;

use super::super::*;
use super::bench::{Bench, SECRET, effect, key};
use crate::stub::{Reply, Stub};

/// What must be said of a fault.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Verdict {
    Done,
    Refused,
    Lost,
}

/// A server that applies a request or not, and then answers like this.
struct Server {
    stub: Stub,
    applied: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn start(takes_it: bool, answer: Reply) -> Self {
        let applied = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&applied);
        let stub = Stub::start(move |request| {
            let mut log = log.lock().expect("no test panics while it holds this");
            if request.starts_with("GET") {
                let there = if log.is_empty() { 404 } else { 200 };
                return Reply::status(there, "{}");
            }
            if takes_it {
                log.push(request.to_owned());
            }
            answer.clone()
        })
        .await;
        Self { stub, applied }
    }

    fn applied(&self) -> usize {
        self.applied.lock().expect("no test panics while it holds this").len()
    }
}

fn request(url: &str, probe: bool) -> HttpRequest {
    HttpRequest {
        method: HttpMethod::Post,
        url: format!("{url}/rollbacks"),
        headers: [("x-team".to_owned(), "checkout".to_owned())].into(),
        secrets: [("x-api-key".to_owned(), "deploy-token".to_owned())].into(),
        bearer: Some("deploy-token".to_owned()),
        json: Some(serde_json::json!({ "to": "v1" })),
        json_secrets: [].into(),
        expect: vec![
            Assertion::Status(vec![(200, 299)]),
            Assertion::Json {
                path: "$.ok".to_owned(),
                must: lastgood_core::check::Must::Equal("true".to_owned()),
            },
        ],
        key_header: "Idempotency-Key".to_owned(),
        probe: probe.then(|| HttpProbe { url: format!("{url}/rollbacks"), expect: Vec::new() }),
        timeout: Millis(700),
    }
}

#[tokio::test]
async fn a_request_carries_its_key_its_secrets_and_its_body() {
    let server = Server::start(true, Reply::json(&serde_json::json!({ "ok": true }))).await;
    let bench = Bench::new();
    let given = effect(Errand::Http(request(&server.stub.url, true)));
    bench.errands.apply(&key(1), &given).await.expect("it is taken");
    let seen = server.stub.requests().remove(0);
    for part in [
        "POST /rollbacks HTTP/1.1",
        "idempotency-key: r-1/act/do/1",
        "content-type: application/json",
        "x-team: checkout",
        r#"{"to":"v1"}"#,
    ] {
        assert!(seen.contains(part), "{part} in {seen}");
    }
    assert!(seen.contains(&format!("authorization: Bearer {SECRET}")));
    assert!(seen.contains(&format!("x-api-key: {SECRET}")));
}

#[tokio::test]
async fn a_webhook_and_a_routing_key_are_put_where_they_belong_and_are_not_told() {
    let server = Server::start(true, Reply::Http(500, Vec::new(), format!("no {SECRET}"))).await;
    let bench = Bench::new();
    let body =
        serde_json::json!({ "routing_key": placed::placeholder("deploy-token"), "text": "back" });
    let wanted = HttpRequest {
        url: format!("{}/hooks/{}", server.stub.url, placed::placeholder("deploy-token")),
        json_secrets: placed::in_json(&body),
        json: Some(body),
        secrets: [].into(),
        bearer: None,
        ..request(&server.stub.url, false)
    };
    let lost = bench.errands.apply(&key(1), &effect(Errand::Http(wanted))).await;
    let seen = server.stub.requests().remove(0);
    assert!(seen.contains("POST /hooks/correct-horse/battery%20staple HTTP/1.1"), "{seen}");
    assert!(seen.contains(&format!(r#""routing_key":"{SECRET}""#)), "{seen}");
    let told = lost.expect_err("500 says nothing about what was done").to_string();
    assert!(!told.contains(SECRET), "{told}");
}

#[tokio::test]
async fn every_fault_has_a_sentence_and_none_a_second_effect_or_a_hang() {
    let answer = |code, headers: Vec<(&'static str, String)>, body: &str| {
        Reply::Http(code, headers, body.to_owned())
    };
    let status = |code| answer(code, Vec::new(), r#"{"ok":false}"#);
    let table: Vec<(&str, bool, Reply, Verdict, &str)> = vec![
        (
            "done",
            true,
            Reply::json(&serde_json::json!({ "ok": true })),
            Verdict::Done,
            "answered 200",
        ),
        (
            "redirect",
            false,
            answer(302, vec![("location", "https://login.example".into())], ""),
            Verdict::Refused,
            "redirects are not followed",
        ),
        ("bad request", false, status(400), Verdict::Refused, "400"),
        ("401", false, status(401), Verdict::Refused, "credential"),
        ("403", false, status(403), Verdict::Refused, "403"),
        ("404", false, status(404), Verdict::Refused, "404"),
        ("409", false, status(409), Verdict::Refused, "409"),
        (
            "429 with Retry-After",
            false,
            answer(429, vec![("retry-after", "7".into())], ""),
            Verdict::Refused,
            "it says to wait: 7",
        ),
        ("429 without", false, status(429), Verdict::Refused, "does not say for how long"),
        ("500", false, status(500), Verdict::Lost, "500"),
        ("503", false, status(503), Verdict::Lost, "503"),
        ("timeout", false, Reply::Silence, Verdict::Lost, "no complete answer"),
        ("cut before any answer", false, Reply::Hangup, Verdict::Lost, "no answer"),
        (
            "truncated body",
            true,
            Reply::Truncated(r#"{"ok":true}"#.to_owned()),
            Verdict::Lost,
            "broke off",
        ),
        (
            "wrong content type",
            true,
            answer(200, vec![("content-type", "text/html".into())], "<h1>Log in</h1>"),
            Verdict::Lost,
            "not JSON",
        ),
        ("applied, reply lost", true, Reply::Hangup, Verdict::Lost, "no answer"),
        ("applied, then an error of the proxy", true, status(502), Verdict::Lost, "502"),
        ("slow trickle", true, Reply::Trickle, Verdict::Lost, "no complete answer"),
    ];
    for (name, applies, reply, wanted, part) in table {
        let server = Server::start(applies, reply).await;
        let bench = Bench::new();
        let given = effect(Errand::Http(request(&server.stub.url, true)));
        let began = Instant::now();
        let outcome = bench.errands.apply(&key(1), &given).await;
        assert!(began.elapsed() < Duration::from_secs(5), "{name}: it hangs");
        let (verdict, sentence) = match &outcome {
            Ok(receipt) => (Verdict::Done, receipt.sentence.clone()),
            Err(ApplyError::Refused(refusal)) => (Verdict::Refused, refusal.to_string()),
            Err(ApplyError::Lost { why }) => (Verdict::Lost, why.clone()),
        };
        assert_eq!(verdict, wanted, "{name}: {sentence}");
        assert!(sentence.contains(part), "{name}: {sentence}");
        assert!(!sentence.contains("battery"), "{name} tells a secret: {sentence}");
        assert_eq!(server.applied(), usize::from(applies), "{name}: never sent twice");
        let found = bench.errands.probe(&key(1), &given).await;
        match (applies, found) {
            (true, Presence::Present(_)) | (false, Presence::Absent) => {}
            (_, found) => panic!("{name}: the probe knows what is there: {found:?}"),
        }
    }
}

#[tokio::test]
async fn without_a_probe_a_lost_reply_is_a_matter_for_a_person_and_a_refusal_is_not() {
    let bench = Bench::new();
    let lost = Server::start(true, Reply::Hangup).await;
    let given = effect(Errand::Http(request(&lost.stub.url, false)));
    assert_eq!(bench.errands.probe(&key(1), &given).await, Presence::Absent, "nothing was sent");
    assert!(matches!(bench.errands.apply(&key(1), &given).await, Err(ApplyError::Lost { .. })));
    let found = bench.errands.probe(&key(1), &given).await;
    assert!(matches!(found, Presence::Unclear { .. }), "it may have arrived: {found:?}");
    let bench = Bench::new();
    let refused = Server::start(false, Reply::status(409, "{}")).await;
    let given = effect(Errand::Http(request(&refused.stub.url, false)));
    assert!(matches!(bench.errands.apply(&key(1), &given).await, Err(ApplyError::Refused(_))));
    assert_eq!(bench.errands.probe(&key(1), &given).await, Presence::Absent, "it was told no");
}

#[tokio::test]
async fn a_connection_that_is_refused_is_nothing_sent() {
    let bench = Bench::new();
    let given = effect(Errand::Http(request("http://127.0.0.1:9", false)));
    let refused = bench.errands.apply(&key(1), &given).await;
    assert!(
        matches!(refused, Err(ApplyError::Refused(Refusal::Unreachable { .. }))),
        "{refused:?}"
    );
    assert_eq!(bench.errands.probe(&key(1), &given).await, Presence::Absent);
}

#[tokio::test]
async fn addresses_where_clouds_keep_credentials_are_not_asked() {
    let bench = Bench::new();
    let given = effect(Errand::Http(request("http://169.254.169.254", false)));
    let refused = bench.errands.apply(&key(1), &given).await;
    assert!(matches!(refused, Err(ApplyError::Refused(Refusal::Rejected { .. }))), "{refused:?}");
}
