//! The same question as [`super::Ratio`] with a fixed share, answered in closed form.

use super::mixture::real;
use super::special::ln_beta;

/// The logarithm of the Bayes factor that `canary` and `baseline` errors do not split as
/// `share` to `1 - share`, with a uniform prior on the split.
///
/// `[B(1 + x_c, 1 + x_b) / B(1, 1)] / [w^x_c (1 - w)^x_b]`, from Lindon and Malek,
/// "Anytime-valid inference for multinomial count data" (2022). Two-sided: a canary that
/// is much better counts as well. It cross-checks the mixture and decides nothing.
#[must_use]
pub fn log_bayes_factor(share: f64, canary: u64, baseline: u64) -> f64 {
    let (bad, beside) = (real(canary), real(baseline));
    ln_beta(1.0 + bad, 1.0 + beside) - bad * share.ln() - beside * (-share).ln_1p()
}
