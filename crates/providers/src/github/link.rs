//! One credential's way to GitHub: limits, timeouts, retries of questions, and the store of
//! what was answered before.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use backon::{BackoffBuilder as _, ExponentialBuilder};
use http_body_util::BodyExt as _;
use jiff::{SignedDuration, Timestamp};
use lastgood_core::problem::chain;
use lastgood_core::secret::redact;
use octocrab::{OctoBody, Octocrab};
use serde_json::Value;
use tokio::sync::Semaphore;

use super::error::Failure;
use super::governor::{Governor, Left, Purpose};
use super::reply;
use super::request::{Method, Request};
use crate::clock;

/// Requests in flight at once. GitHub allows 100 to one person and all their tools; eight
/// are enough to read a hundred services in a second.
const AT_ONCE: usize = 8;
/// A question, from its first byte to the last of its last attempt.
const QUESTION: Duration = Duration::from_secs(10);
/// A change is waited for longer: to look it up is dearer than to wait.
const CHANGE: Duration = Duration::from_secs(30);
/// Times a question is asked again.
const AGAIN: usize = 3;
/// A limit that ends within this is waited for; a longer one is told to the person, who may
/// have another token.
const PATIENCE: SignedDuration = SignedDuration::from_secs(8);
/// A batch over 25 repositories with 30 deployments each is some 500 KB.
const BODY_AT_MOST: usize = 8 * 1024 * 1024;
/// Answers that are kept for being asked for again.
const KEPT: usize = 1024;

/// What time it is, and waiting; a test's waits are only written down.
#[async_trait]
pub(super) trait Pace: Send + Sync {
    fn now(&self) -> Timestamp;
    async fn wait(&self, length: Duration);
}

struct Wall;

#[async_trait]
impl Pace for Wall {
    fn now(&self) -> Timestamp {
        clock::wall()
    }

    async fn wait(&self, length: Duration) {
        tokio::time::sleep(length).await;
    }
}

/// A usable answer.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Null where there is no body.
    pub(super) body: Value,
    /// Whether GitHub said that nothing has changed since it was last asked.
    pub(super) unchanged: bool,
    pub(super) beside: Beside,
}

/// What the headers say of GitHub and of the credential.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Beside {
    /// How far its clock is ahead of ours.
    pub(super) ahead: Option<SignedDuration>,
    /// The scopes of a classic token; a fine-grained one tells none.
    pub(super) scopes: Option<String>,
    /// When the token ends, in GitHub's own form.
    pub(super) expires: Option<String>,
    /// The version of a server of one's own.
    pub(super) server: Option<String>,
}

/// What was answered, by path.
type Kept = BTreeMap<String, (String, Value)>;

/// One credential's way to GitHub.
#[derive(Clone)]
pub(super) struct Link {
    client: Octocrab,
    graphql: Octocrab,
    at_once: Arc<Semaphore>,
    governor: Arc<Mutex<Governor>>,
    kept: Arc<Mutex<Kept>>,
    pace: Arc<dyn Pace>,
    /// How long a question and a change are waited for.
    limits: (Duration, Duration),
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link").finish_non_exhaustive()
    }
}

impl Link {
    /// `graphql` is the same credential where GraphQL has another base address.
    pub(super) fn new(client: Octocrab, graphql: Octocrab) -> Self {
        Self {
            client,
            graphql,
            at_once: Arc::new(Semaphore::new(AT_ONCE)),
            governor: Arc::default(),
            kept: Arc::default(),
            pace: Arc::new(Wall),
            limits: (QUESTION, CHANGE),
        }
    }

    #[cfg(test)]
    pub(super) fn paced(mut self, pace: Arc<dyn Pace>, limit: Duration) -> Self {
        self.pace = pace;
        self.limits = (limit, limit);
        self
    }

    pub(super) fn now(&self) -> Timestamp {
        self.pace.now()
    }

    pub(super) async fn wait(&self, length: Duration) {
        self.pace.wait(length).await;
    }

    /// How many requests are left, as last heard.
    pub(super) fn left(&self) -> Vec<Left> {
        held(&self.governor).left(self.pace.now())
    }

    /// Asks, again when that may help. Changes nothing.
    pub(super) async fn ask(&self, request: &Request, purpose: Purpose) -> Result<Answer, Failure> {
        debug_assert!(request.method.is_question(), "a change is never repeated");
        let all = async {
            let mut pauses = ExponentialBuilder::default()
                .with_min_delay(Duration::from_millis(250))
                .with_max_delay(Duration::from_secs(8))
                .with_max_times(AGAIN)
                .with_jitter()
                .build();
            loop {
                let failure = match self.once(request, purpose).await {
                    Ok(answer) => return Ok(answer),
                    Err(failure) => failure,
                };
                if let Failure::Limited { until, .. } = &failure {
                    let wait = until.duration_since(self.pace.now());
                    if wait > PATIENCE || pauses.next().is_none() {
                        return Err(failure);
                    }
                    self.pace.wait(wait.try_into().unwrap_or_default()).await;
                    continue;
                }
                let Some(pause) = pauses.next().filter(|_| failure.may_pass()) else {
                    return Err(failure);
                };
                self.pace.wait(pause).await;
            }
        };
        tokio::time::timeout(self.limits.0, all).await.unwrap_or_else(|_| Err(late(self.limits.0)))
    }

    /// Makes a change: sends it once, and never again. A limit that is known and short is
    /// waited for before anything is sent.
    pub(super) async fn change(&self, request: &Request) -> Result<Answer, Failure> {
        let now = self.pace.now();
        let admitted = held(&self.governor).admit(request.resource, Purpose::Rescue, now);
        if let Err(Failure::Limited { until, why }) = admitted {
            let wait = until.duration_since(now);
            if wait > PATIENCE {
                return Err(Failure::Limited { until, why });
            }
            self.pace.wait(wait.try_into().unwrap_or_default()).await;
        }
        tokio::time::timeout(self.limits.1, self.once(request, Purpose::Rescue))
            .await
            .unwrap_or_else(|_| Err(late(self.limits.1)))
    }

    /// One exchange.
    async fn once(&self, request: &Request, purpose: Purpose) -> Result<Answer, Failure> {
        let permit = self.at_once.acquire().await;
        held(&self.governor).admit(request.resource, purpose, self.pace.now())?;
        let kept = self.kept(request);
        let response = self.send(request, kept.as_ref().map(|(tag, _)| tag.as_str())).await?;
        let status = response.status().as_u16();
        let told = reply::told(response.headers());
        let tag = reply::header(response.headers(), "etag");
        let permission = reply::header(response.headers(), "x-accepted-github-permissions");
        let location = reply::header(response.headers(), "location");
        let beside = reply::beside(response.headers(), self.pace.now());
        let kind = reply::header(response.headers(), "content-type").unwrap_or_default();
        let body = read(response).await;
        drop(permit);
        let text = body.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
        let message = reply::message(&text);
        if let Some(limit) = held(&self.governor).heard(status, &told, &message, self.pace.now()) {
            return Err(limit);
        }
        if status == 304 {
            let Some((_, body)) = kept else {
                let why = "304 to a question that was not conditional".to_owned();
                return Err(Failure::Foreign { why });
            };
            return Ok(Answer { status, body, unchanged: true, beside });
        }
        if !(200..300).contains(&status) {
            return Err(reply::failure(status, message, permission, location, request));
        }
        let body = body?;
        let body = if body.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&body).map_err(|_| Failure::Foreign {
                why: format!("{status} with `{kind}` that is no JSON"),
            })?
        };
        if let (Method::Get, Some(tag)) = (request.method, tag) {
            let mut kept = held(&self.kept);
            if kept.len() >= KEPT {
                kept.clear();
            }
            kept.insert(request.path.clone(), (tag, body.clone()));
        }
        Ok(Answer { status, body, unchanged: false, beside })
    }

    fn kept(&self, request: &Request) -> Option<(String, Value)> {
        match request.method {
            Method::Get => held(&self.kept).get(&request.path).cloned(),
            Method::Post | Method::Patch | Method::Query => None,
        }
    }

    async fn send(
        &self,
        request: &Request,
        tag: Option<&str>,
    ) -> Result<
        http::Response<http_body_util::combinators::BoxBody<bytes::Bytes, octocrab::Error>>,
        Failure,
    > {
        let mut builder = http::Request::builder()
            .method(request.method.as_str())
            .uri(request.path.as_str())
            .header("accept", "application/vnd.github+json");
        if let Some(tag) = tag {
            builder = builder.header("if-none-match", tag);
        }
        let odd = |_| Failure::Foreign { why: format!("{} is no address", request.path) };
        let built: http::Request<OctoBody> =
            self.client.build_request(builder, request.body.as_ref()).map_err(odd)?;
        let client = match request.method {
            Method::Query => &self.graphql,
            Method::Get | Method::Post | Method::Patch => &self.client,
        };
        client.execute(built).await.map_err(|error| unanswered(&error))
    }
}

/// Nobody panics while holding one of these; and were it so, the value is still whole.
fn held<T>(lock: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

fn late(limit: Duration) -> Failure {
    Failure::Broken { why: format!("no complete answer within {} s", limit.as_secs_f64()) }
}

/// The whole body, or why it did not come.
async fn read(
    response: http::Response<http_body_util::combinators::BoxBody<bytes::Bytes, octocrab::Error>>,
) -> Result<Vec<u8>, Failure> {
    let mut body = response.into_body();
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| Failure::Broken {
            why: format!("the answer broke off: {}", words(&error)),
        })?;
        let Ok(data) = frame.into_data() else { continue };
        if bytes.len() + data.len() > BODY_AT_MOST {
            let why = format!("an answer of more than {BODY_AT_MOST} bytes");
            return Err(Failure::Foreign { why });
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}

/// Whether anything was sent decides what it means.
fn unanswered(error: &octocrab::Error) -> Failure {
    let why = words(error);
    if let octocrab::Error::GitHub { source, .. } = error {
        // Only the exchange of an app's key for a token is read by the client itself.
        let why = format!("as an app: {}", source.message);
        return match source.status_code.as_u16() {
            401 | 403 | 404 => Failure::Unauthorised { why },
            code => Failure::Rejected { code, why },
        };
    }
    let mut cause = error.source();
    while let Some(at) = cause {
        if let Some(client) = at.downcast_ref::<hyper_util::client::legacy::Error>()
            && client.is_connect()
        {
            return Failure::Unreached { why };
        }
        cause = at.source();
    }
    Failure::Broken { why }
}

/// An error with its causes in one line, without credentials.
fn words(error: &octocrab::Error) -> String {
    let causes: Vec<String> = chain(error).into_iter().map(|cause| first_line(&cause)).collect();
    redact(&causes.join(": "), &[])
}

/// The client adds stack traces to its sentences.
fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().trim().to_owned()
}
