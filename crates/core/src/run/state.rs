//! The states of a step and of a run. A state carries what proves it.

use serde::{Deserialize, Serialize};

use crate::check::CheckResult;
use crate::drill::AskKind;
use crate::effect::Receipt;
use crate::judge::{Judgement, Verdict, Verification};
use crate::name::{EffectKey, Person, StepId};
use crate::runbook::DecisionOption;

use super::Outcome;

/// One place in the order of work.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    /// The planned step that it belongs to.
    pub step: StepId,
    /// Whether it does the step or takes it back.
    pub role: Role,
    /// Where it stands.
    pub state: StepState,
}

impl Slot {
    /// A planned step before its first attempt.
    #[must_use]
    pub const fn forward(step: StepId) -> Self {
        Self { step, role: Role::Forward, state: StepState::Waiting { attempt: 1 } }
    }

    /// A compensation before its first attempt.
    #[must_use]
    pub const fn undo(step: StepId) -> Self {
        Self { step, role: Role::Undo, state: StepState::Waiting { attempt: 1 } }
    }
}

/// What a slot is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Role {
    /// It does the step.
    Forward,
    /// It takes the step back.
    Undo,
}

/// Where a step stands.
#[derive(Clone, Debug, PartialEq)]
pub enum StepState {
    /// It has not begun; attempts count from 1.
    Waiting {
        /// The attempt that it would be.
        attempt: u32,
    },
    /// Its guard holds; it has not begun.
    Needed {
        /// The attempt that it would be.
        attempt: u32,
    },
    /// A person said go.
    Confirmed {
        /// Which attempt.
        attempt: u32,
        /// Who said so.
        by: Person,
    },
    /// A step that reads, or that a person does, is under way.
    Begun {
        /// Which attempt.
        attempt: u32,
    },
    /// The intent is in the journal and the outcome is not: the effect may or may not
    /// have reached the provider.
    InDoubt {
        /// Which effect.
        key: EffectKey,
    },
    /// Nothing goes on until a person answers.
    NeedsPerson {
        /// Which attempt asks.
        attempt: u32,
        /// What is asked.
        ask: Ask,
    },
    /// It is done.
    Done {
        /// What proves it.
        proof: Proof,
    },
    /// It failed, and its runbook ends the run then.
    Failed {
        /// Why.
        why: String,
    },
    /// A person passed it over.
    Skipped {
        /// Who.
        by: Person,
        /// Why.
        reason: String,
    },
    /// Its guard does not hold: there was nothing to do.
    NotNeeded {
        /// What was found.
        why: String,
    },
    /// A branch led past it, or the platform does not know what it needs.
    PassedOver {
        /// Which branch, or why not.
        why: String,
    },
}

impl StepState {
    /// Whether nothing more is to be done, and the next step may begin.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        match self {
            Self::Done { .. }
            | Self::Skipped { .. }
            | Self::NotNeeded { .. }
            | Self::PassedOver { .. } => true,
            Self::Waiting { .. }
            | Self::Needed { .. }
            | Self::Confirmed { .. }
            | Self::Begun { .. }
            | Self::InDoubt { .. }
            | Self::NeedsPerson { .. }
            | Self::Failed { .. } => false,
        }
    }

    /// The attempt that would begin now.
    pub(super) const fn attempt_ahead(&self) -> Option<u32> {
        match self {
            Self::Waiting { attempt }
            | Self::Needed { attempt }
            | Self::Confirmed { attempt, .. } => Some(*attempt),
            Self::Begun { .. }
            | Self::InDoubt { .. }
            | Self::NeedsPerson { .. }
            | Self::Done { .. }
            | Self::Failed { .. }
            | Self::Skipped { .. }
            | Self::NotNeeded { .. }
            | Self::PassedOver { .. } => None,
        }
    }

    /// The attempt that asks a person.
    pub(super) const fn attempt_asking(&self) -> Option<u32> {
        if let Self::NeedsPerson { attempt, .. } = self { Some(*attempt) } else { None }
    }
}

/// What proves that a step is done.
#[derive(Clone, Debug, PartialEq)]
pub enum Proof {
    /// The effect took place.
    Landed(Receipt),
    /// The objectives were judged, and the runbook goes on with that verdict.
    Judged(Vec<Judgement>),
    /// Every check passed.
    Checked(Vec<CheckResult>),
    /// What was waited for came about.
    Waited(String),
    /// Recovery was proven.
    Verified(Box<Verification>),
    /// A person chose.
    Chosen {
        /// Who.
        by: Person,
        /// Which option, as a person reads it.
        option: String,
    },
    /// A person did it.
    Performed {
        /// Who.
        by: Person,
        /// What they saw.
        observed: String,
    },
    /// A person went on in spite of a verdict or a failure.
    Accepted {
        /// Who.
        by: Person,
        /// Why.
        reason: String,
    },
    /// A line was written.
    Noted(String),
}

/// What a person is asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "for")]
pub enum Ask {
    /// Confirm the step before it begins.
    Confirm,
    /// A verdict does not lead on by itself.
    Verdict {
        /// Which verdict.
        verdict: Verdict,
        /// Why it is one, in a sentence.
        why: String,
    },
    /// Choose an option.
    Choice {
        /// The question.
        question: String,
        /// The answers.
        options: Vec<DecisionOption>,
    },
    /// Do something by hand.
    Manual {
        /// What.
        instruction: String,
        /// What to write down.
        ask: Option<String>,
    },
    /// The step failed.
    Failure {
        /// Why.
        why: String,
    },
    /// Nobody but a person can say whether the effect took place.
    Ruling {
        /// Which effect.
        key: EffectKey,
        /// Why no probe could tell.
        why: String,
    },
    /// Whether the step is needed could not be looked up.
    Guard {
        /// Why not.
        why: String,
    },
    /// The run is being ended: take back what was done, or leave it?
    Undo {
        /// The steps that can be taken back, in the order in which that would happen.
        steps: Vec<StepId>,
    },
}

impl Ask {
    /// Which kind of question it is.
    #[must_use]
    pub const fn kind(&self) -> AskKind {
        match self {
            Self::Confirm => AskKind::Confirm,
            Self::Verdict { .. } => AskKind::Verdict,
            Self::Choice { .. } => AskKind::Choice,
            Self::Manual { .. } => AskKind::Manual,
            Self::Failure { .. } => AskKind::Failure,
            Self::Ruling { .. } => AskKind::Ruling,
            Self::Guard { .. } => AskKind::Guard,
            Self::Undo { .. } => AskKind::Undo,
        }
    }
}

/// Whether a run goes on.
#[derive(Clone, Debug, PartialEq)]
pub enum Mode {
    /// Step by step.
    Going,
    /// Nothing new begins until it is released.
    Held {
        /// Who holds it.
        by: Person,
    },
    /// It is being ended; what can be taken back is offered first.
    Aborting {
        /// Who ends it.
        by: Person,
        /// Why.
        reason: String,
    },
    /// What was done is being taken back, last first.
    Undoing {
        /// Who asked for it.
        by: Person,
        /// Why the run was ended.
        reason: String,
    },
    /// Nothing is left but to record the end.
    Ending {
        /// How it ends.
        outcome: Outcome,
    },
}
