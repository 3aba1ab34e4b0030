//! How a run went, for those who took part: what took how long, what was decided, and what
//! a good decision would have been. It judges decisions, never people; there are no points.

use serde::{Deserialize, Serialize};

use super::{Deed, Juncture, Lesson, Scenario};
use crate::mitigation::Way;
use crate::name::{Person, StepId};
use crate::plan::Plan;
use crate::run::{Entry, Event};
use crate::runbook::Phase;
use crate::time::{EpochMs, Millis};
use crate::timeline::step_of;

/// How a decision looks beside what the scenario's author knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Looks {
    /// What the author would have done.
    Good,
    /// What makes it worse, or takes a risk for nothing.
    Poor,
    /// Neither is said of it.
    Open,
}

/// Something that a person decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct PastDecision {
    /// When, in the run's world.
    pub at: EpochMs,
    /// Who.
    pub by: Person,
    /// Where: `with the plan in front of them`, or the title of a step.
    pub place: String,
    /// What.
    pub deed: Deed,
    /// The same in words: `looked again`.
    pub words: String,
    /// Why, if they said so.
    pub reason: Option<String>,
    /// How it looks.
    pub looks: Looks,
    /// Why it looks like that; `null` where nothing is said of it.
    pub because: Option<String>,
}

/// A phase of the runbook and its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct PhaseTime {
    /// Which.
    pub phase: Phase,
    /// What a person reads.
    pub title: String,
    /// When its first step began.
    pub from: EpochMs,
    /// From there to the last that happened in it.
    pub took: Millis,
}

/// What is good to do at a place that nobody came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Unmet {
    /// Where.
    pub place: String,
    /// What is good to do there, in words.
    pub good: Vec<String>,
    /// Why.
    pub because: String,
}

/// Something that was done to a drill from outside of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct PresentedAct {
    /// When, in the run's world.
    pub at: EpochMs,
    /// Who.
    pub by: Person,
    /// What, in words.
    pub words: String,
}

/// What was done to the drill from outside of it, oldest first.
#[must_use]
pub fn presented(entries: &[Entry]) -> Vec<PresentedAct> {
    let acts = entries.iter().filter_map(|entry| {
        let Event::Presented { by, act } = &entry.event else { return None };
        Some(PresentedAct { at: entry.at.into(), by: by.clone(), words: act.words() })
    });
    acts.collect()
}

/// Everything that people decided, oldest first, held against the lessons of `scenario`.
#[must_use]
pub fn decisions(plan: &Plan, entries: &[Entry], scenario: Option<&Scenario>) -> Vec<PastDecision> {
    let preferred = entries
        .iter()
        .any(|entry| matches!(&entry.event, Event::Preferred { way, .. } if *way != Way::RollBack));
    entries
        .iter()
        .filter_map(|entry| {
            let decided = decided(&entry.event, preferred)?;
            let lesson = scenario.and_then(|scenario| lesson(&scenario.lessons, &decided.at));
            let looks = lesson.map_or(Looks::Open, |lesson| {
                if lesson.good.contains(&decided.deed) {
                    Looks::Good
                } else if lesson.poor.contains(&decided.deed) {
                    Looks::Poor
                } else {
                    Looks::Open
                }
            });
            Some(PastDecision {
                at: entry.at.into(),
                by: decided.by.clone(),
                place: place(plan, &decided.at),
                deed: decided.deed,
                words: decided.deed.words().to_owned(),
                reason: decided.reason.map(str::to_owned),
                looks,
                because: lesson
                    .filter(|_| looks != Looks::Open)
                    .map(|lesson| lesson.because.clone()),
            })
        })
        .collect()
}

/// The lessons of `scenario` for places where nobody decided anything.
#[must_use]
pub fn unmet(plan: &Plan, entries: &[Entry], scenario: &Scenario) -> Vec<Unmet> {
    let met: Vec<Juncture> = entries
        .iter()
        .filter_map(|entry| decided(&entry.event, false).map(|decided| decided.at))
        .collect();
    scenario
        .lessons
        .iter()
        .filter(|lesson| !met.contains(&lesson.at))
        .map(|lesson| Unmet {
            place: place(plan, &lesson.at),
            good: lesson.good.iter().map(|deed| deed.words().to_owned()).collect(),
            because: lesson.because.clone(),
        })
        .collect()
}

/// How long each phase took, in the order of the runbook; those that never began are
/// missing.
#[must_use]
pub fn phases(plan: &Plan, entries: &[Entry]) -> Vec<PhaseTime> {
    Phase::ALL
        .iter()
        .filter_map(|phase| {
            let of_it = || {
                entries.iter().filter(|entry| {
                    // What is given or taken back happens at the end, whichever phase it
                    // was done in.
                    let forward = !undoes(&entry.event);
                    let step = step_of(&entry.event).and_then(|step| plan.step(step));
                    forward && step.is_some_and(|step| step.phase == *phase)
                })
            };
            let (first, last) = (of_it().next()?, of_it().next_back()?);
            Some(PhaseTime {
                phase: *phase,
                title: phase.title().to_owned(),
                from: first.at.into(),
                took: Millis::between(first.at, last.at),
            })
        })
        .collect()
}

/// Whether an event belongs to the way back of a step.
const fn undoes(event: &Event) -> bool {
    match event {
        Event::Intended { key }
        | Event::Landed { key, .. }
        | Event::Refused { key, .. }
        | Event::Lost { key, .. }
        | Event::Unclear { key, .. }
        | Event::Ruled { key, .. } => key.undo,
        // That a lease was lost is seen whenever it is, and is no work in its phase.
        Event::Displaced { .. } | Event::Lapsed { .. } => true,
        Event::Planned { .. }
        | Event::Needed { .. }
        | Event::NotNeeded { .. }
        | Event::LeftOut { .. }
        | Event::GuardUnclear { .. }
        | Event::Confirmed { .. }
        | Event::Began { .. }
        | Event::Judged { .. }
        | Event::Checked { .. }
        | Event::Waited { .. }
        | Event::Verified { .. }
        | Event::Recorded { .. }
        | Event::Failed { .. }
        | Event::Chosen { .. }
        | Event::Performed { .. }
        | Event::Accepted { .. }
        | Event::Again { .. }
        | Event::Skipped { .. }
        | Event::Declined { .. }
        | Event::Noted { .. }
        | Event::Overridden { .. }
        | Event::Preferred { .. }
        | Event::Presented { .. }
        | Event::Held { .. }
        | Event::Released { .. }
        | Event::Aborted { .. }
        | Event::UndoBegan { .. }
        | Event::Left { .. }
        | Event::Resumed { .. }
        | Event::Finished { .. }
        | Event::Unknown => false,
    }
}

struct Decided<'a> {
    at: Juncture,
    deed: Deed,
    by: &'a Person,
    reason: Option<&'a str>,
}

/// What a person decided with `event`. With the plan in front of them they ran it, unless
/// another way was `preferred`.
fn decided(event: &Event, preferred: bool) -> Option<Decided<'_>> {
    let step = |step: &StepId| Juncture::Step(step.to_string());
    let (at, deed, by, reason) = match event {
        Event::Planned { by, .. } if !preferred => (Juncture::Start, Deed::RollBack, by, None),
        Event::Preferred { way, by, reason } if *way != Way::RollBack => {
            (Juncture::Start, Deed::from(*way), by, Some(reason.as_str()))
        }
        Event::Overridden { by, reason, .. } => {
            (Juncture::Start, Deed::Override, by, Some(reason.as_str()))
        }
        Event::Confirmed { step: at, by } => (step(at), Deed::GoOn, by, None),
        Event::Performed { step: at, by, observed } => {
            (step(at), Deed::GoOn, by, Some(observed.as_str()))
        }
        Event::Accepted { step: at, by, reason } => {
            (step(at), Deed::GoOn, by, Some(reason.as_str()))
        }
        Event::Again { step: at, by, reason } => (step(at), Deed::Again, by, reason.as_deref()),
        Event::Skipped { step: at, by, reason } => (step(at), Deed::Skip, by, Some(&**reason)),
        Event::Chosen { step: at, by, reason, .. } => {
            (step(at), Deed::Choose, by, reason.as_deref())
        }
        Event::Ruled { key, happened, by, reason } => {
            let deed = if *happened { Deed::Happened } else { Deed::DidNotHappen };
            (step(&key.step), deed, by, Some(reason.as_str()))
        }
        Event::Declined { step: at, by, reason } => {
            (step(at), Deed::Decline, by, Some(reason.as_str()))
        }
        Event::Aborted { by, reason } => (Juncture::End, Deed::Abort, by, Some(reason.as_str())),
        Event::UndoBegan { by, .. } => (Juncture::End, Deed::Undo, by, None),
        Event::Left { by, reason } => (Juncture::End, Deed::Leave, by, Some(reason.as_str())),
        Event::Planned { .. }
        | Event::Preferred { .. }
        | Event::Needed { .. }
        | Event::NotNeeded { .. }
        | Event::LeftOut { .. }
        | Event::GuardUnclear { .. }
        | Event::Intended { .. }
        | Event::Landed { .. }
        | Event::Refused { .. }
        | Event::Lost { .. }
        | Event::Unclear { .. }
        | Event::Displaced { .. }
        | Event::Lapsed { .. }
        | Event::Began { .. }
        | Event::Judged { .. }
        | Event::Checked { .. }
        | Event::Waited { .. }
        | Event::Verified { .. }
        | Event::Recorded { .. }
        | Event::Failed { .. }
        | Event::Noted { .. }
        | Event::Presented { .. }
        | Event::Held { .. }
        | Event::Released { .. }
        | Event::Resumed { .. }
        | Event::Finished { .. }
        | Event::Unknown => return None,
    };
    Some(Decided { at, deed, by, reason })
}

fn lesson<'a>(lessons: &'a [Lesson], at: &Juncture) -> Option<&'a Lesson> {
    lessons.iter().find(|lesson| lesson.at == *at)
}

fn place(plan: &Plan, at: &Juncture) -> String {
    match at {
        Juncture::Start => "with the plan in front of them".to_owned(),
        Juncture::Step(id) => plan
            .step(&StepId::new(id.as_str()))
            .map_or_else(|| format!("in the step `{id}`"), |step| step.title.clone()),
        Juncture::End => "when the run was being ended".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::drill::{Opening, OutcomeKind, SuccessRule};
    use crate::testing::{act, ada, entries, key, plan_with, planned, receipt, undo_key, verify};

    fn scenario(lessons: Vec<Lesson>) -> Scenario {
        Scenario {
            name: "bad".into(),
            title: String::new(),
            summary: String::new(),
            minutes: 5,
            place: crate::testing::place(),
            runbook: "rollback".into(),
            inputs: BTreeMap::new(),
            head_start: Millis(0),
            events: Vec::new(),
            faults: Vec::new(),
            by_hand: Vec::new(),
            presenter: Vec::new(),
            opening: Opening::default(),
            operator: Vec::new(),
            truth: String::new(),
            lessons,
            success: SuccessRule { outcome: OutcomeKind::Recovered, within: None },
        }
    }

    fn lesson_at(at: Juncture, good: &[Deed], poor: &[Deed]) -> Lesson {
        Lesson { at, good: good.to_vec(), poor: poor.to_vec(), because: "so it is".to_owned() }
    }

    #[test]
    fn each_decision_is_held_against_the_lesson_of_its_place() {
        let plan = plan_with(vec![verify("verify")]);
        let written = entries(vec![
            planned(plan.clone()),
            Event::Overridden { subject: "x".to_owned(), by: ada(), reason: "must".to_owned() },
            Event::Again { step: "verify".into(), by: ada(), reason: None },
            Event::Skipped { step: "verify".into(), by: ada(), reason: "late".to_owned() },
        ]);
        let scenario = scenario(vec![
            lesson_at(Juncture::Start, &[Deed::RollBack], &[Deed::Override]),
            lesson_at(Juncture::Step("verify".to_owned()), &[Deed::GoOn], &[Deed::Skip]),
            lesson_at(Juncture::End, &[Deed::Undo], &[]),
        ]);
        let found = decisions(&plan, &written, Some(&scenario));
        let seen: Vec<(Deed, Looks)> = found.iter().map(|one| (one.deed, one.looks)).collect();
        assert_eq!(
            seen,
            [
                (Deed::RollBack, Looks::Good),
                (Deed::Override, Looks::Poor),
                (Deed::Again, Looks::Open),
                (Deed::Skip, Looks::Poor),
            ]
        );
        assert_eq!(found[3].because.as_deref(), Some("so it is"));
        assert_eq!(found[2].because, None, "nothing is said of it");
        let unmet = unmet(&plan, &written, &scenario);
        assert_eq!(unmet.len(), 1);
        assert_eq!(unmet[0].good, ["took back what was done"]);
    }

    #[test]
    fn whoever_preferred_another_way_did_not_run_the_plan() {
        let plan = plan_with(vec![verify("verify")]);
        let written = entries(vec![
            planned(plan.clone()),
            Event::Preferred { way: Way::Wait, by: ada(), reason: "shared".to_owned() },
        ]);
        let found = decisions(&plan, &written, None);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].deed, found[0].looks), (Deed::Wait, Looks::Open));
    }

    #[test]
    fn what_is_given_back_at_the_end_makes_no_phase_longer() {
        let plan = plan_with(vec![act("a", true)]);
        let landed = |key| Event::Landed { key, receipt: receipt() };
        let written = entries(vec![
            planned(plan.clone()),
            Event::Intended { key: key("a", 1) },
            landed(key("a", 1)),
            Event::Noted { by: ada(), text: "later".to_owned() },
            Event::Intended { key: undo_key("a", 1) },
            landed(undo_key("a", 1)),
        ]);
        let found = phases(&plan, &written);
        assert_eq!(found[0].took, Millis::between(written[1].at, written[2].at));
    }

    #[test]
    fn a_phase_lasts_from_its_first_to_its_last_event() {
        let plan = plan_with(vec![verify("verify")]);
        let began = |attempt| Event::Began { step: "verify".into(), attempt };
        let written = entries(vec![planned(plan.clone()), began(1), began(2), began(3)]);
        let found = phases(&plan, &written);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].phase, plan.steps[0].phase);
        assert_eq!(found[0].took, Millis::between(written[1].at, written[3].at));
    }
}
