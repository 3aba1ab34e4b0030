//! What is written to be found again.

use lastgood_core::name::EffectKey;
use serde_json::json;

use super::super::marks::{DeployedAt, Effects};
use super::super::objects::ReplicaSet;

pub(super) fn key(run: &str, step: &str, attempt: u32) -> EffectKey {
    EffectKey { run: run.into(), step: step.into(), undo: false, attempt }
}

#[test]
fn an_effect_is_found_again_under_any_attempt_and_under_no_other_intention() {
    let effects = Effects::default().with(&key("r-1", "stop", 1), "aa");
    let text = effects.to_text();
    let deployment = json!({ "metadata": { "annotations": { "lastgood.dev/effect": text } } });
    let read = Effects::of(&deployment);
    assert_eq!(read, effects, "a restarted process reads what its earlier life wrote");
    assert!(read.find(&key("r-1", "stop", 2)).is_some(), "an earlier attempt counts");
    assert!(read.find(&key("r-1", "restore", 1)).is_none());
    assert!(read.find(&key("r-2", "stop", 1)).is_none());
    let undo = EffectKey { undo: true, ..key("r-1", "stop", 1) };
    assert!(read.find(&undo).is_none(), "undoing is another intention");
}

#[test]
fn only_the_newest_runs_are_remembered_and_each_with_what_it_left() {
    let mut effects = Effects::default();
    for run in 1..=6 {
        effects = effects.with(&key(&format!("r-{run}"), "stop", 1), &format!("{run}"));
    }
    assert!(effects.find(&key("r-1", "stop", 1)).is_none(), "an annotation must stay small");
    assert!(effects.find(&key("r-6", "stop", 1)).is_some());
    let again = effects.with(&key("r-6", "restore", 1), "77");
    assert_eq!(again.left_by(&"r-6".into()), Some("77"), "the newest effect left it last");
}

#[test]
fn an_annotation_that_a_person_edited_counts_as_none() {
    for text in ["", "{", "[]", "{\"runs\":3}"] {
        let deployment = json!({ "metadata": { "annotations": { "lastgood.dev/effect": text } } });
        assert_eq!(Effects::of(&deployment), Effects::default(), "{text}");
    }
}

#[test]
fn a_mark_that_the_controller_copied_to_another_release_is_ignored() {
    let mark = r#"{"release":"checkout-a","at":"2026-11-22T20:00:00Z","run":"r-1"}"#;
    let set = |name: &str| {
        ReplicaSet::new(json!({ "metadata": {
            "name": name, "annotations": { "lastgood.dev/deployed-at": mark },
        }}))
    };
    assert!(DeployedAt::of(&set("checkout-a")).is_some());
    assert!(DeployedAt::of(&set("checkout-b")).is_none(), "it names whom it is about");
}
