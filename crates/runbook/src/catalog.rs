//! Reads `lastgood.yaml`.

mod check;
mod flags;
mod github;
mod objective;
mod place;
mod recall;
mod shape;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::PathBuf;

use lastgood_core::catalog::{
    AwsAccess, Bake, Catalog, Connection, EcsPlace, Environment, KubernetesPlace, LambdaPlace,
    Link, Platform, PlatformKind, PrometheusConnection, RegistryConnection, ReplicaVersion,
    SchemaSource, Service, Slo, Strategy, Tier, VersionAt, Workload,
};
use lastgood_core::name::{ConnectionName, EnvironmentName, RunbookName};

pub(crate) use check::{assertions, headers_are_harmless};
pub(crate) use shape::{CATALOG, DAY, EXPECT, STRATEGIES};

use crate::code::Code;
use crate::finding::Report;
use crate::nearest::did_you_mean;
use crate::placeholder;
use crate::read::{Draft, Read, draft};
use crate::tree::At;

/// All strategies, as words.
pub(crate) const ALL_STRATEGIES: [Strategy; 3] =
    [Strategy::Rolling, Strategy::BlueGreen, Strategy::Canary];

/// Reads a catalog. `file` is what findings call it; a relative kubeconfig stays relative.
#[must_use]
pub fn read_catalog(file: &str, text: &str) -> Read<Catalog> {
    draft_catalog(file, text.as_bytes()).finish()
}

pub(crate) fn draft_catalog(file: &str, bytes: &[u8]) -> Draft<Catalog> {
    draft(file, bytes, &CATALOG, catalog)
}

fn catalog(root: &At<'_>, report: &mut Report) -> Option<Catalog> {
    let mut complete = true;
    let mut connections = BTreeMap::new();
    if let Some(written) = root.get("connections") {
        placeholder::refuse(&written, report);
        for (key, at) in written.entries() {
            match connection(&at, report) {
                Ok(Some(connection)) => {
                    connections.insert(ConnectionName::new(&*key.text), connection);
                }
                Ok(None) => {}
                Err(Unreadable) => complete = false,
            }
        }
    }
    let mut services = BTreeMap::new();
    for (key, at) in root.get("services")?.entries() {
        for key in ["owner", "escalation"] {
            if let Some(text) = at.get(key) {
                placeholder::refuse(&text, report);
            }
        }
        let mut environments = BTreeMap::new();
        for (name, at) in at.get("environments").iter().flat_map(At::entries) {
            let name = EnvironmentName::new(&*name.text);
            match environment(&at, &name, &connections, report) {
                Some(environment) => {
                    environments.insert(name, environment);
                }
                None => complete = false,
            }
        }
        let service = Service {
            owner: at.text("owner").into(),
            escalation: at.text("escalation").into(),
            depends_on: recall::depends_on(&at),
            environments,
        };
        services.insert((*key.text).into(), service);
    }
    let recalls = recall::recalls(root, report)?;
    // What could be read of it is compared with other files; an error keeps it from being used.
    (complete || report.has_errors()).then_some(Catalog { services, connections, recalls })
}

/// Why it cannot be read is in the report.
struct Unreadable;

/// The connection, unless it is of a kind that this version does not use.
fn connection(at: &At<'_>, report: &mut Report) -> Result<Option<Connection>, Unreadable> {
    if let Some(registry) = at.get("registry") {
        return registry_connection(&registry).map(Some).ok_or(Unreadable);
    }
    if let Some(github) = at.get("github") {
        return github::connection(&github, report).map(Some).ok_or(Unreadable);
    }
    if let Some(unleash) = at.get("unleash") {
        return flags::unleash(&unleash).map(Some).ok_or(Unreadable);
    }
    if let Some(launchdarkly) = at.get("launchdarkly") {
        return flags::launchdarkly(&launchdarkly).map(Some).ok_or(Unreadable);
    }
    let Some(prometheus) = at.get("prometheus") else {
        if at.pairs().is_empty() {
            report.error_with(
                Code::ChoiceMissing,
                at,
                "the kind of the connection is missing",
                "add `prometheus:` with a `url:`, `registry:` with a `host:`, or `github:` with a \
                 `secret:`"
                    .to_owned(),
            );
            return Err(Unreadable);
        }
        return Ok(None);
    };
    let read = || {
        Some(Connection::Prometheus(PrometheusConnection {
            url: prometheus.text("url")?,
            scrape: prometheus.duration_or("scrape", shape::DEFAULT_SCRAPE)?,
            secret: prometheus.text("secret"),
        }))
    };
    read().map(Some).ok_or(Unreadable)
}

fn registry_connection(at: &At<'_>) -> Option<Connection> {
    Some(Connection::Registry(RegistryConnection {
        host: at.text("host")?,
        user: at.text("user"),
        secret: at.text("secret"),
        token_host: at.text("token-host"),
        plain_http: match at.get("plain-http") {
            Some(_) => at.flag("plain-http")?,
            None => false,
        },
    }))
}

fn environment(
    at: &At<'_>,
    name: &EnvironmentName,
    connections: &BTreeMap<ConnectionName, Connection>,
    report: &mut Report,
) -> Option<Environment> {
    for key in ["platform", "slos", "dashboards", "runbook", "releases", "schema"] {
        if let Some(taken_as_it_is) = at.get(key) {
            placeholder::refuse(&taken_as_it_is, report);
        }
    }
    place::check(at, report);
    let platform = platform(at, report);
    let slos: Option<Vec<Slo>> = at
        .get("slos")
        .iter()
        .flat_map(At::entries)
        .map(|(key, at)| objective::read(&key.text, &at, report))
        .collect();
    let checks = check::checks(at, report);
    let metrics = metrics(at, platform.as_ref(), connections, report);
    let releases = github::releases(at, name, connections, report);
    let replica_version = at.get("replica-version");
    if let Some(address) = replica_version.as_ref().and_then(|at| at.get("get")) {
        placeholder::check(&address, &placeholder::OF_A_REPLICA, report);
    }
    let bare = |key| at.get(key).is_none_or(|at| at.pairs().is_empty() && at.items().count() == 0);
    if bare("slos") && bare("checks") {
        report.advice(
            Code::NothingToProve,
            at,
            "without objectives and checks nothing can prove that a rollback worked",
            "add `slos:`, `checks:`, or both".to_owned(),
        );
    }
    let flags = flags::flags(at, name, connections, report);
    Some(Environment {
        strategy: strategy(at, platform.as_ref(), report)?,
        tier: at.text("tier").as_deref().and_then(tier),
        platform: platform?,
        slos: slos?,
        metrics,
        releases: releases.ok()?,
        checks: checks?,
        replica_version: match replica_version {
            Some(at) => Some(read_replica_version(&at)?),
            None => None,
        },
        dashboards: at
            .get("dashboards")
            .iter()
            .flat_map(At::items)
            .map(|at| link(&at))
            .collect::<Option<_>>()?,
        runbook: at.text("runbook").map(RunbookName::new),
        bake: Bake {
            time: at.duration_or("bake", shape::DEFAULT_BAKE)?,
            requests: match at.get("bake-requests") {
                Some(_) => at.whole("bake-requests")?,
                None => Bake::REQUESTS,
            },
        },
        rehearse_every: at.duration("rehearse-every"),
        flags: flags.ok()?,
        schema: match at.get("schema") {
            Some(at) => Some(schema(&at)?),
            None => None,
        },
    })
}

fn tier(word: &str) -> Option<Tier> {
    match word {
        "production" => Some(Tier::Production),
        "staging" => Some(Tier::Staging),
        "development" => Some(Tier::Development),
        _ => None,
    }
}

fn schema(at: &At<'_>) -> Option<SchemaSource> {
    Some(SchemaSource {
        secret: at.text("secret")?,
        migrations: PathBuf::from(at.text("migrations")?),
        table: at.text("table"),
    })
}

fn platform(at: &At<'_>, report: &mut Report) -> Option<Platform> {
    let at = at.get("platform")?;
    if at.scalar() == Some("practice") || at.get("practice").is_some() {
        return Some(Platform::Practice);
    }
    if let Some(at) = at.get("ecs") {
        return Some(Platform::Ecs(EcsPlace {
            access: aws_access(&at),
            cluster: at.text("cluster").unwrap_or_else(|| shape::DEFAULT_CLUSTER.to_owned()),
            service: at.text("service")?,
            container: at.text("container"),
        }));
    }
    if let Some(at) = at.get("lambda") {
        return Some(Platform::Lambda(LambdaPlace {
            access: aws_access(&at),
            function: at.text("function")?,
            alias: at.text("alias")?,
        }));
    }
    let at = at.get("kubernetes")?;
    Some(Platform::Kubernetes(KubernetesPlace {
        kubeconfig: at.text("kubeconfig").map(PathBuf::from),
        context: at.text("context"),
        namespace: at.text("namespace")?,
        workload: workload(&at, report)?,
        container: at.text("container"),
    }))
}

/// What runs it: one object, two Deployments that share, or two of which a Service selects one.
fn workload(at: &At<'_>, report: &mut Report) -> Option<Workload> {
    if let Some(name) = at.text("rollout") {
        return Some(Workload::Rollout(name));
    }
    if let Some(name) = at.text("statefulset") {
        return Some(Workload::StatefulSet(name));
    }
    if let Some(name) = at.text("daemonset") {
        return Some(Workload::DaemonSet(name));
    }
    let Some(service) = at.text("service") else {
        let name = at.text("deployment")?;
        return Some(match at.text("canary") {
            Some(canary) => Workload::DeploymentPair { stable: name, canary },
            None => Workload::Deployment(name),
        });
    };
    let colours = (at.text("blue"), at.text("green"));
    let (Some(blue), Some(green)) = colours else {
        for key in ["blue", "green"].into_iter().filter(|key| at.get(key).is_none()) {
            let message = format!("a Service that selects a colour needs `{key}:` as well");
            let mend = format!("add `{key}:` with the name of that colour's Deployment");
            report.error_with(Code::MissingKey, at, message, mend);
        }
        return None;
    };
    Some(Workload::ServiceSelector { service, blue, green })
}

fn aws_access(at: &At<'_>) -> AwsAccess {
    AwsAccess {
        region: at.text("region"),
        profile: at.text("profile"),
        role: at.text("role"),
        secret: at.text("secret"),
        account: at.text("account"),
        endpoint: at.text("endpoint"),
    }
}

/// As it is written, which must be what the workload is; else what the workload is.
fn strategy(at: &At<'_>, platform: Option<&Platform>, report: &mut Report) -> Option<Strategy> {
    let implied = match platform {
        Some(Platform::Kubernetes(place)) => place.workload.strategy(),
        Some(Platform::Practice | Platform::Ecs(_) | Platform::Lambda(_)) | None => None,
    };
    let usual = match platform {
        Some(Platform::Kubernetes(place)) => place.workload.usual_strategy(),
        Some(Platform::Practice | Platform::Ecs(_) | Platform::Lambda(_)) | None => {
            Strategy::Rolling
        }
    };
    let written = written_strategy(at, report)?;
    match (written, implied) {
        (Some((written, at)), Some(implied)) if written != implied => {
            report.error_with(
                Code::StrategyTwice,
                &at,
                format!(
                    "here the strategy is {}, and the workload is {}",
                    written.as_str(),
                    implied.as_str()
                ),
                "leave the strategy out, or name another workload".to_owned(),
            );
            None
        }
        (Some((written, _)), _) => Some(written),
        (None, implied) => Some(implied.unwrap_or(usual)),
    }
}

/// A strategy with where it is written.
type Written<'a> = (Strategy, At<'a>);

/// Beside the platform or inside of it; once is enough.
#[expect(
    clippy::option_option,
    reason = "wrong, and already reported; nowhere; or where: as every reader here says it"
)]
fn written_strategy<'a>(at: &At<'a>, report: &mut Report) -> Option<Option<Written<'a>>> {
    let of = |at: &At<'_>| at.word("strategy", &ALL_STRATEGIES, Strategy::as_str);
    let inner = PlatformKind::ALL.iter().find_map(|kind| at.find(&["platform", kind.as_str()]));
    let inner_strategy = inner.as_ref().and_then(|at| at.get("strategy"));
    match (at.get("strategy"), inner_strategy) {
        (None, None) => Some(None),
        (Some(outer), None) => Some(Some((of(at)?, outer))),
        (None, Some(written)) => Some(Some((of(&inner?)?, written))),
        (Some(outer), Some(_)) => {
            let (a, b) = (of(at)?, of(&inner?)?);
            if a != b {
                report.error_with(
                    Code::StrategyTwice,
                    &outer,
                    format!(
                        "here the strategy is {}, and inside of the platform {}",
                        a.as_str(),
                        b.as_str()
                    ),
                    "keep one of them".to_owned(),
                );
            }
            Some(Some((a, outer)))
        }
    }
}

/// The connection that answers for the objectives. The practice world needs none.
fn metrics(
    at: &At<'_>,
    platform: Option<&Platform>,
    connections: &BTreeMap<ConnectionName, Connection>,
    report: &mut Report,
) -> Option<ConnectionName> {
    let names = connections.iter().filter_map(|(name, connection)| match connection {
        Connection::Prometheus(_) => Some(name),
        Connection::Registry(_)
        | Connection::Github(_)
        | Connection::Unleash(_)
        | Connection::LaunchDarkly(_) => None,
    });
    if let Some(written) = at.get("metrics") {
        let name = written.scalar()?;
        if !names.clone().any(|known| known.as_str() == name) {
            let known = names.map(ConnectionName::as_str);
            let suggestion = did_you_mean(name, known, "connections")
                .unwrap_or_else(|| "add it under `connections:`".to_owned());
            let message = format!("there is no connection `{name}` that answers queries");
            report.error_with(Code::UnknownConnection, &written, message, suggestion);
        }
        return Some(name.into());
    }
    let names: Vec<&ConnectionName> = names.collect();
    match (platform, &names[..]) {
        (Some(Platform::Practice), _) => return None,
        (Some(Platform::Kubernetes(_) | Platform::Ecs(_) | Platform::Lambda(_)) | None, [only]) => {
            return Some((*only).clone());
        }
        (Some(Platform::Kubernetes(_) | Platform::Ecs(_) | Platform::Lambda(_)) | None, _) => {}
    }
    let slos = at.get("slos").filter(|slos| !slos.pairs().is_empty())?;
    if names.is_empty() {
        report.error_with(
            Code::NoConnection,
            &slos,
            "there are objectives here, and no connection that could answer their queries",
            "add `connections: { prometheus: { prometheus: { url: … } } }`".to_owned(),
        );
    } else {
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        report.error_with(
            Code::AmbiguousConnection,
            &slos,
            format!("{} could answer these objectives' queries", names.join(" or ")),
            "say which one with `metrics:`".to_owned(),
        );
    }
    None
}

fn read_replica_version(at: &At<'_>) -> Option<ReplicaVersion> {
    let read = match (at.text("header"), at.text("json")) {
        (Some(header), _) => VersionAt::Header(header),
        (None, Some(path)) => VersionAt::Json(path),
        (None, None) => return None,
    };
    Some(ReplicaVersion { url: at.text("get")?, read })
}

fn link(at: &At<'_>) -> Option<Link> {
    Some(Link { title: at.text("title")?, url: at.text("url")? })
}
