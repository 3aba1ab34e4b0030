//! Drives one run: does the one thing that the machine names, journals what happened,
//! and listens to people meanwhile.
//!
//! Commits are few on purpose: the outcome of one step and the intent of the next are
//! one durable append, so a run of n changing steps costs n + 1 of them.

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, OnceLock};

use lastgood_core::lease::Tenure;
use lastgood_core::name::{Person, StepId};
use lastgood_core::ports::{Lease, Stamped};
use lastgood_core::run::{Command, Entry, Event, Next, Rejection, Run};
use lastgood_core::runbook::Guard;
use lastgood_core::view::{Activity, Driven, Looked, RunView, fold};
use tokio::sync::{mpsc, watch};

use crate::handle::{Order, Parting, Then};
use crate::observe::Observation;
use crate::settle::settle;
use crate::upkeep::Keeper;
use crate::{EngineError, Ports};

pub(crate) struct Driver {
    pub(crate) run: Run,
    pub(crate) entries: Vec<Entry>,
    pub(crate) lease: Lease,
    pub(crate) ports: Ports,
    pub(crate) orders: mpsc::Receiver<Order>,
    pub(crate) views: watch::Sender<Arc<RunView>>,
    /// Applied to the run and not yet durable. Never shown, never acted on.
    pub(crate) pending: Vec<Stamped>,
    /// The lease under which the run changes its place.
    pub(crate) keeper: Keeper,
    pub(crate) activity: Option<Activity>,
    /// What was measured last, kept when the step that measured it was left.
    pub(crate) looked: Option<Looked>,
    /// Somebody takes the run over: it is let go of at the next place where nothing is half done.
    pub(crate) leaving: Option<(Person, Parting)>,
    /// For whom it was let go of, once it was.
    pub(crate) given: Arc<OnceLock<Person>>,
    pub(crate) shown: u64,
}

impl Driver {
    /// Drives until the run has ended or cannot go on.
    pub(crate) async fn drive(mut self) -> Result<(), EngineError> {
        let result = self.go().await;
        if let Err(error) = &result {
            tracing::error!(run = %self.run.id(), %error, "a run had to be left");
        }
        if let Some((by, parting)) = self.leaving.take() {
            parting();
            let _ = self.given.set(by);
        }
        let lease = self.lease.clone();
        if let Err(error) = self.ports.journal.release(lease).await {
            tracing::warn!(run = %self.run.id(), %error, "a lease could not be given back");
        }
        self.show(Driven::Not);
        result
    }

    async fn go(&mut self) -> Result<(), EngineError> {
        // An earlier life may have ended before it could say what it did.
        self.tell_of_releases(None).await?;
        loop {
            if self.leaving.is_some() {
                return self.flush().await;
            }
            match self.run.next() {
                Next::LookWhetherNeeded { step, guard } => self.look(step, guard).await?,
                Next::LeaveOut { step, why } => self.record(Event::LeftOut { step, why })?,
                Next::AskPerson { .. } | Next::Held => self.wait_for_person().await?,
                Next::Intend(key) => {
                    self.record(Event::Intended { key })?;
                    self.flush().await?;
                }
                Next::Settle(key) => {
                    self.flush().await?;
                    let Some(effect) = self.run.effect(&key).cloned() else {
                        return Err(EngineError::Misfit {
                            run: self.run.id().clone(),
                            source: lastgood_core::run::Misfit::NoSuchStep {
                                event: "intended",
                                step: key.step,
                            },
                        });
                    };
                    let (world, clock) = (self.ports.world.clone(), self.ports.clock.clone());
                    let told = self.attend(settle(world, clock, key, effect), None).await?;
                    // A change is never dropped half-way, so there always is an outcome.
                    for event in told.into_iter().flatten() {
                        self.record(event)?;
                    }
                    self.tell_of_releases(None).await?;
                }
                Next::Begin { step, attempt } => self.record(Event::Began { step, attempt })?,
                Next::Observe { step, .. } => self.observe(&step).await?,
                Next::End(outcome) => {
                    self.tell_of_releases(Some(&outcome)).await?;
                    self.record(Event::Finished { outcome })?;
                    self.flush().await?;
                }
                Next::Finished(_) => {
                    self.flush().await?;
                    return Ok(());
                }
                Next::Unknown => {
                    return Err(EngineError::Newer { run: self.run.id().clone() });
                }
            }
        }
    }

    async fn look(&mut self, step: StepId, guard: Guard) -> Result<(), EngineError> {
        let looked = self.ports.world.survey(&self.run.plan().place).await;
        let event = match looked {
            Ok(survey) => self.run.guarded(&step, guard, &survey),
            Err(refusal) => Event::GuardUnclear { step, why: refusal.to_string() },
        };
        self.record(event)
    }

    async fn observe(&mut self, step: &StepId) -> Result<(), EngineError> {
        let Some(planned) = self.run.plan().step(step).cloned() else { return Ok(()) };
        self.flush().await?;
        let (progress, steps_of_it) = mpsc::channel(8);
        let observation = Observation::new(
            self.ports.world.clone(),
            self.ports.clock.clone(),
            self.run.plan(),
            &planned,
            &self.entries,
            progress,
        );
        let event = self.attend(observation.observe(), Some(steps_of_it)).await?;
        self.activity = None;
        match event {
            Some(event) => self.record(event),
            // A person decided otherwise meanwhile; the machine says what is next.
            None => Ok(()),
        }
    }

    /// Does `work` while taking orders and keeping the lease. Work with progress reads only:
    /// it is dropped, and `None` returned, when either makes the machine name something else.
    async fn attend<T>(
        &mut self,
        work: impl Future<Output = T>,
        progress: Option<mpsc::Receiver<Activity>>,
    ) -> Result<Option<T>, EngineError> {
        let mut work = pin!(work);
        let may_drop = progress.is_some();
        let mut progress = progress.unwrap_or_else(|| mpsc::channel(1).1);
        let before = self.run.next();
        let mut listening = true;
        loop {
            self.look_after_the_lease();
            tokio::select! {
                biased;
                done = &mut work => return Ok(Some(done)),
                order = self.orders.recv(), if listening => match order {
                    Some(order) => self.carry_out(order).await?,
                    None => listening = false,
                },
                // Before the progress of work that never rests, such as a drill's.
                tenure = self.keeper.answer() => self.renewed(tenure).await?,
                Some(activity) = progress.recv() => {
                    self.looked = Looked::of(&activity, &self.entries).or(self.looked.take());
                    self.activity = Some(activity);
                    self.show(Driven::Here);
                }
            }
            if may_drop && (self.leaving.is_some() || self.run.next() != before) {
                return Ok(None);
            }
        }
    }

    async fn wait_for_person(&mut self) -> Result<(), EngineError> {
        self.flush().await?;
        self.look_after_the_lease();
        tokio::select! {
            biased;
            order = self.orders.recv() => match order {
                Some(order) => self.carry_out(order).await,
                // Every host has let go of the run. It stays as it is, ready to be resumed.
                None => std::future::pending().await,
            },
            // The machine says what is next; mostly it is the same question.
            tenure = self.keeper.answer() => self.renewed(tenure).await,
        }
    }

    fn look_after_the_lease(&mut self) {
        let Ports { world, clock, .. } = &self.ports;
        self.keeper.look(&self.run, &self.entries, world, &**clock);
    }

    /// Writes down what a person has to know of a renewal.
    async fn renewed(&mut self, tenure: Option<Tenure>) -> Result<(), EngineError> {
        let clock = &*self.ports.clock;
        let Some(event) = tenure.and_then(|tenure| self.keeper.tried(tenure, clock)) else {
            return Ok(());
        };
        self.record(event)?;
        self.flush().await
    }

    /// Carries an order out and answers only when it is durable.
    async fn carry_out(&mut self, order: Order) -> Result<(), EngineError> {
        let Order { command, by, reply, then } = order;
        match self.take(&command, &by) {
            Ok(()) => {
                self.flush().await?;
                if let Then::LetGo(parting) = then {
                    self.leaving.get_or_insert((by, parting));
                }
                let _ = reply.send(Ok(()));
            }
            Err(rejection) => {
                let _ = reply.send(Err(rejection));
            }
        }
        Ok(())
    }

    fn take(&mut self, command: &Command, by: &Person) -> Result<(), Rejection> {
        for event in self.run.decide(command, by)? {
            self.record(event).map_err(|error| Rejection::NotNow { why: error.to_string() })?;
        }
        Ok(())
    }

    /// Applies an event to the run; it becomes durable with the next [`Self::flush`].
    fn record(&mut self, event: Event) -> Result<(), EngineError> {
        self.run
            .apply(&event)
            .map_err(|source| EngineError::Misfit { run: self.run.id().clone(), source })?;
        self.pending.push(Stamped {
            at: self.ports.clock.now(),
            recorded_at: self.ports.clock.wall(),
            event,
        });
        Ok(())
    }

    /// Makes what was recorded durable in one append, then shows it. When the journal
    /// fails, nothing goes on: the run is left as its journal tells it.
    pub(crate) async fn flush(&mut self) -> Result<(), EngineError> {
        if !self.pending.is_empty() {
            let head =
                self.ports.journal.append(&self.lease, &self.pending).await.map_err(|source| {
                    EngineError::Journal { run: self.run.id().clone(), source }
                })?;
            let first = head.seq + 1 - self.pending.len() as u64;
            for (seq, stamped) in (first..).zip(self.pending.drain(..)) {
                let Stamped { at, recorded_at, event } = stamped;
                self.entries.push(Entry { seq, at, recorded_at, event });
            }
        }
        self.show(Driven::Here);
        Ok(())
    }

    fn show(&mut self, driven: Driven) {
        self.shown += 1;
        let now = self.ports.clock.now();
        let (activity, looked) = (self.activity.as_ref(), self.looked.as_ref());
        let mut view = fold(&self.run, &self.entries, activity, looked, now, driven);
        view.revision += self.shown;
        self.views.send_replace(Arc::new(view));
    }
}
