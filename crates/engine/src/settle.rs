//! Settles an effect that is in doubt: probe, act if absent, and ask when no probe can
//! tell. A mutation is reconciled, never retried blindly.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use lastgood_core::effect::{ApplyError, Operation, PlannedEffect, Presence, Receipt};
use lastgood_core::name::EffectKey;
use lastgood_core::ports::{Clock, World};
use lastgood_core::run::Event;
use lastgood_core::time::{Millis, later};

/// How long one probe may take. It reads one object; ten seconds is far beyond a healthy
/// control plane and still short enough to wait for with users suffering.
const PROBE_LIMIT: Duration = Duration::from_secs(10);

/// How long one mutating call may take before its outcome counts as lost.
const APPLY_LIMIT: Duration = Duration::from_secs(30);

/// How long to wait before looking again after a lost reply. The request may still be on
/// its way; after the last wait a person is asked.
const GRACE: [Millis; 3] = [Millis(250), Millis(1_000), Millis(4_000)];

/// Finds out whether the effect took place, and makes it take place if it did not. The
/// last event is its outcome: landed, refused or unclear; before it stands each answer
/// that was lost on the way.
pub(crate) async fn settle(
    world: Arc<dyn World>,
    clock: Arc<dyn Clock>,
    key: EffectKey,
    effect: PlannedEffect,
) -> Vec<Event> {
    let mut told = Vec::new();
    let outcome = outcome(&*world, &*clock, key, effect, &mut told).await;
    told.push(outcome);
    told
}

async fn outcome(
    world: &dyn World,
    clock: &dyn Clock,
    key: EffectKey,
    effect: PlannedEffect,
    told: &mut Vec<Event>,
) -> Event {
    for wait in GRACE {
        match probe(world, &key, &effect).await {
            Presence::Present(receipt) => return Event::Landed { key, receipt },
            Presence::Unclear { why } => return Event::Unclear { key, why },
            Presence::Absent => {}
        }
        match apply(world, &key, &effect).await {
            Ok(receipt) => return confirm(world, key, &effect, receipt).await,
            Err(ApplyError::Refused(why)) => return Event::Refused { key, why },
            Err(ApplyError::Lost { why }) => {
                tracing::warn!(%key, why, "the answer to a change was lost; looking for it");
                told.push(Event::Lost { key: key.clone(), why });
                clock.sleep_until(later(clock.now(), wait)).await;
            }
        }
    }
    match probe(world, &key, &effect).await {
        Presence::Present(receipt) => Event::Landed { key, receipt },
        Presence::Absent => {
            let why = "every reply was lost, and a look does not find the change; it may still be \
                       on its way"
                .to_owned();
            Event::Unclear { key, why }
        }
        Presence::Unclear { why } => Event::Unclear { key, why },
    }
}

/// Believes a receipt only when a look finds the change.
async fn confirm(
    world: &dyn World,
    key: EffectKey,
    effect: &PlannedEffect,
    receipt: Receipt,
) -> Event {
    match probe(world, &key, effect).await {
        Presence::Present(_) => Event::Landed { key, receipt },
        Presence::Absent => Event::Unclear {
            key,
            why: format!(
                "{} said it was done ({}), and a look does not find it",
                effect.call.system, receipt.sentence
            ),
        },
        Presence::Unclear { why } => Event::Unclear { key, why },
    }
}

async fn probe(world: &dyn World, key: &EffectKey, effect: &PlannedEffect) -> Presence {
    bounded(PROBE_LIMIT, world.probe(key, effect)).await.unwrap_or_else(|| Presence::Unclear {
        why: format!("{} did not answer within {} s", effect.call.system, PROBE_LIMIT.as_secs()),
    })
}

async fn apply(
    world: &dyn World,
    key: &EffectKey,
    effect: &PlannedEffect,
) -> Result<Receipt, ApplyError> {
    let limit = apply_limit(&effect.operation);
    bounded(limit, world.apply(key, effect)).await.unwrap_or_else(|| {
        let why = format!("{} did not answer within {} s", effect.call.system, limit.as_secs());
        Err(ApplyError::Lost { why })
    })
}

/// A step that runs a command says itself how long it may take, and whoever runs it ends it
/// then; to drop it earlier would end it half-way.
fn apply_limit(operation: &Operation) -> Duration {
    match operation {
        Operation::RunErrand { errand } => errand.timeout().duration() + APPLY_LIMIT,
        Operation::HaltRollout
        | Operation::ResumeRollout
        | Operation::RestoreRelease { .. }
        | Operation::ShiftTraffic { .. }
        | Operation::SwitchFlag { .. }
        | Operation::SwitchLease { .. }
        | Operation::SwitchSync { .. } => APPLY_LIMIT,
    }
}

/// Real time on purpose: a provider that hangs does so on the wall's clock.
async fn bounded<T>(limit: Duration, work: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(limit, work).await.ok()
}
