//! What Lambda's answers mean. Pure.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_lambda::operation::get_alias::GetAliasOutput;
use aws_sdk_lambda::operation::get_function_configuration::GetFunctionConfigurationOutput;
use aws_sdk_lambda::operation::get_provisioned_concurrency_config::GetProvisionedConcurrencyConfigOutput;
use aws_sdk_lambda::operation::update_alias::UpdateAliasOutput;
use aws_sdk_lambda::types::{
    AliasRoutingConfiguration, Architecture, FunctionConfiguration, Layer, PackageType,
};
use jiff::Timestamp;

use super::objects::{Alias, LATEST, Provisioned, Readiness, Routing, Version};
use crate::aws::Failure;

/// An answer that says less than it must.
fn incomplete(action: &'static str, what: &str) -> Failure {
    Failure::Unreadable { action, status: 200, why: format!("it has no {what}") }
}

pub(super) fn alias(found: &GetAliasOutput) -> Result<Alias, Failure> {
    let action = "lambda:GetAlias";
    let primary = found.function_version().ok_or_else(|| incomplete(action, "version"))?;
    let revision = found.revision_id().ok_or_else(|| incomplete(action, "revision"))?;
    let routing = routing(action, primary, found.routing_config())?;
    Ok(Alias {
        arn: found.alias_arn().ok_or_else(|| incomplete(action, "ARN"))?.to_owned(),
        routing,
        description: found.description().unwrap_or_default().to_owned(),
        revision: revision.to_owned(),
    })
}

/// After a change an answer that says less than it must leaves the outcome open.
pub(super) fn updated(found: &UpdateAliasOutput) -> Result<Alias, Failure> {
    let action = "lambda:UpdateAlias";
    let primary = found.function_version().ok_or_else(|| incomplete(action, "version"))?;
    let revision = found.revision_id().ok_or_else(|| incomplete(action, "revision"))?;
    Ok(Alias {
        arn: found.alias_arn().unwrap_or_default().to_owned(),
        routing: routing(action, primary, found.routing_config())?,
        description: found.description().unwrap_or_default().to_owned(),
        revision: revision.to_owned(),
    })
}

fn routing(
    action: &'static str,
    primary: &str,
    config: Option<&AliasRoutingConfiguration>,
) -> Result<Routing, Failure> {
    let none = HashMap::new();
    let weights = config.and_then(|config| config.additional_version_weights()).unwrap_or(&none);
    let mut others: Vec<(String, f64)> = weights
        .iter()
        .filter(|(_, share)| **share > 0.0)
        .map(|(version, share)| (version.clone(), *share))
        .collect();
    let canary = others.pop();
    if !others.is_empty() || canary.as_ref().is_some_and(|(_, share)| *share > 1.0) {
        let why = "its weights are not those of two versions".to_owned();
        return Err(Failure::Unreadable { action, status: 200, why });
    }
    Ok(Routing { primary: primary.to_owned(), canary })
}

pub(super) fn provisioned(found: &GetProvisionedConcurrencyConfigOutput) -> Provisioned {
    let count = |number: Option<i32>| u32::try_from(number.unwrap_or(0)).unwrap_or(0);
    let status =
        match found.status().map(aws_sdk_lambda::types::ProvisionedConcurrencyStatusEnum::as_str) {
            Some("READY") => Readiness::Ready,
            Some("IN_PROGRESS") => Readiness::InProgress,
            Some("FAILED") => Readiness::Failed {
                why: found.status_reason().unwrap_or("Lambda gave no reason").to_owned(),
            },
            other => Readiness::Unknown { status: other.unwrap_or("nothing").to_owned() },
        };
    Provisioned::Is {
        requested: count(found.requested_provisioned_concurrent_executions()),
        available: count(found.available_provisioned_concurrent_executions()),
        status,
    }
}

/// A published version of a list; `$LATEST` is none.
pub(super) fn version(found: &FunctionConfiguration) -> Option<Version> {
    let number = found.version().filter(|number| *number != LATEST)?;
    Some(Version {
        number: number.to_owned(),
        description: found.description().unwrap_or_default().to_owned(),
        published: found.last_modified().and_then(time),
        code: found.code_sha256().unwrap_or_default().to_owned(),
        state: found.state().map_or_else(String::new, |state| state.as_str().to_owned()),
        state_reason: found.state_reason().unwrap_or_default().to_owned(),
        is_image: found.package_type() == Some(&PackageType::Image),
        architectures: names(found.architectures()),
        settings: settings(&Settings {
            runtime: found.runtime().map(aws_sdk_lambda::types::Runtime::as_str),
            handler: found.handler(),
            role: found.role(),
            memory: found.memory_size(),
            timeout: found.timeout(),
            layers: found.layers(),
            variables: found.environment().and_then(|found| found.variables()),
        }),
    })
}

pub(super) fn version_of(found: &GetFunctionConfigurationOutput) -> Result<Version, Failure> {
    let number =
        found.version().ok_or_else(|| incomplete("lambda:GetFunctionConfiguration", "version"))?;
    Ok(Version {
        number: number.to_owned(),
        description: found.description().unwrap_or_default().to_owned(),
        published: found.last_modified().and_then(time),
        code: found.code_sha256().unwrap_or_default().to_owned(),
        state: found.state().map_or_else(String::new, |state| state.as_str().to_owned()),
        state_reason: found.state_reason().unwrap_or_default().to_owned(),
        is_image: found.package_type() == Some(&PackageType::Image),
        architectures: names(found.architectures()),
        settings: settings(&Settings {
            runtime: found.runtime().map(aws_sdk_lambda::types::Runtime::as_str),
            handler: found.handler(),
            role: found.role(),
            memory: found.memory_size(),
            timeout: found.timeout(),
            layers: found.layers(),
            variables: found.environment().and_then(|found| found.variables()),
        }),
    })
}

fn names(found: &[Architecture]) -> Vec<String> {
    found.iter().map(|one| one.as_str().to_owned()).collect()
}

/// The parts of both answers that describe a version.
struct Settings<'a> {
    runtime: Option<&'a str>,
    handler: Option<&'a str>,
    role: Option<&'a str>,
    memory: Option<i32>,
    timeout: Option<i32>,
    layers: &'a [Layer],
    variables: Option<&'a HashMap<String, String>>,
}

/// Of variables only their names: their values may be secrets.
fn settings(of: &Settings<'_>) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut put = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            found.insert(name.to_owned(), value);
        }
    };
    put("runtime", of.runtime.map(str::to_owned));
    put("handler", of.handler.map(str::to_owned));
    put("role", of.role.map(str::to_owned));
    put("memory", of.memory.map(|size| format!("{size} MB")));
    put("timeout", of.timeout.map(|seconds| format!("{seconds} s")));
    let layers: Vec<&str> = of.layers.iter().filter_map(|layer| layer.arn()).collect();
    put("layers", Some(layers.join(", ")));
    for name in of.variables.into_iter().flat_map(HashMap::keys) {
        put(&format!("variable {name}"), Some("set".to_owned()));
    }
    found
}

/// Lambda writes `2026-11-26T01:45:23.123+0000`, which has no colon in its offset.
pub(super) fn time(text: &str) -> Option<Timestamp> {
    let usual = text.strip_suffix("+0000").map(|time| format!("{time}Z"));
    usual.as_deref().unwrap_or(text).parse().ok()
}
