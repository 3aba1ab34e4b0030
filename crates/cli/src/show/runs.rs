//! All runs in a list.

use lastgood_api::wire::ImportedRow;
use lastgood_core::view::{RunRow, RunStatus};

use crate::glyph;
use crate::look::{Look, Text};
use crate::page::Page;
use crate::times::stamp;

/// One block for each run, newest first; then the records of other journals.
pub(crate) fn runs(look: &Look, rows: &[RunRow], imported: &[ImportedRow]) -> String {
    let mut page = Page::new(look);
    if rows.is_empty() && imported.is_empty() {
        page.line("There is no run yet. `lastgood drill bad-canary` is a good first one.");
    }
    for row in rows {
        let drill = match (&row.drill, &row.exercise) {
            (Some(_), _) => look.attention("  DRILL"),
            (None, Some(_)) => look.attention("  DRILL on the real system"),
            (None, None) => Text::default(),
        };
        page.hang(
            0,
            "",
            look.strong(row.run.as_str()) + "  " + glyph::run(look, row.status) + drill,
        );
        if row.status != RunStatus::Unreadable {
            page.at(2, format!("{} ({}): {}", row.title, row.place, row.change.sentence));
        }
        page.at(2, Text::from(&row.sentence));
        page.at(2, look.quiet(format!("started {}", stamp(look, row.started_at))));
    }
    if !imported.is_empty() {
        page.heading("Imported from other journals");
    }
    for row in imported {
        super::imported::row(&mut page, look, row);
    }
    page.finish()
}
