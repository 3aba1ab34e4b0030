//! Which change caused it.

use std::io::Read as _;
use std::path::Path;

use lastgood_api::wire::BlameRequest;
use lastgood_api::{App, blame_text};
use lastgood_core::problem::{Code, Problem};

use crate::exit::{Ending, Stop};
use crate::screen::Screen;
use crate::show;

pub(super) async fn blame(
    app: &App,
    screen: &Screen,
    service: &str,
    environment: Option<&str>,
    at: Option<jiff::Timestamp>,
) -> Result<Ending, Stop> {
    let place = app.place(service, environment)?;
    let found = app.blame(BlameRequest { place, at: at.map(Into::into) }).await?;
    screen.answer(&found, |look| show::blame(look, &found))?;
    Ok(Ending::Done)
}

/// Answers for an incident that a file describes, or standard input with `-`.
pub(super) fn blame_file(screen: &Screen, file: &Path) -> Result<Ending, Stop> {
    let read = if file.as_os_str() == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(file)
    };
    let text = read.map_err(|error| {
        let mut problem =
            Problem::new(Code::FileUnreadable, format!("could not read `{}`", file.display()));
        problem.chain.push(error.to_string());
        problem
    })?;
    let found = blame_text(&text)?;
    screen.answer(&found, |look| show::blame(look, &found))?;
    Ok(Ending::Done)
}
