//! What a team pastes into its postmortem as it is.

use std::fmt::Write as _;

use jiff::Timestamp;
use lastgood_core::preflight::Grade;
use lastgood_core::release::Rollback;
use lastgood_core::runbook::Phase;
use lastgood_core::timeline::{Line, Source};
use lastgood_core::view::ReleaseView;

use super::Document;

/// Renders `document`. Times are UTC and say so.
#[must_use]
pub fn render(document: &Document) -> String {
    let mut page = Page::default();
    header(&mut page, document);
    times(&mut page, document);
    releases(&mut page, document);
    preflight(&mut page, document);
    timeline(&mut page, document);
    verification(&mut page, document);
    list(&mut page, "What was not rolled back", &document.not_restored);
    let ways: Vec<String> = document
        .mitigations
        .iter()
        .map(|one| format!("{}: {}", one.way.title(), one.because))
        .collect();
    list(&mut page, "What could have been done, the cheapest safe way first", &ways);
    list(&mut page, "Open questions", &document.open_questions);
    page.line(&format!(
        "Journal: {} entries, head `{}`. Written by {}.",
        document.journal.entries, document.journal.head, document.generator
    ));
    page.0
}

#[derive(Default)]
struct Page(String);

impl Page {
    fn line(&mut self, text: &str) {
        self.0.push_str(text);
        self.0.push('\n');
    }

    fn gap(&mut self) {
        self.0.push('\n');
    }

    fn heading(&mut self, text: &str) {
        self.line(&format!("## {text}"));
        self.gap();
    }

    fn row(&mut self, cells: &[&str]) {
        let cells: Vec<String> = cells.iter().map(|cell| text(cell).replace('|', "\\|")).collect();
        self.line(&format!("| {} |", cells.join(" | ")));
    }

    fn table(&mut self, head: &[&str]) {
        self.row(head);
        self.line(&format!("|{}", " --- |".repeat(head.len())));
    }
}

/// Text from outside as Markdown text: on one line, and with nothing in it that a
/// renderer would take for markup, a link or HTML.
fn text(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    for c in raw.chars() {
        match c {
            '\n' | '\r' => out.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

/// A name or an identifier as code.
fn code(raw: &str) -> String {
    let clean: String = raw.chars().map(|c| if c == '`' || c == '\n' { ' ' } else { c }).collect();
    format!("`{clean}`")
}

fn header(page: &mut Page, document: &Document) {
    let run = &document.run;
    page.line(&format!(
        "# {}: {} in {}",
        text(&run.title),
        text(run.service.as_str()),
        text(run.environment.as_str())
    ));
    page.gap();
    if let Some(drill) = &run.drill {
        page.line(&format!(
            "> **Drill.** Scenario {}, seed {}. Nothing real was touched.",
            code(drill.scenario.as_str()),
            drill.seed
        ));
        page.gap();
    }
    page.line(&format!("**{}**", text(&run.sentence)));
    page.gap();
    page.line(&format!(
        "- Rolled back: {} → {}, {}",
        code(&document.from.version),
        code(&document.to.version),
        text(&document.because)
    ));
    page.line(&format!("- Where: {} ({})", text(&run.coordinates), run.strategy.as_str()));
    page.line(&format!(
        "- Started by {}, runbook {} ({}), plan {}",
        text(run.started_by.as_str()),
        code(run.runbook.as_str()),
        code(run.runbook_digest.get(..12).unwrap_or(&run.runbook_digest)),
        code(&run.plan)
    ));
    page.line(&format!("- Run: {}", code(run.id.as_str())));
    page.gap();
}

fn times(page: &mut Page, document: &Document) {
    page.heading("Key times");
    page.table(&["What", "When (UTC)"]);
    for (name, at) in document.moments.named() {
        let at = at.map_or_else(|| "did not happen".to_owned(), when);
        page.row(&[name, &at]);
    }
    page.gap();
    if !document.durations.is_empty() {
        let parts: Vec<String> = document
            .durations
            .iter()
            .map(|part| format!("{} {}", part.name, part.milliseconds))
            .collect();
        page.line(&format!("Durations: {}.", parts.join(", ")));
        page.gap();
    }
}

/// A name, and what a release says under it.
type Row = (&'static str, fn(&ReleaseView) -> String);

fn releases(page: &mut Page, document: &Document) {
    page.heading("Releases");
    page.table(&["", "From", "To"]);
    let (from, to) = (&document.from, &document.to);
    let rows: [Row; 8] = [
        ("Version", |release| release.version.clone()),
        ("Commit", |release| known(release.commit.as_deref())),
        ("Artifact", |release| release.artifact.clone()),
        ("Digest", |release| known(release.digest.as_deref())),
        ("Changelog", |release| known(release.changelog.as_deref())),
        ("Schema version", |release| known(release.schema_version.as_deref())),
        ("Flags", |release| {
            release.flags.as_ref().map_or_else(
                || known(None),
                |flags| {
                    let all: Vec<String> =
                        flags.iter().map(|flag| format!("{}={}", flag.name, flag.value)).collect();
                    if all.is_empty() { "none".to_owned() } else { all.join(", ") }
                },
            )
        }),
        ("Rollback", |release| match &release.rollback {
            Some(Rollback::Command(command)) => command.clone(),
            Some(Rollback::Runbook(url)) => url.clone(),
            None => known(None),
        }),
    ];
    for (name, read) in rows {
        page.row(&[name, &read(from), &read(to)]);
    }
    page.gap();
}

fn known(value: Option<&str>) -> String {
    value.unwrap_or("not recorded").to_owned()
}

fn preflight(page: &mut Page, document: &Document) {
    if document.preflight.is_empty() {
        return;
    }
    page.heading("Before the first change");
    for finding in &document.preflight {
        let grade = match finding.grade {
            Grade::Pass => "pass",
            Grade::Warn => "warn",
            Grade::Unknown => "unknown",
            Grade::Block => "block",
        };
        let over = finding
            .overridden
            .as_ref()
            .map(|by| format!(" Overridden by {}.", text(by)))
            .unwrap_or_default();
        page.line(&format!(
            "- {grade}: {}, {}{over}",
            text(&finding.subject),
            text(&finding.sentence)
        ));
    }
    page.gap();
}

fn timeline(page: &mut Page, document: &Document) {
    page.heading("Timeline (UTC)");
    let mut phase: Option<Phase> = None;
    for line in document.timeline.iter().filter(|line| line.hidden.is_none()) {
        if line.phase.is_some() && line.phase != phase {
            phase = line.phase;
            page.gap();
            page.line(&format!("**{}**", phase.map_or("", Phase::title)));
            page.gap();
        }
        entry(page, line);
    }
    page.gap();
}

fn entry(page: &mut Page, line: &Line) {
    let who = match &line.source {
        Source::Machine => String::new(),
        Source::Person { name } => format!(" ({})", text(name.as_str())),
    };
    let reason =
        line.reason.as_ref().map(|reason| format!(" Reason: {}", text(reason))).unwrap_or_default();
    page.line(&format!("- {} {}{who}{reason}", when(line.occurred_at), text(&line.text)));
    for evidence in &line.evidence {
        page.line(&format!("  - {}", text(evidence)));
    }
}

fn verification(page: &mut Page, document: &Document) {
    let Some(verification) = &document.verification else { return };
    page.heading("Verification");
    page.line(&format!(
        "{}: {} ({} looks).",
        verification.verdict.as_str(),
        text(&verification.sentence),
        verification.looks
    ));
    page.gap();
    let mut parts = String::new();
    for one in &verification.judgements {
        let _ = writeln!(parts, "- {}: {}", text(one.slo.as_str()), text(&one.sentence));
    }
    for one in &verification.checks {
        let _ = writeln!(parts, "- {}: {}", text(one.name.as_str()), text(&one.sentence));
    }
    for one in &verification.replicas {
        let answer = one.version.as_deref().or(one.doubt.as_deref()).unwrap_or("no answer");
        let _ = writeln!(parts, "- {}: {}", text(&one.replica), text(answer));
    }
    if !parts.is_empty() {
        page.0.push_str(&parts);
        page.gap();
    }
}

fn list(page: &mut Page, title: &str, items: &[String]) {
    if items.is_empty() {
        return;
    }
    page.heading(title);
    for item in items {
        page.line(&format!("- {}", text(item)));
    }
    page.gap();
}

/// `2026-03-02 09:04:12Z`
fn when(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}
