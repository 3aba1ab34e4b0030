//! The timeline as a table for a spreadsheet: RFC 4180, and with nothing in it that a
//! spreadsheet would calculate.

use lastgood_core::problem::{Code, Problem};
use lastgood_core::timeline::{Line, LineKind, Source};

use super::outline::Times;
use super::{Document, harmless};

/// The names of the columns. New ones are added at the end.
pub const COLUMNS: [&str; 16] = [
    "id",
    "occurred_at_utc",
    "occurred_at",
    "recorded_at_utc",
    "kind",
    "source",
    "phase",
    "step",
    "text",
    "reason",
    "evidence",
    "starred",
    "first_said",
    "first_occurred_at_utc",
    "origin",
    "drill",
];

/// The visible lines of `document`, one row each, oldest first.
pub fn render(document: &Document, times: &Times) -> Result<String, Problem> {
    let internal = |error: &dyn std::error::Error| {
        Problem::new(Code::Internal, format!("the table could not be written: {error}"))
    };
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(COLUMNS).map_err(|error| internal(&error))?;
    let drill = document.run.marked_as();
    for line in document.timeline.iter().filter(|line| line.hidden.is_none()) {
        let row = row(line, times, drill.as_deref().unwrap_or_default());
        let cells = row.map(|cell| defused(&cell.chars().map(harmless).collect::<String>()));
        writer.write_record(cells).map_err(|error| internal(&error))?;
    }
    let bytes = writer.into_inner().map_err(|error| internal(&error))?;
    String::from_utf8(bytes).map_err(|error| internal(&error))
}

fn row(line: &Line, times: &Times, drill: &str) -> [String; 16] {
    let or_empty = |text: Option<String>| text.unwrap_or_default();
    [
        line.id.to_string(),
        line.occurred_at.to_string(),
        times.exact(line.occurred_at),
        line.recorded_at.to_string(),
        kind(line.kind).to_owned(),
        match &line.source {
            Source::Machine => "lastgood".to_owned(),
            Source::Person { name } => name.to_string(),
        },
        or_empty(line.phase.map(|phase| phase.title().to_owned())),
        or_empty(line.step.as_ref().map(ToString::to_string)),
        line.text.clone(),
        or_empty(line.reason.clone()),
        line.evidence.join("\n"),
        if line.starred { "yes" } else { "no" }.to_owned(),
        or_empty(line.original.as_ref().map(|original| original.text.clone())),
        or_empty(line.original.as_ref().map(|original| original.occurred_at.to_string())),
        or_empty(line.origin.as_ref().map(|origin| format!("{} {}", origin.system, origin.id))),
        drill.to_owned(),
    ]
}

/// As written in tables and files.
pub(crate) const fn kind(kind: LineKind) -> &'static str {
    match kind {
        LineKind::Run => "run",
        LineKind::Signal => "signal",
        LineKind::Decision => "decision",
        LineKind::Action => "action",
        LineKind::Note => "note",
    }
}

/// A cell that begins like a formula gets an apostrophe in front, which spreadsheets take
/// for "this is text" (OWASP, "CSV Injection").
fn defused(cell: &str) -> String {
    match cell.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠') => {
            format!("'{cell}")
        }
        Some(_) | None => cell.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_cell_is_calculated() {
        for cell in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"] {
            assert_eq!(defused(cell), format!("'{cell}"));
        }
        for cell in ["", "1", "a=1", "'=1"] {
            assert_eq!(defused(cell), cell);
        }
    }

    #[test]
    fn nothing_in_a_cell_steers_a_terminal() {
        let title: String = "a\u{1b}]0;x\u{7}\rb\nc\td".chars().map(harmless).collect();
        assert_eq!(title, "a\u{fffd}]0;x\u{fffd} b\nc\td");
    }
}
