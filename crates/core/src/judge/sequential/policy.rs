//! From evidence to what to do: pause, roll back, or do not roll back.

use serde::{Deserialize, Serialize};

use super::absolute::{Absolute, proper};
use super::apart::Apart;
use super::bets::Bets;
use super::dispersion::{Dispersion, Spread};
use super::gathered::Gathered;
use super::mixture::{LARGEST, real};
use super::ratio::Ratio;
use crate::judge::Counts;

/// The thresholds of the verdicts.
///
/// With the defaults a good canary is proposed for rollback in at most one rollout of a
/// hundred: 0.005 each for the two ways to get there.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// The share of requests that may be bad, between zero and one.
    pub budget: f64,
    /// How many times worse than the old release the canary may be. Two pods of the same
    /// release differ, too.
    pub r0: f64,
    /// Whether the counts are slow requests; their rate never changes a hundredfold, so
    /// finer alternatives are weighed.
    pub latency: bool,
    /// Evidence against the objective that pauses the rollout: once in 20 at most.
    pub pause: f64,
    /// Evidence that proposes a rollback: once in 200 at most.
    pub rollback: f64,
    /// The old release is quiet while the evidence against it stays below this.
    pub quiet: f64,
    /// How much evidence it takes that the canary is worse than the old release beside it,
    /// before a broken objective alone proposes a rollback, when each serves half of the
    /// requests. Where the lesser of both serves the share `w` it takes `(2 w)^1.5` times as
    /// much: an old release with nine of ten requests is not quiet by chance, and one with
    /// hardly any cannot tell. Without any it is not asked.
    pub support: f64,
    /// How many times worse counts as no worse at all for that support.
    pub hardly: f64,
    /// No verdict on fewer requests of the canary, unless bad ones came in `min_bad_ticks`.
    pub min_requests: u64,
    /// So many ticks with bad requests are enough for a verdict on fewer requests...
    pub min_bad_ticks: u64,
    /// ...but not on fewer than these: two bad requests of two are an accident.
    pub fewest_requests: u64,
    /// From the request on with which the budget would allow so many bad ones...
    pub ease_at: f64,
    /// ...the objective counts as broken at so many times the budget only. With much
    /// traffic a test sees differences that nobody would roll back for.
    pub eased: f64,
}

impl Settings {
    /// The defaults for bad requests, of which the objective allows a share of `budget`.
    #[must_use]
    pub const fn errors(budget: f64) -> Self {
        Self {
            budget,
            r0: 2.0,
            latency: false,
            pause: 20.0,
            rollback: 200.0,
            quiet: 3.0,
            support: 40.0,
            hardly: 1.25,
            min_requests: 30,
            min_bad_ticks: 2,
            fewest_requests: 5,
            ease_at: 1.0,
            eased: 2.0,
        }
    }

    /// The defaults for slow requests, of which a share of `budget` is normal.
    #[must_use]
    pub const fn latency(budget: f64) -> Self {
        Self { latency: true, ..Self::errors(budget) }
    }
}

/// What both releases did in one interval of ten to thirty seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tick {
    /// The new release; `None` when nothing is known, which is not the same as no requests.
    pub canary: Option<Counts>,
    /// The old release beside it; `None` when there is none or nothing is known of it.
    pub baseline: Option<Counts>,
}

/// What to do about the rollout. In order: more bad requests never lead to an earlier one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Decision {
    /// There is no reason to do anything. It is no proof that all is well.
    #[default]
    Watch,
    /// Send no more traffic to it.
    Pause,
    /// The old release is as bad: a dependency, and going back is unlikely to help.
    Shared,
    /// Go back.
    Rollback,
}

/// When each threshold was reached first, by the number of the tick, counted from one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Crossings {
    /// The canary breaks the objective, enough to pause.
    #[cfg_attr(feature = "bindings", ts(type = "number | null"))]
    pub pause: Option<u64>,
    /// The old release is not quiet.
    #[cfg_attr(feature = "bindings", ts(type = "number | null"))]
    pub baseline_loud: Option<u64>,
    /// Both break the objective.
    #[cfg_attr(feature = "bindings", ts(type = "number | null"))]
    pub shared: Option<u64>,
    /// The canary is worse than the old release, enough to roll back.
    #[cfg_attr(feature = "bindings", ts(type = "number | null"))]
    pub rollback_by_ratio: Option<u64>,
    /// The canary alone breaks the objective, enough to roll back.
    #[cfg_attr(feature = "bindings", ts(type = "number | null"))]
    pub rollback_by_objective: Option<u64>,
}

/// Everything that the decision rests on. Evidence is told up to [`LARGEST`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Statistics {
    /// Ticks taken into account.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub ticks: u64,
    /// Ticks in which nothing is known of the canary.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub ticks_without_canary: u64,
    /// Requests of the canary.
    pub canary: Counts,
    /// Requests of the old release beside it.
    pub baseline: Counts,
    /// Evidence that the canary is more than `r0` times worse than the old release.
    pub e_ratio: f64,
    /// Evidence that it is worse at all.
    pub e_worse: f64,
    /// Evidence that the canary breaks the objective.
    pub e_abs_canary: f64,
    /// Evidence that the old release does.
    pub e_abs_baseline: f64,
    /// The largest that ever was.
    pub max_e_abs_baseline: f64,
    /// Always-valid p-value for "the canary is at most `r0` times worse".
    pub p_value: f64,
    /// The dispersion of the old release's errors, at least one.
    pub phi: f64,
    /// How many times worse the canary may be.
    pub r0: f64,
}

/// How much of the evidence against an objective comes from betting on ticks.
const BETS: f64 = 0.95;

/// Evidence against an objective: mostly from [`Bets`], which no clump within a tick can
/// deceive, and a little from the likelihood of each request, which is quicker where errors
/// are known to come one by one. The mean of two e-processes is one.
#[derive(Clone, Debug)]
struct AgainstObjective {
    bets: Bets,
    requests: Absolute,
}

impl AgainstObjective {
    fn new(budget: f64) -> Self {
        Self { bets: Bets::new(budget), requests: Absolute::new(budget) }
    }

    fn take(&mut self, null: f64, counts: Counts) {
        self.bets.take_against(null, counts);
        self.requests.take_against(null, counts);
    }

    fn evidence(&self, phi: f64) -> f64 {
        BETS * self.bets.evidence() + (1.0 - BETS) * self.requests.evidence(phi)
    }
}

/// Collects ticks of a rollout and decides after each.
///
/// - **Pause** when the evidence that the canary breaks the objective reaches `pause`.
/// - **Shared** when it does and so does the evidence against the old release.
/// - **Rollback** when the evidence that the canary is `r0` times worse than the old
///   release reaches `rollback`; or when the evidence that it breaks the objective does,
///   while the old release has been quiet all along and, where there is one beside it, the
///   evidence that the canary is worse at all reaches `support`; or when it breaks the
///   objective enough to pause and goes wrong alone so often that `r0` times does not
///   explain it, with evidence of `rollback`.
///
/// A decision stands: once made it is only replaced by a later one in that order.
#[derive(Clone, Debug)]
pub struct Policy {
    settings: Settings,
    ratio: Gathered,
    /// Worse at all.
    worse: Apart,
    /// Worse than `r0` allows.
    far_worse: Apart,
    canary: AgainstObjective,
    baseline: AgainstObjective,
    /// The time before the rollout, until it begins.
    before: Dispersion,
    spread: Option<Spread>,
    seen: Statistics,
    largest_e_ratio: f64,
    bad_ticks: u64,
    baseline_known: bool,
    crossings: Crossings,
    decision: Decision,
}

impl Policy {
    /// Nothing seen yet.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let settings = Settings { budget: proper(settings.budget), ..settings };
        let ratio = |r0| if settings.latency { Ratio::latency(r0) } else { Ratio::errors(r0) };
        let margin = Gathered::new(ratio(settings.r0));
        let seen = Statistics {
            ticks: 0,
            ticks_without_canary: 0,
            canary: Counts::default(),
            baseline: Counts::default(),
            e_ratio: 1.0,
            e_worse: 1.0,
            e_abs_canary: 1.0,
            e_abs_baseline: 1.0,
            max_e_abs_baseline: 1.0,
            p_value: 1.0,
            phi: Spread::assumed().phi,
            r0: margin.r0(),
        };
        Self {
            settings,
            ratio: margin,
            worse: Apart::new(ratio(settings.hardly), seen.r0),
            far_worse: Apart::new(ratio(settings.r0), seen.r0),
            canary: AgainstObjective::new(settings.budget),
            baseline: AgainstObjective::new(settings.budget),
            before: Dispersion::default(),
            spread: None,
            seen,
            largest_e_ratio: 1.0,
            bad_ticks: 0,
            baseline_known: false,
            crossings: Crossings::default(),
            decision: Decision::Watch,
        }
    }

    /// Takes a tick of the old release from before the rollout into account, in the order of
    /// time: a day, if it is known, tells how clumped its errors are. Once the rollout has
    /// begun this is settled, and what comes later changes nothing.
    pub fn take_history(&mut self, baseline: Counts) {
        if self.spread.is_none() {
            self.before.take(baseline);
        }
    }

    /// How clumped errors are taken to be, and whether that was learned.
    #[must_use]
    pub fn spread(&self) -> Spread {
        self.spread.unwrap_or_else(|| self.before.spread())
    }

    fn begin(&mut self) {
        if self.spread.is_none() {
            let spread = std::mem::take(&mut self.before).spread();
            self.seen.phi = spread.phi;
            self.spread = Some(spread);
        }
    }

    /// Takes a tick of the rollout into account and decides.
    pub fn take(&mut self, tick: Tick) -> Decision {
        self.begin();
        let was_enough = self.enough();
        self.seen.ticks += 1;
        if tick.canary.is_none() {
            self.seen.ticks_without_canary += 1;
        }
        let mut news = false;
        if let Some(counts) = tick.baseline.map(possible) {
            news |= counts.bad > 0;
            self.baseline_known = true;
            add(&mut self.seen.baseline, counts);
            self.baseline.take(self.settings.budget, counts);
        }
        if let Some(counts) = tick.canary.map(possible) {
            news |= counts.bad > 0;
            add(&mut self.seen.canary, counts);
            self.bad_ticks += u64::from(counts.bad > 0);
            self.canary.take(self.null(), counts);
        }
        if let (Some(canary), Some(baseline)) = (tick.canary, tick.baseline) {
            let (canary, baseline) = (possible(canary), possible(baseline));
            news |= self.ratio.take(canary, baseline);
            self.worse.take(canary, baseline);
            self.far_worse.take(canary, baseline);
        }
        // Good requests only lower the evidence, so that nothing new can be decided; but the
        // ratio learns of bad ones only when its stretch ends.
        if news || self.enough() != was_enough {
            self.weigh();
            self.decide();
        }
        self.decision
    }

    /// What to do.
    #[must_use]
    pub const fn decision(&self) -> Decision {
        self.decision
    }

    /// When each threshold was reached.
    #[must_use]
    pub const fn crossings(&self) -> Crossings {
        self.crossings
    }

    /// The thresholds.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Whether there are enough requests of the canary for any verdict: one bad request of
    /// one is none.
    #[must_use]
    pub const fn enough(&self) -> bool {
        let seen = self.seen.canary.total;
        seen >= self.settings.min_requests
            || (seen >= self.settings.fewest_requests
                && self.bad_ticks >= self.settings.min_bad_ticks)
    }

    /// Everything that the decision rests on, as it stands now.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        let mut now = self.clone();
        now.weigh();
        now.seen
    }

    /// The evidence that the canary is worse at all from which on a broken objective alone
    /// proposes a rollback, at the canary's share of the requests so far.
    #[must_use]
    pub fn support_at(&self) -> f64 {
        let less = self.share().min(1.0 - self.share());
        self.settings.support * (2.0 * less).powf(1.5)
    }

    fn share(&self) -> f64 {
        let (served, beside) = (real(self.seen.canary.total), real(self.seen.baseline.total));
        served / (served + beside).max(1.0)
    }

    /// The rate that the canary's requests of now are held against. It depends on how many
    /// there were, and on nothing else.
    fn null(&self) -> f64 {
        let allowed = real(self.seen.canary.total) * self.settings.budget;
        let eased = if allowed < self.settings.ease_at { 1.0 } else { self.settings.eased };
        proper(self.settings.budget * eased)
    }

    fn weigh(&mut self) {
        let phi = self.spread().phi;
        let seen = &mut self.seen;
        seen.phi = phi;
        seen.e_ratio = self.ratio.evidence(phi);
        seen.e_worse = self.worse.evidence(phi);
        seen.e_abs_canary = self.canary.evidence(phi);
        seen.e_abs_baseline = self.baseline.evidence(phi);
        seen.max_e_abs_baseline = seen.max_e_abs_baseline.max(seen.e_abs_baseline);
        self.largest_e_ratio = self.largest_e_ratio.max(seen.e_ratio);
        seen.p_value = 1.0 / self.largest_e_ratio.min(LARGEST);
    }

    fn decide(&mut self) {
        let enough = self.enough();
        let (seen, limits) = (&self.seen, &self.settings);
        let tick = seen.ticks;
        let mark = |slot: &mut Option<u64>, reached: bool| {
            if reached && slot.is_none() {
                *slot = Some(tick);
            }
            reached
        };
        let breaks = seen.e_abs_canary >= limits.pause;
        let worse =
            seen.e_worse >= self.support_at() && self.worse.against() >= limits.min_bad_ticks;
        let supported = !self.baseline_known || worse;
        let quiet = seen.max_e_abs_baseline < limits.quiet;
        let far = breaks
            && self.share() <= 0.5
            && self.far_worse.evidence(self.seen.phi) >= limits.rollback;
        let alone = (seen.e_abs_canary >= limits.rollback && quiet && supported) || far;
        let both = breaks && seen.e_abs_baseline >= limits.pause;
        mark(&mut self.crossings.baseline_loud, !quiet);
        if !enough {
            return;
        }
        for (decision, reached) in [
            (Decision::Pause, mark(&mut self.crossings.pause, breaks)),
            (Decision::Shared, mark(&mut self.crossings.shared, both)),
            (
                Decision::Rollback,
                mark(&mut self.crossings.rollback_by_ratio, seen.e_ratio >= limits.rollback),
            ),
            (Decision::Rollback, mark(&mut self.crossings.rollback_by_objective, alone)),
        ] {
            if reached {
                self.decision = self.decision.max(decision);
            }
        }
    }
}

/// More bad requests than requests are as many as requests.
fn possible(counts: Counts) -> Counts {
    Counts { total: counts.total, bad: counts.bad.min(counts.total) }
}

fn add(sum: &mut Counts, counts: Counts) {
    sum.total = sum.total.saturating_add(counts.total);
    sum.bad = sum.bad.saturating_add(counts.bad);
}
