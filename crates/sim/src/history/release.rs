//! Makes releases with everything that a careful team records, and sometimes less.

use std::collections::BTreeMap;

use lastgood_core::catalog::Place;
use lastgood_core::name::ReleaseId;
use lastgood_core::recorded::Recorded;
use lastgood_core::release::{Promises, Release, Rollback};
use sha2::{Digest, Sha256};

use super::words;
use crate::chance::{Stream, hex, text};

/// How well a release was documented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Care {
    /// Everything is recorded.
    Full,
    /// Now and then something is missing.
    Usual,
    /// Two things are missing.
    Partly,
    /// Little more than the image is known, and that by its tag.
    Hardly,
}

/// Makes the releases of one place, in order.
pub(super) struct Maker {
    place: Place,
    chance: Stream,
    schema: u64,
    previous: Option<String>,
}

impl Maker {
    pub(super) fn new(place: Place, mut chance: Stream) -> Self {
        let schema = chance.between(31, 64);
        Self { place, chance, schema, previous: None }
    }

    pub(super) fn release(&mut self, version: &str, care: Care) -> Release {
        let chance = &mut self.chance;
        if chance.once_in(4) {
            self.schema += 1;
        }
        let mut release = Release {
            schema_version: Recorded::Recorded(schema_version(self.schema)),
            flags: Recorded::Recorded(flags(chance)),
            rollback: Recorded::Recorded(rollback(&self.place, self.previous.as_deref(), chance)),
            cost: Recorded::Recorded(cents(chance.between(90, 140))),
            promises: Promises::default(),
            changelog: Recorded::Recorded(words::changelog(chance)),
            commit: Recorded::Recorded(chance.hex(40)),
            ..bare(&self.place, version)
        };
        let missing = match care {
            Care::Full => 0,
            Care::Usual => u64::from(chance.once_in(6)),
            Care::Partly => 2,
            Care::Hardly => 6,
        };
        let first = chance.below(6);
        for field in 0..missing {
            forget(&mut release, (first + field) % 6);
        }
        if care == Care::Hardly {
            release.digest = Recorded::NotRecorded;
        }
        self.previous = Some(version.to_owned());
        release
    }
}

/// What a scenario says of a release that it brings.
pub(crate) struct Told {
    pub(crate) changelog: Option<String>,
    pub(crate) flags: BTreeMap<String, String>,
}

/// A release that a scenario brings: documented in full, on the schema of what it
/// replaces.
pub(crate) fn scripted(
    seed: u64,
    place: &Place,
    version: &str,
    told: Told,
    replaces: &Release,
) -> Release {
    let mut chance = Stream::new(&[seed, text(&place.to_string()), text(version)]);
    let previous = Some(replaces.version.as_str());
    Release {
        schema_version: replaces.schema_version.clone(),
        flags: Recorded::Recorded(told.flags),
        rollback: Recorded::Recorded(rollback(place, previous, &mut chance)),
        cost: Recorded::Recorded(cents(chance.between(90, 140))),
        changelog: told.changelog.into(),
        commit: Recorded::Recorded(chance.hex(40)),
        ..bare(place, version)
    }
}

/// The id of a version in a place.
pub(crate) fn id(place: &Place, version: &str) -> ReleaseId {
    ReleaseId::new(format!("{}:{version}", place.service))
}

/// A release of which only the image is known.
fn bare(place: &Place, version: &str) -> Release {
    let artifact = format!("images.practice.example/{}:{version}", place.service);
    let digest = hex(&Sha256::digest(artifact.as_bytes()));
    Release {
        id: id(place, version),
        version: version.to_owned(),
        artifact,
        digest: Recorded::Recorded(format!("sha256:{digest}")),
        commit: Recorded::NotRecorded,
        changelog: Recorded::NotRecorded,
        schema_version: Recorded::NotRecorded,
        flags: Recorded::NotRecorded,
        rollback: Recorded::NotRecorded,
        cost: Recorded::NotRecorded,
        promises: Promises::default(),
    }
}

fn schema_version(number: u64) -> String {
    format!("{number:04}")
}

/// Money per thousand requests from hundredths of a cent.
fn cents(hundredths: u64) -> f64 {
    f64::from(u32::try_from(hundredths).unwrap_or(0)) / 10_000.0
}

fn flags(chance: &mut Stream) -> BTreeMap<String, String> {
    let mut flags = BTreeMap::new();
    if chance.once_in(3) {
        let value = if chance.once_in(4) { "off" } else { "on" };
        flags.insert(words::flag(chance).to_owned(), value.to_owned());
    }
    flags
}

fn rollback(place: &Place, previous: Option<&str>, chance: &mut Stream) -> Rollback {
    match previous {
        Some(previous) if !chance.once_in(3) => Rollback::Command(format!(
            "./ops/rollback --service {} --env {} --to {previous}",
            place.service, place.environment
        )),
        Some(_) | None => {
            Rollback::Runbook(format!("https://runbooks.practice.example/{}", place.service))
        }
    }
}

fn forget(release: &mut Release, field: u64) {
    match field {
        0 => release.commit = Recorded::NotRecorded,
        1 => release.changelog = Recorded::NotRecorded,
        2 => release.schema_version = Recorded::NotRecorded,
        3 => release.flags = Recorded::NotRecorded,
        4 => release.rollback = Recorded::NotRecorded,
        _ => release.cost = Recorded::NotRecorded,
    }
}
