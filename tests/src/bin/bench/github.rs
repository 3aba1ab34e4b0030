//! Recent deploys of a hundred services on GitHub, with 50 ms to the other side.
//!
//! The other side is a stub that waits and answers as GitHub's own description has it; what
//! is measured is ours, and how many requests it takes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use lastgood_core::catalog::{GithubConnection, GithubLogin, GithubReleases, Place, Strategy};
use lastgood_core::ports::{Vault, VaultError};
use lastgood_core::secret::Secret;
use lastgood_providers::github::Github;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const SERVICES: usize = 100;
const ROUND_TRIP: Duration = Duration::from_millis(50);
/// How long an answer counts as fresh, and a little more.
const STALE: Duration = Duration::from_millis(5_200);

struct Token;

#[async_trait::async_trait]
impl Vault for Token {
    async fn secret(&self, _: &str) -> Result<Secret<String>, VaultError> {
        Ok(Secret::new("a-token".to_owned()))
    }
}

/// How many requests were answered, and how many of them GitHub would count.
#[derive(Default)]
struct Counts {
    all: AtomicUsize,
    counted: AtomicUsize,
}

pub(crate) async fn measure() -> anyhow::Result<()> {
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
    let login = GithubLogin::Token { secret: "token".to_owned() };
    let connection = GithubConnection { url: Some(url), login };
    let github = Github::connect(&connection, &Token).await.context("no client")?;
    for (round, what) in ["read", "first refresh", "refresh", "refresh"].iter().enumerate() {
        if round > 0 {
            tokio::time::sleep(STALE).await;
        }
        let before = (counts.all.load(Ordering::SeqCst), counts.counted.load(Ordering::SeqCst));
        let began = Instant::now();
        let deploys = look(&github).await?;
        let took = began.elapsed();
        println!(
            "  {what:<14} {:>4} requests, {:>4} counted, {:>5} ms, {deploys} deploys",
            counts.all.load(Ordering::SeqCst) - before.0,
            counts.counted.load(Ordering::SeqCst) - before.1,
            took.as_millis(),
        );
    }
    println!();
    Ok(())
}

async fn look(github: &Github) -> anyhow::Result<usize> {
    let looks = (0..SERVICES).map(|index| async move {
        let name = format!("service-{index}");
        let place = Place { service: name.as_str().into(), environment: "production".into() };
        let releases = GithubReleases {
            connection: "github".into(),
            repository: format!("acme/{name}"),
            environment: "production".to_owned(),
        };
        github.deploys(&place, Strategy::Rolling, &releases).await
    });
    let mut deploys = 0;
    for page in join(looks.map(Box::pin).collect()).await {
        let page = page.context("a service was not read")?;
        anyhow::ensure!(page.doubts.is_empty(), "{:?}", page.doubts);
        deploys += page.deploys.len();
    }
    Ok(deploys)
}

/// All at once, in order.
async fn join<F: Future>(mut all: Vec<std::pin::Pin<Box<F>>>) -> Vec<F::Output> {
    let mut done: Vec<Option<F::Output>> = all.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        let mut waiting = false;
        for (future, slot) in all.iter_mut().zip(done.iter_mut()) {
            if slot.is_none() {
                match future.as_mut().poll(context) {
                    std::task::Poll::Ready(output) => *slot = Some(output),
                    std::task::Poll::Pending => waiting = true,
                }
            }
        }
        if waiting { std::task::Poll::Pending } else { std::task::Poll::Ready(()) }
    })
    .await;
    done.into_iter().flatten().collect()
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
