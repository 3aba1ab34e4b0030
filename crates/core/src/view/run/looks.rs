//! Which judgements a run shows: the newest that tell of what serves now, or none.

use super::Activity;
use crate::effect::Operation;
use crate::judge::Judgement;
use crate::plan::Task;
use crate::run::{Entry, Event, Run};

/// What the last look of a step found. It outlives the step: who is asked something after it
/// still sees what was measured last, and how old that is.
#[derive(Clone, Debug, PartialEq)]
pub struct Looked {
    /// The newest entry of the journal when it was taken.
    pub after: u64,
    /// One for each objective.
    pub judgements: Vec<Judgement>,
}

impl Looked {
    /// The look that `activity` tells of; `None` where nothing was judged in it.
    #[must_use]
    pub fn of(activity: &Activity, entries: &[Entry]) -> Option<Self> {
        (!activity.judgements.is_empty()).then(|| Self {
            after: entries.last().map_or(0, |entry| entry.seq),
            judgements: activity.judgements.clone(),
        })
    }
}

/// The newest judgements that were taken since what serves was changed last; none where
/// nothing was measured since. What was measured before tells of another release, or of
/// the same one behaving otherwise, and would be taken for this one.
#[expect(clippy::wildcard_enum_match_arm, reason = "two events judge; every other one does not")]
pub(super) fn newest(run: &Run, entries: &[Entry], looked: Option<&Looked>) -> Vec<Judgement> {
    let changed =
        entries.iter().rev().find(|entry| changes(run, &entry.event)).map_or(0, |entry| entry.seq);
    let looked = looked.filter(|look| look.after >= changed);
    let judged =
        entries.iter().rev().take_while(|entry| entry.seq > changed).find_map(|entry| match &entry
            .event
        {
            Event::Judged { judgements, .. } => Some((entry.seq, judgements)),
            Event::Verified { verification, .. } => Some((entry.seq, &verification.judgements)),
            _ => None,
        });
    match (looked, judged) {
        (Some(look), Some((seq, _))) if look.after >= seq => look.judgements.clone(),
        (_, Some((_, judgements))) => judgements.clone(),
        (Some(look), None) => look.judgements.clone(),
        (None, None) => Vec::new(),
    }
}

/// Whether from this event on another release may serve, or the same one otherwise. From the
/// intent on: whether it took place may be in doubt for a while.
fn changes(run: &Run, event: &Event) -> bool {
    let Event::Intended { key } = event else { return false };
    // What takes a step back changes what the step changed.
    match run.plan().step(&key.step).map(|step| &step.task) {
        Some(Task::Act { effect, .. }) => match effect.operation {
            Operation::RestoreRelease { .. }
            | Operation::ShiftTraffic { .. }
            | Operation::SwitchFlag { .. } => true,
            Operation::HaltRollout
            | Operation::ResumeRollout
            | Operation::SwitchLease { .. }
            | Operation::SwitchSync { .. }
            | Operation::RunErrand { .. } => false,
        },
        Some(
            Task::Judge { .. }
            | Task::Check { .. }
            | Task::Decide { .. }
            | Task::Wait { .. }
            | Task::Verify { .. }
            | Task::Manual { .. }
            | Task::Note { .. }
            | Task::LeftOut { .. },
        )
        | None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::Verdict;
    use crate::testing::{
        act, ada, entries, judgement, key, plan_with, planned, receipt, run_id, undo_key,
        verification, verify,
    };

    /// The bad release was judged, the target brought back, and its proof was under way.
    fn told() -> Vec<Event> {
        let judged = Event::Judged {
            step: "judge".into(),
            verdict: Verdict::Fail,
            judgements: vec![judgement(Verdict::Fail)],
        };
        vec![
            planned(plan_with(vec![act("restore", true), verify("verify")])),
            judged,
            Event::Intended { key: key("restore", 1) },
            Event::Landed { key: key("restore", 1), receipt: receipt() },
            Event::Began { step: "verify".into(), attempt: 1 },
        ]
    }

    fn shown(events: Vec<Event>, looked: Option<&Looked>) -> Vec<Verdict> {
        // The steps of `told` are fewer than its events: what is judged counts here, not
        // whether a machine would have come to it.
        let plan = plan_with(vec![act("restore", true), verify("verify")]);
        let run = Run::begin(run_id(), plan, ada());
        newest(&run, &entries(events), looked).into_iter().map(|one| one.verdict).collect()
    }

    fn good(after: u64) -> Looked {
        Looked { after, judgements: vec![judgement(Verdict::Pass)] }
    }

    #[test]
    fn what_was_judged_of_the_bad_release_is_not_shown_of_the_one_brought_back() {
        let mut events = told();
        assert_eq!(shown(events[..2].to_vec(), None), [Verdict::Fail]);
        assert_eq!(shown(events[..3].to_vec(), None), [], "from the intent on");
        assert_eq!(shown(events.clone(), None), [], "nothing was measured of it yet");
        events.push(Event::Verified {
            step: "verify".into(),
            verification: Box::new(verification(Verdict::Pass)),
        });
        assert_eq!(shown(events, None), [Verdict::Pass]);
    }

    #[test]
    fn the_last_look_outlives_its_step_until_what_serves_is_changed_again() {
        let mut events = told();
        events.push(Event::Held { by: ada() });
        events.push(Event::Aborted { by: ada(), reason: "enough".to_owned() });
        assert_eq!(shown(events.clone(), Some(&good(5))), [Verdict::Pass]);
        events.push(Event::Intended { key: undo_key("restore", 1) });
        assert_eq!(shown(events, Some(&good(5))), [], "the bad release may serve again");
    }

    #[test]
    fn the_newer_of_a_look_and_a_judgement_in_the_journal_is_shown() {
        let mut events = told();
        let verdict = Verdict::Inconclusive;
        events.push(Event::Verified {
            step: "verify".into(),
            verification: Box::new(verification(verdict)),
        });
        assert_eq!(shown(events.clone(), Some(&good(5))), [verdict]);
        assert_eq!(shown(events, Some(&good(6))), [Verdict::Pass]);
    }
}
