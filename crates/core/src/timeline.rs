//! The incident timeline: one line for each thing that happened, folded from the
//! journal. The original is never changed.

mod moments;
mod words;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use moments::{Moments, moments};

use crate::name::{Person, StepId};
use crate::plan::Plan;
use crate::run::Entry;
use crate::runbook::Phase;

/// What a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum LineKind {
    /// The run itself began, ended, was held.
    Run,
    /// Something was measured or checked.
    Signal,
    /// A person decided.
    Decision,
    /// The world was about to be, or was, changed.
    Action,
    /// A person wrote something down.
    Note,
}

/// Who or what a line comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Source {
    /// Lastgood did it by itself.
    Machine,
    /// A person did it.
    Person {
        /// Who.
        name: Person,
    },
}

/// One line of the timeline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(schemars::JsonSchema))]
pub struct Line {
    /// The journal entry that it comes from.
    pub seq: u64,
    /// When it happened, in the run's world; UTC.
    #[cfg_attr(feature = "bindings", schemars(with = "String"))]
    pub occurred_at: Timestamp,
    /// When it was written down, on the wall; UTC.
    #[cfg_attr(feature = "bindings", schemars(with = "String"))]
    pub recorded_at: Timestamp,
    /// What it is about.
    pub kind: LineKind,
    /// Who or what it comes from.
    pub source: Source,
    /// The phase it belongs to; `None` for what concerns the whole run.
    pub phase: Option<Phase>,
    /// The step it belongs to.
    pub step: Option<StepId>,
    /// What happened, in one sentence.
    pub text: String,
    /// The reason that a person gave.
    pub reason: Option<String>,
    /// What proves it: receipts, counts, answers, one per line.
    pub evidence: Vec<String>,
}

/// Folds a run's entries into lines, in order. Steps that merely began are not lines.
#[must_use]
pub fn lines(plan: &Plan, entries: &[Entry]) -> Vec<Line> {
    entries.iter().filter_map(|entry| line(plan, entry)).collect()
}

fn line(plan: &Plan, entry: &Entry) -> Option<Line> {
    let told = words::tell(plan, &entry.event)?;
    let step = words::step(&entry.event);
    Some(Line {
        seq: entry.seq,
        occurred_at: entry.at,
        recorded_at: entry.recorded_at,
        kind: told.kind,
        source: told.by.map_or(Source::Machine, |name| Source::Person { name }),
        phase: step.and_then(|step| plan.step(step)).map(|step| step.phase),
        step: step.cloned(),
        text: told.text,
        reason: told.reason,
        evidence: told.evidence,
    })
}
