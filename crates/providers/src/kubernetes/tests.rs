//! The fixtures are what a Kubernetes 1.20 API server answered: `settled` after v1 → v2,
//! `progressing` and `stuck` after v3-bad, whose pods never get ready, and `rolled-back`
//! after a restore of v1 by this crate.

mod apply;
pub(super) mod build;
mod faults;
pub(super) mod marks;
mod resolve;

use jiff::Timestamp;
use lastgood_core::catalog::Place;
use lastgood_core::preflight::Grade;
use lastgood_core::survey::RolloutState;
use serde_json::{Value, json};

use super::governors::Claim;
use super::objects::{Seen, digest_of, hash, tag_of, without_hash};
use super::pods::Replica;
use super::{governors, look, needs, reply, request, room, template};

pub(super) const V1: &str = "checkout-7565447c6";
pub(super) const V2: &str = "checkout-85b698b544";
pub(super) const V3: &str = "checkout-c67f55688";

/// A recorded look, with everything else that was recorded.
pub(super) fn recorded(name: &str) -> Value {
    let text = match name {
        "settled" => include_str!("tests/settled.json"),
        "progressing" => include_str!("tests/progressing.json"),
        "stuck" => include_str!("tests/stuck.json"),
        "rolled-back" => include_str!("tests/rolled-back.json"),
        other => panic!("there is no fixture `{other}`"),
    };
    serde_json::from_str(text).expect("fixtures are JSON")
}

pub(super) fn seen_in(recorded: &Value) -> Seen {
    let at = "2026-11-22T21:00:00Z".parse().expect("a time");
    Seen::new(recorded["deployment"].clone(), list(&recorded["replicasets"]), at)
}

pub(super) fn seen(name: &str) -> Seen {
    seen_in(&recorded(name))
}

pub(super) fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

pub(super) fn place() -> Place {
    Place { service: "checkout".into(), environment: "production".into() }
}

fn arms(seen: &Seen) -> Vec<(String, u32, u32)> {
    look::survey(seen, None, None)
        .running
        .into_iter()
        .map(|arm| (arm.version, arm.replicas, arm.ready))
        .collect()
}

#[test]
fn a_complete_rollout_is_settled_and_names_only_what_runs() {
    let seen = seen("settled");
    assert_eq!(look::rollout(&seen, None), RolloutState::Settled);
    assert_eq!(arms(&seen), [("v2".to_owned(), 2, 2)], "v1 has no replicas left");
    let survey = look::survey(&seen, None, None);
    assert!(survey.serves_only(&V2.into()), "the release id is the ReplicaSet's name");
}

#[test]
fn the_release_that_is_rolled_out_comes_first() {
    let seen = seen("progressing");
    assert_eq!(look::rollout(&seen, None), RolloutState::Progressing);
    assert_eq!(arms(&seen), [("v3-bad".to_owned(), 1, 0), ("v2".to_owned(), 2, 2)]);
    let shares: Vec<_> =
        look::survey(&seen, None, None).running.iter().map(|arm| arm.share).collect();
    assert_eq!(shares, [Some(0.0), Some(1.0)], "only ready replicas get traffic");
}

#[test]
fn a_paused_deployment_is_halted_whether_or_not_it_is_complete() {
    for name in ["settled", "progressing", "stuck"] {
        let mut recorded = recorded(name);
        recorded["deployment"]["spec"]["paused"] = json!(true);
        let seen = seen_in(&recorded);
        assert_eq!(look::rollout(&seen, None), RolloutState::Halted, "{name}");
    }
}

#[test]
fn a_rollout_that_the_platform_gave_up_is_stuck_and_says_why() {
    let seen = seen("stuck");
    let trouble = look::trouble(&[json!({ "status": { "containerStatuses": [{
        "name": "checkout",
        "image": "registry.local/checkout:v3-bad",
        "state": { "waiting": { "reason": "ImagePullBackOff" } },
    }]}})]);
    let RolloutState::Stuck { why } = look::rollout(&seen, trouble.as_deref()) else {
        panic!("its progress deadline is exceeded");
    };
    assert!(why.starts_with("progress deadline exceeded"), "{why}");
    assert!(why.contains("image registry.local/checkout:v3-bad cannot be pulled"), "{why}");
}

#[test]
fn a_specification_that_nobody_has_taken_up_yet_is_progressing() {
    let mut recorded = recorded("settled");
    let generation = recorded["deployment"]["metadata"]["generation"].as_u64().unwrap_or(0);
    recorded["deployment"]["metadata"]["generation"] = json!(generation + 1);
    assert_eq!(look::rollout(&seen_in(&recorded), None), RolloutState::Progressing);
    recorded["deployment"]["status"] = json!({});
    let state = look::rollout(&seen_in(&recorded), None);
    assert!(matches!(state, RolloutState::Unknown { .. }), "no status says nothing: {state:?}");
}

#[test]
fn a_pod_that_fails_after_a_complete_rollout_does_not_unsettle_it() {
    let mut recorded = recorded("settled");
    recorded["deployment"]["status"]["availableReplicas"] = json!(1);
    recorded["deployment"]["status"]["readyReplicas"] = json!(1);
    for set in recorded["replicasets"].as_array_mut().expect("a list") {
        if set["metadata"]["name"] == V2 {
            set["status"]["readyReplicas"] = json!(1);
        }
    }
    let seen = seen_in(&recorded);
    assert_eq!(look::rollout(&seen, None), RolloutState::Settled);
    assert!(
        !look::survey(&seen, None, None).serves_only(&V2.into()),
        "and yet it does not serve in full"
    );
}

#[test]
fn a_deployment_without_replicas_runs_nothing() {
    let mut recorded = recorded("settled");
    recorded["deployment"]["spec"]["replicas"] = json!(0);
    recorded["deployment"]["status"]["replicas"] = json!(0);
    for set in recorded["replicasets"].as_array_mut().expect("a list") {
        set["status"]["replicas"] = json!(0);
    }
    assert!(arms(&seen_in(&recorded)).is_empty());
}

#[test]
fn foreign_replica_sets_with_the_same_labels_are_left_out() {
    let mut recorded = recorded("settled");
    recorded["replicasets"][0]["metadata"]["ownerReferences"] = json!([]);
    assert_eq!(seen_in(&recorded).sets.len(), 1, "labels can lie; owners do not");
}

#[test]
fn a_template_has_the_same_hash_in_the_deployment_and_in_its_replica_set() {
    let seen = seen("settled");
    let set = seen.set(V2).expect("it is there");
    assert_eq!(hash(seen.template()), hash(&set.template()));
    let with_null = json!({ "metadata": { "creationTimestamp": null, "labels": { "a": "b" } } });
    let reordered = json!({ "metadata": { "labels": { "a": "b", "pod-template-hash": "x" } } });
    assert_eq!(hash(&with_null), hash(&without_hash(&reordered)), "order and nulls say nothing");
}

#[test]
fn tags_and_digests_are_read_from_image_references() {
    for (image, tag, digest) in [
        ("registry.local:5000/shop/checkout", None, None),
        ("registry.local:5000/shop/checkout:v1", Some("v1"), None),
        ("checkout:v1@sha256:ab12", Some("v1"), Some("sha256:ab12")),
        ("docker-pullable://r/checkout@sha256:ab12", None, Some("sha256:ab12")),
    ] {
        assert_eq!(digest_of(image).as_deref(), digest, "{image}");
        if !image.contains("://") {
            assert_eq!(tag_of(image), tag, "{image}");
        }
    }
}

#[test]
fn a_replica_is_asked_at_its_own_address_and_port() {
    let mut pod = json!({
        "metadata": { "name": "checkout-1", "annotations": { "lastgood.dev/port": "40123" } },
        "spec": { "containers": [{ "name": "checkout", "ports": [{ "containerPort": 8080 }] }] },
        "status": {
            "podIP": "10.0.0.7",
            "conditions": [{ "type": "Ready", "status": "True" }],
            "containerStatuses": [{ "name": "checkout", "imageID": "docker://r/c@sha256:ab" }],
        },
    });
    let url = "http://{{ replica.address }}:{{ replica.port }}/version";
    let replica = Replica::new(&pod, None);
    assert_eq!(replica.url(url).as_deref(), Ok("http://10.0.0.7:40123/version"));
    assert_eq!(replica.artifact.as_deref(), Some("r/c@sha256:ab"));
    assert!(replica.ready);
    assert_eq!(replica.restarted_at, None, "nothing says that it did");

    let status = &mut pod["status"]["containerStatuses"][0];
    status["restartCount"] = json!(0);
    status["state"] = json!({ "running": { "startedAt": "2026-11-22T21:00:00Z" } });
    assert_eq!(Replica::new(&pod, None).restarted_at, None, "it started, and never again");
    pod["status"]["containerStatuses"][0]["restartCount"] = json!(2);
    let restarted: Timestamp = "2026-11-22T21:00:00Z".parse().expect("a time");
    assert_eq!(Replica::new(&pod, None).restarted_at, Some(restarted.into()));

    pod["metadata"]["annotations"] = Value::Null;
    pod["status"]["podIP"] = json!("fd00::1");
    let replica = Replica::new(&pod, None);
    assert_eq!(replica.url(url).as_deref(), Ok("http://[fd00::1]:8080/version"));

    pod["metadata"]["deletionTimestamp"] = json!("2026-11-22T21:00:00Z");
    assert!(!Replica::new(&pod, None).ready, "what is leaving gets no new traffic");

    pod["status"]["podIP"] = Value::Null;
    let why = Replica::new(&pod, None).url(url).expect_err("there is nowhere to ask");
    assert_eq!(why, "it has no address yet");
}

#[test]
fn a_selector_is_said_as_a_query() {
    let selector = json!({
        "matchLabels": { "app": "checkout" },
        "matchExpressions": [
            { "key": "tier", "operator": "In", "values": ["a", "b"] },
            { "key": "old", "operator": "DoesNotExist" },
        ],
    });
    assert_eq!(request::selector(&selector), "app=checkout,tier in (a,b),!old");
}

#[test]
fn whoever_claims_the_deployment_is_named() {
    let both = json!({ "metadata": {
        "namespace": "shop",
        "labels": { "kustomize.toolkit.fluxcd.io/name": "shop" },
        "annotations": { "argocd.argoproj.io/tracking-id": "teams_shop-prod:apps/Deployment:shop/x" },
    }});
    let (teams, shop) = (Some("teams".to_owned()), "shop".to_owned());
    assert_eq!(
        governors::claims(&both),
        [
            Claim::Argo { namespace: teams, name: "shop-prod".to_owned() },
            Claim::Kustomization { namespace: shop.clone(), name: shop, off: false },
        ]
    );
    let unlabelled = json!({ "metadata": { "managedFields": [
        { "manager": "kubectl", "fieldsV1": { "f:spec": {} } },
        { "manager": "argocd-controller", "fieldsV1": { "f:spec": { "f:template": {} } } },
    ]}});
    let manager = "argocd-controller".to_owned();
    assert_eq!(
        governors::claims(&unlabelled),
        [Claim::Writer { manager, system: "Argo CD" }],
        "who writes it tells as much as a label"
    );
    assert!(governors::claims(&json!({})).is_empty());
}

#[test]
fn what_heals_by_itself_blocks_and_what_cannot_be_read_is_unknown() {
    let application =
        |automated: Value| Ok(json!({ "spec": { "syncPolicy": { "automated": automated } } }));
    for (found, grade) in [
        (application(json!({ "selfHeal": true })), Grade::Block),
        (application(json!({ "selfHeal": true, "enabled": false })), Grade::Warn),
        (application(json!({})), Grade::Warn),
        (application(Value::Null), Grade::Warn),
        (Err("forbidden".to_owned()), Grade::Unknown),
    ] {
        assert_eq!(
            governors::argo("shop", found.as_ref().map_err(Clone::clone)).grade,
            grade,
            "{found:?}"
        );
    }
    for (kind, spec, grade) in [
        ("Kustomization", json!({ "interval": "10m" }), Grade::Block),
        ("Kustomization", json!({ "suspend": true }), Grade::Pass),
        ("HelmRelease", json!({}), Grade::Warn),
        ("HelmRelease", json!({ "driftDetection": { "mode": "enabled" } }), Grade::Block),
        ("HelmRelease", json!({ "suspend": true }), Grade::Pass),
    ] {
        let found = json!({ "spec": spec });
        assert_eq!(governors::flux(kind, "shop", Ok(&found)).grade, grade, "{kind} {found}");
    }
}

#[test]
fn a_freeze_holds_until_its_time_is_over() {
    let now = "2026-03-02T10:00:00Z".parse().expect("a time");
    for (value, holds) in [
        ("the sale", true),
        ("until 2026-03-02T11:00:00Z: the sale", true),
        ("until 2026-03-02T09:00:00Z: the sale", false),
        ("until monday", true),
        ("false", false),
        (" ", false),
    ] {
        assert_eq!(governors::frozen(value, now).is_some(), holds, "`{value}`");
    }
}

#[test]
fn quantities_are_read_as_kubernetes_writes_them() {
    for (text, wanted) in [
        (json!("250m"), Some(0.25)),
        (json!("1.5Gi"), Some(1.5 * 1024.0 * 1024.0 * 1024.0)),
        (json!("2"), Some(2.0)),
        (json!(3), Some(3.0)),
        (json!("1e3"), Some(1000.0)),
        (json!("lots"), None),
        (Value::Null, None),
    ] {
        assert_eq!(room::quantity(&text), wanted, "{text}");
    }
}

#[test]
fn a_quota_without_room_holds_up_a_rollout_that_begins_with_a_new_pod() {
    let quota = |used: &str| {
        vec![json!({
            "metadata": { "name": "team" },
            "status": { "hard": { "pods": "5", "limits.cpu": "9" }, "used": { "pods": used } },
        })]
    };
    let with = |unavailable: Value| {
        let mut seen = seen("settled");
        seen.deployment["spec"]["strategy"] =
            json!({ "rollingUpdate": { "maxSurge": 1, "maxUnavailable": unavailable } });
        seen
    };
    assert_eq!(room::quota(&quota("5"), &with(json!(0))).0, Grade::Block);
    assert_eq!(room::quota(&quota("5"), &with(json!(1))).0, Grade::Warn);
    assert_eq!(room::quota(&quota("4"), &with(json!(0))).0, Grade::Pass);
    assert_eq!(room::quota(&[], &with(json!(0))).0, Grade::Pass);
}

#[test]
fn differences_between_templates_are_told_and_hidden_values_stay_hidden() {
    let pods = |level: &str, token: &str, cpu: &str| {
        json!({ "spec": { "containers": [{
            "name": "app",
            "env": [
                { "name": "LEVEL", "value": level },
                { "name": "API_TOKEN", "value": token },
                { "name": "DB", "valueFrom": { "secretKeyRef": { "name": "db", "key": "url" } } },
            ],
            "resources": { "limits": { "cpu": cpu } },
        }]}})
    };
    let found = template::differences(&pods("debug", "t-one", "1"), &pods("info", "t-two", "1"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].part, "environment of container app");
    assert_eq!(
        found[0].changes,
        ["API_TOKEN: a hidden value → a hidden value", "LEVEL: debug → info"]
    );
    let found = template::differences(&pods("a", "t", "1"), &pods("a", "t", "2"));
    assert_eq!(found[0].part, "resources of container app");
    assert!(template::differences(&pods("a", "t", "1"), &pods("a", "t", "1")).is_empty());
}

#[test]
fn keys_are_read_from_metadata_without_any_value() {
    let secret = json!({ "metadata": {
        "creationTimestamp": "2026-03-02T10:00:00Z",
        "managedFields": [
            { "time": "2026-03-02T11:00:00Z", "fieldsV1": { "f:data": { ".": {}, "f:url": {} } } },
            { "time": "2026-03-02T10:30:00Z", "fieldsV1": { "f:data": { "f:user": {} } } },
        ],
    }});
    let found = needs::Metadata::of(&secret);
    let keys: Vec<String> = found.keys.expect("managed fields are kept").into_iter().collect();
    assert_eq!(keys, ["url", "user"]);
    assert_eq!(found.changed_at, "2026-03-02T11:00:00Z".parse().ok(), "the latest write counts");
    let bare = json!({ "metadata": { "creationTimestamp": "2026-03-02T10:00:00Z" } });
    assert_eq!(needs::Metadata::of(&bare).keys, None, "no record is not an empty object");
}

#[test]
fn what_a_template_cannot_start_without_is_listed_once() {
    let pods = json!({ "spec": {
        "containers": [{
            "envFrom": [{ "configMapRef": { "name": "flags" } }, { "secretRef": { "name": "db" } }],
            "env": [
                { "name": "A", "valueFrom": { "secretKeyRef": { "name": "db", "key": "a" } } },
                { "name": "B", "valueFrom": { "configMapKeyRef": { "name": "x", "optional": true } } },
            ],
        }],
        "volumes": [{ "secret": { "secretName": "tls" } }, { "emptyDir": {} }],
    }});
    let found: Vec<String> =
        template::references(&pods).iter().map(template::Reference::words).collect();
    assert_eq!(
        found,
        ["ConfigMap flags", "Secret db", "key a of Secret db", "Secret tls"],
        "what is optional is not needed"
    );
}

#[test]
fn an_answer_that_is_not_kubernetes_says_what_it_is() {
    assert!(reply::document(b"<html>Sign in</html>").is_err_and(|why| why.contains("web page")));
    assert!(reply::document(b"{\"kind\":\"Depl").is_err_and(|why| why.contains("complete")));
    let refused = br#"{"kind":"Status","message":"no","details":{"causes":[{"message":"so"}]}}"#;
    assert_eq!(reply::sentence(refused).as_deref(), Some("no (so)"));
}
