//! What every journal promises, durable or not, as one suite.

mod annotations;
mod ledger;

use jiff::Timestamp;
use lastgood_core::name::RunId;
use lastgood_core::ports::{Head, Journal, JournalError, Lease, Stamped};
use lastgood_core::run::{Entry, Event};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

pub use annotations::{annotations_contract, star};
pub use ledger::{ledger_contract, remark};

/// Every journal passes this, the one in memory included. `journal` must be empty.
///
/// # Panics
///
/// When a promise is broken; the message is the promise.
pub async fn journal_contract<J: Journal + ?Sized>(journal: &J) {
    nothing_is_known_of_a_run_that_nobody_created(journal).await;
    what_was_appended_is_read_in_order(journal).await;
    a_run_is_created_once(journal).await;
    only_the_newest_lease_appends(journal).await;
    a_lease_that_was_given_back_appends_nothing(journal).await;
    what_would_not_read_back_is_refused(journal).await;
    runs_are_listed_newest_first_and_apart(journal).await;
}

/// A note, `second` seconds into the suite's time, recorded a little later.
///
/// # Panics
///
/// Never: every such time exists.
#[must_use]
pub fn note(second: u32, text: &str) -> Stamped {
    let milliseconds = 1_767_225_600_000 + i64::from(second) * 1000;
    let at = |late| Timestamp::from_millisecond(milliseconds + late).expect("a time in 2026");
    let event = Event::Noted { by: "ada".into(), text: text.to_owned() };
    Stamped { at: at(0), recorded_at: at(7), event }
}

fn entry(seq: u64, stamped: &Stamped) -> Entry {
    let Stamped { at, recorded_at, event } = stamped.clone();
    Entry { seq, at, recorded_at, event }
}

async fn head_of<J: Journal + ?Sized>(journal: &J, run: &RunId) -> (Head, bool) {
    let runs = journal.runs().await.expect("runs can be listed");
    let record = runs.into_iter().find(|record| record.run == *run).expect("the run is listed");
    (record.head, record.driven)
}

async fn nothing_is_known_of_a_run_that_nobody_created<J: Journal + ?Sized>(journal: &J) {
    let run = RunId::new("contract-nobody");
    let lease = Lease { run: run.clone(), token: 1 };
    let unknown = |error: Option<JournalError>| matches!(error, Some(JournalError::NoSuchRun { run: named }) if named == run);
    assert!(journal.runs().await.expect("an empty list").is_empty(), "the suite begins empty");
    assert!(unknown(journal.read(&run, 0).await.err()), "it cannot be read");
    assert!(unknown(journal.lease(&run).await.err()), "it cannot be leased");
    let appended = journal.append(&lease, &[note(0, "lost")]).await;
    assert!(unknown(appended.err()), "an append must not create a run");
    assert!(journal.create(&run, &[]).await.is_err(), "a run without an entry has no plan");
    assert!(unknown(journal.read(&run, 0).await.err()), "what was refused left nothing behind");
}

async fn what_was_appended_is_read_in_order<J: Journal + ?Sized>(journal: &J) {
    let run = RunId::new("contract-order");
    let written = [
        note(1, "one"),
        note(2, "two"),
        // The clock of a run may stand still or step back; the order is the journal's.
        note(2, "quotes \" and \\, line\nbreak, nul \u{0}, ligature ﬁ, family 👨‍👩‍👧"),
        note(1, ""),
        note(5, "five"),
    ];
    let all: Vec<Entry> = (1..).zip(&written).map(|(seq, stamped)| entry(seq, stamped)).collect();

    let (lease, first) = journal.create(&run, &written[..2]).await.expect("a new run");
    assert_eq!(first.seq, 2, "both first entries are in");
    let second = journal.append(&lease, &written[2..4]).await.expect("the lease is newest");
    let third = journal.append(&lease, &written[4..]).await.expect("the lease is newest");
    assert_eq!((second.seq, third.seq), (4, 5), "numbers go on without a gap");
    assert!(first.hash != second.hash && second.hash != third.hash, "every append moves the head");
    assert_eq!(third.hash.len(), 64, "a head is a SHA-256 in hex");

    let same = journal.append(&lease, &[]).await.expect("nothing is a legal append");
    assert_eq!(same, third, "appending nothing changes nothing");
    assert_eq!(head_of(journal, &run).await, (third, true), "the list knows the same head");

    for after in 0..=5_u64 {
        let read = journal.read(&run, after).await.expect("the chain holds");
        let rest: Vec<Entry> = all.iter().filter(|entry| entry.seq > after).cloned().collect();
        assert_eq!(read, rest, "what is read after {after} is what was written after it");
    }
    for after in [6, u64::MAX] {
        let read = journal.read(&run, after).await.expect("the chain holds");
        assert!(read.is_empty(), "there is nothing after the end");
    }
    journal.release(lease).await.expect("it was held");
}

async fn a_run_is_created_once<J: Journal + ?Sized>(journal: &J) {
    let run = RunId::new("contract-once");
    let (lease, head) = journal.create(&run, &[note(10, "first")]).await.expect("a new run");
    let again = journal.create(&run, &[note(11, "second")]).await;
    assert!(
        matches!(again, Err(JournalError::Exists { run: named }) if named == run),
        "two runs of one name would mix"
    );
    assert_eq!(head_of(journal, &run).await, (head, true), "the refusal changed nothing");
    let still = journal.append(&lease, &[note(12, "third")]).await;
    assert_eq!(still.expect("the first lease is untouched").seq, 2);
    journal.release(lease).await.expect("it was held");
}

async fn only_the_newest_lease_appends<J: Journal + ?Sized>(journal: &J) {
    let run = RunId::new("contract-fence");
    let (old, _) = journal.create(&run, &[note(20, "first")]).await.expect("a new run");
    let new = journal.lease(&run).await.expect("only another process would be refused");
    assert!(new.token > old.token, "the token grows with every lease");

    let late = journal.append(&old, &[note(21, "late")]).await;
    assert!(
        matches!(late, Err(JournalError::Fenced { run: named }) if named == run),
        "whoever was taken over must not write any more"
    );
    let forged = Lease { token: new.token + 1, ..new.clone() };
    let early = journal.append(&forged, &[note(21, "early")]).await;
    assert!(matches!(early, Err(JournalError::Fenced { .. })), "nobody has this lease yet");

    journal.release(old).await.expect("an old lease is nothing to give back");
    assert!(head_of(journal, &run).await.1, "the newer lease is not touched by that");
    let head = journal.append(&new, &[note(22, "on time")]).await.expect("the lease is newest");
    assert_eq!(head.seq, 2, "the refused appends left nothing behind");
    journal.release(new).await.expect("it was held");
}

async fn a_lease_that_was_given_back_appends_nothing<J: Journal + ?Sized>(journal: &J) {
    let run = RunId::new("contract-release");
    let (first, _) = journal.create(&run, &[note(30, "first")]).await.expect("a new run");
    journal.release(first.clone()).await.expect("it was held");
    assert!(!head_of(journal, &run).await.1, "nobody drives it now");
    let late = journal.append(&first, &[note(31, "late")]).await;
    assert!(matches!(late, Err(JournalError::Fenced { .. })), "the right was given back");

    let second = journal.lease(&run).await.expect("nobody drives it");
    assert!(second.token > first.token, "the token grows with every lease");
    assert!(head_of(journal, &run).await.1, "somebody drives it again");
    journal.release(second).await.expect("it was held");
}

async fn what_would_not_read_back_is_refused<J: Journal + ?Sized>(journal: &J) {
    let run = RunId::new("contract-whole");
    let (lease, head) = journal.create(&run, &[note(40, "first")]).await.expect("a new run");
    let unknown = Stamped { event: Event::Unknown, ..note(41, "") };
    let refused = journal.append(&lease, &[note(41, "good"), unknown]).await;
    assert!(refused.is_err(), "an event of a newer version cannot be written by this one");
    assert_eq!(head_of(journal, &run).await.0, head, "all of the events are in, or none");
    journal.release(lease).await.expect("it was held");
}

async fn runs_are_listed_newest_first_and_apart<J: Journal + ?Sized>(journal: &J) {
    let names = ["contract-list-b", "contract-list-c", "contract-list-a"];
    for (second, name) in (50..).zip(names) {
        let first = note(second, name);
        let (lease, _) = journal.create(&name.into(), &[first]).await.expect("a new run");
        journal.release(lease).await.expect("it was held");
    }
    let runs = journal.runs().await.expect("runs can be listed");
    let newest: Vec<&str> = runs.iter().take(3).map(|record| record.run.as_str()).collect();
    assert_eq!(newest, ["contract-list-a", "contract-list-c", "contract-list-b"], "newest first");
    for (second, (record, name)) in (50..).zip(runs[..3].iter().rev().zip(names)) {
        let first = note(second, name);
        assert_eq!(record.created_at, first.recorded_at, "created when its first entry was made");
        let read = journal.read(&record.run, 0).await.expect("the chain holds");
        assert_eq!(read, [entry(1, &first)], "a run has its own entries only");
    }
}

/// Runs statements on the journal at `path` past all that guards it, as its owner can with a
/// database browser.
///
/// # Panics
///
/// When there is no journal, or a statement fails.
pub async fn edited_by_hand(path: &std::path::Path, statements: &'static str) {
    let options = SqliteConnectOptions::new().filename(path);
    let mut hand = options.connect().await.expect("it opens");
    sqlx::raw_sql(statements).execute(&mut hand).await.expect("nothing stops an owner");
    hand.close().await.expect("it closes");
}
