//! What leaves the app: exports against their published schema, and what is generated
//! against what is committed.

use std::path::{Path, PathBuf};

use lastgood_api::export::{Document, markdown};
use lastgood_core::run::{Event, Outcome, Run};
use lastgood_core::testing;

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
    Document::new(&run, &entries, "00ff")
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
    let page = markdown::render(&document());
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
