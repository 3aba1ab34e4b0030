//! What is checked before the first change, and what the change will not bring back.
//!
//! Providers look and say what they found ([`Proof`], [`Comparison`], [`Finding`]); what
//! that means for the person who wants to go back is decided here.

mod artifact;
mod configuration;
mod remains;

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

pub use artifact::{ArtifactProof, ArtifactState, WHOLE};
pub use configuration::{Comparison, Difference, Need, NeedState, Proof};
pub use remains::{Outside, OutsideObject, Tenure, not_restored};

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

/// What a finding is about; findings of the same grade are read in this order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Topic {
    /// The choice of the release to go back to.
    Target,
    /// A lock or a freeze that somebody put up.
    Freeze,
    /// Whether the artifact is still there, and still the same.
    Artifact,
    /// The database schema.
    Schema,
    /// What the release reads from outside of its artifact.
    Configuration,
    /// Whether the platform still keeps the release.
    History,
    /// What we may do.
    Permission,
    /// Whether the platform would take the change.
    Admission,
    /// What moves, or may move, meanwhile.
    Flight,
    /// Who else puts things where they want them, and would undo the rollback.
    Governor,
    /// Anything else.
    #[default]
    Other,
}

impl Topic {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
    fn is_other(&self) -> bool {
        *self == Self::Other
    }
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
    /// What it is about.
    // Plans of earlier versions have none, and must keep the name they were shown under.
    #[serde(default, skip_serializing_if = "Topic::is_other")]
    #[cfg_attr(feature = "bindings", ts(optional, as = "Option<Topic>"))]
    pub topic: Topic,
}

impl Finding {
    /// A finding without a remedy.
    #[must_use]
    pub fn new(subject: impl Into<String>, grade: Grade, sentence: impl Into<String>) -> Self {
        Self {
            subject: subject.into(),
            grade,
            sentence: sentence.into(),
            mend: None,
            topic: Topic::Other,
        }
    }

    /// Says what it is about.
    #[must_use]
    pub const fn on(mut self, topic: Topic) -> Self {
        self.topic = topic;
        self
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

/// In the order in which a person should read them: what blocks, what is not known, what
/// to know, what is well; each group by topic. What was found twice is said once.
#[must_use]
pub fn ordered(findings: Vec<Finding>) -> Vec<Finding> {
    let mut once: Vec<Finding> = Vec::with_capacity(findings.len());
    for finding in findings {
        if !once.contains(&finding) {
            once.push(finding);
        }
    }
    once.sort_by_key(|finding| (Reverse(finding.grade), finding.topic));
    once
}

#[cfg(test)]
mod tests;
