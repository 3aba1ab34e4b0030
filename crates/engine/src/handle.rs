//! What a host holds of a run that is driven: orders go in, views come out.

use std::sync::{Arc, OnceLock};

use lastgood_core::name::{Person, RunId};
use lastgood_core::ports::Clock;
use lastgood_core::run::{Command, Rejection};
use lastgood_core::view::RunView;
use tokio::sync::{mpsc, oneshot, watch};

use crate::EngineError;

/// An order on its way to the driver.
pub(crate) struct Order {
    pub(crate) command: Command,
    pub(crate) by: Person,
    pub(crate) reply: oneshot::Sender<Result<(), Rejection>>,
    /// What the driver does once it is durable.
    pub(crate) then: Then,
}

/// Whether a driver goes on after an order.
pub(crate) enum Then {
    /// It drives on.
    GoOn,
    /// It brings a change that was sent to its outcome, and lets go of the run.
    LetGo(Parting),
}

/// What is done after the last change of a driver, and before anybody else can take its run up.
pub(crate) type Parting = Box<dyn FnOnce() + Send>;

/// How a driver ended: cleanly at the run's end, or because it had to stop.
pub(crate) type Ending = Option<Arc<EngineError>>;

/// A driven run. Cheap to clone; the driver goes on when the last one is dropped.
#[derive(Clone)]
pub struct RunHandle {
    pub(crate) run: RunId,
    pub(crate) orders: mpsc::Sender<Order>,
    pub(crate) views: watch::Receiver<Arc<RunView>>,
    pub(crate) ending: watch::Receiver<Option<Ending>>,
    /// For whom the driver let go of the run.
    pub(crate) given: Arc<OnceLock<Person>>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for RunHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RunHandle").field("run", &self.run).finish_non_exhaustive()
    }
}

/// Why an order was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    /// The run does not take it.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// Nothing drives the run any more.
    #[error("run `{run}` is not being driven")]
    NotDriven {
        /// Which run.
        run: RunId,
    },
}

impl RunHandle {
    /// Which run.
    #[must_use]
    pub const fn run(&self) -> &RunId {
        &self.run
    }

    /// The newest view, with the time that it is now: a run that waits has said nothing for
    /// a while, and who asks must not take the time of its last word for the present. The
    /// time of a run that has ended, or was left, stays that of its last word.
    #[must_use]
    pub fn view(&self) -> Arc<RunView> {
        let view = self.views.borrow().clone();
        if view.outcome.is_some() || !view.driven {
            return view;
        }
        Arc::new(RunView { now: self.clock.now().into(), ..RunView::clone(&view) })
    }

    /// A subscription to views: the newest wins, older ones may be missed. The first may be
    /// as old as the run's last word, see [`Self::view`].
    #[must_use]
    pub fn views(&self) -> watch::Receiver<Arc<RunView>> {
        self.views.clone()
    }

    /// Gives an order and returns once it is durable, or refused.
    pub async fn order(&self, command: Command, by: Person) -> Result<(), OrderError> {
        self.send(command, by, Then::GoOn).await
    }

    /// Lets go of the run so that `by` can take it up elsewhere, and returns once `text`, which
    /// says so in their name, is durable. A change that is under way is brought to its outcome
    /// first; everything else stops where it is. Then `parting` is done, which gives free what
    /// the run needs elsewhere, and the run is let go of: [`Self::ended`] tells when.
    pub async fn hand_over(
        &self,
        text: String,
        by: Person,
        parting: impl FnOnce() + Send + 'static,
    ) -> Result<(), OrderError> {
        self.send(Command::Note { text }, by, Then::LetGo(Box::new(parting))).await
    }

    async fn send(&self, command: Command, by: Person, then: Then) -> Result<(), OrderError> {
        let (reply, answer) = oneshot::channel();
        let gone = || OrderError::NotDriven { run: self.run.clone() };
        self.orders.send(Order { command, by, reply, then }).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?.map_err(OrderError::Rejected)
    }

    /// For whom the driver let go of the run; `None` where nobody took it over.
    #[must_use]
    pub fn given_to(&self) -> Option<&Person> {
        self.given.get()
    }

    /// Why the driver has left the run, where it had to; `None` while it drives, and where it
    /// came to the run's end.
    #[must_use]
    pub fn failure(&self) -> Option<Arc<EngineError>> {
        self.ending.borrow().clone().flatten()
    }

    /// Returns when the driver has ended, with the error that ended it if one did.
    pub async fn ended(&mut self) -> Option<Arc<EngineError>> {
        match self.ending.wait_for(Option::is_some).await {
            Ok(ending) => ending.clone().flatten(),
            // The driver's task is gone without a word: it was aborted with its runtime.
            Err(_) => None,
        }
    }
}
