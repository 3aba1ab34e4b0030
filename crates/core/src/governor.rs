//! Who puts a workload back to what a repository says, and would undo a rollback.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A controller's own object that says what is kept as a repository has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Governor {
    /// Which controller, and so how it is suspended.
    pub kind: GovernorKind,
    /// Where the object is.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// What it does by itself when it is not suspended, as its specification says it in
    /// JSON; what takes the suspension back puts exactly this back.
    pub policy: String,
}

/// The controllers that are known, by the object that steers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GovernorKind {
    /// An Argo CD `Application` (`spec.syncPolicy.automated`).
    ArgoApplication,
    /// A Flux `Kustomization` (`spec.suspend`).
    FluxKustomization,
    /// A Flux `HelmRelease` (`spec.suspend`).
    FluxHelmRelease,
}

/// Whether a governor acts by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SyncState {
    /// It puts things back by itself.
    Automatic,
    /// It waits until somebody tells it to.
    Suspended,
}

/// A governor of a place, as one look found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Governing {
    /// Who.
    pub governor: Governor,
    /// Whether it acts by itself now.
    pub sync: SyncState,
    /// Why it cannot be suspended from here, as a sentence; a plan then has no step for it.
    pub hindrance: Option<String>,
}

impl GovernorKind {
    /// As its controller calls it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ArgoApplication => "Application",
            Self::FluxKustomization => "Kustomization",
            Self::FluxHelmRelease => "HelmRelease",
        }
    }

    /// The controller.
    #[must_use]
    pub const fn system(self) -> &'static str {
        match self {
            Self::ArgoApplication => "Argo CD",
            Self::FluxKustomization | Self::FluxHelmRelease => "Flux",
        }
    }
}

/// `the Argo CD Application argocd/checkout`.
impl fmt::Display for Governor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, namespace, name, .. } = self;
        write!(f, "the {} {} {namespace}/{name}", kind.system(), kind.as_str())
    }
}

impl SyncState {
    /// In a word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Automatic => "automatic",
            Self::Suspended => "suspended",
        }
    }

    /// What would take a change to this state back.
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Automatic => Self::Suspended,
            Self::Suspended => Self::Automatic,
        }
    }
}

impl Governing {
    /// Whether a plan suspends it before its first change.
    #[must_use]
    pub fn is_to_be_suspended(&self) -> bool {
        self.sync == SyncState::Automatic && self.hindrance.is_none()
    }

    /// What stays in git after a rollback from `from` to `to`, in one sentence.
    #[must_use]
    pub fn remains(&self, from: &str, to: &str) -> String {
        let who = &self.governor;
        let then = match (self.sync, &self.hindrance) {
            (SyncState::Automatic, None) => {
                format!("it stays suspended after this run; end that once git says {to}")
            }
            (SyncState::Automatic, Some(_)) => {
                format!("it acts by itself and will bring {from} back until git says {to}")
            }
            (SyncState::Suspended, _) => {
                format!("whoever lets it sync before git says {to} brings {from} back")
            }
        };
        format!("Git still holds {from} for {who}: {then}.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn governing(sync: SyncState, hindrance: Option<&str>) -> Governing {
        let governor = Governor {
            kind: GovernorKind::ArgoApplication,
            namespace: "argocd".to_owned(),
            name: "checkout".to_owned(),
            policy: "{}".to_owned(),
        };
        Governing { governor, sync, hindrance: hindrance.map(str::to_owned) }
    }

    #[test]
    fn only_what_acts_by_itself_and_may_be_stopped_is_suspended() {
        assert!(governing(SyncState::Automatic, None).is_to_be_suspended());
        assert!(!governing(SyncState::Suspended, None).is_to_be_suspended());
        assert!(!governing(SyncState::Automatic, Some("not allowed")).is_to_be_suspended());
    }

    #[test]
    fn whatever_its_state_git_still_holds_the_release_that_is_left() {
        for one in [
            governing(SyncState::Automatic, None),
            governing(SyncState::Automatic, Some("not allowed")),
            governing(SyncState::Suspended, None),
        ] {
            let said = one.remains("v2", "v1");
            assert!(
                said.starts_with("Git still holds v2 for the Argo CD Application argocd/checkout"),
                "{said}"
            );
        }
    }
}
