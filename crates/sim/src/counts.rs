//! Requests per second as whole numbers, each drawn for its own second, so that two
//! windows that meet always add up to the window they make together.
//!
//! Only addition, multiplication, division and square roots are used: they round alike on
//! every machine, and a drill must count alike wherever it is played.

use lastgood_core::catalog::Slo;
use lastgood_core::drill::Behaviour;
use lastgood_core::judge::Counts;
use lastgood_core::time::Millis;

use crate::chance::{bell, draw, unit};

/// Below this mean the exact distribution is drawn; above, the normal one is as good.
const SMALL: f64 = 30.0;

/// How much traffic wobbles around its rate, as the whole width of the band.
const WOBBLE: f64 = 0.16;

/// Which requests an objective counts as bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Those that failed.
    Failed,
    /// Those that took longer than this.
    Slower(Millis),
}

impl Kind {
    /// What the objective says, or else its query for the good requests. The practice
    /// world understands two ways to speak of latency there, `latency < 300ms` and the
    /// bucket `le="0.3"` of a Prometheus histogram; every other query is about requests
    /// that did not fail.
    pub(crate) fn of(slo: &Slo) -> Self {
        if let Some(threshold) = slo.threshold {
            return Self::Slower(threshold);
        }
        let query: String = slo.good.chars().filter(|c| !c.is_whitespace()).collect();
        if let Some((_, tail)) = query.split_once("latency<") {
            let digits: String = tail.chars().take_while(char::is_ascii_digit).collect();
            let unit = &tail[digits.len()..];
            if let Ok(number) = digits.parse::<u64>() {
                return Self::Slower(if unit.starts_with("ms") {
                    Millis(number)
                } else {
                    Millis::seconds(number)
                });
            }
        }
        let bucket = query.split_once("le=\"").and_then(|(_, tail)| tail.split('"').next());
        if let Some(seconds) = bucket.and_then(|text| text.parse().ok()) {
            return Self::Slower(from_seconds(seconds));
        }
        Self::Failed
    }

    /// The share of requests of a release with this behaviour that are bad.
    pub(crate) fn share(self, behaviour: &Behaviour) -> f64 {
        match self {
            Self::Failed => behaviour.error_rate.clamp(0.0, 1.0),
            Self::Slower(limit) => slower(behaviour.latency, limit),
        }
    }

    const fn tag(self) -> u64 {
        match self {
            Self::Failed => 1,
            Self::Slower(limit) => 2 + limit.0,
        }
    }
}

fn from_seconds(seconds: f64) -> Millis {
    Millis::from(std::time::Duration::try_from_secs_f64(seconds).unwrap_or_default())
}

/// The share of requests that take longer than `limit`: a log-logistic distribution with
/// shape 4, whose 99th percentile is about three times its median.
fn slower(median: Millis, limit: Millis) -> f64 {
    if median.0 == 0 {
        return 0.0;
    }
    let ratio = limit.duration().as_secs_f64() / median.duration().as_secs_f64();
    1.0 / (1.0 + ratio * ratio * ratio * ratio)
}

/// What one release is asked for in one second.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Second {
    /// What the draws belong to: seed, place and release.
    pub(crate) key: u64,
    /// Seconds since 1970.
    pub(crate) tick: i64,
    /// Mean requests in that second.
    pub(crate) mean: f64,
}

impl Second {
    /// The requests of this second.
    pub(crate) fn counts(self, kind: Kind, behaviour: &Behaviour) -> Counts {
        let tick = self.tick.cast_unsigned();
        let total = poisson(self.mean, draw(&[self.key, tick, 0]));
        let luck = draw(&[self.key, tick, kind.tag()]);
        Counts { total, bad: binomial(total, kind.share(behaviour), luck) }
    }
}

/// How busy this second is compared to the average: a slow, seeded wobble that moves from
/// one value to the next over a minute.
pub(crate) fn busyness(key: u64, tick: i64) -> f64 {
    let minute = tick.div_euclid(60).cast_unsigned();
    let into = f64::from(i32::try_from(tick.rem_euclid(60)).unwrap_or(0)) / 60.0;
    let (now, next) = (unit(draw(&[key, minute])), unit(draw(&[key, minute.wrapping_add(1)])));
    1.0 + WOBBLE * (now + (next - now) * into - 0.5)
}

/// How many of events with this mean happen.
fn poisson(mean: f64, luck: u64) -> u64 {
    if mean <= 0.0 {
        return 0;
    }
    if mean >= SMALL {
        return whole(mean + mean.sqrt() * bell(luck));
    }
    let wanted = unit(luck);
    let mut each = exp_minus(mean);
    let mut sum = each;
    let mut count = 0_u32;
    // Three times the largest mean is beyond any double's resolution.
    while sum < wanted && count < 100 {
        count += 1;
        each *= mean / f64::from(count);
        sum += each;
    }
    u64::from(count)
}

/// How many of `n` happen when each does with probability `p`.
fn binomial(n: u64, p: f64, luck: u64) -> u64 {
    if p <= 0.0 || n == 0 {
        return 0;
    }
    if p > 0.5 {
        return n - binomial(n, 1.0 - p, luck);
    }
    let mean = f64::from(u32::try_from(n).unwrap_or(u32::MAX)) * p;
    let drawn = if mean < SMALL {
        poisson(mean, luck)
    } else {
        whole(mean + (mean * (1.0 - p)).sqrt() * bell(luck))
    };
    drawn.min(n)
}

/// The nearest whole number, never negative.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a casting float saturates, and requests in one second stay far below"
)]
fn whole(value: f64) -> u64 {
    value.round().max(0.0) as u64
}

/// e to the power of minus `x`, for `x` from 0 to 30. The library's own may differ in the
/// last bit from one machine to the next.
fn exp_minus(x: f64) -> f64 {
    let small = x / 64.0;
    let (mut term, mut sum) = (1.0, 1.0);
    for n in 1..12 {
        term *= -small / f64::from(n);
        sum += term;
    }
    (0..6).fold(sum, |power, _| power * power)
}

#[cfg(test)]
mod tests;
