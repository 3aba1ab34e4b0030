//! The clocks of drills: one that jumps, for drills that play themselves, and one that
//! flows faster than the wall's, for drills with a person in them.

mod paced;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;
use lastgood_core::ports::Clock;

pub use paced::PacedClock;

/// Tells the time on the wall. The host supplies it.
pub type Wall = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// When every drill begins: 2026-03-02T09:00:00Z, a Monday morning. It is fixed so that
/// the same seed gives the same export.
#[must_use]
pub const fn practice_epoch() -> Timestamp {
    Timestamp::constant(1_772_442_000, 0)
}

/// A clock that stands still until somebody waits, and then is there at once.
///
/// When several wait at the same time, it goes to the earliest of them first, so that a
/// deadline does not overtake the work that it guards.
pub struct SteppedClock {
    wall: Wall,
    hands: Mutex<Hands>,
}

struct Hands {
    now: Timestamp,
    /// Who waits for when; the number only tells two waiters for one moment apart.
    waiting: BTreeSet<(Timestamp, u64)>,
    next: u64,
}

impl SteppedClock {
    /// Stands at `origin`.
    #[must_use]
    pub const fn new(origin: Timestamp, wall: Wall) -> Self {
        let hands = Hands { now: origin, waiting: BTreeSet::new(), next: 0 };
        Self { wall, hands: Mutex::new(hands) }
    }

    fn hands(&self) -> std::sync::MutexGuard<'_, Hands> {
        self.hands.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for SteppedClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SteppedClock").field("now", &self.now()).finish_non_exhaustive()
    }
}

/// Takes a waiter off the clock, also when it is dropped half-way.
struct Waiter<'a> {
    clock: &'a SteppedClock,
    slot: (Timestamp, u64),
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        self.clock.hands().waiting.remove(&self.slot);
    }
}

#[async_trait]
impl Clock for SteppedClock {
    fn now(&self) -> Timestamp {
        self.hands().now
    }

    fn wall(&self) -> Timestamp {
        (self.wall)()
    }

    async fn sleep_until(&self, at: Timestamp) {
        let waiter = {
            let mut hands = self.hands();
            if hands.now >= at {
                return;
            }
            let slot = (at, hands.next);
            hands.next += 1;
            hands.waiting.insert(slot);
            Waiter { clock: self, slot }
        };
        loop {
            // Whoever else is about to wait gets the chance to say so first.
            tokio::task::yield_now().await;
            let mut hands = self.hands();
            let first = hands.waiting.first().copied();
            if first.is_none_or(|first| first >= waiter.slot) {
                hands.now = hands.now.max(at);
            }
            if hands.now >= at {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests;
