//! From an operation to the exact call, with what it changes and what it relies on.

use lastgood_core::catalog::Strategy;
use lastgood_core::effect::Reversibility;
use lastgood_core::effect::{Call, Change, Expectation, Operation, PlannedEffect, Refusal};
use lastgood_core::errand::Errand;
use lastgood_core::name::ReleaseId;
use lastgood_core::survey::{RolloutState, Survey};
use serde_json::json;

use crate::flags;
use crate::history::Known;
use crate::lease;
use crate::service::Service;
use crate::world::SYSTEM;

/// The fact that nearly every call relies on.
const FRONT: &str = "the release in front";

/// The fact that a restore relies on besides.
const IMAGE: &str = "the image of ";

/// What a drill says of an errand.
pub(crate) const SIMULATED: &str = "simulated: nothing was run or sent";

/// Resolves `operation`, given what `survey` found.
pub(crate) fn effect(
    service: &Service,
    seed: u64,
    operation: &Operation,
    survey: &Survey,
) -> Result<PlannedEffect, Refusal> {
    let front = survey.newest().map_or_else(|| service.front(), |arm| &arm.release);
    supported(service.strategy, operation)?;
    let in_front = Expectation { what: FRONT.to_owned(), value: front.to_string() };
    let (verb, path, body, changes, expects) = match operation {
        Operation::SwitchFlag { flag, to } => return flags::effect(service, seed, flag, *to),
        Operation::RunErrand { errand } => return Ok(simulated(service, errand)),
        Operation::SwitchSync { .. } => return Err(no_governor(operation)),
        Operation::SwitchLease { to, .. } => {
            return Ok(lease::effect(service, seed, operation, *to));
        }
        Operation::HaltRollout => (
            "POST",
            "rollout/halt",
            json!({ "release": front }),
            vec![change(rollout_of(service, front), state(survey), "halted")],
            vec![in_front],
        ),
        Operation::ResumeRollout => (
            "POST",
            "rollout/resume",
            json!({ "release": front }),
            vec![change(rollout_of(service, front), state(survey), "progressing")],
            vec![in_front],
        ),
        Operation::RestoreRelease { release } => {
            let known = known(service, release)?;
            let image = known.release.digest.as_option().unwrap_or(&known.release.artifact);
            let image =
                Expectation { what: format!("{IMAGE}{}", known.release.id), value: image.clone() };
            let mut changes = restored(service, front, known);
            if survey.rollout != RolloutState::Settled {
                changes.push(change("rollout".to_owned(), state(survey), "settled"));
            }
            // What is in front already is restored only to take a restore back, and what
            // will be in front by then is not known yet.
            let expects = if front == release { vec![image] } else { vec![in_front, image] };
            ("PUT", "release", json!({ "release": release }), changes, expects)
        }
        Operation::ShiftTraffic { release, percent } => {
            known(service, release)?;
            let rest = 100_u8.checked_sub(*percent).ok_or_else(|| Refusal::Rejected {
                system: SYSTEM.to_owned(),
                why: format!("{percent} is more than all of the traffic"),
            })?;
            let mut changes = vec![change(
                format!("traffic of {}", service.version(release)),
                share(survey, release),
                format!("{percent} %"),
            )];
            for other in survey.running.iter().filter(|arm| arm.release != *release) {
                changes.push(change(
                    format!("traffic of {}", other.version),
                    share(survey, &other.release),
                    format!("{rest} %"),
                ));
            }
            changes.push(change(rollout_of(service, front), state(survey), "halted"));
            (
                "PUT",
                "traffic",
                json!({ "release": release, "percent": percent }),
                changes,
                vec![in_front],
            )
        }
    };
    let place = &service.place;
    let body = serde_json::to_string_pretty(&body).ok();
    Ok(PlannedEffect {
        operation: operation.clone(),
        place: place.clone(),
        call: Call {
            system: SYSTEM.to_owned(),
            scope: format!("seed {seed}"),
            verb: verb.to_owned(),
            target: format!("/world/{}/{}/{path}", place.service, place.environment),
            body,
        },
        changes,
        expects,
        reversibility: Reversibility::Reversible,
    })
}

/// An errand as a drill has it: everything as it would be carried out, and nothing is.
fn simulated(service: &Service, errand: &Errand) -> PlannedEffect {
    let call = errand.call();
    PlannedEffect {
        operation: Operation::RunErrand { errand: Box::new(errand.clone()) },
        place: service.place.clone(),
        call: Call { system: format!("{SYSTEM}: {} (simulated)", call.system), ..call },
        changes: vec![Change {
            what: "in this drill".to_owned(),
            before: "nothing".to_owned(),
            after: SIMULATED.to_owned(),
        }],
        expects: Vec::new(),
        reversibility: Reversibility::Reversible,
    }
}

/// Refuses when one of the facts that a plan relies on is no longer so.
pub(crate) fn still_so(service: &Service, expects: &[Expectation]) -> Result<(), Refusal> {
    for expected in expects {
        let found = if expected.what == FRONT {
            service.front().to_string()
        } else if let Some(id) = expected.what.strip_prefix(IMAGE) {
            let known = known(service, &ReleaseId::new(id))?;
            if known.deleted {
                return Err(Refusal::Gone { what: known.release.artifact.clone() });
            }
            known.release.digest.as_option().unwrap_or(&known.release.artifact).clone()
        } else if let Some(found) = flags::found(service, &expected.what) {
            found?
        } else {
            // A fact that we never wrote cannot be looked up, and so does not hold.
            "not known here".to_owned()
        };
        if found != expected.value {
            return Err(Refusal::Drifted {
                what: expected.what.clone(),
                planned: expected.value.clone(),
                found,
            });
        }
    }
    Ok(())
}

/// Refuses what makes no sense in the state that the service is in.
pub(crate) fn possible(service: &Service, operation: &Operation) -> Result<(), Refusal> {
    supported(service.strategy, operation)?;
    let rejected = |why: String| Err(Refusal::Rejected { system: SYSTEM.to_owned(), why });
    match operation {
        Operation::HaltRollout if service.rollout.is_none() => {
            rejected("no rollout is under way, so there is nothing to halt".to_owned())
        }
        Operation::ShiftTraffic { release, percent } => {
            let front = service.front();
            if service.rollout.is_none() || *front == service.stable {
                return rejected(
                    "no second release has replicas; release.restore brings one back".to_owned(),
                );
            }
            if release != front && *release != service.stable {
                return rejected(format!("{} takes no traffic now", service.version(release)));
            }
            let other = if release == front { &service.stable } else { front };
            for (release, percent) in [(release, *percent), (other, 100 - (*percent).min(100))] {
                if percent > 0 && service.ready(release) == 0 {
                    return rejected(format!(
                        "no replica of {} is ready",
                        service.version(release)
                    ));
                }
            }
            Ok(())
        }
        Operation::SwitchFlag { flag, .. } => service.flags.state(flag).map(|_| ()),
        // To let go on what is not halted changes nothing, and is what was wanted.
        Operation::HaltRollout
        | Operation::ResumeRollout
        | Operation::RestoreRelease { .. }
        | Operation::SwitchLease { .. }
        | Operation::SwitchSync { .. }
        | Operation::RunErrand { .. } => Ok(()),
    }
}

/// The practice world has nobody who puts things back to what a repository says.
fn no_governor(operation: &Operation) -> Refusal {
    Refusal::Unsupported {
        what: operation.as_str().to_owned(),
        why: "nobody keeps the practice world as a repository has it".to_owned(),
    }
}

/// Refuses what the strategy cannot do, and says what it can.
fn supported(strategy: Strategy, operation: &Operation) -> Result<(), Refusal> {
    let unsupported = |why: &str| {
        Err(Refusal::Unsupported { what: operation.as_str().to_owned(), why: why.to_owned() })
    };
    match (operation, strategy) {
        (Operation::ShiftTraffic { .. }, Strategy::Rolling) => unsupported(
            "a rolling rollout has no traffic weights; rollout.halt keeps it where it is and \
             release.restore takes the traffic back",
        ),
        (Operation::ShiftTraffic { percent: 1..=99, .. }, Strategy::BlueGreen) => unsupported(
            "blue-green switches all of the traffic at once; 0 and 100 percent can be had",
        ),
        (
            Operation::HaltRollout
            | Operation::ResumeRollout
            | Operation::RestoreRelease { .. }
            | Operation::ShiftTraffic { .. }
            | Operation::SwitchFlag { .. }
            | Operation::SwitchLease { .. }
            | Operation::SwitchSync { .. }
            | Operation::RunErrand { .. },
            Strategy::Rolling | Strategy::BlueGreen | Strategy::Canary,
        ) => Ok(()),
    }
}

fn known<'a>(service: &'a Service, release: &ReleaseId) -> Result<&'a Known, Refusal> {
    service
        .releases
        .get(release)
        .ok_or_else(|| Refusal::Gone { what: format!("release {release}") })
}

fn restored(service: &Service, front: &ReleaseId, known: &Known) -> Vec<Change> {
    let image = |release: &ReleaseId| {
        service
            .releases
            .get(release)
            .map_or_else(|| release.to_string(), |known| known.release.artifact.clone())
    };
    vec![
        change(FRONT.to_owned(), service.version(front), known.release.version.clone()),
        change("image".to_owned(), image(front), known.release.artifact.clone()),
    ]
}

fn change(what: String, before: impl Into<String>, after: impl Into<String>) -> Change {
    Change { what, before: before.into(), after: after.into() }
}

fn rollout_of(service: &Service, release: &ReleaseId) -> String {
    format!("rollout of {}", service.version(release))
}

fn state(survey: &Survey) -> &'static str {
    match survey.rollout {
        RolloutState::Settled => "settled",
        RolloutState::Progressing => "progressing",
        RolloutState::Halted => "halted",
        RolloutState::Stuck { .. } => "stuck",
        RolloutState::Unknown { .. } => "unknown",
    }
}

/// The traffic of a release, as far as the survey tells.
fn share(survey: &Survey, release: &ReleaseId) -> String {
    survey
        .running
        .iter()
        .find(|arm| arm.release == *release)
        .and_then(|arm| arm.share)
        .map_or_else(|| "0 %".to_owned(), |share| format!("{:.0} %", share * 100.0))
}
