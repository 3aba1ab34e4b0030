use lastgood_core::time::{Millis, later};

use super::*;

fn wall() -> Wall {
    Arc::new(|| Timestamp::UNIX_EPOCH)
}

fn second(n: u64) -> Timestamp {
    later(practice_epoch(), Millis::seconds(n))
}

#[test]
fn a_drill_begins_on_a_monday_morning() {
    assert_eq!(practice_epoch().to_string(), "2026-03-02T09:00:00Z", "exports depend on it");
}

#[tokio::test]
async fn a_stepped_clock_is_there_at_once_and_never_goes_back() {
    let clock = SteppedClock::new(practice_epoch(), wall());
    clock.sleep_until(second(3_600)).await;
    assert_eq!(clock.now(), second(3_600), "waiting moves it");
    clock.sleep_until(second(10)).await;
    assert_eq!(clock.now(), second(3_600), "the past is not waited for");
    assert_eq!(clock.wall(), Timestamp::UNIX_EPOCH, "the wall is not its business");
}

#[tokio::test]
async fn a_deadline_does_not_overtake_the_work_that_it_guards() {
    for deadline_first in [true, false] {
        let clock = SteppedClock::new(practice_epoch(), wall());
        let work = async {
            for step in 1..=5 {
                clock.sleep_until(second(step)).await;
            }
        };
        let deadline = clock.sleep_until(second(60));
        let in_time = if deadline_first {
            tokio::select! { biased; () = deadline => false, () = work => true }
        } else {
            tokio::select! { biased; () = work => true, () = deadline => false }
        };
        assert!(in_time, "five seconds of work end before the sixtieth");
        assert_eq!(clock.now(), second(5), "and the clock went no further");
    }
}

#[tokio::test]
async fn a_waiter_that_gave_up_does_not_hold_the_clock() {
    let clock = SteppedClock::new(practice_epoch(), wall());
    tokio::select! { biased; () = clock.sleep_until(second(5)) => {}, () = async {} => {} }
    clock.sleep_until(second(60)).await;
    assert_eq!(clock.now(), second(60), "nobody waits for the fifth second any more");
}

#[tokio::test]
async fn a_paced_clock_flows_faster_than_the_wall() {
    let clock = PacedClock::new(practice_epoch(), 500.0, wall());
    clock.sleep_until(second(5)).await;
    assert!(clock.now() >= second(5), "five seconds have passed, in ten milliseconds");
    let before = clock.now();
    assert!(clock.now() >= before, "it never goes back");
}

#[tokio::test]
async fn a_paused_clock_stands_and_goes_on_from_where_it_stood() {
    let clock = Arc::new(PacedClock::new(practice_epoch(), 1_000.0, wall()));
    clock.pause();
    let stood = clock.now();
    assert!(clock.is_paused());
    let waiting = tokio::spawn({
        let clock = clock.clone();
        async move { clock.sleep_until(later(stood, Millis::seconds(3))).await }
    });
    clock.sleep_until(stood).await;
    // The waiter gets every chance to run ahead.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(clock.now(), stood, "nothing moves it while it stands");
    assert!(!waiting.is_finished(), "and nobody gets past it");
    clock.go_on();
    waiting.await.expect("it is let go");
    assert!(clock.now() >= later(stood, Millis::seconds(3)));
}

#[tokio::test]
async fn another_speed_counts_from_now_on_also_for_who_waits_already() {
    let clock = Arc::new(PacedClock::new(practice_epoch(), 0.01, wall()));
    let waiting = tokio::spawn({
        let clock = clock.clone();
        async move { clock.sleep_until(second(60)).await }
    });
    tokio::task::yield_now().await;
    clock.set_speed(1_000.0);
    let turned = clock.now();
    assert!(turned < second(60), "what went by before went by slowly");
    waiting.await.expect("at the old speed this would take a hundred minutes");
    clock.set_speed(f64::NAN);
    assert!((clock.speed() - 1.0).abs() < 1e-9, "held as at the start");
}

#[test]
fn a_paced_clock_refuses_to_stand_still() {
    for (asked, given) in [(0.0, 0.01), (-3.0, 0.01), (f64::NAN, 1.0), (1e9, 1_000.0), (8.0, 8.0)] {
        let clock = PacedClock::new(practice_epoch(), asked, wall());
        assert!((clock.speed() - given).abs() < 1e-9, "{asked} becomes {given}");
    }
}
