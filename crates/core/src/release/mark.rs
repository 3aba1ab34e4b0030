//! What people and runs say of a release: good, faulty, rolled back, locked out. Remarks
//! are only ever added; what counts now is what is left when all of them are read in
//! order.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Evidence, Release, Standing};
use crate::catalog::Place;
use crate::name::{Person, ReleaseId, RunId};
use crate::plan::Plan;

/// Where remarks belong: a place, in the world that it is part of. The same names in a
/// drill, or in another cluster, are another ground.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Ground {
    /// The platform's coordinates, or the practice world's name.
    pub world: String,
    /// The service and the environment.
    pub place: Place,
}

impl Ground {
    /// The ground that a plan is about.
    #[must_use]
    pub fn of(plan: &Plan) -> Self {
        match &plan.drill {
            Some(drill) => Self::practice(&drill.world, &plan.place),
            None => Self::live(&plan.coordinates, &plan.place),
        }
    }

    /// A place on a real platform.
    #[must_use]
    pub fn live(coordinates: &str, place: &Place) -> Self {
        Self { world: format!("live: {coordinates}"), place: place.clone() }
    }

    /// A place in a practice world.
    #[must_use]
    pub fn practice(world: &str, place: &Place) -> Self {
        Self { world: format!("practice: {world}"), place: place.clone() }
    }
}

impl std::fmt::Display for Ground {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.place, self.world)
    }
}

/// The release that a remark is about, as far as it was known then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Named {
    /// The platform's handle.
    pub id: ReleaseId,
    /// The version in words.
    pub version: String,
    /// The artifact's digest; `null` when not recorded.
    pub digest: Option<String>,
    /// The commit it was built from; `null` when not recorded.
    pub commit: Option<String>,
}

impl From<&Release> for Named {
    fn from(release: &Release) -> Self {
        Self {
            id: release.id.clone(),
            version: release.version.clone(),
            digest: release.digest.as_option().cloned(),
            commit: release.commit.as_option().cloned(),
        }
    }
}

/// One line of a ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// When it was said, in the world that it is about.
    pub at: Timestamp,
    /// When it was recorded, on the wall.
    pub recorded_at: Timestamp,
    /// Who said it, or who started the run that did.
    pub by: Person,
    /// Of which release.
    pub release: Named,
    /// What.
    pub says: Saying,
}

/// What can be said of a release. Names are never changed or reused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "says")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Saying {
    /// A person vouches for it.
    MarkedGood {
        /// Why.
        reason: String,
    },
    /// A person knows that it is bad.
    MarkedFaulty {
        /// Why.
        reason: String,
    },
    /// What was said of it before, but for locks, does not count any more.
    Unmarked {
        /// Why.
        reason: String,
        /// The run that took its own rollback back, if one did.
        run: Option<RunId>,
    },
    /// A rollback went away from it.
    RolledBack {
        /// Which run.
        run: RunId,
        /// The version that it went to.
        to: String,
    },
    /// An incident ended when it was gone.
    Culprit {
        /// The run that proved it.
        run: RunId,
        /// What was wrong, in a sentence.
        why: String,
    },
    /// A run went back to it and proved recovery.
    Verified {
        /// Which run.
        run: RunId,
    },
    /// It must not come back.
    Locked {
        /// Why.
        reason: String,
        /// The run that locked it, if one did.
        run: Option<RunId>,
        /// What would bring it back if nobody stops it, as sentences.
        brings_back: Vec<String>,
    },
    /// It may come back.
    LockLifted {
        /// On what grounds.
        lift: Lift,
    },
    /// Written by a newer version. Nobody knows what it took away, so nothing is offered
    /// because of it.
    #[serde(other)]
    Unknown,
}

/// On what grounds a lock was lifted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "by")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Lift {
    /// A person said why.
    Reason {
        /// Why.
        reason: String,
    },
    /// The fix is inside.
    Fix {
        /// The commit that fixes it.
        fix: String,
        /// The commit that is to be deployed, of which the fix is an ancestor.
        candidate: String,
        /// What proved it: `git merge-base --is-ancestor in /src/shop`.
        proof: String,
    },
}

impl Saying {
    /// The name that a ledger indexes it by.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::MarkedGood { .. } => "marked-good",
            Self::MarkedFaulty { .. } => "marked-faulty",
            Self::Unmarked { .. } => "unmarked",
            Self::RolledBack { .. } => "rolled-back",
            Self::Culprit { .. } => "culprit",
            Self::Verified { .. } => "verified",
            Self::Locked { .. } => "locked",
            Self::LockLifted { .. } => "lock-lifted",
            Self::Unknown => "unknown",
        }
    }

    /// The reason that was given, where one is.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::MarkedGood { reason }
            | Self::MarkedFaulty { reason }
            | Self::Unmarked { reason, .. }
            | Self::Culprit { why: reason, .. }
            | Self::Locked { reason, .. }
            | Self::LockLifted { lift: Lift::Reason { reason } } => Some(reason),
            Self::RolledBack { .. }
            | Self::Verified { .. }
            | Self::LockLifted { lift: Lift::Fix { .. } }
            | Self::Unknown => None,
        }
    }

    /// The run that said it, if no person did.
    #[must_use]
    pub const fn run(&self) -> Option<&RunId> {
        match self {
            Self::RolledBack { run, .. } | Self::Culprit { run, .. } | Self::Verified { run } => {
                Some(run)
            }
            Self::Unmarked { run, .. } | Self::Locked { run, .. } => run.as_ref(),
            Self::MarkedGood { .. }
            | Self::MarkedFaulty { .. }
            | Self::LockLifted { .. }
            | Self::Unknown => None,
        }
    }
}

/// What counts of one release after all remarks were read.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Mark<'a> {
    /// A person vouches for it.
    pub good: Option<&'a Remark>,
    /// A person knows that it is bad.
    pub faulty: Option<&'a Remark>,
    /// A run went away from it, or found it to be the culprit.
    pub blamed: Option<&'a Remark>,
    /// A run proved recovery with it.
    pub verified: Option<&'a Remark>,
    /// It must not come back.
    pub lock: Option<&'a Remark>,
    /// Why it is not known what was said of it, in a sentence.
    pub unclear: Option<&'a str>,
}

impl<'a> Mark<'a> {
    /// The word of a person that makes up for what `evidence` lacks: said after it ended.
    #[must_use]
    pub fn cleared(&self, evidence: &Evidence) -> Option<&'a Remark> {
        let good = self.good?;
        evidence.ended_at.is_some_and(|ended| ended <= good.at).then_some(good)
    }

    /// `evidence` with what people said of the release.
    #[must_use]
    pub fn over(&self, mut evidence: Evidence) -> Evidence {
        let said = |remark: &Remark, what: &str| {
            let reason = remark.says.reason().map(|reason| format!(": {reason}"));
            format!("{} marked it {what}{}", remark.by, reason.unwrap_or_default())
        };
        if let Some(faulty) = self.faulty {
            evidence.standing = Standing::Faulty;
            evidence.sentence = said(faulty, "faulty");
        } else if let Some(good) = self.cleared(&evidence) {
            evidence.standing = Standing::Good;
            evidence.sentence = format!("{}; {}", evidence.sentence, said(good, "good"));
        }
        evidence
    }
}

/// All remarks about the releases of one place, in the order in which they were made.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Marks {
    remarks: Vec<Remark>,
    by_id: HashMap<ReleaseId, Vec<usize>>,
    by_digest: HashMap<String, Vec<usize>>,
    by_commit: HashMap<String, Vec<usize>>,
    unreadable: Option<String>,
}

impl Marks {
    /// From the remarks of a ledger, oldest first.
    #[must_use]
    pub fn new(remarks: Vec<Remark>) -> Self {
        let mut marks = Self { remarks, ..Self::default() };
        for (index, remark) in marks.remarks.iter().enumerate() {
            let Named { id, digest, commit, .. } = &remark.release;
            marks.by_id.entry(id.clone()).or_default().push(index);
            if let Some(digest) = digest {
                marks.by_digest.entry(digest.clone()).or_default().push(index);
            }
            if let Some(commit) = commit {
                marks.by_commit.entry(commit.clone()).or_default().push(index);
            }
        }
        marks
    }

    /// Remarks that could not be read: every release may have been locked out.
    #[must_use]
    pub fn unreadable(why: impl Into<String>) -> Self {
        Self { unreadable: Some(why.into()), ..Self::default() }
    }

    /// All of them, oldest first.
    #[must_use]
    pub fn remarks(&self) -> &[Remark] {
        &self.remarks
    }

    /// What counts of `release`. What is said against it also counts against another
    /// build of the same commit; what is said for it counts for the same artifact only.
    #[must_use]
    pub fn of(&self, release: &Release) -> Mark<'_> {
        let mut mark = Mark { unclear: self.unreadable.as_deref(), ..Mark::default() };
        if self.remarks.is_empty() {
            return mark;
        }
        let digest = release.digest.as_option();
        let commit = release.commit.as_option();
        let mut about: Vec<usize> = [
            self.by_id.get(&release.id),
            digest.and_then(|digest| self.by_digest.get(digest)),
            commit.and_then(|commit| self.by_commit.get(commit)),
        ]
        .into_iter()
        .flatten()
        .flatten()
        .copied()
        .collect();
        about.sort_unstable();
        about.dedup();
        for remark in about.into_iter().filter_map(|index| self.remarks.get(index)) {
            let same_artifact = remark.release.id == release.id
                || (digest.is_some() && remark.release.digest.as_ref() == digest);
            mark.read(remark, same_artifact);
        }
        mark
    }
}

impl<'a> Mark<'a> {
    fn read(&mut self, remark: &'a Remark, same_artifact: bool) {
        match &remark.says {
            Saying::MarkedGood { .. } if same_artifact => {
                *self = Self { good: Some(remark), faulty: None, blamed: None, ..*self };
            }
            // A run that takes its rollback back takes back its own word, and nobody else's.
            Saying::Unmarked { run: Some(run), .. } => {
                self.blamed = self.blamed.filter(|blamed| blamed.says.run() != Some(run));
            }
            Saying::Unmarked { run: None, .. } if same_artifact => {
                *self = Self { good: None, faulty: None, blamed: None, ..*self };
            }
            Saying::MarkedFaulty { .. } => {
                self.faulty = Some(remark);
                self.good = None;
            }
            Saying::RolledBack { .. } | Saying::Culprit { .. } => {
                self.blamed = Some(remark);
                self.good = None;
            }
            Saying::Verified { .. } if same_artifact => self.verified = Some(remark),
            Saying::Locked { .. } => self.lock = Some(remark),
            Saying::LockLifted { .. } => self.lock = None,
            Saying::Unknown => self.unclear = Some("a newer version wrote what was said of it"),
            Saying::MarkedGood { .. } | Saying::Unmarked { .. } | Saying::Verified { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests;
