//! Paths into JSON of the form `$.a.b[0]`: names and indexes, nothing else.

use serde_json::Value;

/// The value at `path` as text: strings as they are, everything else as JSON. `None`
/// when nothing is there or the path is not of the form `$.a.b[0]`.
pub(crate) fn text_at(document: &Value, path: &str) -> Option<String> {
    match at(document, path)? {
        Value::String(text) => Some(text.clone()),
        other @ (Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::Array(_)
        | Value::Object(_)) => Some(other.to_string()),
    }
}

/// Whether `path` is of the form `$.a.b[0]`.
pub(crate) fn is_path(path: &str) -> bool {
    steps(path).is_some()
}

fn at<'v>(document: &'v Value, path: &str) -> Option<&'v Value> {
    steps(path)?.into_iter().try_fold(document, |value, step| match step {
        Step::Name(name) => value.get(name),
        Step::Index(index) => value.get(index),
    })
}

enum Step<'p> {
    Name(&'p str),
    Index(usize),
}

fn steps(path: &str) -> Option<Vec<Step<'_>>> {
    let mut rest = path.strip_prefix('$')?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        if let Some(tail) = rest.strip_prefix('.') {
            let end = tail.find(['.', '[']).unwrap_or(tail.len());
            let (name, after) = tail.split_at(end);
            if name.is_empty() {
                return None;
            }
            steps.push(Step::Name(name));
            rest = after;
        } else {
            let (index, after) = rest.strip_prefix('[')?.split_once(']')?;
            let quoted = index.strip_prefix(['\'', '"']).and_then(|i| i.strip_suffix(['\'', '"']));
            steps.push(match quoted {
                Some(name) => Step::Name(name),
                None => Step::Index(index.parse().ok()?),
            });
            rest = after;
        }
    }
    Some(steps)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_path_finds_what_it_names() {
        let document =
            json!({ "a": { "b": [1, { "c": "x" }], "d.e": true, "n": null }, "v": "v1" });
        for (path, found) in [
            ("$.v", Some("v1")),
            ("$.a.b[0]", Some("1")),
            ("$.a.b[1].c", Some("x")),
            ("$.a['d.e']", Some("true")),
            ("$.a.n", Some("null")),
            ("$.a.b[7]", None),
            ("$.x", None),
            ("v", None),
            ("$..v", None),
            ("$.a[", None),
        ] {
            assert_eq!(text_at(&document, path).as_deref(), found, "{path}");
        }
    }
}
