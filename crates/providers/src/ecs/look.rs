//! From a service to a survey, and from its tasks to what each of them runs.

use std::time::Duration;

use aws_sdk_ecs::types::Task;
use futures::future::join_all;
use lastgood_core::check::ReplicaAnswer;
use lastgood_core::effect::Refusal;
use lastgood_core::name::ReleaseId;
use lastgood_core::survey::{RolloutState, Running, Survey};

use super::objects::{Controller, Definition, Moves, Progress, Seen};
use super::{Ecs, reply};

/// A task that does not answer within this is asked again at the next look.
const ASK: Duration = Duration::from_secs(2);

/// What runs now, the task definition on its way first. Pure.
pub(super) fn survey(seen: &Seen, container: Option<&str>) -> Survey {
    let mut running: Vec<Running> = Vec::new();
    for deployment in &seen.service.deployments {
        let exist = deployment.running + deployment.pending;
        // Of the primary one all that are wanted count: one that is missing is not ready.
        let replicas = if deployment.is_primary { exist.max(deployment.desired) } else { exist };
        match running.iter_mut().find(|arm| arm.release.as_str() == deployment.definition) {
            Some(arm) => {
                arm.replicas += replicas;
                arm.ready += deployment.running;
            }
            None if deployment.is_primary || exist > 0 => running.push(Running {
                release: ReleaseId::new(deployment.definition.clone()),
                version: seen.words(&deployment.definition, container),
                replicas,
                ready: deployment.running,
                share: None,
            }),
            None => {}
        }
    }
    let ready: u32 = running.iter().map(|arm| arm.ready).sum();
    // Only where traffic follows the tasks do their numbers tell its share.
    if seen.service.moves == Moves::Rolling && ready > 0 {
        for arm in &mut running {
            arm.share = Some(f64::from(arm.ready) / f64::from(ready));
        }
    }
    for arm in &mut running {
        let weights: Vec<f64> = seen
            .service
            .deployments
            .iter()
            .filter(|one| one.definition == arm.release.as_str())
            .filter_map(|one| one.weight)
            .collect();
        if !weights.is_empty() {
            arm.share = Some(weights.iter().sum::<f64>() / 100.0);
        }
    }
    Survey { at: seen.at, rollout: rollout(seen), running }
}

/// Whether anything moves. Pure.
pub(super) fn rollout(seen: &Seen) -> RolloutState {
    let service = &seen.service;
    match &service.controller {
        Controller::Ecs => {}
        Controller::CodeDeploy => {
            if let Some(Err(why)) = &seen.moving {
                let why = format!("CodeDeploy moves this service and could not be read: {why}");
                return RolloutState::Unknown { why };
            }
        }
        Controller::External | Controller::Unknown(_) => {
            let why = format!("{}, and what it does is not looked at here", moved_by(seen));
            return RolloutState::Unknown { why };
        }
    }
    let Some(primary) = service.primary() else {
        return RolloutState::Unknown { why: "the service has no primary deployment".to_owned() };
    };
    // A set without traffic stands by.
    let others = service.deployments.iter().any(|one| {
        !one.is_primary
            && one.definition != primary.definition
            && one.running + one.pending > 0
            && one.weight != Some(0.0)
    });
    match primary.progress {
        Progress::Failed => RolloutState::Stuck { why: failed(&primary.reason) },
        Progress::Open => RolloutState::Progressing,
        Progress::Completed if others => RolloutState::Progressing,
        Progress::Unsaid if others || primary.running != primary.desired => {
            RolloutState::Progressing
        }
        Progress::Completed | Progress::Unsaid => RolloutState::Settled,
    }
}

fn failed(reason: &str) -> String {
    let reason = if reason.is_empty() { "ECS gave no reason" } else { reason };
    format!("ECS gave the rollout up: {reason}")
}

/// Who moves the service, in words.
pub(super) fn moved_by(seen: &Seen) -> String {
    match &seen.service.controller {
        Controller::Ecs => "ECS moves this service".to_owned(),
        Controller::CodeDeploy => "CodeDeploy moves this service".to_owned(),
        Controller::External => "another controller moves this service by task sets".to_owned(),
        Controller::Unknown(other) => format!("{other} moves this service"),
    }
}

impl Ecs {
    pub(super) async fn answers(&self) -> Result<Vec<ReplicaAnswer>, Refusal> {
        let seen = self.seen().await?;
        let tasks = self.tasks().await;
        let tasks = tasks.map_err(|failure| failure.refusal(&self.name()))?;
        let mut answers = join_all(tasks.iter().map(|task| self.asked(task, &seen))).await;
        answers.sort_by(|a, b| a.replica.cmp(&b.replica));
        Ok(answers)
    }

    /// What one task runs: as ECS says, and as it answers itself where the catalog says
    /// how to ask.
    async fn asked(&self, task: &Task, seen: &Seen) -> ReplicaAnswer {
        let mut answer = answer(task, seen, self.container());
        if let Some((how, ask)) = &self.versions
            && answer.doubt.is_none()
        {
            let asked = match address(task) {
                None => Err("ECS tells no address of it".to_owned()),
                Some(address) => {
                    let url = how
                        .url
                        .replace("{{ replica.address }}", address)
                        .replace("{{ replica.name }}", &answer.replica);
                    match tokio::time::timeout(ASK, ask.version(&url, &how.read)).await {
                        Ok(asked) => asked,
                        Err(_) => Err(format!("no answer within {} s", ASK.as_secs())),
                    }
                }
            };
            match asked {
                Ok(version) => answer.version = Some(version),
                Err(why) => {
                    answer.version = None;
                    answer.doubt = Some(why);
                }
            }
        }
        answer
    }
}

/// What ECS says of one task. A revision never changes and a running container is held to
/// its digest, so that both together are proof of what runs; a digest that is not the one
/// that the release is recorded with is a doubt. Pure.
pub(super) fn answer(task: &Task, seen: &Seen, container: Option<&str>) -> ReplicaAnswer {
    let name = task.task_definition_arn().map_or("", reply::short);
    let definition = seen.definition(name);
    let wanted = definition.and_then(|found| found.container(container)).map(|one| &one.name);
    let runs = task
        .containers()
        .iter()
        .find(|one| wanted.is_none_or(|wanted| one.name() == Some(wanted.as_str())));
    let digest = runs.and_then(|one| one.image_digest());
    let image = runs.and_then(|one| one.image()).unwrap_or_default();
    let status = task.last_status().unwrap_or("unknown");
    let is_unwell = task.health_status().is_some_and(|health| health.as_str() == "UNHEALTHY");
    ReplicaAnswer {
        replica: task.task_arn().map_or("", reply::short).to_owned(),
        ready: status == "RUNNING" && task.desired_status() == Some("RUNNING") && !is_unwell,
        artifact: digest
            .map(|digest| format!("{}@{digest}", image.split('@').next().unwrap_or(image))),
        version: definition.map(|found| found.version(container)),
        doubt: doubt(name, definition, digest, status),
        restarted_at: None,
    }
}

fn doubt(
    name: &str,
    definition: Option<&Definition>,
    digest: Option<&str>,
    status: &str,
) -> Option<String> {
    if status != "RUNNING" {
        return Some(format!("it is {}", status.to_ascii_lowercase()));
    }
    let Some(definition) = definition else {
        return Some(format!("it runs {name}, which no deployment of the service has"));
    };
    let recorded = definition.metadata().metadata.digest.as_option().cloned();
    match (recorded, digest) {
        (Some(recorded), Some(found)) if recorded != found => {
            Some(format!("it runs {found}, and {name} is recorded with {recorded}"))
        }
        (Some(recorded), None) => {
            Some(format!("ECS does not say which image it runs; {recorded} is recorded"))
        }
        (Some(_), Some(_)) | (None, _) => None,
    }
}

/// The private address of a task with a network interface of its own.
fn address(task: &Task) -> Option<&str> {
    let mut of_containers =
        task.containers().iter().flat_map(aws_sdk_ecs::types::Container::network_interfaces);
    of_containers.find_map(|one| one.private_ipv4_address())
}
