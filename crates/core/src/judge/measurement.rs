//! What an observer counted.

use serde::{Deserialize, Serialize};

use super::Doubt;
use crate::time::{EpochMs, Millis};

/// Requests counted over a window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Counts {
    /// All requests.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub total: u64,
    /// The bad ones among them.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub bad: u64,
}

impl Counts {
    /// Both together.
    #[must_use]
    pub const fn plus(self, more: Self) -> Self {
        Self {
            total: self.total.saturating_add(more.total),
            bad: self.bad.saturating_add(more.bad),
        }
    }

    /// The share of bad requests; `None` without traffic.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a ratio of request counts needs no 64 bits")]
    pub fn rate(self) -> Option<f64> {
        (self.total > 0).then(|| self.bad as f64 / self.total as f64)
    }
}

/// What was counted in one interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tick {
    /// End of the interval.
    pub at: EpochMs,
    /// What was counted in it.
    pub counts: Counts,
}

/// Counts of one release.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arm {
    /// The version as the series name it.
    pub version: String,
    /// What was counted.
    pub counts: Counts,
    /// The same by interval, oldest first; an interval in which nothing was looked at is
    /// missing, not zero. Their sums are `counts`.
    #[serde(default)]
    pub ticks: Vec<Tick>,
}

/// One point of a chart.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Point {
    /// End of the interval.
    pub at: EpochMs,
    /// Share of bad requests in it, 0 to 1; `None` where nothing is known.
    pub rate: Option<f64>,
}

/// What an observer found for one objective over one window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// Start of the window.
    pub from: EpochMs,
    /// End of the window.
    pub to: EpochMs,
    /// All releases together.
    pub counts: Counts,
    /// The same by interval, oldest first, on the grid of the window; an interval in
    /// which nothing was looked at is missing, not zero. Their sums are `counts`.
    #[serde(default)]
    pub ticks: Vec<Tick>,
    /// By release, where the series tell.
    pub arms: Vec<Arm>,
    /// What keeps it from deciding.
    pub doubts: Vec<Doubt>,
    /// The rate over time, oldest first, for a chart.
    pub points: Vec<Point>,
}

/// The intervals that a window is counted in. Every observer uses the same, so that the
/// releases of one window, and two worlds, can be compared interval by interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    from: i64,
    to: i64,
    length: i64,
}

impl Grid {
    /// No interval of a window of two minutes or more is shorter than this: the tests gain
    /// nothing, and what fails for one cause within it is one witness.
    pub const SHORTEST: Millis = Millis::seconds(10);
    /// Or longer, unless what is asked looks less often or the window is very long. A
    /// canary's share of the traffic may change, and is taken for even within one.
    pub const LONGEST: Millis = Millis::seconds(30);
    /// A shorter window has so many intervals all the same, if the source looks as often:
    /// whoever judges half a minute wants to hear of it, and three witnesses prove nothing.
    pub const FEWEST: i64 = 12;
    /// But none as short as a request that is tried again at once.
    pub const QUICKEST: Millis = Millis::seconds(2);
    /// A window has no more intervals than this: a day of half minutes.
    pub const MOST: i64 = 2_880;

    /// The grid of the window after `from`, up to and including `to`, for a source that
    /// looks every `scrape`. The last interval may be shorter than the others.
    #[must_use]
    pub fn new(from: EpochMs, to: EpochMs, scrape: Millis) -> Self {
        let window = to.0.saturating_sub(from.0).max(0);
        let few = Millis(u64::try_from(window / Self::FEWEST).unwrap_or(0));
        let shortest = few.clamp(Self::QUICKEST, Self::SHORTEST);
        let wanted = scrape.clamp(shortest, Self::LONGEST).max(scrape);
        let wanted = i64::try_from(wanted.0).unwrap_or(i64::MAX);
        Self { from: from.0, to: to.0, length: wanted.max(window / Self::MOST + 1) }
    }

    /// How many intervals there are; none in an empty window.
    #[must_use]
    pub fn number(self) -> usize {
        let window = self.to.saturating_sub(self.from).max(0);
        usize::try_from(window / self.length + i64::from(window % self.length > 0)).unwrap_or(0)
    }

    /// Which interval something belongs to that happened, or was seen, at `at`; the
    /// nearest one when it lies outside of the window.
    #[must_use]
    pub fn index(self, at: EpochMs) -> usize {
        let into = at.0.saturating_sub(self.from).saturating_sub(1).max(0) / self.length;
        usize::try_from(into).unwrap_or(usize::MAX).min(self.number().saturating_sub(1))
    }

    /// When the interval with this number ends.
    #[must_use]
    pub fn end(self, index: usize) -> EpochMs {
        let number = i64::try_from(index).unwrap_or(i64::MAX).saturating_add(1);
        EpochMs(self.from.saturating_add(number.saturating_mul(self.length)).min(self.to))
    }
}

impl Measurement {
    /// A measurement of nothing, for these reasons.
    #[must_use]
    pub const fn nothing(from: EpochMs, to: EpochMs, doubts: Vec<Doubt>) -> Self {
        Self {
            from,
            to,
            counts: Counts { total: 0, bad: 0 },
            ticks: Vec::new(),
            arms: Vec::new(),
            doubts,
            points: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests;
