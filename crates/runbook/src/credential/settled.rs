//! A text without what is filled in later and what is known to be harmless: what is left may be
//! searched for credentials.

use lastgood_core::secret::replace_userinfo;

/// What opens and closes what is filled in later.
const FILLINGS: [(&str, &str); 3] = [("{{", "}}"), ("${", "}"), ("$(", ")")];

/// Stands for what is filled in later.
pub(super) const FILLED_IN: &str = "<>";

/// What stands before a credential in a header.
const SCHEMES: [&str; 3] = ["bearer ", "basic ", "token "];

/// A user before `@` in an address is a name up to this length, and a token beyond it.
const USER_AT_MOST: usize = 20;

/// A word behind "bearer" is prose up to this length, if it is one of small letters.
const PROSE_AT_MOST: usize = 20;

/// `text` in which nothing is left that is filled in later, or is known to be harmless.
pub(super) fn settled(text: &str) -> String {
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
    replace_userinfo(text, |user| {
        let harmless = match user.split_once(':') {
            Some((_, password)) => ["", FILLED_IN].contains(&password),
            None => user.len() < USER_AT_MOST,
        };
        harmless.then_some("")
    })
}
