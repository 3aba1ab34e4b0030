//! Making both changes exactly once, and finding them again.
//!
//! The second change carries the proof. A crash between the two leaves the canary changed
//! and the proof absent; the next attempt finds the first change by its key, and makes only
//! the second, with the numbers that the first one wrote down.

use lastgood_core::effect::{ApplyError, Operation, PlannedEffect, Presence, Receipt, Refusal};
use lastgood_core::name::EffectKey;

use super::super::act::TRIES;
use super::super::look;
use super::super::marks::{Effects, receipt};
use super::super::objects::hash;
use super::super::request::{self, JSON_PATCH};
use super::super::two::Both;
use super::Pair;
use super::effect::{holds, moves, of_canary, of_stable, promised};
use super::look::{CANARY, STABLE, is_out};

impl Pair {
    pub(super) async fn move_once(
        &self,
        key: &EffectKey,
        effect: &PlannedEffect,
    ) -> Result<Receipt, ApplyError> {
        let mut halfway = false;
        for _ in 0..TRIES {
            let (both, _) = self.two.look().await.map_err(|refusal| told(halfway, refusal))?;
            let found = |side| Effects::of(&both.seen(side).deployment).find(key).cloned();
            if let Some(done) = found(STABLE)
                && (done == *key || is_so(&effect.operation, &both))
            {
                return Ok(receipt(key, &both.seen(STABLE).deployment));
            }
            let first = found(CANARY);
            halfway |= first.as_ref() == Some(key);
            let wanted = holds(key, effect, &self.two, &both)
                .and_then(|()| moves(&effect.operation, &both))
                .map_err(|refusal| told(halfway, refusal))?;
            // Of an earlier attempt it counts as long as the canary is still so.
            let drained = first.is_some_and(|done| {
                done == *key || look::wanted(both.seen(CANARY)) == wanted.canary.replicas
            });
            let wanted = if drained { promised(key, wanted, &both) } else { wanted };
            let left = left(&effect.operation, &both);
            if !drained {
                let path = request::deployment(&self.two.of(CANARY).place);
                let body = of_canary(key, &wanted, &both);
                match self.two.link().patch(&path, JSON_PATCH, &body).await {
                    Ok(_) => halfway = true,
                    Err(failure) if failure.code() == Some(409) => continue,
                    Err(failure) => return Err(failure.outcome(&self.two.second.name())),
                }
            }
            let path = request::deployment(&self.two.of(STABLE).place);
            let body = of_stable(key, &effect.operation, &wanted, &both);
            match self.two.link().patch(&path, JSON_PATCH, &body).await {
                Ok(answer) => {
                    if let Some((side, name, revision)) = left {
                        let (one, seen) = (self.two.of(side), both.seen(side));
                        one.mark_left(key, effect, seen, Some((name, revision))).await;
                    }
                    return Ok(receipt(key, &answer.value));
                }
                Err(failure) if failure.code() == Some(409) => {}
                Err(failure) => {
                    return Err(match failure.outcome(&self.two.first.name()) {
                        lost @ ApplyError::Lost { .. } => lost,
                        ApplyError::Refused(refusal) => told(true, refusal),
                    });
                }
            }
        }
        let why = format!("{} moved on each of {TRIES} tries", self.name());
        if halfway {
            return Err(ApplyError::Lost {
                why: format!("{why}, and only the canary was changed"),
            });
        }
        let why = format!("{why}; nothing was changed");
        Err(Refusal::Rejected { system: "Kubernetes".to_owned(), why }.into())
    }

    pub(super) async fn probe_for(&self, key: &EffectKey) -> Presence {
        self.two.of(STABLE).probe_for(key).await
    }
}

/// The release that a restore leaves: the canary that is out, else what the stable
/// Deployment runs.
fn left(operation: &Operation, both: &Both) -> Option<(super::super::two::Side, String, u64)> {
    let Operation::RestoreRelease { release } = operation else { return None };
    let side = if is_out(both) { CANARY } else { STABLE };
    let (set, _) = both.seen(side).current()?;
    (set.name != release.as_str()).then(|| (side, set.name.clone(), set.revision))
}

/// Whether both are what the operation wishes already.
fn is_so(operation: &Operation, both: &Both) -> bool {
    let Operation::RestoreRelease { release } = operation else { return true };
    let stable = both.seen(STABLE);
    match stable.set(release.as_str()) {
        Some(set) => !is_out(both) && hash(&set.template()) == hash(stable.template()),
        None => is_out(both),
    }
}

/// A refusal is one only while nothing was changed; after the first change the whole is in
/// doubt, and the next attempt, or a person, ends it.
fn told(halfway: bool, refusal: Refusal) -> ApplyError {
    if halfway {
        ApplyError::Lost { why: format!("only the canary was changed: {refusal}") }
    } else {
        ApplyError::Refused(refusal)
    }
}
