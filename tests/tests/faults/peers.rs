//! The providers, each with a fresh system behind a fresh relay.

use std::any::Any;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use lastgood_api::core::catalog::Place;
use lastgood_api::core::effect::{
    ApplyError, Operation, PlannedEffect, Presence, Receipt, Refusal,
};
use lastgood_api::core::flag::FlagState;
use lastgood_api::core::name::EffectKey;
use lastgood_api::core::ports::{
    Actor as _, FlagSource as _, Observer as _, Surveyor as _, Vault, VaultError, World as _,
};
use lastgood_api::core::secret::Secret;
use lastgood_api::core::survey::{RolloutState, Survey};
use lastgood_api::core::time::{Millis, earlier};
use lastgood_providers::LiveWorld;
use lastgood_runbook::read_catalog;
use lastgood_testkit::aws::{AwsBed, Ecs, Fake, Lambda};
use lastgood_testkit::error::BedError;
use lastgood_testkit::flags::{FlagSystem, Imitated};
use lastgood_testkit::load::Load;
use lastgood_testkit::peer::skipped;
use lastgood_testkit::relay::{Asked, Relay};

/// What every credential here holds, and no sentence may.
pub(crate) const SECRET: &str = "nobodyMayReadThis";

/// What a person is told where there is no answer.
#[derive(Clone, Debug)]
pub(crate) enum Said {
    Refusal(Refusal),
    /// Of measurements and of deploys that are put together from several systems.
    Doubt(String),
}

type Looking<'w> = Pin<Box<dyn Future<Output = Result<(), Said>> + Send + 'w>>;

/// A change that was planned while all was well.
#[derive(Debug)]
pub(crate) enum Planned {
    /// Something that a run does.
    Effect(Box<PlannedEffect>),
    /// What a pipeline writes down.
    Record,
}

/// One system behind a relay, and the product in front of it.
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    pub(crate) relay: Relay,
    /// Whether a request is the change itself, and not a look before or after it.
    pub(crate) is_change: fn(&Asked) -> bool,
    /// Whether a limit is kept to for its time, although nothing more is said of it.
    pub(crate) keeps_limits: bool,
    world: LiveWorld,
    look: fn(&LiveWorld) -> Looking<'_>,
    /// What is done to it; a record where it is nothing that a run does.
    operation: Option<Operation>,
    landed: Box<dyn Fn(&Relay) -> usize + Send + Sync>,
    _keeps: Box<dyn Any + Send + Sync>,
}

impl Peer {
    pub(crate) async fn look(&self) -> Result<(), Said> {
        (self.look)(&self.world).await
    }

    pub(crate) async fn plan(&self) -> Planned {
        let Some(operation) = &self.operation else { return Planned::Record };
        // A flag system is asked nothing about the platform.
        let survey = if matches!(operation, Operation::SwitchFlag { .. }) {
            let at = jiff::Timestamp::UNIX_EPOCH;
            Survey { at, rollout: RolloutState::Settled, running: Vec::new() }
        } else {
            self.world.survey(&place()).await.expect("all is well")
        };
        let effect = self.world.resolve(&place(), operation, &survey).await;
        Planned::Effect(Box::new(effect.expect("it can be planned")))
    }

    pub(crate) async fn apply(
        &self,
        planned: &Planned,
        key: &EffectKey,
    ) -> Result<Receipt, ApplyError> {
        match planned {
            Planned::Effect(effect) => self.world.apply(key, effect).await,
            Planned::Record => crate::github::record(&self.world).await,
        }
    }

    pub(crate) async fn probe(&self, planned: &Planned, key: &EffectKey) -> Presence {
        match planned {
            Planned::Effect(effect) => self.world.probe(key, effect).await,
            Planned::Record => crate::github::presence(self.landed()),
        }
    }

    /// How many changes the system itself has seen.
    pub(crate) fn landed(&self) -> usize {
        (self.landed)(&self.relay)
    }
}

pub(crate) fn place() -> Place {
    Place { service: "checkout".into(), environment: "production".into() }
}

struct Held;

#[async_trait]
impl Vault for Held {
    async fn secret(&self, name: &str) -> Result<Secret<String>, VaultError> {
        let id = if name == "aws" { "id:" } else { "" };
        Ok(Secret::new(format!("{id}{SECRET}")))
    }
}

/// The product on a catalog of one place.
pub(crate) fn world(catalog: &str) -> LiveWorld {
    let read = read_catalog("lastgood.yaml", catalog);
    let catalog = read.value.unwrap_or_else(|| panic!("{:#?}", read.findings));
    LiveWorld::new(catalog, Arc::new(Held))
}

/// The catalog of a place on `platform`, with more lines of its environment and at the end.
pub(crate) fn catalog(platform: &str, more: &str, connections: &str) -> String {
    format!(
        "services:\n  checkout:\n    environments:\n      production:\n        platform: \
         {{ {platform} }}\n        checks: [ {{ name: alive, get: \"http://127.0.0.1:9/\" }} ]\n\
         {more}{connections}"
    )
}

fn looks_at_the_platform(world: &LiveWorld) -> Looking<'_> {
    Box::pin(async { world.survey(&place()).await.map(|_| ()).map_err(Said::Refusal) })
}

pub(crate) fn ecs_platform(url: &str) -> String {
    format!(
        "ecs: {{ service: checkout, cluster: shop, region: eu-central-1, secret: aws, endpoint: \"{url}\" }}"
    )
}

/// A service of ECS on its second task definition.
pub(crate) fn ecs_of_two() -> Ecs {
    let mut ecs = Ecs::new(now(), Duration::from_hours(1));
    ecs.deploy("v2");
    ecs.settle();
    ecs
}

pub(crate) async fn ecs(_: &'static str) -> Peer {
    let restore = Operation::RestoreRelease { release: "checkout:1".into() };
    let is_change = |asked: &Asked| is_call(asked, ".UpdateService");
    on_ecs("ECS", (ecs_of_two(), restore, is_change), |one| one.changes().0).await
}

/// A service that `CodeDeploy` moves, on its second task definition.
pub(crate) async fn codedeploy() -> Peer {
    let mut ecs = Ecs::new(now(), Duration::from_hours(1));
    ecs.controller("CODE_DEPLOY");
    ecs.deploy("v2");
    ecs.settle();
    let restore = Operation::RestoreRelease { release: "checkout:1".into() };
    let is_change = |asked: &Asked| is_call(asked, ".CreateDeployment");
    on_ecs("CodeDeploy, a deployment", (ecs, restore, is_change), |one| one.changes().0).await
}

/// The same, with a deployment that is still open.
pub(crate) async fn codedeploy_open() -> Peer {
    let mut ecs = Ecs::new(now(), Duration::from_hours(1));
    ecs.controller("CODE_DEPLOY");
    ecs.keep_old(true);
    ecs.deploy("v2");
    ecs.settle();
    let is_change = |asked: &Asked| is_call(asked, ".StopDeployment");
    on_ecs("CodeDeploy, a stop", (ecs, Operation::HaltRollout, is_change), |one| one.changes().1)
        .await
}

/// Whether a request of AWS' JSON protocol is this call.
fn is_call(asked: &Asked, name: &str) -> bool {
    asked.target.as_deref().is_some_and(|target| target.ends_with(name))
}

/// A service of ECS, what is done to it, and how often it was done.
async fn on_ecs(
    name: &'static str,
    (ecs, operation, is_change): (Ecs, Operation, fn(&Asked) -> bool),
    landed: fn(&Ecs) -> u32,
) -> Peer {
    let fake = Fake::start(ecs).await.expect("a free port");
    let relay = Relay::start(&fake.url()).await.expect("a free port");
    let world = world(&catalog(&ecs_platform(&relay.url()), "", ""));
    let fake = Arc::new(fake);
    let counted = Arc::clone(&fake);
    Peer {
        name,
        relay,
        is_change,
        keeps_limits: false,
        world,
        look: looks_at_the_platform,
        operation: Some(operation),
        landed: Box::new(move |_| counted.with(|one| landed(one)) as usize),
        _keeps: Box::new(fake),
    }
}

pub(crate) async fn lambda(_: &'static str) -> Peer {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds of this century")]
    let at = (now() * 1_000.0) as i64;
    let fake = Fake::start(Lambda::new(7, at)).await.expect("a free port");
    let relay = Relay::start(&fake.url()).await.expect("a free port");
    let platform = format!(
        "lambda: {{ function: checkout, alias: live, region: eu-central-1, secret: aws, \
         endpoint: \"{}\" }}",
        relay.url()
    );
    let world = world(&catalog(&platform, "", ""));
    let fake = Arc::new(fake);
    let counted = Arc::clone(&fake);
    Peer {
        name: "Lambda",
        relay,
        is_change: |asked| asked.method == "PUT",
        keeps_limits: false,
        world,
        look: looks_at_the_platform,
        operation: Some(Operation::RestoreRelease { release: "6".into() }),
        landed: Box::new(move |_| counted.with(|one| one.updates()) as usize),
        _keeps: Box::new(fake),
    }
}

pub(crate) async fn flags(which: Imitated) -> Peer {
    let system = FlagSystem::start(which).await.expect("a free port");
    let relay = Relay::start(&system.url()).await.expect("a free port");
    let (name, connection) = match which {
        Imitated::Unleash => ("Unleash", "unleash: { project: default, "),
        Imitated::LaunchDarkly => ("LaunchDarkly", "launchdarkly: { project: shop, "),
    };
    let connections = format!(
        "connections:\n  flags:\n    {connection}url: \"{}\", secret: flags }}\n",
        relay.url()
    );
    let more = "        flags: { connection: flags, environment: production }\n";
    // The platform is asked nothing.
    let platform = ecs_platform("http://127.0.0.1:9");
    let world = world(&catalog(&platform, more, &connections));
    let system = Arc::new(system);
    let counted = Arc::clone(&system);
    Peer {
        name,
        relay,
        is_change: |asked| asked.method != "GET",
        keeps_limits: false,
        world,
        look: |world| {
            Box::pin(async { world.flags(&place()).await.map(|_| ()).map_err(Said::Refusal) })
        },
        operation: Some(Operation::SwitchFlag { flag: "new-cart".into(), to: FlagState::Off }),
        landed: Box::new(move |_| counted.flag().1),
        _keeps: Box::new(system),
    }
}

/// A Prometheus that has something to count, with the load that makes it.
pub(crate) struct Metrics {
    bed: AwsBed<Ecs>,
    _load: Load,
    _dir: tempfile::TempDir,
}

/// `None`, which the person is told, where Prometheus is not installed.
pub(crate) async fn metrics() -> Option<Metrics> {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let ecs = Ecs::new(now(), Duration::from_hours(1));
    let bed = match AwsBed::start(ecs, std::collections::BTreeMap::new(), dir.path()).await {
        Ok(bed) => bed,
        Err(BedError::Missing(missing)) => {
            skipped(&missing);
            return None;
        }
        Err(error) => panic!("it starts when it is installed: {error:?}"),
    };
    let load = bed.load(50, Duration::from_mins(5)).expect("a client can be made");
    let metrics = Metrics { bed, _load: load, _dir: dir };
    let whole = prometheus(&metrics).await;
    let counts = async {
        let mut pace = tokio::time::interval(Duration::from_millis(500));
        while whole.look().await.is_err() {
            pace.tick().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), counts).await.expect("it counts soon");
    Some(metrics)
}

pub(crate) async fn prometheus(metrics: &Metrics) -> Peer {
    let relay = Relay::start(&metrics.bed.prometheus_url()).await.expect("a free port");
    let more = "        slos:\n          availability:\n            objective: 99%\n            \
                good: 'sum(http_requests_total{code!~\"5..\"})'\n            \
                total: 'sum(http_requests_total)'\n";
    let connections = format!(
        "connections:\n  prometheus:\n    prometheus: {{ url: \"{}\", scrape: 1s, secret: token }}\n",
        relay.url()
    );
    let platform = ecs_platform("http://127.0.0.1:9");
    Peer {
        name: "Prometheus",
        relay,
        is_change: |_| false,
        keeps_limits: false,
        world: world(&catalog(&platform, more, &connections)),
        look: |world| Box::pin(measure(world)),
        operation: None,
        landed: Box::new(|_| 0),
        _keeps: Box::new(()),
    }
}

/// A measurement that can decide; a doubt keeps it from that.
async fn measure(world: &LiveWorld) -> Result<(), Said> {
    let slo = world.environment(&place()).expect("it is in the catalog").slos.remove(0);
    #[expect(clippy::disallowed_methods, reason = "a real Prometheus lives in real time")]
    let to = jiff::Timestamp::now();
    let measured = world.measure(&place(), &slo, earlier(to, Millis::minutes(1)), to).await;
    match measured.doubts.first() {
        Some(doubt) => {
            assert_eq!(measured.counts.total, 0, "a doubt of the source counts nothing");
            Err(Said::Doubt(doubt.sentence()))
        }
        None => Ok(()),
    }
}

/// Seconds since 1970.
#[expect(clippy::disallowed_methods, reason = "what is imitated lives in real time")]
pub(crate) fn now() -> f64 {
    jiff::Timestamp::now().as_duration().as_secs_f64()
}

/// The same for what is only known from the relay: changes that the system has carried out.
pub(crate) fn carried_out(relay: &Relay, is_change: fn(&Asked) -> bool) -> usize {
    let landed = |one: &Asked| one.status.is_some_and(|status| status < 300);
    relay.seen().iter().filter(|one| is_change(one) && landed(one)).count()
}

/// A peer whose changes are counted as they pass the relay.
pub(crate) fn counted_on_the_way(
    name: &'static str,
    relay: Relay,
    is_change: fn(&Asked) -> bool,
    world: LiveWorld,
    operation: Operation,
    keeps: Box<dyn Any + Send + Sync>,
) -> Peer {
    Peer {
        name,
        relay,
        is_change,
        keeps_limits: false,
        world,
        look: looks_at_the_platform,
        operation: Some(operation),
        landed: Box::new(move |relay| carried_out(relay, is_change)),
        _keeps: keeps,
    }
}

/// GitHub, which counts itself what was done to it.
pub(crate) fn on_github(
    relay: Relay,
    is_change: fn(&Asked) -> bool,
    world: LiveWorld,
    look: fn(&LiveWorld) -> Looking<'_>,
    operation: Option<Operation>,
    landed: Box<dyn Fn(&Relay) -> usize + Send + Sync>,
    keeps: Box<dyn Any + Send + Sync>,
) -> Peer {
    Peer {
        name: "GitHub",
        relay,
        is_change,
        // GitHub shuts out whoever goes on regardless.
        keeps_limits: true,
        world,
        look,
        operation,
        landed,
        _keeps: keeps,
    }
}
