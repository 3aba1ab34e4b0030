//! The forms that a secret takes once programs have handled it.

use std::fmt::Write as _;

use super::{MASK, Secret};

/// A raw secret is masked whatever its length. An encoded form shorter than this is found in
/// too much that is none.
const ENCODED_AT_LEAST: usize = 4;

/// The part of a base64 text that a secret alone decides is looked for from this length on:
/// 48 bits, which no ordinary log line has by chance.
const INNER_AT_LEAST: usize = 8;

/// A line of a secret of several lines is one by itself from this length on.
const LINE_AT_LEAST: usize = 8;

/// Every form of every secret that is held; longest first, so that no form hides the rest
/// of a longer one.
#[derive(Clone, Default)]
pub struct Forms(Vec<String>);

impl std::fmt::Debug for Forms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Forms({} of them)", self.0.len())
    }
}

impl Forms {
    /// The secrets as they are; in base64, alone or as a part of something longer; in URLs;
    /// in JSON; and the lines of those that have several.
    #[must_use]
    pub fn of(held: &[Secret<String>]) -> Self {
        let mut forms = Vec::new();
        for secret in held {
            secret.expose(|value| collect(value, &mut forms));
        }
        forms.sort_unstable_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        forms.dedup();
        Self(forms)
    }

    /// `text` without any of them.
    #[must_use]
    pub fn mask(&self, text: &str) -> String {
        let mut clean = text.to_owned();
        for form in &self.0 {
            if clean.contains(form.as_str()) {
                clean = clean.replace(form.as_str(), MASK);
            }
        }
        clean
    }

    /// How long the longest is, in bytes.
    pub(super) fn longest(&self) -> usize {
        self.0.first().map_or(0, String::len)
    }

    /// Where the first form begins that lies across the byte `cut` of `bytes`.
    pub(super) fn across(&self, bytes: &[u8], cut: usize) -> Option<usize> {
        let mut first = None;
        for form in self.0.iter().map(String::as_bytes).filter(|form| form.len() > 1) {
            let from = cut.saturating_sub(form.len() - 1);
            let to = (cut + form.len() - 1).min(bytes.len());
            let window = bytes.get(from..to).unwrap_or_default();
            let found = window.windows(form.len()).position(|part| part == form);
            if let Some(at) = found.map(|at| from + at) {
                first = Some(first.map_or(at, |known: usize| known.min(at)));
            }
        }
        first
    }
}

fn collect(value: &str, forms: &mut Vec<String>) {
    let value = value.trim_matches(['\r', '\n']);
    if value.is_empty() {
        return;
    }
    forms.push(value.to_owned());
    if value.len() < ENCODED_AT_LEAST {
        return;
    }
    forms.extend(
        value.lines().map(str::trim).filter(|line| line.len() >= LINE_AT_LEAST).map(str::to_owned),
    );
    if let Ok(json) = serde_json::to_string(value) {
        forms.push(json.trim_matches('"').to_owned());
    }
    forms.push(in_url(value, false, false));
    forms.push(in_url(value, true, false));
    forms.push(in_url(value, false, true));
    for alphabet in [STANDARD, URL_SAFE] {
        let whole = base64(value.as_bytes(), alphabet);
        forms.push(whole);
        for before in 0..3 {
            forms.extend(inner(value.as_bytes(), before, alphabet));
        }
    }
}

/// Percent-encoded, with digits in capitals or not, and blanks as `+` or not.
fn in_url(value: &str, small: bool, plus: bool) -> String {
    value.bytes().fold(String::with_capacity(value.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else if byte == b' ' && plus {
            out.push('+');
        } else if small {
            // Writing into a string does not fail.
            let _ = write!(out, "%{byte:02x}");
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Base64 (RFC 4648) without padding.
fn base64(bytes: &[u8], alphabet: &[u8; 64]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let word = chunk
            .iter()
            .enumerate()
            .fold(0_u32, |word, (index, byte)| word | u32::from(*byte) << (16 - 8 * index));
        for index in 0..=chunk.len() {
            let six = (word >> (18 - 6 * index)) & 63;
            out.push(char::from(alphabet[six as usize]));
        }
    }
    out
}

/// The characters of a base64 text that are the same whatever stands around the secret,
/// when `before` bytes more than a multiple of three stand before it.
fn inner(bytes: &[u8], before: usize, alphabet: &[u8; 64]) -> Option<String> {
    let mut padded = vec![0; before];
    padded.extend_from_slice(bytes);
    let text = base64(&padded, alphabet);
    // A character holds six bits: those that share bits with a neighbour are left out.
    let from = (before * 8).div_ceil(6);
    let to = padded.len() * 8 / 6;
    text.get(from..to).filter(|part| part.len() >= INNER_AT_LEAST).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms(value: &str) -> Forms {
        Forms::of(&[Secret::new(value.to_owned())])
    }

    #[test]
    fn a_secret_is_found_in_each_form_that_programs_give_it() {
        let forms = forms("p@ss \"word\"/1\\é");
        for text in [
            "p@ss \"word\"/1\\é",
            r#"p@ss \"word\"/1\\é"#,
            "p%40ss%20%22word%22%2F1%5C%C3%A9",
            "p%40ss%20%22word%22%2f1%5c%c3%a9",
            "p%40ss+%22word%22%2F1%5C%C3%A9",
            "cEBzcyAid29yZCIvMVzDqQ==",
        ] {
            let clean = forms.mask(&format!("<{text}>"));
            assert!(clean.starts_with("<[secret]"), "{text} became {clean}");
        }
    }

    #[test]
    fn a_secret_is_found_inside_of_a_longer_base64_text() {
        let forms = forms("correct-horse-battery");
        for before in ["", "u:", "ana:", "somebody:"] {
            let text =
                base64(format!("{before}correct-horse-battery and more").as_bytes(), STANDARD);
            let clean = forms.mask(&text);
            assert!(clean.contains(MASK), "behind {before:?}: {clean}");
        }
    }

    #[test]
    fn each_line_of_a_key_is_a_secret_by_itself() {
        let forms = forms("-----BEGIN-----\nabcdefghijkl\nmnopqrstuvwx\n-----END-----\n");
        assert_eq!(forms.mask("x mnopqrstuvwx y"), "x [secret] y");
    }

    #[test]
    fn base64_is_that_of_the_standard() {
        for (text, wanted) in [("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(text.as_bytes(), STANDARD), wanted, "RFC 4648, chapter 10");
        }
    }
}
