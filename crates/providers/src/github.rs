//! GitHub: the deployments of a repository as recent deploys, the workflow runs and checks
//! behind them, and what a rollback writes there.
//!
//! Every request goes through one [`link`], which keeps to GitHub's limits and to eight
//! requests at once. Many services are read in few requests: whoever asks at the same time
//! is answered by one batch ([`board`]), and a refresh asks with what was answered before,
//! which costs nothing when nothing is new. Start with [`Github::connect`].

mod act;
mod behind;
mod board;
mod error;
mod examine;
mod governor;
mod history;
mod issues;
mod link;
mod login;
mod record;
mod reply;
mod request;

use std::sync::Arc;

use jiff::Timestamp;
use lastgood_core::catalog::{GithubConnection, GithubLogin, GithubReleases, Place, Strategy};
use lastgood_core::ports::Vault;
use lastgood_core::release::DeployPage;

pub use act::{Deployment, Dispatch, ROLLBACK_ID};
pub use behind::{CommitCheck, Undone, WorkflowRun};
pub use error::Failure;
pub use governor::Left;
pub use history::ID as RELEASE;
pub use issues::Issues;

use board::Board;
use governor::Purpose;
use link::Link;

/// GitHub, as one credential sees it.
#[derive(Clone, Debug)]
pub struct Github {
    link: Link,
    board: Arc<Board>,
}

impl Github {
    /// Takes the credential. Nothing is sent before the first question; `gh` is asked for
    /// its token where the connection says so.
    pub async fn connect(
        connection: &GithubConnection,
        vault: &dyn Vault,
    ) -> Result<Self, Failure> {
        let base = request::base(connection.url.as_deref());
        let (graphql, _) = request::graphql_path(&base);
        if graphql != base && matches!(connection.login, GithubLogin::App { .. }) {
            let why = "a GitHub App on a server of one's own is not supported; use a token";
            return Err(Failure::Login { why: why.to_owned() });
        }
        let client = login::client(connection, &base, vault).await?;
        let graphql = if graphql == base {
            client.clone()
        } else {
            login::client(connection, &graphql, vault).await?
        };
        let link = Link::new(client, graphql);
        Ok(Self { board: Arc::new(Board::new(link.clone())), link })
    }

    /// The newest deploys that GitHub knows of `place`, newest first; at most
    /// thirty. Doubts are inside.
    pub async fn deploys(
        &self,
        place: &Place,
        strategy: Strategy,
        releases: &GithubReleases,
    ) -> Result<DeployPage, Failure> {
        let look = self.board.look(&releases.repository, &releases.environment).await?;
        let mut told = history::told(&look.node, place, strategy, &releases.repository);
        told.doubts.extend(look.doubt);
        Ok(DeployPage { deploys: told.deploys, more: told.more, doubts: told.doubts })
    }

    /// Says that these environments of repositories will be asked for: the first question
    /// asks for all of those of which nothing was heard yet.
    pub(crate) fn foresee(&self, environments: Vec<(String, String)>) {
        self.board.foresee(environments);
    }

    /// How many requests are left, as last heard; asks when nothing was heard yet, which
    /// costs none.
    pub async fn left(&self) -> Result<Vec<Left>, Failure> {
        let left = self.link.left();
        if !left.is_empty() {
            return Ok(left);
        }
        self.link.ask(&request::rate_limit(), Purpose::Rescue).await?;
        Ok(self.link.left())
    }

    /// A sentence when fewer than `few` requests are left, as last heard.
    pub(crate) fn scarce(&self, few: u64) -> Option<String> {
        let now = self.link.now();
        let left =
            self.link.left().into_iter().find(|left| left.remaining < few.min(left.limit / 2))?;
        Some(format!("GitHub: {}", left.sentence(now)))
    }

    /// The time that limits are told against.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.link.now()
    }
}

#[cfg(test)]
mod tests;
