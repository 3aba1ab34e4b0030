//! What is known to be good: the proposed target, marks and locks.

use lastgood_api::App;
use lastgood_api::wire::{
    LockRequest, MarkKind, MarkRequest, MarksQuery, ReleaseQuery, UnlockRequest, Which,
};
use lastgood_core::name::RunId;
use lastgood_core::problem::Code;

use crate::args::{Marking, Named, Unlocking};
use crate::exit::{Ending, Stop};
use crate::screen::Screen;
use crate::show;

pub(super) async fn target(
    app: &App,
    screen: &Screen,
    service: &str,
    environment: Option<&str>,
) -> Result<Ending, Stop> {
    let place = app.place(service, environment)?;
    let detail = app.release(ReleaseQuery { place, release: None }).await?;
    screen.answer(&detail, |look| show::target(look, &detail))?;
    Ok(if detail.target.is_some() { Ending::Done } else { Ending::Stopped(Code::NoTarget) })
}

pub(super) async fn marks(
    app: &App,
    screen: &Screen,
    service: Option<String>,
    environment: Option<String>,
    run: Option<String>,
) -> Result<Ending, Stop> {
    let query = MarksQuery { service, environment, run: run.map(RunId::new) };
    let view = app.marks(query).await?;
    screen.answer(&view, |look| show::marks(look, &view))?;
    Ok(Ending::Done)
}

pub(super) async fn mark(
    app: &App,
    screen: &Screen,
    mark: Marking,
    named: Named,
    reason: String,
) -> Result<Ending, Stop> {
    let mark = match mark {
        Marking::Good => MarkKind::Good,
        Marking::Faulty => MarkKind::Faulty,
        Marking::None => MarkKind::None,
    };
    let view = app.mark(MarkRequest { which: which(named), mark, reason }).await?;
    screen.answer(&view, |look| show::marks(look, &view))?;
    Ok(Ending::Done)
}

pub(super) async fn lock(
    app: &App,
    screen: &Screen,
    named: Named,
    reason: String,
) -> Result<Ending, Stop> {
    let view = app.lock(LockRequest { which: which(named), reason }).await?;
    screen.answer(&view, |look| show::marks(look, &view))?;
    Ok(Ending::Done)
}

pub(super) async fn unlock(
    app: &App,
    screen: &Screen,
    named: Named,
    unlocking: Unlocking,
) -> Result<Ending, Stop> {
    let Unlocking { reason, fix, candidate, checkout } = unlocking;
    let checkout = checkout.map(|folder| folder.display().to_string());
    let which = which(named);
    let view = app.unlock(UnlockRequest { which, reason, fix, candidate, checkout }).await?;
    screen.answer(&view, |look| show::marks(look, &view))?;
    Ok(Ending::Done)
}

fn which(named: Named) -> Which {
    let Named { release, service, environment } = named;
    Which { release, service, environment }
}
