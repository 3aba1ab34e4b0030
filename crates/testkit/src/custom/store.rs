//! The objects, and what happened to them.

use std::collections::BTreeMap;

use futures::Stream;
use hyper::StatusCode;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::sync::broadcast;

use super::Resource;
use crate::clock;

/// Events that a slow watcher may lag behind; one that lags further looks again.
const BEHIND: usize = 1024;

/// A refusal, as the API server words them.
#[derive(Debug)]
pub(super) struct Denied {
    pub(super) code: StatusCode,
    reason: &'static str,
    message: String,
}

/// Which part of an object a change is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// All but the status.
    Object,
    /// The status and nothing else.
    Status,
}

/// A change, in one of the forms of a PATCH.
#[derive(Debug)]
pub(super) enum Change {
    /// RFC 7396.
    Merge(Value),
    /// RFC 6902.
    Json(json_patch::Patch),
    /// What somebody wants; it is created when it is not there.
    Apply(Value),
}

#[derive(Clone, Debug)]
struct Event {
    version: u64,
    namespace: String,
    line: Value,
}

/// Told from every other object's.
fn uid(of: &str) -> String {
    let digest = Sha256::digest(of);
    let part = |from: usize| u64::from_be_bytes(std::array::from_fn(|at| digest[from + at]));
    format!("{:016x}{:016x}", part(0), part(8))
}

/// The objects of one resource.
#[derive(Debug)]
pub(super) struct Store {
    resource: Resource,
    version: u64,
    objects: BTreeMap<(String, String), Value>,
    log: Vec<Event>,
    news: broadcast::Sender<Event>,
}

impl Denied {
    const fn new(code: StatusCode, reason: &'static str, message: String) -> Self {
        Self { code, reason, message }
    }

    pub(super) fn unknown(path: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NotFound", format!("nothing is served at {path}"))
    }

    pub(super) fn not_allowed(method: &str) -> Self {
        let message = format!("{method} is not served here");
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message)
    }

    pub(super) fn bad(error: &dyn std::error::Error) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", error.to_string())
    }

    pub(super) fn status(&self) -> Value {
        json!({
            "kind": "Status", "apiVersion": "v1", "status": "Failure",
            "code": self.code.as_u16(), "reason": self.reason, "message": self.message,
        })
    }
}

impl Change {
    pub(super) fn read(content_type: &str, body: &[u8]) -> Result<Self, Denied> {
        let read = || super::read(body);
        match content_type {
            "application/merge-patch+json" => read().map(Self::Merge),
            "application/apply-patch+yaml" => read().map(Self::Apply),
            "application/json-patch+json" => {
                serde_json::from_slice(body).map(Self::Json).map_err(|error| Denied::bad(&error))
            }
            other => Err(Denied::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "UnsupportedMediaType",
                format!("a patch cannot be {other}"),
            )),
        }
    }

    fn make(self, object: &mut Value) -> Result<(), Denied> {
        match self {
            Self::Merge(patch) | Self::Apply(patch) => json_patch::merge(object, &patch),
            Self::Json(patch) => json_patch::patch(object, &patch).map_err(|error| {
                Denied::new(StatusCode::UNPROCESSABLE_ENTITY, "Invalid", error.to_string())
            })?,
        }
        Ok(())
    }
}

impl Store {
    pub(super) fn new(resource: Resource) -> Self {
        let (news, _) = broadcast::channel(BEHIND);
        Self { resource, version: 1, objects: BTreeMap::new(), log: Vec::new(), news }
    }

    pub(super) fn get(&self, namespace: &str, name: &str) -> Result<Value, Denied> {
        let found = self.objects.get(&(namespace.to_owned(), name.to_owned()));
        found.cloned().ok_or_else(|| {
            let Resource { plural, group, .. } = self.resource;
            let message = format!("{plural}.{group} \"{name}\" not found");
            Denied::new(StatusCode::NOT_FOUND, "NotFound", message)
        })
    }

    pub(super) fn list(&self, namespace: Option<&str>) -> Value {
        let inside = |(of, _): &(String, String)| namespace.is_none_or(|wanted| wanted == of);
        let items: Vec<&Value> =
            self.objects.iter().filter(|(at, _)| inside(at)).map(|(_, object)| object).collect();
        json!({
            "apiVersion": self.resource.group_version(),
            "kind": format!("{}List", self.resource.kind),
            "metadata": { "resourceVersion": self.version.to_string() },
            "items": items,
        })
    }

    pub(super) fn create(&mut self, namespace: &str, mut object: Value) -> Result<Value, Denied> {
        let name = object["metadata"]["name"].as_str().unwrap_or_default().to_owned();
        if self.get(namespace, &name).is_ok() {
            let message = format!("{} \"{name}\" already exists", self.resource.plural);
            return Err(Denied::new(StatusCode::CONFLICT, "AlreadyExists", message));
        }
        let uid = uid(&format!("{}{namespace}/{name}{}", self.resource.kind, self.version));
        let metadata = &mut object["metadata"];
        metadata["namespace"] = json!(namespace);
        metadata["uid"] = json!(uid);
        metadata["creationTimestamp"] = json!(clock::now().strftime("%FT%TZ").to_string());
        metadata["generation"] = json!(1);
        object["apiVersion"] = json!(self.resource.group_version());
        object["kind"] = json!(self.resource.kind);
        Ok(self.keep("ADDED", namespace, &name, object))
    }

    /// What a change would lead to; nothing is kept of it.
    pub(super) fn rehearse(
        &self,
        namespace: &str,
        name: &str,
        part: Part,
        change: Change,
    ) -> Result<Value, Denied> {
        let mut apart = Self::new(self.resource);
        apart.version = self.version;
        apart.objects = self.objects.clone();
        apart.change(namespace, name, part, change)
    }

    pub(super) fn change(
        &mut self,
        namespace: &str,
        name: &str,
        part: Part,
        change: Change,
    ) -> Result<Value, Denied> {
        match (self.get(namespace, name), change) {
            (Err(_), Change::Apply(object))
                if part == Part::Object && object["metadata"]["name"] == name =>
            {
                self.create(namespace, object)
            }
            (Err(denied), _) => Err(denied),
            (Ok(before), change) => {
                let mut after = before.clone();
                change.make(&mut after)?;
                self.settle(namespace, name, part, (before, after))
            }
        }
    }

    /// Takes from `after` what a change of `part` may change.
    fn settle(
        &mut self,
        namespace: &str,
        name: &str,
        part: Part,
        (before, after): (Value, Value),
    ) -> Result<Value, Denied> {
        let wanted = &after["metadata"]["resourceVersion"];
        if !wanted.is_null() && *wanted != before["metadata"]["resourceVersion"] {
            let message = format!(
                "Operation cannot be fulfilled on {} \"{name}\": the object has been modified",
                self.resource.plural
            );
            return Err(Denied::new(StatusCode::CONFLICT, "Conflict", message));
        }
        let mut next = match part {
            Part::Object => after.clone(),
            Part::Status => before.clone(),
        };
        next["status"] = match part {
            Part::Object => before["status"].clone(),
            Part::Status => after["status"].clone(),
        };
        for fixed in
            ["name", "namespace", "uid", "creationTimestamp", "resourceVersion", "generation"]
        {
            next["metadata"][fixed] = before["metadata"][fixed].clone();
        }
        if next == before {
            return Ok(before);
        }
        if next["spec"] != before["spec"] {
            let generation = before["metadata"]["generation"].as_u64().unwrap_or(0);
            next["metadata"]["generation"] = json!(generation + 1);
        }
        Ok(self.keep("MODIFIED", namespace, name, next))
    }

    pub(super) fn delete(&mut self, namespace: &str, name: &str) -> Result<Value, Denied> {
        let mut object = self.get(namespace, name)?;
        self.objects.remove(&(namespace.to_owned(), name.to_owned()));
        self.version += 1;
        object["metadata"]["resourceVersion"] = json!(self.version.to_string());
        self.tell("DELETED", namespace, &object);
        Ok(json!({ "kind": "Status", "apiVersion": "v1", "status": "Success" }))
    }

    fn keep(&mut self, what: &str, namespace: &str, name: &str, mut object: Value) -> Value {
        self.version += 1;
        object["metadata"]["resourceVersion"] = json!(self.version.to_string());
        if object["status"].is_null()
            && let Some(fields) = object.as_object_mut()
        {
            fields.remove("status");
        }
        self.objects.insert((namespace.to_owned(), name.to_owned()), object.clone());
        self.tell(what, namespace, &object);
        object
    }

    fn tell(&mut self, what: &str, namespace: &str, object: &Value) {
        let line = json!({ "type": what, "object": object });
        let event = Event { version: self.version, namespace: namespace.to_owned(), line };
        self.log.push(event.clone());
        // Nobody may be listening.
        let _ = self.news.send(event);
    }

    /// What happens after version `since`; without one, what is there comes first.
    pub(super) fn watch(
        &self,
        namespace: Option<String>,
        since: Option<&str>,
    ) -> impl Stream<Item = Value> + Send + 'static {
        let since = since.and_then(|text| text.parse::<u64>().ok()).filter(|since| *since > 0);
        let inside = move |of: &str| namespace.as_ref().is_none_or(|wanted| wanted == of);
        let first: Vec<Value> = match since {
            Some(since) => self
                .log
                .iter()
                .filter(|event| event.version > since && inside(&event.namespace))
                .map(|event| event.line.clone())
                .collect(),
            None => self
                .objects
                .iter()
                .filter(|((of, _), _)| inside(of))
                .map(|(_, object)| json!({ "type": "ADDED", "object": object }))
                .collect(),
        };
        let news = futures::stream::unfold(self.news.subscribe(), move |mut news| {
            let inside = inside.clone();
            async move {
                loop {
                    // Whoever lagged behind too far is let go, and looks again.
                    let event = news.recv().await.ok()?;
                    if inside(&event.namespace) {
                        return Some((event.line, news));
                    }
                }
            }
        });
        futures::StreamExt::chain(futures::stream::iter(first), news)
    }
}
