//! The questions that ECS is asked.

use std::collections::BTreeMap;

use aws_sdk_ecs::types::{
    DesiredStatus, ServiceDeploymentStatus, ServiceField, SortOrder, Task, TaskDefinitionField,
};

use super::codedeploy::{Moving, Roll};
use super::history::Sources;
use super::objects::{Definition, Going, Revision, Seen, Service};
use super::{Ecs, reply};
use crate::aws::Failure;
use crate::clock;

/// ECS describes so many service revisions at once.
const REVISIONS_AT_ONCE: usize = 20;
/// Five pages of a hundred service deployments are five a day for 90 days.
const PAGES_AT_MOST: usize = 5;
/// So many task definitions are read for a history; each is a request of its own.
const DEFINITIONS_AT_MOST: usize = 40;
/// ECS describes so many tasks at once.
const TASKS_AT_ONCE: usize = 100;

/// What deployments of `CodeDeploy` tell. One that goes back is told with the one that it left.
fn told_by(rolls: &[Roll]) -> (Vec<Going>, BTreeMap<String, Revision>) {
    let forward = || rolls.iter().filter(|roll| !roll.goes_back);
    let revisions = forward().filter_map(|roll| {
        let definition = roll.definition()?.to_owned();
        Some((roll.id.clone(), Revision { definition, digests: BTreeMap::new() }))
    });
    (forward().map(Roll::as_going).collect(), revisions.collect())
}

impl Ecs {
    /// The service, or that there is none.
    pub(super) async fn service(&self) -> Result<Service, Failure> {
        let action = "ecs:DescribeServices";
        let send = || {
            let ask = self.reads.describe_services().cluster(&self.place.cluster);
            ask.services(&self.place.service).include(ServiceField::Tags).send()
        };
        let found = self.link.read(action, send).await?;
        if let Some(service) = found.services().first().and_then(reply::service) {
            return Ok(service);
        }
        let said = found.failures().first().and_then(|one| one.reason()).unwrap_or("nothing");
        match said {
            "MISSING" => Err(Failure::Status {
                action,
                status: 200,
                code: Some("ServiceNotFoundException".to_owned()),
                message: "there is no such service".to_owned(),
                wait: None,
            }),
            other => {
                let why = format!("it describes no service and says {other}");
                Err(Failure::Unreadable { action, status: 200, why })
            }
        }
    }

    /// One task definition; `None` when there is none of that name.
    pub(super) async fn definition(&self, name: &str) -> Result<Option<Definition>, Failure> {
        let action = "ecs:DescribeTaskDefinition";
        let send = || {
            let ask = self.reads.describe_task_definition().task_definition(name);
            ask.include(TaskDefinitionField::Tags).send()
        };
        match self.link.read(action, send).await {
            Ok(found) => {
                let definition =
                    found.task_definition().and_then(|one| reply::definition(one, found.tags()));
                let why = "it describes no task definition".to_owned();
                let incomplete = Failure::Unreadable { action, status: 200, why };
                definition.map(Some).ok_or(incomplete)
            }
            // Of a name that it does not know ECS says no more than this.
            Err(Failure::Status { status: 400, code: Some(code), .. })
                if code == "ClientException" =>
            {
                Ok(None)
            }
            Err(failure) => Err(failure),
        }
    }

    /// The service deployments that ECS still knows, newest first.
    async fn goings(&self) -> Result<Vec<Going>, Failure> {
        let mut goings = Vec::new();
        let mut next: Option<String> = None;
        for _ in 0..PAGES_AT_MOST {
            let send = || {
                let ask = self.reads.list_service_deployments().cluster(&self.place.cluster);
                ask.service(&self.place.service).set_next_token(next.clone()).send()
            };
            let found = self.link.read("ecs:ListServiceDeployments", send).await?;
            goings.extend(found.service_deployments().iter().filter_map(reply::going));
            next = found.next_token().map(str::to_owned);
            if next.is_none() {
                break;
            }
        }
        goings.sort_by_key(|one| std::cmp::Reverse(one.began));
        Ok(goings)
    }

    /// The service deployment that is under way and could be stopped.
    pub(super) async fn open(&self) -> Result<Option<Going>, Failure> {
        let send = || {
            let ask = self.reads.list_service_deployments().cluster(&self.place.cluster);
            ask.service(&self.place.service)
                .status(ServiceDeploymentStatus::Pending)
                .status(ServiceDeploymentStatus::InProgress)
                .send()
        };
        let found = self.link.read("ecs:ListServiceDeployments", send).await?;
        let goings = found.service_deployments().iter().filter_map(reply::going);
        Ok(goings.filter(Going::is_open).max_by_key(|one| one.began))
    }

    /// One service deployment; `None` when ECS does not know it any more.
    pub(super) async fn going(&self, arn: &str) -> Result<Option<String>, Failure> {
        let send = || self.reads.describe_service_deployments().service_deployment_arns(arn).send();
        let found = self.link.read("ecs:DescribeServiceDeployments", send).await?;
        let first = found.service_deployments().first();
        Ok(first.and_then(|one| one.status()).map(|status| status.as_str().to_owned()))
    }

    async fn revisions(&self, goings: &[Going]) -> Result<BTreeMap<String, Revision>, Failure> {
        let mut arns: Vec<String> = goings.iter().map(|one| one.revision.clone()).collect();
        arns.retain(|arn| !arn.is_empty());
        arns.sort_unstable();
        arns.dedup();
        let mut revisions = BTreeMap::new();
        for arns in arns.chunks(REVISIONS_AT_ONCE) {
            let send = || {
                let ask = self.reads.describe_service_revisions();
                ask.set_service_revision_arns(Some(arns.to_vec())).send()
            };
            let found = self.link.read("ecs:DescribeServiceRevisions", send).await?;
            revisions.extend(found.service_revisions().iter().filter_map(reply::revision));
        }
        Ok(revisions)
    }

    /// Everything that deploys are told from. What cannot be read is a doubt.
    pub(super) async fn sources<'s>(&self, seen: &'s Seen) -> Sources<'s> {
        let mut doubts = Vec::new();
        let moved_by_codedeploy = match &seen.moving {
            Some(Ok(Moving { group: Some(group), .. })) => Some(group),
            Some(_) | None => None,
        };
        let (goings, revisions) = if let Some(group) = moved_by_codedeploy {
            match self.rolls(group).await {
                Ok(rolls) => told_by(&rolls),
                Err(failure) => {
                    let why = failure.refusal("the deployments of CodeDeploy");
                    doubts.push(format!("the deployments of CodeDeploy could not be read: {why}"));
                    (Vec::new(), BTreeMap::new())
                }
            }
        } else {
            let goings = self.goings().await.unwrap_or_else(|failure| {
                let why = failure.refusal("its service deployments");
                doubts.push(format!("its service deployments could not be read: {why}"));
                Vec::new()
            });
            let revisions = self.revisions(&goings).await.unwrap_or_else(|failure| {
                let why = failure.refusal("its service revisions");
                doubts.push(format!("its service revisions could not be read: {why}"));
                BTreeMap::new()
            });
            (goings, revisions)
        };
        let mut names: Vec<String> = Vec::new();
        for going in &goings {
            if let Some(revision) = revisions.get(&going.revision)
                && !names.contains(&revision.definition)
            {
                names.push(revision.definition.clone());
            }
        }
        if names.is_empty() {
            names = self.family(seen).await.unwrap_or_else(|failure| {
                let why = failure.refusal("its task definitions");
                doubts.push(format!("its task definitions could not be listed: {why}"));
                Vec::new()
            });
        }
        let mut definitions = seen.definitions.clone();
        for name in names.iter().take(DEFINITIONS_AT_MOST) {
            if definitions.iter().any(|known| known.name == *name) {
                continue;
            }
            match self.definition(name).await {
                Ok(found) => definitions.extend(found),
                Err(failure) => {
                    let why = failure.refusal("the task definition");
                    doubts.push(format!("{name} could not be read: {why}"));
                }
            }
        }
        Sources { seen, goings, revisions, definitions, doubts, at: clock::wall() }
    }

    /// The newest revisions of the family that serves.
    async fn family(&self, seen: &Seen) -> Result<Vec<String>, Failure> {
        let Some(primary) = seen.service.primary() else { return Ok(Vec::new()) };
        let family = primary.definition.split(':').next().unwrap_or_default();
        let send = || {
            let ask = self.reads.list_task_definitions().family_prefix(family);
            ask.sort(SortOrder::Desc).max_results(20).send()
        };
        let found = self.link.read("ecs:ListTaskDefinitions", send).await?;
        let names = found.task_definition_arns().iter().map(|arn| reply::short(arn).to_owned());
        // A prefix of the family's name is another family.
        Ok(names.filter(|name| name.split(':').next() == Some(family)).collect())
    }

    /// The tasks of the service that are to run.
    pub(super) async fn tasks(&self) -> Result<Vec<Task>, Failure> {
        let mut arns: Vec<String> = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let send = || {
                let ask = self.reads.list_tasks().cluster(&self.place.cluster);
                ask.service_name(&self.place.service)
                    .desired_status(DesiredStatus::Running)
                    .set_next_token(next.clone())
                    .send()
            };
            let found = self.link.read("ecs:ListTasks", send).await?;
            arns.extend(found.task_arns().iter().cloned());
            next = found.next_token().map(str::to_owned);
            if next.is_none() {
                break;
            }
        }
        let mut tasks = Vec::new();
        for arns in arns.chunks(TASKS_AT_ONCE) {
            let send = || {
                let ask = self.reads.describe_tasks().cluster(&self.place.cluster);
                ask.set_tasks(Some(arns.to_vec())).send()
            };
            let found = self.link.read("ecs:DescribeTasks", send).await?;
            tasks.extend(found.tasks().iter().cloned());
        }
        Ok(tasks)
    }
}
