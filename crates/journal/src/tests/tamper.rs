use lastgood_core::ports::{Head, Journal as _, JournalError};
use lastgood_core::run::Event;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

use super::{Place, close, notes, run};
use crate::SqliteJournal;

const UNLOCK: &str = "
PRAGMA foreign_keys = OFF;
DROP TRIGGER entry_is_never_changed; DROP TRIGGER entry_is_never_deleted;
DROP TRIGGER entry_comes_next; DROP TRIGGER run_is_never_deleted;
DROP TRIGGER run_is_never_replaced; DROP TRIGGER run_only_grows_its_token;";

/// Makes room at number 5 by moving what follows one number up.
const SHIFT: &str = "UPDATE entry SET seq = -seq WHERE seq >= 5;
                     UPDATE entry SET seq = 1 - seq WHERE seq < 0;";

/// A journal of ten entries after somebody was at it with a database browser.
async fn tampered(place: &Place, sql: &[&'static str]) -> (SqliteJournal, Vec<Head>) {
    let journal = place.open().await;
    let (_, heads) = notes(&journal, &run(), 10).await;
    close(journal).await;
    let options = SqliteConnectOptions::new().filename(&place.path);
    let mut hand = options.connect().await.expect("it opens");
    // Entries move through negative numbers on their way.
    sqlx::raw_sql("PRAGMA ignore_check_constraints = ON").execute(&mut hand).await.expect("on");
    sqlx::raw_sql(UNLOCK).execute(&mut hand).await.expect("nothing stops an owner");
    for statement in sql {
        sqlx::raw_sql(*statement).execute(&mut hand).await.expect(statement);
    }
    hand.close().await.expect("it closes");
    (place.open().await, heads)
}

fn broken_at(result: Result<impl std::fmt::Debug, JournalError>) -> u64 {
    match result {
        Err(JournalError::Broken { run: named, seq, .. }) => {
            assert_eq!(named, run(), "the run is named");
            seq
        }
        other => panic!("it should be broken: {other:?}"),
    }
}

#[tokio::test]
async fn tampering_is_found_at_the_first_entry_that_is_wrong() {
    let swap = "UPDATE entry SET seq = -4 WHERE seq = 4; UPDATE entry SET seq = 4 WHERE seq = 8;
                UPDATE entry SET seq = 8 WHERE seq = -4;";
    let duplicate = "INSERT INTO entry SELECT run, 5, at, recorded_at, kind, version, body, hash
                     FROM entry WHERE seq = 4;";
    let repeat = "INSERT INTO entry SELECT run, 11, at, recorded_at, kind, version, body, hash
                  FROM entry WHERE seq = 10;";
    let insert = "INSERT INTO entry SELECT run, 5, at, recorded_at, 'noted', version,
                  '{\"event\":\"noted\",\"by\":\"eve\",\"text\":\"mine\"}', randomblob(32)
                  FROM entry WHERE seq = 4;";
    let cases: &[(&[&'static str], u64, &str)] = &[
        (&["UPDATE entry SET body = replace(body, '4', '5') WHERE seq = 4"], 4, "edited body"),
        (&["UPDATE entry SET body = body || ' ' WHERE seq = 4"], 4, "same JSON, other bytes"),
        (&["UPDATE entry SET kind = 'held' WHERE seq = 10"], 10, "edited kind of the last"),
        (&["UPDATE entry SET at = '2020-01-01T00:00:00Z' WHERE seq = 4"], 4, "edited time"),
        (&["UPDATE entry SET recorded_at = at WHERE seq = 4"], 4, "edited time of recording"),
        (&["UPDATE entry SET version = 2 WHERE seq = 4"], 4, "edited encoding"),
        (&["UPDATE entry SET hash = randomblob(32) WHERE seq = 4"], 4, "edited hash"),
        (&["UPDATE entry SET hash = x'00' WHERE seq = 4"], 4, "short hash"),
        (&["UPDATE entry SET at = at || '\",\"x\":\"' WHERE seq = 4"], 4, "escape in a time"),
        (&["UPDATE entry SET body = CAST(x'ff' AS TEXT) WHERE seq = 4"], 4, "no UTF-8"),
        (&["DELETE FROM entry WHERE seq = 1"], 1, "first deleted"),
        (&["DELETE FROM entry WHERE seq = 4"], 4, "deleted"),
        (
            &["DELETE FROM entry WHERE seq = 4", "UPDATE entry SET seq = seq - 1 WHERE seq > 4"],
            4,
            "closed gap",
        ),
        (&["DELETE FROM entry"], 1, "all deleted"),
        (&[SHIFT, insert], 5, "inserted"),
        (&[SHIFT, duplicate], 5, "duplicated"),
        (&[repeat], 11, "repeated at the end"),
        (&[swap], 4, "swapped"),
        (&["UPDATE entry SET seq = -seq; UPDATE entry SET seq = 1 - seq"], 1, "renumbered"),
        (&["UPDATE entry SET seq = seq - 1"], 1, "numbered from nought"),
    ];
    for (sql, seq, what) in cases {
        let place = Place::new();
        let (journal, _) = tampered(&place, sql).await;
        assert_eq!(broken_at(journal.verify(&run()).await), *seq, "verify: {what}");
        assert_eq!(broken_at(journal.read(&run(), 0).await), *seq, "read: {what}");
        let all = journal.verify_all().await.expect("the list itself is fine");
        let [(named, result)] = <[_; 1]>::try_from(all).expect("there is one run");
        assert_eq!((named, broken_at(result)), (run(), *seq), "verify all: {what}");
    }
}

#[tokio::test]
async fn the_rest_of_a_run_is_verified_from_where_the_reader_is() {
    let place = Place::new();
    let edit = "UPDATE entry SET body = replace(body, '7', '8') WHERE seq = 7";
    let (journal, _) = tampered(&place, &[edit]).await;
    for after in 0..7 {
        assert_eq!(broken_at(journal.read(&run(), after).await), 7, "after {after}");
    }
    let rest = journal.read(&run(), 7).await.expect("what follows fits the stored hash");
    assert_eq!(rest.len(), 3);

    let place = Place::new();
    let (journal, _) = tampered(&place, &["DELETE FROM entry WHERE seq = 4"]).await;
    assert_eq!(broken_at(journal.read(&run(), 4).await), 4, "there is nothing to go on from");
}

#[tokio::test]
async fn a_cut_tail_is_found_only_with_an_anchor() {
    let place = Place::new();
    let (journal, heads) = tampered(&place, &["DELETE FROM entry WHERE seq > 6"]).await;
    assert_eq!(journal.verify(&run()).await.expect("a shorter chain holds"), heads[5]);
    for head in &heads[..6] {
        let found = journal.verify_against(&run(), head).await;
        assert_eq!(found.expect("the anchor is still in the chain"), heads[5]);
    }
    for head in &heads[6..] {
        assert_eq!(broken_at(journal.verify_against(&run(), head).await), 7, "{head:?}");
    }
}

#[tokio::test]
async fn a_chain_that_was_written_anew_is_found_with_an_anchor() {
    let (ours, theirs) = (Place::new(), Place::new());
    let journal = ours.open().await;
    let (_, heads) = notes(&journal, &run(), 10).await;
    let forged = theirs.open().await;
    let first = crate::contract::note(1, "another story");
    let (lease, _) = forged.create(&run(), &[first]).await.expect("a new run");
    for second in 2..=10 {
        let event = crate::contract::note(second, &format!("entry {second}"));
        forged.append(&lease, &[event]).await.expect("the lease is newest");
    }
    forged.verify(&run()).await.expect("by itself the forgery holds");
    for head in &heads {
        let found = broken_at(forged.verify_against(&run(), head).await);
        assert_eq!(found, head.seq, "the anchor is not in this chain");
    }
}

#[tokio::test]
async fn a_chain_does_not_hold_in_another_run() {
    let place = Place::new();
    let rename = "UPDATE run SET id = 'r-2'; UPDATE entry SET run = 'r-2';";
    let (journal, _) = tampered(&place, &[rename]).await;
    let found = journal.verify(&"r-2".into()).await;
    assert!(matches!(found, Err(JournalError::Broken { seq: 1, .. })), "{found:?}");
}

#[tokio::test]
async fn a_changed_time_of_creation_is_found() {
    let place = Place::new();
    let edit = "UPDATE run SET created_at = '2020-01-01T00:00:00Z'";
    let (journal, _) = tampered(&place, &[edit]).await;
    assert_eq!(broken_at(journal.verify(&run()).await), 1);
}

#[tokio::test]
async fn entries_whose_run_was_deleted_are_found() {
    let place = Place::new();
    let (journal, _) = tampered(&place, &["DELETE FROM run"]).await;
    let all = journal.verify_all().await.expect("the list itself is fine");
    assert!(matches!(&all[..], [(named, Err(JournalError::NoSuchRun { .. }))] if *named == run()));
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_what_happened() {
    let place = Place::new();
    let journal = place.open().await;
    let (_, heads) = notes(&journal, &run(), 3).await;
    let mut hand =
        SqliteConnectOptions::new().filename(&place.path).connect().await.expect("it opens");
    for sql in [
        "UPDATE entry SET body = '{}' WHERE seq = 2",
        "UPDATE entry SET hash = randomblob(32)",
        "DELETE FROM entry WHERE seq = 3",
        "DELETE FROM entry",
        "INSERT OR REPLACE INTO entry SELECT * FROM entry WHERE seq = 2",
        "INSERT INTO entry SELECT run, 9, at, recorded_at, kind, version, body, hash FROM entry WHERE seq = 3",
        "INSERT INTO entry SELECT 'r-9', 1, at, recorded_at, kind, version, body, hash FROM entry WHERE seq = 3",
        "DELETE FROM run",
        "INSERT OR REPLACE INTO run SELECT * FROM run",
        "UPDATE run SET id = 'r-2'",
        "UPDATE run SET created_at = '2020-01-01T00:00:00Z', token = token + 1",
        "UPDATE run SET token = token",
        "UPDATE run SET token = token - 1",
    ] {
        sqlx::raw_sql(sql).execute(&mut hand).await.expect_err(sql);
    }
    hand.close().await.expect("it closes");
    assert_eq!(journal.verify(&run()).await.expect("nothing changed"), heads[2]);
}

#[tokio::test]
async fn what_a_newer_version_appended_is_shown_as_unknown() {
    let place = Place::new();
    let journal = place.open().await;
    let (lease, _) = notes(&journal, &run(), 2).await;
    newer(&journal, 3, "teleported", 1, r#"{"event":"teleported","to":"mars"}"#).await;
    newer(&journal, 4, "noted", 7, r#"{"noted":{"by":"ada"}}"#).await;
    let head = journal.append(&lease, &[crate::contract::note(5, "after")]).await.expect("newest");
    assert_eq!(journal.verify(&run()).await.expect("the chain holds"), head);
    let events: Vec<Event> = journal
        .read(&run(), 0)
        .await
        .expect("nothing that a newer version writes is an error")
        .into_iter()
        .map(|entry| entry.event)
        .collect();
    assert_eq!(events[2..4], [Event::Unknown, Event::Unknown]);
    assert_eq!(events[4], crate::contract::note(5, "after").event);
}

/// Appends an entry as a version with other events would.
async fn newer(journal: &SqliteJournal, seq: u64, kind: &str, version: i64, body: &str) {
    let mut writer = journal.store.writer.lock().await;
    let (last, hash) = crate::read::last(&mut writer, &run()).await.expect("it is there");
    assert_eq!(last + 1, seq);
    let at = "2026-01-01T00:00:09Z";
    let line = crate::chain::Line { seq, at, recorded_at: at, kind, version, body };
    let hash = crate::chain::link(&hash, &line.leaf());
    sqlx::query("INSERT INTO entry VALUES ('r-1', ?1, ?2, ?2, ?3, ?4, ?5, ?6)")
        .bind(i64::try_from(seq).expect("small"))
        .bind(at)
        .bind(kind)
        .bind(version)
        .bind(body)
        .bind(&hash[..])
        .execute(&mut *writer)
        .await
        .expect("it comes next");
}
