//! Secrets that stand inside of a request: in its address behind the host, as an incoming
//! webhook has one, and as a value of its body, as a routing key is one. A plan names them where
//! they belong, `{{ secret.NAME }}`; their values are put there when the request is sent.
//!
//! What a plan fills in from outside, such as a changelog, may hold the same letters. So the
//! places in a body are found in the runbook, before anything is filled in, and in an address
//! every other value is encoded.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::template::references;

/// Before the name of a secret in a placeholder.
const SECRET: &str = "secret.";

/// What a placeholder refers to for the secret `name`.
pub(super) fn reference(name: &str) -> String {
    format!("{SECRET}{name}")
}

/// Whether a placeholder refers to a secret.
pub(super) fn is_reference(name: &str) -> bool {
    name.starts_with(SECRET)
}

/// What stands for the secret `name` until the request is sent.
#[must_use]
pub fn placeholder(name: &str) -> String {
    format!("{{{{ {SECRET}{name} }}}}")
}

/// The names of the secrets that an address holds, in order.
pub fn in_address(url: &str) -> impl Iterator<Item = &str> {
    let all = references(url).unwrap_or_default().into_iter();
    all.filter_map(|name| name.strip_prefix(SECRET))
}

/// The name of the secret that is all of `text`, if one is.
#[must_use]
pub fn alone(text: &str) -> Option<&str> {
    let name = text.trim().strip_prefix("{{")?.strip_suffix("}}")?.trim();
    name.strip_prefix(SECRET).filter(|name| !name.contains(['{', '}']))
}

/// The places of a body whose whole value is a secret, as JSON Pointers, with its name.
#[must_use]
pub fn in_json(body: &Value) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut open = vec![(String::new(), body)];
    while let Some((pointer, value)) = open.pop() {
        match value {
            Value::String(text) => {
                if let Some(name) = alone(text) {
                    found.insert(pointer, name.to_owned());
                }
            }
            Value::Array(items) => {
                let places = items.iter().enumerate();
                open.extend(places.map(|(place, item)| (format!("{pointer}/{place}"), item)));
            }
            Value::Object(map) => open.extend(map.iter().map(|(key, value)| {
                let key = key.replace('~', "~0").replace('/', "~1");
                (format!("{pointer}/{key}"), value)
            })),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    found
}

/// Puts `secret` into every place of an address that names it. It is encoded, but for its
/// slashes: what a webhook calls its secret is several pieces of a path.
#[must_use]
pub fn put_into_address(url: &str, name: &str, secret: &str, encode: fn(&str) -> String) -> String {
    let pieces: Vec<String> = secret.split('/').map(encode).collect();
    url.replace(&placeholder(name), &pieces.join("/"))
}

/// Puts `secret` into one place of a body. Whether there is such a place.
pub fn put_into_json(body: &mut Value, pointer: &str, secret: &str) -> bool {
    body.pointer_mut(pointer).map(|place| *place = Value::from(secret)).is_some()
}
