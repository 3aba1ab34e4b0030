//! What two Deployments behind one Service say together. Pure.

use lastgood_core::survey::{RolloutState, Running, Survey};

use super::super::look::{self, wanted};
use super::super::two::{Both, Side};

/// The stable Deployment, and that of the canary.
pub(super) const STABLE: Side = Side::First;
pub(super) const CANARY: Side = Side::Second;

/// The Deployment that moves: the stable one while it is rolled out, else the canary.
pub(super) fn mover(both: &Both) -> Side {
    match look::rollout(both.seen(STABLE), None) {
        RolloutState::Settled => CANARY,
        RolloutState::Progressing
        | RolloutState::Halted
        | RolloutState::Stuck { .. }
        | RolloutState::Unknown { .. } => STABLE,
    }
}

/// Whether a canary is asked for.
pub(super) fn is_out(both: &Both) -> bool {
    wanted(both.seen(CANARY)) > 0
}

/// What runs now. A canary that is out is a rollout under way, however calm its own
/// Deployment is: the traffic is shared until somebody promotes it or takes it back.
pub(super) fn survey(both: &Both, container: Option<&str>) -> Survey {
    let stable = look::survey(both.seen(STABLE), container, None);
    let canary = look::survey(both.seen(CANARY), container, None);
    let drains = canary.running.iter().any(|arm| arm.replicas > 0);
    // While the stable Deployment moves, or does not say enough, that is what counts.
    let rollout = if stable.rollout != RolloutState::Settled {
        stable.rollout.clone()
    } else if !is_out(both) {
        if drains { RolloutState::Progressing } else { RolloutState::Settled }
    } else {
        match &canary.rollout {
            RolloutState::Settled | RolloutState::Progressing => RolloutState::Progressing,
            own @ (RolloutState::Halted
            | RolloutState::Stuck { .. }
            | RolloutState::Unknown { .. }) => own.clone(),
        }
    };
    let canary_first = is_out(both) && stable.rollout == RolloutState::Settled;
    let (first, second) = if canary_first {
        (canary.running, stable.running)
    } else {
        (stable.running, canary.running)
    };
    let running = shared(first.into_iter().chain(second).collect());
    Survey { at: both.at(), rollout, running }
}

/// The Service spreads requests over ready replicas, whichever Deployment they are of.
fn shared(mut running: Vec<Running>) -> Vec<Running> {
    let ready: u32 = running.iter().map(|arm| arm.ready).sum();
    for arm in &mut running {
        arm.share = (ready > 0).then(|| f64::from(arm.ready) / f64::from(ready));
    }
    running
}
