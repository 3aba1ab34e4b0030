//! Feature flags of the real world: one client for each flag system, and one way for all of
//! them to plan, probe and switch.
//!
//! A flag is a wish, not an event: whoever turned it off, it is off. So the probe looks what
//! the flag is now, and its receipt says who toggled it last. What a plan relies on is that
//! the flag still is what it was; what takes a switch back relies on nothing before it.

#[cfg(test)]
pub(crate) mod contract;
mod examine;
pub mod launchdarkly;
mod link;
pub mod unleash;

use async_trait::async_trait;
use jiff::Timestamp;
use lastgood_core::catalog::{FlagsAt, Place};
use lastgood_core::effect::{
    ApplyError, Call, Change, Expectation, Operation, PlannedEffect, Presence, Receipt, Refusal,
    Reversibility,
};
use lastgood_core::flag::{Flag, FlagState, Toggle, Toggles};
use lastgood_core::name::{EffectKey, FlagName};
use lastgood_core::ports::{Actor, FlagSource};
use lastgood_core::preflight::{Finding, Grade, Topic};
use lastgood_core::survey::Survey;
use lastgood_core::time::{Millis, earlier};

use crate::clock::wall;

/// How far back the last toggle of a flag is looked for, to say who made it.
const LOOK_BACK: Millis = Millis::minutes(24 * 60);

/// How the fact that a switch relies on begins; the flag's name follows.
const STATE: &str = "the state of flag ";

/// What one flag system can be asked. Reads may be repeated; [`Client::switch`] is called
/// once and reports a lost reply as lost.
#[async_trait]
pub trait Client: Send + Sync {
    /// How it calls itself: `unleash`.
    fn system(&self) -> &'static str;
    /// Which part of it: host and project.
    fn scope(&self) -> String;
    /// All flags of the project, as they are in `environment`.
    async fn flags(&self, environment: &str) -> Result<Vec<Flag>, Refusal>;
    /// One flag, as it is in `environment`.
    async fn flag(&self, environment: &str, flag: &FlagName) -> Result<Flag, Refusal>;
    /// Toggles in `environment` after `from` and up to `to`, newest first; of one flag or of
    /// all.
    async fn toggles(
        &self,
        environment: &str,
        flag: Option<&FlagName>,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Toggles, Refusal>;
    /// The request that [`Client::switch`] sends: verb, target and body.
    fn request(
        &self,
        environment: &str,
        flag: &FlagName,
        to: FlagState,
    ) -> (String, String, Option<String>);
    /// Turns a flag on or off. Where the system takes a comment, the key goes into it.
    async fn switch(
        &self,
        environment: &str,
        flag: &FlagName,
        to: FlagState,
        key: &EffectKey,
    ) -> Result<(), ApplyError>;
}

/// The flags of one place in one flag system.
#[derive(Debug)]
pub struct Flags<C> {
    client: C,
    at: FlagsAt,
}

impl<C: Client> Flags<C> {
    /// Asks nothing yet.
    pub const fn new(client: C, at: FlagsAt) -> Self {
        Self { client, at }
    }

    fn matters(&self, flag: &FlagName) -> bool {
        self.at.only.is_empty() || self.at.only.contains(flag)
    }

    fn wanted<'a>(&self, operation: &'a Operation) -> Result<(&'a FlagName, FlagState), Refusal> {
        let unsupported =
            |why: String| Refusal::Unsupported { what: operation.as_str().to_owned(), why };
        match operation {
            Operation::SwitchFlag { flag, to } if self.matters(flag) => Ok((flag, *to)),
            Operation::SwitchFlag { flag, .. } => {
                let only: Vec<&str> = self.at.only.iter().map(FlagName::as_str).collect();
                Err(unsupported(format!(
                    "the catalog says that {} matter here, and {flag} is none of them",
                    only.join(", ")
                )))
            }
            Operation::HaltRollout
            | Operation::ResumeRollout
            | Operation::RestoreRelease { .. }
            | Operation::ShiftTraffic { .. }
            | Operation::SwitchLease { .. }
            | Operation::SwitchSync { .. }
            | Operation::RunErrand { .. } => {
                Err(unsupported("a flag system knows flags only".to_owned()))
            }
        }
    }

    /// Who toggled `flag` last, in words; nothing where that cannot be found out.
    async fn last(&self, flag: &FlagName, to: FlagState) -> Option<Toggle> {
        let now = wall();
        let found = self
            .client
            .toggles(&self.at.environment, Some(flag), earlier(now, LOOK_BACK), now)
            .await
            .ok()?;
        found.toggles.into_iter().find(|toggle| toggle.flag == *flag && toggle.to == to)
    }

    /// The receipt for a flag that is as it was wished to be.
    async fn receipt(&self, flag: &FlagName, to: FlagState) -> Receipt {
        let is = format!("{flag} is {to} in {}", self.at.environment);
        match self.last(flag, to).await {
            Some(toggle) => Receipt {
                reference: toggle.reference.clone(),
                sentence: format!(
                    "{is}; turned {to} by {} at {}",
                    toggle.by.or_words(),
                    Timestamp::from_millisecond(toggle.at.0)
                        .map_or_else(|_| "an unknown time".to_owned(), |at| at.to_string())
                ),
            },
            None => Receipt { reference: format!("{flag} {to}"), sentence: is },
        }
    }
}

#[async_trait]
impl<C: Client> FlagSource for Flags<C> {
    async fn flags(&self, _: &Place) -> Result<Vec<Flag>, Refusal> {
        let mut flags = self.client.flags(&self.at.environment).await?;
        flags.retain(|flag| self.matters(&flag.name));
        flags.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(flags)
    }

    async fn toggles(&self, _: &Place, from: Timestamp, to: Timestamp) -> Result<Toggles, Refusal> {
        let mut found = self.client.toggles(&self.at.environment, None, from, to).await?;
        found.toggles.retain(|toggle| self.matters(&toggle.flag));
        Ok(found)
    }
}

#[async_trait]
impl<C: Client> Actor for Flags<C> {
    async fn resolve(
        &self,
        place: &Place,
        operation: &Operation,
        _: &Survey,
    ) -> Result<PlannedEffect, Refusal> {
        let (flag, to) = self.wanted(operation)?;
        let now = self.client.flag(&self.at.environment, flag).await?.state;
        let (verb, target, body) = self.client.request(&self.at.environment, flag, to);
        // What takes a switch back is planned before it is made, and finds the flag as the
        // switch leaves it.
        let expects = if now == to {
            Vec::new()
        } else {
            vec![Expectation { what: format!("{STATE}{flag}"), value: now.to_string() }]
        };
        Ok(PlannedEffect {
            operation: operation.clone(),
            place: place.clone(),
            call: Call {
                system: self.client.system().to_owned(),
                scope: format!("{}, environment {}", self.client.scope(), self.at.environment),
                verb,
                target,
                body,
            },
            changes: vec![Change {
                what: format!("flag {flag} in {}", self.at.environment),
                before: to.opposite().to_string(),
                after: to.to_string(),
            }],
            expects,
            reversibility: Reversibility::Reversible,
        })
    }

    async fn preflight(&self, _: &Place, effects: &[PlannedEffect]) -> Vec<Finding> {
        let mut findings = Vec::new();
        for effect in effects {
            let Ok((flag, to)) = self.wanted(&effect.operation) else { continue };
            let subject = format!("flag {flag}");
            let finding = match self.client.flag(&self.at.environment, flag).await {
                // Both ways are planned; only the first is to be made now.
                Ok(found) if effect.expects.is_empty() && found.state == to => continue,
                Ok(found) => {
                    let sentence = format!("it is {} and can be looked up", found.state);
                    Finding::new(subject, Grade::Pass, sentence)
                }
                Err(refusal @ (Refusal::Gone { .. } | Refusal::Forbidden { .. })) => {
                    Finding::new(subject, Grade::Block, refusal.to_string())
                }
                Err(refusal) => Finding::new(subject, Grade::Unknown, refusal.to_string()),
            };
            findings.push(finding.on(Topic::Other));
        }
        findings
    }

    async fn probe(&self, _: &EffectKey, effect: &PlannedEffect) -> Presence {
        let unclear = |refusal: Refusal| Presence::Unclear { why: refusal.to_string() };
        let (flag, to) = match self.wanted(&effect.operation) {
            Ok(wanted) => wanted,
            Err(refusal) => return unclear(refusal),
        };
        match self.client.flag(&self.at.environment, flag).await {
            Ok(found) if found.state == to => Presence::Present(self.receipt(flag, to).await),
            Ok(_) => Presence::Absent,
            Err(refusal) => unclear(refusal),
        }
    }

    async fn apply(&self, key: &EffectKey, effect: &PlannedEffect) -> Result<Receipt, ApplyError> {
        let (flag, to) = self.wanted(&effect.operation)?;
        let found = self.client.flag(&self.at.environment, flag).await?.state;
        if found == to {
            return Ok(self.receipt(flag, to).await);
        }
        for expected in &effect.expects {
            let holds =
                expected.what == format!("{STATE}{flag}") && expected.value == found.to_string();
            if !holds {
                return Err(Refusal::Drifted {
                    what: expected.what.clone(),
                    planned: expected.value.clone(),
                    found: found.to_string(),
                }
                .into());
            }
        }
        self.client.switch(&self.at.environment, flag, to, key).await?;
        Ok(self.receipt(flag, to).await)
    }
}
