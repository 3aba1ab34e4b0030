//! Drills.

use std::path::PathBuf;

use lastgood_api::App;
use lastgood_api::wire::{DrillRequest, Nothing};
use lastgood_core::name::ScenarioName;
use lastgood_core::preflight::{Grade, worst};

use super::run::{Said, declined, follow, pace, played};
use super::start::{Agreement, launch};
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
        screen.say(&show::briefing(&screen.look, drill, summary))?;
    }
    let plan = app.plan_drill().await?;
    screen.say("\n")?;
    screen.say(&show::brief(&screen.look, &plan))?;
    let (run, ending) = if playing.auto {
        if worst(&plan.findings) == Grade::Block {
            screen.say(&show::plan(&screen.look, &plan))?;
        }
        let handle = launch(app, &plan, Said::default()).await?;
        let run = handle.run().clone();
        (run, played(app, screen, handle, &mut Leave::listen()).await?)
    } else {
        let (mut keyboard, mut leave) = at_hand();
        let mut agreement = Agreement { app, screen, keyboard: &mut keyboard, leave: &mut leave };
        let Some(handle) = agreement.start(&plan, Said::default()).await? else {
            return declined(screen, &plan);
        };
        let run = handle.run().clone();
        (run, follow(app, screen, handle, &mut keyboard, &mut leave).await?)
    };
    if let Some(path) = export {
        export::save(app, screen, &run, path).await?;
    }
    Ok(ending)
}
