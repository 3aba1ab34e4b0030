//! Checks against a server that answers as it is told.

use std::collections::BTreeMap;
use std::net::IpAddr;

use lastgood_core::catalog::VersionAt;
use lastgood_core::check::{Assertion, Check, CheckOutcome, Must};
use lastgood_core::time::Millis;

use super::guard::is_link_local;
use super::{AskVersion as _, Http};
use crate::stub::{Reply, Stub};

fn check(url: &str, expect: Vec<Assertion>) -> Check {
    Check {
        name: "pay".into(),
        method: "GET".to_owned(),
        url: url.to_owned(),
        headers: BTreeMap::new(),
        body: None,
        expect,
        timeout: Millis::seconds(2),
    }
}

fn http() -> Http {
    Http::new().expect("a client can be made")
}

fn equal(text: &str) -> Must {
    Must::Equal(text.to_owned())
}

async fn good() -> Stub {
    Stub::start(|_| {
        let headers = vec![("x-version", "v1".to_owned())];
        Reply::Http(200, headers, r#"{"version":"v1","items":[{"id":7}]}"#.to_owned())
    })
    .await
}

#[tokio::test]
async fn every_kind_of_assertion_holds_and_fails_by_what_is_answered() {
    let stub = good().await;
    let header = |name: &str, must| Assertion::Header { name: name.to_owned(), must };
    let json = |path: &str, must| Assertion::Json { path: path.to_owned(), must };
    let contain = |text: &str| Must::Contain(text.to_owned());
    let cases = [
        (Assertion::Status(vec![(200, 299)]), true),
        (Assertion::Status(vec![(201, 201), (500, 599)]), false),
        (header("X-Version", equal("v1")), true),
        (header("X-Version", equal("v2")), false),
        (header("x-other", Must::Exist), false),
        (Assertion::Body(contain("items")), true),
        (Assertion::Body(contain("nope")), false),
        (json("$.version", equal("v1")), true),
        (json("$.items[0].id", equal("7")), true),
        (json("$.items[1].id", Must::Exist), false),
        (Assertion::Faster(Millis::seconds(2)), true),
        (Assertion::Faster(Millis(0)), false),
    ];
    for (assertion, holds) in cases {
        let result = http().check(&check(&stub.url, vec![assertion.clone()])).await;
        let wanted = if holds { CheckOutcome::Passed } else { CheckOutcome::Failed };
        assert_eq!(result.outcome, wanted, "{assertion:?}: {}", result.sentence);
    }
}

#[tokio::test]
async fn a_failed_check_says_what_was_seen_and_what_was_wanted() {
    let stub = good().await;
    let wanted = Assertion::Header { name: "x-version".to_owned(), must: equal("v2") };
    let result = http().check(&check(&stub.url, vec![wanted])).await;
    assert_eq!(result.sentence, "answered 200: header x-version is `v1`, `v2` is wanted");
}

#[tokio::test]
async fn a_check_without_expectations_wants_a_success() {
    for (code, outcome) in [(204, CheckOutcome::Passed), (503, CheckOutcome::Failed)] {
        let stub = Stub::start(move |_| Reply::status(code, "")).await;
        let result = http().check(&check(&stub.url, Vec::new())).await;
        assert_eq!(result.outcome, outcome, "{}", result.sentence);
    }
}

#[tokio::test]
async fn a_redirect_is_reported_and_not_followed() {
    let stub = Stub::start(|_| {
        Reply::Http(302, vec![("location", "https://login.example/".to_owned())], String::new())
    })
    .await;
    let result = http().check(&check(&stub.url, vec![Assertion::Status(vec![(200, 299)])])).await;
    assert_eq!(result.outcome, CheckOutcome::Failed);
    assert!(result.sentence.contains("https://login.example/"), "{}", result.sentence);
    assert_eq!(stub.requests().len(), 1, "a secret must not travel to another host");
}

#[tokio::test]
async fn a_service_that_answers_badly_has_failed() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let refused = format!("http://{}", listener.local_addr().expect("it is bound"));
    drop(listener);
    let hangup = Stub::start(|_| Reply::Hangup).await;
    let silent = Stub::start(|_| Reply::Silence).await;
    let torn = Stub::start(|_| Reply::Truncated("half".to_owned())).await;
    for (name, url) in [
        ("refused", &refused),
        ("hang-up", &hangup.url),
        ("silent", &silent.url),
        ("torn", &torn.url),
    ] {
        let mut check = check(url, vec![Assertion::Body(Must::Contain("whole".to_owned()))]);
        check.timeout = Millis(300);
        let result = http().check(&check).await;
        assert_eq!(result.outcome, CheckOutcome::Failed, "{name}: {}", result.sentence);
    }
}

#[tokio::test]
async fn what_cannot_be_asked_says_nothing_about_the_service() {
    let stub = good().await;
    let json = Assertion::Json { path: "version".to_owned(), must: Must::Exist };
    let cases = [
        ("no such name", check("http://nobody.invalid/", Vec::new())),
        ("no scheme", check("localhost", Vec::new())),
        ("another scheme", check("file:///etc/passwd", Vec::new())),
        ("a method", Check { method: "DELETE".to_owned(), ..check(&stub.url, Vec::new()) }),
        ("a body", Check { body: Some("x".to_owned()), ..check(&stub.url, Vec::new()) }),
        ("a path", check(&stub.url, vec![json])),
        ("metadata", check("http://169.254.169.254/latest/meta-data/", Vec::new())),
        ("mapped", check("http://[::ffff:169.254.169.254]/", Vec::new())),
    ];
    for (name, check) in cases {
        let result = http().check(&check).await;
        assert_eq!(result.outcome, CheckOutcome::Unasked, "{name}: {}", result.sentence);
    }
    assert!(stub.requests().is_empty(), "nothing was sent");
}

#[tokio::test]
async fn an_endless_body_is_not_read_to_its_end() {
    let stub = Stub::start(|_| Reply::status(200, &"a".repeat(super::BODY_AT_MOST + 10))).await;
    let late = Assertion::Body(Must::Contain("z".to_owned()));
    let result = http().check(&check(&stub.url, vec![late])).await;
    assert_eq!(result.outcome, CheckOutcome::Unasked, "it may come later: {}", result.sentence);
    let early = Assertion::Body(Must::Contain("aaa".to_owned()));
    let result = http().check(&check(&stub.url, vec![early])).await;
    assert_eq!(result.outcome, CheckOutcome::Passed, "what was found stays found");
}

#[tokio::test]
async fn a_check_sends_its_headers_and_body_as_they_are() {
    let stub = good().await;
    let mut check = check(&stub.url, Vec::new());
    check.method = "post".to_owned();
    check.body = Some("{\"a\":1}".to_owned());
    check.headers.insert("x-probe".to_owned(), "yes".to_owned());
    assert_eq!(http().check(&check).await.outcome, CheckOutcome::Passed);
    let request = &stub.requests()[0];
    assert!(request.starts_with("POST ") && request.contains("x-probe: yes"), "{request}");
    assert!(request.ends_with("{\"a\":1}"), "{request}");
}

#[tokio::test]
async fn a_replica_is_asked_for_its_version_whatever_its_health() {
    let sick = Stub::start(|_| {
        Reply::Http(500, vec![("x-version", "v2".to_owned())], r#"{"build":"b7"}"#.to_owned())
    })
    .await;
    let header = VersionAt::Header("X-Version".to_owned());
    let json = VersionAt::Json("$.build".to_owned());
    assert_eq!(http().version(&sick.url, &header).await.as_deref(), Ok("v2"));
    assert_eq!(http().version(&sick.url, &json).await.as_deref(), Ok("b7"));
    let absent = VersionAt::Json("$.version".to_owned());
    let why = http().version(&sick.url, &absent).await.expect_err("it does not say");
    assert_eq!(why, "it answered 500 without $.version in a JSON body");
}

#[test]
fn link_local_addresses_are_known_in_every_form() {
    for (address, is) in [
        ("169.254.169.254", true),
        ("::ffff:169.254.169.254", true),
        ("fe80::1", true),
        ("fd00:ec2::254", true),
        ("127.0.0.1", false),
        ("10.0.0.7", false),
        ("fd00::1", false),
    ] {
        let address: IpAddr = address.parse().expect("an address");
        assert_eq!(is_link_local(address), is, "{address}");
    }
}
