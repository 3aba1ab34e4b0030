//! The clocks of drills: one that jumps, for drills that play themselves, and one that
//! flows faster than the wall's, for drills with a person in them.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use jiff::Timestamp;
use lastgood_core::ports::Clock;

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

/// A clock that flows `speed` times as fast as real time.
pub struct PacedClock {
    wall: Wall,
    origin: Timestamp,
    started: Instant,
    speed: f64,
}

/// The slowest and the fastest that a paced clock may flow: a clock that stands would
/// never let a waiter go, and beyond a thousandfold the machine's own timer is too coarse.
const SPEEDS: (f64, f64) = (0.01, 1_000.0);

impl PacedClock {
    /// Starts at `origin`, now. `speed` is held between a hundredth and a thousand.
    #[must_use]
    pub fn new(origin: Timestamp, speed: f64, wall: Wall) -> Self {
        let speed = if speed.is_nan() { 1.0 } else { speed.clamp(SPEEDS.0, SPEEDS.1) };
        Self { wall, origin, started: Instant::now(), speed }
    }

    /// How many times as fast as real time it flows.
    #[must_use]
    pub const fn speed(&self) -> f64 {
        self.speed
    }
}

impl fmt::Debug for PacedClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PacedClock")
            .field("now", &self.now())
            .field("speed", &self.speed)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Clock for PacedClock {
    fn now(&self) -> Timestamp {
        let gone = self.started.elapsed().as_secs_f64() * self.speed;
        let gone = Duration::try_from_secs_f64(gone).unwrap_or(Duration::MAX);
        self.origin.checked_add(gone).unwrap_or(Timestamp::MAX)
    }

    fn wall(&self) -> Timestamp {
        (self.wall)()
    }

    async fn sleep_until(&self, at: Timestamp) {
        loop {
            let Ok(left) = Duration::try_from(at.duration_since(self.now())) else { return };
            if left.is_zero() {
                return;
            }
            let real = left.as_secs_f64() / self.speed;
            // Timers end on whole milliseconds; a shorter wait would spin.
            let real = Duration::try_from_secs_f64(real).unwrap_or(Duration::MAX);
            tokio::time::sleep(real.max(Duration::from_millis(1))).await;
        }
    }
}

#[cfg(test)]
mod tests;
