//! Presents a drill: lets a move of the scenario happen, stops the practice world, makes it
//! faster. Each act is in the drill's journal before it is done.

use std::sync::Arc;

use lastgood_core::drill::{DrillAct, Move};
use lastgood_core::name::{Person, RunId};
use lastgood_core::problem::{Code, Problem};
use lastgood_core::run::Command;
use lastgood_engine::RunHandle;
use lastgood_sim::{PacedClock, PracticeWorld};

use super::drill::{happen, no_drill, no_such_move};
use crate::App;
use crate::problem::IntoProblem;
use crate::stage::{SetUp, Stage, forgot};
use crate::wire::{MoveView, PresentAct, PresentRequest, PresenterView, RunQuery};

/// The slowest and the fastest that a person may ask for, as where a drill begins.
const SPEEDS: std::ops::RangeInclusive<f64> = 0.1..=1000.0;

/// A drill that goes on, with everything that can be done to it.
pub(super) struct OnStage {
    pub(super) handle: RunHandle,
    pub(super) stage: Arc<Stage>,
    pub(super) set_up: SetUp,
}

/// What is done, once it is written down.
enum Deed<'a> {
    Happen(&'a PracticeWorld, &'a Move),
    Pause(&'a PacedClock),
    GoOn(&'a PacedClock),
    Speed(&'a PacedClock, f64),
}

impl App {
    /// Tells how a drill stands for whoever presents it, also when another process drives it.
    pub async fn presenter(&self, query: RunQuery) -> Result<PresenterView, Problem> {
        match self.engine().driven(&query.run) {
            Some(_) => Ok(self.on_stage(&query.run).await?.view(None)),
            None => self.ask_driver(&query.run, None).await,
        }
    }

    /// Does something to a drill from outside of it, and tells how it stands then. One that
    /// another process drives is presented by that process, in our name.
    pub async fn present(&self, request: PresentRequest) -> Result<PresenterView, Problem> {
        let PresentRequest { run, act } = request;
        match self.engine().driven(&run) {
            Some(_) => self.on_stage(&run).await?.present(&act, &self.person()).await,
            None => self.ask_driver(&run, Some(act)).await,
        }
    }

    /// The drill `run`, when this process drives it and its world is the one on stage.
    async fn on_stage(&self, run: &RunId) -> Result<OnStage, Problem> {
        let told = self.told(run).await?;
        let Some(tag) = &told.run.plan().drill else {
            return Err(not_a_drill());
        };
        let handle = self.driving(run)?;
        let stage = self.stage()?;
        let set_up = stage.drill.clone().ok_or_else(no_drill)?;
        if set_up.memory.name().as_deref() != Some(tag.world.as_str()) {
            return Err(Problem::new(Code::NotNow, "another drill is set up here")
                .hint(format!("Take up `{run}` again, then present it.")));
        }
        Ok(OnStage { handle, stage, set_up })
    }
}

impl OnStage {
    /// Writes down what `by` does, and does it.
    pub(super) async fn present(
        &self,
        act: &PresentAct,
        by: &Person,
    ) -> Result<PresenterView, Problem> {
        let (act, deed) = self.deed(act)?;
        let said = act.words();
        self.order(Command::Present { act }, by).await?;
        if let Err(problem) = deed.carry_out() {
            // The journal says that it was done; it has to say that it was not, too.
            let text = format!("This did not take place: {said}. {}", problem.chain.join(": "));
            self.order(Command::Note { text }, by).await?;
            return Err(problem);
        }
        Ok(self.view(Some(said)))
    }

    async fn order(&self, command: Command, by: &Person) -> Result<(), Problem> {
        self.handle.order(command, by.clone()).await.map_err(|error| error.problem())
    }

    /// What `act` comes to now: what is written down, and what is done.
    fn deed(&self, act: &PresentAct) -> Result<(DrillAct, Deed<'_>), Problem> {
        match act {
            PresentAct::Move { id } => {
                let scenario = &self.set_up.scenario;
                let one = scenario.moves(id).ok_or_else(|| no_such_move(scenario, id))?;
                let world = self.stage.practice.as_deref().ok_or_else(no_drill)?;
                let by_hand = scenario.by_hand.iter().any(|one| one.id == *id);
                let (id, title) = (one.id.clone(), one.title.clone());
                Ok((DrillAct::Moved { id, title, by_hand }, Deed::Happen(world, one)))
            }
            PresentAct::Pause => {
                let clock = self.clock()?;
                if clock.is_paused() {
                    return Err(Problem::new(Code::NotNow, "the practice world stands already")
                        .hint("Let it go on."));
                }
                Ok((DrillAct::Paused, Deed::Pause(clock)))
            }
            PresentAct::GoOn => {
                let clock = self.clock()?;
                if !clock.is_paused() {
                    return Err(Problem::new(Code::NotNow, "nobody stopped the practice world"));
                }
                Ok((DrillAct::WentOn, Deed::GoOn(clock)))
            }
            PresentAct::Speed { times } => {
                let clock = self.clock()?;
                if !SPEEDS.contains(times) {
                    let cause = format!("{times} is no speed of a drill");
                    return Err(Problem::new(Code::InputInvalid, cause)
                        .hint("Give a number from 0.1 to 1000."));
                }
                Ok((DrillAct::Paced { percent: percent(*times) }, Deed::Speed(clock, *times)))
            }
        }
    }

    fn clock(&self) -> Result<&PacedClock, Problem> {
        self.stage.tempo.as_deref().ok_or_else(|| {
            Problem::new(Code::NotNow, "this drill plays by itself, as fast as it goes")
                .hint("Play it without --auto, or with --speed.")
        })
    }

    pub(super) fn view(&self, done: Option<String>) -> PresenterView {
        let scenario = &self.set_up.scenario;
        let moves = |moves: &[Move], by_hand| -> Vec<MoveView> {
            moves
                .iter()
                .map(|one| MoveView { id: one.id.clone(), title: one.title.clone(), by_hand })
                .collect()
        };
        let mut all = moves(&scenario.presenter, false);
        all.extend(moves(&scenario.by_hand, true));
        let tempo = self.stage.tempo.as_deref();
        PresenterView {
            run: self.handle.run().clone(),
            moves: all,
            speed: tempo.map(PacedClock::speed),
            paused: tempo.is_some_and(PacedClock::is_paused),
            done,
        }
    }
}

impl Deed<'_> {
    fn carry_out(self) -> Result<(), Problem> {
        match self {
            Self::Happen(world, one) => happen(world, one).map_err(|error| forgot(&error))?,
            Self::Pause(clock) => clock.pause(),
            Self::GoOn(clock) => clock.go_on(),
            Self::Speed(clock, times) => clock.set_speed(times),
        }
        Ok(())
    }
}

/// Said of a run that is no drill, or one on a real system.
pub(super) fn not_a_drill() -> Problem {
    Problem::new(Code::NotNow, "only a drill in the practice world has a presenter")
        .hint("What is real cannot be stopped or hurried; `hold` lets nothing new begin.")
}

/// A speed as the journal keeps it. A hundredth of a second in a second is finer than
/// anybody can tell.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is between 0.1 and 1000"
)]
fn percent(times: f64) -> u32 {
    (times * 100.0).round() as u32
}
