//! What a Rollout's status is taken for, and what is refused in which state.

use lastgood_core::catalog::Strategy;
use lastgood_core::effect::{Operation, Refusal};
use lastgood_core::survey::RolloutState;
use serde_json::{Value, json};

use super::super::look::{rollout, survey};
use super::super::objects::Seen;
use super::step::Step;
use super::{has_its_own_template, is_met, step, steps, strategy, took_over};

/// `v1` is stable and `v2` is what the template says.
fn seen(spec: Value, status: Value) -> Seen {
    let template = |tag: &str| {
        json!({ "metadata": { "labels": { "app": "checkout" } },
                "spec": { "containers": [{ "name": "app", "image": format!("checkout:{tag}") }] } })
    };
    let set = |tag: &str, revision: u64, replicas: u64| {
        let mut template = template(tag);
        template["metadata"]["labels"][super::TEMPLATE_HASH] = json!(format!("hash-{tag}"));
        json!({
            "metadata": {
                "name": format!("checkout-{tag}"), "uid": format!("u-{tag}"),
                "labels": { (super::TEMPLATE_HASH): format!("hash-{tag}") },
                "annotations": { "rollout.argoproj.io/revision": revision.to_string() },
                "ownerReferences": [{ "uid": "u" }],
            },
            "spec": { "template": template },
            "status": { "replicas": replicas, "readyReplicas": replicas },
        })
    };
    let mut object = json!({
        "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout",
        "metadata": { "name": "checkout", "uid": "u", "generation": 4, "resourceVersion": "9" },
        "spec": {
            "replicas": 4, "template": template("v2"),
            "strategy": { "canary": { "steps": [{ "setWeight": 25 }, { "pause": {} }] } },
        },
        "status": {
            "observedGeneration": "4", "phase": "Paused", "stableRS": "hash-v1",
            "currentPodHash": "hash-v2", "currentStepIndex": 1,
            "pauseConditions": [{ "reason": "CanaryPauseStep" }],
        },
    });
    merge(&mut object["spec"], spec);
    merge(&mut object["status"], status);
    let at = "2026-11-05T09:00:00Z".parse().expect("a time");
    Seen::new(object, vec![set("v1", 1, 3), set("v2", 2, 1)], at)
}

fn merge(into: &mut Value, change: Value) {
    let Value::Object(change) = change else { panic!("an object") };
    for (name, value) in change {
        into[name] = value;
    }
}

fn shift(release: &str, percent: u8) -> Operation {
    Operation::ShiftTraffic { release: release.into(), percent }
}

#[test]
fn a_pause_of_its_own_steps_is_a_rollout_under_way_and_only_ours_is_a_halt() {
    let waits = seen(json!({}), json!({}));
    assert_eq!(rollout(&waits, None), RolloutState::Progressing);
    assert_eq!(steps(&waits).as_deref(), Some("step 2 of 2 (setWeight 25, pause)"));
    let paused = seen(json!({ "paused": true }), json!({}));
    assert_eq!(rollout(&paused, None), RolloutState::Halted);
}

#[test]
fn it_is_settled_only_when_the_present_template_is_the_stable_one_and_healthy() {
    let healthy = json!({ "phase": "Healthy", "stableRS": "hash-v2", "pauseConditions": null });
    assert_eq!(rollout(&seen(json!({}), healthy), None), RolloutState::Settled);
    for status in [
        json!({ "phase": "Healthy", "stableRS": "hash-v1" }),
        json!({ "phase": "Progressing", "stableRS": "hash-v2" }),
        json!({ "phase": "Healthy", "stableRS": "hash-v2", "observedGeneration": "3" }),
    ] {
        let found = rollout(&seen(json!({}), status.clone()), None);
        assert_eq!(found, RolloutState::Progressing, "{status}");
    }
}

#[test]
fn an_abort_is_a_rollout_that_was_given_up_and_never_a_success() {
    let aborted = json!({ "abort": true, "phase": "Degraded", "message": "RolloutAborted" });
    let found = rollout(&seen(json!({}), aborted), None);
    let RolloutState::Stuck { why } = found else { panic!("{found:?}") };
    assert!(why.contains("aborted"), "{why}");
}

#[test]
fn no_status_is_not_known_rather_than_well() {
    let mut nothing = seen(json!({}), json!({}));
    nothing.deployment["status"] = Value::Null;
    assert!(matches!(rollout(&nothing, None), RolloutState::Unknown { .. }));
}

#[test]
fn the_share_is_the_weight_that_the_controller_says_and_of_colours_all_or_nothing() {
    let arm = |hash: &str, weight: u32| json!({ "podTemplateHash": hash, "weight": weight });
    let weights = json!({ "canary": { "weights": {
        "canary": arm("hash-v2", 10), "stable": arm("hash-v1", 90),
    }}});
    let shares = |seen: &Seen| -> Vec<Option<f64>> {
        survey(seen, None, None).running.iter().map(|arm| arm.share).collect()
    };
    assert_eq!(shares(&seen(json!({}), weights)), [Some(0.1), Some(0.9)]);
    assert_eq!(shares(&seen(json!({}), json!({}))), [Some(0.25), Some(0.75)], "else by replicas");
    let colours = json!({ "strategy": { "blueGreen": { "activeService": "checkout" } } });
    let seen = seen(colours, json!({ "blueGreen": { "activeSelector": "hash-v1" } }));
    assert_eq!(strategy(&seen), Some(Strategy::BlueGreen));
    assert_eq!(shares(&seen), [Some(0.0), Some(1.0)]);
}

#[test]
fn only_replicas_that_get_traffic_are_met() {
    let colours = json!({ "strategy": { "blueGreen": { "activeService": "checkout" } } });
    let seen = seen(colours, json!({ "blueGreen": { "activeSelector": "hash-v1" } }));
    let pod =
        |tag: &str| json!({ "metadata": { "ownerReferences": [{ "uid": format!("u-{tag}") }] } });
    assert!(is_met(&seen, &pod("v1")), "the Service selects it");
    assert!(!is_met(&seen, &pod("v2")), "it stands by");
    let canary = self::seen(json!({}), json!({}));
    assert!(is_met(&canary, &pod("v2")), "where nobody says, every replica may be met");
}

#[test]
fn an_older_colour_took_over_when_the_service_was_switched_to_it() {
    let colours = json!({ "strategy": { "blueGreen": { "activeService": "shop" } } });
    let seen = seen(colours, json!({}));
    let event = |reason: &str, message: &str, at: &str| json!({ "reason": reason, "message": message, "firstTimestamp": at, "lastTimestamp": at });
    let switch = |to: &str, service: &str, at: &str| {
        let words = format!("Switched selector for service '{service}' from '' to '{to}'");
        event("SwitchService", &words, at)
    };
    let time = |text: &str| text.parse().expect("a time");
    let between = (time("2026-11-05T08:00:00Z"), time("2026-11-05T08:50:00Z"));
    let v1 = seen.set("checkout-v1").expect("it is there");
    let when = |events: &[Value]| took_over(&seen, events, v1, 1, between);
    let done = switch("hash-v1", "shop", "2026-11-05T08:01:00Z");
    assert_eq!(when(std::slice::from_ref(&done)), Some(time("2026-11-05T08:01:00Z")));
    for (other, why) in [
        (switch("hash-v1", "shop-preview", "2026-11-05T08:01:00Z"), "a preview has no users"),
        (switch("hash-v2", "shop", "2026-11-05T08:01:00Z"), "another release"),
        (switch("hash-v1", "shop", "2026-11-05T08:59:00Z"), "after the next one had begun"),
        (
            event(
                "RolloutCompleted",
                "Rollout completed update to revision 1 (hash-v1): Initial deploy",
                "2026-11-05T08:01:00Z",
            ),
            "said before any replica was there",
        ),
    ] {
        assert_eq!(when(&[other]), None, "{why}");
    }
    let promoted = "Rollout completed update to revision 1 (hash-v1): Completed blue-green update";
    let promoted = event("RolloutCompleted", promoted, "2026-11-05T08:02:00Z");
    assert_eq!(when(&[promoted]), Some(time("2026-11-05T08:02:00Z")));
}

#[test]
fn nothing_for_the_new_release_aborts_all_of_it_promotes_and_between_is_refused() {
    let seen = seen(json!({}), json!({}));
    for (release, percent, wanted) in [
        ("checkout-v2", 0, Step::Abort),
        ("checkout-v1", 100, Step::Abort),
        ("checkout-v2", 100, Step::Promote),
    ] {
        let found = step(&seen, &shift(release, percent)).expect("it is a step");
        assert_eq!(found, Ok(wanted), "{release} {percent}");
    }
    let refused = step(&seen, &shift("checkout-v2", 50)).expect("it is a step");
    let Err(Refusal::Unsupported { why, .. }) = refused else { panic!("{refused:?}") };
    assert!(why.contains("setWeight 25"), "it says what the steps are: {why}");
}

#[test]
fn a_template_of_another_object_is_not_put_back() {
    let mut object = seen(json!({}), json!({})).deployment;
    assert_eq!(has_its_own_template(&object), Ok(()));
    object["spec"]["workloadRef"] = json!({ "kind": "Deployment", "name": "checkout" });
    let refused = has_its_own_template(&object);
    assert!(matches!(refused, Err(Refusal::Unsupported { .. })), "{refused:?}");
}
