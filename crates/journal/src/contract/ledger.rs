//! What every ledger promises.

use jiff::Timestamp;
use lastgood_core::catalog::Place;
use lastgood_core::ports::{Ledger, LedgerError};
use lastgood_core::release::{Ground, Lift, Named, Remark, Saying};

/// Every ledger passes this, the one in memory included. `ledger` must be empty.
///
/// # Panics
///
/// When a promise is broken; the message is the promise.
pub async fn ledger_contract<L: Ledger + ?Sized>(ledger: &L) {
    nothing_was_said_of_a_place_that_nobody_spoke_of(ledger).await;
    what_was_said_is_read_in_order(ledger).await;
    whoever_decided_on_old_grounds_is_refused(ledger).await;
    grounds_are_kept_apart(ledger).await;
    what_would_not_read_back_is_refused(ledger).await;
}

/// A remark about `v2`, `second` seconds into the suite's time, recorded a little later.
///
/// # Panics
///
/// Never: every such time exists.
#[must_use]
pub fn remark(second: u32, says: Saying) -> Remark {
    let milliseconds = 1_767_225_600_000 + i64::from(second) * 1000;
    let at = |late| Timestamp::from_millisecond(milliseconds + late).expect("a time in 2026");
    let release = Named {
        id: "checkout-7".into(),
        version: "v2".to_owned(),
        digest: None,
        commit: Some("c0ffee".to_owned()),
    };
    Remark { at: at(0), recorded_at: at(7), by: "ada".into(), release, says }
}

fn ground(world: &str, service: &str) -> Ground {
    let place = Place { service: service.into(), environment: "production".into() };
    Ground::live(world, &place)
}

fn good(reason: &str) -> Saying {
    Saying::MarkedGood { reason: reason.to_owned() }
}

async fn nothing_was_said_of_a_place_that_nobody_spoke_of<L: Ledger + ?Sized>(ledger: &L) {
    assert!(ledger.grounds().await.expect("an empty list").is_empty(), "the suite begins empty");
    let nowhere = ground("a", "nowhere");
    assert!(ledger.remarks(&nowhere).await.expect("nothing is an answer").is_empty());
    assert_eq!(ledger.remark(&nowhere, 0, &[]).await.expect("nothing is a legal remark"), 0);
    assert!(ledger.grounds().await.expect("still empty").is_empty(), "looking leaves nothing");
}

async fn what_was_said_is_read_in_order<L: Ledger + ?Sized>(ledger: &L) {
    let here = ground("a", "order");
    let run = "r-1".into();
    let written = [
        remark(1, good("quotes \" and \\, line\nbreak, nul \u{0}, family 👨‍👩‍👧")),
        remark(1, Saying::MarkedFaulty { reason: String::new() }),
        remark(0, Saying::Unmarked { reason: "oops".to_owned(), run: None }),
        remark(3, Saying::RolledBack { run, to: "v1".to_owned() }),
        remark(3, Saying::Culprit { run: "r-1".into(), why: "9 % failed".to_owned() }),
        remark(3, Saying::Verified { run: "r-1".into() }),
        remark(
            4,
            Saying::Locked {
                reason: "it eats orders".to_owned(),
                run: Some("r-1".into()),
                brings_back: vec!["an open rollout".to_owned()],
            },
        ),
        remark(5, Saying::LockLifted { lift: Lift::Reason { reason: "fixed".to_owned() } }),
        remark(
            6,
            Saying::LockLifted {
                lift: Lift::Fix {
                    fix: "f1".to_owned(),
                    candidate: "c2".to_owned(),
                    proof: "git".to_owned(),
                },
            },
        ),
    ];
    assert_eq!(ledger.remark(&here, 0, &written[..2]).await.expect("it is empty"), 2);
    assert_eq!(ledger.remark(&here, 2, &written[2..]).await.expect("both were seen"), 9);
    let read = ledger.remarks(&here).await.expect("the chain holds");
    assert_eq!(read, written, "the order is the ledger's, whatever the clocks say");
}

async fn whoever_decided_on_old_grounds_is_refused<L: Ledger + ?Sized>(ledger: &L) {
    let here = ground("a", "race");
    ledger.remark(&here, 0, &[remark(1, good("one"))]).await.expect("it is empty");
    let late = ledger.remark(&here, 0, &[remark(2, good("two"))]).await;
    assert!(
        matches!(late, Err(LedgerError::Moved { found: 1, .. })),
        "two that write at once must not both believe to be first: {late:?}"
    );
    let early = ledger.remark(&here, 2, &[remark(2, good("two"))]).await;
    assert!(matches!(early, Err(LedgerError::Moved { found: 1, .. })), "nobody saw the future");
    assert_eq!(ledger.remarks(&here).await.expect("it holds").len(), 1, "nothing was left behind");
}

async fn grounds_are_kept_apart<L: Ledger + ?Sized>(ledger: &L) {
    let (real, drill) = (ground("b", "apart"), ground("drill", "apart"));
    ledger.remark(&real, 0, &[remark(1, good("real"))]).await.expect("it is empty");
    assert!(
        ledger.remarks(&drill).await.expect("it is readable").is_empty(),
        "a drill is no proof"
    );
    ledger.remark(&drill, 0, &[remark(1, good("played"))]).await.expect("it is empty");
    let grounds = ledger.grounds().await.expect("they can be listed");
    assert!(grounds.is_sorted() && grounds.contains(&real) && grounds.contains(&drill));
    assert_eq!(ledger.remarks(&real).await.expect("it holds"), [remark(1, good("real"))]);
}

async fn what_would_not_read_back_is_refused<L: Ledger + ?Sized>(ledger: &L) {
    let here = ground("a", "whole");
    let both = [remark(1, good("one")), remark(2, Saying::Unknown)];
    assert!(ledger.remark(&here, 0, &both).await.is_err(), "a newer version's cannot be written");
    assert!(ledger.remarks(&here).await.expect("it holds").is_empty(), "all of them, or none");
}
