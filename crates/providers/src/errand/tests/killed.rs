//! Our own process is killed while its command runs.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use lastgood_core::errand::Command;
use lastgood_core::time::Millis;

use super::super::*;
use super::bench::{Bench, command, effect, errands, key};
use super::command::ended;

/// Tells a second copy of this test program what to do.
const FOLDER: &str = "LASTGOOD_TEST_ERRAND_FOLDER";

fn long(probe: bool) -> Command {
    Command {
        probe: probe.then(|| vec!["ops/probe".to_owned()]),
        timeout: Millis::minutes(5),
        ..command(&["ops/act"])
    }
}

/// What the second copy does: it runs the command until it is killed.
async fn second_copy(folder: &Path) {
    let given = effect(Errand::Command(long(false)));
    let _ = errands(folder).apply(&key(1), &given).await;
}

/// Runs a second copy of this program, kills it while its command runs, and gives the
/// command's process id.
async fn killed_meanwhile(bench: &Bench) -> String {
    bench.program("ops/act", "echo started >> log; echo $$ > pid; while :; do sleep 1; done");
    let program = std::env::current_exe().expect("this program has a path");
    let test = "errand::tests::killed::no_command_outlives_us_and_nothing_is_guessed_afterwards";
    let mut copy = tokio::process::Command::new(program)
        .args(["--exact", test, "--nocapture"])
        .env(FOLDER, bench.folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("it runs once already");
    let mut pid = String::new();
    for _ in 0..400 {
        pid = bench.file("pid").trim().to_owned();
        if !pid.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    assert!(!pid.is_empty(), "the command began");
    // SIGKILL: nothing in that process has a chance to tidy up.
    copy.kill().await.expect("it is ours");
    pid
}

#[tokio::test]
async fn no_command_outlives_us_and_nothing_is_guessed_afterwards() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        return second_copy(&PathBuf::from(folder)).await;
    }
    let bench = Bench::new();
    let pid = killed_meanwhile(&bench).await;
    let found = bench.probe(1, &long(false)).await;
    let Presence::Unclear { why } = found else {
        panic!("nobody saw its end: {found:?}");
    };
    assert!(why.contains("nobody saw its end"), "{why}");
    assert!(ended(&pid).await, "process {pid} outlived us");
    // With a probe, the probe decides.
    bench.program("ops/probe", "[ -e done ]");
    assert_eq!(bench.probe(1, &long(true)).await, Presence::Absent);
    std::fs::write(bench.folder.path().join("workspace/done"), "").expect("it can be written");
    assert!(matches!(bench.probe(1, &long(true)).await, Presence::Present(_)));
    assert_eq!(bench.file("log"), "started\n", "it was started once");
}
