//! What a rollback does on GitHub: cancels the workflow that deploys, starts the one that
//! rolls back, and records what happened so that GitHub's own page tells the truth.
//!
//! Each is found again by the key of its effect: in the name of the workflow's run, and in
//! the payload of the deployment. A change is sent once; what has no clear answer is looked
//! up, never sent again.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use lastgood_core::effect::{ApplyError, Presence, Receipt, Refusal};
use lastgood_core::name::EffectKey;
use lastgood_core::release::Metadata;
use lastgood_core::release::metadata::{PAYLOAD_KEY, to_payload};
use serde_json::{Value, json};

use super::governor::Purpose;
use super::request::RUN_DETAILS;
use super::{Failure, Github, reply, request};

/// The workflow input, and the key in a payload, that carries an effect's key.
pub const ROLLBACK_ID: &str = "rollback_id";
/// A run that was started is listed a moment later; so often and so far apart is looked
/// before it is said that there is none.
const LOOKS: u32 = 3;
const BETWEEN: Duration = Duration::from_secs(2);
/// So often is looked whether what was cancelled has ended: a runner gets ten seconds to stop.
const ENDS: u32 = 8;

/// A workflow to start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispatch {
    /// `owner/name`.
    pub repository: String,
    /// The file's name: `rollback.yml`.
    pub workflow: String,
    /// The branch or tag whose version of the workflow runs.
    pub on: String,
    /// Its inputs; [`ROLLBACK_ID`] is added.
    pub inputs: BTreeMap<String, String>,
    /// No run from before this time is taken for it.
    pub since: Timestamp,
}

/// A deployment to record.
#[derive(Clone, Debug, PartialEq)]
pub struct Deployment {
    /// `owner/name`.
    pub repository: String,
    /// As GitHub calls it.
    pub environment: String,
    /// The commit that serves.
    pub commit: String,
    /// `deploy` or `rollback`: what GitHub calls the task.
    pub task: String,
    /// One line; more than 140 characters are shortened.
    pub description: String,
    /// What is known of the release.
    pub metadata: Metadata,
    /// How it goes: `success`, `in_progress`, `failure`, …
    pub state: String,
}

impl Github {
    /// Cancels a workflow run that still goes on.
    pub async fn cancel(&self, repository: &str, run: u64) -> Result<Receipt, ApplyError> {
        if let Presence::Present(receipt) = self.is_cancelled(repository, run).await {
            return Ok(receipt);
        }
        self.link.change(&request::cancel(repository, run)).await.map_err(Failure::of_a_change)?;
        Ok(Receipt {
            reference: format!("workflow run {run}"),
            sentence: format!("GitHub was told to cancel run {run} of {repository}, and agreed"),
        })
    }

    /// The runs of a workflow that still go on, newest first. Of a workflow with more than a
    /// hundred runs the newest hundred are looked at.
    pub(crate) async fn open_runs(
        &self,
        repository: &str,
        workflow: &str,
    ) -> Result<Vec<u64>, Failure> {
        let question = request::runs_of_workflow(repository, workflow);
        let answer = self.link.ask(&question, Purpose::Rescue).await?.body;
        let open = |run: &&Value| run["status"].as_str() != Some("completed");
        let runs = reply::items(&answer, "workflow_runs").iter();
        Ok(runs.filter(open).filter_map(|run| run["id"].as_u64()).collect())
    }

    /// Returns when no run of a workflow goes on any more. GitHub agrees to a cancellation
    /// before the run has ended.
    pub(crate) async fn until_none_goes_on(
        &self,
        repository: &str,
        workflow: &str,
    ) -> Result<(), ApplyError> {
        for _ in 0..ENDS {
            match self.open_runs(repository, workflow).await {
                Ok(runs) if runs.is_empty() => return Ok(()),
                Ok(_) => self.link.wait(BETWEEN).await,
                Err(failure) => return Err(ApplyError::Lost { why: failure.to_string() }),
            }
        }
        Err(ApplyError::Lost {
            why: format!("GitHub agreed to cancel the runs of {workflow}, and they still go on"),
        })
    }

    /// Whether a workflow run was cancelled.
    pub async fn is_cancelled(&self, repository: &str, run: u64) -> Presence {
        let answer = match self.link.ask(&request::run(repository, run), Purpose::Rescue).await {
            Ok(answer) => answer.body,
            Err(failure) => return unclear(&failure),
        };
        match (answer["status"].as_str(), answer["conclusion"].as_str()) {
            (Some("completed"), Some("cancelled")) => Presence::Present(Receipt {
                reference: format!("workflow run {run}"),
                sentence: format!("run {run} of {repository} is cancelled"),
            }),
            (Some(_), _) => Presence::Absent,
            (None, _) => {
                Presence::Unclear { why: "GitHub does not say how the run goes".to_owned() }
            }
        }
    }

    /// Starts a workflow, unless one was started under this key already.
    pub async fn dispatch(
        &self,
        key: &EffectKey,
        dispatch: &Dispatch,
    ) -> Result<Receipt, ApplyError> {
        // Nothing is sent before it is known: why it is not is told as it is of any question.
        match self.dispatched(key, dispatch).await.map_err(Failure::refusal)? {
            Presence::Present(receipt) => return Ok(receipt),
            Presence::Absent => {}
            Presence::Unclear { why } => {
                return Err(Refusal::Rejected { system: "GitHub".to_owned(), why }.into());
            }
        }
        let mut inputs = dispatch.inputs.clone();
        inputs.insert(ROLLBACK_ID.to_owned(), key.to_string());
        let call = |tells| {
            let (workflow, on) = (&dispatch.workflow, &dispatch.on);
            request::dispatch(&dispatch.repository, workflow, on, &json!(inputs), tells)
        };
        let answer = match self.link.change(&call(true)).await {
            // An older server that takes no word which it does not know. It started nothing.
            Err(Failure::Rejected { code: 422, why }) if why.contains(RUN_DETAILS) => {
                self.link.change(&call(false)).await
            }
            answer => answer,
        };
        let answer = answer.map_err(Failure::of_a_change)?;
        let workflow = &dispatch.workflow;
        Ok(match reply::dispatched(&answer.body) {
            Some((run, page)) => Receipt {
                reference: format!("workflow run {run}"),
                sentence: format!("{workflow} runs as {run}: {page}"),
            },
            // Older servers say only that they took it.
            None => Receipt {
                reference: key.to_string(),
                sentence: format!("GitHub took the request to run {workflow}"),
            },
        })
    }

    /// Whether a workflow was started under this key: its run carries it in its name, where
    /// the workflow says `run-name: … ${{ inputs.rollback_id }}`.
    pub async fn is_dispatched(&self, key: &EffectKey, dispatch: &Dispatch) -> Presence {
        self.dispatched(key, dispatch).await.unwrap_or_else(|failure| unclear(&failure))
    }

    async fn dispatched(&self, key: &EffectKey, dispatch: &Dispatch) -> Result<Presence, Failure> {
        let since = dispatch.since.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let question = request::dispatched(&dispatch.repository, &dispatch.workflow, &since);
        for look in 0..LOOKS {
            if look > 0 {
                self.link.wait(BETWEEN).await;
            }
            let answer = self.link.ask(&question, Purpose::Rescue).await?.body;
            let runs = reply::items(&answer, "workflow_runs");
            let wanted = key.to_string();
            let named = |run: &&Value| names(run["display_title"].as_str(), &wanted);
            if let Some(run) = runs.iter().find(named) {
                let id = run["id"].as_u64().unwrap_or_default();
                return Ok(Presence::Present(Receipt {
                    reference: format!("workflow run {id}"),
                    sentence: format!(
                        "{} runs as {id}: {}",
                        dispatch.workflow,
                        run["html_url"].as_str().unwrap_or_default()
                    ),
                }));
            }
            // A run that names another rollback is not this one; one that names none may be.
            let silent =
                runs.iter().filter(|run| !names_any(run["display_title"].as_str())).count();
            let hidden = answer["total_count"].as_u64().is_some_and(|all| all > runs.len() as u64);
            if silent > 0 || hidden {
                let workflow = &dispatch.workflow;
                return Ok(Presence::Unclear {
                    why: format!(
                        "{silent} runs of {workflow} were started since {since}, and their names \
                         do not say for what; add `run-name: Rollback \
                         ${{{{ inputs.{ROLLBACK_ID} }}}}` to it"
                    ),
                });
            }
        }
        Ok(Presence::Absent)
    }

    /// Records a deployment and how it goes, unless it is recorded under this key already.
    pub async fn record(
        &self,
        key: &EffectKey,
        deployment: &Deployment,
    ) -> Result<Receipt, ApplyError> {
        let found = self.find(key, deployment).await.map_err(Failure::refusal)?;
        let id = match found {
            Some((id, true)) => return Ok(receipt(id, deployment)),
            Some((id, false)) => id,
            None => self.create(Some(key), deployment).await?,
        };
        self.say(id, deployment).await?;
        Ok(receipt(id, deployment))
    }

    /// Whether a deployment is recorded under this key, with its state.
    pub async fn is_recorded(&self, key: &EffectKey, deployment: &Deployment) -> Presence {
        match self.find(key, deployment).await {
            Ok(Some((id, true))) => Presence::Present(receipt(id, deployment)),
            Ok(Some((_, false)) | None) => Presence::Absent,
            Err(failure) => unclear(&failure),
        }
    }

    /// Creates the deployment and gives its id.
    pub(super) async fn create(
        &self,
        key: Option<&EffectKey>,
        deployment: &Deployment,
    ) -> Result<u64, ApplyError> {
        let mut ours = to_payload(&deployment.metadata);
        if let Some(key) = key {
            ours.insert(ROLLBACK_ID.to_owned(), Value::from(key.to_string()));
        }
        let call = request::deployment(
            &deployment.repository,
            &deployment.environment,
            &deployment.commit,
            &deployment.task,
            &deployment.description,
            &json!({ PAYLOAD_KEY: ours }),
        );
        let answer = self.link.change(&call).await.map_err(Failure::of_a_change)?;
        answer.body["id"].as_u64().ok_or_else(|| ApplyError::Lost {
            why: format!("GitHub answered {} without the deployment's id", answer.status),
        })
    }

    pub(super) async fn say(&self, id: u64, deployment: &Deployment) -> Result<(), ApplyError> {
        let (state, words) = (&deployment.state, &deployment.description);
        let call = request::status(&deployment.repository, id, state, words);
        self.link.change(&call).await.map_err(Failure::of_a_change)?;
        Ok(())
    }

    /// The deployment under this key, and whether its state is recorded.
    async fn find(
        &self,
        key: &EffectKey,
        deployment: &Deployment,
    ) -> Result<Option<(u64, bool)>, Failure> {
        let list = request::deployments(&deployment.repository, &deployment.environment, 100);
        let answer = self.link.ask(&list, Purpose::Rescue).await?;
        let wanted = key.to_string();
        let carries = |one: &&Value| {
            let payload = object(&one["payload"]);
            payload[PAYLOAD_KEY][ROLLBACK_ID].as_str() == Some(wanted.as_str())
        };
        let Some(id) = answer.body.as_array().into_iter().flatten().find(carries) else {
            return Ok(None);
        };
        let id = id["id"]
            .as_u64()
            .ok_or_else(|| Failure::Foreign { why: "a deployment without an id".to_owned() })?;
        let list = request::statuses(&deployment.repository, id);
        let statuses = self.link.ask(&list, Purpose::Rescue).await?.body;
        let said = |one: &Value| one["state"].as_str() == Some(deployment.state.as_str());
        Ok(Some((id, statuses.as_array().into_iter().flatten().any(said))))
    }
}

/// A payload is an object, or a text that holds one.
fn object(payload: &Value) -> Value {
    match payload.as_str() {
        Some(text) => serde_json::from_str(text).unwrap_or_default(),
        None => payload.clone(),
    }
}

/// Whether a run's name carries this key, and not one that only begins like it.
fn names(title: Option<&str>, key: &str) -> bool {
    title.is_some_and(|title| {
        title.split(|c: char| c.is_whitespace() || "()[],;\"'`".contains(c)).any(|word| word == key)
    })
}

/// Whether a run's name carries the key of any effect.
fn names_any(title: Option<&str>) -> bool {
    title.is_some_and(|title| {
        title
            .split(|c: char| c.is_whitespace() || "()[],;\"'`".contains(c))
            .any(|word| EffectKey::try_from(word.to_owned()).is_ok())
    })
}

fn unclear(failure: &Failure) -> Presence {
    Presence::Unclear { why: format!("GitHub: {failure}") }
}

fn receipt(id: u64, deployment: &Deployment) -> Receipt {
    Receipt {
        reference: format!("deployment {id}"),
        sentence: format!(
            "deployment {id} of {} says {} in {}",
            deployment.repository, deployment.state, deployment.environment
        ),
    }
}
