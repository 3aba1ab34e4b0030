//! Requests at an even pace, for a bounded time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::error::BedError;

/// How many requests may be in flight. At 100 requests a second and 800 ms each that
/// is enough; a service that hangs is not buried in connections.
const IN_FLIGHT: usize = 128;

/// No request takes longer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// What the callers saw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Answers with a status below 500.
    pub good: u64,
    /// Answers with 500 and above, and requests without an answer.
    pub bad: u64,
    /// Requests that were not sent because too many were in flight.
    pub withheld: u64,
}

#[derive(Debug, Default)]
struct Counts {
    good: AtomicU64,
    bad: AtomicU64,
    withheld: AtomicU64,
}

/// A running load; it ends after its time, or with this value.
#[derive(Debug)]
pub struct Load {
    counts: Arc<Counts>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Load {
    /// Sends `per_second` GET requests to `url` each second, for no longer than `at_most`.
    pub fn start(url: &str, per_second: u32, at_most: Duration) -> Result<Self, BedError> {
        let http = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .no_proxy()
            .build()
            .map_err(BedError::HttpClient)?;
        let counts = Arc::new(Counts::default());
        let stop = CancellationToken::new();
        let sending = send(http, url.to_owned(), per_second.max(1), Arc::clone(&counts));
        let stopped = stop.clone();
        let task = tokio::spawn(async move {
            tokio::select! {
                () = sending => {}
                () = stopped.cancelled() => {}
                () = tokio::time::sleep(at_most) => {}
            }
        });
        Ok(Self { counts, stop, task })
    }

    /// What the callers saw so far.
    pub fn tally(&self) -> Tally {
        Tally {
            good: self.counts.good.load(Ordering::Relaxed),
            bad: self.counts.bad.load(Ordering::Relaxed),
            withheld: self.counts.withheld.load(Ordering::Relaxed),
        }
    }

    /// Whether its time is over.
    pub fn is_over(&self) -> bool {
        self.task.is_finished()
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

async fn send(http: reqwest::Client, url: String, per_second: u32, counts: Arc<Counts>) {
    let slots = Arc::new(Semaphore::new(IN_FLIGHT));
    let mut pace = tokio::time::interval(Duration::from_secs(1) / per_second);
    // A late machine sends less; it does not catch up in a burst.
    pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    loop {
        pace.tick().await;
        let Ok(slot) = Arc::clone(&slots).try_acquire_owned() else {
            counts.withheld.fetch_add(1, Ordering::Relaxed);
            continue;
        };
        let request = http.get(&url);
        let counts = Arc::clone(&counts);
        tokio::spawn(async move {
            let fine = match request.send().await {
                // The body is read to its end, so that the connection can be used again.
                Ok(reply) if !reply.status().is_server_error() => reply.bytes().await.is_ok(),
                Ok(_) | Err(_) => false,
            };
            let count = if fine { &counts.good } else { &counts.bad };
            count.fetch_add(1, Ordering::Relaxed);
            drop(slot);
        });
    }
}
