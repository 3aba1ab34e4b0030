//! What is wrong with a scenario although each of its values is possible.

use std::collections::BTreeSet;

use lastgood_core::drill::{Begin, OperatorAnswer, OutcomeKind, Scenario};
use lastgood_core::time::Millis;

use crate::code::Code;
use crate::finding::Report;
use crate::nearest::did_you_mean;
use crate::tree::At;

/// Faults on calls that only look.
const READS: [&str; 9] =
    ["measure", "check", "survey", "replicas", "deploys", "flags", "probe", "registry", "schema"];

/// What can be told from the file as it is written.
pub(super) fn look(root: &At<'_>, report: &mut Report) {
    in_order(root, report);
    faults_hit(root, report);
    moves_exist(root, report);
    lessons_agree(root, report);
}

/// What can be told once it is known what it means: whether the script can go well.
pub(super) fn plays(scenario: &Scenario, root: &At<'_>, report: &mut Report) {
    if scenario.lessons.is_empty()
        && let Some(at) = root.get("truth")
    {
        report.advice(
            Code::LessonMissing,
            &at,
            "nothing says what a good decision is, so the debrief cannot tell one",
            Some("add `lessons:` with `at`, `good`, `poor` and `because`".to_owned()),
        );
    }
    let answers =
        |wanted: &OperatorAnswer| scenario.operator.iter().any(|one| one.answer == *wanted);
    let instead = matches!(scenario.opening.begin, Begin::Instead { .. });
    let (can, how) = match scenario.success.outcome {
        OutcomeKind::Recovered => (!instead, "remove `instead` from its `opening`"),
        OutcomeKind::Declined => (
            instead || answers(&OperatorAnswer::Decline),
            "let it answer `decline`, or say `instead` in its `opening`",
        ),
        OutcomeKind::Aborted => (answers(&OperatorAnswer::Abort), "let it answer `abort`"),
    };
    if let Some(at) = root.get("success").filter(|_| !can) {
        let message = "the scripted operator never ends it like this";
        report.advice(Code::ScriptCannotSucceed, &at, message, Some(how.to_owned()));
    }
}

/// Moves have names of their own, and whoever uses one uses one that is there.
fn moves_exist(root: &At<'_>, report: &mut Report) {
    let mut known: BTreeSet<String> = BTreeSet::new();
    let mut by_hand: Vec<String> = Vec::new();
    for key in ["by-hand", "presenter"] {
        for one in root.get(key).iter().flat_map(At::items) {
            let Some(id) = one.text("id") else { continue };
            if !known.insert(id.clone())
                && let Some(at) = one.get("id")
            {
                let message = format!("there are two moves called `{id}`");
                report.error_with(
                    Code::DuplicateName,
                    &at,
                    message,
                    "rename one of them".to_owned(),
                );
            }
            if key == "by-hand" {
                by_hand.push(id);
            }
        }
    }
    let mut users: Vec<At<'_>> = root.get("opening").into_iter().collect();
    users.extend(root.get("operator").iter().flat_map(At::items));
    for at in users.iter().filter_map(|at| at.get("first")) {
        for named in at.items() {
            let Some(id) = named.scalar().filter(|id| !by_hand.iter().any(|one| one == id)) else {
                continue;
            };
            let suggestion = did_you_mean(id, by_hand.iter().map(String::as_str), "moves")
                .unwrap_or_else(|| "describe it under `by-hand:`".to_owned());
            let message = format!("nothing called `{id}` can be done by hand");
            report.error_with(Code::UnknownMove, &named, message, suggestion);
        }
    }
}

/// Nothing is both good and poor at once.
fn lessons_agree(root: &At<'_>, report: &mut Report) {
    for lesson in root.get("lessons").iter().flat_map(At::items) {
        let good: Vec<&str> =
            lesson.get("good").iter().flat_map(At::items).filter_map(|at| at.scalar()).collect();
        for at in lesson.get("poor").iter().flat_map(At::items) {
            let Some(deed) = at.scalar().filter(|deed| good.contains(deed)) else { continue };
            let message = format!("`{deed}` is called good and poor at once");
            let suggestion = "leave it in one of both lists".to_owned();
            report.error_with(Code::LessonContradicts, &at, message, suggestion);
        }
    }
}

fn in_order(root: &At<'_>, report: &mut Report) {
    let mut latest = Millis(0);
    for event in root.get("events").iter().flat_map(At::items) {
        if event.get("after").is_some() {
            continue;
        }
        let (Some(at), Some(when)) = (event.get("at"), event.duration("at")) else { continue };
        if when < latest {
            report.error_with(
                Code::EventsOutOfOrder,
                &at,
                "this happens before the event above it",
                "put the events in order of time".to_owned(),
            );
        }
        latest = latest.max(when);
    }
}

fn faults_hit(root: &At<'_>, report: &mut Report) {
    for fault in root.get("faults").iter().flat_map(At::items) {
        let (Some(on), Some(at)) = (fault.text("on"), fault.get("kind")) else { continue };
        if at.scalar() == Some("stale") && !READS.contains(&on.as_str()) {
            let message = format!("`stale` needs a call that looks, and `{on}` changes something");
            report.advice(Code::FaultWithoutEffect, &at, message, None);
        }
    }
}
