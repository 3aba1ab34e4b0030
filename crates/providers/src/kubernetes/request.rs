//! What is sent to Kubernetes: paths and bodies. Pure.

use lastgood_core::catalog::{KubernetesPlace, Workload};
use serde_json::{Value, json};

/// Content type of a JSON patch (RFC 6902).
pub(super) const JSON_PATCH: &str = "application/json-patch+json";
/// Content type of a merge patch (RFC 7386).
pub(super) const MERGE_PATCH: &str = "application/merge-patch+json";
/// Asks for an object without its contents, so that secrets never reach us.
pub(super) const ONLY_METADATA: &str =
    "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

/// All objects of the kind that says which release is wanted.
fn workloads(place: &KubernetesPlace) -> String {
    let (group, plural) = match place.workload {
        Workload::Rollout(_) => ("argoproj.io/v1alpha1", "rollouts"),
        Workload::StatefulSet(_) => ("apps/v1", "statefulsets"),
        Workload::DaemonSet(_) => ("apps/v1", "daemonsets"),
        Workload::Deployment(_)
        | Workload::DeploymentPair { .. }
        | Workload::ServiceSelector { .. } => ("apps/v1", "deployments"),
    };
    format!("/apis/{group}/namespaces/{}/{plural}", place.namespace)
}

/// The Deployment, or the Argo Rollout.
pub(super) fn deployment(place: &KubernetesPlace) -> String {
    format!("{}/{}", workloads(place), place.workload.name())
}

/// The Deployment as a list of one, which a watch can start from.
pub(super) fn deployment_watch(place: &KubernetesPlace, version: &str) -> String {
    format!(
        "{}?watch=true&allowWatchBookmarks=true&resourceVersion={version}&fieldSelector={}",
        workloads(place),
        escape(&format!("metadata.name={}", place.workload.name()))
    )
}

/// The plural of what keeps the earlier templates of a workload.
pub(super) fn keepers(place: &KubernetesPlace) -> &'static str {
    match place.workload {
        Workload::StatefulSet(_) | Workload::DaemonSet(_) => "controllerrevisions",
        Workload::Deployment(_)
        | Workload::Rollout(_)
        | Workload::DeploymentPair { .. }
        | Workload::ServiceSelector { .. } => "replicasets",
    }
}

/// The `ReplicaSets` that `selector` finds, or the `ControllerRevisions`.
pub(super) fn replica_sets(place: &KubernetesPlace, selector: &str) -> String {
    format!(
        "/apis/apps/v1/namespaces/{}/{}?labelSelector={}",
        place.namespace,
        keepers(place),
        escape(selector)
    )
}

/// Changes of those after `version`.
pub(super) fn replica_set_watch(place: &KubernetesPlace, selector: &str, version: &str) -> String {
    format!(
        "{}&watch=true&allowWatchBookmarks=true&resourceVersion={version}",
        replica_sets(place, selector)
    )
}

/// Changes of one network service after `version`.
pub(super) fn service_watch(place: &KubernetesPlace, name: &str, version: &str) -> String {
    format!(
        "{}?watch=true&allowWatchBookmarks=true&resourceVersion={version}&fieldSelector={}",
        services(place),
        escape(&format!("metadata.name={name}"))
    )
}

/// One `ReplicaSet`, or one `ControllerRevision`.
pub(super) fn replica_set(place: &KubernetesPlace, name: &str) -> String {
    format!("/apis/apps/v1/namespaces/{}/{}/{name}", place.namespace, keepers(place))
}

/// The pods that `selector` finds.
pub(super) fn pods(place: &KubernetesPlace, selector: &str) -> String {
    format!("/api/v1/namespaces/{}/pods?labelSelector={}", place.namespace, escape(selector))
}

/// Changes of those pods after `version`.
pub(super) fn pod_watch(place: &KubernetesPlace, selector: &str, version: &str) -> String {
    format!(
        "{}&watch=true&allowWatchBookmarks=true&resourceVersion={version}",
        pods(place, selector)
    )
}

/// What was reported about one object.
pub(super) fn events(place: &KubernetesPlace, uid: &str) -> String {
    format!(
        "/api/v1/namespaces/{}/events?fieldSelector={}",
        place.namespace,
        escape(&format!("involvedObject.uid={uid}"))
    )
}

/// All horizontal autoscalers of the namespace.
pub(super) fn autoscalers(place: &KubernetesPlace) -> String {
    format!("/apis/autoscaling/v1/namespaces/{}/horizontalpodautoscalers", place.namespace)
}

/// All resource quotas of the namespace.
pub(super) fn quotas(place: &KubernetesPlace) -> String {
    format!("/api/v1/namespaces/{}/resourcequotas", place.namespace)
}

/// All disruption budgets of the namespace.
pub(super) fn budgets(place: &KubernetesPlace, version: &str) -> String {
    format!("/apis/policy/{version}/namespaces/{}/poddisruptionbudgets", place.namespace)
}

/// The namespace itself.
pub(super) fn namespace(place: &KubernetesPlace) -> String {
    format!("/api/v1/namespaces/{}", place.namespace)
}

/// An object of a kind that somebody added to the cluster.
pub(super) fn custom(
    group: &str,
    version: &str,
    namespace: &str,
    plural: &str,
    name: &str,
) -> String {
    let (namespace, name) = (escape(namespace), escape(name));
    format!("/apis/{group}/{version}/namespaces/{namespace}/{plural}/{name}")
}

/// All nodes.
pub(super) const NODES: &str = "/api/v1/nodes";

/// All network services of the namespace.
pub(super) fn services(place: &KubernetesPlace) -> String {
    format!("/api/v1/namespaces/{}/services", place.namespace)
}

/// An object of the namespace by its plural (`configmaps`, `secrets`).
pub(super) fn named(place: &KubernetesPlace, plural: &str, name: &str) -> String {
    format!("/api/v1/namespaces/{}/{plural}/{name}", place.namespace)
}

/// The Secrets in which Helm keeps the revisions of a release.
pub(super) fn helm_secrets(namespace: &str, release: &str) -> String {
    format!(
        "/api/v1/namespaces/{}/secrets?labelSelector={}",
        escape(namespace),
        escape(&format!("owner=helm,name={release}"))
    )
}

/// Where one asks what one may do.
pub(super) const MAY_I: &str = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

/// Asks whether we may do `verb` to `resource` (`deployments`) of `group`.
pub(super) fn may_i(place: &KubernetesPlace, verb: &str, group: &str, resource: &str) -> Value {
    may_i_at(&place.namespace, verb, group, resource)
}

/// The same in any namespace; a subresource follows a slash (`rollouts/status`).
pub(super) fn may_i_at(namespace: &str, verb: &str, group: &str, resource: &str) -> Value {
    let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
    json!({
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": { "resourceAttributes": {
            "namespace": namespace, "verb": verb, "group": group,
            "resource": resource, "subresource": subresource,
        }},
    })
}

/// A label selector as a query says it.
pub(super) fn selector(selector: &Value) -> String {
    let mut terms = Vec::new();
    if let Some(labels) = selector["matchLabels"].as_object() {
        for (name, value) in labels {
            terms.push(format!("{name}={}", value.as_str().unwrap_or_default()));
        }
    }
    for expression in selector["matchExpressions"].as_array().into_iter().flatten() {
        let key = expression["key"].as_str().unwrap_or_default();
        let values: Vec<&str> = expression["values"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        match expression["operator"].as_str().unwrap_or_default() {
            "In" => terms.push(format!("{key} in ({})", values.join(","))),
            "NotIn" => terms.push(format!("{key} notin ({})", values.join(","))),
            "DoesNotExist" => terms.push(format!("!{key}")),
            _ => terms.push(key.to_owned()),
        }
    }
    terms.join(",")
}

/// Percent-encodes everything that is not unreserved (RFC 3986, 2.3).
fn escape(text: &str) -> String {
    use std::fmt::Write as _;

    let mut out = String::with_capacity(text.len() + 8);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// What a change of the Deployment consists of.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Patch<'a> {
    /// The version that the change is allowed on; any other is a conflict.
    pub(super) version: &'a str,
    /// The pod template that replaces the present one.
    pub(super) template: Option<&'a Value>,
    /// How many replicas are wanted, where that changes.
    pub(super) replicas: Option<u32>,
    /// Whether rollouts stand still afterwards, where that changes.
    pub(super) paused: Option<bool>,
    /// The partition of a `StatefulSet` afterwards, where that changes.
    pub(super) partition: Option<u32>,
    /// Whether the Deployment has no annotations at all yet.
    pub(super) bare: bool,
    /// The annotations that are set; all others stay.
    pub(super) annotations: Vec<(String, String)>,
}

impl Patch<'_> {
    /// As a JSON patch. `replace` on the resource version makes the API server refuse
    /// with 409 when the object has moved; `test` would be refused with 422, which an
    /// invalid template is as well. A merge patch could not replace a template: it would
    /// keep the variables and volumes that the older one does not have.
    pub(super) fn to_json(&self) -> Value {
        let mut operations = annotated(self.version, self.bare, &self.annotations);
        if let Some(template) = self.template {
            operations
                .push(json!({ "op": "replace", "path": "/spec/template", "value": template }));
        }
        if let Some(replicas) = self.replicas {
            operations.push(json!({ "op": "add", "path": "/spec/replicas", "value": replicas }));
        }
        if let Some(paused) = self.paused {
            operations.push(json!({ "op": "add", "path": "/spec/paused", "value": paused }));
        }
        if let Some(partition) = self.partition {
            let path = "/spec/updateStrategy/rollingUpdate/partition";
            operations.push(json!({ "op": "add", "path": path, "value": partition }));
        }
        Value::Array(operations)
    }
}

/// What a change of a Service's selector consists of.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Switch<'a> {
    /// The version that the change is allowed on; any other is a conflict.
    pub(super) version: &'a str,
    /// Whether the Service has no annotations at all yet.
    pub(super) bare: bool,
    /// The annotations that are set; all others stay.
    pub(super) annotations: Vec<(String, String)>,
    /// What it selects from then on.
    pub(super) selector: &'a Value,
}

impl Switch<'_> {
    /// As a JSON patch, with the same precondition as [`Patch::to_json`].
    pub(super) fn to_json(&self) -> Value {
        let mut operations = annotated(self.version, self.bare, &self.annotations);
        operations
            .push(json!({ "op": "replace", "path": "/spec/selector", "value": self.selector }));
        Value::Array(operations)
    }
}

/// The beginning of every change: on which version, and with which annotations.
pub(super) fn annotated(version: &str, bare: bool, annotations: &[(String, String)]) -> Vec<Value> {
    let mut operations =
        vec![json!({ "op": "replace", "path": "/metadata/resourceVersion", "value": version })];
    if bare {
        operations.push(json!({ "op": "add", "path": "/metadata/annotations", "value": {} }));
    }
    for (name, value) in annotations {
        // RFC 6901, 3: `~` and `/` are escaped in a path.
        let name = name.replace('~', "~0").replace('/', "~1");
        let path = format!("/metadata/annotations/{name}");
        operations.push(json!({ "op": "add", "path": path, "value": value }));
    }
    operations
}
