//! Which secrets a catalog names, and what each is for.

use std::collections::BTreeMap;

use super::{Catalog, Connection, GithubLogin, Platform};

impl Catalog {
    /// What uses each secret, in words, by the secret's name in the vault.
    #[must_use]
    pub fn secrets(&self) -> BTreeMap<&str, Vec<String>> {
        let mut all: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        let mut used = |name, by: String| {
            let users = all.entry(name).or_default();
            if !users.contains(&by) {
                users.push(by);
            }
        };
        for (name, connection) in &self.connections {
            if let Some(secret) = connection.secret() {
                used(secret, format!("connection {name}"));
            }
        }
        for (place, environment) in self.places() {
            let access = match &environment.platform {
                Platform::Ecs(at) => Some(&at.access),
                Platform::Lambda(at) => Some(&at.access),
                Platform::Practice | Platform::Kubernetes(_) => None,
            };
            if let Some(secret) = access.and_then(|access| access.secret.as_deref()) {
                used(secret, format!("AWS account of {place}"));
            }
            if let Some(schema) = &environment.schema {
                used(&schema.secret, format!("database of {place}"));
            }
        }
        all
    }
}

impl Connection {
    /// The name of its secret in the vault, where it has one.
    #[must_use]
    pub fn secret(&self) -> Option<&str> {
        match self {
            Self::Prometheus(one) => one.secret.as_deref(),
            Self::Registry(one) => one.secret.as_deref(),
            Self::Github(one) => match &one.login {
                GithubLogin::Token { secret } | GithubLogin::App { secret, .. } => Some(secret),
                GithubLogin::Gh => None,
            },
            Self::Unleash(one) => Some(&one.secret),
            Self::LaunchDarkly(one) => Some(&one.secret),
        }
    }
}
