//! What is checked before the first change.

use serde::{Deserialize, Serialize};

/// How a preflight check ended. Unknown is not a pass: it is shown, and a person decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Grade {
    /// Nothing stands against it.
    Pass,
    /// Something to know.
    Warn,
    /// It could not be looked up.
    Unknown,
    /// The first change is refused unless a person overrides it with a reason.
    Block,
}

/// One preflight check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub struct Finding {
    /// What was looked at: `permission to patch the Deployment`.
    pub subject: String,
    /// How it ended.
    pub grade: Grade,
    /// What was found, as a sentence.
    pub sentence: String,
    /// What would mend it.
    pub mend: Option<String>,
}

impl Finding {
    /// A finding without a remedy.
    #[must_use]
    pub fn new(subject: impl Into<String>, grade: Grade, sentence: impl Into<String>) -> Self {
        Self { subject: subject.into(), grade, sentence: sentence.into(), mend: None }
    }

    /// Adds what would mend it.
    #[must_use]
    pub fn mend(mut self, mend: impl Into<String>) -> Self {
        self.mend = Some(mend.into());
        self
    }
}

/// The worst grade of all; unknown when nothing was looked at.
#[must_use]
pub fn worst(findings: &[Finding]) -> Grade {
    findings.iter().map(|finding| finding.grade).max().unwrap_or(Grade::Unknown)
}
