//! What our files may hold, said once: the reader checks against it, the JSON Schema for
//! editors is made from it, and so the two cannot disagree.
//!
//! A [`Shape`] is a mapping with known keys, a [`Kind`] is what a value may be. [`check`]
//! reports everything that does not fit; readers that run after it may treat a value that
//! is missing or odd as already reported.

mod check;
mod schema;
mod value;

#[cfg(test)]
mod tests;

pub(crate) use check::check;
pub(crate) use schema::schema_of;

use crate::code::Code;

/// A mapping with known keys.
#[derive(Debug)]
pub(crate) struct Shape {
    /// Unique among all shapes; the schema's definition is called the same.
    pub(crate) name: &'static str,
    /// What it is, for a person.
    pub(crate) help: &'static str,
    pub(crate) fields: &'static [Field],
    /// Keys of which exactly one must be there.
    pub(crate) choice: Option<Choice>,
}

/// Keys of which exactly one must be there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Choice {
    pub(crate) of: &'static [&'static str],
    /// What they are: `step kind`.
    pub(crate) what: &'static str,
    /// How an unknown one is reported.
    pub(crate) unknown: Code,
}

/// One key of a mapping.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) key: &'static str,
    pub(crate) kind: Kind,
    pub(crate) need: Need,
    /// The key without which this one means nothing.
    pub(crate) with: Option<&'static str>,
    /// What it is for, in a sentence.
    pub(crate) help: &'static str,
}

/// Whether a key must be there.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Need {
    Required,
    Optional,
    /// What it is when it is not there, as it would be written.
    Default(&'static str),
    /// Accepted and not used by this version.
    Later,
    /// Not in this version, and leaving it out would change what happens. Why.
    Refused(&'static str),
}

/// What a value may be.
#[derive(Debug)]
pub(crate) enum Kind {
    /// A text that is not empty.
    Text,
    /// A text, number or flag, kept as written.
    Value,
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Whole { min: u64, max: u64 },
    /// A number.
    Number { min: f64, max: f64 },
    /// `30s`, `10m`, `1h30m`; limits in milliseconds.
    Duration { min: u64, max: u64 },
    /// `99.9%`.
    Percentage { open: bool },
    /// One of some words, each with what it means.
    Word(&'static [(&'static str, &'static str)]),
    /// Letters, digits, `-`, `_` and `.`.
    Name,
    /// The name of a secret, which is never repeated: it may be the secret itself.
    Secret,
    /// Lower-case letters, digits and `-`.
    Id,
    /// `http://…` or `https://…`.
    Address,
    /// `$.a.b[0]`.
    JsonPath,
    /// `200` or `2xx`.
    Status,
    /// The path of a file.
    Path,
    /// A list.
    List { of: &'static Kind, min: usize },
    /// A mapping from names to the same kind of thing.
    Map { keys: Keys, of: &'static Kind, min: usize },
    /// A mapping with known keys.
    Object(&'static Shape),
    /// One of several kinds that differ in what YAML calls them.
    Either(&'static [Kind]),
    /// Anything.
    Anything,
}

/// What the keys of a map may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keys {
    /// As [`Kind::Name`].
    Name,
    /// As [`Kind::Id`].
    Id,
    /// The name of an HTTP header.
    Header,
    /// As [`Kind::JsonPath`].
    JsonPath,
}

/// A key that must be there.
pub(crate) const fn required(key: &'static str, kind: Kind, help: &'static str) -> Field {
    Field { key, kind, need: Need::Required, with: None, help }
}

/// A key that may be there.
pub(crate) const fn optional(key: &'static str, kind: Kind, help: &'static str) -> Field {
    Field { key, kind, need: Need::Optional, with: None, help }
}

/// A key with a default, as it would be written.
pub(crate) const fn default(
    key: &'static str,
    kind: Kind,
    value: &'static str,
    help: &'static str,
) -> Field {
    Field { key, kind, need: Need::Default(value), with: None, help }
}

/// A key that this version accepts and does not use.
pub(crate) const fn later(key: &'static str, help: &'static str) -> Field {
    Field { key, kind: Kind::Anything, need: Need::Later, with: None, help }
}

/// A key that this version refuses.
pub(crate) const fn refused(key: &'static str, why: &'static str) -> Field {
    Field { key, kind: Kind::Anything, need: Need::Refused(why), with: None, help: why }
}

impl Field {
    /// Makes it meaningless without `key`.
    pub(crate) const fn with(mut self, key: &'static str) -> Self {
        self.with = Some(key);
        self
    }
}

impl Shape {
    /// The field for `key`.
    pub(crate) fn field(&self, key: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.key == key)
    }

    /// Every key that is worth naming to a person.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &'static str> + Clone {
        self.fields
            .iter()
            .filter(|field| !matches!(field.need, Need::Refused(_) | Need::Later))
            .map(|field| field.key)
    }
}

impl Kind {
    /// What it is, behind "must be".
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Text => "a text".to_owned(),
            Self::Value => "a text, a number, `true` or `false`".to_owned(),
            Self::Flag => "`true` or `false`".to_owned(),
            Self::Whole { .. } => "a whole number".to_owned(),
            Self::Number { .. } => "a number".to_owned(),
            Self::Duration { .. } => "a duration such as `30s`, `10m` or `1h30m`".to_owned(),
            Self::Percentage { .. } => "a percentage such as `99.9%`".to_owned(),
            Self::Word(words) => {
                let words: Vec<String> =
                    words.iter().map(|(word, _)| format!("`{word}`")).collect();
                words.join(" or ")
            }
            Self::Name | Self::Id => "a name".to_owned(),
            Self::Secret => "the name of a secret".to_owned(),
            Self::Address => "an address that begins with `https://` or `http://`".to_owned(),
            Self::JsonPath => "a path such as `$.status`".to_owned(),
            Self::Status => "a status such as `200` or `2xx`".to_owned(),
            Self::Path => "the path of a file".to_owned(),
            Self::List { .. } => "a list".to_owned(),
            Self::Map { .. } | Self::Object(_) => "a mapping".to_owned(),
            Self::Either(kinds) => {
                let kinds: Vec<String> = kinds.iter().map(Self::words).collect();
                kinds.join(", or ")
            }
            Self::Anything => "anything".to_owned(),
        }
    }
}
