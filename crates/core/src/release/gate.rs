//! The gates that a release must pass before it is offered: one small rule each. A rule
//! that is not met rejects the release; one that cannot be answered is named as a doubt
//! beside the offer and never passes in silence.

mod standing;
mod supply;

use crate::catalog::Bake;
use std::borrow::Cow;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::facts::ReleaseFacts;
use super::{Evidence, Mark, Release};
use crate::name::ReleaseId;
use crate::preflight::Grade;

/// A condition that a release must meet before it is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Gate {
    /// It is not what runs now.
    NotServing,
    /// Nobody locked it out.
    NotLocked,
    /// G1: its rollout completed here once.
    Completed,
    /// G2: no rollback went away from it, and no incident was its fault, since it was
    /// last deployed.
    NotRolledBack,
    /// G3: it served enough traffic for long enough.
    Baked,
    /// G4: it kept its objectives meanwhile.
    Objectives,
    /// G5: its artifact can still be had, and is the same.
    Artifact,
    /// G6: it runs on the database schema of today.
    Schema,
    /// G7: the flags that it needs are there.
    Flags,
    /// G8: the settings and secrets that it needs are there.
    Settings,
    /// G9: whoever depends on it still can.
    Contracts,
    /// G10: it is not too old, and was not recalled.
    Age,
}

impl Gate {
    /// Every gate, in the order in which they are read.
    pub const ALL: [Self; 12] = [
        Self::NotServing,
        Self::NotLocked,
        Self::Completed,
        Self::NotRolledBack,
        Self::Baked,
        Self::Objectives,
        Self::Artifact,
        Self::Schema,
        Self::Flags,
        Self::Settings,
        Self::Contracts,
        Self::Age,
    ];

    /// What it asks, in a word or two.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::NotServing => "not serving",
            Self::NotLocked => "not locked",
            Self::Completed => "rollout",
            Self::NotRolledBack => "not blamed",
            Self::Baked => "time served",
            Self::Objectives => "objectives",
            Self::Artifact => "artifact",
            Self::Schema => "schema",
            Self::Flags => "flags",
            Self::Settings => "settings",
            Self::Contracts => "contracts",
            Self::Age => "age",
        }
    }
}

/// What a gate says of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Which gate.
    pub gate: Gate,
    /// Passed, a warning, not known, or not passed.
    pub grade: Grade,
    /// In one sentence, without a full stop.
    pub why: Cow<'static, str>,
}

impl Answer {
    fn pass(gate: Gate, why: impl Into<Cow<'static, str>>) -> Self {
        Self { gate, grade: Grade::Pass, why: why.into() }
    }

    fn warn(gate: Gate, why: impl Into<Cow<'static, str>>) -> Self {
        Self { gate, grade: Grade::Warn, why: why.into() }
    }

    fn unknown(gate: Gate, why: impl Into<Cow<'static, str>>) -> Self {
        Self { gate, grade: Grade::Unknown, why: why.into() }
    }

    fn block(gate: Gate, why: impl Into<Cow<'static, str>>) -> Self {
        Self { gate, grade: Grade::Block, why: why.into() }
    }
}

/// Everything that the gates ask of one release.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The release.
    pub release: &'a Release,
    /// What its deploys tell.
    pub evidence: &'a Evidence,
    /// What people and runs said of it.
    pub mark: Mark<'a>,
    /// What was looked up.
    pub facts: Option<&'a ReleaseFacts>,
    /// The release in front now.
    pub serving: Option<&'a ReleaseId>,
    /// How long it must have served, and what.
    pub bake: Bake,
    /// When the question is asked.
    pub now: Timestamp,
}

/// What every gate says, in the order of [`Gate::ALL`].
#[must_use]
pub fn pass(case: &Case<'_>) -> Vec<Answer> {
    vec![
        standing::not_serving(case),
        standing::not_locked(case),
        standing::completed(case),
        standing::not_blamed(case),
        standing::baked(case),
        standing::objectives(case),
        supply::artifact(case),
        supply::schema(case),
        supply::flags(case),
        supply::settings(case),
        supply::contracts(case),
        supply::age(case),
    ]
}

#[cfg(test)]
mod tests;
