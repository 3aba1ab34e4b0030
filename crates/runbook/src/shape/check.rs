//! Reports everything in a tree that does not fit its shape.

use super::{Keys, Kind, Need, Shape};
use crate::code::Code;
use crate::finding::Report;
use crate::nearest::{did_you_mean, nearest};
use crate::scalar;
use crate::tree::{At, Plain, Value};
use crate::{address, scalar::duration_text};
use lastgood_core::time::Millis;

/// Reports what does not fit, all of it.
pub(crate) fn check(at: &At<'_>, kind: &Kind, report: &mut Report) {
    if let Kind::Anything = kind {
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
        | Kind::Id
        | Kind::Address
        | Kind::JsonPath
        | Kind::Status
        | Kind::Path => match at.scalar() {
            Some(text) => scalar_value(at, text, kind, report),
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
        let none_yet = choice.of.iter().all(|key| absent(key));
        let meant = nearest(key, shape.keys().filter(|key| absent(&key)));
        let meant_otherwise = meant.is_some_and(|meant| !choice.of.contains(&meant));
        if none_yet && !meant_otherwise {
            let what = format!("{}s", choice.what);
            let suggestion = did_you_mean(key, choice.of.iter().copied(), &what);
            let message = format!("`{shown}` is not a {}", choice.what);
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

fn scalar_value(at: &At<'_>, text: &str, kind: &Kind, report: &mut Report) {
    let plain = at.node().plain();
    let quoted = matches!(at.node().value, Value::Scalar { plain: false, .. });
    let shown: String = text.chars().take(60).collect();
    // A text may not look like something else, or editors and other readers of YAML would
    // disagree with us about what it is.
    let textual = |report: &mut Report| {
        let good = plain == Some(Plain::Text);
        if !good {
            let what = if plain == Some(Plain::Number) { "the number" } else { "the flag" };
            report.error_with(
                Code::WrongType,
                at,
                format!("{} must be {}, and this is {what} {shown}", name_of(at), kind.words()),
                format!("write \"{shown}\" in quotes"),
            );
        }
        good
    };
    let refuse = |report: &mut Report, code, suggestion: Option<String>| {
        let message = format!("`{shown}` is not {}", kind.words());
        report.error_with(code, at, message, suggestion);
    };
    match kind {
        Kind::Text => {
            if textual(report) && text.trim().is_empty() {
                report.error(Code::EmptyValue, at, format!("{} is empty", name_of(at)));
            }
        }
        Kind::Value => {}
        Kind::Flag => {
            if !matches!(plain, Some(Plain::Flag(_))) {
                let meant = match text.to_ascii_lowercase().as_str() {
                    "yes" | "on" | "true" => Some("write `true`".to_owned()),
                    "no" | "off" | "false" => Some("write `false`".to_owned()),
                    _ => None,
                };
                refuse(report, Code::WrongType, meant);
            }
        }
        Kind::Whole { min, max } => match text.parse::<u64>() {
            Ok(number) if !quoted && (*min..=*max).contains(&number) => {}
            Ok(_) if !quoted => range(at, &shown, &min.to_string(), &max.to_string(), report),
            Ok(_) => refuse(report, Code::WrongType, Some("remove the quotes".to_owned())),
            Err(_) if plain == Some(Plain::Number) => {
                range(at, &shown, &min.to_string(), &max.to_string(), report);
            }
            Err(_) => refuse(report, Code::WrongType, None),
        },
        Kind::Number { min, max } => match text.parse::<f64>() {
            Ok(number) if plain == Some(Plain::Number) && *min <= number && number <= *max => {}
            Ok(_) if plain == Some(Plain::Number) => {
                range(at, &shown, &min.to_string(), &max.to_string(), report);
            }
            Ok(_) | Err(_) => refuse(report, Code::WrongType, None),
        },
        Kind::Duration { min, max } => match scalar::duration(text) {
            Some(length) if (*min..=*max).contains(&length.0) => {}
            Some(_) => {
                let (min, max) = (duration_text(Millis(*min)), duration_text(Millis(*max)));
                range(at, &shown, &min, &max, report);
            }
            None => {
                let bare = text.chars().all(|c| c.is_ascii_digit());
                refuse(report, Code::InvalidDuration, bare.then(|| format!("write `{shown}s`")));
            }
        },
        Kind::Percentage { open } => match scalar::percentage(text) {
            Some(share) if !open && (0.0..=1.0).contains(&share) => {}
            Some(share) if *open && 0.0 < share && share < 1.0 => {}
            Some(_) => {
                let words = if *open { ("more than 0%", "less than 100%") } else { ("0%", "100%") };
                range(at, &shown, words.0, words.1, report);
            }
            None => {
                let number = plain == Some(Plain::Number);
                refuse(
                    report,
                    Code::InvalidPercentage,
                    number.then(|| format!("write `{shown}%`")),
                );
            }
        },
        Kind::Word(words) => {
            if textual(report) && !words.iter().any(|(word, _)| *word == text) {
                let known = words.iter().map(|(word, _)| *word);
                let suggestion = nearest(text, known).map(|word| format!("did you mean `{word}`?"));
                refuse(report, Code::UnknownWord, suggestion);
            }
        }
        Kind::Name => {
            if textual(report) && !scalar::is_name(text) {
                bad_name(at, &shown, report);
            }
        }
        Kind::Id => {
            if textual(report) && !scalar::is_id(text) {
                bad_id(at, &shown, report);
            }
        }
        Kind::Address => {
            if textual(report) {
                address::check(at, text, report);
            }
        }
        Kind::JsonPath => {
            if textual(report) && !scalar::is_json_path(text) {
                refuse(report, Code::InvalidJsonPath, None);
            }
        }
        Kind::Status => {
            if scalar::status(text).is_none() {
                refuse(report, Code::InvalidStatus, None);
            }
        }
        Kind::Path => {
            if textual(report) && text.starts_with('~') {
                report.error_with(
                    Code::HomePath,
                    at,
                    "`~` is not expanded here",
                    "write the path in full, or from this file's folder on".to_owned(),
                );
            }
        }
        Kind::List { .. }
        | Kind::Map { .. }
        | Kind::Object(_)
        | Kind::Either(_)
        | Kind::Anything => {}
    }
}

fn map_key(at: &At<'_>, key: &str, keys: Keys, report: &mut Report) {
    let shown: String = key.chars().take(60).collect();
    match keys {
        Keys::Name if !scalar::is_name(key) => bad_name(at, &shown, report),
        Keys::Id if !scalar::is_id(key) => bad_id(at, &shown, report),
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

fn bad_name(at: &At<'_>, shown: &str, report: &mut Report) {
    report.error_with(
        Code::InvalidName,
        at,
        format!("`{shown}` cannot be a name"),
        "names hold letters, digits, `-`, `_` and `.`, at most 63".to_owned(),
    );
}

fn bad_id(at: &At<'_>, shown: &str, report: &mut Report) {
    let suggestion = match scalar::as_id(shown) {
        Some(id) => format!("write `{id}`"),
        None => "use lower-case letters, digits and `-`, at most 63".to_owned(),
    };
    report.error_with(Code::InvalidName, at, format!("`{shown}` cannot be an id"), suggestion);
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

fn range(at: &At<'_>, shown: &str, min: &str, max: &str, report: &mut Report) {
    let message = format!("{} is {shown}; it must lie between {min} and {max}", name_of(at));
    report.error(Code::OutOfRange, at, message);
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
fn name_of(at: &At<'_>) -> String {
    match at.path().rsplit('.').next() {
        None | Some("") => "the file".to_owned(),
        Some(last) => format!("`{last}`"),
    }
}
