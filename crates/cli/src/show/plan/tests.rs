use super::*;
use crate::testing;

#[test]
fn a_plan_shows_every_call_before_it_is_made() {
    insta::assert_snapshot!(plan(&Look::plain(), &testing::plan()));
}

#[test]
fn what_has_no_way_back_says_so() {
    let mut view = testing::plan();
    for (how_far, words) in [
        (Reversibility::Reversible, "no way back is planned"),
        (Reversibility::Irreversible, "cannot be taken back"),
    ] {
        view.steps[1].undo = None;
        view.steps[1].reversibility = how_far;
        let text = plan(&Look::plain(), &view);
        assert!(text.contains(&format!("undo     {words}")), "{text}");
        assert!(text.contains(&format!("act, {words}")), "the heading agrees: {text}");
    }
}

#[test]
fn a_drill_is_marked_as_one() {
    let view = PlanView { drill: Some("bad-canary".to_owned()), ..testing::plan() };
    for text in [plan(&Look::plain(), &view), brief(&Look::plain(), &view)] {
        assert!(text.contains("DRILL bad-canary"), "{text}");
    }
}

#[test]
fn a_card_names_a_long_body_and_a_plan_prints_it() {
    let mut view = testing::plan();
    let effect = view.steps[1].effect.as_mut().expect("the second step changes something");
    let long: Vec<String> = (1..=80).map(|line| format!("line {line}")).collect();
    effect.call.body = Some(long.join("\n"));
    let look = Look::plain();
    let shown = |elsewhere| {
        let mut page = Page::new(&look);
        change(&mut page, &look, 2, view.steps[1].effect.as_ref(), "", elsewhere);
        page.finish()
    };
    assert!(shown(None).contains("line 80"), "nothing of a call is hidden before it is agreed to");
    let card = shown(Some("`lastgood show run-1 --json` has it"));
    assert!(!card.contains("line 80"), "the question stays on the screen: {card}");
    assert!(card.contains("80 lines") && card.contains("lastgood show run-1"), "{card}");
}
