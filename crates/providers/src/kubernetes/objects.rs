//! The objects that matter, with what we rely on taken out of them.
//!
//! They stay the JSON that came: types of one Kubernetes version would drop the fields
//! of a newer one, and a template that is put back must be the one that ran.

use jiff::Timestamp;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::reply::{count, is_owned_by, time};
use super::{argo, revisions};

/// Our annotations begin with this.
pub(super) const OURS: &str = "lastgood.dev/";
/// `kubectl rollout history` shows this one.
pub(super) const CHANGE_CAUSE: &str = "kubernetes.io/change-cause";
/// Of Deployments, and of Argo Rollouts.
pub(super) const REVISION: &str = "deployment.kubernetes.io/revision";
pub(super) const REVISION_HISTORY: &str = "deployment.kubernetes.io/revision-history";
const REVISIONS: [&str; 2] = [REVISION, "rollout.argoproj.io/revision"];
const REVISION_HISTORIES: [&str; 2] = [REVISION_HISTORY, "rollout.argoproj.io/revision-history"];
const TEMPLATE_HASH: [&str; 2] = ["pod-template-hash", super::argo::TEMPLATE_HASH];

/// A Deployment with its `ReplicaSets`, as one look found them.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) deployment: Value,
    /// Those that the Deployment owns, highest revision first.
    pub(super) sets: Vec<ReplicaSet>,
    /// The pods, where the numbers of replicas are counted from them.
    pub(super) pods: Vec<Value>,
    pub(super) at: Timestamp,
}

/// A `ReplicaSet`: a release.
#[derive(Clone, Debug)]
pub(super) struct ReplicaSet {
    pub(super) object: Value,
    pub(super) name: String,
    pub(super) uid: String,
    /// The revision it was last rolled out as.
    pub(super) revision: u64,
    /// The revisions it had before that, lowest first.
    pub(super) earlier: Vec<u64>,
    pub(super) created: Option<Timestamp>,
    pub(super) replicas: u32,
    pub(super) ready: u32,
}

impl ReplicaSet {
    pub(super) fn new(object: Value) -> Self {
        let annotation = |names: [&str; 2]| names.iter().find_map(|name| annotation(&object, name));
        let mut earlier: Vec<u64> = annotation(REVISION_HISTORIES)
            .unwrap_or_default()
            .split(',')
            .filter_map(|revision| revision.trim().parse().ok())
            .collect();
        earlier.sort_unstable();
        Self {
            name: text(&object["metadata"]["name"]),
            uid: text(&object["metadata"]["uid"]),
            revision: annotation(REVISIONS).and_then(|text| text.parse().ok()).unwrap_or(0),
            earlier,
            created: time(&object["metadata"]["creationTimestamp"]),
            // The status can lag behind the specification; what exists is what matters.
            replicas: count(&object["status"]["replicas"]),
            ready: count(&object["status"]["readyReplicas"]),
            object,
        }
    }

    /// The template as the Deployment had it.
    pub(super) fn template(&self) -> Value {
        without_hash(&self.object["spec"]["template"])
    }

    pub(super) fn annotation(&self, name: &str) -> Option<&str> {
        annotation(&self.object, name)
    }

    /// One of our annotations: of the template first, which a deploy tool writes, then of
    /// the `ReplicaSet` itself.
    pub(super) fn ours(&self, name: &str) -> Option<&str> {
        let name = format!("{OURS}{name}");
        annotation(&self.object["spec"]["template"], &name)
            .or_else(|| annotation(&self.object, &name))
            .filter(|value| !value.is_empty())
    }

    /// The image of the container that is the release.
    pub(super) fn image(&self, container: Option<&str>) -> String {
        image_of(&self.object["spec"]["template"], container)
    }

    /// The version in words: what the template says, else the tag, else a short digest,
    /// else the name.
    pub(super) fn version(&self, container: Option<&str>) -> String {
        if let Some(version) = self.ours("version") {
            return version.to_owned();
        }
        let image = self.image(container);
        tag_of(&image)
            .map(str::to_owned)
            .or_else(|| digest_of(&image).map(|digest| digest.chars().take(19).collect()))
            .unwrap_or_else(|| self.name.clone())
    }
}

impl Seen {
    pub(super) fn new(deployment: Value, sets: Vec<Value>, at: Timestamp) -> Self {
        let uid = text(&deployment["metadata"]["uid"]);
        let mut sets: Vec<ReplicaSet> =
            sets.into_iter().filter(|set| is_owned_by(set, &uid)).map(ReplicaSet::new).collect();
        sets.sort_by(|a, b| b.revision.cmp(&a.revision).then_with(|| b.created.cmp(&a.created)));
        Self { deployment, sets, pods: Vec::new(), at }
    }

    /// A `StatefulSet` or a `DaemonSet` with its `ControllerRevisions` and its pods.
    pub(super) fn of_revisions(
        owner: Value,
        revisions: Vec<Value>,
        pods: Vec<Value>,
        at: Timestamp,
    ) -> Self {
        let (sets, pods) = revisions::as_sets(&owner, revisions, pods);
        Self { pods, ..Self::new(owner, sets, at) }
    }

    /// What the object is called: `Deployment`.
    pub(super) fn kind(&self) -> &str {
        self.deployment["kind"].as_str().unwrap_or("Deployment")
    }

    /// What its earlier templates are kept in.
    pub(super) fn keeper(&self) -> &'static str {
        if revisions::kind(self).is_some() { "ControllerRevision" } else { "ReplicaSet" }
    }

    pub(super) fn uid(&self) -> &str {
        self.deployment["metadata"]["uid"].as_str().unwrap_or_default()
    }

    pub(super) fn version(&self) -> &str {
        self.deployment["metadata"]["resourceVersion"].as_str().unwrap_or_default()
    }

    pub(super) fn template(&self) -> &Value {
        &self.deployment["spec"]["template"]
    }

    pub(super) fn is_paused(&self) -> bool {
        self.deployment["spec"]["paused"].as_bool().unwrap_or(false) || revisions::is_held(self)
    }

    /// The `ReplicaSet` with the Deployment's present template, as the controller would
    /// choose it; else the newest one. The second value says whether it matches.
    ///
    /// The API server fills defaults into the templates of `ReplicaSet`s and Deployments and
    /// not into that of a Rollout, so there the controller says which one it is.
    pub(super) fn current(&self) -> Option<(&ReplicaSet, bool)> {
        let named = argo::current(self);
        let wanted = hash(self.template());
        let matching = self.sets.iter().find(|set| match named {
            Some(hash) => argo::hash_of(set) == Some(hash),
            None => hash(&set.template()) == wanted,
        });
        match matching {
            Some(set) => Some((set, true)),
            None => self.sets.first().map(|set| (set, false)),
        }
    }

    pub(super) fn set(&self, name: &str) -> Option<&ReplicaSet> {
        self.sets.iter().find(|set| set.name == name)
    }

    /// A condition of the Deployment.
    pub(super) fn condition(&self, kind: &str) -> Option<&Value> {
        self.deployment["status"]["conditions"]
            .as_array()?
            .iter()
            .find(|condition| condition["type"] == kind)
    }

    /// Who changed the template last, and when, from the managed fields.
    pub(super) fn last_editor(&self) -> Option<(String, Option<Timestamp>)> {
        self.deployment["metadata"]["managedFields"]
            .as_array()?
            .iter()
            .filter(|entry| {
                entry["subresource"].as_str().unwrap_or_default().is_empty()
                    && !entry["fieldsV1"]["f:spec"]["f:template"].is_null()
            })
            .map(|entry| (text(&entry["manager"]), time(&entry["time"])))
            .max_by_key(|(_, at)| *at)
    }
}

/// An annotation of any object or template.
pub(super) fn annotation<'v>(object: &'v Value, name: &str) -> Option<&'v str> {
    object["metadata"]["annotations"][name].as_str()
}

/// Text, or nothing as empty text.
pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The container that is the release: the named one, else the first.
pub(super) fn container<'v>(template: &'v Value, name: Option<&str>) -> Option<&'v Value> {
    let containers = template["spec"]["containers"].as_array()?;
    match name {
        Some(name) => containers.iter().find(|container| container["name"] == name),
        None => containers.first(),
    }
}

/// The image of the container that is the release; empty when there is none.
pub(super) fn image_of(template: &Value, name: Option<&str>) -> String {
    container(template, name).map(|container| text(&container["image"])).unwrap_or_default()
}

/// The tag of an image reference. A colon before the last slash is a port.
pub(super) fn tag_of(image: &str) -> Option<&str> {
    let name = image.split_once('@').map_or(image, |(name, _)| name);
    let (_, tag) = name.rsplit_once(':')?;
    (!tag.contains('/') && !tag.is_empty()).then_some(tag)
}

/// The digest `sha256:…` in an image reference or an image id.
pub(super) fn digest_of(image: &str) -> Option<String> {
    let at = image.find("sha256:")?;
    let digest: String = image[at + 7..].chars().take_while(char::is_ascii_hexdigit).collect();
    (!digest.is_empty()).then(|| format!("sha256:{digest}"))
}

/// A template without the label that the controller adds.
pub(super) fn without_hash(template: &Value) -> Value {
    let mut template = template.clone();
    if let Some(labels) = template["metadata"]["labels"].as_object_mut() {
        for label in TEMPLATE_HASH {
            labels.remove(label);
        }
    }
    template
}

/// A short name for what a template says, whatever the order of its fields: the first
/// twelve digits of the SHA-256 of its JSON with sorted names and without nulls.
pub(super) fn hash(template: &Value) -> String {
    use std::fmt::Write as _;

    let digest = Sha256::digest(canonical(template).to_string());
    digest.iter().take(6).fold(String::with_capacity(12), |mut out, byte| {
        // Writing to a String cannot fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}

fn canonical(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut names: Vec<&String> = fields.keys().collect();
            names.sort_unstable();
            let sorted: Map<String, Value> = names
                .into_iter()
                .filter(|name| !fields[*name].is_null())
                .map(|name| (name.clone(), canonical(&fields[name])))
                .collect();
            Value::Object(sorted)
        }
        Value::Array(items) => Value::Array(items.iter().map(canonical).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

/// What a template is, in words and with its hash: `checkout:v2 (template 0a1b2c3d4e5f)`.
pub(super) fn describe(template: &Value, container: Option<&str>) -> String {
    format!("{} (template {})", image_of(template, container), hash(template))
}
