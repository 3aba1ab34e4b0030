//! What stands against a rollback.

use lastgood_core::view::PreflightView;

use super::doctor::findings;
use super::drill::mark;
use super::plan::{left, tally, ways};
use crate::look::Look;
use crate::page::Page;
use crate::times::stamp;

/// Every finding, worst first, and what will not be restored.
pub(crate) fn preflight(look: &Look, view: &PreflightView) -> String {
    let mut page = Page::new(look);
    let verdict = if view.blocked {
        "Something forbids the first change"
    } else {
        "Nothing forbids the first change"
    };
    page.line(look.strong(verdict));
    mark(&mut page, look, view.drill.as_deref(), view.exercise.as_deref());
    page.field(2, "where", format!("{}; {}", view.place, view.coordinates));
    page.field(2, "change", format!("{} → {}", view.from, view.to));
    page.field(2, "why", &view.because);
    page.field(2, "runs now", &view.running);
    page.field(2, "runbook", view.runbook.as_str());
    page.field(2, "looked", stamp(look, view.at));
    page.heading(format!("Preflight: {}", tally(&view.findings)));
    findings(&mut page, look, &view.findings);
    left(&mut page, &view.not_restored);
    ways(&mut page, look, &view.mitigations);
    page.gap();
    page.line(look.quiet("Nothing was started and nothing was changed."));
    page.finish()
}
