//! The lease of a practice service: one run at a time changes it, and another operator of the
//! script can be at it already.

use async_trait::async_trait;
use lastgood_core::catalog::Place;
use lastgood_core::drill::Obstacle;
use lastgood_core::effect::{Call, Change, Operation, PlannedEffect, Refusal, Reversibility};
use lastgood_core::lease::{Holder, LeaseState, Leasing, PlaceLease, TERM, Tenure, Turn};
use lastgood_core::name::RunId;
use lastgood_core::ports::{LeaseKeeper, LeaseSource};
use serde_json::json;

use crate::service::Service;
use crate::world::{PracticeWorld, SYSTEM};

/// Who the other operator of a script is.
const COLLEAGUE: &str = "noor@another-laptop";

/// How a lease is ended whose holder is gone.
const OVER: &str = "whoever plays the drill lifts it";

/// The lease of a service, and which of our runs holds it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Seat {
    /// Whether the script is about it. In every other drill a plan has no step for it.
    pub(crate) is_played: bool,
    pub(crate) run: Option<RunId>,
}

impl Service {
    /// The lease, whoever has it.
    pub(crate) fn lease(&self) -> PlaceLease {
        PlaceLease {
            namespace: self.place.environment.to_string(),
            name: format!("lastgood-{}", self.place.service),
        }
    }

    /// Whose turn it is, as `run` sees it.
    pub(crate) fn turn(&self, run: Option<&RunId>) -> Turn {
        let held = |who: String| Holder { who, since: None, until: None };
        match &self.seat.run {
            _ if self.stands_in_the_way(Obstacle::AnotherOperator) => {
                Turn::Theirs(held(COLLEAGUE.to_owned()))
            }
            None => Turn::Free,
            Some(ours) if Some(ours) == run => Turn::Ours(held(format!("you (run {ours})"))),
            Some(other) => Turn::Theirs(held(format!("somebody here (run {other})"))),
        }
    }

    /// Takes the lease for `run`, or gives it back.
    pub(crate) fn seat(&mut self, run: &RunId, to: LeaseState) {
        match to {
            LeaseState::Held => self.seat.run = Some(run.clone()),
            LeaseState::Free => self.seat.run = self.seat.run.take().filter(|held| held != run),
        }
    }

    /// The effect without its reliance on the lease, or why it is not this run's turn.
    pub(crate) fn in_turn(
        &self,
        run: &RunId,
        effect: &PlannedEffect,
    ) -> Result<PlannedEffect, Refusal> {
        let lease = self.lease();
        let (apart, relies) = lease.apart(effect);
        let takes = matches!(effect.operation, Operation::SwitchLease { to: LeaseState::Held, .. });
        match self.turn(Some(run)) {
            Turn::Theirs(holder) if relies => Err(lease.lost_to(&holder)),
            Turn::Theirs(holder) if takes => Err(lease.taken_by(&holder, OVER)),
            Turn::Theirs(_) | Turn::Free | Turn::Ours(_) | Turn::Left(_) => Ok(apart),
        }
    }

    /// What is said of somebody else's lease before anything changes.
    pub(crate) fn lease_finding(&self) -> Option<lastgood_core::preflight::Finding> {
        let turn = self.turn(None);
        matches!(turn, Turn::Theirs(_)).then(|| self.lease().finding(&turn, OVER))
    }
}

/// Resolves what takes the lease, or gives it back.
pub(crate) fn effect(
    service: &Service,
    seed: u64,
    operation: &Operation,
    to: LeaseState,
) -> PlannedEffect {
    let (place, lease) = (&service.place, service.lease());
    let ours = format!("this run, for {TERM} at a time");
    let (before, after) = match (to, service.turn(None)) {
        (LeaseState::Free, _) => (ours, "nobody".to_owned()),
        (LeaseState::Held, Turn::Theirs(holder) | Turn::Left(holder) | Turn::Ours(holder)) => {
            (holder.to_string(), ours)
        }
        (LeaseState::Held, Turn::Free) => ("nobody".to_owned(), ours),
    };
    PlannedEffect {
        operation: operation.clone(),
        place: place.clone(),
        call: Call {
            system: SYSTEM.to_owned(),
            scope: format!("seed {seed}"),
            verb: "PUT".to_owned(),
            target: format!("/world/{}/{}/lease", place.service, place.environment),
            body: serde_json::to_string_pretty(&json!({ "held": to == LeaseState::Held })).ok(),
        },
        changes: vec![Change { what: lease.holder(), before, after }],
        expects: Vec::new(),
        reversibility: Reversibility::Reversible,
    }
}

#[async_trait]
impl LeaseSource for PracticeWorld {
    async fn leasing(&self, place: &Place) -> Option<Leasing> {
        let inner = self.enter().ok()?;
        let service = inner.service(place).ok()?;
        let leasing = || Leasing { lease: service.lease(), hindrance: None };
        service.seat.is_played.then(leasing)
    }
}

/// A lease of the practice world has no end that could be put off: to renew it is to look
/// whether it still is the run's.
#[async_trait]
impl LeaseKeeper for PracticeWorld {
    async fn renew(&self, place: &Place, run: &RunId, lease: &PlaceLease) -> Tenure {
        let unclear = |refusal: Refusal| Tenure::Unclear { why: refusal.to_string() };
        let inner = match self.enter() {
            Ok(inner) => inner,
            Err(refusal) => return unclear(refusal),
        };
        match inner.service(place) {
            Ok(service) => lease
                .gone(&service.turn(Some(run)), OVER)
                .map_or(Tenure::Kept, |why| Tenure::Lost { why }),
            Err(refusal) => unclear(refusal),
        }
    }
}
