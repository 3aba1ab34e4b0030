//! Stopping and starting deployments, and finding out whether it happened.

use std::time::Duration;

use aws_sdk_codedeploy::types::{AppSpecContent, RevisionLocation, RevisionLocationType};
use jiff::SignedDuration;
use lastgood_core::effect::{ApplyError, Presence, Receipt, Refusal};
use lastgood_core::name::EffectKey;
use tokio::time::Instant;

use super::effect::Sent;
use super::objects::{Group, Moving, OURS, Roll};
use super::spec;
use crate::ecs::Ecs;
use crate::ecs::marks::Mark;
use crate::ecs::objects::Service;
use crate::ecs::reply::short;

/// Our clock may differ from theirs, and AWS takes no request whose clock differs by more than some
/// minutes. A group has few deployments in an hour.
const SLACK: SignedDuration = SignedDuration::from_hours(1);
/// `CodeDeploy` begins to go back some seconds after it was stopped; what comes next relies on it.
const GOING_BACK: Duration = Duration::from_secs(20);

impl Sent {
    /// The task definition that it leads to; empty when `CodeDeploy` chooses it.
    pub(in crate::ecs) fn definition(&self) -> &str {
        match self {
            Self::Stop { .. } => "",
            Self::Deploy { text, .. } => spec::definition(text).map_or("", short),
        }
    }
}

impl Ecs {
    /// Sends it, once.
    pub(in crate::ecs) async fn send_to_codedeploy(
        &self,
        key: &EffectKey,
        sent: &Sent,
        moving: Option<&Moving>,
    ) -> Result<Receipt, ApplyError> {
        match sent {
            Sent::Stop { id } => self.stop_deployment(key, id).await,
            Sent::Deploy { group, text } => {
                one_at_a_time(moving)?;
                self.create_deployment(key, group, text, sent.definition()).await
            }
        }
    }

    async fn stop_deployment(&self, key: &EffectKey, id: &str) -> Result<Receipt, ApplyError> {
        let stop = self.deploy_changes.stop_deployment().deployment_id(id);
        let stop = stop.auto_rollback_enabled(true).send();
        let stopped = self.link.change("codedeploy:StopDeployment", stop).await;
        stopped.map_err(|failure| failure.outcome("the deployment of CodeDeploy"))?;
        let then = match self.going_back_from(id).await {
            Some(back) => format!("deployment {back} goes back to what served before"),
            None => "that it goes back was asked for, and not seen to begin yet".to_owned(),
        };
        Ok(Receipt {
            reference: format!("deployment {id}"),
            sentence: format!("{key}: CodeDeploy stops {id}; {then}"),
        })
    }

    /// The deployment that goes back from `id`, as soon as there is one. That it was asked for is
    /// known already; to see it only tells more.
    async fn going_back_from(&self, id: &str) -> Option<String> {
        let until = Instant::now() + GOING_BACK.min(self.link.pace.change);
        loop {
            if let Ok(Some(Roll { taken_back_by: Some(back), .. })) = self.roll(id).await {
                return Some(back);
            }
            let pause = tokio::time::sleep(self.link.pace.look_every);
            tokio::time::timeout_at(until, pause).await.ok()?;
        }
    }

    async fn create_deployment(
        &self,
        key: &EffectKey,
        group: &Group,
        text: &str,
        definition: &str,
    ) -> Result<Receipt, ApplyError> {
        let content = AppSpecContent::builder().content(text).build();
        let revision = RevisionLocation::builder()
            .revision_type(RevisionLocationType::AppSpecContent)
            .app_spec_content(content)
            .build();
        let create = self
            .deploy_changes
            .create_deployment()
            .application_name(&group.application)
            .deployment_group_name(&group.name)
            .description(format!("{OURS}{key} leads to {definition}"))
            .revision(revision)
            .send();
        let created = Box::pin(self.link.change("codedeploy:CreateDeployment", create)).await;
        let created = created.map_err(|failure| failure.outcome("the deployment group"))?;
        match created.deployment_id() {
            Some(id) => Ok(deployed(key, id, definition)),
            None => Err(ApplyError::Lost {
                why: "codedeploy:CreateDeployment was answered without the deployment it begins"
                    .to_owned(),
            }),
        }
    }

    /// Whether what the tag of the service announces took place.
    pub(in crate::ecs) async fn took_place_in_codedeploy(
        &self,
        mark: &Mark,
        sent: &Sent,
        service: &Service,
    ) -> Presence {
        let unread = |failure: crate::aws::Failure| Presence::Unclear {
            why: failure.refusal("the deployments of CodeDeploy").to_string(),
        };
        match sent {
            Sent::Stop { id } => match self.roll(id).await {
                Ok(Some(roll)) if roll.status == "Stopped" => Presence::Present(Receipt {
                    reference: format!("deployment {id}"),
                    sentence: format!("{}: CodeDeploy says {}", mark.key, roll.status),
                }),
                Ok(Some(_)) => Presence::Absent,
                Ok(None) => Presence::Unclear {
                    why: format!("CodeDeploy does not know deployment {id} any more"),
                },
                Err(failure) => unread(failure),
            },
            Sent::Deploy { group, .. } => {
                let since = mark.at.checked_sub(SLACK).unwrap_or(mark.at);
                match self.rolls_since(group, since).await {
                    Ok(rolls) => rolls
                        .iter()
                        .find(|roll| roll.key().is_some_and(|key| key.same_intention(&mark.key)))
                        .map_or_else(
                            || leads_there_by_itself(mark, service),
                            |roll| Presence::Present(deployed(&mark.key, &roll.id, &mark.to)),
                        ),
                    Err(failure) => unread(failure),
                }
            }
        }
    }
}

/// Where the tag was written and nothing had to be sent: the traffic is there, because
/// `CodeDeploy` went back by itself.
fn leads_there_by_itself(mark: &Mark, service: &Service) -> Presence {
    let serves = service.sets.iter().find(|set| set.is_primary);
    match serves.filter(|set| set.definition == mark.to) {
        Some(set) => Presence::Present(Receipt {
            reference: format!("task set {}", set.id),
            sentence: format!("{}: {} has the traffic", mark.key, mark.to),
        }),
        None => Presence::Absent,
    }
}

/// `CodeDeploy` takes one deployment of a group at a time; to say so beforehand tells more than its no.
fn one_at_a_time(moving: Option<&Moving>) -> Result<(), Refusal> {
    match moving.and_then(|moving| moving.open.as_ref()) {
        None => Ok(()),
        Some(open) => Err(Refusal::Rejected {
            system: "AWS CodeDeploy".to_owned(),
            why: format!(
                "deployment {} is under way ({}), and a group has one at a time; stop it first \
                 (rollout.halt), or wait until it has ended",
                open.id, open.status
            ),
        }),
    }
}

fn deployed(key: &EffectKey, id: &str, definition: &str) -> Receipt {
    Receipt {
        reference: format!("deployment {id}"),
        sentence: format!("{key}: CodeDeploy brings {definition}"),
    }
}
