//! When a metric changed: E-divisive on sliding windows with a t-test for significance,
//! then merging of what does not stand by itself.
//!
//! The statistic is of Matteson and James (2014, arXiv 1306.4933); windows, t-test and
//! merging are of Fleming and others, "Hunter" (ICPE 2023, doi 10.1145/3578244.3583719),
//! with the defaults of its implementation, Apache Otava. Unlike a permutation test it
//! gives the same answer each time.

use crate::judge::sequential::incomplete_beta;

/// What counts as a change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// The points in one window, 2 or more.
    pub window: usize,
    /// The largest p-value of a change.
    pub max_p: f64,
    /// The least relative change of the mean.
    pub min_magnitude: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { window: 50, max_p: 0.001, min_magnitude: 0.0 }
    }
}

/// A change of the mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChangePoint {
    /// The first point after it.
    pub index: usize,
    /// The p-value of the t-test between its neighbours.
    pub p: f64,
    /// The mean before it, since the change before.
    pub before: f64,
    /// The mean after it, up to the next change.
    pub after: f64,
}

impl ChangePoint {
    /// The relative change, seen from whichever side it is larger.
    #[must_use]
    pub fn magnitude(&self) -> f64 {
        let relative = |from: f64, to: f64| {
            if from == 0.0 { 0.0 } else { (to / from - 1.0).abs() }
        };
        relative(self.before, self.after).max(relative(self.after, self.before))
    }
}

/// Where the mean of `series` changes, in order. All values must be finite; the time
/// grows with the length of the series times the square of the window.
#[must_use]
pub fn change_points(series: &[f64], settings: Settings) -> Vec<ChangePoint> {
    // A looser first pass finds points that only stand out once their neighbours are found.
    let first_pass = match settings.max_p {
        p if p < 0.05 => p * 10.0,
        p if p < 0.5 => p * 2.0,
        p => p,
    };
    let weak = split(series, settings.window.max(2), first_pass);
    let mut points: Vec<ChangePoint> = (0..weak.len()).map(|at| test(series, &weak, at)).collect();
    while let Some(weakest) = weakest(&points, settings) {
        points.remove(weakest);
        // Which neighbours are tested anew is part of the published rule: the two that
        // follow. The one before keeps its test against what was dropped.
        let indexes: Vec<usize> = points.iter().map(|point| point.index).collect();
        for at in [weakest, weakest + 1] {
            if let Some(point) = points.get_mut(at) {
                *point = test(series, &indexes, at);
            }
        }
    }
    points
}

/// The point to drop next, if one does not stand by itself.
fn weakest(points: &[ChangePoint], settings: Settings) -> Option<usize> {
    let unlikely = first_best(points, |point| point.p)?;
    if points.get(unlikely)?.p < settings.max_p {
        let smallest = first_best(points, |point| -point.magnitude())?;
        (points.get(smallest)?.magnitude() <= settings.min_magnitude).then_some(smallest)
    } else {
        Some(unlikely)
    }
}

/// The index of the first point with the largest key.
fn first_best(points: &[ChangePoint], key: impl Fn(&ChangePoint) -> f64) -> Option<usize> {
    let mut best: Option<(usize, f64)> = None;
    for (index, point) in points.iter().enumerate() {
        let value = key(point);
        if best.is_none_or(|(_, other)| value > other) {
            best = Some((index, value));
        }
    }
    best.map(|(index, _)| index)
}

/// The t-test between the neighbours of the point at `at`.
fn test(series: &[f64], points: &[usize], at: usize) -> ChangePoint {
    let index = points[at];
    let from = at.checked_sub(1).map_or(0, |before| points[before]);
    let to = points.get(at + 1).copied().unwrap_or(series.len());
    compare(series, from, index, to)
}

fn compare(series: &[f64], from: usize, index: usize, to: usize) -> ChangePoint {
    let (left, right) = (&series[from..index], &series[index..to]);
    let (before, after) = (mean(left), mean(right));
    ChangePoint { index, p: p_value(left, right), before, after }
}

/// The weak points of all windows, in order and each once.
fn split(series: &[f64], window: usize, max_p: f64) -> Vec<usize> {
    let mut points = Vec::new();
    let mut start = 0;
    while start < series.len() {
        let end = (start + window).min(series.len());
        let found = divide(&series[start..end], max_p);
        let last = found.last().map_or(0, |last| last + start);
        points.extend(found.into_iter().map(|index| index + start));
        start = last.max(start + window / 2);
    }
    points.sort_unstable();
    points.dedup();
    points
}

/// Divides a window again and again where its parts differ most, as long as that is
/// significant.
fn divide(window: &[f64], max_p: f64) -> Vec<usize> {
    let distances = Distances::new(window);
    let mut points: Vec<usize> = Vec::new();
    loop {
        let mut edges = vec![0];
        edges.extend(&points);
        edges.push(window.len());
        let mut best: Option<(f64, usize, usize, usize)> = None;
        for part in edges.windows(2) {
            let (from, to) = (part[0], part[1]);
            if let Some((q, index)) = distances.best(from, to)
                && best.is_none_or(|(other, ..)| q > other)
            {
                best = Some((q, from, index, to));
            }
        }
        let Some((_, from, index, to)) = best else { return points };
        // A p-value that is no number is not significant.
        let p = compare(window, from, index, to).p;
        if p.is_nan() || p > max_p {
            return points;
        }
        points.push(index);
        points.sort_unstable();
    }
}

/// Sums of the distances between all pairs of points of a window, so that the sum over
/// any block of pairs takes four look-ups.
struct Distances {
    size: usize,
    sums: Vec<f64>,
}

impl Distances {
    fn new(window: &[f64]) -> Self {
        let size = window.len() + 1;
        let mut sums = vec![0.0; size * size];
        for (i, a) in window.iter().enumerate() {
            let mut row = 0.0;
            for (j, b) in window.iter().enumerate() {
                row += (a - b).abs();
                sums[(i + 1) * size + j + 1] = sums[i * size + j + 1] + row;
            }
        }
        Self { size, sums }
    }

    fn block(&self, rows: (usize, usize), columns: (usize, usize)) -> f64 {
        let at = |row: usize, column: usize| self.sums[row * self.size + column];
        at(rows.1, columns.1) - at(rows.0, columns.1) - at(rows.1, columns.0)
            + at(rows.0, columns.0)
    }

    /// The division of `[from, to)` with the largest statistic: the first `tau` points
    /// against those up to some `kappa`. `None` when there are fewer than two points.
    fn best(&self, from: usize, to: usize) -> Option<(f64, usize)> {
        let mut best: Option<(f64, usize)> = None;
        for tau in from + 1..to {
            for kappa in tau + 1..=to {
                let q = self.statistic(from, tau, kappa);
                if best.is_none_or(|(other, _)| q > other) {
                    best = Some((q, tau));
                }
            }
        }
        best
    }

    #[expect(clippy::cast_precision_loss, reason = "a window has few points")]
    fn statistic(&self, from: usize, tau: usize, kappa: usize) -> f64 {
        let (n, m) = ((tau - from) as f64, (kappa - tau) as f64);
        let across = self.block((from, tau), (tau, kappa));
        let within = |from: usize, to: usize| self.block((from, to), (from, to)) / 2.0;
        let left = if tau - from > 1 { m / (n - 1.0) * within(from, tau) } else { 0.0 };
        let right = if kappa - tau > 1 { n / (m - 1.0) * within(tau, kappa) } else { 0.0 };
        2.0 / (m + n) * (across - left - right)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a series has few points")]
fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The two-sided p-value of Student's t-test with pooled variance. The spread of each
/// side is that of its points (divided by their number), as the cited implementation has
/// it; fewer than three points in all are never significant.
#[expect(clippy::cast_precision_loss, reason = "a series has few points")]
fn p_value(left: &[f64], right: &[f64]) -> f64 {
    let (n, m) = (left.len() as f64, right.len() as f64);
    let freedom = n + m - 2.0;
    if freedom < 1.0 {
        return 1.0;
    }
    let spread = |values: &[f64]| {
        let centre = mean(values);
        mean(&values.iter().map(|value| (value - centre).powi(2)).collect::<Vec<_>>())
    };
    let pooled = ((n - 1.0) * spread(left) + (m - 1.0) * spread(right)) / freedom;
    let difference = mean(left) - mean(right);
    if pooled == 0.0 {
        return if difference == 0.0 { 1.0 } else { 0.0 };
    }
    let t = difference / (pooled * (1.0 / n + 1.0 / m)).sqrt();
    incomplete_beta(freedom / 2.0, 0.5, freedom / (freedom + t * t))
}

#[cfg(test)]
mod tests;
