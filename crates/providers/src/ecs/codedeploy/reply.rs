//! What the answers of `CodeDeploy` mean. Pure.

use std::collections::BTreeMap;

use aws_sdk_codedeploy::primitives::DateTime;
use aws_sdk_codedeploy::types::{
    DeploymentCreator, DeploymentInfo, DeploymentTarget, EcsTarget, RevisionLocation,
};
use jiff::Timestamp;

use super::objects::{Group, Roll, Spec};

fn time(at: Option<&DateTime>) -> Option<Timestamp> {
    Timestamp::from_millisecond(at?.to_millis().ok()?).ok()
}

/// A deployment, when the answer says enough of it.
pub(super) fn roll(found: &DeploymentInfo) -> Option<Roll> {
    let group = found.application_name().zip(found.deployment_group_name());
    let error = found.error_information();
    let back = found.rollback_info();
    let said = error.and_then(|error| error.message()).or_else(|| {
        let message = back.and_then(|back| back.rollback_message());
        message.filter(|message| !message.is_empty())
    });
    Some(Roll {
        id: found.deployment_id()?.to_owned(),
        group: group.map(|(application, name)| Group {
            application: application.to_owned(),
            name: name.to_owned(),
        }),
        status: found.status()?.as_str().to_owned(),
        spec: found.revision().map_or(Spec::Elsewhere, spec),
        began: time(found.create_time()),
        ended: time(found.complete_time()),
        goes_back: found.creator() == Some(&DeploymentCreator::CodeDeployRollback),
        description: found.description().unwrap_or_default().to_owned(),
        reason: said.unwrap_or_default().to_owned(),
        taken_back_by: back.and_then(|back| back.rollback_deployment_id()).map(str::to_owned),
    })
}

/// A deployment says the digest of its `AppSpec` and never the text; that is asked for apart.
fn spec(found: &RevisionLocation) -> Spec {
    let sha256 = found.app_spec_content().and_then(|content| content.sha256());
    sha256.map_or(Spec::Elsewhere, |sha256| Spec::Kept { sha256: sha256.to_owned(), text: None })
}

/// Percent of the traffic by task set.
pub(super) fn weights(found: &DeploymentTarget) -> BTreeMap<String, f64> {
    let sets = found.ecs_target().map(EcsTarget::task_sets_info).unwrap_or_default();
    sets.iter()
        .filter_map(|set| Some((set.identifer()?.to_owned(), set.traffic_weight())))
        .collect()
}
