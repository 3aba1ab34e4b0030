//! From an alias to a survey. Pure.

use lastgood_core::catalog::LambdaPlace;
use lastgood_core::check::ReplicaAnswer;
use lastgood_core::name::ReleaseId;
use lastgood_core::survey::{RolloutState, Running, Survey};

use super::objects::{Provisioned, Readiness, Seen};

/// What serves now, the version on its way first.
///
/// Lambda has no replicas. What an alias leads to counts as one that is ready, or as many
/// as are kept warm for it.
pub(super) fn survey(seen: &Seen) -> Survey {
    let routing = &seen.alias.routing;
    let (warm, ready) = match &seen.provisioned {
        Provisioned::Is { requested, available, .. } if *requested > 0 => {
            (*requested, (*available).min(*requested))
        }
        Provisioned::Is { .. } | Provisioned::None | Provisioned::Unknown { .. } => (1, 1),
    };
    let arm = |number: &str, replicas: u32, ready: u32, share: f64| Running {
        release: ReleaseId::new(number),
        version: seen.words(number),
        replicas,
        ready,
        share: Some(share),
    };
    let mut running = Vec::new();
    let mut rest = 1.0;
    if let Some((canary, share)) = &routing.canary {
        running.push(arm(canary, 1, 1, *share));
        rest -= share;
    } else if let Some((halted, _)) = seen.alias.halted() {
        running.push(arm(&halted, 0, 0, 0.0));
    }
    running.push(arm(&routing.primary, warm, ready, rest));
    Survey { at: seen.at, rollout: rollout(seen), running }
}

/// Whether anything moves: a canary, or what is kept warm.
pub(super) fn rollout(seen: &Seen) -> RolloutState {
    let primary = &seen.alias.routing.primary;
    if let Some(version) = seen.version(primary).filter(|version| version.state == "Failed") {
        let why = format!("version {primary} cannot be invoked: {}", version.state_reason);
        return RolloutState::Stuck { why };
    }
    if seen.alias.routing.canary.is_some() {
        return RolloutState::Progressing;
    }
    if seen.alias.halted().is_some() {
        return RolloutState::Halted;
    }
    if seen.version(primary).is_some_and(|version| version.state == "Pending") {
        return RolloutState::Progressing;
    }
    match &seen.provisioned {
        Provisioned::None | Provisioned::Is { status: Readiness::Ready, .. } => {
            RolloutState::Settled
        }
        Provisioned::Is { status: Readiness::InProgress, .. } => RolloutState::Progressing,
        Provisioned::Is { status: Readiness::Failed { why }, .. } => RolloutState::Stuck {
            why: format!("provisioned concurrency could not be allocated: {why}"),
        },
        Provisioned::Is { status: Readiness::Unknown { status }, .. } => RolloutState::Unknown {
            why: format!("provisioned concurrency is in a state that is not known here: {status}"),
        },
        Provisioned::Unknown { why, .. } => RolloutState::Unknown {
            why: format!("whether provisioned concurrency is ready could not be found out: {why}"),
        },
    }
}

/// What the alias says of itself. A version never changes, so that its number is proof of
/// what runs; whether it is well is for checks and objectives.
pub(super) fn replicas(seen: &Seen, place: &LambdaPlace) -> Vec<ReplicaAnswer> {
    let mut answers: Vec<ReplicaAnswer> = survey(seen)
        .running
        .into_iter()
        .filter(|arm| arm.replicas > 0)
        .map(|arm| {
            let failed = seen
                .version(arm.release.as_str())
                .filter(|version| version.state == "Failed")
                .map(|version| version.state_reason.clone());
            ReplicaAnswer {
                replica: format!("{}:{} → version {}", place.function, place.alias, arm.release),
                ready: arm.ready == arm.replicas && failed.is_none(),
                artifact: Some(format!("{}:{}", place.function, arm.release)),
                version: Some(arm.version),
                doubt: failed,
                restarted_at: None,
            }
        })
        .collect();
    answers.sort_by(|a, b| a.replica.cmp(&b.replica));
    answers
}
