//! Verdicts from counts. Doubt is never success: missing, stale, partial or too little
//! data neither passes nor fails.

mod doubt;
mod gate;
mod measurement;
pub mod sequential;

use serde::{Deserialize, Serialize};

pub use doubt::Doubt;
pub use gate::{Gate, GateRule, GateState, Look, Verification};
pub use measurement::{Arm, Counts, Grid, Measurement, Point, Tick};

use crate::catalog::Slo;
use crate::name::SloName;
use crate::time::{EpochMs, Millis};

/// What the evidence says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Verdict {
    /// Enough data, within the objective.
    Pass,
    /// Enough data, outside the objective.
    Fail,
    /// Neither can be said.
    Inconclusive,
    /// We could not ask.
    Error,
    /// The old release is just as bad: going back is unlikely to help.
    Shared,
}

impl Verdict {
    /// Whether a gate may open on it without a person.
    #[must_use]
    pub const fn permits(self) -> bool {
        match self {
            Self::Pass => true,
            Self::Fail | Self::Inconclusive | Self::Error | Self::Shared => false,
        }
    }

    /// As written in runbooks and on screens.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Inconclusive => "inconclusive",
            Self::Error => "error",
            Self::Shared => "shared",
        }
    }
}

/// A verdict with everything that it rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Judgement {
    /// Which objective.
    pub slo: SloName,
    /// What it says.
    pub verdict: Verdict,
    /// The release whose requests were counted; `None` for all of them.
    pub arm: Option<String>,
    /// Start of the window.
    pub from: EpochMs,
    /// End of the window.
    pub to: EpochMs,
    /// What was counted.
    pub counts: Counts,
    /// The allowed share of bad requests, 0 to 1.
    pub budget: f64,
    /// What kept it from deciding.
    pub doubts: Vec<Doubt>,
    /// The same for a person.
    pub sentence: String,
    /// The rate over time, for a chart.
    pub points: Vec<Point>,
}

/// Judges one objective by the ratio of bad to all requests over the window.
///
/// With `suspect`, the counts of that version decide where the series tell versions
/// apart; a version without a series of its own is not judged by the others. When it is
/// bad and the others, with enough requests of their own, are bad too,
/// the verdict is *shared*. The full sequential test replaces this rule behind the same
/// signature.
#[must_use]
pub fn judge(slo: &Slo, found: &Measurement, suspect: Option<&str>) -> Judgement {
    let told_apart = suspect.filter(|_| !found.arms.is_empty());
    let absent = told_apart.map(|version| Arm {
        version: version.to_owned(),
        counts: Counts::default(),
        ticks: Vec::new(),
    });
    let arm = told_apart
        .and_then(|version| found.arms.iter().find(|arm| arm.version == version))
        .or(absent.as_ref());
    let counts = arm.map_or(found.counts, |arm| arm.counts);
    let mut doubts = found.doubts.clone();
    // No requests at all decide nothing, whatever the objective says.
    let need = slo.min_samples.max(1);
    if counts.total < need && !doubts.iter().any(Doubt::is_error) {
        doubts.push(Doubt::TooFew { have: counts.total, need });
    }
    let verdict = if doubts.iter().any(Doubt::is_error) {
        Verdict::Error
    } else if !doubts.is_empty() {
        Verdict::Inconclusive
    } else {
        match counts.rate() {
            None => Verdict::Inconclusive,
            Some(rate) if rate <= slo.budget() => Verdict::Pass,
            Some(_) if others_are_bad(slo, found, arm) => Verdict::Shared,
            Some(_) => Verdict::Fail,
        }
    };
    let sentence = sentence(slo, verdict, counts, arm, &doubts, found);
    Judgement {
        slo: slo.name.clone(),
        verdict,
        arm: arm.map(|arm| arm.version.clone()),
        from: found.from,
        to: found.to,
        counts,
        budget: slo.budget(),
        doubts,
        sentence,
        points: found.points.clone(),
    }
}

/// Whether the requests that `suspect` did not serve break the objective as well.
fn others_are_bad(slo: &Slo, found: &Measurement, suspect: Option<&Arm>) -> bool {
    let Some(suspect) = suspect else { return false };
    let others = Counts {
        total: found.counts.total.saturating_sub(suspect.counts.total),
        bad: found.counts.bad.saturating_sub(suspect.counts.bad),
    };
    others.total >= slo.min_samples && others.rate().is_some_and(|rate| rate > slo.budget())
}

fn sentence(
    slo: &Slo,
    verdict: Verdict,
    counts: Counts,
    arm: Option<&Arm>,
    doubts: &[Doubt],
    found: &Measurement,
) -> String {
    let who = arm.map(|arm| format!(" of {}", arm.version)).unwrap_or_default();
    let length = Millis(u64::try_from(found.to.0.saturating_sub(found.from.0)).unwrap_or(0));
    let budget = percent(slo.budget());
    let seen = counts.rate().map_or_else(
        || format!("no requests{who} in {length}"),
        |rate| {
            format!(
                "{} of {} requests{who} failed in {length}, {}",
                counts.bad,
                counts.total,
                percent(rate)
            )
        },
    );
    match verdict {
        Verdict::Pass => format!("{seen}, within {budget}"),
        Verdict::Fail => format!("{seen}, above {budget}"),
        Verdict::Shared => {
            format!(
                "{seen}, above {budget}; the other releases are as bad, so going back is unlikely to help"
            )
        }
        Verdict::Inconclusive | Verdict::Error => {
            let why: Vec<String> = doubts.iter().map(Doubt::sentence).collect();
            format!("cannot tell: {} ({seen})", why.join("; "))
        }
    }
}

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

/// The worst of several verdicts, for a gate that needs all of them. Failing outranks
/// not knowing, and nothing at all is not a pass.
#[must_use]
pub fn worst(verdicts: impl IntoIterator<Item = Verdict>) -> Verdict {
    const fn badness(verdict: Verdict) -> u8 {
        match verdict {
            Verdict::Pass => 0,
            Verdict::Inconclusive => 1,
            Verdict::Error => 2,
            Verdict::Shared => 3,
            Verdict::Fail => 4,
        }
    }
    verdicts.into_iter().max_by_key(|verdict| badness(*verdict)).unwrap_or(Verdict::Inconclusive)
}

#[cfg(test)]
mod tests;
