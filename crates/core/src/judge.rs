//! Verdicts from counts. Doubt is never success: missing, stale, partial or too little
//! data neither passes nor fails.

mod gate;

use serde::{Deserialize, Serialize};

pub use gate::{Gate, GateRule, GateState, Look, Verification};

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

/// Something that keeps a measurement from deciding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Doubt {
    /// The query found no series.
    NoData,
    /// There were series and no requests.
    NoTraffic,
    /// The newest sample is too old.
    Stale {
        /// Its age.
        age: Millis,
    },
    /// The value has not moved although it should have.
    Frozen,
    /// Only a part of the sources answered.
    Partial {
        /// What the source said.
        why: String,
    },
    /// More series than expected, and no way to tell which one counts.
    Ambiguous {
        /// What was found.
        why: String,
    },
    /// A series began in the window and nobody knows from which value.
    UnknownOrigin,
    /// Too few requests to decide.
    TooFew {
        /// Requests seen.
        have: u64,
        /// Requests needed.
        need: u64,
    },
    /// The answer cannot be a count: infinite, negative, not a number.
    BadQuery {
        /// What was wrong.
        why: String,
    },
    /// The source did not answer, or not in its own protocol.
    Unreachable {
        /// What happened.
        why: String,
    },
    /// The source does not let us ask.
    Unauthorised {
        /// What it said.
        why: String,
    },
}

impl Doubt {
    /// Whether it means that we could not ask at all.
    #[must_use]
    pub const fn is_error(&self) -> bool {
        match self {
            Self::BadQuery { .. }
            | Self::Ambiguous { .. }
            | Self::Unreachable { .. }
            | Self::Unauthorised { .. } => true,
            Self::NoData
            | Self::NoTraffic
            | Self::Stale { .. }
            | Self::Frozen
            | Self::Partial { .. }
            | Self::UnknownOrigin
            | Self::TooFew { .. } => false,
        }
    }

    /// In words, as the end of a sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::NoData => "the query found no data".to_owned(),
            Self::NoTraffic => "there was no traffic".to_owned(),
            Self::Stale { age } => format!("the newest sample is {age} old"),
            Self::Frozen => "the numbers have stopped moving".to_owned(),
            Self::Partial { why } => format!("only a part answered: {why}"),
            Self::Ambiguous { why } => format!("more than one series matches: {why}"),
            Self::UnknownOrigin => "a series began at an unknown value".to_owned(),
            Self::TooFew { have, need } => format!("only {have} requests, {need} are needed"),
            Self::BadQuery { why } => format!("the query is at fault: {why}"),
            Self::Unreachable { why } => format!("no answer: {why}"),
            Self::Unauthorised { why } => format!("not allowed to ask: {why}"),
        }
    }
}

/// Requests counted over a window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Counts {
    /// All requests.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub total: u64,
    /// The bad ones among them.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub bad: u64,
}

impl Counts {
    /// The share of bad requests; `None` without traffic.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a ratio of request counts needs no 64 bits")]
    pub fn rate(self) -> Option<f64> {
        (self.total > 0).then(|| self.bad as f64 / self.total as f64)
    }
}

/// Counts of one release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arm {
    /// The version as the series name it.
    pub version: String,
    /// What was counted.
    pub counts: Counts,
}

/// One point of a chart.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Point {
    /// End of the interval.
    pub at: EpochMs,
    /// Share of bad requests in it, 0 to 1; `None` where nothing is known.
    pub rate: Option<f64>,
}

/// What an observer found for one objective over one window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// Start of the window.
    pub from: EpochMs,
    /// End of the window.
    pub to: EpochMs,
    /// All releases together.
    pub counts: Counts,
    /// By release, where the series tell.
    pub arms: Vec<Arm>,
    /// What keeps it from deciding.
    pub doubts: Vec<Doubt>,
    /// The rate over time, oldest first, for a chart.
    pub points: Vec<Point>,
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
    let absent =
        told_apart.map(|version| Arm { version: version.to_owned(), counts: Counts::default() });
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
