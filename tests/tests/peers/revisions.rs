//! `StatefulSets` and `DaemonSets`, whose earlier templates are kept as `ControllerRevisions`.

use lastgood_api::RecordRequest;
use lastgood_api::core::judge::Verdict;
use lastgood_api::core::preflight::Grade;
use lastgood_api::core::release::NoteState;
use lastgood_api::core::view::StepStatus;
use lastgood_api::wire::{PlanRequest, ReleaseQuery};
use lastgood_tests::field::{Field, open, place};
use lastgood_tests::revisions::{Kept, Revisions};
use serde_json::Value;

use crate::contract::wall;
use crate::situations::Situations;
use crate::whole::{every_phase_did_its_part, is_as_shipped, taken_back, the_timeline_tells_it};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_shipped_runbook_takes_a_bad_stateful_set_back() {
    let Some(mut on) = Situations::begin().await else { return };
    on.meet("statefulset: staged by a partition, killed while it restores", stateful).await;
    on.end();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_shipped_runbook_takes_a_bad_daemon_set_back_and_says_that_it_cannot_halt_it() {
    let Some(mut on) = Situations::begin().await else { return };
    on.meet("daemonset: no halt, killed while it restores", daemon).await;
    on.end();
}

async fn stateful(field: &Field) {
    let store = Revisions::lay(field, Kept::Stateful).await.expect("v1 serves");
    let workspace = store.workspace("shipped").expect("the folder is writable");
    is_as_shipped(&workspace);
    let data = field.folder("data-stateful");
    let app = open(&workspace, &data).expect("the workspace is whole");
    field.until_good(&app).await.expect("v1 may be gone back to");
    recorded(&app).await;
    let _load = field.load().expect("a client can be made");
    store.stage("v2-bad").await.expect("v2 comes to users");

    let view = taken_back(&workspace, &data, &app).await;
    let run = view.run.clone();
    every_phase_did_its_part(&view, true);
    the_timeline_tells_it(&app, &run, true).await;
    let object = store.object().await.expect("it is there");
    let partition = &object["spec"]["updateStrategy"]["rollingUpdate"]["partition"];
    assert_eq!(*partition, 0, "the halt is over, and the stage with it");
    carries_once(&object, &format!("{run}/restore/do/1"));
    carries_once(&object, &format!("{run}/halt/do/1"));
}

async fn daemon(field: &Field) {
    let agents = Revisions::lay(field, Kept::Daemon).await.expect("v1 serves");
    let served_since = wall();
    let workspace = agents.workspace("shipped").expect("the folder is writable");
    is_as_shipped(&workspace);
    let data = field.folder("data-daemon");
    let app = open(&workspace, &data).expect("the workspace is whole");
    field.until_good(&app).await.expect("v1 may be gone back to");
    recorded(&app).await;
    // Kubernetes keeps nowhere that the rollout of an earlier revision ended.
    agents.note_completed(&served_since.to_string()).await.expect("it may be annotated");
    let _load = field.load().expect("a client can be made");
    agents.release("v2-bad").await.expect("v2 comes to users");

    let wanted = PlanRequest {
        place: place(),
        runbook: Some("rollback".into()),
        target: "v1".to_owned(),
        inputs: std::collections::BTreeMap::new(),
    };
    let plan = app.plan(wanted).await.expect("it goes back without a halt");
    let halt = plan.steps.iter().find(|step| step.id.as_str() == "halt").expect("it is told");
    assert!(halt.what.starts_with("Not done here: rollout.halt"), "{}", halt.what);
    assert!(halt.effect.is_none() && !halt.confirm, "nobody is asked about nothing");
    let told = plan.findings.iter().find(|finding| finding.subject == halt.title);
    assert_eq!(told.map(|finding| finding.grade), Some(Grade::Warn), "{:?}", plan.findings);

    let view = taken_back(&workspace, &data, &app).await;
    let run = view.run.clone();
    for step in &view.steps {
        let is_halt = step.id.as_str() == "halt";
        let wanted = if is_halt { StepStatus::PassedOver } else { StepStatus::Done };
        assert_eq!(step.status, wanted, "{}: {:?}", step.title, step.result);
        let says = step.result.as_deref().unwrap_or_default();
        assert!(!is_halt || says.contains("a DaemonSet cannot be paused"), "{says}");
    }
    assert_eq!(view.judgements[0].verdict, Verdict::Pass, "{}", view.judgements[0].sentence);
    the_timeline_tells_it(&app, &run, false).await;
    carries_once(&agents.object().await.expect("it is there"), &format!("{run}/restore/do/1"));
}

/// What a pipeline records of a release stays with its revision.
async fn recorded(app: &lastgood_api::App) {
    let fields = [("commit", "8f3c1d0a"), ("changelog", "Keep baskets on disk")];
    let request = RecordRequest {
        place: place(),
        fields: fields.map(|(name, text)| (name.to_owned(), text.to_owned())).into(),
        state: NoteState::Success,
    };
    let kept = app.record(request).await.expect("there is a place for it");
    assert!(kept.complete, "{kept:?}");
    assert!(kept.kept[0].sentence.contains("ControllerRevision"), "{kept:?}");
    let shown = app.release(ReleaseQuery { place: place(), release: None }).await;
    let shown = shown.expect("the history can be read");
    assert_eq!(shown.deploy.release.commit.as_deref(), Some("8f3c1d0a"));
}

fn carries_once(object: &Value, key: &str) {
    let mark = object["metadata"]["annotations"]["lastgood.dev/effect"].to_string();
    assert_eq!(mark.matches(key).count(), 1, "{key} in {mark}");
}
