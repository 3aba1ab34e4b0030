use super::*;
use crate::run::Event;
use crate::testing::{ada, entries, plan_with, planned, second, verify};
use crate::timeline::{Annotation, record};

fn stands(layers: Vec<Layer>) -> Record {
    let plan = plan_with(vec![verify("verify")]);
    let written = entries(vec![
        planned(plan.clone()),
        Event::Noted { by: ada(), text: "the pool is empty".to_owned() },
    ]);
    let said: Vec<Annotation> = layers
        .into_iter()
        .map(|says| Annotation { at: second(1), recorded_at: second(1), by: ada(), says })
        .collect();
    record(&plan, &written, &said)
}

const NOTE: LineId = LineId::Entry(2);

#[test]
fn nothing_is_said_of_a_line_that_is_not_there() {
    let nowhere = LineId::Added(9);
    let wishes = [
        Wish::Amend { line: nowhere, text: Some("x".to_owned()), at: None },
        Wish::Hide { line: nowhere, reason: "x".to_owned() },
        Wish::Show(nowhere),
        Wish::Star(nowhere),
        Wish::Unstar(nowhere),
    ];
    for wish in wishes {
        let said = annotate(&stands(Vec::new()), wish.clone());
        assert_eq!(said, Err(Unsaid::NoSuchLine { line: nowhere }), "{wish:?}");
    }
}

#[test]
fn what_is_so_already_is_not_said_twice() {
    let hidden = stands(vec![
        Layer::Hidden { line: NOTE, reason: "x".to_owned() },
        Layer::Starred { line: NOTE },
    ]);
    let again = [
        Wish::Hide { line: NOTE, reason: "y".to_owned() },
        Wish::Star(NOTE),
        Wish::Amend { line: NOTE, text: Some("the pool is empty".to_owned()), at: None },
        Wish::Mark { milestone: Milestone::Resolved, on: None },
    ];
    for wish in again {
        let said = annotate(&hidden, wish.clone());
        assert!(matches!(said, Err(Unsaid::Already { .. })), "{wish:?}: {said:?}");
    }
    for wish in [Wish::Show(NOTE), Wish::Unstar(NOTE)] {
        assert!(matches!(annotate(&stands(Vec::new()), wish), Err(Unsaid::Already { .. })));
    }
}

#[test]
fn blank_words_and_books_are_refused() {
    let record = stands(Vec::new());
    let wishes = [
        Wish::Hide { line: NOTE, reason: " ".to_owned() },
        Wish::Amend { line: NOTE, text: Some("\n".to_owned()), at: None },
        Wish::Amend { line: NOTE, text: None, at: None },
        Wish::FollowUp { number: None, change: FollowUpChange::default() },
    ];
    for wish in wishes {
        assert!(matches!(annotate(&record, wish), Err(Unsaid::Blank { .. })));
    }
    let book = Some("x".repeat(LONGEST_TEXT + 1));
    let wish = Wish::Amend { line: NOTE, text: book, at: None };
    assert!(matches!(annotate(&record, wish), Err(Unsaid::TooLong { .. })));
}

#[test]
fn follow_ups_are_numbered_and_change_in_part() {
    let change = |title: Option<&str>, owner: Option<&str>| FollowUpChange {
        title: title.map(str::to_owned),
        owner: owner.map(str::to_owned),
        ..FollowUpChange::default()
    };
    let new = Wish::FollowUp { number: None, change: change(Some("Test it"), None) };
    let first = annotate(&stands(Vec::new()), new).expect("it has a title");
    let record = stands(first);
    let owned = Wish::FollowUp { number: Some(1), change: change(None, Some("ben")) };
    let Ok([Layer::FollowUp { item }]) = annotate(&record, owned)
        .as_deref()
        .map(|all| <[Layer; 1]>::try_from(all.to_vec()).expect("one layer"))
    else {
        panic!("it changes")
    };
    assert_eq!((item.title.as_str(), item.owner.as_deref()), ("Test it", Some("ben")));
    let missing = Wish::FollowUp { number: Some(7), change: change(None, Some("ben")) };
    assert_eq!(annotate(&record, missing), Err(Unsaid::NoSuchFollowUp { number: 7 }));
}
