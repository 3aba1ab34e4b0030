//! Which names have a credential as their value.

/// How a value is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word that a person chose: a number can be one, too.
    Password,
    /// Something that was generated: a number alone is a count.
    Token,
    /// A header, whose whole line is one.
    Header,
}

/// A name that ends like this, after `-`, `_` and capitals are evened out, has a word that a
/// person chose as its value. In the languages that teams write their notes in.
const PASSWORDS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "pwd",
    "passwort",
    "kennwort",
    "motdepasse",
    "contraseña",
    "contrasena",
    "senha",
    "wachtwoord",
    "lösenord",
    "hasło",
    "пароль",
];

/// The same for what was generated. `tokens`, `token_count` and `secret_name` do not end like
/// that.
const TOKENS: &[&str] = &[
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
    "routingkey",
    "integrationkey",
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

/// What the name at the end of `text` has behind `sign`, which is `=`, `:` or `>`.
pub(super) fn kind(text: &str, sign: &str) -> Option<Kind> {
    let raw = raw(text);
    if sign == ">" {
        // Only behind the name of an element.
        let element = text.strip_suffix(raw).is_some_and(|before| before.ends_with('<'));
        return element.then(|| of_name(raw)).flatten();
    }
    let name = evened(raw);
    if sign == ":" && HEADERS.contains(&name.as_str()) {
        return Some(Kind::Header);
    }
    let in_an_address = || text.trim_end_matches(raw).ends_with(['?', '&']);
    let signs = name == "sig" || name.ends_with("signature");
    if sign == "=" && signs && in_an_address() {
        return Some(Kind::Token);
    }
    if sign == "=" && name == "pass" {
        return Some(Kind::Password);
    }
    of_name(raw)
}

/// What a name alone tells.
pub(super) fn of_name(raw: &str) -> Option<Kind> {
    let name = evened(raw);
    if PASSWORDS.iter().any(|ending| name.ends_with(ending)) || is_short_for_password(raw) {
        return Some(Kind::Password);
    }
    TOKENS.iter().any(|ending| name.ends_with(ending)).then_some(Kind::Token)
}

/// `DB_PASS`, `db.pass` and `dbPass`, and not `bypass` or `compass`.
fn is_short_for_password(raw: &str) -> bool {
    let Some(before) = raw.len().checked_sub(4).and_then(|at| raw.get(..at)) else { return false };
    let short = &raw[before.len()..];
    let apart = before.ends_with(['_', '-', '.']) && short.eq_ignore_ascii_case("pass");
    let hump = short == "Pass" && before.ends_with(|c: char| c.is_ascii_lowercase());
    apart || hump
}

/// The name at the end of `text`, as it is written.
fn raw(text: &str) -> &str {
    let text = text.trim_end_matches([' ', '"', '\'', '\\', ']']);
    let own = |c: char| c.is_alphanumeric() || c == '_' || c == '-' || c == '.';
    let begins = text
        .rfind(|c: char| !own(c))
        .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    &text[begins..]
}

/// In small letters and without separators.
fn evened(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
