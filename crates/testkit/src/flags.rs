//! Imitations of two flag systems, each with one flag, `new-cart`, in the environment
//! `production`.
//!
//! Unleash: the flags of a project, the switch of an environment and the event log, as its
//! Admin API was read off 7.5. `LaunchDarkly`: flags with `environments.KEY.on`, the semantic
//! patches `turnFlagOn` and `turnFlagOff`, and the audit log, as its REST API documents them.
//! Neither imitates change requests, approvals, roles or limits.

use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, to_bytes};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Request, Response, StatusCode};
use serde_json::{Value, json};

use crate::clock;
use crate::error::BedError;
use crate::serve::{Cut, Server, serve};

const BODY_AT_MOST: usize = 1 << 20;

/// Which system is imitated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Imitated {
    /// The project is `default`.
    Unleash,
    /// The project is `shop`.
    LaunchDarkly,
}

#[derive(Debug)]
struct State {
    on: bool,
    /// Newest first.
    log: Vec<Value>,
}

/// A running imitation; it ends with this value.
#[derive(Debug)]
pub struct FlagSystem {
    server: Server,
    state: Arc<Mutex<State>>,
}

impl FlagSystem {
    /// Starts one whose flag is on.
    pub async fn start(which: Imitated) -> Result<Self, BedError> {
        let state = Arc::new(Mutex::new(State { on: true, log: Vec::new() }));
        let shared = Arc::clone(&state);
        let server = serve(0, move |request| answer(which, Arc::clone(&shared), request)).await?;
        Ok(Self { server, state })
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.server.port)
    }

    /// Whether the flag is on, and how often it was switched.
    pub fn flag(&self) -> (bool, usize) {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        (state.on, state.log.len())
    }
}

async fn answer(
    which: Imitated,
    state: Arc<Mutex<State>>,
    request: Request<Incoming>,
) -> Result<Response<Body>, Cut> {
    let (method, path) = (request.method().to_string(), request.uri().path().to_owned());
    let body = to_bytes(Body::new(request.into_body()), BODY_AT_MOST).await.map_err(|_| Cut)?;
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
    let said = match which {
        Imitated::Unleash => unleash(&mut state, &method, &path),
        Imitated::LaunchDarkly => launchdarkly(&mut state, &method, &path, &body),
    };
    let mut response = Response::new(match &said {
        Some(Value::Null) => Body::empty(),
        Some(said) => Body::from(said.to_string()),
        None => Body::from(r#"{"message":"there is no such thing"}"#),
    });
    if said.is_none() {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

fn unleash(state: &mut State, method: &str, path: &str) -> Option<Value> {
    let features = "/api/admin/projects/default/features";
    let flag = |on: bool| {
        json!({ "name": "new-cart", "description": "the new cart", "project": "default",
                "environments": [{ "name": "production", "enabled": on }] })
    };
    match (method, path.strip_prefix(features)) {
        ("GET", Some("")) => Some(json!({ "features": [flag(state.on)] })),
        ("GET", Some("/new-cart")) => Some(flag(state.on)),
        ("POST", Some(rest)) => {
            let to = rest.strip_prefix("/new-cart/environments/production/")?;
            state.on = to == "on";
            let kind = if state.on { "enabled" } else { "disabled" };
            let event = json!({
                "id": state.log.len() + 1, "type": format!("feature-environment-{kind}"),
                "createdBy": "mara", "createdAt": clock::now().to_string(),
                "featureName": "new-cart", "environment": "production",
            });
            state.log.insert(0, event);
            // It answers a switch with nothing.
            Some(Value::Null)
        }
        ("GET", None) if path == "/api/admin/search/events" => {
            Some(json!({ "events": state.log, "total": state.log.len() }))
        }
        _ => None,
    }
}

fn launchdarkly(state: &mut State, method: &str, path: &str, body: &Value) -> Option<Value> {
    let flag = |on: bool| {
        json!({ "key": "new-cart", "description": "the new cart",
                "environments": { "production": { "on": on } } })
    };
    match (method, path) {
        ("GET", "/api/v2/flags/shop") => Some(json!({ "items": [flag(state.on)] })),
        ("GET", "/api/v2/flags/shop/new-cart") => Some(flag(state.on)),
        ("GET", "/api/v2/auditlog") => Some(json!({ "items": state.log })),
        ("PATCH", "/api/v2/flags/shop/new-cart") => {
            state.on = body["instructions"][0]["kind"] == "turnFlagOn";
            let verb = if state.on { "turned on the flag" } else { "turned off the flag" };
            let entry = json!({
                "_id": format!("entry-{}", state.log.len() + 1),
                "date": clock::now().as_millisecond(),
                "accesses": [{ "action": "updateOn",
                               "resource": "proj/shop:env/production:flag/new-cart" }],
                "titleVerb": verb,
                "member": { "email": "mara@acme.dev" },
            });
            state.log.insert(0, entry);
            Some(flag(state.on))
        }
        _ => None,
    }
}
