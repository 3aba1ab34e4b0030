//! Takes a run over from a living process that drives it. Nothing is taken by force: the lock
//! of a run cannot be broken while its holder lives. It is asked to let go, writes down who
//! asked and why, and leaves the run where nothing is half done; then it is taken up here.

use jiff::SignedDuration;
use lastgood_core::name::RunId;
use lastgood_core::problem::{Code, Problem};
use lastgood_core::run::Next;
use lastgood_core::view::RunView;

use super::cue::{STANDS, pause};
use crate::App;
use crate::config::Pace;
use crate::cues::{Cue, Cues, Reply};
use crate::system::wall;
use crate::wire::TakeOverRequest;

/// How long a change that is under way may keep its driver from letting go, before whoever
/// asked is told to look again. Nearly every change has its outcome within this; one whose
/// answers are lost again and again takes longer, and nobody wants to wait for it blindly.
const LETS_GO: SignedDuration = SignedDuration::from_secs(60);

impl App {
    /// Takes a run over from another process on this machine. That process alone decides when
    /// nothing is half done; one that does not answer keeps the run.
    pub async fn take_over(&self, request: TakeOverRequest) -> Result<RunView, Problem> {
        let TakeOverRequest { run, reason } = request;
        let why = reason.trim();
        if why.is_empty() {
            return Err(Problem::new(
                Code::ReasonMissing,
                "nobody takes a run over without a word",
            )
            .hint("Say why; it goes into the timeline with your name."));
        }
        self.is_held_elsewhere(&run).await?;
        let cues = Cues::of(&self.config().data, &run);
        let until = wall() + STANDS;
        let hand_over = Some(why.to_owned());
        let id = cues.ask(&Cue { act: None, hand_over, by: self.person(), until })?;
        let mut taken = false;
        while self.told(&run).await?.driven.at_all() {
            match cues.told(&id)? {
                Some(Reply::Refused(problem)) => return Err(problem),
                Some(Reply::LetsGo | Reply::Done(_)) => taken = true,
                None => {}
            }
            if !taken && wall() > until {
                if cues.take_back(&id)? {
                    return Err(keeps(&run));
                }
                taken = true;
            }
            if wall() > until + LETS_GO {
                return Err(busy(&run));
            }
            pause().await;
        }
        // It may have died meanwhile instead: then nobody is to find the request later.
        cues.take_back(&id)?;
        let handle = self.take_up(&run, Pace::Times(1.0)).await?;
        // The first view after its beginning comes once the journal says who drives it now;
        // until then whoever had it would still be told that they have it.
        let _ = handle.views().changed().await;
        Ok((*handle.view()).clone())
    }

    /// Whether another process drives `run`; what stands against a takeover otherwise.
    async fn is_held_elsewhere(&self, run: &RunId) -> Result<(), Problem> {
        if self.engine().driven(run).is_some() {
            return Err(Problem::new(Code::NotNow, format!("run `{run}` is driven here already"))
                .hint("Answer it, or hold it."));
        }
        let told = self.told(run).await?;
        if let Next::Finished(outcome) = told.run.next() {
            return Err(Problem::new(Code::RunFinished, format!("run `{run}` has ended"))
                .within(outcome.sentence())
                .hint("`lastgood timeline` and `lastgood export` still work."));
        }
        if !told.driven.at_all() {
            return Err(Problem::new(Code::NotNow, format!("nobody drives run `{run}`"))
                .hint("Resume it; there is nobody to take it over from."));
        }
        Ok(())
    }
}

fn keeps(run: &RunId) -> Problem {
    let what = format!("who drives run `{run}` did not take the request, and keeps it");
    Problem::new(Code::RunHeld, what).hint(
        "Its process may be stopped, or be of an older version. Nothing was done. Speak with \
         them; once their process has ended, the run can be resumed.",
    )
}

fn busy(run: &RunId) -> Problem {
    let what = format!("who drives run `{run}` lets go of it after the change that is under way");
    Problem::new(Code::RunHeld, what)
        .hint("The request is in the timeline. Look again, and resume the run once it is free.")
}
