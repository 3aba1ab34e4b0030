//! Is the canary worse than the release that runs beside it?

use super::mixture::{Places, evidence, log_mean, log_spaced, real};
use crate::judge::Counts;

/// Evidence that the canary's error rate is more than `r0` times the baseline's.
///
/// The null hypothesis allows the errors of both to rise and fall together in any way:
/// given how many errors a tick brought, only their split between the two releases counts.
/// With the canary's share `w` of the requests and a true ratio `r`, an error falls on the
/// canary with probability `w r / (w r + 1 - w)`. Each tick multiplies
///
/// ```text
/// log L_r += x_c [ln(r/r0) - ln(w r + 1 - w) + ln(w r0 + 1 - w)]
///          - x_b [ln(w r + 1 - w) - ln(w r0 + 1 - w)]
/// ```
///
/// and the evidence is the mean of `L_r` over the alternatives `r`. For errors that arrive
/// as a Poisson stream each factor has expectation at most one under the null; for
/// Bernoulli errors and `r0 = 1` Hoeffding's comparison of hypergeometric with binomial
/// sums (1963) gives the same. The share `w` may change from tick to tick, as in a rollout
/// by steps. See Lindon and Malek, "Anytime-valid inference for multinomial count data"
/// (2022), for the fixed share.
#[derive(Clone, Debug)]
pub struct Ratio {
    r0: f64,
    ratios: Places,
    logs: Places,
}

impl Ratio {
    /// For bad requests: the alternatives reach from one and a half times the null to 200
    /// times the baseline's rate.
    ///
    /// `r0` is how many times worse the canary may be; it is at least one, and at most 100.
    #[must_use]
    pub fn errors(r0: f64) -> Self {
        let r0 = r0.clamp(1.0, 100.0);
        Self::between(r0, 1.5 * r0, 200.0)
    }

    /// For slow requests, those beyond a fixed bound near the baseline's 95th percentile:
    /// small ratios matter there, and none above 20 is possible.
    ///
    /// `r0` is at least one, and at most 10.
    #[must_use]
    pub fn latency(r0: f64) -> Self {
        let r0 = r0.clamp(1.0, 10.0);
        Self::between(r0, 1.1 * r0, 20.0)
    }

    fn between(r0: f64, from: f64, to: f64) -> Self {
        Self { r0, ratios: log_spaced(from, to), logs: [0.0; super::mixture::PLACES] }
    }

    /// How many times worse than the baseline the canary may be.
    #[must_use]
    pub const fn r0(&self) -> f64 {
        self.r0
    }

    /// Takes one tick into account: what both releases did in the same time.
    ///
    /// A tick in which one of them had no request says nothing about their ratio. More bad
    /// requests than requests count as all of them.
    pub fn take(&mut self, canary: Counts, baseline: Counts) {
        let (served, beside) = (real(canary.total), real(baseline.total));
        let (bad, bad_beside) =
            (real(canary.bad.min(canary.total)), real(baseline.bad.min(baseline.total)));
        let no_news = bad == 0.0 && bad_beside == 0.0;
        if canary.total == 0 || baseline.total == 0 || no_news {
            return;
        }
        let share = served / (served + beside);
        let errors = bad + bad_beside;
        // ln(1 + w (r - 1)) keeps its precision where the canary's share is tiny.
        let null = (share * (self.r0 - 1.0)).ln_1p();
        for (log, ratio) in self.logs.iter_mut().zip(&self.ratios) {
            let weight = (share * (ratio - 1.0)).ln_1p() - null;
            *log += bad * (ratio / self.r0).ln() - errors * weight;
        }
    }

    /// The logarithm of the evidence, tempered by the dispersion `phi` of at least one.
    #[must_use]
    pub fn log_evidence(&self, phi: f64) -> f64 {
        log_mean(&self.logs, phi.max(1.0))
    }

    /// The evidence, tempered by the dispersion `phi` of at least one. One at the start.
    #[must_use]
    pub fn evidence(&self, phi: f64) -> f64 {
        evidence(self.log_evidence(phi))
    }
}
