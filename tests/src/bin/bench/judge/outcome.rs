//! What the rules made of a cell's rollouts, and how sure that is.

use lastgood_core::judge::sequential::{
    Decision, Policy, Recovery, RecoverySettings, Settings, Standing,
};

use super::cell::{Cell, Stress};
use super::chance::Chance;
use super::kayenta::kayenta;
use super::peers::{Sums, argo, argo_tight, burn, flagger, z_test};
use super::rollout::{BUDGET, Rollout, SLOW, TICKS, TICKS_PER_MINUTE, real};

/// The seeds; rollout `n` of a cell takes the `n`-th of them, round and round.
pub(super) const SEEDS: [u64; 5] = [1, 2, 3, 4, 5];
/// Kayenta sorts thousands of differences; it is asked on fewer rollouts.
pub(super) const KAYENTA_RUNS: u64 = 100;

/// Whose rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    Ours,
    /// Ours without what was added to the textbook rule.
    Textbook,
    Argo,
    ArgoTight,
    Flagger,
    Kayenta,
    Burn,
    ZTest,
}

impl Rule {
    pub(super) const ALL: [Self; 8] = [
        Self::Ours,
        Self::Textbook,
        Self::Argo,
        Self::ArgoTight,
        Self::Flagger,
        Self::Kayenta,
        Self::Burn,
        Self::ZTest,
    ];

    /// The rules of others are told for calm weather, and most are given for bad requests
    /// alone.
    const fn is_asked(self, latency: bool, stressed: bool, run: u64) -> bool {
        match self {
            Self::Ours | Self::Textbook => true,
            Self::ZTest => !stressed,
            Self::Argo | Self::ArgoTight | Self::Flagger | Self::Burn => !stressed && !latency,
            Self::Kayenta => !stressed && !latency && run < KAYENTA_RUNS,
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Ours => "Lastgood",
            Self::Textbook => "textbook e-process",
            Self::Argo => "Argo (documented)",
            Self::ArgoTight => "Argo (tight)",
            Self::Flagger => "Flagger",
            Self::Kayenta => "Kayenta",
            Self::Burn => "burn rate on the canary",
            Self::ZTest => "z-test, peeked",
        }
    }
}

/// What one rule did with the rollouts of a cell.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub(super) runs: u64,
    /// Minutes until it went back, of those in which it did.
    pub(super) minutes: Vec<f64>,
    /// Bad requests that the canary had served until then, or in the hour.
    pub(super) bad_served: u64,
}

/// What became of a cell.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    pub(super) cell: Cell,
    /// One for each of [`Rule::ALL`].
    pub(super) tallies: Vec<Tally>,
    /// Rollouts that were at least paused.
    pub(super) paused: u64,
    /// Rollouts that were called shared and not rolled back.
    pub(super) shared: u64,
    /// Rollouts that were called well.
    pub(super) passed: u64,
}

impl Tally {
    fn take(&mut self, end: Option<usize>, rollout: &Rollout) {
        self.runs += 1;
        if let Some(end) = end {
            self.minutes.push(real(end) / real(TICKS_PER_MINUTE));
        }
        self.bad_served += rollout.bad_served[end.unwrap_or(TICKS) - 1];
    }

    /// The share of rollouts that it took back.
    pub(super) fn share(&self) -> f64 {
        real(self.minutes.len()) / float(self.runs).max(1.0)
    }

    /// Where the true share lies with 95 % confidence (Wilson, 1927).
    pub(super) fn interval(&self) -> (f64, f64) {
        wilson(self.minutes.len() as u64, self.runs)
    }

    /// The median over all rollouts; `None` when fewer than half of them were taken back.
    pub(super) fn median(&self) -> Option<f64> {
        let mut sorted = self.minutes.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        let middle = usize::try_from(self.runs / 2).unwrap_or(0);
        sorted.get(middle).copied()
    }

    /// The mean time within the hour; a rollout that was not taken back counts as 60.
    pub(super) fn restricted_mean(&self) -> f64 {
        let found: f64 = self.minutes.iter().sum();
        let missed = float(self.runs) - real(self.minutes.len());
        (found + 60.0 * missed) / float(self.runs).max(1.0)
    }

    /// Bad requests for one rollout.
    pub(super) fn bad_per_run(&self) -> f64 {
        float(self.bad_served) / float(self.runs).max(1.0)
    }
}

pub(super) fn wilson(hits: u64, runs: u64) -> (f64, f64) {
    const Z: f64 = 1.959_964;
    if runs == 0 {
        return (0.0, 1.0);
    }
    let n = float(runs);
    let share = float(hits) / n;
    let middle = share + Z * Z / (2.0 * n);
    let reach = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + Z * Z / n;
    (((middle - reach) / scale).max(0.0), ((middle + reach) / scale).min(1.0))
}

#[expect(clippy::cast_precision_loss, reason = "a small number")]
pub(super) const fn float(count: u64) -> f64 {
    count as f64
}

impl Outcome {
    /// Simulates a cell. The `number` tells it apart from the others.
    pub(super) fn of(cell: Cell, number: u64) -> Self {
        let mut outcome = Self {
            cell,
            tallies: vec![Tally::default(); Rule::ALL.len()],
            paused: 0,
            shared: 0,
            passed: 0,
        };
        for run in 0..cell.runs {
            let seed = SEEDS[usize::try_from(run % SEEDS.len() as u64).unwrap_or(0)];
            let mut chance = Chance::new(seed, number, run);
            let rollout = Rollout::new(&cell, &mut chance);
            outcome.take(&rollout, run);
        }
        outcome
    }

    fn take(&mut self, rollout: &Rollout, run: u64) {
        let canary = Sums::canary(rollout);
        let baseline = Sums::baseline(rollout);
        let latency = self.cell.fault.is_latency();
        let stressed = !matches!(self.cell.stress, Stress::Nothing | Stress::NoData);
        for (rule, tally) in Rule::ALL.into_iter().zip(&mut self.tallies) {
            if !rule.is_asked(latency, stressed, run) {
                continue;
            }
            let end = match rule {
                Rule::Ours => {
                    let (end, decision) = follow(ours(latency), rollout);
                    self.paused += u64::from(decision != Decision::Watch);
                    self.shared += u64::from(decision == Decision::Shared);
                    end
                }
                Rule::Textbook => follow(textbook(latency), rollout).0,
                Rule::Argo => argo(&canary),
                Rule::ArgoTight => argo_tight(&canary),
                Rule::Flagger => flagger(&canary),
                Rule::Kayenta => kayenta(&canary, &baseline),
                Rule::Burn => burn(&canary),
                Rule::ZTest => z_test(&canary, &baseline),
            };
            tally.take(end, rollout);
        }
        if !latency {
            self.passed += u64::from(passes(rollout));
        }
    }

    pub(super) fn tally(&self, rule: Rule) -> &Tally {
        let place = Rule::ALL.iter().position(|one| *one == rule).unwrap_or(0);
        &self.tallies[place]
    }
}

pub(super) fn ours(latency: bool) -> Settings {
    if latency { Settings::latency(SLOW) } else { Settings::errors(BUDGET) }
}

/// Without the support of the ratio, and held against the budget however much traffic
/// there is.
fn textbook(latency: bool) -> Settings {
    Settings { support: 0.0, eased: 1.0, ..ours(latency) }
}

/// When it goes back, and the last word.
fn follow(settings: Settings, rollout: &Rollout) -> (Option<usize>, Decision) {
    let mut policy = Policy::new(settings);
    for tick in &rollout.history {
        policy.take_history(*tick);
    }
    for (at, tick) in rollout.ticks.iter().enumerate() {
        if policy.take(*tick) == Decision::Rollback {
            return (Some(at + 1), Decision::Rollback);
        }
    }
    (None, policy.decision())
}

/// Whether the canary would be called well within the hour.
fn passes(rollout: &Rollout) -> bool {
    let mut recovery = Recovery::new(RecoverySettings::after(BUDGET, None));
    rollout.ticks.iter().any(|tick| {
        if let Some(counts) = tick.canary {
            recovery.take(counts);
        }
        recovery.standing() == Standing::Well
    })
}
