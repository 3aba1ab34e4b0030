//! A whole drill through the app, with the scripted operator and without a host.

use lastgood_api::core::name::Person;
use lastgood_api::core::run::Outcome;
use lastgood_api::core::view::RunView;
use lastgood_api::wire::{
    DrillRequest, ExportFormat, ExportRequest, Nothing, Order, OrderKind, PlanRequest, StartRequest,
};
use lastgood_api::{App, Config, Pace, play};

fn app(data: &std::path::Path) -> App {
    App::open(Config { workspace: None, data: data.to_owned(), person: Person::new("ana") })
        .expect("the embedded workspace is whole")
}

async fn drill(app: &App, scenario: &str, seed: u64) -> RunView {
    let request = DrillRequest { scenario: scenario.into(), seed: Some(seed), speed: None };
    let stage = app.set_up(&request, Pace::Stepped).await.expect("the scenario is shipped");
    let drill = stage.drill.expect("a drill was set up");
    let plan = app
        .plan(PlanRequest {
            place: drill.place,
            runbook: Some(drill.runbook),
            target: "last-good".to_owned(),
            inputs: std::collections::BTreeMap::default(),
        })
        .await
        .expect("there is a last good release");
    let start = StartRequest { hash: plan.hash, overrides: Vec::new(), choice: None };
    let handle = app.launch(start).await.expect("nothing blocks it");
    let operator = app.operator().expect("the stage stands").expect("it is a drill");
    play(handle, &operator, |_| {}).await.expect("the journal can be written")
}

#[tokio::test]
async fn a_bad_canary_is_rolled_back_and_its_recovery_proven() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let app = app(data.path());
    let view = drill(&app, "bad-canary", 7).await;
    for step in &view.steps {
        eprintln!("{:?} {} -> {:?}", step.status, step.title, step.result);
    }
    assert_eq!(view.outcome, Some(Outcome::Recovered), "{}", view.sentence);
    let timeline = app.timeline(view.run.clone().into()).await.expect("it is kept");
    let phases: std::collections::BTreeSet<_> =
        timeline.lines.iter().filter_map(|line| line.phase).collect();
    assert_eq!(phases.len(), 5, "all five phases leave a trace: {phases:?}");
    let order = Order {
        run: view.run.clone(),
        order: OrderKind::Note,
        text: Some("support says users are happy".to_owned()),
    };
    app.order(order).await.expect("a run that has ended still takes notes");
    let noted = app.timeline(view.run.clone().into()).await.expect("it is kept");
    assert_eq!(noted.lines.len(), timeline.lines.len() + 1, "the note is the last line");
    let rows = app.runs(Nothing {}).await.expect("it is listed");
    assert_eq!(rows.len(), 1);
}

#[tokio::test]
async fn the_same_seed_tells_the_same_timeline_but_for_the_recording_times() {
    let mut told = Vec::new();
    for _ in 0..2 {
        let data = tempfile::tempdir().expect("a temporary folder");
        let app = app(data.path());
        let view = drill(&app, "bad-canary", 7).await;
        let request = ExportRequest { run: view.run, format: ExportFormat::Json };
        let export = app.export(request).await.expect("it can be exported");
        let mut document: serde_json::Value =
            serde_json::from_str(&export.text).expect("it is JSON");
        document["journal"]["head"] = serde_json::Value::Null;
        for line in document["timeline"].as_array_mut().expect("a list") {
            line["recorded_at"] = serde_json::Value::Null;
        }
        told.push(document);
    }
    assert_eq!(
        told[0], told[1],
        "the head hashes the recording times, and nothing else may differ"
    );
}

#[tokio::test]
async fn every_shipped_drill_ends_as_its_scenario_wants() {
    for scenario in ["bad-canary", "rolling-never-ready", "lost-reply"] {
        for seed in [1, 2] {
            let data = tempfile::tempdir().expect("a temporary folder");
            let app = app(data.path());
            let view = drill(&app, scenario, seed).await;
            assert_eq!(view.outcome, Some(Outcome::Recovered), "{scenario}: {}", view.sentence);
        }
    }
}
