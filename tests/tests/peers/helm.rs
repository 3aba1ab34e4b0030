//! What the real Helm installed goes back as its Helm release.

use lastgood_testkit::image;
use lastgood_testkit::peer::{Program, skipped};
use lastgood_tests::field::{Field, open};
use lastgood_tests::helm::Chart;
use serde_json::Value;

use crate::situations::Situations;
use crate::whole::{every_phase_did_its_part, is_as_shipped, taken_back, the_timeline_tells_it};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_shipped_runbook_takes_a_helm_release_back_through_helm() {
    if let Err(missing) = Program::Helm.find() {
        skipped(&missing);
        return;
    }
    let Some(mut on) = Situations::begin().await else { return };
    on.meet("helm: an upgrade taken back, killed while it restores", goes_back).await;
    on.end();
}

async fn goes_back(field: &Field) {
    let chart = Chart::install(field).await.expect("Helm installs it");
    let workspace = chart.workspace().expect("the folder is writable");
    is_as_shipped(&workspace);
    let data = field.folder("data-helm");
    let app = open(&workspace, &data).expect("the workspace is whole");
    field.until_good(&app).await.expect("v1 may be gone back to");
    let _load = field.load().expect("a client can be made");
    chart.upgrade("v2-bad").await.expect("v2 comes to users");
    let seen = field.proxy.seen().len();

    let view = taken_back(&workspace, &data, &app).await;
    let run = view.run.clone();
    every_phase_did_its_part(&view, false);
    the_timeline_tells_it(&app, &run, false).await;

    let history = chart.history().await.expect("Helm tells it");
    let newest = history.last().expect("there are revisions");
    assert_eq!(newest["description"], "Rollback to 1", "{history:#?}");
    assert_eq!(newest["status"], "deployed", "{history:#?}");
    let found = field.kubectl(&["get", "configmap", "limits", "-o", "json"]).await;
    let limits: Value = serde_json::from_str(&found.expect("it is there")).expect("it is JSON");
    assert_eq!(limits["data"]["image"], image::reference("v1"), "the whole release went back");
    let object = field.deployment().await.expect("it is there");
    let mark = object["metadata"]["annotations"]["lastgood.dev/effect"].to_string();
    assert_eq!(mark.matches(&format!("{run}/restore/do/1")).count(), 1, "{mark}");
    // One change is Helm's, and one is the mark; the answer to one may have come too late for
    // the process that sent it.
    let landed = field.landed_since(seen);
    assert!((1..=2).contains(&landed), "{:#?}", field.changes_since(seen));
}
