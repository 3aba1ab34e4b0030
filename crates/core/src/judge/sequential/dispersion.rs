//! How clumped errors arrive.

use super::mixture::real;
use crate::judge::Counts;

/// The index of dispersion of bad requests over ticks, `max(1, Σ(x-μ)²/Σμ)`.
///
/// `μ` is what each tick's requests would have brought at the overall rate. It is one for
/// errors that arrive one by one, `k` for errors that arrive in clumps of `k`, and one
/// where there are no errors to tell from. It takes a rate that drifts, and an incident
/// last night, for clumps; [`Dispersion`] does not.
#[must_use]
pub fn index_of_dispersion(ticks: &[Counts]) -> f64 {
    let total: f64 = ticks.iter().map(|tick| real(tick.total)).sum();
    let bad: f64 = ticks.iter().map(|tick| real(tick.bad)).sum();
    if total <= 0.0 || bad <= 0.0 {
        return 1.0;
    }
    let squares: f64 =
        ticks.iter().map(|tick| (real(tick.bad) - real(tick.total) * bad / total).powi(2)).sum();
    // The expected counts add up to the counts.
    (squares / bad).max(1.0)
}

/// The same, tick by tick, and between neighbours alone.
///
/// Two ticks that follow each other share their `s` bad requests as their requests `n_1`,
/// `n_2` do: given `s`, one by one they would split with variance `s h (1-h)`,
/// `h = n_1/(n_1+n_2)`. So
///
/// ```text
/// phi = max(1, Σ (x_1 - h s)² / Σ s h (1-h))
/// ```
///
/// over pairs of ticks. Only what differs between neighbours counts: an incident in the
/// history raises both sums alike and does not blind the test for a day, as it would with
/// [`index_of_dispersion`]. Without any bad request, or with one alone, it is one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Dispersion {
    waiting: Option<Counts>,
    squares: f64,
    expected: f64,
}

impl Dispersion {
    /// Takes one tick of a release that is believed to be well into account. A tick
    /// without requests is passed over.
    pub fn take(&mut self, counts: Counts) {
        if counts.total == 0 {
            return;
        }
        let Some(first) = self.waiting.take() else {
            self.waiting = Some(counts);
            return;
        };
        let bad = real(first.bad) + real(counts.bad);
        if bad == 0.0 {
            return;
        }
        let share = real(first.total) / (real(first.total) + real(counts.total));
        self.squares += (real(first.bad) - share * bad).powi(2);
        self.expected += bad * share * (1.0 - share);
    }

    /// The dispersion, at least one.
    #[must_use]
    pub fn phi(&self) -> f64 {
        if self.expected > 0.0 { (self.squares / self.expected).max(1.0) } else { 1.0 }
    }
}
