//! The real world of one catalog: routes each place to the systems that it names.

#[cfg(feature = "prometheus")]
use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use futures::future::join_all;
use jiff::Timestamp;
use lastgood_core::catalog::{Catalog, Environment, Place, Slo};
use lastgood_core::check::{Check, CheckOutcome, CheckResult, ReplicaAnswer};
use lastgood_core::effect::{ApplyError, Operation, PlannedEffect, Presence, Receipt, Refusal};
use lastgood_core::errand::{Errand, GithubErrand};
use lastgood_core::judge::{Doubt, Measurement};
use lastgood_core::name::{EffectKey, Person};
use lastgood_core::ports::{
    Actor, FlagSource, GovernorSource, LeaseKeeper, LeaseSource, Observer, Prover, ReleaseSource,
    Surveyor, Vault, World,
};
use lastgood_core::preflight::{ArtifactProof, ArtifactState, Comparison, Finding, Grade, Proof};
use lastgood_core::release::{DeployPage, Release};
use lastgood_core::survey::Survey;
use lastgood_core::time::Millis;
#[cfg(feature = "prometheus")]
use tokio::sync::Mutex;

mod connect;
mod examine;
mod flags;
mod instances;
#[cfg(not(feature = "github"))]
mod not_on_github;
#[cfg(feature = "github")]
mod on_github;
mod others;
mod recorder;
#[cfg(feature = "github")]
mod releases;
mod tracker;

use crate::errand::{Desk, Errands};
use crate::instances::KnowInstances;
use crate::needs::{Image, KnowNeeds};
use crate::shared::Shared;

/// Everything that a platform must offer.
trait Platforms:
    Surveyor
    + ReleaseSource
    + Actor
    + KnowNeeds
    + KnowInstances
    + GovernorSource
    + LeaseSource
    + LeaseKeeper
{
}
impl<T> Platforms for T where
    T: Surveyor
        + ReleaseSource
        + Actor
        + KnowNeeds
        + KnowInstances
        + GovernorSource
        + LeaseSource
        + LeaseKeeper
{
}

/// Everything that a flag system must offer.
trait FlagSystem: FlagSource + Actor {}
impl<T: FlagSource + Actor> FlagSystem for T {}

/// The real world of one catalog. Connects when a place is first asked about; what
/// cannot be reached then is tried again at the next question.
pub struct LiveWorld {
    catalog: Catalog,
    vault: Arc<dyn Vault>,
    errands: Option<Errands>,
    #[cfg_attr(
        not(feature = "kubernetes"),
        expect(dead_code, reason = "only Kubernetes tells who changes a place")
    )]
    person: Option<Person>,
    platforms: Shared<Place, Arc<dyn Platforms>>,
    #[cfg(feature = "kubernetes")]
    clusters: crate::kubernetes::Clusters,
    #[cfg(feature = "aws")]
    accounts: Shared<lastgood_core::catalog::AwsAccess, crate::aws::Link>,
    #[cfg(feature = "prometheus")]
    metrics: Mutex<BTreeMap<lastgood_core::name::ConnectionName, crate::prometheus::Prometheus>>,
    #[cfg(feature = "http")]
    http: Option<crate::http::Http>,
    #[cfg(feature = "github")]
    github: Shared<lastgood_core::name::ConnectionName, crate::github::Github>,
    #[cfg(feature = "github")]
    foreseen: releases::Foreseen,
    /// How long each of the sources of a place's deploys may take.
    #[cfg(feature = "github")]
    patience: std::time::Duration,
}

impl LiveWorld {
    /// Sends nothing and reads no file.
    #[must_use]
    pub fn new(catalog: Catalog, vault: Arc<dyn Vault>) -> Self {
        Self {
            catalog,
            vault,
            errands: None,
            person: None,
            platforms: Shared::default(),
            #[cfg(feature = "kubernetes")]
            clusters: crate::kubernetes::Clusters::default(),
            #[cfg(feature = "aws")]
            accounts: Shared::default(),
            #[cfg(feature = "prometheus")]
            metrics: Mutex::default(),
            #[cfg(feature = "http")]
            http: crate::http::Http::new()
                .inspect_err(|error| tracing::warn!(%error, "checks cannot be run"))
                .ok(),
            #[cfg(feature = "github")]
            github: Shared::default(),
            #[cfg(feature = "github")]
            foreseen: releases::Foreseen::default(),
            #[cfg(feature = "github")]
            patience: releases::PATIENCE,
        }
    }

    /// Runs commands and sends requests from `desk`. Without it neither is done.
    #[must_use]
    pub fn at(mut self, desk: Desk) -> Self {
        self.errands = Some(Errands::new(desk, Arc::clone(&self.vault)));
        self
    }

    /// Says who acts, to whoever wants to change the same place meanwhile.
    #[must_use]
    pub fn by(mut self, person: Person) -> Self {
        self.person = Some(person);
        self
    }

    fn errands(&self) -> Result<&Errands, Refusal> {
        self.errands.as_ref().ok_or_else(|| Refusal::Unsupported {
            what: "commands and requests".to_owned(),
            why: "there is no workspace folder that they could run in".to_owned(),
        })
    }

    /// The secret with this name, where one is named.
    #[cfg(any(feature = "aws", feature = "prometheus", feature = "registry"))]
    async fn held(
        &self,
        name: Option<&str>,
    ) -> Result<Option<lastgood_core::secret::Secret<String>>, lastgood_core::ports::VaultError>
    {
        match name {
            Some(name) => self.vault.secret(name).await.map(Some),
            None => Ok(None),
        }
    }

    fn settings(&self, place: &Place) -> Result<&Environment, Refusal> {
        self.catalog
            .environment(place)
            .ok_or_else(|| Refusal::Missing { what: format!("{place} in the catalog") })
    }

    async fn platform(&self, place: &Place) -> Result<Arc<dyn Platforms>, Refusal> {
        let settings = self.settings(place)?;
        self.platforms.get(place, Box::pin(self.connect(settings))).await
    }
}

fn no_metrics() -> Doubt {
    Doubt::BadQuery { why: "the catalog names no connection for metrics here".to_owned() }
}

#[cfg(not(all(
    feature = "kubernetes",
    feature = "ecs",
    feature = "lambda",
    feature = "prometheus",
    feature = "registry",
    feature = "github",
    feature = "flags"
)))]
fn not_built(what: &str) -> Refusal {
    Refusal::Unsupported {
        what: what.to_owned(),
        why: "this build of Lastgood comes without it".to_owned(),
    }
}

/// A measurement of nothing, for one reason.
fn unmeasured(from: Timestamp, to: Timestamp, doubt: Doubt) -> Measurement {
    Measurement::nothing(from.into(), to.into(), vec![doubt])
}

#[async_trait]
impl Surveyor for LiveWorld {
    async fn survey(&self, place: &Place) -> Result<Survey, Refusal> {
        self.platform(place).await?.survey(place).await.map_err(Refusal::of_a_place)
    }

    async fn changed(
        &self,
        place: &Place,
        seen: &Survey,
        patience: Millis,
    ) -> Result<Survey, Refusal> {
        self.platform(place).await?.changed(place, seen, patience).await
    }

    async fn replicas(&self, place: &Place) -> Result<Vec<ReplicaAnswer>, Refusal> {
        self.platform(place).await?.replicas(place).await
    }
}

#[async_trait]
impl ReleaseSource for LiveWorld {
    async fn deploys(
        &self,
        place: &Place,
        before: Option<Timestamp>,
        limit: usize,
    ) -> Result<DeployPage, Refusal> {
        #[cfg(feature = "github")]
        return Box::pin(self.joined(place, self.settings(place)?, (before, limit))).await;
        #[cfg(not(feature = "github"))]
        self.platform(place).await?.deploys(place, before, limit).await.map_err(Refusal::of_a_place)
    }
}

#[async_trait]
impl Observer for LiveWorld {
    async fn measure(
        &self,
        place: &Place,
        slo: &Slo,
        from: Timestamp,
        to: Timestamp,
    ) -> Measurement {
        let settings = match self.settings(place) {
            Ok(settings) => settings,
            Err(refusal) => {
                return unmeasured(from, to, Doubt::BadQuery { why: refusal.to_string() });
            }
        };
        #[cfg(feature = "prometheus")]
        match self.prometheus(settings).await {
            Ok(prometheus) => prometheus.measure(slo, from, to).await,
            Err(doubt) => unmeasured(from, to, doubt),
        }
        #[cfg(not(feature = "prometheus"))]
        {
            let _ = (settings.metrics.as_ref().ok_or_else(no_metrics), slo, &self.vault);
            let why = "this build of Lastgood comes without Prometheus".to_owned();
            unmeasured(from, to, Doubt::Unreachable { why })
        }
    }

    async fn check(&self, _: &Place, check: &Check) -> CheckResult {
        #[cfg(feature = "http")]
        if let Some(http) = &self.http {
            return http.check(check).await;
        }
        CheckResult {
            name: check.name.clone(),
            outcome: CheckOutcome::Unasked,
            took: Millis(0),
            sentence: "no HTTP client can be made here".to_owned(),
        }
    }
}

/// Whose business an operation is.
enum Business<'o> {
    Platform,
    Flags,
    Errands,
    Github(&'o GithubErrand),
}

fn business(operation: &Operation) -> Business<'_> {
    match operation {
        Operation::HaltRollout
        | Operation::ResumeRollout
        | Operation::RestoreRelease { .. }
        | Operation::ShiftTraffic { .. }
        | Operation::SwitchLease { .. }
        | Operation::SwitchSync { .. } => Business::Platform,
        Operation::SwitchFlag { .. } => Business::Flags,
        Operation::RunErrand { errand } => match &**errand {
            Errand::Github(errand) => Business::Github(errand),
            Errand::Command(_) | Errand::Http(_) => Business::Errands,
        },
    }
}

#[async_trait]
impl Actor for LiveWorld {
    async fn resolve(
        &self,
        place: &Place,
        operation: &Operation,
        survey: &Survey,
    ) -> Result<PlannedEffect, Refusal> {
        match business(operation) {
            Business::Platform => {
                self.platform(place).await?.resolve(place, operation, survey).await
            }
            Business::Flags => {
                let system = self.flag_system(place).await;
                // What cannot be done is the operation; the sentence says why.
                if let Err(Refusal::Unsupported { why, .. }) = system {
                    return Err(Refusal::Unsupported { what: operation.as_str().to_owned(), why });
                }
                system?.resolve(place, operation, survey).await
            }
            Business::Errands => self.errands()?.resolve(place, operation, survey).await,
            Business::Github(errand) => self.resolve_on_github(place, operation, errand).await,
        }
    }

    async fn preflight(&self, place: &Place, effects: &[PlannedEffect]) -> Vec<Finding> {
        let (mut on_platform, mut switches, mut errands) = (Vec::new(), Vec::new(), Vec::new());
        let mut on_github = false;
        for effect in effects {
            match business(&effect.operation) {
                Business::Platform => on_platform.push(effect.clone()),
                Business::Flags => switches.push(effect.clone()),
                Business::Errands => errands.push(effect.clone()),
                Business::Github(_) => on_github = true,
            }
        }
        let mut findings = match self.platform(place).await {
            Ok(platform) => platform.preflight(place, &on_platform).await,
            Err(refusal) => {
                vec![Finding::new("the platform", Grade::Unknown, refusal.to_string())]
            }
        };
        if !switches.is_empty() {
            findings.extend(match self.flag_system(place).await {
                Ok(flags) => flags.preflight(place, &switches).await,
                Err(refusal) => {
                    vec![Finding::new("the flag system", Grade::Unknown, refusal.to_string())]
                }
            });
        }
        if let (false, Ok(desk)) = (errands.is_empty(), self.errands()) {
            findings.extend(desk.preflight(place, &errands).await);
        }
        if on_github {
            findings.push(self.preflight_on_github(place).await);
        }
        #[cfg(feature = "github")]
        findings.extend(self.github_finding(place).await);
        findings
    }

    async fn probe(&self, key: &EffectKey, effect: &PlannedEffect) -> Presence {
        let unclear = |refusal: Refusal| Presence::Unclear { why: refusal.to_string() };
        match business(&effect.operation) {
            Business::Platform => match self.platform(&effect.place).await {
                Ok(platform) => platform.probe(key, effect).await,
                Err(refusal) => unclear(refusal),
            },
            Business::Flags => match self.flag_system(&effect.place).await {
                Ok(flags) => flags.probe(key, effect).await,
                Err(refusal) => unclear(refusal),
            },
            Business::Errands => match self.errands() {
                Ok(errands) => errands.probe(key, effect).await,
                Err(refusal) => unclear(refusal),
            },
            Business::Github(errand) => self.probe_on_github(key, effect, errand).await,
        }
    }

    async fn apply(&self, key: &EffectKey, effect: &PlannedEffect) -> Result<Receipt, ApplyError> {
        match business(&effect.operation) {
            Business::Platform => self.platform(&effect.place).await?.apply(key, effect).await,
            Business::Flags => self.flag_system(&effect.place).await?.apply(key, effect).await,
            Business::Errands => self.errands()?.apply(key, effect).await,
            Business::Github(errand) => self.apply_on_github(key, effect, errand).await,
        }
    }
}

#[async_trait]
impl Prover for LiveWorld {
    async fn prove(&self, place: &Place, release: &Release) -> Proof {
        #[cfg(feature = "github")]
        if let Some(proof) = releases::only_recorded(release) {
            return proof;
        }
        let unknown = |why: String| {
            let image = release.artifact.clone();
            let state = ArtifactState::Unknown { why };
            let artifacts = vec![ArtifactProof { image, state, cached: false }];
            Proof { artifacts, needs: Vec::new() }
        };
        let needs = match self.platform(place).await {
            Ok(platform) => platform.needs(release).await,
            Err(refusal) => Err(refusal.to_string()),
        };
        match needs {
            Ok(needs) => {
                let looks = needs.images.iter().map(|image| self.artifact(image, &needs.machines));
                Proof { artifacts: join_all(looks).await, needs: needs.refers }
            }
            Err(why) => unknown(why),
        }
    }

    async fn compare(&self, place: &Place, from: &Release, to: &Release) -> Comparison {
        let compared = match self.platform(place).await {
            Ok(platform) => platform.differences(from, to).await,
            Err(refusal) => {
                Comparison { doubts: vec![refusal.to_string()], ..Comparison::default() }
            }
        };
        #[cfg(feature = "github")]
        let compared = self.with_commits(place, from, to, compared).await;
        compared
    }
}

impl LiveWorld {
    /// What the registry says of one image.
    async fn artifact(&self, image: &Image, machines: &[(String, String)]) -> ArtifactProof {
        #[cfg(feature = "registry")]
        let state = self
            .registry(image, machines)
            .await
            .unwrap_or_else(|why| ArtifactState::Unknown { why });
        #[cfg(not(feature = "registry"))]
        let state = {
            let _ = machines;
            let why = "this build of Lastgood asks no registries".to_owned();
            std::future::ready(ArtifactState::Unknown { why }).await
        };
        ArtifactProof { image: image.reference.clone(), state, cached: image.cached }
    }

    #[cfg(feature = "registry")]
    async fn registry(
        &self,
        image: &Image,
        machines: &[(String, String)],
    ) -> Result<ArtifactState, String> {
        use lastgood_core::catalog::Connection;

        use crate::registry::{Machine, Reference, Registry};

        let reference = Reference::parse(&image.reference).map_err(|why| why.to_string())?;
        let connection = self.catalog.connections.values().find_map(|one| match one {
            Connection::Registry(one) if one.host == reference.registry => Some(one),
            Connection::Registry(_)
            | Connection::Prometheus(_)
            | Connection::Github(_)
            | Connection::Unleash(_)
            | Connection::LaunchDarkly(_) => None,
        });
        let secret = self
            .held(connection.and_then(|connection| connection.secret.as_deref()))
            .await
            .map_err(|error| error.to_string())?;
        let registry = Registry::new(reference.host(), connection, secret)
            .map_err(|failure| failure.to_string())?;
        let machines: Vec<Machine> = machines
            .iter()
            .map(|(os, architecture)| Machine {
                os: os.clone(),
                architecture: architecture.clone(),
            })
            .collect();
        Ok(registry.prove(&reference, image.recorded.as_deref(), &machines).await)
    }
}

impl World for LiveWorld {
    fn environment(&self, place: &Place) -> Option<Environment> {
        self.catalog.environment(place).cloned()
    }

    fn foresee(&self, places: &[Place]) {
        #[cfg(feature = "github")]
        self.foresee_on_github(places);
        #[cfg(not(feature = "github"))]
        let _ = places;
    }
}

#[cfg(all(test, feature = "kubernetes", feature = "prometheus", feature = "http"))]
mod tests;
