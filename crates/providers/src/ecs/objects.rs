//! A service, its deployments and its task definitions, as far as we use them. Pure.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lastgood_core::effect::Refusal;
use lastgood_core::release::metadata::{Limits, Read, decode};

use super::codedeploy::Moving;
use super::marks::Mark;

/// Who moves the service from one task definition to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Controller {
    Ecs,
    CodeDeploy,
    External,
    Unknown(String),
}

/// How ECS itself moves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Moves {
    Rolling,
    /// Two full sets, whose traffic ECS switches at once or in steps.
    TwoSets(String),
}

/// The circuit breaker of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Breaker {
    Off,
    /// It gives a rollout up whose tasks keep failing.
    Stops,
    /// And goes back by itself.
    RollsBack,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Service {
    pub(super) arn: String,
    pub(super) status: String,
    pub(super) desired: u32,
    pub(super) controller: Controller,
    pub(super) moves: Moves,
    pub(super) breaker: Breaker,
    /// The primary one first.
    pub(super) deployments: Vec<Deployment>,
    /// Where another controller than ECS moves it.
    pub(super) sets: Vec<TaskSet>,
    pub(super) tags: BTreeMap<String, String>,
}

impl Service {
    pub(super) fn primary(&self) -> Option<&Deployment> {
        self.deployments.iter().find(|deployment| deployment.is_primary)
    }

    pub(super) fn mark(&self) -> Option<Mark> {
        Mark::of(&self.tags)
    }

    /// `shop:checkout`, as `CodeDeploy` names what it moves.
    pub(super) fn in_cluster(&self) -> String {
        let path = self.arn.split_once(":service/").map_or("", |(_, path)| path);
        path.replace('/', ":")
    }

    /// The ARN of one of its service deployments, from the last part of it.
    pub(super) fn service_deployment(&self, id: &str) -> String {
        format!("{}/{id}", self.arn.replacen(":service/", ":service-deployment/", 1))
    }
}

/// Tasks of one task definition that a controller made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TaskSet {
    pub(super) id: String,
    /// The deployment of `CodeDeploy` that made it.
    pub(super) deployment: Option<String>,
    /// It has the production traffic.
    pub(super) is_primary: bool,
    /// `checkout:7`.
    pub(super) definition: String,
    pub(super) desired: u32,
    pub(super) running: u32,
    pub(super) pending: u32,
    pub(super) is_steady: bool,
}

/// How far a deployment has come, as ECS says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    Open,
    Completed,
    Failed,
    Unsaid,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Deployment {
    pub(super) id: String,
    pub(super) is_primary: bool,
    /// `checkout:7`.
    pub(super) definition: String,
    pub(super) desired: u32,
    pub(super) running: u32,
    pub(super) pending: u32,
    pub(super) failed: u32,
    pub(super) progress: Progress,
    pub(super) reason: String,
    /// Percent of the traffic, where it is told apart from the number of tasks.
    pub(super) weight: Option<f64>,
}

/// A task definition with its revision.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Definition {
    pub(super) arn: String,
    /// `checkout:7`.
    pub(super) name: String,
    /// Whether services may still be pointed at it.
    pub(super) is_active: bool,
    pub(super) containers: Vec<Container>,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) registered: Option<Timestamp>,
    /// As registries name machines: (`linux`, `arm64`).
    pub(super) machine: (String, String),
    /// What may differ between revisions besides the image, by name.
    pub(super) settings: BTreeMap<String, String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Container {
    pub(super) name: String,
    pub(super) image: String,
    pub(super) is_essential: bool,
    /// Where its secrets come from.
    pub(super) secrets: Vec<String>,
}

impl Definition {
    /// The container whose image is the release.
    pub(super) fn container(&self, wanted: Option<&str>) -> Option<&Container> {
        match wanted {
            Some(name) => self.containers.iter().find(|one| one.name == name),
            None => self
                .containers
                .iter()
                .find(|one| one.is_essential)
                .or_else(|| self.containers.first()),
        }
    }

    pub(super) fn image(&self, wanted: Option<&str>) -> &str {
        self.container(wanted).map_or("", |container| container.image.as_str())
    }

    pub(super) fn metadata(&self) -> Read {
        decode(&self.tags, &Limits::aws_tags(0))
    }

    /// As recorded, or the image's tag, or the name.
    pub(super) fn version(&self, wanted: Option<&str>) -> String {
        let recorded = self.metadata().metadata.version.as_option().cloned();
        recorded
            .or_else(|| tag(self.image(wanted)).map(str::to_owned))
            .unwrap_or_else(|| self.name.clone())
    }
}

/// The tag of an image reference; a port is none.
pub(super) fn tag(image: &str) -> Option<&str> {
    let image = image.split('@').next()?;
    let (_, tag) = image.rsplit_once(':')?;
    (!tag.contains('/') && !tag.is_empty()).then_some(tag)
}

/// One service deployment of the history that ECS keeps for 90 days.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Going {
    pub(super) arn: String,
    /// `IN_PROGRESS`, `SUCCESSFUL`, `ROLLBACK_SUCCESSFUL`, and so on.
    pub(super) status: String,
    pub(super) reason: String,
    /// Nobody decided that it ended so.
    pub(super) by_itself: bool,
    pub(super) revision: String,
    pub(super) began: Option<Timestamp>,
    pub(super) ended: Option<Timestamp>,
}

impl Going {
    /// The last part of its ARN.
    pub(super) fn id(&self) -> &str {
        self.arn.rsplit('/').next().unwrap_or_default()
    }

    /// Whether it can still be stopped.
    pub(super) fn is_open(&self) -> bool {
        self.status == "PENDING" || self.status == "IN_PROGRESS"
    }
}

/// What a service revision runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Revision {
    pub(super) definition: String,
    /// Digests by container.
    pub(super) digests: BTreeMap<String, String>,
}

/// One look.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) service: Service,
    /// Those of its deployments.
    pub(super) definitions: Vec<Definition>,
    /// What `CodeDeploy` says, where it moves the service, or why that could not be read.
    pub(super) moving: Option<Result<Moving, Refusal>>,
    pub(super) at: Timestamp,
}

impl Seen {
    pub(super) fn definition(&self, name: &str) -> Option<&Definition> {
        self.definitions.iter().find(|known| known.name == name)
    }

    pub(super) fn words(&self, name: &str, container: Option<&str>) -> String {
        self.definition(name).map_or_else(|| name.to_owned(), |found| found.version(container))
    }
}
