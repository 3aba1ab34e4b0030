//! A YAML document as a tree in which every value knows its place.
//!
//! [`read`] makes it from text. Values keep the text as written; what a text means
//! (a number, a duration, a name) is decided by whoever expects something there, so that
//! `version: 1.10` stays `1.10`.

mod build;
mod key;
mod text;

#[cfg(test)]
mod tests;

use std::sync::Arc;

pub(crate) use build::read;
pub(crate) use text::decode;

/// Where something stands. Lines and columns count from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) line: u32,
    pub(crate) column: u32,
    /// In characters on the first line; at least 1.
    pub(crate) width: u32,
    /// Byte offsets into the text, end exclusive.
    pub(crate) bytes: (usize, usize),
}

impl Span {
    /// The first character of a file.
    pub(crate) const START: Self = Self { line: 1, column: 1, width: 1, bytes: (0, 0) };
}

/// A value with its place.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) span: Span,
    pub(crate) value: Value,
}

/// What a value is.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// Anything that is neither a list nor a mapping.
    Scalar {
        /// After quotes and escapes are dealt with. Shared, so that aliases cost nothing.
        text: Arc<str>,
        /// Whether it stood there without quotes.
        plain: bool,
    },
    /// `[…]` or lines that begin with `- `.
    List(Vec<Node>),
    /// `{…}` or lines with `key: value`; keys are unique.
    Map(Vec<(Key, Node)>),
}

/// A key of a mapping.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) span: Span,
    pub(crate) text: Arc<str>,
}

/// What a scalar would be by YAML's core schema; quoted ones are always text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plain {
    Null,
    Flag(bool),
    Number,
    Text,
}

impl Node {
    /// What a scalar is by YAML 1.2's core schema (chapter 10.3); `None` for others.
    pub(crate) fn plain(&self) -> Option<Plain> {
        match &self.value {
            Value::Scalar { plain: false, .. } => Some(Plain::Text),
            Value::Scalar { text, plain: true } => Some(match &**text {
                "" | "~" | "null" | "Null" | "NULL" => Plain::Null,
                "true" | "True" | "TRUE" => Plain::Flag(true),
                "false" | "False" | "FALSE" => Plain::Flag(false),
                text if is_number(text) => Plain::Number,
                _ => Plain::Text,
            }),
            Value::List(_) | Value::Map(_) => None,
        }
    }
}

fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if [".inf", ".Inf", ".INF"].contains(&unsigned) || [".nan", ".NaN", ".NAN"].contains(&text) {
        return true;
    }
    let based = |prefix: &str, radix: u32| {
        text.strip_prefix(prefix)
            .is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_digit(radix)))
    };
    let begins = unsigned.trim_start_matches('.').starts_with(|c: char| c.is_ascii_digit());
    based("0x", 16) || based("0o", 8) || (begins && unsigned.parse::<f64>().is_ok())
}

/// A value together with the way to it.
#[derive(Clone, Debug)]
pub(crate) struct At<'a> {
    node: &'a Node,
    span: Span,
    path: String,
}

impl<'a> At<'a> {
    /// The whole document.
    pub(crate) fn root(node: &'a Node) -> Self {
        Self { node, span: node.span, path: String::new() }
    }

    pub(crate) fn node(&self) -> &'a Node {
        self.node
    }

    pub(crate) fn span(&self) -> Span {
        self.span
    }

    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// The same value, to be reported at `span`.
    pub(crate) fn at_span(mut self, span: Span) -> Self {
        self.span = span;
        self
    }

    /// The value of `key`, when this is a mapping that has it.
    pub(crate) fn get(&self, key: &str) -> Option<At<'a>> {
        let (key, node) = self.pairs().iter().find(|(known, _)| *known.text == *key)?;
        Some(self.child(&key.text, node))
    }

    /// The value at the end of a way of keys.
    pub(crate) fn find(&self, keys: &[&str]) -> Option<At<'a>> {
        keys.iter().try_fold(self.clone(), |at, key| at.get(key))
    }

    /// A key of this mapping as something to report at.
    pub(crate) fn key(&self, key: &Key) -> At<'a> {
        At { node: self.node, span: key.span, path: self.path_to(&key.text) }
    }

    /// The keys of a mapping; none for anything else.
    pub(crate) fn pairs(&self) -> &'a [(Key, Node)] {
        match &self.node.value {
            Value::Map(pairs) => pairs,
            Value::Scalar { .. } | Value::List(_) => &[],
        }
    }

    /// The entries of a mapping with their keys; none for anything else.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&'a Key, At<'a>)> {
        self.pairs().iter().map(|(key, node)| (key, self.child(&key.text, node)))
    }

    /// The items of a list; none for anything else.
    pub(crate) fn items(&self) -> impl Iterator<Item = At<'a>> {
        let items: &'a [Node] = match &self.node.value {
            Value::List(items) => items,
            Value::Scalar { .. } | Value::Map(_) => &[],
        };
        let path = self.path.clone();
        items.iter().enumerate().map(move |(index, node)| At {
            node,
            span: node.span,
            path: format!("{path}[{index}]"),
        })
    }

    /// The text of a scalar that is not empty by YAML's rules.
    pub(crate) fn scalar(&self) -> Option<&'a str> {
        match &self.node.value {
            Value::Scalar { text, .. } if self.node.plain() != Some(Plain::Null) => Some(text),
            Value::Scalar { .. } | Value::List(_) | Value::Map(_) => None,
        }
    }

    fn child(&self, key: &str, node: &'a Node) -> At<'a> {
        At { node, span: node.span, path: self.path_to(key) }
    }

    fn path_to(&self, key: &str) -> String {
        // A way is for reading; a key as long as a page is not.
        let short: String = key.chars().take(80).collect();
        if self.path.is_empty() { short } else { format!("{}.{short}", self.path) }
    }
}
