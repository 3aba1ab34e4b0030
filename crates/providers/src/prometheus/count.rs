//! Counting events from the raw samples of counters. Pure.
//!
//! What Prometheus' own `increase()` does not do and a release needs: the first events of
//! a new series count, and nothing is extrapolated.

use std::collections::{BTreeMap, BTreeSet};

use super::reply::Series;

/// The window that is counted, in milliseconds: after `from`, up to and including `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) from: i64,
    pub(super) to: i64,
}

impl Window {
    pub(super) fn length(self) -> i64 {
        (self.to - self.from).max(0)
    }
}

/// Which target a series comes from: `job` and `instance`.
pub(super) type Target = (String, String);

/// What is known about how the series of targets began.
#[derive(Clone, Debug, Default)]
pub(super) struct Origins {
    /// When each target was first scraped, as far as was looked.
    first_scrape: BTreeMap<Target, i64>,
    /// When the process behind each target started.
    started: BTreeMap<Target, i64>,
    /// A process that started this long before the window still counts from zero: it
    /// cannot have served much before its first scrape.
    slack: i64,
}

/// The events of one series, each at the sample that showed it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Events {
    pub(super) at: Vec<(i64, f64)>,
    /// Whether the series began in the window at a value that cannot be told.
    pub(super) unknown_origin: bool,
}

impl Events {
    pub(super) fn total(&self) -> f64 {
        self.at.iter().map(|(_, events)| events).sum()
    }
}

/// Which target `series` comes from, if it says.
pub(super) fn target(series: &Series) -> Option<Target> {
    let instance = series.labels.get("instance")?.clone();
    Some((series.labels.get("job").cloned().unwrap_or_default(), instance))
}

impl Origins {
    /// What the series themselves tell.
    pub(super) fn new<'a>(all: impl Iterator<Item = &'a Series>, slack: i64) -> Self {
        let mut first_scrape: BTreeMap<Target, i64> = BTreeMap::new();
        for series in all {
            if let (Some(target), Some((first, _))) = (target(series), series.samples.first()) {
                let known = first_scrape.entry(target).or_insert(*first);
                *known = (*known).min(*first);
            }
        }
        Self { first_scrape, started: BTreeMap::new(), slack }
    }

    /// Adds what `process_start_time_seconds` says: the newest start counts.
    #[expect(clippy::cast_possible_truncation, reason = "a time since 1970 fits in 64 bits")]
    pub(super) fn learn_starts(&mut self, found: &[Series]) {
        for series in found {
            if let (Some(target), Some((_, start))) = (target(series), series.samples.last()) {
                self.started.insert(target, (start * 1000.0) as i64);
            }
        }
    }

    /// The targets whose process start would settle how a series began.
    pub(super) fn unsettled<'a>(
        &self,
        all: impl Iterator<Item = &'a Series>,
        window: Window,
    ) -> BTreeSet<Target> {
        all.filter(|series| begins_inside(series, window))
            .filter(|series| !self.is_from_zero(series, window))
            .filter_map(target)
            .collect()
    }

    /// Whether a series that begins inside the window certainly began at zero.
    fn is_from_zero(&self, series: &Series, window: Window) -> bool {
        let (Some(target), Some((first, _))) = (target(series), series.samples.first()) else {
            return false;
        };
        // The target was scraped before without this series: it was not there yet.
        let was_scraped_without =
            self.first_scrape.get(&target).is_some_and(|scraped| scraped < first);
        let started = self.started.get(&target);
        was_scraped_without || started.is_some_and(|start| *start >= window.from - self.slack)
    }
}

fn begins_inside(series: &Series, window: Window) -> bool {
    series.samples.first().is_some_and(|(first, _)| *first > window.from && *first <= window.to)
}

/// Counts one series. A value that goes down is a reset: what it shows then is new.
pub(super) fn events(series: &Series, window: Window, origins: &Origins) -> Events {
    let before = series.samples.iter().rev().find(|(at, _)| *at <= window.from);
    let mut inside =
        series.samples.iter().filter(|(at, _)| *at > window.from && *at <= window.to).copied();
    let mut found = Events::default();
    let mut last = match before {
        Some((_, value)) => *value,
        None if origins.is_from_zero(series, window) => 0.0,
        None => {
            let Some((_, first)) = inside.next() else { return found };
            found.unknown_origin = true;
            first
        }
    };
    for (at, value) in inside {
        let new = if value >= last { value - last } else { value };
        if new > 0.0 {
            found.at.push((at, new));
        }
        last = value;
    }
    found
}

/// Adds events up in `parts` equal parts of the window.
#[expect(clippy::cast_sign_loss, reason = "an index into the window is not negative")]
pub(super) fn parts<'a>(
    all: impl Iterator<Item = &'a Events>,
    window: Window,
    parts: usize,
) -> Vec<f64> {
    let mut sums = vec![0.0; parts];
    let length = i128::from(window.length().max(1));
    for (at, events) in all.flat_map(|events| &events.at) {
        let into = i128::from((at - window.from - 1).max(0));
        let index = (into * parts as i128 / length) as usize;
        if let Some(sum) = sums.get_mut(index.min(parts.saturating_sub(1))) {
            *sum += events;
        }
    }
    sums
}
