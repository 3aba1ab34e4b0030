//! An Amazon ECS service, on Fargate or on machines: looks at its deployments, stops one
//! so that ECS rolls it back, and makes an earlier task definition serve again.
//!
//! A release is a task definition with its revision (`checkout:7`); a revision never
//! changes. ECS takes no condition and no key with a change, so the key is written into a
//! tag of the service first, with the deployment that was seen just before: what a probe
//! finds is the tag, and whether the service has moved on from that deployment. Starting
//! the same task definition anew (`force-new-deployment`) is no rollback and is not
//! offered. Start with [`Ecs::connect`].

mod act;
mod codedeploy;
mod effect;
mod history;
mod look;
mod marks;
mod needs;
mod objects;
mod preflight;
mod read;
mod record;
mod reply;

use async_trait::async_trait;
use aws_sdk_ecs::Client;
use jiff::Timestamp;
use lastgood_core::catalog::{EcsPlace, Place, ReplicaVersion};
use lastgood_core::check::ReplicaAnswer;
use lastgood_core::effect::{ApplyError, Operation, PlannedEffect, Presence, Receipt, Refusal};
use lastgood_core::lease::{PlaceLease, Tenure};
use lastgood_core::name::{EffectKey, RunId};
use lastgood_core::ports::{
    Actor, GovernorSource, LeaseKeeper, LeaseSource, ReleaseSource, Surveyor,
};
use lastgood_core::preflight::Finding;
use lastgood_core::release::DeployPage;
use lastgood_core::secret::Secret;
use lastgood_core::survey::Survey;
use lastgood_core::time::Millis;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

use crate::aws::{Link, Pace, wait_for_change};
use crate::clock;
use crate::replica::AskVersion;
use codedeploy::Group;
use effect::Whereabouts;
use objects::{Controller, Seen};

/// One service in one cluster.
#[derive(Clone)]
pub struct Ecs {
    place: EcsPlace,
    link: Link,
    reads: Client,
    changes: Client,
    /// `CodeDeploy`, for services that it moves.
    deploys: aws_sdk_codedeploy::Client,
    deploy_changes: aws_sdk_codedeploy::Client,
    known_group: Arc<OnceLock<Group>>,
    /// Texts by their digest.
    specs: Arc<Mutex<BTreeMap<String, String>>>,
    versions: Option<(ReplicaVersion, Arc<dyn AskVersion>)>,
}

impl Ecs {
    /// Reads the shared configuration. Nothing is sent before the first question.
    pub async fn connect(place: &EcsPlace, key: Option<&Secret<String>>) -> Result<Self, Refusal> {
        Self::at(place, key, Pace::default()).await
    }

    async fn at(
        place: &EcsPlace,
        key: Option<&Secret<String>>,
        limits: Pace,
    ) -> Result<Self, Refusal> {
        let link = Link::open(&place.access, key, limits)
            .await
            .map_err(|failure| failure.refusal("the account"))?;
        Ok(Self::over(place, link))
    }

    /// With a way to the account that others may use as well.
    pub(crate) fn over(place: &EcsPlace, link: Link) -> Self {
        let (reads, changes) = (Client::new(&link.reads), Client::new(&link.changes));
        let deploys = aws_sdk_codedeploy::Client::new(&link.reads);
        let deploy_changes = aws_sdk_codedeploy::Client::new(&link.changes);
        Self {
            place: place.clone(),
            link,
            reads,
            changes,
            deploys,
            deploy_changes,
            known_group: Arc::default(),
            specs: Arc::default(),
            versions: None,
        }
    }

    /// Lets tasks be asked for their version, beside what ECS says of them.
    #[must_use]
    pub fn asking(mut self, versions: ReplicaVersion, ask: Arc<dyn AskVersion>) -> Self {
        self.versions = Some((versions, ask));
        self
    }

    /// `the service checkout in cluster shop`.
    fn name(&self) -> String {
        format!("the service {} in cluster {}", self.place.service, self.place.cluster)
    }

    /// The service, and the task definitions that it runs.
    async fn seen(&self) -> Result<Seen, Refusal> {
        let what = self.name();
        let mut service = self.service().await.map_err(|failure| failure.refusal(&what))?;
        if service.status != "ACTIVE" {
            return Err(Refusal::Gone { what });
        }
        let moving = match service.controller {
            Controller::CodeDeploy => Some(self.moving_or_why_not(&service).await?),
            Controller::Ecs | Controller::External | Controller::Unknown(_) => None,
        };
        if let Some(Ok(moving)) = &moving {
            service.deployments = moving.deployments(&service);
        }
        let mut definitions = Vec::new();
        for deployment in &service.deployments {
            let name = &deployment.definition;
            if definitions.iter().any(|known: &objects::Definition| known.name == *name) {
                continue;
            }
            let found = self.definition(name).await;
            let about = format!("the task definition {name}");
            definitions.extend(found.map_err(|failure| failure.refusal(&about))?);
        }
        Ok(Seen { service, definitions, moving, at: clock::wall() })
    }

    /// Whoever may see the service may not see `CodeDeploy`: that is told, and shows the service
    /// all the same. A look that failed is none.
    async fn moving_or_why_not(
        &self,
        service: &objects::Service,
    ) -> Result<Result<codedeploy::Moving, Refusal>, Refusal> {
        match self.moving(service).await {
            Ok(moving) => Ok(Ok(moving)),
            Err(failure) => {
                let why = failure.refusal("the deployments of CodeDeploy");
                if matches!(why, Refusal::Forbidden { .. }) { Ok(Err(why)) } else { Err(why) }
            }
        }
    }

    fn container(&self) -> Option<&str> {
        self.place.container.as_deref()
    }

    async fn look(&self) -> Result<Survey, Refusal> {
        self.seen().await.map(|seen| look::survey(&seen, self.container()))
    }
}

#[async_trait]
impl Surveyor for Ecs {
    async fn survey(&self, _: &Place) -> Result<Survey, Refusal> {
        self.look().await
    }

    async fn changed(&self, _: &Place, seen: &Survey, patience: Millis) -> Result<Survey, Refusal> {
        wait_for_change(self.link.pace, seen, patience, || self.look()).await
    }

    async fn replicas(&self, _: &Place) -> Result<Vec<ReplicaAnswer>, Refusal> {
        self.answers().await
    }
}

#[async_trait]
impl ReleaseSource for Ecs {
    async fn deploys(
        &self,
        place: &Place,
        before: Option<Timestamp>,
        limit: usize,
    ) -> Result<DeployPage, Refusal> {
        let seen = self.seen().await?;
        let sources = self.sources(&seen).await;
        Ok(history::page(&sources, self.container(), place, before, limit))
    }
}

// Nobody is known who puts it back to what a repository says.
#[async_trait]
impl GovernorSource for Ecs {}

#[async_trait]
impl LeaseSource for Ecs {}

#[async_trait]
impl LeaseKeeper for Ecs {
    async fn renew(&self, _: &Place, _: &RunId, lease: &PlaceLease) -> Tenure {
        Tenure::none_kept(lease)
    }
}

#[async_trait]
impl crate::instances::KnowInstances for Ecs {}

#[async_trait]
impl Actor for Ecs {
    async fn resolve(
        &self,
        place: &Place,
        operation: &Operation,
        survey: &Survey,
    ) -> Result<PlannedEffect, Refusal> {
        let (scope, account) = self.link.scope().await?;
        let seen = self.seen().await?;
        let target = match operation {
            Operation::RestoreRelease { release } => {
                let found = self.definition(release.as_str()).await;
                found.map_err(|failure| failure.refusal(&format!("release {release}")))?
            }
            Operation::HaltRollout
            | Operation::ResumeRollout
            | Operation::ShiftTraffic { .. }
            | Operation::SwitchFlag { .. }
            | Operation::SwitchLease { .. }
            | Operation::SwitchSync { .. }
            | Operation::RunErrand { .. } => None,
        };
        let here =
            Whereabouts { place, target: &self.place, scope: &scope, container: self.container() };
        if let Some(moving) = &seen.moving {
            let moving = moving.as_ref().map_err(Clone::clone)?;
            let rolls = match &moving.group {
                Some(group) => self.rolls(group).await,
                None => Ok(Vec::new()),
            };
            let rolls = rolls.map_err(|why| why.refusal("the deployments of CodeDeploy"))?;
            let blank = effect::blank(here, operation, survey, &seen)?;
            let with = (target.as_ref(), &rolls[..]);
            let mut effect = codedeploy::effect::resolve(here, blank, &seen, moving, with)?;
            effect.expects.extend(account);
            return Ok(effect);
        }
        let open = match operation {
            Operation::HaltRollout => {
                let found = self.open().await;
                found.map_err(|failure| failure.refusal("its service deployments"))?
            }
            Operation::RestoreRelease { .. }
            | Operation::ResumeRollout
            | Operation::ShiftTraffic { .. }
            | Operation::SwitchFlag { .. }
            | Operation::SwitchLease { .. }
            | Operation::SwitchSync { .. }
            | Operation::RunErrand { .. } => None,
        };
        let mut effect =
            effect::resolve(here, operation, survey, &seen, target.as_ref(), open.as_ref())?;
        effect.expects.extend(account);
        Ok(effect)
    }

    async fn preflight(&self, _: &Place, effects: &[PlannedEffect]) -> Vec<Finding> {
        self.look_before(effects).await
    }

    async fn probe(&self, key: &EffectKey, effect: &PlannedEffect) -> Presence {
        self.probe_for(key, effect).await
    }

    async fn apply(&self, key: &EffectKey, effect: &PlannedEffect) -> Result<Receipt, ApplyError> {
        Box::pin(self.apply_once(key, effect)).await
    }
}

#[cfg(test)]
mod tests;
