//! What the imitated controller wants next: from a Rollout and its `ReplicaSets` to numbers
//! of replicas, a selector and a status. Pure.

use jiff::Timestamp;
use k8s_openapi::api::apps::v1::ReplicaSet;
use kube::ResourceExt as _;
use serde_json::{Map, Value, json};

use super::{HASH, REVISION};

/// A `ReplicaSet` as it is.
pub(super) struct Have {
    name: String,
    hash: String,
    wanted: i64,
    exist: i64,
    ready: i64,
    revision: u64,
}

impl Have {
    pub(super) fn of(set: &ReplicaSet) -> Self {
        let status = set.status.as_ref();
        Self {
            name: set.name_any(),
            hash: set.labels().get(HASH).cloned().unwrap_or_default(),
            wanted: set.spec.replicas.unwrap_or(0).into(),
            exist: status.map_or(0, |status| status.replicas).into(),
            ready: status.and_then(|status| status.ready_replicas).unwrap_or(0).into(),
            revision: revision(set),
        }
    }
}

/// What is to be.
pub(super) struct Wish {
    /// By the name of the `ReplicaSet`; only what changes.
    pub(super) scales: Vec<(String, i64)>,
    /// The Service that is to select a hash.
    pub(super) active: Option<(String, String)>,
    /// As a merge patch leaves it.
    pub(super) status: Value,
}

/// The revision of a `ReplicaSet`.
pub(super) fn revision(set: &ReplicaSet) -> u64 {
    set.annotations().get(REVISION).and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// A name for a template (FNV-1a, 64 bits); `serde_json` sorts its keys.
pub(super) fn hash(template: &Value) -> String {
    let digest = template.to_string().bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{digest:016x}").chars().take(10).collect()
}

/// Where a rollout stands.
struct Progress {
    step: usize,
    phase: &'static str,
    message: String,
    waits: bool,
    stable: String,
}

pub(super) fn wish(rollout: &Value, current: &str, have: &[Have], at: Timestamp) -> Wish {
    let (spec, status) = (&rollout["spec"], &rollout["status"]);
    let replicas = spec["replicas"].as_i64().unwrap_or(1);
    let anew = status["currentPodHash"] != current;
    let flag = |name: &str| !anew && status[name] == true;
    let (abort, promote) = (flag("abort"), flag("promoteFull"));
    // The first release ever has nothing to be compared with.
    let stable = status["stableRS"].as_str().filter(|hash| !hash.is_empty()).unwrap_or(current);
    let ready = |hash: &str| have.iter().find(|set| set.hash == hash).map_or(0, |set| set.ready);
    let is_full = |hash: &str| ready(hash) >= replicas;
    let paused = spec["paused"] == true;
    let mut wanted: Vec<(&str, i64)> = Vec::new();
    let mut active = None;
    let step = if anew { 0 } else { index(&status["currentStepIndex"]) };
    let mut now = Progress {
        step,
        phase: "Progressing",
        message: "more replicas need to be updated".to_owned(),
        waits: false,
        stable: stable.to_owned(),
    };
    if current == stable {
        wanted.push((current, replicas));
        now.step = steps(spec).len();
        if is_full(current) {
            (now.phase, now.message) = ("Healthy", String::new());
        }
    } else if abort {
        wanted.extend([(current, 0), (stable, replicas)]);
        let revision = have.iter().find(|set| set.hash == current).map_or(0, |set| set.revision);
        let message = format!("RolloutAborted: Rollout aborted update to revision {revision}");
        (now.phase, now.message) = ("Degraded", message);
    } else if spec["strategy"]["blueGreen"].is_object() {
        // Both colours stand by in full.
        wanted.extend([(current, replicas), (stable, replicas)]);
        let by_hand = spec["strategy"]["blueGreen"]["autoPromotionEnabled"] == false;
        if paused {
            now.phase = "Paused";
        } else if is_full(current) && by_hand && !promote {
            (now.phase, now.waits) = ("Paused", true);
        } else if is_full(current) {
            current.clone_into(&mut now.stable);
        }
    } else {
        let all = steps(spec);
        if promote {
            now.step = all.len();
        }
        let canary = match weight(all, now.step) {
            Some(weight) => (replicas * weight + 99) / 100,
            None => replicas,
        };
        // The old ones go as the new ones come, so that there are never too few.
        let old = if is_full_at(ready(current), canary) { replicas - canary } else { replicas };
        wanted.extend([(current, canary), (stable, old)]);
        let done = ready(current) >= canary;
        match all.get(now.step) {
            _ if paused => now.phase = "Paused",
            Some(step) if step["pause"].is_object() => {
                let was = status["pauseConditions"].is_array() && step_is(status, now.step);
                let let_go = status["controllerPause"] == true && !was;
                if let_go && !anew {
                    now.step += 1;
                } else {
                    (now.phase, now.waits) = ("Paused", true);
                }
            }
            Some(_) if done => now.step += 1,
            None if done && is_full(current) => current.clone_into(&mut now.stable),
            Some(_) | None => {}
        }
    }
    if let Some(service) = spec["strategy"]["blueGreen"]["activeService"].as_str() {
        active = Some((service.to_owned(), now.stable.clone()));
    }
    let scales = have
        .iter()
        .filter_map(|set| {
            let to = wanted.iter().find(|(hash, _)| *hash == set.hash).map(|(_, to)| *to);
            // An old colour stands by; an old canary goes.
            let to = to.or_else(|| active.is_none().then_some(0))?;
            (to != set.wanted).then(|| (set.name.clone(), to))
        })
        .collect();
    let full = |hash: &str| is_full_at(ready(hash), replicas);
    // The Service is never switched to a colour that is not there.
    let switched = active
        .clone()
        .filter(|(_, hash)| full(hash) && status["blueGreen"]["activeSelector"] != *hash);
    let mut status = told(rollout, current, have, &now, (abort, promote));
    let selected = match &switched {
        Some((_, hash)) => json!(hash),
        None => rollout["status"]["blueGreen"]["activeSelector"].clone(),
    };
    let available = match &active {
        Some(_) => selected.as_str().is_some_and(full),
        None => is_full_at(have.iter().map(|set| set.ready).sum(), replicas),
    };
    let done = now.phase == "Healthy" && full(current);
    if active.is_some() {
        status["blueGreen"] = json!({ "activeSelector": selected });
    }
    status["conditions"] = conditions(&rollout["status"]["conditions"], available, done, at);
    Wish { scales, active: switched, status }
}

/// The two conditions that matter; what has not changed keeps its times.
fn conditions(before: &Value, available: bool, done: bool, at: Timestamp) -> Value {
    let truth = |holds: bool| if holds { "True" } else { "False" };
    let progress = if done { "NewReplicaSetAvailable" } else { "ReplicaSetUpdated" };
    let wanted =
        [("Available", truth(available), "AvailableReason"), ("Progressing", "True", progress)];
    let conditions = wanted.map(|(kind, status, reason)| {
        let kept =
            before.as_array().into_iter().flatten().find(|one| {
                one["type"] == kind && one["status"] == status && one["reason"] == reason
            });
        let now = at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        kept.cloned().unwrap_or_else(|| {
            json!({
                "type": kind, "status": status, "reason": reason,
                "lastTransitionTime": now, "lastUpdateTime": now,
            })
        })
    });
    Value::from(conditions.to_vec())
}

/// What is told when a release has become the stable one.
pub(super) fn completed(before: &Value, after: &Value, have: &[Have]) -> Option<String> {
    let stable = after["stableRS"].as_str().filter(|stable| before["stableRS"] != *stable)?;
    let revision = have.iter().find(|set| set.hash == stable)?.revision;
    let why = match before["stableRS"].as_str().filter(|hash| !hash.is_empty()) {
        None => "Initial deploy",
        Some(_) if after["blueGreen"].is_object() => "Completed blue-green update",
        Some(_) => "Completed all canary steps",
    };
    Some(format!("Rollout completed update to revision {revision} ({stable}): {why}"))
}

fn is_full_at(ready: i64, wanted: i64) -> bool {
    ready >= wanted
}

fn step_is(status: &Value, step: usize) -> bool {
    index(&status["currentStepIndex"]) == step
}

fn index(value: &Value) -> usize {
    value.as_u64().and_then(|index| usize::try_from(index).ok()).unwrap_or(0)
}

fn steps(spec: &Value) -> &[Value] {
    spec["strategy"]["canary"]["steps"].as_array().map_or(&[], Vec::as_slice)
}

/// The weight that holds at a step: the last one that was set up to it; all past the end.
fn weight(steps: &[Value], at: usize) -> Option<i64> {
    (at < steps.len())
        .then(|| steps[..=at].iter().rev().find_map(|step| step["setWeight"].as_i64()).unwrap_or(0))
}

fn told(
    rollout: &Value,
    current: &str,
    have: &[Have],
    now: &Progress,
    (abort, promote): (bool, bool),
) -> Value {
    let sum = |of: fn(&Have) -> i64| have.iter().map(of).sum::<i64>();
    let ended = current == now.stable;
    let updated = have.iter().find(|set| set.hash == current).map_or(0, |set| set.exist);
    let generation = rollout["metadata"]["generation"].as_u64().unwrap_or(0);
    let mut status = Map::new();
    let mut put = |name: &str, value: Value| status.insert(name.to_owned(), value);
    put("observedGeneration", json!(generation.to_string()));
    put("currentPodHash", json!(current));
    put("stableRS", json!(now.stable));
    put("currentStepIndex", json!(now.step));
    put("phase", json!(now.phase));
    put("message", json!(now.message));
    put("abort", json!(abort && !ended));
    put("promoteFull", json!(promote && !ended));
    put("controllerPause", json!(now.waits));
    let pause = json!([{ "reason": "CanaryPauseStep" }]);
    put("pauseConditions", if now.waits { pause } else { Value::Null });
    put("replicas", json!(sum(|set| set.exist)));
    put("readyReplicas", json!(sum(|set| set.ready)));
    put("availableReplicas", json!(sum(|set| set.ready)));
    put("updatedReplicas", json!(updated));
    Value::Object(status)
}
