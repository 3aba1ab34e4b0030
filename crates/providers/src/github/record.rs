//! Writes what a pipeline knows of a release into the payload of a deployment.
//!
//! A payload cannot be changed once it is there. A deployment of the same commit with the
//! same record is therefore taken again, and anything else is a new deployment.

use lastgood_core::catalog::GithubReleases;
use lastgood_core::effect::ApplyError;
use lastgood_core::release::metadata::from_payload;
use lastgood_core::release::{Kept, Metadata, Note, NoteState};
use serde_json::Value;

use super::act::Deployment;
use super::governor::Purpose;
use super::{Failure, Github, request};

const SYSTEM: &str = "GitHub";

impl Github {
    /// Records the deployment of `note`'s commit with its state, and reads it back.
    pub async fn keep(&self, releases: &GithubReleases, note: &Note) -> Kept {
        let missed = |why: String| Kept::missed(SYSTEM, String::new(), why);
        let Some(commit) = note.metadata.commit.as_option() else {
            let why = "GitHub records deployments of commits, and no commit was given";
            return missed(why.to_owned());
        };
        let deployment = Deployment {
            repository: releases.repository.clone(),
            environment: releases.environment.clone(),
            commit: commit.clone(),
            task: "deploy".to_owned(),
            description: description(&note.metadata),
            metadata: note.metadata.clone(),
            state: state(note.state).to_owned(),
        };
        match self.keep_once(&deployment).await {
            Ok(kept) => kept,
            Err(ApplyError::Refused(refusal)) => missed(refusal.to_string()),
            Err(ApplyError::Lost { why }) => {
                missed(format!("{why}; repeat it, and what arrived is found"))
            }
        }
    }

    async fn keep_once(&self, deployment: &Deployment) -> Result<Kept, ApplyError> {
        let known = self.same(deployment).await.map_err(Failure::refusal)?;
        let id = match known {
            Some(id) => id,
            None => self.create(None, deployment).await?,
        };
        let carrier = format!("deployment {id} of {}", deployment.repository);
        let statuses = request::statuses(&deployment.repository, id);
        let said = self.link.ask(&statuses, Purpose::Rescue).await.map_err(Failure::refusal)?.body;
        // A state that was said before and is not the newest is said again.
        if said[0]["state"].as_str() != Some(deployment.state.as_str()) {
            self.say(id, deployment).await?;
        }
        let read = request::one_deployment(&deployment.repository, id);
        let read = self.link.ask(&read, Purpose::Rescue).await.map_err(Failure::refusal)?.body;
        let metadata = from_payload(&read["payload"]).metadata;
        Ok(Kept::compared(SYSTEM, carrier, &deployment.metadata, &metadata))
    }

    /// A deployment of the same commit with the same record.
    async fn same(&self, deployment: &Deployment) -> Result<Option<u64>, Failure> {
        let list = request::deployments(&deployment.repository, &deployment.environment, 100);
        let answer = self.link.ask(&list, Purpose::Rescue).await?;
        let is_it = |one: &&Value| {
            one["sha"].as_str().is_some_and(|sha| sha.starts_with(&deployment.commit))
                && from_payload(&one["payload"]).metadata == deployment.metadata
        };
        Ok(answer
            .body
            .as_array()
            .into_iter()
            .flatten()
            .find(is_it)
            .and_then(|one| one["id"].as_u64()))
    }
}

fn description(metadata: &Metadata) -> String {
    let line = |text: &String| text.lines().next().unwrap_or_default().to_owned();
    metadata.changelog.as_option().or(metadata.version.as_option()).map(line).unwrap_or_default()
}

const fn state(state: NoteState) -> &'static str {
    match state {
        NoteState::InProgress => "in_progress",
        NoteState::Success => "success",
        NoteState::Failure => "failure",
    }
}
