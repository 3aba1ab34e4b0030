//! What is simulated: traffic, the canary's share of it, what goes wrong, and what makes
//! it hard to see.

use std::fmt;

/// What goes wrong, from the start of the rollout unless it says otherwise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Fault {
    /// Nothing: the canary is as good as the old release.
    Nothing,
    /// Both fail 5 % for five minutes: something that they share.
    Shared,
    /// The canary fails this share more.
    Step(f64),
    /// The canary's errors grow to 5 % within 20 minutes.
    Ramp,
    /// The canary's errors grow and fall with its memory: half an hour to a restart.
    Leak,
    /// The canary fails 10 % for five minutes.
    Blip,
    /// The canary takes so many times longer. Counted are requests beyond the old
    /// release's 95th percentile.
    Slower(f64),
}

/// What makes it hard to see.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Stress {
    /// Nothing.
    Nothing,
    /// Pods of one release differ: the logarithm of their error rate has this deviation.
    Pods(f64),
    /// Errors come in clumps of so many on average, some of one and some of three times that.
    Clumps(f64),
    /// The same, and nothing is known from before the rollout.
    Unknown(f64),
    /// Every tenth scrape fails; the next one brings the counts of both.
    Scrapes,
    /// Counters of both start again at zero every ten minutes or so.
    Resets,
    /// Nothing is ever known of the canary.
    NoData,
}

/// One cell of the grid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cell {
    /// Requests per second of the whole service.
    pub(super) rate: f64,
    /// The canary's share of them.
    pub(super) weight: f64,
    /// What goes wrong.
    pub(super) fault: Fault,
    /// What makes it hard to see.
    pub(super) stress: Stress,
    /// How many rollouts.
    pub(super) runs: u64,
}

pub(super) const RATES: [f64; 4] = [0.2, 1.0, 10.0, 100.0];
pub(super) const WEIGHTS: [f64; 3] = [0.05, 0.10, 0.50];
pub(super) const FAULTS: [Fault; 15] = [
    Fault::Nothing,
    Fault::Shared,
    Fault::Step(0.005),
    Fault::Step(0.01),
    Fault::Step(0.05),
    Fault::Step(0.20),
    Fault::Step(0.50),
    Fault::Ramp,
    Fault::Leak,
    Fault::Blip,
    Fault::Slower(1.0),
    Fault::Slower(1.1),
    Fault::Slower(1.25),
    Fault::Slower(1.5),
    Fault::Slower(2.0),
];
pub(super) const STRESSES: [Stress; 10] = [
    Stress::Nothing,
    Stress::Pods(0.3),
    Stress::Pods(0.5),
    Stress::Clumps(3.0),
    Stress::Unknown(1.0),
    Stress::Unknown(3.0),
    Stress::Unknown(10.0),
    Stress::Scrapes,
    Stress::Resets,
    Stress::NoData,
];

impl Fault {
    /// Whether the canary itself is at fault, so that going back helps.
    pub(super) fn is_canarys(self) -> bool {
        match self {
            Self::Nothing | Self::Shared => false,
            Self::Slower(times) => times > 1.0,
            Self::Step(_) | Self::Ramp | Self::Leak | Self::Blip => true,
        }
    }

    /// Whether slow requests are counted, not bad ones.
    pub(super) const fn is_latency(self) -> bool {
        self.slowdown().is_some()
    }

    /// How many times longer the canary takes.
    pub(super) const fn slowdown(self) -> Option<f64> {
        match self {
            Self::Slower(times) => Some(times),
            Self::Nothing | Self::Shared | Self::Step(_) | Self::Ramp | Self::Leak | Self::Blip => {
                None
            }
        }
    }
}

impl Stress {
    /// How many errors one cause brings on average.
    pub(super) const fn clump(self) -> Option<f64> {
        match self {
            Self::Clumps(size) | Self::Unknown(size) => {
                if size > 1.0 {
                    Some(size)
                } else {
                    None
                }
            }
            Self::Nothing | Self::Pods(_) | Self::Scrapes | Self::Resets | Self::NoData => None,
        }
    }
}

impl Cell {
    /// Every cell, with as many rollouts as its claim needs: `gate` for what a release
    /// rests on, `other` for the rest.
    pub(super) fn grid(gate: u64, other: u64) -> Vec<Self> {
        let mut cells = Vec::new();
        for stress in STRESSES {
            for fault in FAULTS {
                for rate in RATES {
                    for weight in WEIGHTS {
                        let gates = !fault.is_canarys()
                            || stress == Stress::NoData
                            || (fault == Fault::Step(0.05) && stress == Stress::Nothing);
                        let runs = if gates { gate } else { other };
                        cells.push(Self { rate, weight, fault, stress, runs });
                    }
                }
            }
        }
        // No data is no data, whatever goes wrong.
        cells.retain(|cell| cell.stress != Stress::NoData || cell.fault == Fault::Step(0.5));
        cells
    }

    /// How many pods serve the canary and the old release.
    pub(super) fn pods(&self) -> (u64, u64) {
        if self.weight < 0.075 {
            (1, 19)
        } else if self.weight < 0.3 {
            (1, 9)
        } else {
            (5, 5)
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("good canary"),
            Self::Shared => f.write_str("shared incident"),
            Self::Step(share) => write!(f, "{} % errors", share * 100.0),
            Self::Ramp => f.write_str("ramp to 5 % in 20 min"),
            Self::Leak => f.write_str("memory leak"),
            Self::Blip => f.write_str("10 % for 5 min"),
            Self::Slower(times) if *times <= 1.0 => f.write_str("as fast"),
            Self::Slower(times) => write!(f, "latency ×{times}"),
        }
    }
}

impl fmt::Display for Stress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("none"),
            Self::Pods(deviation) => write!(f, "pods differ, sd {deviation}"),
            Self::Clumps(size) => write!(f, "errors in clumps of {size}"),
            Self::Unknown(size) if *size <= 1.0 => f.write_str("no history"),
            Self::Unknown(size) => write!(f, "no history, errors in clumps of {size}"),
            Self::Scrapes => f.write_str("10 % of scrapes missing"),
            Self::Resets => f.write_str("counter resets"),
            Self::NoData => f.write_str("no data of the canary"),
        }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} req/s, {} % canary, {}", self.rate, self.weight * 100.0, self.fault)?;
        if self.stress == Stress::Nothing { Ok(()) } else { write!(f, ", {}", self.stress) }
    }
}
