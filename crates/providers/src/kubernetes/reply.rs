//! What answers of Kubernetes mean. Pure.

use jiff::Timestamp;
use lastgood_core::secret::redact_output;
use serde_json::Value;

/// The JSON document in `body`.
pub(super) fn document(body: &[u8]) -> Result<Value, String> {
    serde_json::from_slice(body).map_err(|error| {
        let start = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
        if start.trim_start().starts_with('<') {
            "a web page, perhaps of a proxy that wants a login".to_owned()
        } else {
            format!("it is not complete JSON ({error})")
        }
    })
}

/// Kubernetes' own sentence in a refusal (`Status.message`).
pub(super) fn sentence(body: &[u8]) -> Option<String> {
    let status: Value = serde_json::from_slice(body).ok()?;
    let message = status["message"].as_str()?;
    let causes: Vec<&str> = status["details"]["causes"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|cause| cause["message"].as_str())
        .filter(|cause| !message.contains(cause))
        .collect();
    // An admission webhook's sentence is whatever its author printed.
    Some(if causes.is_empty() {
        redact_output(message, &[])
    } else {
        redact_output(&format!("{message} ({})", causes.join("; ")), &[])
    })
}

/// The items of a list.
pub(super) fn items(list: Value) -> Vec<Value> {
    match list {
        Value::Object(mut list) => match list.remove("items") {
            Some(Value::Array(items)) => items,
            Some(_) | None => Vec::new(),
        },
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Vec::new()
        }
    }
}

/// A time as Kubernetes writes it, RFC 3339.
pub(super) fn time(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}

/// A count; absent is zero, as Kubernetes leaves zeros out.
pub(super) fn count(value: &Value) -> u32 {
    value.as_u64().and_then(|count| u32::try_from(count).ok()).unwrap_or(0)
}

/// Whether an access review allows it; `None` when it does not say.
pub(super) fn allowed(review: &Value) -> Option<bool> {
    review["status"]["allowed"].as_bool()
}

/// Whether `object` is owned by the object with this uid.
pub(super) fn is_owned_by(object: &Value, uid: &str) -> bool {
    object["metadata"]["ownerReferences"]
        .as_array()
        .into_iter()
        .flatten()
        .any(|owner| owner["uid"].as_str() == Some(uid))
}
