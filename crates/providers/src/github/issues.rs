//! Follow-ups as issues of the repository.

use async_trait::async_trait;
use lastgood_core::catalog::Place;
use lastgood_core::effect::{ApplyError, Refusal};
use lastgood_core::issue::{Comment, Draft, Issue, Marker};
use lastgood_core::ports::IssueTracker;
use lastgood_core::timeline::FollowUpStatus;
use serde_json::Value;

use super::governor::Purpose;
use super::{Failure, Github, reply, request};

/// Pages of a hundred that are searched for a marker. A list is up to date at once, which a
/// search is not; a follow-up of an incident is among the newest.
const PAGES: u32 = 10;

/// The issues of one repository.
#[derive(Clone, Debug)]
pub struct Issues {
    github: Github,
    repository: String,
}

impl Issues {
    /// Those of `repository`, `owner/name`.
    #[must_use]
    pub fn new(github: Github, repository: &str) -> Self {
        Self { github, repository: repository.to_owned() }
    }

    /// The first item of a list of pages for which `wanted` gives something.
    async fn search<T>(
        &self,
        page_of: impl Fn(u32) -> request::Request,
        wanted: impl Fn(&Value) -> Option<T>,
        what: &str,
    ) -> Result<Option<T>, Failure> {
        for page in 1..=PAGES {
            let answer = self.github.link.ask(&page_of(page), Purpose::Rescue).await?.body;
            let items = reply::items(&answer, "items");
            if let Some(found) = items.iter().find_map(&wanted) {
                return Ok(Some(found));
            }
            if items.len() < 100 {
                return Ok(None);
            }
        }
        Err(Failure::Rejected {
            code: 200,
            why: format!("there are more than {} {what}; look by hand", PAGES * 100),
        })
    }

    fn issue(&self, node: &Value) -> Option<Issue> {
        let number = node["number"].as_u64()?;
        Some(Issue {
            reference: format!("{}#{number}", self.repository),
            url: node["html_url"].as_str().unwrap_or_default().to_owned(),
            title: node["title"].as_str().unwrap_or_default().to_owned(),
            status: status(node),
        })
    }

    async fn found(&self, marker: &Marker) -> Result<Option<Issue>, Failure> {
        let wanted = |node: &Value| {
            // GitHub lists pull requests as issues.
            let ours = node["pull_request"].is_null() && marker.is_in(node["body"].as_str()?);
            ours.then(|| self.issue(node)).flatten()
        };
        self.search(|page| request::issues(&self.repository, page), wanted, "issues").await
    }

    /// The number behind `owner/name#17`, when it is one of this repository.
    fn number(&self, issue: &Issue) -> Result<u64, Refusal> {
        let rest = issue.reference.strip_prefix(&self.repository);
        let number = rest.and_then(|rest| rest.strip_prefix('#')?.parse().ok());
        number.ok_or_else(|| Refusal::Gone {
            what: format!("the issue {} in {}", issue.reference, self.repository),
        })
    }
}

/// Where an issue stands.
fn status(node: &Value) -> FollowUpStatus {
    match (node["state"].as_str(), node["state_reason"].as_str()) {
        (Some("open"), _) => FollowUpStatus::Open,
        (_, Some("not_planned" | "duplicate")) => FollowUpStatus::Dropped,
        (_, Some(_) | None) => FollowUpStatus::Done,
    }
}

#[async_trait]
impl IssueTracker for Issues {
    async fn find(&self, _: &Place, marker: &Marker) -> Result<Option<Issue>, Refusal> {
        self.found(marker).await.map_err(Failure::refusal)
    }

    async fn open(&self, _: &Place, draft: &Draft) -> Result<Issue, ApplyError> {
        if let Some(issue) = self.found(&draft.marker).await.map_err(Failure::refusal)? {
            return Ok(issue);
        }
        let body = draft.marker.put(&draft.body);
        let call = request::open_issue(&self.repository, &draft.title, &body, &draft.labels);
        let answer = self.github.link.change(&call).await.map_err(Failure::of_a_change)?;
        self.issue(&answer.body).ok_or_else(|| ApplyError::Lost {
            why: format!("GitHub answered {} without the issue's number", answer.status),
        })
    }

    async fn comment(&self, _: &Place, issue: &Issue, comment: &Comment) -> Result<(), ApplyError> {
        let number = self.number(issue)?;
        let written = |node: &Value| comment.marker.is_in(node["body"].as_str()?).then_some(());
        let pages = |page| request::comments(&self.repository, number, page);
        let known = self.search(pages, written, "comments").await.map_err(Failure::refusal)?;
        if known.is_some() {
            return Ok(());
        }
        let call = request::comment(&self.repository, number, &comment.marker.put(&comment.body));
        self.github.link.change(&call).await.map_err(Failure::of_a_change)?;
        Ok(())
    }

    async fn close(
        &self,
        _: &Place,
        issue: &Issue,
        ended: FollowUpStatus,
    ) -> Result<Issue, ApplyError> {
        let number = self.number(issue)?;
        let reason = match ended {
            FollowUpStatus::Done => "completed",
            FollowUpStatus::Dropped => "not_planned",
            FollowUpStatus::Open => return Ok(issue.clone()),
        };
        let look = request::one_issue(&self.repository, number);
        let now = self.github.link.ask(&look, Purpose::Rescue).await.map_err(Failure::refusal)?;
        let is_open = status(&now.body) == FollowUpStatus::Open;
        if let Some(closed) = self.issue(&now.body).filter(|_| !is_open) {
            return Ok(closed);
        }
        let call = request::close_issue(&self.repository, number, reason);
        let answer = self.github.link.change(&call).await.map_err(Failure::of_a_change)?;
        self.issue(&answer.body).ok_or_else(|| ApplyError::Lost {
            why: format!("GitHub answered {} without the issue", answer.status),
        })
    }
}
