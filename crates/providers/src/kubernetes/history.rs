//! From `ReplicaSets` to deploys. Pure.
//!
//! Kubernetes keeps one `ReplicaSet` per template with the revisions it was rolled out as,
//! and nothing of how a rollout ended. [`outcome`] says on what the outcome of a deploy
//! rests; where that is thin, the page says so in its doubts.

mod outcome;

use jiff::{SignedDuration, Timestamp};
use lastgood_core::catalog::{Place, Strategy};
use lastgood_core::name::ReleaseId;
use lastgood_core::release::metadata::{self, Field, Limits};
use lastgood_core::release::{Deploy, DeployOutcome, DeployPage, Reach, Release};
use serde_json::Value;

use super::argo;
use super::effect::RESTORED;
use super::marks::{DeployedAt, RolledBack};
use super::objects::{CHANGE_CAUSE, ReplicaSet, Seen, digest_of, text};
use super::reply::{is_owned_by, time};

/// Everything that deploys are told from.
pub(super) struct Sources<'a> {
    pub(super) seen: &'a Seen,
    pub(super) container: Option<&'a str>,
    pub(super) pods: &'a [Value],
    /// The Deployment's events, which last an hour; or why they could not be read.
    pub(super) events: Result<&'a [Value], String>,
}

/// One deploy: a `ReplicaSet` under one of its revisions.
struct Entry<'a> {
    set: &'a ReplicaSet,
    revision: u64,
    at: Timestamp,
    /// Whether the time is only a bound.
    is_guess: bool,
    /// The mark of the run that put it back, if one did.
    mark: Option<DeployedAt>,
    rolled_back: bool,
}

/// The newest `limit` deploys that began before `before`, newest first.
pub(super) fn page(
    sources: &Sources<'_>,
    place: &Place,
    before: Option<Timestamp>,
    limit: usize,
) -> DeployPage {
    let entries = entries(sources.seen);
    let mut doubts = Vec::new();
    if let Err(why) = &sources.events {
        doubts.push(format!("the events of the {} could not be read: {why}", sources.seen.kind()));
    }
    if let Some(oldest) = entries.first().filter(|entry| entry.revision > 1) {
        doubts.push(format!(
            "what was deployed before revision {} is not kept by Kubernetes (revisionHistoryLimit)",
            oldest.revision
        ));
    }
    let wanted: Vec<usize> = (0..entries.len())
        .rev()
        .filter(|index| before.is_none_or(|before| entries[*index].at < before))
        .collect();
    let more = wanted.len() > limit;
    let deploys = wanted
        .into_iter()
        .take(limit)
        .map(|index| deploy(sources, place, &entries, index, &mut doubts))
        .collect();
    DeployPage { deploys, more, doubts }
}

fn deploy(
    sources: &Sources<'_>,
    place: &Place,
    entries: &[Entry<'_>],
    index: usize,
    doubts: &mut Vec<String>,
) -> Deploy {
    let entry = &entries[index];
    let is_current = index + 1 == entries.len();
    let release = release(sources, entry.set, doubts);
    let ended = outcome::of(sources, entries, index);
    let name = format!("{} (revision {})", release.version, entry.revision);
    if let Some(doubt) = ended.doubt {
        doubts.push(format!("{name}: {doubt}"));
    }
    if entry.is_guess {
        doubts.push(format!("{name}: when it was rolled out again is not recorded"));
    }
    let actor = entry
        .mark
        .as_ref()
        .map(|mark| format!("lastgood, run {}", mark.run))
        .or_else(|| entry.set.ours("actor").map(str::to_owned))
        .or_else(|| {
            let (manager, _) = sources.seen.last_editor().filter(|_| is_current)?;
            // What the API server writes for a client that does not say who it is.
            (manager != "unknown").then(|| format!("field manager {manager}"))
        });
    Deploy {
        place: place.clone(),
        release,
        strategy: argo::strategy(sources.seen).unwrap_or(Strategy::Rolling),
        at: entry.at,
        ended_at: ended.at,
        actor: actor.into(),
        outcome: ended.outcome,
        reach: Reach::default(),
    }
}

/// All deploys that can be told, in the order of their revisions.
fn entries(seen: &Seen) -> Vec<Entry<'_>> {
    let mut found: Vec<(&ReplicaSet, u64, Option<Timestamp>, Option<DeployedAt>)> = Vec::new();
    for set in &seen.sets {
        let mark = DeployedAt::of(set).or_else(|| DeployedAt::on(&seen.deployment, set));
        let again = !set.earlier.is_empty();
        for (index, revision) in set.earlier.iter().enumerate() {
            found.push((set, *revision, set.created.filter(|_| index == 0), None));
        }
        if again {
            let mark = mark.filter(|mark| set.created.is_none_or(|created| mark.at > created));
            found.push((set, set.revision, mark.as_ref().map(|mark| mark.at), mark));
        } else {
            found.push((set, set.revision, set.created, None));
        }
    }
    found.sort_by_key(|(_, revision, _, _)| *revision);
    let mut entries: Vec<Entry<'_>> = Vec::with_capacity(found.len());
    // Backwards, because an unknown time is bounded by the deploy that followed. The
    // latest possible time is the careful one: it makes the time of serving short.
    let mut next = None;
    for (set, revision, at, mark) in found.into_iter().rev() {
        let known = at.or_else(|| next.is_none().then(|| rolled_out_again(seen)).flatten());
        let bound = next.map_or(seen.at, |next: Timestamp| second_before(next));
        let at = known.map_or(bound, |at| at.min(bound));
        entries.push(Entry {
            set,
            revision,
            at,
            is_guess: known.is_none(),
            mark,
            rolled_back: RolledBack::of(set).is_some_and(|mark| mark.revision == revision),
        });
        next = Some(at);
    }
    entries.reverse();
    mark_undone(&mut entries);
    entries
}

/// When the present template was put back, if somebody other than us did it: the newest
/// change of the template by anybody.
fn rolled_out_again(seen: &Seen) -> Option<Timestamp> {
    let edited = seen.last_editor().and_then(|(_, at)| at);
    edited.or_else(|| time(&seen.condition("Progressing")?["lastUpdateTime"]))
}

/// Two deploys of the same second keep their order.
pub(super) fn second_before(at: Timestamp) -> Timestamp {
    at.checked_sub(SignedDuration::from_millis(1)).unwrap_or(at)
}

/// A `ReplicaSet` that is rolled out again undoes every deploy since it was last rolled
/// out; unless it had itself been rolled back, for then it is another attempt at it.
fn mark_undone(entries: &mut [Entry<'_>]) {
    for index in 0..entries.len() {
        let uid = entries[index].set.uid.clone();
        let earlier = entries[..index].iter().rposition(|entry| entry.set.uid == uid);
        if let Some(earlier) = earlier.filter(|earlier| !entries[*earlier].rolled_back) {
            for entry in &mut entries[earlier + 1..index] {
                entry.rolled_back = true;
            }
        }
    }
}

/// A release as its `ReplicaSet` records it.
fn release(sources: &Sources<'_>, set: &ReplicaSet, doubts: &mut Vec<String>) -> Release {
    let version = set.version(sources.container);
    let limits = Limits::kubernetes();
    let ours = Field::ALL.iter().filter_map(|field| {
        let text = set.ours(field.as_str())?;
        Some((format!("{}{}", limits.prefix, field.as_str()), text.to_owned()))
    });
    let read = metadata::decode(&ours.collect(), &limits);
    doubts.extend(read.doubts.iter().map(|doubt| format!("{version}: {doubt}")));
    let cause = set
        .annotation(CHANGE_CAUSE)
        .filter(|cause| !cause.is_empty() && !cause.starts_with(RESTORED));
    let rollback = read.metadata.rollback();
    let changelog: Option<String> = read.metadata.changelog.into();
    Release {
        id: ReleaseId::new(set.name.clone()),
        artifact: set.image(sources.container),
        digest: digest(sources, set, &version, doubts).into(),
        commit: read.metadata.commit,
        changelog: changelog.or_else(|| cause.map(str::to_owned)).into(),
        schema_version: read.metadata.schema_version,
        flags: read.metadata.flags,
        rollback,
        cost: read.metadata.cost,
        promises: read.metadata.promises,
        version,
    }
}

/// What the release is pinned by: its annotation, its image reference, or what its pods
/// pulled, as long as they all pulled the same.
fn digest(
    sources: &Sources<'_>,
    set: &ReplicaSet,
    version: &str,
    doubts: &mut Vec<String>,
) -> Option<String> {
    if let Some(digest) =
        set.ours("digest").or(Some(&set.image(sources.container))).and_then(digest_of)
    {
        return Some(digest);
    }
    let mut pulled: Vec<String> = sources
        .pods
        .iter()
        .filter(|pod| is_owned_by(pod, &set.uid))
        .filter_map(|pod| super::pods::artifact(pod, sources.container))
        .filter_map(|artifact| digest_of(&artifact))
        .collect();
    pulled.sort_unstable();
    pulled.dedup();
    match pulled.as_slice() {
        [] => None,
        [one] => Some(one.clone()),
        [_, ..] => {
            let tag = text(&Value::from(set.image(sources.container)));
            doubts.push(format!("{version}: its replicas run different images under {tag}"));
            None
        }
    }
}

/// How a deploy ended, and on what that rests.
struct Ended {
    outcome: DeployOutcome,
    at: Option<Timestamp>,
    doubt: Option<String>,
}

#[cfg(test)]
mod tests;
