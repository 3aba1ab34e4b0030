//! The log of a run shows its newest lines, and says what it leaves out.

use super::*;
use crate::testing::plan;
use crate::view::{Driven, fold};

#[test]
fn what_came_before_the_newest_lines_is_counted() {
    let mut tale = Tale::of(plan());
    let note = |number: u32| Event::Noted { by: ada(), text: format!("look {number}") };
    let view = |tale: &Tale| {
        let entries = entries(tale.events.clone());
        fold(&tale.run, &entries, None, None, entries[0].at, Driven::Here)
    };
    for number in 1..200 {
        tale.tell(note(number));
    }
    assert_eq!((view(&tale).log.len(), view(&tale).log_earlier), (200, 0));
    for number in 200..260 {
        tale.tell(note(number));
    }
    let view = view(&tale);
    assert_eq!((view.log.len(), view.log_earlier), (200, 60));
    assert!(view.log[199].text.contains("look 259"), "{}", view.log[199].text);
}
