//! What became of an annotation, and what is left to do.

use lastgood_api::SyncedView;
use lastgood_api::wire::{AnnotatedView, FollowUpsView};
use lastgood_core::timeline::{FollowUp, FollowUpStatus};

use crate::look::Look;
use crate::page::Page;
use crate::times::stamp;

/// The line or the follow-up, as it reads now.
pub(crate) fn annotated(look: &Look, view: &AnnotatedView) -> String {
    let mut page = Page::new(look);
    if let Some(line) = &view.line {
        super::timeline::line(&mut page, look, line);
    }
    if let Some(item) = &view.follow_up {
        follow_up(&mut page, look, item);
    }
    if view.line.is_none() && view.follow_up.is_none() {
        for mark in &view.milestones {
            let when = stamp(look, mark.at);
            page.hang(0, look.quiet(&mark.title) + "  ", when + ", by " + mark.by.as_str());
        }
    }
    page.line(look.quiet(format!("Kept in the record of {}.", view.run)));
    page.finish()
}

/// Every follow-up, then what the open ones lack.
pub(crate) fn follow_ups(look: &Look, view: &FollowUpsView) -> String {
    let mut page = Page::new(look);
    if view.items.is_empty() {
        page.line(look.quiet("Nothing is left to do."));
    }
    for item in &view.items {
        follow_up(&mut page, look, item);
    }
    for lack in &view.lacks {
        page.hang(0, look.attention("◆ "), lack);
    }
    page.finish()
}

/// What was done for each follow-up, and where it is tracked.
pub(crate) fn synced(look: &Look, view: &SyncedView) -> String {
    let mut page = Page::new(look);
    if view.items.is_empty() {
        page.line(look.quiet("Nothing was left to do after it."));
    }
    for item in &view.items {
        let front = if item.done { look.good("✔ ") } else { look.bad("✖ ") };
        let number = look.strong(format!("{:>3} ", item.number));
        page.hang(0, front + number, format!("{}: {}", item.title, item.sentence));
    }
    page.finish()
}

pub(super) fn follow_up(page: &mut Page<'_>, look: &Look, item: &FollowUp) {
    let status = match item.status {
        FollowUpStatus::Open => look.attention("○ open   "),
        FollowUpStatus::Done => look.good("● done   "),
        FollowUpStatus::Dropped => look.quiet("- dropped"),
    };
    let front = look.strong(format!("{:>3} ", item.number)) + status + " ";
    let owner = item.owner.as_deref().unwrap_or("no owner");
    let due = item.due.as_ref().map_or_else(|| "no due day".to_owned(), |due| format!("due {due}"));
    let link = item.link.as_ref().map(|link| format!("  {link}")).unwrap_or_default();
    page.hang(0, front, format!("{}  ({owner}, {due}){link}", item.title));
}
