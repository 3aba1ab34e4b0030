//! What happens and what goes wrong: by the script, by hand, or by whoever presents.

use std::collections::BTreeMap;

use lastgood_core::catalog::Place;
use lastgood_core::drill::{Behaviour, Fault, FaultKind, Move, Obstacle, Scripted, WorldEvent};
use lastgood_core::flag::FlagState;

use super::{place, shape};
use crate::scalar::{duration, percentage};
use crate::tree::At;

pub(super) fn event(at: &At<'_>, drill: &Place) -> Option<Scripted> {
    let what = what(at, drill)?;
    Some(Scripted { at: at.duration("at")?, after: at.text("after"), what })
}

/// Something that can be made to happen under a name.
pub(super) fn named(at: &At<'_>, drill: &Place) -> Option<Move> {
    let events: Option<Vec<WorldEvent>> =
        at.get("events").iter().flat_map(At::items).map(|at| what(&at, drill)).collect();
    let faults: Option<Vec<Fault>> =
        at.get("faults").iter().flat_map(At::items).map(|at| fault(&at)).collect();
    Some(Move { id: at.text("id")?, title: at.text("title")?, events: events?, faults: faults? })
}

fn what(at: &At<'_>, drill: &Place) -> Option<WorldEvent> {
    Some(if let Some(at) = at.get("deploy") {
        WorldEvent::Deploy {
            place: place(&at, Some(drill))?,
            version: at.text("version")?,
            behaviour: behaviour(&at)?,
            actor: at.text("actor").unwrap_or_else(|| shape::DEFAULT_ACTOR.to_owned()),
            changelog: at.text("changelog"),
            flags: texts(&at, "flags")?,
        }
    } else if let Some(at) = at.get("change") {
        WorldEvent::Change {
            place: place(&at, Some(drill))?,
            version: at.text("version"),
            behaviour: behaviour(&at)?,
        }
    } else if let Some(at) = at.get("traffic") {
        WorldEvent::Traffic { place: place(&at, Some(drill))?, rate: at.number("rate")? }
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
    })
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

pub(super) fn fault(at: &At<'_>) -> Option<Fault> {
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
    Some(Fault { on: at.text("on")?, kind, times, after: at.text("after") })
}

/// A mapping from names to texts; empty when it is not there.
pub(super) fn texts(at: &At<'_>, key: &str) -> Option<BTreeMap<String, String>> {
    at.get(key)
        .iter()
        .flat_map(At::entries)
        .map(|(key, at)| Some((key.text.to_string(), at.scalar()?.to_owned())))
        .collect()
}
