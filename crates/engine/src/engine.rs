//! Starts, resumes and finds the runs that this process drives.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use lastgood_core::mitigation::Way;
use lastgood_core::name::{Person, RunId};
use lastgood_core::plan::Plan;
use lastgood_core::ports::{Clock, Journal, Lease, Ledger, Stamped, World};
use lastgood_core::run::{Entry, Event, Next, Run};
use lastgood_core::view::{Driven, fold};
use tokio::sync::{mpsc, watch};

use crate::EngineError;
use crate::driver::Driver;
use crate::handle::RunHandle;
use crate::upkeep::Keeper;

/// How many orders may wait; a person gives one at a time.
const ORDERS: usize = 16;

/// The ways out of one run.
#[derive(Clone)]
pub struct Ports {
    /// What the run is about.
    pub world: Arc<dyn World>,
    /// Where it is kept.
    pub journal: Arc<dyn Journal>,
    /// Where is kept what it says of releases.
    pub ledger: Arc<dyn Ledger>,
    /// Its time.
    pub clock: Arc<dyn Clock>,
}

/// Everything that a new run begins with.
#[derive(Debug)]
pub struct Start {
    /// Its id.
    pub run: RunId,
    /// What it executes.
    pub plan: Plan,
    /// Who starts it.
    pub by: Person,
    /// The preflight findings that were overridden, each with its reason.
    pub overrides: Vec<(String, String)>,
    /// The way that was chosen, with the reason, where somebody gave one.
    pub choice: Option<(Way, String)>,
}

/// Starts, resumes and finds the runs that this process drives.
#[derive(Default)]
pub struct Engine {
    driven: Mutex<HashMap<RunId, RunHandle>>,
    /// One run is taken up at a time, so that two hosts of this process who ask at once
    /// share one driver.
    taking_up: tokio::sync::Mutex<()>,
}

impl Engine {
    /// Creates the run in the journal and drives it.
    pub async fn start(&self, ports: Ports, start: Start) -> Result<RunHandle, EngineError> {
        let Start { run: id, plan, by, overrides, choice } = start;
        let stamp =
            |event| Stamped { at: ports.clock.now(), recorded_at: ports.clock.wall(), event };
        let mut first =
            vec![stamp(Event::Planned { plan: Box::new(plan.clone()), by: by.clone() })];
        first.extend(
            overrides.into_iter().map(|(subject, reason)| {
                stamp(Event::Overridden { subject, by: by.clone(), reason })
            }),
        );
        first.extend(
            choice.map(|(way, reason)| stamp(Event::Preferred { way, by: by.clone(), reason })),
        );
        let mut run = Run::begin(id.clone(), plan, by);
        if let Some(event) = first_move(&run.next()) {
            // What the run does first needs nobody, so its intent shares the first commit.
            run.apply(&event).map_err(|source| EngineError::Misfit { run: id.clone(), source })?;
            first.push(stamp(event));
        }
        let (lease, _) = ports
            .journal
            .create(&id, &first)
            .await
            .map_err(|source| EngineError::Journal { run: id.clone(), source })?;
        let entries = (1..)
            .zip(first)
            .map(|(seq, stamped)| Entry {
                seq,
                at: stamped.at,
                recorded_at: stamped.recorded_at,
                event: stamped.event,
            })
            .collect();
        Ok(self.drive(ports, run, entries, lease, Vec::new()))
    }

    /// Takes up a run that nobody drives; one that this process drives is shared.
    pub async fn resume(
        &self,
        ports: Ports,
        id: &RunId,
        by: Person,
    ) -> Result<RunHandle, EngineError> {
        let _one_at_a_time = self.taking_up.lock().await;
        if let Some(handle) = self.driven(id) {
            return Ok(handle);
        }
        let journal = |source| EngineError::Journal { run: id.clone(), source };
        let lease = ports.journal.lease(id).await.map_err(journal)?;
        let taken = self.take_up(&ports, id, &by).await;
        let (run, entries, resumed) = match taken {
            Ok(taken) => taken,
            Err(error) => {
                // The error matters more than a lease that ends with this process anyway.
                let _ = ports.journal.release(lease).await;
                return Err(error);
            }
        };
        Ok(self.drive(ports, run, entries, lease, vec![resumed]))
    }

    async fn take_up(
        &self,
        ports: &Ports,
        id: &RunId,
        by: &Person,
    ) -> Result<(Run, Vec<Entry>, Stamped), EngineError> {
        let entries = ports
            .journal
            .read(id, 0)
            .await
            .map_err(|source| EngineError::Journal { run: id.clone(), source })?;
        let mut run = Run::replay(id, &entries)
            .map_err(|source| EngineError::Misfit { run: id.clone(), source })?;
        match run.next() {
            Next::Unknown => return Err(EngineError::Newer { run: id.clone() }),
            Next::Finished(_) => return Err(EngineError::Ended { run: id.clone() }),
            Next::LookWhetherNeeded { .. }
            | Next::LeaveOut { .. }
            | Next::AskPerson { .. }
            | Next::Intend(_)
            | Next::Settle(_)
            | Next::Begin { .. }
            | Next::Observe { .. }
            | Next::Held
            | Next::End(_) => {}
        }
        let event = Event::Resumed { by: by.clone() };
        run.apply(&event).map_err(|source| EngineError::Misfit { run: id.clone(), source })?;
        let resumed = Stamped { at: ports.clock.now(), recorded_at: ports.clock.wall(), event };
        Ok((run, entries, resumed))
    }

    /// The handle of a run that this process drives.
    #[must_use]
    pub fn driven(&self, run: &RunId) -> Option<RunHandle> {
        self.runs().get(run).filter(|handle| !handle.orders.is_closed()).cloned()
    }

    /// The handles of all runs that this process drives, in no order.
    #[must_use]
    pub fn all_driven(&self) -> Vec<RunHandle> {
        self.runs().values().filter(|handle| !handle.orders.is_closed()).cloned().collect()
    }

    /// The handles of all runs that this process drove and drives no more, in no order: those
    /// that came to their end, and those that their driver had to leave.
    #[must_use]
    pub fn all_left(&self) -> Vec<RunHandle> {
        self.runs().values().filter(|handle| handle.orders.is_closed()).cloned().collect()
    }

    fn drive(
        &self,
        ports: Ports,
        run: Run,
        entries: Vec<Entry>,
        lease: Lease,
        pending: Vec<Stamped>,
    ) -> RunHandle {
        let id = run.id().clone();
        let first = fold(&run, &entries, None, None, ports.clock.now(), Driven::Here);
        let (views, seen) = watch::channel(Arc::new(first));
        let (orders, taken) = mpsc::channel(ORDERS);
        let (ending, ended) = watch::channel(None);
        let given = Arc::new(OnceLock::new());
        let handle = RunHandle {
            run: id.clone(),
            orders,
            views: seen,
            ending: ended,
            given: given.clone(),
            clock: ports.clock.clone(),
        };
        self.runs().insert(id, handle.clone());
        let driver = Driver {
            run,
            entries,
            lease,
            ports,
            orders: taken,
            views,
            pending,
            keeper: Keeper::default(),
            activity: None,
            looked: None,
            leaving: None,
            given,
            shown: 0,
        };
        tokio::spawn(async move {
            let result = driver.drive().await;
            ending.send_replace(Some(result.err().map(Arc::new)));
        });
        handle
    }

    fn runs(&self) -> std::sync::MutexGuard<'_, HashMap<RunId, RunHandle>> {
        // A panic while the map was held leaves a whole map: inserting is all we do.
        self.driven.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The event that a fresh run begins with, where nothing must be asked or looked at first.
fn first_move(next: &Next) -> Option<Event> {
    match next {
        Next::Intend(key) => Some(Event::Intended { key: key.clone() }),
        Next::Begin { step, attempt } => {
            Some(Event::Began { step: step.clone(), attempt: *attempt })
        }
        Next::LeaveOut { step, why } => {
            Some(Event::LeftOut { step: step.clone(), why: why.clone() })
        }
        Next::LookWhetherNeeded { .. }
        | Next::AskPerson { .. }
        | Next::Settle(_)
        | Next::Observe { .. }
        | Next::Held
        | Next::End(_)
        | Next::Finished(_)
        | Next::Unknown => None,
    }
}
