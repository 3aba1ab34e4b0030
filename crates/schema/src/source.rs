//! A file of statements: which part of it is applied, and what in it is no SQL.

mod order;
mod scan;
#[cfg(test)]
mod tests;

use std::ops::Range;

pub use order::in_order;

use crate::change::Change;

/// A file of statements, or a text that takes its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The path, as a person knows it. Its end tells whether it is SQL.
    pub name: String,
    /// All of it, the way back included.
    pub text: String,
}

/// What of a source is applied.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Applied {
    /// As long as the source, with spaces where something is no SQL or not applied.
    pub(crate) text: String,
    /// Commands to a client program, which are no SQL.
    pub(crate) commands: Vec<(Range<usize>, Change)>,
}

impl Source {
    /// A source by its name and text.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into() }
    }

    /// Why it cannot be read as SQL, by its name.
    pub(crate) fn not_sql(&self) -> Option<String> {
        let (_, end) = file_name(&self.name).rsplit_once('.')?;
        let end = end.to_ascii_lowercase();
        let what = match end.as_str() {
            "rb" => "Ruby",
            "py" => "Python",
            "js" | "cjs" | "mjs" => "JavaScript",
            "ts" | "cts" | "mts" => "TypeScript",
            "xml" => "XML",
            "yaml" | "yml" => "YAML",
            "json" => "JSON",
            "go" => "Go",
            "java" | "class" => "Java",
            "php" => "PHP",
            "cs" => "C#",
            _ => return None,
        };
        Some(format!("a migration in {what} is not read; have its tool print the SQL"))
    }

    /// Whether the name says that it leads back: no release applies it on its way forward.
    pub fn leads_back(&self) -> bool {
        let name = file_name(&self.name).to_ascii_lowercase();
        let stem = name.strip_suffix(".sql").unwrap_or(&name);
        // Flyway's `U2__name.sql` undoes `V2__name.sql`.
        let undo = stem.strip_prefix('u').and_then(|rest| rest.split_once("__")).is_some_and(
            |(version, _)| {
                !version.is_empty()
                    && version.bytes().all(|one| one.is_ascii_digit() || one == b'.' || one == b'_')
            },
        );
        // A versioned migration of Flyway leads forward, whatever its description ends in.
        let versioned = stem.strip_prefix('v').and_then(|rest| rest.split_once("__")).is_some();
        if versioned {
            return false;
        }
        undo || stem == "down"
            || [".down", "_down", "-down", ".undo", ".rollback", "_rollback", ".revert"]
                .iter()
                .any(|end| stem.ends_with(end))
    }

    /// What of it is applied on the way forward.
    pub(crate) fn applied(&self) -> Applied {
        scan::applied(&self.text)
    }
}

/// Comments that MySQL (`/*! … */`) and MariaDB (`/*M! … */`) carry out, without those of a dump
/// that set something for the session alone. A string may look like one; that costs caution only.
pub(crate) fn carried_out(text: &str) -> impl Iterator<Item = Range<usize>> {
    let starts = ["/*!", "/*M!", "/*m!"].into_iter().flat_map(|mark| text.match_indices(mark));
    starts.filter_map(|(at, mark)| {
        let rest = &text[at + mark.len()..];
        let inner = rest.split_once("*/").map_or(rest, |(inner, _)| inner);
        let words = inner.trim_start_matches(|one: char| one.is_ascii_digit()).trim();
        let lower = words.to_ascii_lowercase();
        let session = lower.starts_with("set ")
            && !["global", "persist", ";"].iter().any(|word| lower.contains(word));
        let keys = lower.starts_with("alter table ")
            && [" disable keys", " enable keys"].iter().any(|end| lower.ends_with(end))
            && !lower.contains(',');
        (!session && !keys).then(|| at..at + mark.len() + inner.len())
    })
}

/// What stands after the last slash.
pub(crate) fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}
