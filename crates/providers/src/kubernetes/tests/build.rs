//! Deployments put together for tests, as a Kubernetes API server shows them.

use lastgood_core::name::EffectKey;
use serde_json::{Value, json};

use super::super::objects::Seen;

/// A Deployment with one `ReplicaSet` for each image, the last one in front.
#[derive(Clone)]
pub(in crate::kubernetes) struct Build {
    pub(in crate::kubernetes) name: &'static str,
    pub(in crate::kubernetes) label: (&'static str, &'static str),
    pub(in crate::kubernetes) images: Vec<&'static str>,
    pub(in crate::kubernetes) replicas: u32,
    /// Of the one in front; the others are of the one before.
    pub(in crate::kubernetes) ready: u32,
    pub(in crate::kubernetes) paused: bool,
    /// The minute of the hour in which the first one was made.
    pub(in crate::kubernetes) minute: u32,
}

impl Build {
    pub(in crate::kubernetes) fn of(
        name: &'static str,
        label: (&'static str, &'static str),
        images: &[&'static str],
    ) -> Self {
        let images = images.to_vec();
        Self { name, label, images, replicas: 3, ready: 3, paused: false, minute: 0 }
    }

    /// The id of the release of `image`.
    pub(in crate::kubernetes) fn release(&self, image: &str) -> String {
        format!("{}-{image}", self.name)
    }

    pub(in crate::kubernetes) fn seen(&self) -> Seen {
        let at = "2026-11-22T21:59:00Z".parse().expect("a time");
        let template = |image: &str| {
            json!({
                "metadata": { "labels": { "app": "checkout", self.label.0: self.label.1 } },
                "spec": { "containers": [{ "name": "app", "image": format!("r/checkout:{image}") }] },
            })
        };
        let newest = self.images.len() - 1;
        let set = |(index, image): (usize, &&'static str)| {
            let count = match newest - index {
                0 => self.ready,
                1 => self.replicas - self.ready,
                _ => 0,
            };
            let minute = self.minute + u32::try_from(index).expect("few");
            json!({
                "metadata": {
                    "name": self.release(image),
                    "uid": format!("uid-{}-{image}", self.name),
                    "creationTimestamp": format!("2026-11-22T21:{minute:02}:00Z"),
                    "annotations": { "deployment.kubernetes.io/revision": (index + 1).to_string() },
                    "ownerReferences": [{ "uid": format!("uid-{}", self.name) }],
                },
                "spec": { "template": template(image) },
                "status": { "replicas": count, "readyReplicas": count },
            })
        };
        let sets: Vec<Value> = self.images.iter().enumerate().map(set).collect();
        let deployment = json!({
            "metadata": {
                "name": self.name,
                "namespace": "shop",
                "uid": format!("uid-{}", self.name),
                "resourceVersion": "7",
                "generation": 1,
                "annotations": {},
            },
            "spec": {
                "replicas": self.replicas,
                "paused": self.paused,
                "template": template(self.images[newest]),
            },
            "status": {
                "observedGeneration": 1,
                "replicas": self.replicas,
                "updatedReplicas": self.ready,
                "readyReplicas": self.ready,
                "availableReplicas": self.ready,
                "conditions": [{ "type": "Progressing", "status": "True" }],
            },
        });
        Seen::new(deployment, sets, at)
    }
}

/// The key of a first attempt.
pub(in crate::kubernetes) fn key() -> EffectKey {
    super::marks::key("run-1", "restore", 1)
}
