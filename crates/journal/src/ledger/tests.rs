use lastgood_core::catalog::Place;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};
use tempfile::TempDir;

use super::*;
use crate::chain::Line;
use crate::contract::{journal_contract, ledger_contract, note, remark};
use lastgood_core::ports::Journal as _;

struct File(TempDir);

impl File {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    fn path(&self) -> std::path::PathBuf {
        self.0.path().join("journal.db")
    }

    async fn open(&self) -> SqliteJournal {
        SqliteJournal::open(self.path()).await.expect("it opens")
    }

    async fn by_hand(&self) -> SqliteConnection {
        let options = SqliteConnectOptions::new().filename(self.path()).create_if_missing(true);
        options.connect().await.expect("it opens")
    }

    async fn execute(&self, sql: &'static str) -> Result<(), sqlx::Error> {
        let mut hand = self.by_hand().await;
        let done = sqlx::raw_sql(sql).execute(&mut hand).await.map(|_| ());
        hand.close().await.expect("it closes");
        done
    }
}

fn here() -> Ground {
    Ground::live("c", &Place { service: "checkout".into(), environment: "production".into() })
}

fn said(count: u32) -> Vec<Remark> {
    (1..=count)
        .map(|second| remark(second, Saying::MarkedGood { reason: format!("reason {second}") }))
        .collect()
}

#[tokio::test]
async fn the_ledger_keeps_its_contract() {
    ledger_contract(&File::new().open().await).await;
}

#[tokio::test]
async fn what_was_said_survives_a_restart() {
    let file = File::new();
    file.open().await.remark(&here(), 0, &said(3)).await.expect("it is empty");
    assert_eq!(file.open().await.remarks(&here()).await.expect("it holds"), said(3));
}

#[tokio::test]
async fn two_processes_never_both_write_the_next_remark() {
    let file = File::new();
    let (one, other) = (file.open().await, file.open().await);
    let (here, said) = (here(), said(1));
    let (a, b) = futures::join!(one.remark(&here, 0, &said), other.remark(&here, 0, &said));
    assert!(a.is_ok() != b.is_ok(), "one was first: {a:?} {b:?}");
}

#[tokio::test]
async fn the_file_itself_refuses_to_change_a_remark() {
    let file = File::new();
    file.open().await.remark(&here(), 0, &said(3)).await.expect("it is empty");
    for sql in [
        "UPDATE remark SET body = '{}' WHERE seq = 2",
        "DELETE FROM remark WHERE seq = 3",
        "INSERT INTO remark SELECT ground, 5, at, recorded_at, kind, version, body, hash \
         FROM remark WHERE seq = 3",
        "INSERT OR REPLACE INTO remark SELECT ground, 2, at, recorded_at, kind, version, body, \
         hash FROM remark WHERE seq = 3",
    ] {
        let refused = file.execute(sql).await.expect_err(sql);
        assert!(refused.to_string().contains("a remark"), "{sql}: {refused}");
    }
}

#[tokio::test]
async fn tampering_is_found_at_the_first_remark_that_is_wrong() {
    const UNLOCK: &str = "DROP TRIGGER remark_is_never_changed;
        DROP TRIGGER remark_is_never_deleted; DROP TRIGGER remark_comes_next;";
    for (sql, at) in [
        ("UPDATE remark SET body = replace(body, 'reason 2', 'reason 9') WHERE seq = 2", 2),
        ("UPDATE remark SET at = recorded_at WHERE seq = 3", 3),
        ("UPDATE remark SET kind = 'locked' WHERE seq = 1", 1),
        ("UPDATE remark SET version = 2 WHERE seq = 4", 4),
        ("DELETE FROM remark WHERE seq = 2", 2),
        ("UPDATE remark SET ground = '[\"live: c\",\"search\",\"production\"]'", 1),
    ] {
        let file = File::new();
        file.open().await.remark(&here(), 0, &said(4)).await.expect("it is empty");
        file.execute(UNLOCK).await.expect("nothing stops an owner");
        file.execute(sql).await.expect(sql);
        let journal = file.open().await;
        let grounds = journal.grounds().await.expect("they can be listed");
        let found = journal.remarks(&grounds[0]).await;
        assert!(
            matches!(found, Err(LedgerError::Broken { seq, .. }) if seq == at),
            "{sql}: {found:?}"
        );
        let more = journal.remark(&grounds[0], 4, &said(1)).await;
        assert!(matches!(more, Err(LedgerError::Broken { .. })), "nothing is put behind it");
    }
}

#[tokio::test]
async fn a_remark_of_a_newer_version_is_known_by_its_release_and_nothing_else() {
    let file = File::new();
    let journal = file.open().await;
    journal.remark(&here(), 0, &said(1)).await.expect("it is empty");
    let key = name(&here()).expect("it is JSON");
    let (_, hash) =
        walk(&mut *journal.store.reader.lock().await, &key).await.ok().expect("it holds");
    let later = remark(2, Saying::Unknown);
    let body = serde_json::to_string(&later)
        .expect("it is JSON")
        .replace("{\"says\":\"unknown\"}", "{\"says\":\"revoked\",\"until\":7}");
    let (at, recorded) = (later.at.to_string(), later.recorded_at.to_string());
    let line =
        Line { seq: 2, at: &at, recorded_at: &recorded, kind: "revoked", version: 2, body: &body };
    let hash = chain::link(&hash, &line.leaf());
    let mut hand = file.by_hand().await;
    sqlx::query(APPEND)
        .bind(&key)
        .bind(2)
        .bind(line.at)
        .bind(line.recorded_at)
        .bind(line.kind)
        .bind(line.version)
        .bind(line.body)
        .bind(&hash[..])
        .execute(&mut hand)
        .await
        .expect("it comes next");
    let read = journal.remarks(&here()).await.expect("the chain holds");
    assert_eq!(read, [said(1), vec![later]].concat());
}

#[tokio::test]
async fn a_journal_of_the_first_format_keeps_its_runs_and_gets_a_ledger() {
    let file = File::new();
    let journal = file.open().await;
    let (_, head) = journal.create(&"r-1".into(), &[note(1, "old")]).await.expect("a new run");
    drop(journal);
    file.execute(
        "DROP TABLE remark; DROP TABLE annotation; DROP TABLE attachment; DROP TABLE attestation; \
         DROP TABLE archive; PRAGMA user_version = 1;",
    )
    .await
    .expect("as it was");
    let journal = file.open().await;
    assert_eq!(journal.verify(&"r-1".into()).await.expect("it holds"), head);
    journal.remark(&here(), 0, &said(1)).await.expect("it has a ledger now");
}

#[tokio::test]
async fn a_file_with_a_ledger_is_still_a_whole_journal() {
    journal_contract(&File::new().open().await).await;
}
