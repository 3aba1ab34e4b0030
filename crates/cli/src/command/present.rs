//! Presents a drill that another process drives.

use lastgood_api::App;
use lastgood_api::wire::{PresentAct, PresentRequest, RunQuery};
use lastgood_core::name::RunId;

use crate::args::{Act, Presenting};
use crate::exit::{Ending, Stop};
use crate::screen::Screen;
use crate::show;

pub(super) async fn present(app: &App, screen: &Screen, asked: Presenting) -> Result<Ending, Stop> {
    let run = RunId::new(asked.run);
    let view = match asked.act {
        None => app.presenter(RunQuery { run }).await?,
        Some(act) => app.present(PresentRequest { run, act: wire(act) }).await?,
    };
    screen.answer(&view, |look| show::presented(look, &view))?;
    Ok(Ending::Done)
}

fn wire(act: Act) -> PresentAct {
    match act {
        Act::Pause => PresentAct::Pause,
        Act::Resume => PresentAct::GoOn,
        Act::Speed { times } => PresentAct::Speed { times },
        Act::Inject { name } => PresentAct::Move { id: name },
    }
}
