//! The flag system of the practice world: every practice place has flags of its own, as its
//! releases toggled them, and what hides behind a flag shows while it is on.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use lastgood_core::catalog::Place;
use lastgood_core::drill::{Behaviour, FaultKind};
use lastgood_core::effect::{
    Call, Change, Expectation, Operation, PlannedEffect, Refusal, Reversibility,
};
use lastgood_core::flag::{Flag, FlagState, Toggle, Toggles};
use lastgood_core::name::FlagName;
use lastgood_core::ports::FlagSource;
use lastgood_core::recorded::Recorded;
use lastgood_core::release::Deploy;
use lastgood_core::time::EpochMs;
use serde_json::json;

use crate::service::Service;
use crate::world::{PracticeWorld, SYSTEM, silence};

/// How the fact that a switch relies on begins; the flag's name follows.
const STATE: &str = "the state of ";

/// Who toggles what we toggle.
pub(crate) const OURSELVES: &str = "lastgood";

/// The flags of one place.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Flags {
    states: BTreeMap<FlagName, FlagState>,
    /// Oldest first.
    toggles: Vec<Toggle>,
    hidden: Vec<Hidden>,
}

/// How a release behaves while a flag is on.
#[derive(Debug, Clone, PartialEq)]
struct Hidden {
    flag: FlagName,
    /// Which version; all when `None`.
    version: Option<String>,
    behaviour: Behaviour,
}

impl Flags {
    /// The flags that `deploys`, oldest first, brought: each came with its release.
    pub(crate) fn of(deploys: &[Deploy]) -> Self {
        let mut flags = Self::default();
        for deploy in deploys {
            for (name, value) in deploy.release.flags.as_option().into_iter().flatten() {
                let to = if value == "off" { FlagState::Off } else { FlagState::On };
                flags.toggle(FlagName::new(name.as_str()), to, deploy.at, deploy.actor.clone());
            }
        }
        flags
    }

    /// Turns a flag on or off; whether that changed anything. A flag that nobody knew is
    /// created.
    pub(crate) fn toggle(
        &mut self,
        flag: FlagName,
        to: FlagState,
        at: Timestamp,
        by: Recorded<String>,
    ) -> bool {
        if self.states.insert(flag.clone(), to) == Some(to) {
            return false;
        }
        let reference = format!("toggle-{}", self.toggles.len() + 1);
        self.toggles.push(Toggle { flag, to, at: at.into(), by, reference });
        true
    }

    /// Lets `version`, or every one, behave like this while `flag` is on.
    pub(crate) fn hide(&mut self, flag: FlagName, version: Option<String>, behaviour: Behaviour) {
        self.hidden.retain(|one| one.flag != flag || one.version != version);
        self.hidden.push(Hidden { flag, version, behaviour });
    }

    /// How `version` behaves, where a flag that is on decides that.
    pub(crate) fn behaviour(&self, version: &str) -> Option<Behaviour> {
        let on = |one: &&Hidden| self.states.get(&one.flag) == Some(&FlagState::On);
        self.hidden
            .iter()
            .rev()
            .filter(|one| one.version.as_ref().is_none_or(|of| of == version))
            .find(on)
            .map(|one| one.behaviour)
    }

    /// What a flag is now.
    pub(crate) fn state(&self, flag: &FlagName) -> Result<FlagState, Refusal> {
        self.states
            .get(flag)
            .copied()
            .ok_or_else(|| Refusal::Gone { what: format!("the flag {flag}") })
    }
}

/// Resolves a switch of `flag`. What takes a switch back finds the flag as the switch will
/// leave it, and so relies on nothing.
pub(crate) fn effect(
    service: &Service,
    seed: u64,
    flag: &FlagName,
    to: FlagState,
) -> Result<PlannedEffect, Refusal> {
    let now = service.flags.state(flag)?;
    let place = &service.place;
    let expects = if now == to {
        Vec::new()
    } else {
        vec![Expectation { what: format!("{STATE}{flag}"), value: now.to_string() }]
    };
    Ok(PlannedEffect {
        operation: Operation::SwitchFlag { flag: flag.clone(), to },
        place: place.clone(),
        call: Call {
            system: SYSTEM.to_owned(),
            scope: format!("seed {seed}"),
            verb: "PUT".to_owned(),
            target: format!("/world/{}/{}/flags/{flag}", place.service, place.environment),
            body: serde_json::to_string_pretty(&json!({ "state": to })).ok(),
        },
        changes: vec![Change {
            what: format!("flag {flag}"),
            before: to.opposite().to_string(),
            after: to.to_string(),
        }],
        expects,
        reversibility: Reversibility::Reversible,
    })
}

/// What the flag that `what` names is now; `None` when `what` is no such fact.
pub(crate) fn found(service: &Service, what: &str) -> Option<Result<String, Refusal>> {
    let flag = FlagName::new(what.strip_prefix(STATE)?);
    Some(service.flags.state(&flag).map(|state| state.to_string()))
}

#[async_trait]
impl FlagSource for PracticeWorld {
    async fn flags(&self, place: &Place) -> Result<Vec<Flag>, Refusal> {
        self.meet_flags().await?;
        let inner = self.enter()?;
        let flags = &inner.service(place)?.flags;
        Ok(flags
            .states
            .iter()
            .map(|(name, state)| Flag {
                name: name.clone(),
                state: *state,
                about: Recorded::NotRecorded,
            })
            .collect())
    }

    async fn toggles(
        &self,
        place: &Place,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Toggles, Refusal> {
        let doubts = self.meet_flags().await?;
        let (from, to) = (EpochMs::from(from), EpochMs::from(to));
        let inner = self.enter()?;
        let known = &inner.service(place)?.flags.toggles;
        let toggles = known.iter().rev().filter(|one| from < one.at && one.at <= to).cloned();
        Ok(Toggles { toggles: toggles.collect(), doubts })
    }
}

impl PracticeWorld {
    /// Meets the fault `flags`; what an answer that is too old leaves in doubt.
    async fn meet_flags(&self) -> Result<Vec<String>, Refusal> {
        match self.meet("flags").await? {
            Some(FaultKind::Refuse | FaultKind::LoseReply | FaultKind::Lie) => Err(silence()),
            Some(FaultKind::Stale) => {
                Ok(vec!["the answer of the flag system may be old".to_owned()])
            }
            Some(FaultKind::Delay(_)) | None => Ok(Vec::new()),
        }
    }
}

#[cfg(test)]
mod tests;
