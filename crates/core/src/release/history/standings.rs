//! What is known of every release, in one pass over the deploys. The pass finds for each
//! deploy what [`History::evidence`] would search for; a test holds the two together.

use std::collections::HashMap;

use super::{Evidence, History, Tally, began, met, serves};
use crate::name::ReleaseId;
use crate::release::{Deploy, DeployOutcome, Marks};
use crate::survey::Survey;
use crate::time::Millis;

/// What is known of every release of a history, newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Standings<'a> {
    all: Vec<(&'a Deploy, Evidence)>,
    numbers: HashMap<&'a ReleaseId, usize>,
}

impl<'a> Standings<'a> {
    /// Each release once, by its newest deploy, newest first.
    #[must_use]
    pub fn all(&self) -> &[(&'a Deploy, Evidence)] {
        &self.all
    }

    /// What is known of one release.
    #[must_use]
    pub fn of(&self, release: &ReleaseId) -> Option<&Evidence> {
        let number = *self.numbers.get(release)?;
        self.all.get(number).map(|(_, evidence)| evidence)
    }
}

impl History {
    /// What is known of every release, given what runs now, how long a release must serve
    /// before it may be called good, and what people and runs said. What a person said of
    /// a release is left to [`crate::release::Mark::over`].
    #[must_use]
    pub fn standings(&self, survey: &Survey, bake: Millis, marks: &Marks) -> Standings<'_> {
        let gone = self.gone_away_from(marks);
        let outcome = |index: usize, deploy: &Deploy| {
            if gone.contains(&index) { DeployOutcome::RolledBack } else { deploy.outcome }
        };
        let mut numbers: HashMap<&ReleaseId, usize> = HashMap::new();
        // For each release: by which deploy it is known, and the index of its first one.
        let mut releases: Vec<(&Deploy, usize)> = Vec::new();
        let mut number_of = Vec::with_capacity(self.deploys.len());
        for (index, deploy) in self.deploys.iter().enumerate() {
            let number = *numbers.entry(&deploy.release.id).or_insert_with(|| {
                releases.push((deploy, index));
                releases.len() - 1
            });
            releases[number].1 = index;
            number_of.push(number);
        }
        let mut tallies: Vec<Tally> = releases
            .iter()
            .map(|(deploy, _)| {
                let release = &deploy.release.id;
                Tally::new(serves(survey, release), met(survey, release))
            })
            .collect();
        let mut newer = Newer::default();
        let mut taken_over = None;
        for (index, deploy) in self.deploys.iter().enumerate() {
            let number = number_of[index];
            let tally = &mut tallies[number];
            let next = if tally.serves_now {
                newer.not_failed.of_another(number)
            } else {
                newer.any.of_another(number)
            };
            let went_back = next.is_some_and(|next| releases[next].1 > releases[number].1);
            let own = outcome(index, deploy);
            let found = match own {
                DeployOutcome::Completed | DeployOutcome::InProgress | DeployOutcome::Unknown
                    if went_back =>
                {
                    DeployOutcome::RolledBack
                }
                DeployOutcome::Completed
                | DeployOutcome::InProgress
                | DeployOutcome::Unknown
                | DeployOutcome::Failed
                | DeployOutcome::RolledBack => own,
            };
            tally.count(deploy, found, taken_over);
            taken_over = began(deploy).or(taken_over);
            if deploy.reach.is_everybody() {
                newer.any.push(number);
                if own != DeployOutcome::Failed {
                    newer.not_failed.push(number);
                }
            }
        }
        let all = releases
            .into_iter()
            .zip(tallies)
            .map(|((deploy, _), tally)| (deploy, tally.conclude(bake)))
            .collect();
        Standings { all, numbers }
    }
}

/// The deploys that were passed already, all newer ones that came to everybody: of any
/// outcome, and those that did not fail.
#[derive(Default)]
struct Newer {
    any: Last,
    not_failed: Last,
}

/// The release of the last deploy that was passed, and of the last one before it that was
/// of another release.
#[derive(Default)]
struct Last {
    last: Option<usize>,
    other: Option<usize>,
}

impl Last {
    fn push(&mut self, number: usize) {
        if self.last != Some(number) {
            self.other = self.last.replace(number);
        }
    }

    fn of_another(&self, number: usize) -> Option<usize> {
        if self.last == Some(number) { self.other } else { self.last }
    }
}
