//! How flag systems are talked to: reads are tried again, a change is sent once.

use std::time::Duration;

use backon::{ExponentialBuilder, Retryable as _};
use jiff::SignedDuration;
use lastgood_core::effect::{ApplyError, Refusal};
use lastgood_core::secret::{Secret, redact_output};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, DATE, HeaderValue, RETRY_AFTER};
use reqwest::{Method, Url};
use serde_json::Value;

use crate::{client, clock};

/// One read, connecting and the last byte included.
const READ: Duration = Duration::from_secs(4);
/// One change, likewise. The engine looks for it after thirty seconds.
const CHANGE: Duration = Duration::from_secs(15);
/// More of an answer is not read: a project has thousands of flags at most.
const BODY_AT_MOST: usize = 16 * 1024 * 1024;

/// A connection to one flag system.
#[derive(Clone, Debug)]
pub(super) struct Link {
    http: reqwest::Client,
    base: Url,
    token: Secret<String>,
    system: &'static str,
}

/// Why there is no answer to use.
#[derive(Debug)]
enum Failure {
    /// Nothing was sent.
    NotSent(String),
    /// Sent, and no whole answer came.
    Cut(String),
    /// An answer that is none of the good ones.
    Status { status: u16, said: String, wait: Option<String> },
    /// An answer that cannot be understood.
    Odd(String),
}

impl Link {
    pub(super) fn new(
        system: &'static str,
        base: &str,
        token: Secret<String>,
    ) -> Result<Self, Refusal> {
        let rejected = |why: String| Refusal::Rejected { system: system.to_owned(), why };
        let base = Url::parse(&format!("{}/", base.trim_end_matches('/')))
            .map_err(|error| rejected(format!("its address cannot be read: {error}")))?;
        let http = client::builder().build().map_err(|error| {
            rejected(format!("no client can be made: {}", client::words(error)))
        })?;
        Ok(Self { http, base, token, system })
    }

    /// The host, for a plan.
    pub(super) fn host(&self) -> String {
        let port = self.base.port().map(|port| format!(":{port}")).unwrap_or_default();
        format!("{}{port}", self.base.host_str().unwrap_or_default())
    }

    /// Asks `path` under the base; each piece is one piece, whatever is in it.
    pub(super) async fn read(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<Value, Refusal> {
        self.read_dated(path, query).await.map(|(answer, _)| answer)
    }

    /// The same, with how far the system's clock is ahead of ours, where it tells.
    pub(super) async fn read_dated(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<(Value, Option<SignedDuration>), Refusal> {
        let url = self.url(path, query)?;
        let ask = || async {
            let request = self.http.get(url.clone());
            self.exchange(request, READ).await
        };
        ask.retry(
            ExponentialBuilder::default()
                .with_min_delay(Duration::from_millis(200))
                .with_jitter()
                .with_max_times(1),
        )
        .when(Failure::is_passing)
        .await
        .map_err(|failure| self.refusal(failure, &url))
    }

    /// Sends a change, once.
    pub(super) async fn change(
        &self,
        method: Method,
        path: &[&str],
        body: Option<(&'static str, String)>,
    ) -> Result<(), ApplyError> {
        let url = self.url(path, &[])?;
        let mut request = self.http.request(method, url.clone());
        if let Some((kind, body)) = body {
            request = request.header(CONTENT_TYPE, kind).body(body);
        }
        match self.exchange(request, CHANGE).await {
            Ok(_) => Ok(()),
            // What is not JSON may be the page of something in between, which passed nothing on.
            Err(Failure::Cut(why) | Failure::Odd(why)) => Err(ApplyError::Lost { why }),
            Err(Failure::Status { status: 408 | 500.., said, .. }) => {
                Err(ApplyError::Lost { why: said })
            }
            Err(failure @ (Failure::NotSent(_) | Failure::Status { .. })) => {
                Err(self.refusal(failure, &url).into())
            }
        }
    }

    fn url(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Url, Refusal> {
        let mut url = self.base.clone();
        url.path_segments_mut()
            .map_err(|()| Refusal::Rejected {
                system: self.system.to_owned(),
                why: "its address has no path".to_owned(),
            })?
            .pop_if_empty()
            .extend(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }

    async fn exchange(
        &self,
        request: reqwest::RequestBuilder,
        limit: Duration,
    ) -> Result<(Value, Option<SignedDuration>), Failure> {
        let mut token = self
            .token
            .expose(|token| HeaderValue::try_from(token.trim()))
            .map_err(|_| Failure::NotSent("the token cannot be sent in a header".to_owned()))?;
        token.set_sensitive(true);
        let exchange = async {
            let response = request.header(AUTHORIZATION, token).send().await.map_err(|error| {
                if error.is_connect() || error.is_builder() {
                    Failure::NotSent(client::words(error))
                } else {
                    Failure::Cut(client::words(error))
                }
            })?;
            let status = response.status().as_u16();
            let date = response.headers().get(DATE).and_then(|date| date.to_str().ok());
            let date = date.and_then(clock::of_header);
            let ahead = date.map(|date| date.duration_since(clock::wall()));
            let wait = response
                .headers()
                .get(RETRY_AFTER)
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned);
            let (body, more) = client::body(response, BODY_AT_MOST)
                .await
                .map_err(|error| Failure::Cut(client::words(error)))?;
            if !(200..300).contains(&status) {
                return Err(Failure::Status { status, said: self.said(status, &body), wait });
            }
            if more {
                return Err(Failure::Odd("the answer is too long".to_owned()));
            }
            if body.is_empty() {
                // Unleash says yes to a switch with nothing at all.
                return Ok((Value::Null, ahead));
            }
            serde_json::from_slice(&body)
                .map(|answer| (answer, ahead))
                .map_err(|error| Failure::Odd(format!("the answer is not JSON: {error}")))
        };
        tokio::time::timeout(limit, exchange).await.unwrap_or_else(|_| {
            Err(Failure::Cut(format!("no complete answer within {} s", limit.as_secs())))
        })
    }

    /// What an error says, short and without the token.
    fn said(&self, status: u16, body: &[u8]) -> String {
        let text = match serde_json::from_slice::<Value>(body) {
            Ok(body) => body.get("message").and_then(Value::as_str).map(str::to_owned),
            Err(_) => None,
        };
        let clean = text.map(|text| redact_output(&text, std::slice::from_ref(&self.token)));
        let short: Option<String> = clean.map(|text| text.chars().take(200).collect());
        short.map_or_else(|| format!("status {status}"), |text| format!("status {status}: {text}"))
    }

    fn refusal(&self, failure: Failure, url: &Url) -> Refusal {
        let system = self.system.to_owned();
        match failure {
            Failure::NotSent(why) | Failure::Cut(why) => Refusal::Unreachable { system, why },
            Failure::Odd(why) => Refusal::Rejected { system, why },
            Failure::Status { status: 401, .. } => Refusal::Unauthorised { system },
            Failure::Status { status: 403, said, .. } => {
                Refusal::Forbidden { permission: format!("{system} {}: {said}", url.path()) }
            }
            Failure::Status { status: 404, .. } => {
                Refusal::Gone { what: format!("{} in {system}", url.path()) }
            }
            Failure::Status { status: 429, wait, .. } => {
                let wait =
                    wait.map(|wait| format!("; it says to wait: {wait}")).unwrap_or_default();
                Refusal::Rejected { system, why: format!("it is asked too often (429){wait}") }
            }
            Failure::Status { status: 500.., said, .. } => {
                Refusal::Unreachable { system, why: said }
            }
            Failure::Status { said, .. } => Refusal::Rejected { system, why: said },
        }
    }
}

impl Failure {
    /// Whether it may be gone at the next try. A limit says when to come back, and that is
    /// not in a moment.
    const fn is_passing(&self) -> bool {
        match self {
            Self::NotSent(_) | Self::Cut(_) => true,
            Self::Status { status, .. } => *status >= 500,
            Self::Odd(_) => false,
        }
    }
}
