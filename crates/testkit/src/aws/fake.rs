//! A service that answers from memory, and fails on request.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use futures::StreamExt as _;
use hyper::body::Incoming;
use hyper::{Request, Response, StatusCode};

use super::sts;
use crate::crash::Bell;
use crate::error::BedError;
use crate::serve::{Cut, Server, serve};

/// The largest request that a fake reads.
const BODY_AT_MOST: usize = 1 << 20;

/// A request, taken apart.
#[derive(Clone, Debug)]
pub struct Asked {
    /// `GET`, `POST`, `PUT`.
    pub method: String,
    /// The path, percent-decoded.
    pub path: String,
    /// What stands behind the question mark, percent-decoded. Of a name that comes several
    /// times, the last one; see [`Asked::all`].
    pub query: BTreeMap<String, String>,
    /// The same, with everything that it says.
    pairs: Vec<(String, String)>,
    /// `X-Amz-Target`, which names the action in the JSON protocol.
    pub target: Option<String>,
    /// The body, as it came.
    pub body: Vec<u8>,
}

impl Asked {
    /// Every value that the query gives to `name`.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs.iter().filter(move |(one, _)| one == name).map(|(_, value)| value.as_str())
    }

    /// All that stands behind the question mark, in order.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The body as JSON; null when it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// What a service says.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The name of the exception, for an error.
    pub error: Option<String>,
    /// The body.
    pub body: String,
    /// Its type.
    pub kind: &'static str,
}

impl Answer {
    /// A reply in JSON.
    pub fn ok(body: &serde_json::Value) -> Self {
        Self { status: 200, error: None, body: body.to_string(), kind: "application/json" }
    }

    /// An exception as both protocols carry it.
    pub fn no(status: u16, error: &str, message: &str) -> Self {
        let body = serde_json::json!({ "__type": error, "message": message, "Message": message });
        Self {
            status,
            error: Some(error.to_owned()),
            body: body.to_string(),
            kind: "application/json",
        }
    }
}

/// What a service does with a request.
pub trait Api: Send + 'static {
    /// The action that a request asks for: `UpdateAlias`.
    fn action(&self, asked: &Asked) -> String;

    /// Whether a request is one that asks for a change and names none, to find out whether it
    /// would be allowed.
    fn is_rehearsal(&self, _action: &str, _asked: &Asked) -> bool {
        false
    }

    /// Carries it out.
    fn answer(&mut self, action: &str, asked: &Asked) -> Answer;
}

/// What goes wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is not carried out; the service says this instead.
    Says {
        /// The HTTP status.
        status: u16,
        /// The exception; a page of a proxy when `None`.
        error: Option<&'static str>,
    },
    /// It is not carried out; the connection is cut.
    Cut,
    /// It is carried out; the connection is cut before the answer.
    LoseReply,
    /// It is not carried out, and nothing comes back.
    Silence,
    /// It is carried out, and nothing comes back.
    Hang,
    /// It is carried out; half of the answer comes back.
    Truncated,
    /// It is not carried out; a page in HTML comes back as success.
    WrongType,
    /// It is carried out; the answer comes a byte at a time and does not end.
    Trickle,
}

#[derive(Debug)]
struct Rule {
    action: String,
    fault: Fault,
    times: Option<u32>,
    bell: Option<Bell>,
}

#[derive(Debug, Default)]
struct Log {
    rules: Vec<Rule>,
    calls: Vec<String>,
}

/// A running fake; it ends with this value.
#[derive(Debug)]
pub struct Fake<A> {
    server: Server,
    pub(super) api: Arc<Mutex<A>>,
    log: Arc<Mutex<Log>>,
}

impl<A: Api> Fake<A> {
    /// Starts on a free port of loopback.
    pub async fn start(api: A) -> Result<Self, BedError> {
        let (api, log) = (Arc::new(Mutex::new(api)), Arc::new(Mutex::new(Log::default())));
        let (of_server, logs) = (Arc::clone(&api), Arc::clone(&log));
        let server = serve(0, move |request| {
            let (api, log) = (Arc::clone(&of_server), Arc::clone(&logs));
            async move { pass(&api, &log, request).await }
        })
        .await?;
        Ok(Self { server, api, log })
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.server.port)
    }

    /// Arranges it from outside, as a pipeline or a colleague would.
    pub fn with<R>(&self, change: impl FnOnce(&mut A) -> R) -> R {
        change(&mut held(&self.api))
    }

    /// Lets the next `times` requests for `action` go wrong; all of them when `None`.
    pub fn inject(&self, action: &str, fault: Fault, times: Option<u32>) {
        held(&self.log).rules.push(Rule { action: action.to_owned(), fault, times, bell: None });
    }

    /// Lets the next request for `action` that is no rehearsal get no answer, as with [`Fault::Silence`] and
    /// [`Fault::Hang`], and rings once that much of it has happened. Called again, it is for
    /// the request after that one.
    pub fn ring(&self, action: &str, fault: Fault) -> Bell {
        let (action, bell) = (action.to_owned(), Bell::default());
        let rule = Rule { action, fault, times: Some(1), bell: Some(bell.clone()) };
        held(&self.log).rules.push(rule);
        bell
    }

    /// Ends every fault.
    pub fn clear(&self) {
        held(&self.log).rules.clear();
    }

    /// The actions that were asked for so far, in order.
    pub fn calls(&self) -> Vec<String> {
        held(&self.log).calls.clone()
    }
}

pub(super) fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn pass<A: Api>(
    api: &Mutex<A>,
    log: &Mutex<Log>,
    request: Request<Incoming>,
) -> Result<Response<Body>, Cut> {
    let asked = taken_apart(request).await?;
    let action = sts::action(&asked).unwrap_or_else(|| held(api).action(&asked));
    let is_rehearsal = held(api).is_rehearsal(&action, &asked);
    let (fault, bell) = next_fault(&mut held(log), &action, is_rehearsal).unzip();
    let bell = bell.flatten();
    let ring = || bell.iter().for_each(Bell::ring);
    let carry_out = || match sts::answer(&action) {
        Some(answer) => answer,
        None => held(api).answer(&action, &asked),
    };
    match fault {
        None => Ok(whole(carry_out())),
        Some(Fault::Says { status, error: Some(error) }) => {
            Ok(whole(Answer::no(status, error, "arranged by a test")))
        }
        Some(Fault::Says { status, error: None }) => Ok(page(status)),
        Some(Fault::Cut) => Err(Cut),
        Some(Fault::LoseReply) => {
            carry_out();
            Err(Cut)
        }
        Some(Fault::Silence) => {
            ring();
            std::future::pending().await
        }
        Some(Fault::Hang) => {
            carry_out();
            ring();
            std::future::pending().await
        }
        Some(Fault::Truncated) => {
            let body = carry_out().body;
            let half = Bytes::copy_from_slice(&body.as_bytes()[..body.len() / 2]);
            let cut = futures::stream::iter([Ok(half), Err(std::io::Error::other("cut"))]);
            Ok(headed("application/json", Some(body.len()), Body::from_stream(cut)))
        }
        Some(Fault::WrongType) => Ok(page(200)),
        Some(Fault::Trickle) => {
            carry_out();
            let drops = futures::stream::repeat(b' ').then(|byte| async move {
                tokio::time::sleep(Duration::from_millis(20)).await;
                Ok::<_, std::io::Error>(Bytes::copy_from_slice(&[byte]))
            });
            Ok(headed("application/json", None, Body::from_stream(drops)))
        }
    }
}

/// Notes a request, and what goes wrong with it.
fn next_fault(log: &mut Log, action: &str, is_rehearsal: bool) -> Option<(Fault, Option<Bell>)> {
    log.calls.push(action.to_owned());
    let is_for = |rule: &Rule| rule.action == action && !(is_rehearsal && rule.bell.is_some());
    let at = log.rules.iter().position(is_for)?;
    let rule = log.rules.get_mut(at)?;
    let found = (rule.fault.clone(), rule.bell.clone());
    if let Some(times) = &mut rule.times {
        *times -= 1;
        if *times == 0 {
            log.rules.remove(at);
        }
    }
    Some(found)
}

async fn taken_apart(request: Request<Incoming>) -> Result<Asked, Cut> {
    let (parts, body) = request.into_parts();
    let header = parts.headers.get("x-amz-target").and_then(|value| value.to_str().ok());
    let target = header.map(str::to_owned);
    let query = parts.uri.query().unwrap_or_default();
    let pairs: Vec<(String, String)> = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect();
    Ok(Asked {
        method: parts.method.to_string(),
        path: decoded(parts.uri.path()),
        query: pairs.iter().cloned().collect(),
        pairs,
        target,
        body: to_bytes(Body::new(body), BODY_AT_MOST).await.map_err(|_| Cut)?.to_vec(),
    })
}

fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = text.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (bytes[at], hex) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 3;
            }
            (byte, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn whole(answer: Answer) -> Response<Body> {
    let mut response = headed(answer.kind, None, Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    if let Some(value) = answer.error.and_then(|error| error.parse().ok()) {
        response.headers_mut().insert("x-amzn-errortype", value);
    }
    response
}

/// What a proxy or a captive portal sends.
fn page(status: u16) -> Response<Body> {
    let mut response = headed("text/html", None, Body::from("<html>not what you want</html>"));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    response
}

fn headed(kind: &'static str, length: Option<usize>, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert("content-type", hyper::header::HeaderValue::from_static(kind));
    if let Some(length) = length {
        headers.insert("content-length", length.into());
    }
    response
}
