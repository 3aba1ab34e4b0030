use std::collections::BTreeMap;

use super::*;
use crate::testing::{bare, minute, release};

fn with(version: &str, schema: Option<&str>, flags: &[(&str, &str)]) -> Release {
    let flags: BTreeMap<String, String> =
        flags.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Release {
        schema_version: schema.map(str::to_owned).into(),
        flags: Recorded::Recorded(flags),
        ..release(version)
    }
}

fn left(from: &Release, to: &Release) -> Vec<String> {
    not_restored(from, to, None, &Outside::default())
}

fn says(lines: &[String], words: &[&str]) -> bool {
    lines.iter().any(|line| words.iter().all(|word| line.contains(word)))
}

#[test]
fn a_schema_that_moved_is_named_with_both_versions() {
    let lines = left(&with("v2", Some("0188"), &[]), &with("v1", Some("0187"), &[]));
    assert!(says(&lines, &["0188", "0187"]), "{lines:?}");
}

#[test]
fn what_nobody_recorded_is_said_to_be_unknown() {
    let lines = left(&bare("v2"), &bare("v1"));
    for what in ["schema", "flags", "outside the artifact"] {
        assert!(
            lines.iter().any(|line| line.contains(what)
                && (line.contains("not recorded") || line.contains("not known"))),
            "{what}: {lines:?}"
        );
    }
}

#[test]
fn only_flags_that_differ_are_listed() {
    let lines = left(
        &with("v2", None, &[("new_router", "50%"), ("dark", "on"), ("old", "b")]),
        &with("v1", None, &[("dark", "on"), ("old", "a"), ("gone", "on")]),
    );
    assert!(says(&lines, &["new_router", "stays 50%"]), "{lines:?}");
    assert!(says(&lines, &["old", "stays b", "with a"]), "{lines:?}");
    assert!(says(&lines, &["gone", "not recorded"]), "a flag only the old one needs: {lines:?}");
    assert!(!says(&lines, &["dark"]), "{lines:?}");
}

#[test]
fn configuration_changed_since_the_target_was_replaced_is_named_with_its_time() {
    let object = |name: &str, changed_at: Recorded<Timestamp>| OutsideObject {
        kind: "ConfigMap".to_owned(),
        name: name.to_owned(),
        changed_at,
    };
    let outside = Outside {
        shared: vec![
            object("before", Recorded::Recorded(minute(1))),
            object("after", Recorded::Recorded(minute(9))),
            object("whenever", Recorded::NotRecorded),
        ],
        around: Vec::new(),
        unseen: vec!["ingresses".to_owned()],
    };
    let tenure = Tenure { from_began: minute(5), to_ended: minute(5) };
    let lines = not_restored(&release("v2"), &release("v1"), Some(tenure), &outside);
    assert!(says(&lines, &["ConfigMap after", "10:09:00Z", "v1 will read it"]), "{lines:?}");
    assert!(says(&lines, &["ConfigMap whenever", "not known"]), "{lines:?}");
    assert!(says(&lines, &["ingresses", "not known"]), "{lines:?}");
    assert!(!says(&lines, &["ConfigMap before"]), "it is as the target knew it: {lines:?}");
}

#[test]
fn data_messages_and_calls_are_always_told() {
    let tenure = Tenure { from_began: minute(5), to_ended: minute(5) };
    let lines = not_restored(&release("v2"), &release("v1"), Some(tenure), &Outside::default());
    assert!(says(&lines, &["Data that v2 since 2026-03-02 10:05:00Z wrote"]), "{lines:?}");
    assert!(says(&lines, &["Messages"]) && says(&lines, &["Calls"]), "{lines:?}");
}
