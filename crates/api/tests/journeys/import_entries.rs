//! What other systems wrote, added to the timeline of a run that has ended.

use lastgood_api::wire::{
    AnnotateRequest, ExportFormat, ExportRequest, ImportEntriesRequest, ImportEntriesView, Say,
};
use lastgood_api::{App, ImportForm};
use lastgood_core::name::RunId;
use lastgood_core::problem::{Code, Problem};
use lastgood_core::timeline::{LineKind, Source};

use super::{bad_canary, practice};

fn request(run: &RunId, text: &str) -> ImportEntriesRequest {
    ImportEntriesRequest {
        run: run.clone(),
        name: "chat.txt".to_owned(),
        text: text.to_owned(),
        from: None,
        zone: Some("Europe/Berlin".to_owned()),
        date: None,
        skip_bad: false,
        dry_run: false,
    }
}

async fn imported(app: &App, request: ImportEntriesRequest) -> Result<ImportEntriesView, Problem> {
    app.import_entries(request).await
}

/// How many lines the timeline has.
async fn lines(app: &App, run: &RunId) -> usize {
    app.timeline(run.clone().into()).await.expect("it is kept").lines.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pasted_chat_becomes_lines_with_time_author_and_source_and_only_once() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let app = practice(folder.path());
    let run = bad_canary(&app, 7).await.run;
    let before = lines(&app, &run).await;
    let chat = "10:03 ana: errors since the deploy\n10:03 ben: ok\n10:03 ben: ok\n\
                10:04 ben: trying postgres://app:hunter2@db.example/x\n  no luck\n";

    let rehearsal = ImportEntriesRequest { dry_run: true, ..request(&run, chat) };
    let view = imported(&app, rehearsal).await.expect("it can be read");
    assert_eq!((view.from, view.guessed, view.new), (ImportForm::Chat, true, 4));
    assert!(!format!("{view:?}").contains("hunter2"), "a rehearsal shows no secret");
    assert_eq!(lines(&app, &run).await, before, "a rehearsal adds nothing");

    let view = imported(&app, request(&run, chat)).await.expect("it can be read");
    assert_eq!((view.new, view.known), (4, 0));
    assert!(view.says[0].contains("the day of the run"), "{:?}", view.says);
    let timeline = app.timeline(run.clone().into()).await.expect("it is kept");
    assert_eq!(timeline.lines.len(), before + 4);
    let line = timeline.lines.iter().find(|line| line.text.contains("since the deploy"));
    let line = line.expect("it is there");
    assert_eq!(line.source, Source::Person { name: "ana".into() });
    assert_eq!(line.zone.as_deref(), Some("Europe/Berlin"));
    assert_eq!(line.origin.as_ref().map(|origin| &*origin.system), Some("chat"));
    let masked = timeline.lines.iter().find(|line| line.text.contains("no luck"));
    let masked = &masked.expect("it is there").text;
    assert_eq!(masked, "trying postgres://[secret]@db.example/x\nno luck");

    let again = imported(&app, request(&run, chat)).await.expect("it can be read");
    assert_eq!((again.new, again.known), (0, 4), "nothing is imported twice");
    let longer = format!("{chat}10:05 ana: rolling back\n");
    let more = imported(&app, request(&run, &longer)).await.expect("it can be read");
    assert_eq!((more.new, more.known), (1, 4));

    let amend = Say::Amend { line: line.id, text: Some("errors".to_owned()), at: None };
    app.annotate(AnnotateRequest { run: run.clone(), say: amend }).await.expect("it is amended");
    let after = imported(&app, request(&run, chat)).await.expect("it can be read");
    assert_eq!((after.new, after.known), (0, 4), "a line that was amended is known, too");
    assert!(app.verify_journal(None).await.expect("it is looked through").holds);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_one_bad_line_nothing_is_imported_unless_it_is_to_be_skipped() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let app = practice(folder.path());
    let run = bad_canary(&app, 7).await.run;
    let before = lines(&app, &run).await;
    let chat = "10:03 ana: x\nit broke\n[2026-10-25 02:30] ana: y\n";
    let problem = imported(&app, request(&run, chat)).await.expect_err("two lines are bad");
    assert_eq!(problem.code, Code::InputInvalid);
    assert_eq!(
        problem.chain,
        [
            "nothing was imported: 2 of 3 entries of `chat.txt`, read as chat, cannot be read",
            "line 2: it begins with no time; indent it when it belongs to the message above",
            "line 3: 2026-10-25 02:30:00 was twice in Europe/Berlin; say which: \
             `2026-10-25T02:30:00+02:00` or `2026-10-25T02:30:00+01:00`",
        ]
    );
    assert_eq!(lines(&app, &run).await, before, "nothing was imported");

    let rehearsal = ImportEntriesRequest { dry_run: true, ..request(&run, chat) };
    let view = imported(&app, rehearsal).await.expect("a rehearsal tells");
    assert_eq!((view.new, view.bad.len()), (1, 2));
    let skipping = ImportEntriesRequest { skip_bad: true, ..request(&run, chat) };
    let view = imported(&app, skipping).await.expect("the others are taken");
    assert_eq!((view.new, view.bad.len()), (1, 2));
    assert_eq!(lines(&app, &run).await, before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn our_own_table_is_read_back_and_its_lines_are_known_in_their_run() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let app = practice(folder.path());
    let run = bad_canary(&app, 7).await.run;
    let note = Say::Note { text: "=1+1".to_owned(), at: None, kind: None, actor: None };
    app.annotate(AnnotateRequest { run: run.clone(), say: note }).await.expect("it is kept");
    let whole = ExportRequest::whole(run.clone(), ExportFormat::Csv);
    let table = app.export(whole).await.expect("it is rendered").text;
    let count = u32::try_from(lines(&app, &run).await).expect("it is short");

    let same = imported(&app, request(&run, &table)).await.expect("it can be read");
    assert_eq!((same.from, same.new, same.known), (ImportForm::Csv, 0, count), "{same:?}");

    let other = tempfile::tempdir().expect("a temporary folder");
    let there = practice(other.path());
    let run = bad_canary(&there, 7).await.run;
    let text = table.replace("2026-03-02T", "2026-03-01T");
    let view = imported(&there, request(&run, &text)).await.expect("it can be read");
    assert_eq!((view.new, view.known), (count, 0));
    assert!(view.says.iter().any(|says| says.contains("drill `bad-canary`")), "{:?}", view.says);
    let timeline = there.timeline(run.into()).await.expect("it is kept");
    assert!(timeline.lines.iter().any(|line| line.text == "=1+1"), "without its apostrophe");
}

#[tokio::test(flavor = "multi_thread")]
async fn alerts_are_signals_and_a_second_message_adds_only_what_is_new() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let app = practice(folder.path());
    let run = bad_canary(&app, 7).await.run;
    let alert = |status: &str, ends: &str, summary: &str| {
        format!(
            r#"{{"version":"4","alerts":[{{"status":"{status}","labels":{{"alertname":"Errors"}},
                "annotations":{{"summary":"{summary}"}},"startsAt":"2026-03-02T09:01:00Z",
                "endsAt":"{ends}","fingerprint":"f00d"}}]}}"#
        )
    };
    let firing = alert("firing", "0001-01-01T00:00:00Z", "5 % fail");
    let view = imported(&app, request(&run, &firing)).await.expect("it can be read");
    assert_eq!((view.from, view.new), (ImportForm::Alertmanager, 1));
    assert_eq!(view.entries[0].kind, LineKind::Signal);
    let resolved = alert("resolved", "2026-03-02T09:20:00Z", "6 % fail");
    let view = imported(&app, request(&run, &resolved)).await.expect("it can be read");
    assert_eq!((view.new, view.known), (1, 1), "it fires once, whatever its summary says");
    let page = app.export(ExportRequest::whole(run, ExportFormat::Markdown)).await;
    assert!(page.expect("it is rendered").text.contains("taken from alertmanager"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_guessed_or_read_says_what_to_do_and_shows_no_secret() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let app = practice(folder.path());
    let run = bad_canary(&app, 7).await.run;
    let problem = imported(&app, request(&run, "hello\n")).await.expect_err("it is nothing");
    assert!(problem.hint.is_some_and(|hint| hint.contains("--from")));
    let json = ImportEntriesRequest { from: Some(ImportForm::Json), ..request(&run, "hello") };
    let problem = imported(&app, json).await.expect_err("it is no JSON");
    assert!(problem.chain[1].starts_with("it is no JSON"), "{problem:?}");
    let dated = ImportEntriesRequest {
        date: Some("yesterday".to_owned()),
        ..request(&run, "10:03 ana: x\n")
    };
    assert!(imported(&app, dated).await.is_err(), "it is no day");
    let secret = "[{\"at\":\"postgres://a:hunter2@db/x\",\"text\":\"x\"}]";
    let problem = imported(&app, request(&run, secret)).await.expect_err("it is no time");
    assert!(!format!("{problem:?}").contains("hunter2"), "{problem:?}");
    let nobody = RunId::new("nobody");
    let problem = imported(&app, request(&nobody, "10:03 ana: x\n")).await.expect_err("no run");
    assert_eq!(problem.code, Code::NotFound);
    let far = ImportEntriesRequest {
        date: Some("2026-03-20".to_owned()),
        dry_run: true,
        ..request(&run, "10:03 ana: x\n")
    };
    let view = imported(&app, far).await.expect("it can be read");
    assert!(view.says.iter().any(|says| says.contains("more than a day away")), "{:?}", view.says);
}
