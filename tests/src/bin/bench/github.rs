//! Recent deploys of a hundred services on GitHub as people meet them, with 50 ms to the other
//! side.
//!
//! The other side is a stub that waits and answers as GitHub's own description has it, and as
//! a cluster in which nothing is found; what is measured is ours, and how many requests it
//! takes. Whoever makes them too many is told by this benchmark's end.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::ensure;
use lastgood_api::wire::ReleasesQuery;
use lastgood_api::{App, Config};
use lastgood_core::testing;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const SERVICES: usize = 100;
const ROUND_TRIP: Duration = Duration::from_millis(50);
/// How long an answer counts as fresh, and a little more.
const STALE: Duration = Duration::from_millis(5_200);
/// The app takes the token from here, as a person's does.
const TOKEN: &str = "LASTGOOD_SECRET_GITHUB_TOKEN";
/// A first look may take so many requests, and so long.
const REQUESTS_AT_MOST: usize = 10;
const FIRST_AT_MOST: Duration = Duration::from_secs(1);

/// How many requests were answered, and how many of them GitHub would count.
#[derive(Default)]
struct Counts {
    all: AtomicUsize,
    counted: AtomicUsize,
}

pub(crate) async fn measure() -> anyhow::Result<()> {
    if std::env::var_os(TOKEN).is_none() {
        // A variable of this process cannot be set safely while it has threads.
        let mut again = tokio::process::Command::new(std::env::current_exe()?);
        let ended = again.arg("github").env(TOKEN, "a-token").status().await?;
        ensure!(ended.success(), "the benchmark of GitHub failed");
        return Ok(());
    }
    println!(
        "github: recent deploys of {SERVICES} services, {} ms round trip",
        ROUND_TRIP.as_millis()
    );
    let counts = Arc::new(Counts::default());
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let seen = Arc::clone(&counts);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream, Arc::clone(&seen)));
        }
    });
    let folder = tempfile::tempdir()?;
    let workspace = workspace(folder.path(), &url)?;
    let data = folder.path().join("data");
    let app = App::open(Config { workspace: Some(workspace), data, person: testing::ada() })?;
    for (round, what) in ["read", "first refresh", "refresh", "refresh"].iter().enumerate() {
        if round > 0 {
            tokio::time::sleep(STALE).await;
        }
        let before = (counts.all.load(Ordering::SeqCst), counts.counted.load(Ordering::SeqCst));
        let began = Instant::now();
        let deploys = look(&app).await?;
        let took = began.elapsed();
        let all = counts.all.load(Ordering::SeqCst) - before.0;
        let counted = counts.counted.load(Ordering::SeqCst) - before.1;
        println!(
            "  {what:<14} {all:>4} requests, {counted:>4} counted, {:>5} ms, {deploys} deploys",
            took.as_millis(),
        );
        if round == 0 {
            ensure!(all <= REQUESTS_AT_MOST, "{all} requests, not at most {REQUESTS_AT_MOST}");
            // Without optimisation the machine is what is measured.
            let is_slow = !cfg!(debug_assertions) && took > FIRST_AT_MOST;
            ensure!(!is_slow, "{} ms, not at most {FIRST_AT_MOST:?}", took.as_millis());
        }
        ensure!(round < 2 || counted == 0, "{counted} counted where nothing was new");
    }
    println!();
    Ok(())
}

/// A catalog of Deployments in one cluster, each with a repository of its own.
fn workspace(folder: &Path, url: &str) -> anyhow::Result<std::path::PathBuf> {
    let workspace = folder.join("workspace");
    std::fs::create_dir(&workspace)?;
    let kubeconfig = workspace.join("kubeconfig");
    let text = json!({
        "current-context": "c",
        "contexts": [{ "name": "c", "context": { "cluster": "c", "user": "u" } }],
        "clusters": [{ "name": "c", "cluster": { "server": url } }],
        "users": [{ "name": "u", "user": {} }],
    });
    std::fs::write(&kubeconfig, text.to_string())?;
    let mut catalog = format!(
        "connections:\n  github: {{ github: {{ secret: github-token, url: \
         \"{url}\" }} }}\nservices:\n"
    );
    for index in 0..SERVICES {
        let kubeconfig = kubeconfig.display();
        write!(
            catalog,
            "  service-{index}:\n    environments:\n      production:\n        platform: {{ \
             kubernetes: {{ kubeconfig: \"{kubeconfig}\", namespace: shop, deployment: \
             service-{index} }} }}\n        releases: {{ github: {{ repository: \
             acme/service-{index}, environment: production }} }}\n"
        )?;
    }
    std::fs::write(workspace.join("lastgood.yaml"), catalog)?;
    Ok(workspace)
}

async fn look(app: &App) -> anyhow::Result<usize> {
    let view = app.releases(ReleasesQuery { limit: Some(500), ..Default::default() }).await?;
    // Thirty deploys of each were made on the same thirty days: the newest are of all of them.
    let known: BTreeSet<_> = view.deploys.iter().map(|row| &row.place).collect();
    let known = known.len();
    ensure!(known == SERVICES, "GitHub tells of {known} services: {:?}", view.doubts.first());
    Ok(view.deploys.len())
}

async fn answer(mut stream: TcpStream, counts: Arc<Counts>) -> anyhow::Result<()> {
    let mut held = Vec::new();
    let mut buffer = vec![0; 16_384];
    loop {
        let request = loop {
            if let Some(request) = whole(&mut held) {
                break request;
            }
            let count = stream.read(&mut buffer).await?;
            if count == 0 {
                return Ok(());
            }
            held.extend_from_slice(&buffer[..count]);
        };
        tokio::time::sleep(ROUND_TRIP).await;
        let path = request.split(' ').nth(1).unwrap_or_default();
        if !path.starts_with("/graphql") && !path.starts_with("/repos/") {
            let status = r#"{"kind":"Status","code":404,"message":"not found"}"#;
            let length = status.len();
            let reply = format!("HTTP/1.1 404 X\r\ncontent-length: {length}\r\n\r\n{status}");
            stream.write_all(reply.as_bytes()).await?;
            continue;
        }
        counts.all.fetch_add(1, Ordering::SeqCst);
        let limits = "x-ratelimit-limit: 5000\r\nx-ratelimit-remaining: 4900\r\n\
                      x-ratelimit-reset: 4102444800\r\n";
        let reply = if request.contains("if-none-match: \"same\"") {
            format!("HTTP/1.1 304 X\r\n{limits}\r\n")
        } else {
            counts.counted.fetch_add(1, Ordering::SeqCst);
            let body = body(&request);
            let length = body.len();
            format!(
                "HTTP/1.1 200 X\r\n{limits}etag: \"same\"\r\ncontent-length: {length}\r\n\r\n{body}"
            )
        };
        stream.write_all(reply.as_bytes()).await?;
    }
}

fn whole(buffer: &mut Vec<u8>) -> Option<String> {
    let end = buffer.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let head = String::from_utf8_lossy(&buffer[..end]).to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: ")?.trim().parse::<usize>().ok())
        .unwrap_or(0);
    (buffer.len() >= end + length).then(|| {
        let request = String::from_utf8_lossy(&buffer[..end + length]).into_owned();
        buffer.drain(..end + length);
        request
    })
}

/// Thirty deployments of each repository that is asked for.
fn body(request: &str) -> String {
    let at = |day: usize| format!("2026-10-{:02}T10:00:00Z", 30 - day);
    if request.starts_with("GET") {
        let list: Vec<Value> =
            (0..30).map(|day| json!({ "id": day + 1, "updated_at": at(day) })).collect();
        return Value::from(list).to_string();
    }
    let query: Value = request
        .split_once("\r\n\r\n")
        .and_then(|(_, body)| serde_json::from_str(body).ok())
        .unwrap_or_default();
    let count = query["variables"].as_object().map_or(0, |names| names.len() / 3);
    let nodes: Vec<Value> = (0..30)
        .map(|day| {
            let status =
                |state: &str| json!({ "state": state, "createdAt": at(day), "description": "" });
            json!({
                "databaseId": day + 1, "createdAt": at(day), "updatedAt": at(day),
                "commitOid": format!("{day:040x}"), "task": "deploy", "payload": null,
                "description": "A change", "creator": { "login": "ana" }, "ref": { "name": "main" },
                "latestStatus": status("SUCCESS"),
                "statuses": { "totalCount": 2, "nodes": [status("SUCCESS"), status("SUCCESS")] },
            })
        })
        .collect();
    let node = json!({ "deployments": { "pageInfo": { "hasNextPage": true }, "nodes": nodes } });
    let data: serde_json::Map<String, Value> =
        (0..count).map(|index| (format!("r{index}"), node.clone())).collect();
    json!({ "data": data }).to_string()
}
