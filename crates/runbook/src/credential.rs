//! Credentials that stand in a file as they are. A file of a workspace is shared, and a plan
//! that is made of it is shown, exported and kept: only the name of a secret belongs there.
//!
//! What is filled in later, `{{ … }}` and `$NAME`, is none: by then a value has been looked up.

mod elsewhere;
mod settled;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use lastgood_core::secret::{redact, redact_text};

use self::settled::{FILLED_IN, settled};
use crate::code::Code;
use crate::finding::Report;
use crate::tree::{At, Value};

/// What to do instead, wherever it stands.
const INSTEAD: &str = "keep it with `lastgood secret set NAME`, and write that NAME under \
                       `secret:`, `secrets:` or `bearer:`";

/// Reports every text of a file, and every key, that has the shape of a credential.
pub(crate) fn check(root: &At<'_>, report: &mut Report) {
    walk(root, &mut BTreeSet::new(), report);
}

fn walk(at: &At<'_>, seen: &mut BTreeSet<(usize, usize)>, report: &mut Report) {
    // What aliases repeat is looked at once.
    if report.is_full() || !seen.insert(at.node().span.bytes) {
        return;
    }
    match &at.node().value {
        Value::Scalar { text, .. } if by_shape(text) => found(at, report),
        Value::Scalar { .. } => {}
        Value::List(_) => at.items().for_each(|item| walk(&item, seen, report)),
        Value::Map(_) => {
            for (key, value) in at.entries() {
                if by_shape(&key.text) {
                    found(&at.key(key), report);
                }
                walk(&value, seen, report);
            }
        }
    }
}

/// The text itself is not repeated: findings are printed and pasted.
fn found(at: &At<'_>, report: &mut Report) {
    if !report.has_at(Code::SecretInFile, at) {
        let message = "this looks like a credential, and files and plans are shared";
        report.error_with(Code::SecretInFile, at, message, INSTEAD.to_owned());
    }
}

/// Reports what stands where the name of a secret belongs and is none.
pub(crate) fn secret_name(at: &At<'_>, is_name: bool, text: &str, report: &mut Report) {
    if is_name && !by_shape(text) && !is_random(text) {
        return;
    }
    report.error_with(
        Code::SecretInFile,
        at,
        "the name of a secret belongs here, and this is none; it is not repeated, because it may \
         be the secret itself",
        "keep the value with `lastgood secret set NAME`, and write that NAME here: letters, \
         digits, `-`, `_` and `.`, at most 63"
            .to_owned(),
    );
}

/// Reports a program's arguments that hold a credential: by a name before it, or in a
/// switch of its own.
pub(crate) fn argv(argv: &At<'_>, report: &mut Report) {
    if let Some(text) = argv.scalar() {
        if in_text(text) {
            found(argv, report);
        }
        return;
    }
    let words: Vec<At<'_>> = argv.items().collect();
    let text = |index: usize| words.get(index).and_then(At::scalar).unwrap_or_default();
    let program = elsewhere::base(text(0));
    let logs_in = ["curl", "wget", "http"].contains(&program);
    // `--set-secrets=TOKEN=name` names secrets of a cloud.
    let names_secrets = |switch: &str| elsewhere::names_a_secret(switch, program);
    for (index, word) in words.iter().enumerate() {
        let (this, next) = (text(index), text(index + 1));
        let behind =
            index > 0 && text(index - 1).starts_with('-') && names_secrets(text(index - 1));
        let named = this.split_once('=').is_some_and(|(switch, _)| names_secrets(switch));
        if !behind && !named && in_text(this) {
            found(word, report);
        }
        let Some(value) = words.get(index + 1) else { continue };
        let switch = this.starts_with('-') && !this.contains(['=', ' ']) && !next.starts_with('-');
        if switch && !names_secrets(this) && by_name(this.trim_start_matches('-'), next) {
            found(value, report);
        }
        let user = ["-u", "--user", "--proxy-user"].contains(&this);
        if logs_in && user && next.split_once(':').is_some_and(|(_, word)| is_literal(word)) {
            found(value, report);
        }
    }
}

/// Reports values behind a telling name, at any depth.
pub(crate) fn named(at: &At<'_>, report: &mut Report) {
    for (key, value) in at.entries() {
        if value.scalar().is_some_and(|text| by_name(&key.text, text)) {
            found(&value, report);
        }
        named(&value, report);
    }
    at.items().for_each(|item| named(&item, report));
}

/// Reports a text, such as a body, in which a credential stands behind a telling name.
pub(crate) fn text(at: &At<'_>, report: &mut Report) {
    if at.scalar().is_some_and(in_text) {
        found(at, report);
    }
}

/// Whether anything in `text` has the shape of a credential.
pub(crate) fn by_shape(text: &str) -> bool {
    let text = settled(text);
    redact(&text, &[]) != text
}

/// Whether `value` is a credential because of what it is called.
fn by_name(name: &str, value: &str) -> bool {
    if !is_literal(value) || elsewhere::names_a_secret(name, "") {
        return false;
    }
    let line = format!("{name}: {}", serde_json::Value::from(elsewhere::without(&settled(value))));
    redact_text(&line) != line
}

/// Whether a telling name in `text` has a credential behind it.
fn in_text(text: &str) -> bool {
    let text = elsewhere::without(&settled(text));
    redact_text(&text) != text
}

/// Whether a value is one by itself, rather than a hint at where one is.
fn is_literal(value: &str) -> bool {
    let value = settled(value);
    !value.is_empty() && value != FILLED_IN && !elsewhere::leads(&value)
}

/// Letters and digits in a row that nobody would call anything.
fn is_random(text: &str) -> bool {
    const AT_LEAST: usize = 24;
    let digits = text.chars().filter(char::is_ascii_digit).count();
    text.len() >= AT_LEAST
        && text.chars().all(|c| c.is_ascii_alphanumeric())
        && digits >= 3
        && digits < text.len()
}
