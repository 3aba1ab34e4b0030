//! Names and identifiers: one type each, so that two of them never change places.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! name {
    ($(#[$doc:meta])* $Name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        #[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
        #[cfg_attr(feature = "bindings", ts(type = "string"))]
        pub struct $Name(String);

        impl $Name {
            /// Wraps `text` as it is.
            #[must_use]
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text of the name.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($Name), self.0)
            }
        }

        impl From<&str> for $Name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
    };
}

name! {
    /// A service of the catalog, such as `checkout`.
    ServiceName
}
name! {
    /// An environment of a service, such as `production`.
    EnvironmentName
}
name! {
    /// A connection of the catalog, such as `prometheus`.
    ConnectionName
}
name! {
    /// A service-level objective of an environment, such as `availability`.
    SloName
}
name! {
    /// A synthetic check of an environment.
    CheckName
}
name! {
    /// A feature flag, by its name in the system that keeps it.
    FlagName
}
name! {
    /// A runbook, by the name in its file.
    RunbookName
}
name! {
    /// A drill scenario, by the name in its file.
    ScenarioName
}
name! {
    /// A checklist, by the name in its file.
    ChecklistName
}
name! {
    /// An item of a checklist, such as `tracing`.
    ItemId
}
name! {
    /// A step of a runbook; unique in it.
    StepId
}
name! {
    /// A release in an environment; the platform chooses it (a `ReplicaSet`'s revision, a
    /// task definition, a function version).
    ReleaseId
}
name! {
    /// One execution of a plan.
    RunId
}
name! {
    /// Who did something, as the host knows them: a login, a mail address.
    Person
}

/// Where an effect is stored so that a probe can find it: derived from run, step and
/// attempt, never generated, so that a restarted process names the same effect.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct EffectKey {
    /// The run that owns the effect.
    pub run: RunId,
    /// The step that causes it.
    pub step: StepId,
    /// Whether it is the step's compensation.
    pub undo: bool,
    /// Counts from 1; a person's retry takes the next number.
    pub attempt: u32,
}

impl EffectKey {
    /// Whether both keys name the same intention, in whichever attempt.
    #[must_use]
    pub fn same_intention(&self, other: &Self) -> bool {
        self.run == other.run && self.step == other.step && self.undo == other.undo
    }

    /// The key without its run, as it appears in a timeline: `stop#1`.
    #[must_use]
    pub fn short(&self) -> String {
        let undo = if self.undo { "undo-" } else { "" };
        format!("{undo}{}#{}", self.step, self.attempt)
    }
}

impl fmt::Display for EffectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let role = if self.undo { "undo" } else { "do" };
        write!(f, "{}/{}/{role}/{}", self.run, self.step, self.attempt)
    }
}

impl From<EffectKey> for String {
    fn from(key: EffectKey) -> Self {
        key.to_string()
    }
}

/// Why a text is no effect key.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not an effect key of the form run/step/do/attempt")]
pub struct MalformedKey(String);

impl TryFrom<String> for EffectKey {
    type Error = MalformedKey;

    fn try_from(text: String) -> Result<Self, MalformedKey> {
        let parts: Vec<&str> = text.split('/').collect();
        let [run, step, role, attempt] = parts[..] else {
            return Err(MalformedKey(text));
        };
        let undo = match role {
            "do" => false,
            "undo" => true,
            _ => return Err(MalformedKey(text)),
        };
        let Ok(attempt) = attempt.parse() else {
            return Err(MalformedKey(text));
        };
        Ok(Self { run: run.into(), step: step.into(), undo, attempt })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_effect_key_reads_back_as_it_was_written() {
        for undo in [false, true] {
            let key = EffectKey { run: "r-1".into(), step: "stop".into(), undo, attempt: 3 };
            let back = EffectKey::try_from(key.to_string()).expect("it was written by us");
            assert_eq!(back, key, "a probe must recognise what an earlier life wrote");
        }
    }

    #[test]
    fn a_foreign_annotation_is_not_mistaken_for_a_key() {
        for text in ["", "a/b", "a/b/do/x", "a/b/redo/1", "a/b/do/1/2"] {
            assert!(EffectKey::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
