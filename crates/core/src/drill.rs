//! Drill scenarios: what the practice world will do, what a good decision is, and what a
//! scripted operator answers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::catalog::Place;
use crate::flag::FlagState;
use crate::name::{FlagName, RunbookName, ScenarioName};
use crate::run::Outcome;
use crate::time::Millis;

/// The script of a drill. Times count from the start of the drill.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scenario {
    /// Unique in its workspace.
    pub name: ScenarioName,
    /// What a person reads in a list.
    pub title: String,
    /// What it rehearses.
    pub summary: String,
    /// How long it takes a person, about.
    pub minutes: u32,
    /// The service in trouble.
    pub place: Place,
    /// The runbook to rehearse.
    pub runbook: RunbookName,
    /// Inputs for the runbook.
    pub inputs: BTreeMap<String, String>,
    /// How much world time goes by before the person arrives.
    pub head_start: Millis,
    /// What happens, in order of time.
    pub events: Vec<Scripted>,
    /// What goes wrong with our own calls.
    pub faults: Vec<Fault>,
    /// What the scripted operator answers; first match wins, and what no rule matches is
    /// answered by going on.
    pub operator: Vec<OperatorRule>,
    /// What is really the matter, shown afterwards.
    pub truth: String,
    /// How it ends when it goes well.
    pub success: SuccessRule,
}

/// Something that happens in the practice world.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scripted {
    /// Since the start of the drill.
    pub at: Millis,
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
}

impl Obstacle {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::ArtifactGone,
        Self::TagMoved,
        Self::RegistryBusy,
        Self::PermissionMissing,
        Self::AutoSync,
        Self::ConfigKeyMissing,
        Self::Frozen,
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

/// What the scripted operator does when asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorRule {
    /// The step that asks; `None` for any.
    pub step: Option<String>,
    /// What is asked; `None` for anything.
    pub ask: Option<AskKind>,
    /// The answer.
    pub answer: OperatorAnswer,
}

/// The kinds of question a run can ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum AskKind {
    /// Confirm the step before it begins.
    Confirm,
    /// Decide on a verdict that does not lead on by itself.
    Verdict,
    /// Choose an option.
    Choice,
    /// Do it by hand and say what you saw.
    Manual,
    /// The step failed.
    Failure,
    /// Say whether an effect took place.
    Ruling,
    /// Say whether the step is needed, because that could not be looked up.
    Guard,
    /// Take back what was done, or leave it.
    Undo,
}

/// What the scripted operator answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OperatorAnswer {
    /// Go on: confirm, accept the verdict, say it was done.
    GoOn,
    /// Choose the option with this id.
    Choose(String),
    /// Try again, or look again.
    Again,
    /// Pass over the step.
    Skip,
    /// The effect took place.
    Happened,
    /// The effect did not take place.
    DidNotHappen,
    /// End the run.
    Abort,
    /// Take back what was done.
    Undo,
    /// Leave what was done.
    Leave,
}

/// How a drill ends when it goes well.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SuccessRule {
    /// How the run must end.
    pub outcome: OutcomeKind,
    /// World time from the start of the drill to the end of the run.
    pub within: Option<Millis>,
}

/// An outcome without its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutcomeKind {
    /// Recovery was proven.
    Recovered,
    /// The run ended without a rollback, by decision.
    Declined,
    /// The run was aborted.
    Aborted,
}

impl OutcomeKind {
    /// Whether `outcome` is of this kind.
    #[must_use]
    pub const fn matches(self, outcome: &Outcome) -> bool {
        match (self, outcome) {
            (Self::Recovered, Outcome::Recovered)
            | (Self::Declined, Outcome::Declined { .. })
            | (Self::Aborted, Outcome::Aborted { .. }) => true,
            (
                Self::Recovered | Self::Declined | Self::Aborted,
                Outcome::Recovered
                | Outcome::Declined { .. }
                | Outcome::Aborted { .. }
                | Outcome::Unproven { .. }
                | Outcome::NotRecovered { .. },
            ) => false,
        }
    }
}
