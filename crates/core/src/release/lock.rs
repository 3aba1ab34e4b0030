//! Keeps a bad release out: a lock with a reason, which lists what would bring the
//! release back, and which only a reason or the fix itself lifts.

use super::{Lift, Marks, Named, Remark, Saying};
use crate::preflight::{Finding, Grade};
use crate::survey::{RolloutState, Survey};

/// Whether one commit is an ancestor of another, as somebody with the history said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ancestry {
    /// It is, or it is the same commit.
    Inside {
        /// How that was found out.
        proof: String,
    },
    /// It is not.
    NotInside,
    /// Nobody could say.
    Unknown {
        /// Why not.
        why: String,
    },
}

/// On what grounds somebody wants a lock lifted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grounds {
    /// They say why.
    Reason(String),
    /// The fix is in what is to be deployed.
    Fix {
        /// The commit that fixes it.
        fix: String,
        /// The commit that is to be deployed.
        candidate: String,
        /// Whether the fix is inside.
        ancestry: Ancestry,
    },
}

/// Why a lock stays.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StillLocked {
    /// A blank is no reason.
    #[error("a lock is lifted with a reason, or with a fix that is inside the candidate")]
    NoReason,
    /// The fix is not in what is to be deployed.
    #[error("the fix `{fix}` is not inside `{candidate}`")]
    NotInside {
        /// The commit that fixes it.
        fix: String,
        /// The commit that is to be deployed.
        candidate: String,
    },
    /// Doubt does not lift a lock.
    #[error("whether the fix `{fix}` is inside `{candidate}` is not known: {why}")]
    Unknown {
        /// The commit that fixes it.
        fix: String,
        /// The commit that is to be deployed.
        candidate: String,
        /// Why not.
        why: String,
    },
}

/// Decides whether a lock is lifted.
pub fn lift(grounds: Grounds) -> Result<Lift, StillLocked> {
    match grounds {
        Grounds::Reason(reason) if reason.trim().is_empty() => Err(StillLocked::NoReason),
        Grounds::Reason(reason) => Ok(Lift::Reason { reason: reason.trim().to_owned() }),
        Grounds::Fix { fix, candidate, ancestry } => match ancestry {
            Ancestry::Inside { proof } => Ok(Lift::Fix { fix, candidate, proof }),
            Ancestry::NotInside => Err(StillLocked::NotInside { fix, candidate }),
            Ancestry::Unknown { why } => Err(StillLocked::Unknown { fix, candidate, why }),
        },
    }
}

/// The locks that hold, oldest first: the release and the remark that locked it.
#[must_use]
pub fn locks(marks: &Marks) -> Vec<&Remark> {
    let mut held: Vec<&Remark> = Vec::new();
    for remark in marks.remarks() {
        match &remark.says {
            Saying::Locked { .. } => {
                held.retain(|one| !same(&one.release, &remark.release));
                held.push(remark);
            }
            Saying::LockLifted { .. } => held.retain(|one| !same(&one.release, &remark.release)),
            Saying::MarkedGood { .. }
            | Saying::MarkedFaulty { .. }
            | Saying::Unmarked { .. }
            | Saying::RolledBack { .. }
            | Saying::Culprit { .. }
            | Saying::Verified { .. }
            | Saying::Unknown => {}
        }
    }
    held
}

/// Whether both name the same release, or another build of the same commit.
#[must_use]
pub fn same(one: &Named, other: &Named) -> bool {
    let both = |a: &Option<String>, b: &Option<String>| a.is_some() && a == b;
    one.id == other.id || both(&one.digest, &other.digest) || both(&one.commit, &other.commit)
}

/// What would bring a release back if nobody stops it, as sentences: what still runs of
/// it, and what `findings` know of pipelines and controllers that act on their own.
#[must_use]
pub fn brings_back(release: &Named, survey: &Survey, findings: &[Finding]) -> Vec<String> {
    /// Words by which a finding about something that deploys on its own is known.
    const ON_ITS_OWN: [&str; 6] = ["argo", "flux", "helm", "gitops", "pipeline", "would undo"];
    let mut ways = Vec::new();
    let runs = survey.running.iter().any(|arm| arm.release == release.id && arm.replicas > 0);
    match &survey.rollout {
        RolloutState::Progressing if runs => {
            ways.push(format!("the rollout of {} is still open", release.version));
        }
        RolloutState::Halted if runs => ways.push(format!(
            "the rollout of {} is only halted; whoever resumes it brings it back",
            release.version
        )),
        RolloutState::Stuck { .. } if runs => ways.push(format!(
            "the rollout of {} is stuck, not undone; the platform may go on with it",
            release.version
        )),
        RolloutState::Unknown { why } => {
            ways.push(format!("whether a rollout is open is not known: {why}"));
        }
        RolloutState::Settled if runs => ways.push(format!("{} runs now", release.version)),
        RolloutState::Progressing
        | RolloutState::Halted
        | RolloutState::Stuck { .. }
        | RolloutState::Settled => {}
    }
    ways.extend(
        findings
            .iter()
            .filter(|finding| finding.grade != Grade::Pass)
            .filter(|finding| {
                let text = format!("{} {}", finding.subject, finding.sentence).to_lowercase();
                ON_ITS_OWN.iter().any(|word| text.contains(word))
            })
            .map(|finding| finding.sentence.clone()),
    );
    ways.push(
        "a new deploy of the same commit: pipelines do not ask Lastgood before they deploy"
            .to_owned(),
    );
    ways
}

#[cfg(test)]
mod tests;
