//! Bets that a release is worse than its objective allows, settled tick by tick.

use super::absolute::{Alternatives, proper};
use super::mixture::{PLACES, Places, evidence, log_spread, real};
use crate::judge::Counts;

/// The largest share of the wealth that is ever staked on one tick. A tick without a bad
/// request takes the stake away, and who has lost everything can win nothing back.
const MOST: f64 = 0.98;

/// Bad requests of a tick beyond one and so many times what the null allows win nothing
/// more: one cause may fail any number of requests at once.
const MANY: f64 = 10.0;

/// Evidence that the rate of bad requests is above `null`, however they hang together
/// within a tick.
///
/// One cause often fails several requests at once: a retry, a broken connection, one page
/// that asks twelve times. A likelihood takes each of them for a witness of its own, and has
/// to be tempered by a guess at how large such clumps are. A bet needs no guess. In a tick of
/// `n` requests the null allows `m = n p` bad ones *on average*, whatever their joint law;
/// who stakes the share `s` of the wealth multiplies it by
///
/// ```text
/// 1 + s (min(x, 1 + 10 m) / m - 1)
/// ```
///
/// for `x` bad ones, which has an expectation of at most one. So the wealth is a
/// supermartingale (Waudby-Smith and Ramdas, "Estimating means of bounded random variables
/// by betting", 2024). The bound on `x` takes nothing from that, and keeps a single clump
/// from deciding.
///
/// The stake against an alternative rate `q`, with which `v = n q` bad requests are expected
/// and a tick has any with probability `P = 1 - (1 - q)^n`, is Kelly's (1956) for a tick that
/// has none or `v / P`: `s = P (v - m) / (v - P m)`. Every other alternative stakes less, by
/// `1 + m`, for what comes in larger clumps than that.
#[derive(Clone, Debug)]
pub struct Bets {
    null: f64,
    alternatives: Alternatives,
    logs: Places,
}

impl Bets {
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

    /// The same against another null for this tick, see [`super::Absolute::take_against`].
    pub(super) fn take_against(&mut self, null: f64, counts: Counts) {
        if counts.total == 0 {
            return;
        }
        let requests = real(counts.total);
        let allowed = requests * null;
        let bad = real(counts.bad.min(counts.total)).min(1.0 + MANY * allowed);
        let gain = bad / allowed - 1.0;
        for place in 0..PLACES {
            let expected = requests * self.alternatives.rates[place];
            if expected <= allowed {
                continue;
            }
            let any = -(requests * self.alternatives.ln_good[place]).exp_m1();
            let stake = any * (expected - allowed) / (expected - any * allowed);
            let careful = if place % 2 == 1 { 1.0 + allowed } else { 1.0 };
            self.logs[place] += ((stake / careful).min(MOST) * gain).ln_1p();
        }
    }

    /// The logarithm of the evidence.
    #[must_use]
    pub fn log_evidence(&self) -> f64 {
        log_spread(&self.logs)
    }

    /// The evidence. One at the start.
    #[must_use]
    pub fn evidence(&self) -> f64 {
        evidence(self.log_evidence())
    }
}
