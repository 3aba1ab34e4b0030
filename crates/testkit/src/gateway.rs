//! The service's address: one stable port in front of the Ready pods that its Service
//! selects, in turn.
//!
//! It stands for kube-proxy and the endpoints controller: a pod gets traffic when it is
//! Ready and has every label of the Service's selector
//! (<https://kubernetes.io/docs/concepts/services-networking/service/>). Without a Service
//! it goes by the label `app`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use std::collections::BTreeMap;

use axum::body::Body;
use futures::{StreamExt as _, pin_mut};
use hyper::{Response, StatusCode};
use k8s_openapi::api::core::v1::Service;
use kube::runtime::watcher::watch_object;
use kube::{Api, Client};
use tokio::sync::watch;

use crate::endpoints::Endpoints;
use crate::error::BedError;
use crate::serve::{Server, forward, relay, serve};
use crate::task::Held;

/// Longer than the slowest image of the bed, shorter than a test's patience.
const UPSTREAM_TIMEOUT: Duration = Duration::from_secs(10);

/// A proxy at a stable port; it ends with this value.
#[derive(Debug)]
pub struct Gateway {
    server: Server,
    _follows: Held,
}

/// What a pod's labels must hold to get traffic.
type Selector = BTreeMap<String, String>;

impl Gateway {
    /// Forwards to the Ready pods that the Service `name` selects, one after the other; to
    /// those with the label `app` of that name while there is no such Service. Without a
    /// pod it answers 503, and 502 when the pod does not answer.
    pub async fn start(
        client: Client,
        namespace: &str,
        name: &str,
        endpoints: watch::Receiver<Endpoints>,
    ) -> Result<Self, BedError> {
        let http = reqwest::Client::builder()
            .timeout(UPSTREAM_TIMEOUT)
            .no_proxy()
            // A kept connection may lead to a pod that has just ended.
            .pool_max_idle_per_host(0)
            .build()
            .map_err(BedError::HttpClient)?;
        let usual = Selector::from([("app".to_owned(), name.to_owned())]);
        let (publish, selector) = watch::channel(usual.clone());
        let services: Api<Service> = Api::namespaced(client, namespace);
        let name = name.to_owned();
        let follows = tokio::spawn(async move { follow(services, &name, usual, &publish).await });
        let turn = Arc::new(AtomicUsize::new(0));
        let server = serve(0, move |request| {
            let base = next_pod(&endpoints.borrow(), &selector.borrow(), &turn);
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
        Ok(Self { server, _follows: follows.into() })
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.server.port)
    }
}

/// Publishes what the Service selects, as long as it runs.
async fn follow(
    services: Api<Service>,
    name: &str,
    usual: Selector,
    publish: &watch::Sender<Selector>,
) {
    let changes = watch_object(services, name);
    pin_mut!(changes);
    while let Some(change) = changes.next().await {
        match change {
            Ok(service) => {
                let selector = service.and_then(|service| service.spec?.selector);
                publish.send_replace(selector.unwrap_or_else(|| usual.clone()));
            }
            // The watcher starts again by itself.
            Err(error) => tracing::debug!(%error, "the watch on the service is retried"),
        }
    }
}

fn next_pod(endpoints: &Endpoints, selector: &Selector, turn: &AtomicUsize) -> Option<String> {
    let ready: Vec<u16> = endpoints
        .values()
        .filter(|endpoint| {
            endpoint.ready
                && selector.iter().all(|(key, value)| endpoint.labels.get(key) == Some(value))
        })
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
            labels: Selector::from([("app".to_owned(), app.to_owned())]),
            version: "v1".to_owned(),
            host: std::net::Ipv4Addr::LOCALHOST,
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
        let of = |app: &str| Selector::from([("app".to_owned(), app.to_owned())]);
        let turn = AtomicUsize::new(0);
        let taken: Vec<_> =
            (0..4).filter_map(|_| next_pod(&endpoints, &of("checkout"), &turn)).collect();
        let (first, last) = ("http://127.0.0.1:1", "http://127.0.0.1:4");
        assert_eq!(taken, [first, last, first, last]);
        assert_eq!(next_pod(&endpoints, &of("basket"), &turn), None, "no pod, no answer");
    }
}
