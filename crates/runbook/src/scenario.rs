//! Reads `drills/*.yaml`.

mod lint;
mod script;
mod shape;

#[cfg(test)]
mod tests;

use lastgood_core::catalog::Place;
use lastgood_core::drill::{
    AskKind, Begin, Deed, Fault, Juncture, Lesson, Move, Opening, OperatorAnswer, OperatorRule,
    OutcomeKind, Scenario, Scripted, SuccessRule,
};
use lastgood_core::lease::TAKE;
use lastgood_core::mitigation::Way;

pub(crate) use shape::DRILL;

use crate::finding::Report;
use crate::placeholder;
use crate::read::{Draft, Read, draft};
use crate::tree::At;

/// How scenarios call the step that takes the lease: plans have it and runbooks have not, and
/// what plans call it can be no id in a file.
pub(crate) const LEASE_STEP: &str = "lease-take";

/// Reads a drill's scenario. `file` is what findings call it.
#[must_use]
pub fn read_scenario(file: &str, text: &str) -> Read<Scenario> {
    draft_scenario(file, text.as_bytes()).finish()
}

pub(crate) fn draft_scenario(file: &str, bytes: &[u8]) -> Draft<Scenario> {
    draft(file, bytes, &DRILL, scenario)
}

fn scenario(root: &At<'_>, report: &mut Report) -> Option<Scenario> {
    placeholder::refuse(root, report);
    lint::look(root, report);
    let place = place(root, None)?;
    let events: Option<Vec<Scripted>> =
        root.get("events")?.items().map(|at| script::event(&at, &place)).collect();
    let faults: Option<Vec<Fault>> =
        root.get("faults").iter().flat_map(At::items).map(|at| script::fault(&at)).collect();
    let moves = |key: &str| -> Option<Vec<Move>> {
        root.get(key).iter().flat_map(At::items).map(|at| script::named(&at, &place)).collect()
    };
    let operator: Option<Vec<OperatorRule>> =
        root.get("operator").iter().flat_map(At::items).map(|at| rule(&at)).collect();
    let lessons: Option<Vec<Lesson>> =
        root.get("lessons").iter().flat_map(At::items).map(|at| lesson(&at)).collect();
    let (by_hand, presenter) = (moves("by-hand")?, moves("presenter")?);
    let scenario = Scenario {
        name: root.text("drill")?.as_str().into(),
        title: root.text("title")?,
        summary: root.text("summary")?,
        minutes: u32::try_from(root.whole("minutes")?).ok()?,
        place: place.clone(),
        runbook: root.text("runbook")?.as_str().into(),
        inputs: script::texts(root, "inputs")?,
        head_start: root.duration_or("head-start", shape::DEFAULT_HEAD_START)?,
        events: events?,
        faults: faults?,
        by_hand,
        presenter,
        opening: root.get("opening").map_or(Some(Opening::default()), |at| opening(&at))?,
        operator: operator?,
        truth: root.text("truth")?,
        lessons: lessons?,
        success: success(&root.get("success")?)?,
    };
    lint::plays(&scenario, root, report);
    Some(scenario)
}

fn place(at: &At<'_>, default: Option<&Place>) -> Option<Place> {
    Some(Place {
        service: match at.get("service") {
            Some(_) => at.text("service")?.as_str().into(),
            None => default?.service.clone(),
        },
        environment: match at.get("environment") {
            Some(_) => at.text("environment")?.as_str().into(),
            None => default?.environment.clone(),
        },
    })
}

fn rule(at: &At<'_>) -> Option<OperatorRule> {
    let ask = match at.get("ask") {
        None => None,
        Some(ask) => Some(match ask.scalar()? {
            "confirm" => AskKind::Confirm,
            "verdict" => AskKind::Verdict,
            "choice" => AskKind::Choice,
            "manual" => AskKind::Manual,
            "failure" => AskKind::Failure,
            "ruling" => AskKind::Ruling,
            "guard" => AskKind::Guard,
            "undo" => AskKind::Undo,
            _ => return None,
        }),
    };
    let times = match at.get("times") {
        Some(_) => Some(u32::try_from(at.whole("times")?).ok()?),
        None => None,
    };
    let thinks = match at.get("thinks") {
        Some(_) => Some(at.duration("thinks")?),
        None => None,
    };
    let answer = at.get("answer")?;
    let answer = match answer.scalar() {
        Some("go-on") => OperatorAnswer::GoOn,
        Some("again") => OperatorAnswer::Again,
        Some("skip") => OperatorAnswer::Skip,
        Some("happened") => OperatorAnswer::Happened,
        Some("did-not-happen") => OperatorAnswer::DidNotHappen,
        Some("decline") => OperatorAnswer::Decline,
        Some("abort") => OperatorAnswer::Abort,
        Some("undo") => OperatorAnswer::Undo,
        Some("leave") => OperatorAnswer::Leave,
        Some(_) => return None,
        None => OperatorAnswer::Choose(answer.text("choose")?),
    };
    let (first, because) = (list(at, "first")?, at.text("because"));
    Some(OperatorRule {
        step: at.text("step").map(meant),
        ask,
        answer,
        first,
        thinks,
        because,
        times,
    })
}

/// A step by the name that plans have for it.
fn meant(step: String) -> String {
    if step == LEASE_STEP { TAKE.to_owned() } else { step }
}

fn opening(at: &At<'_>) -> Option<Opening> {
    let begin = match (at.get("instead"), at.text("override")) {
        (Some(at), _) => Begin::Instead {
            way: at.word("way", &Way::ALL, |way| Deed::from(way).as_str())?,
            reason: at.text("because")?,
        },
        (None, Some(reason)) => Begin::Override { reason },
        (None, None) => Begin::Run,
    };
    Some(Opening { first: list(at, "first")?, target: at.text("target"), begin })
}

fn lesson(at: &At<'_>) -> Option<Lesson> {
    let deeds = |key: &str| -> Option<Vec<Deed>> {
        let named = |at: At<'_>| {
            let text = at.scalar()?;
            Deed::ALL.iter().copied().find(|deed| deed.as_str() == text)
        };
        at.get(key).iter().flat_map(At::items).map(named).collect()
    };
    let juncture = match at.text("at")?.as_str() {
        "start" => Juncture::Start,
        "end" => Juncture::End,
        step => Juncture::Step(meant(step.to_owned())),
    };
    let (good, poor) = (deeds("good")?, deeds("poor")?);
    Some(Lesson { at: juncture, good, poor, because: at.text("because")? })
}

fn list(at: &At<'_>, key: &str) -> Option<Vec<String>> {
    at.get(key).iter().flat_map(At::items).map(|at| at.scalar().map(str::to_owned)).collect()
}

fn success(at: &At<'_>) -> Option<SuccessRule> {
    let outcome = match at.text("outcome")?.as_str() {
        "recovered" => OutcomeKind::Recovered,
        "declined" => OutcomeKind::Declined,
        "aborted" => OutcomeKind::Aborted,
        _ => return None,
    };
    let within = match at.get("within") {
        Some(_) => Some(at.duration("within")?),
        None => None,
    };
    Some(SuccessRule { outcome, within })
}
