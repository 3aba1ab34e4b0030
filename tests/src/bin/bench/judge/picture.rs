//! Two pictures, drawn by hand: they read on light and dark ground.

use std::fmt::Write as _;

use super::cell::{Fault, Stress};
use super::outcome::{Outcome, Rule, float};

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 380.0;
const LEFT: f64 = 60.0;
const TOP: f64 = 40.0;
const RIGHT: f64 = 560.0;
const BOTTOM: f64 = 330.0;
/// One colour for each rule; their names stand beside the lines as well.
const COLOURS: [&str; 8] =
    ["#1f77b4", "#7f7f7f", "#d62728", "#ff7f0e", "#2ca02c", "#9467bd", "#8c564b", "#e377c2"];

fn begin(title: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
         font-family=\"sans-serif\" font-size=\"12\" fill=\"#444\">\n<title>{title}</title>\n\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#fff\"/>\n\
         <text x=\"{LEFT}\" y=\"22\" font-size=\"14\">{title}</text>\n"
    )
}

fn cell(outcomes: &[Outcome], rate: f64, fault: Fault) -> Option<&Outcome> {
    outcomes.iter().find(|one| {
        (one.cell.rate - rate).abs() < 1e-9
            && (one.cell.weight - 0.10).abs() < 1e-9
            && one.cell.fault == fault
            && one.cell.stress == Stress::Nothing
    })
}

/// The share found by each minute.
pub(super) fn found(outcomes: &[Outcome]) -> String {
    let mut text =
        begin("Found by when: 1 req/s, 10 % canary, 5 % errors (false alarms in brackets)");
    let x = |minute: f64| LEFT + (RIGHT - LEFT) * minute / 60.0;
    let y = |share: f64| BOTTOM - (BOTTOM - TOP) * share;
    for tick in 0..=6 {
        let at = x(10.0 * f64::from(tick));
        let _ = writeln!(
            text,
            "<line x1=\"{at}\" x2=\"{at}\" y1=\"{TOP}\" y2=\"{BOTTOM}\" stroke=\"#ddd\"/><text \
             x=\"{at}\" y=\"348\" text-anchor=\"middle\">{} min</text>",
            10 * tick
        );
    }
    for tick in 0..=4 {
        let at = y(f64::from(tick) / 4.0);
        let _ = writeln!(
            text,
            "<line x1=\"{LEFT}\" x2=\"{RIGHT}\" y1=\"{at}\" y2=\"{at}\" stroke=\"#ddd\"/><text \
             x=\"52\" y=\"{at}\" text-anchor=\"end\">{} %</text>",
            25 * tick
        );
    }
    let (bad, good) = (cell(outcomes, 1.0, Fault::Step(0.05)), cell(outcomes, 1.0, Fault::Nothing));
    let (Some(bad), Some(good)) = (bad, good) else { return text + "</svg>\n" };
    for (place, (rule, colour)) in (0_i32..).zip(Rule::ALL.into_iter().zip(COLOURS)) {
        let tally = bad.tally(rule);
        let mut line = String::new();
        for minute in 0..=60 {
            let by = f64::from(minute);
            let hits = tally.minutes.iter().filter(|found| **found <= by).count() as u64;
            let share = float(hits) / float(tally.runs).max(1.0);
            let _ = write!(line, "{:.1},{:.1} ", x(by), y(share));
        }
        let wide = if rule == Rule::Ours { 3 } else { 1 };
        let row = 60 + 22 * place;
        let _ = writeln!(
            text,
            "<polyline points=\"{line}\" fill=\"none\" stroke=\"{colour}\" \
             stroke-width=\"{wide}\"/>\n<rect x=\"572\" y=\"{}\" width=\"14\" height=\"4\" \
             fill=\"{colour}\"/><text x=\"592\" y=\"{row}\">{} ({:.1} %)</text>",
            row - 6,
            rule.name(),
            100.0 * good.tally(rule).share()
        );
    }
    text + "</svg>\n"
}

/// Bars of false alarms, good canary and shared incident.
pub(super) fn false_alarms(outcomes: &[Outcome]) -> String {
    let mut text = begin("Taken back without reason within an hour: 1 req/s, 10 % canary");
    let wide = |share: f64| 440.0 * share;
    let (good, shared) = (cell(outcomes, 1.0, Fault::Nothing), cell(outcomes, 1.0, Fault::Shared));
    let (Some(good), Some(shared)) = (good, shared) else { return text + "</svg>\n" };
    for (place, (rule, colour)) in (0_i32..).zip(Rule::ALL.into_iter().zip(COLOURS)) {
        let row = 48 + 38 * place;
        let (one, other) = (good.tally(rule).share(), shared.tally(rule).share());
        let _ = writeln!(
            text,
            "<text x=\"200\" y=\"{}\" text-anchor=\"end\">{}</text><rect x=\"210\" y=\"{row}\" \
             width=\"{:.1}\" height=\"12\" fill=\"{colour}\"/><text x=\"{:.1}\" y=\"{}\">{:.1} %, \
             good canary</text><rect x=\"210\" y=\"{}\" width=\"{:.1}\" height=\"12\" \
             fill=\"{colour}\" opacity=\"0.5\"/><text x=\"{:.1}\" y=\"{}\">{:.1} %, shared \
             incident</text>",
            row + 16,
            rule.name(),
            wide(one).max(1.0),
            216.0 + wide(one),
            row + 10,
            100.0 * one,
            row + 14,
            wide(other).max(1.0),
            216.0 + wide(other),
            row + 24,
            100.0 * other,
        );
    }
    text + "</svg>\n"
}
