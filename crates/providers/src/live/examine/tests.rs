//! The doctor's look at a whole catalog, each system played by a stub.

use std::sync::Arc;

use lastgood_core::catalog::{
    Catalog, GithubConnection, LaunchDarklyConnection, PrometheusConnection, RegistryConnection,
    UnleashConnection,
};
use lastgood_core::ports::{Vault, VaultError};
use lastgood_core::time::Millis;
use serde_json::json;

use super::*;
use crate::stub::{Reply, Stub};

/// A vault that has every secret but one.
struct AllButOne;

#[async_trait]
impl Vault for AllButOne {
    async fn secret(&self, name: &str) -> Result<Secret<String>, VaultError> {
        match name {
            "lost" => Err(VaultError::Missing { name: name.to_owned() }),
            _ => Ok(Secret::new("me:hunter2hunter2".to_owned())),
        }
    }
}

async fn examined(connections: Vec<(&str, Connection)>) -> Vec<Finding> {
    let connections = connections.into_iter().map(|(name, one)| (name.into(), one)).collect();
    let catalog = Catalog { connections, ..Catalog::default() };
    LiveWorld::new(catalog, Arc::new(AllButOne)).examine().await
}

fn prometheus(url: &str, secret: Option<&str>) -> Connection {
    let (url, secret) = (url.to_owned(), secret.map(str::to_owned));
    Connection::Prometheus(PrometheusConnection { url, scrape: Millis(15_000), secret })
}

fn told(findings: &[Finding]) -> Vec<(Grade, &str, &str)> {
    findings.iter().map(|one| (one.grade, one.subject.as_str(), one.sentence.as_str())).collect()
}

/// A matrix with one series, as Prometheus answers a subquery.
fn matrix() -> Reply {
    Reply::json(&json!({ "status": "success", "data": { "resultType": "matrix", "result": [
        { "metric": {}, "values": [[1_000.0, "1"]] },
    ] } }))
}

#[tokio::test]
async fn a_prometheus_tells_its_version_and_its_clock_and_not_who_we_are() {
    let stub = Stub::start(|request| {
        if request.contains("/api/v1/status/buildinfo") {
            return Reply::json(&json!({ "status": "success", "data": { "version": "2.42.0" } }));
        }
        let Reply::Http(status, mut headers, body) = matrix() else { return Reply::Hangup };
        headers.push(("date", "Sun, 06 Nov 1994 08:49:37 GMT".to_owned()));
        Reply::Http(status, headers, body)
    })
    .await;
    let findings = examined(vec![("metrics", prometheus(&stub.url, Some("token")))]).await;
    let all = told(&findings);
    assert_eq!(
        all[0],
        (
            Grade::Pass,
            "connection metrics",
            "answers, and does not say as whom it knows us; version 2.42.0"
        )
    );
    assert_eq!((all[1].0, all[1].1), (Grade::Warn, "connection metrics: clock"), "{all:?}");
    assert!(all[1].2.contains(" h behind this machine's"), "{}", all[1].2);
    assert_eq!(all[2], (Grade::Pass, "connection metrics: permissions", "held: query"));
}

#[tokio::test]
async fn each_fault_of_a_connection_is_a_sentence_with_something_to_do() {
    let gone = "http://127.0.0.1:9".to_owned();
    let refuses = Stub::start(|_| Reply::status(401, "no")).await;
    let page = Stub::start(|_| Reply::status(200, "<html>log in</html>")).await;
    let hangs_up = Stub::start(|_| Reply::Hangup).await;
    for (url, secret, grade, mend) in [
        (&gone, Some("token"), Grade::Unknown, "network"),
        (&refuses.url, Some("token"), Grade::Block, "lastgood secret set token"),
        (&refuses.url, None, Grade::Block, "`secret:` in the catalog"),
        (&page.url, Some("token"), Grade::Unknown, "login page"),
        (&hangs_up.url, Some("token"), Grade::Unknown, "network"),
        (&gone, Some("lost"), Grade::Unknown, "lastgood secret list"),
    ] {
        let findings = examined(vec![("metrics", prometheus(url, secret))]).await;
        let [one] = &findings[..] else { panic!("{findings:?}") };
        assert_eq!(one.grade, grade, "{one:?}");
        let mended = one.mend.as_deref().unwrap_or_default();
        assert!(mended.contains(mend), "{one:?}");
        assert!(!format!("{one:?}").contains("hunter2"), "{one:?}");
    }
}

#[tokio::test]
async fn a_secret_that_nobody_has_is_told_and_nothing_is_sent() {
    let stub = Stub::start(|_| matrix()).await;
    let findings = examined(vec![("metrics", prometheus(&stub.url, Some("lost")))]).await;
    assert_eq!(told(&findings)[0].2, "not asked, without its secret lost");
    assert!(stub.requests().is_empty(), "{:?}", stub.requests());
}

#[tokio::test]
async fn flag_systems_tell_who_we_are_and_whether_we_see_the_project() {
    let stub = Stub::start(|request| {
        let line = request.lines().next().unwrap_or_default();
        if line.contains("/api/admin/user") {
            Reply::json(&json!({ "user": { "username": "", "name": "lastgood" } }))
        } else if line.contains("/api/admin/ui-config") {
            Reply::json(&json!({ "version": "7.5.0" }))
        } else if line.contains("/api/v2/caller-identity") {
            Reply::json(&json!({ "tokenName": "on call" }))
        } else if line.contains("/api/v2/flags/shop") {
            Reply::json(&json!({ "items": [] }))
        } else {
            Reply::status(403, r#"{"message":"no access to project"}"#)
        }
    })
    .await;
    let (url, project, secret) = (stub.url.clone(), "shop".to_owned(), "token".to_owned());
    let unleash = UnleashConnection { url, project, secret };
    let UnleashConnection { url, project, secret } = unleash.clone();
    let launchdarkly = LaunchDarklyConnection { url, project, secret };
    let findings = examined(vec![
        ("a", Connection::Unleash(unleash)),
        ("b", Connection::LaunchDarkly(launchdarkly)),
    ])
    .await;
    let all = told(&findings);
    assert_eq!(all[0].2, "answers, and knows us as lastgood; Unleash 7.5.0");
    assert_eq!((all[1].0, all[1].1), (Grade::Block, "connection a: permissions"));
    assert!(all[1].2.starts_with("see the project shop is missing"), "{}", all[1].2);
    assert_eq!(all[2].2, "answers, and knows us as on call");
    assert_eq!(all[3].2, "held: see the project shop");
}

#[tokio::test]
async fn a_registry_is_asked_as_the_catalogs_user() {
    let stub = Stub::start(|request| {
        if request.to_ascii_lowercase().contains("authorization: basic ") {
            return Reply::status(200, "{}");
        }
        let wants = ("www-authenticate", "Basic realm=\"x\"".to_owned());
        Reply::Http(401, vec![wants], String::new())
    })
    .await;
    let host = stub.url.trim_start_matches("http://").to_owned();
    let registry = |secret: Option<&str>| {
        Connection::Registry(RegistryConnection {
            host: host.clone(),
            user: None,
            secret: secret.map(str::to_owned),
            token_host: None,
            plain_http: true,
        })
    };
    let findings = examined(vec![("images", registry(Some("token")))]).await;
    assert_eq!(told(&findings)[0].2, "answers, and knows us as me");
    let findings = examined(vec![("images", registry(None))]).await;
    assert_eq!(findings[0].grade, Grade::Block, "{findings:?}");
}

#[tokio::test]
async fn one_system_that_is_silent_hides_no_other() {
    let good = Stub::start(|_| matrix()).await;
    let github = Connection::Github(GithubConnection {
        url: Some("http://127.0.0.1:9".to_owned()),
        login: GithubLogin::Token { secret: "lost".to_owned() },
    });
    let findings =
        examined(vec![("github", github), ("metrics", prometheus(&good.url, None))]).await;
    let subjects: Vec<&str> = findings.iter().map(|one| one.subject.as_str()).collect();
    assert_eq!(
        subjects,
        ["connection github", "connection metrics", "connection metrics: permissions"]
    );
}
