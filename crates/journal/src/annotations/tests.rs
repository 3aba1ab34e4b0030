use lastgood_core::ports::Journal as _;
use lastgood_core::run::Event;
use lastgood_core::timeline::{LineId, LineKind};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};
use tempfile::TempDir;

use super::*;
use crate::contract::{annotations_contract, note, star};

struct File(TempDir);

impl File {
    async fn with_a_run() -> (Self, SqliteJournal, RunId) {
        let file = Self(tempfile::tempdir().expect("a temporary folder"));
        let journal = SqliteJournal::open(file.path()).await.expect("it opens");
        let run = RunId::new("r-1");
        journal.create(&run, &[note(1, "first")]).await.expect("it is new");
        (file, journal, run)
    }

    fn path(&self) -> std::path::PathBuf {
        self.0.path().join("journal.db")
    }

    async fn execute(&self, sql: &'static str) -> Result<(), sqlx::Error> {
        let options = SqliteConnectOptions::new().filename(self.path());
        let mut hand = options.connect().await.expect("it opens");
        let done = sqlx::raw_sql(sql).execute(&mut hand).await.map(|_| ());
        hand.close().await.expect("it closes");
        done
    }
}

#[tokio::test]
async fn annotations_keep_their_contract() {
    let (_file, journal, run) = File::with_a_run().await;
    annotations_contract(&journal, &run).await;
}

#[tokio::test]
async fn a_run_that_another_lease_drives_is_annotated_all_the_same() {
    let (_file, journal, run) = File::with_a_run().await;
    let lease = journal.lease(&run).await.expect("nobody else drives it");
    journal.annotate(&run, 0, &[star(1, 1)]).await.expect("no lease is needed");
    let head = journal.append(&lease, &[note(2, "second")]).await.expect("it still drives");
    assert_eq!(head.seq, 2, "the run's own chain is as it was");
}

#[tokio::test]
async fn annotations_and_attachments_survive_a_restart() {
    let (file, journal, run) = File::with_a_run().await;
    let written = [star(1, 1), star(2, 2)];
    let head = journal.annotate(&run, 0, &written).await.expect("it is empty");
    let hash = journal.keep(&run, b"a picture").await.expect("it is kept");
    drop(journal);
    let again = SqliteJournal::open(file.path()).await.expect("it opens");
    assert_eq!(again.annotations(&run).await.expect("it holds"), (written.to_vec(), head));
    let kept = again.kept(&run, &hash).await.expect("it holds");
    assert_eq!(kept.as_deref(), Some(&b"a picture"[..]));
}

#[tokio::test]
async fn the_file_refuses_to_change_or_drop_an_annotation_or_an_attachment() {
    let (file, journal, run) = File::with_a_run().await;
    journal.annotate(&run, 0, &[star(1, 1)]).await.expect("it is empty");
    journal.keep(&run, b"a picture").await.expect("it is kept");
    for sql in [
        "UPDATE annotation SET body = '{}'",
        "DELETE FROM annotation",
        "INSERT INTO annotation SELECT run, 9, at, recorded_at, kind, version, body, hash FROM annotation",
        "UPDATE attachment SET bytes = x'00'",
        "DELETE FROM attachment",
    ] {
        assert!(file.execute(sql).await.is_err(), "{sql}");
    }
}

#[tokio::test]
async fn whoever_takes_the_guards_away_is_found_out_by_the_chain() {
    let tampers = [
        "DROP TRIGGER annotation_is_never_changed; \
         UPDATE annotation SET body = replace(body, 'starred', 'unstarred') WHERE seq = 1",
        "DROP TRIGGER annotation_is_never_deleted; DELETE FROM annotation WHERE seq = 1",
        "DROP TRIGGER annotation_is_never_changed; UPDATE annotation SET at = recorded_at",
    ];
    for sql in tampers {
        let (file, journal, run) = File::with_a_run().await;
        journal.annotate(&run, 0, &[star(1, 1), star(2, 2)]).await.expect("it is empty");
        drop(journal);
        file.execute(sql).await.expect("the guards are away");
        let again = SqliteJournal::open(file.path()).await.expect("it opens");
        let read = again.annotations(&run).await;
        assert!(matches!(read, Err(AnnotationsError::Broken { .. })), "{sql}: {read:?}");
    }
}

/// Lines as another system wrote them, more than are read at once.
fn many() -> Vec<Annotation> {
    (1..=2_345)
        .map(|number| {
            let star = star(number, 1);
            let line = AddedLine {
                at: star.at,
                zone: None,
                kind: LineKind::Signal,
                text: format!("alert {number}: \u{1e}5xx\u{1f} \"over\" 2 %"),
                actor: Some("alertmanager".to_owned()),
                origin: None,
            };
            let says = if number % 100 == 0 { star.says } else { Layer::Added { line } };
            Annotation { says, ..star }
        })
        .collect()
}

#[tokio::test]
async fn a_long_chain_is_read_as_it_was_written() {
    let (_file, journal, run) = File::with_a_run().await;
    let written = many();
    let head = journal.annotate(&run, 0, &written).await.expect("it is empty");
    let (read, stand) = journal.annotations(&run).await.expect("it holds");
    assert_eq!(stand, head);
    assert!(read == written, "every line, in order");

    let mut reader = journal.store.reader.lock().await;
    let genesis = chain::annotations_genesis(&run);
    let quick: Option<(Vec<Annotation>, Hash)> =
        strand::bulk::walk(&mut reader, BULK, run.as_str(), genesis, TABLE.noun).await;
    let by_line = Table { bulk: None, ..TABLE };
    let slow = strand::walk(&mut reader, &by_line, run.as_str(), genesis).await.ok();
    assert!(quick.is_some() && quick == slow, "both ways tell the same");
}

#[tokio::test]
async fn a_break_in_a_long_chain_is_told_with_its_place() {
    let tampers = [
        "UPDATE annotation SET body = replace(body, '5xx', '4xx') WHERE seq = 1501",
        "UPDATE annotation SET hash = zeroblob(32) WHERE seq = 1501",
        "UPDATE annotation SET kind = 'starred' WHERE seq = 1501",
        "DELETE FROM annotation WHERE seq = 1501",
    ];
    for sql in tampers {
        let (file, journal, run) = File::with_a_run().await;
        journal.annotate(&run, 0, &many()).await.expect("it is empty");
        drop(journal);
        file.execute(
            "DROP TRIGGER annotation_is_never_changed; DROP TRIGGER annotation_is_never_deleted",
        )
        .await
        .expect("the guards are away");
        file.execute(sql).await.expect("nothing guards it");
        let again = SqliteJournal::open(file.path()).await.expect("it opens");
        let read = again.annotations(&run).await;
        assert!(matches!(read, Err(AnnotationsError::Broken { seq: 1501, .. })), "{sql}");
    }
}

#[tokio::test]
async fn an_attachment_that_was_changed_is_not_handed_out() {
    let (file, journal, run) = File::with_a_run().await;
    let hash = journal.keep(&run, b"a picture").await.expect("it is kept");
    file.execute("DROP TRIGGER attachment_is_never_changed; UPDATE attachment SET bytes = x'00'")
        .await
        .expect("the guards are away");
    let kept = journal.kept(&run, &hash).await;
    assert!(matches!(kept, Err(AnnotationsError::Spoilt { .. })), "{kept:?}");
}

#[tokio::test]
async fn a_journal_of_format_2_takes_annotations_once_it_was_opened() {
    let (file, journal, run) = File::with_a_run().await;
    drop(journal);
    file.execute(
        "DROP TABLE annotation; DROP TABLE attachment; DROP TABLE attestation; \
         DROP TABLE archive; PRAGMA user_version = 2",
    )
    .await
    .expect("an older version wrote it");
    let again = SqliteJournal::open(file.path()).await.expect("it opens");
    let entries = again.read(&run, 0).await.expect("the run is as it was");
    assert!(matches!(entries.first().map(|entry| &entry.event), Some(Event::Noted { .. })));
    again.annotate(&run, 0, &[star(1, 1)]).await.expect("it has the table now");
    let line = again.annotations(&run).await.expect("it holds").0;
    assert_eq!(line.first().and_then(|one| one.says.line()), Some(LineId::Entry(1)));
}
