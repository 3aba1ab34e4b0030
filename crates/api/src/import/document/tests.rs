use lastgood_core::run::{Event, Outcome, Run};
use lastgood_core::testing;

use super::*;

fn text() -> String {
    let verify = lastgood_core::plan::PlannedStep { confirm: true, ..testing::verify("verify") };
    let plan = testing::plan_with(vec![verify]);
    let entries = testing::entries(vec![
        testing::planned(plan),
        Event::Skipped { step: "verify".into(), by: testing::ada(), reason: "no time".to_owned() },
        Event::Finished { outcome: Outcome::Unproven { why: "it was skipped".to_owned() } },
    ]);
    let run = Run::replay(&testing::run_id(), &entries).expect("the events fit");
    Document::new(&run, &entries, &[], "00ff00ff00ff00ff").json().expect("it serialises")
}

fn changed(change: impl FnOnce(&mut Value)) -> String {
    let mut value: Value = serde_json::from_str(&text()).expect("it is JSON");
    change(&mut value);
    value.to_string()
}

#[test]
fn an_export_is_read_and_said_not_to_be_verified() {
    let read = read("drill.json", &text()).expect("it is an export");
    assert_eq!(read.document.json().expect("it serialises"), text());
    assert_eq!(
        read.says,
        ["Its journal is elsewhere: that its 3 entries end at head 00ff00ff00ff was not verified \
          here."]
    );
}

#[test]
fn what_is_no_export_is_refused_with_the_cause_and_what_to_do() {
    let table = [
        (String::new(), "it is no JSON: EOF while parsing a value at line 1 column 0"),
        ("{\"a\": 1,}".to_owned(), "it is no JSON: trailing comma at line 1 column 9"),
        ("[]".to_owned(), "it is no export of Lastgood: it names no `$schema`"),
        ("{\"version\":\"4\"}".to_owned(), "it is no export of Lastgood: it names no `$schema`"),
        (
            changed(|value| value["$schema"] = "https://schema.example/x.json".into()),
            "it follows another schema, `https://schema.example/x.json`",
        ),
        (
            changed(|value| {
                value["$schema"] = "https://lastgood.dev/schema/export-v2.json".into();
            }),
            "a newer version wrote it: it has schema 2, and 1 is known here",
        ),
    ];
    for (text, cause) in table {
        let problem = read("x.json", &text).expect_err("it is no export");
        assert_eq!(problem.chain, ["`x.json` was not imported", cause]);
        assert!(problem.hint.is_some(), "{cause}: it says what to do");
    }
    let elsewhere = changed(|value| value["run"]["id"] = "../../x".into());
    let problem = read("x.json", &elsewhere).expect_err("it would name a file elsewhere");
    assert_eq!(problem.chain[1], "`../../x` is no name of a run");
    let missing = changed(|value| {
        value.as_object_mut().expect("an object").remove("timeline");
    });
    let problem = read("x.json", &missing).expect_err("it has no timeline");
    assert!(problem.chain[1].contains("missing field `timeline`"), "{problem:?}");
}

#[test]
fn a_document_with_a_credential_is_refused_by_its_place_and_not_by_its_value() {
    let text = changed(|value| {
        value["not_restored"] = serde_json::json!(["x", "postgres://app:hunter2@db/x"]);
    });
    let problem = read("x.json", &text).expect_err("it has a credential");
    assert_eq!(problem.chain[1], "what stands at `/not_restored/1` looks like a credential");
    assert!(!format!("{problem:?}").contains("hunter2"));
}

#[test]
fn parts_of_a_later_version_are_said_to_be_kept_and_not_shown() {
    let text = changed(|value| value["weather"] = "fine".into());
    let read = read("x.json", &text).expect("an addition keeps the schema's number");
    assert!(read.says.iter().any(|says| says.contains("does not know")), "{:?}", read.says);
}
