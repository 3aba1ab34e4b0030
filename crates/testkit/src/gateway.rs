//! The service's address: one stable port in front of the Ready pods, in turn.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::Body;
use hyper::{Response, StatusCode};
use tokio::sync::watch;

use crate::endpoints::Endpoints;
use crate::error::BedError;
use crate::serve::{Server, forward, relay, serve};

/// Longer than the slowest image of the bed, shorter than a test's patience.
const UPSTREAM_TIMEOUT: Duration = Duration::from_secs(10);

/// A proxy at a stable port; it ends with this value.
#[derive(Debug)]
pub struct Gateway(Server);

impl Gateway {
    /// Forwards to the Ready pods that have the label `app`, one after the other.
    /// Without one it answers 503, and 502 when the pod does not answer.
    pub async fn start(app: &str, endpoints: watch::Receiver<Endpoints>) -> Result<Self, BedError> {
        let http = reqwest::Client::builder()
            .timeout(UPSTREAM_TIMEOUT)
            .no_proxy()
            // A kept connection may lead to a pod that has just ended.
            .pool_max_idle_per_host(0)
            .build()
            .map_err(BedError::HttpClient)?;
        let app: Arc<str> = app.into();
        let turn = Arc::new(AtomicUsize::new(0));
        let server = serve(0, move |request| {
            let base = next_pod(&endpoints.borrow(), &app, &turn);
            let http = http.clone();
            async move {
                let Some(base) = base else {
                    return Ok(answer(StatusCode::SERVICE_UNAVAILABLE, "no pod is ready\n"));
                };
                Ok(match forward(&http, &base, request).await {
                    Ok(upstream) => relay(upstream),
                    Err(_) => answer(StatusCode::BAD_GATEWAY, "the pod did not answer\n"),
                })
            }
        })
        .await?;
        Ok(Self(server))
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.0.port)
    }
}

fn next_pod(endpoints: &Endpoints, app: &str, turn: &AtomicUsize) -> Option<String> {
    let ready: Vec<u16> = endpoints
        .values()
        .filter(|endpoint| endpoint.ready && endpoint.app == app)
        .map(|endpoint| endpoint.port)
        .collect();
    let turn = turn.fetch_add(1, Ordering::Relaxed);
    let port = ready.get(turn.checked_rem(ready.len())?)?;
    Some(format!("http://127.0.0.1:{port}"))
}

fn answer(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoints::Endpoint;

    #[test]
    fn only_ready_pods_of_the_service_are_taken_each_in_its_turn() {
        let endpoint = |app: &str, port, ready| Endpoint {
            namespace: "shop".to_owned(),
            pod: format!("pod-{port}"),
            app: app.to_owned(),
            version: "v1".to_owned(),
            port,
            process: 1,
            ready,
        };
        let endpoints: Endpoints = [
            ("a".to_owned(), endpoint("checkout", 1, true)),
            ("b".to_owned(), endpoint("checkout", 2, false)),
            ("c".to_owned(), endpoint("search", 3, true)),
            ("d".to_owned(), endpoint("checkout", 4, true)),
        ]
        .into();
        let turn = AtomicUsize::new(0);
        let taken: Vec<_> =
            (0..4).filter_map(|_| next_pod(&endpoints, "checkout", &turn)).collect();
        let (first, last) = ("http://127.0.0.1:1", "http://127.0.0.1:4");
        assert_eq!(taken, [first, last, first, last]);
        assert_eq!(next_pod(&endpoints, "basket", &turn), None, "no pod, no answer");
    }
}
