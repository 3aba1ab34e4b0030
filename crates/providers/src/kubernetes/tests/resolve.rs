//! From an operation to a call, and what stops it later.

use lastgood_core::catalog::{KubernetesPlace, Place, Workload};
use lastgood_core::effect::{Operation, PlannedEffect, Refusal, Reversibility};
use serde_json::{Value, json};

use super::super::effect::{Whereabouts, holds, is_so, ready, resolve};
use super::super::look;
use super::super::objects::Seen;
use super::marks::key;
use super::{V1, V2, place, recorded, seen, seen_in};

pub(super) fn target() -> KubernetesPlace {
    KubernetesPlace {
        kubeconfig: None,
        context: None,
        namespace: "shop".to_owned(),
        workload: Workload::Deployment("checkout".to_owned()),
        container: None,
    }
}

fn plan(operation: &Operation, seen: &Seen) -> Result<PlannedEffect, Refusal> {
    let (place, target): (Place, KubernetesPlace) = (place(), target());
    let here =
        Whereabouts { place: &place, target: &target, server: "https://cluster", context: "prod" };
    resolve(here, operation, &look::survey(seen, None, None), seen)
}

fn restore(release: &str) -> Operation {
    Operation::RestoreRelease { release: release.into() }
}

/// The value that a JSON patch sets at `path`.
fn set_at<'b>(body: &'b Value, path: &str) -> &'b Value {
    let operation = body.as_array().and_then(|all| all.iter().find(|one| one["path"] == path));
    operation.map_or(&Value::Null, |operation| &operation["value"])
}

#[test]
fn a_restore_replaces_the_whole_template_and_ends_the_pause() {
    let seen = seen("settled");
    let effect = plan(&restore(V1), &seen).expect("v1 is kept");
    assert_eq!(effect.reversibility, Reversibility::Reversible);
    assert_eq!(effect.call.verb, "PATCH");
    assert_eq!(effect.call.scope, "cluster https://cluster, context prod, namespace shop");
    let ready = ready(&key("r-1", "restore", 1), &effect, &seen).expect("nothing is missing");
    assert_eq!(set_at(&ready.body, "/metadata/resourceVersion"), seen.version());
    assert_eq!(set_at(&ready.body, "/spec/paused"), &json!(false));
    let template = set_at(&ready.body, "/spec/template");
    assert_eq!(template, &seen.set(V1).expect("it is there").template());
    assert!(template["metadata"]["labels"]["pod-template-hash"].is_null(), "it is not the team's");
    assert_eq!(
        set_at(&ready.body, "/metadata/annotations/kubernetes.io~1change-cause"),
        "v1: first"
    );
    assert_eq!(ready.leaves, Some((V2.to_owned(), 2)));
}

#[test]
fn a_plan_shows_no_value_of_a_variable_that_is_named_like_a_secret() {
    let effect = plan(&restore(V1), &seen("settled")).expect("v1 is kept");
    let body = effect.call.body.clone().unwrap_or_default();
    assert!(body.contains("DB_PASSWORD"), "the name is shown: {body}");
    assert!(!body.contains("hunter22"), "the value is not: {body}");
    let whole = serde_json::to_string(&effect).expect("a plan is written to the journal");
    assert!(!whole.contains("hunter22"), "nor anywhere else");
}

/// The mark on the release that is left.
const MARK: &str = "annotation lastgood.dev/rolled-back of ReplicaSet checkout-85b698b544";

#[test]
fn what_changes_is_told_before_and_after() {
    let effect = plan(&restore(V1), &seen("settled")).expect("v1 is kept");
    let told: Vec<(&str, &str, &str)> = effect
        .changes
        .iter()
        .map(|change| (change.what.as_str(), change.before.as_str(), change.after.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("version", "v2", "v1"),
            ("image", "registry.local/checkout:v2", "registry.local/checkout:v1"),
            ("revision", "2", "3, with the template of 1"),
            (
                MARK,
                "absent",
                "when, by which run and to what; tried once, and nothing depends on it"
            ),
            ("paused", "false", "false"),
        ]
    );
}

#[test]
fn a_release_that_is_not_kept_any_more_is_gone() {
    let refused = plan(&restore("checkout-0"), &seen("settled"));
    assert!(matches!(refused, Err(Refusal::Gone { .. })), "{refused:?}");
}

#[test]
fn weights_are_unsupported_and_the_refusal_says_what_is_possible() {
    let shift = Operation::ShiftTraffic { release: V1.into(), percent: 5 };
    let Err(Refusal::Unsupported { why, .. }) = plan(&shift, &seen("settled")) else {
        panic!("a Deployment has no weights");
    };
    assert!(why.contains("release.restore"), "{why}");
}

#[test]
fn a_plan_does_not_mix_two_looks() {
    let before = seen("settled");
    let survey = look::survey(&before, None, None);
    let (place, target) = (place(), target());
    let here = Whereabouts { place: &place, target: &target, server: "s", context: "c" };
    let refused = resolve(here, &Operation::HaltRollout, &survey, &seen("progressing"));
    assert!(matches!(refused, Err(Refusal::Drifted { .. })), "{refused:?}");
}

#[test]
fn a_change_by_somebody_else_is_drift_and_one_of_the_same_run_is_not() {
    let planned = seen("settled");
    let effect = plan(&restore(V1), &planned).expect("v1 is kept");
    let key = key("r-1", "restore", 1);
    holds(&key, &effect, &planned, None).expect("nothing has changed");

    // Somebody deployed v3-bad meanwhile; the uid of the recording is another one.
    let mut other = recorded("settled");
    let later = recorded("progressing");
    other["deployment"]["spec"]["template"] = later["deployment"]["spec"]["template"].clone();
    other["deployment"]["metadata"]["managedFields"] =
        later["deployment"]["metadata"]["managedFields"].clone();
    let other_seen = seen_in(&other);
    let Err(Refusal::Drifted { what, found, .. }) = holds(&key, &effect, &other_seen, None) else {
        panic!("the plan did not see v3-bad");
    };
    assert_eq!(what, "the pod template");
    assert!(found.contains("v3-bad") && found.contains("changed by lg at"), "{found}");

    // The same template, left by an earlier step of this very run.
    let left = super::super::objects::hash(other_seen.template());
    let mark = super::super::marks::Effects::default()
        .with(&super::marks::key("r-1", "before", 1), &left)
        .to_text();
    other["deployment"]["metadata"]["annotations"]["lastgood.dev/effect"] = json!(mark);
    holds(&key, &effect, &seen_in(&other), None).expect("the run's own work is not drift");
}

#[test]
fn a_halt_of_the_same_run_and_a_moving_status_are_not_drift() {
    let planned = seen("settled");
    let effect = plan(&restore(V1), &planned).expect("v1 is kept");
    let mut halted = recorded("settled");
    halted["deployment"]["spec"]["paused"] = json!(true);
    halted["deployment"]["metadata"]["resourceVersion"] = json!("999");
    halted["deployment"]["status"]["readyReplicas"] = json!(0);
    holds(&key("r-1", "restore", 1), &effect, &seen_in(&halted), None)
        .expect("only the template, the target and the Deployment's identity matter");
}

#[test]
fn another_deployment_of_the_same_name_and_another_template_of_the_target_are_drift() {
    let planned = seen("settled");
    let effect = plan(&restore(V1), &planned).expect("v1 is kept");
    let mut other = recorded("settled");
    other["deployment"]["metadata"]["uid"] = json!("other");
    for set in other["replicasets"].as_array_mut().expect("a list") {
        set["metadata"]["ownerReferences"][0]["uid"] = json!("other");
    }
    let refused = holds(&key("r-1", "a", 1), &effect, &seen_in(&other), None);
    assert!(matches!(refused, Err(Refusal::Drifted { .. })), "{refused:?}");

    let mut edited = recorded("settled");
    for set in edited["replicasets"].as_array_mut().expect("a list") {
        if set["metadata"]["name"] == V1 {
            set["spec"]["template"]["spec"]["containers"][0]["image"] = json!("evil:v1");
        }
    }
    let refused = holds(&key("r-1", "a", 1), &effect, &seen_in(&edited), None);
    assert!(matches!(refused, Err(Refusal::Drifted { .. })), "{refused:?}");
}

#[test]
fn what_is_wished_is_recognised_when_it_is_so() {
    let settled = seen("settled");
    assert!(is_so(&restore(V2), &settled));
    assert!(!is_so(&restore(V1), &settled));
    assert!(is_so(&Operation::ResumeRollout, &settled));
    assert!(!is_so(&Operation::HaltRollout, &settled));
}
