//! One API server, its credential and the time limits of each kind of request.

use std::error::Error as _;
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable as _};
use futures::StreamExt as _;
use futures::stream::BoxStream;
use http::{Request, StatusCode};
use http_body_util::{BodyExt as _, Limited};
use jiff::Timestamp;
use kube::Client;
use kube::client::Body;
use kube::config::{Config, KubeConfigOptions, Kubeconfig};
use kube::core::WatchEvent;
use lastgood_core::catalog::KubernetesPlace;
use lastgood_core::secret::{redact, redact_output};
use serde_json::Value;

use super::error::Failure;
use super::reply;
use crate::{again, clock};

/// Connecting, for a read and for a change.
const CONNECT: (Duration, Duration) = (Duration::from_secs(3), Duration::from_secs(5));
/// A whole read. A change gets three times as long, because giving up on it early leaves
/// its outcome open.
const READ: Duration = Duration::from_secs(10);
const CHANGE: Duration = Duration::from_secs(30);
/// The list of all pods of a large Deployment is about 20 KiB each.
const BODY_AT_MOST: usize = 32 * 1024 * 1024;

/// A way to one API server as one user.
#[derive(Clone)]
pub(super) struct Link {
    reads: Client,
    changes: Client,
    /// `https://host:port`, without credentials.
    pub(super) server: String,
    /// The kubeconfig context, or `in-cluster`.
    pub(super) context: String,
}

/// An answer with the server's own time, where it sent one.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) value: Value,
    pub(super) date: Option<Timestamp>,
}

impl Answer {
    /// The server's time, or ours when it does not tell.
    pub(super) fn at(&self) -> Timestamp {
        self.date.unwrap_or_else(clock::wall)
    }
}

impl Link {
    /// Reads the kubeconfig; sends nothing.
    pub(super) async fn open(place: &KubernetesPlace) -> Result<Self, Failure> {
        let (config, context) = config(place).await?;
        let server = server_of(&config);
        let client = |connect: Duration| {
            let mut config = config.clone();
            config.connect_timeout = Some(connect);
            // Watches outlive any single limit, so the limits are ours: see `send`.
            config.read_timeout = None;
            config.write_timeout = Some(CHANGE);
            // A change must never be sent again without a probe in between.
            config.default_retry = false;
            Client::try_from(config).map_err(|source| Failure::Client {
                server: server.clone(),
                source: Box::new(source),
            })
        };
        Ok(Self {
            reads: client(CONNECT.0)?,
            changes: client(CONNECT.1)?,
            server: server.clone(),
            context,
        })
    }

    /// Reads, again with growing random pauses when that may help.
    pub(super) async fn get(&self, path: &str) -> Result<Answer, Failure> {
        self.get_as(path, "application/json").await
    }

    /// Reads in a given form.
    pub(super) async fn get_as(&self, path: &str, accept: &str) -> Result<Answer, Failure> {
        let once = || async {
            let request = Request::get(path).header(http::header::ACCEPT, accept);
            self.send(&self.reads, READ, request.body(Vec::new())).await
        };
        once.retry(pauses()).when(Failure::is_passing).adjust(at_ease).await
    }

    /// Asks a question that is a POST but changes nothing.
    pub(super) async fn ask(&self, path: &str, body: &Value) -> Result<Answer, Failure> {
        let once = || async {
            let request =
                Request::post(path).header(http::header::CONTENT_TYPE, "application/json");
            self.send(&self.reads, READ, request.body(body.to_string().into_bytes())).await
        };
        once.retry(pauses()).when(Failure::is_passing).adjust(at_ease).await
    }

    /// Changes something, once.
    pub(super) async fn patch(
        &self,
        path: &str,
        kind: &str,
        body: &Value,
    ) -> Result<Answer, Failure> {
        self.change(Request::patch(as_us(path)), kind, body).await
    }

    /// Replaces an object, once. With the version that was read in `body`, any other is a
    /// conflict.
    pub(super) async fn put(&self, path: &str, body: &Value) -> Result<Answer, Failure> {
        self.change(Request::put(as_us(path)), "application/json", body).await
    }

    /// Makes an object in the collection at `path`, once; one of this name is a conflict.
    pub(super) async fn create(&self, path: &str, body: &Value) -> Result<Answer, Failure> {
        self.change(Request::post(as_us(path)), "application/json", body).await
    }

    async fn change(
        &self,
        request: http::request::Builder,
        kind: &str,
        body: &Value,
    ) -> Result<Answer, Failure> {
        let request = request.header(http::header::CONTENT_TYPE, kind);
        self.send(&self.changes, CHANGE, request.body(body.to_string().into_bytes())).await
    }

    /// Asks what a change would lead to. Nothing is stored, so the limits are those of a
    /// read.
    pub(super) async fn rehearse(
        &self,
        path: &str,
        kind: &str,
        body: &Value,
    ) -> Result<Answer, Failure> {
        let path = format!("{path}?dryRun=All&fieldManager=lastgood");
        let request = Request::patch(path).header(http::header::CONTENT_TYPE, kind);
        self.send(&self.reads, READ, request.body(body.to_string().into_bytes())).await
    }

    /// What happens to the objects of a watch path, until the server ends the watch.
    pub(super) async fn watch(
        &self,
        path: &str,
    ) -> Result<BoxStream<'static, Result<WatchEvent<Value>, Failure>>, Failure> {
        let request =
            Request::get(path).body(Vec::new()).map_err(|error| self.malformed(&error))?;
        let opened = tokio::time::timeout(READ, self.reads.request_events::<Value>(request)).await;
        let events = match opened {
            Ok(Ok(events)) => events,
            Ok(Err(error)) => return Err(self.sort(error)),
            Err(_) => return Err(self.silent(READ)),
        };
        let link = self.clone();
        Ok(events.map(move |event| event.map_err(|error| link.sort(error))).boxed())
    }

    async fn send(
        &self,
        client: &Client,
        limit: Duration,
        request: Result<Request<Vec<u8>>, http::Error>,
    ) -> Result<Answer, Failure> {
        let request = request.map_err(|error| self.malformed(&error))?;
        let exchange = async {
            let response =
                client.send(request.map(Body::from)).await.map_err(|error| self.sort(error))?;
            let (head, body) = response.into_parts();
            let body = Limited::new(body, BODY_AT_MOST)
                .collect()
                .await
                .map_err(|error| Failure::Silent {
                    server: self.server.clone(),
                    why: format!("the answer broke off: {error}"),
                })?
                .to_bytes();
            let date = head.headers.get(http::header::DATE);
            let date = date.and_then(|date| clock::of_header(date.to_str().ok()?));
            if head.status.is_success() {
                let value = reply::document(&body)
                    .map_err(|why| Failure::Unreadable { server: self.server.clone(), why })?;
                return Ok(Answer { value, date });
            }
            let wait = head.headers.get(http::header::RETRY_AFTER);
            let wait = again::wait_of(wait.and_then(|wait| wait.to_str().ok()));
            Err(self.refused(head.status, &body, wait))
        };
        tokio::time::timeout(limit, exchange).await.unwrap_or_else(|_| Err(self.silent(limit)))
    }

    fn refused(&self, status: StatusCode, body: &[u8], wait: Option<Duration>) -> Failure {
        let message = reply::sentence(body)
            .unwrap_or_else(|| status.canonical_reason().unwrap_or("no reason").to_owned());
        Failure::Status { server: self.server.clone(), code: status.as_u16(), message, wait }
    }

    fn silent(&self, limit: Duration) -> Failure {
        let why = format!("nothing came within {} s", limit.as_secs());
        Failure::Silent { server: self.server.clone(), why }
    }

    fn malformed(&self, error: &http::Error) -> Failure {
        Failure::Unreadable {
            server: self.server.clone(),
            why: format!("the request cannot be made: {error}"),
        }
    }

    /// Tells what was certainly not sent from what may have been.
    fn sort(&self, error: kube::Error) -> Failure {
        let server = self.server.clone();
        if let kube::Error::Api(status) = error {
            let (code, message) = (status.code, redact_output(&status.message, &[]));
            return Failure::Status { server, code, message, wait: None };
        }
        if matches!(error, kube::Error::Auth(_)) {
            return Failure::NoCredential { server, source: Box::new(error) };
        }
        if was_connecting(&error) {
            return Failure::NotSent { server, source: Box::new(error) };
        }
        let why = redact(&lastgood_core::problem::chain(&error).join(": "), &[]);
        Failure::Silent { server, why }
    }
}

/// Without a name of ours the API server notes a change as one of `unknown`.
fn as_us(path: &str) -> String {
    format!("{path}?fieldManager=lastgood")
}

/// Full jitter: 250 ms doubling to 8 s, four attempts in all.
fn pauses() -> ExponentialBuilder {
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(250))
        .with_factor(2.0)
        .with_max_delay(Duration::from_secs(8))
        .with_max_times(3)
        .with_jitter()
}

/// Not before the time that the server asks for.
fn at_ease(failure: &Failure, ours: Option<Duration>) -> Option<Duration> {
    again::pause(failure.wait(), ours)
}

/// Whether the connection itself failed, so that no byte of the request left.
fn was_connecting(error: &kube::Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<hyper_util::client::legacy::Error>() {
            return error.is_connect();
        }
        cause = error.source();
    }
    false
}

async fn config(place: &KubernetesPlace) -> Result<(Config, String), Failure> {
    let found = match &place.kubeconfig {
        Some(path) => Kubeconfig::read_from(path),
        None => Kubeconfig::read(),
    };
    let kubeconfig = match (found, &place.kubeconfig, &place.context) {
        (Ok(kubeconfig), _, _) => kubeconfig,
        // Nothing was asked for by name, so the cluster we run in, if any, is meant.
        (Err(source), None, None) => {
            return Config::incluster()
                .map(|config| (config, "in-cluster".to_owned()))
                .map_err(|_| Failure::Kubeconfig { source });
        }
        (Err(source), _, _) => return Err(Failure::Kubeconfig { source }),
    };
    let context = place.context.clone().or_else(|| kubeconfig.current_context.clone());
    let options = KubeConfigOptions { context: place.context.clone(), ..Default::default() };
    let config = Config::from_custom_kubeconfig(kubeconfig, &options)
        .await
        .map_err(|source| Failure::Kubeconfig { source })?;
    Ok((config, context.unwrap_or_else(|| "(none)".to_owned())))
}

fn server_of(config: &Config) -> String {
    let address = &config.cluster_url;
    let authority = address.authority().map_or("", |authority| {
        let text = authority.as_str();
        text.rsplit_once('@').map_or(text, |(_, host)| host)
    });
    format!("{}://{authority}", address.scheme_str().unwrap_or("https"))
}
