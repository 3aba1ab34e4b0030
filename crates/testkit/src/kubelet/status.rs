//! What a kubelet reports about a pod: pure builders of status patches.

use serde_json::{Value, json};

use super::node::seconds;
use crate::image::repository_of;

/// What the pod's container is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// The image cannot be had; the reason is `ErrImagePull` or `ImagePullBackOff`.
    Unpullable { reason: &'static str },
    /// The process runs; `ready` is what its health endpoint says.
    Running { ready: bool, since: jiff::Timestamp },
    /// The process ended by itself and is about to be started again.
    Crashed { exit_code: i32 },
}

/// A report; everything a status patch needs.
#[derive(Clone, Debug)]
pub(super) struct Report<'a> {
    pub(super) containers: &'a [String],
    pub(super) image: &'a str,
    pub(super) digest: Option<&'a str>,
    pub(super) phase: &'a Phase,
    pub(super) restarts: u32,
    /// When the pod came to this node.
    pub(super) began: jiff::Timestamp,
    /// When `Ready` last changed.
    pub(super) turned: jiff::Timestamp,
}

impl Report<'_> {
    /// A merge patch for the pod's status subresource.
    pub(super) fn to_patch(&self) -> Value {
        let (pod_phase, ready, state) = match self.phase {
            Phase::Unpullable { reason } => {
                let message = format!("image \"{}\" is not in the bed's table", self.image);
                ("Pending", false, json!({ "waiting": { "reason": reason, "message": message } }))
            }
            Phase::Running { ready, since } => {
                ("Running", *ready, json!({ "running": { "startedAt": seconds(*since) } }))
            }
            Phase::Crashed { exit_code } => {
                let message = format!("the process ended with {exit_code}");
                let waiting = json!({ "reason": "CrashLoopBackOff", "message": message });
                ("Running", false, json!({ "waiting": waiting }))
            }
        };
        let started = matches!(self.phase, Phase::Running { .. });
        let statuses: Vec<Value> = self
            .containers
            .iter()
            .map(|name| {
                json!({
                    "name": name,
                    "image": self.image,
                    "imageID": self.image_id(),
                    "ready": ready,
                    "started": started,
                    "restartCount": self.restarts,
                    "state": state,
                })
            })
            .collect();
        json!({ "status": {
            "phase": pod_phase,
            "hostIP": "127.0.0.1",
            "podIP": "127.0.0.1",
            "podIPs": [{ "ip": "127.0.0.1" }],
            "startTime": seconds(self.began),
            "containerStatuses": statuses,
            "conditions": [
                condition("PodScheduled", true, self.began),
                condition("Initialized", true, self.began),
                condition("ContainersReady", ready, self.turned),
                condition("Ready", ready, self.turned),
            ],
        }})
    }

    fn image_id(&self) -> String {
        self.digest.map_or_else(String::new, |digest| {
            format!("docker-pullable://{}@sha256:{digest}", repository_of(self.image))
        })
    }
}

fn condition(kind: &str, holds: bool, since: jiff::Timestamp) -> Value {
    let status = if holds { "True" } else { "False" };
    let mut condition =
        json!({ "type": kind, "status": status, "lastTransitionTime": seconds(since) });
    if !holds {
        condition["reason"] = json!("ContainersNotReady");
    }
    condition
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patch(phase: &Phase, digest: Option<&str>) -> Value {
        Report {
            containers: &["app".to_owned()],
            image: "registry.local/checkout:v1",
            digest,
            phase,
            restarts: 0,
            began: jiff::Timestamp::UNIX_EPOCH,
            turned: jiff::Timestamp::UNIX_EPOCH,
        }
        .to_patch()
    }

    fn ready(patch: &Value) -> &str {
        let conditions = patch["status"]["conditions"].as_array().expect("conditions are a list");
        let ready = conditions.iter().find(|condition| condition["type"] == "Ready");
        ready.and_then(|ready| ready["status"].as_str()).expect("a pod is Ready or it is not")
    }

    #[test]
    fn only_a_running_process_that_says_so_is_ready() {
        let since = jiff::Timestamp::UNIX_EPOCH;
        for (phase, expected) in [
            (Phase::Running { ready: true, since }, "True"),
            (Phase::Running { ready: false, since }, "False"),
            (Phase::Crashed { exit_code: 1 }, "False"),
            (Phase::Unpullable { reason: "ErrImagePull" }, "False"),
        ] {
            assert_eq!(ready(&patch(&phase, Some("ab"))), expected, "{phase:?}");
        }
    }

    #[test]
    fn the_image_is_reported_by_digest_once_it_is_pulled() {
        let since = jiff::Timestamp::UNIX_EPOCH;
        let running = patch(&Phase::Running { ready: true, since }, Some("ab12"));
        let id = &running["status"]["containerStatuses"][0]["imageID"];
        assert_eq!(id, "docker-pullable://registry.local/checkout@sha256:ab12");
        let waiting = patch(&Phase::Unpullable { reason: "ImagePullBackOff" }, None);
        let status = &waiting["status"]["containerStatuses"][0];
        assert_eq!(status["imageID"], "", "nothing was pulled");
        assert_eq!(status["state"]["waiting"]["reason"], "ImagePullBackOff");
    }
}
