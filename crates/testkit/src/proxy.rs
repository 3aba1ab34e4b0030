//! A proxy in front of the API server that fails on request.
//!
//! The worst fault is [`Fault::LoseReply`]: the request was carried out and nobody was
//! told. The client speaks plain HTTP to the proxy and brings its own token.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use hyper::{Method, Request, Response, StatusCode};
use kube::config::Kubeconfig;
use serde_json::json;

use crate::error::BedError;
use crate::serve::{Cut, Server, forward, relay, serve};

/// What goes wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The API server carries it out; the connection is cut before the answer.
    LoseReply,
    /// It arrives this much later.
    Delay(Duration),
    /// It never arrives; the answer has this status and perhaps a `Retry-After`.
    Answer {
        /// The HTTP status.
        status: u16,
        /// Seconds to wait, for the header of that name.
        retry_after: Option<u32>,
    },
    /// It never arrives; the connection is cut.
    Refuse,
}

/// Which requests a fault is for, and how many of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Any method when `None`.
    pub method: Option<Method>,
    /// Text that the path with its query must contain; the empty text is in every path.
    pub path: String,
    /// What happens to them.
    pub fault: Fault,
    /// How many requests; every one when `None`.
    pub times: Option<u32>,
}

impl Rule {
    /// The next request that has this method and contains this text in its path.
    pub fn next(method: Method, path: &str, fault: Fault) -> Self {
        Self { method: Some(method), path: path.to_owned(), fault, times: Some(1) }
    }

    /// Every request until [`FaultProxy::clear`].
    pub fn every(fault: Fault) -> Self {
        Self { method: None, path: String::new(), fault, times: None }
    }

    fn is_for(&self, method: &Method, path: &str) -> bool {
        self.method.as_ref().is_none_or(|wanted| wanted == method) && path.contains(&self.path)
    }
}

/// A request that came by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Its method.
    pub method: Method,
    /// Its path with its query.
    pub path: String,
    /// What went wrong with it, if anything.
    pub fault: Option<Fault>,
    /// The API server's answer, when it was asked and has answered.
    pub status: Option<u16>,
}

#[derive(Debug, Default)]
struct State {
    rules: Vec<Rule>,
    seen: Vec<Seen>,
}

/// A running proxy; it ends with this value.
#[derive(Debug)]
pub struct FaultProxy {
    server: Server,
    state: Arc<Mutex<State>>,
    kubeconfig: PathBuf,
}

impl FaultProxy {
    /// Starts a proxy in front of the server that `kubeconfig` names, and writes a
    /// kubeconfig for the same user through the proxy into `dir`.
    pub async fn start(kubeconfig: &Path, dir: &Path) -> Result<Self, BedError> {
        let wrong =
            |source| BedError::Kubeconfig { path: kubeconfig.to_owned(), source: Box::new(source) };
        let mut config = Kubeconfig::read_from(kubeconfig).map_err(wrong)?;
        let authorization = authorization(&config);
        let cluster = config.clusters.iter_mut().find_map(|named| named.cluster.as_mut());
        let upstream = cluster.as_ref().and_then(|cluster| cluster.server.clone());
        let (Some(cluster), Some(upstream)) = (cluster, upstream) else {
            return Err(wrong(kube::config::KubeconfigError::MissingClusterUrl));
        };
        let http = reqwest::Client::builder()
            // Loopback, and a certificate that the server made for itself.
            .tls_danger_accept_invalid_certs(true)
            .no_proxy()
            .build()
            .map_err(BedError::HttpClient)?;
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        let upstream: Arc<str> = upstream.trim_end_matches('/').into();
        let server = serve(0, move |mut request| {
            if let Some(value) = &authorization {
                request.headers_mut().entry(AUTHORIZATION).or_insert_with(|| value.clone());
            }
            pass(http.clone(), Arc::clone(&upstream), Arc::clone(&shared), request)
        })
        .await?;
        cluster.server = Some(format!("http://127.0.0.1:{}", server.port));
        let path = dir.join("kubeconfig-through-proxy");
        // JSON is YAML.
        let text = serde_json::to_string_pretty(&config).map_err(std::io::Error::from);
        text.and_then(|text| std::fs::write(&path, text)).map_err(BedError::file(&path))?;
        Ok(Self { server, state, kubeconfig: path })
    }

    /// Adds a rule. The first rule that is for a request decides.
    pub fn inject(&self, rule: Rule) {
        self.lock().rules.push(rule);
    }

    /// Forgets all rules: requests pass through.
    pub fn clear(&self) {
        self.lock().rules.clear();
    }

    /// Every request so far, in the order they came.
    pub fn seen(&self) -> Vec<Seen> {
        self.lock().seen.clone()
    }

    /// The kubeconfig that leads through the proxy.
    pub fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.server.port)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The `Authorization` of the kubeconfig's user: kubectl sends none over plain HTTP.
fn authorization(config: &Kubeconfig) -> Option<HeaderValue> {
    let users = serde_json::to_value(&config.auth_infos).ok()?;
    let token = users.pointer("/0/user/token")?.as_str()?;
    let mut value = HeaderValue::from_str(&format!("Bearer {token}")).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Decides what happens to a request, and spends the rule.
fn decide(state: &mut State, method: &Method, path: &str) -> Option<Fault> {
    let index = state.rules.iter().position(|rule| rule.is_for(method, path))?;
    let rule = state.rules.get_mut(index)?;
    let fault = rule.fault.clone();
    if let Some(times) = &mut rule.times {
        *times = times.saturating_sub(1);
        if *times == 0 {
            state.rules.remove(index);
        }
    }
    Some(fault)
}

async fn pass(
    http: reqwest::Client,
    upstream: Arc<str>,
    state: Arc<Mutex<State>>,
    request: Request<Incoming>,
) -> Result<Response<Body>, Cut> {
    let lock = || state.lock().unwrap_or_else(PoisonError::into_inner);
    let method = request.method().clone();
    let path = request.uri().to_string();
    let (fault, index) = {
        let mut state = lock();
        let fault = decide(&mut state, &method, &path);
        state.seen.push(Seen { method, path, fault: fault.clone(), status: None });
        (fault, state.seen.len() - 1)
    };
    match &fault {
        Some(Fault::Refuse) => return Err(Cut),
        Some(Fault::Answer { status, retry_after }) => return Ok(answer(*status, *retry_after)),
        Some(Fault::Delay(delay)) => tokio::time::sleep(*delay).await,
        Some(Fault::LoseReply) | None => {}
    }
    let reply = match forward(&http, &upstream, request).await {
        Ok(reply) => reply,
        Err(error) => {
            tracing::debug!(%error, "the API server did not answer");
            return Err(Cut);
        }
    };
    if let Some(seen) = lock().seen.get_mut(index) {
        seen.status = Some(reply.status().as_u16());
    }
    if fault == Some(Fault::LoseReply) {
        return Err(Cut);
    }
    Ok(relay(reply))
}

/// An answer as the API server would give it.
fn answer(status: u16, retry_after: Option<u32>) -> Response<Body> {
    let body = json!({
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": "refused by the bed's proxy",
        "code": status,
    });
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Some(seconds) = retry_after {
        headers.insert(RETRY_AFTER, seconds.into());
    }
    response
}

#[cfg(test)]
mod tests;
