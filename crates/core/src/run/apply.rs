//! One event, taken into account. An event that does not fit the state it meets is a
//! fault of the journal, and is said so rather than passed over.

use super::{Ask, Event, Mode, Outcome, Proof, Role, Run, Slot, StepState};
use crate::check::CheckOutcome;
use crate::effect::Receipt;
use crate::judge::Verdict;
use crate::name::{EffectKey, StepId};
use crate::plan::Task;
use crate::runbook::{OnFailure, Response, Then};

/// Why a journal does not tell a run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// The first entry is not a plan.
    #[error("the journal does not begin with a plan")]
    NoPlan,
    /// Something happened after the end.
    #[error("`{event}` stands after the end of the run")]
    AfterEnd {
        /// What.
        event: &'static str,
    },
    /// The event names a step that the plan does not have.
    #[error("`{event}` names the step `{step}`, which the plan does not have")]
    NoSuchStep {
        /// What happened.
        event: &'static str,
        /// Which step.
        step: StepId,
    },
    /// The event does not fit the state that the step is in.
    #[error("`{event}` does not fit the state of step `{step}`")]
    OutOfPlace {
        /// What happened.
        event: &'static str,
        /// Which step.
        step: StepId,
    },
    /// The event does not fit the state that the run is in.
    #[error("`{event}` does not fit the state of the run")]
    OutOfTurn {
        /// What happened.
        event: &'static str,
    },
}

impl Run {
    /// Takes one more event into account; on a misfit the run is unchanged.
    pub fn apply(&mut self, event: &Event) -> Result<(), Misfit> {
        let name = event.name();
        if self.ended.is_some() && !matches!(event, Event::Noted { .. } | Event::Unknown) {
            return Err(Misfit::AfterEnd { event: name });
        }
        match event {
            Event::Planned { .. } => return Err(Misfit::OutOfTurn { event: name }),
            Event::Unknown => self.unknown = true,
            Event::Noted { .. } | Event::Overridden { .. } | Event::Resumed { .. } => {}
            Event::Needed { step } => {
                let attempt = self.waiting(step, name)?;
                self.set(step, StepState::Needed { attempt });
            }
            Event::NotNeeded { step, why } => {
                self.open(step, name)?;
                self.set(step, StepState::NotNeeded { why: why.clone() });
            }
            Event::GuardUnclear { step, why } => {
                let attempt = self.waiting(step, name)?;
                let ask = Ask::Guard { why: why.clone() };
                self.set(step, StepState::NeedsPerson { attempt, ask });
            }
            Event::Confirmed { step, by } => {
                let attempt = match &self.forward(step, name)?.state {
                    StepState::Waiting { attempt } | StepState::Needed { attempt } => *attempt,
                    _ => return Err(out_of_place(name, step)),
                };
                self.set(step, StepState::Confirmed { attempt, by: by.clone() });
            }
            Event::Intended { key } => {
                let slot = self.slot_of(key, name)?;
                match slot.state {
                    StepState::Waiting { attempt }
                    | StepState::Needed { attempt }
                    | StepState::Confirmed { attempt, .. }
                        if attempt == key.attempt => {}
                    _ => return Err(out_of_place(name, &key.step)),
                }
                slot.state = StepState::InDoubt { key: key.clone() };
            }
            Event::Landed { key, receipt } => {
                self.in_doubt(key, name)?.state =
                    StepState::Done { proof: Proof::Landed(receipt.clone()) };
            }
            Event::Refused { key, why } => {
                self.in_doubt(key, name)?;
                self.fail(key, &why.to_string());
            }
            Event::Unclear { key, why } => {
                self.in_doubt(key, name)?.state = StepState::NeedsPerson {
                    attempt: key.attempt,
                    ask: Ask::Ruling { key: key.clone(), why: why.clone() },
                };
            }
            Event::Ruled { key, happened, by, reason } => {
                let slot = self.slot_of(key, name)?;
                if !matches!(&slot.state, StepState::NeedsPerson { ask: Ask::Ruling { key: asked, .. }, .. } if asked == key)
                {
                    return Err(out_of_place(name, &key.step));
                }
                let said = format!("{by} says so: {reason}");
                if *happened {
                    let receipt = Receipt { reference: "by hand".to_owned(), sentence: said };
                    slot.state = StepState::Done { proof: Proof::Landed(receipt) };
                } else {
                    self.fail(key, &format!("it did not take place; {said}"));
                }
            }
            Event::Began { step, attempt } => {
                match &self.forward(step, name)?.state {
                    StepState::Waiting { attempt: at }
                    | StepState::Needed { attempt: at }
                    | StepState::Confirmed { attempt: at, .. }
                        if at == attempt => {}
                    _ => return Err(out_of_place(name, step)),
                }
                self.set(step, StepState::Begun { attempt: *attempt });
            }
            Event::Judged { step, verdict, judgements } => {
                let attempt = self.begun(step, name)?;
                let why =
                    judgements.iter().find(|judgement| judgement.verdict == *verdict).map_or_else(
                        || "there is no objective to judge by".to_owned(),
                        |judgement| format!("{}: {}", judgement.slo, judgement.sentence),
                    );
                match self.response(step, *verdict) {
                    Response::Proceed => {
                        let proof = Proof::Judged(judgements.clone());
                        self.set(step, StepState::Done { proof });
                    }
                    Response::Ask => {
                        let ask = Ask::Verdict { verdict: *verdict, why };
                        self.set(step, StepState::NeedsPerson { attempt, ask });
                    }
                    Response::Stop => {
                        let proof = Proof::Judged(judgements.clone());
                        self.set(step, StepState::Done { proof });
                        self.mode = Mode::Ending { outcome: Outcome::Declined { reason: why } };
                    }
                }
            }
            Event::Checked { step, results } => {
                let attempt = self.begun(step, name)?;
                let worst = |outcome| results.iter().find(|result| result.outcome == outcome);
                if let Some(failed) = worst(CheckOutcome::Failed) {
                    self.fail_reading(step, &format!("{}: {}", failed.name, failed.sentence));
                } else if let Some(unasked) = worst(CheckOutcome::Unasked) {
                    let why = format!("{}: {}", unasked.name, unasked.sentence);
                    let ask = Ask::Verdict { verdict: Verdict::Error, why };
                    self.set(step, StepState::NeedsPerson { attempt, ask });
                } else if results.is_empty() {
                    let why = "there is no check to run".to_owned();
                    let ask = Ask::Verdict { verdict: Verdict::Inconclusive, why };
                    self.set(step, StepState::NeedsPerson { attempt, ask });
                } else {
                    self.set(step, StepState::Done { proof: Proof::Checked(results.clone()) });
                }
            }
            Event::Waited { step, sentence } => {
                self.begun(step, name)?;
                self.set(step, StepState::Done { proof: Proof::Waited(sentence.clone()) });
            }
            Event::Verified { step, verification } => {
                let attempt = self.begun(step, name)?;
                let state = if verification.verdict.permits() {
                    StepState::Done { proof: Proof::Verified(verification.clone()) }
                } else {
                    let ask = Ask::Verdict {
                        verdict: verification.verdict,
                        why: verification.sentence.clone(),
                    };
                    StepState::NeedsPerson { attempt, ask }
                };
                self.set(step, state);
            }
            Event::Recorded { step, text } => {
                self.begun(step, name)?;
                self.set(step, StepState::Done { proof: Proof::Noted(text.clone()) });
            }
            Event::Failed { step, why } => {
                self.begun(step, name)?;
                self.fail_reading(step, why);
            }
            Event::Chosen { step, option, by, .. } => {
                self.begun(step, name)?;
                self.choose(step, option, by, name)?;
            }
            Event::Performed { step, observed, by } => {
                self.begun(step, name)?;
                let proof = Proof::Performed { by: by.clone(), observed: observed.clone() };
                self.set(step, StepState::Done { proof });
            }
            Event::Accepted { step, by, reason } => {
                let (attempt, ask) = self.asked(step, name)?;
                let state = match ask {
                    // Without a guard's answer the person's word stands for it.
                    Ask::Guard { .. } => StepState::Needed { attempt },
                    Ask::Verdict { .. } | Ask::Failure { .. } => StepState::Done {
                        proof: Proof::Accepted { by: by.clone(), reason: reason.clone() },
                    },
                    Ask::Confirm
                    | Ask::Choice { .. }
                    | Ask::Manual { .. }
                    | Ask::Ruling { .. }
                    | Ask::Undo { .. } => return Err(out_of_place(name, step)),
                };
                self.set_asked(step, state);
            }
            Event::Again { step, .. } => {
                let (attempt, ask) = self.asked(step, name)?;
                let state = match ask {
                    Ask::Ruling { key, .. } => StepState::InDoubt { key },
                    Ask::Verdict { .. } | Ask::Failure { .. } | Ask::Guard { .. } => {
                        StepState::Waiting { attempt: attempt + 1 }
                    }
                    Ask::Confirm | Ask::Choice { .. } | Ask::Manual { .. } | Ask::Undo { .. } => {
                        return Err(out_of_place(name, step));
                    }
                };
                self.set_asked(step, state);
            }
            Event::Skipped { step, by, reason } => {
                let slot = self.current(step, name)?;
                match slot.state {
                    StepState::InDoubt { .. }
                    | StepState::NeedsPerson { ask: Ask::Ruling { .. }, .. }
                    | StepState::Done { .. }
                    | StepState::Skipped { .. }
                    | StepState::NotNeeded { .. }
                    | StepState::PassedOver { .. } => return Err(out_of_place(name, step)),
                    StepState::Waiting { .. }
                    | StepState::Needed { .. }
                    | StepState::Confirmed { .. }
                    | StepState::Begun { .. }
                    | StepState::NeedsPerson { .. }
                    | StepState::Failed { .. } => {}
                }
                slot.state = StepState::Skipped { by: by.clone(), reason: reason.clone() };
            }
            Event::Declined { step, by, reason } => {
                self.asked(step, name)?;
                let proof = Proof::Accepted { by: by.clone(), reason: reason.clone() };
                self.set_asked(step, StepState::Done { proof });
                let reason = format!("{by}: {reason}");
                self.mode = Mode::Ending { outcome: Outcome::Declined { reason } };
            }
            Event::Held { by } => {
                if self.mode != Mode::Going {
                    return Err(Misfit::OutOfTurn { event: name });
                }
                self.mode = Mode::Held { by: by.clone() };
            }
            Event::Released { .. } => {
                if !matches!(self.mode, Mode::Held { .. }) {
                    return Err(Misfit::OutOfTurn { event: name });
                }
                self.mode = Mode::Going;
            }
            Event::Aborted { by, reason } => {
                if !matches!(self.mode, Mode::Going | Mode::Held { .. } | Mode::Undoing { .. }) {
                    return Err(Misfit::OutOfTurn { event: name });
                }
                self.mode = Mode::Aborting { by: by.clone(), reason: reason.clone() };
            }
            Event::UndoBegan { by, steps } => {
                let Mode::Aborting { reason, .. } = &self.mode else {
                    return Err(Misfit::OutOfTurn { event: name });
                };
                self.mode = Mode::Undoing { by: by.clone(), reason: reason.clone() };
                self.slots.extend(steps.iter().cloned().map(Slot::undo));
            }
            Event::Left { reason, .. } => {
                let Mode::Aborting { reason: why, .. } = &self.mode else {
                    return Err(Misfit::OutOfTurn { event: name });
                };
                let reason = format!("{why}; what was done stays: {reason}");
                self.mode = Mode::Ending { outcome: Outcome::Aborted { reason } };
            }
            Event::Finished { outcome } => self.ended = Some(outcome.clone()),
        }
        Ok(())
    }

    fn forward(&mut self, step: &StepId, event: &'static str) -> Result<&mut Slot, Misfit> {
        self.slots
            .iter_mut()
            .find(|slot| slot.step == *step && slot.role == Role::Forward)
            .ok_or_else(|| Misfit::NoSuchStep { event, step: step.clone() })
    }

    /// The slot that a person means by a step's name: its compensation while that runs.
    fn current(&mut self, step: &StepId, event: &'static str) -> Result<&mut Slot, Misfit> {
        let role =
            if matches!(self.mode, Mode::Undoing { .. }) { Role::Undo } else { Role::Forward };
        let found = self.slots.iter().position(|slot| slot.step == *step && slot.role == role);
        match found {
            Some(index) => Ok(&mut self.slots[index]),
            None => self.forward(step, event),
        }
    }

    fn slot_of(&mut self, key: &EffectKey, event: &'static str) -> Result<&mut Slot, Misfit> {
        let role = if key.undo { Role::Undo } else { Role::Forward };
        self.slots
            .iter_mut()
            .find(|slot| slot.step == key.step && slot.role == role)
            .ok_or_else(|| Misfit::NoSuchStep { event, step: key.step.clone() })
    }

    fn in_doubt(&mut self, key: &EffectKey, event: &'static str) -> Result<&mut Slot, Misfit> {
        let slot = self.slot_of(key, event)?;
        if matches!(&slot.state, StepState::InDoubt { key: open } if open == key) {
            Ok(slot)
        } else {
            Err(out_of_place(event, &key.step))
        }
    }

    fn waiting(&mut self, step: &StepId, event: &'static str) -> Result<u32, Misfit> {
        match self.forward(step, event)?.state {
            StepState::Waiting { attempt } => Ok(attempt),
            _ => Err(out_of_place(event, step)),
        }
    }

    /// A guard's answer, from a look or from a person.
    fn open(&mut self, step: &StepId, event: &'static str) -> Result<(), Misfit> {
        match &self.forward(step, event)?.state {
            StepState::Waiting { .. } | StepState::NeedsPerson { ask: Ask::Guard { .. }, .. } => {
                Ok(())
            }
            _ => Err(out_of_place(event, step)),
        }
    }

    fn begun(&mut self, step: &StepId, event: &'static str) -> Result<u32, Misfit> {
        match self.forward(step, event)?.state {
            StepState::Begun { attempt } => Ok(attempt),
            _ => Err(out_of_place(event, step)),
        }
    }

    fn asked(&mut self, step: &StepId, event: &'static str) -> Result<(u32, Ask), Misfit> {
        match &self.current(step, event)?.state {
            StepState::NeedsPerson { attempt, ask } => Ok((*attempt, ask.clone())),
            _ => Err(out_of_place(event, step)),
        }
    }

    fn set(&mut self, step: &StepId, state: StepState) {
        if let Ok(slot) = self.forward(step, "") {
            slot.state = state;
        }
    }

    fn set_asked(&mut self, step: &StepId, state: StepState) {
        if let Ok(slot) = self.current(step, "") {
            slot.state = state;
        }
    }

    /// What the runbook does with a verdict. What it does not foresee, a person decides.
    fn response(&self, step: &StepId, verdict: Verdict) -> Response {
        let Some(Task::Judge { on, .. }) = self.plan.step(step).map(|step| &step.task) else {
            return Response::Ask;
        };
        match verdict {
            Verdict::Pass => on.pass,
            Verdict::Fail => on.fail,
            Verdict::Inconclusive => on.inconclusive,
            Verdict::Shared => on.shared,
            Verdict::Error => Response::Ask,
        }
    }

    /// A change that did not take place. It is never tried again without a person.
    fn fail(&mut self, key: &EffectKey, why: &str) {
        let on_failure = self.plan.step(&key.step).map(|step| step.on_failure.clone());
        let ask = StepState::NeedsPerson {
            attempt: key.attempt,
            ask: Ask::Failure { why: why.to_owned() },
        };
        let state = match on_failure {
            // The way back has no runbook of its own: a person decides.
            _ if key.undo => ask,
            Some(OnFailure::Stop) => StepState::Failed { why: why.to_owned() },
            Some(OnFailure::GoTo(target)) => return self.jump(&key.step, &target, why),
            Some(OnFailure::Ask | OnFailure::Retry(_)) | None => ask,
        };
        if let Ok(slot) = self.slot_of(key, "") {
            slot.state = state;
        }
    }

    /// A step that reads went wrong: it may be tried again by itself.
    fn fail_reading(&mut self, step: &StepId, why: &str) {
        let Ok(attempt) = self.begun(step, "") else { return };
        let on_failure = self.plan.step(step).map(|step| step.on_failure.clone());
        let why = why.to_owned();
        let state = match on_failure {
            Some(OnFailure::Stop) => StepState::Failed { why },
            Some(OnFailure::GoTo(target)) => return self.jump(step, &target, &why),
            Some(OnFailure::Retry(most)) if attempt < most => {
                StepState::Waiting { attempt: attempt + 1 }
            }
            Some(OnFailure::Ask | OnFailure::Retry(_)) | None => {
                StepState::NeedsPerson { attempt, ask: Ask::Failure { why } }
            }
        };
        self.set(step, state);
    }

    fn choose(
        &mut self,
        step: &StepId,
        option: &str,
        by: &crate::name::Person,
        event: &'static str,
    ) -> Result<(), Misfit> {
        let chosen = match self.plan.step(step).map(|step| &step.task) {
            Some(Task::Decide { options, .. }) => {
                options.iter().find(|known| known.id == option).cloned()
            }
            _ => None,
        };
        let Some(chosen) = chosen else { return Err(out_of_place(event, step)) };
        let proof = Proof::Chosen { by: by.clone(), option: chosen.label.clone() };
        self.set(step, StepState::Done { proof });
        match chosen.then {
            Then::Continue => {}
            Then::GoTo(target) => self.pass_over(step, &target, &format!("`{}`", chosen.label)),
            Then::Stop => {
                let reason = format!("{by} chose `{}`", chosen.label);
                self.mode = Mode::Ending { outcome: Outcome::Declined { reason } };
            }
        }
        Ok(())
    }

    fn jump(&mut self, step: &StepId, target: &StepId, why: &str) {
        self.set(step, StepState::PassedOver { why: why.to_owned() });
        self.pass_over(step, target, why);
    }

    /// Marks what lies between two steps as passed over.
    fn pass_over(&mut self, from: &StepId, to: &StepId, why: &str) {
        let (Some(from), Some(to)) = (self.plan.position(from), self.plan.position(to)) else {
            return;
        };
        for index in from + 1..to {
            let step = self.plan.steps[index].id.clone();
            self.set(&step, StepState::PassedOver { why: why.to_owned() });
        }
    }
}

fn out_of_place(event: &'static str, step: &StepId) -> Misfit {
    Misfit::OutOfPlace { event, step: step.clone() }
}
