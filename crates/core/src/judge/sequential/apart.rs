//! Is the canary worse at all? Ticks in which one of two releases alone went wrong.

use super::ratio::Ratio;
use super::signs::Signs;
use crate::judge::Counts;

/// How much of the evidence comes from the votes.
const VOTES: f64 = 0.8;

/// How much comes from the errors themselves, and from the signs the rest.
const ERRORS: f64 = 0.1;

/// Evidence that the canary goes wrong alone more often than its share of the requests
/// explains.
///
/// A tick in which both went wrong, or neither, says nothing about which is worse; one in
/// which a single release did is a vote (`McNemar`, 1947), and a clump of errors is one vote
/// like a single error. While the canary serves at most half of the requests, clumps that
/// fall on both in proportion to them fall on it alone at most in proportion, so that
/// [`Ratio`] over the votes is valid whatever the clumps are.
///
/// Where both go wrong in most ticks there are no votes. A little of the evidence comes from
/// [`Signs`], which weigh such ticks too, and a little from counting every error, tempered by
/// the dispersion: thousands of errors of one release and none of the other are no clump.
#[derive(Clone, Debug)]
pub(super) struct Apart {
    votes: Ratio,
    errors: Ratio,
    signs: Signs,
    against: u64,
}

impl Apart {
    /// Over the alternatives of `votes`; a tick with a rate more than `far` times as high
    /// is a sign.
    pub(super) fn new(votes: Ratio, far: f64) -> Self {
        Self { errors: votes.clone(), votes, signs: Signs::new(far), against: 0 }
    }

    /// Takes one tick into account: what both releases did in the same time.
    pub(super) fn take(&mut self, canary: Counts, baseline: Counts) {
        if canary.total == 0 || baseline.total == 0 {
            return;
        }
        self.against += u64::from(canary.bad > 0);
        self.signs.take(canary, baseline);
        self.errors.take(canary, baseline);
        if (canary.bad > 0) != (baseline.bad > 0) {
            self.votes.take(once(canary), once(baseline));
        }
    }

    /// In how many ticks the canary went wrong.
    pub(super) const fn against(&self) -> u64 {
        self.against
    }

    /// The evidence, where errors come in clumps of `phi`. One at the start.
    pub(super) fn evidence(&self, phi: f64) -> f64 {
        VOTES * self.votes.evidence(1.0)
            + ERRORS * self.errors.evidence(phi)
            + (1.0 - VOTES - ERRORS) * self.signs.evidence()
    }
}

/// A tick in which several requests went wrong counts as one that went wrong.
fn once(counts: Counts) -> Counts {
    Counts { total: counts.total, bad: counts.bad.min(1) }
}
