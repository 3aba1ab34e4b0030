use lastgood_core::blame::{BlameVerdict, blame};

use super::*;

const CSV: &str = r#"record,change,kind,service,time,arm,total,bad,value,released,silent,hops
incident,,,checkout,2026-11-22T18:10:00Z,,,,,,,
change,"checkout 2, hot",deploy,checkout,2026-11-22T18:05:00Z,,,,,3,0,0
change,search 9,deploy,search,2026-11-22T18:09:00Z,,,,,3,0,1
count,"checkout 2, hot",,,2026-11-22T18:08:00Z,new,100,30,,,,
count,"checkout 2, hot",,,2026-11-22T18:08:00Z,old,900,1,,,,
count,"checkout 2, hot",,,2026-11-22T18:09:00Z,new,100,31,,,,
count,"checkout 2, hot",,,2026-11-22T18:09:00Z,old,900,0,,,,
sample,,,checkout,2026-11-22T18:09:00Z,,,,0.03,,,
sample,,,checkout,2026-11-22T18:08:00Z,,,,,,,
"#;

const JSON: &str = r#"{
  "incident": { "at": "2026-11-22T18:10:00Z", "service": "checkout" },
  "changes": [
    { "name": "checkout 2, hot", "kind": "deploy", "service": "checkout",
      "began": "2026-11-22T18:05:00Z", "hops": 0, "released": { "all": 3, "silent": 0 },
      "new": [["2026-11-22T18:08:00Z", 100, 30], ["2026-11-22T18:09:00Z", 100, 31]],
      "old": [["2026-11-22T18:08:00Z", 900, 1], ["2026-11-22T18:09:00Z", 900, 0]] },
    { "name": "search 9", "kind": "deploy", "service": "search",
      "began": "2026-11-22T18:09:00Z", "hops": 1, "released": { "all": 3, "silent": 0 } }
  ],
  "series": [ { "service": "checkout",
    "points": [["2026-11-22T18:08:00Z", null], ["2026-11-22T18:09:00Z", 0.03]] } ]
}"#;

#[test]
fn both_forms_tell_the_same() {
    let told = read(CSV).expect("it is CSV");
    assert_eq!(told, read(JSON).expect("it is JSON"));
    let found = blame(&told.incident, &told.changes, Vec::new());
    assert_eq!(found.verdict, BlameVerdict::Culprit, "{}", found.sentence);
    assert_eq!(found.suspects[0].name, "checkout 2, hot");
    assert_eq!(told.incident.series[0].points.len(), 1, "a missing sample is not zero");
}

#[test]
fn every_mistake_is_named_with_its_place_and_all_at_once() {
    let csv = "record,change,kind,service,time,arm,total,bad\n\
               change,a,deploy,a,yesterday,,,\n\
               change,b,deplox,b,2026-11-22T18:05:00Z,,,\n\
               count,c,,,2026-11-22T18:05:00Z,new,1,1\n\
               change,d,deploy,d,2026-11-22T18:05:00Z,,,\n\
               count,d,,,2026-11-22T18:05:00Z,new,1,2\n\
               count,d,,,2026-11-22T18:05:00Z,middle,2,1\n\
               count,d,,,2026-11-22T18:05:00Z,new,many,1\n\
               wish,,,,,,,\n\
               change,\"x\n";
    let problem = read(csv).expect_err("nothing in it is right");
    let said = problem.chain.join("\n");
    for part in [
        "line 2, `time`: `yesterday`",
        "line 3: `deplox`",
        "line 4: there is no change `c`",
        "line 6: 2 bad requests of 1",
        "line 7: `middle`",
        "line 8: `total` is `many`",
        "line 9: `wish`",
        "line 10: a quote",
        "no row whose `record` is incident",
    ] {
        assert!(said.contains(part), "{part} is not in:\n{said}");
    }
    for text in ["", "a,b\n1,2", "{", "{}", r#"{"incident":{"at":"x","service":"a"}}"#] {
        assert!(read(text).is_err(), "{text}");
    }
}

/// What is said of a CSV with these rows below a good incident, without the closing hint.
fn said(header: &str, rows: &[&str]) -> String {
    let text = format!("{header}\n{}\n", rows.join("\n"));
    read(&text).map_or_else(|problem| problem.chain.join("\n"), |told| format!("{told:?}"))
}

const INCIDENT: &str = "incident,,,checkout,2026-11-22T18:10:00Z,,,,,,,,,,,,";
const HEADER: &str = "record,change,kind,service,time,ended,scrape_seconds,e_ratio,released,silent,\
                      others,others_silent,rate_before,rate_now,value,total,bad";

#[test]
fn what_cannot_be_is_told_with_its_place_and_what_to_write_instead() {
    for (row, parts) in [
        (
            "change,a,deploy,a,2026-11-22T18:05:00Z,,,,3,4,,,,,,,",
            ["line 3: `silent` is 4 and `released` is 3", "count both at the same time"],
        ),
        (
            "change,a,deploy,a,2026-11-22T18:05:00Z,,,,,,2,,,,,,",
            ["line 3: `others` is told without `others_silent`", "write both, or neither"],
        ),
        (
            "change,a,deploy,a,2026-11-22T18:05:00Z,,,,,,,,1.2,,,,",
            ["line 3: `rate_before` is 1.2", "write 0.012 for 1.2 %"],
        ),
        (
            "change,a,deploy,a,2026-11-22T18:05:00Z,,,,,,,,,NaN,,,",
            ["line 3: `rate_now` is NaN", "between 0 and 1"],
        ),
        (
            "change,a,deploy,a,2026-11-22T18:05:00Z,2026-11-22T18:04:59Z,,,,,,,,,,,",
            ["line 3: `ended` is 2026-11-22T18:04:59Z, before it began", "exchange the two"],
        ),
        (
            "sample,,,a,2026-11-22T18:05:00Z,,,,,,,,,,inf,,",
            ["line 3: `value` is inf", "leave it empty"],
        ),
        (
            "incident,,,checkout,2026-11-22T19:10:00Z,,,,,,,,,,,,",
            ["line 3: the incident is told a second time, after line 2", "keep one"],
        ),
    ] {
        let said = said(HEADER, &[INCIDENT, row]);
        for part in parts {
            assert!(said.contains(part), "{part} is not in:\n{said}");
        }
    }
    for (row, part) in [
        ("incident,,,checkout,2026-11-22T18:10:00Z,,0,,,,,,,,,,", "line 2: `scrape_seconds` is 0"),
        ("incident,,,checkout,2026-11-22T18:10:00Z,,,inf,,,,,,,,,", "line 2: `e_ratio` is inf"),
        ("incident,,,checkout,2026-11-22T18:10:00Z,,,-1,,,,,,,,,", "line 2: `e_ratio` is -1"),
    ] {
        assert!(said(HEADER, &[row]).contains(part), "{part}: {}", said(HEADER, &[row]));
    }
}

#[test]
fn a_change_or_an_interval_that_is_told_twice_is_named_with_both_places() {
    let change = "change,a,deploy,a,2026-11-22T18:05:00Z,,,,,,,,,,,,";
    let twice = said(HEADER, &[INCIDENT, change, change]);
    assert!(
        twice.contains("line 4: the change `a` is told a second time, after line 3"),
        "{twice}"
    );
    let header = "record,change,kind,service,time,arm,total,bad";
    let count = "count,a,,,2026-11-22T18:08:00Z,new,10,1";
    let rows = [
        "incident,,,a,2026-11-22T18:10:00Z,,,",
        "change,a,deploy,a,2026-11-22T18:05:00Z,,,",
        count,
        "count,a,,,2026-11-22T18:08:00Z,old,10,1",
        count,
    ];
    let twice = said(header, &rows);
    assert!(twice.contains("line 6: what the new instances of `a` did"), "{twice}");
}

#[test]
fn a_column_that_nobody_reads_or_that_is_there_twice_is_a_mistake() {
    let row = "incident,a,2026-11-22T18:10:00Z,,";
    let unknown = said("record,service,time,scrape,time", &[row]);
    assert!(unknown.contains("line 1: there is no column `scrape`"), "{unknown}");
    assert!(unknown.contains("scrape_seconds"), "it names those there are: {unknown}");
    assert!(unknown.contains("line 1: the column `time` is there twice"), "{unknown}");
}

#[test]
fn the_json_form_is_held_to_the_same() {
    let said = |changes: &str, incident: &str| {
        let text = format!(
            r#"{{"incident":{{"at":"2026-11-22T18:10:00Z","service":"a"{incident}}},"changes":[{changes}]}}"#
        );
        read(&text).map_or_else(|problem| problem.chain.join("\n"), |told| format!("{told:?}"))
    };
    let change = |more: &str| {
        format!(
            r#"{{"name":"a","kind":"deploy","service":"a","began":"2026-11-22T18:05:00Z"{more}}}"#
        )
    };
    for (more, part) in [
        (r#","released":{"all":3,"silent":4}"#, "changes[0].released: `silent` is 4"),
        (r#","released":{"all":3,"silent":0,"loud":1}"#, "unknown field `loud`"),
        (r#","rate_now":1.5"#, "changes[0].rate_now is 1.5"),
        (r#","rate_now":0.5,"rate_now":0.4"#, "duplicate field `rate_now`"),
        (r#","rate_now":1e999"#, "number out of range"),
        (r#","rate_now":NaN"#, "line 1"),
        (r#","ended":"2026-11-22T18:00:00Z""#, "changes[0].ended is 2026-11-22T18:00:00Z, before"),
        (r#","new":[["2026-11-22T18:08:00Z",10,11]]"#, "changes[0].new[0]: 11 bad requests of 10"),
    ] {
        let said = said(&change(more), "");
        assert!(said.contains(part), "{part} is not in:\n{said}");
    }
    let twice = said(&format!("{0},{0}", change("")), "");
    assert!(twice.contains("changes[1]: the change `a` is told a second time"), "{twice}");
    for (more, part) in [
        (r#","scrape_seconds":0"#, "incident.scrape_seconds is 0"),
        (r#","e_ratio":-1"#, "incident.e_ratio is -1"),
        (r#","at":"2026-11-22T18:10:00Z""#, "duplicate field `at`"),
    ] {
        let said = said("", more);
        assert!(said.contains(part), "{part} is not in:\n{said}");
    }
}

#[test]
fn all_mistakes_of_a_json_file_are_told_at_once() {
    let text = r#"{"incident":{"at":"now","service":"a","scrape_seconds":0},"changes":[
        {"name":"a","kind":"deploy","service":"a","began":"then","rate_before":-1}]}"#;
    let problem = read(text).expect_err("nothing in it is right");
    assert_eq!(problem.chain.len(), 1 + 4, "{:?}", problem.chain);
}
