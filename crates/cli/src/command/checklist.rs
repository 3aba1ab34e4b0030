//! How a service stands against its checklists.

use lastgood_api::App;
use lastgood_api::wire::{AttestRequest, ChecklistQuery};
use lastgood_core::checklist::PersonAnswer;

use crate::args::{Answered, Listing, ListingCommand};
use crate::exit::{Ending, Stop};
use crate::screen::Screen;
use crate::show;

/// Shows where the service stands. What does not hold is an answer, not a failure of this
/// command.
pub(super) async fn checklist(app: &App, screen: &Screen, asked: Listing) -> Result<Ending, Stop> {
    let place = app.place(&asked.service, asked.environment.as_deref())?;
    match asked.command {
        None => {
            let view = app.checklist(ChecklistQuery { place }).await?;
            screen.answer(&view, |look| show::readiness(look, &view, asked.history))?;
        }
        Some(ListingCommand::Answer { item, answer, note }) => {
            let answer = match answer {
                Answered::Yes => PersonAnswer::Yes,
                Answered::No => PersonAnswer::No,
                Answered::NotApplicable => PersonAnswer::NotApplicable,
            };
            let request = AttestRequest { place, item: item.clone(), answer, note };
            let view = app.attest(request).await?;
            screen.answer(&view, |look| show::attested(look, &view, &item, asked.history))?;
        }
    }
    Ok(Ending::Done)
}
