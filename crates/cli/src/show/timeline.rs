//! The timeline of a run, line by line.

use lastgood_core::timeline::{LineKind, Source};
use lastgood_core::view::{LineView, TimelineView};

use super::run::moments;
use crate::look::{Look, Text};
use crate::page::Page;
use crate::times::{clock, stamp};

/// Key times and every line with its reason and evidence.
pub(crate) fn timeline(look: &Look, view: &TimelineView) -> String {
    let mut page = Page::new(look);
    page.line(look.strong(&view.title) + format!(", {}", view.place));
    if let Some(scenario) = &view.drill {
        page.hang(
            2,
            look.attention("DRILL "),
            format!("{scenario}: simulated, nothing real was touched"),
        );
    }
    page.at(2, format!("{}: {}", view.run, view.sentence));
    moments(&mut page, look, &view.moments);
    page.gap();
    if let Some(first) = view.lines.first() {
        page.line(
            look.strong("What happened") + look.quiet(format!(", from {}", stamp(look, first.at))),
        );
    }
    for one in &view.lines {
        line(&mut page, look, one);
    }
    page.finish()
}

fn line(page: &mut Page<'_>, look: &Look, line: &LineView) {
    let front = look.quiet(clock(look, line.at)) + " " + Text::from(kind(line.kind)) + " ";
    let by = match &line.source {
        Source::Machine => Text::default(),
        Source::Person { name } => look.quiet(format!("  {name}")),
    };
    page.hang(0, front, Text::from(&line.text) + by);
    if let Some(reason) = &line.reason {
        page.hang(11, look.quiet("reason: "), reason);
    }
    for evidence in &line.evidence {
        page.hang(11, look.quiet("· "), look.quiet(evidence));
    }
}

/// The shape of who did it: a person decides, the machine measures and acts.
pub(super) const fn kind(kind: LineKind) -> &'static str {
    match kind {
        LineKind::Run => "─",
        LineKind::Signal => "▲",
        LineKind::Decision => "◆",
        LineKind::Action => "●",
        LineKind::Note => "■",
    }
}

#[cfg(test)]
mod tests;
