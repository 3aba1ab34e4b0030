//! What can be checked before the first change.

use lastgood_core::effect::{Operation, PlannedEffect};
use lastgood_core::preflight::{Finding, Grade, Topic};
use lastgood_core::survey::RolloutState;

use super::objects::{Alias, LATEST, Provisioned, Readiness, Seen, Version};
use super::{Lambda, look};
use crate::aws::Failure;

/// A revision that no alias has. An update under this condition is judged by permission
/// first and then refused, so that it tells whether we may and never changes anything.
const NO_REVISION: &str = "00000000-0000-0000-0000-000000000000";

impl Lambda {
    pub(super) async fn look_before(&self, effects: &[PlannedEffect]) -> Vec<Finding> {
        let (may, seen) = futures::join!(self.may_change(), self.seen());
        let mut findings = vec![may.on(Topic::Permission)];
        let seen = match seen {
            Ok(seen) => seen,
            Err(refusal) => {
                findings.push(Finding::new("the alias", Grade::Unknown, refusal.to_string()));
                return findings;
            }
        };
        findings.push(in_flight(&seen).on(Topic::Flight));
        findings.push(warm(&seen));
        findings.extend(undeveloped(&seen.alias));
        let mut asked: Vec<&str> = Vec::new();
        for effect in effects {
            if let Operation::RestoreRelease { release } | Operation::ShiftTraffic { release, .. } =
                &effect.operation
                && !asked.contains(&release.as_str())
            {
                asked.push(release.as_str());
                let found = self.version(release.as_str()).await;
                findings.push(kept(release.as_str(), found).on(Topic::History));
            }
        }
        findings
    }

    /// Whether we may update the alias, found out by an update that cannot take place: it
    /// names nothing to change, under a condition that never holds.
    async fn may_change(&self) -> Finding {
        const SUBJECT: &str = "permission for lambda:UpdateAlias";
        let send = || {
            let (function, alias) = (&self.place.function, &self.place.alias);
            let ask = self.reads.update_alias().function_name(function).name(alias);
            ask.revision_id(NO_REVISION).send()
        };
        match self.link.read("lambda:UpdateAlias", send).await {
            Ok(_) => Finding::new(SUBJECT, Grade::Pass, "this identity may update the alias"),
            Err(failure) if failure.code() == Some("PreconditionFailedException") => {
                Finding::new(SUBJECT, Grade::Pass, "this identity may update the alias")
            }
            Err(failure) => {
                let refusal = failure.refusal(&self.name());
                let grade = match &refusal {
                    lastgood_core::effect::Refusal::Forbidden { .. }
                    | lastgood_core::effect::Refusal::Unauthorised { .. } => Grade::Block,
                    lastgood_core::effect::Refusal::Drifted { .. }
                    | lastgood_core::effect::Refusal::Gone { .. }
                    | lastgood_core::effect::Refusal::Missing { .. }
                    | lastgood_core::effect::Refusal::Unusable { .. }
                    | lastgood_core::effect::Refusal::Unsupported { .. }
                    | lastgood_core::effect::Refusal::Unreachable { .. }
                    | lastgood_core::effect::Refusal::Rejected { .. } => Grade::Unknown,
                };
                Finding::new(SUBJECT, grade, refusal.to_string())
                    .mend("grant the policy of the guide to this identity")
            }
        }
    }
}

/// Whether a canary is under way.
fn in_flight(seen: &Seen) -> Finding {
    const SUBJECT: &str = "rollout in flight";
    match look::rollout(seen) {
        RolloutState::Settled => Finding::new(
            SUBJECT,
            Grade::Pass,
            format!("the alias leads to {} alone", seen.alias.routing.words()),
        ),
        RolloutState::Progressing => Finding::new(
            SUBJECT,
            Grade::Warn,
            format!("it is not settled: the alias leads to {}", seen.alias.routing.words()),
        ),
        RolloutState::Halted => {
            Finding::new(SUBJECT, Grade::Warn, "a canary is halted; going back ends that")
        }
        RolloutState::Stuck { why } => Finding::new(SUBJECT, Grade::Warn, why),
        RolloutState::Unknown { why } => Finding::new(SUBJECT, Grade::Unknown, why),
    }
}

/// What is kept warm, and that a move makes it cold for a while.
fn warm(seen: &Seen) -> Finding {
    const SUBJECT: &str = "provisioned concurrency";
    let finding = match &seen.provisioned {
        Provisioned::None => Finding::new(SUBJECT, Grade::Pass, "nothing is kept warm here"),
        Provisioned::Is { requested, available, status: Readiness::Ready } => Finding::new(
            SUBJECT,
            Grade::Warn,
            format!(
                "{available} of {requested} are warm; Lambda allocates them anew for the version \
                 that the alias is moved to, and until then requests may start cold"
            ),
        ),
        Provisioned::Is { requested, available, status: Readiness::InProgress } => Finding::new(
            SUBJECT,
            Grade::Warn,
            format!("{available} of {requested} are warm, the rest is being allocated"),
        ),
        Provisioned::Is { status: Readiness::Failed { why }, .. } => {
            Finding::new(SUBJECT, Grade::Warn, format!("it could not be allocated: {why}"))
        }
        Provisioned::Is { status: Readiness::Unknown { status }, .. } => Finding::new(
            SUBJECT,
            Grade::Unknown,
            format!("it is in a state that is not known here: {status}"),
        ),
        Provisioned::Unknown { why, denied } => {
            Finding::new(SUBJECT, Grade::Unknown, format!("it could not be looked up: {why}")).mend(
                if *denied {
                    "grant lambda:GetProvisionedConcurrencyConfig on the function"
                } else {
                    "look at what is kept warm for the alias by hand; the alias itself was read"
                },
            )
        }
    };
    finding.on(Topic::Flight)
}

/// An alias of what is under development has no way back.
fn undeveloped(alias: &Alias) -> Option<Finding> {
    (alias.routing.primary == LATEST).then(|| {
        Finding::new(
            "the alias",
            Grade::Warn,
            "it leads to $LATEST, which changes with every upload; what it runs now cannot be \
             gone back to later",
        )
        .mend("publish a version and point the alias at it")
        .on(Topic::History)
    })
}

/// Whether Lambda still has what an effect goes back to.
fn kept(number: &str, found: Result<Option<Version>, Failure>) -> Finding {
    let subject = format!("version {number}");
    match found {
        Ok(Some(version)) if version.state == "Failed" => Finding::new(
            subject,
            Grade::Block,
            format!("it cannot be invoked: {}", version.state_reason),
        )
        .mend("mend what Lambda names (often a role or a key that is gone), or choose another"),
        Ok(Some(version)) if version.is_idle() => Finding::new(
            subject,
            Grade::Warn,
            "it is kept and idle: the first requests wait until Lambda has set it up again",
        ),
        Ok(Some(version)) => {
            let how = if version.is_image {
                "as an image in a registry"
            } else {
                "with its code, by Lambda itself"
            };
            Finding::new(subject, Grade::Pass, format!("it is kept {how}"))
        }
        Ok(None) => Finding::new(
            subject,
            Grade::Block,
            "there is no such version any more, and with it the code to go back to is gone",
        )
        .mend("choose a version that Lambda still keeps"),
        Err(failure) => {
            let why = failure.refusal("the version").to_string();
            Finding::new(subject, Grade::Unknown, format!("it could not be looked up: {why}"))
        }
    }
}
