//! Making a change exactly once, and finding it again.

use std::time::Duration;

use lastgood_core::effect::{ApplyError, PlannedEffect, Presence, Receipt, Refusal};
use lastgood_core::name::EffectKey;
use serde_json::{Value, json};

use super::effect::{Ready, holds, is_so, ready};
use super::marks::{Effects, ROLLED_BACK, RolledBack, receipt};
use super::request::{self, JSON_PATCH, MERGE_PATCH};
use super::{Kubernetes, objects::Seen};

/// How often a change is tried when only the status moved in between. Status moves a few
/// times a second during a rollout and a try takes some 20 ms.
pub(super) const TRIES: u32 = 3;
/// A mark on the release that was left helps the next person and is not worth waiting for.
const MARK_WITHIN: Duration = Duration::from_secs(3);

impl Kubernetes {
    pub(super) async fn apply_once(
        &self,
        key: &EffectKey,
        effect: &PlannedEffect,
    ) -> Result<Receipt, ApplyError> {
        let what = self.name();
        let path = request::deployment(&self.place);
        for _ in 0..TRIES {
            let seen = self.seen().await?;
            if let Some(done) = Effects::of(&seen.deployment).find(key)
                && (done == key || is_so(&effect.operation, &seen))
            {
                return Ok(receipt(key, &seen.deployment));
            }
            holds(key, effect, &seen, self.place.container.as_deref())?;
            let Ready { body, leaves } = ready(key, effect, &seen)?;
            match self.link.patch(&path, JSON_PATCH, &body).await {
                Ok(answer) => {
                    self.mark_left(key, effect, &seen, leaves).await;
                    return Ok(receipt(key, &answer.value));
                }
                // Nothing landed: the precondition is on the very version that was read.
                Err(failure) if failure.code() == Some(409) => {
                    tracing::debug!(%key, "the deployment moved in between; looking again");
                }
                Err(failure) => return Err(failure.outcome(&what)),
            }
        }
        Err(ApplyError::Refused(Refusal::Rejected {
            system: "Kubernetes".to_owned(),
            why: format!("{what} moved on each of {TRIES} tries; nothing was changed"),
        }))
    }

    pub(super) async fn probe_for(&self, key: &EffectKey) -> Presence {
        match self.link.get(&request::deployment(&self.place)).await {
            Ok(answer) => match Effects::of(&answer.value).find(key) {
                Some(done) => Presence::Present(receipt(done, &answer.value)),
                None => Presence::Absent,
            },
            Err(failure) => Presence::Unclear { why: failure.refusal(&self.name()).to_string() },
        }
    }

    /// Notes on the release that was left that a rollback left it, or takes the note back
    /// when the rollback itself is undone.
    ///
    /// It is best effort: the rollback has taken place, and the revisions tell the same
    /// less directly. The right to patch `ReplicaSets` is therefore not asked for either.
    pub(super) async fn mark_left(
        &self,
        key: &EffectKey,
        effect: &PlannedEffect,
        seen: &Seen,
        leaves: Option<(String, u64)>,
    ) {
        let Some((left, revision)) = leaves else { return };
        let (on, value) = if key.undo {
            (returned_to(effect), Value::Null)
        } else {
            let mark = RolledBack {
                release: left.clone(),
                revision,
                at: seen.at,
                run: key.run.clone(),
                to: returned_to(effect).unwrap_or_default(),
                since: None,
            };
            (Some(left), serde_json::to_string(&mark).map_or(Value::Null, Value::from))
        };
        let Some(on) = on else { return };
        let body = json!({ "metadata": { "annotations": { ROLLED_BACK: value } } });
        let path = request::replica_set(&self.place, &on);
        let marked = self.link.patch(&path, MERGE_PATCH, &body);
        match tokio::time::timeout(MARK_WITHIN, marked).await {
            Ok(Ok(_)) => {}
            Ok(Err(failure)) => {
                tracing::info!(release = on, %failure, "the release that was left has no mark");
            }
            Err(_) => tracing::info!(release = on, "the release that was left has no mark"),
        }
    }
}

fn returned_to(effect: &PlannedEffect) -> Option<String> {
    match &effect.operation {
        lastgood_core::effect::Operation::RestoreRelease { release } => Some(release.to_string()),
        lastgood_core::effect::Operation::HaltRollout
        | lastgood_core::effect::Operation::ResumeRollout
        | lastgood_core::effect::Operation::ShiftTraffic { .. }
        | lastgood_core::effect::Operation::SwitchFlag { .. }
        | lastgood_core::effect::Operation::SwitchLease { .. }
        | lastgood_core::effect::Operation::SwitchSync { .. }
        | lastgood_core::effect::Operation::RunErrand { .. } => None,
    }
}
