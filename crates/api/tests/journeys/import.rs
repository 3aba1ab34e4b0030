//! Records that other journals wrote, through the app: kept as they came, read like our own.

use std::sync::atomic::{AtomicU32, Ordering};

use jiff::tz::TimeZone;
use lastgood_api::export::{Document, Layout, Times, csv, html, markdown, outline};
use lastgood_api::wire::{
    AnnotateRequest, DrillRequest, ExportFormat, ExportRequest, ImportRequest, Nothing, Say,
    StartRequest,
};
use lastgood_api::{App, Pace};
use lastgood_core::name::RunId;
use lastgood_core::problem::Code;
use lastgood_core::run::{Event, Outcome, Run};
use lastgood_core::secret::redact_text;
use lastgood_core::testing;
use lastgood_core::timeline::layer::AddedLine;
use lastgood_core::timeline::{
    Annotation, Attachment, FollowUp, FollowUpStatus, Layer, LineId, LineKind, Milestone, Origin,
};
use proptest::prelude::*;

use super::{bad_canary, practice};

fn request(text: &str) -> ImportRequest {
    ImportRequest { name: "drill.json".to_owned(), text: text.to_owned(), dry_run: false }
}

async fn exported(app: &App, run: &RunId, format: ExportFormat) -> String {
    app.export(ExportRequest::whole(run.clone(), format)).await.expect("it is rendered").text
}

/// A drill that ran to its end in a journal of its own, exported.
async fn drill_elsewhere() -> (RunId, String) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let app = practice(folder.path());
    let view = bad_canary(&app, 7).await;
    let text = exported(&app, &view.run, ExportFormat::Json).await;
    (view.run, text)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_record_of_another_journal_is_listed_read_and_exported_as_it_came() {
    let (run, text) = drill_elsewhere().await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let here = practice(folder.path());

    let rehearsed = here
        .import(ImportRequest { dry_run: true, ..request(&text) })
        .await
        .expect("it would be imported");
    assert!(rehearsed.new && rehearsed.dry_run);
    assert!(here.imported(Nothing {}).await.expect("it is a list").is_empty());

    let kept = here.import(request(&text)).await.expect("it is an export");
    assert!(kept.new, "nobody imported it before");
    assert!(kept.says[0].contains("was not verified here"), "{:?}", kept.says);
    let document: Document = serde_json::from_str(&text).expect("it is ours");
    assert_eq!(kept.record.head, document.journal.head, "the head of its journal is kept");

    let again = here.import(request(&text)).await.expect("the same once more");
    assert!(!again.new, "it is kept once");
    let listed = here.imported(Nothing {}).await.expect("it is a list");
    assert_eq!(listed, std::slice::from_ref(&kept.record));

    assert_eq!(exported(&here, &run, ExportFormat::Json).await, text, "byte for byte");
    let page = exported(&here, &run, ExportFormat::Markdown).await;
    assert!(page.contains("was imported by ana") && page.contains("not verified here"), "{page}");
    assert!(exported(&here, &run, ExportFormat::Csv).await.lines().count() > 3);
    assert!(exported(&here, &run, ExportFormat::Html).await.contains("not verified here"));
    let timeline = here.timeline(run.clone().into()).await.expect("it is read like our own");
    assert_eq!(timeline.lines.len(), document.timeline.len());

    assert!(here.runs(Nothing {}).await.expect("it is a list").is_empty(), "it is no run of ours");
    let verified = here.verify_journal(None).await.expect("it is looked through");
    assert!(verified.holds && verified.imported == 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_added_to_an_imported_record_and_nothing_takes_its_name() {
    let (run, text) = drill_elsewhere().await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let here = practice(folder.path());
    here.import(request(&text)).await.expect("it is an export");
    let say = Say::Star { line: LineId::Entry(1) };
    let refused = here.annotate(AnnotateRequest { run: run.clone(), say }).await;
    assert_eq!(refused.expect_err("it is read only").code, Code::NotNow);

    let mut other: Document = serde_json::from_str(&text).expect("it is ours");
    other.because = "somebody said so".to_owned();
    let other = other.json().expect("it serialises");
    let problem = here.import(request(&other)).await.expect_err("another document of one run");
    assert_eq!(problem.code, Code::NotNow);
    assert!(problem.to_string().contains("was not imported"), "{problem:?}");
    assert_eq!(exported(&here, &run, ExportFormat::Json).await, text, "the first one stays");

    let drill = DrillRequest { scenario: "bad-canary".into(), seed: Some(7), speed: None };
    here.set_up(&drill, Pace::Stepped).await.expect("it is shipped");
    let plan = here.plan_drill(None).await.expect("there is a last good release");
    let start = StartRequest { hash: plan.hash, overrides: Vec::new(), choice: None };
    let handle = here.launch(start).await.expect("nothing blocks it");
    let own = handle.view().run.clone();
    assert_ne!(own, run, "a run of this journal gets a name of its own");

    let ours = exported(&here, &own, ExportFormat::Json).await;
    let problem = here.import(request(&ours)).await.expect_err("it is here already");
    assert!(problem.chain[1].contains("is one of this journal"), "{problem:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_replaced_in_an_imported_record_too() {
    let (run, text) = drill_elsewhere().await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let here = practice(folder.path());
    here.import(request(&text)).await.expect("it is an export");
    let redact = vec![lastgood_api::export::Redact::Names];
    let whole = ExportRequest::whole(run, ExportFormat::Json);
    let view = here.export(ExportRequest { redact, ..whole }).await.expect("it is rendered");
    let document: Document = serde_json::from_str(&view.text).expect("it is a document still");
    assert_eq!(document.redacted, ["names"]);
}

/// Any text without what would be masked before it came into a record.
fn words() -> impl Strategy<Value = String> {
    any::<String>().prop_map(|text| redact_text(&text)).prop_filter("it says something", |text| {
        !text.trim().is_empty() && redact_text(text) == *text
    })
}

fn line() -> impl Strategy<Value = LineId> {
    prop_oneof![(1..5u64).prop_map(LineId::Entry), (1..9u64).prop_map(LineId::Added)]
}

fn zone() -> impl Strategy<Value = Option<String>> {
    prop_oneof![Just(None), Just(Some("Europe/Berlin".to_owned())), Just(Some("+05:45".to_owned()))]
}

/// Any time from 1970 to 2100, to the nanosecond.
fn time() -> impl Strategy<Value = jiff::Timestamp> {
    (0..4_102_444_800i64, 0..1_000_000_000i32)
        .prop_map(|(second, nano)| jiff::Timestamp::new(second, nano).expect("it is in range"))
}

fn kind() -> impl Strategy<Value = LineKind> {
    prop_oneof![Just(LineKind::Note), Just(LineKind::Signal), Just(LineKind::Action)]
}

fn layer() -> impl Strategy<Value = Layer> {
    let origin =
        prop::option::of((words(), words()).prop_map(|(system, id)| Origin { system, id }));
    let added = (time(), zone(), kind(), words(), prop::option::of(words()), origin).prop_map(
        |(at, zone, kind, text, actor, origin)| Layer::Added {
            line: AddedLine { at, zone, kind, text, actor, origin },
        },
    );
    let point = prop::sample::select(Milestone::ALL.to_vec());
    prop_oneof![
        added,
        (line(), words()).prop_map(|(line, text)| Layer::Amended { line, text }),
        (line(), time(), zone()).prop_map(|(line, to, zone)| Layer::Retimed { line, to, zone }),
        (line(), words()).prop_map(|(line, reason)| Layer::Hidden { line, reason }),
        line().prop_map(|line| Layer::Shown { line }),
        line().prop_map(|line| Layer::Starred { line }),
        (point, time(), zone()).prop_map(|(milestone, on, zone)| Layer::Marked {
            milestone,
            on,
            zone
        }),
        (words(), words()).prop_map(|(part, text)| Layer::Wrote { part, text }),
        (1..4u64, words(), prop::option::of(words())).prop_map(|(number, title, owner)| {
            let status = FollowUpStatus::Open;
            Layer::FollowUp {
                item: FollowUp { number, title, owner, due: None, link: None, status },
            }
        }),
        (words(), words(), any::<u64>()).prop_map(|(name, caption, bytes)| Layer::Attached {
            attachment: Attachment {
                hash: "00".repeat(32),
                name,
                media_type: "image/png".to_owned(),
                bytes,
                line: None,
                caption,
            }
        }),
    ]
}

prop_compose! {
    /// A document of a run that people annotated in any way.
    fn document()(
        layers in prop::collection::vec((layer(), time(), words()), 0..12),
        note in words(),
        why in words(),
        sentence in words(),
        held in any::<u64>(),
        cost in prop::option::of(prop::num::f64::NORMAL | prop::num::f64::ZERO),
        ended in any::<bool>(),
    ) -> Document {
        let verify = testing::verify("verify");
        let verify = lastgood_core::plan::PlannedStep { confirm: true, ..verify };
        let mut plan = testing::plan_with(vec![verify]);
        plan.from.cost = cost.into();
        let mut verification = testing::verification(lastgood_core::judge::Verdict::Pass);
        verification.sentence = sentence;
        verification.held = lastgood_core::time::Millis(held);
        let mut events = vec![
            testing::planned(plan),
            Event::Noted { by: testing::ada(), text: note },
        ];
        if ended {
            let reason = "no time".to_owned();
            events.push(Event::Skipped { step: "verify".into(), by: testing::ada(), reason });
            events.push(Event::Finished { outcome: Outcome::Unproven { why } });
        }
        let entries = testing::entries(events);
        let run = Run::replay(&testing::run_id(), &entries).expect("the events fit");
        let said: Vec<Annotation> = layers
            .into_iter()
            .map(|(says, at, by)| Annotation { at, recorded_at: at, by: by.as_str().into(), says })
            .collect();
        let verification = Some(verification);
        Document { verification, ..Document::new(&run, &entries, &said, "00ff00ff00ff00ff") }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn an_export_that_is_imported_is_exported_byte_for_byte(documents in prop::collection::vec(document(), 1..4)) {
        static CASE: AtomicU32 = AtomicU32::new(0);
        let runtime = tokio::runtime::Runtime::new().expect("there are threads");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let here = practice(folder.path());
        for mut document in documents {
            let number = CASE.fetch_add(1, Ordering::Relaxed);
            document.run.id = RunId::new(format!("r-{number}"));
            let text = document.json().expect("it serialises");
            let back: Document = serde_json::from_str(&text).expect("it is ours");
            prop_assert_eq!(back.json().expect("it serialises"), text.clone());
            let run = document.run.id.clone();
            let given = runtime.block_on(async {
                here.import(request(&text)).await.expect("it is an export");
                exported(&here, &run, ExportFormat::Json).await
            });
            prop_assert_eq!(given, text);
        }
    }

    #[test]
    fn every_form_has_every_visible_entry(document in document()) {
        let times = Times::of(TimeZone::UTC);
        let table = letters(&csv(&document, &times).expect("it is written"));
        for layout in Layout::ALL {
            let shaped = outline(&document, &times, layout);
            let (page, web) = (letters(&markdown(&shaped)), letters(&seen(&html(&shaped))));
            for line in document.timeline.iter().filter(|line| line.hidden.is_none()) {
                let text = letters(&line.text);
                prop_assert!(page.contains(&text), "{layout:?} in Markdown lacks {:?}", line.text);
                prop_assert!(web.contains(&text), "{layout:?} in HTML lacks {:?}", line.text);
                prop_assert!(table.contains(&text), "the table lacks {:?}", line.text);
            }
            for line in document.timeline.iter().filter(|line| line.hidden.is_some()) {
                // A short text may well stand elsewhere.
                let text = letters(&line.text);
                let told = text.len() > 12 && document.timeline.iter().all(|other| {
                    other.hidden.is_some() || !letters(&other.text).contains(&text)
                });
                prop_assert!(!told || !table.contains(&text), "the table has {:?}", line.text);
            }
        }
    }
}

/// Letters and digits only: what escapes them and where lines are broken is no matter.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// What a reader of a web page sees of it.
fn seen(page: &str) -> String {
    let mut out = String::new();
    for part in page.split('<') {
        out.push_str(part.split_once('>').map_or(part, |(_, text)| text));
    }
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
        .iter()
        .fold(out, |text, (entity, sign)| text.replace(entity, sign))
}
