//! Reads `drills/*.yaml`.

mod shape;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use lastgood_core::catalog::Place;
use lastgood_core::drill::{
    AskKind, Behaviour, Fault, FaultKind, Obstacle, OperatorAnswer, OperatorRule, OutcomeKind,
    Scenario, Scripted, SuccessRule, WorldEvent,
};
use lastgood_core::flag::FlagState;
use lastgood_core::time::Millis;

pub(crate) use shape::DRILL;

use crate::code::Code;
use crate::finding::Report;
use crate::placeholder;
use crate::read::{Draft, Read, draft};
use crate::scalar::{duration, percentage};
use crate::tree::At;

/// Faults on calls that only look.
const READS: [&str; 9] =
    ["measure", "check", "survey", "replicas", "deploys", "flags", "probe", "registry", "schema"];

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
    in_order(root, report);
    faults_hit(root, report);
    let place = place(root, None)?;
    let inputs: Option<BTreeMap<String, String>> = root
        .get("inputs")
        .iter()
        .flat_map(At::entries)
        .map(|(key, at)| Some((key.text.to_string(), at.scalar()?.to_owned())))
        .collect();
    let events: Option<Vec<Scripted>> =
        root.get("events")?.items().map(|at| event(&at, &place)).collect();
    let faults: Option<Vec<Fault>> =
        root.get("faults").iter().flat_map(At::items).map(|at| fault(&at)).collect();
    let operator: Option<Vec<OperatorRule>> =
        root.get("operator").iter().flat_map(At::items).map(|at| rule(&at)).collect();
    Some(Scenario {
        name: root.text("drill")?.as_str().into(),
        title: root.text("title")?,
        summary: root.text("summary")?,
        minutes: u32::try_from(root.whole("minutes")?).ok()?,
        place,
        runbook: root.text("runbook")?.as_str().into(),
        inputs: inputs?,
        head_start: root.duration_or("head-start", shape::DEFAULT_HEAD_START)?,
        events: events?,
        faults: faults?,
        operator: operator?,
        truth: root.text("truth")?,
        success: success(&root.get("success")?)?,
    })
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

fn event(at: &At<'_>, drill: &Place) -> Option<Scripted> {
    let what = if let Some(at) = at.get("deploy") {
        WorldEvent::Deploy {
            place: place(&at, Some(drill))?,
            version: at.text("version")?,
            behaviour: behaviour(&at)?,
            actor: at.text("actor").unwrap_or_else(|| shape::DEFAULT_ACTOR.to_owned()),
            changelog: at.text("changelog"),
        }
    } else if let Some(at) = at.get("change") {
        WorldEvent::Change {
            place: place(&at, Some(drill))?,
            version: at.text("version"),
            behaviour: behaviour(&at)?,
        }
    } else if let Some(at) = at.get("traffic") {
        WorldEvent::Traffic { place: place(&at, Some(drill))?, rate: at.number("rate")? }
    } else if let Some(at) = at.get("migrate") {
        WorldEvent::Migrate { place: place(&at, Some(drill))?, sql: at.text("sql")? }
    } else if let Some(at) = at.get("new-rows") {
        WorldEvent::NewRows {
            place: place(&at, Some(drill))?,
            there: match at.get("there") {
                Some(_) => at.flag("there")?,
                None => true,
            },
        }
    } else if let Some(at) = at.get("flag") {
        WorldEvent::Flag {
            place: place(&at, Some(drill))?,
            flag: at.text("name")?.as_str().into(),
            to: at.word("to", &[FlagState::On, FlagState::Off], FlagState::as_str)?,
            version: at.text("version"),
            behaviour: match at.get("error-rate") {
                Some(_) => Some(behaviour(&at)?),
                None => None,
            },
            actor: at.text("actor").unwrap_or_else(|| shape::DEFAULT_ACTOR.to_owned()),
        }
    } else {
        let at = at.get("obstacle")?;
        WorldEvent::Obstacle {
            place: place(&at, Some(drill))?,
            obstacle: at.word("is", &Obstacle::ALL, Obstacle::as_str)?,
            lifted: match at.get("lifted") {
                Some(_) => at.flag("lifted")?,
                None => false,
            },
        }
    };
    Some(Scripted { at: at.duration("at")?, what })
}

fn behaviour(at: &At<'_>) -> Option<Behaviour> {
    let or = |key: &str, default: &str| {
        at.get(key).map_or(Some(default.to_owned()), |at| at.scalar().map(str::to_owned))
    };
    Some(Behaviour {
        error_rate: percentage(&or("error-rate", shape::DEFAULT_ERROR_RATE)?)?,
        latency: duration(&or("latency", shape::DEFAULT_LATENCY)?)?,
        becomes_ready: match at.get("ready") {
            Some(_) => at.flag("ready")?,
            None => true,
        },
    })
}

fn fault(at: &At<'_>) -> Option<Fault> {
    let kind = at.get("kind")?;
    let kind = match kind.scalar() {
        Some("refuse") => FaultKind::Refuse,
        Some("lose-reply") => FaultKind::LoseReply,
        Some("lie") => FaultKind::Lie,
        Some("stale") => FaultKind::Stale,
        Some(_) => return None,
        None => FaultKind::Delay(kind.duration("delay")?),
    };
    let times = match at.get("times") {
        Some(_) => u32::try_from(at.whole("times")?).ok()?,
        None => 1,
    };
    Some(Fault { on: at.text("on")?, kind, times })
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
    let answer = at.get("answer")?;
    let answer = match answer.scalar() {
        Some("go-on") => OperatorAnswer::GoOn,
        Some("again") => OperatorAnswer::Again,
        Some("skip") => OperatorAnswer::Skip,
        Some("happened") => OperatorAnswer::Happened,
        Some("did-not-happen") => OperatorAnswer::DidNotHappen,
        Some("abort") => OperatorAnswer::Abort,
        Some("undo") => OperatorAnswer::Undo,
        Some("leave") => OperatorAnswer::Leave,
        Some(_) => return None,
        None => OperatorAnswer::Choose(answer.text("choose")?),
    };
    Some(OperatorRule { step: at.text("step"), ask, answer })
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

fn in_order(root: &At<'_>, report: &mut Report) {
    let mut latest = Millis(0);
    for event in root.get("events").iter().flat_map(At::items) {
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
