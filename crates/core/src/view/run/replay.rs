//! A run again, entry by entry: how it stood after each, told from its journal alone.
//!
//! What nobody recorded is not made up: a count that moved between two entries was on the
//! screen then and is not shown again.

use serde::{Deserialize, Serialize};

use super::{Driven, LogLine, RunStatus, RunView, ask, current, fold, sentence, status};
use crate::name::{RunId, StepId};
use crate::run::{Entry, Misfit, Next, Run};
use crate::runbook::Phase;
use crate::time::{EpochMs, Millis};
use crate::timeline;

/// How a run stood after one entry of its journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct ReplayFrame {
    /// The entry.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub seq: u64,
    /// When it happened, in the run's world.
    pub at: EpochMs,
    /// When it was recorded, on the wall.
    pub recorded_at: EpochMs,
    /// The time since the run started, in its world.
    pub after: Millis,
    /// How the run stood then.
    pub status: RunStatus,
    /// The same in a sentence.
    pub sentence: String,
    /// The phase of the step that was current.
    pub phase: Option<Phase>,
    /// The step that was current.
    pub step: Option<StepId>,
    /// What a person was asked then.
    pub question: Option<String>,
    /// What the timeline says of the entry; nothing where nobody needs to read it.
    pub lines: Vec<LogLine>,
}

/// How the run stood after each of `entries`, which are all of its journal, oldest first.
/// It is told as it was: somebody drove the run whenever it wrote.
pub fn frames(id: &RunId, entries: &[Entry]) -> Result<Vec<ReplayFrame>, Misfit> {
    let Some(first) = entries.first() else { return Err(Misfit::NoPlan) };
    let mut run = Run::replay(id, std::slice::from_ref(first))?;
    let mut found = Vec::with_capacity(entries.len());
    for (index, entry) in entries.iter().enumerate() {
        if index > 0 {
            run.apply(&entry.event)?;
        }
        found.push(frame(&run, first, entry));
    }
    Ok(found)
}

/// What was shown right after the entry `seq`; `None` where there is no such entry.
pub fn stood(id: &RunId, entries: &[Entry], seq: u64) -> Result<Option<RunView>, Misfit> {
    let Some(index) = entries.iter().position(|entry| entry.seq == seq) else { return Ok(None) };
    let until = &entries[..=index];
    let run = Run::replay(id, until)?;
    Ok(Some(fold(&run, until, None, None, entries[index].at, Driven::Here)))
}

fn frame(run: &Run, first: &Entry, entry: &Entry) -> ReplayFrame {
    let next = run.next();
    let step = current(run, &next);
    ReplayFrame {
        seq: entry.seq,
        at: entry.at.into(),
        recorded_at: entry.recorded_at.into(),
        after: Millis::between(first.at, entry.at),
        status: status(run, &next, Driven::Here),
        sentence: sentence(run, &next, step.as_ref(), None, Driven::Here, None),
        phase: step.as_ref().and_then(|step| run.plan().step(step)).map(|step| step.phase),
        question: question(run, &next),
        step,
        lines: timeline::lines(run.plan(), std::slice::from_ref(entry))
            .into_iter()
            .map(LogLine::from)
            .collect(),
    }
}

fn question(run: &Run, next: &Next) -> Option<String> {
    match next {
        Next::AskPerson { step, ask } => Some(ask::ask(run, step.as_ref(), ask).question),
        Next::LookWhetherNeeded { .. }
        | Next::LeaveOut { .. }
        | Next::Intend(_)
        | Next::Settle(_)
        | Next::Begin { .. }
        | Next::Observe { .. }
        | Next::Held
        | Next::End(_)
        | Next::Finished(_)
        | Next::Unknown => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::{Event, Outcome};
    use crate::testing::{ada, entries, plan_with, planned, run_id, verify};
    use crate::view::StepStatus;

    fn written() -> Vec<Entry> {
        entries(vec![
            planned(plan_with(vec![verify("verify")])),
            Event::Held { by: ada() },
            Event::Released { by: ada() },
            Event::Aborted { by: ada(), reason: "enough".to_owned() },
            Event::Finished { outcome: Outcome::Aborted { reason: "enough".to_owned() } },
        ])
    }

    #[test]
    fn each_entry_shows_the_run_as_it_stood_then_and_not_as_it_ended() {
        let written = written();
        let found = frames(&run_id(), &written).expect("the events fit");
        let stood: Vec<RunStatus> = found.iter().map(|frame| frame.status).collect();
        assert_eq!(
            stood,
            [
                RunStatus::Working,
                RunStatus::Held,
                RunStatus::Working,
                RunStatus::Working,
                RunStatus::Ended,
            ]
        );
        for (frame, entry) in found.iter().zip(&written) {
            assert_eq!((frame.seq, frame.at), (entry.seq, entry.at.into()));
            assert_eq!(frame.after, Millis::between(written[0].at, entry.at));
        }
    }

    #[test]
    fn a_step_at_which_the_run_is_held_waits_for_nobody_and_says_who_holds_it() {
        let view = stood(&run_id(), &written(), 2).expect("the events fit").expect("it is there");
        let step = view.steps.iter().find(|step| step.current).expect("one is current");
        assert_eq!(step.status, StepStatus::Held);
        let said = step.result.as_deref();
        assert_eq!(said, Some("by ada, until the hold is released"));
        assert_eq!(view.ask, None);
        let after = stood(&run_id(), &written(), 3).expect("the events fit").expect("it is there");
        assert!(after.steps.iter().all(|step| step.status != StepStatus::Held));
    }

    #[test]
    fn a_view_of_then_is_what_the_same_journal_showed_when_it_ended_there() {
        let written = written();
        for (index, entry) in written.iter().enumerate() {
            let short = &written[..=index];
            let run = Run::replay(&run_id(), short).expect("the events fit");
            let then = fold(&run, short, None, None, entry.at, Driven::Here);
            let again = stood(&run_id(), &written, entry.seq).expect("the events fit");
            assert_eq!(again, Some(then), "after entry {}", entry.seq);
        }
        assert_eq!(stood(&run_id(), &written, 99).expect("the events fit"), None);
    }

    #[test]
    fn a_journal_without_a_plan_is_no_run() {
        assert_eq!(frames(&run_id(), &[]), Err(Misfit::NoPlan));
    }
}
