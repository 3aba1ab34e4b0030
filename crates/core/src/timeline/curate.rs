//! The record as it is read: every line with the layers that people put over it.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::layer::{AddedLine, Annotation, Attachment, Layer, LineId, Milestone};
use super::{FollowUp, Line, LineKind, Source, lines};
use crate::name::Person;
use crate::plan::Plan;
use crate::run::Entry;

/// What a line said before anybody changed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(schemars::JsonSchema))]
pub struct Original {
    /// When it happened, as it was first recorded.
    #[cfg_attr(feature = "bindings", schemars(with = "String"))]
    pub occurred_at: Timestamp,
    /// What happened, as it was first recorded.
    pub text: String,
}

/// One layer over a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(schemars::JsonSchema))]
pub struct Edit {
    /// Who did it.
    pub by: Person,
    /// When, in the run's world.
    #[cfg_attr(feature = "bindings", schemars(with = "String"))]
    pub at: Timestamp,
    /// When it was recorded, on the wall.
    #[cfg_attr(feature = "bindings", schemars(with = "String"))]
    pub recorded_at: Timestamp,
    /// What was done: `amended`, `retimed`, `hidden`, `shown`, `starred`, `unstarred`.
    pub what: String,
    /// The new text, the new time, or the reason; empty where there is none.
    pub says: String,
}

/// A point of the incident, as a person marked it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(schemars::JsonSchema))]
pub struct MilestoneMark {
    /// Which point.
    pub milestone: Milestone,
    /// When it was.
    #[cfg_attr(feature = "bindings", schemars(with = "String"))]
    pub at: Timestamp,
    /// The zone or offset that the time was given in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Who said so.
    pub by: Person,
    /// When that was recorded, on the wall.
    #[cfg_attr(feature = "bindings", schemars(with = "String"))]
    pub recorded_at: Timestamp,
}

/// A part of the postmortem that a person wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Part {
    /// Its name, such as `summary`.
    pub name: String,
    /// What it says, in Markdown.
    pub text: String,
    /// Who wrote it last.
    pub by: Person,
}

/// A run's record as people left it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// Every line by the time at which it happened, the hidden ones too.
    pub lines: Vec<Line>,
    /// The marked points, in the order of an incident.
    pub milestones: Vec<MilestoneMark>,
    /// What is left to do, by number.
    pub follow_ups: Vec<FollowUp>,
    /// The parts of the postmortem, in the order in which they were first written.
    pub parts: Vec<Part>,
    /// Pictures and texts, in the order in which they were added.
    pub attachments: Vec<Attachment>,
    /// How many annotations a newer version wrote.
    pub unknown: u64,
}

impl Record {
    /// The line with this name.
    #[must_use]
    pub fn line(&self, id: LineId) -> Option<&Line> {
        self.lines.iter().find(|line| line.id == id)
    }

    /// When a person says that a point of the incident was.
    #[must_use]
    pub fn milestone(&self, milestone: Milestone) -> Option<&MilestoneMark> {
        self.milestones.iter().find(|mark| mark.milestone == milestone)
    }

    /// The follow-up with this number.
    #[must_use]
    pub fn follow_up(&self, number: u64) -> Option<&FollowUp> {
        self.follow_ups.iter().find(|item| item.number == number)
    }
}

/// Puts `annotations` over the lines of `entries`. What names a line that is not there is
/// passed over: a newer version may have written it about a line of its own.
#[must_use]
pub fn record(plan: &Plan, entries: &[Entry], annotations: &[Annotation]) -> Record {
    let mut record = Record { lines: lines(plan, entries), ..Record::default() };
    for (seq, annotation) in (1..).zip(annotations) {
        if let Layer::Added { line } = &annotation.says {
            record.lines.push(added(seq, annotation, line));
        }
    }
    let mut places: HashMap<LineId, usize> =
        record.lines.iter().enumerate().map(|(index, line)| (line.id, index)).collect();
    for annotation in annotations {
        take(&mut record, &mut places, annotation);
    }
    // Stable: what happened at the same time stays in the order in which it was written.
    record.lines.sort_by_key(|line| line.occurred_at);
    record.milestones.sort_by_key(|mark| mark.milestone);
    record.follow_ups.sort_by_key(|item| item.number);
    record
}

fn added(seq: u64, annotation: &Annotation, line: &AddedLine) -> Line {
    let name = line.actor.as_deref().map_or_else(|| annotation.by.clone(), Person::new);
    Line {
        id: LineId::Added(seq),
        seq,
        occurred_at: line.at,
        recorded_at: annotation.recorded_at,
        kind: line.kind,
        source: Source::Person { name },
        phase: None,
        step: None,
        text: line.text.clone(),
        reason: None,
        evidence: Vec::new(),
        zone: line.zone.clone(),
        origin: line.origin.clone(),
        original: None,
        hidden: None,
        starred: false,
        edits: Vec::new(),
    }
}

fn take(record: &mut Record, places: &mut HashMap<LineId, usize>, annotation: &Annotation) {
    let Annotation { at, recorded_at, by, says } = annotation;
    let target = says.line().and_then(|id| places.get(&id)).copied();
    let line = target.and_then(|index| record.lines.get_mut(index));
    let edit = |said: &str| Edit {
        by: by.clone(),
        at: *at,
        recorded_at: *recorded_at,
        what: says.name().to_owned(),
        says: said.to_owned(),
    };
    match (says, line) {
        (Layer::Amended { text, .. }, Some(line)) => {
            keep(line);
            line.edits.push(edit(text));
            line.text.clone_from(text);
        }
        (Layer::Retimed { to, zone, .. }, Some(line)) => {
            keep(line);
            line.edits.push(edit(&to.to_string()));
            line.occurred_at = *to;
            line.zone.clone_from(zone);
        }
        (Layer::Hidden { reason, .. }, Some(line)) => {
            line.edits.push(edit(reason));
            line.hidden = Some(reason.clone());
        }
        (Layer::Shown { .. }, Some(line)) => {
            line.edits.push(edit(""));
            line.hidden = None;
        }
        (Layer::Starred { .. }, Some(line)) => {
            line.edits.push(edit(""));
            line.starred = true;
        }
        (Layer::Unstarred { .. }, Some(line)) => {
            line.edits.push(edit(""));
            line.starred = false;
        }
        (Layer::Marked { milestone, on, zone }, _) => {
            record.milestones.retain(|mark| mark.milestone != *milestone);
            record.milestones.push(MilestoneMark {
                milestone: *milestone,
                at: *on,
                zone: zone.clone(),
                by: by.clone(),
                recorded_at: *recorded_at,
            });
        }
        (Layer::Unmarked { milestone }, _) => {
            record.milestones.retain(|mark| mark.milestone != *milestone);
        }
        (Layer::FollowUp { item }, _) => {
            match record.follow_ups.iter_mut().find(|known| known.number == item.number) {
                Some(known) => known.clone_from(item),
                None => record.follow_ups.push(item.clone()),
            }
        }
        (Layer::Wrote { part, text }, _) => wrote(record, part, text, by),
        (Layer::Attached { attachment }, _) => record.attachments.push(attachment.clone()),
        (Layer::Unknown, _) => record.unknown += 1,
        // Taken before; the others name a line that is not there.
        (
            Layer::Added { .. }
            | Layer::Amended { .. }
            | Layer::Retimed { .. }
            | Layer::Hidden { .. }
            | Layer::Shown { .. }
            | Layer::Starred { .. }
            | Layer::Unstarred { .. },
            _,
        ) => {}
    }
}

fn wrote(record: &mut Record, part: &str, text: &str, by: &Person) {
    let known = record.parts.iter().position(|one| one.name == part);
    match (known, text.is_empty()) {
        (Some(index), true) => {
            record.parts.remove(index);
        }
        (Some(index), false) => {
            if let Some(one) = record.parts.get_mut(index) {
                text.clone_into(&mut one.text);
                one.by = by.clone();
            }
        }
        (None, true) => {}
        (None, false) => {
            let (name, text) = (part.to_owned(), text.to_owned());
            record.parts.push(Part { name, text, by: by.clone() });
        }
    }
}

/// Remembers what a line first said.
fn keep(line: &mut Line) {
    if line.original.is_none() {
        line.original = Some(Original { occurred_at: line.occurred_at, text: line.text.clone() });
    }
}

/// Whether a line was written in Markdown: only what people add is.
impl Line {
    /// Whether its text is Markdown.
    #[must_use]
    pub fn is_markdown(&self) -> bool {
        self.kind == LineKind::Note || matches!(self.id, LineId::Added(_))
    }
}

#[cfg(test)]
mod tests;
