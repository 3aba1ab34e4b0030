//! Looking back: at a drill, at an earlier one beside it, and at what is proven where.

use lastgood_api::core::drill::debrief::Looks;
use lastgood_api::wire::{Nothing, RunQuery};

use super::{bad_canary, practice};

#[tokio::test]
async fn a_drill_is_looked_back_at_and_held_beside_the_one_before() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let app = practice(data.path());
    let first = bad_canary(&app, 7).await;
    let alone = app.debrief(RunQuery { run: first.run }).await.expect("it is kept");
    assert!(alone.comparison.is_empty(), "there is nothing to compare with yet");
    assert_eq!(alone.decisions.first().map(|one| one.looks), Some(Looks::Good), "to go back");
    assert!(alone.decisions.iter().all(|one| one.looks != Looks::Poor));
    assert!(alone.rehearsed.is_some_and(|one| one.met));
    assert_eq!(alone.phases.len(), 5, "all five phases took their time");
    assert!(alone.lengths.iter().any(|one| one.name == "waiting for people"));

    let second = bad_canary(&app, 8).await;
    let beside = app.debrief(RunQuery { run: second.run }).await.expect("it is kept");
    let restore = beside.comparison.iter().find(|one| one.name == "to restore");
    let restore = restore.expect("both went back");
    assert_eq!((restore.drills.runs, restore.incidents.runs), (1, 0));
}

#[tokio::test]
async fn a_drill_proves_its_runbook_at_its_place_and_nowhere_else() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let app = practice(data.path());
    let before = app.rehearsals(Nothing {}).await.expect("the catalog proposes some");
    assert!(before.iter().all(|one| one.last.is_none()), "{before:?}");
    let run = bad_canary(&app, 7).await;
    app.leave_drill(Nothing {}).await.expect("it is over");
    let after = app.rehearsals(Nothing {}).await.expect("the catalog proposes some");
    let proven: Vec<_> = after.iter().filter(|one| one.last.is_some()).collect();
    assert_eq!(proven.len(), 1, "{after:?}");
    assert_eq!(proven[0].place, run.place);
    assert!(!proven[0].changed && !proven[0].overdue);
    assert!(proven[0].sentence.contains("by the drill bad-canary"), "{}", proven[0].sentence);
}
