//! Synthetic checks over HTTP, and asking a replica for its version.
//!
//! One request, no redirects, one verdict. A check that *could not ask* says nothing
//! about the service: a name that does not resolve, a connection that nobody picks up, a
//! mistake in the check itself. A connection that is refused or reset, a certificate that
//! does not hold, a reply that does not come in time are answers, and bad ones: they are
//! what users get.

pub(crate) mod deliver;
mod error;
pub(crate) mod guard;
mod reply;
mod request;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use lastgood_core::catalog::VersionAt;
use lastgood_core::check::{Assertion, Check, CheckOutcome, CheckResult};
use lastgood_core::time::Millis;
use tokio::time::Instant;

pub use error::NotAsked;

use crate::client;
use crate::replica::AskVersion;
use guard::Guard;
use reply::Answer;

/// A check reads no more of a body than this.
const BODY_AT_MOST: usize = 1024 * 1024;
/// A replica answers with its version within this, or not at all.
const VERSION_WITHIN: Duration = Duration::from_secs(2);

/// Asks over HTTP.
#[derive(Clone, Debug)]
pub struct Http {
    client: reqwest::Client,
    guard: Guard,
}

impl Http {
    /// Asks everywhere but at link-local addresses, where clouds keep credentials.
    pub fn new() -> Result<Self, NotAsked> {
        Self::guarded(Guard::new())
    }

    /// Asks at link-local addresses as well.
    pub fn allowing_link_local() -> Result<Self, NotAsked> {
        Self::guarded(Guard::open())
    }

    fn guarded(guard: Guard) -> Result<Self, NotAsked> {
        let client = client::builder()
            .dns_resolver(Arc::new(guard))
            .build()
            .map_err(|source| NotAsked::Client { source })?;
        Ok(Self { client, guard })
    }

    /// Runs one check.
    pub async fn check(&self, check: &Check) -> CheckResult {
        let began = Instant::now();
        let answered = self.ask(check).await;
        let took = Millis::from(began.elapsed());
        let (outcome, sentence) = match answered {
            Ok(answer) => reply::judge(&check.expect, &answer, took),
            Err(Unanswered::Failed(why)) => (CheckOutcome::Failed, why),
            Err(Unanswered::NotAsked(why)) => (CheckOutcome::Unasked, why.to_string()),
        };
        CheckResult { name: check.name.clone(), outcome, took, sentence }
    }

    async fn ask(&self, check: &Check) -> Result<Answer, Unanswered> {
        let request = request::of(check)?;
        self.guard.admits(request.url())?;
        let wants_body = check.expect.iter().any(|assertion| match assertion {
            Assertion::Body(_) | Assertion::Json { .. } | Assertion::Faster(_) => true,
            Assertion::Status(_) | Assertion::Header { .. } => false,
        });
        self.exchange(request, check.timeout.duration(), wants_body).await
    }

    async fn exchange(
        &self,
        request: reqwest::Request,
        limit: Duration,
        wants_body: bool,
    ) -> Result<Answer, Unanswered> {
        let exchange = async {
            let response = self.client.execute(request).await.map_err(reply::unanswered)?;
            let status = response.status().as_u16();
            let headers = response.headers().clone();
            let (body, more) = if wants_body {
                client::body(response, BODY_AT_MOST).await.map_err(|error| {
                    Unanswered::Failed(format!(
                        "answered {status} and broke off: {}",
                        client::words(error)
                    ))
                })?
            } else {
                (Vec::new(), false)
            };
            Ok(Answer { status, headers, body, more })
        };
        tokio::time::timeout(limit, exchange).await.unwrap_or_else(|_| {
            Err(Unanswered::Failed(format!("no complete answer within {} ms", limit.as_millis())))
        })
    }
}

/// Why a request has no answer to judge.
#[derive(Debug)]
enum Unanswered {
    /// The service is to blame.
    Failed(String),
    /// We are, or the way to it.
    NotAsked(NotAsked),
}

impl From<NotAsked> for Unanswered {
    fn from(why: NotAsked) -> Self {
        Self::NotAsked(why)
    }
}

#[async_trait]
impl AskVersion for Http {
    async fn version(&self, url: &str, read: &VersionAt) -> Result<String, String> {
        let request = request::get(url).map_err(|why| why.to_string())?;
        self.guard.admits(request.url()).map_err(|why| why.to_string())?;
        let wants_body = matches!(read, VersionAt::Json(_));
        match self.exchange(request, VERSION_WITHIN, wants_body).await {
            Ok(answer) => reply::version(&answer, read),
            Err(Unanswered::Failed(why)) => Err(why),
            Err(Unanswered::NotAsked(why)) => Err(why.to_string()),
        }
    }
}

#[cfg(test)]
mod tests;
