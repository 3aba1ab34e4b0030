//! A run that is seen again: what stands above it and below it.

use lastgood_api::wire::ReplayView;

use super::drill::mark;
use super::run::run;
use crate::look::Look;
use crate::page::Page;
use crate::times::stamp;

/// That this is no run but the record of one.
pub(crate) fn replay(look: &Look, view: &ReplayView, speed: f64) -> String {
    let mut page = Page::new(look);
    page.hang(
        0,
        look.attention("REPLAY "),
        look.strong(&view.title) + format!(", {}: nothing happens now", view.place),
    );
    mark(&mut page, look, view.drill.as_deref(), view.exercise.as_deref());
    let how_fast = match speed {
        0.0 => "all at once".to_owned(),
        1.0 => "as fast as it happened; Ctrl-C leaves it".to_owned(),
        speed => format!("{speed} times as fast as it happened; Ctrl-C leaves it"),
    };
    let entries = view.frames.len();
    let word = if entries == 1 { "entry" } else { "entries" };
    let from = stamp(look, view.started_at);
    page.at(2, look.quiet(format!("{}, started {from}; {entries} {word}; {how_fast}", view.run)));
    page.finish()
}

/// How the run stood at the end of what was shown.
pub(crate) fn replayed(look: &Look, view: &ReplayView, cut: bool) -> String {
    let mut page = Page::new(look);
    page.gap();
    let drill = if view.drill.is_some() || view.exercise.is_some() { "DRILL " } else { "" };
    let front = look.attention(format!("REPLAY {drill}"));
    if !cut {
        page.hang(0, front, format!("ended: {}", view.view.sentence));
        return page.finish();
    }
    page.hang(0, front, format!("stops here, at {}:", stamp(look, view.view.now)));
    page.finish() + &run(look, &view.view)
}
