//! The clock of a drill with a person in it. Whoever presents the drill can stop it, let it
//! go on, and make it faster or slower; it never goes back.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use jiff::Timestamp;
use lastgood_core::ports::Clock;
use tokio::sync::Notify;

use super::Wall;

/// A clock that flows `speed` times as fast as real time.
pub struct PacedClock {
    wall: Wall,
    tempo: Mutex<Tempo>,
    /// Wakes whoever waits, because the tempo is another one now.
    turned: Notify,
}

/// How it flows since the last time that anybody changed it.
#[derive(Clone, Copy, Debug)]
struct Tempo {
    origin: Timestamp,
    started: Instant,
    speed: f64,
    paused: bool,
}

/// The slowest and the fastest that a paced clock may flow: below a hundredth it looks as
/// if it stood, and beyond a thousandfold the machine's own timer is too coarse.
const SPEEDS: (f64, f64) = (0.01, 1_000.0);

impl Tempo {
    fn now(&self) -> Timestamp {
        if self.paused {
            return self.origin;
        }
        let gone = self.started.elapsed().as_secs_f64() * self.speed;
        let gone = Duration::try_from_secs_f64(gone).unwrap_or(Duration::MAX);
        self.origin.checked_add(gone).unwrap_or(Timestamp::MAX)
    }
}

impl PacedClock {
    /// Starts at `origin`, now. `speed` is held between a hundredth and a thousand.
    #[must_use]
    pub fn new(origin: Timestamp, speed: f64, wall: Wall) -> Self {
        let tempo = Tempo { origin, started: Instant::now(), speed: within(speed), paused: false };
        Self { wall, tempo: Mutex::new(tempo), turned: Notify::new() }
    }

    /// How many times as fast as real time it flows, while it does.
    #[must_use]
    pub fn speed(&self) -> f64 {
        self.tempo().speed
    }

    /// Whether it stands still.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.tempo().paused
    }

    /// Stops it where it is. Whoever waits for a later moment waits until it goes on.
    pub fn pause(&self) {
        self.turn(|tempo| tempo.paused = true);
    }

    /// Lets it go on from where it was stopped.
    pub fn go_on(&self) {
        self.turn(|tempo| tempo.paused = false);
    }

    /// Makes it flow `speed` times as fast as real time from now on, held as in
    /// [`PacedClock::new`]. One that stands goes on standing.
    pub fn set_speed(&self, speed: f64) {
        self.turn(|tempo| tempo.speed = within(speed));
    }

    fn turn(&self, turn: impl FnOnce(&mut Tempo)) {
        {
            let mut tempo = self.tempo();
            tempo.origin = tempo.now();
            tempo.started = Instant::now();
            turn(&mut tempo);
        }
        self.turned.notify_waiters();
    }

    fn tempo(&self) -> MutexGuard<'_, Tempo> {
        self.tempo.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn within(speed: f64) -> f64 {
    if speed.is_nan() { 1.0 } else { speed.clamp(SPEEDS.0, SPEEDS.1) }
}

impl fmt::Debug for PacedClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tempo = *self.tempo();
        f.debug_struct("PacedClock")
            .field("now", &tempo.now())
            .field("speed", &tempo.speed)
            .field("paused", &tempo.paused)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Clock for PacedClock {
    fn now(&self) -> Timestamp {
        self.tempo().now()
    }

    fn wall(&self) -> Timestamp {
        (self.wall)()
    }

    async fn sleep_until(&self, at: Timestamp) {
        loop {
            // Asked for before the tempo is read, so that no change falls in between.
            let turned = self.turned.notified();
            let tempo = *self.tempo();
            let Ok(left) = Duration::try_from(at.duration_since(tempo.now())) else { return };
            if left.is_zero() {
                return;
            }
            if tempo.paused {
                turned.await;
                continue;
            }
            let real = left.as_secs_f64() / tempo.speed;
            // Timers end on whole milliseconds; a shorter wait would spin.
            let real = Duration::try_from_secs_f64(real).unwrap_or(Duration::MAX);
            tokio::select! {
                () = turned => {}
                () = tokio::time::sleep(real.max(Duration::from_millis(1))) => {}
            }
        }
    }
}
