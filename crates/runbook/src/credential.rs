//! Credentials that stand in a file as they are. A file of a workspace is shared, and a plan
//! that is made of it is shown, exported and kept: only the name of a secret belongs there.
//!
//! What is filled in later, `{{ … }}` and `$NAME`, is none: by then a value has been looked up.

mod elsewhere;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use lastgood_core::secret::{redact, redact_text};

use crate::code::Code;
use crate::finding::Report;
use crate::tree::{At, Value};

/// What opens and closes what is filled in later.
const FILLINGS: [(&str, &str); 3] = [("{{", "}}"), ("${", "}"), ("$(", ")")];

/// Stands for what is filled in later.
const FILLED_IN: &str = "<>";

/// What stands before a credential in a header.
const SCHEMES: [&str; 3] = ["bearer ", "basic ", "token "];

/// A user before `@` in an address is a name up to this length, and a token beyond it.
const USER_AT_MOST: usize = 20;

/// A word behind "bearer" is prose up to this length, if it is one of small letters.
const PROSE_AT_MOST: usize = 20;

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

/// `text` in which nothing is left that is filled in later, or is known to be harmless.
fn settled(text: &str) -> String {
    without_users(&without_prose(&without_fillings(text)))
}

/// `{{ name }}`, `$NAME`, `${NAME}` and `$(command)` as [`FILLED_IN`], with the scheme before.
fn without_fillings(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut unclosed = [false; FILLINGS.len()];
    while let Some(at) = rest.find(['{', '$']) {
        let (before, tail) = rest.split_at(at);
        out.push_str(before);
        let Some(length) = filling(tail, &mut unclosed) else {
            out.push_str(&tail[..1]);
            rest = &tail[1..];
            continue;
        };
        for scheme in SCHEMES {
            let kept = out.len().saturating_sub(scheme.len());
            if out.as_bytes()[kept..].eq_ignore_ascii_case(scheme.as_bytes()) {
                out.truncate(kept);
            }
        }
        out.push_str(FILLED_IN);
        rest = &tail[length..];
    }
    out.push_str(rest);
    out
}

/// How long what is filled in at the beginning of `text` is, if something is. What was found not
/// to be closed is not looked for again: a text of a million beginnings would take forever.
fn filling(text: &str, unclosed: &mut [bool; FILLINGS.len()]) -> Option<usize> {
    for ((opens, closes), unclosed) in FILLINGS.iter().zip(unclosed) {
        if let Some(inner) = text.strip_prefix(opens) {
            let end = if *unclosed { None } else { inner.find(closes) };
            *unclosed |= end.is_none();
            return end.map(|end| opens.len() + end + closes.len());
        }
    }
    let name = text.strip_prefix('$')?;
    let length = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
    (length > 0).then_some(length + 1)
}

/// "Bearer authentication" is prose.
fn without_prose(text: &str) -> String {
    const WORD: &str = "earer ";
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(WORD) {
        let (before, tail) = rest.split_at(at + WORD.len());
        let end = tail.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(tail.len());
        let ends = tail[end..].chars().next();
        let prose = end < PROSE_AT_MOST
            && ends.is_none_or(|c| c.is_whitespace() || ".,;:!?\"')`".contains(c));
        out.push_str(if prose { before.trim_end() } else { before });
        out.push_str(&tail[..end]);
        rest = &tail[end..];
    }
    out.push_str(rest);
    out
}

/// `git@` before a host is a name, and `app:<>@` holds none.
fn without_users(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (head, tail) = rest.split_at(at + 3);
        out.push_str(head);
        let end = tail
            .find(|c: char| c == '/' || c == '?' || c == '#' || c == '"' || c.is_whitespace())
            .unwrap_or(tail.len());
        let (authority, after) = tail.split_at(end);
        let host = authority.rfind('@').filter(|sign| match authority[..*sign].split_once(':') {
            Some((_, password)) => ["", FILLED_IN].contains(&password),
            None => *sign < USER_AT_MOST,
        });
        out.push_str(host.map_or(authority, |sign| &authority[sign + 1..]));
        rest = after;
    }
    out.push_str(rest);
    out
}
