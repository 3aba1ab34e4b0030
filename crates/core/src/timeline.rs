//! The incident timeline: one line for each thing that happened, folded from the journal,
//! with the layers that people put over it. The original is never changed.
//!
//! Start with [`record`], the whole as it is read; [`layer`] is what can be put over it,
//! [`annotate`] decides whether it may be.

pub mod annotate;
mod curate;
mod durations;
mod followup;
pub mod layer;
mod moments;
mod quiet;
mod said;
mod said_time;
mod words;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use curate::{Edit, MilestoneMark, Original, Part, Record, record};
pub use durations::{Comparison, Length, Others, compare, lengths};
pub use followup::{FollowUp, FollowUpStatus, lint as lint_follow_ups};
pub use layer::{Annotation, Attachment, Layer, LineId, Milestone, Origin};
pub use moments::{Moments, moments};
pub use quiet::{QUIET_AT_LEAST, quiet_before, quiet_words};
pub use said::{Span, Words, said};
pub use said_time::{NoTime, SaidTime, in_zone, name as zone_name, said_time};

pub(crate) use words::{step as step_of, taken_back};

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
    /// Its name within the record, such as `e12`.
    #[serde(default)]
    pub id: LineId,
    /// The journal entry that it comes from, or the annotation that added it.
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
    /// The zone or offset that a person gave its time in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Where it was taken from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// What it first said, once somebody amended it or corrected its time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<Original>,
    /// Why it is left out of what people read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hidden: Option<String>,
    /// Whether it matters most.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub starred: bool,
    /// Everything that was done to it, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub edits: Vec<Edit>,
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
        id: LineId::Entry(entry.seq),
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
        zone: None,
        origin: None,
        original: None,
        hidden: None,
        starred: false,
        edits: Vec::new(),
    })
}
