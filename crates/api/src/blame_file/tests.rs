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
        "line 6: more bad",
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
