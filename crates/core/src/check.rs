//! Synthetic checks: one HTTP request and what its answer must be.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::name::CheckName;
use crate::time::{EpochMs, Millis};

/// One synthetic check. Text fields may hold `{{ target.version }}` and the other
/// placeholders of a plan; a plan holds them filled in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// Unique in its environment.
    pub name: CheckName,
    /// `GET`, `HEAD` or `POST`.
    pub method: String,
    /// `http` or `https`.
    pub url: String,
    /// Sent as they are.
    pub headers: BTreeMap<String, String>,
    /// Sent with `POST`.
    pub body: Option<String>,
    /// All must hold.
    pub expect: Vec<Assertion>,
    /// From connecting to the last byte.
    pub timeout: Millis,
}

/// One thing that must hold of an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Assertion {
    /// The status code lies in one of the inclusive ranges.
    Status(Vec<(u16, u16)>),
    /// A header, by its case-insensitive name.
    Header {
        /// The header's name.
        name: String,
        /// What its value must be.
        must: Must,
    },
    /// The body as text.
    Body(Must),
    /// A value in a JSON body, by a path of the form `$.a.b[0]`.
    Json {
        /// The path.
        path: String,
        /// What the value, as text, must be.
        must: Must,
    },
    /// The whole exchange took less than this.
    Faster(Millis),
}

/// What a text must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Must {
    /// Exactly this.
    Equal(String),
    /// Have this in it.
    Contain(String),
    /// Be there at all.
    Exist,
}

impl Must {
    /// Whether `found` is what it must be.
    #[must_use]
    pub fn accepts(&self, found: Option<&str>) -> bool {
        match (self, found) {
            (Self::Equal(wanted), Some(found)) => wanted == found,
            (Self::Contain(wanted), Some(found)) => found.contains(wanted.as_str()),
            (Self::Exist, found) => found.is_some(),
            (Self::Equal(_) | Self::Contain(_), None) => false,
        }
    }
}

/// How a check went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct CheckResult {
    /// Which check.
    pub name: CheckName,
    /// How it ended.
    pub outcome: CheckOutcome,
    /// How long the exchange took.
    pub took: Millis,
    /// One sentence with the values that were seen.
    pub sentence: String,
}

/// The ways a check can end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum CheckOutcome {
    /// Every assertion held.
    Passed,
    /// The service answered, and not as it must.
    Failed,
    /// We could not ask; this says nothing about the service.
    Unasked,
}

/// Which version one replica answers with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct ReplicaAnswer {
    /// The replica's name.
    pub replica: String,
    /// Whether the platform counts it as ready.
    pub ready: bool,
    /// The artifact that the platform says it runs.
    pub artifact: Option<String>,
    /// The version that it answers with when asked; `None` when it could not be asked.
    pub version: Option<String>,
    /// Why it could not be asked.
    pub doubt: Option<String>,
    /// When it last restarted by itself, if it did and the platform tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restarted_at: Option<EpochMs>,
}
