//! Presents a drill that another process drives. It is asked to, and does it as if it were
//! asked at its own keyboard: one process writes a run's journal, and it stays that one.

use jiff::SignedDuration;
use lastgood_core::name::RunId;
use lastgood_core::ports::Clock as _;
use lastgood_core::problem::{Code, Problem};
use lastgood_core::run::Next;
use lastgood_engine::RunHandle;

use super::present::OnStage;
use crate::App;
use crate::cues::{Cue, CueId, Cues, Reply};
use crate::stage::Stage;
use crate::system::{SystemClock, wall};
use crate::wire::{PresentAct, PresenterView};

/// How often a driver looks for requests, and whoever asked for an answer. A presenter
/// takes less than a quarter of a second for at once.
const LOOKS: SignedDuration = SignedDuration::from_millis(200);

/// How long a request stands. A driver that is well answers within two looks; one that does
/// not in five seconds is stopped, of an older version, or gone.
const STANDS: SignedDuration = SignedDuration::from_secs(5);

/// How much longer an answer is waited for once the request was taken.
const LINGERS: SignedDuration = SignedDuration::from_secs(5);

/// The pause between two looks.
async fn pause() {
    SystemClock.sleep_until(wall() + LOOKS).await;
}

impl App {
    /// Lets other processes present the drill of `handle`, for as long as it is driven here.
    pub(crate) fn take_cues(&self, handle: &RunHandle, stage: &std::sync::Arc<Stage>) {
        let Some(set_up) = stage.drill.clone() else { return };
        let cues = Cues::of(&self.config().data, handle.run());
        let on_stage = OnStage { handle: handle.clone(), stage: stage.clone(), set_up };
        let mut driven = handle.clone();
        tokio::spawn(async move {
            tokio::select! {
                _ = driven.ended() => {}
                () = serve(&cues, &on_stage) => {}
            }
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
        let id = cues.ask(&Cue { act, by: self.person(), until })?;
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
        if !told.driven {
            return Err(Problem::new(Code::NotNow, format!("nobody drives drill `{run}`"))
                .hint(format!("`lastgood resume {run}` takes it up; present it then.")));
        }
        Ok(())
    }
}

/// Carries out what is asked, one request after the other, until it is dropped.
async fn serve(cues: &Cues, on_stage: &OnStage) {
    loop {
        for (id, cue) in cues.take(wall()) {
            let reply = match answer(on_stage, cue).await {
                Ok(view) => Reply::Done(view),
                Err(problem) => Reply::Refused(problem),
            };
            if let Err(error) = cues.tell(&id, &reply) {
                // Whoever asked says that it is not known; the journal tells what was done.
                tracing::warn!(%error, "a presenter could not be answered");
            }
        }
        pause().await;
    }
}

async fn answer(on_stage: &OnStage, cue: Cue) -> Result<PresenterView, Problem> {
    if wall() > cue.until {
        return Err(Problem::new(Code::NotNow, "it was asked too long ago, and is not done now")
            .hint("Ask again if it is still wanted."));
    }
    match &cue.act {
        None => Ok(on_stage.view(None)),
        Some(act) => on_stage.present(act, &cue.by).await,
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
        Reply::Refused(problem) => Err(problem),
    }
}

fn nobody_listens(run: &RunId) -> Problem {
    let what = format!("who drives drill `{run}` did not take the request; nothing was done");
    Problem::new(Code::NotNow, what).hint(
        "Its process may be stopped, or be of an older version; present it in its own terminal.",
    )
}
