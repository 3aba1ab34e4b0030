//! The fixture service: what a pod of the bed runs.
//!
//! It answers with the version it is told to be, fails as often as it is told, and
//! counts what it did, so that a release is good or bad by configuration alone.

mod metrics;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::json;
use tokio::time::Instant;

use metrics::Metrics;

/// Names the version that answered.
pub const VERSION_HEADER: HeaderName = HeaderName::from_static("x-version");

/// What `/healthz` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// 200 from the start.
    Ok,
    /// 503, whatever happens.
    Never,
    /// 503 at first, 200 once this much time has passed.
    After(Duration),
}

/// How an instance of the service behaves.
#[derive(Clone, Debug, PartialEq)]
pub struct Behaviour {
    /// What it says its version is.
    pub version: String,
    /// What `/healthz` says.
    pub health: Health,
    /// The share of requests to `/` that are answered with 500, from 0 to 1.
    pub error_rate: f64,
    /// How long an answer to `/` takes.
    pub latency: Duration,
}

impl Behaviour {
    /// A version that is healthy, quick and never wrong.
    pub fn good(version: &str) -> Self {
        Self {
            version: version.to_owned(),
            health: Health::Ok,
            error_rate: 0.0,
            latency: Duration::ZERO,
        }
    }

    /// The settings that make the fixture program behave like this.
    pub fn to_variables(&self) -> Vec<(&'static str, String)> {
        let health = match self.health {
            Health::Ok => "ok".to_owned(),
            Health::Never => "never".to_owned(),
            Health::After(delay) => format!("after:{}", delay.as_secs_f64()),
        };
        vec![
            ("VERSION", self.version.clone()),
            ("HEALTH", health),
            ("ERROR_RATE", self.error_rate.to_string()),
            ("LATENCY_MS", self.latency.as_millis().to_string()),
        ]
    }

    /// Reads settings; what is not set is that of a good version called `unknown`.
    pub fn from_variables(settings: &HashMap<String, String>) -> Result<Self, BadSetting> {
        let read = |name: &'static str| settings.get(name).map(String::as_str);
        let bad = |name, value: &str| BadSetting { name, value: value.to_owned() };
        let mut behaviour = Self::good(read("VERSION").unwrap_or("unknown"));
        if let Some(value) = read("HEALTH") {
            behaviour.health = parse_health(value).ok_or_else(|| bad("HEALTH", value))?;
        }
        if let Some(value) = read("ERROR_RATE") {
            let rate = value.parse().ok().filter(|rate| (0.0..=1.0).contains(rate));
            behaviour.error_rate = rate.ok_or_else(|| bad("ERROR_RATE", value))?;
        }
        if let Some(value) = read("LATENCY_MS") {
            let millis = value.parse().map_err(|_| bad("LATENCY_MS", value))?;
            behaviour.latency = Duration::from_millis(millis);
        }
        Ok(behaviour)
    }
}

fn parse_health(value: &str) -> Option<Health> {
    match value.split_once(':') {
        None if value == "ok" => Some(Health::Ok),
        None if value == "never" => Some(Health::Never),
        Some(("after", seconds)) => {
            Some(Health::After(Duration::try_from_secs_f64(seconds.parse().ok()?).ok()?))
        }
        _ => None,
    }
}

/// A setting of the fixture service that has no meaning.
#[derive(Debug, thiserror::Error)]
#[error("`{name}` cannot be `{value}`")]
pub struct BadSetting {
    /// The setting.
    pub name: &'static str,
    /// What it was.
    pub value: String,
}

/// The service as axum routes; `app` and `pod` become labels of its metrics.
pub fn router(app: &str, pod: &str, behaviour: Behaviour) -> Router {
    let instance = Instance {
        metrics: Mutex::new(Metrics::new(app, &behaviour.version, pod)),
        pod: pod.to_owned(),
        behaviour,
        due: Mutex::new(0.0),
        started: Instant::now(),
        mute: AtomicBool::new(false),
    };
    Router::new()
        .route("/", get(work))
        .route("/healthz", get(healthz))
        .route("/version", get(version))
        .route("/metrics", get(metrics_text))
        .route("/mute", get(mute))
        .with_state(Arc::new(instance))
}

struct Instance {
    behaviour: Behaviour,
    pod: String,
    metrics: Mutex<Metrics>,
    /// How much of the next error is due; it happens when this reaches one.
    due: Mutex<f64>,
    started: Instant,
    /// Whether its metrics cannot be read any more.
    mute: AtomicBool,
}

impl Instance {
    /// Spreads errors evenly: at a rate of 0.4 exactly two of every five requests fail.
    fn next_is_an_error(&self) -> bool {
        // Without the slack, ten times 0.1 is a little less than one.
        const SLACK: f64 = 1e-9;
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        *due += self.behaviour.error_rate;
        if *due < 1.0 - SLACK {
            return false;
        }
        *due -= 1.0;
        true
    }

    fn healthy(&self) -> bool {
        match self.behaviour.health {
            Health::Ok => true,
            Health::Never => false,
            Health::After(delay) => self.started.elapsed() >= delay,
        }
    }
}

async fn work(State(instance): State<Arc<Instance>>) -> Response {
    let began = Instant::now();
    let status = if instance.next_is_an_error() {
        StatusCode::INTERNAL_SERVER_ERROR
    } else {
        StatusCode::OK
    };
    if !instance.behaviour.latency.is_zero() {
        tokio::time::sleep(instance.behaviour.latency).await;
    }
    let version = &instance.behaviour.version;
    let mut metrics = instance.metrics.lock().unwrap_or_else(PoisonError::into_inner);
    metrics.record(status.as_u16(), began.elapsed());
    drop(metrics);
    let body = Json(json!({ "version": version, "pod": instance.pod }));
    (status, [(VERSION_HEADER, version.clone())], body).into_response()
}

async fn healthz(State(instance): State<Arc<Instance>>) -> Response {
    let (status, text) = if instance.healthy() {
        (StatusCode::OK, "ok\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
    };
    (status, [(VERSION_HEADER, instance.behaviour.version.clone())], text).into_response()
}

async fn version(State(instance): State<Arc<Instance>>) -> Json<serde_json::Value> {
    Json(json!({ "version": instance.behaviour.version }))
}

/// From now on this instance works, and says nothing of it.
async fn mute(State(instance): State<Arc<Instance>>) -> &'static str {
    instance.mute.store(true, Ordering::Relaxed);
    "mute\n"
}

async fn metrics_text(State(instance): State<Arc<Instance>>) -> Response {
    if instance.mute.load(Ordering::Relaxed) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let text = instance.metrics.lock().unwrap_or_else(PoisonError::into_inner).to_string();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
}

#[cfg(test)]
mod tests;
