//! Switching the Service exactly once, and finding the switch again.

use lastgood_core::effect::{ApplyError, Operation, PlannedEffect, Presence, Receipt, Refusal};
use lastgood_core::name::EffectKey;

use super::super::act::TRIES;
use super::super::marks::{Effects, receipt};
use super::super::request::JSON_PATCH;
use super::Colours;
use super::effect::{Ready, holds, is_so, ready};

impl Colours {
    pub(super) async fn switch_once(
        &self,
        key: &EffectKey,
        effect: &PlannedEffect,
    ) -> Result<Receipt, ApplyError> {
        let Operation::RestoreRelease { release } = &effect.operation else {
            return Err(ApplyError::Refused(Refusal::Unsupported {
                what: effect.operation.as_str().to_owned(),
                why: "the plan sends it to neither of the two Deployments".to_owned(),
            }));
        };
        let what = self.name();
        let path = self.path();
        for _ in 0..TRIES {
            let scene = self.scene().await?;
            if let Some(done) = Effects::of(&scene.service).find(key)
                && (done == key || is_so(release, &scene))
            {
                return Ok(receipt(key, &scene.service));
            }
            holds(key, effect, &scene, self.two.place().container.as_deref())?;
            let Ready { body, leaves } = ready(key, release, &self.two, &scene)?;
            match self.two.link().patch(&path, JSON_PATCH, &body).await {
                Ok(answer) => {
                    if let Some((side, left, revision)) = leaves {
                        let (one, seen) = (self.two.of(side), scene.both.seen(side));
                        one.mark_left(key, effect, seen, Some((left, revision))).await;
                    }
                    return Ok(receipt(key, &answer.value));
                }
                // Nothing landed: the precondition is on the very version that was read.
                Err(failure) if failure.code() == Some(409) => {
                    tracing::debug!(%key, "the service moved in between; looking again");
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
        match self.two.link().get(&self.path()).await {
            Ok(answer) => match Effects::of(&answer.value).find(key) {
                Some(done) => Presence::Present(receipt(done, &answer.value)),
                None => Presence::Absent,
            },
            Err(failure) => Presence::Unclear { why: failure.refusal(&self.name()).to_string() },
        }
    }
}
