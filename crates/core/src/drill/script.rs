//! What happens in the practice world: by the script, by hand, or because somebody who
//! presents the drill wants it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::catalog::Place;
use crate::flag::FlagState;
use crate::name::FlagName;
use crate::time::Millis;

/// Something that happens in the practice world.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scripted {
    /// Since the start of the drill, or since the call that it waits for.
    pub at: Millis,
    /// The call of ours that it waits for, such as `release.restore`; `None` for the start
    /// of the drill. The first one counts.
    pub after: Option<String>,
    /// What happens.
    pub what: WorldEvent,
}

/// What can happen in the practice world.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "event")]
pub enum WorldEvent {
    /// Somebody begins to roll out a new release.
    Deploy {
        /// Where.
        place: Place,
        /// Its version.
        version: String,
        /// Its behaviour once it serves.
        behaviour: Behaviour,
        /// Who did it.
        actor: String,
        /// What changed.
        changelog: Option<String>,
        /// The flags that it came with, with their values.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        flags: BTreeMap<String, String>,
    },
    /// A release changes its behaviour.
    Change {
        /// Where.
        place: Place,
        /// Which version; `None` for all (a dependency broke).
        version: Option<String>,
        /// The new behaviour.
        behaviour: Behaviour,
    },
    /// Traffic changes.
    Traffic {
        /// Where.
        place: Place,
        /// Requests per second.
        rate: f64,
    },
    /// Somebody turns a feature flag on or off.
    Flag {
        /// Where.
        place: Place,
        /// Which flag.
        flag: FlagName,
        /// What it becomes.
        to: FlagState,
        /// Which version has something behind it; `None` for every one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version: Option<String>,
        /// How that behaves while the flag is on, if otherwise than without it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        behaviour: Option<Behaviour>,
        /// Who did it.
        actor: String,
    },
    /// Something comes to stand in the way of going back to the release that serves now.
    Obstacle {
        /// Where.
        place: Place,
        /// What it is.
        obstacle: Obstacle,
        /// Whether it goes away instead.
        lifted: bool,
    },
    /// Somebody applies a migration that no release brings, or the newest one does.
    Migrate {
        /// Where.
        place: Place,
        /// The statement, for PostgreSQL.
        sql: String,
    },
    /// The newest release writes rows that older ones cannot read, or stops having any.
    NewRows {
        /// Where.
        place: Place,
        /// Whether there are some from now on.
        there: bool,
    },
}

impl WorldEvent {
    /// Whether users of what happens to are worse off: requests fail, or a release does not
    /// come up.
    #[must_use]
    pub fn hurts(&self) -> bool {
        let bad = |behaviour: &Behaviour| behaviour.error_rate > 0.0 || !behaviour.becomes_ready;
        match self {
            Self::Deploy { behaviour, .. } | Self::Change { behaviour, .. } => bad(behaviour),
            Self::Flag { to: FlagState::On, behaviour, .. } => behaviour.as_ref().is_some_and(bad),
            Self::Flag { to: FlagState::Off, .. }
            | Self::Traffic { .. }
            | Self::Obstacle { .. }
            | Self::Migrate { .. }
            | Self::NewRows { .. } => false,
        }
    }
}

/// What can stand in the way of a rollback before it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Obstacle {
    /// The registry does not have the artifact any more.
    ArtifactGone,
    /// The artifact's tag leads to another artifact.
    TagMoved,
    /// The registry answers that it is asked too often.
    RegistryBusy,
    /// We may not change the service.
    PermissionMissing,
    /// A controller puts back whatever its repository says.
    AutoSync,
    /// A key of the configuration is gone.
    ConfigKeyMissing,
    /// Somebody froze changes.
    Frozen,
    /// Another operator of Lastgood holds the lease of the service.
    AnotherOperator,
}

impl Obstacle {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::ArtifactGone,
        Self::TagMoved,
        Self::RegistryBusy,
        Self::PermissionMissing,
        Self::AutoSync,
        Self::ConfigKeyMissing,
        Self::Frozen,
        Self::AnotherOperator,
    ];

    /// As drills write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ArtifactGone => "artifact-gone",
            Self::TagMoved => "tag-moved",
            Self::RegistryBusy => "registry-busy",
            Self::PermissionMissing => "permission-missing",
            Self::AutoSync => "auto-sync",
            Self::ConfigKeyMissing => "config-key-missing",
            Self::Frozen => "frozen",
            Self::AnotherOperator => "another-operator",
        }
    }
}

/// How a release behaves.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Behaviour {
    /// Share of requests that fail, 0 to 1.
    pub error_rate: f64,
    /// Median latency.
    pub latency: Millis,
    /// Whether its replicas ever become ready.
    pub becomes_ready: bool,
}

/// Something that goes wrong with our own calls to the practice world.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Which calls: an operation such as `release.restore`, or `measure`, `check`,
    /// `survey`.
    pub on: String,
    /// What happens to them.
    pub kind: FaultKind,
    /// How many calls are hit before it stops.
    pub times: u32,
    /// It waits for the first call of ours with this operation; `None` for no wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// What happens to a faulty call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// It is refused; nothing changes.
    Refuse,
    /// It takes this much longer.
    Delay(Millis),
    /// It is done, and its reply is lost.
    LoseReply,
    /// It is answered with success, and not done.
    Lie,
    /// Reads answer with data that is too old.
    Stale,
}

/// Something that can be made to happen at any time, under a name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Move {
    /// Unique in its scenario.
    pub id: String,
    /// Verb and object, as a person reads it.
    pub title: String,
    /// What happens, at once and in this order.
    pub events: Vec<WorldEvent>,
    /// What goes wrong with our own calls from then on.
    pub faults: Vec<Fault>,
}
