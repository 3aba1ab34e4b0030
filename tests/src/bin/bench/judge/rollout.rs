//! One simulated rollout of an hour in ticks of ten seconds.

use lastgood_core::judge::Counts;
use lastgood_core::judge::sequential::Tick;

use super::cell::{Cell, Fault, Stress};
use super::chance::Chance;

pub(super) const TICKS: usize = 360;
pub(super) const TICKS_PER_MINUTE: usize = 6;
/// What the objective of 99.9 % allows, and what the old release does.
pub(super) const BUDGET: f64 = 0.001;
/// The share of requests beyond the 95th percentile.
pub(super) const SLOW: f64 = 0.05;
const SECONDS: f64 = 10.0;
/// Ticks of a day: what is known of the old release from before.
const HISTORY: usize = 8_640;
/// How far the logarithms of latencies scatter.
const LATENCY_SCATTER: f64 = 0.5;

/// What every rule is given, and what it is held against.
pub(super) struct Rollout {
    /// As scraped.
    pub(super) ticks: Vec<Tick>,
    /// Bad requests that the canary served, up to and including each tick.
    pub(super) bad_served: Vec<u64>,
    /// The old release's ticks of the day before; empty where nothing is known of it.
    pub(super) history: Vec<Counts>,
}

/// How one arm fails.
struct Arm {
    /// Requests expected in a tick.
    requests: f64,
    /// Its pods' error rate as a multiple of the release's.
    factor: f64,
    held_back: Counts,
}

impl Rollout {
    pub(super) fn new(cell: &Cell, chance: &mut Chance) -> Self {
        let base = if cell.fault.is_latency() { SLOW } else { BUDGET };
        let (canary_pods, other_pods) = cell.pods();
        let mut canary = Arm::new(cell, cell.weight, canary_pods, chance);
        let mut others = Arm::new(cell, 1.0 - cell.weight, other_pods, chance);
        let history = history(cell, &others, base, chance);
        let (traffic_phase, error_phase) = (chance.unit(), chance.unit());
        let begin = usize::try_from(chance.below((TICKS - 30) as u64)).unwrap_or(0);
        let mut noise = 1.0;
        let mut rollout =
            Self { ticks: Vec::with_capacity(TICKS), bad_served: Vec::new(), history };
        let mut served = 0;
        for tick in 0..TICKS {
            if tick % TICKS_PER_MINUTE == 0 {
                noise = (0.2 * chance.normal()).exp();
            }
            let day = real(tick) / 8640.0;
            let wave = |phase: f64| (std::f64::consts::TAU * (day + phase)).sin();
            let traffic = (1.0 + 0.5 * wave(traffic_phase)) * noise;
            let swing = if cell.fault.is_latency() { 0.1 } else { 0.3 };
            let usual = base * (1.0 + swing * wave(error_phase));
            let (extra, shared) = trouble(cell.fault, tick, begin);
            let (rate, other_rate) = if let Some(times) = cell.fault.slowdown() {
                (slower(usual, times * canary.factor), slower(usual, others.factor))
            } else {
                (usual * canary.factor + extra + shared, usual * others.factor + shared)
            };
            let true_canary = count(cell, canary.requests * traffic, rate, chance);
            let true_others = count(cell, others.requests * traffic, other_rate, chance);
            served += true_canary.bad;
            rollout.bad_served.push(served);
            rollout.ticks.push(Tick {
                canary: if cell.stress == Stress::NoData {
                    None
                } else {
                    canary.scrape(cell, true_canary, chance)
                },
                baseline: others.scrape(cell, true_others, chance),
            });
        }
        rollout
    }
}

impl Arm {
    fn new(cell: &Cell, share: f64, pods: u64, chance: &mut Chance) -> Self {
        let factor = match cell.stress {
            Stress::Pods(deviation) => {
                // Latencies of pods differ by a few in a hundred, their error rates by far more.
                let deviation = if cell.fault.is_latency() { deviation / 10.0 } else { deviation };
                let sum: f64 = (0..pods)
                    .map(|_| (deviation * chance.normal() - deviation * deviation / 2.0).exp())
                    .sum();
                sum / real(usize::try_from(pods).unwrap_or(1))
            }
            Stress::Nothing
            | Stress::Clumps(_)
            | Stress::Unknown(_)
            | Stress::Scrapes
            | Stress::Resets
            | Stress::NoData => 1.0,
        };
        Self { requests: cell.rate * SECONDS * share, factor, held_back: Counts::default() }
    }

    /// What is seen of what happened.
    fn scrape(&mut self, cell: &Cell, happened: Counts, chance: &mut Chance) -> Option<Counts> {
        match cell.stress {
            Stress::Scrapes => {
                self.held_back.total += happened.total;
                self.held_back.bad += happened.bad;
                (!chance.happens(0.1)).then(|| std::mem::take(&mut self.held_back))
            }
            Stress::Resets if chance.happens(1.0 / 60.0) => {
                // A counter that fell is read from zero: what came before it fell is lost.
                let kept = chance.unit();
                let good = happened.total - happened.bad;
                let keep = |count, chance: &mut Chance| {
                    (0..count).filter(|_| chance.happens(kept)).count() as u64
                };
                let bad = keep(happened.bad, chance);
                Some(Counts { total: keep(good, chance) + bad, bad })
            }
            Stress::Nothing
            | Stress::Pods(_)
            | Stress::Clumps(_)
            | Stress::Unknown(_)
            | Stress::Resets
            | Stress::NoData => Some(happened),
        }
    }
}

/// The canary's own additional error rate, and what both have.
fn trouble(fault: Fault, tick: usize, begin: usize) -> (f64, f64) {
    let now = (begin..begin + 30).contains(&tick);
    let minutes = real(tick) / real(TICKS_PER_MINUTE);
    match fault {
        Fault::Nothing | Fault::Slower(_) => (0.0, 0.0),
        Fault::Shared => (0.0, if now { 0.05 } else { 0.0 }),
        Fault::Step(share) => (share, 0.0),
        Fault::Ramp => (0.05 * (minutes / 20.0).min(1.0), 0.0),
        Fault::Leak => (0.20 * ((minutes % 30.0) / 30.0).powi(3), 0.0),
        Fault::Blip => (if now { 0.10 } else { 0.0 }, 0.0),
    }
}

/// The share beyond the bound that `usual` lies beyond, once everything takes `times` as
/// long, for latencies that scatter log-normally.
fn slower(usual: f64, times: f64) -> f64 {
    above(quantile_above(usual) - times.ln() / LATENCY_SCATTER)
}

/// The upper tail of the normal distribution (Abramowitz and Stegun, 26.2.17).
pub(super) fn above(z: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * z.abs());
    let series = t
        * (0.319_381_530
            + t * (-0.356_563_782
                + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
    let tail = (-z * z / 2.0).exp() / std::f64::consts::TAU.sqrt() * series;
    if z >= 0.0 { tail } else { 1.0 - tail }
}

/// Its inverse for the upper half (Abramowitz and Stegun, 26.2.23).
fn quantile_above(tail: f64) -> f64 {
    let t = (-2.0 * tail.ln()).sqrt();
    t - (2.515_517 + t * (0.802_853 + t * 0.010_328))
        / (1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308)))
}

fn count(cell: &Cell, requests: f64, rate: f64, chance: &mut Chance) -> Counts {
    let rate = rate.min(1.0);
    let good = chance.poisson(requests * (1.0 - rate));
    let bad = match clump(cell) {
        Some(size) => {
            let clumps = chance.poisson(requests * rate / size);
            (0..clumps).map(|_| chance.clump(size)).sum()
        }
        None => chance.poisson(requests * rate),
    };
    Counts { total: good + bad, bad }
}

/// How many errors one cause brings, if more than one. Slow requests come one by one.
const fn clump(cell: &Cell) -> Option<f64> {
    if cell.fault.is_latency() { None } else { cell.stress.clump() }
}

/// The day before. Its traffic is even: only the errors are to be learned from it.
fn history(cell: &Cell, others: &Arm, base: f64, chance: &mut Chance) -> Vec<Counts> {
    if matches!(cell.stress, Stress::Unknown(_)) {
        return Vec::new();
    }
    let size = clump(cell);
    let expected = others.requests * base * others.factor;
    let events = chance.poisson(expected * real(HISTORY) / size.unwrap_or(1.0));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small count")]
    let total = others.requests.ceil() as u64;
    let mut ticks = vec![Counts { total, bad: 0 }; HISTORY];
    for _ in 0..events {
        let tick = &mut ticks[usize::try_from(chance.below(HISTORY as u64)).unwrap_or(0)];
        tick.bad += size.map_or(1, |size| chance.clump(size));
        tick.total = tick.total.max(tick.bad);
    }
    ticks
}

#[expect(clippy::cast_precision_loss, reason = "a small number")]
pub(super) const fn real(count: usize) -> f64 {
    count as f64
}
