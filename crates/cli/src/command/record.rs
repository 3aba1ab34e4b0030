//! Writing down what is known of a release.

use lastgood_api::{App, RecordRequest, release_line};

use crate::args::Recording;
use crate::exit::{Ending, Stop};
use crate::screen::Screen;
use crate::show;

pub(super) async fn record(
    app: &App,
    screen: &Screen,
    recording: &Recording,
) -> Result<Ending, Stop> {
    let place = app.place(&recording.service, recording.environment.as_deref())?;
    let fields = recording.fields();
    if recording.print_line {
        let line = release_line(&fields)?;
        screen.answer(&line, |_| format!("{line}\n"))?;
        return Ok(Ending::Done);
    }
    let request = RecordRequest { place, fields, state: recording.state.into() };
    let view = app.record(request).await?;
    screen.answer(&view, |look| show::recorded(look, &view))?;
    Ok(if view.complete { Ending::Done } else { Ending::Found })
}
