//! Is it worse than the objective allows? Needs no second release beside it.

use super::mixture::{PLACES, Places, evidence, log_mean, log_spaced, real};
use crate::judge::Counts;

/// The alternatives to a rate, with their logarithms: they are asked for in every tick.
#[derive(Clone, Debug)]
pub(super) struct Alternatives {
    pub(super) rates: Places,
    ln_bad: Places,
    pub(super) ln_good: Places,
}

impl Alternatives {
    /// From twice the `null` to 90 %.
    pub(super) fn to(null: f64) -> Self {
        let worst = 0.9_f64.max(f64::midpoint(null, 1.0));
        let from = if 2.0 * null < worst { 2.0 * null } else { f64::midpoint(null, worst) };
        let rates = log_spaced(from, worst);
        Self { rates, ln_bad: rates.map(f64::ln), ln_good: rates.map(|rate| (-rate).ln_1p()) }
    }
}

/// A rate that a test can have as its null: neither zero nor one.
pub(super) const fn proper(rate: f64) -> f64 {
    rate.clamp(1e-9, 0.999)
}

/// Evidence that the rate of bad requests is above `null`.
///
/// The mean over the alternatives `q` of `(q/p)^X ((1-q)/(1-p))^(N-X)`, a supermartingale
/// for every rate of at most `p`: a likelihood ratio against a simple null, mixed over the
/// alternatives (Robbins, "Statistical methods related to the law of the iterated
/// logarithm", 1970).
#[derive(Clone, Debug)]
pub struct Absolute {
    null: f64,
    alternatives: Alternatives,
    logs: Places,
}

impl Absolute {
    /// The largest rate that is still well, between zero and one.
    #[must_use]
    pub fn new(null: f64) -> Self {
        let null = proper(null);
        Self { null, alternatives: Alternatives::to(null), logs: [0.0; PLACES] }
    }

    /// Takes requests into account. In what portions they come makes no difference.
    pub fn take(&mut self, counts: Counts) {
        self.take_against(self.null, counts);
    }

    /// The same against another null for these requests, of at least the one given at the
    /// start. Which one is decided without looking at the bad ones among them.
    pub(super) fn take_against(&mut self, null: f64, counts: Counts) {
        let bad = counts.bad.min(counts.total);
        let (good, bad) = (real(counts.total - bad), real(bad));
        let under_null = bad * null.ln() + good * (-null).ln_1p();
        let other = &self.alternatives;
        for place in 0..PLACES {
            if speaks_against(other.rates[place], null) {
                self.logs[place] +=
                    bad * other.ln_bad[place] + good * other.ln_good[place] - under_null;
            }
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

/// A null above which twice its rate is more than the worst alternative.
const LOOSE: f64 = 0.45;

/// The nearest alternative that is weighed, in times the null. Against an alternative `q`
/// a rate is found from `(q - p) / ln(q / p)` on: with none nearer than twice the null,
/// 1.44 times the null would go unnoticed for ever, however many requests there are.
const NEAREST: f64 = 1.2;

/// Whether a bad request speaks for the alternative and a good one against it, which is so
/// for every rate above the null, and for none below it: only then is a lower rate than the
/// null no evidence of its own.
fn speaks_against(rate: f64, null: f64) -> bool {
    if null > LOOSE { rate > null } else { rate >= NEAREST * null || rate > 0.9 }
}
