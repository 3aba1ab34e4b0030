//! The events of several series on the grid of the window. Pure.

use std::collections::BTreeMap;

use lastgood_core::judge::{Counts, Grid, Tick};
use lastgood_core::time::{EpochMs, Millis};

use super::count::{Events, Window};
use super::reply::Series;

/// One series with what was counted of it.
#[derive(Clone, Copy)]
pub(super) struct Part<'a> {
    pub(super) series: &'a Series,
    events: &'a Events,
    /// Whether it counts all requests, or the good ones.
    all: bool,
}

/// The series of both queries, each with its events.
pub(super) fn parts<'a>(
    total: &'a [Series],
    totals: &'a [Events],
    good: &'a [Series],
    goods: &'a [Events],
) -> Vec<Part<'a>> {
    let part = |all| move |(series, events)| Part { series, events, all };
    total
        .iter()
        .zip(totals)
        .map(part(true))
        .chain(good.iter().zip(goods).map(part(false)))
        .collect()
}

/// What was seen by the end of one interval, from the beginning of it.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    total: f64,
    good: f64,
    /// Whether anything was scraped in it.
    scraped: bool,
}

/// All of it, and the same by interval.
///
/// An interval without a single scrape is left out: what happened in it shows in the next
/// one. The two queries may see a scrape at slightly different moments, so the bad requests
/// up to an interval are never more than those up to any later one: a good request that
/// was counted late is taken for what it was.
pub(super) fn count(parts: &[Part<'_>], window: Window, scrape: Millis) -> (Counts, Vec<Tick>) {
    let grid = Grid::new(EpochMs(window.from), EpochMs(window.to), scrape);
    let mut seen: BTreeMap<usize, Seen> = BTreeMap::new();
    for part in parts {
        for (at, _) in &part.series.samples {
            if part.all && *at > window.from && *at <= window.to {
                seen.entry(grid.index(EpochMs(*at))).or_default().scraped = true;
            }
        }
        for (at, events) in &part.events.at {
            let seen = seen.entry(grid.index(EpochMs(*at))).or_default();
            if part.all {
                seen.total += events;
            } else {
                seen.good += events;
            }
        }
    }
    let mut up_to = Vec::with_capacity(seen.len());
    let (mut total, mut good) = (0.0, 0.0);
    for (index, seen) in &seen {
        total += seen.total;
        good += seen.good;
        if seen.scraped {
            up_to.push((*index, whole(total), whole(good)));
        }
    }
    // Good requests that were seen after the last look at all of them belong to it.
    if let Some(last) = up_to.last_mut() {
        last.2 = whole(good);
    }
    let mut least = u64::MAX;
    let mut bad: Vec<u64> = up_to
        .iter()
        .rev()
        .map(|(_, total, good)| {
            least = least.min(total.saturating_sub(*good));
            least
        })
        .collect();
    bad.reverse();
    let mut before = Counts::default();
    let ticks = up_to
        .iter()
        .zip(bad)
        .map(|((index, total, _), bad)| {
            let counts = Counts { total: total - before.total, bad: bad - before.bad };
            before = Counts { total: *total, bad };
            Tick { at: grid.end(*index), counts }
        })
        .collect();
    (before, ticks)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "sums of increases are finite and not negative, and requests fit in 64 bits"
)]
fn whole(sum: f64) -> u64 {
    sum.round() as u64
}
