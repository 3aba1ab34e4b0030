//! The scripted operator, who plays a drill without a person.

use serde::{Deserialize, Serialize};

use crate::mitigation::Way;
use crate::time::Millis;

/// What the scripted operator does with the plan, before any question of the run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// What it does by hand before it reads the plan; names of the scenario's moves.
    pub first: Vec<String>,
    /// The release to go back to, by its version; `None` for the proposal.
    pub target: Option<String>,
    /// Whether it runs the plan.
    pub begin: Begin,
}

/// Whether a plan is run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum Begin {
    /// It is.
    #[default]
    Run,
    /// It is, in spite of the findings that forbid it.
    Override {
        /// Why; kept for each of them.
        reason: String,
    },
    /// It is not: another way is taken.
    Instead {
        /// Which.
        way: Way,
        /// Why.
        reason: String,
    },
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
    /// What it does by hand before it answers; names of the scenario's moves.
    pub first: Vec<String>,
    /// How long it takes over the answer; `None` for as long as it takes to read.
    pub thinks: Option<Millis>,
    /// Why, where a reason is needed.
    pub because: Option<String>,
    /// How often it is used; `None` for always.
    pub times: Option<u32>,
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
    /// End the run without a rollback.
    Decline,
    /// End the run.
    Abort,
    /// Take back what was done.
    Undo,
    /// Leave what was done.
    Leave,
}
