//! A description of an incident and the changes around it, in a file: JSON or CSV. The
//! form is documented in `docs/guide/blame.md`.

mod check;
mod csv;
mod json;

use lastgood_core::blame::{Change, Incident};
use lastgood_core::problem::{Code, Problem};

/// What a file tells.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Told {
    pub(crate) incident: Incident,
    pub(crate) changes: Vec<Change>,
}

/// Reads a description. A file that begins with `{` is JSON, any other is CSV.
pub(crate) fn read(text: &str) -> Result<Told, Problem> {
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with('{') { json::read(text) } else { csv::read(text) }
}

fn wrong(lines: Vec<String>) -> Problem {
    let mut problem =
        Problem::new(Code::InputInvalid, "the description of the incident cannot be used");
    problem.chain.extend(lines);
    problem.hint("docs/guide/blame.md shows the form.")
}

fn time(text: &str) -> Result<jiff::Timestamp, String> {
    text.parse().map_err(|_| format!("`{text}` is no time such as 2026-11-22T18:42:07Z"))
}

#[cfg(test)]
mod tests;
