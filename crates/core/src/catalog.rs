//! What exists: services, their environments, and how to reach what watches them.

mod calls;
mod connection;
mod recall;
mod secrets;
mod twin;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::check::Check;
use crate::name::{ConnectionName, EnvironmentName, FlagName, RunbookName, ServiceName, SloName};
use crate::recorded::Recorded;
use crate::time::Millis;

pub use connection::{
    Connection, GithubConnection, GithubLogin, LaunchDarklyConnection, UnleashConnection,
};
pub use recall::{Recall, SHORTEST_COMMIT};

/// Everything a workspace says exists. Built and validated by whoever reads the files.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Catalog {
    /// By name.
    pub services: BTreeMap<ServiceName, Service>,
    /// By name.
    pub connections: BTreeMap<ConnectionName, Connection>,
    /// Releases that must not come back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recalls: Vec<Recall>,
}

/// A service and where it runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Service {
    /// The team that answers for it.
    pub owner: Recorded<String>,
    /// Whom to call when the team does not answer.
    pub escalation: Recorded<String>,
    /// The services that it needs; also those that need it name it there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<ServiceName>,
    /// By name; never empty.
    pub environments: BTreeMap<EnvironmentName, Environment>,
}

/// One place where a service runs, with what proves its health there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Environment {
    /// How it is run.
    pub platform: Platform,
    /// How releases get there.
    pub strategy: Strategy,
    /// Who meets what runs there; nobody said when absent, and then users may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<Tier>,
    /// What "healthy" means; may be empty, and then no gate can pass on it.
    pub slos: Vec<Slo>,
    /// Which connection answers the objectives' queries.
    pub metrics: Option<ConnectionName>,
    /// Where its releases are recorded besides the platform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub releases: Option<GithubReleases>,
    /// Synthetic checks.
    pub checks: Vec<Check>,
    /// How to ask each replica which version it is.
    pub replica_version: Option<ReplicaVersion>,
    /// Pages a person may want to open.
    pub dashboards: Vec<Link>,
    /// The runbook to propose first.
    pub runbook: Option<RunbookName>,
    /// How long a release must have served before it may be called good.
    pub bake: Bake,
    /// How often the runbook is to be rehearsed here; no limit when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rehearse_every: Option<Millis>,
    /// Where its feature flags are kept; nowhere that is known when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flags: Option<FlagsAt>,
    /// Where its database says which migrations it has; without it nobody can tell which
    /// releases the schema lets run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<SchemaSource>,
}

/// Who meets what runs in an environment. These are the deployment tiers that CI systems
/// know by the same names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Tier {
    /// Users do.
    Production,
    /// Nobody but the team, on something like production.
    Staging,
    /// Nobody but the team.
    Development,
}

/// What a release must have gone through before it may be called good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bake {
    /// How long it must have served.
    pub time: Millis,
    /// How many requests it must have answered, where it served less than an hour; 0 where
    /// the time alone is enough.
    pub requests: u64,
}

impl Bake {
    /// So many requests try a release however short it served, where nobody says otherwise.
    pub const REQUESTS: u64 = 1000;

    /// So long, with as many requests as are needed where nobody says otherwise.
    #[must_use]
    pub const fn of(time: Millis) -> Self {
        Self { time, requests: Self::REQUESTS }
    }
}

/// Where an environment's feature flags are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlagsAt {
    /// The connection of the flag system.
    pub connection: ConnectionName,
    /// What the flag system calls this environment.
    pub environment: String,
    /// The flags that matter here; all of the connection's project when empty.
    pub only: Vec<FlagName>,
}

/// Where a place's database is read, and where the texts of its migrations are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchemaSource {
    /// The name of the secret, in the vault, that holds the database's URL. Its role needs
    /// SELECT and nothing else.
    pub secret: String,
    /// The folder of the migrations. Inside of a git checkout the migrations of an older
    /// release are those of its commit; elsewhere they are those up to its schema version.
    pub migrations: PathBuf,
    /// The migration tool's table, as `schema.table`; the only one that is there when
    /// absent.
    pub table: Option<String>,
}

/// How a release reaches users.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Strategy {
    /// Replicas are replaced a few at a time.
    Rolling,
    /// Two full sets; traffic switches between them.
    BlueGreen,
    /// A share of the traffic goes to the new release first.
    Canary,
}

impl Strategy {
    /// As written in files and on screens.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rolling => "rolling",
            Self::BlueGreen => "blue-green",
            Self::Canary => "canary",
        }
    }
}

/// How an environment is run, with the coordinates its provider needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Platform {
    /// The embedded practice world.
    Practice,
    /// A Kubernetes Deployment.
    Kubernetes(KubernetesPlace),
    /// An Amazon ECS service, on Fargate or on machines.
    Ecs(EcsPlace),
    /// An alias of an AWS Lambda function.
    Lambda(LambdaPlace),
}

/// The platforms by kind, for runbooks that fit only some of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum PlatformKind {
    /// The embedded practice world.
    Practice,
    /// Kubernetes.
    Kubernetes,
    /// Amazon ECS.
    Ecs,
    /// AWS Lambda.
    Lambda,
}

impl PlatformKind {
    /// Every kind there is.
    pub const ALL: [Self; 4] = [Self::Practice, Self::Kubernetes, Self::Ecs, Self::Lambda];

    /// As written in files and on screens.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Practice => "practice",
            Self::Kubernetes => "kubernetes",
            Self::Ecs => "ecs",
            Self::Lambda => "lambda",
        }
    }
}

impl Platform {
    /// Which kind it is.
    #[must_use]
    pub const fn kind(&self) -> PlatformKind {
        match self {
            Self::Practice => PlatformKind::Practice,
            Self::Kubernetes(_) => PlatformKind::Kubernetes,
            Self::Ecs(_) => PlatformKind::Ecs,
            Self::Lambda(_) => PlatformKind::Lambda,
        }
    }

    /// The coordinates in words: `context prod, namespace shop, deployment checkout`.
    #[must_use]
    pub fn coordinates(&self) -> String {
        match self {
            Self::Practice => "practice world".to_owned(),
            Self::Kubernetes(place) => format!(
                "context {}, namespace {}, {}",
                place.context.as_deref().unwrap_or("(current)"),
                place.namespace,
                place.workload.coordinates()
            ),
            Self::Ecs(place) => format!(
                "{}, cluster {}, service {}",
                place.access.coordinates(),
                place.cluster,
                place.service
            ),
            Self::Lambda(place) => format!(
                "{}, function {}, alias {}",
                place.access.coordinates(),
                place.function,
                place.alias
            ),
        }
    }
}

/// Where a workload of Kubernetes is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KubernetesPlace {
    /// The kubeconfig file; the usual one when absent.
    pub kubeconfig: Option<PathBuf>,
    /// The kubeconfig context; the current one when absent.
    pub context: Option<String>,
    /// The namespace.
    pub namespace: String,
    /// What runs it there.
    pub workload: Workload,
    /// The container whose image is the release; the first one when absent.
    pub container: Option<String>,
}

/// What runs a service on Kubernetes, and by what its traffic moves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Workload {
    /// One Deployment that replaces its replicas a few at a time.
    Deployment(String),
    /// An Argo Rollout: one object whose controller moves the traffic by its own strategy.
    Rollout(String),
    /// A `StatefulSet`, which replaces its pods one after the other.
    StatefulSet(String),
    /// A `DaemonSet`, which replaces its pods node by node.
    DaemonSet(String),
    /// Two Deployments behind one Service, which share the traffic by their replicas.
    DeploymentPair {
        /// The Deployment of what most users meet.
        stable: String,
        /// The Deployment of what a few users meet first; usually without replicas.
        canary: String,
    },
    /// Two Deployments, of which a Service selects one.
    ServiceSelector {
        /// The Service.
        service: String,
        /// The Deployment of the one colour.
        blue: String,
        /// The Deployment of the other colour.
        green: String,
    },
}

impl Workload {
    /// In words: `deployment checkout`.
    #[must_use]
    pub fn coordinates(&self) -> String {
        match self {
            Self::Deployment(name) => format!("deployment {name}"),
            Self::Rollout(name) => format!("rollout {name}"),
            Self::StatefulSet(name) => format!("statefulset {name}"),
            Self::DaemonSet(name) => format!("daemonset {name}"),
            Self::DeploymentPair { stable, canary } => {
                format!("deployments {stable} (stable) and {canary} (canary)")
            }
            Self::ServiceSelector { service, blue, green } => {
                format!("service {service}, deployments {blue} (blue) and {green} (green)")
            }
        }
    }

    /// How releases reach users there, where the objects alone say it.
    #[must_use]
    pub const fn strategy(&self) -> Option<Strategy> {
        match self {
            Self::Deployment(_) | Self::Rollout(_) | Self::StatefulSet(_) | Self::DaemonSet(_) => {
                None
            }
            Self::DeploymentPair { .. } => Some(Strategy::Canary),
            Self::ServiceSelector { .. } => Some(Strategy::BlueGreen),
        }
    }

    /// What is taken for its strategy when nobody says it.
    #[must_use]
    pub const fn usual_strategy(&self) -> Strategy {
        match self {
            Self::Deployment(_) | Self::StatefulSet(_) | Self::DaemonSet(_) => Strategy::Rolling,
            Self::Rollout(_) | Self::DeploymentPair { .. } => Strategy::Canary,
            Self::ServiceSelector { .. } => Strategy::BlueGreen,
        }
    }

    /// The object that says which release is wanted: the Deployment; of two, the stable one
    /// or the blue one.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Deployment(name)
            | Self::Rollout(name)
            | Self::StatefulSet(name)
            | Self::DaemonSet(name)
            | Self::DeploymentPair { stable: name, .. }
            | Self::ServiceSelector { blue: name, .. } => name,
        }
    }
}

/// Where an Amazon ECS service is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EcsPlace {
    /// How its account is reached.
    pub access: AwsAccess,
    /// The cluster's name.
    pub cluster: String,
    /// The service's name.
    pub service: String,
    /// The container whose image is the release; the first essential one when absent.
    pub container: Option<String>,
}

/// Which alias of an AWS Lambda function serves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LambdaPlace {
    /// How its account is reached.
    pub access: AwsAccess,
    /// The function's name.
    pub function: String,
    /// The alias that callers use; an unpublished `$LATEST` has no way back.
    pub alias: String,
}

/// How one AWS account is reached. What is absent comes from where the AWS tools look:
/// the environment, the shared configuration, the machine's role. No secret is here.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AwsAccess {
    /// The region, such as `eu-central-1`.
    pub region: Option<String>,
    /// The profile of the shared configuration.
    pub profile: Option<String>,
    /// The role to assume with what the profile gives.
    pub role: Option<String>,
    /// The name of an access key in the vault, instead of a profile: `id:secret`.
    pub secret: Option<String>,
    /// The account that it must be, twelve digits; nothing is changed in another one.
    pub account: Option<String>,
    /// Another address than the usual one of AWS, for a private endpoint or a test.
    pub endpoint: Option<String>,
}

impl AwsAccess {
    /// In words: `account 123456789012, region eu-central-1, profile prod`.
    #[must_use]
    pub fn coordinates(&self) -> String {
        let mut parts = Vec::new();
        if let Some(account) = &self.account {
            parts.push(format!("account {account}"));
        }
        parts.push(format!("region {}", self.region.as_deref().unwrap_or("(configured)")));
        if let Some(profile) = &self.profile {
            parts.push(format!("profile {profile}"));
        }
        if let Some(role) = &self.role {
            parts.push(format!("role {role}"));
        }
        if let Some(endpoint) = &self.endpoint {
            parts.push(format!("endpoint {endpoint}"));
        }
        parts.join(", ")
    }
}

/// A service-level objective on counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Slo {
    /// Unique in its environment.
    pub name: SloName,
    /// The share of good requests that is promised, strictly between 0 and 1.
    pub objective: f64,
    /// Query for the good requests, in the language of the connection.
    pub good: String,
    /// Query for all requests.
    pub total: String,
    /// The label that tells releases apart, when the series carry one.
    pub version_label: Option<String>,
    /// Fewer requests than this in a window decide nothing, unless bad ones came in several
    /// intervals.
    pub min_samples: u64,
    /// Set when slow requests are the bad ones: those that take longer than this. They are
    /// counted at a boundary of a histogram, so that nothing is interpolated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<Millis>,
}

impl Slo {
    /// The share of bad requests that the objective allows, to twelve places: 1 − 0.9 in
    /// binary is a little less than 0.1, and 10 bad ones of 100 keep such a promise.
    #[must_use]
    pub fn budget(&self) -> f64 {
        const PLACES: f64 = 1e12;
        ((1.0 - self.objective) * PLACES).round() / PLACES
    }
}

/// How to ask one replica which version it is. Placeholders: `{{ replica.address }}`,
/// `{{ replica.port }}`, `{{ replica.name }}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplicaVersion {
    /// The address to ask.
    pub url: String,
    /// Where the answer holds the version.
    pub read: VersionAt,
}

/// Where an HTTP answer holds a version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VersionAt {
    /// In a header.
    Header(String),
    /// In a JSON body, by path such as `$.version`.
    Json(String),
}

/// A page to open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Link {
    /// What a person reads.
    pub title: String,
    /// Where it leads; `https` or `http` only.
    pub url: String,
}

/// Where GitHub records the releases of a place: the deployments of a repository.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct GithubReleases {
    /// Which connection leads there.
    pub connection: ConnectionName,
    /// `owner/name`.
    pub repository: String,
    /// The environment's name there.
    pub environment: String,
}

/// How to reach a registry of images. A registry that needs no credential needs no
/// connection either.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistryConnection {
    /// The host as image references name it: `ghcr.io`, `docker.io`, `registry.acme.dev:5000`.
    pub host: String,
    /// The user; when absent, the secret is `user:password`.
    pub user: Option<String>,
    /// The name of the password or token in the vault, if one is needed.
    pub secret: Option<String>,
    /// The host of its token server, where that is a different one that may see the
    /// credential.
    pub token_host: Option<String>,
    /// Whether it is asked without encryption. Loopback always is.
    pub plain_http: bool,
}

/// How to reach a Prometheus.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrometheusConnection {
    /// The base address, without `/api/v1`.
    pub url: String,
    /// How often it scrapes; data older than three scrapes or 90 s is stale.
    pub scrape: Millis,
    /// The name of the bearer token in the vault, if one is needed.
    pub secret: Option<String>,
}

/// A service in an environment: what a run is about. Every mutating thing carries it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Place {
    /// The service.
    pub service: ServiceName,
    /// The environment.
    pub environment: EnvironmentName,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} in {}", self.service, self.environment)
    }
}

impl Catalog {
    /// The environment at `place`, if the catalog has it.
    #[must_use]
    pub fn environment(&self, place: &Place) -> Option<&Environment> {
        self.services.get(&place.service)?.environments.get(&place.environment)
    }

    /// The services that need `service` and have a place in `environment`, in order of names.
    #[must_use]
    pub fn consumers(&self, place: &Place) -> Vec<&ServiceName> {
        self.services
            .iter()
            .filter(|(name, entry)| {
                **name != place.service
                    && entry.depends_on.contains(&place.service)
                    && entry.environments.contains_key(&place.environment)
            })
            .map(|(name, _)| name)
            .collect()
    }

    /// The services that `place` needs and that have a place beside it, as they are written.
    #[must_use]
    pub fn providers(&self, place: &Place) -> Vec<&ServiceName> {
        let needed = self.services.get(&place.service).map(|entry| &entry.depends_on[..]);
        let has = |name: &&ServiceName| {
            let beside = Place { service: (*name).clone(), environment: place.environment.clone() };
            self.environment(&beside).is_some()
        };
        needed.unwrap_or_default().iter().filter(has).collect()
    }

    /// Every service in every environment, in order of names.
    pub fn places(&self) -> impl Iterator<Item = (Place, &Environment)> {
        self.services.iter().flat_map(|(service, entry)| {
            entry.environments.iter().map(move |(environment, settings)| {
                let place = Place { service: service.clone(), environment: environment.clone() };
                (place, settings)
            })
        })
    }
}
