//! What lies behind a deploy: the commits between two releases, the checks of a commit, and
//! the workflow runs that deployed it.

use lastgood_core::preflight::Difference;
use serde_json::Value;

use super::governor::Purpose;
use super::{Failure, Github, reply, request};

/// What going back from one commit to another undoes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undone {
    /// The commits, newest first: short id and first line of the message.
    pub commits: Vec<String>,
    /// How many there are; more than are named when GitHub leaves some out.
    pub total: u64,
    /// Whether the older commit is no ancestor of the newer one, so that commits of its own
    /// come back too.
    pub is_diverged: bool,
}

impl Undone {
    /// As a part of how two releases differ.
    #[must_use]
    pub fn difference(&self) -> Difference {
        let mut changes = self.commits.clone();
        let named = u64::try_from(changes.len()).unwrap_or(u64::MAX);
        if self.total > named {
            changes.push(format!("and {} more", self.total - named));
        }
        if self.is_diverged {
            changes.push("commits that only the older release has come back".to_owned());
        }
        let part = format!("code: {} commits are undone", self.total);
        Difference { part, changes }
    }
}

/// One check of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitCheck {
    /// Its name.
    pub name: String,
    /// `success`, `failure`, …; `None` while it runs.
    pub conclusion: Option<String>,
}

/// A workflow run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkflowRun {
    /// GitHub's number for it.
    pub id: u64,
    /// The workflow's name.
    pub name: String,
    /// The workflow's file, `.github/workflows/deploy.yml`.
    pub path: String,
    /// Whether it still goes on.
    pub is_open: bool,
    /// The page of it.
    pub url: String,
}

impl Github {
    /// What going back from `newer` to `older` undoes.
    pub async fn undone(
        &self,
        repository: &str,
        older: &str,
        newer: &str,
    ) -> Result<Undone, Failure> {
        let question = request::compare(repository, older, newer);
        Ok(undone(&self.link.ask(&question, Purpose::Rescue).await?.body))
    }

    /// The newest run of each check of a commit.
    pub async fn checks(
        &self,
        repository: &str,
        commit: &str,
    ) -> Result<Vec<CommitCheck>, Failure> {
        let question = request::checks(repository, commit);
        let answer = self.link.ask(&question, Purpose::Rescue).await?.body;
        let check = |node: &Value| {
            Some(CommitCheck {
                name: node["name"].as_str()?.to_owned(),
                conclusion: node["conclusion"].as_str().map(str::to_owned),
            })
        };
        Ok(reply::items(&answer, "check_runs").iter().filter_map(check).collect())
    }

    /// The workflow runs of a commit, newest first.
    pub async fn runs(&self, repository: &str, commit: &str) -> Result<Vec<WorkflowRun>, Failure> {
        let question = request::runs_of(repository, commit);
        let answer = self.link.ask(&question, Purpose::Rescue).await?.body;
        let run = |node: &Value| {
            let text = |name: &str| node[name].as_str().unwrap_or_default().to_owned();
            Some(WorkflowRun {
                id: node["id"].as_u64()?,
                name: text("name"),
                path: text("path"),
                is_open: node["status"].as_str()? != "completed",
                url: text("html_url"),
            })
        };
        Ok(reply::items(&answer, "workflow_runs").iter().filter_map(run).collect())
    }
}

/// What a comparison says. Pure.
pub(super) fn undone(answer: &Value) -> Undone {
    let line = |node: &Value| {
        let sha = node["sha"].as_str()?;
        let message = node["commit"]["message"].as_str().unwrap_or_default();
        let first = message.lines().next().unwrap_or_default();
        Some(format!("{} {first}", sha.get(..7).unwrap_or(sha)))
    };
    // GitHub lists the oldest first.
    let nodes = answer["commits"].as_array().map_or(&[][..], Vec::as_slice);
    let commits: Vec<String> = nodes.iter().rev().filter_map(line).collect();
    Undone {
        total: answer["total_commits"].as_u64().unwrap_or(commits.len() as u64),
        is_diverged: answer["behind_by"].as_u64().is_some_and(|count| count > 0),
        commits,
    }
}
