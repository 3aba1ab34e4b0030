use std::time::Duration;

use lastgood_core::effect::Refusal;
use lastgood_core::errand::Command;
use lastgood_core::preflight::Grade;
use lastgood_core::time::Millis;

use super::super::*;
use super::bench::{Bench, SECRET, command, effect};

fn lost(outcome: Result<Receipt, ApplyError>) -> String {
    match outcome {
        Err(ApplyError::Lost { why }) => why,
        other => panic!("its outcome cannot be known: {other:?}"),
    }
}

#[tokio::test]
async fn a_command_gets_its_arguments_as_they_are_and_nothing_of_our_environment_but_what_it_names()
{
    let bench = Bench::new();
    bench.program(
        "ops/act",
        "printf '%s\\n' \"$#\" \"$@\" > arguments; env > environment; pwd > folder",
    );
    let given = Command {
        pass: vec!["CARGO_PKG_NAME".to_owned()],
        set: [("STAGE".to_owned(), "pro duction".to_owned())].into(),
        ..command(&["ops/act", "two words", "$(id)", "; rm -rf /", ""])
    };
    bench.apply(1, &given).await.expect("it can be run");
    assert_eq!(bench.file("arguments"), "4\ntwo words\n$(id)\n; rm -rf /\n\n");
    let mut names: Vec<String> = bench
        .file("environment")
        .lines()
        .filter_map(|line| line.split_once('=').map(|(name, _)| name.to_owned()))
        // What the shell itself sets.
        .filter(|name| !["PWD", "OLDPWD", "SHLVL", "_"].contains(&name.as_str()))
        .collect();
    names.sort_unstable();
    let passed = std::env::var_os("CARGO_PKG_NAME").map(|_| "CARGO_PKG_NAME");
    let mut wanted: Vec<&str> =
        passed.into_iter().chain(["LASTGOOD_EFFECT_KEY", "PATH", "STAGE"]).collect();
    wanted.sort_unstable();
    assert_eq!(names, wanted);
    assert!(bench.file("environment").contains("LASTGOOD_EFFECT_KEY=r-1/act/do/1\n"));
    assert!(bench.file("folder").trim_end().ends_with("/workspace"));
}

#[tokio::test]
async fn a_command_without_a_probe_is_run_once_and_its_record_finds_it_again() {
    let bench = Bench::new();
    bench.program("ops/act", "echo done >> log; echo all good");
    let given = command(&["ops/act"]);
    assert_eq!(bench.probe(1, &given).await, Presence::Absent, "it was never started");
    let receipt = bench.apply(1, &given).await.expect("it ends well");
    assert!(receipt.sentence.contains("all good"), "{}", receipt.sentence);
    assert_eq!(bench.probe(1, &given).await, Presence::Present(receipt.clone()));
    assert_eq!(bench.apply(1, &given).await, Ok(receipt.clone()), "a repeat is no second run");
    assert_eq!(bench.probe(2, &given).await, Presence::Present(receipt), "nor is another attempt");
    assert_eq!(bench.file("log"), "done\n");
}

#[tokio::test]
async fn a_command_that_fails_without_a_probe_is_a_matter_for_a_person() {
    let bench = Bench::new();
    bench.program("ops/act", "echo tried >> log; echo no such cluster >&2; exit 3");
    let given = command(&["ops/act"]);
    let why = lost(bench.apply(1, &given).await);
    assert!(why.contains("exit code 3") && why.contains("no such cluster"), "{why}");
    let found = bench.probe(1, &given).await;
    assert!(matches!(found, Presence::Unclear { .. }), "half of it may be done: {found:?}");
    assert_eq!(bench.probe(2, &given).await, Presence::Absent, "a person asked for one more");
    assert_eq!(bench.file("log"), "tried\n", "and until then it is not run again");
}

#[tokio::test]
async fn where_a_command_fails_its_probe_knows() {
    let bench = Bench::new();
    bench.program("ops/act", "[ -e half ] && touch done; exit 3");
    bench.program("ops/probe", "[ -e done ]");
    let given = Command { probe: Some(vec!["ops/probe".to_owned()]), ..command(&["ops/act"]) };
    let refused = bench.apply(1, &given).await;
    let Err(ApplyError::Refused(Refusal::Rejected { why, .. })) = refused else {
        panic!("nothing was changed: {refused:?}");
    };
    assert!(why.contains("exit code 3") && why.contains("finds it absent"), "{why}");
    bench.program("ops/act", "touch done; exit 3");
    lost(bench.apply(2, &given).await);
    assert!(
        matches!(bench.probe(2, &given).await, Presence::Present(_)),
        "it was done all the same"
    );
}

#[tokio::test]
async fn a_probe_that_says_neither_yes_nor_no_decides_nothing() {
    let bench = Bench::new();
    for (script, why) in [
        ("exit 2", "exit code 2"),
        ("kill -9 $$", "signal"),
        ("echo no login >&2; exit 77", "no login"),
    ] {
        bench.program("ops/probe", script);
        let given = Command { probe: Some(vec!["ops/probe".to_owned()]), ..command(&["true"]) };
        let found = bench.probe(1, &given).await;
        assert!(
            matches!(&found, Presence::Unclear { why: said } if said.contains(why)),
            "{found:?}"
        );
    }
    let missing = Command { probe: Some(vec!["ops/nothing".to_owned()]), ..command(&["true"]) };
    assert!(matches!(bench.probe(1, &missing).await, Presence::Unclear { .. }));
}

#[tokio::test]
async fn what_takes_too_long_is_ended_with_all_that_it_began() {
    let bench = Bench::new();
    // The grandchild asks not to be ended, and prints while it lives.
    bench.program("ops/act", "(trap '' TERM; echo $$ > /dev/null; while :; do sleep 1; done) &\necho $! > grandchild\nwait");
    let given = Command { timeout: Millis(300), ..command(&["ops/act"]) };
    let why = lost(bench.apply(1, &given).await);
    assert!(why.contains("killed"), "{why}");
    let pid = bench.file("grandchild").trim().to_owned();
    assert!(!pid.is_empty(), "it had begun");
    assert!(ended(&pid).await, "process {pid} outlived its command");
    assert!(matches!(bench.probe(1, &given).await, Presence::Unclear { .. }));
}

/// Whether a process is gone, or soon is.
pub(super) async fn ended(pid: &str) -> bool {
    for _ in 0..100 {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // A zombie has ended; who collects it is not our matter.
        if stat.is_empty()
            || stat.rsplit(')').next().is_some_and(|rest| rest.trim().starts_with('Z'))
        {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    false
}

#[tokio::test]
async fn no_command_leaves_the_workspace() {
    let bench = Bench::new();
    let workspace = bench.folder.path().join("workspace");
    std::os::unix::fs::symlink("/tmp", workspace.join("out")).expect("a link can be made");
    for folder in ["..", "a/../..", "/tmp", "out", "nowhere"] {
        let given = Command { folder: Some(folder.to_owned()), ..command(&["true"]) };
        let refused = bench.apply(1, &given).await;
        assert!(
            matches!(refused, Err(ApplyError::Refused(Refusal::Rejected { .. }))),
            "{folder}: {refused:?}"
        );
    }
    assert_eq!(bench.probe(1, &command(&["true"])).await, Presence::Absent, "nothing was started");
}

#[tokio::test]
async fn a_secret_reaches_the_command_and_no_output() {
    let bench = Bench::new();
    bench.program("ops/act", "printf '%s' \"$TOKEN\" > seen; echo \"token is $TOKEN\"; printf '%s' \"$TOKEN\" | base64 >&2");
    let given = Command {
        secrets: [("TOKEN".to_owned(), "deploy-token".to_owned())].into(),
        ..command(&["ops/act"])
    };
    let receipt = bench.apply(1, &given).await.expect("it ends well");
    assert_eq!(bench.file("seen"), SECRET);
    assert!(!receipt.sentence.contains("battery"), "{}", receipt.sentence);
    for entry in std::fs::read_dir(bench.folder.path().join("data/errands")).expect("it is there") {
        let text = std::fs::read_to_string(entry.expect("it can be read").path()).expect("text");
        assert!(!text.contains("battery") && !text.contains("Y29ycmVjdC1ob3JzZS"), "{text}");
    }
    let unknown = Command {
        secrets: [("TOKEN".to_owned(), "nobodys".to_owned())].into(),
        ..command(&["ops/act"])
    };
    let refused = bench.apply(2, &Command { run: vec!["ops/act".into()], ..unknown.clone() }).await;
    assert!(refused.is_ok(), "attempt 1 took place, and is not done again: {refused:?}");
    let findings = bench
        .errands
        .preflight(
            &effect(Errand::Command(unknown.clone())).place,
            &[effect(Errand::Command(unknown))],
        )
        .await;
    let told = findings.iter().find(|one| one.grade == Grade::Block).expect("a secret is missing");
    assert!(told.sentence.contains("there is no secret `nobodys`"), "{}", told.sentence);
}

#[tokio::test]
async fn output_without_end_neither_fills_the_disk_nor_stops_the_command() {
    let bench = Bench::new();
    bench.program(
        "ops/act",
        "i=0; while [ $i -lt 3000 ]; do printf '%01000d\\n' $i; i=$((i+1)); done; echo the end",
    );
    let receipt = bench.apply(1, &command(&["ops/act"])).await.expect("it ends well");
    assert!(receipt.sentence.contains("the end"), "{}", receipt.sentence);
    let kept: u64 = std::fs::read_dir(bench.folder.path().join("data/errands"))
        .expect("it is there")
        .map(|entry| entry.and_then(|entry| entry.metadata()).map_or(0, |data| data.len()))
        .sum();
    assert!((500_000..1_200_000).contains(&kept), "{kept} bytes are kept of three million");
}

#[tokio::test]
async fn what_cannot_be_run_is_found_before_the_first_change() {
    let bench = Bench::new();
    let grades = |findings: Vec<Finding>| findings.iter().map(|one| one.grade).collect::<Vec<_>>();
    let place = effect(Errand::Command(command(&["true"]))).place;
    for (given, wanted) in [
        (command(&["no-such-program-anywhere"]), Grade::Block),
        (command(&["ops/nothing"]), Grade::Block),
        (Command { folder: Some("../x".to_owned()), ..command(&["true"]) }, Grade::Block),
        (command(&["true"]), Grade::Pass),
    ] {
        let found =
            bench.errands.preflight(&place, &[effect(Errand::Command(given.clone()))]).await;
        assert!(found.iter().any(|one| one.grade == wanted), "{given:?}: {found:?}");
        assert!(grades(found).contains(&Grade::Warn), "nothing can tell whether it took place");
    }
}
