use std::path::Path;

use lastgood_core::ports::{Journal as _, JournalError};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};

use super::{Place, close, notes, run};
use crate::SqliteJournal;
use crate::contract::note;

async fn by_hand(path: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    options.connect().await.expect("it opens")
}

async fn execute(path: &Path, sql: &'static str) {
    let mut connection = by_hand(path).await;
    sqlx::raw_sql(sql).execute(&mut connection).await.expect(sql);
    connection.close().await.expect("it closes");
}

fn is_foreign(error: &JournalError) -> bool {
    let JournalError::Storage { doing: "open", source, .. } = error else { return false };
    source.to_string() == "the file is not a journal of Lastgood"
}

#[tokio::test]
async fn a_journal_can_be_opened_again() {
    let place = Place::new();
    let journal = place.open().await;
    let (_, heads) = notes(&journal, &run(), 3).await;
    close(journal).await;
    let journal = place.open().await;
    assert_eq!(journal.verify(&run()).await.expect("it holds"), heads[2]);
}

#[tokio::test]
async fn an_empty_file_becomes_a_journal() {
    let place = Place::new();
    std::fs::write(&place.path, "").expect("it can be written");
    let journal = place.open().await;
    notes(&journal, &run(), 1).await;
}

#[tokio::test]
async fn a_journal_whose_maker_was_killed_half_way_is_made_to_its_end() {
    let place = Place::new();
    let elsewhere = place.folder.path().join("elsewhere.db");
    execute(&elsewhere, "CREATE TABLE t (x); DROP TABLE t; VACUUM;").await;
    let mut maker = by_hand(&elsewhere).await;
    // More than the cache holds, so that the file is changed before the commit.
    let begun = "PRAGMA cache_size = 1; BEGIN IMMEDIATE; CREATE TABLE t (x);
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
        INSERT INTO t SELECT randomblob(4000) FROM n;";
    sqlx::raw_sql(begun).execute(&mut maker).await.expect(begun);
    // What a killed process leaves is what lies there in the middle of its transaction.
    for end in ["", "-journal"] {
        let (from, to) = (format!("{}{end}", elsewhere.display()), place.path.display());
        std::fs::copy(from, format!("{to}{end}")).expect("both files are there");
    }
    let journal = place.open().await;
    notes(&journal, &run(), 1).await;
}

#[cfg(unix)]
#[tokio::test]
async fn the_journal_belongs_to_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let mode =
        |path: &Path| std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    let place = Place::new();
    let folder = place.folder.path().join("new/data");
    let path = folder.join("journal.db");
    let journal = SqliteJournal::open(&path).await.expect("it opens");
    notes(&journal, &run(), 2).await;
    assert_eq!(mode(&folder), 0o700, "the folder that was made");
    for name in ["journal.db", "journal.db-wal", "journal.db-shm", "locks/r-1.lock"] {
        assert_eq!(mode(&folder.join(name)), 0o600, "{name}");
    }
    close(journal).await;

    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("it is ours");
    let _journal = SqliteJournal::open(&path).await.expect("it opens");
    assert_eq!(mode(&path), 0o600, "a file that came from elsewhere is closed to others");
}

#[tokio::test]
async fn a_newer_journal_is_refused_and_not_touched() {
    let place = Place::new();
    let journal = place.open().await;
    notes(&journal, &run(), 2).await;
    close(journal).await;
    execute(&place.path, "PRAGMA user_version = 6; CREATE TABLE later (x TEXT) STRICT;").await;
    let before = std::fs::read(&place.path).expect("it is there");

    let error = SqliteJournal::open(&place.path).await.expect_err("it is newer");
    assert!(matches!(error, JournalError::Newer { found: 6, known: 5, .. }), "{error:?}");
    let after = std::fs::read(&place.path).expect("it is there");
    assert!(before == after, "not one byte is changed");
}

#[tokio::test]
async fn a_newer_format_that_is_only_in_the_log_is_refused_and_not_touched() {
    let place = Place::new();
    let journal = place.open().await;
    notes(&journal, &run(), 2).await;
    close(journal).await;

    // The newer version dies before it moves the log into the file.
    let mut newer = by_hand(&place.path).await;
    sqlx::raw_sql("PRAGMA user_version = 6;").execute(&mut newer).await.expect("it is ours");
    let copy = Place::new();
    let wal = |place: &Place| place.folder.path().join("journal.db-wal");
    std::fs::copy(&place.path, &copy.path).expect("it is there");
    std::fs::copy(wal(&place), wal(&copy)).expect("it is there");
    newer.close().await.expect("it closes");
    let bytes = || (std::fs::read(&copy.path).ok(), std::fs::read(wal(&copy)).ok());
    let before = bytes();
    assert_ne!(before.1.as_ref().map_or(0, Vec::len), 0, "the change is in the log");
    assert_eq!(before.0.as_deref().map(|file| &file[60..64]), Some(&[0, 0, 0, 5][..]));

    let error = SqliteJournal::open(&copy.path).await.expect_err("it is newer");
    assert!(matches!(error, JournalError::Newer { found: 6, known: 5, .. }), "{error:?}");
    until_nobody_has_it_open(&copy.path).await;
    assert!(before == bytes(), "not one byte of the file or its log is changed");
}

/// A connection that was dropped ends on its own thread, and moves the log as it goes.
async fn until_nobody_has_it_open(path: &Path) {
    let open = || {
        let files = std::fs::read_dir("/proc/self/fd").into_iter().flatten().flatten();
        files.filter_map(|file| std::fs::read_link(file.path()).ok()).any(|file| file == path)
    };
    while open() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_file_of_another_program_is_refused_and_not_touched() {
    for sql in [
        "CREATE TABLE bookmarks (url TEXT); INSERT INTO bookmarks VALUES ('x');",
        "PRAGMA application_id = 77; CREATE TABLE run (id TEXT);",
        "PRAGMA application_id = 77;",
        "PRAGMA user_version = 1;",
        "PRAGMA journal_mode = WAL; CREATE TABLE bookmarks (url TEXT);",
    ] {
        let place = Place::new();
        execute(&place.path, sql).await;
        let before = std::fs::read(&place.path).expect("it is there");
        let error = SqliteJournal::open(&place.path).await.expect_err(sql);
        assert!(is_foreign(&error), "{sql}: {error:?}");
        let after = std::fs::read(&place.path).expect("it is there");
        assert!(before == after, "{sql}: not one byte is changed");
    }
    for text in ["hello", "SQLite format 3\0", &"no database ".repeat(100)] {
        let place = Place::new();
        std::fs::write(&place.path, text).expect("it can be written");
        let error = SqliteJournal::open(&place.path).await.expect_err("it is no database");
        assert!(is_foreign(&error), "{error:?}");
        assert_eq!(std::fs::read_to_string(&place.path).ok().as_deref(), Some(text));
    }
}

#[tokio::test]
async fn a_path_that_cannot_be_a_file_is_refused() {
    let place = Place::new();
    let folder = place.folder.path();
    let error = SqliteJournal::open(folder).await.expect_err("it is a folder");
    assert!(matches!(error, JournalError::Storage { doing: "open", .. }), "{error:?}");

    std::fs::write(folder.join("file"), "x").expect("it can be written");
    let below = folder.join("file/journal.db");
    let error = SqliteJournal::open(below).await.expect_err("its folder is a file");
    assert!(matches!(error, JournalError::Storage { doing: "open", .. }), "{error:?}");
}

// These are no file names elsewhere.
#[cfg(unix)]
#[tokio::test]
async fn a_name_that_means_something_to_sqlite_is_only_a_name() {
    let place = Place::new();
    for name in [":memory:", "file:x?mode=memory", "a?b#c%20d"] {
        let path = place.folder.path().join(name);
        let journal = SqliteJournal::open(&path).await.expect("it opens");
        journal.create(&name_of(name), &[note(1, "")]).await.expect("a new run");
        close(journal).await;
        assert!(path.metadata().expect("it is there").len() > 0, "{name} is a file");
    }
}

#[cfg(unix)]
fn name_of(name: &str) -> lastgood_core::name::RunId {
    format!("r-{}", name.len()).as_str().into()
}

#[tokio::test]
async fn a_new_journal_is_opened_by_one_process_at_a_time() {
    let place = Place::new();
    let length = || std::fs::metadata(&place.path).map_or(0, |file| file.len());
    let locks = crate::lock::Locks::beside(&place.path).expect("the folder is there");
    let opening = locks.opening().await.expect("nobody opens it");
    let mut open = std::pin::pin!(SqliteJournal::open(&place.path));
    for _ in 0..10 {
        // Others open theirs meanwhile; the time they need is the time this one is given.
        assert!(futures::poll!(&mut open).is_pending(), "it waits");
        Place::in_memory().open().await;
    }
    assert_eq!(length(), 0, "it waits before it writes");
    drop(opening);
    open.await.expect("it is free now");
    assert_ne!(length(), 0, "it is a journal now");
}

#[tokio::test]
async fn all_that_open_a_new_journal_at_once_get_it() {
    let place = Place::new();
    let opened = futures::future::join_all((0..8).map(|_| SqliteJournal::open(&place.path))).await;
    for journal in opened {
        journal.expect("each of them opens it");
    }
}

#[tokio::test]
async fn every_connection_makes_its_commits_durable() {
    let place = Place::new();
    let journal = place.open().await;
    for connection in [&journal.store.writer, &journal.store.reader] {
        let mut connection = connection.lock().await;
        for (pragma, value) in [
            ("PRAGMA journal_mode", "wal"),
            ("PRAGMA synchronous", "2"),
            ("PRAGMA foreign_keys", "1"),
            ("PRAGMA busy_timeout", "5000"),
            ("PRAGMA fullfsync", "1"),
            ("PRAGMA checkpoint_fullfsync", "1"),
        ] {
            let row = sqlx::query(pragma).fetch_one(&mut *connection).await.expect(pragma);
            let found = sqlx::Row::try_get_unchecked::<String, _>(&row, 0).expect(pragma);
            assert_eq!(found, value, "{pragma}");
        }
    }
}

#[tokio::test]
async fn a_file_whose_pages_are_damaged_is_called_so() {
    let place = Place::new();
    let journal = place.open().await;
    notes(&journal, &run(), 40).await;
    close(journal).await;
    let whole = std::fs::read(&place.path).expect("it is there");
    let half = whole[..whole.len() / 2].to_vec();
    let mut flipped = whole;
    flipped[100..110].fill(0xff);
    for damaged in [half, flipped] {
        std::fs::write(&place.path, damaged).expect("it can be written");
        let error = match SqliteJournal::open(&place.path).await {
            Ok(journal) => {
                journal.runs().await.map(|_| ()).and(journal.read(&run(), 0).await.map(|_| ()))
            }
            Err(error) => Err(error),
        };
        assert!(matches!(error, Err(JournalError::Spoilt { .. })), "{error:?}");
    }
}
