//! A whole drill through the app, with the scripted operator and without a host.

use std::fmt::Write as _;

use lastgood_api::core::drill::Begin;
use lastgood_api::core::preflight::Grade;
use lastgood_api::core::run::Outcome;
use lastgood_api::core::view::RunView;
use lastgood_api::wire::{
    DeclineRequest, DrillRequest, ExportFormat, ExportRequest, Nothing, Order, OrderKind, Override,
    StartRequest,
};
use lastgood_api::{App, Pace, play};

use super::practice;

/// Plays a scenario by its own script, with the decisions that it calls good.
async fn drill(app: &App, scenario: &str, seed: u64) -> RunView {
    let request = DrillRequest { scenario: scenario.into(), seed: Some(seed), speed: None };
    app.set_up(&request, Pace::Stepped).await.expect("the scenario is shipped");
    let opening = app.opening().expect("it is set up");
    for id in &opening.first {
        app.make_move(id).expect("the scenario describes it");
    }
    let plan = app.plan_drill(opening.target.as_deref()).await.expect("there is a target");
    let operator = app.operator().expect("the stage stands").expect("it is a drill");
    let overrides = match opening.begin {
        Begin::Run => Vec::new(),
        Begin::Override { reason } => plan
            .findings
            .iter()
            .filter(|finding| finding.grade == Grade::Block)
            .map(|one| Override { subject: one.subject.clone(), reason: reason.clone() })
            .collect(),
        Begin::Instead { way, reason } => {
            let request = DeclineRequest { hash: plan.hash, way, reason };
            let by = operator.person().clone();
            return app.decline_as(request, by).await.expect("it can be left");
        }
    };
    let start = StartRequest { hash: plan.hash, overrides, choice: None };
    let handle = app.launch(start).await.expect("nothing blocks it");
    play(handle, &operator, |_| {}).await.expect("the journal can be written")
}

async fn shipped() -> Vec<String> {
    let data = tempfile::tempdir().expect("a temporary folder");
    let workspace = practice(data.path()).workspace(Nothing {}).await.expect("it is whole");
    workspace.scenarios.into_iter().map(|one| one.name.to_string()).collect()
}

#[tokio::test]
async fn a_bad_canary_is_rolled_back_and_its_recovery_proven() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let app = practice(data.path());
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
        let app = practice(data.path());
        let view = drill(&app, "bad-canary", 7).await;
        let request = ExportRequest::whole(view.run, ExportFormat::Json);
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
async fn every_shipped_drill_goes_well_when_the_good_decisions_are_taken() {
    let scenarios = shipped().await;
    assert!(scenarios.len() >= 13, "at least thirteen are shipped: {scenarios:?}");
    for scenario in scenarios {
        for seed in [1, 2, 3] {
            let data = tempfile::tempdir().expect("a temporary folder");
            let app = practice(data.path());
            let view = drill(&app, &scenario, seed).await;
            let went = app.rehearsed(&view).expect("it is known").expect("it is a drill");
            assert!(went.met, "{scenario} with seed {seed}: {}; {}", view.sentence, went.sentence);
        }
    }
}

#[tokio::test]
async fn every_shipped_drill_tells_the_timeline_that_was_read_and_found_good() {
    // The flag's own drill is held by the test of its ending.
    for scenario in shipped().await.into_iter().filter(|name| name != "bad-flag") {
        let data = tempfile::tempdir().expect("a temporary folder");
        let app = practice(data.path());
        let view = drill(&app, &scenario, 1).await;
        let told = app.timeline(view.run.clone().into()).await.expect("it is kept");
        let mut text = String::new();
        for line in &told.lines {
            let at = jiff::Timestamp::from_millisecond(line.at.0).expect("a time");
            let reason = line.reason.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
            let _ = writeln!(text, "{} {}{reason}", at.strftime("%H:%M:%S"), line.text);
        }
        text.push_str(&view.sentence);
        text.push('\n');
        insta::assert_snapshot!(scenario, text);
    }
}
