use lastgood_core::survey::RolloutState;

use super::*;
use crate::testing::{AT, bare, deploy, place as somewhere};

fn view() -> ReleasesView {
    let mut old = deploy("2026.11.2");
    old.release = bare("2026.11.2");
    old.actor = None;
    old.suspect = false;
    old.running = false;
    ReleasesView {
        at: AT,
        deploys: vec![deploy("2026.11.3"), old],
        more: true,
        running: vec![RunningView {
            place: somewhere(),
            sentence: None,
            rollout: Some(RolloutState::Settled),
            version: None,
            owner: Some("team-payments".to_owned()),
            escalation: None,
            dashboards: Vec::new(),
            runbook: None,
        }],
        doubts: vec!["search in production: its deploys are not known: no answer".to_owned()],
    }
}

#[test]
fn a_wide_terminal_has_one_line_to_find_a_deploy_by() {
    insta::assert_snapshot!("wide", releases(&Look::plain(), &view()));
}

#[test]
fn a_narrow_terminal_has_two_and_loses_nothing() {
    let narrow = Look { width: 60, ..Look::plain() };
    let text = releases(&narrow, &view());
    assert!(text.lines().all(|line| Text::from(line).columns() <= 60), "{text}");
    let words = |text: &str| {
        let mut words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        words.sort();
        words
    };
    let wide = releases(&Look::plain(), &view());
    assert_eq!(words(&text), words(&wide), "every word is on both");
    insta::assert_snapshot!("narrow", text);
}

#[test]
fn what_could_not_be_looked_up_is_said() {
    let text = releases(&Look::plain(), &view());
    assert!(text.contains("checkout in production: not known"), "{text}");
    assert!(text.contains("◌ search in production: its deploys are not known"), "{text}");
}
