//! What people add to the record of a run that has ended, through the app.

use lastgood_api::base64;
use lastgood_api::wire::{
    AnnotateRequest, AttachRequest, AttachmentQuery, ExportFormat, ExportRequest, GivenTime,
    RunQuery, Say, TimelineQuery,
};
use lastgood_core::name::RunId;
use lastgood_core::problem::Code;
use lastgood_core::timeline::{FollowUpStatus, LineKind, Milestone};
use lastgood_core::view::TimelineFilter;

use super::{bad_canary, practice};

fn say(run: &RunId, say: Say) -> AnnotateRequest {
    AnnotateRequest { run: run.clone(), say }
}

fn note(text: &str, at: Option<(&str, &str)>) -> Say {
    let at =
        at.map(|(text, zone)| GivenTime { text: text.to_owned(), zone: Some(zone.to_owned()) });
    Say::Note { text: text.to_owned(), at, kind: None, actor: None }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_has_ended_takes_notes_amendments_marks_and_follow_ups() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let app = practice(folder.path());
    let run = bad_canary(&app, 7).await.run;
    let before = app.timeline(run.clone().into()).await.expect("it is kept");
    let first = before.lines.first().expect("it began").clone();

    let added = app
        .annotate(say(
            &run,
            note("the **pool** was empty", Some(("2026-03-02 11:00", "Europe/Berlin"))),
        ))
        .await
        .expect("the run has ended, and the record goes on")
        .line
        .expect("a line was added");
    assert_eq!(added.zone.as_deref(), Some("Europe/Berlin"));
    assert!(added.markdown && added.kind == LineKind::Note);

    let amended = app
        .annotate(say(
            &run,
            Say::Amend { line: first.id, text: Some("It began".to_owned()), at: None },
        ))
        .await
        .expect("a line of the journal is amended")
        .line
        .expect("a line was changed");
    assert_eq!(amended.text, "It began");
    assert_eq!(amended.original.map(|original| original.text), Some(first.text.clone()));

    let hide = Say::Hide { line: added.id, reason: "names a customer".to_owned() };
    app.annotate(say(&run, hide)).await.expect("it is hidden");
    let shown = app.timeline(run.clone().into()).await.expect("it is kept");
    assert!(shown.lines.iter().all(|line| line.id != added.id), "a hidden line is left out");
    let filter = TimelineFilter { hidden: true, ..TimelineFilter::default() };
    let all = app.timeline(TimelineQuery { run: run.clone(), filter }).await.expect("it is kept");
    assert!(all.lines.iter().any(|line| line.id == added.id), "and never lost");

    let export = |format| ExportRequest::whole(run.clone(), format);
    let page = app.export(export(ExportFormat::Markdown)).await.expect("it renders").text;
    assert!(!page.contains("was empty") && page.contains("It began"), "{page}");
    let json = app.export(export(ExportFormat::Json)).await.expect("it renders").text;
    assert!(json.contains("names a customer"), "the document says what is hidden, and why");

    let marked = app
        .annotate(say(
            &run,
            Say::Phase {
                milestone: Milestone::ImpactStarted,
                at: Some(GivenTime { text: "2026-03-02T09:00:00Z".to_owned(), zone: None }),
            },
        ))
        .await
        .expect("it is marked");
    assert_eq!(marked.milestones.len(), 1);

    let follow = Say::FollowUp {
        number: None,
        title: Some("Test the migration".to_owned()),
        owner: Some("ben".to_owned()),
        due: Some("2020-01-01".to_owned()),
        link: None,
        status: None,
    };
    app.annotate(say(&run, follow)).await.expect("it is kept");
    let list = app.follow_ups(RunQuery { run: run.clone() }).await.expect("it is kept");
    assert_eq!(list.items.len(), 1);
    assert!(list.lacks.iter().any(|lack| lack.contains("was due")), "{:?}", list.lacks);
    let done = Say::FollowUp {
        number: Some(1),
        title: None,
        owner: None,
        due: None,
        link: None,
        status: Some(FollowUpStatus::Done),
    };
    app.annotate(say(&run, done)).await.expect("it is kept");
    let list = app.follow_ups(RunQuery { run: run.clone() }).await.expect("it is kept");
    assert!(list.lacks.is_empty(), "{:?}", list.lacks);
    let verified = app.verify_journal(Some(run)).await.expect("it is read");
    assert!(verified.holds, "both chains hold");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ambiguous_time_is_refused_with_both_times_it_could_be() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let app = practice(folder.path());
    let run = bad_canary(&app, 7).await.run;
    let twice = note("x", Some(("2026-10-25 02:30", "Europe/Berlin")));
    let problem = app.annotate(say(&run, twice)).await.expect_err("it was twice");
    assert_eq!(problem.code, Code::InputInvalid);
    let sentence = problem.chain.join(" ");
    assert!(sentence.contains("2026-10-25T02:30:00+02:00"), "{sentence}");
    assert!(sentence.contains("2026-10-25T02:30:00+01:00"), "{sentence}");
    let nowhere = note("x", Some(("2026-10-25 02:30", "Europe/Atlantis")));
    let problem = app.annotate(say(&run, nowhere)).await.expect_err("there is no such zone");
    assert_eq!(problem.code, Code::InputInvalid);
}

/// A picture of the window, as somebody would attach it.
const SCREEN: &[u8] = include_bytes!("../../../../docs/guide/images/board-dark.png");

#[tokio::test(flavor = "multi_thread")]
async fn attached_pictures_are_seen_on_pages_and_left_out_where_names_are_replaced() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let app = practice(folder.path());
    let run = bad_canary(&app, 7).await.run;
    let broken = [&SCREEN[..60], b"and then nothing"].concat();
    for (name, bytes) in [("board.png", SCREEN), ("broken.png", &broken), ("log.txt", b"text")] {
        let (line, caption) = (None, "What was \"seen\"".to_owned());
        let (run, name) = (run.clone(), name.to_owned());
        let base64 = base64(bytes);
        app.attach(AttachRequest { run, line, name, caption, base64 }).await.expect("it is kept");
    }
    let request = ExportRequest::whole(run.clone(), ExportFormat::Html);
    let page = app.export(request.clone()).await.expect("it is rendered").text;
    assert!(page.contains(&format!("data:image/png;base64,{}\"", base64(SCREEN))));
    assert!(page.contains("alt=\"board.png: What was &quot;seen&quot;\""));
    assert_eq!(page.matches("<img ").count(), 2, "what a browser cannot read it tells itself");

    let redact = vec![lastgood_api::export::Redact::Names];
    let page = app.export(ExportRequest { redact, ..request }).await.expect("it is rendered").text;
    assert!(!page.contains("<img "), "there can be a name in it");
    assert!(page.contains("Pictures are not shown, because names in them cannot be replaced."));

    let request = ExportRequest::whole(run, ExportFormat::Pdf);
    let view = app.export(request).await.expect("one that is broken keeps nobody from a PDF");
    assert!(view.base64.is_some_and(|file| file.len() > 10_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_and_texts_are_handed_out_as_they_were_kept() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let app = practice(folder.path());
    let run = bad_canary(&app, 7).await.run;
    let picture = b"\x89PNG\r\n\x1a\n and then some".to_vec();
    let request = |bytes: &[u8]| AttachRequest {
        run: run.clone(),
        line: None,
        name: "graph.png".to_owned(),
        caption: "The error rate".to_owned(),
        base64: base64(bytes),
    };
    app.attach(request(&picture)).await.expect("it is a picture");
    let again = app.attach(request(&picture)).await.expect_err("it is attached already");
    assert_eq!(again.code, Code::NotNow);
    let view = app.timeline(run.clone().into()).await.expect("it is kept");
    let hash = view.attachments.first().expect("it is listed").hash.clone();
    let kept =
        app.attachment(AttachmentQuery { run: run.clone(), hash }).await.expect("it is handed out");
    assert_eq!(kept.base64, base64(&picture));
    let refused = app.attach(request(b"MZ\x90\x00")).await.expect_err("a program is neither");
    assert_eq!(refused.code, Code::InputInvalid);
    let missing = AttachmentQuery { run, hash: "00".to_owned() };
    assert_eq!(app.attachment(missing).await.expect_err("nobody kept it").code, Code::NotFound);
}
