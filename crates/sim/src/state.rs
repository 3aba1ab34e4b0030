//! The whole practice world as a value: what it is after so many seconds is a function of
//! its seed, its scenario and what was done to it when, and of nothing else.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;
use lastgood_core::catalog::{Catalog, Place, Platform};
use lastgood_core::drill::{Behaviour, Scenario, WorldEvent};
use lastgood_core::effect::{Operation, Receipt};
use lastgood_core::lease::LeaseState;
use lastgood_core::name::{EffectKey, ReleaseId};
use lastgood_core::recorded::Recorded;

use crate::faults::Faults;
use crate::flags::OURSELVES;
use crate::history::{self, Known};
use crate::log::{Happening, Logged};
use crate::plan::SIMULATED;
use crate::rollout::{Direction, moment};
use crate::service::Service;

/// The practice world at one second.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct State {
    pub(crate) seed: u64,
    /// Seconds since 1970; every second up to it has been lived.
    pub(crate) tick: i64,
    pub(crate) services: BTreeMap<Place, Service>,
    pub(crate) faults: Faults,
    script: VecDeque<(i64, WorldEvent)>,
    /// What waits for a call of ours: its name, and how many seconds after it.
    awaiting: Vec<(String, i64, WorldEvent)>,
    applied: Vec<Applied>,
}

#[derive(Debug, Clone, PartialEq)]
struct Applied {
    key: EffectKey,
    operation: Operation,
    receipt: Receipt,
}

impl State {
    /// The world at `origin`, before anybody did anything.
    pub(crate) fn new(
        catalog: &Catalog,
        scenario: Option<&Scenario>,
        seed: u64,
        origin: Timestamp,
    ) -> Self {
        let practice: Vec<_> = catalog
            .places()
            .filter(|(_, environment)| match environment.platform {
                Platform::Practice => true,
                Platform::Kubernetes(_) | Platform::Ecs(_) | Platform::Lambda(_) => false,
            })
            .collect();
        let services = practice
            .iter()
            .filter_map(|(place, environment)| {
                let service = Service::new(seed, place, environment, origin, practice.len())?;
                Some((place.clone(), service))
            })
            .collect();
        let tick = origin.as_second();
        let (mut script, mut awaiting) = (Vec::new(), Vec::new());
        for scripted in scenario.into_iter().flat_map(|scenario| &scenario.events) {
            let after = i64::try_from(scripted.at.0.div_ceil(1_000)).unwrap_or(i64::MAX);
            match &scripted.after {
                None => script.push((tick.saturating_add(after), scripted.what.clone())),
                Some(call) => awaiting.push((call.clone(), after, scripted.what.clone())),
            }
        }
        script.sort_by_key(|(at, _)| *at);
        let mut faults = Faults::default();
        for fault in scenario.into_iter().flat_map(|scenario| &scenario.faults) {
            faults.add(fault.clone());
        }
        let script = script.into();
        let applied = Vec::new();
        let mut state = Self { seed, tick, services, faults, script, awaiting, applied };
        state.play_script();
        state
    }

    /// Lives every second up to `tick`; does nothing when that has been lived already.
    pub(crate) fn advance(&mut self, tick: i64) {
        while self.tick < tick {
            self.tick += 1;
            for service in self.services.values_mut() {
                service.step(self.tick);
            }
            self.play_script();
        }
    }

    fn play_script(&mut self) {
        while self.script.front().is_some_and(|(at, _)| *at <= self.tick) {
            if let Some((_, event)) = self.script.pop_front() {
                self.happen(&event);
            }
        }
    }

    /// Takes one line of the log into account, as it was when it was written.
    pub(crate) fn replay(&mut self, line: &Logged) {
        self.advance(line.at.as_second());
        match &line.what {
            Happening::Applied { key, place, operation, fault } => {
                self.perform(key, place, operation);
                if let Some(fault) = fault {
                    self.faults.meet(*fault);
                }
            }
            Happening::Met { fault } => self.faults.meet(*fault),
            Happening::Injected { fault } => self.faults.add(fault.clone()),
            Happening::Event { event } => self.happen(event),
            Happening::Mark => {}
        }
    }

    /// Something happens that is not our doing.
    pub(crate) fn happen(&mut self, event: &WorldEvent) {
        let (seed, tick) = (self.seed, self.tick);
        let Some(service) = self.services.get_mut(place(event)) else { return };
        match event {
            WorldEvent::Deploy { place, version, behaviour, actor, changelog, flags } => {
                let id = history::id(place, version);
                if let Some(known) = service.releases.get_mut(&id) {
                    known.behaviour = *behaviour;
                } else if let Some(replaced) = service.releases.get(service.front()) {
                    let release = history::scripted(
                        seed,
                        place,
                        version,
                        history::Told { changelog: changelog.clone(), flags: flags.clone() },
                        &replaced.release,
                    );
                    let known = Known { release, behaviour: *behaviour, deleted: false };
                    service.releases.insert(id.clone(), known);
                }
                let actor = Recorded::Recorded(actor.clone());
                service.begin(&id, actor, Direction::Forward, tick);
            }
            WorldEvent::Change { place: _, version, behaviour } => {
                for known in service.releases.values_mut() {
                    if version.as_ref().is_none_or(|version| *version == known.release.version) {
                        known.behaviour = *behaviour;
                    }
                }
                service.note(tick);
            }
            WorldEvent::Traffic { place: _, rate } => {
                service.rate = if rate.is_finite() { rate.max(0.0) } else { 0.0 };
                service.note(tick);
            }
            WorldEvent::Flag { place: _, flag, to, version, behaviour, actor } => {
                if let Some(behaviour) = behaviour {
                    service.flags.hide(flag.clone(), version.clone(), *behaviour);
                }
                let (at, by) = (moment(tick), Recorded::Recorded(actor.clone()));
                service.flags.toggle(flag.clone(), *to, at, by);
                service.note(tick);
            }
            WorldEvent::Obstacle { place: _, obstacle, lifted } => {
                service.obstruct(*obstacle, *lifted);
            }
            WorldEvent::Migrate { place: _, sql } => service.migrated.push((tick, sql.clone())),
            WorldEvent::NewRows { place: _, there } => service.new_rows = *there,
        }
    }

    /// The receipt of the intention that `key` names, if it took place in any attempt.
    pub(crate) fn receipt(&self, key: &EffectKey, operation: &Operation) -> Option<&Receipt> {
        self.applied
            .iter()
            .rev()
            .find(|applied| applied.key.same_intention(key) && applied.operation == *operation)
            .map(|applied| &applied.receipt)
    }

    /// Does it. What could stand against it was looked at before.
    pub(crate) fn perform(
        &mut self,
        key: &EffectKey,
        place: &Place,
        operation: &Operation,
    ) -> Receipt {
        let tick = self.tick;
        let sentence = self.services.get_mut(place).map_or_else(
            || "nothing was there to change".to_owned(),
            |service| match operation {
                Operation::HaltRollout => {
                    service.halt(tick);
                    format!("the rollout of {} is halted", service.version(service.front()))
                }
                Operation::ResumeRollout => {
                    if service.resume(tick) {
                        format!("the rollout of {} goes on", service.version(service.front()))
                    } else {
                        "no rollout was halted; nothing changed".to_owned()
                    }
                }
                Operation::RestoreRelease { release } => {
                    service.restore(release, key.undo, tick);
                    format!("{} is being restored on every replica", service.version(release))
                }
                Operation::ShiftTraffic { release, percent } => {
                    service.shift(release, *percent, tick);
                    format!("{} gets {percent} % of the traffic", service.version(release))
                }
                Operation::SwitchFlag { flag, to } => {
                    let by = Recorded::Recorded(OURSELVES.to_owned());
                    let changed = service.flags.toggle(flag.clone(), *to, moment(tick), by);
                    service.note(tick);
                    if changed {
                        format!("{flag} is {to}")
                    } else {
                        format!("{flag} was {to} already")
                    }
                }
                Operation::SwitchLease { lease, to } => {
                    service.seat(&key.run, *to);
                    match to {
                        LeaseState::Held => format!("{lease} is held by this run"),
                        LeaseState::Free => format!("{lease} is not held by this run"),
                    }
                }
                Operation::SwitchSync { .. } | Operation::RunErrand { .. } => SIMULATED.to_owned(),
            },
        );
        self.release_what_waits_for(operation.as_str());
        let reference = format!("change-{}", self.applied.len() + 1);
        let receipt = Receipt { reference, sentence };
        self.applied.push(Applied {
            key: key.clone(),
            operation: operation.clone(),
            receipt: receipt.clone(),
        });
        receipt
    }

    /// The first call of this name took place: what waited for it is on its way.
    fn release_what_waits_for(&mut self, call: &str) {
        let (due, rest) = std::mem::take(&mut self.awaiting)
            .into_iter()
            .partition::<Vec<_>, _>(|(name, _, _)| name == call);
        self.awaiting = rest;
        for (_, after, event) in due {
            let at = self.tick.saturating_add(after.max(1));
            let behind = self.script.partition_point(|(other, _)| *other <= at);
            self.script.insert(behind, (at, event));
        }
        self.faults.release(call);
    }

    /// What a lie says: the receipt that the call would have had.
    pub(crate) fn pretend(&self, key: &EffectKey, place: &Place, operation: &Operation) -> Receipt {
        self.clone().perform(key, place, operation)
    }

    /// What the world knows of a release.
    pub(crate) fn known(&self, place: &Place, release: &ReleaseId) -> Option<&Known> {
        self.services.get(place)?.releases.get(release)
    }
}

/// Where an event takes place.
pub(crate) const fn place(event: &WorldEvent) -> &Place {
    match event {
        WorldEvent::Deploy { place, .. }
        | WorldEvent::Change { place, .. }
        | WorldEvent::Traffic { place, .. }
        | WorldEvent::Flag { place, .. }
        | WorldEvent::Obstacle { place, .. }
        | WorldEvent::Migrate { place, .. }
        | WorldEvent::NewRows { place, .. } => place,
    }
}

/// How an event's release behaves, where it says so.
pub(crate) const fn behaviour(event: &WorldEvent) -> Option<&Behaviour> {
    match event {
        WorldEvent::Deploy { behaviour, .. } | WorldEvent::Change { behaviour, .. } => {
            Some(behaviour)
        }
        WorldEvent::Flag { behaviour, .. } => behaviour.as_ref(),
        WorldEvent::Traffic { .. }
        | WorldEvent::Obstacle { .. }
        | WorldEvent::Migrate { .. }
        | WorldEvent::NewRows { .. } => None,
    }
}
