//! How long things took, and from what to what: nothing is computed that cannot be
//! explained.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Moments;
use super::curate::Record;
use super::layer::Milestone;
use crate::name::RunId;
use crate::run::{Entry, Event, Next, Run};
use crate::time::Millis;

/// A length of time with what it is measured from and to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Length {
    /// What took so long: `to detect`.
    pub name: String,
    /// How long.
    pub milliseconds: Millis,
    /// From what to what, in a sentence; empty in documents of an older version.
    #[serde(default)]
    pub explained: String,
}

/// A point in time with where it comes from.
struct Known {
    at: Timestamp,
    what: String,
}

/// The lengths between the key times, and sentences about those that cannot be. A point
/// that a person marked counts before the one that the machine saw.
#[must_use]
pub fn lengths(
    run: &RunId,
    moments: &Moments,
    record: &Record,
    entries: &[Entry],
) -> (Vec<Length>, Vec<String>) {
    let marked = |milestone: Milestone| {
        record.milestone(milestone).map(|mark| Known {
            at: mark.at,
            what: format!("{} (marked by {})", milestone.title().to_lowercase(), mark.by),
        })
    };
    let seen = |at: Option<Timestamp>, what: &str| at.map(|at| Known { at, what: what.to_owned() });
    let impact = || {
        marked(Milestone::ImpactStarted).or_else(|| seen(moments.started, "the start of the run"))
    };
    let detected = || {
        marked(Milestone::Detected)
            .or_else(|| seen(moments.detected, "the judgement that found it"))
    };
    let decided = || seen(moments.decided, "the first go to a change");
    let stopped = || seen(moments.stopped, "the stop of the rollout");
    let serving = || {
        marked(Milestone::Mitigated)
            .or_else(|| seen(moments.target_serving, "the target serving alone"))
    };
    let verified = || {
        marked(Milestone::Verified)
            .or_else(|| seen(moments.verified, "the verification that passed"))
    };
    let closed =
        || marked(Milestone::Resolved).or_else(|| seen(moments.closed, "the end of the run"));
    let table: [(&str, Option<Known>, Option<Known>); 7] = [
        ("to detect", impact(), detected()),
        ("to acknowledge", detected(), marked(Milestone::Acknowledged)),
        ("to decide", detected(), decided()),
        ("to stop", decided(), stopped()),
        ("to restore", impact(), serving()),
        ("to verify", serving(), verified()),
        ("in all", impact(), closed()),
    ];
    let (mut lengths, mut doubts) = (Vec::new(), Vec::new());
    for (name, from, to) in table {
        let (Some(from), Some(to)) = (from, to) else { continue };
        if to.at < from.at {
            doubts.push(format!("`{name}` cannot be told: {} is before {}.", to.what, from.what));
            continue;
        }
        lengths.push(Length {
            name: name.to_owned(),
            milliseconds: Millis::between(from.at, to.at),
            explained: format!("from {} to {}", from.what, to.what),
        });
    }
    if let Some((waited, times)) = waited(run, entries) {
        let noun = if times == 1 { "question" } else { "questions" };
        lengths.push(Length {
            name: "waiting for people".to_owned(),
            milliseconds: waited,
            explained: format!("while {times} {noun} of the run stood open"),
        });
    }
    (lengths, doubts)
}

/// How long the run waited for answers, and how many times; `None` where the entries tell
/// no run. Time while nobody drove the run counts: it waited then too.
fn waited(id: &RunId, entries: &[Entry]) -> Option<(Millis, u64)> {
    let (first, rest) = entries.split_first()?;
    let Event::Planned { plan, by } = &first.event else { return None };
    let mut run = Run::begin(id.clone(), (**plan).clone(), by.clone());
    let asks = |run: &Run| matches!(run.next(), Next::AskPerson { .. });
    let (mut total, mut times) = (0_u64, 0);
    let mut since = asks(&run).then_some(first.at);
    for entry in rest {
        run.apply(&entry.event).ok()?;
        let asking = asks(&run) && !answers(&entry.event);
        match (since, asking) {
            (Some(from), false) => {
                total = total.saturating_add(Millis::between(from, entry.at).0);
                times += 1;
                since = asks(&run).then_some(entry.at);
            }
            (None, true) => since = Some(entry.at),
            (None, false) if asks(&run) => since = Some(entry.at),
            (Some(_), true) | (None, false) => {}
        }
    }
    Some((Millis(total), times))
}

/// Whether a person answered with this: the next question is another one.
const fn answers(event: &Event) -> bool {
    matches!(
        event,
        Event::Confirmed { .. }
            | Event::Chosen { .. }
            | Event::Performed { .. }
            | Event::Accepted { .. }
            | Event::Again { .. }
            | Event::Skipped { .. }
            | Event::Declined { .. }
            | Event::Ruled { .. }
            | Event::Aborted { .. }
    )
}

/// How a length compares with the same in other runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Comparison {
    /// Which length.
    pub name: String,
    /// How long it took here.
    pub here: Millis,
    /// The drills of the same service and environment.
    pub drills: Others,
    /// Its incidents.
    pub incidents: Others,
}

/// How long others took.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Others {
    /// How many there are.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub runs: u64,
    /// The one in the middle; `null` where there is none.
    pub median: Option<Millis>,
    /// The shortest; `null` where there is none.
    pub best: Option<Millis>,
}

impl Others {
    /// From all lengths of one name.
    #[must_use]
    pub fn of(mut lengths: Vec<Millis>) -> Self {
        lengths.sort_unstable();
        Self {
            runs: lengths.len() as u64,
            // Of an even number the longer one: a team should not look faster than it was.
            median: lengths.get(lengths.len() / 2).copied(),
            best: lengths.first().copied(),
        }
    }
}

/// Holds `here` against other runs, each with whether it was a drill. A name that no other
/// run has is left out.
#[must_use]
pub fn compare(here: &[Length], others: &[(bool, Vec<Length>)]) -> Vec<Comparison> {
    let of = |name: &str, drills: bool| {
        let found = others
            .iter()
            .filter(|(drill, _)| *drill == drills)
            .filter_map(|(_, lengths)| lengths.iter().find(|length| length.name == name))
            .map(|length| length.milliseconds)
            .collect();
        Others::of(found)
    };
    here.iter()
        .map(|length| Comparison {
            name: length.name.clone(),
            here: length.milliseconds,
            drills: of(&length.name, true),
            incidents: of(&length.name, false),
        })
        .filter(|one| one.drills.runs + one.incidents.runs > 0)
        .collect()
}

#[cfg(test)]
mod tests;
