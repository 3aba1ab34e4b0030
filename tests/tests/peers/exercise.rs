//! A drill on a real staging system: the same calls as in an incident, and the mark of a drill
//! on everything that anybody reads afterwards.

use std::path::{Path, PathBuf};

use lastgood_api::App;
use lastgood_api::core::catalog::Place;
use lastgood_api::core::name::RunId;
use lastgood_api::core::preflight::Grade;
use lastgood_api::core::run::Outcome;
use lastgood_api::core::view::RunStatus;
use lastgood_api::desktop::{Attention, Calls, Going};
use lastgood_api::export::Document;
use lastgood_api::wire::{
    ExerciseRequest, ExportFormat, ExportRequest, MarksQuery, Nothing, PlanRequest, ReleaseQuery,
    ReplayQuery, RunQuery, TimelineQuery,
};
use lastgood_testkit::bed::SERVICE;
use lastgood_testkit::crash::{Moment, Remains, crash_typing};
use lastgood_tests::field::{Field, LIMIT, newest_run, open};
use lastgood_tests::terminal::{Operator, lastgood, program};
use tokio::process::Command;

use crate::situations::Situations;

/// What is rehearsed.
const WHY: &str = "quarterly: a bad release";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drill_on_a_staging_system_is_real_and_marked_everywhere() {
    let Some(mut on) = Situations::begin().await else { return };
    on.meet("exercise: refused where users may be", where_users_may_be).await;
    on.meet("exercise: a drill from the first question to every export", a_drill).await;
    on.end();
}

/// A workspace about the same Deployment in which the environment is what `tier` says.
fn workspace(field: &Field, environment: &str, tier: Option<&str>) -> PathBuf {
    let name = format!("exercise-{environment}-{}", tier.unwrap_or("unsaid"));
    let folder = field.workspace_with(&name, field.proxy.kubeconfig()).expect("it is writable");
    let catalog = folder.join("lastgood.yaml");
    let text = std::fs::read_to_string(&catalog).expect("the bed writes it");
    let tier = tier.map_or_else(String::new, |tier| format!("\n        tier: {tier}"));
    let changed = text
        .replace("      production:", &format!("      {environment}:{tier}"))
        .replace("runbook: rollback-rolling", "runbook: quick\n        rehearse-every: 90d");
    assert_ne!(changed, text, "the catalog of the bed looks different now");
    std::fs::write(&catalog, changed).expect("the folder is writable");
    folder
}

/// What the program says, with somebody who answers its questions.
async fn said(workspace: &Path, data: &Path, words: &[&str]) -> Remains {
    let program = program().expect("the build made it");
    let command = lastgood(&program, Some(workspace), data, words);
    let mut person = Operator::default();
    let end = crash_typing(command, Moment::Never, LIMIT, |line| person.types(line)).await;
    end.unwrap_or_else(|error| panic!("it ends in time: {error}"))
}

/// What it wrote, with the lines that it broke put together again.
fn told(end: &Remains) -> String {
    end.lines.join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

async fn where_users_may_be(field: &Field) {
    let app = field.app().expect("the workspace is whole");
    field.afresh(&app).await.expect("v1 serves");
    for (environment, tier, because) in [
        ("production", Some("production"), "calls checkout in production production"),
        ("live", None, "does not say that checkout in live is no production"),
    ] {
        let workspace = workspace(field, environment, tier);
        let data = field.folder(&format!("data-refused-{environment}"));
        let seen = field.proxy.seen().len();
        for word in ["plan", "run"] {
            let end = said(&workspace, &data, &[word, SERVICE, "--drill", WHY]).await;
            let lines = told(&end);
            assert!(!end.status.success(), "{word} in {environment}:\n{lines}");
            assert!(lines.contains(because), "{word} in {environment}:\n{lines}");
            assert!(lines.contains("--on-production"), "what one can do is said:\n{lines}");
        }
        assert_eq!(field.proxy.seen().len(), seen, "nothing is asked of the system");
        let app = open(&workspace, &data).expect("the workspace is whole");
        assert!(app.runs(Nothing {}).await.expect("it is a list").is_empty());
    }
}

async fn a_drill(field: &Field) {
    let bed = field.app().expect("the workspace is whole");
    field.afresh(&bed).await.expect("v1 serves");
    let workspace = workspace(field, "staging", Some("staging"));
    let data = field.folder("data-exercise");
    let app = open(&workspace, &data).expect("the workspace is whole");
    let before = app.rehearsals(Nothing {}).await.expect("they are told");
    assert!(before[0].last.is_none() && before[0].overdue, "{before:?}");

    let _load = field.load().expect("a client can be made");
    field.begin("v2-bad").await.expect("a rollout begins");
    let seen = field.proxy.seen().len();
    let asked = ExerciseRequest { plan: planned(), why: WHY.to_owned(), on_production: false };
    let plan = app.plan_exercise(asked).await.expect("it is staging");
    assert_eq!(plan.exercise.as_deref(), Some(WHY));
    assert_eq!(field.changes_since(seen), [], "a plan changes nothing");

    let run = ["run", SERVICE, "--environment", "staging", "--drill", WHY];
    let end = said(&workspace, &data, &run).await;
    let lines = told(&end);
    assert!(end.status.success(), "it ends well:\n{lines}");
    assert!(lines.contains("DRILL"), "the person on call reads it:\n{lines}");
    let run = newest_run(&app).await.expect("there is one");
    assert_eq!(field.landed_since(seen), 2, "a halt and a restore, as in an incident");

    what_was_shown_is_marked(&app, &run).await;
    what_is_typed_is_marked(&workspace, &data, &run).await;
    what_leaves_the_app_is_marked(&app, &run).await;
    it_counts_as_a_rehearsal(&app, &run).await;
    nobody_is_blamed(&app, &run).await;
}

fn there() -> Place {
    Place { service: SERVICE.into(), environment: "staging".into() }
}

fn planned() -> PlanRequest {
    PlanRequest {
        place: there(),
        runbook: None,
        target: "last-good".to_owned(),
        inputs: std::collections::BTreeMap::new(),
    }
}

async fn what_was_shown_is_marked(app: &App, run: &RunId) {
    let query = || RunQuery { run: run.clone() };
    let view = app.run(query()).await.expect("it is kept");
    assert_eq!(view.outcome, Some(Outcome::Recovered), "{}", view.sentence);
    assert_eq!((view.drill.as_deref(), view.exercise.as_deref()), (None, Some(WHY)));
    assert!(view.title.starts_with("Drill: "), "{}", view.title);
    let timeline = app.timeline(TimelineQuery::from(run.clone())).await.expect("it is told");
    assert_eq!(timeline.exercise.as_deref(), Some(WHY));
    let replay = ReplayQuery { run: run.clone(), seq: Some(1), without_frames: false };
    let replay = app.replay(replay).await.expect("it can be seen again");
    assert_eq!(replay.exercise.as_deref(), Some(WHY));
    assert_eq!(replay.view.exercise.as_deref(), Some(WHY), "from its first entry on");
    let debrief = app.debrief(query()).await.expect("it has ended");
    assert_eq!(debrief.exercise.as_deref(), Some(WHY));
    assert_eq!(debrief.rehearsed, None, "nobody wrote down what a good decision is here");
    let rows = app.runs(Nothing {}).await.expect("it is a list");
    assert_eq!(rows[0].exercise.as_deref(), Some(WHY));

    // What a notification and the tray say of it while it asks somebody.
    let going = Going {
        status: RunStatus::NeedsYou,
        question: Some("restore: Restore v1?".to_owned()),
        ..Going::from(&view)
    };
    let calls = Attention::default().look(
        &[going],
        &[],
        Calls::default(),
        std::time::Duration::ZERO,
        || false,
    );
    assert_eq!(calls[0].title, "DRILL: checkout in staging waits for you");
    assert!(!calls[0].may_be_missed, "a real rollout stands half-way");
}

async fn what_is_typed_is_marked(workspace: &Path, data: &Path, run: &RunId) {
    let run = run.as_str();
    for words in
        [&["runs"][..], &["timeline", run], &["debrief", run], &["replay", run, "--speed", "0"]]
    {
        let mut command = Command::new(program().expect("the build made it"));
        command.args(words).arg("--data").arg(data).current_dir(workspace).env("TZ", "UTC");
        let end = crash_typing(command, Moment::Never, LIMIT, |_| None).await;
        let end = end.unwrap_or_else(|error| panic!("{words:?} ends in time: {error}"));
        let lines = told(&end);
        assert!(end.status.success() && lines.contains("DRILL"), "{words:?}: {lines}");
    }
}

async fn what_leaves_the_app_is_marked(app: &App, run: &RunId) {
    for format in [
        ExportFormat::Json,
        ExportFormat::Markdown,
        ExportFormat::Csv,
        ExportFormat::Html,
        ExportFormat::Pdf,
    ] {
        let request = ExportRequest::whole(run.clone(), format);
        let export = app.export(request).await.expect("an ended run can be exported");
        match format {
            ExportFormat::Json => {
                let document: Document = serde_json::from_str(&export.text).expect("its schema");
                assert_eq!(document.run.exercise.as_deref(), Some(WHY));
                assert!(document.run.drill.is_none(), "nothing was simulated");
            }
            ExportFormat::Markdown | ExportFormat::Html => {
                assert!(export.text.contains("Drill on a real system."), "{format:?}");
                assert!(export.text.contains(WHY), "{format:?}");
            }
            ExportFormat::Csv => {
                let rows = export.text.lines().skip(1).filter(|row| row.ends_with(WHY));
                assert!(rows.count() > 5, "each line says so:\n{}", export.text);
            }
            ExportFormat::Pdf => {
                let bytes = export.bytes().expect("they are base64");
                every_sheet_says_drill(&bytes);
            }
        }
    }
}

/// As poppler reads it, where that is installed.
fn every_sheet_says_drill(bytes: &[u8]) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let path = folder.path().join("a.pdf");
    std::fs::write(&path, bytes).expect("it is written");
    let Ok(read) = std::process::Command::new("pdftotext").arg(&path).arg("-").output() else {
        eprintln!("SKIPPED: there is no pdftotext here; ./dev install peers");
        return;
    };
    let text = String::from_utf8_lossy(&read.stdout).into_owned();
    for sheet in text.split('\u{c}').filter(|sheet| !sheet.trim().is_empty()) {
        assert!(sheet.contains("Drill: quarterly"), "a sheet looks like an incident:\n{sheet}");
    }
}

async fn it_counts_as_a_rehearsal(app: &App, run: &RunId) {
    let after = app.rehearsals(Nothing {}).await.expect("they are told");
    let last = after[0].last.as_ref().expect("a proven recovery counts");
    assert_eq!((&last.run, last.drill.as_deref()), (run, None));
    assert!(!after[0].overdue, "{}", after[0].sentence);
    let told = format!("by the drill {run} on the real system");
    assert!(after[0].sentence.contains(&told), "{}", after[0].sentence);
    let plan = PlanRequest { target: "v2-bad".to_owned(), ..planned() };
    let plan = app.plan(plan).await.expect("it can be planned again");
    let found = plan.findings.iter().find(|one| one.subject == "the runbook");
    let found = found.expect("a plan says when its runbook was last proven");
    assert_eq!(found.grade, Grade::Pass, "{}", found.sentence);
    assert_eq!(plan.exercise, None, "the next plan is no drill by itself");
}

async fn nobody_is_blamed(app: &App, run: &RunId) {
    let marks = app.marks(MarksQuery::default()).await.expect("they can be read");
    let said: usize = marks.places.iter().map(|place| place.remarks.len()).sum();
    assert_eq!(said, 0, "the release did nothing wrong: {marks:?}");
    let now = app.release(ReleaseQuery { place: there(), release: None }).await;
    assert_eq!(now.expect("it serves").deploy.release.version, "v1");
    let verified = app.verify_journal(Some(run.clone())).await.expect("it can be read");
    assert!(verified.holds, "{verified:?}");
}
