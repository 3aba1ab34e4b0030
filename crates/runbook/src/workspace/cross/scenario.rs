//! A drill against the catalog and the runbook that it plays with.

use lastgood_core::catalog::Place;
use lastgood_core::runbook::{InputKind, Work};

use super::estate::Estate;
use super::library::{Known, Library};
use super::place::runbook_fits;
use crate::code::Code;
use crate::finding::Report;
use crate::nearest::did_you_mean;
use crate::scenario::LEASE_STEP;
use crate::tree::At;

/// What happens to a place that an event may name.
const EVENTS: [&str; 7] =
    ["deploy", "change", "traffic", "flag", "obstacle", "migrate", "new-rows"];

/// Reports what a drill names and nobody has, at the drill's own places.
pub(super) fn fits(
    root: &At<'_>,
    estate: Option<&Estate<'_>>,
    library: &Library<'_>,
    report: &mut Report,
) {
    let runbook = root.get("runbook").and_then(|at| Some((library.named(&at, report)?, at)));
    if let (Some(estate), Some(own)) = (estate, place(root, None)) {
        estate.place_exists(&own, root, report);
        for event in root.get("events").iter().flat_map(At::items) {
            let Some(inner) = EVENTS.iter().find_map(|key| event.get(key)) else { continue };
            if let Some(other) = place(&inner, Some(&own)).filter(|other| *other != own) {
                estate.place_exists(&other, &inner, report);
            }
        }
        if let (Some((runbook, at)), Some(site)) = (&runbook, estate.site(&own)) {
            runbook_fits(runbook, &site, at, report);
        }
    }
    if let Some((runbook, at)) = &runbook {
        inputs_fit(runbook, root, at, report);
        operator_fits(runbook, root, report);
        lessons_fit(runbook, root, report);
        calls_are_made(runbook, root, report);
    }
}

/// What `at` names, or else `default`.
fn place(at: &At<'_>, default: Option<&Place>) -> Option<Place> {
    let of = |key| at.get(key).map(|at| at.scalar().map(str::to_owned));
    Some(Place {
        service: match of("service") {
            Some(name) => name?.as_str().into(),
            None => default?.service.clone(),
        },
        environment: match of("environment") {
            Some(name) => name?.as_str().into(),
            None => default?.environment.clone(),
        },
    })
}

fn lessons_fit(runbook: &Known<'_>, root: &At<'_>, report: &mut Report) {
    let Some(steps) = runbook.step_ids() else { return };
    for lesson in root.get("lessons").iter().flat_map(At::items) {
        let Some(at) = lesson.get("at") else { continue };
        let Some(step) = at.scalar().filter(|at| !["start", "end"].contains(at)) else { continue };
        if !steps.contains(&step) && step != LEASE_STEP {
            let known = steps.iter().copied().chain(["start", "end"]);
            let suggestion = did_you_mean(step, known, "steps");
            let message = format!("`{}` has no step `{step}`", runbook.name);
            report.error_with(Code::UnknownStep, &at, message, suggestion);
        }
    }
}

/// What waits for a call of ours happens only in a runbook that makes it.
fn calls_are_made(runbook: &Known<'_>, root: &At<'_>, report: &mut Report) {
    // One of which a step could not be read may make any.
    let Some(value) = runbook.value else { return };
    let made: Vec<&str> = value
        .steps
        .iter()
        .filter_map(|step| match &step.work {
            Work::Act { act, .. } => Some(act.as_str()),
            Work::Judge { .. }
            | Work::Check { .. }
            | Work::Decide { .. }
            | Work::Wait { .. }
            | Work::Verify { .. }
            | Work::Manual { .. }
            | Work::Note { .. } => None,
        })
        .collect();
    for key in ["events", "faults"] {
        for one in root.get(key).iter().flat_map(At::items) {
            let Some(at) = one.get("after") else { continue };
            let Some(call) = at.scalar().filter(|call| !made.contains(call)) else { continue };
            let message = format!("`{}` never calls `{call}`", runbook.name);
            let suggestion = did_you_mean(call, made.iter().copied(), "calls");
            report.advice(Code::NeverHappens, &at, message, suggestion);
        }
    }
}

/// The same rules as in `core::plan::compile`, told before anybody needs the drill.
fn inputs_fit(runbook: &Known<'_>, root: &At<'_>, named: &At<'_>, report: &mut Report) {
    let written = runbook.root.get("inputs");
    let known: Vec<(&str, At<'_>)> =
        written.iter().flat_map(At::entries).map(|(key, at)| (&*key.text, at)).collect();
    let given = root.get("inputs");
    for (key, at) in given.iter().flat_map(At::entries) {
        if !known.iter().any(|(name, _)| *name == &*key.text) {
            let suggestion = did_you_mean(&key.text, known.iter().map(|(name, _)| *name), "inputs")
                .unwrap_or_else(|| "the runbook has no inputs; remove it".to_owned());
            let message = format!("`{}` has no input `{}`", runbook.name, key.text);
            report.error_with(Code::InputUnfit, &at, message, suggestion);
            continue;
        }
        let read = runbook.value.iter().flat_map(|value| &value.inputs);
        let Some(input) = read.into_iter().find(|input| input.name == *key.text) else { continue };
        let value = at.scalar().unwrap_or_default();
        let fits = match &input.kind {
            InputKind::Text => !value.contains('\n'),
            InputKind::Number => value.parse::<i64>().is_ok(),
            InputKind::Choice(options) => options.iter().any(|option| option == value),
        };
        if !fits {
            let message = format!("`{value}` cannot be the input `{}`", input.name);
            report.error(Code::InputUnfit, &at, message);
        }
    }
    for (name, _) in known.iter().filter(|(_, input)| input.get("default").is_none()) {
        if given.as_ref().and_then(|given| given.get(name)).is_none() {
            let message = format!("`{}` needs the input `{name}`", runbook.name);
            let suggestion = format!("add it under `inputs:`, as `{name}: …`");
            report.error_with(Code::InputUnfit, named, message, suggestion);
        }
    }
}

fn operator_fits(runbook: &Known<'_>, root: &At<'_>, report: &mut Report) {
    let steps = runbook.step_ids();
    for rule in root.get("operator").iter().flat_map(At::items) {
        let at = rule.get("step");
        let step = at.as_ref().and_then(At::scalar);
        if let (Some(at), Some(step), Some(steps)) = (&at, step, &steps)
            && !steps.contains(&step)
            && step != LEASE_STEP
        {
            let suggestion = did_you_mean(step, steps.iter().copied(), "steps");
            let message = format!("`{}` has no step `{step}`", runbook.name);
            report.error_with(Code::UnknownStep, at, message, suggestion);
            continue;
        }
        let Some(at) = rule.get("answer") else { continue };
        let chosen = at.get("choose");
        let Some(option) = chosen.as_ref().and_then(At::scalar) else { continue };
        let Some(options) = runbook.options(step) else { continue };
        if !options.contains(&option) {
            let suggestion = did_you_mean(option, options.iter().copied(), "options");
            let message = format!("no question of `{}` has the option `{option}`", runbook.name);
            report.error_with(Code::UnknownStep, &at, message, suggestion);
        }
    }
}
