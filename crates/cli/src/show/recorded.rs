//! Where a release was written down.

use lastgood_api::RecordedView;

use crate::look::Look;
use crate::page::Page;

/// One line for each system.
pub(crate) fn recorded(look: &Look, view: &RecordedView) -> String {
    let mut page = Page::new(look);
    page.line(look.strong(view.place.to_string()));
    for kept in &view.kept {
        let front = if kept.read_back { look.good("✔ ") } else { look.bad("✖ ") };
        page.hang(2, front, look.strong(&kept.system) + "  " + kept.sentence.as_str());
    }
    page.finish()
}
