//! Is a release hurting? The sequential policy on the counts of one window.

use std::collections::BTreeMap;

use super::evidence::{Evidence, RolloutEvidence};
use super::sequential::burn::burn_rate;
use super::sequential::{Decision, Policy, Settings, Tick as PolicyTick, upper_bound};
use super::{Arm, Counts, Doubt, Judgement, Measurement, Tick, Verdict, words};
use crate::catalog::Slo;
use crate::time::{EpochMs, Millis};

/// The confidence of the bound that a pass must keep.
pub(super) const CONFIDENCE: f64 = 0.95;

/// A release passes when its share of bad requests keeps the budget, and this many times
/// the budget can be ruled out. It is the margin that the tests of a release allow.
const PASS_MARGIN: f64 = 2.0;

/// The window of the burn rate that is told beside a verdict.
const BURN_WINDOW: i64 = 300_000;

/// Without a sample for this long the suspect is silent, whatever the others do.
const SILENT: i64 = 90_000;

/// Judges one objective by the counts of one window.
///
/// See [`judge_with_history`]; nothing is known of the time before.
#[must_use]
pub fn judge(slo: &Slo, found: &Measurement, suspect: Option<&str>) -> Judgement {
    judge_with_history(slo, found, None, suspect)
}

/// Judges one objective by the counts of one window, with the time before it telling how
/// clumped errors arrive here.
///
/// With `suspect`, the counts of that version decide where the series tell versions apart,
/// compared with the other versions in the same intervals; a version without a series of
/// its own is not judged by the others. Where nothing is told apart, all requests are held
/// against the objective. The tests are those of [`super::sequential::Policy`]:
///
/// - *fail* when the evidence proposes a rollback,
/// - *shared* when the others break the objective as well,
/// - *pass* when the objective is kept and twice its budget can be ruled out,
/// - else *inconclusive*; evidence that is enough to stop the rollout is told.
///
/// Whatever keeps the measurement from deciding keeps the verdict inconclusive, or makes it
/// an error.
#[must_use]
pub fn judge_with_history(
    slo: &Slo,
    found: &Measurement,
    before: Option<&Measurement>,
    suspect: Option<&str>,
) -> Judgement {
    let told_apart = suspect.filter(|_| !found.arms.is_empty());
    let absent = told_apart.map(|version| Arm { version: version.to_owned(), ..Arm::default() });
    let arm = told_apart
        .and_then(|version| found.arms.iter().find(|arm| arm.version == version))
        .or(absent.as_ref());
    let (counts, ticks) = arm.map_or((found.counts, &found.ticks), |arm| (arm.counts, &arm.ticks));
    let by_end: BTreeMap<EpochMs, Counts> =
        ticks.iter().map(|tick| (tick.at, tick.counts)).collect();
    let beside = arm.map(|arm| Beside::of(found, arm, &by_end, slo)).unwrap_or_default();

    let mut policy = Policy::new(settings(slo));
    if let Some(before) = before {
        for counts in history(before, arm) {
            policy.take_history(counts);
        }
    }
    for tick in &found.ticks {
        let own = by_end.get(&tick.at).copied();
        let baseline = beside.at(tick.at);
        // What ran before the suspect is no comparison in the same minutes, and tells how
        // clumped errors are.
        match (own, baseline) {
            (None, Some(counts)) => policy.take_history(counts),
            (own, baseline) => {
                policy.take(PolicyTick { canary: own, baseline });
            }
        }
    }

    let mut doubts = found.doubts.clone();
    doubts.extend(silence(found, arm));
    // No requests at all decide nothing, whatever the objective says.
    let need = slo.min_samples.max(1);
    if (counts.total == 0 || !policy.enough()) && !doubts.iter().any(Doubt::is_error) {
        doubts.push(Doubt::TooFew { have: counts.total, need });
    }
    let bound = upper_bound(counts, CONFIDENCE);
    let kept = counts.total >= need
        && counts.rate().is_some_and(|rate| rate <= slo.budget())
        && bound <= PASS_MARGIN * slo.budget();
    let verdict = Doubt::verdict(&doubts).unwrap_or_else(|| match policy.decision() {
        Decision::Rollback => Verdict::Fail,
        Decision::Shared => Verdict::Shared,
        Decision::Watch if kept => Verdict::Pass,
        Decision::Watch | Decision::Pause => Verdict::Inconclusive,
    });
    let told = Told { slo, arm, counts, beside: &beside, policy: &policy, bound, found };
    let sentence = told.sentence(verdict, &doubts);
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
        evidence: Some(Box::new(Evidence {
            upper_bound: bound,
            burn: burn(slo, ticks, found.to),
            min_samples: need,
            rollout: Some(RolloutEvidence {
                decision: policy.decision(),
                baseline: beside.versions.clone(),
                statistics: policy.statistics(),
                crossings: policy.crossings(),
                pause_at: policy.settings().pause,
                rollback_at: policy.settings().rollback,
                support_at: Some(policy.support_at()),
                spread: Some(policy.spread()),
            }),
            recovery: None,
        })),
    }
}

fn settings(slo: &Slo) -> Settings {
    let settings = match slo.threshold {
        Some(_) => Settings::latency(slo.budget()),
        None => Settings::errors(slo.budget()),
    };
    Settings { min_requests: slo.min_samples.max(1), ..settings }
}

/// How fast the last minutes of the window spent the budget.
pub(super) fn burn(slo: &Slo, ticks: &[Tick], to: EpochMs) -> Option<f64> {
    let since = EpochMs(to.0.saturating_sub(BURN_WINDOW));
    let burn = burn_rate(sum(ticks.iter().filter(|tick| tick.at > since)), slo.budget());
    burn.filter(|burn| burn.is_finite())
}

pub(super) fn sum<'a>(ticks: impl Iterator<Item = &'a Tick>) -> Counts {
    ticks.fold(Counts::default(), |sum, tick| sum.plus(tick.counts))
}

/// A suspect that was heard of and has fallen silent, while the others went on.
fn silence(found: &Measurement, arm: Option<&Arm>) -> Option<Doubt> {
    let newest = arm?.ticks.last()?.at;
    let age = found.to.0.saturating_sub(newest.0);
    (age > SILENT).then(|| Doubt::Stale { age: Millis(u64::try_from(age).unwrap_or(0)) })
}

/// The releases beside the suspect, in the intervals in which it served.
#[derive(Default)]
struct Beside {
    versions: Vec<String>,
    ticks: BTreeMap<EpochMs, Counts>,
    /// While the suspect served.
    counts: Counts,
    /// Whether there is enough of it to compare with; too little of it is as none.
    enough: bool,
}

impl Beside {
    fn of(
        found: &Measurement,
        suspect: &Arm,
        served: &BTreeMap<EpochMs, Counts>,
        slo: &Slo,
    ) -> Self {
        let mut beside = Self::default();
        for arm in found.arms.iter().filter(|arm| arm.version != suspect.version) {
            let mut together = false;
            for tick in &arm.ticks {
                let known = beside.ticks.entry(tick.at).or_default();
                *known = known.plus(tick.counts);
                if served.contains_key(&tick.at) {
                    together = true;
                    beside.counts = beside.counts.plus(tick.counts);
                }
            }
            if together {
                beside.versions.push(arm.version.clone());
            }
        }
        beside.enough = beside.counts.total >= slo.min_samples.max(1);
        if !beside.enough {
            beside.versions.clear();
        }
        beside
    }

    fn at(&self, at: EpochMs) -> Option<Counts> {
        self.ticks.get(&at).copied().filter(|_| self.enough)
    }
}

/// The ticks of the time before the window that tell how clumped errors are: those of the
/// releases that are not suspected.
fn history(before: &Measurement, suspect: Option<&Arm>) -> Vec<Counts> {
    if before.doubts.iter().any(Doubt::is_error) {
        return Vec::new();
    }
    let Some(suspect) = suspect.filter(|_| !before.arms.is_empty()) else {
        return before.ticks.iter().map(|tick| tick.counts).collect();
    };
    let mut sums: BTreeMap<EpochMs, Counts> = BTreeMap::new();
    for arm in before.arms.iter().filter(|arm| arm.version != suspect.version) {
        for tick in &arm.ticks {
            let known = sums.entry(tick.at).or_default();
            *known = known.plus(tick.counts);
        }
    }
    sums.into_values().collect()
}

/// Everything that a sentence is made of.
struct Told<'a> {
    slo: &'a Slo,
    arm: Option<&'a Arm>,
    counts: Counts,
    beside: &'a Beside,
    policy: &'a Policy,
    bound: f64,
    found: &'a Measurement,
}

impl Told<'_> {
    fn sentence(&self, verdict: Verdict, doubts: &[Doubt]) -> String {
        let length = self.found.to.0.saturating_sub(self.found.from.0);
        let length = Millis(u64::try_from(length).unwrap_or(0));
        let who = self.arm.map(|arm| arm.version.as_str());
        let seen = words::seen(self.slo, self.counts, who, length);
        let budget = words::percent(self.slo.budget());
        let statistics = self.policy.statistics();
        match verdict {
            Verdict::Pass => format!(
                "{seen}, within {budget}; more than {} is ruled out",
                words::percent(self.bound)
            ),
            Verdict::Fail => {
                let by_ratio = self.policy.crossings().rollback_by_ratio.is_some();
                let odds = words::odds(if by_ratio {
                    statistics.e_ratio.max(1.0 / statistics.p_value)
                } else {
                    statistics.e_abs_canary
                });
                let kept = self.counts.rate().is_some_and(|rate| rate <= self.slo.budget());
                let allowed = if kept { "within" } else { "above" };
                match self.compared() {
                    Some(compared) => format!("{compared}; {odds} ({allowed} {budget})"),
                    None => format!("{seen}, {allowed} {budget}; {odds}"),
                }
            }
            Verdict::Shared => {
                let others = self.beside.counts;
                let rate = others.rate().map(words::percent).unwrap_or_default();
                format!(
                    "{seen}, above {budget}; {} fails {rate} of {} as well, so going back is \
                     unlikely to help",
                    self.beside.versions.join(" and "),
                    words::grouped(others.total)
                )
            }
            Verdict::Inconclusive | Verdict::Error if !doubts.is_empty() => {
                format!("cannot tell: {} ({seen})", words::doubts(doubts))
            }
            Verdict::Inconclusive | Verdict::Error => match self.policy.decision() {
                Decision::Pause | Decision::Shared | Decision::Rollback => format!(
                    "{seen}, above {budget}: enough to stop the rollout, not enough to go back; {}",
                    words::odds(statistics.e_abs_canary)
                ),
                Decision::Watch => {
                    let kept = self.counts.rate().is_some_and(|rate| rate <= self.slo.budget());
                    if kept {
                        let bound = words::percent(self.bound);
                        format!(
                            "cannot tell: {seen}, within {budget}, but up to {bound} is possible"
                        )
                    } else {
                        format!(
                            "cannot tell: {seen}, above {budget}, and not clearly enough to go back"
                        )
                    }
                }
            },
        }
    }

    /// The suspect beside the others; `None` when there is nothing to compare with.
    fn compared(&self) -> Option<String> {
        let arm = self.arm?;
        if self.beside.versions.is_empty() {
            return None;
        }
        let others = self.beside.versions.join(" and ");
        Some(words::compared(
            self.slo,
            (arm.version.as_str(), self.counts),
            (others.as_str(), self.beside.counts),
        ))
    }
}

#[cfg(test)]
mod tests;
