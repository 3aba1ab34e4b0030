//! What people and runs said of releases.

use lastgood_core::view::{HeldLock, MarksView};

use crate::look::Look;
use crate::page::Page;
use crate::times::stamp;

/// The locks that hold first, then everything that was ever said.
pub(crate) fn marks(look: &Look, view: &MarksView) -> String {
    let mut page = Page::new(look);
    for doubt in &view.doubts {
        page.hang(0, look.attention("◆ "), doubt);
    }
    if view.places.is_empty() {
        page.line(look.quiet("Nobody said anything of any release here."));
    }
    for (index, place) in view.places.iter().enumerate() {
        if index > 0 {
            page.gap();
        }
        page.line(look.strong(place.place.to_string()) + look.quiet(format!("  {}", place.world)));
        for held in &place.locks {
            lock(&mut page, look, held);
        }
        for remark in &place.remarks {
            let front = look.quiet(stamp(look, remark.at)) + "  ";
            let who = format!("{}: {}", remark.by, remark.sentence);
            page.hang(2, front, look.strong(&remark.release.version) + "  " + who);
        }
    }
    page.finish()
}

fn lock(page: &mut Page<'_>, look: &Look, held: &HeldLock) {
    let version = look.strong(&held.release.version);
    let by = format!(" is locked out by {}: {}", held.lock.by, held.lock.reason);
    page.hang(2, look.bad("✖ "), version + by);
    for way in &held.lock.brings_back {
        page.field(4, "back by", way);
    }
}
