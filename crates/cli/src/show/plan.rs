//! A plan as a person reads it before anything happens.

use lastgood_core::effect::{Call, Reversibility};
use lastgood_core::mitigation::{Mitigation, Openness};
use lastgood_core::preflight::{Finding, Grade};
use lastgood_core::view::{EffectView, PlanStepView, PlanView};

use super::doctor::findings;
use super::drill::mark;
use super::release::metadata;
use crate::glyph;
use crate::look::{Look, Text};
use crate::page::Page;
use crate::times::stamp;

/// The whole plan.
pub(crate) fn plan(look: &Look, plan: &PlanView) -> String {
    let mut page = Page::new(look);
    head(&mut page, look, plan);
    page.field(2, "made", stamp(look, plan.made_at));

    page.heading("From");
    page.at(2, look.strong(&plan.from.version));
    metadata(&mut page, look, 4, &plan.from);
    page.heading("To");
    page.at(2, look.strong(&plan.to.version));
    page.field(4, "why", &plan.because);
    metadata(&mut page, look, 4, &plan.to);

    page.heading(format!("Preflight: {}", tally(&plan.findings)));
    findings(&mut page, look, &plan.findings);

    page.heading(format!("{} steps", plan.steps.len()));
    let mut phase = None;
    for (index, step) in plan.steps.iter().enumerate() {
        if phase != Some(step.phase) {
            phase = Some(step.phase);
            page.gap();
            page.at(1, look.strong(step.phase.title()));
        }
        planned(&mut page, look, index + 1, step);
    }
    if plan.change.is.leaves_something() {
        left(&mut page, &plan.not_restored);
    }
    ways(&mut page, look, &plan.mitigations);
    page.gap();
    page.line(look.quiet("This plan is called ") + look.strong(&plan.hash) + look.quiet("."));
    page.finish()
}

/// What a rollback does not restore.
pub(super) fn left(page: &mut Page<'_>, not_restored: &[String]) {
    page.heading("What this does not restore");
    for sentence in not_restored {
        page.hang(2, "· ", sentence);
    }
    if not_restored.is_empty() {
        page.at(2, "Nothing is known to stay behind.");
    }
}

/// What could be done besides or instead, in the order that was weighed.
pub(super) fn ways(page: &mut Page<'_>, look: &Look, all: &[Mitigation]) {
    if all.is_empty() {
        return;
    }
    page.heading("Ways out, the cheapest safe one first");
    for (index, one) in all.iter().enumerate() {
        let front = format!("{}. ", index + 1);
        page.hang(2, front, look.strong(one.way.title()) + ": " + &one.because);
        match &one.openness {
            Openness::Open => {}
            Openness::Closed { why } => page.field(5, "closed", why),
            Openness::Unknown { why } => page.field(5, "unknown", why),
        }
        page.field(5, "needs", one.needs.join(", "));
        let undoes = match one.undoes {
            None => "not known".to_owned(),
            Some(0) => "no release".to_owned(),
            Some(1) => "1 release".to_owned(),
            Some(many) => format!("{many} releases"),
        };
        page.field(5, "undoes", format!("{undoes}; touches {}", one.services.join(", ")));
        let takes = one.takes.map_or_else(|| "not known".to_owned(), |takes| takes.to_string());
        page.field(5, "takes", takes);
        page.field(5, "for", one.reasons_for.join("; "));
        page.field(5, "against", one.reasons_against.join("; "));
    }
}

/// The plan in a few lines, where the steps are shown one by one later.
pub(crate) fn brief(look: &Look, plan: &PlanView) -> String {
    let mut page = Page::new(look);
    head(&mut page, look, plan);
    page.field(2, "why", &plan.because);
    page.field(2, "checked", tally(&plan.findings));
    let open: Vec<Finding> =
        plan.findings.iter().filter(|finding| finding.grade != Grade::Pass).cloned().collect();
    findings(&mut page, look, &open);
    page.finish()
}

fn head(page: &mut Page<'_>, look: &Look, plan: &PlanView) {
    page.line(look.strong(&plan.title));
    mark(page, look, plan.drill.as_deref(), plan.exercise.as_deref());
    page.field(
        2,
        "where",
        format!("{}; {}; {}", plan.place, plan.coordinates, plan.strategy.as_str()),
    );
    page.field(2, "change", &plan.change.sentence);
    page.field(2, "runs now", &plan.running);
    page.field(2, "runbook", plan.runbook.as_str());
}

pub(super) fn tally(findings: &[Finding]) -> String {
    let count = |grade| findings.iter().filter(|finding| finding.grade == grade).count();
    let mut parts = vec![format!("{} pass", count(Grade::Pass))];
    for (grade, word) in
        [(Grade::Warn, "warn"), (Grade::Unknown, "unknown"), (Grade::Block, "block")]
    {
        let number = count(grade);
        if number > 0 {
            parts.push(format!("{number} {word}"));
        }
    }
    parts.join(", ")
}

fn planned(page: &mut Page<'_>, look: &Look, number: usize, step: &PlanStepView) {
    let shape = glyph::planned(&step.kind, step.confirm);
    let front = Text::from(format!("{number:>3} {shape} "));
    page.hang(0, front, look.strong(&step.title) + look.quiet(format!("  {}", manner(step))));
    if let Some(when) = &step.when {
        page.field(6, "only if", when);
    }
    if let Some(why) = &step.why {
        page.field(6, "why", why);
    }
    change(page, look, 6, step.effect.as_ref(), &step.what, None);
    if let Some(expect) = &step.expect {
        page.field(6, "expect", expect);
    }
    let how_far = step.effect.as_ref().map(|_| step.reversibility);
    undo(page, look, 6, how_far, step.undo.as_ref());
    if let Some(timeout) = step.timeout {
        page.field(6, "at most", timeout.to_string());
    }
}

/// What kind of step it is and what it asks of a person.
fn manner(step: &PlanStepView) -> String {
    let mut words = vec![step.kind.clone()];
    if step.effect.is_some() {
        words.push(reversibility(step.reversibility, step.undo.is_some()).to_owned());
    }
    if step.confirm {
        words.push("waits for you".to_owned());
    }
    words.join(", ")
}

/// How far a change can be taken back, given whether its plan says how.
const fn reversibility(reversibility: Reversibility, undo: bool) -> &'static str {
    match (reversibility, undo) {
        (Reversibility::ReadOnly, _) => "reads only",
        (Reversibility::Reversible, true) => "can be taken back",
        (Reversibility::Reversible, false) => "no way back is planned",
        (Reversibility::Irreversible, _) => "cannot be taken back",
    }
}

/// A longer body than this pushes the question off a screen of 24 lines.
const BODY_IN_A_CARD: usize = 8;

/// The exact call and its before and after; `what` for a step that changes nothing. A long
/// body, once it was shown in the plan, is named where it can be read again: `elsewhere`.
pub(super) fn change(
    page: &mut Page<'_>,
    look: &Look,
    indent: usize,
    effect: Option<&EffectView>,
    what: &str,
    elsewhere: Option<&str>,
) {
    let Some(effect) = effect else {
        page.field(indent, "will", what);
        return;
    };
    for change in &effect.changes {
        page.field(
            indent,
            "change",
            Text::from(&change.what) + ": " + &change.before + " → " + look.strong(&change.after),
        );
    }
    page.field(indent, "call", called(&effect.call));
    page.field(indent, "on", format!("{}; {}", effect.call.system, effect.call.scope));
    match (&effect.call.body, elsewhere) {
        (Some(body), Some(elsewhere)) if body.lines().count() > BODY_IN_A_CARD => {
            let lines = body.lines().count();
            let told = format!("with a body of {lines} lines, as in the plan; {elsewhere}");
            page.at(indent + 9, look.quiet(told));
        }
        (Some(body), _) => page.block(indent + 9, body),
        (None, _) => {}
    }
}

/// How a change is taken back.
pub(super) fn undo(
    page: &mut Page<'_>,
    look: &Look,
    indent: usize,
    effect: Option<Reversibility>,
    undo: Option<&EffectView>,
) {
    match (undo, effect) {
        (Some(undo), _) => {
            let changes: Vec<String> = undo
                .changes
                .iter()
                .map(|change| format!("{} → {}", change.what, change.after))
                .collect();
            page.field(indent, "undo", format!("{}: {}", undo.operation, changes.join("; ")));
            page.at(indent + 9, look.quiet(called(&undo.call)));
        }
        (None, Some(how_far)) => {
            page.field(indent, "undo", look.attention(reversibility(how_far, false)));
        }
        (None, None) => {}
    }
}

fn called(call: &Call) -> String {
    format!("{} {}", call.verb, call.target)
}

#[cfg(test)]
mod tests;
