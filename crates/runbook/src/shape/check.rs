//! Reports everything in a tree that does not fit its shape.

use super::{Keys, Kind, Need, Shape, value};
use crate::code::Code;
use crate::finding::Report;
use crate::nearest::{did_you_mean, nearest};
use crate::scalar;
use crate::tree::{At, Plain, Value};

/// Reports what does not fit, all of it.
pub(crate) fn check(at: &At<'_>, kind: &Kind, report: &mut Report) {
    if matches!(kind, Kind::Anything) || report.is_full() {
        return;
    }
    if at.node().plain() == Some(Plain::Null) {
        let suggestion = "give it one, or remove the key".to_owned();
        report.error_with(
            Code::EmptyValue,
            at,
            format!("{} has no value; it must be {}", name_of(at), kind.words()),
            suggestion,
        );
        return;
    }
    match kind {
        Kind::Anything => {}
        Kind::Either(kinds) => either(at, kinds, kind, report),
        Kind::Object(shape) => match &at.node().value {
            Value::Map(_) => object(at, shape, report),
            Value::Scalar { .. } | Value::List(_) => wrong(at, kind, report),
        },
        Kind::Map { keys, of, min } => match &at.node().value {
            Value::Map(pairs) => {
                few(at, pairs.len(), *min, report);
                for (key, value) in at.entries() {
                    if report.is_full() {
                        return;
                    }
                    map_key(&at.key(key), &key.text, *keys, report);
                    check(&value, of, report);
                }
            }
            Value::Scalar { .. } | Value::List(_) => wrong(at, kind, report),
        },
        Kind::List { of, min } => match &at.node().value {
            Value::List(items) => {
                few(at, items.len(), *min, report);
                for item in at.items() {
                    check(&item, of, report);
                }
            }
            Value::Scalar { .. } | Value::Map(_) => wrong(at, kind, report),
        },
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
        | Kind::Path => match at.scalar() {
            Some(text) => value::check(at, text, kind, report),
            None => wrong(at, kind, report),
        },
    }
}

/// The alternative that YAML calls the same decides what is expected in detail.
fn either(at: &At<'_>, kinds: &[Kind], whole: &Kind, report: &mut Report) {
    let fits = |kind: &&Kind| match (&at.node().value, kind) {
        (Value::Map(_), Kind::Object(_) | Kind::Map { .. })
        | (Value::List(_), Kind::List { .. }) => true,
        (Value::Scalar { .. }, kind) => !matches!(
            kind,
            Kind::Object(_) | Kind::Map { .. } | Kind::List { .. } | Kind::Either(_)
        ),
        (Value::Map(_) | Value::List(_), _) => false,
    };
    match kinds.iter().find(fits) {
        Some(kind) => check(at, kind, report),
        None => wrong(at, whole, report),
    }
}

fn object(at: &At<'_>, shape: &Shape, report: &mut Report) {
    let mut chosen = 0;
    for (key, value) in at.entries() {
        if report.is_full() {
            return;
        }
        let here = at.key(key);
        let Some(field) = shape.field(&key.text) else {
            chosen += unknown_key(&here, &key.text, at, shape, report);
            continue;
        };
        match field.need {
            Need::Later => {
                let message = format!("`{}` is not used by this version", field.key);
                report.advice(Code::NotInThisVersion, &here, message, None);
                continue;
            }
            Need::Refused(why) => {
                let message = format!("`{}` is not in this version", field.key);
                report.error_with(Code::NotInThisVersion, &here, message, why.to_owned());
                chosen += 1;
                continue;
            }
            Need::Required | Need::Optional | Need::Default(_) => {}
        }
        if let Some(choice) = shape.choice.filter(|choice| choice.of.contains(&field.key)) {
            chosen += 1;
            if chosen > 1 {
                let message = format!("this is a second {}; exactly one is possible", choice.what);
                report.error(Code::ChoiceTwice, &here, message);
            }
        }
        if let Some(owner) = field.with.filter(|owner| at.get(owner).is_none()) {
            let message = format!("`{}` belongs to `{owner}`, which is not here", field.key);
            report.error_with(
                Code::KeyOutOfPlace,
                &here,
                message,
                format!("remove `{}`", field.key),
            );
        }
        check(&value, &field.kind, report);
    }
    missing(at, shape, chosen, report);
}

/// Reports a key that the shape does not have; 1 when it was meant as the choice.
fn unknown_key(
    here: &At<'_>,
    key: &str,
    object: &At<'_>,
    shape: &Shape,
    report: &mut Report,
) -> usize {
    let shown: String = key.chars().take(60).collect();
    if let Some(choice) = shape.choice {
        let absent = |key: &&str| object.get(key).is_none();
        let none_yet = choice.of.iter().all(absent);
        let meant = nearest(key, shape.keys().filter(|key| absent(key)));
        let meant_otherwise = meant.is_some_and(|meant| !choice.of.contains(&meant));
        if none_yet && !meant_otherwise {
            let what = format!("{}s", choice.what);
            let suggestion = did_you_mean(key, choice.of.iter().copied(), &what);
            let article =
                if choice.what.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
            let message = format!("`{shown}` is not {article} {}", choice.what);
            report.error_with(choice.unknown, here, message, suggestion);
            return 1;
        }
    }
    let suggestion = did_you_mean(key, shape.keys(), "keys here");
    let message = format!("`{shown}` is not a key of {}", shape.help);
    report.error_with(Code::UnknownKey, here, message, suggestion);
    0
}

fn missing(at: &At<'_>, shape: &Shape, chosen: usize, report: &mut Report) {
    for field in shape.fields {
        let needed = matches!(field.need, Need::Required);
        if needed && at.get(field.key).is_none() {
            let message = format!("`{}` is missing: {}", field.key, field.help);
            report.error_with(
                Code::MissingKey,
                at,
                message,
                format!("add `{}:`, which must be {}", field.key, field.kind.words()),
            );
        }
    }
    if let Some(choice) = shape.choice.filter(|_| chosen == 0) {
        let names: Vec<String> = choice.of.iter().map(|key| format!("`{key}`")).collect();
        report.error_with(
            Code::ChoiceMissing,
            at,
            format!("the {} is missing", choice.what),
            format!("add one of {}", names.join(", ")),
        );
    }
}

fn map_key(at: &At<'_>, key: &str, keys: Keys, report: &mut Report) {
    let shown: String = key.chars().take(60).collect();
    match keys {
        Keys::Name if !scalar::is_name(key) => value::bad_name(at, &shown, report),
        Keys::Id if !scalar::is_id(key) => value::bad_id(at, &shown, report),
        Keys::Header if !scalar::is_header(key) => {
            report.error(
                Code::InvalidName,
                at,
                format!("`{shown}` cannot be the name of a header"),
            );
        }
        Keys::JsonPath if !scalar::is_json_path(key) => {
            let message = format!("`{shown}` is not {}", Kind::JsonPath.words());
            let suggestion =
                scalar::is_json_path(&format!("$.{key}")).then(|| format!("write \"$.{shown}\""));
            report.error_with(Code::InvalidJsonPath, at, message, suggestion);
        }
        Keys::Name | Keys::Id | Keys::Header | Keys::JsonPath => {}
    }
}

fn few(at: &At<'_>, found: usize, min: usize, report: &mut Report) {
    if found < min {
        let message = match (found, min) {
            (0, 1) => format!("{} is empty", name_of(at)),
            (found, min) => format!("{} has {found}, and needs {min}", name_of(at)),
        };
        report.error(Code::TooFew, at, message);
    }
}

fn wrong(at: &At<'_>, kind: &Kind, report: &mut Report) {
    let found = match &at.node().value {
        Value::Scalar { .. } => "a single value",
        Value::List(_) => "a list",
        Value::Map(pairs) if pairs.len() == 1 && pairs[0].0.text.is_empty() => "braces",
        Value::Map(_) => "a mapping",
    };
    // `{{ target }}` without quotes is YAML's flow mapping; everybody meets this once.
    let braces =
        matches!(&at.node().value, Value::Map(_)) && matches!(kind, Kind::Text | Kind::Value);
    let message = format!("{} must be {}, and this is {found}", name_of(at), kind.words());
    let suggestion =
        braces.then(|| "put a text that begins with `{{` or holds `: ` in quotes".to_owned());
    report.error_with(Code::WrongType, at, message, suggestion);
}

/// What to call a value: its key, or what it is an item of.
pub(super) fn name_of(at: &At<'_>) -> String {
    match at.path().rsplit('.').next() {
        None | Some("") => "the file".to_owned(),
        Some(last) => format!("`{last}`"),
    }
}
