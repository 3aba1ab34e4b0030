//! Proof that a service is well: the opposite question, and a stricter one.

use serde::{Deserialize, Serialize};

use super::absolute::{Absolute, proper};
use super::mixture::{evidence, real};
use super::special::incomplete_beta;
use crate::judge::Counts;

/// The largest rate of bad requests that `counts` leave possible, with the given
/// confidence, at least 0.5 and below one.
///
/// The exact one-sided bound of Clopper and Pearson (1934): the rate at which so few bad
/// requests would be seen with probability `1 - confidence`. Without a request it is one.
/// Valid for one look at a sample whose size was fixed before; [`Recovery`] may be looked
/// at any time.
#[must_use]
pub fn upper_bound(counts: Counts, confidence: f64) -> f64 {
    if counts.total == 0 || counts.bad >= counts.total {
        return 1.0;
    }
    let (a, b) = (real(counts.bad) + 1.0, real(counts.total - counts.bad));
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    // Halving the interval of representable numbers ends long before.
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if incomplete_beta(a, b, middle) < confidence {
            low = middle;
        } else {
            high = middle;
        }
        if high - low <= f64::EPSILON * high {
            break;
        }
    }
    high
}

/// How many requests with `bad` bad ones among them it takes until [`upper_bound`] is at
/// most `target`; `None` where no number does, for a target of zero.
#[must_use]
pub fn requests_needed(target: f64, bad: u64, confidence: f64) -> Option<u64> {
    if target <= 0.0 {
        return None;
    }
    let holds = |total| upper_bound(Counts { total, bad }, confidence) <= target;
    let mut enough = bad + 1;
    while !holds(enough) {
        enough = enough.checked_mul(2)?;
    }
    let (mut too_few, mut enough) = (enough / 2, enough);
    while enough - too_few > 1 {
        let middle = u64::midpoint(too_few, enough);
        if holds(middle) {
            enough = middle;
        } else {
            too_few = middle;
        }
    }
    Some(enough)
}

/// How many probes must pass in a row, so that a service which fails a share `failing` of
/// all probes passes with at most the probability `missed`; `None` for a service that
/// never fails.
#[must_use]
pub fn probes_needed(failing: f64, missed: f64) -> Option<u32> {
    if failing <= 0.0 || missed <= 0.0 {
        return None;
    }
    if failing >= 1.0 {
        return Some(1);
    }
    let needed = (missed.ln() / (-failing).ln_1p()).ceil().max(1.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "at least one, and the cast saturates"
    )]
    Some(needed as u32)
}

/// The rate that a recovered service must be proven to stay below: twice the budget, or a
/// quarter of what the incident did, whichever is more.
///
/// To show that an outage of 20 % is over takes 60 clean requests; to show an objective of
/// 99.9 % takes thousands, which a service at night does not get.
#[must_use]
pub fn tolerated_rate(budget: f64, incident: Option<f64>) -> f64 {
    (2.0 * budget).max(0.25 * incident.unwrap_or(0.0)).min(0.9)
}

/// What must be shown.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecoverySettings {
    /// The share of requests that may be bad, between zero and one.
    pub budget: f64,
    /// The rate that is to be excluded, see [`tolerated_rate`].
    pub tolerated: f64,
    /// The evidence that excludes it: 20 is wrong once in twenty times at most.
    pub pass: f64,
    /// The evidence for a breach of the budget that ends it.
    pub fail: f64,
    /// No verdict on fewer requests.
    pub min_requests: u64,
}

impl RecoverySettings {
    /// The defaults for a service with `budget`, after an incident of this rate.
    #[must_use]
    pub fn after(budget: f64, incident: Option<f64>) -> Self {
        let budget = proper(budget);
        Self {
            budget,
            tolerated: tolerated_rate(budget, incident),
            pass: 20.0,
            fail: 20.0,
            min_requests: 30,
        }
    }
}

/// What the counts show so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// The tolerated rate is excluded.
    Well,
    /// The budget is broken.
    Unwell,
    /// Neither is shown yet.
    Open,
}

/// Collects requests until a service is shown to be well, or not to be.
///
/// Against "the rate is `p` or more" with the budget `q < p` as alternative the evidence is
/// `(q/p)^X ((1-q)/(1-p))^(N-X)`, a supermartingale for every such rate (Wald's sequential
/// probability ratio, 1945). It may be looked at after every request.
#[derive(Clone, Debug)]
pub struct Recovery {
    settings: RecoverySettings,
    seen: Counts,
    breach: Absolute,
    best: f64,
}

impl Recovery {
    /// Nothing seen yet.
    #[must_use]
    pub fn new(settings: RecoverySettings) -> Self {
        Self {
            settings,
            seen: Counts::default(),
            breach: Absolute::new(settings.budget),
            best: 0.0,
        }
    }

    /// Takes requests into account.
    pub fn take(&mut self, counts: Counts) {
        self.seen.total = self.seen.total.saturating_add(counts.total);
        self.seen.bad = self.seen.bad.saturating_add(counts.bad.min(counts.total));
        self.breach.take(counts);
        self.best = self.best.max(self.breach.evidence(1.0));
    }

    /// What was seen.
    #[must_use]
    pub const fn seen(&self) -> Counts {
        self.seen
    }

    /// The evidence that the rate is below the tolerated one. One at the start.
    #[must_use]
    pub fn evidence(&self) -> f64 {
        let worse = proper(self.settings.tolerated);
        let well = proper(self.settings.budget).min(worse / 2.0);
        let (bad, good) = (real(self.seen.bad), real(self.seen.total - self.seen.bad));
        evidence(bad * (well / worse).ln() + good * ((-well).ln_1p() - (-worse).ln_1p()))
    }

    /// The largest evidence so far that the budget is broken.
    #[must_use]
    pub const fn breach(&self) -> f64 {
        self.best
    }

    /// What the counts show so far. A breach outranks everything; fewer requests than the
    /// minimum show nothing.
    #[must_use]
    pub fn standing(&self) -> Standing {
        if self.seen.total < self.settings.min_requests {
            Standing::Open
        } else if self.best >= self.settings.fail {
            Standing::Unwell
        } else if self.evidence() >= self.settings.pass {
            Standing::Well
        } else {
            Standing::Open
        }
    }

    /// How many more requests, all of them good, would show that it is well; `None` when
    /// it has been shown not to be.
    #[must_use]
    pub fn still_needed(&self) -> Option<u64> {
        match self.standing() {
            Standing::Well => Some(0),
            Standing::Unwell => None,
            Standing::Open => {
                let worse = proper(self.settings.tolerated);
                let well = proper(self.settings.budget).min(worse / 2.0);
                let missing = (self.settings.pass / self.evidence().max(1e-300)).ln().max(0.0);
                let requests = (missing / ((-well).ln_1p() - (-worse).ln_1p())).ceil();
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "not negative, and the cast saturates"
                )]
                let requests = requests as u64;
                Some(requests.max(self.settings.min_requests.saturating_sub(self.seen.total)))
            }
        }
    }
}
