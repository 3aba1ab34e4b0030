//! The ladder: what can be done where, in which state, and what cannot and why.
//!
//! One table for every platform, in code. Providers refuse with its sentences, and the
//! guide's page is made from it, so that what is written is what happens. Nothing here
//! looks at a single place: whether the old release is still there is found out by the
//! provider, and told by preflight.
//!
//! A new platform adds a [`Ground`] and a file beside this one with its rows.

mod aws;
mod kubernetes;
mod practice;

use crate::catalog::Strategy;
use crate::effect::{Operation, Refusal};
use crate::survey::RolloutState;

/// What a place runs on: a platform with the mechanism that shares the traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ground {
    /// The practice world.
    Practice(Strategy),
    /// A Kubernetes Deployment that replaces its replicas a few at a time.
    Deployment,
    /// An Argo Rollout, whose controller moves the traffic.
    ArgoRollout,
    /// A Kubernetes workload that Helm installed.
    HelmRelease,
    /// A Kubernetes `StatefulSet`, which replaces its pods one after the other.
    StatefulSet,
    /// A Kubernetes `DaemonSet`, which replaces its pods node by node.
    DaemonSet,
    /// Two Kubernetes Deployments behind one Service, which share by their replicas.
    DeploymentPair,
    /// Two Kubernetes Deployments, one of which a Service selects.
    ServiceSelector,
    /// An Amazon ECS service that replaces its tasks a few at a time.
    EcsRolling,
    /// An Amazon ECS service with two full sets of tasks, between which ECS moves traffic.
    EcsTwoSets,
    /// An Amazon ECS service that `CodeDeploy` moves between two sets of tasks.
    EcsCodeDeploy,
    /// An Amazon ECS service that another controller moves.
    EcsElsewhere,
    /// An alias of an AWS Lambda function.
    LambdaAlias,
}

/// What a step does, without its object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Deed {
    /// Keep the new release from getting more.
    Halt,
    /// Let a halted rollout go on.
    Resume,
    /// Give a release a share of the traffic.
    Shift,
    /// Make an earlier release serve everywhere.
    Restore,
}

/// A rollout's state, without its reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Nothing moves.
    Settled,
    /// A rollout is under way.
    Progressing,
    /// A rollout was stopped half-way.
    Halted,
    /// The platform gave a rollout up.
    Stuck,
    /// The platform did not say enough.
    Unknown,
}

/// One field of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rung {
    /// It can be done; the sentence says how.
    Offered(&'static str),
    /// It cannot; the sentence says why, and what can be done instead.
    Refused(&'static str),
}

impl Ground {
    /// Every ground there is, in the order of the guide.
    pub const ALL: [Self; 15] = [
        Self::Deployment,
        Self::ArgoRollout,
        Self::HelmRelease,
        Self::StatefulSet,
        Self::DaemonSet,
        Self::DeploymentPair,
        Self::ServiceSelector,
        Self::EcsRolling,
        Self::EcsTwoSets,
        Self::EcsCodeDeploy,
        Self::EcsElsewhere,
        Self::LambdaAlias,
        Self::Practice(Strategy::Rolling),
        Self::Practice(Strategy::Canary),
        Self::Practice(Strategy::BlueGreen),
    ];

    /// The heading of its rows.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Practice(Strategy::Rolling) => "Practice world, rolling",
            Self::Practice(Strategy::Canary) => "Practice world, canary",
            Self::Practice(Strategy::BlueGreen) => "Practice world, blue-green",
            Self::Deployment => "Kubernetes Deployment, rolling",
            Self::ArgoRollout => "Kubernetes, Argo Rollout",
            Self::HelmRelease => "Kubernetes, installed by Helm",
            Self::StatefulSet => "Kubernetes StatefulSet",
            Self::DaemonSet => "Kubernetes DaemonSet",
            Self::DeploymentPair => "Kubernetes, canary by two Deployments",
            Self::ServiceSelector => "Kubernetes, blue-green by Service selector",
            Self::EcsRolling => "Amazon ECS, rolling",
            Self::EcsTwoSets => "Amazon ECS, blue-green, canary or linear",
            Self::EcsCodeDeploy => "Amazon ECS, blue-green by CodeDeploy",
            Self::EcsElsewhere => "Amazon ECS, moved by another controller",
            Self::LambdaAlias => "AWS Lambda, alias",
        }
    }
}

impl Deed {
    /// Every deed there is.
    pub const ALL: [Self; 4] = [Self::Halt, Self::Resume, Self::Shift, Self::Restore];

    /// As runbooks write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Halt => "rollout.halt",
            Self::Resume => "rollout.resume",
            Self::Shift => "traffic.shift",
            Self::Restore => "release.restore",
        }
    }

    /// What kind of thing `operation` does; `None` when it is no matter of a platform.
    #[must_use]
    pub const fn of(operation: &Operation) -> Option<Self> {
        match operation {
            Operation::HaltRollout => Some(Self::Halt),
            Operation::ResumeRollout => Some(Self::Resume),
            Operation::ShiftTraffic { .. } => Some(Self::Shift),
            Operation::RestoreRelease { .. } => Some(Self::Restore),
            Operation::SwitchFlag { .. }
            | Operation::SwitchSync { .. }
            | Operation::SwitchLease { .. }
            | Operation::RunErrand { .. } => None,
        }
    }
}

impl State {
    /// Every state there is.
    pub const ALL: [Self; 5] =
        [Self::Settled, Self::Progressing, Self::Halted, Self::Stuck, Self::Unknown];

    /// In a word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Settled => "settled",
            Self::Progressing => "progressing",
            Self::Halted => "halted",
            Self::Stuck => "stuck",
            Self::Unknown => "unknown",
        }
    }

    /// The state of a rollout.
    #[must_use]
    pub const fn of(rollout: &RolloutState) -> Self {
        match rollout {
            RolloutState::Settled => Self::Settled,
            RolloutState::Progressing => Self::Progressing,
            RolloutState::Halted => Self::Halted,
            RolloutState::Stuck { .. } => Self::Stuck,
            RolloutState::Unknown { .. } => Self::Unknown,
        }
    }
}

/// The field of the table for one deed on one ground in one state.
#[must_use]
pub const fn rung(ground: Ground, deed: Deed, state: State) -> Rung {
    match ground {
        Ground::Practice(strategy) => practice::rung(strategy, deed, state),
        Ground::Deployment => kubernetes::deployment(deed),
        Ground::ArgoRollout => kubernetes::argo(deed, state),
        Ground::HelmRelease => kubernetes::helm(deed),
        Ground::StatefulSet => kubernetes::stateful(deed),
        Ground::DaemonSet => kubernetes::daemon(deed),
        Ground::DeploymentPair => kubernetes::pair(deed, state),
        Ground::ServiceSelector => kubernetes::selector(deed),
        Ground::EcsRolling => aws::rolling(deed, state),
        Ground::EcsTwoSets => aws::two_sets(deed, state),
        Ground::EcsCodeDeploy => aws::codedeploy(deed, state),
        Ground::EcsElsewhere => aws::elsewhere(deed),
        Ground::LambdaAlias => aws::alias(deed, state),
    }
}

/// Refuses what `ground` cannot do in `rollout`, with the sentence of the table.
pub fn allow(ground: Ground, operation: &Operation, rollout: &RolloutState) -> Result<(), Refusal> {
    let unsupported = |why: &str| {
        Err(Refusal::Unsupported { what: operation.as_str().to_owned(), why: why.to_owned() })
    };
    let Some(deed) = Deed::of(operation) else {
        return unsupported("a platform moves releases and traffic; this is done elsewhere");
    };
    match rung(ground, deed, State::of(rollout)) {
        Rung::Offered(_) => Ok(()),
        Rung::Refused(why) => unsupported(why),
    }
}

#[cfg(test)]
mod tests;
