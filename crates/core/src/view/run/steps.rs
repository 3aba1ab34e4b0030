//! The rail of a run: every step with its status and the value that it ended with.

use serde::{Deserialize, Serialize};

use super::EffectView;
use crate::effect::Reversibility;
use crate::name::StepId;
use crate::run::{Ask, Entry, Event, Mode, Next, Proof, Role, Run, Slot, StepState};
use crate::runbook::Phase;
use crate::time::Millis;
use crate::timeline::taken_back;
use crate::view::PlanStepView;

/// Where a step stands, for a glyph and a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum StepStatus {
    /// It has not begun.
    Will,
    /// The machine is at it.
    Working,
    /// A person must answer.
    NeedsYou,
    /// Somebody holds the run at it.
    Held,
    /// Its outcome is being looked up.
    InDoubt,
    /// It is done.
    Done,
    /// It failed.
    Failed,
    /// A person passed it over.
    Skipped,
    /// A person went on in spite of it.
    Accepted,
    /// There was nothing to do.
    NotNeeded,
    /// A branch led past it, or the platform does not know what it needs.
    PassedOver,
}

/// One step of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct StepView {
    /// Unique among the steps of its role.
    pub id: StepId,
    /// Whether it does the step or takes it back.
    pub role: Role,
    /// Verb and object.
    pub title: String,
    /// Which phase.
    pub phase: Phase,
    /// `judge`, `act`, `check`, `decide`, `wait`, `verify`, `manual` or `note`.
    pub kind: String,
    /// Where it stands.
    pub status: StepStatus,
    /// Whether it is the current one.
    pub current: bool,
    /// The value that it ended with, or why it has not: never just "OK".
    pub result: Option<String>,
    /// How long it took or has taken.
    pub took: Option<Millis>,
    /// Which attempt, from 1.
    pub attempt: u32,
    /// Why one does this.
    pub why: Option<String>,
    /// What will happen.
    pub what: String,
    /// What the person should see afterwards.
    pub expect: Option<String>,
    /// Whether a person must say go.
    pub confirm: bool,
    /// How far it can be taken back.
    pub reversibility: Reversibility,
    /// The change, for a step that makes one.
    pub effect: Option<EffectView>,
    /// What takes it back.
    pub undo: Option<EffectView>,
}

/// Whether nothing more can happen in a step.
pub(super) const fn is_over(state: &StepState) -> bool {
    match state {
        StepState::Done { .. }
        | StepState::Skipped { .. }
        | StepState::NotNeeded { .. }
        | StepState::PassedOver { .. }
        | StepState::Failed { .. } => true,
        StepState::Waiting { .. }
        | StepState::Needed { .. }
        | StepState::Confirmed { .. }
        | StepState::Begun { .. }
        | StepState::InDoubt { .. }
        | StepState::NeedsPerson { .. } => false,
    }
}

/// `next` is what the run does next, at the `current` step.
pub(super) fn steps(
    run: &Run,
    entries: &[Entry],
    current: Option<&StepId>,
    next: &Next,
) -> Vec<StepView> {
    let asked = matches!(next, Next::AskPerson { .. });
    let held = match (next, run.mode()) {
        (Next::Held, Mode::Held { by }) => Some(by),
        _ => None,
    };
    let undoing = run.slots().iter().any(|slot| slot.role == Role::Undo);
    run.slots()
        .iter()
        .filter_map(|slot| {
            let planned: PlanStepView = run.plan().step(&slot.step)?.into();
            let undo = slot.role == Role::Undo;
            let is_current = current == Some(&slot.step) && undo == undoing;
            let (status, result) = match held.filter(|_| is_current) {
                // What it waited for cannot be answered until the hold is released.
                Some(by) => {
                    (StepStatus::Held, Some(format!("by {by}, until the hold is released")))
                }
                None => status(slot, is_current, asked),
            };
            let (effect, takes_back) =
                if undo { (planned.undo, None) } else { (planned.effect, planned.undo) };
            Some(StepView {
                id: slot.step.clone(),
                role: slot.role,
                title: if undo {
                    taken_back(run.plan(), &slot.step, &planned.title)
                } else {
                    planned.title
                },
                phase: planned.phase,
                kind: planned.kind,
                status,
                current: is_current,
                result,
                took: took(slot, entries),
                attempt: attempt(&slot.state),
                why: planned.why,
                what: planned.what,
                expect: planned.expect,
                confirm: planned.confirm,
                reversibility: planned.reversibility,
                effect,
                undo: takes_back,
            })
        })
        .collect()
}

fn status(slot: &Slot, current: bool, asked: bool) -> (StepStatus, Option<String>) {
    match &slot.state {
        StepState::Waiting { .. } | StepState::Needed { .. } => {
            (if current { StepStatus::NeedsYou } else { StepStatus::Will }, None)
        }
        StepState::Confirmed { by, .. } => {
            (StepStatus::Working, Some(format!("confirmed by {by}")))
        }
        // What is done by hand has begun and goes on with whoever does it.
        StepState::Begun { .. } if current && asked => (StepStatus::NeedsYou, None),
        StepState::Begun { .. } => (StepStatus::Working, None),
        StepState::InDoubt { .. } => {
            (StepStatus::InDoubt, Some("sent; looking for the outcome".to_owned()))
        }
        StepState::NeedsPerson { ask, .. } => (StepStatus::NeedsYou, asks(ask)),
        StepState::Done { proof } => match proof {
            Proof::Accepted { by, reason } => {
                (StepStatus::Accepted, Some(format!("accepted by {by}: {reason}")))
            }
            Proof::Landed(receipt) => (StepStatus::Done, Some(receipt.sentence.clone())),
            Proof::Judged(judgements) => {
                let said = judgements.iter().map(|one| one.sentence.clone()).collect::<Vec<_>>();
                (StepStatus::Done, Some(said.join("; ")))
            }
            Proof::Checked(results) => {
                (StepStatus::Done, Some(format!("{} checks passed", results.len())))
            }
            Proof::Waited(sentence) => (StepStatus::Done, Some(sentence.clone())),
            Proof::Verified(verification) => {
                (StepStatus::Done, Some(verification.sentence.clone()))
            }
            Proof::Chosen { by, option } => {
                (StepStatus::Done, Some(format!("{by} chose `{option}`")))
            }
            Proof::Performed { by, observed } => {
                let saw = if observed.is_empty() { String::new() } else { format!(": {observed}") };
                (StepStatus::Done, Some(format!("done by {by}{saw}")))
            }
            Proof::Noted(_) => (StepStatus::Done, Some("written".to_owned())),
        },
        StepState::Failed { why } => (StepStatus::Failed, Some(why.clone())),
        StepState::Skipped { by, reason } => {
            (StepStatus::Skipped, Some(format!("skipped by {by}: {reason}")))
        }
        StepState::NotNeeded { why } => (StepStatus::NotNeeded, Some(why.clone())),
        StepState::PassedOver { why } => (StepStatus::PassedOver, Some(why.clone())),
    }
}

fn asks(ask: &Ask) -> Option<String> {
    match ask {
        Ask::Verdict { why, .. }
        | Ask::Failure { why }
        | Ask::Ruling { why, .. }
        | Ask::Guard { why } => Some(why.clone()),
        Ask::Confirm | Ask::Choice { .. } | Ask::Manual { .. } | Ask::Undo { .. } => None,
    }
}

fn attempt(state: &StepState) -> u32 {
    match state {
        StepState::Waiting { attempt }
        | StepState::Needed { attempt }
        | StepState::Confirmed { attempt, .. }
        | StepState::Begun { attempt }
        | StepState::NeedsPerson { attempt, .. } => *attempt,
        StepState::InDoubt { key } => key.attempt,
        StepState::Done { .. }
        | StepState::Failed { .. }
        | StepState::Skipped { .. }
        | StepState::NotNeeded { .. }
        | StepState::PassedOver { .. } => 1,
    }
}

/// From the step's last beginning to its end, in the run's world.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "only what begins or ends a step counts; every other event does neither"
)]
fn took(slot: &Slot, entries: &[Entry]) -> Option<Millis> {
    let undo = slot.role == Role::Undo;
    let mut began = None;
    let mut ended = None;
    for entry in entries {
        match &entry.event {
            Event::Intended { key } if key.step == slot.step && key.undo == undo => {
                began = Some(entry.at);
            }
            Event::Landed { key, .. } | Event::Refused { key, .. }
                if key.step == slot.step && key.undo == undo =>
            {
                ended = Some(entry.at);
            }
            Event::Began { step, .. } if *step == slot.step && !undo => began = Some(entry.at),
            Event::Judged { step, .. }
            | Event::Checked { step, .. }
            | Event::Waited { step, .. }
            | Event::Verified { step, .. }
            | Event::Recorded { step, .. }
            | Event::Failed { step, .. }
            | Event::Chosen { step, .. }
            | Event::Performed { step, .. }
                if *step == slot.step && !undo =>
            {
                ended = Some(entry.at);
            }
            _ => {}
        }
    }
    Some(Millis::between(began?, ended?))
}
