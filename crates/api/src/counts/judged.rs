//! From a table to a verdict, what to do, and why.

use lastgood_core::judge::sequential::{
    Crossings, Decision, Policy, Recovery, RecoverySettings, Settings, Spread, Standing,
    Statistics, Tick, tolerated_rate, upper_bound,
};
use lastgood_core::judge::{Counts, Doubt, Verdict, percent};
use serde::Serialize;

use super::read::{Mistake, Row, Table, read};

/// What the table is held against.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Asked {
    /// The share of good requests that is promised, strictly between 0 and 1.
    pub objective: f64,
    /// How many times worse the new release may be; the default of the test if absent.
    pub r0: Option<f64>,
    /// The rate of bad requests that a pass excludes; twice the budget if absent.
    pub exclude: Option<f64>,
    /// Fewer requests of the new release decide nothing; the default if absent.
    pub min_requests: Option<u64>,
    /// Whether slow requests are counted, not failed ones.
    pub latency: bool,
}

/// What to do about the rollout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum Action {
    /// Go on with the rollout.
    Continue,
    /// Nothing is shown in either direction: leave the rollout as it is, and look again when
    /// there is more data.
    Wait,
    /// Send it no more traffic: it breaks the objective, and that going back helps is not shown.
    Pause,
    /// Go back.
    RollBack,
    /// Going back is unlikely to help.
    DoNotRollBack,
}

/// A verdict on a table of counts, with everything it rests on.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Judged {
    /// What the evidence says.
    pub verdict: Verdict,
    /// What to do about it.
    pub action: Action,
    /// Both for a person.
    pub sentence: String,
    /// The share of good requests that is promised.
    pub objective: f64,
    /// The share of bad requests that it allows.
    pub budget: f64,
    /// What was counted.
    pub samples: Samples,
    /// The evidence.
    pub statistics: Statistics,
    /// The evidence that it is worse than the old release at all, from which on a broken
    /// objective alone proposes to go back: less for a smaller share of the requests.
    pub support_at: f64,
    /// How clumped errors are taken to be, and whether the ticks before told it.
    pub spread: Spread,
    /// The first tick at which each threshold was reached, in time.
    pub crossed: Vec<Crossed>,
    /// What keeps it from passing.
    pub doubts: Vec<Doubt>,
    /// How sure it is that the release is well.
    pub proof: Proof,
}

/// What was counted, and what is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Samples {
    /// Requests of the new release.
    pub canary: Counts,
    /// Requests of the old release in the same ticks; `null` without any row of it there.
    pub baseline: Option<Counts>,
    /// Ticks from the first row of the new release on.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub ticks: u64,
    /// Ticks before that: they tell how clumped the old release's errors are.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub ticks_before: u64,
    /// Ticks in which nothing is known of the new release, gaps included.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub canary_missing: u64,
    /// Ticks in which nothing is known of the old release, where there is one.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub baseline_missing: u64,
}

/// How far the opposite is shown: that the new release is well.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Proof {
    /// The rate of bad requests that a pass excludes.
    pub exclude: f64,
    /// The evidence that the rate is below; 20 passes.
    pub evidence: f64,
    /// The largest rate that the counts leave possible, with 95 % confidence at one look.
    pub upper_bound: f64,
    /// How many more requests, all of them good, would pass; `null` when none would.
    #[cfg_attr(feature = "bindings", ts(type = "number | null"))]
    pub still_needed: Option<u64>,
}

/// A threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum Crossing {
    /// The new release breaks the objective, enough to pause.
    Pause,
    /// The old release is not quiet.
    BaselineLoud,
    /// Both break the objective.
    Shared,
    /// The new release is worse than the old one, enough to roll back.
    RollbackByRatio,
    /// The new release alone breaks the objective, enough to roll back.
    RollbackByObjective,
}

/// A threshold that was reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Crossed {
    /// Which.
    pub what: Crossing,
    /// At which tick first, as the table writes it.
    pub tick: String,
}

/// Judges a table of counts; or tells every mistake in it.
///
/// The table is text with commas: a header that names at least the columns `tick`, `arm`,
/// `total` and `bad`, then one row for each tick and arm. Counts are those of the tick
/// alone. Rows of the baseline before the first of the canary are its history.
pub fn judge(text: &str, asked: Asked) -> Result<Judged, Vec<Mistake>> {
    read(text).map(|table| Judging::new(&table, asked).judged())
}

/// A table on its way to a verdict.
struct Judging {
    asked: Asked,
    policy: Policy,
    recovery: Recovery,
    samples: Samples,
    /// Of the ticks that the policy has seen, in order.
    labels: Vec<String>,
    doubts: Vec<Doubt>,
}

impl Asked {
    fn budget(self) -> f64 {
        const PLACES: f64 = 1e12;
        ((1.0 - self.objective) * PLACES).round() / PLACES
    }

    fn settings(self) -> Settings {
        let defaults = if self.latency {
            Settings::latency(self.budget())
        } else {
            Settings::errors(self.budget())
        };
        Settings {
            r0: self.r0.unwrap_or(defaults.r0),
            min_requests: self.min_requests.unwrap_or(defaults.min_requests),
            ..defaults
        }
    }

    fn exclude(self) -> f64 {
        self.exclude.unwrap_or_else(|| tolerated_rate(self.budget(), None))
    }
}

impl Judging {
    fn new(table: &Table, asked: Asked) -> Self {
        let settings = asked.settings();
        let recovery = RecoverySettings {
            tolerated: asked.exclude(),
            min_requests: settings.min_requests,
            ..RecoverySettings::after(asked.budget(), None)
        };
        let mut judging = Self {
            asked,
            policy: Policy::new(settings),
            recovery: Recovery::new(recovery),
            samples: Samples {
                canary: Counts::default(),
                baseline: None,
                ticks: 0,
                ticks_before: 0,
                canary_missing: 0,
                baseline_missing: 0,
            },
            labels: Vec::new(),
            doubts: Vec::new(),
        };
        let begin = table.rows.iter().find(|(_, row)| row.canary.is_some()).map(|(at, _)| *at);
        let begin = begin.unwrap_or(i128::MAX);
        for row in table.rows.range(..begin).map(|(_, row)| row) {
            judging.samples.ticks_before += 1;
            if let Some(counts) = row.baseline {
                judging.policy.take_history(counts);
            }
        }
        let rows: Vec<(i128, &Row)> =
            table.rows.range(begin..).map(|(at, row)| (*at, row)).collect();
        let beside = rows.iter().any(|(_, row)| row.baseline.is_some());
        for (_, row) in &rows {
            judging.take(row, beside);
        }
        let gaps = gaps(&table.rows.keys().copied().collect::<Vec<_>>(), begin);
        judging.samples.ticks = judging.samples.ticks.saturating_add(gaps);
        judging.samples.canary_missing = judging.samples.canary_missing.saturating_add(gaps);
        let beside_gaps = if beside { gaps } else { 0 };
        judging.samples.baseline_missing =
            judging.samples.baseline_missing.saturating_add(beside_gaps);
        judging.doubt();
        if growing::looks_like_counters(table.rows.values()) {
            judging.doubts.push(Doubt::Cumulative);
        }
        judging
    }

    fn take(&mut self, row: &Row, beside: bool) {
        let samples = &mut self.samples;
        samples.ticks += 1;
        samples.canary_missing += u64::from(row.canary.is_none());
        samples.baseline_missing += u64::from(beside && row.baseline.is_none());
        if let Some(counts) = row.canary {
            samples.canary.total = samples.canary.total.saturating_add(counts.total);
            samples.canary.bad = samples.canary.bad.saturating_add(counts.bad);
            self.recovery.take(counts);
        }
        if let Some(counts) = row.baseline {
            let sum = samples.baseline.get_or_insert_default();
            sum.total = sum.total.saturating_add(counts.total);
            sum.bad = sum.bad.saturating_add(counts.bad);
        }
        self.labels.push(row.label.clone());
        self.policy.take(Tick { canary: row.canary, baseline: row.baseline });
    }

    fn doubt(&mut self) {
        let samples = self.samples;
        let need = self.policy.settings().min_requests.max(1);
        if samples.ticks == 0 {
            self.doubts.push(Doubt::NoData);
        } else if samples.canary.total == 0 {
            self.doubts.push(Doubt::NoTraffic);
        } else if samples.canary.total < need {
            self.doubts.push(Doubt::TooFew { have: samples.canary.total, need });
        }
        for (who, missing) in [("new", samples.canary_missing), ("old", samples.baseline_missing)] {
            if missing > 0 {
                let why = format!(
                    "nothing is known of the {who} release in {missing} of {} ticks",
                    samples.ticks
                );
                self.doubts.push(Doubt::Partial { why });
            }
        }
    }

    fn judged(self) -> Judged {
        let (verdict, action) = self.verdict();
        let proof = Proof {
            exclude: self.asked.exclude(),
            evidence: self.recovery.evidence(),
            upper_bound: upper_bound(self.samples.canary, 0.95),
            still_needed: self.recovery.still_needed(),
        };
        Judged {
            verdict,
            action,
            sentence: self.sentence(verdict, action, &proof),
            objective: self.asked.objective,
            budget: self.asked.budget(),
            samples: self.samples,
            statistics: self.policy.statistics(),
            support_at: self.policy.support_at(),
            spread: self.policy.spread(),
            crossed: self.crossed(),
            doubts: self.doubts,
            proof,
        }
    }

    fn verdict(&self) -> (Verdict, Action) {
        match self.policy.decision() {
            Decision::Rollback => (Verdict::Fail, Action::RollBack),
            Decision::Shared => (Verdict::Shared, Action::DoNotRollBack),
            Decision::Watch
                if self.doubts.is_empty() && self.recovery.standing() == Standing::Well =>
            {
                (Verdict::Pass, Action::Continue)
            }
            Decision::Watch => (Verdict::Inconclusive, Action::Wait),
            Decision::Pause => (Verdict::Inconclusive, Action::Pause),
        }
    }

    fn crossed(&self) -> Vec<Crossed> {
        let Crossings { pause, baseline_loud, shared, rollback_by_ratio, rollback_by_objective } =
            self.policy.crossings();
        let mut crossed: Vec<(u64, Crossing)> = [
            (pause, Crossing::Pause),
            (baseline_loud, Crossing::BaselineLoud),
            (shared, Crossing::Shared),
            (rollback_by_ratio, Crossing::RollbackByRatio),
            (rollback_by_objective, Crossing::RollbackByObjective),
        ]
        .into_iter()
        .filter_map(|(tick, what)| Some((tick?, what)))
        .collect();
        crossed.sort_by_key(|(tick, _)| *tick);
        crossed
            .into_iter()
            .filter_map(|(tick, what)| {
                let place = usize::try_from(tick).ok()?.checked_sub(1)?;
                Some(Crossed { what, tick: self.labels.get(place)?.clone() })
            })
            .collect()
    }

    /// Counted again at every tick, one bad request looks like many.
    fn but(&self) -> String {
        let grows = Doubt::Cumulative;
        if self.doubts.contains(&grows) {
            format!(" But {}.", grows.sentence())
        } else {
            String::new()
        }
    }

    fn sentence(&self, verdict: Verdict, action: Action, proof: &Proof) -> String {
        let how = if self.asked.latency { "were slow" } else { "failed" };
        let seen = |who: &str, counts: Counts| match counts.rate() {
            None => format!("the {who} release had no requests"),
            Some(rate) => format!(
                "{} of {} requests of the {who} release {how} ({})",
                counts.bad,
                counts.total,
                percent(rate)
            ),
        };
        let here = seen("new", self.samples.canary);
        let there = self
            .samples
            .baseline
            .map_or_else(|| "no old release runs beside it".to_owned(), |sum| seen("old", sum));
        let budget = percent(self.asked.budget());
        match (verdict, action) {
            (Verdict::Fail, _) => {
                format!("Roll back: {here}; {there}. {budget} is allowed.{}", self.but())
            }
            (Verdict::Shared, _) => format!(
                "Do not roll back for this: {here}, and {there}. Both break {budget}, so look \
                 for what they share.{}",
                self.but()
            ),
            (Verdict::Pass, _) => format!(
                "Continue: {here}; {there}. A rate of {} or more is excluded.",
                percent(proof.exclude)
            ),
            (Verdict::Inconclusive | Verdict::Error, _) => {
                let why: Vec<String> = self.doubts.iter().map(Doubt::sentence).collect();
                let why = if why.is_empty() {
                    String::new()
                } else {
                    format!(" {}.", capital(&why.join("; ")))
                };
                if self.policy.decision() == Decision::Pause {
                    format!(
                        "Pause: {here}, more than {budget} allows, and not enough to say that \
                         going back helps; {there}.{why}"
                    )
                } else {
                    format!("Wait, nothing is proven yet: {here}; {there}.{why}{}", missing(proof))
                }
            }
        }
    }
}

/// What a pass would take.
fn missing(proof: &Proof) -> String {
    match proof.still_needed {
        None | Some(0) => String::new(),
        Some(more) => format!(
            " {more} more requests, all of them good, would exclude a rate of {}.",
            percent(proof.exclude)
        ),
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// How many ticks are missing between the ones that are there, from `begin` on. The usual
/// distance of two ticks is the median one.
fn gaps(ticks: &[i128], begin: i128) -> u64 {
    let mut distances: Vec<i128> = ticks.windows(2).map(|pair| pair[1] - pair[0]).collect();
    distances.sort_unstable();
    let Some(usual) = distances.get(distances.len().saturating_sub(1) / 2).copied() else {
        return 0;
    };
    let missing: i128 = ticks
        .windows(2)
        .filter(|pair| pair[1] > begin)
        // Half a tick late is late, and not missing.
        .map(|pair| ((pair[1] - pair[0] + usual / 2) / usual - 1).max(0))
        .sum();
    u64::try_from(missing).unwrap_or(u64::MAX)
}

mod growing;

#[cfg(test)]
mod tests;
