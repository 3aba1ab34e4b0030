//! The JSON document. Additive changes keep the schema's number; anything else takes the
//! next one.

use lastgood_core::catalog::Strategy;
use lastgood_core::judge::Verification;
use lastgood_core::mitigation::Mitigation;
use lastgood_core::name::{EnvironmentName, Person, RunId, RunbookName, ScenarioName, ServiceName};
use lastgood_core::preflight::Grade;
use lastgood_core::run::{Entry, Event, Fate, Outcome, Run};
use lastgood_core::timeline::{
    Annotation, Attachment, FollowUp, Length, Line, MilestoneMark, Moments, Part, lengths, moments,
    record,
};
use lastgood_core::view::ReleaseView;
use serde::{Deserialize, Serialize};

use super::{ReadinessPart, questions};

/// Names the schema that a document follows.
pub const DOCUMENT_SCHEMA: &str = "https://lastgood.dev/schema/export-v1.json";

/// A run, whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(schemars::JsonSchema))]
pub struct Document {
    /// Always [`DOCUMENT_SCHEMA`] for this version.
    #[serde(rename = "$schema")]
    pub schema: String,
    /// What wrote it: `lastgood 0.1.0`.
    pub generator: String,
    /// What the run was.
    pub run: RunPart,
    /// The release that was left.
    pub from: ReleaseView,
    /// The release that was gone back to.
    pub to: ReleaseView,
    /// Why this target.
    pub because: String,
    /// The key times, UTC; `null` where it did not happen.
    pub moments: Moments,
    /// The lengths between key times, each with what it is measured from and to.
    pub durations: Vec<Length>,
    /// The points of the incident that people marked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub milestones: Vec<MilestoneMark>,
    /// What was checked before the first change, and what was overridden.
    pub preflight: Vec<FindingPart>,
    /// What happened, oldest first; hidden lines are marked as such.
    pub timeline: Vec<Line>,
    /// The last verification, with its counts and charts' points.
    pub verification: Option<Verification>,
    /// What the rollback did not restore; empty where none took place.
    pub not_restored: Vec<String>,
    /// What could have been done besides or instead; the choice stands in the timeline.
    #[serde(default)]
    pub mitigations: Vec<Mitigation>,
    /// The parts of the postmortem that people wrote, in Markdown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
    /// What is left to do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub follow_ups: Vec<FollowUp>,
    /// How the place stood against its checklists when this was made; there when somebody
    /// answered to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub readiness: Option<ReadinessPart>,
    /// Pictures and texts that belong to the record, by the hash under which they are kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// What is left to find out.
    pub open_questions: Vec<String>,
    /// What cannot be told, as sentences.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<String>,
    /// What was replaced by stand-ins on purpose, such as `names`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redacted: Vec<String>,
    /// Where the journal's chain stands; it proves that nothing above was changed.
    pub journal: JournalPart,
}

/// What the run was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(schemars::JsonSchema))]
pub struct RunPart {
    /// Its id.
    pub id: RunId,
    /// What it did.
    pub title: String,
    /// The service.
    pub service: ServiceName,
    /// The environment.
    pub environment: EnvironmentName,
    /// The coordinates in words.
    pub coordinates: String,
    /// How releases get there.
    pub strategy: Strategy,
    /// The runbook.
    pub runbook: RunbookName,
    /// SHA-256 of the runbook's file, hex.
    pub runbook_digest: String,
    /// The short name of the plan.
    pub plan: String,
    /// Who started it.
    pub started_by: Person,
    /// How it ended; `null` while it goes on.
    pub outcome: Option<Outcome>,
    /// The same in a sentence.
    pub sentence: String,
    /// What became of the release in front, told from what was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fate: Option<Fate>,
    /// Set when it was a drill: nothing real was touched.
    pub drill: Option<DrillPart>,
    /// What was rehearsed, when it was a drill on a real system: what it did there was real.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exercise: Option<String>,
}

impl RunPart {
    /// What it is marked with wherever it is read, when it was a drill of either kind.
    #[must_use]
    pub fn marked_as(&self) -> Option<String> {
        let scenario = self.drill.as_ref().map(|drill| drill.scenario.to_string());
        scenario.or_else(|| self.exercise.clone())
    }
}

/// What makes a drill repeatable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(schemars::JsonSchema))]
pub struct DrillPart {
    /// The scenario.
    pub scenario: ScenarioName,
    /// The seed.
    pub seed: u64,
}

/// A preflight finding and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(schemars::JsonSchema))]
pub struct FindingPart {
    /// What was looked at.
    pub subject: String,
    /// How it ended.
    pub grade: Grade,
    /// What was found.
    pub sentence: String,
    /// Who overrode it, and why.
    pub overridden: Option<String>,
}

/// Where the journal's chain stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(schemars::JsonSchema))]
pub struct JournalPart {
    /// How many entries there are.
    pub entries: u64,
    /// The chain's hash after the last one, hex.
    pub head: String,
}

impl Document {
    /// Tells a run whole, with what people put over its record.
    #[must_use]
    #[expect(clippy::wildcard_enum_match_arm, reason = "one event ends a verification")]
    pub fn new(run: &Run, entries: &[Entry], annotations: &[Annotation], head: &str) -> Self {
        let plan = run.plan();
        let moments = moments(plan, entries);
        let record = record(plan, entries, annotations);
        let (durations, mut doubts) = lengths(run.id(), &moments, &record, entries);
        if record.unknown > 0 {
            doubts.push(format!(
                "{} annotations were written by a newer version and are not shown.",
                record.unknown
            ));
        }
        Self {
            schema: DOCUMENT_SCHEMA.to_owned(),
            generator: concat!("lastgood ", env!("CARGO_PKG_VERSION")).to_owned(),
            run: RunPart {
                id: run.id().clone(),
                title: plan.title.clone(),
                service: plan.place.service.clone(),
                environment: plan.place.environment.clone(),
                coordinates: plan.coordinates.clone(),
                strategy: plan.strategy,
                runbook: plan.runbook.clone(),
                runbook_digest: plan.runbook_digest.clone(),
                plan: plan.hash(),
                started_by: run.started_by().clone(),
                outcome: run.outcome().cloned(),
                sentence: run
                    .outcome()
                    .map_or_else(|| "The run has not ended.".to_owned(), Outcome::sentence),
                fate: Some(run.fate()),
                drill: plan
                    .drill
                    .as_ref()
                    .map(|tag| DrillPart { scenario: tag.scenario.clone(), seed: tag.seed }),
                exercise: plan.exercised(),
            },
            from: (&plan.from).into(),
            to: (&plan.to).into(),
            because: plan.because.clone(),
            durations,
            moments,
            milestones: record.milestones,
            preflight: preflight(run, entries),
            timeline: record.lines,
            verification: entries.iter().rev().find_map(|entry| match &entry.event {
                Event::Verified { verification, .. } => Some((**verification).clone()),
                _ => None,
            }),
            not_restored: plan.left_behind(run.fate()),
            mitigations: plan.mitigations.clone(),
            parts: record.parts,
            follow_ups: record.follow_ups,
            readiness: None,
            attachments: record.attachments,
            open_questions: questions::open(run, entries),
            doubts,
            redacted: Vec::new(),
            journal: JournalPart { entries: entries.len() as u64, head: head.to_owned() },
        }
    }

    /// What became of the release in front. A document of an older version does not say it;
    /// what cannot be told from the rest of it is not known.
    #[must_use]
    pub fn fate(&self) -> Fate {
        if let Some(fate) = self.run.fate {
            return fate;
        }
        let Moments { rollback_started, target_serving, .. } = &self.moments;
        match &self.run.outcome {
            None if rollback_started.is_none() => Fate::Planned,
            Some(Outcome::Declined { .. }) => Fate::NotDone,
            Some(Outcome::Recovered) if target_serving.is_some() => Fate::Done,
            Some(_) if rollback_started.is_none() => Fate::NotDone,
            None | Some(_) => Fate::Unclear,
        }
    }

    /// The document as pretty-printed JSON with a final newline.
    pub fn json(&self) -> Result<String, serde_json::Error> {
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        Ok(text)
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "one event overrides a finding")]
fn preflight(run: &Run, entries: &[Entry]) -> Vec<FindingPart> {
    run.plan()
        .findings
        .iter()
        .map(|finding| FindingPart {
            subject: finding.subject.clone(),
            grade: finding.grade,
            sentence: finding.sentence.clone(),
            overridden: entries.iter().find_map(|entry| match &entry.event {
                Event::Overridden { subject, by, reason } if *subject == finding.subject => {
                    Some(format!("{by}: {reason}"))
                }
                _ => None,
            }),
        })
        .collect()
}
