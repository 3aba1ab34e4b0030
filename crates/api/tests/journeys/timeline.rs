//! The timeline of a run in stretches, as a window reads it.

use lastgood_api::App;
use lastgood_api::wire::{
    AnnotateRequest, ExportFormat, ExportRequest, ImportRequest, Say, TimelineQuery,
};
use lastgood_core::name::RunId;
use lastgood_core::problem::{Code, Problem};
use lastgood_core::view::{TimelineFilter, TimelineView};
use lastgood_journal::contract::edited_by_hand;

use super::{bad_canary, practice};

async fn stretch(app: &App, run: &RunId, skip: u32, most: u32) -> Result<TimelineView, Problem> {
    let filter = TimelineFilter { skip, most: Some(most), ..TimelineFilter::default() };
    app.timeline(TimelineQuery { run: run.clone(), filter }).await
}

/// The whole record, put together from stretches of four lines.
async fn in_stretches(app: &App, run: &RunId) -> TimelineView {
    let mut whole = stretch(app, run, 0, 4).await.expect("it is read");
    for skip in (4..whole.lines_wanted).step_by(4) {
        whole.lines.extend(stretch(app, run, skip, 4).await.expect("it is read").lines);
    }
    whole
}

async fn whole(app: &App, run: &RunId) -> TimelineView {
    app.timeline(run.clone().into()).await.expect("it is read")
}

#[tokio::test(flavor = "multi_thread")]
async fn stretches_put_together_are_the_whole_record() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let app = practice(data.path());
    let run = bad_canary(&app, 7).await.run;
    assert_eq!(in_stretches(&app, &run).await, whole(&app, &run).await);

    let other = bad_canary(&app, 8).await.run;
    assert_eq!(in_stretches(&app, &other).await, whole(&app, &other).await, "each is its own");
    assert_eq!(in_stretches(&app, &run).await.run, run, "and the first is itself again");

    let document = ExportRequest::whole(run.clone(), ExportFormat::Json);
    let text = app.export(document).await.expect("it is rendered").text;
    let elsewhere = tempfile::tempdir().expect("a temporary folder");
    let there = practice(elsewhere.path());
    let import = ImportRequest { name: "a.json".to_owned(), text, dry_run: false };
    there.import(import).await.expect("it is an export");
    assert_eq!(in_stretches(&there, &run).await, whole(&there, &run).await, "one from elsewhere");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stretch_holds_what_was_said_since_the_one_before() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let app = practice(data.path());
    let run = bad_canary(&app, 7).await.run;
    let first = stretch(&app, &run, 0, 4).await.expect("it is read").lines.remove(0);

    let elsewhere = practice(data.path());
    let star = Say::Star { line: first.id };
    elsewhere.annotate(AnnotateRequest { run: run.clone(), say: star }).await.expect("it is kept");
    let again = stretch(&app, &run, 0, 4).await.expect("it is read").lines.remove(0);
    assert!(!first.starred && again.starred, "another process gave it a star");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stretch_of_a_record_that_was_broken_after_the_one_before_is_refused() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let app = practice(data.path());
    let run = bad_canary(&app, 7).await.run;
    stretch(&app, &run, 0, 4).await.expect("its chain holds");
    // What was changed is not among the lines that are asked for next.
    edited_by_hand(
        &data.path().join("journal.db"),
        "DROP TRIGGER entry_is_never_changed; UPDATE entry SET body = body || ' ' WHERE seq = 2",
    )
    .await;
    for _ in 0..2 {
        let refused = stretch(&app, &run, 8, 4).await.expect_err("its chain is broken");
        assert_eq!(refused.code, Code::JournalBroken, "{refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stretch_tells_of_an_annotation_that_was_changed_by_hand() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let app = practice(data.path());
    let run = bad_canary(&app, 7).await.run;
    let note = Say::Note { text: "it was me".to_owned(), at: None, kind: None, actor: None };
    app.annotate(AnnotateRequest { run: run.clone(), say: note }).await.expect("it is kept");
    stretch(&app, &run, 0, 4).await.expect("its chain holds");
    edited_by_hand(
        &data.path().join("journal.db"),
        "DROP TRIGGER annotation_is_never_changed;
         UPDATE annotation SET body = replace(body, 'it was me', 'it was he')",
    )
    .await;
    let refused = stretch(&app, &run, 4, 4).await.expect_err("its chain is broken");
    assert_eq!(refused.code, Code::JournalBroken, "{refused:?}");
}
