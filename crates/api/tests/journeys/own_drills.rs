//! A team's own drills: found beside its catalog, about its own services, played by its own
//! runbook, with nothing real behind them. And drills on the real system, as far as files
//! can tell whether one may be.

use std::path::Path;

use lastgood_api::core::catalog::Place;
use lastgood_api::core::name::Person;
use lastgood_api::core::problem::Code;
use lastgood_api::core::run::Outcome;
use lastgood_api::wire::{
    DrillRequest, ExerciseRequest, ExportFormat, ExportRequest, Nothing, PlanRequest, StartRequest,
};
use lastgood_api::{App, Config, Pace, lint, play};

const CATALOG: &str = "
services:
  payments:
    owner: team-payments
    environments:
      production:
        tier: production
        platform: { kubernetes: { context: prod, namespace: shop, deployment: payments } }
        metrics: prometheus
        runbook: go-back
        slos: &slos
          availability:
            objective: 99%
            good: 'sum(http_requests_total{code!~\"5..\"}) by (version)'
            total: 'sum(http_requests_total) by (version)'
            version-label: version
            min-samples: 30
      staging:
        tier: staging
        platform: { kubernetes: { context: staging, namespace: shop, deployment: payments } }
        metrics: prometheus
        runbook: go-back
        slos: *slos
      elsewhere:
        platform: { kubernetes: { context: elsewhere, namespace: shop, deployment: payments } }
        metrics: prometheus
        runbook: go-back
        slos: *slos
connections:
  prometheus: { prometheus: { url: \"http://prometheus.invalid:9090\" } }
";

const RUNBOOK: &str = "
runbook: go-back
title: Roll back {{ service }} to {{ target.version }}
summary: Goes back and proves it.
platforms: [kubernetes]
steps:
  - id: halt
    title: Stop the rollout
    phase: stop
    act: rollout.halt
    undo: rollout.resume
    when: rollout-open
  - id: restore
    title: Make {{ target.version }} serve
    phase: roll-back
    act: { release.restore: { release: target } }
    undo: { release.restore: { release: suspect } }
    when: target-not-serving
    confirm: true
  - id: verify
    title: Prove that users are served
    phase: verify
    verify: { slos: all, hold: 1m }
    timeout: 15m
";

const DRILL: &str = "
drill: payments-down
title: Payments fail half of their requests
summary: A rolling update goes bad.
minutes: 5
service: payments
environment: production
runbook: go-back
truth: The new release lost its configuration.
events:
  - { at: 0s, deploy: { version: 2026.3.9, error-rate: 50% } }
success: { outcome: recovered }
";

fn workspace() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in [
        ("lastgood.yaml", CATALOG),
        ("runbooks/go-back.yaml", RUNBOOK),
        ("drills/payments-down.yaml", DRILL),
    ] {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("it is in the folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    folder
}

fn app(workspace: &Path, data: &Path) -> App {
    let workspace = Some(workspace.to_owned());
    let config = Config { workspace, data: data.to_owned(), person: Person::new("ana") };
    App::open(config).unwrap_or_else(|problem| panic!("the workspace is whole: {problem:?}"))
}

#[tokio::test]
async fn a_teams_own_drill_plays_its_own_runbook_at_its_own_service_with_nothing_real() {
    let (folder, data) = (workspace(), tempfile::tempdir().expect("a folder"));
    let linted = lint(Some(folder.path()));
    assert_eq!(linted.errors, 0, "{}", linted.text);
    let app = app(folder.path(), data.path());
    let drills = app.workspace(Nothing {}).await.expect("it is whole").scenarios;
    assert_eq!(drills[0].name.as_str(), "payments-down", "the team's own comes first");
    assert!(drills.iter().any(|one| one.name.as_str() == "bad-canary"), "the shipped ones stay");

    let request = DrillRequest { scenario: "payments-down".into(), seed: Some(3), speed: None };
    let world = app.set_up(&request, Pace::Stepped).await.expect("it is the team's own");
    assert!(world.practice);
    let plan = app.plan_drill(None).await.expect("there is a target");
    assert_eq!(plan.runbook.as_str(), "go-back");
    let start = StartRequest { hash: plan.hash, overrides: Vec::new(), choice: None };
    let handle = app.launch(start).await.expect("nothing blocks it");
    let operator = app.operator().expect("the stage stands").expect("it is a drill");
    let view = play(handle, &operator, |_| {}).await.expect("the journal can be written");
    assert_eq!(view.outcome, Some(Outcome::Recovered), "{}", view.sentence);
    assert_eq!(view.place.to_string(), "payments in production");
    let request = ExportRequest::whole(view.run.clone(), ExportFormat::Json);
    let export = app.export(request).await.expect("it can be written");
    assert!(!export.text.contains("prometheus.invalid"), "nothing real was even named");
    let resumed = App::open(app.config().clone()).expect("the workspace is whole");
    let problem = resumed.take_up(&view.run, Pace::Stepped).await.expect_err("it has ended");
    assert_eq!(problem.code, Code::RunFinished);
    let all = resumed.rehearsals(Nothing {}).await.expect("it can be told");
    let here = all.iter().find(|one| one.place == view.place).expect("the catalog proposes one");
    assert!(here.last.is_some() && !here.changed, "the same text was rehearsed: {here:?}");
}

#[tokio::test]
async fn where_no_runbook_fits_each_says_what_it_is_for() {
    let (folder, data) = (workspace(), tempfile::tempdir().expect("a folder"));
    let write = |path: &str, text: String| {
        std::fs::write(folder.path().join(path), text).expect("it is ours");
    };
    std::fs::remove_dir_all(folder.path().join("drills")).expect("it is ours");
    write("lastgood.yaml", CATALOG.replace("        runbook: go-back\n", ""));
    let foreign = RUNBOOK.replace("platforms: [kubernetes]", "platforms: [ecs, lambda]");
    write("runbooks/go-back.yaml", foreign.replace("steps:", "strategies: [canary]\nsteps:"));
    let app = app(folder.path(), data.path());
    let place = Place { service: "payments".into(), environment: "production".into() };
    let request = PlanRequest {
        place,
        target: "last-good".to_owned(),
        runbook: None,
        inputs: std::collections::BTreeMap::new(),
    };
    let problem = app.plan(request).await.expect_err("there is none for it");
    assert_eq!(problem.code, Code::NotFound);
    let said = "no runbook fits payments in production, which is rolling on kubernetes";
    let why = "`go-back` is for canary rollouts and for ecs or lambda";
    assert_eq!(problem.chain, [said, why]);
}

#[tokio::test]
async fn every_name_in_a_scenario_that_nothing_has_is_told_at_once_with_a_suggestion() {
    let folder = workspace();
    let wrong = DRILL
        .replace("service: payments", "service: payment")
        .replace("runbook: go-back", "runbook: goback");
    std::fs::write(folder.path().join("drills/payments-down.yaml"), wrong).expect("a file");
    let linted = lint(Some(folder.path()));
    for mistake in ["`payment`", "`goback`"] {
        let found = linted.findings.iter().find(|one| one.message.contains(mistake));
        let found = found.unwrap_or_else(|| panic!("{mistake}: {}", linted.text));
        assert!(found.line > 1 && found.file == "drills/payments-down.yaml", "{found:?}");
    }
    assert!(linted.text.contains("did you mean"), "{}", linted.text);
}

#[tokio::test]
async fn a_drill_on_the_real_system_is_refused_where_users_may_be_before_anything_is_asked() {
    let (folder, data) = (workspace(), tempfile::tempdir().expect("a folder"));
    let app = app(folder.path(), data.path());
    let asked = |environment: &str, why: &str| ExerciseRequest {
        plan: PlanRequest {
            place: Place { service: "payments".into(), environment: environment.into() },
            runbook: None,
            target: "last-good".to_owned(),
            inputs: std::collections::BTreeMap::new(),
        },
        why: why.to_owned(),
        on_production: false,
    };
    for environment in ["production", "elsewhere"] {
        let refused = app.plan_exercise(asked(environment, "quarterly")).await;
        let problem = refused.expect_err("nobody said that no users are there");
        assert_eq!(problem.code, Code::PreflightBlocked, "{environment}");
        assert!(problem.hint.as_deref().is_some_and(|hint| hint.contains("--on-production")));
    }
    let problem = app.plan_exercise(asked("staging", " ")).await.expect_err("no reason");
    assert_eq!(problem.code, Code::ReasonMissing);
    let request = DrillRequest { scenario: "payments-down".into(), seed: None, speed: None };
    app.drill(request).await.expect("it is the team's own");
    let problem = app.plan_exercise(asked("staging", "quarterly")).await.expect_err("none");
    assert_eq!(problem.code, Code::NotNow, "what is simulated is a drill already");
}
