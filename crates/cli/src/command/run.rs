//! Runs: starting one, taking one up, and telling how it ended.

use std::io::ErrorKind;

use lastgood_api::wire::{Nothing, Override, RunQuery};
use lastgood_api::{App, Pace, Rehearsed, RunHandle, play};
use lastgood_core::name::RunId;
use lastgood_core::problem::{Code, Problem};
use lastgood_core::view::{RunStatus, RunView};

use super::at_hand;
use super::look_up::made;
use super::start::{Agreed, Agreement, launch_exactly};
use crate::args::{Planning, Playing};
use crate::auto::Watcher;
use crate::exit::{Ending, Stop};
use crate::guided::Guide;
use crate::keyboard::Keyboard;
use crate::leave::Leave;
use crate::screen::Screen;
use crate::show;

/// What a person said along with the order to run a plan.
#[derive(Default)]
pub(super) struct Said {
    /// The blocking findings that are overridden.
    pub(super) overrides: Vec<Override>,
    /// Why this way and no other.
    pub(super) because: Option<String>,
}

pub(super) async fn run(
    app: &App,
    screen: &Screen,
    planning: &Planning,
    yes_plan: Option<&str>,
    said: Said,
) -> Result<Ending, Stop> {
    let plan = made(app, planning).await?;
    screen.say(&show::plan(&screen.look, &plan))?;
    let (mut keyboard, mut leave) = at_hand();
    let handle = if let Some(read) = yes_plan {
        launch_exactly(app, &plan, read, said).await?
    } else {
        let (keyboard, leave) = (&mut keyboard, &mut leave);
        let mut agreement = Agreement { app, screen, keyboard, leave, by_hand: &[] };
        match agreement.start(&plan, said).await? {
            Agreed::Begun(handle) => handle,
            Agreed::Instead(view) => return instead(app, screen, *view).await,
            Agreed::Moved(_) | Agreed::Left => return declined(screen, &plan),
        }
    };
    follow(app, screen, handle, &mut keyboard, &mut leave).await
}

/// Nobody said go: nothing was started.
pub(super) fn declined(
    screen: &Screen,
    plan: &lastgood_core::view::PlanView,
) -> Result<Ending, Stop> {
    screen.say("\nThe plan was left; nothing was started and nothing was changed.\n")?;
    screen.document(plan)?;
    Ok(Ending::Declined)
}

/// Another way was taken: a decision of its own, and nothing was changed.
pub(super) async fn instead(app: &App, screen: &Screen, view: RunView) -> Result<Ending, Stop> {
    let ended = view.run.clone();
    let ending = concluded(app, screen, &ended, Ok(view)).await?;
    // Outside of a drill nothing says that it should have been a rollback.
    Ok(if matches!(ending, Ending::NotRecovered) { Ending::Declined } else { ending })
}

pub(super) async fn resume(
    app: &App,
    screen: &Screen,
    run: Option<String>,
    playing: Playing,
) -> Result<Ending, Stop> {
    let run = match run {
        Some(run) => RunId::new(run),
        None => only_open(app).await?,
    };
    let handle = app.take_up(&run, pace(playing)).await?;
    let said = screen.say(&format!("Taken up: {run}\n"));
    if playing.auto {
        let mut leave = Leave::listen();
        return played(app, screen, handle, &mut leave).await;
    }
    said?;
    let (mut keyboard, mut leave) = at_hand();
    follow(app, screen, handle, &mut keyboard, &mut leave).await
}

/// How fast the practice world goes. The real one cannot be hurried.
pub(super) fn pace(playing: Playing) -> Pace {
    match playing.speed {
        Some(speed) => Pace::Times(speed),
        None if playing.auto => Pace::Stepped,
        None => Pace::Times(1.0),
    }
}

/// The one run that can be taken up; a choice between several is a person's.
async fn only_open(app: &App) -> Result<RunId, Problem> {
    let rows = app.runs(Nothing {}).await?;
    let open: Vec<_> =
        rows.into_iter().filter(|row| row.status == RunStatus::Interrupted).collect();
    match &open[..] {
        [only] => Ok(only.run.clone()),
        [] => {
            Err(Problem::new(Code::NotFound, "no run is open")
                .hint("`lastgood runs` lists all runs."))
        }
        several => {
            let names: Vec<&str> = several.iter().map(|row| row.run.as_str()).collect();
            Err(Problem::new(Code::InputInvalid, format!("{} runs are open", several.len()))
                .hint(format!("Name one: {}.", names.join(", "))))
        }
    }
}

/// Guides a person through the run and tells how it ended.
pub(super) async fn follow(
    app: &App,
    screen: &Screen,
    handle: RunHandle,
    keyboard: &mut Keyboard,
    leave: &mut Leave,
) -> Result<Ending, Stop> {
    let run = handle.run().clone();
    let view = Guide { app, screen, keyboard, leave }.follow(handle).await;
    concluded(app, screen, &run, view).await
}

/// Lets the drill's script answer and tells how it ended.
pub(super) async fn played(
    app: &App,
    screen: &Screen,
    handle: RunHandle,
    leave: &mut Leave,
) -> Result<Ending, Stop> {
    let Some(operator) = app.operator()? else {
        return Err(Problem::new(Code::InputInvalid, "only a drill has a script that answers")
            .hint("Resume it without --auto.")
            .into());
    };
    let run = handle.run().clone();
    let mut watcher = Watcher::new(screen);
    let last = handle.clone();
    let result = tokio::select! {
        biased;
        () = leave.wished() => Ok((*last.view()).clone()),
        played = play(handle, &operator, |view| watcher.see(view)) => played.map_err(Stop::Left),
    };
    if let Ok(view) = &result {
        watcher.see(view);
    }
    concluded(app, screen, &run, result).await
}

/// Tells how a run ended or that it was left, and what that is as an ending. Whether
/// anybody reads it changes nothing about the run, nor about its ending.
async fn concluded(
    app: &App,
    screen: &Screen,
    run: &RunId,
    view: Result<RunView, Stop>,
) -> Result<Ending, Stop> {
    let view = match view {
        Ok(view) => view,
        Err(stop) => {
            let _ = screen
                .aside(&format!("The run is left as it is. Go on with: lastgood resume {run}\n"));
            return match stop {
                Stop::Terminal(_) => Ok(Ending::Waiting),
                Stop::Problem(_) | Stop::Left(_) => Err(stop),
            };
        }
    };
    let rehearsed = app.rehearsed(&view)?;
    let told = tell(screen, &view, rehearsed.as_ref());
    if view.outcome.is_some() && rehearsed.is_some() {
        // What else can be said of a drill changes nothing about how it ended.
        let _ = match app.debrief(RunQuery { run: view.run.clone() }).await {
            Ok(debrief) => screen.say(&show::lessons(&screen.look, &debrief)),
            Err(problem) => screen.words_of(&problem),
        };
    }
    match (ending(&view, rehearsed.as_ref()), told) {
        // All went well but that the answer is not whole; any other ending weighs more.
        (Ending::Done, Err(error)) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Stop::Terminal(error))
        }
        (ending, _) => Ok(ending),
    }
}

/// What it means that the terminal failed before any run began: nobody could read what they
/// would have agreed to, so nothing was started. Once a run has begun, [`concluded`] decides.
pub(super) fn unseen(stop: Stop) -> Result<Ending, Stop> {
    match stop {
        Stop::Terminal(error) if error.kind() == ErrorKind::BrokenPipe => Ok(Ending::Declined),
        Stop::Terminal(_) | Stop::Problem(_) | Stop::Left(_) => Err(stop),
    }
}

fn tell(screen: &Screen, view: &RunView, rehearsed: Option<&Rehearsed>) -> std::io::Result<()> {
    screen.say(&show::end(&screen.look, view))?;
    if view.outcome.is_some() {
        screen.say(&show::key_times(&screen.look, view))?;
        if let Some(rehearsed) = rehearsed {
            screen.say(&show::scored(&screen.look, rehearsed))?;
        }
    }
    screen.document(view)
}

/// A drill is judged by its own rule, anything else by whether it recovered.
fn ending(view: &RunView, rehearsed: Option<&Rehearsed>) -> Ending {
    let well = rehearsed.map_or(view.status == RunStatus::Recovered, |drill| drill.met);
    match (&view.outcome, well) {
        (None, _) => Ending::Waiting,
        (Some(_), true) => Ending::Done,
        (Some(_), false) => Ending::NotRecovered,
    }
}
