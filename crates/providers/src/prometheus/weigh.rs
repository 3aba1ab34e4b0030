//! From what two queries found to a measurement. Pure.

use std::collections::BTreeMap;

use lastgood_core::judge::{Arm, Doubt, Measurement, Point};
use lastgood_core::time::{EpochMs, Millis};

use super::count::{self, Events, Origins, Window};
use super::reply::{Found, Series};
use super::ticks::{self, Part};

/// Charts have no room for more.
const POINTS: i64 = 120;
/// Data older than this is stale, however often it is scraped.
const STALE: i64 = 90_000;
/// A counter that stands still for this many scrapes, although at least as many requests
/// were to be expected in that time, is frozen. By the Poisson law ten expected requests
/// stay away by chance once in 22,000 times.
const FROZEN_SCRAPES: i64 = 10;
const FROZEN_EXPECTED: f64 = 10.0;

/// Everything that a measurement is made of.
pub(super) struct Evidence<'a> {
    pub(super) total: &'a Found,
    pub(super) good: &'a Found,
    /// Whether each was summed; what was not must be one series.
    pub(super) summed: (bool, bool),
    pub(super) origins: &'a Origins,
    pub(super) window: Window,
    pub(super) scrape: Millis,
    pub(super) version_label: Option<&'a str>,
}

/// Counts, and names everything that keeps the counts from deciding.
pub(super) fn weigh(evidence: &Evidence<'_>) -> Measurement {
    let Evidence { total, good, window, origins, .. } = *evidence;
    let mut doubts = Vec::new();
    for found in [total, good] {
        for why in &found.warnings {
            push(&mut doubts, Doubt::Partial { why: why.clone() });
        }
        if found.has_nan {
            push(&mut doubts, Doubt::NoTraffic);
        }
    }
    for (found, summed) in [(total, evidence.summed.0), (good, evidence.summed.1)] {
        if found.series.len() > 1 && !summed && evidence.version_label.is_none() {
            push(&mut doubts, Doubt::Ambiguous { why: ambiguity(&found.series) });
        }
    }
    let count = |series: &Series| count::events(series, window, origins);
    let totals: Vec<Events> = total.series.iter().map(count).collect();
    let goods: Vec<Events> = good.series.iter().map(count).collect();
    if totals.iter().chain(&goods).any(|events| events.unknown_origin) {
        push(&mut doubts, Doubt::UnknownOrigin);
    }
    let all: Vec<Part<'_>> = ticks::parts(&total.series, &totals, &good.series, &goods);
    let (counts, ticks) = ticks::count(&all, window, evidence.scrape);
    let scrape = i64::try_from(evidence.scrape.0.max(1)).unwrap_or(i64::MAX);
    match newest(&total.series) {
        None if doubts.is_empty() => push(&mut doubts, Doubt::NoData),
        None => {}
        Some(newest) => {
            let age = window.to - newest;
            if age > STALE.max(scrape.saturating_mul(3)) {
                let age = Millis(u64::try_from(age).unwrap_or(0));
                push(&mut doubts, Doubt::Stale { age });
            } else if counts.total == 0 {
                push(&mut doubts, Doubt::NoTraffic);
            } else if is_frozen(&total.series, &totals, window, scrape) {
                push(&mut doubts, Doubt::Frozen);
            }
            if good.series.is_empty() && !good.has_nan {
                let why = "the query for the good requests found no data".to_owned();
                push(&mut doubts, Doubt::Partial { why });
            }
        }
    }
    let good_sum: f64 = goods.iter().map(Events::total).sum();
    let total_sum: f64 = totals.iter().map(Events::total).sum();
    // One scrape apart they may differ by a little; more is a mistake in the queries.
    if good_sum > total_sum * 1.01 + 2.0 {
        let why = format!("{good_sum:.0} good requests among {total_sum:.0} in all");
        push(&mut doubts, Doubt::BadQuery { why });
    }
    Measurement {
        from: EpochMs(window.from),
        to: EpochMs(window.to),
        counts,
        ticks,
        arms: arms(evidence, &totals, &goods),
        doubts,
        points: points(&totals, &goods, window, scrape),
    }
}

/// A measurement of nothing, for these reasons.
pub(super) fn nothing(window: Window, doubts: Vec<Doubt>) -> Measurement {
    Measurement::nothing(EpochMs(window.from), EpochMs(window.to), doubts)
}

fn push(doubts: &mut Vec<Doubt>, doubt: Doubt) {
    if !doubts.contains(&doubt) {
        doubts.push(doubt);
    }
}

fn newest(series: &[Series]) -> Option<i64> {
    series.iter().filter_map(|series| series.samples.last()).map(|(at, _)| *at).max()
}

#[expect(clippy::cast_precision_loss, reason = "an expectation needs no 64 bits")]
fn is_frozen(series: &[Series], totals: &[Events], window: Window, scrape: i64) -> bool {
    let since = window.to - FROZEN_SCRAPES.saturating_mul(scrape);
    let moved_last = totals.iter().flat_map(|events| &events.at).map(|(at, _)| *at).max();
    let scraped_since =
        series.iter().map(|one| one.samples.iter().filter(|(at, _)| *at > since).count()).max();
    let Some(moved_last) = moved_last.filter(|at| *at <= since) else { return false };
    // Without samples it would be stale, not frozen.
    if scraped_since.unwrap_or(0) < 5 {
        return false;
    }
    let moving = (moved_last - window.from).max(scrape) as f64;
    let still = (window.to - moved_last) as f64;
    let total: f64 = totals.iter().map(Events::total).sum();
    total / moving * still >= FROZEN_EXPECTED
}

/// What two series differ in.
fn ambiguity(series: &[Series]) -> String {
    let differing: Vec<&str> = series
        .first()
        .into_iter()
        .flat_map(|first| first.labels.iter())
        .filter(|(name, value)| series.iter().any(|other| other.labels.get(*name) != Some(*value)))
        .map(|(name, _)| name.as_str())
        .collect();
    format!(
        "{} series that differ in {}; wrap the query in sum(…)",
        series.len(),
        if differing.is_empty() { "their labels".to_owned() } else { differing.join(", ") }
    )
}

fn arms(evidence: &Evidence<'_>, totals: &[Events], goods: &[Events]) -> Vec<Arm> {
    let Some(label) = evidence.version_label else { return Vec::new() };
    let parts = ticks::parts(&evidence.total.series, totals, &evidence.good.series, goods);
    let mut by_version: BTreeMap<&str, Vec<Part<'_>>> = BTreeMap::new();
    for part in parts {
        if let Some(version) = part.series.labels.get(label) {
            by_version.entry(version).or_default().push(part);
        }
    }
    by_version
        .into_iter()
        .map(|(version, parts)| {
            let (counts, ticks) = ticks::count(&parts, evidence.window, evidence.scrape);
            Arm { version: version.to_owned(), counts, ticks }
        })
        .collect()
}

#[expect(clippy::cast_sign_loss, reason = "1 to 120")]
#[expect(clippy::cast_possible_wrap, reason = "1 to 120")]
fn points(totals: &[Events], goods: &[Events], window: Window, scrape: i64) -> Vec<Point> {
    if window.length() == 0 {
        return Vec::new();
    }
    let number = (window.length() / scrape).clamp(1, POINTS) as usize;
    let totals = count::parts(totals.iter(), window, number);
    let goods = count::parts(goods.iter(), window, number);
    totals
        .iter()
        .zip(&goods)
        .enumerate()
        .map(|(index, (total, good))| Point {
            at: EpochMs(window.from + window.length() * (index as i64 + 1) / number as i64),
            rate: (*total > 0.0).then(|| ((total - good) / total).clamp(0.0, 1.0)),
        })
        .collect()
}
