//! Placeholders in texts: every name must be one that something fills in, and texts that
//! nobody fills in must hold none.

use lastgood_core::template::references;

use crate::code::Code;
use crate::finding::Report;
use crate::nearest::nearest;
use crate::tree::{At, Node, Span, Value};

/// What a plan fills in, besides inputs. The same names as in `core::plan::compile`.
pub(crate) const OF_A_PLAN: [&str; 15] = [
    "service",
    "environment",
    "strategy",
    "target.version",
    "target.artifact",
    "target.digest",
    "target.commit",
    "target.changelog",
    "target.schema-version",
    "suspect.version",
    "suspect.artifact",
    "suspect.digest",
    "suspect.commit",
    "suspect.changelog",
    "suspect.schema-version",
];

/// What is filled in when a replica is asked for its version.
pub(crate) const OF_A_REPLICA: [&str; 3] = ["replica.address", "replica.port", "replica.name"];

/// How much of a placeholder is underlined, in characters.
const LONGEST: usize = 80;

/// Reports every placeholder in and under `at` that is not one of `known`.
pub(crate) fn check(at: &At<'_>, known: &[&str], report: &mut Report) {
    each_text(at, &mut |at, text| {
        if report.is_full() || !text.contains("{{") {
            return;
        }
        let places = places(at, report);
        let place = |number| places.get(number).copied().unwrap_or_else(|| at.span());
        let unclosed = |number, report: &mut Report| {
            report.error_with(
                Code::PlaceholderUnclosed,
                &at.clone().at_span(place(number)),
                "`{{` is never closed",
                "a placeholder looks like `{{ target.version }}`".to_owned(),
            );
        };
        // One that is not closed hides none that stand before it.
        let closed = text.rfind("}}").map_or(0, |end| end + 2);
        let (closed, rest) = text.split_at(closed);
        let names = references(closed).unwrap_or_default();
        let mut opened = 0;
        for name in names {
            let number = opened;
            opened += 1 + name.matches("{{").count();
            if report.is_full() {
                return;
            }
            if name.contains("{{") {
                unclosed(number, report);
                continue;
            }
            if known.contains(&name) {
                continue;
            }
            let shown: String = name.chars().take(60).collect();
            let message = format!("nothing fills in `{{{{ {shown} }}}}` here");
            let here = at.clone().at_span(place(number));
            report.error_with(Code::UnknownPlaceholder, &here, message, meant(name, known));
        }
        if rest.contains("{{") {
            unclosed(opened, report);
        }
    });
}

fn meant(name: &str, known: &[&str]) -> String {
    match nearest(name, known.iter().copied()) {
        Some(meant) => format!("did you mean `{{{{ {meant} }}}}`?"),
        None if name.starts_with("inputs.") => {
            "declare it under `inputs:`; a catalog has no inputs".to_owned()
        }
        None => {
            let all: Vec<String> = known.iter().take(24).map(|one| format!("`{one}`")).collect();
            format!("known here: {}", all.join(", "))
        }
    }
}

/// Reports every placeholder in and under `at`: these texts are taken as they are.
pub(crate) fn refuse(at: &At<'_>, report: &mut Report) {
    each_text(at, &mut |at, text| {
        if text.contains("{{") && !report.is_full() {
            let place = places(at, report).first().copied().unwrap_or_else(|| at.span());
            report.error_with(
                Code::PlaceholderNotHere,
                &at.clone().at_span(place),
                "placeholders are not filled in here; this text is taken as it is",
                "write the value out".to_owned(),
            );
        }
    });
}

/// Calls `found` with each text in and under `at`.
pub(crate) fn each_text(at: &At<'_>, found: &mut dyn FnMut(&At<'_>, &str)) {
    match &at.node().value {
        Value::Scalar { text, .. } => found(at, text),
        Value::List(_) => at.items().for_each(|item| each_text(&item, found)),
        Value::Map(_) => at.entries().for_each(|(_, value)| each_text(&value, found)),
    }
}

/// The places of the placeholders in a text, as far as they can be found in what was
/// written (escapes in a quoted text may hide one). One pass, because a text can be long.
fn places(at: &At<'_>, report: &Report) -> Vec<Span> {
    let Node { span, .. } = at.node();
    let written = report.written(*span);
    let count = |text: &str| u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    let (mut line, mut column, mut done) = (span.line, span.column, 0);
    let mut places = Vec::new();
    for (start, _) in written.match_indices("{{") {
        let between = &written[done..start];
        match between.rsplit_once('\n') {
            None => column += count(between),
            Some((lines, last)) => {
                line += u32::try_from(lines.matches('\n').count()).unwrap_or(0) + 1;
                column = 1 + count(last);
            }
        }
        done = start;
        // No farther: a text without an end would be searched for each of its beginnings.
        let rest = &written[start..];
        let near = rest.char_indices().nth(LONGEST).map_or(rest, |(end, _)| &rest[..end]);
        let near = near.split('\n').next().unwrap_or_default();
        let shown = near.find("}}").map_or(near, |end| &near[..end + 2]);
        let from = span.bytes.0 + start;
        let bytes = (from, from + shown.len());
        places.push(Span { line, column, width: count(shown).max(1), bytes });
    }
    places
}
