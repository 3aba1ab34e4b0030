//! What a runbook may have done on GitHub, in the repository that the releases of a place come
//! from: what a team's own pipeline does there, and what its pages say.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::effect::Call;
use crate::template::{Bindings, TemplateError};
use crate::time::Millis;

/// What does it, in plans and refusals.
pub const GITHUB: &str = "github";

/// Several questions and a change, each within GitHub's own limits.
const TIMEOUT: Millis = Millis::minutes(1);

/// Something that is done on GitHub. As a runbook writes it, its texts hold placeholders; in a
/// plan they are filled in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "on-github")]
pub enum GithubErrand {
    /// Start a workflow. Its run is found again by the effect's key, which it gets as the
    /// input `rollback_id`.
    Dispatch {
        /// The workflow's file: `rollback.yml`.
        workflow: String,
        /// The branch or tag whose version of the file runs.
        on: String,
        /// Its inputs.
        inputs: BTreeMap<String, String>,
    },
    /// Cancel every run of a workflow that still goes on.
    Cancel {
        /// The workflow's file: `deploy.yml`.
        workflow: String,
    },
    /// Say on GitHub's own page which commit serves, and how it went.
    Deployment {
        /// The commit.
        commit: String,
        /// The version in words.
        version: String,
        /// How it went.
        state: DeploymentState,
        /// One line.
        description: String,
    },
}

/// How a deployment goes, as GitHub calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeploymentState {
    /// It has begun.
    InProgress,
    /// It serves.
    Success,
    /// It did not work.
    Failure,
}

impl DeploymentState {
    /// Every one of them.
    pub const ALL: [Self; 3] = [Self::InProgress, Self::Success, Self::Failure];

    /// As runbooks write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InProgress => "in-progress",
            Self::Success => "success",
            Self::Failure => "failure",
        }
    }
}

impl GithubErrand {
    /// As runbooks write it.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Dispatch { .. } => "github.dispatch",
            Self::Cancel { .. } => "github.cancel",
            Self::Deployment { .. } => "github.deployment",
        }
    }

    pub(super) const fn timeout() -> Millis {
        TIMEOUT
    }

    pub(super) fn filled(&self, bindings: &Bindings) -> Result<Self, TemplateError> {
        let fill = |text: &String| bindings.render(text);
        Ok(match self {
            Self::Dispatch { workflow, on, inputs } => Self::Dispatch {
                workflow: fill(workflow)?,
                on: fill(on)?,
                inputs: inputs
                    .iter()
                    .map(|(name, text)| Ok((name.clone(), fill(text)?)))
                    .collect::<Result<_, TemplateError>>()?,
            },
            Self::Cancel { workflow } => Self::Cancel { workflow: fill(workflow)? },
            Self::Deployment { commit, version, state, description } => Self::Deployment {
                commit: fill(commit)?,
                version: fill(version)?,
                state: *state,
                description: fill(description)?,
            },
        })
    }

    /// The call as far as it is known without GitHub; where it is asked, its paths are
    /// complete.
    pub(super) fn call(&self) -> Call {
        let (verb, target, body) = match self {
            Self::Dispatch { workflow, on, inputs } => (
                "POST",
                format!("actions/workflows/{workflow}/dispatches"),
                json!({ "ref": on, "inputs": inputs }),
            ),
            Self::Cancel { workflow } => (
                "POST",
                format!("actions/runs/(each of {workflow} that goes on)/cancel"),
                json!({}),
            ),
            Self::Deployment { commit, state, description, .. } => (
                "POST",
                "deployments, and its statuses".to_owned(),
                json!({ "ref": commit, "state": state.as_str(), "description": description }),
            ),
        };
        Call {
            system: GITHUB.to_owned(),
            scope: "the repository of the place's releases".to_owned(),
            verb: verb.to_owned(),
            target,
            body: serde_json::to_string_pretty(&body).ok(),
        }
    }

    pub(super) fn change(&self) -> (&'static str, String) {
        match self {
            Self::Dispatch { workflow, on, .. } => ("workflow", format!("{workflow} of {on} runs")),
            Self::Cancel { workflow } => ("workflow runs", format!("none of {workflow} goes on")),
            Self::Deployment { version, state, .. } => {
                ("deployment on GitHub", format!("{version}: {}", state.as_str()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_of_a_workflow_is_filled_in() {
        let bindings = Bindings::default().with("target.version", "2.13.4").with("service", "shop");
        let written = GithubErrand::Dispatch {
            workflow: "rollback.yml".to_owned(),
            on: "main".to_owned(),
            inputs: BTreeMap::from([("to".to_owned(), "{{ target.version }}".to_owned())]),
        };
        let filled = written.filled(&bindings).expect("it is bound");
        let body = filled.call().body.expect("it has one");
        assert!(body.contains("\"to\": \"2.13.4\""), "{body}");
        assert!(written.filled(&Bindings::default()).is_err(), "nothing is sent with a gap in it");
    }
}
