//! The systems besides the platform that a workspace may ask.

use serde::{Deserialize, Serialize};

use super::{PrometheusConnection, RegistryConnection};

/// A system to ask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Connection {
    /// A Prometheus server or anything that answers its query API.
    Prometheus(PrometheusConnection),
    /// A registry that holds images.
    Registry(RegistryConnection),
    /// GitHub, or a GitHub Enterprise Server.
    Github(GithubConnection),
    /// An Unleash server that keeps feature flags.
    Unleash(UnleashConnection),
    /// A `LaunchDarkly` project that keeps feature flags.
    LaunchDarkly(LaunchDarklyConnection),
}

/// How to reach an Unleash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnleashConnection {
    /// The base address, without `/api`.
    pub url: String,
    /// The project that the flags are in.
    pub project: String,
    /// The name of the token in the vault. It needs to read the project's flags and events
    /// and, to switch them, to update feature environments.
    pub secret: String,
}

/// How to reach a `LaunchDarkly`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunchDarklyConnection {
    /// The base address, without `/api`.
    pub url: String,
    /// The project's key.
    pub project: String,
    /// The name of the access token in the vault. It needs to read flags and the audit log
    /// and, to switch flags, `updateOn`.
    pub secret: String,
}

/// How to reach GitHub.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GithubConnection {
    /// The address of a GitHub Enterprise Server; github.com when absent.
    pub url: Option<String>,
    /// As whom.
    pub login: GithubLogin,
}

/// As whom GitHub is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GithubLogin {
    /// As whoever a token belongs to.
    Token {
        /// The name of the token in the vault.
        secret: String,
    },
    /// As an installation of a GitHub App.
    App {
        /// The app's id.
        id: u64,
        /// The id of its installation.
        installation: u64,
        /// The name of the app's private key in the vault.
        secret: String,
    },
    /// As whoever the command line tool `gh` is logged in as on this machine.
    Gh,
}
