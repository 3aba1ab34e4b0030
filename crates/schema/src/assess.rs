//! From what a database has applied to what going back to a release would meet.
//!
//! Pure: what was applied, and which migrations each release brings, is read elsewhere.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::classify::{Catalog, classify};
use crate::label::{Dialect, Label, Probe, Ruling};
use crate::source::Source;

#[cfg(test)]
mod tests;

/// How a migration ended, as its tool wrote it down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// All of it was applied.
    Done,
    /// It failed, or a part of it is missing, or its tool calls the database dirty.
    Unfinished,
}

/// A migration that the database's own record names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    /// Its version or name, as its tool identifies it.
    pub version: String,
    /// The tool's checksum, where it keeps one.
    pub checksum: Option<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// When, as its tool wrote it down, where it did.
    pub when: Option<String>,
}

impl Applied {
    /// One that was applied, of which nothing else is known.
    pub fn done(version: impl Into<String>) -> Self {
        Self { version: version.into(), checksum: None, outcome: Outcome::Done, when: None }
    }
}

/// A migration as a release brings it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migration {
    /// Its version or name, as its tool identifies it.
    pub version: String,
    /// The checksum its tool would keep, where that is known.
    pub checksum: Option<String>,
    /// Its text.
    pub source: Source,
}

/// A release that could be gone back to, with all migrations that it brings, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What the release is called.
    pub release: String,
    /// Its migrations.
    pub migrations: Vec<Migration>,
}

/// What going back to one release would meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// The release.
    pub release: String,
    /// The worst label of everything between the release and the database.
    pub worst: Label,
    /// Versions in the database that the release does not bring, in the order of the record.
    pub ahead: Vec<String>,
    /// The statements that gave the worst label, with the version they belong to.
    pub responsible: Vec<(String, Ruling)>,
    /// What to ask now, and again right before traffic returns.
    pub probes: Vec<Probe>,
    /// What is in doubt, or stands in the way whatever the statements say; each a sentence.
    pub doubts: Vec<String>,
    /// Whether the record itself forbids going anywhere: a migration is unfinished.
    pub blocked: bool,
}

impl Assessment {
    /// Whether nothing but probes stands between the release and the database.
    pub const fn is_possible(&self) -> bool {
        !self.blocked && matches!(self.worst, Label::Compatible | Label::Probe)
    }
}

/// Says what going back to `candidate` would meet. `known` are the texts of all migrations
/// that can be had, from the newest release on; a version of the record that is not among
/// them is opaque.
pub fn assess(
    dialect: Dialect,
    applied: &[Applied],
    candidate: &Candidate,
    known: &[Migration],
) -> Assessment {
    let brings: BTreeMap<&str, &Migration> =
        candidate.migrations.iter().map(|one| (one.version.as_str(), one)).collect();
    let texts: BTreeMap<&str, &Migration> =
        known.iter().map(|one| (one.version.as_str(), one)).collect();
    let mut doubts = Vec::new();
    let mut worst = Label::Compatible;
    let mut blocked = false;
    let mut ahead = Vec::new();
    let mut sources = Vec::new();
    for record in applied {
        let version = record.version.as_str();
        if record.outcome == Outcome::Unfinished {
            blocked = true;
            worst = worst.max(Label::Opaque);
            doubts.push(format!("the migration `{version}` is unfinished; how much of it is there must be seen first"));
        }
        let text = brings.get(version).or_else(|| texts.get(version));
        if text.is_some_and(|text| differs(record.checksum.as_deref(), text.checksum.as_deref())) {
            worst = worst.max(Label::Opaque);
            doubts.push(format!("the migration `{version}` was changed after it was applied"));
        }
        if brings.contains_key(version) {
            continue;
        }
        ahead.push(version.to_owned());
        if let Some(migration) = texts.get(version) {
            sources.push((version, migration.source.clone()));
        } else {
            worst = worst.max(Label::Opaque);
            doubts.push(format!("the text of the migration `{version}` cannot be had"));
        }
    }
    if applied.is_empty() && !brings.is_empty() {
        worst = worst.max(Label::Opaque);
        doubts.push("the database has no record of any migration".to_owned());
    }
    for missing in
        brings.keys().filter(|version| !applied.iter().any(|record| record.version == **version))
    {
        worst = worst.max(Label::Opaque);
        doubts.push(format!(
            "the release brings the migration `{missing}`, which the database does not have"
        ));
    }
    let before: Vec<Source> = candidate.migrations.iter().map(|one| one.source.clone()).collect();
    let catalog =
        if before.is_empty() { Catalog::unknown(dialect) } else { Catalog::read(dialect, &before) };
    let texts: Vec<Source> = sources.iter().map(|(_, source)| source.clone()).collect();
    let report = classify(dialect, &texts, &catalog);
    let of_statements = report.worst();
    let mut probes: Vec<Probe> = Vec::new();
    let mut responsible = Vec::new();
    for ruling in report.rulings {
        for probe in &ruling.probes {
            if !probes.contains(probe) {
                probes.push(probe.clone());
            }
        }
        if ruling.label == of_statements && of_statements != Label::Compatible {
            responsible.push((sources[ruling.file].0.to_owned(), ruling));
        }
    }
    Assessment {
        release: candidate.release.clone(),
        worst: worst.max(of_statements),
        ahead,
        responsible,
        probes,
        doubts,
        blocked,
    }
}

/// Whether two checksums are known and not the same.
fn differs(record: Option<&str>, file: Option<&str>) -> bool {
    matches!((record, file), (Some(record), Some(file)) if !record.eq_ignore_ascii_case(file))
}
