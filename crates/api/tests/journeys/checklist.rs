//! Checklists through the app: what is seen, what people answer, and what an export tells of it.

use lastgood_api::export::{Document, Redact};
use lastgood_api::wire::{AttestRequest, ChecklistQuery, ExportFormat, ExportRequest, Nothing};
use lastgood_api::{App, Config};
use lastgood_core::catalog::Place;
use lastgood_core::checklist::{DecidedBy, ItemStatus, PersonAnswer, Readiness, ReadinessItem};
use lastgood_core::name::RunId;
use lastgood_core::problem::Code;

use super::{bad_canary, practice};

/// The app on a workspace of a team's own.
fn at(data: &std::path::Path, workspace: &std::path::Path) -> App {
    let workspace = Some(workspace.to_owned());
    App::open(Config { workspace, data: data.to_owned(), person: "ana".into() })
        .expect("the workspace is whole")
}

fn checkout() -> Place {
    Place { service: "checkout".into(), environment: "production".into() }
}

async fn read(app: &App) -> Readiness {
    app.checklist(ChecklistQuery { place: checkout() }).await.expect("reading is always possible")
}

fn item<'a>(readiness: &'a Readiness, id: &str) -> &'a ReadinessItem {
    let mut items = readiness.lists.iter().flat_map(|list| &list.items);
    items.find(|item| item.id.as_str() == id).expect("it is shipped")
}

fn answer(item: &str, answer: PersonAnswer, note: &str) -> AttestRequest {
    AttestRequest { place: checkout(), item: item.to_owned(), answer, note: note.to_owned() }
}

async fn ended_drill(app: &App) -> RunId {
    let run = bad_canary(app, 7).await.run;
    app.leave_drill(Nothing {}).await.expect("it is over");
    run
}

fn export(run: &RunId, format: ExportFormat, redact: Vec<Redact>) -> ExportRequest {
    ExportRequest { redact, ..ExportRequest::whole(run.clone(), format) }
}

#[tokio::test]
async fn what_the_practice_catalog_says_holds_and_what_nobody_said_is_open() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let app = practice(folder.path());
    let readiness = read(&app).await;
    for (id, status) in [
        ("objectives", ItemStatus::Holds),
        ("synthetic-checks", ItemStatus::Holds),
        ("replica-version", ItemStatus::Holds),
        ("staged-rollout", ItemStatus::Holds),
        ("runbook-rollback", ItemStatus::Holds),
        ("owner", ItemStatus::Holds),
        ("escalation", ItemStatus::Holds),
        ("dashboards", ItemStatus::DoesNotHold),
        ("schema-source", ItemStatus::DoesNotHold),
        ("flags", ItemStatus::DoesNotHold),
        ("rollback-rehearsed", ItemStatus::Open),
        ("tracing", ItemStatus::Open),
    ] {
        assert_eq!(item(&readiness, id).status, status, "{:?}", item(&readiness, id));
    }
    assert_eq!(item(&readiness, "runbook-rollback").sentence.split(';').count(), 2);
    assert!(!folder.path().join("journal.db").exists(), "looking makes no journal");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drill_answers_whether_the_rollback_was_rehearsed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let app = practice(folder.path());
    let run = ended_drill(&app).await;
    let readiness = read(&app).await;
    let rehearsed = item(&readiness, "rollback-rehearsed");
    assert_eq!((rehearsed.status, rehearsed.decided_by), (ItemStatus::Holds, DecidedBy::Fact));
    let fact = rehearsed.fact.as_ref().expect("it is seen");
    assert!(fact.seen.ends_with(run.as_str()), "{fact:?}");
}

#[tokio::test]
async fn answers_stay_with_name_and_day_and_a_later_one_erases_none() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let first = answer("tracing", PersonAnswer::No, "no spans from the cart");
    practice(folder.path()).attest(first).await.expect("it is kept");
    let again = practice(folder.path());
    let secret = format!("ghp_{}", "a1".repeat(18));
    let second = answer("tracing", PersonAnswer::Yes, &format!("spans, seen with {secret}"));
    let readiness = again.attest(second).await.expect("it is kept");
    let tracing = item(&readiness, "tracing");
    assert_eq!((tracing.status, tracing.decided_by), (ItemStatus::Holds, DecidedBy::Person));
    let given: Vec<_> = tracing.history.iter().map(|one| (one.answer, one.by.as_str())).collect();
    assert_eq!(given, [(PersonAnswer::Yes, "ana"), (PersonAnswer::No, "ana")]);
    assert!(!tracing.sentence.contains(&secret), "{}", tracing.sentence);
    assert!(tracing.history[0].due > tracing.history[0].at, "it is due again later");
    assert_eq!(read(&again).await.lists, readiness.lists, "reading tells the same");
}

#[tokio::test]
async fn an_answer_to_nothing_or_without_a_note_is_refused_and_keeps_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let app = practice(folder.path());
    let unknown = app.attest(answer("tracking", PersonAnswer::Yes, "seen")).await;
    let unknown = unknown.expect_err("there is no such item");
    assert_eq!(unknown.code, Code::NotFound);
    assert!(unknown.hint.is_some_and(|hint| hint.contains("tracing")));
    let silent = app.attest(answer("tracing", PersonAnswer::Yes, "  ")).await;
    assert_eq!(silent.expect_err("it says nothing").code, Code::ReasonMissing);
    assert_eq!(item(&read(&app).await, "tracing").history, []);
}

#[tokio::test]
async fn a_workspace_with_its_own_list_is_held_against_that_one_and_else_against_the_shipped() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let workspace = folder.path().join("shop");
    std::fs::create_dir_all(workspace.join("checklists")).expect("it is new");
    let catalog = "services:\n  checkout:\n    environments:\n      production:\n        \
                   platform: { kubernetes: { namespace: shop, deployment: checkout, \
                   kubeconfig: nowhere.yaml } }\n";
    std::fs::write(workspace.join("lastgood.yaml"), catalog).expect("it is new");
    let shipped = read(&at(&folder.path().join("data"), &workspace)).await;
    assert_eq!(shipped.lists.len(), 2);
    let metadata = item(&shipped, "release-metadata");
    assert_eq!(metadata.status, ItemStatus::Open, "a dead platform is no absence: {metadata:?}");
    assert_eq!(item(&shipped, "owner").status, ItemStatus::DoesNotHold);

    let own = "checklist: ours\ntitle: Ours\nitems:\n  - { id: tea, title: There is tea, \
               why: It is late., due-again-after: 1d }\n";
    std::fs::write(workspace.join("checklists/ours.yaml"), own).expect("it is new");
    let readiness = read(&at(&folder.path().join("data"), &workspace)).await;
    assert_eq!(readiness.sentence, "0 of 1 hold, 1 open");
    assert_eq!(readiness.lists[0].name.as_str(), "ours");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_tells_of_readiness_once_somebody_answered() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let app = practice(folder.path());
    let run = ended_drill(&app).await;
    let json = || export(&run, ExportFormat::Json, Vec::new());
    let before = app.export(json()).await.expect("it is kept").text;
    assert!(!before.contains("\"readiness\""), "nobody answered anything");

    let request = answer("alerts", PersonAnswer::Yes, "the burn alert woke ana in May");
    app.attest(request).await.expect("it is kept");
    let text = app.export(json()).await.expect("it is kept").text;
    let document: Document = serde_json::from_str(&text).expect("it reads back");
    assert_eq!(document.json().expect("it is plain"), text, "and is the same again");
    let readiness = document.readiness.expect("somebody answered");
    let items: Vec<_> = readiness.checklists.iter().flat_map(|list| &list.items).collect();
    let find = |id: &str| items.iter().find(|item| item.id.as_str() == id).expect("it is there");
    assert_eq!(find("alerts").answers[0].note, "the burn alert woke ana in May");
    assert_eq!(find("rollback-rehearsed").status, ItemStatus::Holds, "by this very drill");
    assert_eq!(find("release-metadata").status, ItemStatus::Open, "the platform is not asked");

    for format in [ExportFormat::Markdown, ExportFormat::Html] {
        let page = app.export(export(&run, format, Vec::new())).await.expect("it is kept").text;
        assert!(page.contains("Readiness at the time of export"), "{page}");
        assert!(page.contains("the burn alert woke ana in May"), "{page}");
    }
    let masked = app.export(export(&run, ExportFormat::Markdown, vec![Redact::Names])).await;
    let masked = masked.expect("it is kept").text;
    assert!(masked.contains("the burn alert woke Person 1 in May"), "{masked}");
    let pdf = app.export(export(&run, ExportFormat::Pdf, Vec::new())).await.expect("it is set");
    assert!(pdf.base64.is_some(), "the same outline is set as pages");
}
