//! Is it worse than the objective allows? Needs no second release beside it.

use super::mixture::{PLACES, Places, evidence, log_mean, log_spaced, real};
use crate::judge::Counts;

/// The largest share of bad ticks that the null hypothesis may allow in [`BadTicks`].
///
/// Beyond it most ticks hold a bad request anyhow and counting them says little.
const DENSE: f64 = 0.1;

/// The alternatives to a rate, with their logarithms: they are asked for in every tick.
#[derive(Clone, Debug)]
struct Alternatives {
    rates: Places,
    ln_bad: Places,
    ln_good: Places,
}

impl Alternatives {
    /// From twice the `null` to 90 %.
    fn to(null: f64) -> Self {
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

/// Whether an alternative lies so far above the null that a tick with a bad request speaks
/// for it, also by the union bound. [`BadTicks`] never has a null above [`DENSE`].
fn worse(rate: f64, null: f64) -> bool {
    rate >= 1.999 * null || rate > 0.9
}

/// Evidence from ticks with any bad request at all, however many it were.
///
/// One cause often fails several requests at once: a retry, a broken connection, one page
/// that asks twelve times. Counting each of them overstates what was seen. A tick of `n`
/// requests holds a bad one with probability of at most `n p` *however the errors of a
/// tick hang together* (the union bound), so this test needs no estimate of dispersion,
/// where [`Absolute`] has to be tempered by a guess. At low traffic nothing is lost by it;
/// a tick in which the null allows more than a tenth of a bad request is passed over.
#[derive(Clone, Debug)]
pub struct BadTicks {
    null: f64,
    alternatives: Alternatives,
    logs: Places,
}

impl BadTicks {
    /// The largest rate of bad requests that is still well, between zero and one.
    #[must_use]
    pub fn new(null: f64) -> Self {
        let null = proper(null);
        Self { null, alternatives: Alternatives::to(null), logs: [0.0; PLACES] }
    }

    /// Takes one tick into account.
    pub fn take(&mut self, counts: Counts) {
        self.take_against(self.null, counts);
    }

    /// The same against another null for this tick, see [`Absolute::take_against`].
    pub(super) fn take_against(&mut self, null: f64, counts: Counts) {
        let requests = real(counts.total);
        let allowed = requests * null;
        if counts.total == 0 || allowed > DENSE {
            return;
        }
        let under_null = if counts.bad == 0 { (-allowed).ln_1p() } else { allowed.ln() };
        let other = &self.alternatives;
        for place in 0..PLACES {
            if worse(other.rates[place], null) {
                let all_good = requests * other.ln_good[place];
                let seen = if counts.bad == 0 { all_good } else { (-all_good.exp_m1()).ln() };
                self.logs[place] += seen - under_null;
            }
        }
    }

    /// The logarithm of the evidence.
    #[must_use]
    pub fn log_evidence(&self) -> f64 {
        log_mean(&self.logs, 1.0)
    }

    /// The evidence. One at the start.
    #[must_use]
    pub fn evidence(&self) -> f64 {
        evidence(self.log_evidence())
    }
}
