//! The deploys of one place as two sources tell them, joined. Pure.
//!
//! The platform knows what ran; a forge such as GitHub knows what was meant. A deploy that
//! both tell of is shown once: the platform's, with what only the other one knows. None is
//! lost and none is doubled, and where the two contradict each other, that is said with
//! what each of them says.

use std::collections::BTreeSet;

use super::{Deploy, DeployOutcome, Release};
use crate::recorded::Recorded;

/// A source's deploys, and what a sentence calls it.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// As in `Kubernetes says`.
    pub name: String,
    /// In any order.
    pub deploys: Vec<Deploy>,
}

/// Fewer characters of a commit are no proof that it is the same one.
const SHORT: usize = 7;

/// All deploys of both sources, newest first, each once, and what they contradict each
/// other in.
#[must_use]
pub fn merge(platform: Source, other: Source) -> (Vec<Deploy>, Vec<String>) {
    let mut doubts = Vec::new();
    let pairs = pairs(&platform.deploys, &other.deploys);
    let mut merged = platform.deploys;
    let mut left = Vec::new();
    for (index, theirs) in other.deploys.into_iter().enumerate() {
        match pairs.iter().find(|(_, of_other)| *of_other == index) {
            Some((ours, _)) => {
                let ours = &mut merged[*ours];
                join(ours, theirs, (&platform.name, &other.name), &mut doubts);
            }
            None => left.push(theirs),
        }
    }
    for mut deploy in left {
        // Another deploy of a release that the platform still has is one of that release.
        let known = merged.iter().find(|known| same(&known.release, &deploy.release));
        if let Some(known) = known {
            let theirs = std::mem::replace(&mut deploy.release, known.release.clone());
            complete(&mut deploy.release, &theirs);
        }
        merged.push(deploy);
    }
    merged.sort_by(super::history::newest_first);
    (merged, doubts)
}

/// Which deploy of the one is which of the other: same artifact or commit, and the nearest
/// in time of those; each at most once.
fn pairs(ours: &[Deploy], theirs: &[Deploy]) -> Vec<(usize, usize)> {
    let mut likely: Vec<(u128, usize, usize)> = Vec::new();
    for (index, one) in ours.iter().enumerate() {
        for (other_index, other) in theirs.iter().enumerate() {
            if one.place == other.place && same(&one.release, &other.release) {
                let apart = one.at.duration_since(other.at).as_millis().unsigned_abs();
                likely.push((apart, index, other_index));
            }
        }
    }
    likely.sort_unstable();
    let (mut taken, mut given) = (BTreeSet::new(), BTreeSet::new());
    likely
        .into_iter()
        .filter(|(_, one, other)| {
            let free = !taken.contains(one) && !given.contains(other);
            if free {
                taken.insert(*one);
                given.insert(*other);
            }
            free
        })
        .map(|(_, one, other)| (one, other))
        .collect()
}

/// Whether both are the same release: by digest where both have one, else by commit. Two
/// digests that differ are two releases, also of the same commit.
fn same(one: &Release, other: &Release) -> bool {
    if one.id == other.id {
        return true;
    }
    if let (Some(one), Some(other)) = (one.digest.as_option(), other.digest.as_option()) {
        return one == other;
    }
    match (one.commit.as_option(), other.commit.as_option()) {
        (Some(one), Some(other)) => same_commit(one, other),
        (Some(_) | None, None) | (None, Some(_)) => false,
    }
}

/// A commit may be written short.
fn same_commit(one: &str, other: &str) -> bool {
    let length = one.len().min(other.len());
    length >= SHORT && one.get(..length).is_some() && one.get(..length) == other.get(..length)
}

fn join(ours: &mut Deploy, theirs: Deploy, names: (&str, &str), doubts: &mut Vec<String>) {
    let version = ours.release.version.clone();
    let mut differ = |what: &str, one: String, other: String| {
        doubts.push(format!(
            "{version}: its {what} is {one} by {} and {other} by {}",
            names.0, names.1
        ));
    };
    let (one, other) = (&ours.release, &theirs.release);
    if let (Some(a), Some(b)) = (one.commit.as_option(), other.commit.as_option())
        && !same_commit(a, b)
        && a != b
    {
        differ("commit", a.clone(), b.clone());
    }
    texts("schema version", &one.schema_version, &other.schema_version, &mut differ);
    texts("changelog", &one.changelog, &other.changelog, &mut differ);
    let flags = |release: &Release| {
        let flags = release.flags.as_option()?;
        let words: Vec<String> = flags.iter().map(|(name, to)| format!("{name}={to}")).collect();
        Some(format!("`{}`", words.join(", ")))
    };
    if let (Some(a), Some(b)) = (flags(one), flags(other))
        && a != b
    {
        differ("list of flags", a, b);
    }
    if let (Some(a), Some(b)) = (one.rollback.as_option(), other.rollback.as_option())
        && a != b
    {
        differ("way back", format!("{a:?}"), format!("{b:?}"));
    }
    if let (Some(a), Some(b)) = (one.cost.as_option(), other.cost.as_option())
        && a.to_bits() != b.to_bits()
    {
        differ("cost", a.to_string(), b.to_string());
    }
    match (ours.outcome, theirs.outcome) {
        // What only the forge recorded is better than nothing.
        (DeployOutcome::Unknown, _) => {
            ours.outcome = theirs.outcome;
            ours.ended_at = ours.ended_at.or(theirs.ended_at);
        }
        (DeployOutcome::Completed, DeployOutcome::Failed) => {
            differ("deploy", "complete".to_owned(), "failed".to_owned());
        }
        (DeployOutcome::Failed, DeployOutcome::Completed) => {
            differ("deploy", "failed".to_owned(), "complete".to_owned());
        }
        (
            DeployOutcome::InProgress
            | DeployOutcome::Completed
            | DeployOutcome::Failed
            | DeployOutcome::RolledBack,
            _,
        ) => {}
    }
    complete(&mut ours.release, &theirs.release);
    if ours.actor.as_option().is_none() {
        ours.actor = theirs.actor;
    }
}

fn texts(
    what: &str,
    one: &Recorded<String>,
    other: &Recorded<String>,
    differ: &mut impl FnMut(&str, String, String),
) {
    if let (Some(one), Some(other)) = (one.as_option(), other.as_option())
        && one != other
    {
        differ(what, format!("`{one}`"), format!("`{other}`"));
    }
}

/// Fills in what `release` does not say.
fn complete(release: &mut Release, other: &Release) {
    fn fill<T: Clone>(field: &mut Recorded<T>, other: &Recorded<T>) {
        if field.as_option().is_none() {
            field.clone_from(other);
        }
    }
    fill(&mut release.digest, &other.digest);
    fill(&mut release.commit, &other.commit);
    fill(&mut release.changelog, &other.changelog);
    fill(&mut release.schema_version, &other.schema_version);
    fill(&mut release.flags, &other.flags);
    fill(&mut release.rollback, &other.rollback);
    fill(&mut release.cost, &other.cost);
    release.promises.complete(&other.promises);
}

#[cfg(test)]
mod tests;
