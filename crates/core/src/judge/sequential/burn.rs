//! Burn rates: how many times faster than allowed the error budget is spent.
//!
//! The alerts of the Site Reliability Workbook, chapter 5, in the numbers of the open
//! source generator Sloth. They stand beside our own verdict as what everybody knows.

use super::mixture::real;
use crate::judge::Counts;
use crate::time::Millis;

/// One alert on two windows: the long one says that it matters, the short one that it
/// still goes on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BurnAlert {
    /// The share of the period's budget that the long window may spend.
    pub spent: f64,
    /// The long window.
    pub long: Millis,
    /// The short window, a twelfth of the long one.
    pub short: Millis,
    /// Whether it is worth waking somebody.
    pub page: bool,
}

/// The workbook's alerts, most urgent first.
pub const ALERTS: [BurnAlert; 4] = [
    alert(0.02, Millis::minutes(60), Millis::minutes(5), true),
    alert(0.05, Millis::minutes(6 * 60), Millis::minutes(30), true),
    alert(0.10, Millis::minutes(24 * 60), Millis::minutes(2 * 60), false),
    alert(0.10, Millis::minutes(3 * 24 * 60), Millis::minutes(6 * 60), false),
];

const fn alert(spent: f64, long: Millis, short: Millis, page: bool) -> BurnAlert {
    BurnAlert { spent, long, short, page }
}

impl BurnAlert {
    /// From which burn rate on it fires, for an objective over `period`.
    #[must_use]
    pub fn threshold(&self, period: Millis) -> f64 {
        self.spent * real(period.0) / real(self.long.0)
    }

    /// Whether it fires for what was counted in its long and short window.
    ///
    /// A window without traffic does not fire, and is no proof of anything either.
    #[must_use]
    pub fn fires(&self, period: Millis, budget: f64, long: Counts, short: Counts) -> bool {
        let above =
            |counts| burn_rate(counts, budget).is_some_and(|burn| burn > self.threshold(period));
        above(long) && above(short)
    }
}

/// The rate of bad requests as a multiple of the `budget`; `None` without traffic.
#[must_use]
pub fn burn_rate(counts: Counts, budget: f64) -> Option<f64> {
    counts.rate().map(|rate| rate / budget)
}
