//! Deploys in time order, and the evidence record of each release.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Deploy, DeployOutcome, Release};
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
    /// How long it served in all.
    pub served: Millis,
    /// When it last stopped serving; `None` while it serves.
    pub ended_at: Option<Timestamp>,
    /// The same in one sentence.
    pub sentence: String,
}

impl History {
    /// Sorts `deploys` newest first.
    #[must_use]
    pub fn new(mut deploys: Vec<Deploy>) -> Self {
        deploys.sort_by(|a, b| b.at.cmp(&a.at));
        Self { deploys }
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
        let order = self.releases();
        let from = order.iter().position(|release| release.id == *newer);
        let to = order.iter().position(|release| release.id == *older);
        match (from, to) {
            (Some(from), Some(to)) if from < to => order[from..to].to_vec(),
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
        let mut ended_at = None;
        let mut newest_outcome = None;
        for (index, deploy) in self.deploys.iter().enumerate() {
            if deploy.release.id != *release {
                continue;
            }
            newest_outcome.get_or_insert(deploy.outcome);
            let end = if index == 0 { survey.at } else { self.deploys[index - 1].at };
            if matches!(deploy.outcome, DeployOutcome::Completed | DeployOutcome::RolledBack) {
                served += Millis::between(deploy.ended_at.unwrap_or(deploy.at), end).0;
            }
            if !serves_now && ended_at.is_none() && index > 0 {
                ended_at = Some(end);
            }
        }
        let served = Millis(served);
        let standing = match newest_outcome {
            None | Some(DeployOutcome::Unknown) => Standing::Unknown,
            Some(DeployOutcome::Failed) => Standing::Faulty,
            Some(DeployOutcome::RolledBack) => Standing::RolledBack,
            Some(DeployOutcome::InProgress) => Standing::Soaking,
            Some(DeployOutcome::Completed) if serves_now && served < bake => Standing::Soaking,
            Some(DeployOutcome::Completed) if serves_now => Standing::Serving,
            Some(DeployOutcome::Completed) if served >= bake => Standing::Good,
            Some(DeployOutcome::Completed) => Standing::Unknown,
        };
        let sentence = match standing {
            Standing::Serving => format!("serves now, for {} in all", spoken(served)),
            Standing::Soaking => format!("serves now, for only {} so far", spoken(served)),
            Standing::Good => format!("served {} and left without a rollback", spoken(served)),
            Standing::Faulty => "its rollout failed".to_owned(),
            Standing::RolledBack => format!("was rolled back after {}", spoken(served)),
            Standing::Unknown if newest_outcome.is_none() => "no deploy of it is known".to_owned(),
            Standing::Unknown => format!("served only {}", spoken(served)),
        };
        Evidence { standing, served, ended_at, sentence }
    }
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
