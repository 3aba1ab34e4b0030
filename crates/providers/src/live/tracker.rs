//! The issues of a place: those of the repository that its releases come from.

use async_trait::async_trait;
use lastgood_core::effect::{ApplyError, Refusal};
use lastgood_core::issue::{Comment, Draft, Issue, Marker};
use lastgood_core::ports::IssueTracker;
use lastgood_core::timeline::FollowUpStatus;

use super::{LiveWorld, Place};

impl LiveWorld {
    async fn tracker(&self, place: &Place) -> Result<Box<dyn IssueTracker>, Refusal> {
        let Some(releases) = &self.settings(place)?.releases else {
            return Err(Refusal::Unsupported {
                what: "opening issues".to_owned(),
                why: format!(
                    "the catalog names no repository for {place}; add `releases: {{ github: … }}`"
                ),
            });
        };
        #[cfg(feature = "github")]
        {
            let github = self.github(&releases.connection).await;
            let github = github.map_err(crate::github::Failure::refusal)?;
            Ok(Box::new(crate::github::Issues::new(github, &releases.repository)))
        }
        #[cfg(not(feature = "github"))]
        Err(super::not_built(&format!("the issues of {}", releases.repository)))
    }
}

#[async_trait]
impl IssueTracker for LiveWorld {
    async fn find(&self, place: &Place, marker: &Marker) -> Result<Option<Issue>, Refusal> {
        self.tracker(place).await?.find(place, marker).await
    }

    async fn open(&self, place: &Place, draft: &Draft) -> Result<Issue, ApplyError> {
        self.tracker(place).await?.open(place, draft).await
    }

    async fn comment(
        &self,
        place: &Place,
        issue: &Issue,
        comment: &Comment,
    ) -> Result<(), ApplyError> {
        self.tracker(place).await?.comment(place, issue, comment).await
    }

    async fn close(
        &self,
        place: &Place,
        issue: &Issue,
        ended: FollowUpStatus,
    ) -> Result<Issue, ApplyError> {
        self.tracker(place).await?.close(place, issue, ended).await
    }
}
