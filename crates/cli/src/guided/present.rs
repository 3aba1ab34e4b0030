//! What whoever presents a drill can type while it goes on.

use lastgood_api::wire::{PresentAct, PresenterView};

use super::answer::key;
use crate::look::{Look, Text};
use crate::page::Page;

/// The key that stops the practice world, and lets it go on.
const STOP: &str = "s";

/// What stands before a new speed.
const FASTER: &str = "x";

/// What can be done, each with its key.
pub(super) fn offer(look: &Look, view: &PresenterView) -> String {
    let mut page = Page::new(look);
    page.gap();
    page.hang(0, look.attention("DRILL "), look.strong("What happens?"));
    for (index, one) in view.moves.iter().enumerate() {
        let side = if one.by_hand { "  (by hand, outside of Lastgood)" } else { "" };
        page.hang(
            2,
            key(look, &(index + 1).to_string()),
            Text::from(&one.title) + look.quiet(side),
        );
    }
    match view.speed {
        Some(speed) => {
            let word = if view.paused {
                "Let the practice world go on"
            } else {
                "Stop the practice world"
            };
            page.hang(2, key(look, STOP), word);
            let now = look.quiet(format!("  (now {speed} s of it in one second)"));
            page.hang(
                2,
                key(look, &format!("{FASTER} 5")),
                Text::from("Make it five times as fast, or any number") + now,
            );
        }
        None if view.moves.is_empty() => page.at(2, "Nothing can be done to this drill."),
        None => {}
    }
    page.at(2, look.quiet("It is kept in the timeline, with your name."));
    page.finish()
}

/// What `typed` asks for; `None` where it is none of what was offered.
pub(super) fn act(typed: &str, view: &PresenterView) -> Option<PresentAct> {
    let typed = typed.trim();
    if let Some(times) = typed.strip_prefix(FASTER) {
        return times.trim().parse().ok().map(|times| PresentAct::Speed { times });
    }
    if typed == STOP {
        return Some(if view.paused { PresentAct::GoOn } else { PresentAct::Pause });
    }
    let numbered = typed.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    let one = match numbered {
        Some(index) => view.moves.get(index),
        None => view.moves.iter().find(|one| one.id == typed),
    };
    one.map(|one| PresentAct::Move { id: one.id.clone() })
}

/// What was done.
pub(super) fn done(look: &Look, view: &PresenterView) -> String {
    let mut page = Page::new(look);
    let said = view.done.as_deref().unwrap_or("Nothing was done.");
    page.hang(0, look.attention("● "), said);
    if view.paused {
        page.at(2, look.quiet("It stands until [p] [s] lets it go on; questions can be answered."));
    }
    page.finish()
}

#[cfg(test)]
mod tests {
    use lastgood_api::wire::MoveView;

    use super::*;

    fn view(paused: bool) -> PresenterView {
        let moved =
            |id: &str, by_hand| MoveView { id: id.to_owned(), title: format!("Do {id}"), by_hand };
        PresenterView {
            run: "bad-canary-1".into(),
            moves: vec![moved("cut", false), moved("suspend", true)],
            speed: Some(2.0),
            paused,
            done: None,
        }
    }

    #[test]
    fn only_what_was_offered_is_done() {
        let moved = |id: &str| Some(PresentAct::Move { id: id.to_owned() });
        for (typed, wanted) in [
            ("1", moved("cut")),
            (" 2 ", moved("suspend")),
            ("cut", moved("cut")),
            ("x 5", Some(PresentAct::Speed { times: 5.0 })),
            ("x0.5", Some(PresentAct::Speed { times: 0.5 })),
            ("s", Some(PresentAct::Pause)),
            ("0", None),
            ("3", None),
            ("x", None),
            ("stop", None),
            ("", None),
        ] {
            assert_eq!(act(typed, &view(false)), wanted, "`{typed}`");
        }
        assert_eq!(act("s", &view(true)), Some(PresentAct::GoOn), "one key for both");
    }

    #[test]
    fn the_offer_names_each_key_and_says_that_it_is_kept() {
        insta::assert_snapshot!(offer(&Look::plain(), &view(false)), @r"

        DRILL What happens?
          [1] Do cut
          [2] Do suspend  (by hand, outside of Lastgood)
          [s] Stop the practice world
          [x 5] Make it five times as fast, or any number  (now 2 s of it in one second)
          It is kept in the timeline, with your name.
        ");
    }
}
