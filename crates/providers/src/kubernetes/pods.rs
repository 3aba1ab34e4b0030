//! What pods say of themselves. Pure.

use jiff::Timestamp;
use lastgood_core::template::Bindings;
use lastgood_core::time::EpochMs;
use serde_json::Value;

use super::objects::{annotation, container, text};

const PORT: &str = "lastgood.dev/port";

/// A pod, ready to be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Replica {
    pub(super) name: String,
    pub(super) ready: bool,
    pub(super) leaving: bool,
    pub(super) artifact: Option<String>,
    pub(super) address: Option<String>,
    pub(super) port: Option<String>,
    /// When its container last restarted, if it ever did.
    pub(super) restarted_at: Option<EpochMs>,
}

impl Replica {
    /// A pod that is being deleted is not ready, whatever its condition still says.
    pub(super) fn new(pod: &Value, named: Option<&str>) -> Self {
        let leaving = !pod["metadata"]["deletionTimestamp"].is_null();
        let is_ready = pod["status"]["conditions"]
            .as_array()
            .into_iter()
            .flatten()
            .any(|condition| condition["type"] == "Ready" && condition["status"] == "True");
        let port = annotation(pod, PORT).map(str::to_owned).or_else(|| {
            let port = &container(pod, named)?["ports"][0]["containerPort"];
            port.as_u64().map(|port| port.to_string())
        });
        Self {
            name: text(&pod["metadata"]["name"]),
            ready: is_ready && !leaving,
            leaving,
            artifact: artifact(pod, named),
            address: pod["status"]["podIP"].as_str().map(str::to_owned),
            port,
            restarted_at: restarted_at(pod, named),
        }
    }

    /// The address to ask, with the placeholders of `url` filled in.
    pub(super) fn url(&self, url: &str) -> Result<String, String> {
        let mut bindings = Bindings::default().with("replica.name", self.name.as_str());
        if let Some(address) = &self.address {
            // An IPv6 address is bracketed in a URL (RFC 3986, 3.2.2).
            let address =
                if address.contains(':') { format!("[{address}]") } else { address.clone() };
            bindings = bindings.with("replica.address", address);
        }
        if let Some(port) = &self.port {
            bindings = bindings.with("replica.port", port.as_str());
        }
        bindings.render(url).map_err(|error| {
            if self.address.is_none() {
                "it has no address yet".to_owned()
            } else if self.port.is_none() {
                format!("it names no port: neither the annotation {PORT} nor a container port")
            } else {
                format!("the address to ask is at fault: {error}")
            }
        })
    }
}

/// The image that the pod's container runs, by digest where one was pulled.
pub(super) fn artifact(pod: &Value, named: Option<&str>) -> Option<String> {
    let id = text(&status(pod, named)?["imageID"]);
    // Docker writes `docker-pullable://name@sha256:…`, containerd `name@sha256:…`.
    let id = id.split_once("://").map_or(id.as_str(), |(_, id)| id);
    (!id.is_empty()).then(|| id.to_owned())
}

/// When the pod's container last restarted: when it runs again, or else when it ended.
fn restarted_at(pod: &Value, named: Option<&str>) -> Option<EpochMs> {
    let status = status(pod, named)?;
    if status["restartCount"].as_u64()? == 0 {
        return None;
    }
    let times = [
        &status["state"]["running"]["startedAt"],
        &status["lastState"]["terminated"]["finishedAt"],
    ];
    let at: Timestamp = times.into_iter().find_map(Value::as_str)?.parse().ok()?;
    Some(at.into())
}

/// What the kubelet says of the pod's container.
fn status<'a>(pod: &'a Value, named: Option<&str>) -> Option<&'a Value> {
    let name = container(pod, named).map(|container| text(&container["name"]));
    let statuses = pod["status"]["containerStatuses"].as_array()?;
    statuses.iter().find(|status| status["name"].as_str() == name.as_deref())
}

/// Whether a pod has run to its end; it answers nothing any more.
pub(super) fn is_over(pod: &Value) -> bool {
    matches!(pod["status"]["phase"].as_str(), Some("Succeeded" | "Failed"))
}
