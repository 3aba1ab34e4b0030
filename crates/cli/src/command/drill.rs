//! Drills.

use std::path::PathBuf;

use lastgood_api::App;
use lastgood_api::wire::{DeclineRequest, DrillRequest, Nothing, Override};
use lastgood_core::drill::Begin;
use lastgood_core::name::{RunId, ScenarioName};
use lastgood_core::preflight::Grade;

use super::run::{Said, declined, follow, instead, pace, played};
use super::start::{Agreed, Agreement, launch};
use super::{at_hand, export};
use crate::args::Playing;
use crate::exit::{Ending, Stop};
use crate::leave::Leave;
use crate::screen::Screen;
use crate::show;

/// What was asked for.
pub(super) struct Asked {
    pub(super) scenario: String,
    pub(super) seed: Option<u64>,
    pub(super) playing: Playing,
    pub(super) export: Option<PathBuf>,
}

pub(super) async fn list(app: &App, screen: &Screen) -> Result<Ending, Stop> {
    let scenarios = app.workspace(Nothing {}).await?.scenarios;
    screen.answer(&scenarios, |look| show::scenarios(look, &scenarios))?;
    Ok(Ending::Done)
}

pub(super) async fn drill(app: &App, screen: &Screen, asked: Asked) -> Result<Ending, Stop> {
    let Asked { scenario, seed, playing, export } = asked;
    let request =
        DrillRequest { scenario: ScenarioName::new(scenario), seed, speed: playing.speed };
    let workspace = app.set_up(&request, pace(playing)).await?;
    if let Some(drill) = &workspace.drill {
        let summary = workspace
            .scenarios
            .iter()
            .find(|scenario| scenario.name == drill.scenario)
            .map_or("", |scenario| scenario.summary.as_str());
        let said = screen.say(&show::briefing(&screen.look, drill, summary));
        // The script reads nothing, and plays on without a spectator.
        if !playing.auto {
            said?;
        }
    }
    let (run, ending) = if playing.auto {
        by_script(app, screen).await?
    } else {
        match with_a_person(app, screen).await? {
            Ok(done) => done,
            Err(ending) => return Ok(ending),
        }
    };
    if let Some(path) = export {
        export::save(app, screen, &run, path).await?;
    }
    Ok(ending)
}

/// Lets the drill's script take every decision. Whether anybody reads along changes nothing.
async fn by_script(app: &App, screen: &Screen) -> Result<(RunId, Ending), Stop> {
    let opening = app.opening()?;
    for id in &opening.first {
        let title = app.make_move(id)?;
        let _ = screen.say(&show::moved(&screen.look, &title));
    }
    let plan = app.plan_drill(opening.target.as_deref()).await?;
    let _ = screen.say(&format!("\n{}", show::brief(&screen.look, &plan)));
    let overrides = match opening.begin {
        Begin::Instead { way, reason } => {
            let by = app.operator()?.map(|operator| operator.person().clone());
            let request = DeclineRequest { hash: plan.hash, way, reason };
            let by = by.unwrap_or_else(|| app.config().person.clone());
            let view = app.decline_as(request, by).await?;
            let run = view.run.clone();
            return Ok((run, instead(app, screen, view).await?));
        }
        Begin::Run => Vec::new(),
        Begin::Override { reason } => plan
            .findings
            .iter()
            .filter(|finding| finding.grade == Grade::Block)
            .map(|one| Override { subject: one.subject.clone(), reason: reason.clone() })
            .collect(),
    };
    let handle = launch(app, &plan, Said { overrides, because: None }).await?;
    let run = handle.run().clone();
    Ok((run, played(app, screen, handle, &mut Leave::listen()).await?))
}

/// Asks a person. The error is how it ended where no run began.
async fn with_a_person(
    app: &App,
    screen: &Screen,
) -> Result<Result<(RunId, Ending), Ending>, Stop> {
    let (mut keyboard, mut leave) = at_hand();
    let by_hand = app.by_hand()?;
    loop {
        let plan = app.plan_drill(None).await?;
        screen.say("\n")?;
        screen.say(&show::brief(&screen.look, &plan))?;
        let (keys, leaving) = (&mut keyboard, &mut leave);
        let mut agreement =
            Agreement { app, screen, keyboard: keys, leave: leaving, by_hand: &by_hand };
        match agreement.start(&plan, Said::default()).await? {
            Agreed::Begun(handle) => {
                let run = handle.run().clone();
                let ending = follow(app, screen, handle, &mut keyboard, &mut leave).await?;
                return Ok(Ok((run, ending)));
            }
            Agreed::Instead(view) => {
                let run = view.run.clone();
                return Ok(Ok((run, instead(app, screen, *view).await?)));
            }
            Agreed::Moved(title) => screen.say(&show::moved(&screen.look, &title))?,
            Agreed::Left => return Ok(Err(declined(screen, &plan)?)),
        }
    }
}
