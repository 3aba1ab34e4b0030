//! Numbers taken several times, and how they are printed: the median to quote, the rest
//! to see how quiet the machine was.

use std::time::Duration;

/// Durations of the same thing, taken several times.
pub(crate) struct Sample(Vec<Duration>);

impl Sample {
    pub(crate) fn new(mut taken: Vec<Duration>) -> Self {
        taken.sort_unstable();
        Self(taken)
    }

    /// The value below which this share of the sample lies.
    pub(crate) fn quantile(&self, share: f64) -> Duration {
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "an index into a small sample"
        )]
        let index = ((self.0.len().saturating_sub(1)) as f64 * share).round() as usize;
        self.0.get(index).copied().unwrap_or_default()
    }

    pub(crate) fn median(&self) -> Duration {
        self.quantile(0.5)
    }

    /// `p50 1.55 ms   p99 11.9 ms   min 1.02 ms   max 22 ms   n 200`
    pub(crate) fn line(&self) -> String {
        format!(
            "p50 {:>9}   p99 {:>9}   min {:>9}   max {:>9}   n {}",
            text(self.median()),
            text(self.quantile(0.99)),
            text(self.quantile(0.0)),
            text(self.quantile(1.0)),
            self.0.len()
        )
    }
}

/// A duration with three digits that mean something.
pub(crate) fn text(length: Duration) -> String {
    let ms = length.as_secs_f64() * 1000.0;
    if ms >= 1000.0 {
        format!("{:.2} s", ms / 1000.0)
    } else if ms >= 10.0 {
        format!("{ms:.1} ms")
    } else {
        format!("{ms:.3} ms")
    }
}
