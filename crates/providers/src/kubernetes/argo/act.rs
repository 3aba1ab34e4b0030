//! Aborts or promotes, so that a probe can tell.
//!
//! The status takes no annotations, so that the key is written by a second request. A crash
//! between the two leaves a status that says what was wanted and no key: the probe says
//! "absent", and the repeat finds nothing left to do but to write the key.

use lastgood_core::effect::{ApplyError, PlannedEffect, Receipt, Refusal};
use lastgood_core::name::EffectKey;
use serde_json::Value;

use super::super::Kubernetes;
use super::super::act::TRIES;
use super::super::effect::{holds, is_bare};
use super::super::marks::{EFFECT, Effects, receipt};
use super::super::objects::{Seen, hash};
use super::super::request::{self, JSON_PATCH, MERGE_PATCH};
use super::step::status;
use super::{is_complete, step};

impl Kubernetes {
    pub(crate) async fn step_once(
        &self,
        key: &EffectKey,
        effect: &PlannedEffect,
    ) -> Result<Receipt, ApplyError> {
        let what = self.name();
        for _ in 0..TRIES {
            let seen = self.seen().await?;
            if let Some(done) = Effects::of(&seen.deployment).find(key) {
                return Ok(receipt(done, &seen.deployment));
            }
            holds(key, effect, &seen, self.place.container.as_deref())?;
            let step = step(&seen, &effect.operation)
                .unwrap_or_else(|| Err(Refusal::Gone { what: "the Rollout".to_owned() }))?;
            if !step.is_so(&seen) {
                if is_complete(&seen) {
                    return Err(ApplyError::Refused(Refusal::Rejected {
                        system: "Argo Rollouts".to_owned(),
                        why: "no rollout is in progress any more; nothing was changed".to_owned(),
                    }));
                }
                let body = step.body(seen.version());
                match self.link.patch(&status(&self.place), MERGE_PATCH, &body).await {
                    Ok(_) => {}
                    // Nothing landed: the precondition is on the very version that was read.
                    Err(failure) if failure.code() == Some(409) => continue,
                    Err(failure) => return Err(failure.outcome(&what)),
                }
            }
            if let Some(receipt) = self.note(key).await? {
                return Ok(receipt);
            }
        }
        Err(ApplyError::Lost {
            why: format!(
                "{what} moved on each of {TRIES} tries; whether it is marked is not known"
            ),
        })
    }

    /// Writes the key; `None` when the object moved on every try.
    async fn note(&self, key: &EffectKey) -> Result<Option<Receipt>, ApplyError> {
        let path = request::deployment(&self.place);
        for _ in 0..TRIES {
            let seen = self.seen().await.map_err(|refusal| ApplyError::Lost {
                why: format!("it was done, and could not be marked: {refusal}"),
            })?;
            match self.link.patch(&path, JSON_PATCH, &noted(key, &seen)).await {
                Ok(answer) => return Ok(Some(receipt(key, &answer.value))),
                Err(failure) if failure.code() == Some(409) => {}
                Err(failure) => {
                    let why = format!("it was done, and could not be marked: {failure}");
                    return Err(ApplyError::Lost { why });
                }
            }
        }
        Ok(None)
    }
}

fn noted(key: &EffectKey, seen: &Seen) -> Value {
    let effects = Effects::of(&seen.deployment).with(key, &hash(seen.template()));
    let mark = [(EFFECT.to_owned(), effects.to_text())];
    Value::Array(request::annotated(seen.version(), is_bare(seen), &mark))
}
