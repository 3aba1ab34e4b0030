//! Asks another process that drives a run: to present its drill, or to let go of it. It does so
//! as if it were asked at its own keyboard: one process writes a run's journal at a time.

use std::sync::Arc;

use jiff::SignedDuration;
use lastgood_core::name::{Person, RunId};
use lastgood_core::ports::Clock as _;
use lastgood_core::problem::{Code, Problem};
use lastgood_core::run::Next;
use lastgood_engine::RunHandle;

use super::present::OnStage;
use crate::App;
use crate::app::Staged;
use crate::cues::{Cue, CueId, Cues, Reply};
use crate::problem::IntoProblem;
use crate::stage::Stage;
use crate::system::{SystemClock, wall};
use crate::wire::{PresentAct, PresenterView};

/// How often a driver looks for requests, and whoever asked for an answer. A presenter
/// takes less than a quarter of a second for at once.
const LOOKS: SignedDuration = SignedDuration::from_millis(200);

/// How long a request stands. A driver that is well answers within two looks; one that does
/// not in five seconds is stopped, of an older version, or gone.
pub(super) const STANDS: SignedDuration = SignedDuration::from_secs(5);

/// How much longer an answer is waited for once the request was taken.
const LINGERS: SignedDuration = SignedDuration::from_secs(5);

/// The pause between two looks.
pub(super) async fn pause() {
    SystemClock.sleep_until(wall() + LOOKS).await;
}

impl App {
    /// Lets other processes take the run of `handle` over, and present it where it is a drill,
    /// for as long as it is driven here.
    pub(crate) fn take_cues(&self, handle: &RunHandle, stage: &Arc<Stage>) {
        let cues = Cues::of(&self.config().data, handle.run());
        let playing = stage.drill.as_ref().map(|set_up| set_up.memory.play());
        let on_stage = stage.drill.clone().map(|set_up| OnStage {
            handle: handle.clone(),
            stage: stage.clone(),
            set_up,
        });
        let mut watched = handle.clone();
        let driver = Driver {
            handle: handle.clone(),
            holder: self.person(),
            on_stage,
            staged: self.staged().clone(),
        };
        tokio::spawn(async move {
            tokio::select! {
                _ = watched.ended() => {}
                () = driver.serve(&cues) => {}
            }
            drop(playing);
        });
    }

    /// Asks whoever drives the drill `run` to do `act`, or to tell how it stands.
    pub(super) async fn ask_driver(
        &self,
        run: &RunId,
        act: Option<PresentAct>,
    ) -> Result<PresenterView, Problem> {
        self.driven_elsewhere(run).await?;
        let cues = Cues::of(&self.config().data, run);
        let until = wall() + STANDS;
        let id = cues.ask(&Cue { act, hand_over: None, by: self.person(), until })?;
        let gone = loop {
            if let Some(reply) = cues.told(&id)? {
                return view(reply);
            }
            if let Err(gone) = self.driven_elsewhere(run).await {
                break Some(gone);
            }
            if wall() > until {
                break None;
            }
            pause().await;
        };
        if cues.take_back(&id)? {
            return Err(gone.unwrap_or_else(|| nobody_listens(run)));
        }
        last_word(&cues, &id, run, gone.is_some()).await
    }

    /// Whether `run` is a drill in a practice world that another process drives; what stands
    /// against it otherwise.
    async fn driven_elsewhere(&self, run: &RunId) -> Result<(), Problem> {
        let told = self.told(run).await?;
        if told.run.plan().drill.is_none() {
            return Err(super::present::not_a_drill());
        }
        if let Next::Finished(outcome) = told.run.next() {
            return Err(Problem::new(Code::RunFinished, format!("drill `{run}` has ended"))
                .within(outcome.sentence())
                .hint(format!("`lastgood replay {run}` shows it again.")));
        }
        if !told.driven.at_all() {
            return Err(Problem::new(Code::NotNow, format!("nobody drives drill `{run}`"))
                .hint(format!("`lastgood resume {run}` takes it up; present it then.")));
        }
        Ok(())
    }
}

/// Whoever drives a run here, for those who ask something of it.
struct Driver {
    handle: RunHandle,
    holder: Person,
    /// Set for a drill in a practice world.
    on_stage: Option<OnStage>,
    staged: Staged,
}

impl Driver {
    /// Carries out what is asked, one request after the other, until it is dropped.
    async fn serve(&self, cues: &Cues) {
        loop {
            for (id, cue) in cues.take(wall()) {
                let reply = self.answer(cue).await.unwrap_or_else(Reply::Refused);
                if let Err(error) = cues.tell(&id, &reply) {
                    // Whoever asked says that it is not known; the journal tells what was done.
                    tracing::warn!(%error, "whoever asked could not be answered");
                }
            }
            pause().await;
        }
    }

    async fn answer(&self, cue: Cue) -> Result<Reply, Problem> {
        if wall() > cue.until {
            let what = "it was asked too long ago, and is not done now";
            return Err(Problem::new(Code::NotNow, what).hint("Ask again if it is still wanted."));
        }
        if let Some(why) = cue.hand_over {
            self.hand_over(&why, cue.by).await?;
            return Ok(Reply::LetsGo);
        }
        let on_stage = self.on_stage.as_ref().ok_or_else(super::present::not_a_drill)?;
        Ok(Reply::Done(match &cue.act {
            None => on_stage.view(None),
            Some(act) => on_stage.present(act, &cue.by).await?,
        }))
    }

    /// Lets go of the run, and of the practice world that it plays in: one process at a time
    /// remembers what happened there.
    async fn hand_over(&self, why: &str, by: Person) -> Result<(), Problem> {
        let world = self
            .on_stage
            .as_ref()
            .map(|on_stage| (on_stage.set_up.memory.clone(), on_stage.stage.clone()));
        if world.as_ref().is_some_and(|(memory, _)| memory.plays() > 1) {
            let what = "another run goes on in the same practice world, and would stand still";
            return Err(Problem::new(Code::NotNow, what)
                .hint("Let the other run end first, where it is driven."));
        }
        let text = format!("takes the run over from {}: {why}", self.holder);
        let staged = self.staged.clone();
        let parting = move || {
            if let Some((memory, stage)) = world {
                memory.let_go();
                staged.leave(&stage);
            }
        };
        self.handle.hand_over(text, by, parting).await.map_err(|error| error.problem())
    }
}

/// Waits for the answer to a request that was taken and not answered yet.
async fn last_word(
    cues: &Cues,
    id: &CueId,
    run: &RunId,
    gone: bool,
) -> Result<PresenterView, Problem> {
    // One that has ended answers no more; what it said before that is there already.
    let until = if gone { wall() } else { wall() + LINGERS };
    loop {
        if let Some(reply) = cues.told(id)? {
            return view(reply);
        }
        if wall() >= until {
            break;
        }
        pause().await;
    }
    let what = format!("whether it was done is not known: who drives drill `{run}` did not answer");
    Err(Problem::new(Code::NotNow, what)
        .hint(format!("`lastgood timeline {run}` tells what was done.")))
}

fn view(reply: Reply) -> Result<PresenterView, Problem> {
    match reply {
        Reply::Done(view) => Ok(view),
        Reply::LetsGo => {
            Err(Problem::new(Code::NotNow, "somebody takes the run over at this moment"))
        }
        Reply::Refused(problem) => Err(problem),
    }
}

fn nobody_listens(run: &RunId) -> Problem {
    let what = format!("who drives drill `{run}` did not take the request; nothing was done");
    Problem::new(Code::NotNow, what).hint(
        "Its process may be stopped, or be of an older version; present it in its own terminal.",
    )
}
