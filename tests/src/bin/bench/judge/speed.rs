//! What one tick costs where a thousand series are judged at once.

use std::time::{Duration, Instant};

use lastgood_core::judge::Counts;
use lastgood_core::judge::sequential::{Policy, Settings, Tick};

use crate::sample::{Sample, text};

const SERIES: u64 = 1_000;
const TICKS: u64 = 200;
const GOAL: Duration = Duration::from_millis(10);

pub(crate) fn measure() {
    let mut policies: Vec<Policy> =
        (0..SERIES).map(|_| Policy::new(Settings::errors(0.001))).collect();
    let taken: Vec<Duration> = (0..TICKS)
        .map(|tick| {
            let began = Instant::now();
            for (series, policy) in (0_u64..).zip(&mut policies) {
                // Bad requests in most ticks: the case in which all evidence is weighed.
                policy.take(Tick {
                    canary: Some(Counts { total: 100, bad: (tick + series) % 2 }),
                    baseline: Some(Counts { total: 900, bad: (tick + series) % 3 }),
                });
            }
            began.elapsed()
        })
        .collect();
    let sample = Sample::new(taken);
    println!("judging {SERIES} series, one tick (goal {})", text(GOAL));
    println!("  all of them           {}\n", sample.line());
}
