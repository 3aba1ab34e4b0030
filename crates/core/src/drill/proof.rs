//! When a runbook was last proven at a place, by a drill or by a real run: what was never
//! tried is no plan.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::catalog::Place;
use crate::name::{RunId, RunbookName};
use crate::plan::Plan;
use crate::preflight::{Finding, Grade, Topic};
use crate::run::Outcome;
use crate::time::{EpochMs, Millis};

/// A run that ended with proven recovery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct ProvenRun {
    /// Which run.
    pub run: RunId,
    /// When it ended, on the wall.
    pub at: EpochMs,
    /// The scenario, when it was a drill in the practice world.
    pub drill: Option<String>,
    /// The hash of the runbook as it was then, hex.
    pub runbook_digest: String,
}

/// What is known of a runbook at a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Rehearsal {
    /// Where.
    pub place: Place,
    /// Which runbook.
    pub runbook: RunbookName,
    /// The last run that proved it; `null` when none did on this machine.
    pub last: Option<ProvenRun>,
    /// Whether the runbook has changed since.
    pub changed: bool,
    /// Whether the team's limit has passed.
    pub overdue: bool,
    /// The same in a sentence.
    pub sentence: String,
}

/// A run that ended, as far as it matters here.
#[derive(Clone, Copy, Debug)]
pub struct Ended<'a> {
    /// Which.
    pub run: &'a RunId,
    /// Its plan.
    pub plan: &'a Plan,
    /// How it ended.
    pub outcome: &'a Outcome,
    /// When, on the wall.
    pub at: Timestamp,
}

/// What `runs` say of `runbook` at `place`. A drill counts for the place that it rehearsed,
/// by the name of service and environment. `every` is the team's limit; nothing is overdue
/// without one.
#[must_use]
pub fn rehearsal<'a>(
    place: &Place,
    runbook: &RunbookName,
    digest: &str,
    runs: impl IntoIterator<Item = Ended<'a>>,
    every: Option<Millis>,
    now: Timestamp,
) -> Rehearsal {
    let last = runs
        .into_iter()
        .filter(|ended| {
            *ended.outcome == Outcome::Recovered
                && ended.plan.place == *place
                && ended.plan.runbook == *runbook
        })
        .max_by_key(|ended| ended.at);
    let changed = last.is_some_and(|ended| ended.plan.runbook_digest != digest);
    let age = last.map(|ended| Millis::between(ended.at, now));
    let overdue = every.is_some_and(|every| age.is_none_or(|age| age > every));
    let sentence = match (last, age) {
        (Some(ended), Some(age)) => {
            let by = match (&ended.plan.drill, &ended.plan.exercise) {
                (Some(tag), _) => format!("the drill {}", tag.scenario),
                (None, Some(_)) => format!("the drill {} on the real system", ended.run),
                (None, None) => format!("the run {}", ended.run),
            };
            let since = if changed { "; the runbook has changed since" } else { "" };
            format!("{runbook} was last proven here {} by {by}{since}", ago(age))
        }
        _ => format!("{runbook} was never proven here, as far as this machine knows"),
    };
    Rehearsal {
        place: place.clone(),
        runbook: runbook.clone(),
        last: last.map(|ended| ProvenRun {
            run: ended.run.clone(),
            at: ended.at.into(),
            drill: ended.plan.drill.as_ref().map(|tag| tag.scenario.to_string()),
            runbook_digest: ended.plan.runbook_digest.clone(),
        }),
        changed,
        overdue,
        sentence,
    }
}

impl Rehearsal {
    /// As a preflight finding: a warning when the limit has passed, and never more, because
    /// nobody waits with a rollback for a drill.
    #[must_use]
    pub fn finding(&self) -> Finding {
        let grade = match (&self.last, self.overdue || self.changed) {
            (Some(_), false) => Grade::Pass,
            (None, false) => Grade::Unknown,
            (_, true) => Grade::Warn,
        };
        let finding = Finding::new("the runbook", grade, self.sentence.clone()).on(Topic::Other);
        if grade == Grade::Pass {
            finding
        } else {
            finding.mend("Rehearse it afterwards: `lastgood drill` or a run in staging.")
        }
    }
}

fn ago(age: Millis) -> String {
    const HOUR: u64 = 3_600_000;
    match age.0 {
        0..HOUR => "within the last hour".to_owned(),
        HOUR..172_800_000 => format!("{} hours ago", age.0 / HOUR),
        _ => format!("{} days ago", age.0 / (24 * HOUR)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{elsewhere, minute, place, plan, run_id};

    fn ask(runs: &[(&Plan, Outcome, i64)], every: Option<Millis>) -> Rehearsal {
        let id = run_id();
        let plan = plan();
        let ended = runs.iter().map(|(plan, outcome, at)| Ended {
            run: &id,
            plan,
            outcome,
            at: minute(*at),
        });
        rehearsal(&place(), &plan.runbook, &plan.runbook_digest, ended, every, minute(100))
    }

    #[test]
    fn only_proven_recovery_at_this_place_with_this_runbook_counts() {
        let here = plan();
        let there = Plan { place: elsewhere(), ..plan() };
        let other = Plan { runbook: "other".into(), ..plan() };
        let unproven = Outcome::Unproven { why: String::new() };
        let none = ask(
            &[
                (&there, Outcome::Recovered, 1),
                (&other, Outcome::Recovered, 2),
                (&here, unproven, 3),
            ],
            None,
        );
        assert_eq!(none.last, None);
        assert_eq!(none.finding().grade, Grade::Unknown);
        let known = ask(&[(&here, Outcome::Recovered, 5), (&here, Outcome::Recovered, 4)], None);
        assert_eq!(known.last.as_ref().map(|last| last.at), Some(minute(5).into()));
        assert_eq!(known.finding().grade, Grade::Pass);
    }

    #[test]
    fn what_is_older_than_the_limit_or_of_another_text_is_a_warning() {
        let here = plan();
        let runs = [(&here, Outcome::Recovered, 5)];
        assert!(!ask(&runs, Some(Millis::minutes(95))).overdue);
        let late = ask(&runs, Some(Millis::minutes(94)));
        assert!(late.overdue);
        assert_eq!(late.finding().grade, Grade::Warn);
        assert!(ask(&[], Some(Millis::minutes(1))).overdue, "never is overdue");
        let changed = Plan { runbook_digest: "other".to_owned(), ..plan() };
        let found = ask(&[(&changed, Outcome::Recovered, 5)], None);
        assert!(found.changed && found.sentence.contains("has changed"));
        assert_eq!(found.finding().grade, Grade::Warn);
    }
}
