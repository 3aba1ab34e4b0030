//! Kayenta's judge, asked again every five minutes with everything so far.
//!
//! Rates per minute are compared by a Mann–Whitney test with a confidence interval of
//! 98 %: high when its lower end is above a quarter of the Hodges–Lehmann estimate
//! (`MannWhitneyClassifier.scala`, tolerance 0.25). The interval comes from the normal
//! approximation; the noise of one in 100,000 for data that are all ties changes nothing
//! here and is left out. A minute without traffic is a missing value and is removed.

use super::peers::Sums;
use super::rollout::{TICKS, TICKS_PER_MINUTE, real};

const EVERY: usize = 5;
/// Of the normal distribution, for 98 %.
const Z: f64 = 2.326_348;
const TOLERANCE: f64 = 0.25;

pub(super) fn kayenta(canary: &Sums, baseline: &Sums) -> Option<usize> {
    let minutes = TICKS / TICKS_PER_MINUTE;
    let rates = |sums: &Sums| -> Vec<Option<f64>> {
        (1..=minutes)
            .map(|minute| sums.window(minute * TICKS_PER_MINUTE, TICKS_PER_MINUTE).rate())
            .collect()
    };
    let (here, there) = (rates(canary), rates(baseline));
    (1..=minutes / EVERY).map(|n| n * EVERY).find_map(|minute| {
        let known = |rates: &[Option<f64>]| -> Vec<f64> {
            rates[..minute].iter().copied().flatten().collect()
        };
        is_high(&known(&here), &known(&there)).then_some(minute * TICKS_PER_MINUTE)
    })
}

fn is_high(canary: &[f64], baseline: &[f64]) -> bool {
    if canary.is_empty() || baseline.is_empty() || canary.iter().all(|rate| *rate == 0.0) {
        return false;
    }
    let mut differences: Vec<f64> =
        canary.iter().flat_map(|rate| baseline.iter().map(move |other| rate - other)).collect();
    differences.sort_unstable_by(f64::total_cmp);
    let (n, m) = (real(canary.len()), real(baseline.len()));
    let below = n * m / 2.0 - Z * (n * m * (n + m + 1.0) / 12.0).sqrt();
    if below < 1.0 {
        return false;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at least one")]
    let lower = differences[below as usize - 1];
    let estimate = differences[differences.len() / 2];
    lower > TOLERANCE * estimate.abs() && lower > 0.0
}
