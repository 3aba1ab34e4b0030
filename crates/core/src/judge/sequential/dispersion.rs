//! How clumped errors arrive.

use serde::{Deserialize, Serialize};

use super::mixture::real;
use crate::judge::Counts;

/// The clumps that are assumed while nothing is known: a page that asks twenty times, or a
/// request that is tried again as often.
const ASSUMED: f64 = 20.0;

/// So many pairs of blocks teach the size of clumps.
const ENOUGH: u64 = 16;

/// The index of dispersion of bad requests over ticks, `max(1, Σ(x-μ)²/Σμ)`.
///
/// `μ` is what each tick's requests would have brought at the overall rate. It is one for
/// errors that arrive one by one, `k` for errors that arrive in clumps of `k`, and one
/// where there are no errors to tell from. It takes a rate that drifts, and an incident
/// last night, for clumps; [`Dispersion`] hardly does.
#[must_use]
pub fn index_of_dispersion(ticks: &[Counts]) -> f64 {
    let total: f64 = ticks.iter().map(|tick| real(tick.total)).sum();
    let bad: f64 = ticks.iter().map(|tick| real(tick.bad)).sum();
    if total <= 0.0 || bad <= 0.0 {
        return 1.0;
    }
    let squares: f64 =
        ticks.iter().map(|tick| (real(tick.bad) - real(tick.total) * bad / total).powi(2)).sum();
    // The expected counts add up to the counts.
    (squares / bad).max(1.0)
}

/// How clumped errors are taken to be, and what that rests on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Spread {
    /// The size of clumps, at least one: evidence that counts each error is tempered by it.
    pub phi: f64,
    /// Whether it was learned from the time before the rollout. If not, it is assumed.
    pub learned: bool,
    /// How many pairs of stretches with errors it was learned from, or would have been.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub pairs: u64,
}

impl Spread {
    /// Nothing is known from before.
    #[must_use]
    pub const fn assumed() -> Self {
        Self { phi: ASSUMED, learned: false, pairs: 0 }
    }
}

/// How clumped the errors of a release are that is believed to be well.
///
/// Ticks are joined to blocks of as many requests as there are for one bad request, so that
/// it makes no difference how finely the time was cut. Two blocks that follow each other
/// share their `s` bad requests as their requests `n_1`, `n_2` do: one by one, these would
/// split with variance `s h (1-h)`, `h = n_1/(n_1+n_2)`. So over `n` pairs with a bad request
///
/// ```text
/// found = max(1, Σ (x_1 - h s)² / Σ s h (1-h)),   phi = (n found + 20) / (n + 1)
/// ```
///
/// Only what differs between neighbours counts: an incident in the history raises both sums
/// alike but for its ends. With fewer than 16 pairs nothing is learned and 20 is assumed:
/// clumps of that size are as well what a quiet history leaves possible.
#[derive(Clone, Debug, Default)]
pub struct Dispersion {
    ticks: Vec<Counts>,
}

impl Dispersion {
    /// Takes one tick into account, in the order of time. One without requests is passed
    /// over.
    pub fn take(&mut self, counts: Counts) {
        if counts.total > 0 {
            self.ticks.push(Counts { total: counts.total, bad: counts.bad.min(counts.total) });
        }
    }

    /// How clumped errors are taken to be.
    #[must_use]
    pub fn spread(&self) -> Spread {
        let all = self.ticks.iter().fold(Counts::default(), |sum, tick| sum.plus(*tick));
        if all.bad == 0 {
            return Spread::assumed();
        }
        let wanted = all.total.div_ceil(all.bad);
        let mut sums = Sums::default();
        let (mut block, mut first) = (Counts::default(), None);
        for tick in &self.ticks {
            block = block.plus(*tick);
            if block.total < wanted {
                continue;
            }
            let block = std::mem::take(&mut block);
            match first.take() {
                None => first = Some(block),
                Some(first) => sums.take(first, block),
            }
        }
        sums.spread()
    }
}

/// What the pairs of blocks add up to.
#[derive(Default)]
struct Sums {
    pairs: u64,
    squares: f64,
    expected: f64,
}

impl Sums {
    fn take(&mut self, first: Counts, second: Counts) {
        let bad = real(first.bad) + real(second.bad);
        if bad == 0.0 {
            return;
        }
        let share = real(first.total) / (real(first.total) + real(second.total));
        self.pairs += 1;
        self.squares += (real(first.bad) - share * bad).powi(2);
        self.expected += bad * share * (1.0 - share);
    }

    fn spread(&self) -> Spread {
        let pairs = self.pairs;
        if pairs < ENOUGH {
            return Spread { pairs, ..Spread::assumed() };
        }
        let found = (self.squares / self.expected).max(1.0);
        let phi = (real(pairs) * found + ASSUMED) / (real(pairs) + 1.0);
        Spread { phi, learned: true, pairs }
    }
}
