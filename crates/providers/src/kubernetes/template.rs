//! What a pod template takes from outside of its images, and how two templates differ.
//! Pure. Values of secrets are never here: a template holds only their names and keys.

use std::collections::BTreeMap;

use lastgood_core::preflight::Difference;
use lastgood_core::secret::redact;
use serde_json::Value;

use super::effect::is_secret_name;
use super::objects::text;

/// Something of the namespace that a template refers to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Reference {
    pub(super) kind: Kind,
    pub(super) name: String,
    /// The key that must be in it; `None` for the object as a whole.
    pub(super) key: Option<String>,
}

/// What can be referred to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    ConfigMap,
    Secret,
    Claim,
    Account,
}

impl Kind {
    /// As a person knows it.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::ConfigMap => "ConfigMap",
            Self::Secret => "Secret",
            Self::Claim => "PersistentVolumeClaim",
            Self::Account => "ServiceAccount",
        }
    }

    /// As paths have it.
    pub(super) const fn plural(self) -> &'static str {
        match self {
            Self::ConfigMap => "configmaps",
            Self::Secret => "secrets",
            Self::Claim => "persistentvolumeclaims",
            Self::Account => "serviceaccounts",
        }
    }
}

impl Reference {
    pub(super) fn words(&self) -> String {
        let whole = format!("{} {}", self.kind.as_str(), self.name);
        match &self.key {
            Some(key) => format!("key {key} of {whole}"),
            None => whole,
        }
    }
}

/// What pods of `template` cannot start without, sorted and each once. What the template
/// calls optional is left out.
pub(super) fn references(template: &Value) -> Vec<Reference> {
    let mut found = Found(Vec::new());
    let spec = &template["spec"];
    for container in containers(template) {
        for source in items(&container["envFrom"]) {
            found.add(Kind::ConfigMap, &source["configMapRef"], "name", None);
            found.add(Kind::Secret, &source["secretRef"], "name", None);
        }
        for variable in items(&container["env"]) {
            for (kind, field) in
                [(Kind::ConfigMap, "configMapKeyRef"), (Kind::Secret, "secretKeyRef")]
            {
                let reference = &variable["valueFrom"][field];
                found.add(kind, reference, "name", reference["key"].as_str());
            }
        }
    }
    for volume in items(&spec["volumes"]) {
        found.volume(Kind::ConfigMap, &volume["configMap"], "name");
        found.volume(Kind::Secret, &volume["secret"], "secretName");
        found.add(Kind::Claim, &volume["persistentVolumeClaim"], "claimName", None);
        for source in items(&volume["projected"]["sources"]) {
            found.volume(Kind::ConfigMap, &source["configMap"], "name");
            found.volume(Kind::Secret, &source["secret"], "name");
        }
    }
    found.add(Kind::Account, spec, "serviceAccountName", None);
    found.0.sort_unstable();
    found.0.dedup();
    found.0
}

struct Found(Vec<Reference>);

impl Found {
    fn add(&mut self, kind: Kind, reference: &Value, field: &str, key: Option<&str>) {
        let is_optional = reference["optional"].as_bool().unwrap_or(false);
        if let Some(name) =
            reference[field].as_str().filter(|name| !is_optional && !name.is_empty())
        {
            self.0.push(Reference { kind, name: name.to_owned(), key: key.map(str::to_owned) });
        }
    }

    /// A volume needs the object, and each key that it names.
    fn volume(&mut self, kind: Kind, source: &Value, field: &str) {
        self.add(kind, source, field, None);
        let is_optional = source["optional"].as_bool().unwrap_or(false);
        for item in items(&source["items"]) {
            if let (Some(name), Some(key), false) =
                (source[field].as_str(), item["key"].as_str(), is_optional)
            {
                let (name, key) = (name.to_owned(), Some(key.to_owned()));
                self.0.push(Reference { kind, name, key });
            }
        }
    }
}

/// All images of a template, each once, that of the release first.
pub(super) fn images(template: &Value) -> Vec<String> {
    let mut images: Vec<String> = Vec::new();
    for container in containers(template) {
        let image = text(&container["image"]);
        if !image.is_empty() && !images.contains(&image) {
            images.push(image);
        }
    }
    images
}

/// What changes by going back from the template `from` to `to`, besides images and the
/// names of what they are called by.
pub(super) fn differences(from: &Value, to: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    let (before, after) = (by_name(from), by_name(to));
    for (name, now) in &before {
        match after.get(name) {
            None => found.push(Difference {
                part: format!("container {name}"),
                changes: vec!["it goes away".to_owned()],
            }),
            Some(then) => container(name, now, then, &mut found),
        }
    }
    for name in after.keys().filter(|name| !before.contains_key(*name)) {
        let changes = vec!["it comes back".to_owned()];
        found.push(Difference { part: format!("container {name}"), changes });
    }
    let whole = [
        ("volumes", "volumes"),
        ("service account", "serviceAccountName"),
        ("placement on nodes", "nodeSelector"),
        ("placement on nodes", "affinity"),
        ("placement on nodes", "tolerations"),
        ("security context of the pod", "securityContext"),
        ("grace period", "terminationGracePeriodSeconds"),
        ("priority", "priorityClassName"),
        ("host network", "hostNetwork"),
    ];
    for (part, field) in whole {
        let (now, then) = (&from["spec"][field], &to["spec"][field]);
        let changes = if field == "volumes" {
            maps(&named(now), &named(then))
        } else if now == then {
            Vec::new()
        } else {
            vec![change(now, then)]
        };
        push(&mut found, part.to_owned(), changes);
    }
    let annotations = maps(&ours_apart(from), &ours_apart(to));
    push(&mut found, "annotations of the pods".to_owned(), annotations);
    found
}

fn container(name: &str, now: &Value, then: &Value, found: &mut Vec<Difference>) {
    let of = |part: &str| format!("{part} of container {name}");
    push(found, of("environment"), maps(&variables(now), &variables(then)));
    for (part, fields) in [
        ("resources", &["resources"][..]),
        ("command", &["command", "args", "workingDir"]),
        ("probes", &["livenessProbe", "readinessProbe", "startupProbe"]),
        ("ports", &["ports"]),
        ("mounts", &["volumeMounts"]),
        ("lifecycle", &["lifecycle"]),
        ("security context", &["securityContext"]),
        ("pull policy", &["imagePullPolicy"]),
    ] {
        let changes = fields
            .iter()
            .filter(|field| now[**field] != then[**field])
            .map(|field| {
                let told = change(&now[*field], &then[*field]);
                if fields.len() > 1 { format!("{field}: {told}") } else { told }
            })
            .collect();
        push(found, of(part), changes);
    }
}

fn push(found: &mut Vec<Difference>, part: String, changes: Vec<String>) {
    if changes.is_empty() {
        return;
    }
    match found.iter_mut().find(|known| known.part == part) {
        Some(known) => known.changes.extend(changes),
        None => found.push(Difference { part, changes }),
    }
}

/// A value with the words that a person may see of it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Held {
    raw: String,
    words: String,
}

impl Held {
    fn plain(raw: String) -> Self {
        Self { words: redact(&raw, &[]), raw }
    }
}

/// The variables of a container: what each holds, or where it comes from.
fn variables(container: &Value) -> BTreeMap<String, Held> {
    let mut all = BTreeMap::new();
    for variable in items(&container["env"]) {
        let name = text(&variable["name"]);
        let source = &variable["valueFrom"];
        let held = match source.as_object().and_then(|source| source.iter().next()) {
            None if is_secret_name(&name) => {
                Held { raw: text(&variable["value"]), words: "a hidden value".to_owned() }
            }
            None => Held::plain(text(&variable["value"])),
            Some((kind, of)) => Held::plain(match (of["name"].as_str(), of["key"].as_str()) {
                (Some(object), Some(key)) if kind == "secretKeyRef" => {
                    format!("key {key} of Secret {object}")
                }
                (Some(object), Some(key)) => format!("key {key} of ConfigMap {object}"),
                (Some(_) | None, _) => of["fieldPath"]
                    .as_str()
                    .or_else(|| of["resource"].as_str())
                    .map_or_else(|| of.to_string(), str::to_owned),
            }),
        };
        all.insert(name, held);
    }
    for source in items(&container["envFrom"]) {
        for (kind, field) in [("ConfigMap", "configMapRef"), ("Secret", "secretRef")] {
            if let Some(name) = source[field]["name"].as_str() {
                let prefix = source["prefix"].as_str().unwrap_or_default();
                let held = Held::plain(format!("variables {prefix}*"));
                all.insert(format!("everything of {kind} {name}"), held);
            }
        }
    }
    all
}

/// Volumes by name, as what they hold.
fn named(list: &Value) -> BTreeMap<String, Held> {
    items(list)
        .map(|item| {
            let mut held = item.clone();
            if let Some(fields) = held.as_object_mut() {
                fields.remove("name");
            }
            (text(&item["name"]), Held::plain(held.to_string()))
        })
        .collect()
}

/// Annotations that neither a restart nor Lastgood wrote.
fn ours_apart(template: &Value) -> BTreeMap<String, Held> {
    let all = template["metadata"]["annotations"].as_object();
    all.into_iter()
        .flatten()
        .filter(|(name, _)| {
            !name.starts_with(super::objects::OURS) && !name.ends_with("/restartedAt")
        })
        .map(|(name, value)| (name.clone(), Held::plain(text(value))))
        .collect()
}

/// How one map becomes the other: `LOG_LEVEL: debug → info`.
fn maps(now: &BTreeMap<String, Held>, then: &BTreeMap<String, Held>) -> Vec<String> {
    let mut changes = Vec::new();
    for (name, value) in now {
        match then.get(name) {
            None => changes.push(format!("{name} goes away (was {})", value.words)),
            Some(old) if old.raw != value.raw => {
                changes.push(format!("{name}: {} → {}", value.words, old.words));
            }
            Some(_) => {}
        }
    }
    for (name, value) in then.iter().filter(|(name, _)| !now.contains_key(*name)) {
        changes.push(format!("{name} comes back as {}", value.words));
    }
    changes
}

fn change(now: &Value, then: &Value) -> String {
    let words = |value: &Value| {
        if value.is_null() { "nothing".to_owned() } else { redact(&value.to_string(), &[]) }
    };
    format!("{} → {}", words(now), words(then))
}

fn by_name(template: &Value) -> BTreeMap<String, &Value> {
    containers(template).map(|container| (text(&container["name"]), container)).collect()
}

fn containers(template: &Value) -> impl Iterator<Item = &Value> {
    let spec = &template["spec"];
    items(&spec["containers"]).chain(items(&spec["initContainers"]))
}

fn items(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}
