//! Is a service well again? The opposite question, and a stricter one.

use super::detect::{CONFIDENCE, burn, sum};
use super::evidence::{Evidence, RecoveryEvidence};
use super::sequential::{Recovery, RecoverySettings, Standing, upper_bound};
use super::{Doubt, Judgement, Measurement, Tick, Verdict, words};
use crate::catalog::Slo;
use crate::time::{EpochMs, Millis};

/// What a recovery is judged from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Since {
    /// Intervals that begin earlier do not count: what was under way still fails.
    pub counted: EpochMs,
    /// The share of bad requests in the incident, 0 to 1, if it was measured.
    pub incident: Option<f64>,
}

/// Judges whether a service that was brought back to `target` is well.
///
/// - *pass* when the evidence rules out a share of bad requests of twice the budget, or of
///   a quarter of the incident's if that is more, and the last five minutes keep the
///   objective,
/// - *fail* when the evidence that the objective is broken is as strong,
/// - else *inconclusive*.
///
/// The requests of `target` count where the series tell versions apart.
#[must_use]
pub fn judge_recovery(slo: &Slo, found: &Measurement, target: &str, since: Since) -> Judgement {
    let told_apart = !found.arms.is_empty();
    let all: &[Tick] = if told_apart {
        found.arms.iter().find(|arm| arm.version == target).map_or(&[], |arm| &arm.ticks)
    } else {
        &found.ticks
    };
    let ticks = counted(found, all, since.counted);
    let counts = sum(ticks.iter());
    let need = slo.min_samples.max(1);
    let settings = RecoverySettings {
        min_requests: need,
        ..RecoverySettings::after(slo.budget(), since.incident)
    };
    let mut recovery = Recovery::new(settings);
    for tick in &ticks {
        recovery.take(tick.counts);
    }
    let mut doubts = found.doubts.clone();
    if counts.total < need && !doubts.iter().any(Doubt::is_error) {
        doubts.push(Doubt::TooFew { have: counts.total, need });
    }
    let burn = burn(slo, &ticks, found.to);
    let keeps = burn.is_some_and(|burn| burn < 1.0);
    let verdict = Doubt::verdict(&doubts).unwrap_or_else(|| match recovery.standing() {
        Standing::Unwell => Verdict::Fail,
        Standing::Well if keeps => Verdict::Pass,
        Standing::Well | Standing::Open => Verdict::Inconclusive,
    });
    let length = Millis(u64::try_from(found.to.0.saturating_sub(since.counted.0)).unwrap_or(0));
    let seen = words::seen(slo, counts, told_apart.then_some(target), length);
    let budget = words::percent(slo.budget());
    let tolerated = words::percent(settings.tolerated);
    let sentence = match verdict {
        Verdict::Pass => format!("{seen}, within {budget}; {tolerated} or more is ruled out"),
        Verdict::Fail | Verdict::Shared => {
            format!("{seen}, above {budget}; {}", words::odds(recovery.breach()))
        }
        Verdict::Inconclusive | Verdict::Error if !doubts.is_empty() => {
            format!("cannot tell: {} ({seen})", words::doubts(&doubts))
        }
        Verdict::Inconclusive | Verdict::Error => match (recovery.standing(), burn) {
            (Standing::Well, Some(burn)) => {
                format!("{seen}: still spends its budget {burn:.1} times as fast as allowed")
            }
            (Standing::Well | Standing::Open | Standing::Unwell, _) => format!(
                "{seen}; about {} more good ones rule out {tolerated}",
                words::grouped(recovery.still_needed().unwrap_or(0))
            ),
        },
    };
    Judgement {
        slo: slo.name.clone(),
        verdict,
        arm: told_apart.then(|| target.to_owned()),
        from: since.counted,
        to: found.to,
        counts,
        budget: slo.budget(),
        doubts,
        sentence,
        points: found.points.clone(),
        evidence: Some(Box::new(Evidence {
            upper_bound: upper_bound(counts, CONFIDENCE),
            burn,
            min_samples: need,
            rollout: None,
            recovery: Some(RecoveryEvidence {
                e_recovered: recovery.evidence(),
                e_breach: recovery.breach(),
                tolerated: settings.tolerated,
                incident: since.incident,
                pass_at: settings.pass,
                fail_at: settings.fail,
                still_needed: recovery.still_needed(),
            }),
        })),
    }
}

/// The intervals that lie after `since` as a whole.
fn counted(found: &Measurement, ticks: &[Tick], since: EpochMs) -> Vec<Tick> {
    if since <= found.from {
        return ticks.to_vec();
    }
    // An interval begins where the one before it in the window ends.
    let known: Vec<EpochMs> = found.ticks.iter().map(|tick| tick.at).collect();
    let begins =
        |at: EpochMs| known.iter().rev().find(|end| **end < at).copied().unwrap_or(found.from);
    ticks.iter().filter(|tick| begins(tick.at) >= since).copied().collect()
}

#[cfg(test)]
mod tests;
