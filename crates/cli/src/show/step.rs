//! One step: as a row of the rail, and as the card that a person acts on.

use lastgood_core::run::Role;
use lastgood_core::view::{RunView, StepStatus, StepView};

use super::plan::{change, undo};
use crate::glyph;
use crate::look::{Look, Text};
use crate::page::Page;

/// A step with its place among those of its role.
#[derive(Clone, Debug)]
pub(crate) struct Numbered<'a> {
    /// The step.
    pub(crate) view: &'a StepView,
    /// From 1.
    number: usize,
    /// Of how many.
    of: usize,
}

impl<'a> Numbered<'a> {
    /// Every step of a run, compensations last.
    pub(crate) fn all(run: &'a RunView) -> Vec<Self> {
        let of = |role: Role| run.steps.iter().filter(|step| step.role == role).count();
        let mut counted = [0, 0];
        run.steps
            .iter()
            .map(|view| {
                let slot = &mut counted[usize::from(view.role == Role::Undo)];
                *slot += 1;
                Self { view, number: *slot, of: of(view.role) }
            })
            .collect()
    }

    /// The step that is current.
    pub(crate) fn current(run: &'a RunView) -> Option<Self> {
        Self::all(run).into_iter().find(|step| step.view.current)
    }

    /// `Step 3 of 9`.
    pub(crate) fn place(&self) -> String {
        let word = match self.view.role {
            Role::Forward => "Step",
            Role::Undo => "Take back",
        };
        format!("{word} {} of {}", self.number, self.of)
    }
}

/// Where a step stands, in a line or two.
pub(crate) fn row(page: &mut Page<'_>, look: &Look, step: &Numbered<'_>) {
    let Numbered { view, number, .. } = step;
    let front = Text::from(format!("{number:>4} ")) + glyph::step(look, view) + " ";
    let took = view.took.map(|took| format!(" {took}")).unwrap_or_default();
    let word = match view.status {
        StepStatus::Failed => look.bad("failed"),
        StepStatus::NeedsYou
        | StepStatus::Held
        | StepStatus::InDoubt
        | StepStatus::Skipped
        | StepStatus::Accepted => look.attention(glyph::step_word(view.status)),
        StepStatus::Will
        | StepStatus::Working
        | StepStatus::Done
        | StepStatus::NotNeeded
        | StepStatus::PassedOver => look.quiet(glyph::step_word(view.status)),
    };
    page.hang(0, front, look.strong(&view.title) + "  " + word + look.quiet(took));
    if let Some(result) = &view.result {
        page.at(7, result);
    }
}

/// Everything about the step that is current: why, what exactly, what to see, how back.
pub(crate) fn card(look: &Look, run: &RunView, step: &Numbered<'_>) -> String {
    let view = step.view;
    let mut page = Page::new(look);
    page.gap();
    let shape = glyph::planned(&view.kind, view.confirm);
    let attempt =
        if view.attempt > 1 { format!(", attempt {}", view.attempt) } else { String::new() };
    page.line(
        look.strong(format!("{} · {} · {shape} {}", step.place(), view.phase.title(), view.title))
            + look.quiet(attempt),
    );
    let drill = match (&run.drill, &run.exercise) {
        (Some(_), _) => look.attention("SIMULATED "),
        (None, Some(_)) => look.attention("DRILL, REAL SYSTEM "),
        (None, None) => Text::default(),
    };
    page.field(
        2,
        "target",
        drill
            + format!(
                "{}; {}; {} → {}",
                run.place, run.coordinates, run.from.version, run.to.version
            ),
    );
    if let Some(why) = &view.why {
        page.field(2, "why", why);
    }
    let elsewhere = format!("`lastgood show {} --json` has it", run.run);
    change(&mut page, look, 2, view.effect.as_ref(), &view.what, Some(&elsewhere));
    if let Some(expect) = &view.expect {
        page.field(2, "expect", expect);
    }
    let how_far = view.effect.as_ref().map(|_| view.reversibility);
    undo(&mut page, look, 2, how_far, view.undo.as_ref());
    page.finish()
}
