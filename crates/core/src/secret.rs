//! Secrets have a type that cannot leak, and what others print is masked before it is
//! hashed, stored or shown: what went into a journal can never be taken out of it.
//!
//! Start with [`redact`] for our own words and [`Redactor`] for the output of others.

mod basic;
mod fields;
mod forms;
mod shapes;
mod stream;
mod userinfo;

use std::fmt;

pub use forms::Forms;
#[cfg(any(test, feature = "testing"))]
pub(crate) use shapes::examples;
pub use stream::{Redactor, redact_output, redact_text};
pub use userinfo::replace_userinfo;

/// A credential. It has no `Display`, no `Serialize` and a mute `Debug`.
#[derive(Clone)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// Takes `value` into custody.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// Gives the value to `use_it`; the only way to read it, and easy to grep for.
    pub fn expose<R>(&self, use_it: impl FnOnce(&T) -> R) -> R {
        use_it(&self.0)
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What a redacted value is replaced with.
pub const MASK: &str = "[secret]";

/// The same, before the host of an address.
const MASK_OF_USER: &str = "[secret]@";

/// Replaces every held secret in `text`, in each form that it may take, and everything that
/// looks like a credential: in a URL (`user:password@`), behind `Bearer ` or `Basic `, or by the
/// shape of a well-known kind of token, or as a private key. Applied before anything is stored.
///
/// Names of fields are not looked at: our own words say `"secret": "NAME"` and mean the
/// name. For what others print there is [`redact_output`], and for what people write
/// [`redact_text`].
#[must_use]
pub fn redact(text: &str, held: &[Secret<String>]) -> String {
    looks_like_one(&mask_private_keys(&Forms::of(held).mask(text)))
}

/// Masks what looks like a credential, whoever holds it.
fn looks_like_one(text: &str) -> String {
    shapes::mask(&basic::mask(&mask_bearer(&mask_userinfo(text))))
}

/// Masks private keys (PEM, RFC 7468) from their first line to their last; one without a last
/// line, up to the end of the text.
fn mask_private_keys(text: &str) -> String {
    const DASHES: &str = "-----";
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(stream::KEY_BEGINS) {
        let label = at + stream::KEY_BEGINS.len();
        let behind = |from: usize| rest[from..].find(DASHES).map(|found| from + found);
        let Some(begun) = behind(label) else { break };
        if !rest[label..begun].contains(stream::KEY) {
            out.push_str(&rest[..begun]);
            rest = &rest[begun..];
            continue;
        }
        out.push_str(&rest[..at]);
        out.push_str(MASK);
        let last = rest[begun..].find(stream::KEY_ENDS);
        let end = last.map(|found| begun + found + stream::KEY_ENDS.len()).and_then(behind);
        rest = end.map_or("", |end| &rest[end + DASHES.len()..]);
    }
    out.push_str(rest);
    out
}

fn mask_userinfo(text: &str) -> String {
    replace_userinfo(text, |_| Some(MASK_OF_USER))
}

fn mask_bearer(text: &str) -> String {
    const WORD: &str = "earer ";
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(WORD) {
        let (head, tail) = rest.split_at(at + WORD.len());
        out.push_str(head);
        let end = tail
            .find(|c: char| c == '"' || c == '\'' || c == ',' || c.is_whitespace())
            .unwrap_or(tail.len());
        // Prose such as "bearer token" stays readable; credentials are longer.
        out.push_str(if end >= 8 { MASK } else { &tail[..end] });
        rest = &tail[end..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_held_secret_never_survives_redaction() {
        let held = [Secret::new("hunter2".to_owned())];
        let clean = redact("GET https://ana:hunter2@db/x?key=hunter2 failed", &held);
        assert!(!clean.contains("hunter2"), "{clean}");
    }

    #[test]
    fn credentials_in_urls_and_headers_are_masked_without_being_known() {
        let clean = redact("postgres://app:s3cr3t@db:5432/x and Bearer abcdefghijkl", &[]);
        assert_eq!(clean, "postgres://[secret]@db:5432/x and Bearer [secret]");
    }

    #[test]
    fn a_private_key_is_masked_with_its_lines_and_what_stands_around_it_stays() {
        let key = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIA\n-----END EC PRIVATE KEY-----";
        assert_eq!(redact(&format!("see\n{key}\nand go on"), &[]), "see\n[secret]\nand go on");
        assert_eq!(redact("-----BEGIN PRIVATE KEY-----\nMHcCAQEEIA", &[]), "[secret]");
        let certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----";
        assert_eq!(redact(certificate, &[]), certificate);
        assert_eq!(redact("-----BEGIN ", &[]), "-----BEGIN ");
    }

    #[test]
    fn ordinary_text_is_left_alone() {
        let text = "see https://grafana.acme.dev/d/checkout, mail ana@acme.dev, the bearer of news";
        assert_eq!(redact(text, &[]), text);
    }

    #[test]
    fn a_secret_says_nothing_in_debug() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "Secret(…)");
    }
}
