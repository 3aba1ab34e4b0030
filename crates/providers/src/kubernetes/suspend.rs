//! Asks who governs the workload, and suspends them or lets them go on: one conditional
//! PATCH of the controller's own object, which carries the effect's key.

use lastgood_core::catalog::Place;
use lastgood_core::effect::{
    ApplyError, Call, Operation, PlannedEffect, Presence, Receipt, Refusal, Reversibility,
};
use lastgood_core::governor::{Governing, Governor, GovernorKind, SyncState};
use lastgood_core::name::EffectKey;
use serde_json::Value;

use super::act::TRIES;
use super::error::Failure;
use super::governors::{ARGO_HOME, Claim, claims};
use super::marks::Effects;
use super::request::{self, JSON_PATCH};
use super::sync::{self, Mark};
use super::{Kubernetes, reply};

/// The object of a governor, and where it was found.
pub(super) struct Found {
    pub(super) kind: GovernorKind,
    pub(super) path: String,
    pub(super) object: Value,
}

impl Kubernetes {
    /// Who governs `objects`, each once. What could not be read is told by the preflight.
    pub(super) async fn governing(&self, objects: &[&Value]) -> Vec<Governing> {
        let mut all: Vec<Claim> = Vec::new();
        for claim in objects.iter().flat_map(|object| claims(object)) {
            if !all.contains(&claim) {
                all.push(claim);
            }
        }
        let mut governing = Vec::new();
        for claim in &all {
            let Some(Ok(found)) = self.steered_by(claim).await else { continue };
            let (governor, sync) = sync::governor(found.kind, &found.object);
            let hindrance = match sync::overruled(found.kind, &found.object) {
                None if sync == SyncState::Automatic => self.may_not_patch(&governor).await,
                hindrance => hindrance,
            };
            governing.push(Governing { governor, sync, hindrance });
        }
        governing
    }

    /// The object that steers a claim; `None` for those who have none that we know, or who
    /// were told to leave the workload alone.
    pub(super) async fn steered_by(&self, claim: &Claim) -> Option<Result<Found, String>> {
        Some(match claim {
            Claim::Argo { namespace, name } => {
                let home = namespace.as_deref().unwrap_or(ARGO_HOME);
                let found = self.steering(GovernorKind::ArgoApplication, home, name).await;
                match found {
                    Err(why) => self.application_elsewhere(name).await.ok_or(why),
                    found @ Ok(_) => found,
                }
            }
            Claim::Kustomization { namespace, name, off: false } => {
                self.steering(GovernorKind::FluxKustomization, namespace, name).await
            }
            Claim::HelmRelease { namespace, name } => {
                self.steering(GovernorKind::FluxHelmRelease, namespace, name).await
            }
            Claim::Kustomization { off: true, .. } | Claim::Chart | Claim::Writer { .. } => {
                return None;
            }
        })
    }

    /// The object with this name, in the first version that the cluster knows.
    async fn steering(
        &self,
        kind: GovernorKind,
        namespace: &str,
        name: &str,
    ) -> Result<Found, String> {
        let (group, plural, versions) = sync::resource(kind);
        let mut why = String::new();
        for version in versions {
            let path = request::custom(group, version, namespace, plural, name);
            match self.link.get(&path).await {
                Ok(answer) => return Ok(Found { kind, path, object: answer.value }),
                Err(failure @ Failure::Status { code: 404, .. }) => {
                    why = failure.refusal(&format!("{plural} {namespace}/{name}")).to_string();
                }
                Err(failure) => return Err(failure.refusal(plural).to_string()),
            }
        }
        Err(why)
    }

    /// Argo CD can live in any namespace.
    async fn application_elsewhere(&self, name: &str) -> Option<Found> {
        let kind = GovernorKind::ArgoApplication;
        let (group, plural, versions) = sync::resource(kind);
        let version = versions.first()?;
        let all = self.link.get(&format!("/apis/{group}/{version}/{plural}")).await.ok()?;
        let mut named: Vec<Value> = reply::items(all.value)
            .into_iter()
            .filter(|one| one["metadata"]["name"] == name)
            .collect();
        // Two of the same name in two namespaces: which one is meant is not known.
        let object = if named.len() == 1 { named.pop()? } else { return None };
        let namespace = object["metadata"]["namespace"].as_str()?;
        let path = request::custom(group, version, namespace, plural, name);
        Some(Found { kind, path, object })
    }

    async fn may_not_patch(&self, governor: &Governor) -> Option<String> {
        let (group, plural, _) = sync::resource(governor.kind);
        let body = request::may_i_at(&governor.namespace, "patch", group, plural);
        match self.link.ask(request::MAY_I, &body).await.map(|found| reply::allowed(&found.value)) {
            Ok(Some(true)) => None,
            Ok(Some(false)) => Some(format!(
                "this user may not patch {plural} in namespace {}",
                governor.namespace
            )),
            Ok(None) => Some(format!("whether this user may patch {plural} is not known")),
            Err(failure) => Some(failure.refusal("the access review").to_string()),
        }
    }

    /// Resolves the suspension of `governor`, or its end.
    pub(super) async fn plan_sync(
        &self,
        place: &Place,
        operation: &Operation,
        governor: &Governor,
        to: SyncState,
    ) -> Result<PlannedEffect, Refusal> {
        let Found { path, object, .. } = self.steers(governor).await?;
        let body = sync::patch(governor, to, &object, &Mark::Shown);
        Ok(PlannedEffect {
            operation: operation.clone(),
            place: place.clone(),
            call: Call {
                system: "kubernetes".to_owned(),
                scope: format!(
                    "cluster {}, context {}, namespace {}",
                    self.link.server, self.link.context, governor.namespace
                ),
                verb: "PATCH".to_owned(),
                target: path,
                body: serde_json::to_string_pretty(&body).ok(),
            },
            changes: sync::changes(governor, to),
            expects: sync::expects(governor, to, &object),
            reversibility: Reversibility::Reversible,
        })
    }

    async fn steers(&self, governor: &Governor) -> Result<Found, Refusal> {
        let found = self.steering(governor.kind, &governor.namespace, &governor.name).await;
        found.map_err(|why| Refusal::Rejected { system: governor.kind.system().to_owned(), why })
    }

    /// Suspends, or lets go on, once.
    pub(super) async fn switch_sync(
        &self,
        key: &EffectKey,
        effect: &PlannedEffect,
        governor: &Governor,
        to: SyncState,
    ) -> Result<Receipt, ApplyError> {
        for _ in 0..TRIES {
            let Found { kind, path, object } = self.steers(governor).await?;
            let is_so = sync::governor(kind, &object).1 == to;
            if let Some(done) = Effects::of(&object).find(key)
                && (done == key || is_so)
            {
                return Ok(receipt(done, governor, &object));
            }
            sync::holds(governor, &effect.expects, &object)?;
            let body = sync::patch(governor, to, &object, &Mark::Of(key));
            match self.link.patch(&path, JSON_PATCH, &body).await {
                Ok(answer) => return Ok(receipt(key, governor, &answer.value)),
                // Nothing landed: the precondition is on the very version that was read.
                Err(failure) if failure.code() == Some(409) => {
                    tracing::debug!(%key, "the governor moved in between; looking again");
                }
                Err(failure) => return Err(failure.outcome(&governor.to_string())),
            }
        }
        Err(ApplyError::Refused(Refusal::Rejected {
            system: governor.kind.system().to_owned(),
            why: format!("{governor} moved on each of {TRIES} tries; nothing was changed"),
        }))
    }

    /// Whether the switch with this key took place.
    pub(super) async fn probe_sync(&self, key: &EffectKey, governor: &Governor) -> Presence {
        match self.steers(governor).await {
            Ok(found) => match Effects::of(&found.object).find(key) {
                Some(done) => Presence::Present(receipt(done, governor, &found.object)),
                None => Presence::Absent,
            },
            Err(refusal) => Presence::Unclear { why: refusal.to_string() },
        }
    }
}

fn receipt(key: &EffectKey, governor: &Governor, object: &Value) -> Receipt {
    let version = object["metadata"]["resourceVersion"].as_str().unwrap_or("unknown");
    Receipt {
        reference: format!("resourceVersion {version}"),
        sentence: format!("{governor} carries the mark of {}", key.short()),
    }
}

/// What an effect switches, when it is one of ours.
pub(super) fn switched(operation: &Operation) -> Option<(&Governor, SyncState)> {
    match operation {
        Operation::SwitchSync { governor, to } => Some((governor, *to)),
        Operation::HaltRollout
        | Operation::ResumeRollout
        | Operation::RestoreRelease { .. }
        | Operation::ShiftTraffic { .. }
        | Operation::SwitchFlag { .. }
        | Operation::SwitchLease { .. }
        | Operation::RunErrand { .. } => None,
    }
}
