//! How a run went, and what was rehearsed where.

use lastgood_api::wire::Debrief;
use lastgood_core::drill::debrief::{Looks, PastDecision};
use lastgood_core::drill::proof::Rehearsal;
use lastgood_core::timeline::{Comparison, Others};

use crate::look::Look;
use crate::page::Page;
use crate::times::stamp;

/// The whole debrief.
pub(crate) fn debrief(look: &Look, view: &Debrief) -> String {
    let mut page = Page::new(look);
    let drill = if view.drill.is_some() || view.exercise.is_some() { "DRILL " } else { "" };
    page.hang(0, look.attention(drill), look.strong(&view.title));
    page.at(2, format!("{}: {}", view.place, view.sentence));
    page.gap();
    page.line(look.strong("How long it took"));
    for phase in &view.phases {
        page.at(2, format!("{}: {}", phase.title, phase.took));
    }
    for length in &view.lengths {
        page.hang(
            2,
            format!("{}: {} ", length.name, length.milliseconds),
            look.quiet(&length.explained),
        );
    }
    page.gap();
    page.line(look.strong("What was decided"));
    if view.decisions.is_empty() {
        page.at(2, "Nobody had to decide anything.");
    }
    for decision in &view.decisions {
        decided(&mut page, look, decision);
    }
    for one in &view.unmet {
        let good = one.good.join(", or ");
        page.hang(2, look.quiet("○ "), format!("{}: nobody decided; good: {good}", one.place));
        page.at(4, look.quiet(&one.because));
    }
    if !view.presented.is_empty() {
        page.gap();
        page.line(look.strong("What was done to the drill"));
        for one in &view.presented {
            page.hang(
                2,
                look.quiet(stamp(look, one.at)) + " ",
                format!("{}, by {}", one.words, one.by),
            );
        }
    }
    if !view.comparison.is_empty() {
        page.gap();
        page.line(look.strong("Beside other runs"));
        for one in &view.comparison {
            page.at(2, compared(one));
        }
    }
    let scored = view.rehearsed.as_ref().map(|one| super::scored(look, one));
    page.finish() + &scored.unwrap_or_default()
}

/// What the scenario has to say of the decisions, where it says something: the end of a
/// drill.
pub(crate) fn lessons(look: &Look, view: &Debrief) -> String {
    let mut page = Page::new(look);
    for decision in view.decisions.iter().filter(|one| one.looks != Looks::Open) {
        decided(&mut page, look, decision);
    }
    page.at(2, look.quiet(format!("`lastgood debrief {}` tells the whole.", view.run)));
    page.finish()
}

fn decided(page: &mut Page<'_>, look: &Look, decision: &PastDecision) {
    let front = match decision.looks {
        Looks::Good => look.good("● "),
        Looks::Poor => look.bad("✖ "),
        Looks::Open => look.quiet("○ "),
    };
    let reason = decision.reason.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
    page.hang(
        2,
        front,
        format!(
            "{} {} {}: {}{reason}",
            stamp(look, decision.at),
            decision.by,
            decision.words,
            decision.place
        ),
    );
    if let Some(because) = &decision.because {
        let word = if decision.looks == Looks::Good { "good" } else { "better not" };
        page.at(4, look.quiet(format!("{word}: {because}")));
    }
}

fn compared(one: &Comparison) -> String {
    let others = |name: &str, others: &Others| match (others.median, others.best) {
        (Some(median), Some(best)) => {
            format!("; {} {name}: usually {median}, best {best}", others.runs)
        }
        _ => String::new(),
    };
    format!(
        "{}: {} here{}{}",
        one.name,
        one.here,
        others("drills", &one.drills),
        others("incidents", &one.incidents)
    )
}

/// When each runbook was last proven.
pub(crate) fn rehearsals(look: &Look, all: &[Rehearsal]) -> String {
    let mut page = Page::new(look);
    if all.is_empty() {
        page.line("The catalog proposes no runbook anywhere.");
    }
    for one in all {
        let front = match (&one.last, one.overdue || one.changed) {
            (Some(_), false) => look.good("● "),
            (_, true) => look.attention("◆ "),
            (None, false) => look.quiet("○ "),
        };
        let overdue = if one.overdue { ", overdue" } else { "" };
        page.hang(0, front, format!("{}: {}{overdue}", one.place, one.sentence));
    }
    page.finish()
}
