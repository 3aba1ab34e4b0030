//! What Lastgood can answer by itself. An answer says where it was seen; what could not be
//! looked at is unknown, and a journal that lacks something proves nothing, because others
//! may have done it elsewhere.

mod look;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::catalog::{Environment, Place, Service};
use crate::drill::proof::Rehearsal;
use crate::release::Release;
use crate::runbook::Runbook;
use crate::time::Millis;
use look::{listed, metadata, named, rehearsed, runbook, staged, there};

/// So many of the newest deploys are looked at for what they carry: about as many as a person
/// scrolls through, and enough that a single forgotten field stands out.
pub const DEPLOYS: usize = 10;

/// The least share of deploys, in per cent, that say what changed. Two of ten may be
/// redeploys of configuration, which nobody describes; commit and digest have no such excuse.
const CHANGELOGS: usize = 80;

macro_rules! facts {
    ($($(#[$doc:meta])* $Name:ident => $text:literal, $help:literal;)*) => {
        /// Something that the catalog, the journal or the platform tells, so that nobody has
        /// to be asked.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        #[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
        pub enum Fact {
            $($(#[$doc])* $Name,)*
        }

        impl Fact {
            /// Each as written in files, with what it says.
            pub const WORDS: &'static [(&'static str, &'static str)] = &[$(($text, $help),)*];

            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$Name,)*];

            /// As written in files.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$Name => $text,)*
                }
            }
        }
    };
}

facts! {
    /// The runbook was proven here, lately.
    RollbackRehearsed => "rollback-rehearsed",
        "a drill or a run proved the runbook here, within `rehearse-every` or the item's own limit";
    /// There are objectives.
    Objectives => "objectives", "the catalog declares objectives";
    /// There are checks.
    Checks => "checks", "the catalog declares checks";
    /// Replicas can be asked for their version.
    ReplicaVersion => "replica-version", "the catalog says how a replica tells its version";
    /// A few users meet a release first.
    StagedRollout => "staged-rollout", "the strategy is canary";
    /// There is a runbook that fits and reads well.
    Runbook => "runbook", "a runbook fits platform and strategy, and lint has no advice on it";
    /// The database's schema is looked at.
    SchemaSource => "schema-source", "the catalog says where the database's migrations are";
    /// Feature flags are looked at.
    Flags => "flags", "the catalog says where the feature flags are kept";
    /// Deploys say what they are.
    ReleaseMetadata => "release-metadata", "recent deploys carry commit, digest and changelog";
    /// There are pages to open.
    Dashboards => "dashboards", "the catalog links dashboards";
    /// Somebody answers for it.
    Owner => "owner", "the catalog names the owner";
    /// Somebody else can be called.
    Escalation => "escalation", "the catalog says whom to call next";
}

/// Whether something is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Holds {
    /// It was seen.
    Yes,
    /// It was seen not to be.
    No,
    /// It could not be seen.
    Unknown,
}

/// What a fact says of a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct FactAnswer {
    /// Which.
    pub fact: Fact,
    /// Whether it is true.
    pub holds: Holds,
    /// Why that is said, in a line.
    pub because: String,
    /// Where it was seen.
    pub seen: String,
}

/// A runbook with what lint says of it.
#[derive(Clone, Copy, Debug)]
pub struct KnownRunbook<'a> {
    /// The runbook.
    pub runbook: &'a Runbook,
    /// Its file, from the workspace on.
    pub file: &'a str,
    /// How many pieces of advice there are on the file.
    pub advice: usize,
}

/// The newest deploys of a place.
#[derive(Clone, Debug)]
pub enum Recent<'a> {
    /// What was found, newest first, and what keeps that from being all.
    Found {
        /// The releases that were deployed, at most [`DEPLOYS`].
        releases: Vec<&'a Release>,
        /// What could not be read, as sentences.
        doubts: Vec<String>,
    },
    /// Nobody could look, and why.
    NotKnown(String),
}

/// Everything that facts are read from.
#[derive(Clone, Debug)]
pub struct Known<'a> {
    /// Where.
    pub place: &'a Place,
    /// What the catalog says of the service.
    pub service: &'a Service,
    /// What it says of the place.
    pub environment: &'a Environment,
    /// Every runbook of the workspace.
    pub runbooks: &'a [KnownRunbook<'a>],
    /// When the proposed runbook was last proven; `None` where none is proposed, and why when
    /// that could not be read.
    pub rehearsal: Result<Option<Rehearsal>, String>,
    /// The newest deploys.
    pub recent: Recent<'a>,
    /// On the wall.
    pub now: Timestamp,
}

impl Fact {
    /// What `known` says of it. `limit` is how old a proof may be where the team has no limit
    /// of its own.
    #[must_use]
    pub fn answer(self, known: &Known<'_>, limit: Millis) -> FactAnswer {
        let environment = known.environment;
        let (holds, because, seen) = match self {
            Self::RollbackRehearsed => rehearsed(known, limit),
            Self::Runbook => runbook(known),
            Self::ReleaseMetadata => metadata(&known.recent),
            Self::StagedRollout => staged(known),
            Self::Owner => named("owner", "nobody is named as owner", &known.service.owner, known),
            Self::Escalation => named(
                "escalation",
                "nothing says whom to call when the owner does not answer",
                &known.service.escalation,
                known,
            ),
            Self::Objectives => {
                let names = environment.slos.iter().map(|slo| slo.name.to_string());
                listed(&names.collect::<Vec<_>>(), "slos", "no objective is declared", known)
            }
            Self::Checks => {
                let names = environment.checks.iter().map(|check| check.name.to_string());
                listed(&names.collect::<Vec<_>>(), "checks", "no check is declared", known)
            }
            Self::Dashboards => {
                let names = environment.dashboards.iter().map(|link| link.title.clone());
                listed(&names.collect::<Vec<_>>(), "dashboards", "no dashboard is linked", known)
            }
            Self::ReplicaVersion => there(
                environment.replica_version.as_ref().map(|ask| ask.url.clone()),
                "replica-version",
                "nothing says how a replica tells its version",
                known,
            ),
            Self::SchemaSource => there(
                environment.schema.as_ref().map(|at| at.migrations.display().to_string()),
                "schema",
                "nothing says where the database's migrations are",
                known,
            ),
            Self::Flags => there(
                environment.flags.as_ref().map(|at| format!("connection {}", at.connection)),
                "flags",
                "nothing says where feature flags are kept",
                known,
            ),
        };
        FactAnswer { fact: self, holds, because, seen }
    }
}

#[cfg(test)]
mod tests;
