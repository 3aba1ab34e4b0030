//! Guards, and the steps that read: what was found.

use super::super::{Ask, Mode, Next, Proof, Run, StepState};
use super::{Misfit, out_of_place};
use crate::check::{CheckOutcome, CheckResult};
use crate::judge::{Judgement, Verdict, Verification};
use crate::name::StepId;
use crate::plan::Task;
use crate::runbook::Response;

impl Run {
    pub(super) fn needed(&mut self, step: &StepId, event: &'static str) -> Result<(), Misfit> {
        let (index, attempt) = self.guarded_slot(step, event)?;
        self.set(index, StepState::Needed { attempt });
        Ok(())
    }

    pub(super) fn not_needed(
        &mut self,
        step: &StepId,
        why: &str,
        event: &'static str,
    ) -> Result<(), Misfit> {
        let (index, _) = self.guarded_slot(step, event)?;
        self.set(index, StepState::NotNeeded { why: why.to_owned() });
        Ok(())
    }

    pub(super) fn left_out(
        &mut self,
        step: &StepId,
        why: &str,
        event: &'static str,
    ) -> Result<(), Misfit> {
        self.forward(step, event)?;
        match self.due() {
            (Some(index), Next::LeaveOut { step: due, .. }) if due == *step => {
                self.set(index, StepState::PassedOver { why: why.to_owned() });
                Ok(())
            }
            _ => Err(out_of_place(event, step)),
        }
    }

    pub(super) fn guard_unclear(
        &mut self,
        step: &StepId,
        why: &str,
        event: &'static str,
    ) -> Result<(), Misfit> {
        let (index, attempt) = self.guarded_slot(step, event)?;
        let ask = Ask::Guard { why: why.to_owned() };
        self.set(index, StepState::NeedsPerson { attempt, ask });
        Ok(())
    }

    pub(super) fn began(
        &mut self,
        step: &StepId,
        attempt: u32,
        event: &'static str,
    ) -> Result<(), Misfit> {
        self.forward(step, event)?;
        match self.due() {
            (Some(index), Next::Begin { step: due, attempt: next })
                if due == *step && next == attempt =>
            {
                self.set(index, StepState::Begun { attempt });
                Ok(())
            }
            _ => Err(out_of_place(event, step)),
        }
    }

    pub(super) fn judged(
        &mut self,
        step: &StepId,
        verdict: Verdict,
        judgements: &[Judgement],
        event: &'static str,
    ) -> Result<(), Misfit> {
        let (index, attempt) =
            self.begun(step, event, |task| matches!(task, Task::Judge { .. }))?;
        let why = judgements.iter().find(|judgement| judgement.verdict == verdict).map_or_else(
            || "there is no objective to judge by".to_owned(),
            |judgement| format!("{}: {}", judgement.slo, judgement.sentence),
        );
        match self.response(step, verdict) {
            Response::Ask => {
                let ask = Ask::Verdict { verdict, why };
                self.set(index, StepState::NeedsPerson { attempt, ask });
            }
            Response::Proceed => {
                let proof = Proof::Judged(judgements.to_vec());
                self.set(index, StepState::Done { proof });
            }
            // A run that somebody holds or is ending is not ended by a verdict.
            Response::Stop if self.mode != Mode::Going => {
                let ask = Ask::Verdict { verdict, why };
                self.set(index, StepState::NeedsPerson { attempt, ask });
            }
            Response::Stop => {
                let proof = Proof::Judged(judgements.to_vec());
                self.set(index, StepState::Done { proof });
                self.mode = Mode::Ending { outcome: self.stopped(why) };
            }
        }
        Ok(())
    }

    pub(super) fn checked(
        &mut self,
        step: &StepId,
        results: &[CheckResult],
        event: &'static str,
    ) -> Result<(), Misfit> {
        let (index, attempt) =
            self.begun(step, event, |task| matches!(task, Task::Check { .. }))?;
        let first = |outcome| results.iter().find(|result| result.outcome == outcome);
        let ask =
            |verdict, why| StepState::NeedsPerson { attempt, ask: Ask::Verdict { verdict, why } };
        if let Some(failed) = first(CheckOutcome::Failed) {
            self.fail_reading(index, attempt, format!("{}: {}", failed.name, failed.sentence));
        } else if let Some(unasked) = first(CheckOutcome::Unasked) {
            let why = format!("{}: {}", unasked.name, unasked.sentence);
            self.set(index, ask(Verdict::Error, why));
        } else if results.is_empty() {
            self.set(index, ask(Verdict::Inconclusive, "there is no check to run".to_owned()));
        } else {
            self.set(index, StepState::Done { proof: Proof::Checked(results.to_vec()) });
        }
        Ok(())
    }

    pub(super) fn waited(
        &mut self,
        step: &StepId,
        sentence: &str,
        event: &'static str,
    ) -> Result<(), Misfit> {
        let (index, _) = self.begun(step, event, |task| matches!(task, Task::Wait { .. }))?;
        self.set(index, StepState::Done { proof: Proof::Waited(sentence.to_owned()) });
        Ok(())
    }

    pub(super) fn verified(
        &mut self,
        step: &StepId,
        verification: &Verification,
        event: &'static str,
    ) -> Result<(), Misfit> {
        let (index, attempt) =
            self.begun(step, event, |task| matches!(task, Task::Verify { .. }))?;
        let state = if verification.verdict.permits() {
            StepState::Done { proof: Proof::Verified(Box::new(verification.clone())) }
        } else {
            let why = verification.sentence.clone();
            let ask = Ask::Verdict { verdict: verification.verdict, why };
            StepState::NeedsPerson { attempt, ask }
        };
        self.set(index, state);
        Ok(())
    }

    pub(super) fn recorded(
        &mut self,
        step: &StepId,
        text: &str,
        event: &'static str,
    ) -> Result<(), Misfit> {
        let (index, _) = self.begun(step, event, |task| matches!(task, Task::Note { .. }))?;
        self.set(index, StepState::Done { proof: Proof::Noted(text.to_owned()) });
        Ok(())
    }

    pub(super) fn failed(
        &mut self,
        step: &StepId,
        why: &str,
        event: &'static str,
    ) -> Result<(), Misfit> {
        let (index, attempt) = self.begun(step, event, |task| match task {
            Task::Judge { .. }
            | Task::Check { .. }
            | Task::Wait { .. }
            | Task::Verify { .. }
            | Task::Note { .. } => true,
            // A change is refused and a person skips: neither fails by itself.
            Task::Act { .. } | Task::Decide { .. } | Task::Manual { .. } | Task::LeftOut { .. } => {
                false
            }
        })?;
        self.fail_reading(index, attempt, why.to_owned());
        Ok(())
    }

    /// The guarded step in front, with its attempt.
    fn guarded_slot(&self, step: &StepId, event: &'static str) -> Result<(usize, u32), Misfit> {
        let index = self.forward(step, event)?;
        let guarded = self.plan.step(step).is_some_and(|step| step.when.is_some());
        if let StepState::Waiting { attempt } = &self.slots[index].state
            && guarded
            && self.in_front(index)
        {
            return Ok((index, *attempt));
        }
        Err(out_of_place(event, step))
    }

    /// The step under way, if it is of the kind that `fits`.
    fn begun(
        &self,
        step: &StepId,
        event: &'static str,
        fits: impl Fn(&Task) -> bool,
    ) -> Result<(usize, u32), Misfit> {
        let index = self.forward(step, event)?;
        let fits = self.plan.step(step).is_some_and(|step| fits(&step.task));
        if let StepState::Begun { attempt } = &self.slots[index].state
            && fits
        {
            return Ok((index, *attempt));
        }
        Err(out_of_place(event, step))
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
}
