//! How a deploy ended.
//!
//! Kubernetes does not record it for any but the newest. For an older deploy the first
//! of these that holds decides:
//!
//! 1. a later revision went back behind it, or our mark says so: rolled back;
//! 2. the annotation `lastgood.dev/completed` of a team's own pipeline: completed;
//! 3. an event says that its predecessor was scaled down to none while it was the newest
//!    (the controller does that only once enough of the new replicas are available), or,
//!    of an Argo Rollout, that the Service was switched to it or that it became the stable
//!    release: completed then;
//! 4. a `StatefulSet` says that every pod was of it last, or, of the first one, an event that
//!    the last pod was replaced, which it never is before every one is ready: completed;
//! 5. it has ready replicas now, no older one has any, and what follows it is still being
//!    rolled out: completed;
//! 6. the Deployment has been available since before the next deploy began, and it alone
//!    can have made it so, being the first or the only one scaled down since: completed;
//! 7. an event says that an older release still had replicas when the next deploy began:
//!    it never took over, and how it ended is unknown;
//! 8. it stayed the newest for twice its progress deadline and nobody went back from it:
//!    taken as completed, with a doubt;
//! 9. otherwise unknown, with a doubt.

use jiff::Timestamp;
use lastgood_core::release::DeployOutcome;
use lastgood_core::time::Millis;

use super::super::marks::COMPLETED;
use super::super::objects::Seen;
use super::super::reply::time;
use super::super::{argo, look, revisions};
use super::{Ended, Entry, Sources};

/// Kubernetes' own default, in seconds.
const PROGRESS_DEADLINE: u64 = 600;

pub(super) fn of(sources: &Sources<'_>, entries: &[Entry<'_>], index: usize) -> Ended {
    let entry = &entries[index];
    let plain = |outcome, at| Ended { outcome, at, doubt: None };
    let Some(next) = entries.get(index + 1) else { return newest(sources.seen, entry) };
    if entry.rolled_back {
        return plain(DeployOutcome::RolledBack, None);
    }
    if let Some(mark) = entry.set.annotation(COMPLETED) {
        return plain(DeployOutcome::Completed, mark.parse().ok());
    }
    let events = sources.events.as_deref().unwrap_or_default();
    let between = (entry.at, next.at);
    if let Some(at) = argo::took_over(sources.seen, events, entry.set, entry.revision, between) {
        return plain(DeployOutcome::Completed, Some(at));
    }
    let latest = entry.revision == entry.set.revision;
    if latest && revisions::has_completed(sources.seen, events, entry.set, next.at) {
        return plain(DeployOutcome::Completed, None);
    }
    let scaled = scalings(sources);
    let predecessor = index.checked_sub(1).map(|index| entries[index].set.name.as_str());
    if let Some(taken_over) = scaled.iter().find(|scaling| {
        scaling.to == 0
            && Some(scaling.set.as_str()) == predecessor
            && (entry.at..=next.at).contains(&scaling.at)
    }) {
        return plain(DeployOutcome::Completed, Some(taken_over.at));
    }
    let older: Vec<&str> = entries[..index].iter().map(|entry| entry.set.name.as_str()).collect();
    let older_has_replicas = entries[..index]
        .iter()
        .any(|older| older.set.replicas > 0 && older.set.uid != entry.set.uid);
    let next_is_under_way = index + 2 == entries.len() && !look::is_complete(sources.seen);
    if entry.set.ready > 0 && !older_has_replicas && next_is_under_way {
        return plain(DeployOutcome::Completed, None);
    }
    let left = |set: &str| scaled.iter().any(|down| down.set == set && down.at >= next.at);
    let older_was_left = older.iter().any(|set| *set != entry.set.name && left(set));
    let was_available = available_since(sources.seen).is_some_and(|since| since <= next.at);
    let alone = entry.revision == 1 || (left(&entry.set.name) && !older_was_left);
    if was_available && alone {
        return plain(DeployOutcome::Completed, None);
    }
    if older_was_left {
        return doubtful("it was superseded before it had taken over".to_owned());
    }
    let stayed = Millis::between(entry.at, next.at);
    if stayed.0 >= 2 * 1000 * deadline(sources.seen) {
        return Ended {
            outcome: DeployOutcome::Completed,
            at: None,
            doubt: Some(format!(
                "Kubernetes does not record whether its rollout completed; it is taken as \
                 completed because it stayed in front for {stayed} and nobody went back from it"
            )),
        };
    }
    doubtful(format!(
        "Kubernetes does not record whether its rollout completed, and {stayed} in front \
         is too short to tell"
    ))
}

fn doubtful(doubt: String) -> Ended {
    Ended { outcome: DeployOutcome::Unknown, at: None, doubt: Some(doubt) }
}

/// The newest deploy is the one that the Deployment's own conditions speak of.
fn newest(seen: &Seen, entry: &Entry<'_>) -> Ended {
    let settled = |outcome, at| Ended { outcome, at, doubt: None };
    let is_current = seen.current().is_some_and(|(set, _)| set.uid == entry.set.uid);
    if is_current && look::is_complete(seen) {
        let progressing = seen.condition("Progressing");
        let at = progressing
            .filter(|condition| condition["reason"] == "NewReplicaSetAvailable")
            .and_then(|condition| time(&condition["lastUpdateTime"]))
            .or_else(|| revisions::ready_since(seen))
            .filter(|at| *at >= entry.at);
        return settled(DeployOutcome::Completed, at);
    }
    if look::is_observed(seen) && look::gave_up(seen).is_some() {
        let condition = seen.condition("Progressing");
        let at = condition.and_then(|condition| time(&condition["lastTransitionTime"]));
        return settled(DeployOutcome::Failed, at);
    }
    settled(DeployOutcome::InProgress, None)
}

fn deadline(seen: &Seen) -> u64 {
    seen.deployment["spec"]["progressDeadlineSeconds"].as_u64().unwrap_or(PROGRESS_DEADLINE)
}

fn available_since(seen: &Seen) -> Option<Timestamp> {
    let condition = seen.condition("Available").filter(|found| found["status"] == "True")?;
    time(&condition["lastTransitionTime"])
}

/// That a `ReplicaSet` was scaled down, as an event tells it.
struct Scaling {
    set: String,
    to: u32,
    at: Timestamp,
}

/// An event that happened more than once gives its first and its last time.
fn scalings(sources: &Sources<'_>) -> Vec<Scaling> {
    let Ok(events) = &sources.events else { return Vec::new() };
    let mut found = Vec::new();
    for event in *events {
        let Some((set, to)) = event["message"].as_str().and_then(scaled_down) else { continue };
        let times = [&event["firstTimestamp"], &event["lastTimestamp"], &event["eventTime"]];
        for at in times.into_iter().filter_map(time) {
            found.push(Scaling { set: set.to_owned(), to, at });
        }
    }
    found
}

/// Reads `Scaled down replica set NAME to N`, to which newer versions add ` from M`.
pub(super) fn scaled_down(message: &str) -> Option<(&str, u32)> {
    let mut words = message.strip_prefix("Scaled down replica set ")?.split_whitespace();
    let set = words.next()?;
    words.find(|word| *word == "to")?;
    Some((set, words.next()?.parse().ok()?))
}
