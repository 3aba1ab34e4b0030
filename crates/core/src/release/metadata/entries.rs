//! Metadata as entries of a name and a text: annotations and tags, within their limits.
//!
//! Where a store takes few characters, every other one is written as `=` and the
//! hexadecimal digits of its bytes. Where it takes few of them in one value, a value is
//! cut into parts named `changelog:1/3`, so that a part that is lost is missed.

use std::collections::BTreeMap;
use std::ops::Range;

use super::{Field, Metadata, Read};

/// What a store takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// What every name begins with.
    pub prefix: String,
    /// How many entries may be ours.
    pub entries: usize,
    /// How many characters a value may have.
    pub value: usize,
    /// How many bytes all names and values may have together.
    pub total: usize,
    /// Whether values are written with letters, digits, spaces and `+-._:/@` alone.
    pub narrow: bool,
}

impl Limits {
    /// Annotations of a Kubernetes object: any text; 256 KiB for all annotations of an
    /// object, of which half is left to others.
    #[must_use]
    pub fn kubernetes() -> Self {
        Self {
            prefix: "lastgood.dev/".to_owned(),
            entries: usize::MAX,
            value: usize::MAX,
            total: 128 * 1024,
            narrow: false,
        }
    }

    /// Tags of an AWS resource that has `taken` others: 50 of them, 256 characters each,
    /// and few characters.
    #[must_use]
    pub fn aws_tags(taken: usize) -> Self {
        Self {
            prefix: "lastgood.dev/".to_owned(),
            entries: 50_usize.saturating_sub(taken),
            value: 256,
            total: usize::MAX,
            narrow: true,
        }
    }

    /// The same, about one version of a Lambda function: AWS tags functions, not their
    /// versions, so that the name says which one is meant.
    #[must_use]
    pub fn lambda_tags(version: &str, taken: usize) -> Self {
        Self { prefix: format!("lastgood.dev/v{version}/"), ..Self::aws_tags(taken) }
    }
}

/// Why metadata does not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` does not fit: {why}")]
pub struct TooBig {
    /// The first field that does not fit.
    pub field: &'static str,
    /// Which limit it breaks.
    pub why: String,
}

/// `metadata` as entries within `limits`. Nothing is ever cut off: what does not fit is
/// an error that names the field to shorten.
pub fn encode(metadata: &Metadata, limits: &Limits) -> Result<BTreeMap<String, String>, TooBig> {
    let mut entries = BTreeMap::new();
    let mut bytes = 0;
    for field in Field::ALL {
        let Some(text) = field.text(metadata) else { continue };
        let too_big = |why: String| TooBig { field: field.as_str(), why };
        let text = if limits.narrow { narrow(&text) } else { text };
        let parts = parts(&text, limits.value);
        let of = parts.len();
        for (index, part) in parts.into_iter().enumerate() {
            let mut name = format!("{}{}", limits.prefix, field.as_str());
            if of > 1 {
                name = format!("{name}:{}/{of}", index + 1);
            }
            bytes += name.len() + part.len();
            entries.insert(name, text[part].to_owned());
        }
        if entries.len() > limits.entries {
            let room = limits.entries;
            return Err(too_big(format!("there is room for {room} entries, and it is the next")));
        }
        if bytes > limits.total {
            let room = limits.total;
            return Err(too_big(format!("there is room for {room} bytes in all, and it is over")));
        }
    }
    Ok(entries)
}

/// What `entries` say. Entries that are not ours are passed over.
#[must_use]
pub fn decode(entries: &BTreeMap<String, String>, limits: &Limits) -> Read {
    let mut read = Read::default();
    for field in Field::ALL {
        let name = format!("{}{}", limits.prefix, field.as_str());
        match whole(entries, &name) {
            Ok(None) => {}
            Ok(Some(text)) => {
                let text = if limits.narrow { widen(&text) } else { Ok(text) };
                let set = text.and_then(|text| field.set(&mut read.metadata, &text));
                if let Err(why) = set {
                    read.doubts.push(format!("`{name}` cannot be used: {why}"));
                }
            }
            Err(why) => read.doubts.push(format!("`{name}` cannot be used: {why}")),
        }
    }
    read
}

/// A value, from one entry or from all of its parts.
fn whole(entries: &BTreeMap<String, String>, name: &str) -> Result<Option<String>, String> {
    if let Some(text) = entries.get(name) {
        // An empty annotation is how people delete one with a template.
        return Ok(Some(text.clone()).filter(|text| !text.is_empty()));
    }
    let start = format!("{name}:");
    let mut text = String::new();
    let mut wanted: Option<usize> = None;
    let parts: BTreeMap<usize, (usize, &String)> = entries
        .range(start.clone()..)
        .take_while(|(key, _)| key.starts_with(&start))
        .filter_map(|(key, part)| {
            let (index, of) = key[start.len()..].split_once('/')?;
            Some((index.parse().ok()?, (of.parse().ok()?, part)))
        })
        .collect();
    for (at, (index, (of, part))) in (1..).zip(parts) {
        if index != at || *wanted.get_or_insert(of) != of {
            return Err(format!("its part {at} is missing"));
        }
        text.push_str(part);
        if index == of {
            return Ok(Some(text));
        }
    }
    match wanted {
        None => Ok(None),
        Some(of) => Err(format!("not all of its {of} parts are there")),
    }
}

/// Where to cut `text` so that no part has more than `limit` characters. Parts neither
/// begin nor end inside of an escape or with a space, because some stores trim.
fn parts(text: &str, limit: usize) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = 0;
    while text[start..].chars().count() > limit {
        let most = text[start..]
            .char_indices()
            .nth(limit)
            .map_or(text.len(), |(offset, _)| start + offset);
        let mut end = most;
        let bytes = text.as_bytes();
        // An escape is three characters, and no space stands next to a cut. A text of
        // nothing but spaces has them escaped at its ends only; there any cut will do.
        while end > start + 1
            && (bytes[end - 1] == b'='
                || (end > start + 2 && bytes[end - 2] == b'=')
                || bytes[end - 1] == b' '
                || bytes.get(end) == Some(&b' '))
        {
            end -= 1;
            while !text.is_char_boundary(end) {
                end -= 1;
            }
        }
        if end <= start + 1 {
            end = most;
        }
        parts.push(start..end);
        start = end;
    }
    parts.push(start..text.len());
    parts
}

/// With the narrow alphabet alone.
fn narrow(text: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    for (index, byte) in bytes.iter().enumerate() {
        // Spaces in a row are escaped too: a cut needs a place where no space stands.
        let beside = |index: usize| bytes.get(index).is_none_or(|next| *next == b' ');
        let is_inner_space = *byte == b' ' && index > 0 && !beside(index - 1) && !beside(index + 1);
        if byte.is_ascii_alphanumeric() || b"+-._:/@".contains(byte) || is_inner_space {
            out.push(char::from(*byte));
        } else {
            out.push('=');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    out
}

/// What [`narrow`] was given.
fn widen(text: &str) -> Result<String, String> {
    const BROKEN: &str = "its text is not as it was written";
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'=' {
            bytes.push(*first);
            continue;
        }
        let digits = after.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        let byte = digits.and_then(|two| u8::from_str_radix(two, 16).ok()).ok_or(BROKEN)?;
        bytes.push(byte);
        rest = &after[2..];
    }
    String::from_utf8(bytes).map_err(|_| BROKEN.to_owned())
}
