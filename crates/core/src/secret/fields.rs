//! Credentials by the name that stands before them: `password=…`, `"api_key": "…"`,
//! `Authorization: …`. Only for what others print: our own words name secrets.

use super::MASK;

/// A name that ends like this, after `-`, `_` and capitals are evened out, has a credential
/// as its value. `tokens`, `token_count` and `secret_name` do not end like that.
const NAMES: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "token",
    "apikey",
    "accesskey",
    "secretkey",
    "privatekey",
    "encryptionkey",
    "signingkey",
    "accountkey",
    "sharedkey",
    "authkey",
    "credential",
    "credentials",
    "clientsecret",
    "connectionstring",
    "xauth",
    "sessionid",
];

/// Headers whose whole line is one.
const HEADERS: &[&str] =
    &["authorization", "proxyauthorization", "cookie", "setcookie", "xapikey", "xauthtoken"];

/// A value shorter than this is a count, a flag or a name rather than a credential.
const VALUE_AT_LEAST: usize = 4;

/// Masks the values of such names in one line.
pub(super) fn mask(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find(['=', ':']) {
        let (before, after) = rest.split_at(at + 1);
        out.push_str(before);
        rest = after;
        let name = name(&before[..at]);
        let is_header = before.ends_with(':') && HEADERS.contains(&name.as_str());
        if !is_header && !NAMES.iter().any(|ending| name.ends_with(ending)) {
            continue;
        }
        let blank = after.len() - after.trim_start_matches([' ', '\t']).len();
        let value = &after[blank..];
        let (quote, length) = extent(value, is_header);
        let found = &value[quote..quote + length];
        if is_harmless(found) {
            continue;
        }
        out.push_str(&after[..blank + quote]);
        out.push_str(MASK);
        rest = &value[quote + length..];
    }
    out.push_str(rest);
    out
}

/// The name at the end of `text`, in small letters and without separators.
fn name(text: &str) -> String {
    let text = text.trim_end_matches([' ', '"', '\'', '\\', ']']);
    let own = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-' || c == '.';
    let begins = text
        .rfind(|c: char| !own(c))
        .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    text[begins..]
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// Where a value begins and how long it is: inside of its quotes, or up to what ends it.
fn extent(value: &str, is_header: bool) -> (usize, usize) {
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
    let ends = |c: char| {
        if is_header {
            c == '"' || c == '\'' || c == '\r'
        } else {
            c.is_whitespace() || ",;&\"')}]<>".contains(c)
        }
    };
    (0, value.find(ends).unwrap_or(value.len()))
}

/// What stands where a credential could and is none: nothing, a placeholder, a number, a
/// word that says whether there is one.
fn is_harmless(value: &str) -> bool {
    const WORDS: &[&str] = &[
        "true", "false", "null", "none", "nil", "required", "missing", "invalid", "expired",
        "valid", "redacted", "optional", "string", "unset", "empty",
    ];
    let small = value.trim().to_ascii_lowercase();
    small.len() < VALUE_AT_LEAST
        || small.contains(MASK)
        || WORDS.contains(&small.as_str())
        || small.starts_with(['$', '<', '{', '[', '*'])
        || small.chars().all(|c| c.is_ascii_digit() || c == '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_behind_telling_names_are_masked() {
        for (line, wanted) in [
            ("password=hunter2 next", "password=[secret] next"),
            ("DB_PASSWORD: hunter2", "DB_PASSWORD: [secret]"),
            (r#"{"api_key": "abc\"def", "x": 1}"#, r#"{"api_key": "[secret]", "x": 1}"#),
            (
                r#"body: "{\"clientSecret\":\"abcdef\"}""#,
                r#"body: "{\"clientSecret\":\"[secret]\"}""#,
            ),
            ("Authorization: Basic abcdef==", "Authorization: [secret]"),
            ("curl -H 'Cookie: a=b; c=d' x", "curl -H 'Cookie: [secret]' x"),
            ("--access-token=abcdefg --dry", "--access-token=[secret] --dry"),
            ("url?token=abcdef&page=2", "url?token=[secret]&page=2"),
            ("export AWS_SECRET_ACCESS_KEY='a/b+c'", "export AWS_SECRET_ACCESS_KEY='[secret]'"),
        ] {
            assert_eq!(mask(line), wanted);
        }
    }

    #[test]
    fn ordinary_lines_are_left_alone() {
        for line in [
            "tokens: 4096, max_tokens=12, token_count=77",
            "token: 12345 of 99999",
            "secret_name=prometheus-token was read",
            "password: ${DB_PASSWORD} and secret=<redacted>",
            "the password is missing: ask for it",
            "token=null password=true",
            "time=10:00:01 level=info msg=\"rolled back\" version=v2",
            "https://grafana.acme.dev/d/checkout?from=now-1h&to=now",
        ] {
            assert_eq!(mask(line), line);
        }
    }
}
