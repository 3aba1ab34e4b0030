//! Whether the journal is what was written: its runs, and what is said beside them.

use std::path::Path;

use lastgood_api::ChainKind;
use lastgood_api::wire::{AttestRequest, Nothing, RunQuery};
use lastgood_core::catalog::Place;
use lastgood_core::checklist::PersonAnswer;
use lastgood_core::name::RunId;
use lastgood_core::preflight::Grade;
use lastgood_core::view::RunStatus;
use lastgood_journal::SqliteJournal;

use super::{bad_canary, practice};

fn answered(note: &str) -> AttestRequest {
    let place = Place { service: "checkout".into(), environment: "production".into() };
    let (item, answer) = ("tracing".to_owned(), PersonAnswer::Yes);
    AttestRequest { place, item, answer, note: note.to_owned() }
}

/// A whole copy of the journal in `from`, with one text replaced by another of the same length.
async fn forged(from: &Path, to: &Path, was: &[u8], becomes: &[u8]) {
    assert_eq!(was.len(), becomes.len());
    let copy = to.join("journal.db");
    let journal = SqliteJournal::open(from.join("journal.db")).await.expect("it opens");
    journal.backup_to(&copy).await.expect("it is copied");
    let mut bytes = std::fs::read(&copy).expect("it is there");
    let place = bytes.windows(was.len()).position(|window| window == was).expect("it was said");
    bytes[place..place + was.len()].copy_from_slice(becomes);
    std::fs::write(&copy, bytes).expect("it is written");
}

#[tokio::test(flavor = "multi_thread")]
async fn remarks_and_answers_are_looked_through_with_the_runs() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let app = practice(data.path());
    assert_eq!(app.verify_journal(None).await.expect("nothing is there").beside, []);
    let run = bad_canary(&app, 7).await.run;
    app.attest(answered("spans were seen")).await.expect("it is kept");
    let found = app.verify_journal(None).await.expect("it is looked through");
    assert!(found.holds);
    let kinds: Vec<ChainKind> = found.beside.iter().map(|chain| chain.kind).collect();
    assert_eq!(kinds, [ChainKind::Remarks, ChainKind::Answers], "a rollback leaves remarks");
    assert!(found.beside.iter().all(|chain| chain.lines > 0 && chain.of.contains("checkout")));
    let one = app.verify_journal(Some(run)).await.expect("it is looked through");
    assert_eq!(one.beside, [], "one run was asked for");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_somebody_changed_by_hand_does_not_hold() {
    let data = tempfile::tempdir().expect("a temporary folder");
    practice(data.path()).attest(answered("seen by nobody")).await.expect("it is kept");
    let copy = tempfile::tempdir().expect("a temporary folder");
    forged(data.path(), copy.path(), b"seen by nobody", b"seen by people").await;
    let found = practice(copy.path()).verify_journal(None).await.expect("it is looked through");
    assert!(!found.holds);
    let [chain] = &found.beside[..] else { panic!("{:?}", found.beside) };
    let problem = chain.problem.as_ref().expect("its hash does not fit");
    assert!(problem.chain.join(": ").contains("checklists"), "{problem:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_run_hides_no_other() {
    let data = tempfile::tempdir().expect("a temporary folder");
    let app = practice(data.path());
    let damaged = bad_canary(&app, 7).await.run;
    let whole = bad_canary(&app, 8).await.run;
    let copy = tempfile::tempdir().expect("a temporary folder");
    forged(data.path(), copy.path(), b"\"seed\":7", b"\"seed\":9").await;
    let app = practice(copy.path());
    let rows = app.runs(Nothing {}).await.expect("they are listed");
    let status = |run: &RunId| rows.iter().find(|row| row.run == *run).map(|row| row.status);
    assert_eq!(status(&damaged), Some(RunStatus::Unreadable), "{rows:#?}");
    assert_eq!(status(&whole), Some(RunStatus::Recovered));
    app.debrief(RunQuery { run: whole }).await.expect("the other one says nothing about it");
    app.rehearsals(Nothing {}).await.expect("nor about what was proven");
    let doctor = app.doctor(Nothing {}).await.expect("it looks");
    let journal = doctor.findings.iter().find(|one| one.subject == "journal").expect("it is told");
    assert_eq!(journal.grade, Grade::Warn, "{journal:?}");
    assert!(journal.sentence.contains(damaged.as_str()), "{journal:?}");
}
