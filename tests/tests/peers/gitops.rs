//! A `GitOps` controller that would undo the rollback: noticed, suspended by the plan's first
//! change, left suspended after a recovery, let go on when the run is taken back.

use lastgood_api::App;
use lastgood_api::core::drill::AskKind;
use lastgood_api::core::lease::TAKE;
use lastgood_api::core::preflight::{Grade, Topic};
use lastgood_api::core::run::Outcome;
use lastgood_api::core::view::{AnswerKind, AskView, PlanView, RunView, StepStatus};
use lastgood_api::wire::StartRequest;
use lastgood_testkit::gitops::{Controller, Kind};
use lastgood_testkit::image;
use lastgood_testkit::load::Load;
use lastgood_tests::field::{Field, LIMIT, wanted};
use lastgood_tests::follow::{Say, follow, go_on};
use serde_json::json;

use crate::situations::Situations;

/// The step that no runbook has.
const SUSPEND: &str = "sync.suspend";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_controller_that_would_undo_the_rollback_is_suspended_first() {
    let Some(mut on) = Situations::begin().await else { return };
    on.meet("gitops: an Argo CD application", async |field| {
        rolls_back_past(field, Kind::Application).await;
    })
    .await;
    on.meet("gitops: a Flux Kustomization", async |field| {
        rolls_back_past(field, Kind::Kustomization).await;
    })
    .await;
    on.meet("gitops: a Flux HelmRelease", async |field| {
        rolls_back_past(field, Kind::HelmRelease).await;
    })
    .await;
    on.meet("gitops: taken back", taken_back).await;
    on.meet("gitops: somebody else changes the policy", drift).await;
    on.end();
}

/// `v2-bad` is in git and half-way out, and whoever put it there keeps it there.
async fn governed(field: &Field, kind: Kind) -> (App, Load, Controller, PlanView) {
    let app = field.app().expect("the workspace is whole");
    field.afresh(&app).await.expect("v1 serves");
    let load = field.load().expect("a client can be made");
    field.begin("v2-bad").await.expect("a rollout begins");
    let bad = image::reference("v2-bad");
    let controller = Controller::start(field.bed.client(), kind, &bad).await.expect("it starts");
    let plan = app.plan(wanted("last-good")).await.expect("there is a last good release");
    (app, load, controller, plan)
}

async fn launch(app: &App, plan: &PlanView) -> lastgood_api::RunHandle {
    let start = StartRequest { hash: plan.hash.clone(), overrides: Vec::new(), choice: None };
    app.launch(start).await.expect("nothing blocks it")
}

async fn rolls_back_past(field: &Field, kind: Kind) {
    let (app, _load, controller, plan) = governed(field, kind).await;
    let mut acts = plan.steps.iter().filter(|step| step.kind == "act");
    // Whoever comes second must not take the suspension of whoever came first for their own.
    assert_eq!(acts.next().map(|step| step.id.as_str()), Some(TAKE), "{:#?}", plan.steps);
    let first = acts.next().expect("it changes something");
    assert_eq!(first.id.as_str(), SUSPEND, "{:#?}", plan.steps);
    assert!(first.undo.as_ref().is_some_and(|undo| undo.operation == "sync.resume"), "{first:?}");
    let said: Vec<_> =
        plan.findings.iter().filter(|finding| finding.topic == Topic::Governor).collect();
    assert!(said.iter().any(|one| one.sentence.contains("the plan suspends it")), "{said:#?}");
    assert_ne!(plan.worst, Grade::Block, "what the plan takes care of blocks nothing: {said:#?}");
    assert!(plan.not_restored[0].contains("Git still holds v2-bad"), "{:?}", plan.not_restored);
    assert!(controller.acts().await.expect("it is there"), "a plan changes nothing");

    let handle = launch(&app, &plan).await;
    let view = follow(&app, &handle, LIMIT, |_, ask| go_on(ask)).await.expect("it ends");
    assert_eq!(view.outcome, Some(Outcome::Recovered), "{}", view.sentence);
    let object = controller.object().await.expect("it is there");
    assert!(!controller.acts().await.expect("it is there"), "git still holds v2-bad: {object}");
    let mark = object["metadata"]["annotations"]["lastgood.dev/effect"].to_string();
    assert_eq!(mark.matches(&format!("{}/{SUSPEND}/do/1", view.run)).count(), 1, "{mark}");
}

/// Goes on until `step` asks to be confirmed, and says `then` there.
fn until(step: &'static str, then: Say) -> impl FnMut(&RunView, &AskView) -> Say {
    move |view, ask| {
        let here = view.current.as_ref().is_some_and(|current| current.as_str() == step);
        if here && ask.kind == AskKind::Confirm { then.clone() } else { go_on(ask) }
    }
}

async fn taken_back(field: &Field) {
    let (app, _load, controller, plan) = governed(field, Kind::Application).await;
    let policy = |object: &serde_json::Value| object["spec"]["syncPolicy"]["automated"].clone();
    let before = policy(&controller.object().await.expect("it is there"));
    let handle = launch(&app, &plan).await;
    let stops = until("restore", Say::because(AnswerKind::Abort, "the fix is out already"));
    let view = follow(&app, &handle, LIMIT, stops).await.expect("it ends");
    assert!(matches!(view.outcome, Some(Outcome::Aborted { .. })), "{}", view.sentence);
    let after = policy(&controller.object().await.expect("it is there"));
    assert_eq!(after, before, "exactly what was taken is put back");
}

async fn drift(field: &Field) {
    let (app, _load, controller, plan) = governed(field, Kind::Application).await;
    let handle = launch(&app, &plan).await;
    let view = follow(&app, &handle, LIMIT, until(SUSPEND, Say::Nothing)).await.expect("it asks");
    assert!(view.ask.is_some(), "nobody suspends another team's tool without a word");
    let other = json!({ "syncPolicy": { "automated": { "prune": null, "selfHeal": true } } });
    controller.change(other).await.expect("somebody may");
    let mut said = Vec::new();
    let view = follow(&app, &handle, LIMIT, |_, ask| match ask.kind {
        AskKind::Confirm if said.is_empty() => go_on(ask),
        AskKind::Failure => {
            said.push(ask.detail.clone().unwrap_or_default());
            Say::Nothing
        }
        AskKind::Confirm
        | AskKind::Ruling
        | AskKind::Guard
        | AskKind::Verdict
        | AskKind::Choice
        | AskKind::Manual
        | AskKind::Undo => Say::Nothing,
    })
    .await
    .expect("it asks");
    let step = view.steps.iter().find(|step| step.id.as_str() == SUSPEND).expect("it is planned");
    assert_eq!(step.status, StepStatus::NeedsYou, "{step:?}");
    assert!(said.iter().any(|why| why.contains("sync of")), "it says what drifted: {said:?}");
    assert!(controller.acts().await.expect("it is there"), "and nothing was changed");
}
