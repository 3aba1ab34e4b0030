//! The rules of others, as their documents give them, on the same counts.
//!
//! - Argo Rollouts, `docs/analysis/prometheus.md` and `docs/features/analysis.md`.
//! - Flagger, `docs/gitbook/usage/how-it-works.md` and `pkg/controller/scheduler_metrics.go`.
//! - Burn rates, Site Reliability Workbook, chapter 5, on the canary's requests.
//! - A two-sample z-test that is looked at every minute, as people do by eye.
//!
//! Kayenta has a file of its own.

use lastgood_core::judge::Counts;
use lastgood_core::judge::sequential::burn::ALERTS;
use lastgood_core::time::Millis;

use super::rollout::{BUDGET, Rollout, TICKS, TICKS_PER_MINUTE, real};

/// Sums of one arm, so that every window is a difference.
pub(super) struct Sums(Vec<Counts>);

impl Sums {
    pub(super) fn of(ticks: impl Iterator<Item = Option<Counts>>) -> Self {
        let mut sums = vec![Counts::default()];
        let mut sum = Counts::default();
        for counts in ticks {
            let counts = counts.unwrap_or_default();
            sum.total += counts.total;
            sum.bad += counts.bad;
            sums.push(sum);
        }
        Self(sums)
    }

    pub(super) fn canary(rollout: &Rollout) -> Self {
        Self::of(rollout.ticks.iter().map(|tick| tick.canary))
    }

    pub(super) fn baseline(rollout: &Rollout) -> Self {
        Self::of(rollout.ticks.iter().map(|tick| tick.baseline))
    }

    /// Of the `length` ticks before the end of tick `end`, or as many as there are.
    pub(super) fn window(&self, end: usize, length: usize) -> Counts {
        let (last, first) = (self.0[end], self.0[end.saturating_sub(length)]);
        Counts { total: last.total - first.total, bad: last.bad - first.bad }
    }
}

/// The ticks at the end of every so many minutes.
fn every(minutes: usize) -> impl Iterator<Item = usize> {
    (1..).map(move |n| n * minutes * TICKS_PER_MINUTE).take_while(|end| *end <= TICKS)
}

/// When more than `limit` of the checks that `minutes` bring have failed. A window without
/// traffic fails: nothing divided by nothing is no success.
fn failed_checks(
    canary: &Sums,
    minutes: usize,
    window: usize,
    success: f64,
    limit: usize,
) -> Option<usize> {
    let mut failed = 0;
    every(minutes).find(|end| {
        let counts = canary.window(*end, window * TICKS_PER_MINUTE);
        let well = counts.rate().is_some_and(|rate| 1.0 - rate >= success);
        failed += usize::from(!well);
        failed > limit
    })
}

/// Success of 95 % over five minutes, every five minutes, the fourth failure aborts.
pub(super) fn argo(canary: &Sums) -> Option<usize> {
    failed_checks(canary, 5, 5, 0.95, 3)
}

/// The same at 99 % and every minute: what people do who find it too slow.
pub(super) fn argo_tight(canary: &Sums) -> Option<usize> {
    failed_checks(canary, 1, 5, 0.99, 3)
}

/// Success of 99 % over one minute, every minute, the tenth failure goes back.
pub(super) fn flagger(canary: &Sums) -> Option<usize> {
    failed_checks(canary, 1, 1, 0.99, 9)
}

/// The two paging alerts, long windows as long as there is something.
pub(super) fn burn(canary: &Sums) -> Option<usize> {
    let month = Millis::minutes(30 * 24 * 60);
    let ticks = |length: Millis| usize::try_from(length.0 / 10_000).unwrap_or(TICKS);
    every(1).find(|end| {
        ALERTS.iter().filter(|alert| alert.page).any(|alert| {
            let long = canary.window(*end, ticks(alert.long));
            let short = canary.window(*end, ticks(alert.short));
            alert.fires(month, BUDGET, long, short)
        })
    })
}

/// One-sided at 5 %, over everything so far, every minute.
pub(super) fn z_test(canary: &Sums, baseline: &Sums) -> Option<usize> {
    every(1).find(|end| {
        let (here, there) = (canary.window(*end, TICKS), baseline.window(*end, TICKS));
        let (Some(rate), Some(other)) = (here.rate(), there.rate()) else { return false };
        let float = |count: u64| real(usize::try_from(count).unwrap_or(usize::MAX));
        let all = float(here.total) + float(there.total);
        let pooled = (float(here.bad) + float(there.bad)) / all;
        let scatter =
            pooled * (1.0 - pooled) * (1.0 / float(here.total) + 1.0 / float(there.total));
        scatter > 0.0 && (rate - other) / scatter.sqrt() > 1.645
    })
}
