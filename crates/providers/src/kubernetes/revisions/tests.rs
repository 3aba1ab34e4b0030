//! What a `StatefulSet` and a `DaemonSet` are taken for, and what is refused of them.

use lastgood_core::effect::{Operation, Refusal};
use lastgood_core::release::{DeployOutcome, DeployPage};
use lastgood_core::survey::{RolloutState, Survey};
use serde_json::{Value, json};

use super::super::history::{Sources, page};
use super::super::look;
use super::super::marks::DEPLOYED_AT;
use super::super::objects::Seen;
use super::super::tests::place;
use super::{PARTITION, partition_after, permits, stuck};

/// One pod: its revision, whether it is ready, and since when.
type Pod = (&'static str, bool, &'static str);

const NOW: &str = "2026-11-22T21:59:00Z";

fn template(tag: &str) -> Value {
    json!({
        "metadata": { "labels": { "app": "store" } },
        "spec": { "containers": [{ "name": "app", "image": format!("r/store:{tag}") }] },
    })
}

fn revision(tag: &str, number: u64, minute: u32) -> Value {
    let mut data = template(tag);
    data["$patch"] = json!("replace");
    json!({
        "metadata": {
            "name": format!("store-{tag}"), "uid": format!("u-{tag}"),
            "labels": { "controller-revision-hash": tag },
            "creationTimestamp": format!("2026-11-22T21:{minute:02}:00Z"),
            "ownerReferences": [{ "uid": "u" }],
        },
        "data": { "spec": { "template": data } },
        "revision": number,
    })
}

fn pods(all: &[Pod]) -> Vec<Value> {
    let pod = |(index, (tag, ready, since)): (usize, &Pod)| {
        let name = format!("store-{index}");
        // The label of a StatefulSet's pod is the revision's name, that of a DaemonSet its hash.
        let label = if index % 2 == 0 { format!("store-{tag}") } else { (*tag).to_owned() };
        json!({
            "metadata": {
                "name": name, "namespace": "shop",
                "labels": { "controller-revision-hash": label },
                "ownerReferences": [{ "uid": "u" }],
            },
            "status": { "conditions": [{
                "type": "Ready", "lastTransitionTime": since,
                "status": if *ready { "True" } else { "False" },
            }]},
        })
    };
    all.iter().enumerate().map(pod).collect()
}

/// `v1` and then `v2`; `change` is merged into the object.
fn seen(kind: &str, all: &[Pod], change: &Value) -> Seen {
    seen_of(kind, vec![revision("v1", 1, 0), revision("v2", 2, 30)], "v2", all, change)
}

fn seen_of(kind: &str, revisions: Vec<Value>, now: &str, all: &[Pod], change: &Value) -> Seen {
    let mut object = json!({
        "apiVersion": "apps/v1", "kind": kind,
        "metadata": { "name": "store", "uid": "u", "generation": 2, "resourceVersion": "9" },
        "spec": {
            "replicas": 3, "template": template(now),
            "updateStrategy": { "type": "RollingUpdate", "rollingUpdate": { "partition": 0 } },
        },
        "status": {
            "observedGeneration": 2, "updateRevision": format!("store-{now}"),
            "desiredNumberScheduled": 3,
            "updatedNumberScheduled": all.iter().filter(|(tag, _, _)| *tag == now).count(),
        },
    });
    merge(&mut object, change);
    Seen::of_revisions(object, revisions, pods(all), NOW.parse().expect("a time"))
}

fn merge(into: &mut Value, change: &Value) {
    match change.as_object() {
        None => *into = change.clone(),
        Some(fields) => fields.iter().for_each(|(name, value)| merge(&mut into[name], value)),
    }
}

const OLD: Pod = ("v1", true, "2026-11-22T21:01:00Z");
const NEW: Pod = ("v2", true, "2026-11-22T21:40:00Z");
const COMING: Pod = ("v2", false, "2026-11-22T21:58:50Z");
const BOTH: [&str; 2] = ["StatefulSet", "DaemonSet"];

fn survey(seen: &Seen) -> Survey {
    look::survey(seen, None, None)
}

fn told(seen: &Seen) -> DeployPage {
    let sources = Sources { seen, container: None, pods: &seen.pods, events: Ok(&[]) };
    page(&sources, &place(), None, 20)
}

fn outcomes(seen: &Seen) -> Vec<(String, DeployOutcome)> {
    told(seen).deploys.into_iter().map(|one| (one.release.version, one.outcome)).collect()
}

#[test]
fn replicas_are_counted_from_the_pods_of_each_revision() {
    for kind in BOTH {
        let half = survey(&seen(kind, &[OLD, OLD, COMING], &json!({})));
        assert_eq!(half.rollout, RolloutState::Progressing, "{kind}");
        let arms: Vec<_> = half
            .running
            .iter()
            .map(|arm| (arm.version.as_str(), arm.replicas, arm.ready))
            .collect();
        assert_eq!(arms, [("v2", 1, 0), ("v1", 2, 2)], "{kind}");
        let done = survey(&seen(kind, &[NEW, NEW, NEW], &json!({})));
        assert!(done.serves_only(&"store-v2".into()), "{kind}: {}", done.sentence());
    }
}

#[test]
fn a_pod_that_is_missing_or_not_ready_leaves_the_rollout_open() {
    for kind in BOTH {
        for pods in [&[NEW, NEW][..], &[NEW, NEW, COMING]] {
            let found = survey(&seen(kind, pods, &json!({}))).rollout;
            assert_eq!(found, RolloutState::Progressing, "{kind} {pods:?}");
        }
        let unseen = json!({ "status": { "observedGeneration": 1 } });
        let found = survey(&seen(kind, &[NEW, NEW, NEW], &unseen)).rollout;
        assert_eq!(found, RolloutState::Progressing, "{kind}: the controller has not looked");
    }
}

#[test]
fn a_stateful_set_is_halted_by_its_partition_and_goes_on_from_where_that_was() {
    let partition = |number: u32| json!({ "spec": { "updateStrategy": { "rollingUpdate": { "partition": number } } } });
    let open = seen("StatefulSet", &[OLD, OLD, NEW], &partition(1));
    assert_eq!(survey(&open).rollout, RolloutState::Progressing);
    let (after, kept) = partition_after(&open, &Operation::HaltRollout).expect("it has one");
    assert_eq!((after, kept.as_deref()), (3, Some("1")));
    let mut held = partition(3);
    held["metadata"]["annotations"][PARTITION] = json!("1");
    let held = seen("StatefulSet", &[OLD, OLD, NEW], &held);
    assert_eq!(survey(&held).rollout, RolloutState::Halted);
    let again = partition_after(&held, &Operation::HaltRollout).expect("it has one");
    assert_eq!(again, (3, None), "what it was before is not forgotten");
    let on = partition_after(&held, &Operation::ResumeRollout).expect("it has one");
    assert_eq!(on, (1, None));
    let back = Operation::RestoreRelease { release: "store-v1".into() };
    assert_eq!(partition_after(&held, &back), Some((0, None)), "every pod goes back");
    let staged = seen("StatefulSet", &[OLD, NEW, NEW], &partition(1));
    assert_eq!(survey(&staged).rollout, RolloutState::Halted, "it waits for a lower partition");
}

#[test]
fn a_daemon_set_cannot_be_halted_and_neither_can_what_nobody_replaces() {
    let daemon = seen("DaemonSet", &[OLD, NEW, COMING], &json!({}));
    let refused = permits(&daemon, &Operation::HaltRollout);
    let Err(Refusal::Unsupported { why, .. }) = refused else { panic!("{refused:?}") };
    assert!(why.contains("cannot be paused"), "{why}");
    let restore = Operation::RestoreRelease { release: "store-v1".into() };
    assert_eq!(permits(&daemon, &restore), Ok(()));
    let by_hand = json!({ "spec": { "updateStrategy": { "type": "OnDelete" } } });
    for kind in BOTH {
        let refused = permits(&seen(kind, &[OLD, OLD, OLD], &by_hand), &restore);
        let Err(Refusal::Unsupported { why, .. }) = refused else { panic!("{refused:?}") };
        assert!(why.contains("OnDelete"), "{kind}: {why}");
    }
}

#[test]
fn a_pod_that_is_down_holds_an_ordered_stateful_set_up_and_the_command_is_told() {
    let down: Pod = ("v2", false, "2026-11-22T21:50:00Z");
    let back = |pods: &[Pod], change: &Value| {
        let revisions = vec![revision("v1", 3, 0), revision("v2", 2, 30)];
        stuck(&seen_of("StatefulSet", revisions, "v1", pods, change))
    };
    let why = back(&[OLD, OLD, down], &json!({})).expect("nothing will happen");
    assert!(why.contains("kubectl --namespace shop delete pod store-2"), "{why}");
    let parallel = json!({ "spec": { "podManagementPolicy": "Parallel" } });
    assert_eq!(back(&[OLD, OLD, down], &parallel), None);
    assert_eq!(back(&[OLD, OLD, COMING], &json!({})), None, "it may only have begun");
}

#[test]
fn an_image_that_cannot_be_pulled_is_told_because_no_deadline_will() {
    for kind in BOTH {
        let mut found = seen(kind, &[OLD, OLD, COMING], &json!({}));
        found.pods[2]["status"]["containerStatuses"] = json!([{
            "name": "app", "image": "r/store:v2", "state": { "waiting": { "reason": "ErrImagePull" } },
        }]);
        let RolloutState::Stuck { why } = survey(&found).rollout else { panic!("{kind}") };
        assert!(why.contains("r/store:v2 cannot be pulled"), "{why}");
    }
}

#[test]
fn the_first_revision_had_completed_when_its_last_pod_was_replaced() {
    let event = |pod: &str, at: &str| {
        json!({
            "reason": "SuccessfulDelete", "firstTimestamp": at,
            "message": format!("delete Pod {pod} in StatefulSet store successful"),
        })
    };
    let first = |events: &[Value], change: &Value| {
        let seen = seen("StatefulSet", &[OLD, OLD, COMING], change);
        let sources = Sources { seen: &seen, container: None, pods: &[], events: Ok(events) };
        page(&sources, &place(), None, 20).deploys[1].outcome
    };
    let replaced = [event("store-2", "2026-11-22T21:30:05Z")];
    assert_eq!(first(&replaced, &json!({})), DeployOutcome::Completed);
    let young = |events: &[Value]| {
        let revisions = vec![revision("v1", 1, 29), revision("v2", 2, 30)];
        let seen = seen_of(
            "StatefulSet",
            revisions,
            "v2",
            &[NEW, NEW, NEW],
            &json!({
                "status": { "currentRevision": "store-v1" },
            }),
        );
        let sources = Sources { seen: &seen, container: None, pods: &[], events: Ok(events) };
        page(&sources, &place(), None, 20).deploys[1].outcome
    };
    assert_eq!(young(&replaced), DeployOutcome::Completed);
    for (events, why) in [
        (vec![], "the first one is called current before it is there"),
        (vec![event("store-0", "2026-11-22T21:30:05Z")], "only the last pod proves all"),
        (vec![event("store-2", "2026-11-22T21:29:05Z")], "before the next one was begun"),
    ] {
        assert_eq!(young(&events), DeployOutcome::Unknown, "{why}");
    }
}

#[test]
fn a_later_revision_had_completed_when_the_stateful_set_says_so_and_of_a_daemon_set_nobody_knows() {
    let revisions = vec![revision("v1", 4, 29), revision("v2", 5, 30)];
    let left = json!({ "status": { "currentRevision": "store-v1" } });
    let half = seen_of("StatefulSet", revisions.clone(), "v2", &[OLD, OLD, COMING], &left);
    let expected =
        [("v2".to_owned(), DeployOutcome::InProgress), ("v1".to_owned(), DeployOutcome::Completed)];
    assert_eq!(outcomes(&half), expected);
    let page = told(&seen_of("DaemonSet", revisions, "v2", &[NEW, NEW, NEW], &json!({})));
    assert_eq!(page.deploys[1].outcome, DeployOutcome::Unknown);
    assert!(page.doubts.iter().any(|doubt| doubt.contains("too short")), "{:?}", page.doubts);
    assert_eq!(page.deploys[0].ended_at, "2026-11-22T21:40:00Z".parse().ok(), "its last pod");
}

#[test]
fn a_revision_that_came_back_is_told_twice_and_undoes_what_lay_between() {
    for kind in BOTH {
        let revisions = vec![revision("v1", 3, 0), revision("v2", 2, 30)];
        let mark = json!({ "release": "store-v1", "at": "2026-11-22T21:45:00Z", "run": "r-1" });
        let mut change = json!({});
        change["metadata"]["annotations"][DEPLOYED_AT] = mark.to_string().into();
        let back: Pod = ("v1", true, "2026-11-22T21:46:00Z");
        let page = told(&seen_of(kind, revisions, "v1", &[back, back, back], &change));
        let all: Vec<_> = page
            .deploys
            .iter()
            .map(|one| (one.release.version.as_str(), one.outcome, one.at.to_string()))
            .collect();
        assert_eq!(all[0].2, "2026-11-22T21:45:00Z", "{kind}: when the run put it back");
        assert_eq!((all[1].0, all[1].1), ("v2", DeployOutcome::RolledBack), "{kind}");
        assert_eq!((all[2].0, all[2].2.as_str()), ("v1", "2026-11-22T21:00:00Z"), "{kind}");
        assert_eq!(page.deploys[0].actor.or_words(), "lastgood, run r-1", "{kind}");
    }
}
