use lastgood_core::catalog::Place;
use lastgood_core::checklist::PersonAnswer;
use lastgood_core::ports::Ledger as _;
use lastgood_core::release::Saying;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};
use tempfile::TempDir;

use super::*;
use crate::contract::remark;

struct File(TempDir);

impl File {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    async fn open(&self) -> SqliteJournal {
        SqliteJournal::open(self.0.path().join("journal.db")).await.expect("it opens")
    }

    async fn execute(&self, sql: &'static str) -> Result<(), sqlx::Error> {
        let options = SqliteConnectOptions::new().filename(self.0.path().join("journal.db"));
        let mut hand = options.connect().await.expect("it opens");
        let done = sqlx::raw_sql(sql).execute(&mut hand).await.map(|_| ());
        hand.close().await.expect("it closes");
        done
    }
}

fn here() -> Ground {
    Ground::live("c", &Place { service: "checkout".into(), environment: "production".into() })
}

/// An answer to `item`, `second` seconds into the suite's time.
fn answer(second: u32, item: &str) -> Attestation {
    let remark = remark(second, Saying::MarkedGood { reason: String::new() });
    Attestation {
        at: remark.at,
        recorded_at: remark.recorded_at,
        by: "ada".into(),
        says: Stated::Answered {
            item: item.into(),
            asked: "Requests are traced".to_owned(),
            answer: PersonAnswer::NotApplicable,
            note: "quotes \" and \\, line\nbreak, family 👨‍👩‍👧".to_owned(),
        },
    }
}

#[tokio::test]
async fn answers_are_read_in_order_and_survive_a_restart() {
    let file = File::new();
    let written = [answer(1, "tracing"), answer(2, "alerts"), answer(3, "tracing")];
    let journal = file.open().await;
    assert_eq!(journal.attestations(&here()).await.expect("nothing is an answer"), []);
    assert_eq!(journal.attest(&here(), 0, &written[..2]).await.expect("it is empty"), 2);
    assert_eq!(journal.attest(&here(), 2, &written[2..]).await.expect("nobody else wrote"), 3);
    drop(journal);
    assert_eq!(file.open().await.attestations(&here()).await.expect("it holds"), written);
}

#[tokio::test]
async fn whoever_answers_on_an_old_list_is_refused_and_nothing_is_half_written() {
    let journal = File::new().open().await;
    journal.attest(&here(), 0, &[answer(1, "tracing")]).await.expect("it is empty");
    let late = journal.attest(&here(), 0, &[answer(2, "tracing")]).await;
    assert!(matches!(late, Err(LedgerError::Moved { found: 1, .. })), "{late:?}");
    let newer = Attestation { says: Stated::Unknown, ..answer(3, "tracing") };
    assert!(journal.attest(&here(), 1, &[answer(3, "tracing"), newer]).await.is_err());
    assert_eq!(journal.attestations(&here()).await.expect("it holds").len(), 1);
}

#[tokio::test]
async fn answers_and_remarks_about_one_place_are_apart() {
    let journal = File::new().open().await;
    let good = remark(1, Saying::MarkedGood { reason: "it served".to_owned() });
    journal.remark(&here(), 0, &[good]).await.expect("it is empty");
    journal.attest(&here(), 0, &[answer(1, "tracing")]).await.expect("it is empty as well");
    assert_eq!(journal.remarks(&here()).await.expect("it holds").len(), 1);
    assert_eq!(journal.attestations(&here()).await.expect("it holds").len(), 1);
}

#[tokio::test]
async fn the_file_refuses_to_change_or_drop_an_answer() {
    let file = File::new();
    file.open().await.attest(&here(), 0, &[answer(1, "tracing")]).await.expect("it is empty");
    for sql in [
        "UPDATE attestation SET body = '{}'",
        "DELETE FROM attestation",
        "INSERT INTO attestation SELECT ground, 9, at, recorded_at, kind, version, body, hash FROM attestation",
    ] {
        assert!(file.execute(sql).await.is_err(), "{sql}");
    }
}

#[tokio::test]
async fn an_answer_that_was_turned_around_is_found_out_by_the_chain() {
    for sql in [
        "DROP TRIGGER attestation_is_never_changed; \
         UPDATE attestation SET body = replace(body, 'not-applicable', 'yes')",
        "DROP TRIGGER attestation_is_never_deleted; DELETE FROM attestation WHERE seq = 1",
    ] {
        let file = File::new();
        let journal = file.open().await;
        let written = [answer(1, "tracing"), answer(2, "alerts")];
        journal.attest(&here(), 0, &written).await.expect("it is empty");
        drop(journal);
        file.execute(sql).await.expect("the guards are away");
        let read = file.open().await.attestations(&here()).await;
        assert!(matches!(read, Err(LedgerError::Broken { .. })), "{sql}: {read:?}");
    }
}

#[tokio::test]
async fn answers_that_were_moved_to_another_service_do_not_hold_there() {
    let file = File::new();
    let journal = file.open().await;
    journal.attest(&here(), 0, &[answer(1, "tracing")]).await.expect("it is empty");
    drop(journal);
    file.execute(
        "DROP TRIGGER attestation_is_never_changed; \
         UPDATE attestation SET ground = replace(ground, 'checkout', 'search')",
    )
    .await
    .expect("the guards are away");
    let mut there = here();
    there.place.service = "search".into();
    let read = file.open().await.attestations(&there).await;
    assert!(matches!(read, Err(LedgerError::Broken { seq: 1, .. })), "{read:?}");
}

#[tokio::test]
async fn a_journal_of_an_older_format_takes_answers_once_it_was_opened() {
    let file = File::new();
    drop(file.open().await);
    file.execute("DROP TABLE attestation; DROP TABLE archive; PRAGMA user_version = 3")
        .await
        .expect("an older version wrote it");
    let again = file.open().await;
    assert_eq!(again.attest(&here(), 0, &[answer(1, "tracing")]).await.expect("it has it now"), 1);
}
