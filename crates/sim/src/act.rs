//! Changing the practice world: every call resolved, guarded, logged before it happens,
//! and found again by its key.

use async_trait::async_trait;
use lastgood_core::catalog::Place;
use lastgood_core::drill::{FaultKind, Obstacle};
use lastgood_core::effect::{ApplyError, Operation, PlannedEffect, Presence, Receipt, Refusal};
use lastgood_core::lease::{LeaseState, Turn};
use lastgood_core::name::EffectKey;
use lastgood_core::ports::Actor;
use lastgood_core::preflight::{Finding, Grade, Topic};
use lastgood_core::survey::{RolloutState, Survey};
use lastgood_core::time::later;

use crate::log::Happening;
use crate::plan;
use crate::service::Service;
use crate::world::{Inner, PracticeWorld, SYSTEM};

#[async_trait]
impl Actor for PracticeWorld {
    async fn resolve(
        &self,
        place: &Place,
        operation: &Operation,
        survey: &Survey,
    ) -> Result<PlannedEffect, Refusal> {
        let inner = self.enter()?;
        plan::effect(inner.service(place)?, inner.state.seed, operation, survey)
    }

    async fn preflight(&self, place: &Place, effects: &[PlannedEffect]) -> Vec<Finding> {
        let subject = format!("the {SYSTEM}");
        let inner = match self.enter() {
            Ok(inner) => inner,
            Err(refusal) => {
                return vec![Finding::new(subject, Grade::Unknown, refusal.to_string())];
            }
        };
        match inner.service(place) {
            Ok(service) => findings(&inner, service, effects),
            Err(refusal) => vec![Finding::new(subject, Grade::Block, refusal.to_string())],
        }
    }

    async fn probe(&self, key: &EffectKey, effect: &PlannedEffect) -> Presence {
        let unclear = |why: String| Presence::Unclear { why };
        match self.meet("probe").await {
            Err(refusal) => return unclear(refusal.to_string()),
            Ok(Some(FaultKind::Delay(_)) | None) => {}
            Ok(Some(
                FaultKind::Refuse | FaultKind::LoseReply | FaultKind::Lie | FaultKind::Stale,
            )) => return unclear(format!("the {SYSTEM} did not say what was done to it")),
        }
        match self.enter() {
            Err(refusal) => unclear(refusal.to_string()),
            Ok(inner) => inner
                .receipt(key, effect)
                .map_or(Presence::Absent, |receipt| Presence::Present(receipt.clone())),
        }
    }

    async fn apply(&self, key: &EffectKey, effect: &PlannedEffect) -> Result<Receipt, ApplyError> {
        let on = effect.operation.as_str();
        let met = {
            let mut inner = self.enter()?;
            let met = inner.state.faults.next(on);
            match met {
                Some((fault, kind @ (FaultKind::Refuse | FaultKind::Delay(_)))) => {
                    inner.meet(fault)?;
                    if kind == FaultKind::Refuse {
                        let why = "it is overloaded and takes no changes at the moment".to_owned();
                        return Err(Refusal::Rejected { system: SYSTEM.to_owned(), why }.into());
                    }
                    met
                }
                // Changes cannot be stale; such a fault waits for a read of that name.
                Some((_, FaultKind::Stale)) | None => None,
                Some((_, FaultKind::LoseReply | FaultKind::Lie)) => met,
            }
        };
        match met {
            Some((_, FaultKind::Delay(by))) => {
                self.clock.sleep_until(later(self.clock.now(), by)).await;
                self.enter()?.make(key, effect, None).map_err(ApplyError::Refused)
            }
            Some((fault, FaultKind::LoseReply)) => {
                // Only the world keeps this receipt; a probe finds it there.
                self.enter()?.make(key, effect, Some(fault))?;
                let why = format!("the connection broke after {on} was sent");
                Err(ApplyError::Lost { why })
            }
            Some((fault, FaultKind::Lie)) => {
                let mut inner = self.enter()?;
                if let Some(receipt) = inner.admit(key, effect)? {
                    return Ok(receipt);
                }
                inner.meet(fault)?;
                Ok(inner.state.pretend(key, &effect.place, &effect.operation))
            }
            Some((_, FaultKind::Refuse | FaultKind::Stale)) | None => {
                self.enter()?.make(key, effect, None).map_err(ApplyError::Refused)
            }
        }
    }
}

impl Inner {
    /// Makes the call, or gives the receipt of when it was made before.
    fn make(
        &mut self,
        key: &EffectKey,
        effect: &PlannedEffect,
        fault: Option<usize>,
    ) -> Result<Receipt, Refusal> {
        if let Some(receipt) = self.admit(key, effect)? {
            if let Some(fault) = fault {
                self.meet(fault)?;
            }
            return Ok(receipt);
        }
        self.remember(Happening::Applied {
            key: key.clone(),
            place: effect.place.clone(),
            operation: effect.operation.clone(),
            fault,
        })?;
        if let Some(fault) = fault {
            self.state.faults.meet(fault);
        }
        Ok(self.state.perform(key, &effect.place, &effect.operation))
    }

    /// The receipt of what was done already. To have taken a lease says nothing once somebody
    /// else has it.
    fn receipt(&self, key: &EffectKey, effect: &PlannedEffect) -> Option<&Receipt> {
        let turn = |service: &Service| service.turn(Some(&key.run));
        let takes = matches!(effect.operation, Operation::SwitchLease { to: LeaseState::Held, .. });
        if takes && !matches!(self.service(&effect.place).map(turn), Ok(Turn::Ours(_))) {
            return None;
        }
        self.state.receipt(key, &effect.operation)
    }

    /// Whether the call may be made now: the receipt when it was made before, or why not.
    fn admit(&self, key: &EffectKey, effect: &PlannedEffect) -> Result<Option<Receipt>, Refusal> {
        if let Some(receipt) = self.receipt(key, effect) {
            return Ok(Some(receipt.clone()));
        }
        let service = self.service(&effect.place)?;
        if service.stands_in_the_way(Obstacle::PermissionMissing) {
            return Err(Refusal::Forbidden { permission: format!("to change {}", effect.place) });
        }
        let effect = &service.in_turn(&key.run, effect)?;
        plan::still_so(service, &effect.expects)?;
        plan::possible(service, &effect.operation)?;
        Ok(None)
    }
}

fn findings(inner: &Inner, service: &Service, effects: &[PlannedEffect]) -> Vec<Finding> {
    let place = &service.place;
    let subject = format!("permission to change {place}");
    let permission = if service.stands_in_the_way(Obstacle::PermissionMissing) {
        Finding::new(subject, Grade::Block, format!("you may look at {place} and not change it"))
            .mend(format!("ask whoever owns {place} for the right, or to do it with you"))
    } else {
        Finding::new(subject, Grade::Pass, format!("the {SYSTEM} lets everybody change it"))
    };
    let mut findings = vec![permission.on(Topic::Permission)];
    let state = service.survey(inner.state.tick, crate::rollout::moment(inner.state.tick));
    findings.push(in_flight(&state).on(Topic::Flight));
    if service.stands_in_the_way(Obstacle::Frozen) {
        findings.push(
            Finding::new("change freeze", Grade::Block, format!("changes to {place} are frozen"))
                .mend("ask who froze it, or override this with a reason")
                .on(Topic::Freeze),
        );
    }
    findings.extend(service.lease_finding());
    if service.stands_in_the_way(Obstacle::AutoSync) {
        let sentence = "it puts back what its repository says, and would undo the rollback";
        findings.push(
            Finding::new("automatic sync", Grade::Block, sentence)
                .mend("suspend the sync, or go back in the repository too")
                .on(Topic::Governor),
        );
    }
    for effect in effects {
        match &effect.operation {
            Operation::RestoreRelease { release } => {
                if inner.state.known(place, release).is_none() {
                    let subject = format!("release {release}");
                    let finding =
                        Finding::new(subject, Grade::Block, "no such release is known here");
                    findings.push(finding.on(Topic::History));
                }
            }
            Operation::HaltRollout
            | Operation::ResumeRollout
            | Operation::ShiftTraffic { .. }
            | Operation::SwitchFlag { .. }
            | Operation::SwitchLease { .. }
            | Operation::SwitchSync { .. }
            | Operation::RunErrand { .. } => {}
        }
    }
    findings
}

fn in_flight(survey: &Survey) -> Finding {
    let subject = "what is in flight";
    let (grade, sentence) = match &survey.rollout {
        RolloutState::Settled => (Grade::Pass, "no rollout is under way".to_owned()),
        RolloutState::Progressing => {
            (Grade::Warn, format!("a rollout is under way: {}", survey.sentence()))
        }
        RolloutState::Halted => {
            (Grade::Warn, format!("a rollout is halted: {}", survey.sentence()))
        }
        RolloutState::Stuck { why } => (Grade::Warn, format!("a rollout is stuck: {why}")),
        RolloutState::Unknown { why } => (Grade::Unknown, why.clone()),
    };
    Finding::new(subject, grade, sentence)
}

#[cfg(test)]
mod tests;
