//! An imitation of GitHub with one repository, `acme/checkout`: what it keeps of deployments,
//! workflow runs and issues, as its REST description has them.
//!
//! It keeps state, which a mock made from the description does not: what is created is listed
//! at once, a new status makes the earlier ones inactive, a workflow that is dispatched runs
//! under the name that its `run-name` gives it, and a run that was cancelled is completed. It
//! does not imitate limits, permissions and search.

mod answer;

use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, to_bytes};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Request, Response, StatusCode};
use serde_json::Value;

use crate::error::BedError;
use crate::serve::{Cut, Server, serve};

/// The repository.
pub const REPOSITORY: &str = "acme/checkout";

const BODY_AT_MOST: usize = 1 << 20;

/// A deployment with its statuses, newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Deployment {
    /// Its number.
    pub id: u64,
    /// The commit.
    pub sha: String,
    /// `production`.
    pub environment: String,
    /// `deploy`, `rollback`.
    pub task: String,
    /// As it was sent.
    pub payload: Value,
    /// One line.
    pub description: String,
    /// States with their words, newest first.
    pub statuses: Vec<(String, String)>,
    /// When it was made.
    pub at: String,
}

/// A workflow run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its number.
    pub id: u64,
    /// The workflow's file: `deploy.yml`.
    pub workflow: String,
    /// Its name, as `run-name` makes it.
    pub title: String,
    /// The commit.
    pub sha: String,
    /// `workflow_dispatch`, `push`.
    pub event: String,
    /// How it ended; it still goes on when `None`.
    pub conclusion: Option<String>,
    /// When it was made.
    pub at: String,
}

/// An issue with its comments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// Its number.
    pub number: u64,
    /// One line.
    pub title: String,
    /// Markdown.
    pub body: String,
    /// Its labels.
    pub labels: Vec<String>,
    /// Whether nobody has closed it.
    pub is_open: bool,
    /// `completed` or `not_planned`, once it is closed.
    pub reason: Option<String>,
    /// Markdown, oldest first.
    pub comments: Vec<String>,
}

/// What is kept of the repository.
#[derive(Debug)]
pub struct Kept {
    /// Oldest first.
    pub deployments: Vec<Deployment>,
    /// Oldest first.
    pub runs: Vec<Run>,
    /// Oldest first.
    pub issues: Vec<Issue>,
    /// Whether a dispatch is answered with the run, as newer servers do, or with nothing.
    pub tells_runs: bool,
    /// What a workflow makes of a rollback's id: its `run-name`. Its name alone when it holds
    /// no `{}`.
    pub run_name: String,
}

/// A running imitation; it ends with this value.
#[derive(Debug)]
pub struct Github {
    server: Server,
    kept: Arc<Mutex<Kept>>,
}

impl Github {
    /// Starts one that keeps nothing yet.
    pub async fn start() -> Result<Self, BedError> {
        let kept = Arc::new(Mutex::new(Kept {
            deployments: Vec::new(),
            runs: Vec::new(),
            issues: Vec::new(),
            tells_runs: true,
            run_name: "Rollback {}".to_owned(),
        }));
        let shared = Arc::clone(&kept);
        let server = serve(0, move |request| pass(Arc::clone(&shared), request)).await?;
        Ok(Self { server, kept })
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.server.port)
    }

    /// Looks at it, or arranges it as a pipeline or a colleague would.
    pub fn with<R>(&self, look: impl FnOnce(&mut Kept) -> R) -> R {
        look(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn pass(kept: Arc<Mutex<Kept>>, request: Request<Incoming>) -> Result<Response<Body>, Cut> {
    let method = request.method().to_string();
    let path = request.uri().path().to_owned();
    let query = request.uri().query().unwrap_or_default().to_owned();
    let body = to_bytes(Body::new(request.into_body()), BODY_AT_MOST).await.map_err(|_| Cut)?;
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let (status, said) = {
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        answer::answer(&mut kept, &method, &path, &query, &body)
    };
    let empty = said.is_null();
    let mut response =
        Response::new(if empty { Body::empty() } else { Body::from(said.to_string()) });
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let kind = HeaderValue::from_static("application/json; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    Ok(response)
}
