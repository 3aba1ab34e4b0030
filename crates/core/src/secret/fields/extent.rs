//! Where a value begins and ends, and what is none.

use super::super::MASK;
use super::names::Kind;

/// A value shorter than this is a count, a flag or a name rather than a credential.
const VALUE_AT_LEAST: usize = 4;

/// Where a value begins and how long it is: inside of its quotes, or up to what ends it.
pub(super) fn of(value: &str, kind: Kind) -> (usize, usize) {
    for quote in ["\\\"", "\"", "'"] {
        if let Some(inner) = value.strip_prefix(quote) {
            let mut from = 0;
            // A quote behind a backslash belongs to the value.
            while let Some(found) = inner[from..].find(quote) {
                let end = from + found;
                if quote.starts_with('\\') || !inner[..end].ends_with('\\') {
                    return (quote.len(), end);
                }
                from = end + quote.len();
            }
            return (quote.len(), inner.len());
        }
    }
    let ends = |(at, c): (usize, char)| match c {
        '"' | '\'' | '\r' => true,
        _ if kind == Kind::Header => c == '\n',
        '&' | ',' | ';' => ends_here(&value[at + 1..], c),
        _ => c.is_whitespace() || ")}]<>".contains(c),
    };
    let end = value.char_indices().find(|found| ends(*found)).map_or(value.len(), |(at, _)| at);
    (0, end)
}

/// Whether a separator ends the value: `rest` goes on with a blank, a closing sign or the name
/// of the next value. Else it is a letter of the value, as in `Tr0ub4dor&3`.
fn ends_here(rest: &str, separator: char) -> bool {
    let closed = rest.starts_with(|c: char| c.is_whitespace() || "\"')}]".contains(c));
    let named = rest.len()
        - rest.trim_start_matches(|c: char| c.is_alphanumeric() || "_-.\"'[]".contains(c)).len();
    let next = named > 0 && rest[named..].starts_with(['=', ':']);
    next || (separator != '&' && (closed || rest.is_empty()))
}

/// What stands where a credential could and is none: nothing, a placeholder, a number, a
/// word that says whether there is one.
pub(super) fn is_harmless(value: &str, kind: Kind) -> bool {
    const WORDS: &[&str] = &[
        "true", "false", "null", "none", "nil", "required", "missing", "invalid", "expired",
        "valid", "redacted", "optional", "string", "unset", "empty",
    ];
    let small = value.trim().to_ascii_lowercase();
    let number = small.chars().all(|c| c.is_ascii_digit() || c == '.');
    small.len() < VALUE_AT_LEAST
        || is_masked(&small, kind)
        || WORDS.contains(&small.as_str())
        || small.starts_with(['<', '{', '['])
        || small.chars().all(|c| c == '*' || c == '•')
        || is_variable(value.trim())
        || (number && kind != Kind::Password)
}

/// Whether somebody has masked it before: of a header, the one credential that it had.
fn is_masked(value: &str, kind: Kind) -> bool {
    value.contains(MASK) && (kind != Kind::Header || value.split_whitespace().count() <= 2)
}

/// `$NAME`, `${NAME}`, `$(command)`; a password may begin with the same sign.
fn is_variable(value: &str) -> bool {
    let Some(name) = value.strip_prefix('$') else { return false };
    let shouted = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    name.starts_with(['{', '(']) || (!name.is_empty() && name.chars().all(shouted))
}
