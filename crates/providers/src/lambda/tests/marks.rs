//! What is written into a description is found again, and leaves people's words alone.

use jiff::Timestamp;

use super::key;
use crate::lambda::marks::{Mark, theirs};

fn mark() -> Mark {
    Mark {
        key: key("restore"),
        at: Timestamp::from_second(1_795_658_400).expect("a time"),
        is: "7".to_owned(),
        halted: Some(("8".to_owned(), 0.1)),
        left: vec!["9".to_owned()],
    }
}

#[test]
fn a_mark_reads_back_as_it_was_written() {
    for words in ["", "live traffic", "[brackets] of their own", "[lastgood is a fine tool]"] {
        let text = mark().write(words).expect("it fits");
        assert_eq!(Mark::of(&text), Some(mark()), "{text}");
        assert_eq!(theirs(&text), words, "{text}");
        let again = mark().write(&text).expect("it fits");
        assert_eq!(again, text, "a second mark takes the place of the first");
    }
}

#[test]
fn what_people_wrote_is_no_mark() {
    for words in ["", "[lastgood ]", "[lastgood a/b]", "lastgood", "[lastgood a/b/do/1 at=x is=7]"]
    {
        assert_eq!(Mark::of(words), None, "{words}");
    }
}

#[test]
fn long_words_of_people_are_cut_and_the_mark_never_is() {
    let text = mark().write(&"ä".repeat(256)).expect("the mark fits");
    assert!(text.chars().count() <= 256, "{}", text.chars().count());
    assert_eq!(Mark::of(&text), Some(mark()));
    assert!(theirs(&text).ends_with('…'), "it shows that something is missing: {text}");
    let huge = Mark { is: "7".repeat(300), ..mark() };
    assert_eq!(huge.write("words"), None, "a mark that does not fit is not written");
}

#[test]
fn only_the_newest_that_were_left_are_kept_in_mind() {
    let mark = ["1", "2", "3", "4", "3"].iter().fold(mark(), |mark, one| mark.leaving(Some(one)));
    assert_eq!(mark.left, ["3", "4", "2", "1"]);
}
