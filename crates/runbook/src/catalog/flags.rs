//! How flag systems are reached, and where a place's flags are kept.

use std::collections::BTreeMap;

use lastgood_core::catalog::{Connection, FlagsAt, LaunchDarklyConnection, UnleashConnection};
use lastgood_core::name::{ConnectionName, EnvironmentName, FlagName};

use super::{Unreadable, shape};
use crate::code::Code;
use crate::finding::Report;
use crate::nearest::did_you_mean;
use crate::tree::At;

pub(super) fn unleash(at: &At<'_>) -> Option<Connection> {
    Some(Connection::Unleash(UnleashConnection {
        url: at.text("url")?,
        project: at.text("project").unwrap_or_else(|| shape::DEFAULT_PROJECT.to_owned()),
        secret: at.text("secret")?,
    }))
}

pub(super) fn launchdarkly(at: &At<'_>) -> Option<Connection> {
    Some(Connection::LaunchDarkly(LaunchDarklyConnection {
        url: at.text("url").unwrap_or_else(|| shape::LAUNCHDARKLY_URL.to_owned()),
        project: at.text("project")?,
        secret: at.text("secret")?,
    }))
}

/// `flags:` of an environment: the name of a connection, or that and more.
pub(super) fn flags(
    environment: &At<'_>,
    name: &EnvironmentName,
    connections: &BTreeMap<ConnectionName, Connection>,
    report: &mut Report,
) -> Result<Option<FlagsAt>, Unreadable> {
    let Some(at) = environment.get("flags") else { return Ok(None) };
    read(&at, name, connections, report).map(Some).ok_or(Unreadable)
}

fn read(
    at: &At<'_>,
    environment: &EnvironmentName,
    connections: &BTreeMap<ConnectionName, Connection>,
    report: &mut Report,
) -> Option<FlagsAt> {
    let written = if at.scalar().is_some() { at.clone() } else { at.get("connection")? };
    let name = written.scalar()?;
    let systems = || {
        connections.iter().filter_map(|(name, connection)| match connection {
            Connection::Unleash(_) | Connection::LaunchDarkly(_) => Some(name.as_str()),
            Connection::Prometheus(_) | Connection::Registry(_) | Connection::Github(_) => None,
        })
    };
    if !systems().any(|known| known == name) {
        let suggestion = did_you_mean(name, systems(), "connections")
            .unwrap_or_else(|| "add it under `connections:`".to_owned());
        let message = format!("there is no connection `{name}` to a flag system");
        report.error_with(Code::UnknownConnection, &written, message, suggestion);
        return None;
    }
    Some(FlagsAt {
        connection: name.into(),
        environment: at.text("environment").unwrap_or_else(|| environment.to_string()),
        only: at
            .get("only")
            .iter()
            .flat_map(At::items)
            .map(|flag| flag.scalar().map(FlagName::new))
            .collect::<Option<_>>()?,
    })
}
