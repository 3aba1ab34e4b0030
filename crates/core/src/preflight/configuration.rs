//! What a release reads from outside of its artifact: whether it is still there, and how
//! it differs between two releases.

use serde::{Deserialize, Serialize};

use super::{ArtifactProof, Finding, Grade, Outside, Topic};
use crate::recorded::Recorded;
use crate::release::facts::{Artifact, Settings};

/// Whether what one release needs in order to run is still there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// Its images, one each.
    pub artifacts: Vec<ArtifactProof>,
    /// What its configuration refers to.
    pub needs: Vec<Need>,
}

/// Something that a release refers to and cannot start without.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Need {
    /// What: `ConfigMap checkout-config`, `key URL of Secret checkout`. Never a value.
    pub what: String,
    /// Whether it is there.
    pub state: NeedState,
}

/// Whether something that is needed is there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum NeedState {
    /// It is.
    There,
    /// It is not.
    Missing,
    /// It could not be found out.
    Unknown {
        /// Why not.
        why: String,
    },
}

/// How two releases differ, and what lies outside of both.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// What the rollback changes besides the artifact. Empty when nothing else differs.
    pub differences: Vec<Difference>,
    /// What the rollback does not touch.
    pub outside: Outside,
    /// What could not be compared, and why.
    pub doubts: Vec<String>,
}

/// One part of the definition that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// Which part: `environment`, `resources of container app`.
    pub part: String,
    /// What changes by going back, one phrase each: `LOG_LEVEL: debug → info`.
    pub changes: Vec<String>,
}

/// So many changes of one part are told; the rest is counted.
const TOLD_AT_MOST: usize = 8;

impl Proof {
    /// The same as the gates of a target take it: its artifact, and its settings.
    #[must_use]
    pub fn facts(&self) -> (Recorded<Artifact>, Recorded<Settings>) {
        let mut settings = Settings::default();
        for need in &self.needs {
            match &need.state {
                NeedState::There => {}
                NeedState::Missing => settings.missing.push(need.what.clone()),
                NeedState::Unknown { why } => {
                    settings.unclear.push(format!("{}: {why}", need.what));
                }
            }
        }
        let artifact = self.artifacts.iter().max_by_key(|proof| proof.state.gravity());
        (artifact.map(ArtifactProof::fact).into(), Recorded::Recorded(settings))
    }

    /// What a person must know before going back to `version`.
    #[must_use]
    pub fn findings(&self, version: &str) -> Vec<Finding> {
        let mut findings: Vec<Finding> =
            self.artifacts.iter().map(ArtifactProof::finding).collect();
        let mut there = 0;
        for need in &self.needs {
            match &need.state {
                NeedState::There => there += 1,
                NeedState::Missing => findings.push(
                    Finding::new(
                        need.what.clone(),
                        Grade::Block,
                        format!("{version} needs it, and it does not exist any more"),
                    )
                    .mend("create it again before going back, or choose another release")
                    .on(Topic::Configuration),
                ),
                NeedState::Unknown { why } => findings.push(
                    Finding::new(
                        need.what.clone(),
                        Grade::Unknown,
                        format!(
                            "{version} needs it; whether it exists could not be found out: {why}"
                        ),
                    )
                    .on(Topic::Configuration),
                ),
            }
        }
        if there > 0 {
            let all = self.needs.len();
            findings.push(
                Finding::new(
                    "configuration",
                    Grade::Pass,
                    format!("{there} of {all} things that {version} refers to exist"),
                )
                .on(Topic::Configuration),
            );
        }
        findings
    }
}

impl Comparison {
    /// What a person must know of the differences between `from` and `to`.
    #[must_use]
    pub fn findings(&self, from: &str, to: &str) -> Vec<Finding> {
        let mut findings: Vec<Finding> = self
            .differences
            .iter()
            .map(|difference| {
                let told = difference.changes.iter().take(TOLD_AT_MOST).cloned();
                let mut told: Vec<String> = told.collect();
                if difference.changes.len() > TOLD_AT_MOST {
                    told.push(format!("and {} more", difference.changes.len() - TOLD_AT_MOST));
                }
                let sentence = format!("going back changes it too: {}", told.join(", "));
                Finding::new(difference.part.clone(), Grade::Warn, sentence)
                    .on(Topic::Configuration)
            })
            .collect();
        findings.extend(self.doubts.iter().map(|doubt| {
            Finding::new("differences", Grade::Unknown, doubt.clone()).on(Topic::Configuration)
        }));
        if findings.is_empty() {
            let sentence = format!("{from} and {to} differ in nothing but their artifact");
            findings
                .push(Finding::new("differences", Grade::Pass, sentence).on(Topic::Configuration));
        }
        findings
    }
}
