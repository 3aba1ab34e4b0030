//! Commands that only look.

use std::path::Path;

use lastgood_api::App;
use lastgood_api::wire::{
    ExerciseRequest, Nothing, PlanRequest, ReleaseQuery, ReleasesQuery, RunQuery,
};
use lastgood_core::name::{ReleaseId, RunId, RunbookName};
use lastgood_core::preflight::{Grade, worst};
use lastgood_core::view::PlanView;

use crate::args::Planning;
use crate::exit::{Ending, Stop};
use crate::screen::Screen;
use crate::show;

pub(super) async fn releases(
    app: &App,
    screen: &Screen,
    service: Option<String>,
    environment: Option<String>,
    limit: Option<u32>,
) -> Result<Ending, Stop> {
    let query = ReleasesQuery { service, environment, before: None, limit };
    let view = app.releases(query).await?;
    screen.answer(&view, |look| show::releases(look, &view))?;
    Ok(if view.is_dark() { Ending::Found } else { Ending::Done })
}

pub(super) async fn release(
    app: &App,
    screen: &Screen,
    service: &str,
    environment: Option<&str>,
    release: Option<String>,
) -> Result<Ending, Stop> {
    let place = app.place(service, environment)?;
    let release = release.map(ReleaseId::new);
    let detail = app.release(ReleaseQuery { place, release }).await?;
    screen.answer(&detail, |look| show::release(look, &detail))?;
    Ok(Ending::Done)
}

pub(super) async fn debrief(app: &App, screen: &Screen, run: &str) -> Result<Ending, Stop> {
    let view = app.debrief(RunQuery { run: RunId::new(run) }).await?;
    screen.answer(&view, |look| show::debrief(look, &view))?;
    Ok(Ending::Done)
}

pub(super) async fn rehearsals(app: &App, screen: &Screen) -> Result<Ending, Stop> {
    let all = app.rehearsals(Nothing {}).await?;
    screen.answer(&all, |look| show::rehearsals(look, &all))?;
    Ok(Ending::Done)
}

/// Makes the plan that was asked for.
pub(super) async fn made(app: &App, planning: &Planning) -> Result<PlanView, Stop> {
    let request = PlanRequest {
        place: app.place(&planning.service, planning.environment.as_deref())?,
        runbook: planning.runbook.clone().map(RunbookName::new),
        target: planning.target.clone(),
        inputs: planning.inputs(),
    };
    Ok(match &planning.drill {
        Some(why) => {
            let (why, on_production) = (why.clone(), planning.on_production);
            app.plan_exercise(ExerciseRequest { plan: request, why, on_production }).await?
        }
        None => app.plan(request).await?,
    })
}

pub(super) async fn plan(app: &App, screen: &Screen, planning: &Planning) -> Result<Ending, Stop> {
    let view = made(app, planning).await?;
    screen.answer(&view, |look| show::plan(look, &view))?;
    Ok(Ending::Done)
}

/// Tells what stands against a rollback; what blocks it refuses it here too.
pub(super) async fn preflight(
    app: &App,
    screen: &Screen,
    request: PlanRequest,
) -> Result<Ending, Stop> {
    let view = app.preflight(request).await?;
    screen.answer(&view, |look| show::preflight(look, &view))?;
    Ok(if view.blocked { Ending::Declined } else { Ending::Done })
}

pub(super) async fn runs(app: &App, screen: &Screen) -> Result<Ending, Stop> {
    let rows = app.runs(Nothing {}).await?;
    let imported = if screen.is_json() { Vec::new() } else { app.imported(Nothing {}).await? };
    screen.answer(&rows, |look| show::runs(look, &rows, &imported))?;
    Ok(Ending::Done)
}

pub(super) async fn show(app: &App, screen: &Screen, run: &str) -> Result<Ending, Stop> {
    let view = app.run(RunQuery { run: RunId::new(run) }).await?;
    screen.answer(&view, |look| show::run(look, &view))?;
    Ok(Ending::Done)
}

pub(super) async fn doctor(app: &App, screen: &Screen) -> Result<Ending, Stop> {
    let view = app.doctor(Nothing {}).await?;
    screen.answer(&view, |look| show::doctor(look, &view))?;
    Ok(match worst(&view.findings) {
        Grade::Block => Ending::Found,
        Grade::Pass | Grade::Warn | Grade::Unknown => Ending::Done,
    })
}

/// Copies the journal, and tells how the copy is put back.
pub(super) async fn backup(app: &App, screen: &Screen, file: &Path) -> Result<Ending, Stop> {
    let made = app.back_up_journal(file).await?;
    screen.answer(&made, |look| show::backed_up(look, &made))?;
    Ok(Ending::Done)
}

pub(super) async fn verify(
    app: &App,
    screen: &Screen,
    run: Option<String>,
) -> Result<Ending, Stop> {
    let found = app.verify_journal(run.map(RunId::new)).await?;
    screen.answer(&found, |look| show::verified(look, &found))?;
    Ok(if found.holds { Ending::Done } else { Ending::Found })
}
