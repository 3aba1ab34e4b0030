//! The record of a run as a window or a terminal shows it: its lines with the layers that
//! people put over them, and what can be left out of it on request.

use serde::{Deserialize, Serialize};

use super::MomentView;
use super::run::{Driven, moment_views, stands};
use crate::catalog::Place;
use crate::name::{Person, RunId, StepId};
use crate::run::{Entry, Run};
use crate::runbook::Phase;
use crate::time::{EpochMs, Millis};
use crate::timeline::{
    self, Annotation, Attachment, FollowUp, Length, Line, LineId, LineKind, Milestone,
    MilestoneMark, Moments, Origin, Part, Record, Source, Span, Words, said,
};

/// What a line first said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct OriginalView {
    /// When it happened, as it was first recorded.
    pub at: EpochMs,
    /// What happened, as it was first recorded.
    pub text: String,
}

/// One layer over a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct EditView {
    /// Who did it.
    pub by: Person,
    /// When.
    pub at: EpochMs,
    /// `amended`, `retimed`, `hidden`, `shown`, `starred` or `unstarred`.
    pub what: String,
    /// The new text, the new time, or the reason.
    pub says: String,
}

/// One line of the timeline, as a window shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct LineView {
    /// Its name within the record, such as `e12`.
    pub id: LineId,
    /// The journal entry that it comes from, or the annotation that added it.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub seq: u64,
    /// When it happened.
    pub at: EpochMs,
    /// How long nothing was recorded before it, where that is long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub quiet: Option<Millis>,
    /// When it was recorded.
    pub recorded_at: EpochMs,
    /// What it is about.
    pub kind: LineKind,
    /// Who or what it comes from.
    pub source: Source,
    /// The phase it belongs to.
    pub phase: Option<Phase>,
    /// The step it belongs to.
    pub step: Option<StepId>,
    /// What happened; Markdown when `markdown` is set.
    pub text: String,
    /// Whether a person wrote it, in Markdown.
    pub markdown: bool,
    /// Its blocks without the signs of Markdown, where it has some.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "bindings", ts(as = "Option<_>", optional))]
    pub said: Vec<Words>,
    /// The reason that a person gave.
    pub reason: Option<String>,
    /// What proves it.
    pub evidence: Vec<String>,
    /// The zone or offset that a person gave its time in.
    pub zone: Option<String>,
    /// Where it was taken from.
    pub origin: Option<Origin>,
    /// What it first said, once somebody amended it or corrected its time.
    pub original: Option<OriginalView>,
    /// Why it is left out of what people read.
    pub hidden: Option<String>,
    /// Whether it matters most.
    pub starred: bool,
    /// Everything that was done to it, oldest first.
    pub edits: Vec<EditView>,
}

/// A point of the incident, as a person marked it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct MilestoneView {
    /// Which point.
    pub milestone: Milestone,
    /// What a person reads.
    pub title: String,
    /// When it was.
    pub at: EpochMs,
    /// Who said so.
    pub by: Person,
}

/// The timeline of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct TimelineView {
    /// Which run.
    pub run: RunId,
    /// What it did.
    pub title: String,
    /// Where.
    pub place: Place,
    /// The scenario, when it is a drill.
    pub drill: Option<String>,
    /// What is rehearsed, when it is a drill on a real system: what it does there is real.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub exercise: Option<String>,
    /// How it ended, or how it stands.
    pub sentence: String,
    /// The key times.
    pub moments: Vec<MomentView>,
    /// By the time at which it happened, oldest first.
    pub lines: Vec<LineView>,
    /// The points that people marked.
    pub milestones: Vec<MilestoneView>,
    /// How long things took, and from what to what.
    pub lengths: Vec<Length>,
    /// What cannot be told, as sentences.
    pub doubts: Vec<String>,
    /// What is left to do.
    pub follow_ups: Vec<FollowUp>,
    /// The parts of the postmortem.
    pub parts: Vec<Part>,
    /// Pictures and texts.
    pub attachments: Vec<Attachment>,
    /// How many lines the record has, whatever the filter left.
    pub lines_in_all: u32,
    /// How many lines the filter wants, whatever its stretch left.
    #[serde(default)]
    pub lines_wanted: u32,
    /// How many lines there are of each sort.
    #[serde(default)]
    pub tally: LineTally,
}

/// How many lines a record has of each sort. A hidden line is counted among the hidden only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct LineTally {
    /// The run as a whole.
    pub run: u32,
    /// What was seen.
    pub signal: u32,
    /// What was decided.
    pub decision: u32,
    /// What was done.
    pub action: u32,
    /// What a person wrote.
    pub note: u32,
    /// Those with a star.
    pub starred: u32,
    /// Those that are left out of what people read.
    pub hidden: u32,
}

impl LineTally {
    fn of(lines: &[Line]) -> Self {
        let mut tally = Self::default();
        for line in lines {
            if line.hidden.is_some() {
                tally.hidden += 1;
                continue;
            }
            tally.starred += u32::from(line.starred);
            match line.kind {
                LineKind::Run => tally.run += 1,
                LineKind::Signal => tally.signal += 1,
                LineKind::Decision => tally.decision += 1,
                LineKind::Action => tally.action += 1,
                LineKind::Note => tally.note += 1,
            }
        }
        tally
    }
}

/// Which lines are wanted; what is absent does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct TimelineFilter {
    /// Only these kinds.
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub kinds: Option<Vec<LineKind>>,
    /// Only what this person did.
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub person: Option<Person>,
    /// Only lines with a star.
    pub starred: bool,
    /// The hidden ones too.
    pub hidden: bool,
    /// Only lines with this text in them, in whichever case.
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub text: Option<String>,
    /// Only what happened then or later.
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub from: Option<EpochMs>,
    /// Only what happened before.
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub until: Option<EpochMs>,
    /// Of those that are wanted, only the ones after so many; a long record is read in stretches.
    pub skip: u32,
    /// And of these no more than so many; all of them when absent.
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub most: Option<u32>,
}

impl TimelineFilter {
    /// Whether a line is wanted. `wanted_text` is [`Self::text`] in lower case.
    fn wants(&self, line: &Line, wanted_text: Option<&str>) -> bool {
        let at = EpochMs::from(line.occurred_at);
        let by = match &line.source {
            Source::Machine => None,
            Source::Person { name } => Some(name),
        };
        (self.hidden || line.hidden.is_none())
            && (!self.starred || line.starred)
            && self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&line.kind))
            && self.person.as_ref().is_none_or(|person| by == Some(person))
            && self.from.is_none_or(|from| at >= from)
            && self.until.is_none_or(|until| at < until)
            && wanted_text.is_none_or(|wanted| holds(line, wanted))
    }
}

fn holds(line: &Line, wanted: &str) -> bool {
    let has = |text: &str| text.to_lowercase().contains(wanted);
    has(&line.text)
        || line.reason.as_deref().is_some_and(has)
        || line.evidence.iter().any(|one| has(one))
        || matches!(&line.source, Source::Person { name } if has(name.as_str()))
}

/// The timeline of a run, with the lines that `filter` wants.
#[must_use]
pub fn timeline(
    run: &Run,
    entries: &[Entry],
    annotations: &[Annotation],
    filter: &TimelineFilter,
    driven: Driven,
) -> TimelineView {
    timeline_of(&told_record(run, entries, annotations, driven), filter)
}

/// What the journal tells of a run, to be shown in stretches.
#[must_use]
pub fn told_record(
    run: &Run,
    entries: &[Entry],
    annotations: &[Annotation],
    driven: Driven,
) -> ToldRecord {
    let plan = run.plan();
    let record = timeline::record(plan, entries, annotations);
    let moments = timeline::moments(plan, entries);
    let (lengths, mut doubts) = timeline::lengths(run.id(), &moments, &record, entries);
    if record.unknown > 0 {
        doubts.push(format!(
            "{} annotations were written by a newer version and are not shown.",
            record.unknown
        ));
    }
    ToldRecord {
        run: run.id().clone(),
        title: plan.title.clone(),
        place: plan.place.clone(),
        drill: plan.drill.as_ref().map(|tag| tag.scenario.to_string()),
        exercise: plan.exercised(),
        sentence: stands(run, entries, driven),
        moments,
        record,
        lengths,
        doubts,
    }
}

/// A record as it is told, from a journal or from a document that another one wrote.
#[derive(Clone, Debug)]
pub struct ToldRecord {
    /// Which run.
    pub run: RunId,
    /// What it did.
    pub title: String,
    /// Where.
    pub place: Place,
    /// The scenario, when it is a drill.
    pub drill: Option<String>,
    /// What was rehearsed, when it is a drill on a real system.
    pub exercise: Option<String>,
    /// How it ended, or how it stands.
    pub sentence: String,
    /// The key times.
    pub moments: Moments,
    /// What happened, and what people made of it.
    pub record: Record,
    /// How long things took.
    pub lengths: Vec<Length>,
    /// What cannot be told, as sentences.
    pub doubts: Vec<String>,
}

/// The timeline of a record, with the lines that `filter` wants.
#[must_use]
pub fn timeline_of(told: &ToldRecord, filter: &TimelineFilter) -> TimelineView {
    let wanted_text = filter.text.as_ref().map(|text| text.to_lowercase());
    let record = &told.record;
    let lines = record.lines.iter().enumerate();
    let wanted: Vec<(usize, &Line)> =
        lines.filter(|(_, line)| filter.wants(line, wanted_text.as_deref())).collect();
    TimelineView {
        run: told.run.clone(),
        title: told.title.clone(),
        place: told.place.clone(),
        drill: told.drill.clone(),
        exercise: told.exercise.clone(),
        sentence: told.sentence.clone(),
        moments: moment_views(&told.moments),
        lines: wanted
            .iter()
            .skip(places(filter.skip))
            .take(filter.most.map_or(usize::MAX, places))
            .map(|(index, line)| {
                let quiet = timeline::quiet_before(&record.lines, *index);
                LineView { quiet, ..LineView::from((*line).clone()) }
            })
            .collect(),
        milestones: record.milestones.iter().cloned().map(MilestoneView::from).collect(),
        lengths: told.lengths.clone(),
        doubts: told.doubts.clone(),
        follow_ups: record.follow_ups.clone(),
        parts: record.parts.clone(),
        attachments: record.attachments.clone(),
        lines_in_all: counted(record.lines.len()),
        lines_wanted: counted(wanted.len()),
        tally: LineTally::of(&record.lines),
    }
}

fn counted(lines: usize) -> u32 {
    u32::try_from(lines).unwrap_or(u32::MAX)
}

fn places(lines: u32) -> usize {
    usize::try_from(lines).unwrap_or(usize::MAX)
}

impl From<MilestoneMark> for MilestoneView {
    fn from(mark: MilestoneMark) -> Self {
        Self {
            milestone: mark.milestone,
            title: mark.milestone.title().to_owned(),
            at: mark.at.into(),
            by: mark.by,
        }
    }
}

/// The blocks of what a person wrote, unless it is one of plain words.
fn marked(text: &str) -> Vec<Words> {
    let blocks = said(text);
    let is_plain = matches!(&blocks[..], [words] if matches!(&words[..], [Span::Text(_)]));
    if is_plain { Vec::new() } else { blocks }
}

impl From<Line> for LineView {
    fn from(line: Line) -> Self {
        Self {
            markdown: line.is_markdown(),
            said: if line.is_markdown() { marked(&line.text) } else { Vec::new() },
            id: line.id,
            seq: line.seq,
            at: line.occurred_at.into(),
            quiet: None,
            recorded_at: line.recorded_at.into(),
            kind: line.kind,
            source: line.source,
            phase: line.phase,
            step: line.step,
            text: line.text,
            reason: line.reason,
            evidence: line.evidence,
            zone: line.zone,
            origin: line.origin,
            original: line.original.map(|original| OriginalView {
                at: original.occurred_at.into(),
                text: original.text,
            }),
            hidden: line.hidden,
            starred: line.starred,
            edits: line
                .edits
                .into_iter()
                .map(|edit| EditView {
                    by: edit.by,
                    at: edit.at.into(),
                    what: edit.what,
                    says: edit.says,
                })
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::Event;
    use crate::testing::{ada, entries, plan_with, planned, run_id, second, verify};
    use crate::timeline::Layer;

    fn seen(filter: &TimelineFilter) -> TimelineView {
        let view = timeline_of(&seen_record(), filter);
        assert_eq!(view.lines_in_all, 3, "a filter does not make the record smaller");
        view
    }

    fn seen_record() -> ToldRecord {
        let plan = plan_with(vec![verify("verify")]);
        let written = entries(vec![
            planned(plan),
            Event::Noted { by: ada(), text: "the Pool is empty".to_owned() },
            Event::Noted { by: "ben".into(), text: "private".to_owned() },
        ]);
        let run = Run::replay(&run_id(), &written).expect("the events fit");
        let says = |says| Annotation { at: second(9), recorded_at: second(9), by: ada(), says };
        let annotations = [
            says(Layer::Starred { line: LineId::Entry(2) }),
            says(Layer::Hidden { line: LineId::Entry(3), reason: "private".to_owned() }),
        ];
        told_record(&run, &written, &annotations, Driven::Not)
    }

    fn shown(filter: &TimelineFilter) -> Vec<String> {
        seen(filter).lines.iter().map(|line| line.id.to_string()).collect()
    }

    #[test]
    fn a_long_time_of_which_nothing_is_recorded_is_told_whatever_the_filter_leaves_out() {
        let all = TimelineFilter { hidden: true, ..TimelineFilter::default() };
        assert!(seen(&all).lines.iter().all(|line| line.quiet.is_none()), "seconds are no gap");
        let mut record = seen_record();
        for (line, minutes) in record.record.lines.iter_mut().zip([0, 5, 9]) {
            line.occurred_at = crate::testing::minute(minutes);
        }
        let quiet = |filter: &TimelineFilter| -> Vec<Option<Millis>> {
            timeline_of(&record, filter).lines.iter().map(|line| line.quiet).collect()
        };
        assert_eq!(quiet(&all), [None, Some(Millis::minutes(5)), None]);
        let starred = TimelineFilter { starred: true, ..all.clone() };
        assert_eq!(quiet(&starred), [Some(Millis::minutes(5))], "it is about the record");
        let last = TimelineFilter { skip: 2, ..all };
        assert_eq!(quiet(&last), [None]);
    }

    #[test]
    fn a_stretch_is_handed_over_without_the_rest_and_the_rest_is_counted() {
        let all = TimelineFilter { hidden: true, ..TimelineFilter::default() };
        for (skip, most, expected) in [
            (0, Some(1), vec!["e1"]),
            (1, Some(1), vec!["e2"]),
            (1, None, vec!["e2", "e3"]),
            (2, Some(9), vec!["e3"]),
            (3, Some(9), vec![]),
            (0, Some(0), vec![]),
        ] {
            let filter = TimelineFilter { skip, most, ..all.clone() };
            assert_eq!(shown(&filter), expected, "{skip} and {most:?}");
            assert_eq!(seen(&filter).lines_wanted, 3, "what a stretch leaves is still wanted");
        }
        let starred = TimelineFilter { starred: true, most: Some(0), ..TimelineFilter::default() };
        assert_eq!(seen(&starred).lines_wanted, 1, "the filter decides before the stretch");
    }

    #[test]
    fn a_hidden_line_is_counted_as_nothing_else() {
        let counted = LineTally { run: 1, note: 1, starred: 1, hidden: 1, ..LineTally::default() };
        assert_eq!(seen(&TimelineFilter::default()).tally, counted);
    }

    #[test]
    fn a_filter_leaves_what_is_wanted() {
        let all = TimelineFilter::default();
        let table = [
            (all.clone(), vec!["e1", "e2"]),
            (TimelineFilter { hidden: true, ..all.clone() }, vec!["e1", "e2", "e3"]),
            (TimelineFilter { starred: true, ..all.clone() }, vec!["e2"]),
            (TimelineFilter { text: Some("POOL".to_owned()), ..all.clone() }, vec!["e2"]),
            (TimelineFilter { kinds: Some(vec![LineKind::Run]), ..all.clone() }, vec!["e1"]),
            (TimelineFilter { kinds: Some(Vec::new()), ..all.clone() }, vec![]),
            (TimelineFilter { person: Some("ben".into()), ..all.clone() }, vec![]),
            (TimelineFilter { person: Some("ben".into()), hidden: true, ..all }, vec!["e3"]),
        ];
        for (filter, expected) in table {
            assert_eq!(shown(&filter), expected, "{filter:?}");
        }
    }
}
