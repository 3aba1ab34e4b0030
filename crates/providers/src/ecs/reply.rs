//! What the answers of ECS mean. Pure.

use std::collections::BTreeMap;

use aws_sdk_ecs::primitives::DateTime;
use aws_sdk_ecs::types::{
    ContainerDefinition, Deployment as FoundDeployment, Service as FoundService,
    ServiceDeploymentBrief, ServiceRevision, Tag, TaskDefinition, TaskSet as FoundSet,
};
use jiff::Timestamp;

use super::objects::{
    Breaker, Container, Controller, Definition, Deployment, Going, Moves, Progress, Revision,
    Service, TaskSet,
};

fn count(number: i32) -> u32 {
    u32::try_from(number).unwrap_or(0)
}

fn time(at: Option<&DateTime>) -> Option<Timestamp> {
    Timestamp::from_millisecond(at?.to_millis().ok()?).ok()
}

/// `checkout:7` of `arn:aws:ecs:…:task-definition/checkout:7`.
pub(super) fn short(definition: &str) -> &str {
    definition.rsplit('/').next().unwrap_or(definition)
}

fn tags(found: &[Tag]) -> BTreeMap<String, String> {
    let texts = found.iter().filter_map(|tag| Some((tag.key()?, tag.value().unwrap_or_default())));
    texts.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

/// A service, when the answer says enough of it.
pub(super) fn service(found: &FoundService) -> Option<Service> {
    let controller = found.deployment_controller().map(|one| one.r#type().as_str());
    let configured = found.deployment_configuration();
    let strategy = configured
        .and_then(|one| one.strategy())
        .map(aws_sdk_ecs::types::DeploymentStrategy::as_str);
    let breaker = configured.and_then(|one| one.deployment_circuit_breaker());
    let mut deployments: Vec<Deployment> =
        found.deployments().iter().filter_map(deployment).collect();
    deployments.sort_by_key(|one| !one.is_primary);
    Some(Service {
        arn: found.service_arn()?.to_owned(),
        status: found.status()?.to_owned(),
        desired: count(found.desired_count()),
        controller: match controller {
            None | Some("ECS") => Controller::Ecs,
            Some("CODE_DEPLOY") => Controller::CodeDeploy,
            Some("EXTERNAL") => Controller::External,
            Some(other) => Controller::Unknown(other.to_owned()),
        },
        moves: match strategy {
            _ if controller == Some("CODE_DEPLOY") => Moves::TwoSets("blue-green".to_owned()),
            None | Some("ROLLING") => Moves::Rolling,
            Some(other) => Moves::TwoSets(other.to_ascii_lowercase().replace('_', "-")),
        },
        breaker: match breaker.map(|one| (one.enable(), one.rollback())) {
            None | Some((false, _)) => Breaker::Off,
            Some((true, false)) => Breaker::Stops,
            Some((true, true)) => Breaker::RollsBack,
        },
        deployments,
        sets: found.task_sets().iter().filter_map(set).collect(),
        tags: tags(found.tags()),
    })
}

fn set(found: &FoundSet) -> Option<TaskSet> {
    let steady = found.stability_status().map(aws_sdk_ecs::types::StabilityStatus::as_str);
    Some(TaskSet {
        id: found.id()?.to_owned(),
        deployment: found.external_id().filter(|id| id.starts_with("d-")).map(str::to_owned),
        is_primary: found.status() == Some("PRIMARY"),
        definition: short(found.task_definition()?).to_owned(),
        desired: count(found.computed_desired_count()),
        running: count(found.running_count()),
        pending: count(found.pending_count()),
        is_steady: steady == Some("STEADY_STATE"),
    })
}

fn deployment(found: &FoundDeployment) -> Option<Deployment> {
    let progress =
        match found.rollout_state().map(aws_sdk_ecs::types::DeploymentRolloutState::as_str) {
            Some("IN_PROGRESS") => Progress::Open,
            Some("COMPLETED") => Progress::Completed,
            Some("FAILED") => Progress::Failed,
            Some(_) | None => Progress::Unsaid,
        };
    Some(Deployment {
        id: found.id()?.to_owned(),
        is_primary: found.status() == Some("PRIMARY"),
        definition: short(found.task_definition()?).to_owned(),
        desired: count(found.desired_count()),
        running: count(found.running_count()),
        pending: count(found.pending_count()),
        failed: count(found.failed_tasks()),
        progress,
        reason: found.rollout_state_reason().unwrap_or_default().to_owned(),
        weight: None,
    })
}

/// A task definition, when the answer says enough of it.
pub(super) fn definition(found: &TaskDefinition, with: &[Tag]) -> Option<Definition> {
    let platform = found.runtime_platform();
    let machine = platform
        .and_then(|one| one.cpu_architecture())
        .map(aws_sdk_ecs::types::CpuArchitecture::as_str);
    let system = platform
        .and_then(|one| one.operating_system_family())
        .map(aws_sdk_ecs::types::OsFamily::as_str);
    let is_windows = system.is_some_and(|system| system.starts_with("WINDOWS"));
    Some(Definition {
        arn: found.task_definition_arn()?.to_owned(),
        name: short(found.task_definition_arn()?).to_owned(),
        is_active: found.status().is_some_and(|status| status.as_str() == "ACTIVE"),
        containers: found.container_definitions().iter().map(container).collect(),
        tags: tags(with),
        registered: time(found.registered_at()),
        machine: (
            if is_windows { "windows" } else { "linux" }.to_owned(),
            if machine == Some("ARM64") { "arm64" } else { "amd64" }.to_owned(),
        ),
        settings: settings(found),
    })
}

fn container(found: &ContainerDefinition) -> Container {
    Container {
        name: found.name().unwrap_or_default().to_owned(),
        image: found.image().unwrap_or_default().to_owned(),
        // ECS takes a container that does not say so for an essential one.
        is_essential: found.essential().unwrap_or(true),
        secrets: found.secrets().iter().map(|one| one.value_from().to_owned()).collect(),
    }
}

/// Of variables only their names: their values may be secrets.
fn settings(found: &TaskDefinition) -> BTreeMap<String, String> {
    let mut settings = BTreeMap::new();
    let mut put = |name: String, value: Option<&str>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            settings.insert(name, value.to_owned());
        }
    };
    put("cpu".to_owned(), found.cpu());
    put("memory".to_owned(), found.memory());
    put("task role".to_owned(), found.task_role_arn());
    put("execution role".to_owned(), found.execution_role_arn());
    for one in found.container_definitions() {
        let name = one.name().unwrap_or_default();
        put(format!("image of {name}"), one.image());
        put(format!("command of {name}"), Some(&one.command().join(" ")));
        for variable in one.environment().iter().filter_map(|pair| pair.name()) {
            put(format!("variable {variable} of {name}"), Some("set"));
        }
        for secret in one.secrets() {
            put(format!("secret {} of {name}", secret.name()), Some(secret.value_from()));
        }
    }
    settings
}

pub(super) fn going(found: &ServiceDeploymentBrief) -> Option<Going> {
    let reason = found.status_reason().unwrap_or_default();
    Some(Going {
        by_itself: reason.contains("circuit breaker") || reason.contains("alarm"),
        arn: found.service_deployment_arn()?.to_owned(),
        status: found.status()?.as_str().to_owned(),
        reason: reason.to_owned(),
        revision: found.target_service_revision_arn().unwrap_or_default().to_owned(),
        began: time(found.started_at()).or_else(|| time(found.created_at())),
        ended: time(found.finished_at()),
    })
}

/// A service revision by its ARN.
pub(super) fn revision(found: &ServiceRevision) -> Option<(String, Revision)> {
    let digests = found
        .container_images()
        .iter()
        .filter_map(|image| {
            Some((image.container_name()?.to_owned(), image.image_digest()?.to_owned()))
        })
        .collect();
    let definition = short(found.task_definition()?).to_owned();
    Some((found.service_revision_arn()?.to_owned(), Revision { definition, digests }))
}
