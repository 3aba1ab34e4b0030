//! GitHub as a stub that plays it: answers are shaped as GitHub's own description has
//! them, which `openapi` holds our requests to as well.

mod act;
mod behind;
mod board;
mod examine;
mod faults;
mod governor;
mod history;
mod issues;
mod openapi;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use lastgood_core::catalog::{GithubConnection, GithubLogin, Place, Strategy};
use lastgood_core::ports::{Vault, VaultError};
use lastgood_core::release::DeployOutcome;
use lastgood_core::secret::Secret;
use serde_json::{Value, json};

use super::error::Failure;
use super::governor::Purpose;
use super::link::Pace;
use super::{Board, Github, request};
use crate::stub::{Reply, Stub};

/// Holds one token under every name.
struct Token;

#[async_trait::async_trait]
impl Vault for Token {
    async fn secret(&self, _: &str) -> Result<Secret<String>, VaultError> {
        Ok(Secret::new("ghp_aSecretOfThisTest".to_owned()))
    }
}

/// Time that moves only when somebody waits.
struct Steps {
    now: Mutex<Timestamp>,
    waits: Mutex<Vec<Duration>>,
}

impl Steps {
    fn new() -> Arc<Self> {
        let now = "2026-11-22T21:00:00Z".parse().expect("a time");
        Arc::new(Self { now: Mutex::new(now), waits: Mutex::default() })
    }

    fn pass(&self, length: Duration) {
        let mut now = self.now.lock().expect("no test panics here");
        *now = now.checked_add(SignedDuration::try_from(length).expect("short")).expect("soon");
    }

    fn waits(&self) -> Vec<Duration> {
        self.waits.lock().expect("no test panics here").clone()
    }
}

#[async_trait]
impl Pace for Steps {
    fn now(&self) -> Timestamp {
        *self.now.lock().expect("no test panics here")
    }

    async fn wait(&self, length: Duration) {
        self.waits.lock().expect("no test panics here").push(length);
        self.pass(length);
    }
}

/// Longer than any exchange on loopback takes, and short enough for a test of silence.
const LIMIT: Duration = Duration::from_millis(1500);

async fn at(url: &str, steps: &Arc<Steps>) -> Github {
    let login = GithubLogin::Token { secret: "github-token".to_owned() };
    let connection = GithubConnection { url: Some(url.to_owned()), login };
    let github = Github::connect(&connection, &Token).await.expect("the token is one");
    let link = github.link.paced(Arc::clone(steps) as Arc<dyn Pace>, LIMIT);
    Github { board: Arc::new(Board::new(link.clone())), link }
}

fn place() -> Place {
    Place { service: "checkout".into(), environment: "production".into() }
}

/// An answer with what GitHub says of its limits.
fn counted(status: u16, remaining: u64, body: &Value) -> Reply {
    Reply::Http(status, limits(remaining, "core"), body.to_string())
}

fn limits(remaining: u64, resource: &str) -> Vec<(&'static str, String)> {
    vec![
        ("content-type", "application/json; charset=utf-8".to_owned()),
        ("x-ratelimit-limit", "5000".to_owned()),
        ("x-ratelimit-remaining", remaining.to_string()),
        // An hour after the beginning of every test's time.
        ("x-ratelimit-reset", "1795384800".to_owned()),
        ("x-ratelimit-resource", resource.to_owned()),
    ]
}

/// A deployment as GraphQL gives it, with its statuses, newest first.
fn node(id: u64, at: &str, commit: &str, statuses: &[(&str, &str)]) -> Value {
    let statuses: Vec<Value> = statuses
        .iter()
        .map(|(state, at)| json!({ "state": state, "createdAt": at, "description": "" }))
        .collect();
    json!({
        "databaseId": id, "createdAt": at, "updatedAt": at, "commitOid": commit, "task": "deploy",
        "payload": null, "description": null, "creator": { "login": "ana" },
        "ref": { "name": "main" },
        "latestStatus": statuses.first(),
        "statuses": { "totalCount": statuses.len(), "nodes": statuses },
    })
}

fn repository(nodes: &[Value]) -> Value {
    json!({ "deployments": { "pageInfo": { "hasNextPage": false }, "nodes": nodes } })
}

#[test]
fn addresses_of_servers_are_found() {
    for (url, base, graphql) in [
        (None, "https://api.github.com", "https://api.github.com"),
        (Some("https://github.com"), "https://api.github.com", "https://api.github.com"),
        (
            Some("https://github.acme.dev/"),
            "https://github.acme.dev/api/v3",
            "https://github.acme.dev/api",
        ),
        (
            Some("https://git.acme.dev/api/v3"),
            "https://git.acme.dev/api/v3",
            "https://git.acme.dev/api",
        ),
        (Some("https://api.acme.ghe.com"), "https://api.acme.ghe.com", "https://api.acme.ghe.com"),
        (Some("http://127.0.0.1:8080"), "http://127.0.0.1:8080", "http://127.0.0.1:8080"),
    ] {
        let found = request::base(url);
        assert_eq!(found, base, "{url:?}");
        assert_eq!(request::graphql_path(&found).0, graphql, "{url:?}");
    }
}

#[tokio::test]
async fn a_token_that_is_no_header_is_a_sentence_and_not_the_end() {
    struct Odd;
    #[async_trait::async_trait]
    impl Vault for Odd {
        async fn secret(&self, _: &str) -> Result<Secret<String>, VaultError> {
            Ok(Secret::new("two\nlines".to_owned()))
        }
    }
    let login = GithubLogin::Token { secret: "t".to_owned() };
    let connection = GithubConnection { url: None, login };
    let failure = Github::connect(&connection, &Odd).await.expect_err("it is no token");
    assert!(!failure.to_string().contains("two"), "a secret is never told: {failure}");
}

#[tokio::test]
async fn an_app_exchanges_its_key_for_a_token_and_asks_with_that() {
    struct Key(String);
    #[async_trait::async_trait]
    impl Vault for Key {
        async fn secret(&self, _: &str) -> Result<Secret<String>, VaultError> {
            Ok(Secret::new(self.0.clone()))
        }
    }
    let Ok(made) = std::process::Command::new("openssl")
        .args(["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"])
        .output()
    else {
        println!(
            "SKIPPED: there is no openssl to make a key with; `./dev install peers` installs it"
        );
        return;
    };
    let key = String::from_utf8(made.stdout).expect("PEM is text");
    let stub = Stub::start(|asked| {
        if asked.starts_with("POST /app/installations/8/access_tokens") {
            assert!(asked.contains("authorization: Bearer ey"), "with a JWT: {asked}");
            let token = json!({ "token": "ghs_forThisHour", "expires_at": "2099-01-01T00:00:00Z",
                                "permissions": {} });
            return Reply::Http(
                201,
                vec![("content-type", "application/json".to_owned())],
                token.to_string(),
            );
        }
        assert!(asked.contains("Bearer ghs_forThisHour"), "with the token: {asked}");
        counted(200, 4999, &json!({ "resources": {} }))
    })
    .await;
    let login = GithubLogin::App { id: 7, installation: 8, secret: "key".to_owned() };
    let connection = GithubConnection { url: Some(stub.url.clone()), login };
    let github = Github::connect(&connection, &Key(key)).await.expect("the key is one");
    github.left().await.expect("it is told");
    assert_eq!(stub.requests().len(), 2, "one exchange, one question: {:?}", stub.requests());

    let connection = GithubConnection {
        url: None,
        login: GithubLogin::App { id: 7, installation: 8, secret: "key".to_owned() },
    };
    let wrong = Github::connect(&connection, &Token).await.expect_err("a token is no key");
    assert!(matches!(wrong, Failure::Login { .. }), "{wrong}");
}

/// What the newest deploy of a place is, as GitHub tells it.
async fn newest(github: &Github) -> Option<(String, DeployOutcome)> {
    let releases = lastgood_core::catalog::GithubReleases {
        connection: "github".into(),
        repository: "acme/checkout".to_owned(),
        environment: "production".to_owned(),
    };
    let page = github.deploys(&place(), Strategy::Rolling, &releases).await.expect("it is told");
    page.deploys.first().map(|one| (one.release.id.to_string(), one.outcome))
}

/// Asks the cheapest question.
async fn ask(github: &Github, purpose: Purpose) -> Result<Value, Failure> {
    let question = request::deployments("acme/checkout", "production", 30);
    github.link.ask(&question, purpose).await.map(|answer| answer.body)
}
