//! Findings as a terminal shows them: place, words, the line itself, what to do.

use std::fmt::Write as _;

use lastgood_core::secret::redact;

use crate::code::Code;
use crate::finding::Finding;

/// How much of a line is shown around a finding, in characters.
const WIDTH: usize = 100;

/// Renders findings of one file with the lines of its `source` that they are about. Lines
/// that hold a credential are not repeated. No colours; a host adds them.
#[must_use]
pub fn explain(findings: &[Finding], source: &str) -> String {
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    let lines: Vec<&str> = source.lines().collect();
    let mut out = String::new();
    for (index, finding) in findings.iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        let Finding { line, suggestion, .. } = finding;
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{}", tame(&finding.to_string()));
        let mute = findings.iter().any(|one| one.line == *line && one.code == Code::SecretInFile);
        let shown = usize::try_from(*line).ok().and_then(|line| lines.get(line.checked_sub(1)?));
        let mute = mute || shown.is_some_and(|shown| redact(shown, &[]) != *shown);
        if let Some(shown) = shown.filter(|shown| !mute && !shown.trim().is_empty()) {
            excerpt(&mut out, finding, shown);
        }
        if let Some(suggestion) = suggestion {
            let _ = writeln!(out, "help: {}", tame(suggestion));
        }
    }
    out
}

/// The line with its number, and carets below what it is about.
fn excerpt(out: &mut String, finding: &Finding, line: &str) {
    let column = usize::try_from(finding.column).unwrap_or(1).saturating_sub(1);
    let first = column.saturating_sub(WIDTH * 2 / 3);
    let shown: String = line.chars().skip(first).take(WIDTH).map(visible).collect();
    let room = WIDTH.saturating_sub(column - first).max(1);
    let count = usize::try_from(finding.width).unwrap_or(1).clamp(1, room);
    let number = finding.line.to_string();
    let (margin, dots) = (" ".repeat(number.len()), if first > 0 { "…" } else { "" });
    let gap = " ".repeat(column - first + dots.chars().count());
    let carets = "^".repeat(count);
    let _ = writeln!(out, "  {number} | {dots}{}", shown.trim_end());
    let _ = writeln!(out, "  {margin} | {gap}{carets}");
}

/// A file from elsewhere must not steer the terminal of whoever reads about it.
fn visible(c: char) -> char {
    if c == '\t' {
        ' '
    } else if c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') {
        '\u{fffd}'
    } else {
        c
    }
}

fn tame(text: &str) -> String {
    text.chars().map(visible).collect()
}

#[cfg(test)]
mod tests;
