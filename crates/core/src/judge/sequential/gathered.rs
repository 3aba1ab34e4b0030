//! The ratio test over stretches of equal size, however the ticks were cut.

use super::ratio::Ratio;
use super::signs::Signs;
use crate::judge::Counts;

/// A stretch ends with the tick in which the canary has served so many requests.
const STRETCH: u64 = 50;

/// [`Ratio`], fed with stretches of at least [`STRETCH`] requests of the canary.
///
/// The test weighs errors by the canary's share of the requests. In a tick of ten seconds
/// with a request or two the share is chance, and cutting the same time into longer ticks
/// would give other shares and another verdict. Where ticks are joined without reaching
/// over the end of a stretch, the evidence is the same to the last bit.
#[derive(Clone, Debug)]
pub(super) struct Gathered {
    ratio: Ratio,
    signs: Signs,
    canary: Counts,
    baseline: Counts,
}

impl Gathered {
    /// Nothing gathered yet.
    pub(super) fn new(ratio: Ratio) -> Self {
        let signs = Signs::new(ratio.r0());
        Self { ratio, signs, canary: Counts::default(), baseline: Counts::default() }
    }

    /// How many times worse than the baseline the canary may be.
    pub(super) const fn r0(&self) -> f64 {
        self.ratio.r0()
    }

    /// Takes one tick into account: what both releases did in the same time. Whether a
    /// stretch ended with it.
    pub(super) fn take(&mut self, canary: Counts, baseline: Counts) -> bool {
        self.canary = self.canary.plus(canary);
        self.baseline = self.baseline.plus(baseline);
        let ends = self.canary.total >= STRETCH;
        if ends {
            let canary = std::mem::take(&mut self.canary);
            let baseline = std::mem::take(&mut self.baseline);
            self.ratio.take(canary, baseline);
            self.signs.take(canary, baseline);
        }
        ends
    }

    /// The evidence at the end of the last stretch: half from counting errors, tempered by
    /// the dispersion `phi`, and half from counting stretches.
    pub(super) fn evidence(&self, phi: f64) -> f64 {
        f64::midpoint(self.ratio.evidence(phi), self.signs.evidence())
    }
}
