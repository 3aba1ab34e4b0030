//! What was found out about releases besides their deploys: the input of the gates.
//!
//! Every field may be unknown. What nobody looked up stays `NotRecorded`, and the gate
//! says so; it never passes on it. Whoever can look something up fills the field of the
//! release that it is about: see [`Facts::about`].

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Marks;
use crate::name::{ReleaseId, RunId, SloName};
use crate::recorded::Recorded;

/// What is known of the releases of one place.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// What people and runs said of them.
    pub marks: Marks,
    releases: BTreeMap<ReleaseId, ReleaseFacts>,
}

impl Facts {
    /// With these marks, and nothing looked up.
    #[must_use]
    pub fn marked(marks: Marks) -> Self {
        Self { marks, releases: BTreeMap::new() }
    }

    /// The facts about one release, to be filled in.
    pub fn about(&mut self, release: &ReleaseId) -> &mut ReleaseFacts {
        self.releases.entry(release.clone()).or_default()
    }

    /// The facts about one release, if anybody looked something up.
    #[must_use]
    pub fn of(&self, release: &ReleaseId) -> Option<&ReleaseFacts> {
        self.releases.get(release)
    }
}

/// What is known of one release.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReleaseFacts {
    /// How its time in service went (gates G3 and G4).
    pub tenure: Tenure,
    /// Incidents in which it was under suspicion (G2).
    pub incidents: Vec<Incident>,
    /// Whether its artifact can still be had (G5).
    pub artifact: Recorded<Artifact>,
    /// Whether it runs on today's database schema (G6).
    pub schema: Recorded<Schema>,
    /// Whether the flags that it needs are there (G7).
    pub flags: Recorded<Flags>,
    /// Whether the settings and secrets that it needs are there (G8).
    pub settings: Recorded<Settings>,
    /// Whether others still understand it (G9).
    pub contracts: Recorded<Contracts>,
    /// Whether it is too old to be trusted (G10).
    pub age: Recorded<Age>,
}

/// How a release's time in service went.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tenure {
    /// Requests that it answered.
    pub requests: Recorded<u64>,
    /// The bad ones among them.
    pub bad: Recorded<u64>,
    /// The largest share of traffic that it had, 0 to 1.
    pub peak_share: Recorded<f64>,
    /// How it kept each objective; empty when nobody measured.
    pub objectives: Vec<Kept>,
    /// The run whose verification proved it.
    pub verified_by: Recorded<RunId>,
}

/// How an objective was kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// Which objective.
    pub slo: SloName,
    /// The share of bad requests that it allows, 0 to 1.
    pub budget: f64,
    /// The upper end of the one-sided 95 % interval of the share of bad requests.
    pub upper_bound_95: Recorded<f64>,
    /// The largest value that the test against the objective reached.
    pub e_abs_max: Recorded<f64>,
}

/// An incident in which a release was under suspicion.
#[derive(Clone, Debug, PartialEq)]
pub struct Incident {
    /// What it is called.
    pub name: String,
    /// When it began.
    pub at: Timestamp,
    /// How strongly the release was blamed, 0 to 1.
    pub blame: Recorded<f64>,
}

/// Whether an artifact can still be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Artifact {
    /// The manifest and everything that it names is there.
    Present {
        /// What proves it: `registry.example answered for the manifest and 4 layers`.
        proof: String,
    },
    /// The registry says that it does not exist.
    Gone {
        /// What is gone.
        what: String,
    },
    /// The tag leads somewhere else now.
    Moved {
        /// The digest as deployed.
        recorded: String,
        /// The digest that the tag has now.
        found: String,
    },
    /// The manifest is there and a part that it names is not.
    Incomplete {
        /// The missing part: `the manifest for linux/amd64`.
        missing: String,
    },
    /// Whether it is there could not be found out.
    Unclear {
        /// Why not: `the registry answers 429`.
        why: String,
    },
}

/// Whether the release runs on the schema of today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Schema {
    /// Its code works and nothing is lost.
    Compatible {
        /// Why: `no migration since`, `0042 only adds a column`.
        why: String,
    },
    /// Safe only while a query finds no row.
    Probe {
        /// What the query looks for.
        what: String,
        /// How many rows it found, at least.
        rows: Recorded<u64>,
    },
    /// A migration is half-way through; nobody can go anywhere on such a schema.
    Unfinished {
        /// Which one, in words.
        why: String,
    },
    /// Its code breaks on it.
    Breaks {
        /// The statement responsible, in words.
        why: String,
    },
    /// Data is gone or overwritten already; going back does not bring it back.
    Loses {
        /// The statement responsible, in words.
        why: String,
    },
    /// No program can tell; a person decides.
    Opaque {
        /// What could not be understood.
        why: String,
    },
    /// It could not be looked up.
    Unclear {
        /// Why not.
        why: String,
    },
}

/// The flags that matter for a release.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// What it needs.
    pub needs: Vec<FlagNeed>,
    /// Flags that are on now and that only newer code understands.
    pub only_newer: Vec<String>,
}

/// A flag that a release needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlagNeed {
    /// The flag.
    pub name: String,
    /// The variation that it needs; `None` when the flag need only exist.
    pub variation: Option<String>,
    /// What became of it.
    pub found: Recorded<FlagState>,
    /// What it is now, where that is another value than the release had.
    pub differs: Option<String>,
}

/// What became of a flag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FlagState {
    /// It exists, with these variations.
    Offers(Vec<String>),
    /// It was archived.
    Archived,
    /// There is none of that name.
    Missing,
}

/// The settings and secrets that a release refers to. All four empty: everything that it
/// refers to was looked up and is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Keys that do not exist.
    pub missing: Vec<String>,
    /// Keys whose value has expired.
    pub expired: Vec<String>,
    /// Keys that were renamed since, as `old → new`.
    pub renamed: Vec<String>,
    /// What could not be looked up, as sentences.
    pub unclear: Vec<String>,
}

/// Whether those who depend on the release still can. Both empty: everything was looked up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contracts {
    /// Consumers that need something newer, as `search needs orders v3`.
    pub broken: Vec<String>,
    /// What could not be looked up, as sentences.
    pub unclear: Vec<String>,
}

/// How old a release is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Age {
    /// When it was built.
    pub built: Recorded<Timestamp>,
    /// When the first thing inside it expires: a certificate, a base image's support.
    pub expires: Recorded<Timestamp>,
    /// Why it was recalled, such as the name of a vulnerability.
    pub recalled: Option<String>,
    /// What could not be found out, as sentences.
    pub unclear: Vec<String>,
}
