//! What the journal holds. Names are never changed or reused; a variant that this
//! version does not know is shown as [`Event::Unknown`] and never driven.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Outcome;
use crate::check::CheckResult;
use crate::drill::DrillAct;
use crate::effect::{Receipt, Refusal};
use crate::judge::{Judgement, Verdict, Verification};
use crate::mitigation::Way;
use crate::name::{EffectKey, Person, StepId};
use crate::plan::Plan;

/// One line of a run's journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Counts from 1 within the run.
    pub seq: u64,
    /// When it happened, in the run's world.
    pub at: Timestamp,
    /// When it was recorded, on the wall.
    pub recorded_at: Timestamp,
    /// What happened.
    pub event: Event,
}

/// What can happen in a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "event")]
pub enum Event {
    /// The run begins with this plan. Always the first entry, and only the first.
    Planned {
        /// The plan, in full.
        plan: Box<Plan>,
        /// Who started it.
        by: Person,
    },
    /// The guard of a step holds.
    Needed {
        /// Which step.
        step: StepId,
    },
    /// The guard of a step does not hold, so there is nothing to do.
    NotNeeded {
        /// Which step.
        step: StepId,
        /// What was found.
        why: String,
    },
    /// The platform does not know what the step needs; its runbook foresaw that.
    LeftOut {
        /// Which step.
        step: StepId,
        /// Why it cannot be done there.
        why: String,
    },
    /// Whether the step is needed could not be looked up.
    GuardUnclear {
        /// Which step.
        step: StepId,
        /// Why not.
        why: String,
    },
    /// A person said go.
    Confirmed {
        /// Which step.
        step: StepId,
        /// Who.
        by: Person,
    },
    /// We are about to change the world.
    Intended {
        /// Which effect.
        key: EffectKey,
    },
    /// The change took place.
    Landed {
        /// Which effect.
        key: EffectKey,
        /// What proves it.
        receipt: Receipt,
    },
    /// The change did not take place.
    Refused {
        /// Which effect.
        key: EffectKey,
        /// Why.
        why: Refusal,
    },
    /// The answer to a change was lost; the change is being looked for.
    Lost {
        /// Which effect.
        key: EffectKey,
        /// What happened to the answer.
        why: String,
    },
    /// Somebody else has the lease that the run held, or ended it.
    Displaced {
        /// What took it.
        key: EffectKey,
        /// Who has it now, and what a person can do.
        why: String,
    },
    /// The lease that the run holds was not renewed in time: whoever comes may take it.
    Lapsed {
        /// What took it.
        key: EffectKey,
        /// Why it was not renewed.
        why: String,
    },
    /// No probe can tell whether the change took place.
    Unclear {
        /// Which effect.
        key: EffectKey,
        /// Why not.
        why: String,
    },
    /// A person said whether the change took place.
    Ruled {
        /// Which effect.
        key: EffectKey,
        /// Whether it did.
        happened: bool,
        /// Who said so.
        by: Person,
        /// How they know.
        reason: String,
    },
    /// A reading or manual step began.
    Began {
        /// Which step.
        step: StepId,
        /// Which attempt.
        attempt: u32,
    },
    /// Objectives were judged.
    Judged {
        /// Which step.
        step: StepId,
        /// The worst of them.
        verdict: Verdict,
        /// One for each objective.
        judgements: Vec<Judgement>,
    },
    /// Checks were run.
    Checked {
        /// Which step.
        step: StepId,
        /// One for each check.
        results: Vec<CheckResult>,
    },
    /// What was waited for came about.
    Waited {
        /// Which step.
        step: StepId,
        /// What was seen.
        sentence: String,
    },
    /// A verification ended.
    Verified {
        /// Which step.
        step: StepId,
        /// How.
        verification: Box<Verification>,
    },
    /// A line for the timeline, written by the runbook.
    Recorded {
        /// Which step.
        step: StepId,
        /// The line.
        text: String,
    },
    /// A step that reads failed.
    Failed {
        /// Which step.
        step: StepId,
        /// Why.
        why: String,
    },
    /// A person chose an option.
    Chosen {
        /// Which step.
        step: StepId,
        /// The option's id.
        option: String,
        /// Who.
        by: Person,
        /// Why, if they said so.
        reason: Option<String>,
    },
    /// A person did a manual step.
    Performed {
        /// Which step.
        step: StepId,
        /// What they saw.
        observed: String,
        /// Who.
        by: Person,
    },
    /// A person goes on in spite of a verdict, a failure or a doubt.
    Accepted {
        /// Which step.
        step: StepId,
        /// Who.
        by: Person,
        /// Why.
        reason: String,
    },
    /// A person wants the step to be tried, or looked at, again.
    Again {
        /// Which step.
        step: StepId,
        /// Who.
        by: Person,
        /// Why, if they said so.
        reason: Option<String>,
    },
    /// A person passed a step over.
    Skipped {
        /// Which step.
        step: StepId,
        /// Who.
        by: Person,
        /// Why.
        reason: String,
    },
    /// A person decided against a rollback.
    Declined {
        /// Which step asked.
        step: StepId,
        /// Who.
        by: Person,
        /// Why.
        reason: String,
    },
    /// A person wrote something down.
    Noted {
        /// Who.
        by: Person,
        /// What.
        text: String,
    },
    /// A person went on in spite of a preflight finding.
    Overridden {
        /// What was found.
        subject: String,
        /// Who.
        by: Person,
        /// Why.
        reason: String,
    },
    /// A person chose this way out of those that were weighed.
    Preferred {
        /// Which way.
        way: Way,
        /// Who.
        by: Person,
        /// Why.
        reason: String,
    },
    /// Somebody did something to the drill from outside of it. It changes nothing about how
    /// the run stands.
    Presented {
        /// Who.
        by: Person,
        /// What.
        act: DrillAct,
    },
    /// Nothing new begins until it is released.
    Held {
        /// Who.
        by: Person,
    },
    /// The run goes on.
    Released {
        /// Who.
        by: Person,
    },
    /// A person ends the run.
    Aborted {
        /// Who.
        by: Person,
        /// Why.
        reason: String,
    },
    /// What was done is to be taken back.
    UndoBegan {
        /// Who.
        by: Person,
        /// Which steps, in this order.
        steps: Vec<StepId>,
    },
    /// What was done stays as it is.
    Left {
        /// Who.
        by: Person,
        /// Why.
        reason: String,
    },
    /// Another process took the run up.
    Resumed {
        /// Who.
        by: Person,
    },
    /// The run ended. Nothing comes after it but notes.
    Finished {
        /// How.
        outcome: Outcome,
    },
    /// Written by a newer version.
    #[serde(other)]
    Unknown,
}

impl Event {
    /// What a person wrote, where one did; everything else in an event is words of ours or of
    /// other systems.
    pub const fn written(&mut self) -> Option<&mut String> {
        match self {
            Self::Ruled { reason, .. }
            | Self::Accepted { reason, .. }
            | Self::Skipped { reason, .. }
            | Self::Declined { reason, .. }
            | Self::Overridden { reason, .. }
            | Self::Preferred { reason, .. }
            | Self::Aborted { reason, .. }
            | Self::Left { reason, .. } => Some(reason),
            Self::Chosen { reason, .. } | Self::Again { reason, .. } => reason.as_mut(),
            Self::Performed { observed: text, .. } | Self::Noted { text, .. } => Some(text),
            // How a run ended repeats what a person gave as the reason.
            Self::Finished { outcome } => match outcome {
                Outcome::Recovered => None,
                Outcome::Unproven { why: text }
                | Outcome::NotRecovered { why: text }
                | Outcome::Declined { reason: text }
                | Outcome::Aborted { reason: text } => Some(text),
            },
            Self::Planned { .. }
            | Self::Needed { .. }
            | Self::NotNeeded { .. }
            | Self::LeftOut { .. }
            | Self::GuardUnclear { .. }
            | Self::Confirmed { .. }
            | Self::Intended { .. }
            | Self::Landed { .. }
            | Self::Refused { .. }
            | Self::Lost { .. }
            | Self::Displaced { .. }
            | Self::Lapsed { .. }
            | Self::Unclear { .. }
            | Self::Began { .. }
            | Self::Judged { .. }
            | Self::Checked { .. }
            | Self::Waited { .. }
            | Self::Verified { .. }
            | Self::Recorded { .. }
            | Self::Failed { .. }
            | Self::Presented { .. }
            | Self::Held { .. }
            | Self::Released { .. }
            | Self::UndoBegan { .. }
            | Self::Resumed { .. }
            | Self::Unknown => None,
        }
    }

    /// The name that the journal indexes it by.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Planned { .. } => "planned",
            Self::Needed { .. } => "needed",
            Self::NotNeeded { .. } => "not-needed",
            Self::LeftOut { .. } => "left-out",
            Self::GuardUnclear { .. } => "guard-unclear",
            Self::Confirmed { .. } => "confirmed",
            Self::Intended { .. } => "intended",
            Self::Landed { .. } => "landed",
            Self::Refused { .. } => "refused",
            Self::Lost { .. } => "lost",
            Self::Displaced { .. } => "displaced",
            Self::Lapsed { .. } => "lapsed",
            Self::Unclear { .. } => "unclear",
            Self::Ruled { .. } => "ruled",
            Self::Began { .. } => "began",
            Self::Judged { .. } => "judged",
            Self::Checked { .. } => "checked",
            Self::Waited { .. } => "waited",
            Self::Verified { .. } => "verified",
            Self::Recorded { .. } => "recorded",
            Self::Failed { .. } => "failed",
            Self::Chosen { .. } => "chosen",
            Self::Performed { .. } => "performed",
            Self::Accepted { .. } => "accepted",
            Self::Again { .. } => "again",
            Self::Skipped { .. } => "skipped",
            Self::Declined { .. } => "declined",
            Self::Noted { .. } => "noted",
            Self::Overridden { .. } => "overridden",
            Self::Preferred { .. } => "preferred",
            Self::Presented { .. } => "presented",
            Self::Held { .. } => "held",
            Self::Released { .. } => "released",
            Self::Aborted { .. } => "aborted",
            Self::UndoBegan { .. } => "undo-began",
            Self::Left { .. } => "left",
            Self::Resumed { .. } => "resumed",
            Self::Finished { .. } => "finished",
            Self::Unknown => "unknown",
        }
    }
}
