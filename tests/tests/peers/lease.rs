//! Two operators and one Deployment: one of them rolls it back, and the other reads who does.

use std::time::Duration;

use lastgood_api::App;
use lastgood_api::core::drill::AskKind;
use lastgood_api::core::lease::TAKE;
use lastgood_api::core::preflight::{Finding, Grade};
use lastgood_api::core::problem::Code;
use lastgood_api::core::run::Outcome;
use lastgood_api::core::view::{AnswerKind, AskView, PlanView, RunView, StepStatus};
use lastgood_api::wire::StartRequest;
use lastgood_testkit::load::Load;
use lastgood_tests::field::{Field, LIMIT, open, wanted};
use lastgood_tests::follow::{Say, follow, go_on};

use crate::situations::Situations;

/// Twice as long as it takes until a lease is renewed.
const RENEWED: Duration = Duration::from_mins(4);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_operator_at_a_time_rolls_a_deployment_back() {
    let Some(mut on) = Situations::begin().await else { return };
    on.meet("lease: two operators at once", two_at_once).await;
    on.meet("lease: left behind by somebody", left_behind).await;
    on.meet("lease: taken over in the middle of a run", taken_over).await;
    on.meet("lease: without the right to it", without_the_right).await;
    on.end();
}

/// Apart from the others, because it waits for two minutes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_waits_hears_that_somebody_took_its_lease() {
    let Some(mut on) = Situations::begin().await else { return };
    on.meet("lease: taken over while a run waits for its person", taken_while_it_waits).await;
    on.end();
}

/// `v2-bad` is half-way out.
async fn half_way(field: &Field) -> (App, Load) {
    let app = field.app().expect("the workspace is whole");
    field.afresh(&app).await.expect("v1 serves");
    let load = field.load().expect("a client can be made");
    field.begin("v2-bad").await.expect("a rollout begins");
    (app, load)
}

async fn planned(app: &App) -> PlanView {
    app.plan(wanted("last-good")).await.expect("there is a last good release")
}

async fn launch(app: &App, plan: &PlanView) -> lastgood_api::RunHandle {
    let start = StartRequest { hash: plan.hash.clone(), overrides: Vec::new(), choice: None };
    app.launch(start).await.expect("nothing blocks it")
}

/// Goes on until the run asks to change something.
fn until_a_change(_: &RunView, ask: &AskView) -> Say {
    if ask.kind == AskKind::Confirm { Say::Nothing } else { go_on(ask) }
}

fn status(view: &RunView) -> StepStatus {
    view.steps.iter().find(|step| step.id.as_str() == TAKE).expect("it is planned").status
}

async fn holder(field: &Field) -> String {
    let lease = field.lease().await.expect("it can be read");
    lease["spec"]["holderIdentity"].as_str().unwrap_or("nobody").to_owned()
}

async fn two_at_once(field: &Field) {
    let (first, _load) = half_way(field).await;
    let (workspace, data) = (field.workspace(), field.folder("second-data"));
    let second = open(&workspace, &data).expect("the workspace is whole");
    let (plan, same) = (planned(&first).await, planned(&second).await);
    let handle = launch(&first, &plan).await;
    let view = follow(&first, &handle, LIMIT, until_a_change).await.expect("it asks");
    assert_eq!(status(&view), StepStatus::Done);
    let run = view.run.to_string();
    assert!(holder(field).await.starts_with("ana@"), "{}", holder(field).await);

    // The second one looked before the first one began, and is stopped at the first change.
    let (seen, generation) = (field.proxy.seen().len(), field.generation().await.expect("one"));
    let other = launch(&second, &same).await;
    let stuck = follow(&second, &other, LIMIT, |_, _| Say::Nothing).await.expect("it asks");
    let ask = stuck.ask.as_ref().expect("a person decides");
    let said = format!("{} {}", ask.question, ask.detail.clone().unwrap_or_default());
    assert_eq!(ask.kind, AskKind::Failure, "{said}");
    for part in ["ana@", run.as_str(), "since ", "until ", "kubectl -n"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(field.changes_since(seen), [], "nothing of it happened");
    // Not even somebody who passes the step over gets past whoever is at it.
    let past = |_: &RunView, ask: &AskView| match ask.kind {
        AskKind::Failure if ask.step.as_ref().is_some_and(|step| step.as_str() == TAKE) => {
            Say::because(AnswerKind::Skip, "I do not believe it")
        }
        AskKind::Confirm => go_on(ask),
        AskKind::Failure
        | AskKind::Ruling
        | AskKind::Guard
        | AskKind::Verdict
        | AskKind::Choice
        | AskKind::Manual
        | AskKind::Undo => Say::Nothing,
    };
    let stuck = follow(&second, &other, LIMIT, past).await.expect("it asks");
    let said = stuck.ask.as_ref().and_then(|ask| ask.detail.clone()).unwrap_or_default();
    assert!(said.contains("has changed since the plan was made") && said.contains(&run), "{said}");
    assert_eq!(field.changes_since(seen), [], "nothing of it happened");
    assert_eq!(field.generation().await.expect("one"), generation);

    // A third one reads it before anything begins.
    let plan = planned(&second).await;
    let finding = plan.findings.iter().find(|one| one.grade == Grade::Block).expect("it blocks");
    assert!(finding.sentence.contains(&run), "{finding:?}");
    let start = StartRequest { hash: plan.hash, overrides: Vec::new(), choice: None };
    let problem = second.start(start).await.expect_err("it would stop at once");
    assert_eq!(problem.code, Code::PreflightBlocked, "{problem:?}");

    let view = follow(&first, &handle, LIMIT, |_, ask| go_on(ask)).await.expect("it ends");
    assert_eq!(view.outcome, Some(Outcome::Recovered), "{}", view.sentence);
    assert_eq!(holder(field).await, "nobody", "it was given back");
    let stopped = view.moments.iter().find(|one| one.name == "Traffic stopped");
    let halted =
        view.steps.iter().any(|step| step.id.as_str() == "halt" && step.status == StepStatus::Done);
    assert_eq!(stopped.is_some_and(|one| one.at.is_some()), halted, "a lease stops no traffic");
    second.answer(abort(&stuck)).await.expect("nobody drives on");
}

fn abort(view: &RunView) -> lastgood_api::wire::Answer {
    lastgood_api::wire::Answer {
        run: view.run.clone(),
        step: None,
        kind: AnswerKind::Abort,
        option: None,
        text: Some("somebody else did it".to_owned()),
    }
}

async fn left_behind(field: &Field) {
    let (app, _load) = half_way(field).await;
    field.somebody_holds_the_lease(Duration::from_mins(11)).await.expect("it is accepted");
    let plan = planned(&app).await;
    let told = plan.findings.iter().find(|one| one.sentence.contains("noor@another-laptop"));
    assert_eq!(told.map(|one| one.grade), Some(Grade::Warn), "{:#?}", plan.findings);
    let handle = launch(&app, &plan).await;
    let view = follow(&app, &handle, LIMIT, |_, ask| go_on(ask)).await.expect("it ends");
    assert_eq!(view.outcome, Some(Outcome::Recovered), "{}", view.sentence);
    let step = view.steps.iter().find(|step| step.id.as_str() == TAKE).expect("it is planned");
    let result = step.result.clone().unwrap_or_default();
    assert!(result.contains("taken over from noor@another-laptop"), "{result}");
    let lease = field.lease().await.expect("it can be read");
    assert_eq!(lease["spec"]["leaseTransitions"], 0, "{lease}");
}

async fn taken_over(field: &Field) {
    let (app, _load) = half_way(field).await;
    let plan = planned(&app).await;
    let handle = launch(&app, &plan).await;
    follow(&app, &handle, LIMIT, until_a_change).await.expect("it asks");
    field.somebody_holds_the_lease(Duration::ZERO).await.expect("it is accepted");
    let seen = field.proxy.seen().len();
    let view = follow(&app, &handle, LIMIT, |_, ask| match ask.kind {
        AskKind::Confirm => go_on(ask),
        AskKind::Failure
        | AskKind::Ruling
        | AskKind::Guard
        | AskKind::Verdict
        | AskKind::Choice
        | AskKind::Manual
        | AskKind::Undo => Say::Nothing,
    })
    .await
    .expect("it asks");
    let said = view.ask.as_ref().and_then(|ask| ask.detail.clone()).unwrap_or_default();
    assert!(said.contains("noor@another-laptop (run r-of-noor)"), "it says who: {said}");
    assert_eq!(field.changes_since(seen), [], "nothing was changed over their head");
    app.answer(abort(&view)).await.expect("a person may");
    let view = follow(&app, &handle, LIMIT, |_, ask| go_on(ask)).await.expect("it ends");
    assert!(matches!(view.outcome, Some(Outcome::Aborted { .. })), "{}", view.sentence);
    assert!(holder(field).await.starts_with("noor@"), "what is theirs is not given back");
}

/// Nothing is changed meanwhile, so that only a renewal finds it: the first is due after two
/// minutes.
async fn taken_while_it_waits(field: &Field) {
    let (app, _load) = half_way(field).await;
    let plan = planned(&app).await;
    let handle = launch(&app, &plan).await;
    follow(&app, &handle, LIMIT, until_a_change).await.expect("it asks");
    let ours = field.lease().await.expect("it can be read");
    field.somebody_holds_the_lease(Duration::ZERO).await.expect("it is accepted");
    let about_it = |view: &RunView| {
        let step = view.ask.as_ref().and_then(|ask| ask.step.as_ref());
        step.is_some_and(|step| step.as_str() == TAKE)
    };
    let view = until(&handle, about_it).await;
    let said = view.ask.as_ref().and_then(|ask| ask.detail.clone()).unwrap_or_default();
    assert!(said.contains("in the middle of this run"), "{said}");
    assert!(said.contains("noor@another-laptop (run r-of-noor)"), "it says who: {said}");
    assert!(holder(field).await.starts_with("noor@"), "and takes nothing from them");

    // She gives it back; then the run may take it again, and goes on where it was.
    field.kubectl(&["delete", "lease", "lastgood-checkout"]).await.expect("it is there");
    let view = follow(&app, &handle, LIMIT, until_a_change).await.expect("it asks again");
    assert_eq!(status(&view), StepStatus::Done, "{}", view.sentence);
    assert!(holder(field).await.starts_with("ana@"), "{}", holder(field).await);
    let again = field.lease().await.expect("it can be read");
    let renewed = |lease: &serde_json::Value| lease["spec"]["renewTime"].to_string();
    assert!(renewed(&again) > renewed(&ours), "{again}");
    app.answer(abort(&view)).await.expect("a person may");
    let view = follow(&app, &handle, LIMIT, |_, ask| go_on(ask)).await.expect("it ends");
    assert!(matches!(view.outcome, Some(Outcome::Aborted { .. })), "{}", view.sentence);
}

async fn until(
    handle: &lastgood_api::RunHandle,
    wanted: impl Fn(&RunView) -> bool,
) -> std::sync::Arc<RunView> {
    let mut views = handle.views();
    let seen = tokio::time::timeout(RENEWED, views.wait_for(|view| wanted(view))).await;
    std::sync::Arc::clone(&seen.expect("it is noticed in time").expect("it is driven"))
}

async fn without_the_right(field: &Field) {
    let (app, _load) = half_way(field).await;
    drop(app);
    let verbs = ["--verb=get,list,watch,patch", "--resource=deployments.apps,replicasets.apps"];
    let role = ["create", "role", "changes", verbs[0], verbs[1]];
    field.kubectl(&role).await.expect("the API server accepts it");
    let looks = ["create", "role", "sees", "--verb=get,list,watch", "--resource=pods,events"];
    field.kubectl(&looks).await.expect("the API server accepts it");
    for role in ["changes", "sees"] {
        let (name, role) = (format!("viewer-{role}"), format!("--role={role}"));
        let bind = ["create", "rolebinding", name.as_str(), role.as_str(), "--user=viewer"];
        field.kubectl(&bind).await.expect("the API server accepts it");
    }
    let viewer = field.workspace_with("changers", &field.bed.viewer_kubeconfig());
    let viewer = viewer.expect("the folder is writable");
    let app = open(&viewer, &field.folder("changers-data")).expect("the workspace is whole");
    let plan = plan_when_the_roles_count(&app).await;
    let told = |one: &&Finding| one.sentence.contains("may not get, create, update leases");
    let told: Vec<Grade> = plan.findings.iter().filter(told).map(|one| one.grade).collect();
    assert_eq!(told, [Grade::Warn], "once: {:#?}", plan.findings);
    let step = plan.steps.iter().find(|step| step.id.as_str() == TAKE).expect("it is told");
    assert!(step.effect.is_none(), "it is left out: {step:?}");
    let handle = launch(&app, &plan).await;
    let view = follow(&app, &handle, LIMIT, |_, ask| go_on(ask)).await.expect("it ends");
    assert_eq!(view.outcome, Some(Outcome::Recovered), "{}", view.sentence);
    assert_eq!(status(&view), StepStatus::PassedOver);
    assert_eq!(field.lease().await.expect("it can be read"), serde_json::Value::Null);
}

/// A role counts a moment after it was given.
async fn plan_when_the_roles_count(app: &App) -> PlanView {
    let planned = async {
        let mut pace = tokio::time::interval(Duration::from_millis(200));
        loop {
            pace.tick().await;
            match app.plan(wanted("last-good")).await {
                Ok(plan) if plan.worst != Grade::Block => return plan,
                Ok(_) => {}
                Err(problem) => assert_eq!(problem.code, Code::Forbidden, "{problem:?}"),
            }
        }
    };
    tokio::time::timeout(LIMIT, planned).await.expect("whoever may change gets a plan")
}
