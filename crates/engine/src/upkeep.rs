//! Renews the lease of a run while it is driven, whatever the run waits for meanwhile. What
//! is to be done and said is decided in `core`; here it is only asked for and waited for.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use lastgood_core::catalog::Place;
use lastgood_core::lease::{PlaceLease, Tenure};
use lastgood_core::name::EffectKey;
use lastgood_core::ports::{Clock, World};
use lastgood_core::run::{Entry, Event, Run, Upkeep, last_kept};

/// How often it is looked whether a renewal is due. Real time on purpose: the clock of a
/// drill may stand until somebody waits for it, and a lease is no reason for it to go on.
const LOOK: Duration = Duration::from_secs(5);

/// How long one renewal may take: a read and a write of one small object. Longer than that
/// counts as unanswered, and it is tried again.
const LIMIT: Duration = Duration::from_secs(10);

type Asking = Pin<Box<dyn Future<Output = Tenure> + Send>>;

/// The lease of one run, as its driver keeps it.
#[derive(Default)]
pub(crate) struct Keeper {
    kept: Option<(EffectKey, Upkeep)>,
    asking: Option<Asking>,
}

impl Keeper {
    /// Begins a renewal when one is due. Forgets everything, a renewal on its way included,
    /// where the run holds no lease or is giving it back.
    pub(crate) fn look(
        &mut self,
        run: &Run,
        entries: &[Entry],
        world: &Arc<dyn World>,
        clock: &dyn Clock,
    ) {
        let Some((key, lease)) = run.tenure() else {
            *self = Self::default();
            return;
        };
        let now = clock.now();
        let renewed = last_kept(run, entries).unwrap_or(now);
        let kept = match &mut self.kept {
            Some((known, upkeep)) if *known == key => {
                upkeep.renewed(renewed);
                upkeep
            }
            other => {
                self.asking = None;
                &mut other.insert((key.clone(), Upkeep::since(renewed))).1
            }
        };
        if self.asking.is_none() && kept.due() <= now {
            let place = run.plan().place.clone();
            self.asking = Some(Box::pin(ask(Arc::clone(world), place, key, lease.clone())));
        }
    }

    /// What a renewal came to. `None` when it is time to look again; never returns where
    /// there is nothing to look after. It may be dropped and called again.
    pub(crate) async fn answer(&mut self) -> Option<Tenure> {
        match &mut self.asking {
            Some(asking) => {
                let tenure = asking.await;
                self.asking = None;
                Some(tenure)
            }
            None if self.kept.is_some() => {
                tokio::time::sleep(LOOK).await;
                None
            }
            None => std::future::pending().await,
        }
    }

    /// What is to be journalled of a renewal that came to `tenure`.
    pub(crate) fn tried(&mut self, tenure: Tenure, clock: &dyn Clock) -> Option<Event> {
        let (key, upkeep) = self.kept.as_mut()?;
        upkeep.tried(key.clone(), tenure, clock.now())
    }
}

async fn ask(world: Arc<dyn World>, place: Place, key: EffectKey, lease: PlaceLease) -> Tenure {
    let renewed = tokio::time::timeout(LIMIT, world.renew(&place, &key.run, &lease)).await;
    let tenure = renewed.unwrap_or_else(|_| Tenure::Unclear {
        why: format!("{lease} was not renewed within {} s", LIMIT.as_secs()),
    });
    match &tenure {
        Tenure::Kept => tracing::debug!(%key, %lease, "renewed"),
        Tenure::Lost { why } | Tenure::Unclear { why } => {
            tracing::warn!(%key, %lease, why, "a lease could not be renewed");
        }
    }
    tenure
}
