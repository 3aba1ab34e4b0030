//! Takes in what another journal wrote.

use std::io::Read as _;
use std::path::Path;

use lastgood_api::App;
use lastgood_api::wire::{ImportEntriesRequest, ImportRequest, Nothing};
use lastgood_core::name::RunId;
use lastgood_core::problem::{Code, Problem};

use crate::args::{Importing, Reading};
use crate::exit::{Ending, Stop};
use crate::look::Look;
use crate::screen::Screen;
use crate::show;

pub(super) async fn import(app: &App, screen: &Screen, asked: Importing) -> Result<Ending, Stop> {
    let Some(file) = asked.file else {
        let rows = app.imported(Nothing {}).await?;
        screen.answer(&rows, |look| show::imported_records(look, &rows))?;
        return Ok(Ending::Done);
    };
    let (name, text) = (name(&file), text(&file)?);
    if let Some(run) = asked.into {
        let Reading { from, tz, date, skip_bad } = asked.reading;
        let request = ImportEntriesRequest {
            run: RunId::new(run),
            name,
            text,
            from: from.map(Into::into),
            zone: tz,
            date,
            skip_bad,
            dry_run: asked.dry_run,
        };
        return entries(app, screen, request).await;
    }
    let view = app.import(ImportRequest { name, text, dry_run: asked.dry_run }).await?;
    screen.answer(&view, |look| show::imported(look, &view))?;
    Ok(Ending::Done)
}

/// Adds entries to a timeline. What cannot be read is a finding, also in a rehearsal.
async fn entries(
    app: &App,
    screen: &Screen,
    request: ImportEntriesRequest,
) -> Result<Ending, Stop> {
    let zone = request.zone.as_deref().map(lastgood_api::zone).transpose()?;
    let skipped = request.skip_bad;
    let view = app.import_entries(request).await?;
    screen.answer(&view, |look| {
        let zone = zone.unwrap_or_else(|| look.zone.clone());
        show::imported_entries(&Look { zone, ..look.clone() }, &view)
    })?;
    Ok(if view.bad.is_empty() || skipped { Ending::Done } else { Ending::Found })
}

fn name(file: &Path) -> String {
    if file == Path::new("-") {
        return "standard input".to_owned();
    }
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The text of the file, or of standard input for `-`.
fn text(file: &Path) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    let read = if file == Path::new("-") {
        std::io::stdin().read_to_end(&mut bytes).map(|_| ())
    } else {
        std::fs::read(file).map(|read| bytes = read)
    };
    read.map_err(|error| {
        Problem::from_error(Code::FileUnreadable, &error)
            .within(format!("could not read `{}`", file.display()))
            .hint("Name a file that exists and that you may read.")
    })?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Problem::new(Code::FileUnreadable, format!("byte {at} is no UTF-8"))
            .within(format!("could not read `{}`", file.display()))
            .hint("Save the file as UTF-8; nothing was imported.")
    })
}
