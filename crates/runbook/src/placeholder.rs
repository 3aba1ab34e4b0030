//! Placeholders in texts: every name must be one that something fills in, and texts that
//! nobody fills in must hold none.

use lastgood_core::template::{TemplateError, references};

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

/// Reports every placeholder in and under `at` that is not one of `known`.
pub(crate) fn check(at: &At<'_>, known: &[&str], report: &mut Report) {
    each_text(at, &mut |at, text| {
        let names = match references(text) {
            Ok(names) => names,
            Err(TemplateError::Unclosed | TemplateError::Unknown { .. }) => {
                let count = text.matches("{{").count();
                report.error_with(
                    Code::PlaceholderUnclosed,
                    &narrowed(at, report, count.saturating_sub(1)),
                    "`{{` is never closed",
                    "a placeholder looks like `{{ target.version }}`".to_owned(),
                );
                return;
            }
        };
        for (index, name) in names.iter().enumerate() {
            if known.contains(name) {
                continue;
            }
            let here = narrowed(at, report, index);
            let shown: String = name.chars().take(60).collect();
            let suggestion = match nearest(name, known.iter().copied()) {
                Some(meant) => format!("did you mean `{{{{ {meant} }}}}`?"),
                None if name.starts_with("inputs.") => {
                    "declare it under `inputs:`; a catalog has no inputs".to_owned()
                }
                None => {
                    let all: Vec<String> = known.iter().map(|one| format!("`{one}`")).collect();
                    format!("known here: {}", all.join(", "))
                }
            };
            let message = format!("nothing fills in `{{{{ {shown} }}}}` here");
            report.error_with(Code::UnknownPlaceholder, &here, message, suggestion);
        }
    });
}

/// Reports every placeholder in and under `at`: these texts are taken as they are.
pub(crate) fn refuse(at: &At<'_>, report: &mut Report) {
    each_text(at, &mut |at, text| {
        if text.contains("{{") {
            report.error_with(
                Code::PlaceholderNotHere,
                &narrowed(at, report, 0),
                "placeholders are not filled in here; this text is taken as it is",
                "write the value out".to_owned(),
            );
        }
    });
}

fn each_text(at: &At<'_>, found: &mut dyn FnMut(&At<'_>, &str)) {
    match &at.node().value {
        Value::Scalar { text, .. } => found(at, text),
        Value::List(_) => at.items().for_each(|item| each_text(&item, found)),
        Value::Map(_) => at.entries().for_each(|(_, value)| each_text(&value, found)),
    }
}

/// The place of the placeholder with this number in a text, as far as it can be found in
/// what was written (escapes in a quoted text may hide it).
fn narrowed<'a>(at: &At<'a>, report: &Report, number: usize) -> At<'a> {
    let Node { span, .. } = at.node();
    let written = report.written(*span);
    let Some((start, _)) = written.match_indices("{{").nth(number) else {
        return at.clone();
    };
    let before = &written[..start];
    let rest = written[start..].split('\n').next().unwrap_or_default();
    let shown = rest.find("}}").map_or(rest, |end| &rest[..end + 2]);
    let count = |text: &str| u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    let (line, column) = match before.rsplit_once('\n') {
        None => (span.line, span.column + count(before)),
        Some((lines, last)) => {
            let lines = u32::try_from(lines.matches('\n').count()).unwrap_or(0) + 1;
            (span.line + lines, 1 + count(last))
        }
    };
    let from = span.bytes.0 + start;
    let width = count(shown).max(1);
    let narrow = Span { line, column, width, bytes: (from, from + shown.len()) };
    at.clone().at_span(narrow)
}
