//! The deploys of one release, added up from the newest to the oldest.

use jiff::Timestamp;

use super::{Evidence, Standing, spoken};
use crate::release::{Deploy, DeployOutcome, Reach};
use crate::time::Millis;

/// What was added up so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tally {
    pub(super) serves_now: bool,
    /// When users were last seen to meet it.
    met: Option<Timestamp>,
    served: u64,
    /// The newest deploy: how it ended, when it began and when it stopped serving.
    newest: Option<(DeployOutcome, Timestamp, Option<Timestamp>)>,
    /// What came before a rollback says nothing for the time after it.
    closed: bool,
}

impl Tally {
    pub(super) const fn new(serves_now: bool, met: Option<Timestamp>) -> Self {
        Self { serves_now, met, served: 0, newest: None, closed: false }
    }

    /// Takes the next older deploy of the release into account. The next newer one of any
    /// release that came to everybody began at `taken_over`. The newest deploy of a release
    /// that users meet has served until now, whatever was begun beside it.
    pub(super) fn count(
        &mut self,
        deploy: &Deploy,
        outcome: DeployOutcome,
        taken_over: Option<Timestamp>,
    ) {
        let met = self.met.filter(|_| self.newest.is_none());
        let left = match outcome {
            // What a rollback left may have users for a while; its time is over.
            DeployOutcome::RolledBack => taken_over.or(met),
            DeployOutcome::Completed
            | DeployOutcome::InProgress
            | DeployOutcome::Unknown
            | DeployOutcome::Failed => met.or(taken_over),
        };
        if self.closed || (self.newest.is_some() && outcome == DeployOutcome::RolledBack) {
            self.closed = true;
            return;
        }
        if matches!(outcome, DeployOutcome::Completed | DeployOutcome::RolledBack) {
            let began = deploy.ended_at.unwrap_or(deploy.at);
            // What stood by was met by nobody, however long it did.
            let left = left.filter(|_| deploy.reach != Reach::Nobody);
            let served = left.map_or(0, |left| Millis::between(began, left).0);
            self.served = self.served.saturating_add(served);
        }
        self.newest.get_or_insert((outcome, deploy.at, left));
    }

    /// What all of them together tell.
    pub(super) fn conclude(self, bake: Millis) -> Evidence {
        let Self { serves_now, newest, .. } = self;
        let served = Millis(self.served);
        let outcome = newest.map(|(outcome, _, _)| outcome);
        let left = newest.and_then(|(_, _, left)| left);
        let standing = match outcome {
            Some(DeployOutcome::Failed) => Standing::Faulty,
            Some(DeployOutcome::RolledBack) => Standing::RolledBack,
            Some(DeployOutcome::InProgress) if serves_now => Standing::Soaking,
            Some(DeployOutcome::Completed) if serves_now && served < bake => Standing::Soaking,
            Some(DeployOutcome::Completed) if serves_now => Standing::Serving,
            Some(DeployOutcome::Completed) if left.is_some() && served >= bake => Standing::Good,
            None
            | Some(DeployOutcome::Unknown | DeployOutcome::InProgress | DeployOutcome::Completed) => {
                Standing::Unknown
            }
        };
        let sentence = match standing {
            Standing::Serving => format!("serves now, for {} in all", spoken(served)),
            Standing::Soaking => format!("serves now, for only {} so far", spoken(served)),
            Standing::Good => format!("served {} and left without a rollback", spoken(served)),
            Standing::Faulty => "its rollout failed".to_owned(),
            Standing::RolledBack => format!("was rolled back after {}", spoken(served)),
            Standing::Unknown => unknown(outcome, left, served),
        };
        Evidence {
            standing,
            served,
            deployed_at: newest.map(|(_, at, _)| at),
            ended_at: left.filter(|_| !serves_now),
            sentence,
        }
    }
}

fn unknown(outcome: Option<DeployOutcome>, left: Option<Timestamp>, served: Millis) -> String {
    match (outcome, left) {
        (None, _) => "no deploy of it is known".to_owned(),
        (Some(DeployOutcome::InProgress), _) => {
            "was being deployed, and nobody recorded how that ended".to_owned()
        }
        (Some(DeployOutcome::Completed), Some(_)) => format!("served only {}", spoken(served)),
        (Some(DeployOutcome::Completed), None) => {
            "was deployed last and does not run now, and nobody recorded why".to_owned()
        }
        (Some(DeployOutcome::Unknown | DeployOutcome::Failed | DeployOutcome::RolledBack), _) => {
            "was deployed, and nobody recorded how that ended".to_owned()
        }
    }
}
