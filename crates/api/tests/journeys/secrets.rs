//! Every credential of the corpus is put everywhere text can come in, and is then looked for in
//! everything that leaves the app and in every file that it keeps.

use std::fmt::Write as _;
use std::path::Path;

use lastgood_api::export::{Layout, Redact};
use lastgood_api::wire::{
    AnnotateRequest, AttachRequest, AttestRequest, DeclineRequest, DrillRequest, ExportFormat,
    ExportRequest, ImportEntriesRequest, ImportRequest, LockRequest, MarkKind, MarkRequest,
    MarksQuery, Nothing, Order, OrderKind, ReleaseQuery, ReplayQuery, RunQuery, Say, StartRequest,
    Which,
};
use lastgood_api::{App, Pace, base64, play};
use lastgood_core::catalog::Place;
use lastgood_core::checklist::PersonAnswer;
use lastgood_core::mitigation::Way;
use lastgood_core::name::{Person, RunId};
use lastgood_core::problem::Problem;
use lastgood_core::testing::{Planted, credentials, named_credentials};
use lastgood_core::timeline::{LineId, Milestone};

use super::practice;

fn place() -> Place {
    Place { service: "checkout".into(), environment: "production".into() }
}

/// All of them in one text, each at the beginning of a line and in the middle of one.
fn all(of: &[Planted]) -> String {
    of.iter().fold("what I saw:\n".to_owned(), |mut all, one| {
        let _ = write!(all, "{}\nand then {} again\n", one.text, one.text);
        all
    })
}

/// All of them in one line; what has lines of its own is left out.
fn one_line(of: &[Planted]) -> String {
    let texts: Vec<&str> = of.iter().map(|one| &*one.text).filter(|t| !t.contains('\n')).collect();
    format!("seen: {}", texts.join(" "))
}

/// Fails when `text` holds one of `of`; letters that a layout puts apart are put together.
fn clean(of: &[Planted], text: &str, what: &str) {
    let joined: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    for one in of {
        let secret: String = one.secret.chars().filter(|c| !c.is_whitespace()).collect();
        let found = joined.find(&secret).map(|at| {
            let before: String = joined[..at].chars().rev().take(300).collect();
            before.chars().rev().collect::<String>()
        });
        assert_eq!(found, None, "{what} tells `{}`", one.secret);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_export_and_no_file_tells_a_credential_wherever_it_came_in() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let app = practice(folder.path());
    let all_of_them = [credentials(), named_credentials()].concat();

    let left = left_for_another_way(&app, &all_of_them).await;
    let run = driven(&app, &all_of_them).await;
    annotated(&app, &run, &all_of_them).await;
    attached(&app, &run, &all_of_them).await;
    imported(&app, &run, &all_of_them).await;
    said_of_releases_and_lists(&app, &all_of_them).await;
    refused(&app, &run, &credentials()).await;

    for run in [&run, &left] {
        let export = export(&app, run, &all_of_them).await;
        assert!(export.contains("[secret"), "they came in, and were masked: {export}");
        let query = || RunQuery { run: run.clone() };
        let views = format!(
            "{:?} {:?} {:?} {:?}",
            app.run(query()).await.expect("it is kept"),
            app.timeline(run.clone().into()).await.expect("it is kept"),
            app.debrief(query()).await.expect("it has ended"),
            app.replay(ReplayQuery { run: run.clone(), seq: None, without_frames: false })
                .await
                .expect("it is kept"),
        );
        clean(&all_of_them, &views, "a view");
        let verified = app.verify_journal(Some(run.clone())).await.expect("it can be read");
        assert!(verified.holds, "what is masked is hashed as it is kept: {verified:?}");
    }
    let marks = app.marks(MarksQuery::default()).await.expect("they are kept");
    clean(&all_of_them, &format!("{marks:?}"), "what was said of releases");
    drop(app);
    every_file(folder.path(), &all_of_them);
}

/// Sets a drill up and chooses another way than its plan.
async fn left_for_another_way(app: &App, planted: &[Planted]) -> RunId {
    let plan = planned(app).await;
    let reason = all(planted);
    let request = DeclineRequest { hash: plan, way: Way::RollForward, reason };
    app.decline(request).await.expect("nobody has to go back").run
}

async fn planned(app: &App) -> String {
    let request = DrillRequest { scenario: "bad-canary".into(), seed: Some(7), speed: None };
    app.set_up(&request, Pace::Stepped).await.expect("the scenario is shipped");
    app.plan_drill(None).await.expect("there is a last good release").hash
}

/// A run with a note and a choice, driven to its end.
async fn driven(app: &App, planted: &[Planted]) -> RunId {
    let hash = planned(app).await;
    let start = StartRequest { hash, overrides: Vec::new(), choice: Some(all(planted)) };
    let handle = app.launch(start).await.expect("nothing blocks it");
    let run = handle.run().clone();
    let order = Order { run: run.clone(), order: OrderKind::Note, text: Some(all(planted)) };
    app.order(order).await.expect("a note is kept");
    let operator = app.operator().expect("the stage stands").expect("it is a drill");
    let view = play(handle, &operator, |_| {}).await.expect("the journal can be written");
    assert!(view.outcome.is_some(), "it ended");
    run
}

async fn annotated(app: &App, run: &RunId, planted: &[Planted]) {
    let (text, line) = (all(planted), one_line(planted));
    let actor = Some(Person::new(line.clone()));
    for say in [
        Say::Note { text: text.clone(), at: None, kind: None, actor },
        Say::Amend { line: LineId::Entry(1), text: Some(text.clone()), at: None },
        Say::Hide { line: LineId::Entry(2), reason: text.clone() },
        Say::FollowUp {
            number: None,
            title: Some(line.clone()),
            owner: Some(line.clone()),
            due: None,
            link: None,
            status: None,
        },
        Say::Write { part: "summary".to_owned(), text: text.clone() },
        Say::Write { part: "lessons".to_owned(), text: format!("```\n{text}\n```") },
    ] {
        let request = AnnotateRequest { run: run.clone(), say: say.clone() };
        app.annotate(request).await.unwrap_or_else(|problem| panic!("{say:?}: {problem:?}"));
    }
    // An address with a password in it is a credential too.
    let address = "https://ana:s3cr3t-Pa55word@tracker.example/7".to_owned();
    let say = Say::FollowUp {
        number: Some(1),
        title: None,
        owner: None,
        due: None,
        link: Some(address),
        status: None,
    };
    let answer = app.annotate(AnnotateRequest { run: run.clone(), say }).await;
    clean(planted, &format!("{answer:?}"), "what is said of a link");
    let at = Some(lastgood_api::wire::GivenTime { text: one_line(&credentials()), zone: None });
    let say = Say::Phase { milestone: Milestone::Detected, at };
    let refused = app.annotate(AnnotateRequest { run: run.clone(), say }).await;
    clean(&credentials(), &told(&refused.expect_err("that is no time")), "a refusal");
}

async fn attached(app: &App, run: &RunId, planted: &[Planted]) {
    let request = AttachRequest {
        run: run.clone(),
        line: None,
        name: format!("{}.log", one_line(planted)),
        caption: all(planted),
        base64: base64(all(planted).as_bytes()),
    };
    app.attach(request).await.expect("a text can be attached");
}

async fn imported(app: &App, run: &RunId, planted: &[Planted]) {
    let line = one_line(planted);
    let quoted = line.replace('"', "\"\"");
    let json =
        serde_json::json!([{ "at": "2026-03-02T10:00:00Z", "who": line, "text": all(planted) }]);
    let alert = serde_json::json!({
        "version": "4", "status": "firing", "receiver": "team", "groupKey": "{}",
        "alerts": [{
            "status": "firing", "labels": { "alertname": "Errors", "note": line },
            "annotations": { "summary": all(planted) },
            "startsAt": "2026-03-02T10:00:00Z", "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "https://ana:s3cr3t-Pa55word@prometheus.example/graph",
            "fingerprint": "00ff",
        }],
    });
    let slack = serde_json::json!([{
        "type": "message", "user": "U1", "ts": "1772445600.000100", "text": as_slack(&all(planted)),
    }]);
    for (name, text) in [
        ("chat.txt", format!("10:00 ana: {line}\n  {line}\n")),
        ("table.csv", format!("at,who,text\r\n2026-03-02T10:01:00Z,ana,\"{quoted}\"\r\n")),
        ("list.json", json.to_string()),
        ("alerts.json", alert.to_string()),
        ("slack.json", slack.to_string()),
    ] {
        for dry_run in [true, false] {
            let request = ImportEntriesRequest {
                run: run.clone(),
                name: format!("{name} {line}"),
                text: text.clone(),
                from: None,
                zone: Some("UTC".to_owned()),
                date: None,
                skip_bad: false,
                dry_run,
            };
            let view = app.import_entries(request).await;
            let view = view.unwrap_or_else(|problem| panic!("{name}: {problem:?}"));
            clean(planted, &format!("{view:?}"), name);
        }
    }
}

/// As Slack writes text down, where three signs have a meaning of their own.
fn as_slack(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

async fn said_of_releases_and_lists(app: &App, planted: &[Planted]) {
    let shown = app.release(ReleaseQuery { place: place(), release: None }).await;
    let release = shown.expect("something serves").deploy.release.id.to_string();
    let which = || Which {
        release: release.clone(),
        service: Some("checkout".to_owned()),
        environment: Some("production".to_owned()),
    };
    let mark = MarkRequest { which: which(), mark: MarkKind::Faulty, reason: all(planted) };
    app.mark(mark).await.expect("anything can be said of a release");
    let lock = LockRequest { which: which(), reason: all(planted) };
    app.lock(lock).await.expect("it can be kept out");
    let attest = AttestRequest {
        place: place(),
        item: "tracing".to_owned(),
        answer: PersonAnswer::Yes,
        note: all(planted),
    };
    app.attest(attest).await.expect("an answer is kept");
}

/// What cannot be taken is refused without repeating what it was.
async fn refused(app: &App, run: &RunId, planted: &[Planted]) {
    let export = ExportRequest::whole(run.clone(), ExportFormat::Json);
    let text = app.export(export).await.expect("it is rendered").text;
    for one in planted {
        let stained = text.replacen("[secret]", &one.text.replace('\n', "\\n"), 1);
        assert_ne!(stained, text);
        let other = stained.replace(run.as_str(), "elsewhere-1");
        let request = ImportRequest { name: one_line(planted), text: other, dry_run: false };
        let problem = app.import(request).await.expect_err("it looks like a credential");
        clean(planted, &told(&problem), "a refusal");
    }
    assert!(app.imported(Nothing {}).await.expect("it is a list").is_empty());
}

fn told(problem: &Problem) -> String {
    format!("{problem:?} {problem}")
}

/// Renders every form and holds each against `of`; returns the Markdown.
async fn export(app: &App, run: &RunId, of: &[Planted]) -> String {
    let mut page = String::new();
    for format in [
        ExportFormat::Json,
        ExportFormat::Markdown,
        ExportFormat::Csv,
        ExportFormat::Html,
        ExportFormat::Pdf,
    ] {
        for (layout, redact) in
            [(Layout::Standard, Vec::new()), (Layout::Google, vec![Redact::Names, Redact::Hosts])]
        {
            let whole = ExportRequest::whole(run.clone(), format);
            let request = ExportRequest { layout, redact, ..whole };
            let view = app.export(request).await.expect("it is rendered");
            clean(of, &format!("{} {:?}", view.file_name, view.lacks), "a file's name");
            let text = match format {
                ExportFormat::Pdf => read_pdf(&view.bytes().expect("they are base64")),
                ExportFormat::Json
                | ExportFormat::Markdown
                | ExportFormat::Csv
                | ExportFormat::Html => view.text,
            };
            clean(of, &text, &format!("{format:?} as {layout:?}"));
            if format == ExportFormat::Markdown {
                page = text;
            }
        }
    }
    page
}

/// The text of a PDF as poppler reads it; empty, and said, where that is not installed.
#[expect(clippy::print_stderr, reason = "a test that does not test says so")]
fn read_pdf(bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let path = folder.path().join("a.pdf");
    std::fs::write(&path, bytes).expect("it is written");
    let Ok(read) = std::process::Command::new("pdftotext").arg(&path).arg("-").output() else {
        eprintln!("SKIPPED: there is no pdftotext here; ./dev install peers");
        return String::new();
    };
    assert!(read.status.success(), "it is a PDF");
    String::from_utf8_lossy(&read.stdout).into_owned()
}

/// The journal, what is attached to it, and whatever else lies beside it.
fn every_file(folder: &Path, of: &[Planted]) {
    let mut files = 0;
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for file in std::fs::read_dir(&folder).expect("it can be read").flatten() {
            if file.path().is_dir() {
                folders.push(file.path());
                continue;
            }
            // What the journal wrote ahead goes away when it is closed.
            let Ok(bytes) = std::fs::read(file.path()) else { continue };
            files += 1;
            clean(of, &String::from_utf8_lossy(&bytes), &file.path().display().to_string());
        }
    }
    assert!(files > 0, "there is a journal");
}
