//! Deploys in time order, and what they tell of each release.

mod standings;
mod tally;

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Deploy, DeployOutcome, Marks, Release};
use crate::catalog::Place;
use crate::name::ReleaseId;
use crate::survey::Survey;
use crate::time::Millis;

pub use standings::Standings;
use tally::Tally;

/// The deploys of one service in one environment, newest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct History {
    deploys: Vec<Deploy>,
}

/// What is known about a release in an environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Standing {
    /// It serves now, and has for long enough.
    Serving,
    /// It serves now, and not for long enough to be called good.
    Soaking,
    /// It served for long enough and left without a rollback.
    Good,
    /// Its rollout failed.
    Faulty,
    /// A rollback went away from it.
    RolledBack,
    /// There is not enough to say.
    Unknown,
}

/// What a standing rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The conclusion.
    pub standing: Standing,
    /// How long it served, counted since a rollback last went away from it.
    pub served: Millis,
    /// When it was last deployed; `None` when no deploy of it is known.
    pub deployed_at: Option<Timestamp>,
    /// When it last stopped serving; `None` while it serves.
    pub ended_at: Option<Timestamp>,
    /// The same in one sentence.
    pub sentence: String,
}

impl History {
    /// Sorts `deploys` newest first. They are of one place; should others be among them,
    /// those that are not of the newest one's place are left out, because evidence from
    /// one place says nothing about another.
    #[must_use]
    pub fn new(mut deploys: Vec<Deploy>) -> Self {
        deploys.sort_by(newest_first);
        if let Some(place) = deploys.first().map(|newest| newest.place.clone()) {
            deploys.retain(|deploy| deploy.place == place);
        }
        Self { deploys }
    }

    /// The same from deploys of many places.
    #[must_use]
    pub fn of(place: &Place, mut deploys: Vec<Deploy>) -> Self {
        deploys.retain(|deploy| deploy.place == *place);
        Self::new(deploys)
    }

    /// Newest first.
    #[must_use]
    pub fn deploys(&self) -> &[Deploy] {
        &self.deploys
    }

    /// The newest deploy of `release`.
    #[must_use]
    pub fn latest(&self, release: &ReleaseId) -> Option<&Deploy> {
        self.deploys.iter().find(|deploy| deploy.release.id == *release)
    }

    /// Each release once, by its newest deploy, newest first.
    #[must_use]
    pub fn releases(&self) -> Vec<&Release> {
        let mut seen = HashSet::new();
        self.deploys
            .iter()
            .map(|deploy| &deploy.release)
            .filter(|release| seen.insert(&release.id))
            .collect()
    }

    /// The releases that lie between `newer` and `older`: what going back undoes, newest
    /// first and `newer` included.
    #[must_use]
    pub fn undone(&self, newer: &ReleaseId, older: &ReleaseId) -> Vec<&Release> {
        let all = self.releases();
        let from = all.iter().position(|release| release.id == *newer);
        let to = all.iter().position(|release| release.id == *older);
        match (from, to) {
            (Some(from), Some(to)) if from < to => all[from..to].to_vec(),
            _ => Vec::new(),
        }
    }

    /// What is known about `release`, given what runs now and how long a release must
    /// serve before it may be called good. For all releases at once,
    /// [`History::standings`] is quicker.
    #[must_use]
    pub fn evidence(&self, release: &ReleaseId, survey: &Survey, bake: Millis) -> Evidence {
        let mut tally = Tally::new(serves(survey, release), met(survey, release));
        let mut taken_over = None;
        for (index, deploy) in self.deploys.iter().enumerate() {
            if deploy.release.id == *release {
                let outcome = self.outcome(index, tally.serves_now);
                tally.count(deploy, outcome, taken_over);
            }
            taken_over = began(deploy).or(taken_over);
        }
        tally.conclude(bake)
    }

    /// The same history, with the rollbacks that runs recorded and the platform did not.
    #[must_use]
    pub fn marked(&self, marks: &Marks) -> Self {
        let mut history = self.clone();
        for index in self.gone_away_from(marks) {
            if let Some(deploy) = history.deploys.get_mut(index) {
                deploy.outcome = DeployOutcome::RolledBack;
            }
        }
        history
    }

    /// The deploys that a run went away from: of each release that was blamed, the newest
    /// one that had begun by then.
    fn gone_away_from(&self, marks: &Marks) -> BTreeSet<usize> {
        if marks.remarks().is_empty() {
            return BTreeSet::new();
        }
        let mut met = HashSet::new();
        let mut found = BTreeSet::new();
        for (index, deploy) in self.deploys.iter().enumerate() {
            let Some(blamed) = marks.of(&deploy.release).blamed else { continue };
            if deploy.at > blamed.at || !met.insert(&deploy.release.id) {
                continue;
            }
            match deploy.outcome {
                DeployOutcome::Completed | DeployOutcome::InProgress | DeployOutcome::Unknown => {
                    found.insert(index);
                }
                DeployOutcome::Failed | DeployOutcome::RolledBack => {}
            }
        }
        found
    }

    /// How a deploy ended. A platform that only knows "completed" does not see that the
    /// next deploy went back to a release that is older than this one; the order does. A
    /// way back that failed left a release that still serves where it was, and what only
    /// stands by beside it went away from nothing.
    fn outcome(&self, index: usize, serves_now: bool) -> DeployOutcome {
        let first = |release: &ReleaseId| {
            self.deploys.iter().rposition(|deploy| deploy.release.id == *release)
        };
        let deploy = &self.deploys[index];
        let next = self.deploys[..index].iter().rfind(|next| {
            next.release.id != deploy.release.id
                && next.reach.is_everybody()
                && !(serves_now && next.outcome == DeployOutcome::Failed)
        });
        match deploy.outcome {
            DeployOutcome::Completed | DeployOutcome::InProgress | DeployOutcome::Unknown
                if next.is_some_and(|next| first(&next.release.id) > first(&deploy.release.id)) =>
            {
                DeployOutcome::RolledBack
            }
            outcome @ (DeployOutcome::Completed
            | DeployOutcome::InProgress
            | DeployOutcome::Unknown
            | DeployOutcome::Failed
            | DeployOutcome::RolledBack) => outcome,
        }
    }
}

/// A total order, so that two sources that list the same deploys differently lead to the
/// same conclusions. What has not ended counts as newer than what has.
pub(super) fn newest_first(a: &Deploy, b: &Deploy) -> Ordering {
    let end = |deploy: &Deploy| deploy.ended_at.unwrap_or(Timestamp::MAX);
    let words = |deploy: &Deploy| {
        let release = &deploy.release;
        let said = [&deploy.actor, &release.digest, &release.commit, &release.changelog];
        (
            release.version.clone(),
            release.artifact.clone(),
            said.map(|one| one.as_option().cloned()),
        )
    };
    (b.at.cmp(&a.at))
        .then_with(|| end(b).cmp(&end(a)))
        .then_with(|| a.place.cmp(&b.place))
        .then_with(|| a.release.id.cmp(&b.release.id))
        .then_with(|| a.outcome.cmp(&b.outcome))
        .then_with(|| a.reach.cmp(&b.reach))
        .then_with(|| words(a).cmp(&words(b)))
}

/// When a deploy took the place of what served before it, if it did. The beginning is the
/// careful answer: the one before served until some time after it.
fn began(deploy: &Deploy) -> Option<Timestamp> {
    deploy.reach.is_everybody().then_some(deploy.at)
}

/// Whether `release` has replicas.
fn serves(survey: &Survey, release: &ReleaseId) -> bool {
    survey.serves(release)
}

/// The moment of the look, if users met `release` then. Whatever was deployed since has not
/// ended its time.
fn met(survey: &Survey, release: &ReleaseId) -> Option<Timestamp> {
    let is_met = survey
        .running
        .iter()
        .any(|arm| arm.release == *release && arm.replicas > 0 && !arm.is_without_traffic());
    is_met.then_some(survey.at)
}

/// A length of time as one would say it: `3 days`, `40 min`, `12 s`.
pub(super) fn spoken(length: Millis) -> String {
    let seconds = length.0 / 1000;
    match seconds {
        0..60 => format!("{seconds} s"),
        60..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} hours", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
pub(super) mod tests;
