//! What a run is told and what it makes of it.

mod commands;
mod encoding;
mod endings;
mod fate;
mod grid;
mod lease;
mod log;
mod table;
mod undo;
mod walk;

use super::{Ask, Command, Event, Misfit, Next, Rejection, Run, StepState};
use crate::check::CheckOutcome;
use crate::judge::Verdict;
use crate::name::StepId;
use crate::plan::{Plan, Task};
use crate::testing::{
    ada, check_result, entries, judgement, planned, receipt, refusal, run_id, verification,
};

/// A run with the events that led to it.
#[derive(Clone, Debug)]
struct Tale {
    run: Run,
    events: Vec<Event>,
}

impl Tale {
    fn of(plan: Plan) -> Self {
        let run = Run::begin(run_id(), plan.clone(), ada());
        Self { run, events: vec![planned(plan)] }
    }

    /// Applies an event that fits.
    fn tell(&mut self, event: Event) -> &mut Self {
        if let Err(misfit) = self.run.apply(&event) {
            panic!("the run says {:?}, and {misfit}", self.run.next());
        }
        self.events.push(event);
        self
    }

    /// Asks for something that is granted.
    fn ask(&mut self, command: &Command) -> &mut Self {
        match self.run.decide(command, &ada()) {
            Ok(events) => events.into_iter().fold(self, |tale, event| tale.tell(event)),
            Err(rejection) => panic!("{command:?} is granted, and not: {rejection}"),
        }
    }

    fn refuses(&self, command: &Command) -> Rejection {
        match self.run.decide(command, &ada()) {
            Ok(events) => panic!("{command:?} is refused, and leads to {events:?}"),
            Err(rejection) => rejection,
        }
    }

    /// Goes on where everything works and everybody agrees, until `done`.
    fn until(&mut self, done: impl Fn(&Next) -> bool) -> &mut Self {
        for _ in 0..200 {
            let next = self.run.next();
            if done(&next) {
                return self;
            }
            let event = smooth(&self.run).unwrap_or_else(|| panic!("the run stops at {next:?}"));
            self.tell(event);
        }
        panic!("a smooth run goes on without an end: {:?}", self.run.next())
    }

    /// Goes on until `step` is what the run is about.
    fn up_to(&mut self, step: &str) -> &mut Self {
        self.until(|next| about(next).is_some_and(|at| at.as_str() == step))
    }

    fn finish(&mut self) -> &mut Self {
        self.until(|next| matches!(next, Next::Finished(_)))
    }

    fn replayed(&self) -> Result<Run, Misfit> {
        Run::replay(&run_id(), &entries(self.events.clone()))
    }

    fn state(&self, step: &str) -> &StepState {
        &self.run.slot(&step.into()).expect("the plan has this step").state
    }
}

/// The step that a run is about now.
fn about(next: &Next) -> Option<&StepId> {
    match next {
        Next::LookWhetherNeeded { step, .. }
        | Next::LeaveOut { step, .. }
        | Next::AskPerson { step: Some(step), .. }
        | Next::Begin { step, .. }
        | Next::Observe { step, .. } => Some(step),
        Next::Intend(key) | Next::Settle(key) => Some(&key.step),
        Next::AskPerson { step: None, .. }
        | Next::Held
        | Next::End(_)
        | Next::Finished(_)
        | Next::Unknown => None,
    }
}

/// What happens next where everything works and everybody agrees.
fn smooth(run: &Run) -> Option<Event> {
    let by = ada();
    Some(match run.next() {
        Next::LookWhetherNeeded { step, .. } => Event::Needed { step },
        Next::LeaveOut { step, why } => Event::LeftOut { step, why },
        Next::AskPerson { step: Some(step), ask } => agree(step, ask),
        Next::AskPerson { step: None, ask: Ask::Undo { steps } } => Event::UndoBegan { by, steps },
        Next::AskPerson { step: None, .. } | Next::Finished(_) | Next::Unknown => return None,
        Next::Intend(key) => Event::Intended { key },
        Next::Settle(key) => Event::Landed { key, receipt: receipt() },
        Next::Begin { step, attempt } => Event::Began { step, attempt },
        Next::Observe { step, .. } => found(run, step),
        Next::Held => Event::Released { by },
        Next::End(outcome) => Event::Finished { outcome },
    })
}

fn agree(step: StepId, ask: Ask) -> Event {
    let (by, reason) = (ada(), "it is clear".to_owned());
    match ask {
        Ask::Confirm => Event::Confirmed { step, by },
        Ask::Choice { options, .. } => {
            let option = options.first().map(|option| option.id.clone()).unwrap_or_default();
            Event::Chosen { step, option, by, reason: None }
        }
        Ask::Manual { .. } => Event::Performed { step, observed: "in #incidents".to_owned(), by },
        Ask::Ruling { key, .. } => Event::Ruled { key, happened: true, by, reason },
        Ask::Verdict { .. } | Ask::Guard { .. } => Event::Accepted { step, by, reason },
        Ask::Failure { .. } | Ask::Undo { .. } => Event::Skipped { step, by, reason },
    }
}

/// What a reading step finds when all is as the plan hopes.
fn found(run: &Run, step: StepId) -> Event {
    let task = run.plan().step(&step).map(|step| &step.task);
    match task {
        Some(Task::Judge { .. }) => judged(step, Verdict::Fail),
        Some(Task::Check { .. }) => checked(step, CheckOutcome::Passed),
        Some(Task::Verify { .. }) => verified(step, Verdict::Pass),
        Some(Task::Note { text }) => Event::Recorded { text: text.clone(), step },
        Some(
            Task::Wait { .. }
            | Task::Act { .. }
            | Task::Decide { .. }
            | Task::Manual { .. }
            | Task::LeftOut { .. },
        )
        | None => Event::Waited { step, sentence: "v2 serves alone".to_owned() },
    }
}

fn judged(step: StepId, verdict: Verdict) -> Event {
    Event::Judged { step, verdict, judgements: vec![judgement(verdict)] }
}

fn checked(step: StepId, outcome: CheckOutcome) -> Event {
    Event::Checked { step, results: vec![check_result(outcome)] }
}

fn verified(step: StepId, verdict: Verdict) -> Event {
    Event::Verified { step, verification: Box::new(verification(verdict)) }
}

fn refused(key: crate::name::EffectKey) -> Event {
    Event::Refused { key, why: refusal() }
}
