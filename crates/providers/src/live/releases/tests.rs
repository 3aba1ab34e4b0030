//! Many places at once, and one source that is silent beside one that is well. GitHub and the
//! cluster are stubs.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use lastgood_core::catalog::{
    AwsAccess, Bake, Catalog, Connection, Environment, GithubConnection, GithubLogin,
    GithubReleases, KubernetesPlace, LambdaPlace, Place, Platform, Service, Strategy, Workload,
};
use lastgood_core::ports::{ReleaseSource as _, Surveyor as _, Vault, VaultError, World as _};
use lastgood_core::recorded::Recorded;
use lastgood_core::secret::Secret;
use lastgood_core::time::Millis;
use serde_json::{Value, json};

use super::super::LiveWorld;
use crate::stub::{Reply, Stub};

/// Whatever is asked for is here.
struct Full;

#[async_trait::async_trait]
impl Vault for Full {
    async fn secret(&self, _: &str) -> Result<Secret<String>, VaultError> {
        Ok(Secret::new("id:secret".to_owned()))
    }
}

fn place(index: usize) -> Place {
    Place { service: format!("service-{index}").as_str().into(), environment: "production".into() }
}

/// So many services, each in a repository of its own.
fn world(count: usize, github: &str, platform: impl Fn(usize) -> Platform) -> LiveWorld {
    let environment = |index| Environment {
        platform: platform(index),
        strategy: Strategy::Rolling,
        tier: None,
        slos: Vec::new(),
        metrics: None,
        checks: Vec::new(),
        releases: Some(GithubReleases {
            connection: "github".into(),
            repository: format!("acme/service-{index}"),
            environment: "production".to_owned(),
        }),
        replica_version: None,
        dashboards: Vec::new(),
        runbook: None,
        bake: Bake::of(Millis(0)),
        rehearse_every: None,
        flags: None,
        schema: None,
    };
    let service = |index| Service {
        depends_on: Vec::new(),
        owner: Recorded::NotRecorded,
        escalation: Recorded::NotRecorded,
        environments: [("production".into(), environment(index))].into(),
    };
    let login = GithubLogin::Token { secret: "github-token".to_owned() };
    let connection = Connection::Github(GithubConnection { url: Some(github.to_owned()), login });
    let catalog = Catalog {
        recalls: Vec::new(),
        services: (0..count).map(|index| (place(index).service, service(index))).collect(),
        connections: [("github".into(), connection)].into(),
    };
    LiveWorld::new(catalog, Arc::new(Full))
}

/// GitHub with one deployment in each repository that is asked for.
async fn github() -> Stub {
    Stub::start(|asked| {
        let body: Value = asked
            .split_once("\r\n\r\n")
            .and_then(|(_, body)| serde_json::from_str(body).ok())
            .unwrap_or_default();
        let at = "2026-11-20T20:00:00Z";
        let ended = json!({ "state": "SUCCESS", "createdAt": at, "description": "" });
        let node = json!({
            "databaseId": 7, "createdAt": at, "updatedAt": at, "task": "deploy", "payload": null,
            "commitOid": "8f3c1d0aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "description": null,
            "creator": { "login": "ana" }, "ref": { "name": "main" }, "latestStatus": ended,
            "statuses": { "totalCount": 1, "nodes": [ended] },
        });
        let node = json!({ "deployments": { "pageInfo": { "hasNextPage": false },
                                            "nodes": [node] } });
        let count = (0..100).take_while(|n| body["variables"][format!("n{n}")].is_string()).count();
        let data: serde_json::Map<String, Value> =
            (0..count).map(|index| (format!("r{index}"), node.clone())).collect();
        Reply::json(&json!({ "data": data }))
    })
    .await
}

fn kubeconfig(folder: &Path, server: &str) -> std::path::PathBuf {
    let path = folder.join("kubeconfig");
    let text = json!({
        "current-context": "c",
        "contexts": [{ "name": "c", "context": { "cluster": "c", "user": "u" } }],
        "clusters": [{ "name": "c", "cluster": { "server": server } }],
        "users": [{ "name": "u", "user": {} }],
    });
    std::fs::write(&path, text.to_string()).expect("the folder is writable");
    path
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_places_that_were_foreseen_are_asked_for_in_four_questions() {
    let folder = tempfile::tempdir().expect("a folder");
    let github = github().await;
    let cluster = Stub::start(|_| {
        let status = json!({ "kind": "Status", "code": 404, "message": "not found" });
        Reply::status(404, &status.to_string())
    })
    .await;
    let kubeconfig = kubeconfig(folder.path(), &cluster.url);
    let world = world(100, &github.url, |index| {
        Platform::Kubernetes(KubernetesPlace {
            kubeconfig: Some(kubeconfig.clone()),
            context: None,
            namespace: "shop".to_owned(),
            workload: Workload::Deployment(format!("service-{index}")),
            container: None,
        })
    });
    let places: Vec<Place> = (0..100).map(place).collect();
    world.foresee(&places);
    let looks = join_all(places.iter().map(|place| async {
        futures::join!(world.survey(place), world.deploys(place, None, 50)).1
    }));
    for page in looks.await {
        let page = page.expect("GitHub tells of each");
        assert_eq!(page.deploys.len(), 1, "{:?}", page.doubts);
    }
    assert_eq!(github.requests().len(), 4, "25 in each");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_github_tells_is_shown_while_the_platform_is_silent() {
    let github = github().await;
    let silent = Stub::start(|_| Reply::Silence).await;
    let mut world = world(1, &github.url, |_| {
        Platform::Lambda(LambdaPlace {
            access: AwsAccess {
                region: Some("eu-central-1".to_owned()),
                secret: Some("aws".to_owned()),
                endpoint: Some(silent.url.clone()),
                ..AwsAccess::default()
            },
            function: "checkout".to_owned(),
            alias: "live".to_owned(),
        })
    });
    world.patience = Duration::from_millis(1500);
    let page = world.deploys(&place(0), None, 50).await.expect("one of the two answers");
    assert_eq!(page.deploys.len(), 1);
    assert!(page.more, "the platform's own are not known");
    let doubt = page.doubts.first().expect("it is said");
    assert!(doubt.starts_with("only GitHub's deploys are known: Lambda"), "{doubt}");
    assert!(doubt.contains("no answer within 1.5 s"), "{doubt}");
}
