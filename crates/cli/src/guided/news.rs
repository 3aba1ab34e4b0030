//! What is new since the last look at a run: decisions and notes as the journal tells
//! them, and every step that is over.

use std::collections::BTreeMap;

use lastgood_core::name::StepId;
use lastgood_core::run::Role;
use lastgood_core::timeline::LineKind;
use lastgood_core::view::{RunView, StepStatus};

use crate::glyph;
use crate::look::{Look, Text};
use crate::page::Page;
use crate::show::Numbered;
use crate::times::clock;

/// What has been told already. Views may be missed; nothing is told twice, and nothing
/// that a later view still knows is left out.
#[derive(Debug, Default)]
pub(crate) struct News {
    line: u64,
    steps: BTreeMap<(bool, StepId), StepStatus>,
}

impl News {
    /// What `view` tells that was not told yet; empty when there is nothing.
    pub(crate) fn of(&mut self, look: &Look, view: &RunView) -> String {
        let mut page = Page::new(look);
        for line in view.log.iter().filter(|line| line.seq > self.line) {
            match line.kind {
                LineKind::Decision | LineKind::Note => {
                    let shape = if line.kind == LineKind::Note { "■ " } else { "◆ " };
                    page.hang(0, look.quiet(clock(look, line.at)) + " " + shape, &line.text);
                }
                // Told by the rows of the steps.
                LineKind::Run | LineKind::Signal | LineKind::Action => {}
            }
        }
        self.line = view.log.last().map_or(self.line, |line| line.seq.max(self.line));
        for step in Numbered::all(view) {
            let key = (step.view.role == Role::Undo, step.view.id.clone());
            let told = self.steps.insert(key, step.view.status);
            if told == Some(step.view.status) || !worth_telling(step.view.status) {
                continue;
            }
            let took = step.view.took.map(|took| format!(" {took}")).unwrap_or_default();
            let front =
                look.quiet(clock(look, view.now)) + " " + glyph::step(look, step.view) + " ";
            page.hang(
                0,
                front,
                look.quiet(format!("{}  {}  ", step.place(), step.view.phase.title()))
                    + look.strong(&step.view.title)
                    + look.quiet(format!("  {}{took}", glyph::step_word(step.view.status))),
            );
            if let Some(result) = &step.view.result {
                page.at(11, Text::from(result));
            }
        }
        page.finish()
    }
}

/// Whether a step came to something.
const fn worth_telling(status: StepStatus) -> bool {
    match status {
        StepStatus::Done
        | StepStatus::Failed
        | StepStatus::Skipped
        | StepStatus::Accepted
        | StepStatus::NotNeeded
        | StepStatus::PassedOver => true,
        // Every change is in doubt for a moment; where it stays so, the run says it.
        StepStatus::InDoubt
        | StepStatus::Will
        | StepStatus::Working
        | StepStatus::NeedsYou
        | StepStatus::Held => false,
    }
}
