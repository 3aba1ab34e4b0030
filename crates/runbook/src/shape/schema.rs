//! Shapes as JSON Schema, for editors.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Keys, Kind, Need, Shape};

const DURATION: &str = "^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$";
const PERCENTAGE: &str = "^[0-9]+(\\.[0-9]+)?%$";
const NAME: &str = "^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$";
const ID: &str = "^[a-z][a-z0-9]*(-[a-z0-9]+)*$";
const ADDRESS: &str = "^[Hh][Tt][Tt][Pp][Ss]?://.+$";
const JSON_PATH: &str = "^\\$(\\.[^.\\[\\s]+|\\[[0-9]+\\])*$";
const HEADER: &str = "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$";

/// The schema of a file whose whole is a `shape`.
pub(crate) fn schema_of(title: &str, shape: &'static Shape) -> Value {
    let mut shapes = BTreeMap::new();
    collect(shape, &mut shapes);
    let defs: Map<String, Value> =
        shapes.iter().map(|(name, shape)| ((*name).to_owned(), object(shape))).collect();
    sorted(json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "$ref": reference(shape),
        "$defs": defs,
    }))
}

fn reference(shape: &Shape) -> String {
    format!("#/$defs/{}", shape.name)
}

fn collect(shape: &'static Shape, into: &mut BTreeMap<&'static str, &'static Shape>) {
    if into.insert(shape.name, shape).is_none() {
        for field in shape.fields {
            collect_kind(&field.kind, into);
        }
    }
}

fn collect_kind(kind: &'static Kind, into: &mut BTreeMap<&'static str, &'static Shape>) {
    match kind {
        Kind::Object(shape) => collect(shape, into),
        Kind::List { of, .. } | Kind::Map { of, .. } => collect_kind(of, into),
        Kind::Either(kinds) => kinds.iter().for_each(|kind| collect_kind(kind, into)),
        Kind::Text
        | Kind::Value
        | Kind::Flag
        | Kind::Whole { .. }
        | Kind::Number { .. }
        | Kind::Duration { .. }
        | Kind::Percentage { .. }
        | Kind::Word(_)
        | Kind::Name
        | Kind::Secret
        | Kind::Id
        | Kind::Address
        | Kind::JsonPath
        | Kind::Status
        | Kind::Path
        | Kind::Anything => {}
    }
}

fn object(shape: &Shape) -> Value {
    let mut schema = json!({
        "type": "object",
        "description": sentence(shape.help),
        "additionalProperties": false,
    });
    let mut properties = Map::new();
    let mut needed = Vec::new();
    let mut owners = Map::new();
    for field in shape.fields {
        let mut described = match field.need {
            Need::Refused(_) => json!({ "not": {} }),
            Need::Required | Need::Optional | Need::Default(_) | Need::Later => of(&field.kind),
        };
        let mut help = sentence(field.help);
        match field.need {
            Need::Required => needed.push(field.key),
            Need::Optional => {}
            Need::Default(value) => help = format!("{help} Default: {value}."),
            Need::Later => {
                help = format!("{help} Not used by this version.");
                described["deprecated"] = json!(true);
            }
            Need::Refused(_) => help = format!("Not in this version. {help}"),
        }
        described["description"] = json!(help);
        if let Some(owner) = field.with {
            owners.insert(field.key.to_owned(), json!([owner]));
        }
        properties.insert(field.key.to_owned(), described);
    }
    schema["properties"] = Value::Object(properties);
    if !needed.is_empty() {
        schema["required"] = json!(needed);
    }
    if !owners.is_empty() {
        schema["dependentRequired"] = Value::Object(owners);
    }
    if let Some(choice) = shape.choice {
        let one: Vec<Value> = choice.of.iter().map(|key| json!({ "required": [key] })).collect();
        schema["oneOf"] = json!(one);
    }
    schema
}

fn of(kind: &Kind) -> Value {
    let text = |pattern: &str| json!({ "type": "string", "pattern": pattern });
    match kind {
        Kind::Text => json!({ "type": "string", "minLength": 1 }),
        Kind::Value => json!({ "type": ["string", "number", "boolean"] }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Whole { min, max } => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Kind::Number { min, max } => json!({ "type": "number", "minimum": min, "maximum": max }),
        Kind::Duration { .. } => {
            json!({ "type": "string", "minLength": 1, "pattern": DURATION })
        }
        Kind::Percentage { .. } => text(PERCENTAGE),
        Kind::Word(words) => {
            let one: Vec<Value> = words
                .iter()
                .map(|(word, help)| json!({ "const": word, "description": sentence(help) }))
                .collect();
            json!({ "oneOf": one })
        }
        Kind::Name | Kind::Secret => text(NAME),
        Kind::Id => json!({ "type": "string", "maxLength": 63, "pattern": ID }),
        Kind::Address => text(ADDRESS),
        Kind::JsonPath => text(JSON_PATH),
        Kind::Status => json!({ "anyOf": [
            { "type": "integer", "minimum": 100, "maximum": 599 },
            { "type": "string", "pattern": "^([1-5]xx|[1-5][0-9][0-9])$" },
        ] }),
        Kind::Path => text("^[^~]"),
        Kind::List { of: item, min } => {
            json!({ "type": "array", "items": of(item), "minItems": min })
        }
        Kind::Map { keys, of: value, min } => json!({
            "type": "object",
            "propertyNames": { "pattern": match keys {
                Keys::Name => NAME,
                Keys::Id => ID,
                Keys::Header => HEADER,
                Keys::JsonPath => JSON_PATH,
            } },
            "additionalProperties": of(value),
            "minProperties": min,
        }),
        Kind::Object(shape) => json!({ "$ref": reference(shape) }),
        Kind::Either(kinds) => {
            json!({ "anyOf": kinds.iter().map(of).collect::<Vec<_>>() })
        }
        Kind::Anything => json!({}),
    }
}

/// A phrase as a sentence.
fn sentence(phrase: &str) -> String {
    let mut chars = phrase.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    let end = if phrase.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{first}{}{end}", chars.as_str())
}

/// The same with keys in order, whichever way `serde_json` was built to keep them.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let ordered: BTreeMap<String, Value> = map.into_iter().collect();
            Value::Object(ordered.into_iter().map(|(key, value)| (key, sorted(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}
