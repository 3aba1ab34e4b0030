//! Which release to go back to: hard gates first, then an order that can be said in one
//! line. Every release that was considered keeps the reasons it was rejected for.
//!
//! The rule that matters most: a rollback marks what it went away from, so that
//! good A → bad B → back to A → bad C proposes A again, and never B.

use serde::{Deserialize, Serialize};

use super::history::spoken;
use super::{Evidence, History, Release, Standing};
use crate::name::ReleaseId;
use crate::survey::Survey;
use crate::time::Millis;

/// A condition that a release must meet before it is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Gate {
    /// It is not what runs now.
    NotServing,
    /// Its rollout completed here once.
    Completed,
    /// No rollback went away from it since it last completed.
    NotRolledBack,
    /// It served for long enough.
    Baked,
    /// Its artifact is pinned by digest.
    Pinned,
}

/// What a gate says of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Objection {
    /// Which gate.
    pub gate: Gate,
    /// In one sentence.
    pub why: String,
}

/// Whether a release may be gone back to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Fitness {
    /// Every gate is passed; warnings name what is not known.
    Offered {
        /// What a person should know before choosing it.
        warnings: Vec<Objection>,
    },
    /// At least one gate is not passed.
    Rejected {
        /// All of the reasons.
        reasons: Vec<Objection>,
    },
}

/// A release that was considered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// The release.
    pub release: Release,
    /// What is known about it.
    pub evidence: Evidence,
    /// Whether it may be gone back to, and why.
    pub fitness: Fitness,
}

/// What was considered, best first, and what is proposed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    /// The release to go back to; `None` when no candidate passed.
    pub target: Option<ReleaseId>,
    /// Every candidate, the offered ones first and best first.
    pub candidates: Vec<Candidate>,
    /// Why this one, or why none, in one sentence.
    pub sentence: String,
}

/// Considers every release of `history` as a target for going back from what runs now.
#[must_use]
pub fn propose(history: &History, survey: &Survey, bake: Millis) -> Proposal {
    let serving = survey.newest().map(|arm| &arm.release);
    let mut candidates: Vec<Candidate> = history
        .releases()
        .into_iter()
        .map(|release| {
            let evidence = history.evidence(&release.id, survey, bake);
            let fitness = judge(release, &evidence, serving, bake);
            Candidate { release: release.clone(), evidence, fitness }
        })
        .collect();
    candidates.sort_by_key(rank);
    let target = candidates
        .iter()
        .find(|candidate| matches!(candidate.fitness, Fitness::Offered { .. }))
        .map(|candidate| candidate.release.id.clone());
    let sentence = match candidates.first() {
        Some(Candidate { release, evidence, fitness: Fitness::Offered { .. } }) => {
            format!("{}: {}", release.version, evidence.sentence)
        }
        Some(_) => "no release that is known here may be gone back to".to_owned(),
        None => "no deploy is known here".to_owned(),
    };
    Proposal { target, candidates, sentence }
}

/// Offered before rejected; then fewer warnings; then good before unknown; then the one
/// that served last; then the one that served longest. Lower sorts first.
fn rank(candidate: &Candidate) -> (bool, usize, bool, i64, u64) {
    let (rejected, objections) = match &candidate.fitness {
        Fitness::Offered { warnings } => (false, warnings.len()),
        Fitness::Rejected { reasons } => (true, reasons.len()),
    };
    // What still has replicas in a half-done rollout served more recently than all else;
    // what ended nobody knows when comes last.
    let ended = match (candidate.evidence.standing, candidate.evidence.ended_at) {
        (Standing::Serving | Standing::Soaking, None) => i64::MIN,
        (_, Some(at)) => at.as_millisecond().saturating_neg(),
        (Standing::Good | Standing::Faulty | Standing::RolledBack | Standing::Unknown, None) => {
            i64::MAX
        }
    };
    let known = matches!(candidate.evidence.standing, Standing::Good | Standing::Serving);
    (rejected, objections, !known, ended, u64::MAX - candidate.evidence.served.0)
}

fn judge(
    release: &Release,
    evidence: &Evidence,
    serving: Option<&ReleaseId>,
    bake: Millis,
) -> Fitness {
    let mut reasons = Vec::new();
    let mut warnings = Vec::new();
    if serving == Some(&release.id) {
        reasons.push(Objection { gate: Gate::NotServing, why: "it is what runs now".to_owned() });
    }
    let baked = evidence.served >= bake;
    match evidence.standing {
        Standing::Good | Standing::Serving => {}
        // A rollout that failed after the release had proven itself here says more about
        // the rollout than about the release.
        Standing::Faulty if baked && evidence.served > Millis(0) => warnings.push(Objection {
            gate: Gate::Completed,
            why: "it served here before, and its last rollout failed".to_owned(),
        }),
        Standing::Faulty => reasons
            .push(Objection { gate: Gate::Completed, why: "its rollout failed here".to_owned() }),
        Standing::RolledBack => reasons.push(Objection {
            gate: Gate::NotRolledBack,
            why: format!("it {}", evidence.sentence),
        }),
        Standing::Soaking | Standing::Unknown if baked => warnings
            .push(Objection { gate: Gate::Completed, why: format!("it {}", evidence.sentence) }),
        Standing::Soaking | Standing::Unknown => reasons.push(Objection {
            gate: Gate::Baked,
            why: format!("it {}; {} are needed", evidence.sentence, spoken(bake)),
        }),
    }
    if release.digest.as_option().is_none() {
        warnings.push(Objection {
            gate: Gate::Pinned,
            why: "its digest is not recorded, so the tag may have moved".to_owned(),
        });
    }
    if reasons.is_empty() { Fitness::Offered { warnings } } else { Fitness::Rejected { reasons } }
}

#[cfg(test)]
mod tests;
