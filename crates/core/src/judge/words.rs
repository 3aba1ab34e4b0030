//! Numbers and verdicts as a person reads them.

use super::sequential::LARGEST;
use super::{Counts, Doubt, Judgement};
use crate::catalog::Slo;
use crate::time::Millis;

/// A share as a person reads it: `0.31%`, `4.8%`, `12%`. A share that is not zero never
/// reads as zero: an objective of 99.999 % allows `0.001%`.
#[must_use]
pub fn percent(share: f64) -> String {
    /// Enough for a share of one in ten thousand million.
    const FINEST: usize = 10;
    let value = share * 100.0;
    let least = if value >= 10.0 {
        0
    } else if value >= 1.0 {
        1
    } else {
        2
    };
    let mut text = String::new();
    for places in least..=FINEST {
        text = format!("{value:.places$}");
        if share == 0.0 || text.contains(|digit| matches!(digit, '1'..='9' | 'N' | 'i')) {
            break;
        }
    }
    let text =
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{text}%")
}

/// A number with its thousands apart: `10,811`.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// How improbable evidence `e` of an e-process makes chance, rounded towards doubt: by
/// Ville's inequality chance reaches it at most once in `e` times.
pub(super) fn odds(e: f64) -> String {
    const MOST: f64 = 1e6;
    if e < 2.0 {
        return "chance explains that easily".to_owned();
    }
    if e >= MOST {
        return "chance explains that less than once in a million times".to_owned();
    }
    let step = 10_f64.powf(e.log10().floor());
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 2 and a million"
    )]
    let rounded = ((e / step).floor() * step) as u64;
    format!("chance explains that less than 1 in {} times", grouped(rounded))
}

/// How many times `one` is `other`: `4.5 times`, `90 times`.
fn times(one: f64, other: f64) -> String {
    let ratio = one / other;
    if ratio < 10.0 {
        let text = format!("{ratio:.1}");
        return format!("{} times", text.trim_end_matches('0').trim_end_matches('.'));
    }
    let step = 10_f64.powf(ratio.log10().floor() - 1.0).max(1.0);
    format!("{:.0} times", (ratio / step).round() * step)
}

/// `500 ms`, `2 s`, `1.5 s`.
pub(super) fn limit(threshold: Millis) -> String {
    if threshold.0 < 1_000 {
        return format!("{} ms", threshold.0);
    }
    let text = format!("{}.{:03}", threshold.0 / 1_000, threshold.0 % 1_000);
    format!("{} s", text.trim_end_matches('0').trim_end_matches('.'))
}

/// `48 of 1,000 requests of v3 failed in 5:00, 4.8%`
pub(super) fn seen(slo: &Slo, counts: Counts, who: Option<&str>, length: Millis) -> String {
    let of = who.map(|version| format!(" of {version}")).unwrap_or_default();
    let Some(rate) = counts.rate() else {
        return format!("no requests{of} in {length}");
    };
    let did = slo.threshold.map_or_else(
        || "failed".to_owned(),
        |threshold| format!("took longer than {}", limit(threshold)),
    );
    format!(
        "{} of {} requests{of} {did} in {length}, {}",
        grouped(counts.bad),
        grouped(counts.total),
        percent(rate)
    )
}

/// `v2 fails 9.1% of 1,204 requests, v1 0.1% of 10,811 in the same minutes: about 90 times
/// as often`
pub(super) fn compared(slo: &Slo, one: (&str, Counts), other: (&str, Counts)) -> String {
    let (rate, beside) = (one.1.rate().unwrap_or(0.0), other.1.rate().unwrap_or(0.0));
    let (does, of) = slo.threshold.map_or_else(
        || (format!("fails {}", percent(rate)), String::new()),
        |threshold| {
            (format!("takes longer than {} for {}", limit(threshold), percent(rate)), "for ".into())
        },
    );
    let share = if other.1.bad == 0 { "none".to_owned() } else { percent(beside) };
    let often = if other.1.bad == 0 || one.1.bad == 0 {
        String::new()
    } else {
        format!(": about {} as often", times(rate, beside))
    };
    format!(
        "{} {does} of {} requests, {} {of}{share} of {} in the same minutes{often}",
        one.0,
        grouped(one.1.total),
        other.0,
        grouped(other.1.total),
    )
}

/// The numbers behind a verdict in one line: window, counts, and each statistic with the
/// threshold that it is held against. `None` for a verdict without numbers.
#[must_use]
pub fn statistics(judgement: &Judgement) -> Option<String> {
    let evidence = judgement.evidence.as_ref()?;
    let length = Millis(judgement.to.0.saturating_sub(judgement.from.0).unsigned_abs());
    let mut said = vec![
        format!("window {length}"),
        format!("{} of {} bad", grouped(judgement.counts.bad), grouped(judgement.counts.total)),
        format!("budget {}", percent(judgement.budget)),
        format!("at most {} with 95% confidence", percent(evidence.upper_bound)),
    ];
    if let Some(rollout) = &evidence.rollout {
        let seen = &rollout.statistics;
        said.push(format!(
            "evidence against the objective {} (stops at {}, rolls back at {})",
            amount(seen.e_abs_canary),
            amount(rollout.pause_at),
            amount(rollout.rollback_at)
        ));
        if !rollout.baseline.is_empty() {
            said.push(format!(
                "against {} times {} {} (rolls back at {}), of {} of {} bad there",
                amount(seen.r0),
                rollout.baseline.join(" and "),
                amount(seen.e_ratio),
                amount(rollout.rollback_at),
                grouped(seen.baseline.bad),
                grouped(seen.baseline.total)
            ));
            said.push(format!("p {}", amount(seen.p_value)));
        }
    }
    if let Some(recovery) = &evidence.recovery {
        said.push(format!(
            "evidence for less than {} bad {} (recovered at {})",
            percent(recovery.tolerated),
            amount(recovery.e_recovered),
            amount(recovery.pass_at)
        ));
        said.push(format!(
            "evidence that it is broken still {} (fails at {})",
            amount(recovery.e_breach),
            amount(recovery.fail_at)
        ));
    }
    Some(said.join("; "))
}

/// A statistic with three digits that mean something: `0.05`, `12.3`, `1,204`, `3.1e9`.
fn amount(value: f64) -> String {
    if value >= LARGEST || !value.is_finite() {
        "beyond counting".to_owned()
    } else if value == 0.0 {
        "0".to_owned()
    } else if !(0.01..1e6).contains(&value) {
        format!("{value:.1e}")
    } else if value >= 100.0 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between a hundred and a million"
        )]
        grouped(value.round() as u64)
    } else {
        let text = format!("{value:.2}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

/// What kept it from deciding, in one line.
pub(super) fn doubts(doubts: &[Doubt]) -> String {
    let why: Vec<String> = doubts.iter().map(Doubt::sentence).collect();
    why.join("; ")
}

#[cfg(test)]
mod tests;
