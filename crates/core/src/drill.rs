//! Drill scenarios: what the practice world will do, what a good decision is, and what a
//! scripted operator answers. Start with [`Scenario`].

mod act;
pub mod debrief;
mod exercise;
pub mod fitting;
mod lesson;
mod operator;
pub mod proof;
mod script;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use act::DrillAct;
pub use exercise::{Exercise, NoExercise};
pub use lesson::{Deed, Juncture, Lesson};
pub use operator::{AskKind, Begin, Opening, OperatorAnswer, OperatorRule};
pub use script::{Behaviour, Fault, FaultKind, Move, Obstacle, Scripted, WorldEvent};

use crate::catalog::Place;
use crate::name::{RunbookName, ScenarioName};
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
    /// What a person can do by hand, outside of Lastgood: turn a flag off, suspend a sync.
    pub by_hand: Vec<Move>,
    /// What whoever presents the drill can make happen besides.
    pub presenter: Vec<Move>,
    /// What the scripted operator does with the plan.
    pub opening: Opening,
    /// What the scripted operator answers; first match wins, and what no rule matches is
    /// answered by going on.
    pub operator: Vec<OperatorRule>,
    /// What is really the matter, shown afterwards.
    pub truth: String,
    /// What a good decision is where one has to be taken, and why; shown afterwards.
    pub lessons: Vec<Lesson>,
    /// How it ends when it goes well.
    pub success: SuccessRule,
}

impl Scenario {
    /// When users begin to be hurt by the script, since the start of the drill. What a
    /// scenario hurts with is an event that fails requests or makes them slow, or a release
    /// that never comes up; where nothing does, it is the first event.
    #[must_use]
    pub fn harm(&self) -> Millis {
        let scripted = || self.events.iter().filter(|event| event.after.is_none());
        let hurts = scripted().filter(|event| event.what.hurts()).map(|event| event.at).min();
        let first = || scripted().map(|event| event.at).min();
        hurts.or_else(first).unwrap_or(Millis(0))
    }

    /// What can be made to happen under this name, by hand or by whoever presents.
    #[must_use]
    pub fn moves(&self, id: &str) -> Option<&Move> {
        self.by_hand.iter().chain(&self.presenter).find(|one| one.id == id)
    }
}

/// How a drill ends when it goes well.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SuccessRule {
    /// How the run must end.
    pub outcome: OutcomeKind,
    /// World time from the first harm to the proof of recovery, or to the end of the run
    /// where nothing was to be recovered.
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
