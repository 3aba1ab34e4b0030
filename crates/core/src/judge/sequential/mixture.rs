//! A mixture of alternatives: nobody knows how bad a canary is before it is looked at.

/// How many alternatives a test weighs against its null hypothesis.
pub(super) const PLACES: usize = 24;

/// The largest evidence that is told. Beyond it there is nothing to learn, and an
/// infinite number has no place in JSON.
pub const LARGEST: f64 = 1e300;

/// One value for each alternative.
pub(super) type Places = [f64; PLACES];

/// `PLACES` values from `from` to `to`, both included, evenly spaced by their logarithm.
pub(super) fn log_spaced(from: f64, to: f64) -> Places {
    let (low, high) = (from.ln(), to.ln());
    let step = (high - low) / real(PLACES as u64 - 1);
    std::array::from_fn(|place| (low + step * real(place as u64)).exp())
}

/// The logarithm of the mean of `exp(log / phi)`.
///
/// Dividing by `phi` of at least one keeps a test valid (Jensen's inequality). The largest
/// term is taken out first, so that millions of requests overflow nothing.
pub(super) fn log_mean(logs: &Places, phi: f64) -> f64 {
    let largest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if !largest.is_finite() {
        return largest;
    }
    let sum: f64 = logs.iter().map(|log| ((log - largest) / phi).exp()).sum();
    largest / phi + (sum / real(PLACES as u64)).ln()
}

/// The logarithm of the mean of `exp(log)`, weighed towards the middle of the places: what
/// is barely worse and what fails every time are rarer than what lies between.
pub(super) fn log_spread(logs: &Places) -> f64 {
    let largest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if !largest.is_finite() {
        return largest;
    }
    let half = (real(PLACES as u64) - 1.0) / 2.0;
    let mut sum = 0.0;
    for (place, log) in (0_u64..).zip(logs) {
        // The weights add up to the number of places.
        let weight = 2.0 * (1.0 - (real(place) - half).abs() / (half + 0.5));
        sum += weight * (log - largest).exp();
    }
    largest + (sum / real(PLACES as u64)).ln()
}

/// Evidence from its logarithm.
pub(super) fn evidence(log: f64) -> f64 {
    log.exp().min(LARGEST)
}

/// A count as a number to calculate with.
#[expect(clippy::cast_precision_loss, reason = "exact up to 2^53 requests")]
pub(super) const fn real(count: u64) -> f64 {
    count as f64
}
