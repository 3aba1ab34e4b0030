//! An ECS service that `CodeDeploy` moves between two sets of tasks.
//!
//! ECS refuses changes to such a service from elsewhere, so what is done is done in `CodeDeploy`: its
//! deployment is stopped with a rollback, or an earlier task definition is deployed with the `AppSpec`
//! that the team deploys with. A deployment takes a description, which carries the effect's key; a
//! stop takes none, so that its key goes into the tag of the service as for every other change of
//! ECS. A group has one open deployment at most, so that a second one is refused by `CodeDeploy`.
//!
//! Which application and group move the service is told by the deployment that made its task
//! sets.

mod act;
pub(super) mod effect;
mod objects;
mod reply;
pub(super) mod spec;

use std::collections::BTreeMap;
use std::sync::PoisonError;

use aws_sdk_codedeploy::types::{
    AppSpecContent, DeploymentStatus, RevisionLocation, RevisionLocationType, TimeRange,
};
use jiff::Timestamp;
use lastgood_core::effect::Refusal;

pub(super) use objects::{Group, Moving, Roll};

use objects::Spec;

use super::Ecs;
use super::objects::Service;
use crate::aws::Failure;

/// `CodeDeploy` describes so many deployments at once.
const AT_ONCE: usize = 25;
/// Five pages of a hundred.
const PAGES_AT_MOST: usize = 5;
/// The newest deployments that a history is told from; each may need a request for its `AppSpec`.
const ROLLS_AT_MOST: usize = 50;

impl Ecs {
    /// What `CodeDeploy` says of the service now.
    pub(super) async fn moving(&self, service: &Service) -> Result<Moving, Failure> {
        let made: Vec<String> =
            service.sets.iter().filter_map(|set| set.deployment.clone()).collect();
        let mut of_sets = self.rolls_by_id(&made).await?;
        let Some(group) = self.group(&of_sets) else {
            return Ok(Moving { of_sets, ..Moving::default() });
        };
        let mut open = None;
        for id in self.listed(&group, Listed::Open).await? {
            let known = of_sets.iter().find(|roll| roll.id == id).cloned();
            let found = match known {
                Some(known) => Some(known),
                None => self.rolls_by_id(std::slice::from_ref(&id)).await?.pop(),
            };
            open = open.or(found.filter(Roll::is_open));
        }
        let mut weights = BTreeMap::new();
        if let Some(roll) = &mut open {
            self.read_spec(&group, roll).await?;
            weights = self.weights(roll, service).await;
        }
        for roll in &mut of_sets {
            self.read_spec(&group, roll).await?;
        }
        Ok(Moving { group: Some(group), open, of_sets, weights })
    }

    /// As the deployments say that made the task sets.
    fn group(&self, of_sets: &[Roll]) -> Option<Group> {
        match of_sets.iter().find_map(|roll| roll.group.clone()) {
            Some(found) => Some(self.known_group.get_or_init(|| found).clone()),
            // Once a first deployment was taken back, no task set tells it any more.
            None => self.known_group.get().cloned(),
        }
    }

    /// The group, or why nothing can be done without it.
    pub(super) fn the_group(moving: &Moving) -> Result<Group, Refusal> {
        moving.group.clone().ok_or_else(|| Refusal::Gone {
            what:
                "the CodeDeploy deployment that made a task set of this service, which would tell \
                   the application and the group"
                    .to_owned(),
        })
    }

    /// The newest deployments of the group, newest first, with what they led to.
    pub(super) async fn rolls(&self, group: &Group) -> Result<Vec<Roll>, Failure> {
        let ids = self.listed(group, Listed::All).await?;
        let mut rolls = self.rolls_by_id(&ids).await?;
        rolls.sort_by_key(|roll| std::cmp::Reverse(roll.began));
        rolls.truncate(ROLLS_AT_MOST);
        for roll in &mut rolls {
            self.read_spec(group, roll).await?;
        }
        Ok(rolls)
    }

    /// The deployments that began since then.
    pub(super) async fn rolls_since(
        &self,
        group: &Group,
        since: Timestamp,
    ) -> Result<Vec<Roll>, Failure> {
        let ids = self.listed(group, Listed::Since(since)).await?;
        self.rolls_by_id(&ids).await
    }

    /// One deployment; `None` when `CodeDeploy` does not know it any more.
    pub(super) async fn roll(&self, id: &str) -> Result<Option<Roll>, Failure> {
        Ok(self.rolls_by_id(&[id.to_owned()]).await?.pop())
    }

    async fn listed(&self, group: &Group, which: Listed) -> Result<Vec<String>, Failure> {
        let (open, since) = match which {
            Listed::All => (None, None),
            Listed::Open => (
                Some(vec![
                    DeploymentStatus::Created,
                    DeploymentStatus::Queued,
                    DeploymentStatus::InProgress,
                    DeploymentStatus::Ready,
                    DeploymentStatus::Baking,
                ]),
                None,
            ),
            Listed::Since(since) => {
                let since = aws_sdk_codedeploy::primitives::DateTime::from_secs(since.as_second());
                (None, Some(TimeRange::builder().start(since).build()))
            }
        };
        let mut ids = Vec::new();
        let mut next: Option<String> = None;
        for _ in 0..PAGES_AT_MOST {
            let send = || {
                let ask = self.deploys.list_deployments().application_name(&group.application);
                ask.deployment_group_name(&group.name)
                    .set_include_only_statuses(open.clone())
                    .set_create_time_range(since.clone())
                    .set_next_token(next.clone())
                    .send()
            };
            let found = self.link.read("codedeploy:ListDeployments", send).await?;
            ids.extend(found.deployments().iter().cloned());
            next = found.next_token().map(str::to_owned);
            if next.is_none() {
                break;
            }
        }
        Ok(ids)
    }

    async fn rolls_by_id(&self, ids: &[String]) -> Result<Vec<Roll>, Failure> {
        let mut rolls = Vec::new();
        for ids in ids.chunks(AT_ONCE) {
            let send = || {
                let ask = self.deploys.batch_get_deployments();
                ask.set_deployment_ids(Some(ids.to_vec())).send()
            };
            let found = self.link.read("codedeploy:BatchGetDeployments", send).await?;
            rolls.extend(found.deployments_info().iter().filter_map(reply::roll));
        }
        Ok(rolls)
    }

    /// Puts the text of its `AppSpec` into a deployment. A text never changes under its digest, so
    /// that each is asked for once.
    async fn read_spec(&self, group: &Group, roll: &mut Roll) -> Result<(), Failure> {
        let Spec::Kept { sha256, text: text @ None } = &mut roll.spec else { return Ok(()) };
        let known = self.specs.lock().unwrap_or_else(PoisonError::into_inner).get(sha256).cloned();
        if known.is_some() {
            *text = known;
            return Ok(());
        }
        let content = AppSpecContent::builder().sha256(sha256.clone()).build();
        let revision = RevisionLocation::builder()
            .revision_type(RevisionLocationType::AppSpecContent)
            .app_spec_content(content)
            .build();
        let send = || {
            let ask = self.deploys.get_application_revision();
            ask.application_name(&group.application).revision(revision.clone()).send()
        };
        let found = self.link.read("codedeploy:GetApplicationRevision", send).await?;
        let found = found.revision().and_then(|revision| revision.app_spec_content());
        *text = found.and_then(|content| content.content()).map(str::to_owned);
        if let Some(text) = text.clone() {
            let mut specs = self.specs.lock().unwrap_or_else(PoisonError::into_inner);
            specs.insert(sha256.clone(), text);
        }
        Ok(())
    }

    /// Who has how much of the traffic; empty where `CodeDeploy` does not say it.
    async fn weights(&self, roll: &Roll, service: &Service) -> BTreeMap<String, f64> {
        let target = service.in_cluster();
        let send = || {
            let ask = self.deploys.get_deployment_target().deployment_id(&roll.id);
            ask.target_id(target.clone()).send()
        };
        let found = self.link.read("codedeploy:GetDeploymentTarget", send).await;
        found
            .ok()
            .and_then(|found| found.deployment_target().map(reply::weights))
            .unwrap_or_default()
    }
}

/// Which deployments of a group.
#[derive(Clone, Copy)]
enum Listed {
    All,
    Open,
    Since(Timestamp),
}
