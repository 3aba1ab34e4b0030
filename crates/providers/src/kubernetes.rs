//! A Kubernetes Deployment, or what is like it: looks at it, halts it, and makes an earlier `ReplicaSet`'s
//! template serve again.
//!
//! A release is a `ReplicaSet`; its name is the release's id, because it stays the same for
//! the same template. Every change is one conditional PATCH of the Deployment, which
//! carries the effect's key in an annotation, so that a probe finds it again. Start with
//! [`Kubernetes::connect`].

mod act;
mod argo;
mod clusters;
mod colours;
mod effect;
mod error;
mod examine;
mod governors;
mod helm;
mod history;
mod instances;
mod lease;
mod link;
mod look;
mod marks;
mod needs;
mod objects;
mod pair;
mod pods;
mod preflight;
mod record;
mod rehearse;
mod reply;
mod request;
mod revisions;
mod room;
mod suspend;
mod sync;
mod template;
mod two;
mod watch;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::future::join_all;
use jiff::Timestamp;
use lastgood_core::catalog::{KubernetesPlace, Place, ReplicaVersion, Workload};
use lastgood_core::check::ReplicaAnswer;
use lastgood_core::effect::{ApplyError, Operation, PlannedEffect, Presence, Receipt, Refusal};
use lastgood_core::governor::Governing;
use lastgood_core::lease::{Leasing, PlaceLease, Tenure, leased};
use lastgood_core::name::{EffectKey, Person, RunId};
use lastgood_core::ports::{
    Actor, GovernorSource, LeaseKeeper, LeaseSource, ReleaseSource, Surveyor,
};
use lastgood_core::preflight::Finding;
use lastgood_core::release::DeployPage;
use lastgood_core::survey::{RolloutState, Survey};
use lastgood_core::time::Millis;
use serde_json::Value;

pub use clusters::Clusters;
pub use colours::Colours;
pub use error::Failure;
pub(crate) use examine::examine;
pub use pair::Pair;

use crate::operator;
use crate::replica::AskVersion;
use effect::Whereabouts;
use link::Link;
use objects::Seen;
use pods::Replica;
use suspend::switched;
use watch::wait_for_change;

/// A replica that does not answer within this is not worth the gate's time: it is asked
/// again at the next look.
const ASK: Duration = Duration::from_secs(2);

/// One Deployment, Argo Rollout, `StatefulSet` or `DaemonSet` in one cluster.
#[derive(Clone)]
pub struct Kubernetes {
    place: KubernetesPlace,
    link: Link,
    versions: Option<(ReplicaVersion, Arc<dyn AskVersion>)>,
    /// Who acts, where somebody said so.
    person: Option<Person>,
}

impl Kubernetes {
    /// Reads the kubeconfig. Nothing is sent before the first question.
    pub async fn connect(place: &KubernetesPlace) -> Result<Self, Refusal> {
        Self::within(&Clusters::default(), place).await
    }

    /// The same, with the client of whoever else is in that cluster.
    pub async fn within(clusters: &Clusters, place: &KubernetesPlace) -> Result<Self, Refusal> {
        let link = clusters.link(place).await?;
        Ok(Self { place: place.clone(), link, versions: None, person: None })
    }

    /// Lets replicas be asked for their version.
    #[must_use]
    pub fn asking(mut self, versions: ReplicaVersion, ask: Arc<dyn AskVersion>) -> Self {
        self.versions = Some((versions, ask));
        self
    }

    /// Says who acts, to whoever wants to change the same workload meanwhile.
    #[must_use]
    pub fn by(mut self, person: Option<Person>) -> Self {
        self.person = person;
        self
    }

    /// `ana@laptop`.
    fn operator(&self) -> String {
        operator::at_this_machine(self.person.as_ref().map(Person::as_str))
    }

    /// The lease of the workload.
    fn lease(&self) -> PlaceLease {
        lease::of(&self.place.namespace, self.place.workload.name())
    }

    /// `the deployment checkout in namespace shop`.
    fn name(&self) -> String {
        let kind = match self.place.workload {
            Workload::Rollout(_) => "rollout",
            Workload::StatefulSet(_) => "statefulset",
            Workload::DaemonSet(_) => "daemonset",
            Workload::Deployment(_)
            | Workload::DeploymentPair { .. }
            | Workload::ServiceSelector { .. } => "deployment",
        };
        format!("the {kind} {} in namespace {}", self.place.workload.name(), self.place.namespace)
    }

    /// The Deployment and its `ReplicaSets` now.
    async fn seen(&self) -> Result<Seen, Refusal> {
        self.fetch().await.map(|(seen, _)| seen)
    }

    /// The same, with where to watch for what comes next.
    async fn fetch(&self) -> Result<(Seen, Vec<String>), Refusal> {
        let refused = |failure: Failure| failure.refusal(&self.name());
        let found = self.link.get(&request::deployment(&self.place)).await.map_err(refused)?;
        argo::has_its_own_template(&found.value)?;
        let at = found.at();
        let selector = request::selector(&found.value["spec"]["selector"]);
        let sets =
            self.link.get(&request::replica_sets(&self.place, &selector)).await.map_err(refused)?;
        let mut watched = vec![
            request::deployment_watch(&self.place, watch::version(&found.value)),
            request::replica_set_watch(&self.place, &selector, watch::version(&sets.value)),
        ];
        let sets = reply::items(sets.value);
        if revisions::kind_of(&found.value).is_none() {
            return Ok((Seen::new(found.value, sets, at), watched));
        }
        let pods = self.link.get(&request::pods(&self.place, &selector)).await.map_err(refused)?;
        watched.push(request::pod_watch(&self.place, &selector, watch::version(&pods.value)));
        let pods = reply::items(pods.value);
        Ok((Seen::of_revisions(found.value, sets, pods, at), watched))
    }

    async fn pods(&self, seen: &Seen) -> Result<Vec<Value>, Refusal> {
        if revisions::kind(seen).is_some() {
            return Ok(seen.pods.clone());
        }
        let selector = request::selector(&seen.deployment["spec"]["selector"]);
        let found = self
            .link
            .get(&request::pods(&self.place, &selector))
            .await
            .map_err(|failure| failure.refusal(&self.name()))?;
        let mut pods = reply::items(found.value);
        pods.retain(|pod| seen.sets.iter().any(|set| reply::is_owned_by(pod, &set.uid)));
        Ok(pods)
    }

    /// A survey, with what a watch needs to go on from it.
    async fn look(&self) -> Result<(Survey, Vec<String>), Refusal> {
        let (seen, watched) = self.fetch().await?;
        let trouble = match look::rollout(&seen, None) {
            RolloutState::Stuck { .. } => {
                // Only a detail of the sentence: without it the survey stands.
                self.pods(&seen).await.ok().and_then(|pods| look::trouble(&pods))
            }
            RolloutState::Settled
            | RolloutState::Progressing
            | RolloutState::Halted
            | RolloutState::Unknown { .. } => None,
        };
        let survey = look::survey(&seen, self.place.container.as_deref(), trouble.as_deref());
        Ok((survey, watched))
    }

    async fn answer(&self, pod: &Value) -> ReplicaAnswer {
        let replica = Replica::new(pod, self.place.container.as_deref());
        let asked = match &self.versions {
            None => Err("the catalog does not say how to ask (replica_version)".to_owned()),
            Some((how, ask)) => match replica.url(&how.url) {
                Ok(url) => match tokio::time::timeout(ASK, ask.version(&url, &how.read)).await {
                    Ok(asked) => asked,
                    Err(_) => Err(format!("no answer within {} s", ASK.as_secs())),
                },
                Err(why) => Err(why),
            },
        };
        let (version, doubt) = match asked {
            Ok(version) => (Some(version), replica.leaving.then(|| "it is leaving".to_owned())),
            Err(why) => (None, Some(why)),
        };
        ReplicaAnswer {
            replica: replica.name,
            ready: replica.ready,
            artifact: replica.artifact,
            version,
            doubt,
            restarted_at: replica.restarted_at,
        }
    }
}

#[async_trait]
impl Surveyor for Kubernetes {
    async fn survey(&self, _: &Place) -> Result<Survey, Refusal> {
        self.look().await.map(|(survey, _)| survey)
    }

    async fn changed(&self, _: &Place, seen: &Survey, patience: Millis) -> Result<Survey, Refusal> {
        wait_for_change(&self.link, seen, patience, || self.look()).await
    }

    async fn replicas(&self, _: &Place) -> Result<Vec<ReplicaAnswer>, Refusal> {
        let seen = self.seen().await?;
        let pods = self.pods(&seen).await?;
        // The colour of a Rollout that stands by has replicas, and nobody meets them.
        let serve = pods.iter().filter(|pod| !pods::is_over(pod) && argo::is_met(&seen, pod));
        let asked = serve.map(|pod| self.answer(pod));
        let mut answers = join_all(asked).await;
        answers.sort_by(|a, b| a.replica.cmp(&b.replica));
        Ok(answers)
    }
}

#[async_trait]
impl ReleaseSource for Kubernetes {
    async fn deploys(
        &self,
        place: &Place,
        before: Option<Timestamp>,
        limit: usize,
    ) -> Result<DeployPage, Refusal> {
        let seen = self.seen().await?;
        let events_path = request::events(&self.place, seen.uid());
        let (pods, events) = futures::join!(self.pods(&seen), self.link.get(&events_path));
        let unread_pods =
            pods.as_ref().err().map(|refusal| format!("its pods could not be read: {refusal}"));
        let pods = pods.unwrap_or_default();
        let events = events
            .map(|answer| reply::items(answer.value))
            .map_err(|failure| failure.refusal("the events").to_string());
        let sources = history::Sources {
            seen: &seen,
            container: self.place.container.as_deref(),
            pods: &pods,
            events: events.as_deref().map_err(Clone::clone),
        };
        let mut page = history::page(&sources, place, before, limit);
        page.doubts.extend(unread_pods);
        Ok(page)
    }
}

#[async_trait]
impl Actor for Kubernetes {
    async fn resolve(
        &self,
        place: &Place,
        operation: &Operation,
        survey: &Survey,
    ) -> Result<PlannedEffect, Refusal> {
        if let Some((lease, to)) = leased(operation) {
            return self.plan_lease(place, operation, lease, to).await;
        }
        if let Some((governor, to)) = switched(operation) {
            return self.plan_sync(place, operation, governor, to).await;
        }
        let seen = self.seen().await?;
        let here = Whereabouts {
            place,
            target: &self.place,
            server: &self.link.server,
            context: &self.link.context,
        };
        if let Some(step) = argo::step(&seen, operation) {
            return argo::resolve(here, operation, survey, (&seen, step?));
        }
        let effect = effect::resolve(here, operation, survey, &seen)?;
        let restores = matches!(operation, Operation::RestoreRelease { .. }) && !argo::is(&seen);
        match helm::owner(&seen.deployment).filter(|_| restores) {
            Some(owner) => self.plan_helm(effect, &owner, &seen).await,
            None => Ok(effect),
        }
    }

    async fn preflight(&self, _: &Place, effects: &[PlannedEffect]) -> Vec<Finding> {
        let lease = self.lease();
        let (mut findings, turn) =
            futures::join!(self.look_before(effects), self.lease_findings(&lease));
        findings.extend(turn);
        findings
    }

    async fn probe(&self, key: &EffectKey, effect: &PlannedEffect) -> Presence {
        if let Some((lease, to)) = leased(&effect.operation) {
            return self.probe_lease(key, lease, to).await;
        }
        match switched(&effect.operation) {
            Some((governor, _)) => self.probe_sync(key, governor).await,
            None if helm::is(effect) => self.probe_helm(key, effect).await,
            None => self.probe_for(key).await,
        }
    }

    async fn apply(&self, key: &EffectKey, effect: &PlannedEffect) -> Result<Receipt, ApplyError> {
        if let Some((lease, to)) = leased(&effect.operation) {
            return self.switch_lease(key, lease, to).await;
        }
        let effect = &self.in_turn(key, &self.lease(), effect).await?;
        match switched(&effect.operation) {
            Some((governor, to)) => self.switch_sync(key, effect, governor, to).await,
            None if argo::moves(&self.place, &effect.operation) => {
                self.step_once(key, effect).await
            }
            None if helm::is(effect) => self.helm_once(key, effect).await,
            None => self.apply_once(key, effect).await,
        }
    }
}

#[async_trait]
impl GovernorSource for Kubernetes {
    async fn governors(&self, _: &Place) -> Vec<Governing> {
        match self.seen().await {
            Ok(seen) => self.governing(&[&seen.deployment]).await,
            Err(_) => Vec::new(),
        }
    }
}

#[async_trait]
impl LeaseSource for Kubernetes {
    async fn leasing(&self, _: &Place) -> Option<Leasing> {
        Some(self.taking(self.lease()).await)
    }
}

#[async_trait]
impl LeaseKeeper for Kubernetes {
    async fn renew(&self, _: &Place, run: &RunId, lease: &PlaceLease) -> Tenure {
        self.keep_lease(run, lease).await
    }
}

#[cfg(test)]
mod tests;
