//! Deploys in time order, and the evidence record of each release.

use std::cmp::Ordering;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Deploy, DeployOutcome, Release};
use crate::catalog::Place;
use crate::name::ReleaseId;
use crate::survey::Survey;
use crate::time::Millis;

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
        let mut seen = std::collections::BTreeSet::new();
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
    /// serve before it may be called good.
    #[must_use]
    pub fn evidence(&self, release: &ReleaseId, survey: &Survey, bake: Millis) -> Evidence {
        let serves_now =
            survey.running.iter().any(|arm| arm.release == *release && arm.replicas > 0);
        let mut served = 0;
        let mut newest = None;
        for (index, deploy) in self.deploys.iter().enumerate() {
            if deploy.release.id != *release {
                continue;
            }
            let outcome = self.outcome(index, serves_now);
            // What came before a rollback says nothing for the time after it.
            if newest.is_some() && outcome == DeployOutcome::RolledBack {
                break;
            }
            let began = deploy.ended_at.unwrap_or(deploy.at);
            let ended = match index.checked_sub(1) {
                Some(next) => Some(self.deploys[next].at),
                None => serves_now.then_some(survey.at),
            };
            if matches!(outcome, DeployOutcome::Completed | DeployOutcome::RolledBack) {
                served += ended.map_or(0, |ended| Millis::between(began, ended).0);
            }
            newest.get_or_insert((outcome, ended));
        }
        let served = Millis(served);
        let standing = match newest {
            Some((DeployOutcome::Failed, _)) => Standing::Faulty,
            Some((DeployOutcome::RolledBack, _)) => Standing::RolledBack,
            Some((DeployOutcome::InProgress, _)) if serves_now => Standing::Soaking,
            Some((DeployOutcome::Completed, _)) if serves_now && served < bake => Standing::Soaking,
            Some((DeployOutcome::Completed, _)) if serves_now => Standing::Serving,
            Some((DeployOutcome::Completed, Some(_))) if served >= bake => Standing::Good,
            None
            | Some((
                DeployOutcome::Unknown | DeployOutcome::InProgress | DeployOutcome::Completed,
                _,
            )) => Standing::Unknown,
        };
        let sentence = match standing {
            Standing::Serving => format!("serves now, for {} in all", spoken(served)),
            Standing::Soaking => format!("serves now, for only {} so far", spoken(served)),
            Standing::Good => format!("served {} and left without a rollback", spoken(served)),
            Standing::Faulty => "its rollout failed".to_owned(),
            Standing::RolledBack => format!("was rolled back after {}", spoken(served)),
            Standing::Unknown => match newest {
                None => "no deploy of it is known".to_owned(),
                Some((DeployOutcome::InProgress, _)) => {
                    "was being deployed, and nobody recorded how that ended".to_owned()
                }
                Some((DeployOutcome::Completed, Some(_))) => {
                    format!("served only {}", spoken(served))
                }
                Some((DeployOutcome::Completed, None)) => {
                    "was deployed last and does not run now, and nobody recorded why".to_owned()
                }
                Some((
                    DeployOutcome::Unknown | DeployOutcome::Failed | DeployOutcome::RolledBack,
                    _,
                )) => "was deployed, and nobody recorded how that ended".to_owned(),
            },
        };
        let ended_at = newest.and_then(|(_, ended)| ended).filter(|_| !serves_now);
        Evidence { standing, served, ended_at, sentence }
    }

    /// How a deploy ended. A platform that only knows "completed" does not see that the
    /// next deploy went back to a release that is older than this one; the order does. A
    /// way back that failed left a release that still serves where it was.
    fn outcome(&self, index: usize, serves_now: bool) -> DeployOutcome {
        let first = |release: &ReleaseId| {
            self.deploys.iter().rposition(|deploy| deploy.release.id == *release)
        };
        let deploy = &self.deploys[index];
        let next = self.deploys[..index].iter().rfind(|next| {
            next.release.id != deploy.release.id
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
fn newest_first(a: &Deploy, b: &Deploy) -> Ordering {
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
        .then_with(|| words(a).cmp(&words(b)))
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
