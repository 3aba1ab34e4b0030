//! A relay in front of any HTTP server that goes wrong on request: in every way that a
//! network, a proxy or an overloaded server does.
//!
//! The worst of them is [`Fault::LoseReply`]: it was carried out, and nobody was told.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::{Body, Bytes};
use futures::StreamExt as _;
use hyper::body::Incoming;
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use hyper::{Request, Response, StatusCode};
use serde_json::json;

use crate::error::BedError;
use crate::serve::{Cut, Server, forward, relay, serve};

/// Between two bytes of a trickle.
const DROP: Duration = Duration::from_millis(20);

/// What goes wrong with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It does not arrive; the answer has this status, and perhaps a `Retry-After` in seconds.
    Says(u16, Option<u32>),
    /// It does not arrive, and nothing comes back.
    Silence,
    /// It does not arrive; the connection is cut.
    Cut,
    /// It does not arrive; a web page comes back as a success, as a login does.
    WrongType,
    /// It is carried out; the connection is cut before the answer.
    LoseReply,
    /// It is carried out; half of the answer comes back.
    Truncated,
    /// It is carried out; the answer comes a byte at a time and does not end.
    Trickle,
}

impl Fault {
    /// Whether the server carries the request out all the same.
    pub const fn lands(self) -> bool {
        match self {
            Self::Says(..) | Self::Silence | Self::Cut | Self::WrongType => false,
            Self::LoseReply | Self::Truncated | Self::Trickle => true,
        }
    }
}

/// A request that came by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// `GET`, `POST`, …
    pub method: String,
    /// With its query.
    pub path: String,
    /// `X-Amz-Target`, by which the JSON protocol of AWS names what is asked for.
    pub target: Option<String>,
    /// The server's own status, when it was asked and has answered.
    pub status: Option<u16>,
}

type Is = Arc<dyn Fn(&Asked) -> bool + Send + Sync>;

#[derive(Default)]
struct State {
    fault: Option<(Is, Fault)>,
    seen: Vec<Asked>,
}

/// A running relay; it ends with this value.
pub struct Relay {
    server: Option<Server>,
    port: u16,
    state: Arc<Mutex<State>>,
}

impl fmt::Debug for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Relay").field("port", &self.port).finish_non_exhaustive()
    }
}

impl Relay {
    /// Starts one in front of `upstream`, `http://HOST:PORT`.
    pub async fn start(upstream: &str) -> Result<Self, BedError> {
        let http = reqwest::Client::builder().no_proxy().build().map_err(BedError::HttpClient)?;
        let state = Arc::new(Mutex::new(State::default()));
        let (upstream, shared): (Arc<str>, _) =
            (upstream.trim_end_matches('/').into(), Arc::clone(&state));
        let server = serve(0, move |request| {
            pass(http.clone(), Arc::clone(&upstream), Arc::clone(&shared), request)
        })
        .await?;
        Ok(Self { port: server.port, server: Some(server), state })
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Lets every request that `is` meant go wrong, until [`Relay::clear`].
    pub fn inject(&self, is: impl Fn(&Asked) -> bool + Send + Sync + 'static, fault: Fault) {
        held(&self.state).fault = Some((Arc::new(is), fault));
    }

    /// Requests pass through again.
    pub fn clear(&self) {
        held(&self.state).fault = None;
    }

    /// Every request so far, in the order they came.
    pub fn seen(&self) -> Vec<Asked> {
        held(&self.state).seen.clone()
    }

    /// Ends it: from now on nobody listens there.
    pub fn shut(&mut self) {
        self.server = None;
    }
}

fn held(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn pass(
    http: reqwest::Client,
    upstream: Arc<str>,
    state: Arc<Mutex<State>>,
    request: Request<Incoming>,
) -> Result<Response<Body>, Cut> {
    let target = request.headers().get("x-amz-target").and_then(|value| value.to_str().ok());
    let asked = Asked {
        method: request.method().to_string(),
        path: request.uri().to_string(),
        target: target.map(str::to_owned),
        status: None,
    };
    let (fault, index) = {
        let mut state = held(&state);
        let fault = state.fault.as_ref().filter(|(is, _)| is(&asked)).map(|(_, fault)| *fault);
        state.seen.push(asked);
        (fault, state.seen.len() - 1)
    };
    match fault {
        Some(Fault::Says(status, wait)) => return Ok(says(status, wait)),
        Some(Fault::Silence) => return std::future::pending().await,
        Some(Fault::Cut) => return Err(Cut),
        Some(Fault::WrongType) => return Ok(page()),
        Some(Fault::LoseReply | Fault::Truncated | Fault::Trickle) | None => {}
    }
    let reply = forward(&http, &upstream, request).await.map_err(|_| Cut)?;
    if let Some(seen) = held(&state).seen.get_mut(index) {
        seen.status = Some(reply.status().as_u16());
    }
    match fault {
        Some(Fault::LoseReply) => Err(Cut),
        Some(Fault::Truncated) => truncated(reply).await,
        Some(Fault::Trickle) => Ok(trickle(reply.status())),
        Some(Fault::Says(..) | Fault::Silence | Fault::Cut | Fault::WrongType) | None => {
            Ok(relay(reply))
        }
    }
}

/// What a server or something in front of it says. The words are in the fields where each of
/// the systems here looks for them.
fn says(status: u16, wait: Option<u32>) -> Response<Body> {
    let why = "arranged by a test";
    let body = json!({ "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": status,
                       "message": why, "error": why });
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(seconds) = wait {
        headers.insert(RETRY_AFTER, seconds.into());
    }
    response
}

fn page() -> Response<Body> {
    let mut response = Response::new(Body::from("<html><title>Sign in</title></html>"));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
    response
}

/// At least one byte is missing, also of an answer that has none.
async fn truncated(reply: reqwest::Response) -> Result<Response<Body>, Cut> {
    let (status, headers) = (reply.status(), reply.headers().clone());
    let whole = reply.bytes().await.map_err(|_| Cut)?;
    let half = whole.slice(..whole.len() / 2);
    let broken = futures::stream::iter([Ok(half), Err(std::io::Error::other("cut"))]);
    let mut response = Response::new(Body::from_stream(broken));
    *response.status_mut() = status;
    if let Some(kind) = headers.get(CONTENT_TYPE) {
        response.headers_mut().insert(CONTENT_TYPE, kind.clone());
    }
    response.headers_mut().insert(CONTENT_LENGTH, (whole.len() + 1).into());
    Ok(response)
}

fn trickle(status: StatusCode) -> Response<Body> {
    let drops = futures::stream::repeat(b' ').then(|byte| async move {
        tokio::time::sleep(DROP).await;
        Ok::<_, std::io::Error>(Bytes::copy_from_slice(&[byte]))
    });
    let mut response = Response::new(Body::from_stream(drops));
    *response.status_mut() = if status == StatusCode::NO_CONTENT { StatusCode::OK } else { status };
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
