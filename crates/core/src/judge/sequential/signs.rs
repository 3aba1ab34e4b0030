//! Stretches of time in which the canary failed far more often than the release beside it.

use super::mixture::real;
use super::ratio::Ratio;
use crate::judge::Counts;

/// Evidence that the canary mostly fails more than `r0` times as often as the baseline, one
/// stretch of time being one witness.
///
/// Of the stretches with any bad request, those in which the canary's rate is above `r0`
/// times the baseline's are counted against it, the others for it. How many requests failed
/// in one makes no difference, so that clumps cannot deceive it. While the canary serves at
/// most as much as the baseline, its rate scatters at least as much, with more stretches
/// below its mean than above: where it is no worse, a stretch counts against it less than
/// every other time, and [`Ratio`] over even shares is valid. Where it serves more, nothing
/// is counted.
#[derive(Clone, Debug)]
pub(super) struct Signs {
    r0: f64,
    even: Ratio,
}

impl Signs {
    /// With the alternatives of errors.
    pub(super) fn new(r0: f64) -> Self {
        Self { r0, even: Ratio::errors(1.0) }
    }

    /// Takes one stretch into account: what both releases did in the same time.
    pub(super) fn take(&mut self, canary: Counts, baseline: Counts) {
        let nobody = canary.bad == 0 && baseline.bad == 0;
        if nobody || canary.total == 0 || canary.total > baseline.total {
            return;
        }
        let (rate, beside) =
            (real(canary.bad) / real(canary.total), real(baseline.bad) / real(baseline.total));
        let one = |bad: bool| Counts { total: 1, bad: u64::from(bad) };
        let worse = rate > self.r0 * beside;
        self.even.take(one(worse), one(!worse));
    }

    /// The evidence. One at the start.
    pub(super) fn evidence(&self) -> f64 {
        self.even.evidence(1.0)
    }
}
