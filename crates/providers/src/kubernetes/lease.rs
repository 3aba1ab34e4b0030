//! The Lease under which one run at a time changes a workload. Pure; [`act`] asks and acts.
//!
//! Where it is documented: <https://kubernetes.io/docs/concepts/architecture/leases/>. The
//! fields are used as leader election uses them: whoever holds it renews it in time, whoever
//! finds it run out may take it over, and every write relies on the version that was read.

mod act;

use jiff::{SignedDuration, Timestamp};
use lastgood_core::lease::{Holder, PlaceLease, TERM, Turn};
use lastgood_core::name::RunId;
use serde_json::{Value, json};

use super::request;

pub(super) const GROUP: &str = "coordination.k8s.io";
pub(super) const PLURAL: &str = "leases";
const VERSION: &str = "v1";

/// The longest name that Kubernetes takes (RFC 1123).
const NAME_AT_MOST: usize = 253;

/// The lease of what is called `workload`. Whatever catalog it is in, and under whatever name,
/// it is the same one.
pub(super) fn of(namespace: &str, workload: &str) -> PlaceLease {
    let mut name = format!("lastgood-{workload}");
    // Names are ASCII; two that differ only behind the cut keep each other waiting.
    name.truncate(NAME_AT_MOST);
    PlaceLease { namespace: namespace.to_owned(), name }
}

/// The object.
pub(super) fn path(lease: &PlaceLease) -> String {
    request::custom(GROUP, VERSION, &lease.namespace, PLURAL, &lease.name)
}

/// Where such objects are made.
pub(super) fn home(lease: &PlaceLease) -> String {
    format!("/apis/{GROUP}/{VERSION}/namespaces/{}/{PLURAL}", lease.namespace)
}

/// How a person ends a lease whose holder is gone.
pub(super) fn over(lease: &PlaceLease) -> String {
    format!("`kubectl -n {} delete lease {}`", lease.namespace, lease.name)
}

/// Whose turn it is at `now`, by the API server's clock, as `run` sees it.
pub(super) fn turn(object: Option<&Value>, run: Option<&RunId>, now: Timestamp) -> Turn {
    let Some(spec) = object.map(|object| &object["spec"]) else { return Turn::Free };
    let Some(identity) = spec["holderIdentity"].as_str().filter(|text| !text.is_empty()) else {
        return Turn::Free;
    };
    let time = |field: &str| spec[field].as_str().and_then(|text| text.parse::<Timestamp>().ok());
    let since = time("acquireTime");
    let length = spec["leaseDurationSeconds"].as_i64().map(SignedDuration::from_secs);
    let until = time("renewTime").or(since).zip(length);
    let until = until.and_then(|(from, length)| from.checked_add(length).ok());
    let who = match identity.rsplit_once('/') {
        Some((who, run)) => format!("{who} (run {run})"),
        None => identity.to_owned(),
    };
    let holder = Holder { who, since, until };
    if run.is_some_and(|run| is_of(identity, run)) {
        Turn::Ours(holder)
    } else if until.is_some_and(|until| until <= now) {
        Turn::Left(holder)
    } else {
        // One that does not say when it ends does not end.
        Turn::Theirs(holder)
    }
}

fn is_of(identity: &str, run: &RunId) -> bool {
    identity.rsplit_once('/').is_some_and(|(_, of)| of == run.as_str())
}

/// The object as `run` of `who` holds it from `now` on. With the version that was read, so
/// that the API server refuses it when somebody else was faster.
pub(super) fn held(
    object: Option<&Value>,
    lease: &PlaceLease,
    (who, run): (&str, &RunId),
    now: Timestamp,
) -> Value {
    let mut held = object.cloned().unwrap_or_else(|| {
        json!({
            "apiVersion": format!("{GROUP}/{VERSION}"),
            "kind": "Lease",
            "metadata": { "namespace": lease.namespace, "name": lease.name },
            "spec": {},
        })
    });
    let before = object.map(|object| &object["spec"]);
    let is_ours = before
        .and_then(|spec| spec["holderIdentity"].as_str())
        .is_some_and(|identity| is_of(identity, run));
    let now = micros(now);
    let spec = &mut held["spec"];
    if !is_ours {
        let transitions = before.and_then(|spec| spec["leaseTransitions"].as_i64());
        spec["leaseTransitions"] = json!(transitions.map_or(0, |count| count.saturating_add(1)));
        spec["acquireTime"] = json!(now);
    }
    spec["holderIdentity"] = json!(format!("{who}/{run}"));
    spec["leaseDurationSeconds"] = json!(TERM.0 / 1000);
    spec["renewTime"] = json!(now);
    held
}

/// The object as nobody holds it.
pub(super) fn free(object: &Value) -> Value {
    let mut free = object.clone();
    if let Some(spec) = free["spec"].as_object_mut() {
        spec.remove("holderIdentity");
    }
    free
}

/// As the API server reads a `MicroTime`: with exactly six digits.
fn micros(at: Timestamp) -> String {
    format!("{at:.6}")
}

#[cfg(test)]
mod tests;
