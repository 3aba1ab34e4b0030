//! The credentials of HTTP's Basic scheme (RFC 7617): `Basic` and, in base64, `user:password`.

use super::MASK;

/// Masks them wherever they stand.
pub(super) fn mask(text: &str) -> String {
    const WORD: &str = "asic ";
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(WORD) {
        let (head, tail) = rest.split_at(at + WORD.len());
        out.push_str(head);
        let end = tail.bytes().take_while(|byte| sextet(*byte).is_some()).count();
        let (encoded, after) = tail.split_at(end);
        let padding = after.len() - after.trim_start_matches('=').len();
        // A word of prose is no pair when it is decoded.
        if is_a_pair(encoded) {
            out.push_str(MASK);
            rest = &after[padding..];
        } else {
            out.push_str(encoded);
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

/// Whether `encoded` is readable and has a colon between two parts.
fn is_a_pair(encoded: &str) -> bool {
    if encoded.len() < 4 || encoded.len() % 4 == 1 {
        return false;
    }
    let (mut bits, mut held, mut bytes) = (0_u32, 0_u32, Vec::new());
    for sextet in encoded.bytes().filter_map(sextet) {
        bits = (bits << 6) | u32::from(sextet);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held).to_le_bytes()[0]);
        }
    }
    let Ok(text) = String::from_utf8(bytes) else { return false };
    let pair = text.split_once(':').is_some_and(|(_, password)| !password.is_empty());
    pair && !text.chars().any(char::is_control)
}

/// What a letter of base64 stands for (RFC 4648, sections 4 and 5).
const fn sextet(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_behind_basic_is_masked_and_prose_is_not() {
        for (text, wanted) in [
            ("Basic dXNlcjpwYXNzd29yZDEyMzQ=", "Basic [secret]"),
            ("-H 'basic YTpi' x", "-H 'basic [secret]' x"),
            ("Basic authentication is off", "Basic authentication is off"),
            ("a basic test, the basic of it", "a basic test, the basic of it"),
        ] {
            assert_eq!(mask(text), wanted);
        }
    }
}
