//! What must be true of the steps together: unique ids, phases in order, branches that
//! lead forward.

use std::collections::{BTreeMap, BTreeSet};

use lastgood_core::runbook::Phase;

use super::shape::STEP_KINDS;
use crate::code::Code;
use crate::finding::Report;
use crate::nearest::did_you_mean;
use crate::tree::At;

/// Answers of `then:` that a step with the same id would hide.
const RESERVED: [&str; 2] = ["continue", "stop"];
/// Steps that change the world, or ask a person; nothing of that is done twice unasked.
const NEVER_RETRIED: [&str; 4] = ["act", "decide", "manual", "note"];

/// Where each id stands first.
type Ids<'a> = BTreeMap<&'a str, usize>;

pub(super) fn check(root: &At<'_>, report: &mut Report) {
    let steps: Vec<At<'_>> = root.get("steps").iter().flat_map(At::items).collect();
    ids(&steps, report);
    phases(&steps, report);
    let mut ids = BTreeMap::new();
    for (index, step) in steps.iter().enumerate() {
        if let Some(id) = scalar(step.get("id")) {
            ids.entry(id).or_insert(index);
        }
    }
    for (index, step) in steps.iter().enumerate() {
        if let Some(failure) = step.get("on-failure") {
            if let Some(target) = failure.get("go-to") {
                leads_forward(&target, index, &ids, &[], report);
            }
            if let Some(retry) = failure.get("retry") {
                let kind = STEP_KINDS.iter().find(|kind| step.get(kind).is_some());
                if let Some(kind) = kind.filter(|kind| NEVER_RETRIED.contains(kind)) {
                    report.error_with(
                        Code::RetryChangesWorld,
                        &retry,
                        format!("`{kind}` is never repeated by itself; only steps that read are"),
                        "write `on-failure: ask`".to_owned(),
                    );
                }
            }
        }
        left_out(step, report);
        if let Some(decide) = step.get("decide") {
            options(&decide, index, &ids, report);
        }
    }
}

/// What keeps things from getting worse can be done without; what goes back cannot, and a run
/// that left it out would end as if it had.
fn left_out(step: &At<'_>, report: &mut Report) {
    let Some(at) = step.get("where-unsupported").filter(|at| at.scalar() == Some("leave-out"))
    else {
        return;
    };
    let restores = step.get("act").is_some_and(|act| {
        act.scalar() == Some("release.restore") || act.get("release.restore").is_some()
    });
    if restores || scalar(step.get("phase")) != Some(Phase::Stop.as_str()) {
        report.error_with(
            Code::LeftOutTooMuch,
            &at,
            "only a step of the phase `stop` that does not go back itself can be left out",
            "remove `where-unsupported`; where the platform does not know it, no plan is made"
                .to_owned(),
        );
    }
}

fn ids(steps: &[At<'_>], report: &mut Report) {
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    // `stop` is a good name for a step, and hides nothing where nothing is decided.
    let decides = steps.iter().any(|step| step.get("decide").is_some());
    for step in steps {
        let Some(at) = step.get("id") else { continue };
        let Some(id) = at.scalar() else { continue };
        if RESERVED.contains(&id) && decides {
            report.error_with(
                Code::ReservedId,
                &at,
                format!("`then: {id}` means something else, so no step can be called that here"),
                "choose another id".to_owned(),
            );
        }
        match seen.get(id) {
            Some(line) => report.error(
                Code::DuplicateId,
                &at,
                format!("the step in line {line} is called `{id}` already"),
            ),
            None => {
                seen.insert(id, at.span().line);
            }
        }
    }
}

fn phases(steps: &[At<'_>], report: &mut Report) {
    let mut latest: Option<Phase> = None;
    for step in steps {
        let Some(phase) = step.word("phase", &Phase::ALL, Phase::as_str) else { continue };
        match (latest, step.get("phase")) {
            (Some(before), Some(at)) if phase < before => report.error_with(
                Code::PhaseOutOfOrder,
                &at,
                format!("`{}` cannot follow `{}`", phase.as_str(), before.as_str()),
                "phases come as detect, stop, roll-back, verify, capture; move the step".to_owned(),
            ),
            (Some(_) | None, _) => latest = Some(phase),
        }
    }
}

fn options(decide: &At<'_>, index: usize, ids: &Ids<'_>, report: &mut Report) {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for option in decide.get("options").iter().flat_map(At::items) {
        if let (Some(at), Some(id)) = (option.get("id"), scalar(option.get("id")))
            && !seen.insert(id)
        {
            report.error(Code::DuplicateId, &at, format!("there is an option `{id}` already"));
        }
        let named = |then: &At<'_>| !RESERVED.contains(&then.scalar().unwrap_or_default());
        if let Some(then) = option.get("then").filter(named) {
            leads_forward(&then, index, ids, &RESERVED, report);
        }
    }
}

fn leads_forward(at: &At<'_>, from: usize, ids: &Ids<'_>, words: &[&str], report: &mut Report) {
    let Some(id) = at.scalar() else { return };
    match ids.get(id) {
        Some(to) if *to > from => {}
        Some(_) => report.error_with(
            Code::StepNotAhead,
            at,
            format!("`{id}` does not come after this step; a run only goes forward"),
            "name a later step".to_owned(),
        ),
        None => {
            let later = ids.iter().filter(|(_, to)| **to > from).map(|(id, _)| *id);
            let later = later.chain(words.iter().copied());
            let suggestion = did_you_mean(id, later, "possible here");
            report.error_with(
                Code::UnknownStep,
                at,
                format!("there is no step `{id}`"),
                suggestion,
            );
        }
    }
}

fn scalar(at: Option<At<'_>>) -> Option<&str> {
    at?.scalar()
}
