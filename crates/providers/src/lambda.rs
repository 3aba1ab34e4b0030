//! An alias of an AWS Lambda function: looks at what it routes to, takes a canary's weight
//! away, and makes an earlier version serve again.
//!
//! A release is a published version; its number is the release's id, because a version
//! never changes. Every change is one conditional `UpdateAlias` (by `RevisionId`), whose
//! description carries the effect's key, so that a probe finds it again. Lambda keeps no
//! history of an alias; [`history`] says what that leaves open. Start with
//! [`Lambda::connect`].

mod act;
mod effect;
mod history;
mod look;
mod marks;
mod needs;
mod objects;
mod preflight;
mod record;
mod reply;

use std::collections::BTreeMap;

use async_trait::async_trait;
use aws_sdk_lambda::Client;
use aws_sdk_lambda::types::AliasRoutingConfiguration;
use jiff::Timestamp;
use lastgood_core::catalog::{LambdaPlace, Place};
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

use crate::aws::{Failure, Link, Pace, wait_for_change};
use crate::clock;
use effect::Whereabouts;
use objects::{Alias, Provisioned, Seen, Version};

/// The largest page that Lambda gives.
const PAGE: i32 = 50;
/// A thousand versions; a function has room for a few hundred of ordinary size.
const PAGES_AT_MOST: usize = 20;

/// One alias of one function in one account.
#[derive(Clone)]
pub struct Lambda {
    place: LambdaPlace,
    link: Link,
    reads: Client,
    changes: Client,
}

impl Lambda {
    /// Reads the shared configuration. Nothing is sent before the first question.
    pub async fn connect(
        place: &LambdaPlace,
        key: Option<&Secret<String>>,
    ) -> Result<Self, Refusal> {
        Self::at(place, key, Pace::default()).await
    }

    async fn at(
        place: &LambdaPlace,
        key: Option<&Secret<String>>,
        limits: Pace,
    ) -> Result<Self, Refusal> {
        let link = Link::open(&place.access, key, limits)
            .await
            .map_err(|failure| failure.refusal("the account"))?;
        Ok(Self::over(place, link))
    }

    /// With a way to the account that others may use as well.
    pub(crate) fn over(place: &LambdaPlace, link: Link) -> Self {
        let (reads, changes) = (Client::new(&link.reads), Client::new(&link.changes));
        Self { place: place.clone(), link, reads, changes }
    }

    /// `the alias live of function checkout`.
    fn name(&self) -> String {
        format!("the alias {} of function {}", self.place.alias, self.place.function)
    }

    async fn alias(&self) -> Result<Alias, Failure> {
        let send = || {
            let (function, alias) = (&self.place.function, &self.place.alias);
            self.reads.get_alias().function_name(function).name(alias).send()
        };
        let found = self.link.read("lambda:GetAlias", send).await?;
        reply::alias(&found)
    }

    /// What is kept warm for the alias.
    async fn provisioned(&self) -> Provisioned {
        let send = || {
            let (function, alias) = (&self.place.function, &self.place.alias);
            let ask = self.reads.get_provisioned_concurrency_config();
            ask.function_name(function).qualifier(alias).send()
        };
        match self.link.read("lambda:GetProvisionedConcurrencyConfig", send).await {
            Ok(found) => reply::provisioned(&found),
            Err(failure)
                if failure.code() == Some("ProvisionedConcurrencyConfigNotFoundException") =>
            {
                Provisioned::None
            }
            Err(failure) => {
                let refusal = failure.refusal("the provisioned concurrency");
                let denied = matches!(refusal, Refusal::Forbidden { .. });
                Provisioned::Unknown { why: refusal.to_string(), denied }
            }
        }
    }

    /// One version; `None` when there is none of that number.
    async fn version(&self, number: &str) -> Result<Option<Version>, Failure> {
        let send = || {
            let ask = self.reads.get_function_configuration();
            ask.function_name(&self.place.function).qualifier(number).send()
        };
        match self.link.read("lambda:GetFunctionConfiguration", send).await {
            Ok(found) => reply::version_of(&found).map(Some),
            Err(failure) if failure.code() == Some("ResourceNotFoundException") => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// Every published version, and whether there are more than we read.
    async fn versions(&self) -> Result<(Vec<Version>, bool), Failure> {
        let mut versions = Vec::new();
        let mut marker: Option<String> = None;
        for _ in 0..PAGES_AT_MOST {
            let send = || {
                let ask = self.reads.list_versions_by_function().max_items(PAGE);
                ask.function_name(&self.place.function).set_marker(marker.clone()).send()
            };
            let found = self.link.read("lambda:ListVersionsByFunction", send).await?;
            versions.extend(found.versions().iter().filter_map(reply::version));
            marker = found.next_marker().filter(|marker| !marker.is_empty()).map(str::to_owned);
            if marker.is_none() {
                return Ok((versions, false));
            }
        }
        Ok((versions, true))
    }

    /// The function's tags, which hold what was recorded about its versions.
    async fn tags(&self, alias: &Alias) -> Result<BTreeMap<String, String>, Failure> {
        let send = || self.reads.list_tags().resource(alias.function_arn()).send();
        let found = self.link.read("lambda:ListTags", send).await?;
        Ok(found.tags().into_iter().flatten().map(|(a, b)| (a.clone(), b.clone())).collect())
    }

    /// The alias and everything that it routes to.
    async fn seen(&self) -> Result<Seen, Refusal> {
        let what = self.name();
        let refused = |failure: Failure| failure.refusal(&what);
        let alias = self.alias().await.map_err(refused)?;
        let (provisioned, tags) = futures::join!(self.provisioned(), self.tags(&alias));
        let numbers = alias.numbers();
        let asked = numbers.iter().map(|number| self.version(number));
        let mut versions = Vec::new();
        for found in futures::future::join_all(asked).await {
            versions.extend(found.map_err(refused)?);
        }
        let tags = tags.map_err(|failure| failure.refusal("the function").to_string());
        Ok(Seen { alias, provisioned, versions, tags, at: clock::wall() })
    }

    async fn look(&self) -> Result<Survey, Refusal> {
        self.seen().await.map(|seen| look::survey(&seen))
    }

    /// Sends a change of the alias, once.
    async fn update(&self, change: &effect::Ready) -> Result<Alias, Failure> {
        let routing = AliasRoutingConfiguration::builder()
            .set_additional_version_weights(Some(change.routing.weights()))
            .build();
        let sent = self
            .changes
            .update_alias()
            .function_name(&self.place.function)
            .name(&self.place.alias)
            .function_version(&change.routing.primary)
            .routing_config(routing)
            .description(&change.description)
            .revision_id(&change.revision)
            .send();
        let found = self.link.change("lambda:UpdateAlias", sent).await?;
        reply::updated(&found)
    }
}

#[async_trait]
impl Surveyor for Lambda {
    async fn survey(&self, _: &Place) -> Result<Survey, Refusal> {
        self.look().await
    }

    async fn changed(&self, _: &Place, seen: &Survey, patience: Millis) -> Result<Survey, Refusal> {
        wait_for_change(self.link.pace, seen, patience, || self.look()).await
    }

    async fn replicas(&self, _: &Place) -> Result<Vec<ReplicaAnswer>, Refusal> {
        self.seen().await.map(|seen| look::replicas(&seen, &self.place))
    }
}

#[async_trait]
impl ReleaseSource for Lambda {
    async fn deploys(
        &self,
        place: &Place,
        before: Option<Timestamp>,
        limit: usize,
    ) -> Result<DeployPage, Refusal> {
        let seen = self.seen().await?;
        let (versions, more) =
            self.versions().await.map_err(|failure| failure.refusal(&self.name()))?;
        let sources = history::Sources { seen: &seen, versions: &versions, more };
        Ok(history::page(&sources, &self.place, place, before, limit))
    }
}

// Nobody is known who puts it back to what a repository says.
#[async_trait]
impl GovernorSource for Lambda {}

#[async_trait]
impl LeaseSource for Lambda {}

#[async_trait]
impl LeaseKeeper for Lambda {
    async fn renew(&self, _: &Place, _: &RunId, lease: &PlaceLease) -> Tenure {
        Tenure::none_kept(lease)
    }
}

#[async_trait]
impl crate::instances::KnowInstances for Lambda {}

#[async_trait]
impl Actor for Lambda {
    async fn resolve(
        &self,
        place: &Place,
        operation: &Operation,
        survey: &Survey,
    ) -> Result<PlannedEffect, Refusal> {
        let (scope, account) = self.link.scope().await?;
        let seen = self.seen().await?;
        let target = match operation {
            Operation::RestoreRelease { release } | Operation::ShiftTraffic { release, .. } => {
                let found = self.version(release.as_str()).await;
                found.map_err(|failure| failure.refusal(&format!("version {release}")))?
            }
            Operation::HaltRollout
            | Operation::ResumeRollout
            | Operation::SwitchFlag { .. }
            | Operation::SwitchLease { .. }
            | Operation::SwitchSync { .. }
            | Operation::RunErrand { .. } => None,
        };
        let here = Whereabouts { place, target: &self.place, scope: &scope };
        let mut effect = effect::resolve(here, operation, survey, &seen, target.as_ref())?;
        effect.expects.extend(account);
        Ok(effect)
    }

    async fn preflight(&self, _: &Place, effects: &[PlannedEffect]) -> Vec<Finding> {
        Box::pin(self.look_before(effects)).await
    }

    async fn probe(&self, key: &EffectKey, _: &PlannedEffect) -> Presence {
        self.probe_for(key).await
    }

    async fn apply(&self, key: &EffectKey, effect: &PlannedEffect) -> Result<Receipt, ApplyError> {
        self.apply_once(key, effect).await
    }
}

#[cfg(test)]
mod tests;
