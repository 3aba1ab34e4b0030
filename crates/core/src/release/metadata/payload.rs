//! Metadata as one object inside a JSON document: the payload of a deployment. Pure.

use serde_json::{Map, Value};

use super::field::flags_of;
use super::{Field, Metadata, Read};

/// Under which key of a payload our object stands; everything beside it is the team's.
pub const PAYLOAD_KEY: &str = "lastgood";

/// `metadata` as the object under [`PAYLOAD_KEY`]: texts, flags as an object, the cost as
/// a number.
#[must_use]
pub fn to_payload(metadata: &Metadata) -> Map<String, Value> {
    let value = |field: &Field| -> Option<Value> {
        let text = field.text(metadata)?;
        Some(match field {
            Field::Cost | Field::Flags | Field::Provides | Field::Requires => {
                serde_json::from_str(&text).unwrap_or_else(|_| Value::from(text.clone()))
            }
            Field::Commit
            | Field::Digest
            | Field::SchemaVersion
            | Field::Version
            | Field::RollbackCommand
            | Field::Runbook
            | Field::Actor
            | Field::Expires
            | Field::Changelog => Value::from(text),
        })
    };
    let named = |field: &Field| Some((field.as_str().to_owned(), value(field)?));
    Field::ALL.iter().filter_map(named).collect()
}

/// What a payload says: an object, or a text that holds one, as some interfaces give it.
/// A payload without our object says nothing, and that is no doubt.
#[must_use]
pub fn from_payload(payload: &Value) -> Read {
    let mut read = Read::default();
    let held: Value;
    let payload = match payload {
        Value::String(text) => {
            // A payload may be given as an object that was made a text twice.
            let once: Value = serde_json::from_str(text).unwrap_or(Value::Null);
            held = match &once {
                Value::String(again) => serde_json::from_str(again).unwrap_or(Value::Null),
                Value::Object(_)
                | Value::Null
                | Value::Bool(_)
                | Value::Number(_)
                | Value::Array(_) => once,
            };
            &held
        }
        Value::Object(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => {
            payload
        }
    };
    let Some(ours) = payload.get(PAYLOAD_KEY) else { return read };
    let Value::Object(ours) = ours else {
        read.doubts.push(format!("`{PAYLOAD_KEY}` in the payload is no object"));
        return read;
    };
    for (name, value) in ours {
        let Some(field) = Field::named(name) else { continue };
        let text = match value {
            Value::Null => continue,
            Value::String(text) => text.clone(),
            other @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
                other.to_string()
            }
        };
        if matches!(field, Field::Flags) && flags_of(&text).is_none() {
            read.doubts.push("`flags` in the payload is no object of values".to_owned());
        } else if let Err(why) = field.set(&mut read.metadata, &text) {
            read.doubts.push(format!("`{name}` in the payload cannot be used: {why}"));
        }
    }
    read
}
