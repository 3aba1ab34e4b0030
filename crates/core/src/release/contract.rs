//! What releases promise each other: the contracts that they keep and need, and whether
//! all of them still fit when one service goes back. Pure.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Release;
use super::facts::Contracts;
use crate::name::ServiceName;
use crate::recorded::Recorded;

/// Contracts by name, such as `orders-api`, each with a version or a range of versions.
pub type Versions = BTreeMap<String, String>;

/// What a release promises to those around it, as its team recorded it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promises {
    /// The contracts that it keeps, each in the versions that it understands: `3`, or
    /// `2..4` with both ends inside. None is an answer, too.
    pub provides: Recorded<Versions>,
    /// The contracts that it needs others to keep, each in the version that it speaks.
    pub requires: Recorded<Versions>,
    /// When the first thing inside of it expires: a certificate, a base image's support.
    pub expires: Recorded<Timestamp>,
}

impl Promises {
    /// Whether nobody recorded anything.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        *self == Self::default()
    }

    /// Takes from `other` what is not recorded here.
    pub fn complete(&mut self, other: &Self) {
        fn fill<T: Clone>(field: &mut Recorded<T>, other: &Recorded<T>) {
            if field.as_option().is_none() {
                field.clone_from(other);
            }
        }
        fill(&mut self.provides, &other.provides);
        fill(&mut self.requires, &other.requires);
        fill(&mut self.expires, &other.expires);
    }
}

/// A service beside the one that goes back, and what it runs.
#[derive(Clone, Debug)]
pub struct Neighbour<'a> {
    /// Which.
    pub service: &'a ServiceName,
    /// The releases that serve there, or why that is not known.
    pub serving: Result<Vec<&'a Release>, String>,
}

/// Whether everybody still fits when `candidate` takes the place of `serving`.
///
/// `consumers` need what the service keeps, `providers` keep what it needs. A consumer is
/// asked about the contracts that the service is known to keep, in either release; what it
/// needs of others is not this service's matter.
#[must_use]
pub fn hold(
    candidate: &Release,
    serving: Option<&Release>,
    consumers: &[Neighbour<'_>],
    providers: &[Neighbour<'_>],
) -> Contracts {
    let mut found = Contracts::default();
    for consumer in consumers {
        let Some(releases) = known(consumer, &mut found) else { continue };
        for release in releases {
            needed_by(candidate, serving, consumer.service, release, &mut found);
        }
    }
    needs(candidate, providers, &mut found);
    dedup(&mut found.broken);
    dedup(&mut found.unclear);
    found
}

fn known<'n>(neighbour: &'n Neighbour<'_>, found: &mut Contracts) -> Option<&'n [&'n Release]> {
    match &neighbour.serving {
        Ok(releases) => Some(releases),
        Err(why) => {
            found.unclear.push(format!("what {} runs is not known: {why}", neighbour.service));
            None
        }
    }
}

fn needed_by(
    candidate: &Release,
    serving: Option<&Release>,
    service: &ServiceName,
    consumer: &Release,
    found: &mut Contracts,
) {
    let name = format!("{service} {}", consumer.version);
    let Recorded::Recorded(requires) = &consumer.promises.requires else {
        found.unclear.push(format!("{name} does not record which contracts it needs"));
        return;
    };
    let keeps = candidate.promises.provides.as_option();
    let kept_now = serving.and_then(|one| one.promises.provides.as_option());
    for (contract, version) in requires {
        let ours = [keeps, kept_now].iter().flatten().any(|kept| kept.contains_key(contract));
        let Some(keeps) = keeps else {
            if ours {
                found.unclear.push(format!(
                    "{name} needs {contract} {version}; {} does not record what it keeps",
                    candidate.version
                ));
            }
            continue;
        };
        if !ours {
            continue;
        }
        match keeps.get(contract) {
            None => found.broken.push(format!(
                "{name} needs {contract} {version}, which {} does not know",
                candidate.version
            )),
            Some(range) => fits(version, range, found, || {
                format!("{name} needs {contract} {version}; {} keeps {range}", candidate.version)
            }),
        }
    }
    if keeps.is_none() && kept_now.is_none() && !requires.is_empty() {
        found
            .unclear
            .push(format!("{} does not record which contracts it keeps", candidate.version));
    }
}

fn needs(candidate: &Release, providers: &[Neighbour<'_>], found: &mut Contracts) {
    if providers.is_empty() {
        return;
    }
    let Recorded::Recorded(requires) = &candidate.promises.requires else {
        found
            .unclear
            .push(format!("{} does not record which contracts it needs", candidate.version));
        return;
    };
    let mut kept: Vec<(&ServiceName, &Release, &Versions)> = Vec::new();
    let mut silent = false;
    for provider in providers {
        let Some(releases) = known(provider, found) else {
            silent = true;
            continue;
        };
        for release in releases {
            match &release.promises.provides {
                Recorded::Recorded(versions) => kept.push((provider.service, release, versions)),
                Recorded::NotRecorded => silent = true,
            }
        }
    }
    for (contract, version) in requires {
        let mut anybody = false;
        for (service, release, versions) in &kept {
            let Some(range) = versions.get(contract) else { continue };
            anybody = true;
            fits(version, range, found, || {
                format!(
                    "{} needs {contract} {version}; {service} {} keeps {range}",
                    candidate.version, release.version
                )
            });
        }
        if !anybody {
            let who = if silent { "nobody who was looked at says so" } else { "nobody keeps it" };
            found.unclear.push(format!("{} needs {contract} {version}: {who}", candidate.version));
        }
    }
}

fn fits(version: &str, range: &str, found: &mut Contracts, words: impl Fn() -> String) {
    match includes(range, version) {
        Some(true) => {}
        Some(false) => found.broken.push(words()),
        None => found.unclear.push(format!("{}: these versions cannot be compared", words())),
    }
}

/// Whether `range` (`3`, or `2..4` with both ends inside) holds `version`; `None` when one
/// of them is not made of numbers and dots.
#[must_use]
pub fn includes(range: &str, version: &str) -> Option<bool> {
    let (low, high) = range.split_once("..").unwrap_or((range, range));
    let [low, high, version] = [low, high, version].map(numbers);
    let (low, high, version) = (low?, high?, version?);
    Some(compare(&low, &version).is_le() && compare(&version, &high).is_le())
}

/// Whether `text` is a version, or a range of them whose ends are in order.
#[must_use]
pub fn is_range(text: &str) -> bool {
    let (low, high) = text.split_once("..").unwrap_or((text, text));
    match (numbers(low), numbers(high)) {
        (Some(low), Some(high)) => compare(&low, &high).is_le(),
        (None, _) | (_, None) => false,
    }
}

fn numbers(version: &str) -> Option<Vec<u64>> {
    version.trim().trim_start_matches('v').split('.').map(|part| part.parse().ok()).collect()
}

/// A missing part is a zero: `3` and `3.0` are the same.
fn compare(one: &[u64], other: &[u64]) -> Ordering {
    let part = |of: &[u64], at: usize| of.get(at).copied().unwrap_or(0);
    (0..one.len().max(other.len()))
        .map(|at| part(one, at).cmp(&part(other, at)))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

fn dedup(sentences: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    sentences.retain(|sentence| seen.insert(sentence.clone()));
}

#[cfg(test)]
mod tests;
