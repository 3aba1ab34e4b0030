//! The rate of bad requests as a figure: drawn for the eye, told in words for the ear.

use krilla::geom::Rect;
use krilla::tagging::{BBox, Tag};
use lastgood_core::judge::percent;

use super::flow::{BODY, Flow, LEADING, SMALL};
use super::sheet::{Ink, MARGIN, Shape};
use super::tags::NodeId;
use crate::export::outline::{Chart, Span};

const HEIGHT: f32 = 110.0;
/// Room for the share's words at the left.
const LABELS: f32 = 44.0;

pub(super) fn lay_out(flow: &mut Flow<'_>, of: Option<NodeId>, chart: &Chart) {
    flow.sheets.gap(6.0);
    flow.sheets.need(HEIGHT + 3.0 * BODY * LEADING + 8.0);
    let (left, top) = (MARGIN + LABELS, flow.sheets.y + 4.0);
    let right = MARGIN + flow.sheets.width();
    let bottom = top + HEIGHT;
    let area = Rect::from_ltrb(MARGIN, top - 4.0, right, bottom + 6.0);
    let bounds = area.map(|area| BBox::new(flow.sheets.number(), area));
    let figure = flow.sheets.tags.add(of, Tag::Figure(Some(spoken(chart))).with_bbox(bounds));
    let y = |share: f64| bottom - small(share / chart.top()) * HEIGHT;
    let draw = |flow: &mut Flow<'_>, ink, strokes, width, dashed| {
        flow.sheets.put(Some(figure), ink, Shape::Strokes { strokes, width, dashed });
    };
    draw(flow, Ink::Soft, vec![vec![(left, bottom), (right, bottom)]], 0.75, false);
    let budget = y(chart.budget);
    draw(flow, Ink::Budget, vec![vec![(left, budget), (right, budget)]], 0.75, true);
    draw(flow, Ink::Mark, strokes(chart, (left, right), y), 1.25, false);
    let label = |flow: &mut Flow<'_>, right: f32, y: f32, text: &str| {
        let width = flow.fonts.width(super::fonts::Face::Regular, text) * SMALL;
        flow.sheets.words(Some(figure), Ink::Soft, (right - width, y - SMALL), SMALL, text);
    };
    label(flow, left - 4.0, top + SMALL - 2.0, &percent(chart.top()));
    label(flow, left - 4.0, bottom, "0%");
    // Above its line, unless that is at the very top.
    let above = if budget - SMALL - 4.0 < top { budget + SMALL + 2.0 } else { budget - 3.0 };
    label(flow, right, above, &format!("budget {}", percent(chart.budget)));
    flow.sheets.y = bottom + 6.0;
    let words = [Span::Text(format!("{}. {}", chart.title, chart.twin))];
    let caption = flow.sheets.tags.add(Some(figure), Tag::Caption);
    flow.paragraph_in(caption, &words, SMALL, Ink::Soft);
    flow.sheets.gap(6.0);
}

/// What the figure shows, as words.
fn spoken(chart: &Chart) -> String {
    let known: Vec<f64> = chart.points.iter().filter_map(|(_, rate)| *rate).collect();
    let most = known.iter().copied().fold(0.0, f64::max);
    format!(
        "Chart of {} intervals, {} of them with data: {}. {} The highest share is {}, the budget {}.",
        chart.points.len(),
        known.len(),
        chart.title,
        chart.twin,
        percent(most),
        percent(chart.budget)
    )
}

/// The line of the rate, broken where nothing is known. A point between gaps is a dash, so
/// that it is seen.
fn strokes(
    chart: &Chart,
    (left, right): (f32, f32),
    y: impl Fn(f64) -> f32,
) -> Vec<Vec<(f32, f32)>> {
    let first = chart.points.first().map_or(0, |(at, _)| at.0);
    let span = chart.points.last().map_or(0, |(at, _)| at.0) - first;
    #[expect(clippy::cast_precision_loss, reason = "a place on a picture")]
    let x = |at: i64| left + small((at - first) as f64 / span.max(1) as f64) * (right - left);
    let mut strokes: Vec<Vec<(f32, f32)>> = Vec::new();
    let mut drawing = false;
    for (at, rate) in &chart.points {
        let Some(rate) = rate else {
            drawing = false;
            continue;
        };
        let point = (x(at.0), y(*rate));
        match strokes.last_mut() {
            Some(stroke) if drawing => stroke.push(point),
            _ => strokes.push(vec![point]),
        }
        drawing = true;
    }
    for stroke in &mut strokes {
        if let [(x, y)] = stroke[..] {
            stroke.push((x + 1.5, y));
        }
    }
    strokes
}

#[expect(clippy::cast_possible_truncation, reason = "a place on a picture")]
const fn small(value: f64) -> f32 {
    value as f32
}

#[cfg(test)]
mod tests {
    use lastgood_core::time::EpochMs;

    use super::*;

    #[test]
    fn where_nothing_is_known_nothing_is_drawn() {
        let rates = [Some(0.1), Some(0.2), None, Some(0.3), None];
        let points = (0_i64..).zip(rates).map(|(at, rate)| (EpochMs(at * 1000), rate));
        let chart = Chart {
            title: "t".to_owned(),
            twin: "w".to_owned(),
            points: points.collect(),
            budget: 0.1,
        };
        let strokes = strokes(&chart, (0.0, 40.0), small);
        let starts: Vec<f32> = strokes.iter().filter_map(|one| Some(one.first()?.0)).collect();
        assert_eq!(starts, [0.0, 30.0]);
        assert!(strokes.iter().all(|stroke| stroke.len() == 2), "{strokes:?}");
    }
}
