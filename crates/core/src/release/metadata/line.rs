//! Metadata as one line: a description of a few hundred characters. Pure.
//!
//! `lastgood commit=8f3c1d0&digest=sha256:…`, with every other character than letters,
//! digits and `-._:/@` as `%` and the hexadecimal digits of its bytes.

use super::{Field, Metadata, Read, TooBig};

const MARK: &str = "lastgood ";

/// `metadata` as one line of at most `limit` characters. Nothing is cut off: what does not
/// fit is an error that names the field.
pub fn to_line(metadata: &Metadata, limit: usize) -> Result<String, TooBig> {
    let mut line = MARK.to_owned();
    for field in Field::ALL {
        let Some(text) = field.text(metadata) else { continue };
        let separator = if line.len() == MARK.len() { "" } else { "&" };
        line.extend([separator, field.as_str(), "=", &escaped(&text)]);
        if line.len() > limit {
            let why = format!("the line has room for {limit} characters, and with it has more");
            return Err(TooBig { field: field.as_str(), why });
        }
    }
    Ok(line)
}

/// What a line says. A line that is not ours says nothing, and that is no doubt.
#[must_use]
pub fn from_line(line: &str) -> Read {
    let mut read = Read::default();
    let Some(ours) = line.strip_prefix(MARK) else { return read };
    for pair in ours.split('&').filter(|pair| !pair.is_empty()) {
        let (name, text) = pair.split_once('=').unwrap_or((pair, ""));
        let Some(field) = Field::named(name) else {
            read.doubts.push(format!("`{name}` in the description is not known here"));
            continue;
        };
        let set = unescaped(text)
            .ok_or_else(|| "its text is not as it was written".to_owned())
            .and_then(|text| field.set(&mut read.metadata, &text));
        if let Err(why) = set {
            read.doubts.push(format!("`{name}` in the description cannot be used: {why}"));
        }
    }
    read
}

fn escaped(text: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._:/@".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    out
}

fn unescaped(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let digits = std::str::from_utf8(after.get(..2)?).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = &after[2..];
    }
    String::from_utf8(bytes).ok()
}
