//! The closed list of things we can do to the world, and how each is planned, done and
//! found again.

use serde::{Deserialize, Serialize};

use crate::catalog::Place;
use crate::errand::Errand;
use crate::flag::FlagState;
use crate::governor::{Governor, SyncState};
use crate::lease::{LeaseState, PlaceLease};
use crate::name::{FlagName, ReleaseId};

/// What a step wants done. A provider resolves it into a [`PlannedEffect`]; nothing
/// outside this list can be done to the world.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "do")]
pub enum Operation {
    /// Keep the new release from getting any more traffic.
    HaltRollout,
    /// Let a halted rollout go on.
    ResumeRollout,
    /// Make a release that ran before serve again, everywhere, and end any halt.
    RestoreRelease {
        /// The release to serve.
        release: ReleaseId,
    },
    /// Give a release a share of the traffic; the rest goes to what it replaces.
    ShiftTraffic {
        /// The release that gets the share.
        release: ReleaseId,
        /// 0 to 100.
        percent: u8,
    },
    /// Turn a feature flag on or off in the place's environment of the flag system. A matter
    /// of the flag system, never of the platform.
    SwitchFlag {
        /// Which flag.
        flag: FlagName,
        /// What it is to be.
        to: FlagState,
    },
    /// Keep a controller that puts things back to what a repository says from doing so, or
    /// let it go on. A matter of the platform that the controller runs on.
    SwitchSync {
        /// Which controller, by the object that steers it.
        governor: Box<Governor>,
        /// What it is to be.
        to: SyncState,
    },
    /// Take the lease under which one run at a time changes a place, or give it back. A
    /// matter of the platform that keeps it.
    SwitchLease {
        /// Which lease.
        lease: Box<PlaceLease>,
        /// What it is to be.
        to: LeaseState,
    },
    /// Do what no provider knows how to do: run a command, or send a request. No matter of
    /// the platform either.
    RunErrand {
        /// What, with every text filled in.
        errand: Box<Errand>,
    },
}

impl Operation {
    /// As runbooks write it.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::HaltRollout => "rollout.halt",
            Self::ResumeRollout => "rollout.resume",
            Self::RestoreRelease { .. } => "release.restore",
            Self::ShiftTraffic { .. } => "traffic.shift",
            Self::SwitchFlag { to: FlagState::Off, .. } => "flag.off",
            Self::SwitchFlag { to: FlagState::On, .. } => "flag.on",
            Self::SwitchSync { to: SyncState::Suspended, .. } => "sync.suspend",
            Self::SwitchSync { to: SyncState::Automatic, .. } => "sync.resume",
            Self::SwitchLease { to: LeaseState::Held, .. } => crate::lease::TAKE,
            Self::SwitchLease { to: LeaseState::Free, .. } => "lease.give-back",
            Self::RunErrand { errand } => errand.as_str(),
        }
    }
}

/// How far an effect can be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Reversibility {
    /// Nothing changes.
    ReadOnly,
    /// A compensation exists and is planned.
    Reversible,
    /// There is no way back.
    Irreversible,
}

/// An operation with nothing left to choose: the exact call, what it changes, and what
/// must still be true when it is made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedEffect {
    /// What it is for.
    pub operation: Operation,
    /// Where.
    pub place: Place,
    /// The call, as it will be made.
    pub call: Call,
    /// What a person will find changed.
    pub changes: Vec<Change>,
    /// What the plan saw and relies on; the effect is refused when it is no longer so.
    pub expects: Vec<Expectation>,
    /// How far it can be taken back.
    pub reversibility: Reversibility,
}

/// One request to one system, in full. Never a shell string.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Call {
    /// Which system: `kubernetes`, `practice world`.
    pub system: String,
    /// Which part of it: account, cluster, context, namespace.
    pub scope: String,
    /// The verb: `PATCH`.
    pub verb: String,
    /// What it is sent to: `/apis/apps/v1/namespaces/shop/deployments/checkout`.
    pub target: String,
    /// What is sent, as pretty-printed JSON; secrets never appear in a plan.
    pub body: Option<String>,
}

/// One fact before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Change {
    /// What changes: `image`, `rollout`.
    pub what: String,
    /// As the plan saw it.
    pub before: String,
    /// As it will be.
    pub after: String,
}

/// A fact that the plan relies on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Expectation {
    /// Which fact; the provider that wrote it knows how to look it up again.
    pub what: String,
    /// Its value when the plan was made.
    pub value: String,
}

/// Proof that an effect took place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Receipt {
    /// The system's own handle for the change, such as a resource version.
    pub reference: String,
    /// What was found, in one sentence.
    pub sentence: String,
}

/// What a probe says of an effect whose outcome is not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Presence {
    /// It has not taken place.
    Absent,
    /// It has.
    Present(Receipt),
    /// The probe cannot tell; a person must.
    Unclear {
        /// Why not, as a sentence.
        why: String,
    },
}

/// Why the world said no. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case", tag = "because")]
pub enum Refusal {
    /// What the plan relied on is no longer so.
    #[error("{what} has changed since the plan was made: it was {planned} and is now {found}")]
    Drifted {
        /// Which fact.
        what: String,
        /// As planned.
        planned: String,
        /// As found.
        found: String,
    },
    /// We are known and may not.
    #[error("not allowed: {permission}")]
    Forbidden {
        /// The permission that is missing, in the system's own words.
        permission: String,
    },
    /// We are not known.
    #[error("the credential for {system} is missing, wrong or expired")]
    Unauthorised {
        /// Which system.
        system: String,
    },
    /// What is needed does not exist there.
    #[error("{what} does not exist any more")]
    Gone {
        /// What is gone.
        what: String,
    },
    /// Nothing has the name that the catalog gives, so nothing is known about it.
    #[error("{what} does not exist there")]
    Missing {
        /// What was looked for, and where.
        what: String,
    },
    /// What tells us how to reach a system is at fault: a kubeconfig, a region, a profile.
    /// Nothing was sent.
    #[error("{what} cannot be used: {why}")]
    Unusable {
        /// What is at fault.
        what: String,
        /// What is wrong with it.
        why: String,
    },
    /// This platform or strategy cannot do that.
    #[error("{what} is not possible here: {why}")]
    Unsupported {
        /// Which operation.
        what: String,
        /// Why not, and what is.
        why: String,
    },
    /// The system did not answer, before anything was sent.
    #[error("{system} does not answer: {why}")]
    Unreachable {
        /// Which system.
        system: String,
        /// What happened.
        why: String,
    },
    /// Any other no.
    #[error("{system} refused: {why}")]
    Rejected {
        /// Which system.
        system: String,
        /// What it said.
        why: String,
    },
}

impl Refusal {
    /// Whether the other side was reached and its certificate is not trusted. The libraries of
    /// every provider say so in words alone, and all of them name the certificate.
    #[must_use]
    pub fn is_of_trust(&self) -> bool {
        matches!(self, Self::Unreachable { why, .. } if why.contains("certificate"))
    }

    /// The answer to a first question about a place of the catalog: what is not there then was
    /// never seen, so that its name is as likely to be wrong as it is to be gone.
    #[must_use]
    pub fn of_a_place(self) -> Self {
        match self {
            Self::Gone { what } => Self::Missing { what },
            other @ (Self::Drifted { .. }
            | Self::Forbidden { .. }
            | Self::Unauthorised { .. }
            | Self::Missing { .. }
            | Self::Unusable { .. }
            | Self::Unsupported { .. }
            | Self::Unreachable { .. }
            | Self::Rejected { .. }) => other,
        }
    }
}

/// Why an effect has no receipt.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApplyError {
    /// The world said no; nothing was changed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The request was sent and its outcome is not known: it must be looked up, never
    /// simply sent again.
    #[error("the outcome is not known: {why}")]
    Lost {
        /// What happened.
        why: String,
    },
}
