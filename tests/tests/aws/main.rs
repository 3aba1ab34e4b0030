//! The shipped runbook, unchanged, on Lambda, through the real program: only the catalog
//! differs. Lambda is the fake of `lastgood-testkit`.

use std::path::Path;
use std::process::Output;
use std::time::Duration;

use lastgood_testkit::aws::{ACCOUNT, Fake, Lambda};
use lastgood_testkit::crash::{Moment, Remains, crash_typing};
use lastgood_tests::terminal::{Operator, lastgood, program};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// The runbook holds for a minute, and this machine may be busy.
const AT_MOST: Duration = Duration::from_secs(110);

/// The runbook that is shipped.
const RUNBOOK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../runbooks/rollback.yaml");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_shipped_runbook_takes_a_bad_canary_on_lambda_back() {
    let program = program().expect("the build made it");
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds of this century")]
    let at = (now() * 1_000.0) as i64;
    let fake = Fake::start(Lambda::new(7, at)).await.expect("a free port on loopback");
    fake.with(|one| {
        one.described("the shop");
        one.canary(0.1, at)
    });
    let platform = format!(
        "lambda: {{ function: checkout, alias: live, region: eu-central-1, secret: aws, \
         account: \"{ACCOUNT}\", endpoint: \"{}\", strategy: canary }}",
        fake.url()
    );
    let folder = workspace(&platform).await;
    let plan = plan(&program, folder.path()).await;
    assert_eq!((word(&plan, "/from/version"), word(&plan, "/to/version")), ("8", "7"));
    assert!(plan.to_string().contains("UpdateAlias"), "the plan names its exact calls");
    assert_eq!(fake.with(|one| one.updates()), 0, "and changes nothing");

    let remains = run(&program, folder.path()).await;
    assert!(recovered(&remains), "{}", remains.lines.join("\n"));
    let (primary, weights) = fake.with(|one| one.leads_to());
    assert_eq!((primary.as_str(), weights.len()), ("7", 0), "the alias leads to 7 alone");
    assert_eq!(fake.with(|one| one.updates()), 2, "a halt and a restore, once each");
    assert!(fake.with(|one| one.description()).starts_with("the shop ["), "people's words stay");
}

/// Seconds since 1970.
#[expect(clippy::disallowed_methods, reason = "the fake lives beside the real program")]
fn now() -> f64 {
    jiff::Timestamp::now().as_duration().as_secs_f64()
}

fn word<'v>(value: &'v Value, at: &str) -> &'v str {
    value.pointer(at).and_then(Value::as_str).unwrap_or_default()
}

/// A workspace whose catalog has one place, with a check as its health.
async fn workspace(platform: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let runbooks = folder.path().join("runbooks");
    std::fs::create_dir(&runbooks).expect("a folder in it");
    std::fs::copy(RUNBOOK, runbooks.join("rollback.yaml")).expect("the shipped runbook is there");
    let url = healthy().await;
    let catalog = format!(
        "services:\n  checkout:\n    environments:\n      production:\n        platform:\n          \
         {platform}\n        bake: 1s\n        bake-requests: 0\n        checks: [ {{ name: alive, get: \"{url}\" }} ]\n        \
         runbook: rollback\n"
    );
    std::fs::write(folder.path().join("lastgood.yaml"), catalog).expect("a file in it");
    folder
}

/// A service that answers every request well, for as long as the test lives.
async fn healthy() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut held = [0; 4096];
                let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok";
                let _ = stream.read(&mut held).await;
                let _ = stream.write_all(answer).await;
            });
        }
    });
    format!("http://{address}/")
}

fn command(program: &Path, folder: &Path, words: &[&str]) -> tokio::process::Command {
    let mut command = lastgood(program, Some(folder), &folder.join("data"), words);
    command.env("LASTGOOD_SECRET_AWS", "id:secret");
    command
}

async fn plan(program: &Path, folder: &Path) -> Value {
    let words = ["plan", "checkout", "--runbook", "rollback", "--json"];
    let Output { status, stdout, stderr } =
        command(program, folder, &words).output().await.expect("it starts");
    let said = String::from_utf8_lossy(&stderr);
    assert!(status.success(), "{said}");
    serde_json::from_slice(&stdout).expect("one JSON document")
}

async fn run(program: &Path, folder: &Path) -> Remains {
    let words = ["run", "checkout", "--runbook", "rollback"];
    let mut person = Operator::accepting();
    let command = command(program, folder, &words);
    crash_typing(command, Moment::Never, AT_MOST, |line| person.types(line))
        .await
        .unwrap_or_else(|error| panic!("it ends in time: {error}"))
}

fn recovered(remains: &Remains) -> bool {
    remains.status.success() && remains.lines.iter().any(|line| line.contains("ecovered"))
}
