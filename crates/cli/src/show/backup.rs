//! A copy of the journal that was made.

use lastgood_api::BackedUp;

use crate::look::Look;
use crate::page::Page;

/// Where the copy is, and how it is put back.
pub(crate) fn backed_up(look: &Look, made: &BackedUp) -> String {
    let mut page = Page::new(look);
    page.hang(
        0,
        look.good("● copied  "),
        look.strong(&made.backup) + format!("  {} bytes", made.bytes),
    );
    page.line(look.quiet(format!(
        "To put it back: end Lastgood, move {} and what begins with its name away, and copy the \
         backup to that place. `lastgood journal verify` then tells whether it holds.",
        made.journal
    )));
    page.finish()
}
