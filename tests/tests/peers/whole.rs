//! The shipped runbook `rollback.yaml`, unchanged, from the first look to the last line of
//! the timeline, through the real program.

use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::time::Duration;

use lastgood_api::App;
use lastgood_api::core::judge::Verdict;
use lastgood_api::core::name::RunId;
use lastgood_api::core::run::Outcome;
use lastgood_api::core::view::{RunView, StepStatus};
use lastgood_api::export::Document;
use lastgood_api::wire::{ExportFormat, ExportRequest, Nothing, ReleaseQuery, RunQuery};
use lastgood_testkit::bed::SERVICE;
use lastgood_testkit::crash::{Moment, Remains, crash_typing};
use lastgood_testkit::peer::workspace_root;
use lastgood_tests::field::{Field, newest_run, open, place};
use lastgood_tests::terminal::{Operator, lastgood, program};
use lastgood_tests::workloads::{Kind, Workloads};
use serde_json::Value;

use crate::situations::Situations;

/// The runbook holds for a minute; on a machine that has three times more to do than it can,
/// everything around it takes several.
const AT_MOST: Duration = Duration::from_mins(6);

/// What the program writes right before it changes what serves.
pub(crate) const RESTORING: &str = "Confirmed: Restore v1";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_shipped_runbook_takes_a_bad_rolling_release_back() {
    let Some(mut on) = Situations::begin().await else { return };
    on.meet("shipped: a rolling release half-way, killed while it restores", rolling).await;
    on.end();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_shipped_runbook_takes_a_bad_canary_of_two_deployments_back() {
    let Some(mut on) = Situations::begin().await else { return };
    on.meet("shipped: a canary, killed while it restores", async |field| {
        goes_back(field, Kind::Pair).await;
    })
    .await;
    on.end();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_shipped_runbook_switches_a_bad_colour_back() {
    let Some(mut on) = Situations::begin().await else { return };
    on.meet("shipped: two colours, killed while it restores", async |field| {
        goes_back(field, Kind::Colours).await;
    })
    .await;
    on.end();
}

async fn rolling(field: &Field) {
    let workspace = field.workspace_of("shipped-rolling", "rollback").expect("it is writable");
    is_as_shipped(&workspace);
    let data = field.folder("data-shipped-rolling");
    let app = open(&workspace, &data).expect("the workspace is whole");
    field.afresh(&app).await.expect("v1 serves");
    let _load = field.load().expect("a client can be made");
    field.begin("v2-bad").await.expect("a rollout begins");

    let view = taken_back(&workspace, &data, &app).await;
    every_phase_did_its_part(&view, true);
    the_timeline_tells_it(&app, &view.run, true).await;
    let object = field.deployment().await.expect("it is there");
    let marks = object["metadata"]["annotations"]["lastgood.dev/effect"].as_str();
    let marks = marks.expect("it was changed by a run");
    for step in ["halt", "restore"] {
        let key = format!("{}/{step}/do/1", view.run);
        assert_eq!(marks.matches(&key).count(), 1, "{key} in {marks}");
    }
}

/// Takes `v2-bad` back to `v1` through the program, which is killed while it restores.
pub(crate) async fn taken_back(workspace: &Path, data: &Path, app: &App) -> RunView {
    let program = program().expect("the build made it");
    let mut deaths = vec![Moment::Line(RESTORING.to_owned())];
    let run = drive(&program, workspace, data, app, &mut deaths).await;
    assert!(deaths.is_empty(), "it was begun");
    let view = app.run(RunQuery { run }).await.expect("it can be read");
    assert_eq!(view.outcome, Some(Outcome::Recovered), "{}", view.sentence);
    assert_eq!((view.from.version.as_str(), view.to.version.as_str()), ("v2-bad", "v1"));
    view
}

async fn goes_back(field: &Field, kind: Kind) {
    let workloads = Workloads::lay(field, kind).await.expect("the API server takes them");
    let workspace = workloads.workspace("shipped").expect("the folder is writable");
    is_as_shipped(&workspace);
    let data = field.folder(&format!("data-shipped-{kind:?}"));
    let app = open(&workspace, &data).expect("the workspace is whole");
    let _load = field.load().expect("a client can be made");
    workloads.release("v2-bad").await.expect("v2 comes to users");
    let seen = field.proxy.seen().len();

    let view = taken_back(&workspace, &data, &app).await;
    let run = view.run.clone();
    workloads.serves("v1").await.expect("v1 serves alone");
    let shown = app.release(ReleaseQuery { place: place(), release: None }).await;
    let shown = shown.expect("the history can be read");
    assert_eq!(shown.deploy.release.version, "v1", "it is what serves");
    every_phase_did_its_part(&view, kind == Kind::Pair);
    every_change_landed_once(field, &workloads, &run, seen).await;
    the_timeline_tells_it(&app, &run, kind == Kind::Pair).await;
}

/// The file that is run is the file in the repository.
pub(crate) fn is_as_shipped(workspace: &Path) {
    let read = |path: &Path| std::fs::read_to_string(path).expect("it is there");
    let shipped = read(&workspace_root().join("runbooks/rollback.yaml"));
    assert_eq!(read(&workspace.join("runbooks/rollback.yaml")), shipped, "nobody changed it");
}

/// Runs the program until the run has ended; it dies once at each of `deaths`.
pub(crate) async fn drive(
    program: &Path,
    workspace: &Path,
    data: &Path,
    app: &App,
    deaths: &mut Vec<Moment>,
) -> RunId {
    loop {
        let runs = app.runs(Nothing {}).await.expect("the journal can be read");
        assert!(runs.len() <= 1, "each process takes the same run up: {runs:#?}");
        let words: &[&str] = match runs.first() {
            Some(run) => {
                let view = app.run(RunQuery { run: run.run.clone() }).await.expect("it is kept");
                if view.outcome.is_some() {
                    return newest_run(app).await.expect("there is one");
                }
                &["resume"]
            }
            None => &["run", SERVICE, "--runbook", "rollback"],
        };
        let moment = deaths.pop().unwrap_or(Moment::Never);
        let dies = moment != Moment::Never;
        let mut person = Operator::default();
        let command = lastgood(program, Some(workspace), data, words);
        let end = crash_typing(command, moment, AT_MOST, |line| person.types(line)).await;
        let end = end.unwrap_or_else(|error| panic!("it dies or it ends in time: {error}"));
        if std::env::var_os("LASTGOOD_SHOW").is_some() {
            eprintln!("{}", end.lines.join("\n"));
        }
        ended(&end, dies);
    }
}

fn ended(end: &Remains, dies: bool) {
    let lines = end.lines.join("\n");
    if dies {
        assert_eq!(end.status.signal(), Some(9), "it lived on:\n{lines}");
    } else {
        assert!(end.status.success(), "it ends well:\n{lines}");
    }
}

pub(crate) fn every_phase_did_its_part(view: &RunView, halts: bool) {
    for step in &view.steps {
        // Where the switch had been made, nothing moved any more.
        let idle = step.id.as_str() == "halt" && !halts;
        let wanted = if idle { StepStatus::NotNeeded } else { StepStatus::Done };
        assert_eq!(step.status, wanted, "{}: {:?}", step.title, step.result);
    }
    assert_eq!(view.judgements[0].verdict, Verdict::Pass, "{}", view.judgements[0].sentence);
}

/// Each effect's key is on what it changed, and no change was sent to the end twice.
async fn every_change_landed_once(
    field: &Field,
    workloads: &Workloads<'_>,
    run: &RunId,
    seen: usize,
) {
    let all = ["get", "deployment,service", "-o", "json"];
    let found = field.kubectl(&all).await.expect("they are there");
    let found: Value = serde_json::from_str(&found).expect("it is JSON");
    let marks: Vec<(String, String)> = found["items"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| {
            let text = one["metadata"]["annotations"]["lastgood.dev/effect"].as_str()?;
            Some((one["metadata"]["name"].as_str()?.to_owned(), text.to_owned()))
        })
        .collect();
    let carriers = |step: &str| -> Vec<&str> {
        let key = format!("{run}/{step}/do/1");
        assert!(marks.iter().all(|(_, text)| text.matches(&key).count() <= 1), "{marks:?}");
        let mut names: Vec<&str> = marks
            .iter()
            .filter(|(_, text)| text.contains(&key))
            .map(|(name, _)| name.as_str())
            .collect();
        names.sort_unstable();
        names
    };
    let (halted, restored, wanted) = match workloads.kind() {
        Kind::Pair => (vec!["checkout-canary"], vec!["checkout-canary", "checkout-stable"], (3, 0)),
        Kind::Colours => (vec![], vec!["checkout"], (0, 1)),
    };
    assert_eq!((carriers("halt"), carriers("restore")), (halted, restored));
    let landed = |kind: &str| {
        let changes = field.changes_since(seen);
        let of_kind = |path: &str| path.contains(&format!("/{kind}/"));
        changes.iter().filter(|(_, path, status)| of_kind(path) && *status == Some(200)).count()
    };
    let changes = (landed("deployments"), landed("services"));
    // The answer to a change may have come too late for the process that sent it.
    assert!(changes.0 <= wanted.0 && changes.1 <= wanted.1, "{changes:?}");
}

pub(crate) async fn the_timeline_tells_it(app: &App, run: &RunId, halts: bool) {
    let request = ExportRequest::whole(run.clone(), ExportFormat::Json);
    let export = app.export(request).await.expect("an ended run can be exported");
    let document: Document = serde_json::from_str(&export.text).expect("it is its own schema");
    let phases: BTreeSet<_> = document.timeline.iter().filter_map(|line| line.phase).collect();
    assert_eq!(phases.len(), 5, "all five phases leave a trace: {phases:?}");
    let moments = &document.moments;
    let mut times = vec![moments.started, moments.detected, moments.decided];
    // What was switched at once has nothing left to stop.
    times.extend(halts.then_some(moments.stopped));
    times.extend([
        moments.rollback_started,
        moments.target_serving,
        moments.verified,
        moments.closed,
    ]);
    assert!(times.iter().all(Option::is_some), "every key time is known: {moments:?}");
    assert!(times.is_sorted(), "and they follow one another: {moments:?}");
    let verification = document.verification.expect("the runbook verifies");
    assert_eq!(verification.verdict, Verdict::Pass, "{}", verification.sentence);
    assert!(verification.replicas.len() >= 3, "{:?}", verification.replicas);
    for replica in verification.replicas.iter().filter(|one| one.ready) {
        assert_eq!(replica.version.as_deref(), Some("v1"), "{replica:?}");
    }
    assert!(verification.held.0 >= 60_000, "for as long as the runbook says");
    let verified = app.verify_journal(Some(run.clone())).await.expect("it can be read");
    assert!(verified.holds, "{verified:?}");
}
