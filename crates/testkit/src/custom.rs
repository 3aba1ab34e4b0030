//! Custom resources on the bed, for controllers that are imitated: an extension API server behind
//! the real one's aggregation layer
//! (<https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/apiserver-aggregation/>).
//!
//! A `CustomResourceDefinition` would be simpler, and a control plane of the bed may not bear one:
//! Kubernetes 1.20 built by a Go from 1.18 on, as Debian builds it, ends at the first custom object
//! that it stores, because its JSON encoder walks maps in a way that Go no longer has. Behind the
//! aggregation layer, whoever asks meets the real authentication, permissions, discovery and
//! addresses; only the objects are kept here.
//!
//! It keeps what the clients here rely on: get, list, watch, create, patch (merge, JSON, apply) and
//! delete, the subresource `status`, `resourceVersion` as a precondition, `generation`, dry runs of a
//! patch. It has no schemas, no finalizers and no field ownership.

mod address;
mod store;
mod tls;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use futures::StreamExt as _;
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use k8s_openapi::api::core::v1::Service;
use k8s_openapi::kube_aggregator::pkg::apis::apiregistration::v1::APIService;
use kube::api::{Patch, PatchParams, PostParams};
use kube::{Api, Client};
use serde_json::{Value, json};

use crate::error::BedError;
use crate::serve::{Cut, Server, serve_tls};
use address::Address;
use store::{Change, Denied, Part, Store};

/// Where the Service that points at this process lies: out of the way of what tests delete.
const HOME: &str = "kube-system";

/// How long the API server may take until it asks us.
const PATIENCE: Duration = Duration::from_secs(20);

/// Larger objects than this are no test's.
const LARGEST: usize = 1 << 20;

/// A kind of object, and where it is served.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Resource {
    pub(crate) group: &'static str,
    pub(crate) version: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) plural: &'static str,
}

/// A resource that is served; it ends with this value.
#[derive(Debug)]
pub(crate) struct Served {
    _server: Server,
}

impl Resource {
    fn group_version(&self) -> String {
        format!("{}/{}", self.group, self.version)
    }

    /// Serves it through the API server of `client`, and returns when that answers for it. It takes
    /// the place of whoever served the same group and version before.
    pub(crate) async fn serve(self, client: &Client) -> Result<Served, BedError> {
        let store = Arc::new(Mutex::new(Store::new(self)));
        let server = serve_tls(tls::acceptor()?, move |request| {
            let store = Arc::clone(&store);
            async move { Ok::<_, Cut>(answer(self, &store, request).await) }
        })
        .await?;
        self.register(client, server.port).await?;
        Ok(Served { _server: server })
    }

    async fn register(self, client: &Client, port: u16) -> Result<(), BedError> {
        let ours = PatchParams::apply("lastgood-bed").force();
        let refused = |what: &str| BedError::kubernetes(format!("{what} for {}", self.plural));
        let service = json!({
            "apiVersion": "v1", "kind": "Service",
            "metadata": { "name": "custom-resources" },
            "spec": { "type": "ExternalName", "externalName": "localhost" },
        });
        let services: Api<Service> = Api::namespaced(client.clone(), HOME);
        services
            .patch("custom-resources", &ours, &Patch::Apply(&service))
            .await
            .map_err(refused("create the service"))?;
        let name = format!("{}.{}", self.version, self.group);
        let registration = json!({
            "apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService",
            "metadata": { "name": name },
            "spec": {
                "group": self.group,
                "version": self.version,
                "groupPriorityMinimum": 1000,
                "versionPriority": 15,
                // Loopback, and a certificate that this process made for itself.
                "insecureSkipTLSVerify": true,
                "service": { "name": "custom-resources", "namespace": HOME, "port": port },
            },
        });
        let registrations: Api<APIService> = Api::all(client.clone());
        // Kubernetes 1.20 drops the connection when one is applied, so the older two ways.
        let registered =
            registrations.patch(&name, &PatchParams::default(), &Patch::Merge(&registration)).await;
        let registered = match registered {
            Err(kube::Error::Api(status)) if status.code == 404 => {
                let registration = serde_json::from_value(registration).unwrap_or_default();
                registrations.create(&PostParams::default(), &registration).await
            }
            registered => registered,
        };
        registered.map_err(refused("register the API"))?;
        self.answered(client, port).await
    }

    /// Waits until the API server passes requests on to `port`.
    async fn answered(self, client: &Client, port: u16) -> Result<(), BedError> {
        let path = format!("/apis/{}", self.group_version());
        let asked = async {
            let mut pace = tokio::time::interval(Duration::from_millis(50));
            loop {
                pace.tick().await;
                let Ok(request) = Request::get(&path).body(Vec::new()) else { continue };
                let found: Result<Value, _> = client.request(request).await;
                if found.is_ok_and(|found| found["port"] == port) {
                    return;
                }
            }
        };
        let late = |_| BedError::TookTooLong { what: format!("the API {path}"), after: PATIENCE };
        tokio::time::timeout(PATIENCE, asked).await.map_err(late)
    }

    fn discovery(&self, port: u16) -> Value {
        let Self { kind, plural, .. } = self;
        let singular = kind.to_lowercase();
        let resource = |name: String, verbs: &[&str]| json!({ "name": name, "singularName": singular, "namespaced": true, "kind": kind, "verbs": verbs });
        json!({
            "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": self.group_version(),
            // Tells whoever waits for the registration which of several it has reached.
            "port": port,
            "resources": [
                resource((*plural).to_owned(), &["create", "delete", "get", "list", "patch", "watch"]),
                resource(format!("{plural}/status"), &["get", "patch"]),
            ],
        })
    }
}

type Shared = Mutex<Store>;

async fn answer(
    resource: Resource,
    store: &Arc<Shared>,
    request: Request<Incoming>,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let port = parts.extensions.get::<u16>().copied().unwrap_or_default();
    let Some(address) = Address::of(resource, parts.uri.path()) else {
        return told(StatusCode::NOT_FOUND, &Denied::unknown(parts.uri.path()).status());
    };
    let body = to_bytes(Body::new(body), LARGEST).await.unwrap_or_default();
    let kind = parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let query = parts.uri.query().unwrap_or("");
    let mut objects = store.lock().unwrap_or_else(PoisonError::into_inner);
    let found = match (parts.method, address) {
        (Method::GET, Address::Discovery) => Ok((StatusCode::OK, resource.discovery(port))),
        (Method::GET, Address::All { namespace })
            if asks(query, "watch", "1") || asks(query, "watch", "true") =>
        {
            let events = objects.watch(namespace, value_of(query, "resourceVersion"));
            drop(objects);
            return watched(events, value_of(query, "timeoutSeconds"));
        }
        (Method::GET, Address::All { namespace }) => {
            Ok((StatusCode::OK, objects.list(namespace.as_deref())))
        }
        (Method::POST, Address::All { namespace: Some(namespace) }) => read(&body)
            .and_then(|object| objects.create(&namespace, object))
            .map(|object| (StatusCode::CREATED, object)),
        (Method::GET, Address::One { namespace, name, .. }) => {
            objects.get(&namespace, &name).map(|object| (StatusCode::OK, object))
        }
        (Method::PATCH, Address::One { namespace, name, part }) => Change::read(kind, &body)
            .and_then(|change| {
                if asks(query, "dryRun", "All") {
                    objects.rehearse(&namespace, &name, part, change)
                } else {
                    objects.change(&namespace, &name, part, change)
                }
            })
            .map(|object| (StatusCode::OK, object)),
        (Method::DELETE, Address::One { namespace, name, part: Part::Object }) => {
            objects.delete(&namespace, &name).map(|gone| (StatusCode::OK, gone))
        }
        (method, _) => Err(Denied::not_allowed(method.as_str())),
    };
    match found {
        Ok((status, value)) => told(status, &value),
        Err(denied) => told(denied.code, &denied.status()),
    }
}

fn read(body: &[u8]) -> Result<Value, Denied> {
    serde_json::from_slice(body).map_err(|error| Denied::bad(&error))
}

fn told(status: StatusCode, value: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(value.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// One event a line, until the asker's time is over.
fn watched(
    events: impl futures::Stream<Item = Value> + Send + 'static,
    seconds: Option<&str>,
) -> Response<Body> {
    let seconds = seconds.and_then(|text| text.parse().ok()).unwrap_or(600);
    let over = tokio::time::sleep(Duration::from_secs(seconds));
    let lines = events.map(|event| Ok::<_, std::convert::Infallible>(format!("{event}\n")));
    let mut response = Response::new(Body::from_stream(lines.take_until(over)));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn value_of<'q>(query: &'q str, name: &str) -> Option<&'q str> {
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

fn asks(query: &str, name: &str, value: &str) -> bool {
    value_of(query, name) == Some(value)
}
