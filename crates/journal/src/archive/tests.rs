use jiff::Timestamp;
use lastgood_core::ports::Journal as _;
use sha2::{Digest as _, Sha256};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};
use tempfile::TempDir;

use super::*;
use crate::contract::note;

async fn opened() -> (TempDir, SqliteJournal) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let journal = SqliteJournal::open(folder.path().join("journal.db")).await.expect("it opens");
    (folder, journal)
}

fn filed(run: &str, document: &[u8]) -> Filed {
    Filed {
        run: RunId::new(run),
        hash: chain::hex(&Sha256::digest(document)),
        name: "drill.json".to_owned(),
        by: "ada".into(),
        recorded_at: Timestamp::from_second(1_767_225_600).expect("a time in 2026"),
    }
}

async fn by_hand(folder: &TempDir, sql: &'static str) -> Result<(), sqlx::Error> {
    let options = SqliteConnectOptions::new().filename(folder.path().join("journal.db"));
    let mut hand = options.connect().await.expect("it opens");
    let done = sqlx::raw_sql(sql).execute(&mut hand).await.map(|_| ());
    hand.close().await.expect("it closes");
    done
}

#[tokio::test]
async fn a_record_is_kept_once_and_handed_out_as_it_came_after_a_restart() {
    let (folder, journal) = opened().await;
    let (first, second) = (filed("r-1", b"{}\n"), filed("r-2", b"{}\n"));
    assert!(journal.file(&first, b"{}\n").await.expect("it is new"));
    assert!(journal.file(&second, b"{}\n").await.expect("another run may say the same"));
    let later = Filed { by: "ben".into(), name: "copy.json".to_owned(), ..first.clone() };
    assert!(!journal.file(&later, b"{}\n").await.expect("it is kept already"));
    drop(journal);
    let again = SqliteJournal::open(folder.path().join("journal.db")).await.expect("it opens");
    assert_eq!(again.filed().await.expect("it holds"), [first.clone(), second]);
    assert_eq!(again.document(&first).await.expect("it holds"), b"{}\n");
}

#[tokio::test]
async fn a_second_document_about_a_run_is_refused_and_the_first_one_stays() {
    let (_folder, journal) = opened().await;
    let first = filed("r-1", b"one");
    journal.file(&first, b"one").await.expect("it is new");
    let refused = journal.file(&filed("r-1", b"two"), b"two").await;
    assert!(matches!(refused, Err(ArchiveError::Taken { .. })), "{refused:?}");
    assert_eq!(journal.document(&first).await.expect("it holds"), b"one");
}

#[tokio::test]
async fn a_run_of_the_journal_itself_and_a_name_that_leads_elsewhere_are_refused() {
    let (_folder, journal) = opened().await;
    journal.create(&RunId::new("own"), &[note(1, "first")]).await.expect("it is new");
    let refused = journal.file(&filed("own", b"x"), b"x").await;
    assert!(matches!(refused, Err(ArchiveError::Own { .. })), "{refused:?}");
    let refused = journal.file(&filed("../own", b"x"), b"x").await;
    assert!(matches!(refused, Err(ArchiveError::Storage(_))), "{refused:?}");
    let other = Filed { hash: "00".to_owned(), ..filed("r-1", b"x") };
    assert!(journal.file(&other, b"x").await.is_err(), "the hash is that of the document");
    assert!(journal.filed().await.expect("it holds").is_empty(), "nothing was kept");
}

#[tokio::test]
async fn the_file_refuses_to_change_or_drop_an_imported_record() {
    let (folder, journal) = opened().await;
    journal.file(&filed("r-1", b"one"), b"one").await.expect("it is new");
    for sql in [
        "UPDATE archive SET body = '{}'",
        "DELETE FROM archive",
        "INSERT OR REPLACE INTO archive SELECT * FROM archive",
        "INSERT INTO archive SELECT 9, 'r-9', recorded_at, version, body, hash FROM archive",
    ] {
        assert!(by_hand(&folder, sql).await.is_err(), "{sql}");
    }
}

#[tokio::test]
async fn whoever_takes_the_guards_away_is_found_out() {
    let tampers = [
        "DROP TRIGGER archive_is_never_changed; \
         UPDATE archive SET body = replace(body, '\"ada\"', '\"ben\"')",
        "DROP TRIGGER archive_is_never_changed; UPDATE archive SET run = 'r-3' WHERE run = 'r-1'",
        "DROP TRIGGER archive_is_never_deleted; DELETE FROM archive WHERE seq = 1",
        "DROP TRIGGER attachment_is_never_changed; UPDATE attachment SET bytes = x'00'",
        "DROP TRIGGER attachment_is_never_deleted; DELETE FROM attachment",
    ];
    for sql in tampers {
        let (folder, journal) = opened().await;
        let (one, two) = (filed("r-1", b"one"), filed("r-2", b"two"));
        journal.file(&one, b"one").await.expect("it is new");
        journal.file(&two, b"two").await.expect("it is new");
        by_hand(&folder, sql).await.expect("the guards are away");
        let read = journal.document(&one).await;
        assert!(matches!(read, Err(ArchiveError::Broken { .. })), "{sql}: {read:?}");
    }
}

#[tokio::test]
async fn a_journal_of_format_4_takes_records_once_it_was_opened() {
    let (folder, journal) = opened().await;
    drop(journal);
    by_hand(&folder, "DROP TABLE archive; PRAGMA user_version = 4;").await.expect("it is older");
    let again = SqliteJournal::open(folder.path().join("journal.db")).await.expect("it opens");
    assert!(again.file(&filed("r-1", b"one"), b"one").await.expect("it is new"));
}
