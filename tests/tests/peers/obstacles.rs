//! What stands in the way of a rollback: a control plane that is away, a reply that never
//! comes, a right that is missing, a colleague with a shell.

use lastgood_api::App;
use lastgood_api::core::drill::AskKind;
use lastgood_api::core::lease::TAKE;
use lastgood_api::core::preflight::Grade;
use lastgood_api::core::problem::Code;
use lastgood_api::core::run::Outcome;
use lastgood_api::core::view::{AnswerKind, AskView, Fit, RunView, StepStatus};
use lastgood_api::wire::{ExportFormat, ExportRequest, Nothing, PlanQuery, StartRequest};
use lastgood_testkit::image;
use lastgood_testkit::load::Load;
use lastgood_testkit::proxy::{Fault, Rule};
use lastgood_tests::field::{Field, LIMIT, open, wanted};
use lastgood_tests::follow::{Say, follow, go_on, launch};
use serde_json::Value;

use crate::situations::Situations;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_stands_in_the_way_is_said_and_nothing_is_done_twice() {
    let Some(mut on) = Situations::begin().await else { return };
    on.meet("the API server is away for a while", away_for_a_while).await;
    on.meet("the reply to the change is lost", reply_lost).await;
    on.meet("a user without rights", without_rights).await;
    on.meet("drift between plan and start", drift_before_the_start).await;
    on.meet("drift between two steps", drift_between_two_steps).await;
    on.end();
}

/// `v1` serves, `v2-bad` is half-way there, and users meet both.
async fn half_way(field: &Field) -> (App, Load, i64) {
    let app = field.app().expect("the workspace is whole");
    field.afresh(&app).await.expect("v1 serves");
    let load = field.load().expect("a client can be made");
    field.begin("v2-bad").await.expect("a rollout begins");
    let generation = field.generation().await.expect("it is there");
    (app, load, generation)
}

fn at(view: &RunView) -> &str {
    view.current.as_ref().map_or("", |step| step.as_str())
}

/// Goes on until a step asks to be confirmed.
fn until_asked(wanted: &str) -> impl FnMut(&RunView, &AskView) -> Say {
    move |view, ask| {
        let confirms = ask.kind == AskKind::Confirm;
        if confirms && at(view) == wanted { Say::Nothing } else { go_on(ask) }
    }
}

async fn away_for_a_while(field: &Field) {
    let (app, _load, generation) = half_way(field).await;
    let seen = field.proxy.seen().len();
    let handle = launch(&app, wanted("last-good")).await.expect("nothing blocks it");
    follow(&app, &handle, LIMIT, until_asked("restore")).await.expect("it is halted");

    // It is gone at the very moment of the change.
    field.proxy.inject(Rule::every(Fault::Refuse));
    let mut said = Vec::new();
    let view = follow(&app, &handle, LIMIT, |_, ask| match ask.kind {
        AskKind::Confirm => go_on(ask),
        AskKind::Ruling
        | AskKind::Failure
        | AskKind::Guard
        | AskKind::Verdict
        | AskKind::Choice
        | AskKind::Manual
        | AskKind::Undo => {
            said.push((ask.kind, ask.detail.clone().unwrap_or_default()));
            Say::Nothing
        }
    })
    .await
    .expect("it asks when it cannot know");
    let ask = view.ask.as_ref().expect("a person is asked");
    assert_eq!(ask.kind, AskKind::Ruling, "whether it took place is not known: {ask:?}");
    let detail = ask.detail.as_deref().unwrap_or_default();
    assert!(detail.contains("does not answer"), "the sentence says why: {detail}");

    // It comes back, and goes away again for a moment while the run waits.
    field.proxy.clear();
    let mut cut = false;
    let watched = handle.clone();
    let cutting = async {
        let mut views = watched.views();
        loop {
            let waits = at(&views.borrow_and_update()) == "wait";
            if waits && !cut {
                cut = true;
                field.proxy.inject(Rule::every(Fault::Refuse));
                tokio::time::sleep(std::time::Duration::from_secs(4)).await;
                field.proxy.clear();
            }
            if cut || views.changed().await.is_err() {
                break;
            }
        }
        watched.view()
    };
    let following = follow(&app, &handle, LIMIT, |_, ask| go_on(ask));
    let (_, view) = tokio::join!(cutting, following);
    let view = view.expect("it ends");
    assert_eq!(view.outcome, Some(Outcome::Recovered), "{}", view.sentence);
    each_act_landed_once(field, &view, seen, generation).await;
}

/// Holds what the cluster shows against what the run says that it did.
async fn each_act_landed_once(field: &Field, view: &RunView, seen: usize, generation: i64) {
    let acts = |step: &&lastgood_api::core::view::StepView| {
        // A lease is no change of the Deployment.
        step.kind == "act" && step.status == StepStatus::Done && step.id.as_str() != TAKE
    };
    let acts = view.steps.iter().filter(acts).count();
    let changed = field.generation().await.expect("it is there") - generation;
    assert_eq!(usize::try_from(changed).ok(), Some(acts), "each act changed it once");
    // The landed request whose reply was lost counts too: the proxy saw its status.
    assert_eq!(field.landed_since(seen), acts, "{:#?}", field.changes_since(seen));
}

async fn reply_lost(field: &Field) {
    let (app, _load, generation) = half_way(field).await;
    let seen = field.proxy.seen().len();
    let handle = launch(&app, wanted("last-good")).await.expect("nothing blocks it");
    follow(&app, &handle, LIMIT, until_asked("restore")).await.expect("it is halted");
    let patch = "PATCH".parse().expect("a method");
    field.proxy.inject(Rule::next(patch, "/deployments/", Fault::LoseReply));
    let mut asked = Vec::new();
    let view = follow(&app, &handle, LIMIT, |view, ask| {
        asked.push((at(view).to_owned(), ask.kind));
        go_on(ask)
    })
    .await
    .expect("it ends");
    assert_eq!(view.outcome, Some(Outcome::Recovered), "{}", view.sentence);
    let lost = field.proxy.seen().into_iter().skip(seen);
    let lost: Vec<_> = lost.filter(|one| one.fault == Some(Fault::LoseReply)).collect();
    assert_eq!(lost.len(), 1, "the reply to one change was lost");
    assert_eq!(lost[0].status, Some(200), "and the change was made");
    let expected = [("restore", AskKind::Confirm), ("tell-support", AskKind::Manual)];
    let expected = expected.map(|(step, kind)| (step.to_owned(), kind));
    assert_eq!(asked, expected, "a look found it, and nobody had to be asked");
    each_act_landed_once(field, &view, seen, generation).await;
}

async fn without_rights(field: &Field) {
    let (app, _load, generation) = half_way(field).await;
    drop(app);
    let viewer = field.workspace_with("viewers", &field.bed.viewer_kubeconfig());
    let viewer = viewer.expect("the folder is writable");
    let data = field.folder("viewers-data");

    let nobody = open(&viewer, &data).expect("the workspace is whole");
    let problem = nobody.plan(wanted("last-good")).await.expect_err("it may not even look");
    assert_eq!(problem.code, Code::Forbidden, "{problem:?}");
    let said = problem.chain.join(": ");
    assert!(said.contains("deployments") && said.contains("get"), "the permission: {said}");
    assert!(problem.hint.is_some(), "and what to ask for");
    let doctor = nobody.doctor(Nothing {}).await.expect("the doctor always answers");
    let missing: Vec<&str> = doctor
        .findings
        .iter()
        .filter(|one| one.grade == Grade::Block && one.subject.starts_with("checkout in"))
        .map(|one| one.sentence.as_str())
        .collect();
    for right in
        ["may not get deployments", "may not patch deployments", "may not list replicasets"]
    {
        // Whoever asks for one permission asks for all of them.
        assert!(missing.iter().any(|said| said.contains(right)), "{right}: {missing:#?}");
    }

    // Somebody lets the viewer look.
    let resources = "deployments.apps,replicasets.apps,pods,events";
    let resources = format!("--resource={resources}");
    let looks = ["create", "role", "looks", "--verb=get,list,watch", &resources];
    field.kubectl(&looks).await.expect("the API server accepts it");
    let bind = ["create", "rolebinding", "viewer-looks", "--role=looks", "--user=viewer"];
    field.kubectl(&bind).await.expect("the API server accepts it");
    let looker = open(&viewer, &data).expect("the workspace is whole");
    let plan = plan_when_the_role_counts(&looker).await;
    assert_eq!(plan.worst, Grade::Block, "{:#?}", plan.findings);
    let permission = plan.findings.iter().find(|one| one.subject.contains("patch deployments"));
    let permission = permission.expect("the right that is missing is named");
    assert_eq!(permission.grade, Grade::Block);
    assert!(permission.sentence.contains("may not patch deployments"), "{permission:?}");
    assert!(permission.mend.is_some(), "and what mends it: {permission:?}");
    let start = StartRequest { hash: plan.hash.clone(), overrides: Vec::new(), choice: None };
    let problem = looker.start(start).await.expect_err("it would stop half-way");
    assert_eq!(problem.code, Code::PreflightBlocked, "{problem:?}");
    assert!(looker.runs(Nothing {}).await.expect("none").is_empty());
    assert_eq!(field.generation().await.expect("it is there"), generation, "nothing changed");
}

/// A role counts a moment after it was given.
async fn plan_when_the_role_counts(app: &App) -> lastgood_api::core::view::PlanView {
    let planned = async {
        let mut pace = tokio::time::interval(std::time::Duration::from_millis(200));
        loop {
            pace.tick().await;
            match app.plan(wanted("last-good")).await {
                Ok(plan) => return plan,
                Err(problem) => assert_eq!(problem.code, Code::Forbidden, "{problem:?}"),
            }
        }
    };
    tokio::time::timeout(LIMIT, planned).await.expect("whoever may look gets a plan")
}

/// Somebody puts another release on the Deployment, as people do under stress.
async fn somebody_sets_the_image(field: &Field, tag: &str) {
    let container = format!("checkout={}", image::reference(tag));
    let set = ["set", "image", "deployment/checkout", container.as_str()];
    field.kubectl(&set).await.expect("the API server accepts it");
    field.controller_knows().await.expect("the controllers run");
}

async fn drift_before_the_start(field: &Field) {
    let (app, _load, _) = half_way(field).await;
    let plan = app.plan(wanted("last-good")).await.expect("there is a last good release");
    let read = || PlanQuery { hash: plan.hash.clone() };
    let fit = app.plan_fit(read()).await.expect("it was shown").fit;
    assert_eq!(fit, Fit::Fits, "nobody has touched it yet");
    let drills = app.plan_drills(read()).await.expect("it was shown");
    assert!(drills.drills.iter().all(|drill| !drill.differs.is_empty()), "{drills:?}");
    assert_eq!(drills.drills.is_empty(), drills.lacking.is_some(), "{drills:?}");
    somebody_sets_the_image(field, "v3").await;
    let fit = app.plan_fit(read()).await.expect("it was shown").fit;
    let Fit::Outdated { why, front: Some(front) } = fit else { panic!("v3 is in front: {fit:?}") };
    assert!(why.contains(front.release.as_str()), "two of one version are told apart: {why}");
    assert_ne!(front.release, plan.from.id, "an image of its own, under the version of before");
    assert!(front.since.is_some(), "the cluster knows when it began: {front:?}");
    let generation = field.generation().await.expect("it is there");
    let runs = app.runs(lastgood_api::wire::Nothing {}).await.expect("they are kept").len();
    let seen = field.proxy.seen().len();
    let start = StartRequest { hash: plan.hash, overrides: Vec::new(), choice: None };
    let problem = app.start(start).await.expect_err("reality has moved on");
    assert_eq!(problem.code, Code::Drifted, "{problem:?}");
    let said = problem.chain.join(": ");
    assert!(said.contains("the plan saw v2-bad (checkout-"), "what it relied on: {said}");
    assert_eq!(field.changes_since(seen), [], "nothing was changed");
    assert_eq!(field.generation().await.expect("it is there"), generation);
    let now = app.runs(lastgood_api::wire::Nothing {}).await.expect("they are kept").len();
    assert_eq!(now, runs, "and no run was begun");
}

async fn drift_between_two_steps(field: &Field) {
    let (app, _load, _) = half_way(field).await;
    let handle = launch(&app, wanted("last-good")).await.expect("nothing blocks it");
    follow(&app, &handle, LIMIT, until_asked("restore")).await.expect("it is halted");
    somebody_sets_the_image(field, "v3").await;
    let generation = field.generation().await.expect("it is there");

    let confirm_only = |_: &RunView, ask: &AskView| {
        if ask.kind == AskKind::Confirm { go_on(ask) } else { Say::Nothing }
    };
    let view = follow(&app, &handle, LIMIT, confirm_only).await.expect("it asks");
    let ask = view.ask.as_ref().expect("a person is asked");
    assert_eq!((at(&view), ask.kind), ("restore", AskKind::Failure), "{ask:?}");
    let detail = ask.detail.as_deref().unwrap_or_default();
    assert!(detail.contains("has changed since the plan was made"), "{detail}");
    assert!(detail.contains(&image::reference("v3")), "it says what was found: {detail}");
    assert!(detail.contains("changed by "), "and who it was: {detail}");
    assert_eq!(field.generation().await.expect("it is there"), generation, "not trampled");

    // Whoever aborts is offered to take back the halt.
    let abort = |_: &RunView, ask: &AskView| {
        if ask.kind == AskKind::Failure {
            Say::because(AnswerKind::Abort, "somebody else is at it")
        } else {
            Say::Nothing
        }
    };
    let view = follow(&app, &handle, LIMIT, abort).await.expect("it asks");
    let ask = view.ask.as_ref().expect("a person is asked");
    assert_eq!(ask.kind, AskKind::Undo, "{ask:?}");
    assert_eq!(ask.detail.as_deref(), Some("Stop the rollout"), "the halt can be taken back");
    assert_eq!(view.undoable, ["Stop the rollout"]);

    // The Deployment is not the one that was halted: to let it go on would roll out what
    // nobody here has looked at.
    let mut refusals = Vec::new();
    let view = follow(&app, &handle, LIMIT, |_, ask| match ask.kind {
        AskKind::Failure => {
            refusals.push(ask.detail.clone().unwrap_or_default());
            Say::because(AnswerKind::Skip, "the colleague will end the pause")
        }
        AskKind::Undo
        | AskKind::Confirm
        | AskKind::Ruling
        | AskKind::Guard
        | AskKind::Verdict
        | AskKind::Choice
        | AskKind::Manual => go_on(ask),
    })
    .await
    .expect("it ends");
    assert_eq!(refusals.len(), 1, "{refusals:?}");
    assert!(refusals[0].contains("has changed since the plan was made"), "{refusals:?}");
    let Some(Outcome::Aborted { reason }) = &view.outcome else { panic!("{}", view.sentence) };
    assert!(
        reason.contains("not taken back: `Stop the rollout`"),
        "it is not glossed over: {reason}"
    );
    assert_eq!(field.generation().await.expect("it is there"), generation, "not trampled");
    let request = ExportRequest::whole(view.run.clone(), ExportFormat::Json);
    let export = app.export(request).await.expect("an ended run can be exported");
    let document: Value = serde_json::from_str(&export.text).expect("it is JSON");
    assert_eq!(document["run"]["outcome"]["is"], "aborted", "{}", document["run"]);
}
