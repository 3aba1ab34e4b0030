//! Making a change exactly once, and finding it again.
//!
//! ECS takes no key with a change. So the key goes into a tag of the service first,
//! together with what was there just before; then the change is sent. The tag alone is an
//! intent: a probe takes the change for done when the service has moved on from what the
//! tag names to where the change leads.

use aws_sdk_ecs::types::{StopServiceDeploymentStopType, Tag};
use lastgood_core::effect::{ApplyError, Operation, PlannedEffect, Presence, Receipt, Refusal};
use lastgood_core::name::EffectKey;

use super::Ecs;
use super::codedeploy::effect as codedeploy;
use super::effect::{Sent, change, holds, may_move};
use super::marks::{EFFECT, Mark};
use super::objects::{Seen, Service};
use crate::clock;

impl Ecs {
    pub(super) async fn apply_once(
        &self,
        key: &EffectKey,
        effect: &PlannedEffect,
    ) -> Result<Receipt, ApplyError> {
        let what = self.name();
        self.link.holds(&effect.expects).await?;
        let seen = self.seen().await?;
        may_move(&effect.operation, &seen)?;
        let sent = change(effect)?;
        if let Some(mark) = seen.service.mark().filter(|mark| mark.key.same_intention(key)) {
            match self.took_place(&mark, &sent, &seen.service).await {
                Presence::Present(receipt) => return Ok(receipt),
                Presence::Absent => {}
                Presence::Unclear { why } => {
                    return Err(ApplyError::Refused(Refusal::Unreachable {
                        system: "AWS".to_owned(),
                        why: format!("whether it took place already is not known: {why}"),
                    }));
                }
            }
        }
        let target = match &effect.operation {
            Operation::RestoreRelease { release } => {
                let found = self.definition(release.as_str()).await;
                found.map_err(|failure| failure.refusal(&format!("release {release}")))?
            }
            Operation::HaltRollout
            | Operation::ResumeRollout
            | Operation::ShiftTraffic { .. }
            | Operation::SwitchFlag { .. }
            | Operation::SwitchLease { .. }
            | Operation::SwitchSync { .. }
            | Operation::RunErrand { .. } => None,
        };
        holds(key, effect, &seen, target.as_ref(), self.container())?;
        // Also where nothing has to be sent, as when ECS went back by itself: what a probe finds
        // is the tag.
        self.note(key, effect, &sent, &seen).await?;
        if let Some(receipt) = already(&sent, &seen.service) {
            return Ok(receipt);
        }
        match &sent {
            Sent::CodeDeploy(sent) => {
                let moving = seen.moving.as_ref().and_then(|moving| moving.as_ref().ok());
                self.send_to_codedeploy(key, sent, moving).await
            }
            Sent::Stop { id } => {
                let stop = self
                    .changes
                    .stop_service_deployment()
                    .service_deployment_arn(seen.service.service_deployment(id))
                    .stop_type(StopServiceDeploymentStopType::Rollback)
                    .send();
                let stopped = self.link.change("ecs:StopServiceDeployment", stop).await;
                stopped.map_err(|failure| failure.outcome("the service deployment"))?;
                Ok(Receipt {
                    reference: format!("service deployment {id}"),
                    sentence: format!("{key}: ECS stops it and goes back to what served before"),
                })
            }
            Sent::Point { definition } => {
                let update = self
                    .changes
                    .update_service()
                    .cluster(&self.place.cluster)
                    .service(&self.place.service)
                    .task_definition(definition)
                    .send();
                let updated = Box::pin(self.link.change("ecs:UpdateService", update)).await;
                let updated = updated.map_err(|failure| failure.outcome(&what))?;
                let service = updated.service().and_then(super::reply::service);
                let primary = service.as_ref().and_then(Service::primary);
                match primary.filter(|primary| primary.definition == *definition) {
                    Some(primary) => Ok(receipt(key, &primary.id, definition)),
                    None => Err(ApplyError::Lost {
                        why: "ecs:UpdateService was answered without the deployment it begins"
                            .to_owned(),
                    }),
                }
            }
        }
    }

    /// Writes the key into the tag. Nothing of the change itself is sent yet, so that a
    /// failure is a refusal whatever became of the tag.
    async fn note(
        &self,
        key: &EffectKey,
        effect: &PlannedEffect,
        sent: &Sent,
        seen: &Seen,
    ) -> Result<(), Refusal> {
        let primary = seen.service.primary();
        let now = primary.map_or("", |one| one.definition.as_str());
        let earlier = seen.service.mark().map(|mark| mark.left).unwrap_or_default();
        let (on, to) = match sent {
            Sent::Stop { id } | Sent::CodeDeploy(codedeploy::Sent::Stop { id }) => {
                (id.clone(), String::new())
            }
            Sent::CodeDeploy(sent) => (
                primary.map_or_else(String::new, |one| one.id.clone()),
                sent.definition().to_owned(),
            ),
            Sent::Point { definition } => {
                (primary.map_or_else(String::new, |one| one.id.clone()), definition.clone())
            }
        };
        let left = match &effect.operation {
            // An undo goes back to what was left; that says nothing against what it leaves.
            Operation::RestoreRelease { release } if !key.undo && release.as_str() != now => {
                Some(now)
            }
            Operation::RestoreRelease { .. }
            | Operation::HaltRollout
            | Operation::ResumeRollout
            | Operation::ShiftTraffic { .. }
            | Operation::SwitchFlag { .. }
            | Operation::SwitchLease { .. }
            | Operation::SwitchSync { .. }
            | Operation::RunErrand { .. } => None,
        };
        let left_before = earlier.into_iter().filter(|one| *one != to).collect();
        let mark = Mark { key: key.clone(), at: clock::wall(), on, to, left: left_before };
        let text = mark.leaving(left).text().ok_or_else(|| Refusal::Rejected {
            system: "AWS ECS".to_owned(),
            why: "the name of this run is too long for a tag".to_owned(),
        })?;
        let tag = Tag::builder().key(EFFECT).value(text).build();
        let noted = self.changes.tag_resource().resource_arn(&seen.service.arn).tags(tag).send();
        let noted = self.link.change("ecs:TagResource", noted).await;
        noted.map(|_| ()).map_err(|failure| failure.refusal(&self.name()))
    }

    pub(super) async fn probe_for(&self, key: &EffectKey, effect: &PlannedEffect) -> Presence {
        let service = match self.service().await {
            Ok(service) => service,
            Err(failure) => {
                return Presence::Unclear { why: failure.refusal(&self.name()).to_string() };
            }
        };
        let Some(mark) = service.mark().filter(|mark| mark.key.same_intention(key)) else {
            return Presence::Absent;
        };
        match change(effect) {
            Ok(sent) => self.took_place(&mark, &sent, &service).await,
            Err(refusal) => Presence::Unclear { why: refusal.to_string() },
        }
    }

    /// Whether what the tag announces took place.
    async fn took_place(&self, mark: &Mark, sent: &Sent, service: &Service) -> Presence {
        match sent {
            Sent::CodeDeploy(sent) => self.took_place_in_codedeploy(mark, sent, service).await,
            Sent::Stop { id } => match self.going(&service.service_deployment(id)).await {
                Ok(Some(status))
                    if status.starts_with("ROLLBACK") || status.starts_with("STOP") =>
                {
                    Presence::Present(Receipt {
                        reference: format!("service deployment {id}"),
                        sentence: format!("{}: ECS says {status}", mark.key),
                    })
                }
                Ok(Some(_)) => Presence::Absent,
                Ok(None) => Presence::Unclear {
                    why: format!("ECS does not know service deployment {id} any more"),
                },
                Err(failure) => {
                    Presence::Unclear { why: failure.refusal("the service deployment").to_string() }
                }
            },
            Sent::Point { definition } => match service.primary() {
                None => {
                    Presence::Unclear { why: "the service has no primary deployment".to_owned() }
                }
                // It went there, or was there when the tag was written.
                Some(primary) if primary.definition == *definition => {
                    Presence::Present(receipt(&mark.key, &primary.id, definition))
                }
                // It is still where it was when the tag was written.
                Some(primary) if primary.id == mark.on => Presence::Absent,
                Some(primary) => Presence::Unclear {
                    why: format!(
                        "the service was to go to {definition} and is on its way to {}; whether \
                         it went there in between is not known",
                        primary.definition
                    ),
                },
            },
        }
    }
}

/// Nothing has to be sent when the service leads there already.
fn already(sent: &Sent, service: &Service) -> Option<Receipt> {
    let definition = match sent {
        Sent::Stop { .. } => return None,
        Sent::CodeDeploy(sent) => sent.definition(),
        Sent::Point { definition } => definition.as_str(),
    };
    let primary = service.primary().filter(|one| one.definition == *definition)?;
    Some(leads_there(&primary.id, definition))
}

fn leads_there(primary: &str, definition: &str) -> Receipt {
    Receipt {
        reference: format!("deployment {primary}"),
        sentence: format!("the service leads to {definition} already; nothing was sent"),
    }
}

fn receipt(key: &EffectKey, deployment: &str, definition: &str) -> Receipt {
    Receipt {
        reference: format!("deployment {deployment}"),
        sentence: format!("{key}: the service leads to {definition}"),
    }
}
