//! A plan: a runbook bound to a place and a target, with nothing left to choose. A person
//! reads and approves a plan, never a template.

mod compile;
mod drift;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use compile::{
    Absent, Aim, CompileError, Subject, compile, not_without, operations, suspensions, turns, unfit,
};
pub use drift::{Drift, Front};

use crate::catalog::{Place, Slo, Strategy};
use crate::check::Check;
use crate::drill::Exercise;
use crate::effect::{PlannedEffect, Reversibility};
use crate::judge::GateRule;
use crate::mitigation::Mitigation;
use crate::name::{RunbookName, ScenarioName, StepId};
use crate::preflight::Finding;
use crate::release::Release;
use crate::runbook::{DecisionOption, Guard, OnFailure, Phase, Responses, Until};
use crate::survey::Survey;
use crate::time::Millis;

/// Everything a run will do, resolved. Immutable once made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// What it does, for a title.
    pub title: String,
    /// The runbook it was made from.
    pub runbook: RunbookName,
    /// SHA-256 of the runbook's file, in hex.
    pub runbook_digest: String,
    /// Where.
    pub place: Place,
    /// The coordinates in words: context, namespace, Deployment.
    pub coordinates: String,
    /// How releases get there.
    pub strategy: Strategy,
    /// The release to get away from.
    pub from: Release,
    /// The release to go back to.
    pub to: Release,
    /// Why this target, in one sentence.
    pub because: String,
    /// The inputs as given or defaulted.
    pub inputs: BTreeMap<String, String>,
    /// In the order of work.
    pub steps: Vec<PlannedStep>,
    /// What was checked before the first change.
    pub findings: Vec<Finding>,
    /// What this rollback does not restore.
    pub not_restored: Vec<String>,
    /// What could be done besides or instead, the cheapest safe way first.
    // Plans of earlier versions have none, and must keep the name they were shown under.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mitigations: Vec<Mitigation>,
    /// What ran when it was made.
    pub survey: Survey,
    /// Set when it is a drill in the practice world.
    pub drill: Option<DrillTag>,
    /// Set when it is a drill on a real system: what it does there is real.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exercise: Option<Exercise>,
    /// When it was made.
    pub made_at: Timestamp,
}

/// What makes a run a drill in the practice world.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrillTag {
    /// The scenario that plays.
    pub scenario: ScenarioName,
    /// The seed that makes it repeatable.
    pub seed: u64,
    /// The practice world that it plays in, by the name of its log.
    pub world: String,
}

/// One step, resolved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedStep {
    /// Unique in the plan.
    pub id: StepId,
    /// Verb and object.
    pub title: String,
    /// Which phase.
    pub phase: Phase,
    /// Why one does this.
    pub why: Option<String>,
    /// What it does.
    pub task: Task,
    /// Must hold, or it is passed over as not needed.
    pub when: Option<Guard>,
    /// Whether a person must confirm before it begins.
    pub confirm: bool,
    /// What the person should see afterwards.
    pub expect: Option<String>,
    /// How long it may take.
    pub timeout: Option<Millis>,
    /// What happens when it fails.
    pub on_failure: OnFailure,
}

/// What a step does, with every call resolved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Task {
    /// Judge objectives over a window.
    Judge {
        /// Which ones.
        slos: Vec<Slo>,
        /// How far back to look.
        window: Millis,
        /// What each verdict leads to.
        on: Responses,
    },
    /// Change the world.
    Act {
        /// The effect, in full.
        effect: Box<PlannedEffect>,
        /// What takes it back, in full.
        undo: Option<Box<PlannedEffect>>,
    },
    /// Run synthetic checks once.
    Check {
        /// Which ones.
        checks: Vec<Check>,
    },
    /// Ask a person to choose.
    Decide {
        /// The question.
        question: String,
        /// The answers.
        options: Vec<DecisionOption>,
    },
    /// Wait.
    Wait {
        /// For what.
        until: Until,
    },
    /// Prove recovery.
    Verify {
        /// Which objectives.
        slos: Vec<Slo>,
        /// Which checks.
        checks: Vec<Check>,
        /// What must hold and for how long.
        rule: GateRule,
    },
    /// A person does it by hand.
    Manual {
        /// What to do.
        instruction: String,
        /// What to write down.
        ask: Option<String>,
    },
    /// A line for the timeline.
    Note {
        /// The text.
        text: String,
    },
    /// Nothing: the platform has not what the act needs, and its runbook foresaw that.
    LeftOut {
        /// The act, as runbooks write it.
        act: String,
        /// Why it cannot be done there, and what can.
        why: String,
    },
}

impl Task {
    /// What an act does, or with `undo` what takes it back; `None` for what changes nothing.
    #[must_use]
    pub fn effect(&self, undo: bool) -> Option<&PlannedEffect> {
        match self {
            Self::Act { effect, .. } if !undo => Some(effect),
            Self::Act { undo, .. } => undo.as_deref(),
            Self::Judge { .. }
            | Self::Check { .. }
            | Self::Decide { .. }
            | Self::Wait { .. }
            | Self::Verify { .. }
            | Self::Manual { .. }
            | Self::Note { .. }
            | Self::LeftOut { .. } => None,
        }
    }

    /// As runbooks write it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Judge { .. } => "judge",
            Self::Act { .. } | Self::LeftOut { .. } => "act",
            Self::Check { .. } => "check",
            Self::Decide { .. } => "decide",
            Self::Wait { .. } => "wait",
            Self::Verify { .. } => "verify",
            Self::Manual { .. } => "manual",
            Self::Note { .. } => "note",
        }
    }

    /// How far it can be taken back.
    #[must_use]
    pub fn reversibility(&self) -> Reversibility {
        match self {
            Self::Act { effect, .. } => effect.reversibility,
            // What a person does by hand is not ours to take back.
            Self::Manual { .. } => Reversibility::Irreversible,
            Self::Judge { .. }
            | Self::Check { .. }
            | Self::Decide { .. }
            | Self::Wait { .. }
            | Self::Verify { .. }
            | Self::Note { .. }
            | Self::LeftOut { .. } => Reversibility::ReadOnly,
        }
    }
}

impl Plan {
    /// What it rehearses, when it is a drill on a real system.
    #[must_use]
    pub fn exercised(&self) -> Option<String> {
        self.exercise.as_ref().map(|exercise| exercise.why.clone())
    }

    /// A short name for exactly this plan: the first 12 hex digits of the SHA-256 of
    /// everything but when, and in which practice world, it was made. Two people who see the same name see the
    /// same plan.
    #[must_use]
    pub fn hash(&self) -> String {
        let mut timeless = self.clone();
        timeless.made_at = Timestamp::UNIX_EPOCH;
        timeless.survey.at = Timestamp::UNIX_EPOCH;
        if let Some(drill) = &mut timeless.drill {
            drill.world.clear();
        }
        // A plan is made of strings, numbers and lists; it always serialises.
        let text = serde_json::to_string(&timeless).unwrap_or_default();
        let digest = Sha256::digest(text.as_bytes());
        digest.iter().take(6).fold(String::with_capacity(12), |mut name, byte| {
            for half in [byte >> 4, byte & 0xf] {
                name.extend(char::from_digit(u32::from(half), 16));
            }
            name
        })
    }

    /// The step with this id.
    #[must_use]
    pub fn step(&self, id: &StepId) -> Option<&PlannedStep> {
        self.steps.iter().find(|step| step.id == *id)
    }

    /// Where the step with this id stands in the order of work.
    #[must_use]
    pub fn position(&self, id: &StepId) -> Option<usize> {
        self.steps.iter().position(|step| step.id == *id)
    }
}
