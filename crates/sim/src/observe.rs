//! What the practice world shows to an observer: counts out of its own seconds, and
//! answers to synthetic checks.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use lastgood_core::catalog::{Place, Slo};
use lastgood_core::check::{Check, CheckOutcome, CheckResult};
use lastgood_core::drill::FaultKind;
use lastgood_core::judge::{Arm, Counts, Doubt, Grid, Measurement, Point, Tick};
use lastgood_core::ports::Observer;
use lastgood_core::time::{EpochMs, Millis, earlier};

use crate::answer::Answer;
use crate::chance::{draw, text};
use crate::counts::{Kind, Second, busyness};
use crate::service::Service;
use crate::world::{PracticeWorld, STALE, SYSTEM};

/// A chart has no more points than this; more cannot be told apart on a screen.
const POINTS: i64 = 120;

#[async_trait]
impl Observer for PracticeWorld {
    async fn measure(
        &self,
        place: &Place,
        slo: &Slo,
        from: Timestamp,
        to: Timestamp,
    ) -> Measurement {
        let found = match self.meet("measure").await {
            Err(refusal) => Err(Doubt::Unreachable { why: refusal.to_string() }),
            Ok(Some(FaultKind::Refuse | FaultKind::LoseReply)) => {
                Err(Doubt::Unreachable { why: "the connection was reset".to_owned() })
            }
            Ok(Some(FaultKind::Lie)) => Ok((Some(Doubt::Frozen), self.clock.now())),
            Ok(Some(FaultKind::Stale)) => {
                let newest = earlier(self.clock.now(), STALE);
                Ok((Some(Doubt::Stale { age: STALE }), newest))
            }
            Ok(None | Some(FaultKind::Delay(_))) => Ok((None, self.clock.now())),
        };
        let nothing = |doubt| Measurement::nothing(from.into(), to.into(), vec![doubt]);
        let (doubt, newest) = match found {
            Ok(found) => found,
            Err(doubt) => return nothing(doubt),
        };
        let inner = match self.enter() {
            Ok(inner) => inner,
            Err(refusal) => return nothing(Doubt::Unreachable { why: refusal.to_string() }),
        };
        let Ok(service) = inner.service(place) else {
            return nothing(Doubt::BadQuery { why: format!("the {SYSTEM} has no {place}") });
        };
        let lived = inner.state.tick.min(newest.as_second());
        let mut measured = count(service, slo, from, to, lived);
        measured.doubts.extend(doubt);
        measured
    }

    async fn check(&self, place: &Place, check: &Check) -> CheckResult {
        let unasked = |why: String| CheckResult {
            name: check.name.clone(),
            outcome: CheckOutcome::Unasked,
            took: Millis(0),
            sentence: why,
        };
        let age = match self.meet("check").await {
            Err(refusal) => return unasked(refusal.to_string()),
            Ok(Some(FaultKind::Refuse | FaultKind::LoseReply | FaultKind::Lie)) => {
                return unasked("the connection could not be made".to_owned());
            }
            Ok(Some(FaultKind::Stale)) => STALE,
            Ok(None | Some(FaultKind::Delay(_))) => Millis(0),
        };
        let inner = match self.enter() {
            Ok(inner) => inner,
            Err(refusal) => return unasked(refusal.to_string()),
        };
        let service = match inner.service(place) {
            Ok(service) => service,
            Err(refusal) => return unasked(refusal.to_string()),
        };
        let tick = inner.state.tick - i64::try_from(age.0 / 1_000).unwrap_or(0);
        let luck =
            draw(&[service.key, tick.cast_unsigned(), text("check"), text(check.name.as_str())]);
        let answer = service
            .segment(tick)
            .map_or_else(Answer::nobody, |segment| Answer::of(service, segment, luck));
        answer.judge(check)
    }
}

/// Counts every second of the window that has been lived. A second belongs to the window
/// in which it begins.
fn count(service: &Service, slo: &Slo, from: Timestamp, to: Timestamp, lived: i64) -> Measurement {
    let kind = Kind::of(slo);
    let earliest = service.segments.first().map_or(i64::MAX, |segment| segment.from);
    let first = begins(from).max(earliest);
    let end = begins(to).min(lived).max(first);
    let bucket = ((end - first) / POINTS + 1).max(1);
    let grid = Grid::new(from.into(), to.into(), Grid::SHORTEST);
    let mut arms: BTreeMap<&str, Sum> = BTreeMap::new();
    let (mut all, mut points) = (Sum::default(), Vec::new());
    let mut in_bucket = Counts::default();
    for tick in first..end {
        let Some(segment) = service.segment(tick) else { continue };
        let seen = EpochMs((tick + 1).saturating_mul(1_000));
        let interval = grid.end(grid.index(seen));
        // The service was there to be looked at, even when nobody asked for anything.
        all.add(interval, Counts::default());
        let rate = segment.rate * busyness(service.key, tick);
        for arm in &segment.arms {
            let key = draw(&[service.key, text(arm.release.as_str())]);
            let second = Second { key, tick, mean: rate * arm.share };
            let counts = second.counts(kind, &arm.behaviour);
            add(&mut in_bucket, counts);
            all.add(interval, counts);
            if arm.share > 0.0 {
                arms.entry(&arm.version).or_default().add(interval, counts);
            }
        }
        if (tick + 1 - first) % bucket == 0 || tick + 1 == end {
            points.push(Point { at: seen, rate: in_bucket.rate() });
            in_bucket = Counts::default();
        }
    }
    let doubts = if first == end {
        vec![Doubt::NoData]
    } else if all.counts.total == 0 {
        vec![Doubt::NoTraffic]
    } else {
        Vec::new()
    };
    let arms = if slo.version_label.is_some() {
        arms.into_iter()
            .map(|(version, Sum { counts, ticks })| Arm {
                version: version.to_owned(),
                counts,
                ticks,
            })
            .collect()
    } else {
        Vec::new()
    };
    let Sum { counts, ticks } = all;
    Measurement { from: from.into(), to: to.into(), counts, ticks, arms, doubts, points }
}

/// Counts, and the same by interval.
#[derive(Default)]
struct Sum {
    counts: Counts,
    ticks: Vec<Tick>,
}

impl Sum {
    /// Intervals come in order.
    fn add(&mut self, interval: EpochMs, more: Counts) {
        add(&mut self.counts, more);
        match self.ticks.last_mut().filter(|last| last.at == interval) {
            Some(last) => add(&mut last.counts, more),
            None => self.ticks.push(Tick { at: interval, counts: more }),
        }
    }
}

/// The first second that begins at `at` or later.
fn begins(at: Timestamp) -> i64 {
    let second = at.as_second();
    if at.subsec_nanosecond() > 0 { second.saturating_add(1) } else { second }
}

fn add(sum: &mut Counts, more: Counts) {
    sum.total += more.total;
    sum.bad += more.bad;
}

#[cfg(test)]
mod tests;
