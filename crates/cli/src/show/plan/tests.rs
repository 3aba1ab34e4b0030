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
