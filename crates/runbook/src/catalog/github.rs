//! How GitHub is reached, and where it records a place's releases.

use std::collections::BTreeMap;

use lastgood_core::catalog::{Connection, GithubConnection, GithubLogin, GithubReleases};
use lastgood_core::name::{ConnectionName, EnvironmentName};

use super::Unreadable;
use crate::address;
use crate::code::Code;
use crate::finding::Report;
use crate::nearest::did_you_mean;
use crate::tree::At;

/// `github:` of a connection: with a token, as an app, or as whoever `gh` is.
pub(super) fn connection(at: &At<'_>, report: &mut Report) -> Option<Connection> {
    if let Some(url) = at.get("url")
        && url.scalar().is_some_and(address::is_open)
    {
        report.error_with(
            Code::SecretUnguarded,
            &url,
            "the login would be sent there without encryption, for everybody on the way to read",
            "write `https://`".to_owned(),
        );
    }
    let secret = at.text("secret");
    let gh = match at.get("gh-login") {
        Some(_) => at.flag("gh-login")?,
        None => false,
    };
    let login = match (at.get("app"), secret, gh) {
        (None, Some(secret), false) => GithubLogin::Token { secret },
        (None, None, true) => GithubLogin::Gh,
        (Some(app), Some(secret), false) => GithubLogin::App {
            id: app.whole("id")?,
            installation: app.whole("installation")?,
            secret,
        },
        (Some(app), _, true) => {
            let message = "`app` and `gh-login: true` are two ways to log in";
            report.error_with(Code::ChoiceTwice, &app, message, "keep one of them".to_owned());
            return None;
        }
        (None, Some(_), true) => {
            let secret = at.get("secret")?;
            let message = "`secret` and `gh-login: true` are two ways to log in";
            report.error_with(Code::ChoiceTwice, &secret, message, "keep one of them".to_owned());
            return None;
        }
        (app, None, false) => {
            let wanted = if app.is_some() {
                "add `secret:` with the name of the app's private key in the vault"
            } else {
                "add `secret:` with the name of a token in the vault, or `gh-login: true`"
            };
            let message = "nothing says how to log in to GitHub";
            report.error_with(Code::ChoiceMissing, at, message, wanted.to_owned());
            return None;
        }
    };
    Some(Connection::Github(GithubConnection { url: at.text("url"), login }))
}

/// `releases: { github: … }` of an environment, if it has any.
pub(super) fn releases(
    at: &At<'_>,
    environment: &EnvironmentName,
    connections: &BTreeMap<ConnectionName, Connection>,
    report: &mut Report,
) -> Result<Option<GithubReleases>, Unreadable> {
    let Some(at) = at.find(&["releases", "github"]) else { return Ok(None) };
    read(&at, environment, connections, report).map(Some).ok_or(Unreadable)
}

fn read(
    at: &At<'_>,
    environment: &EnvironmentName,
    connections: &BTreeMap<ConnectionName, Connection>,
    report: &mut Report,
) -> Option<GithubReleases> {
    let written = at.get("repository")?;
    let repository = written.scalar()?.to_owned();
    if !is_repository(&repository) {
        let message = format!("`{repository}` is no repository");
        let suggestion = "write it as `owner/name`, such as `acme/checkout`".to_owned();
        report.error_with(Code::InvalidName, &written, message, suggestion);
        return None;
    }
    Some(GithubReleases {
        connection: connection_of(at, connections, report)?,
        repository,
        environment: at.text("environment").unwrap_or_else(|| environment.to_string()),
    })
}

/// The connection that is named, or the only one there is.
fn connection_of(
    at: &At<'_>,
    connections: &BTreeMap<ConnectionName, Connection>,
    report: &mut Report,
) -> Option<ConnectionName> {
    let names: Vec<&ConnectionName> = connections
        .iter()
        .filter_map(|(name, connection)| match connection {
            Connection::Github(_) => Some(name),
            Connection::Prometheus(_)
            | Connection::Registry(_)
            | Connection::Unleash(_)
            | Connection::LaunchDarkly(_) => None,
        })
        .collect();
    if let Some(written) = at.get("connection") {
        let name = written.scalar()?;
        if let Some(found) = names.iter().find(|known| known.as_str() == name) {
            return Some((*found).clone());
        }
        let known: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
        let suggestion = did_you_mean(name, known, "connections")
            .unwrap_or_else(|| "add it under `connections:`".to_owned());
        let message = format!("there is no connection `{name}` to GitHub");
        report.error_with(Code::UnknownConnection, &written, message, suggestion);
        return None;
    }
    match names[..] {
        [only] => Some(only.clone()),
        [] => {
            report.error_with(
                Code::NoConnection,
                at,
                "releases are recorded on GitHub, and no connection leads there",
                "add `connections: { github: { github: { secret: … } } }`".to_owned(),
            );
            None
        }
        [_, _, ..] => {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            report.error_with(
                Code::AmbiguousConnection,
                at,
                format!("{} could be the one that leads there", names.join(" or ")),
                "say which one with `connection:`".to_owned(),
            );
            None
        }
    }
}

/// `owner/name`, with the characters that GitHub takes.
fn is_repository(text: &str) -> bool {
    let fits = |part: &str| {
        !part.is_empty()
            && part != "."
            && part != ".."
            && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
    };
    text.split_once('/').is_some_and(|(owner, name)| fits(owner) && fits(name))
}
