//! How an event is written, and how one that an older or a newer version wrote is read.

use lastgood_core::run::Event;
use serde_json::error::Category;

use crate::fault::Cause;

/// The encoding that this version writes.
pub(crate) const VERSION: i64 = 1;

/// The text of an event. Refuses what would not read back as it was: that would only be
/// noticed after a crash, by whoever needs the journal most.
pub(crate) fn encode(event: &Event) -> Result<String, Cause> {
    if *event == Event::Unknown {
        return Err(Cause::Foreseen);
    }
    let body = serde_json::to_string(event)
        .map_err(|source| Cause::Unwritable { event: event.name(), source })?;
    match decode(VERSION, &body) {
        Ok(back) if back == *event => Ok(body),
        Ok(_) | Err(_) => Err(Cause::Lossy { event: event.name() }),
    }
}

/// The event in a body of encoding `version`. What a newer version wrote is
/// [`Event::Unknown`]; an error is a sentence about a text that no version wrote.
pub(crate) fn decode(version: i64, body: &str) -> Result<Event, String> {
    match version {
        ..1 => Err(format!("there is no encoding {version}")),
        1 => from_1(body),
        _ => well_formed(body).map(|()| Event::Unknown),
    }
}

/// Encoding 1: the event's own JSON. An unknown name is [`Event::Unknown`], and so is a
/// known name with contents that do not fit: only a newer version can have written them,
/// since [`encode`] reads back whatever it writes.
fn from_1(body: &str) -> Result<Event, String> {
    serde_json::from_str(body).or_else(|error| match error.classify() {
        Category::Data => {
            tracing::warn!(%error, "an entry of the journal is shown as unknown");
            Ok(Event::Unknown)
        }
        Category::Io | Category::Syntax | Category::Eof => Err(format!("it is not JSON: {error}")),
    })
}

fn well_formed(body: &str) -> Result<(), String> {
    serde_json::from_str::<serde::de::IgnoredAny>(body)
        .map(|_| ())
        .map_err(|error| format!("it is not JSON: {error}"))
}

#[cfg(test)]
mod tests;
