//! A verdict on a table of counts: what to do first, then what it rests on.

use lastgood_api::counts::{Action, Crossing, Judged, Mistake};
use lastgood_core::judge::sequential::Spread;
use lastgood_core::judge::{Counts, percent};
use lastgood_core::problem::Problem;

use crate::look::{Look, Text};
use crate::page::Page;

/// The verdict, what to do, and why.
pub(crate) fn judged(look: &Look, judged: &Judged) -> String {
    let mut page = Page::new(look);
    let mark = match judged.action {
        Action::Continue => look.good("● "),
        Action::Wait => look.quiet("○ "),
        Action::Pause => look.attention("◐ "),
        Action::RollBack => look.bad("✖ "),
        Action::DoNotRollBack => look.attention("◆ "),
    };
    page.hang(0, mark, look.strong(&judged.sentence));
    page.at(2, look.quiet(format!("verdict: {}", judged.verdict.as_str())));
    page.gap();
    samples(&mut page, look, judged);
    evidence(&mut page, look, judged);
    if !judged.crossed.is_empty() {
        page.heading("When");
        for crossed in &judged.crossed {
            page.hang(2, look.strong(format!("tick {}  ", crossed.tick)), reached(crossed.what));
        }
    }
    if !judged.doubts.is_empty() {
        page.heading("What keeps it from passing");
        for doubt in &judged.doubts {
            page.hang(2, look.attention("◌ "), doubt.sentence());
        }
    }
    page.finish()
}

fn samples(page: &mut Page<'_>, look: &Look, judged: &Judged) {
    let samples = judged.samples;
    page.line(look.strong("Counted"));
    page.hang(2, look.quiet("new release").pad(NAME), share(samples.canary));
    let beside = samples.baseline.map_or_else(|| "none beside it".to_owned(), share);
    page.hang(2, look.quiet("old release").pad(NAME), beside);
    let mut ticks = samples.ticks.to_string();
    if samples.ticks_before > 0 {
        ticks = format!("{ticks}, and {} before the rollout", samples.ticks_before);
    }
    page.hang(2, look.quiet("ticks").pad(NAME), ticks);
    let allowed = format!("{} bad requests", percent(judged.budget));
    page.hang(2, look.quiet("allowed").pad(NAME), allowed);
}

/// Columns for a name.
const NAME: usize = 34;

fn evidence(page: &mut Page<'_>, look: &Look, judged: &Judged) {
    let seen = &judged.statistics;
    page.heading("Evidence, at the last tick");
    let mut line = |name: String, value: f64, needed: &str| {
        let text = Text::from(number(value)) + look.quiet(format!("   {needed}"));
        page.hang(2, look.quiet(name).pad(NAME), text);
    };
    line(
        format!("over {} times worse than the old", number(seen.r0)),
        seen.e_ratio,
        "rolls back at 200",
    );
    line(
        "worse than the old at all".to_owned(),
        seen.e_worse,
        &format!("supports a rollback at {}", number(judged.support_at)),
    );
    line(
        "new release breaks the objective".to_owned(),
        seen.e_abs_canary,
        "pauses at 20, rolls back at 200",
    );
    line("old release breaks the objective".to_owned(), seen.e_abs_baseline, "shared at 20");
    line("  the most that ever was".to_owned(), seen.max_e_abs_baseline, "quiet below 3");
    line("always-valid p-value".to_owned(), seen.p_value, "of the first line");
    let clumps = clumps(judged.spread);
    line("clumping of errors (phi)".to_owned(), judged.spread.phi, &clumps);
    line(
        format!("bad rate is below {}", percent(judged.proof.exclude)),
        judged.proof.evidence,
        "passes at 20",
    );
    let bound = Text::from(percent(judged.proof.upper_bound)) + look.quiet("   95 %, one look");
    page.hang(2, look.quiet("bad rate is at most").pad(NAME), bound);
}

/// What the size of clumps rests on.
fn clumps(spread: Spread) -> String {
    if spread.learned {
        format!("1 is none; learned from {} pairs before the rollout", spread.pairs)
    } else {
        "assumed: too few errors before the rollout to tell".to_owned()
    }
}

fn share(counts: Counts) -> String {
    counts.rate().map_or_else(
        || "no requests".to_owned(),
        |rate| format!("{} bad of {} ({})", counts.bad, counts.total, percent(rate)),
    )
}

/// Three digits that mean something.
fn number(value: f64) -> String {
    if value >= 1e6 {
        format!("{value:.1e}")
    } else if value >= 100.0 {
        format!("{value:.0}")
    } else if value >= 0.01 || value == 0.0 {
        let text = format!("{value:.2}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        format!("{value:.1e}")
    }
}

const fn reached(what: Crossing) -> &'static str {
    match what {
        Crossing::Pause => "the new release breaks the objective: pause",
        Crossing::BaselineLoud => "the old release is not quiet either",
        Crossing::Shared => "both break the objective: shared",
        Crossing::RollbackByRatio => "the new release is worse than the old one: roll back",
        Crossing::RollbackByObjective => "the new release alone breaks the objective: roll back",
    }
}

/// Every mistake in a table, with its place.
pub(crate) fn mistakes(look: &Look, problem: &Problem, mistakes: &[Mistake]) -> String {
    let mut page = Page::new(look);
    for mistake in mistakes {
        let place = format!("line {}, column {}: ", mistake.line, mistake.column);
        page.hang(0, look.strong(place), mistake.cause.as_str());
        page.hang(2, look.attention("→ "), mistake.fix.as_str());
    }
    page.finish() + &super::problem(look, problem)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use lastgood_api::counts::{Asked, judge};

    use super::*;

    const ASKED: Asked =
        Asked { objective: 0.999, r0: None, exclude: None, min_requests: None, latency: false };

    #[test]
    fn the_first_line_says_what_to_do_and_the_last_ones_when() {
        let mut table = "tick,arm,total,bad\n".to_owned();
        for tick in 1..=12 {
            let _ = writeln!(table, "{tick},canary,10,1\n{tick},baseline,90,0");
        }
        let text = judged(&Look::plain(), &judge(&table, ASKED).expect("a good table"));
        let mut lines = text.lines();
        assert!(
            lines.next().is_some_and(|line| line.starts_with("✖ Roll back: 12 of 120")),
            "{text}"
        );
        assert!(lines.any(|line| line.contains("tick 2") && line.contains("roll back")), "{text}");
    }

    #[test]
    fn a_mistake_is_shown_with_its_place_and_what_to_do() {
        let found = judge("tick,arm,total,bad\n1,canary,x,0\n", ASKED).expect_err("no count");
        let problem = Problem::new(lastgood_core::problem::Code::CountsInvalid, "it has 1 mistake");
        let text = mistakes(&Look::plain(), &problem, &found);
        assert!(
            text.starts_with("line 2, column 10: `x` is no count\n  → Write how many"),
            "{text}"
        );
    }
}
