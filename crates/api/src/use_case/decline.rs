//! A plan that is left for another way. That is a decision like any other, and is kept: a
//! run of its own that ends before its first step.

use lastgood_core::mitigation::Way;
use lastgood_core::name::Person;
use lastgood_core::ports::Stamped;
use lastgood_core::problem::{Code, Problem};
use lastgood_core::run::{Event, Outcome, Run};
use lastgood_core::view::RunView;

use crate::App;
use crate::app::Shown;
use crate::problem::IntoProblem;
use crate::wire::{DeclineRequest, RunQuery};

impl App {
    /// Leaves a plan for another way and says why. Nothing is changed.
    pub async fn decline(&self, request: DeclineRequest) -> Result<RunView, Problem> {
        self.decline_as(request, self.person()).await
    }

    /// The same, decided by `by`.
    pub async fn decline_as(
        &self,
        request: DeclineRequest,
        by: Person,
    ) -> Result<RunView, Problem> {
        let reason = request.reason.trim().to_owned();
        if reason.is_empty() {
            return Err(Problem::new(Code::InputInvalid, "this needs a reason")
                .hint("Say why another way is better; it is read later by others."));
        }
        if request.way == Way::RollBack {
            return Err(Problem::new(Code::InputInvalid, "to roll back is what the plan does")
                .hint("Start the plan, or choose another way."));
        }
        let Shown { mut plan, stage } = self.shown(&request.hash)?;
        let journal = self.journal().await?;
        let id = self.named(&mut plan, &stage).await?;
        let mut run = Run::begin(id.clone(), plan.clone(), by.clone());
        let events = [
            Event::Preferred { way: request.way, by: by.clone(), reason: reason.clone() },
            // A version that does not know of this way to end reads an aborted run.
            Event::Aborted { by: by.clone(), reason: format!("not begun: {reason}") },
            Event::Finished {
                outcome: Outcome::Declined {
                    reason: format!("{} instead: {reason}", request.way.title()),
                },
            },
        ];
        let now = stage.clock.now();
        let stamp = |event| Stamped { at: now, recorded_at: stage.clock.wall(), event };
        let mut first = vec![stamp(Event::Planned { plan: Box::new(plan), by })];
        for event in events {
            run.apply(&event).map_err(|misfit| misfit.problem())?;
            first.push(stamp(event));
        }
        let (lease, _) = journal.create(&id, &first).await.map_err(|error| error.problem())?;
        journal.release(lease).await.map_err(|error| error.problem())?;
        self.run(RunQuery { run: id }).await
    }
}
