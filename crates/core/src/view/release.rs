//! Deploys and releases with all of their metadata. What nobody recorded is `null`, and
//! a host writes "not recorded" for it.

use serde::{Deserialize, Serialize};

use crate::catalog::{Link, Place, Strategy};
use crate::name::{Person, ReleaseId, RunId};
use crate::preflight::Grade;
use crate::release::{
    Answer, Deploy, DeployOutcome, EndReason, Fitness, Gate, History, Marks, Objection, Proposal,
    Record, Release, Remark, Rollback, Saying, Standing, Standings,
};
use crate::survey::{RolloutState, Survey};
use crate::time::{EpochMs, Millis};

/// A release with everything that is known about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct ReleaseView {
    /// The platform's own handle.
    pub id: ReleaseId,
    /// The version in words.
    pub version: String,
    /// The artifact as deployed.
    pub artifact: String,
    /// `sha256:…`; `null` when not recorded, as for all that follows.
    pub digest: Option<String>,
    /// The commit it was built from.
    pub commit: Option<String>,
    /// What changed.
    pub changelog: Option<String>,
    /// The schema migration version it expects.
    pub schema_version: Option<String>,
    /// Flags that it toggled or needs.
    pub flags: Option<Vec<FlagView>>,
    /// How to go back from it.
    pub rollback: Option<Rollback>,
    /// Money per thousand requests.
    pub cost: Option<f64>,
}

/// A feature flag and its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct FlagView {
    /// The flag.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl From<&Release> for ReleaseView {
    fn from(release: &Release) -> Self {
        Self {
            id: release.id.clone(),
            version: release.version.clone(),
            artifact: release.artifact.clone(),
            digest: release.digest.as_option().cloned(),
            commit: release.commit.as_option().cloned(),
            changelog: release.changelog.as_option().cloned(),
            schema_version: release.schema_version.as_option().cloned(),
            flags: release.flags.as_option().map(|flags| {
                flags
                    .iter()
                    .map(|(name, value)| FlagView { name: name.clone(), value: value.clone() })
                    .collect()
            }),
            rollback: release.rollback.as_option().cloned(),
            cost: release.cost.as_option().copied(),
        }
    }
}

/// One deploy, as a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct DeployRow {
    /// Where.
    pub place: Place,
    /// What.
    pub release: ReleaseView,
    /// How.
    pub strategy: Strategy,
    /// When it began.
    pub at: EpochMs,
    /// When it ended.
    pub ended_at: Option<EpochMs>,
    /// Who did it; `null` when not recorded.
    pub actor: Option<String>,
    /// How it ended.
    pub outcome: DeployOutcome,
    /// What is known about the release there.
    pub standing: Standing,
    /// Why, in a sentence.
    pub evidence: String,
    /// Whether it runs now.
    pub running: bool,
    /// Whether it is the newest change of a service that is not settled or breaks an
    /// objective.
    pub suspect: bool,
    /// Why it must not come back, when somebody locked it out.
    pub lock: Option<LockView>,
}

impl DeployRow {
    /// One deploy of `history`, given what runs now and what is known of each release.
    #[must_use]
    pub fn new(
        deploy: &Deploy,
        history: &History,
        known: Option<(&Survey, &Standings<'_>)>,
        marks: &Marks,
    ) -> Self {
        let survey = known.map(|(survey, _)| survey);
        let mark = marks.of(&deploy.release);
        let evidence = known
            .and_then(|(_, standings)| standings.of(&deploy.release.id))
            .map(|evidence| mark.over(evidence.clone()));
        let front = survey.and_then(Survey::newest);
        let newest_of_its_release =
            history.latest(&deploy.release.id).is_some_and(|latest| latest.at == deploy.at);
        let in_front =
            newest_of_its_release && front.is_some_and(|arm| arm.release == deploy.release.id);
        Self {
            place: deploy.place.clone(),
            release: (&deploy.release).into(),
            strategy: deploy.strategy,
            at: deploy.at.into(),
            ended_at: deploy.ended_at.map(Into::into),
            actor: deploy.actor.as_option().cloned(),
            outcome: deploy.outcome,
            standing: evidence.as_ref().map_or(Standing::Unknown, |evidence| evidence.standing),
            evidence: evidence.map_or_else(
                || "what runs now could not be looked up".to_owned(),
                |evidence| evidence.sentence,
            ),
            running: newest_of_its_release
                && survey.is_some_and(|survey| {
                    survey
                        .running
                        .iter()
                        .any(|arm| arm.release == deploy.release.id && arm.replicas > 0)
                }),
            suspect: in_front
                && survey.is_some_and(|survey| survey.rollout != RolloutState::Settled),
            lock: mark.lock.map(LockView::of),
        }
    }
}

/// Recent deploys of all services, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct ReleasesView {
    /// When it was asked.
    pub at: EpochMs,
    /// Newest first.
    pub deploys: Vec<DeployRow>,
    /// Whether older ones exist.
    pub more: bool,
    /// Every place of the catalog with what runs there.
    pub running: Vec<RunningView>,
    /// What could not be looked up, as sentences; never an empty list in its stead.
    pub doubts: Vec<String>,
}

impl ReleasesView {
    /// Whether nothing at all could be looked up: an empty list that says nothing.
    #[must_use]
    pub fn is_dark(&self) -> bool {
        self.deploys.is_empty()
            && !self.doubts.is_empty()
            && self.running.iter().all(|place| place.sentence.is_none())
    }
}

/// What runs in one place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct RunningView {
    /// Where.
    pub place: Place,
    /// In one line; `null` when it could not be looked up.
    pub sentence: Option<String>,
    /// Whether a rollout is under way; `null` when it could not be looked up.
    pub rollout: Option<RolloutState>,
    /// The version in front.
    pub version: Option<String>,
    /// The team that answers for it.
    pub owner: Option<String>,
    /// Whom to call.
    pub escalation: Option<String>,
    /// Pages to open.
    pub dashboards: Vec<Link>,
    /// The runbook that the catalog proposes.
    pub runbook: Option<String>,
}

/// Why a release must not come back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct LockView {
    /// Who locked it out, or started the run that did.
    pub by: Person,
    /// When, in the world that it is about.
    pub at: EpochMs,
    /// Why.
    pub reason: String,
    /// The run that did it; `null` when a person did.
    pub run: Option<RunId>,
    /// What would bring it back if nobody stops it, as of then.
    pub brings_back: Vec<String>,
}

impl LockView {
    /// The view of a remark that locks.
    #[must_use]
    pub fn of(remark: &Remark) -> Self {
        let (reason, run, brings_back) = match &remark.says {
            Saying::Locked { reason, run, brings_back } => {
                (reason.clone(), run.clone(), brings_back.clone())
            }
            Saying::MarkedGood { .. }
            | Saying::MarkedFaulty { .. }
            | Saying::Unmarked { .. }
            | Saying::RolledBack { .. }
            | Saying::Culprit { .. }
            | Saying::Verified { .. }
            | Saying::LockLifted { .. }
            | Saying::Unknown => (String::new(), None, Vec::new()),
        };
        Self { by: remark.by.clone(), at: remark.at.into(), reason, run, brings_back }
    }
}

/// The evidence record of a release; `null` means that nobody recorded it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct RecordView {
    /// When it was last deployed.
    pub deployed_at: EpochMs,
    /// When it last stopped serving.
    pub ended_at: Option<EpochMs>,
    /// Why it stopped serving.
    pub end_reason: EndReason,
    /// How long it served since a rollback last went away from it.
    pub served: Millis,
    /// How its last deploy ended, as the platform says.
    pub status: DeployOutcome,
    /// The largest share of traffic that it had, 0 to 1.
    pub peak_share: Option<f64>,
    /// Requests that it answered.
    #[cfg_attr(feature = "bindings", ts(type = "number | null"))]
    pub requests: Option<u64>,
    /// The bad ones among them.
    #[cfg_attr(feature = "bindings", ts(type = "number | null"))]
    pub bad: Option<u64>,
    /// The worst upper 95 % bound of the share of bad requests over all objectives.
    pub upper_bound_95: Option<f64>,
    /// The largest value that any test against an objective reached.
    pub e_abs_max: Option<f64>,
    /// Incidents in which it was under suspicion.
    pub incidents: Vec<String>,
    /// The run whose verification proved it.
    pub verified_by: Option<RunId>,
}

impl From<&Record> for RecordView {
    fn from(record: &Record) -> Self {
        Self {
            deployed_at: record.deployed_at.into(),
            ended_at: record.ended_at.map(Into::into),
            end_reason: record.end_reason,
            served: record.served,
            status: record.status,
            peak_share: record.peak_share,
            requests: record.requests,
            bad: record.bad,
            upper_bound_95: record.upper_bound_95,
            e_abs_max: record.e_abs_max,
            incidents: record.incidents.clone(),
            verified_by: record.verified_by.clone(),
        }
    }
}

/// What one gate says of a candidate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct GateRow {
    /// Which gate.
    pub gate: Gate,
    /// What it asks, in a word or two.
    pub title: String,
    /// Passed, a warning, not known, or not passed.
    pub grade: Grade,
    /// In one sentence.
    pub why: String,
}

impl From<&Answer> for GateRow {
    fn from(answer: &Answer) -> Self {
        Self {
            gate: answer.gate,
            title: answer.gate.title().to_owned(),
            grade: answer.grade,
            why: answer.why.clone().into_owned(),
        }
    }
}

/// A release that was considered as a target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct CandidateView {
    /// The release.
    pub release: ReleaseView,
    /// What is known about it.
    pub standing: Standing,
    /// Why, in a sentence.
    pub evidence: String,
    /// Whether it may be gone back to.
    pub offered: bool,
    /// Why not, or what to know before choosing it.
    pub objections: Vec<Objection>,
    /// Everything that this rests on.
    pub record: RecordView,
    /// What every gate says, in the order in which they are read.
    pub gates: Vec<GateRow>,
    /// The versions that going back to it undoes, newest first.
    pub undoes: Vec<String>,
}

/// One release with the proposal of where to go back to from what runs now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct ReleaseDetail {
    /// The deploy.
    pub deploy: DeployRow,
    /// What runs there now, in a line.
    pub running: String,
    /// The release to go back to; `null` when none may be.
    pub target: Option<ReleaseId>,
    /// Why this one, or why none.
    pub because: String,
    /// Why it comes before the next one; `null` without a choice.
    pub ahead: Option<String>,
    /// Which release is the newest that the database schema lets run, where it rules out a
    /// newer one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "bindings", ts(optional))]
    pub schema: Option<String>,
    /// The best candidates, best first; 200 at the most.
    pub candidates: Vec<CandidateView>,
    /// How many releases were considered.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub considered: usize,
}

impl ReleaseDetail {
    /// The view of one deploy and what could be gone back to.
    #[must_use]
    pub fn new(deploy: DeployRow, history: &History, survey: &Survey, proposal: &Proposal) -> Self {
        let front = survey.newest().map(|arm| arm.release.clone());
        let candidates = proposal
            .candidates
            .iter()
            .map(|candidate| {
                let (offered, objections) = match &candidate.fitness {
                    Fitness::Offered { warnings, .. } => (true, warnings.clone()),
                    Fitness::Rejected { reasons } => (false, reasons.clone()),
                };
                let undoes = front.as_ref().map_or_else(Vec::new, |front| {
                    history
                        .undone(front, &candidate.release.id)
                        .into_iter()
                        .map(|release| release.version.clone())
                        .collect()
                });
                CandidateView {
                    release: (&candidate.release).into(),
                    standing: candidate.evidence.standing,
                    evidence: candidate.evidence.sentence.clone(),
                    record: (&candidate.record).into(),
                    offered,
                    objections,
                    gates: candidate.gates.iter().map(Into::into).collect(),
                    undoes,
                }
            })
            .collect();
        Self {
            deploy,
            running: survey.sentence(),
            target: proposal.target.clone(),
            because: proposal.sentence.clone(),
            ahead: proposal.ahead.clone(),
            schema: proposal.schema.clone(),
            candidates,
            considered: proposal.considered,
        }
    }
}
