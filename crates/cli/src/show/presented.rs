//! How a drill stands for whoever presents it from another terminal.

use lastgood_api::wire::PresenterView;

use crate::look::{Look, Text};
use crate::page::Page;

/// What was done, and what can be done now.
pub(crate) fn presented(look: &Look, view: &PresenterView) -> String {
    let mut page = Page::new(look);
    if let Some(done) = &view.done {
        page.hang(0, look.attention("● "), done.as_str());
    }
    let tempo = match (view.speed, view.paused) {
        (Some(_), true) => "the practice world stands still".to_owned(),
        (Some(speed), false) => format!("{speed} s of the practice world in one second"),
        (None, _) => "it plays by itself, as fast as it goes".to_owned(),
    };
    page.hang(0, look.attention("DRILL "), Text::from(format!("{}: {tempo}", view.run)));
    if view.done.is_some() {
        return page.finish();
    }
    for one in &view.moves {
        let side = if one.by_hand { "  (by hand, outside of Lastgood)" } else { "" };
        let words = Text::from(&one.title) + look.quiet(side);
        page.hang(2, look.strong(format!("inject {}  ", one.id)), words);
    }
    if view.speed.is_some() {
        let stop = if view.paused { "resume" } else { "pause" };
        page.at(2, look.quiet(format!("{stop}, speed N")));
    }
    page.at(2, look.quiet("It is kept in the timeline, with your name."));
    page.finish()
}

#[cfg(test)]
mod tests {
    use lastgood_api::wire::MoveView;

    use super::*;

    fn view() -> PresenterView {
        PresenterView {
            run: "bad-canary-1".into(),
            moves: vec![MoveView {
                id: "cut".to_owned(),
                title: "Cut the traffic".to_owned(),
                by_hand: false,
            }],
            speed: Some(2.0),
            paused: false,
            done: None,
        }
    }

    #[test]
    fn a_presenter_sees_the_words_to_type() {
        insta::assert_snapshot!(presented(&Look::plain(), &view()), @r"
        DRILL bad-canary-1: 2 s of the practice world in one second
          inject cut  Cut the traffic
          pause, speed N
          It is kept in the timeline, with your name.
        ");
        let done = PresenterView {
            done: Some("Presenter: the practice world stands still".to_owned()),
            paused: true,
            ..view()
        };
        insta::assert_snapshot!(presented(&Look::plain(), &done), @r"
        ● Presenter: the practice world stands still
        DRILL bad-canary-1: the practice world stands still
        ");
    }
}
