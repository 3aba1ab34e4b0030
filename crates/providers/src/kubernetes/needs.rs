//! What a release needs of its namespace, and how two releases differ.
//!
//! Of `ConfigMaps` and Secrets only metadata is asked for: which keys there are stands in
//! the managed fields (`f:data`), and so no value of a Secret ever reaches us.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use futures::future::join_all;
use jiff::Timestamp;
use lastgood_core::preflight::{Comparison, Need, NeedState, Outside, OutsideObject};
use lastgood_core::recorded::Recorded;
use lastgood_core::release::Release;
use serde_json::Value;

use super::error::Failure;
use super::objects::{ReplicaSet, Seen, text};
use super::request::{self, ONLY_METADATA};
use super::template::{self, Kind, Reference};
use super::{Kubernetes, reply};
use crate::needs::{Image, KnowNeeds, Needs};

/// A template names few objects; more would make the check slower than the rollback.
const OBJECTS_AT_MOST: usize = 40;

/// What the metadata of an object tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Metadata {
    /// `None` when the API server does not keep managed fields of it.
    pub(super) keys: Option<BTreeSet<String>>,
    pub(super) changed_at: Option<Timestamp>,
}

impl Metadata {
    pub(super) fn of(object: &Value) -> Self {
        let mut keys = None;
        let mut changed_at = reply::time(&object["metadata"]["creationTimestamp"]);
        for entry in object["metadata"]["managedFields"].as_array().into_iter().flatten() {
            changed_at = changed_at.max(reply::time(&entry["time"]));
            for data in ["f:data", "f:binaryData"] {
                let fields = entry["fieldsV1"][data].as_object();
                let names =
                    fields.into_iter().flatten().filter_map(|(name, _)| name.strip_prefix("f:"));
                keys.get_or_insert_with(BTreeSet::new).extend(names.map(str::to_owned));
            }
        }
        Self { keys, changed_at }
    }
}

/// What was found of each object, or what that says of the need for it.
type Looked = BTreeMap<(Kind, String), Result<Metadata, NeedState>>;

#[async_trait]
impl KnowNeeds for Kubernetes {
    async fn needs(&self, release: &Release) -> Result<Needs, String> {
        let seen = self.seen().await.map_err(|refusal| refusal.to_string())?;
        let Some(set) = seen.set(release.id.as_str()) else {
            return Err(format!("the {} {} is gone", seen.keeper(), release.id));
        };
        let template = set.template();
        let references = template::references(&template);
        let (looked, nodes) = futures::join!(self.metadata(&references), self.nodes());
        let images = template::images(&template);
        let own = set.image(self.place.container.as_deref());
        Ok(Needs {
            machines: machines(&nodes, &template),
            images: images
                .into_iter()
                .map(|reference| Image {
                    recorded: (reference == own)
                        .then(|| release.digest.as_option().cloned())
                        .flatten(),
                    cached: is_on_a_node(&nodes, &reference),
                    reference,
                })
                .collect(),
            refers: references.iter().map(|reference| need(reference, &looked)).collect(),
        })
    }

    async fn differences(&self, from: &Release, to: &Release) -> Comparison {
        let doubt = |why: String| Comparison { doubts: vec![why], ..Comparison::default() };
        let seen = match self.seen().await {
            Ok(seen) => seen,
            Err(refusal) => return doubt(refusal.to_string()),
        };
        let (Some(now), Some(then)) = (template_of(&seen, from), template_of(&seen, to)) else {
            let keeper = seen.keeper();
            return doubt(format!("the {keeper} of one of them is gone, and its template with it"));
        };
        self.compared(&seen, &now.template(), &then.template()).await
    }
}

impl Kubernetes {
    /// How two templates differ, and what lies outside of both.
    pub(super) async fn compared(&self, seen: &Seen, now: &Value, then: &Value) -> Comparison {
        let whole = |template: &Value| -> BTreeSet<Reference> {
            let all = template::references(template).into_iter();
            all.map(|reference| Reference { key: None, ..reference }).collect()
        };
        let shared: Vec<Reference> = whole(now)
            .intersection(&whole(then))
            .filter(|reference| {
                matches!(reference.kind, Kind::ConfigMap | Kind::Secret | Kind::Claim)
            })
            .cloned()
            .collect();
        let (looked, around) = futures::join!(self.metadata(&shared), self.around(seen));
        let shared = shared
            .into_iter()
            .map(|reference| {
                let key = (reference.kind, reference.name.clone());
                let changed = looked.get(&key).and_then(|found| found.as_ref().ok());
                OutsideObject {
                    kind: reference.kind.as_str().to_owned(),
                    name: reference.name,
                    // What is in a volume changes without its claim.
                    changed_at: match reference.kind {
                        Kind::Claim => Recorded::NotRecorded,
                        Kind::ConfigMap | Kind::Secret | Kind::Account => {
                            changed.and_then(|found| found.changed_at).into()
                        }
                    },
                }
            })
            .collect();
        let (around, mut unseen) = around;
        unseen.push(
            "ingresses, network policies, custom resources and what runs in other namespaces"
                .to_owned(),
        );
        Comparison {
            differences: template::differences(now, then),
            outside: Outside { shared, around, unseen },
            doubts: Vec::new(),
        }
    }

    /// The metadata of each object that is referred to, side by side.
    async fn metadata(&self, references: &[Reference]) -> Looked {
        let objects: BTreeSet<(Kind, String)> = references
            .iter()
            .map(|reference| (reference.kind, reference.name.clone()))
            .take(OBJECTS_AT_MOST)
            .collect();
        let asked = objects.into_iter().map(|(kind, name)| async move {
            let path = request::named(&self.place, kind.plural(), &name);
            let found = match self.link.get_as(&path, ONLY_METADATA).await {
                Ok(answer) => Ok(Metadata::of(&answer.value)),
                Err(Failure::Status { code: 404, .. }) => Err(NeedState::Missing),
                Err(failure) => {
                    Err(NeedState::Unknown { why: failure.refusal(kind.as_str()).to_string() })
                }
            };
            ((kind, name), found)
        });
        join_all(asked).await.into_iter().collect()
    }

    /// The nodes, where we may see them.
    async fn nodes(&self) -> Vec<Value> {
        self.link
            .get(request::NODES)
            .await
            .map(|answer| reply::items(answer.value))
            .unwrap_or_default()
    }

    /// The network services in front of the Deployment, and its autoscalers.
    async fn around(&self, seen: &Seen) -> (Vec<OutsideObject>, Vec<String>) {
        let (services, scalers) =
            (request::services(&self.place), request::autoscalers(&self.place));
        let (services, scalers) = futures::join!(self.link.get(&services), self.link.get(&scalers));
        let (mut around, mut unseen) = (Vec::new(), Vec::new());
        match services {
            Ok(answer) => around.extend(
                reply::items(answer.value)
                    .iter()
                    .filter(|service| selects(service, seen.template()))
                    .map(|service| outside("Service", service)),
            ),
            Err(_) => unseen.push("network services".to_owned()),
        }
        match scalers {
            Ok(answer) => around.extend(
                reply::items(answer.value)
                    .iter()
                    .filter(|one| scales(one, seen.kind(), self.place.workload.name()))
                    .map(|one| outside("HorizontalPodAutoscaler", one)),
            ),
            Err(_) => unseen.push("autoscalers".to_owned()),
        }
        (around, unseen)
    }
}

/// Whether an autoscaler is for the object of this kind and name.
pub(super) fn scales(autoscaler: &Value, kind: &str, name: &str) -> bool {
    let target = &autoscaler["spec"]["scaleTargetRef"];
    target["kind"] == kind && target["name"] == name
}

fn outside(kind: &str, object: &Value) -> OutsideObject {
    // An autoscaler's status is written all the time; only its specification counts.
    let specified = object["metadata"]["managedFields"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|entry| !entry["fieldsV1"]["f:spec"].is_null())
        .filter_map(|entry| reply::time(&entry["time"]))
        .max();
    OutsideObject {
        kind: kind.to_owned(),
        name: text(&object["metadata"]["name"]),
        changed_at: specified
            .or_else(|| reply::time(&object["metadata"]["creationTimestamp"]))
            .into(),
    }
}

fn template_of<'s>(seen: &'s Seen, release: &Release) -> Option<&'s ReplicaSet> {
    seen.set(release.id.as_str())
}

/// Whether a network service leads to pods of `template`.
fn selects(service: &Value, template: &Value) -> bool {
    let labels = &template["metadata"]["labels"];
    service["spec"]["selector"].as_object().is_some_and(|selector| {
        !selector.is_empty() && selector.iter().all(|(name, value)| labels[name] == *value)
    })
}

fn need(reference: &Reference, looked: &Looked) -> Need {
    let what = reference.words();
    let unknown = |why: &str| NeedState::Unknown { why: why.to_owned() };
    let found = looked.get(&(reference.kind, reference.name.clone()));
    let state = match (found, &reference.key) {
        (None, _) => unknown("the release refers to too many things"),
        (Some(Err(state)), _) => state.clone(),
        (Some(Ok(_)), None) => NeedState::There,
        (Some(Ok(Metadata { keys: Some(keys), .. })), Some(key)) if keys.contains(key) => {
            NeedState::There
        }
        (Some(Ok(Metadata { keys: Some(keys), .. })), Some(_)) if !keys.is_empty() => {
            NeedState::Missing
        }
        // An empty object and one without managed fields look alike from here.
        (Some(Ok(_)), Some(_)) => unknown("the API server does not tell which keys it has"),
    };
    Need { what, state }
}

/// The kinds of machines that may have to run `template`: those of the nodes that its node
/// selector admits. Linux on amd64 where no node can be seen.
pub(super) fn machines(nodes: &[Value], template: &Value) -> Vec<(String, String)> {
    let wanted = template["spec"]["nodeSelector"].as_object();
    let admits = |node: &&Value| {
        wanted.is_none_or(|wanted| {
            wanted.iter().all(|(name, value)| node["metadata"]["labels"][name] == *value)
        })
    };
    let mut found: Vec<(String, String)> = nodes
        .iter()
        .filter(admits)
        .map(|node| {
            let info = &node["status"]["nodeInfo"];
            (text(&info["operatingSystem"]), text(&info["architecture"]))
        })
        .filter(|(os, architecture)| !os.is_empty() && !architecture.is_empty())
        .collect();
    found.sort_unstable();
    found.dedup();
    if found.is_empty() {
        found.push(("linux".to_owned(), "amd64".to_owned()));
    }
    found
}

/// Whether a node lists the image among those that it keeps.
fn is_on_a_node(nodes: &[Value], image: &str) -> bool {
    nodes.iter().any(|node| {
        let kept = node["status"]["images"].as_array().into_iter().flatten();
        kept.flat_map(|entry| entry["names"].as_array().into_iter().flatten()).any(|name| {
            name.as_str().is_some_and(|name| name == image || name.ends_with(&format!("/{image}")))
        })
    })
}
