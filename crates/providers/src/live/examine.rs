//! Looks at everything that the catalog connects to: its connections, the clusters and the
//! accounts of its places. All at the same time, each within one limit.

use std::collections::BTreeSet;
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use lastgood_core::catalog::{AwsAccess, Connection, GithubLogin, KubernetesPlace, Platform};
use lastgood_core::examination::{Examination, Subject, findings};
use lastgood_core::name::ConnectionName;
use lastgood_core::ports::Examiner;
use lastgood_core::secret::Secret;

use super::{Finding, Grade, LiveWorld, Refusal, async_trait, join_all};

/// One system, from its secret to its last answer. A person waits for the slowest.
const LIMIT: Duration = Duration::from_secs(15);

#[async_trait]
impl Examiner for LiveWorld {
    async fn examine(&self) -> Vec<Finding> {
        let mut looks: Vec<BoxFuture<'_, Vec<Finding>>> = Vec::new();
        for (name, connection) in &self.catalog.connections {
            looks.push(self.connection(name, connection).boxed());
        }
        let (clusters, accounts) = self.platforms_once();
        for place in clusters {
            looks.push(cluster(place).boxed());
        }
        for access in accounts {
            looks.push(self.account(access).boxed());
        }
        join_all(looks).await.into_iter().flatten().collect()
    }
}

impl LiveWorld {
    async fn connection(&self, name: &ConnectionName, connection: &Connection) -> Vec<Finding> {
        let subject = Subject { name: format!("connection {name}"), renew: renew(connection) };
        let secret = match connection.secret() {
            None => None,
            Some(secret) => match self.vault.secret(secret).await {
                Ok(secret) => Some(secret),
                Err(_) => return vec![without_secret(&subject, secret)],
            },
        };
        within(&subject, self.asked(name, connection, secret)).await
    }

    async fn asked(
        &self,
        name: &ConnectionName,
        connection: &Connection,
        secret: Option<Secret<String>>,
    ) -> Result<Examination, Refusal> {
        let none = || Refusal::Unauthorised { system: format!("connection {name}") };
        match connection {
            #[cfg(feature = "prometheus")]
            Connection::Prometheus(one) => {
                let refused = crate::prometheus::Failure::refusal;
                let prometheus =
                    crate::prometheus::Prometheus::new(one, secret).map_err(refused)?;
                prometheus.examine().await.map_err(refused)
            }
            #[cfg(feature = "registry")]
            Connection::Registry(one) => {
                let host = if one.host == "docker.io" { "registry-1.docker.io" } else { &one.host };
                let registry = crate::registry::Registry::new(host, Some(one), secret)
                    .map_err(|failure| failure.refusal(&one.host))?;
                registry.examine().await.map_err(|failure| failure.refusal(&one.host))
            }
            #[cfg(feature = "github")]
            Connection::Github(one) => {
                let read = self.read_on_github(name);
                let refused = crate::github::Failure::refusal;
                let github = self.github(name).await.map_err(refused)?;
                github.examine(&one.login, &read).await.map_err(refused)
            }
            #[cfg(feature = "flags")]
            Connection::Unleash(one) => {
                let secret = secret.ok_or_else(none)?;
                crate::flags::unleash::Unleash::new(one, secret)?.examine().await
            }
            #[cfg(feature = "flags")]
            Connection::LaunchDarkly(one) => {
                let secret = secret.ok_or_else(none)?;
                crate::flags::launchdarkly::LaunchDarkly::new(one, secret)?.examine().await
            }
            #[cfg(not(all(
                feature = "prometheus",
                feature = "registry",
                feature = "github",
                feature = "flags"
            )))]
            _ => {
                let _ = (none, secret);
                Err(super::not_built(name.as_str()))
            }
        }
    }

    /// The repositories that the catalog reads there, each with one of its environments.
    #[cfg(feature = "github")]
    fn read_on_github(&self, connection: &ConnectionName) -> Vec<(String, String)> {
        let releases = self.catalog.places().filter_map(|(_, settings)| settings.releases.as_ref());
        let mut read: Vec<(String, String)> = Vec::new();
        for at in releases.filter(|at| at.connection == *connection) {
            if !read.iter().any(|(repository, _)| *repository == at.repository) {
                read.push((at.repository.clone(), at.environment.clone()));
            }
        }
        read
    }

    /// Each cluster and each account that places are in, once.
    fn platforms_once(&self) -> (Vec<&KubernetesPlace>, Vec<&AwsAccess>) {
        let (mut clusters, mut accounts): (Vec<&KubernetesPlace>, Vec<&AwsAccess>) =
            (Vec::new(), Vec::new());
        let mut seen = BTreeSet::new();
        for (_, settings) in self.catalog.places() {
            match &settings.platform {
                Platform::Practice => {}
                Platform::Kubernetes(place) => {
                    if seen.insert((place.kubeconfig.clone(), place.context.clone())) {
                        clusters.push(place);
                    }
                }
                Platform::Ecs(lastgood_core::catalog::EcsPlace { access, .. })
                | Platform::Lambda(lastgood_core::catalog::LambdaPlace { access, .. }) => {
                    if !accounts.contains(&access) {
                        accounts.push(access);
                    }
                }
            }
        }
        (clusters, accounts)
    }

    async fn account(&self, access: &AwsAccess) -> Vec<Finding> {
        let renew = match (&access.secret, &access.profile) {
            (Some(secret), _) => stored_anew(secret),
            (None, Some(profile)) => format!(
                "Log in with `aws sso login --profile {profile}`, or renew the keys of the profile."
            ),
            (None, None) => "Log in as the AWS tools want it, or name a `profile:`.".to_owned(),
        };
        let subject = Subject { name: format!("AWS {}", access.coordinates()), renew };
        #[cfg(feature = "aws")]
        {
            let secret = access.secret.as_deref();
            let Ok(key) = self.held(secret).await else {
                return vec![without_secret(&subject, secret.unwrap_or_default())];
            };
            Box::pin(within(&subject, crate::aws::examine(access, key.as_ref()))).await
        }
        #[cfg(not(feature = "aws"))]
        findings(&subject, Err(super::not_built("AWS")))
    }
}

async fn cluster(place: &KubernetesPlace) -> Vec<Finding> {
    let context = place.context.as_deref().unwrap_or("(current)");
    let subject = Subject {
        name: format!("cluster of context {context}"),
        renew: format!("Log in to it again, as the context {context} of the kubeconfig wants it."),
    };
    #[cfg(feature = "kubernetes")]
    return within(&subject, crate::kubernetes::examine(place)).await;
    #[cfg(not(feature = "kubernetes"))]
    findings(&subject, Err(super::not_built("Kubernetes")))
}

/// What `look` finds, or that it took too long.
async fn within(
    subject: &Subject,
    look: impl Future<Output = Result<Examination, Refusal>> + Send,
) -> Vec<Finding> {
    let found = tokio::time::timeout(LIMIT, look).await.unwrap_or_else(|_| {
        Err(Refusal::Unreachable {
            system: subject.name.clone(),
            why: format!("no complete answer within {} s", LIMIT.as_secs()),
        })
    });
    findings(subject, found)
}

/// Nothing is asked as somebody else than the catalog says. Why the secret is not to be had
/// is told once, of the secret.
fn without_secret(subject: &Subject, secret: &str) -> Finding {
    Finding::new(&subject.name, Grade::Unknown, format!("not asked, without its secret {secret}"))
        .mend("`lastgood secret list` tells where it is looked for.")
}

fn renew(connection: &Connection) -> String {
    match connection {
        Connection::Github(one) => match &one.login {
            GithubLogin::Token { secret } | GithubLogin::App { secret, .. } => stored_anew(secret),
            GithubLogin::Gh => "Log in with `gh auth login`.".to_owned(),
        },
        Connection::Prometheus(_)
        | Connection::Registry(_)
        | Connection::Unleash(_)
        | Connection::LaunchDarkly(_) => match connection.secret() {
            Some(secret) => stored_anew(secret),
            None => "Name a credential for it as `secret:` in the catalog.".to_owned(),
        },
    }
}

fn stored_anew(secret: &str) -> String {
    format!("Renew it there, and store it with `lastgood secret set {secret}`.")
}

#[cfg(all(
    test,
    feature = "prometheus",
    feature = "registry",
    feature = "github",
    feature = "flags"
))]
mod tests;
