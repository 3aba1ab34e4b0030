//! The practice world behind the ports: surveys, history, and the way in for everybody
//! who is not us.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;
use lastgood_core::catalog::{Catalog, Environment, Place, Platform};
use lastgood_core::check::ReplicaAnswer;
use lastgood_core::drill::{Fault, FaultKind, Scenario, WorldEvent};
use lastgood_core::effect::Refusal;
use lastgood_core::ports::{Clock, GovernorSource, InstanceSource, ReleaseSource, Surveyor, World};
use lastgood_core::release::DeployPage;
use lastgood_core::survey::{RolloutState, Survey};
use lastgood_core::time::{Millis, earlier, later};

use crate::clock::practice_epoch;
use crate::log::{Happening, LogError, Logged, WorldLog};
use crate::service::{Life, Service};
use crate::state::{self, State};

/// How the practice world calls itself in plans, receipts and refusals.
pub(crate) const SYSTEM: &str = "practice world";

/// How old a stale answer is. Beyond the 90 seconds that are called stale everywhere, and
/// short enough that it can hide a whole canary step.
pub(crate) const STALE: Millis = Millis::minutes(4);

/// World time between two marks in the log. A resumed drill may go back by at most this,
/// and only where nothing was done.
const MARK_EVERY: i64 = 30;

/// How far apart two looks are while waiting for a change.
const LOOK_EVERY: Millis = Millis::seconds(1);

/// Why there is no practice world.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// Its log cannot be used.
    #[error("the practice world cannot remember")]
    Log(#[from] LogError),
    /// An event names a place where the practice world has no service.
    #[error("the practice world has no `{place}`")]
    NoSuchPlace {
        /// The place.
        place: Place,
        /// The places it has.
        known: Vec<Place>,
    },
    /// A behaviour is none that a service can have.
    #[error("an error rate of {error_rate} is not between 0 and 1")]
    Behaviour {
        /// As written.
        error_rate: f64,
    },
}

/// The practice world: a simulated service for every practice place of a catalog.
pub struct PracticeWorld {
    catalog: Catalog,
    pub(crate) clock: Arc<dyn Clock>,
    inner: Mutex<Inner>,
}

/// What one call holds while it looks or acts; never across an await.
pub(crate) struct Inner {
    pub(crate) state: State,
    log: Box<dyn WorldLog>,
    marked: i64,
}

impl std::fmt::Debug for PracticeWorld {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PracticeWorld").finish_non_exhaustive()
    }
}

impl PracticeWorld {
    /// The world of a drill, which began at [`practice_epoch`]; what `log` remembers has
    /// happened already. The clock must stand at the epoch plus the scenario's head start,
    /// or later.
    pub fn new(
        catalog: &Catalog,
        scenario: Option<&Scenario>,
        seed: u64,
        clock: Arc<dyn Clock>,
        log: Box<dyn WorldLog>,
    ) -> Result<Self, WorldError> {
        Self::begun_at(practice_epoch(), catalog, scenario, seed, clock, log)
    }

    /// The same, for a world that began at another time. The time must be the same on
    /// every start with the same log.
    pub fn begun_at(
        origin: Timestamp,
        catalog: &Catalog,
        scenario: Option<&Scenario>,
        seed: u64,
        clock: Arc<dyn Clock>,
        mut log: Box<dyn WorldLog>,
    ) -> Result<Self, WorldError> {
        let mut state = State::new(catalog, None, seed, origin);
        if let Some(scenario) = scenario {
            exists(&state, &scenario.place)?;
            for scripted in &scenario.events {
                valid(&state, &scripted.what)?;
            }
            state = State::new(catalog, Some(scenario), seed, origin);
        }
        for line in log.load()? {
            state.replay(&line);
        }
        let marked = state.tick;
        Ok(Self {
            catalog: catalog.clone(),
            clock,
            inner: Mutex::new(Inner { state, log, marked }),
        })
    }

    /// Makes something go wrong with our own calls, from now on.
    pub fn inject(&self, fault: Fault) -> Result<(), WorldError> {
        let mut inner = self.now()?;
        inner.write(Happening::Injected { fault: fault.clone() })?;
        inner.state.faults.add(fault);
        Ok(())
    }

    /// Lets something happen now that no scenario foresaw: somebody else deploys, traffic
    /// stops, a dependency breaks.
    pub fn happen(&self, event: &WorldEvent) -> Result<(), WorldError> {
        let mut inner = self.now()?;
        valid(&inner.state, event)?;
        inner.write(Happening::Event { event: event.clone() })?;
        inner.state.happen(event);
        Ok(())
    }

    /// The places it plays, in order.
    pub fn places(&self) -> Vec<Place> {
        self.lock().state.services.keys().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The world as it is now.
    fn now(&self) -> Result<MutexGuard<'_, Inner>, LogError> {
        let tick = self.clock.now().as_second();
        let mut inner = self.lock();
        inner.state.advance(tick);
        if inner.state.tick >= inner.marked.saturating_add(MARK_EVERY) {
            inner.write(Happening::Mark)?;
        }
        Ok(inner)
    }

    /// The world as it is now, for a call of ours.
    pub(crate) fn enter(&self) -> Result<MutexGuard<'_, Inner>, Refusal> {
        self.now().map_err(|error| unremembered(&error))
    }

    /// Lets a read meet its fault. Gives the kind of fault, with any delay waited out.
    pub(crate) async fn meet(&self, on: &str) -> Result<Option<FaultKind>, Refusal> {
        let met = {
            let mut inner = self.enter()?;
            let met = inner.state.faults.next(on);
            if let Some((index, _)) = met {
                inner.meet(index)?;
            }
            met.map(|(_, kind)| kind)
        };
        let Some(FaultKind::Delay(by)) = met else { return Ok(met) };
        self.clock.sleep_until(later(self.clock.now(), by)).await;
        Ok(None)
    }
}

impl Inner {
    /// Remembers something before it happens.
    fn write(&mut self, what: Happening) -> Result<(), LogError> {
        let line = Logged { at: crate::rollout::moment(self.state.tick), what };
        self.log.append(&line)?;
        self.marked = self.state.tick;
        Ok(())
    }

    /// The same, for a call of ours.
    pub(crate) fn remember(&mut self, what: Happening) -> Result<(), Refusal> {
        self.write(what).map_err(|error| unremembered(&error))
    }

    /// Uses a fault up, once.
    pub(crate) fn meet(&mut self, fault: usize) -> Result<(), Refusal> {
        self.remember(Happening::Met { fault })?;
        self.state.faults.meet(fault);
        Ok(())
    }

    /// The service at `place`.
    pub(crate) fn service(&self, place: &Place) -> Result<&Service, Refusal> {
        self.state
            .services
            .get(place)
            .ok_or_else(|| Refusal::Gone { what: format!("{place} in the {SYSTEM}") })
    }
}

fn unremembered(error: &LogError) -> Refusal {
    Refusal::Unreachable { system: SYSTEM.to_owned(), why: error.to_string() }
}

fn valid(state: &State, event: &WorldEvent) -> Result<(), WorldError> {
    exists(state, state::place(event))?;
    match state::behaviour(event) {
        Some(behaviour) if !(0.0..=1.0).contains(&behaviour.error_rate) => {
            Err(WorldError::Behaviour { error_rate: behaviour.error_rate })
        }
        Some(_) | None => Ok(()),
    }
}

fn exists(state: &State, place: &Place) -> Result<(), WorldError> {
    if state.services.contains_key(place) {
        return Ok(());
    }
    let known = state.services.keys().cloned().collect();
    Err(WorldError::NoSuchPlace { place: place.clone(), known })
}

/// The refusal of a read that met a fault which lets nothing through.
pub(crate) fn silence() -> Refusal {
    Refusal::Unreachable {
        system: SYSTEM.to_owned(),
        why: "the connection was reset before an answer came".to_owned(),
    }
}

#[async_trait]
impl Surveyor for PracticeWorld {
    async fn survey(&self, place: &Place) -> Result<Survey, Refusal> {
        let met = self.meet("survey").await?;
        let inner = self.enter()?;
        let now = self.clock.now();
        let tick = inner.state.tick;
        let service = inner.service(place)?;
        match met {
            None | Some(FaultKind::Delay(_)) => Ok(service.survey(tick, now)),
            Some(FaultKind::Refuse | FaultKind::LoseReply) => Err(silence()),
            Some(FaultKind::Stale) => {
                let then = earlier(now, STALE);
                Ok(service.survey(then.as_second(), then))
            }
            Some(FaultKind::Lie) => {
                let why = "the platform answered and said nothing".to_owned();
                let rollout = RolloutState::Unknown { why };
                Ok(Survey { at: now, rollout, running: Vec::new() })
            }
        }
    }

    async fn changed(
        &self,
        place: &Place,
        seen: &Survey,
        patience: Millis,
    ) -> Result<Survey, Refusal> {
        let until = later(self.clock.now(), patience);
        loop {
            let found = self.survey(place).await?;
            let now = self.clock.now();
            if found.rollout != seen.rollout || found.running != seen.running || now >= until {
                return Ok(found);
            }
            self.clock.sleep_until(later(now, LOOK_EVERY).min(until)).await;
        }
    }

    async fn replicas(&self, place: &Place) -> Result<Vec<ReplicaAnswer>, Refusal> {
        match self.meet("replicas").await? {
            Some(FaultKind::Refuse | FaultKind::LoseReply | FaultKind::Lie) => {
                return Err(silence());
            }
            Some(FaultKind::Stale | FaultKind::Delay(_)) | None => {}
        }
        let inner = self.enter()?;
        let service = inner.service(place)?;
        Ok(service
            .replicas
            .iter()
            .map(|replica| {
                let known = service.releases.get(&replica.release);
                let version = known.map(|known| known.release.version.clone());
                let (ready, version, doubt) = match replica.life {
                    Life::Ready { .. } => (true, version, None),
                    Life::Starting { .. } => (false, None, Some("it is not ready yet".to_owned())),
                    // A replica that drains still answers, with the version it had.
                    Life::Draining { .. } => (false, version, None),
                };
                ReplicaAnswer {
                    replica: replica.name.clone(),
                    ready,
                    artifact: known.map(|known| known.release.artifact.clone()),
                    version,
                    doubt,
                    // What fails in the practice world answers badly; nothing restarts.
                    restarted_at: None,
                }
            })
            .collect())
    }
}

#[async_trait]
impl ReleaseSource for PracticeWorld {
    async fn deploys(
        &self,
        place: &Place,
        before: Option<Timestamp>,
        limit: usize,
    ) -> Result<DeployPage, Refusal> {
        let mut doubts = Vec::new();
        match self.meet("deploys").await? {
            Some(FaultKind::Refuse | FaultKind::LoseReply | FaultKind::Lie) => {
                return Err(silence());
            }
            Some(FaultKind::Stale) => {
                doubts.push(format!("the answer may be {STALE} old"));
            }
            Some(FaultKind::Delay(_)) | None => {}
        }
        let inner = self.enter()?;
        let service = inner.service(place)?;
        let mut older = service
            .deploys
            .iter()
            .rev()
            .filter(|deploy| before.is_none_or(|before| deploy.at < before));
        let deploys = older.by_ref().take(limit).cloned().collect();
        let more = older.next().is_some();
        Ok(DeployPage { deploys, more, doubts })
    }
}

#[async_trait]
impl GovernorSource for PracticeWorld {}

#[async_trait]
impl InstanceSource for PracticeWorld {}

impl World for PracticeWorld {
    fn environment(&self, place: &Place) -> Option<Environment> {
        self.catalog
            .environment(place)
            .filter(|environment| match environment.platform {
                Platform::Practice => true,
                Platform::Kubernetes(_) | Platform::Ecs(_) | Platform::Lambda(_) => false,
            })
            .cloned()
    }

    /// All of it is in memory.
    fn foresee(&self, _: &[Place]) {}
}

#[cfg(test)]
mod tests;
