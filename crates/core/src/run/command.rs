//! What a person may ask of a run: command → events, or a refusal that says why.

use serde::{Deserialize, Serialize};

use super::{Ask, Event, Mode, Next, Run, remaining};
use crate::drill::DrillAct;
use crate::name::{Person, StepId};
use crate::runbook::Guard;
use crate::survey::{RolloutState, Survey};

/// Something a person asks for. Each names the step that it was offered for, so that an
/// answer to an old question is noticed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "do")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum Command {
    /// Say go.
    Confirm {
        /// Which step.
        step: StepId,
    },
    /// Go on in spite of a verdict, a failure or an unclear guard.
    Accept {
        /// Which step.
        step: StepId,
        /// Why; read later by others.
        reason: String,
    },
    /// Look or try again.
    Again {
        /// Which step.
        step: StepId,
        /// Why, if there is something to say.
        reason: Option<String>,
    },
    /// Choose an option.
    Choose {
        /// Which step.
        step: StepId,
        /// The option's id.
        option: String,
        /// Why, if there is something to say.
        reason: Option<String>,
    },
    /// A manual step was done.
    Performed {
        /// Which step.
        step: StepId,
        /// What was seen: a value, not a tick.
        observed: String,
    },
    /// Pass the step over.
    Skip {
        /// Which step.
        step: StepId,
        /// Why; read later by others.
        reason: String,
    },
    /// Say whether an effect took place.
    Rule {
        /// Which step.
        step: StepId,
        /// Whether it did.
        happened: bool,
        /// How one knows.
        reason: String,
    },
    /// End the run without a rollback.
    Decline {
        /// Which step asked.
        step: StepId,
        /// Why.
        reason: String,
    },
    /// Let nothing new begin.
    Hold,
    /// Go on after a hold.
    Release,
    /// End the run; what can be taken back is offered then.
    Abort {
        /// Why.
        reason: String,
    },
    /// After an abort: take back what was done.
    Undo,
    /// After an abort: leave what was done.
    Leave {
        /// Why.
        reason: String,
    },
    /// Write something down.
    Note {
        /// What.
        text: String,
    },
    /// Write down what is about to be done to the drill from outside of it.
    Present {
        /// What.
        act: DrillAct,
    },
}

/// Why a command is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The run has moved on.
    #[error("the run has moved on: `{step}` no longer asks for that")]
    Stale {
        /// What the command was for.
        step: StepId,
    },
    /// It cannot be done now.
    #[error("that cannot be done now: {why}")]
    NotNow {
        /// Why not.
        why: String,
    },
    /// A reason is missing.
    #[error("this needs a reason")]
    NoReason,
    /// The step asks for a value that was seen.
    #[error("this needs what you saw")]
    NoObservation,
    /// There is no such option.
    #[error("there is no option `{option}`")]
    NoSuchOption {
        /// What was given.
        option: String,
        /// What there is.
        known: Vec<String>,
    },
    /// The run has ended.
    #[error("the run has ended")]
    Ended,
    /// A newer version wrote the journal.
    #[error("a newer version of Lastgood wrote this run")]
    Newer,
}

impl Run {
    /// What `command` by `by` leads to, or why it does not.
    pub fn decide(&self, command: &Command, by: &Person) -> Result<Vec<Event>, Rejection> {
        let by = by.clone();
        if self.unknown {
            return Err(Rejection::Newer);
        }
        if let Command::Note { text } = command {
            if text.trim().is_empty() {
                return Err(Rejection::NotNow { why: "the note is empty".to_owned() });
            }
            return Ok(vec![Event::Noted { by, text: text.clone() }]);
        }
        if self.ended.is_some() {
            return Err(Rejection::Ended);
        }
        let event = match command {
            Command::Confirm { step } => {
                self.expect(step, |ask| matches!(ask, Ask::Confirm))?;
                Event::Confirmed { step: step.clone(), by }
            }
            Command::Accept { step, reason } => {
                let ask = self.expect(step, |ask| {
                    matches!(ask, Ask::Verdict { .. } | Ask::Failure { .. } | Ask::Guard { .. })
                })?;
                if matches!(ask, Ask::Failure { .. }) && self.changes_the_world(step) {
                    let why = "a change that did not take place can be retried or skipped, not \
                               accepted";
                    return Err(Rejection::NotNow { why: why.to_owned() });
                }
                Event::Accepted { step: step.clone(), by, reason: said(reason)? }
            }
            Command::Again { step, reason } => {
                self.expect(step, |ask| {
                    matches!(
                        ask,
                        Ask::Verdict { .. }
                            | Ask::Failure { .. }
                            | Ask::Guard { .. }
                            | Ask::Ruling { .. }
                    )
                })?;
                Event::Again { step: step.clone(), by, reason: reason.clone() }
            }
            Command::Choose { step, option, reason } => {
                let ask = self.expect(step, |ask| matches!(ask, Ask::Choice { .. }))?;
                if let Ask::Choice { options, .. } = ask
                    && !options.iter().any(|known| known.id == *option)
                {
                    let known = options.into_iter().map(|option| option.id).collect();
                    return Err(Rejection::NoSuchOption { option: option.clone(), known });
                }
                let (step, option, reason) = (step.clone(), option.clone(), reason.clone());
                Event::Chosen { step, option, by, reason }
            }
            Command::Performed { step, observed } => {
                let ask = self.expect(step, |ask| matches!(ask, Ask::Manual { .. }))?;
                if matches!(ask, Ask::Manual { ask: Some(_), .. }) && observed.trim().is_empty() {
                    return Err(Rejection::NoObservation);
                }
                Event::Performed { step: step.clone(), observed: observed.clone(), by }
            }
            Command::Skip { step, reason } => {
                self.expect(step, |ask| !matches!(ask, Ask::Ruling { .. } | Ask::Undo { .. }))?;
                Event::Skipped { step: step.clone(), by, reason: said(reason)? }
            }
            Command::Rule { step, happened, reason } => {
                let ask = self.expect(step, |ask| matches!(ask, Ask::Ruling { .. }))?;
                let Ask::Ruling { key, .. } = ask else {
                    return Err(Rejection::Stale { step: step.clone() });
                };
                Event::Ruled { key, happened: *happened, by, reason: said(reason)? }
            }
            Command::Decline { step, reason } => {
                self.expect(step, |ask| matches!(ask, Ask::Verdict { .. }))?;
                if self.landed_anything() {
                    let why = "something has been changed already: abort instead, which offers \
                               to take it back";
                    return Err(Rejection::NotNow { why: why.to_owned() });
                }
                Event::Declined { step: step.clone(), by, reason: said(reason)? }
            }
            Command::Hold => self.hold(by)?,
            Command::Release => self.release(by)?,
            Command::Abort { reason } => self.abort(by, reason)?,
            Command::Undo => {
                self.may_end()?;
                let steps = remaining(self).into_iter().map(|one| one.step).collect();
                Event::UndoBegan { by, steps }
            }
            Command::Leave { reason } => {
                self.may_end()?;
                Event::Left { by, reason: said(reason)? }
            }
            Command::Note { text } => Event::Noted { by, text: text.clone() },
            Command::Present { .. } if self.plan.drill.is_none() => {
                return Err(Rejection::NotNow { why: "only a drill has a presenter".to_owned() });
            }
            Command::Present { act } => Event::Presented { by, act: act.clone() },
        };
        Ok(vec![event])
    }

    fn hold(&self, by: Person) -> Result<Event, Rejection> {
        match &self.mode {
            Mode::Going => Ok(Event::Held { by }),
            Mode::Held { by } => Err(Rejection::NotNow { why: format!("{by} already holds it") }),
            Mode::Aborting { .. } | Mode::Undoing { .. } | Mode::Ending { .. } => {
                Err(Rejection::NotNow { why: "the run is being ended".to_owned() })
            }
        }
    }

    fn release(&self, by: Person) -> Result<Event, Rejection> {
        match &self.mode {
            Mode::Held { .. } => Ok(Event::Released { by }),
            Mode::Going | Mode::Aborting { .. } | Mode::Undoing { .. } | Mode::Ending { .. } => {
                Err(Rejection::NotNow { why: "nobody holds the run".to_owned() })
            }
        }
    }

    fn abort(&self, by: Person, reason: &str) -> Result<Event, Rejection> {
        match &self.mode {
            Mode::Going | Mode::Held { .. } | Mode::Undoing { .. } => {
                Ok(Event::Aborted { by, reason: said(reason)? })
            }
            Mode::Aborting { .. } | Mode::Ending { .. } => {
                Err(Rejection::NotNow { why: "the run is being ended".to_owned() })
            }
        }
    }

    /// What a look at the world says of a guard.
    #[must_use]
    pub fn guarded(&self, step: &StepId, guard: Guard, survey: &Survey) -> Event {
        let step = step.clone();
        let (needed, why) = match (guard, &survey.rollout) {
            // What moves is not known; that another release serves is, and it is enough.
            (Guard::TargetNotServing, RolloutState::Unknown { .. })
                if survey.serves_another(&self.plan().to.id) =>
            {
                (true, String::new())
            }
            (_, RolloutState::Unknown { why }) => {
                return Event::GuardUnclear { step, why: why.clone() };
            }
            (
                Guard::RolloutOpen,
                RolloutState::Progressing | RolloutState::Halted | RolloutState::Stuck { .. },
            )
            | (Guard::RolloutHalted, RolloutState::Halted) => (true, String::new()),
            (Guard::RolloutOpen, RolloutState::Settled) => {
                (false, "no rollout is under way".to_owned())
            }
            (
                Guard::RolloutHalted,
                RolloutState::Settled | RolloutState::Progressing | RolloutState::Stuck { .. },
            ) => (false, "no rollout is halted".to_owned()),
            (Guard::TargetNotServing, _) => (
                !survey.serves_only(&self.plan().to.id),
                format!("{} already serves alone", self.plan().to.version),
            ),
        };
        if needed {
            Event::Needed { step }
        } else {
            Event::NotNeeded { step, why: format!("{why}: {}", survey.sentence()) }
        }
    }

    /// The question that `step` asks now, if it is the kind that `fits`.
    fn expect(&self, step: &StepId, fits: impl Fn(&Ask) -> bool) -> Result<Ask, Rejection> {
        let next = self.next();
        if let Mode::Held { by } = &self.mode {
            // Questions in doubt outrank a hold; everything else waits for the release.
            if !matches!(next, Next::AskPerson { .. }) {
                return Err(Rejection::NotNow { why: format!("{by} holds the run") });
            }
        }
        match next {
            Next::AskPerson { step: Some(asking), ask } if asking == *step && fits(&ask) => Ok(ask),
            Next::AskPerson { .. }
            | Next::LookWhetherNeeded { .. }
            | Next::LeaveOut { .. }
            | Next::Intend(_)
            | Next::Settle(_)
            | Next::Begin { .. }
            | Next::Observe { .. }
            | Next::Held
            | Next::End(_)
            | Next::Finished(_)
            | Next::Unknown => Err(Rejection::Stale { step: step.clone() }),
        }
    }

    fn may_end(&self) -> Result<(), Rejection> {
        if matches!(self.next(), Next::AskPerson { ask: Ask::Undo { .. }, .. }) {
            return Ok(());
        }
        let why = match &self.mode {
            Mode::Aborting { .. } => "it is not known yet what was done",
            Mode::Going | Mode::Held { .. } | Mode::Undoing { .. } | Mode::Ending { .. } => {
                "the run is not being aborted"
            }
        };
        Err(Rejection::NotNow { why: why.to_owned() })
    }

    fn changes_the_world(&self, step: &StepId) -> bool {
        self.plan()
            .step(step)
            .is_some_and(|step| matches!(step.task, crate::plan::Task::Act { .. }))
    }
}

fn said(reason: &str) -> Result<String, Rejection> {
    if reason.trim().is_empty() { Err(Rejection::NoReason) } else { Ok(reason.trim().to_owned()) }
}
