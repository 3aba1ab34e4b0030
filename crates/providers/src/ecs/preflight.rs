//! What can be checked before the first change.

use lastgood_core::effect::{Operation, PlannedEffect};
use lastgood_core::preflight::{Finding, Grade, Topic};
use lastgood_core::survey::RolloutState;

use super::objects::{Breaker, Controller, Definition, Seen};
use super::{Ecs, look};
use crate::aws::Failure;

impl Ecs {
    pub(super) async fn look_before(&self, effects: &[PlannedEffect]) -> Vec<Finding> {
        let mut findings = vec![
            Finding::new(
                "permissions",
                Grade::Unknown,
                "ECS has no way to ask what this identity may do; ecs:UpdateService, \
                 ecs:StopServiceDeployment and ecs:TagResource are needed, and where CodeDeploy \
                 moves the service codedeploy:CreateDeployment and codedeploy:StopDeployment",
            )
            .mend("grant the policy of the guide to this identity")
            .on(Topic::Permission),
        ];
        let seen = match self.seen().await {
            Ok(seen) => seen,
            Err(refusal) => {
                findings.push(Finding::new("the service", Grade::Unknown, refusal.to_string()));
                return findings;
            }
        };
        findings.push(moved(&seen).on(Topic::Governor));
        findings.push(in_flight(&seen).on(Topic::Flight));
        // CodeDeploy gives a deployment up by rules of its own.
        if seen.moving.is_none() {
            findings.push(breaker(seen.service.breaker).on(Topic::Flight));
        }
        let mut asked: Vec<&str> = Vec::new();
        for effect in effects {
            if let Operation::RestoreRelease { release } = &effect.operation
                && !asked.contains(&release.as_str())
            {
                asked.push(release.as_str());
                let found = self.definition(release.as_str()).await;
                findings.push(kept(release.as_str(), found).on(Topic::History));
            }
        }
        findings
    }
}

fn moved(seen: &Seen) -> Finding {
    const SUBJECT: &str = "deployment controller";
    let sentence = look::moved_by(seen);
    match &seen.service.controller {
        Controller::Ecs => Finding::new(SUBJECT, Grade::Pass, sentence),
        Controller::CodeDeploy => match &seen.moving {
            Some(Ok(moving)) => match &moving.group {
                Some(group) => Finding::new(
                    SUBJECT,
                    Grade::Pass,
                    format!("{sentence}: application {}, group {}", group.application, group.name),
                ),
                None => Finding::new(
                    SUBJECT,
                    Grade::Block,
                    format!("{sentence}, and no task set tells which application and group do"),
                ),
            },
            Some(Err(why)) => Finding::new(SUBJECT, Grade::Block, format!("{sentence}: {why}")),
            None => Finding::new(SUBJECT, Grade::Unknown, sentence),
        },
        Controller::External | Controller::Unknown(_) => Finding::new(
            SUBJECT,
            Grade::Block,
            format!("{sentence}, and ECS refuses changes from elsewhere"),
        )
        .mend("go back in that controller; Lastgood shows the service and does not change it"),
    }
}

fn in_flight(seen: &Seen) -> Finding {
    const SUBJECT: &str = "rollout in flight";
    match look::rollout(seen) {
        RolloutState::Settled => Finding::new(SUBJECT, Grade::Pass, "nothing moves"),
        RolloutState::Progressing | RolloutState::Halted => Finding::new(
            SUBJECT,
            Grade::Warn,
            "a rollout is under way; going back replaces it half-way",
        ),
        RolloutState::Stuck { why } => Finding::new(SUBJECT, Grade::Warn, why),
        RolloutState::Unknown { why } => Finding::new(SUBJECT, Grade::Unknown, why),
    }
}

fn breaker(breaker: Breaker) -> Finding {
    const SUBJECT: &str = "circuit breaker";
    match breaker {
        Breaker::RollsBack => Finding::new(
            SUBJECT,
            Grade::Pass,
            "ECS gives a rollout up whose tasks keep failing, and goes back by itself",
        ),
        Breaker::Stops => Finding::new(
            SUBJECT,
            Grade::Pass,
            "ECS gives a rollout up whose tasks keep failing, and leaves it there",
        ),
        Breaker::Off => Finding::new(
            SUBJECT,
            Grade::Warn,
            "it is off: ECS goes on starting tasks that fail, and never says that it gave up",
        )
        .mend("enable deploymentCircuitBreaker of the service"),
    }
}

/// Whether ECS may still be pointed at what an effect goes back to.
fn kept(release: &str, found: Result<Option<Definition>, Failure>) -> Finding {
    let subject = format!("release {release}");
    match found {
        Ok(Some(definition)) if definition.is_active => {
            Finding::new(subject, Grade::Pass, "its task definition is active")
        }
        Ok(Some(_)) => Finding::new(
            subject,
            Grade::Block,
            "its task definition is deregistered (INACTIVE), and ECS points no service at it",
        )
        .mend("register the same content as a new revision, or choose another release"),
        Ok(None) => Finding::new(
            subject,
            Grade::Block,
            "there is no such task definition any more, and with it what to go back to is gone",
        )
        .mend("choose a release that ECS still keeps"),
        Err(failure) => {
            let why = failure.refusal("the task definition").to_string();
            Finding::new(subject, Grade::Unknown, format!("it could not be looked up: {why}"))
        }
    }
}
