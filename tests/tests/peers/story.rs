//! What a rollback is for: a release that hurts users goes, the one before comes back, and
//! that it has is proven.

use std::collections::BTreeSet;

use lastgood_api::core::check::CheckOutcome;
use lastgood_api::core::judge::Verdict;
use lastgood_api::core::name::StepId;
use lastgood_api::core::preflight::Grade;
use lastgood_api::core::problem::Code;
use lastgood_api::core::release::{Gate, Standing};
use lastgood_api::core::run::Outcome;
use lastgood_api::core::view::{AnswerKind, AskView, RunView, StepStatus, StepView};
use lastgood_api::wire::{ExportFormat, ExportRequest, PlanRequest, ReleaseQuery, StartRequest};
use lastgood_api::{App, export::Document};
use lastgood_testkit::bed::SERVICE;
use lastgood_testkit::release::Release;
use lastgood_tests::field::{Field, LIMIT, place, wanted};
use lastgood_tests::follow::{Say, follow, go_on, launch};
use lastgood_tests::measure_rollback::measure_rollback;

use crate::situations::Situations;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_release_that_hurts_users_is_rolled_back_and_its_recovery_proven() {
    let Some(mut on) = Situations::begin().await else { return };
    on.meet("a bad rollout is halted half-way and rolled back", a_bad_rollout).await;
    on.meet("a release that never gets ready is rolled back", never_ready).await;
    on.meet("time against kubectl", time_against_kubectl).await;
    on.end();
}

async fn a_bad_rollout(field: &Field) {
    let app = field.app().expect("the workspace is whole");
    field.afresh(&app).await.expect("v1 serves");
    let _load = field.load().expect("a client can be made");
    field.begin("v2-bad").await.expect("a rollout begins");
    let (generation, seen) =
        (field.generation().await.expect("it is there"), field.proxy.seen().len());

    let plan = app.plan(wanted("last-good")).await.expect("there is a last good release");
    assert_eq!((plan.from.version.as_str(), plan.to.version.as_str()), ("v2-bad", "v1"));
    assert!(plan.because.starts_with("proposed: "), "{}", plan.because);
    assert_ne!(plan.worst, Grade::Block, "{:#?}", plan.findings);
    assert_eq!(field.changes_since(seen), [], "a plan changes nothing");

    let start = StartRequest { hash: plan.hash.clone(), overrides: Vec::new(), choice: None };
    let handle = app.launch(start).await.expect("nothing blocks it");
    let asks_to_restore = |view: &RunView, ask: &AskView| {
        let at = view.current.as_ref().map(StepId::as_str);
        if at == Some("restore") { Say::Nothing } else { go_on(ask) }
    };
    let view = follow(&app, &handle, LIMIT, asks_to_restore).await.expect("it is halted");
    let detect = step(&view, "detect");
    assert!(detect.result.as_ref().is_some_and(|said| said.contains("v2-bad fails")));
    assert_eq!(view.judgements[0].verdict, Verdict::Fail, "{}", view.judgements[0].sentence);
    assert_eq!(step(&view, "halt").status, StepStatus::Done, "{:?}", step(&view, "halt"));
    stands_between_versions(field).await;

    let view = follow(&app, &handle, LIMIT, |_, ask| go_on(ask)).await.expect("it ends");
    assert_eq!(view.outcome, Some(Outcome::Recovered), "{}", view.sentence);
    for done in &view.steps {
        assert_eq!(done.status, StepStatus::Done, "{}: {:?}", done.title, done.result);
    }
    only_the_planned_calls_were_made(field, seen);
    let changed = field.generation().await.expect("it is there") - generation;
    assert_eq!(changed, 2, "each act changed the specification once");
    the_export_tells_it_all(&app, &view).await;
    what_was_left_is_not_gone_back_to(field, &app, &view).await;
}

fn step<'v>(view: &'v RunView, id: &str) -> &'v StepView {
    view.steps.iter().find(|step| step.id.as_str() == id).expect("the runbook has it")
}

/// The rollout is paused, both versions have pods, and nothing moves any more.
async fn stands_between_versions(field: &Field) {
    let found = field.deployment().await.expect("it is there");
    assert_eq!(found["spec"]["paused"], true, "a halt pauses the Deployment");
    let all = found["status"]["replicas"].as_i64().expect("pods run");
    let new = found["status"]["updatedReplicas"].as_i64().expect("new ones too");
    assert!((1..all).contains(&new), "it stopped between versions: {new} of {all}");
    field
        .bed
        .wait_ready(i32::try_from(all).expect("a handful"))
        .await
        .expect("what was on its way gets ready");
    let later = field.deployment().await.expect("it is there");
    assert_eq!(later["status"]["updatedReplicas"], new, "and no further pod is replaced");
}

fn only_the_planned_calls_were_made(field: &Field, seen: usize) {
    let changes = field.changes_since(seen);
    let calls = |kind: &str, status: u16| {
        let of_kind = |path: &String| path.contains(&format!("/{kind}/{SERVICE}"));
        changes
            .iter()
            .filter(|(method, path, answered)| {
                method == "PATCH"
                    && of_kind(path)
                    && path.contains("fieldManager=lastgood")
                    && *answered == Some(status)
            })
            .count()
    };
    assert_eq!(calls("deployments", 200), 2, "one PATCH for each act: {changes:#?}");
    // The note on the release that was left; it changes nothing that runs.
    assert_eq!(calls("replicasets", 200), 1, "one mark: {changes:#?}");
    // A conflict is a refusal: the condition on the version that was read did not hold.
    let refused = calls("deployments", 409) + calls("deployments", 422);
    assert_eq!(changes.len(), 3 + refused, "and nothing else: {changes:#?}");
}

async fn the_export_tells_it_all(app: &App, view: &RunView) {
    let request = ExportRequest::whole(view.run.clone(), ExportFormat::Json);
    let export = app.export(request).await.expect("an ended run can be exported");
    let document: Document = serde_json::from_str(&export.text).expect("it is its own schema");
    let phases: BTreeSet<_> = document.timeline.iter().filter_map(|line| line.phase).collect();
    assert_eq!(phases.len(), 5, "all five phases leave a trace: {phases:?}");
    let moments = &document.moments;
    let times = [
        moments.started,
        moments.detected,
        moments.decided,
        moments.stopped,
        moments.rollback_started,
        moments.target_serving,
        moments.verified,
        moments.closed,
    ];
    assert!(times.iter().all(Option::is_some), "every key time is known: {moments:?}");
    assert!(times.is_sorted(), "and they follow one another: {moments:?}");

    let verification = document.verification.expect("the runbook verifies");
    assert_eq!(verification.verdict, Verdict::Pass, "{}", verification.sentence);
    assert_eq!(verification.replicas.len(), 4, "{:?}", verification.replicas);
    for replica in &verification.replicas {
        assert!(replica.ready, "{replica:?}");
        assert_eq!(replica.version.as_deref(), Some("v1"), "{replica:?}");
    }
    assert_eq!(verification.checks.len(), 1, "the catalog has one check");
    assert_eq!(verification.checks[0].outcome, CheckOutcome::Passed);
    assert_eq!(verification.judgements[0].verdict, Verdict::Pass);
    assert_eq!(verification.judgements[0].arm.as_deref(), Some("v1"), "the target is judged");
    assert!(verification.held.0 >= 5_000, "for as long as the runbook says");

    let timeline = app.timeline(view.run.clone().into()).await.expect("it is kept");
    assert_eq!(timeline.lines.len(), document.timeline.len(), "both tell the same");
    let verified = app.verify_journal(Some(view.run.clone())).await.expect("it can be read");
    assert!(verified.holds, "{verified:?}");
    let head = verified.runs[0].head.as_ref().map(|head| head.hash.clone());
    assert_eq!(head.as_deref(), Some(document.journal.head.as_str()), "it names the chain");
}

/// After another deploy, the next rollback proposes the release that was gone back to and
/// rejects the one that was left.
async fn what_was_left_is_not_gone_back_to(field: &Field, app: &App, view: &RunView) {
    let left = ReleaseQuery { place: place(), release: Some(view.from.id.clone()) };
    let left = app.release(left).await.expect("Kubernetes still keeps it");
    assert_eq!(left.deploy.standing, Standing::RolledBack, "{}", left.deploy.evidence);

    field.bed.deploy_release(&Release::of_tag("v3")).await.expect("it is accepted");
    field.bed.wait_rollout().await.expect("v3 is good");
    let now = app.release(ReleaseQuery { place: place(), release: None }).await;
    let now = now.expect("v3 serves");
    assert_eq!(now.target.as_ref(), Some(&view.to.id), "{}: {:#?}", now.because, now.candidates);
    let rejected = now.candidates.iter().find(|one| one.release.id == view.from.id);
    let rejected = rejected.expect("what was considered is shown");
    assert!(!rejected.offered, "a rollback marks what it left");
    let gates: Vec<Gate> = rejected.objections.iter().map(|one| one.gate).collect();
    assert!(gates.contains(&Gate::NotRolledBack), "{:?}", rejected.objections);

    let by_hand = PlanRequest { target: "v2-bad".to_owned(), ..wanted("last-good") };
    let plan = app.plan(by_hand).await.expect("it can still be read");
    let target = plan.findings.iter().find(|one| one.subject == "the target");
    let target = target.expect("the choice is a finding");
    assert_eq!(target.grade, Grade::Block, "{}", target.sentence);
    let start = StartRequest { hash: plan.hash, overrides: Vec::new(), choice: None };
    let problem = app.start(start).await.expect_err("not without a reason");
    assert_eq!(problem.code, Code::PreflightBlocked);
    assert!(problem.chain.iter().any(|one| one.contains("rolled back")), "{:?}", problem.chain);
}

async fn never_ready(field: &Field) {
    let app = field.app().expect("the workspace is whole");
    field.afresh(&app).await.expect("v1 serves");
    let _load = field.load().expect("a client can be made");
    field.begin("v2-never-ready").await.expect("a rollout begins");
    let generation = field.generation().await.expect("it is there");
    let seen = field.proxy.seen().len();
    let handle = launch(&app, wanted("last-good")).await.expect("nothing blocks it");
    let mut doubted = false;
    let view = follow(&app, &handle, LIMIT, |_, ask| match go_on(ask) {
        Say::This(AnswerKind::Again, _) => {
            // No user reaches it, so nothing is counted, and that is no verdict.
            doubted = true;
            Say::because(AnswerKind::Accept, "its pods do not get ready")
        }
        said @ (Say::This(..) | Say::Nothing) => said,
    })
    .await
    .expect("it ends");
    assert!(doubted, "a release without requests is not judged by the others");
    assert_eq!(view.outcome, Some(Outcome::Recovered), "{}", view.sentence);
    assert_eq!(step(&view, "detect").status, StepStatus::Accepted, "the reason is kept");
    assert_eq!(field.landed_since(seen), 2, "a halt and a restore");
    let changed = field.generation().await.expect("it is there") - generation;
    assert_eq!(changed, 2, "and each changed the specification once");
    let tally = app.release(ReleaseQuery { place: place(), release: None }).await;
    let now = tally.expect("v1 serves");
    assert_eq!(now.deploy.release.version, "v1", "{}", now.running);
}

async fn time_against_kubectl(field: &Field) {
    let measured = measure_rollback(field).await.expect("both ways lead back");
    eprintln!("          {measured}");
}
