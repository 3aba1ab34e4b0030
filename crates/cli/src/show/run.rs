//! A run as it stands.

use lastgood_core::run::Role;
use lastgood_core::view::{MomentView, RunStatus, RunView, StepStatus, StepView};

use super::drill::mark;
use super::step::{Numbered, row};
use crate::glyph;
use crate::look::{Look, Text};
use crate::page::Page;
use crate::times::{clock, stamp};

/// The whole run: how it stands, every step, what it asks, the key times.
pub(crate) fn run(look: &Look, view: &RunView) -> String {
    let mut page = Page::new(look);
    page.line(look.strong(&view.title) + "  " + glyph::run(look, view.status));
    mark(&mut page, look, view.drill.as_deref(), view.exercise.as_deref());
    page.at(2, look.strong(&view.sentence));
    page.field(2, "run", view.run.as_str());
    page.field(2, "where", format!("{}; {}", view.place, view.coordinates));
    page.field(2, "change", &view.change.sentence);
    page.field(2, "started", format!("{} by {}", stamp(look, view.started_at), view.started_by));
    page.field(2, "plan", &view.plan_hash);
    page.gap();
    let mut undoing = false;
    for step in Numbered::all(view) {
        if step.view.role == Role::Undo && !undoing {
            undoing = true;
            page.at(2, look.strong("Taken back"));
        }
        row(&mut page, look, &step);
    }
    if let Some(ask) = &view.ask {
        page.gap();
        page.hang(2, look.attention("◈ "), look.strong(&ask.question));
        if let Some(detail) = &ask.detail {
            page.at(4, detail);
        }
    }
    if view.outcome.is_none() && !view.undoable.is_empty() {
        page.gap();
        page.line(
            look.quiet("If it were aborted now, this could be taken back: ")
                + view.undoable.join("; "),
        );
    }
    let mut text = page.finish();
    text.push_str(&key_times(look, view));
    text
}

/// How a run ended, or that it has not, and how to go on.
pub(crate) fn end(look: &Look, view: &RunView) -> String {
    let mut page = Page::new(look);
    page.gap();
    let recovered = view.status == RunStatus::Recovered;
    match &view.outcome {
        Some(_) if recovered => page.hang(0, look.good("● "), look.strong(&view.sentence)),
        Some(_) => page.hang(0, look.bad("✖ "), look.strong(&view.sentence)),
        None if view.driven_by.is_some() => {
            let by = view.driven_by.as_ref().map_or("", |by| by.as_str());
            let words = format!("{by} has taken the run over. Nothing more is done here.");
            page.hang(0, look.attention("◌ "), look.strong(words));
            page.at(2, Text::from("Look at it with: lastgood show ") + view.run.as_str());
        }
        None => {
            page.hang(
                0,
                look.attention("◌ "),
                look.strong("The run is left as it is: ") + &view.sentence,
            );
            page.at(2, Text::from("Go on with: lastgood resume ") + view.run.as_str());
        }
    }
    page.at(2, format!("{}; {}; {}", view.place, view.coordinates, view.change.sentence));
    page.finish()
}

/// The key times, what stays as it was, and where to read on.
pub(crate) fn key_times(look: &Look, view: &RunView) -> String {
    let mut page = Page::new(look);
    if changed_something(view) || view.outcome.is_none() {
        moments(&mut page, look, &view.moments);
    } else {
        // Where nothing was to be changed, nothing is missing either.
        let happened: Vec<MomentView> =
            view.moments.iter().filter(|moment| moment.at.is_some()).cloned().collect();
        moments(&mut page, look, &happened);
    }
    if view.outcome.is_some() {
        if !view.not_restored.is_empty() {
            page.heading("What was not restored");
            for sentence in &view.not_restored {
                page.hang(2, "· ", sentence);
            }
        }
        page.gap();
        page.line(
            look.quiet("The record: ")
                + format!("lastgood timeline {0}, lastgood export {0} --format md", view.run),
        );
    }
    page.finish()
}

/// Whether any change took place, taken back or not.
fn changed_something(view: &RunView) -> bool {
    let landed = |step: &StepView| step.effect.is_some() && step.status == StepStatus::Done;
    view.steps.iter().any(landed)
}

pub(super) fn moments(page: &mut Page<'_>, look: &Look, moments: &[MomentView]) {
    let Some(started) = moments.first().and_then(|moment| moment.at) else { return };
    page.gap();
    page.line(look.strong("Key times") + look.quiet(format!(", from {}", stamp(look, started))));
    for moment in moments {
        let name = Text::from(&moment.name).pad(18);
        match (moment.at, moment.after) {
            (Some(at), Some(after)) => {
                page.hang(2, name, Text::from(clock(look, at)) + look.quiet(format!("  +{after}")));
            }
            (Some(at), None) => page.hang(2, name, clock(look, at)),
            (None, _) => page.hang(2, name, look.quiet("has not happened")),
        }
    }
}
