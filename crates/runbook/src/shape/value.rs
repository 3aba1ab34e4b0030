//! Reports a single value that is not of its kind.

use lastgood_core::time::Millis;

use super::Kind;
use super::check::name_of;
use crate::address;
use crate::code::Code;
use crate::credential;
use crate::finding::Report;
use crate::nearest::nearest;
use crate::scalar::{self, duration_text};
use crate::tree::{At, Plain, Value};

/// Reports `text`, which stands at `at`, when it is not of this kind.
pub(super) fn check(at: &At<'_>, text: &str, kind: &Kind, report: &mut Report) {
    match kind {
        Kind::Text
        | Kind::Word(_)
        | Kind::Name
        | Kind::Id
        | Kind::Address
        | Kind::JsonPath
        | Kind::Path => {
            if is_text(at, text, kind, report) {
                word(at, text, kind, report);
            }
        }
        Kind::Secret => {
            let text_it_is = at.node().plain() == Some(Plain::Text);
            credential::secret_name(at, text_it_is && scalar::is_name(text), text, report);
        }
        Kind::Flag
        | Kind::Whole { .. }
        | Kind::Number { .. }
        | Kind::Duration { .. }
        | Kind::Percentage { .. }
        | Kind::Status => quantity(at, text, kind, report),
        Kind::Value
        | Kind::List { .. }
        | Kind::Map { .. }
        | Kind::Object(_)
        | Kind::Either(_)
        | Kind::Anything => {}
    }
}

/// A text may not look like something else, or editors and other readers of YAML would
/// disagree with us about what it is.
fn is_text(at: &At<'_>, text: &str, kind: &Kind, report: &mut Report) -> bool {
    let plain = at.node().plain();
    if plain == Some(Plain::Text) {
        return true;
    }
    let what = if plain == Some(Plain::Number) { "the number" } else { "the flag" };
    let shown = short(text);
    report.error_with(
        Code::WrongType,
        at,
        format!("{} must be {}, and this is {what} {shown}", name_of(at), kind.words()),
        format!("write \"{shown}\" in quotes"),
    );
    false
}

fn word(at: &At<'_>, text: &str, kind: &Kind, report: &mut Report) {
    match kind {
        Kind::Text if text.trim().is_empty() => {
            report.error(Code::EmptyValue, at, format!("{} is empty", name_of(at)));
        }
        Kind::Word(words) if !words.iter().any(|(word, _)| *word == text) => {
            let known = words.iter().map(|(word, _)| *word);
            let suggestion = nearest(text, known).map(|word| format!("did you mean `{word}`?"));
            refuse(at, text, kind, Code::UnknownWord, suggestion, report);
        }
        Kind::Name if !scalar::is_name(text) => bad_name(at, &short(text), report),
        Kind::Id if !scalar::is_id(text) => bad_id(at, &short(text), report),
        Kind::Address => address::check(at, text, report),
        Kind::JsonPath if !scalar::is_json_path(text) => {
            refuse(at, text, kind, Code::InvalidJsonPath, None, report);
        }
        Kind::Path if text.starts_with('~') => report.error_with(
            Code::HomePath,
            at,
            "`~` is not expanded here",
            "write the path in full, or from this file's folder on".to_owned(),
        ),
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
        | Kind::JsonPath
        | Kind::Status
        | Kind::Path
        | Kind::List { .. }
        | Kind::Map { .. }
        | Kind::Object(_)
        | Kind::Either(_)
        | Kind::Anything => {}
    }
}

fn quantity(at: &At<'_>, text: &str, kind: &Kind, report: &mut Report) {
    let plain = at.node().plain();
    let quoted = matches!(at.node().value, Value::Scalar { plain: false, .. });
    let shown = short(text);
    match kind {
        Kind::Flag if !matches!(plain, Some(Plain::Flag(_))) => {
            let meant = match text.to_ascii_lowercase().as_str() {
                "yes" | "on" | "true" => Some("write `true`".to_owned()),
                "no" | "off" | "false" => Some("write `false`".to_owned()),
                _ => None,
            };
            refuse(at, text, kind, Code::WrongType, meant, report);
        }
        Kind::Whole { min, max } => match text.parse::<u64>() {
            Ok(_) if quoted => {
                let suggestion = Some("remove the quotes".to_owned());
                refuse(at, text, kind, Code::WrongType, suggestion, report);
            }
            Ok(number) if (*min..=*max).contains(&number) => {}
            Err(_) if plain != Some(Plain::Number) => {
                refuse(at, text, kind, Code::WrongType, None, report);
            }
            Ok(_) | Err(_) => range(at, &shown, &min.to_string(), &max.to_string(), report),
        },
        Kind::Number { min, max } => match text.parse::<f64>() {
            Ok(number) if plain == Some(Plain::Number) => {
                if !(*min..=*max).contains(&number) {
                    range(at, &shown, &min.to_string(), &max.to_string(), report);
                }
            }
            Ok(_) | Err(_) => refuse(at, text, kind, Code::WrongType, None, report),
        },
        Kind::Duration { min, max } => match scalar::duration(text) {
            Some(length) if (*min..=*max).contains(&length.0) => {}
            Some(_) => {
                let (min, max) = (duration_text(Millis(*min)), duration_text(Millis(*max)));
                range(at, &shown, &min, &max, report);
            }
            None => {
                let bare = text.chars().all(|c| c.is_ascii_digit());
                let suggestion = bare.then(|| format!("write `{shown}s`"));
                refuse(at, text, kind, Code::InvalidDuration, suggestion, report);
            }
        },
        Kind::Percentage { open } => match scalar::percentage(text) {
            Some(share) if !open && (0.0..=1.0).contains(&share) => {}
            Some(share) if *open && 0.0 < share && share < 1.0 => {}
            Some(_) => {
                let (min, max) =
                    if *open { ("more than 0%", "less than 100%") } else { ("0%", "100%") };
                range(at, &shown, min, max, report);
            }
            None => {
                let number = plain == Some(Plain::Number);
                let suggestion = number.then(|| format!("write `{shown}%`"));
                refuse(at, text, kind, Code::InvalidPercentage, suggestion, report);
            }
        },
        Kind::Status if scalar::status(text).is_none() => {
            refuse(at, text, kind, Code::InvalidStatus, None, report);
        }
        Kind::Text
        | Kind::Value
        | Kind::Flag
        | Kind::Word(_)
        | Kind::Name
        | Kind::Secret
        | Kind::Id
        | Kind::Address
        | Kind::JsonPath
        | Kind::Status
        | Kind::Path
        | Kind::List { .. }
        | Kind::Map { .. }
        | Kind::Object(_)
        | Kind::Either(_)
        | Kind::Anything => {}
    }
}

fn refuse(
    at: &At<'_>,
    text: &str,
    kind: &Kind,
    code: Code,
    suggestion: Option<String>,
    report: &mut Report,
) {
    let message = format!("`{}` is not {}", short(text), kind.words());
    report.error_with(code, at, message, suggestion);
}

pub(super) fn bad_name(at: &At<'_>, shown: &str, report: &mut Report) {
    report.error_with(
        Code::InvalidName,
        at,
        format!("`{shown}` cannot be a name"),
        "names hold letters, digits, `-`, `_` and `.`, at most 63".to_owned(),
    );
}

pub(super) fn bad_id(at: &At<'_>, shown: &str, report: &mut Report) {
    let suggestion = match scalar::as_id(shown) {
        Some(id) => format!("write `{id}`"),
        None => "use lower-case letters, digits and `-`, at most 63".to_owned(),
    };
    report.error_with(Code::InvalidName, at, format!("`{shown}` cannot be an id"), suggestion);
}

fn range(at: &At<'_>, shown: &str, min: &str, max: &str, report: &mut Report) {
    let message = format!("{} is {shown}; it must lie between {min} and {max}", name_of(at));
    report.error(Code::OutOfRange, at, message);
}

/// Enough of a text to recognise it.
fn short(text: &str) -> String {
    text.chars().take(60).collect()
}
