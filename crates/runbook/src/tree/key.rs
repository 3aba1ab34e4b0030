//! What may be a key, and which characters a text may have.

use std::collections::HashSet;
use std::sync::Arc;

use super::{Key, Node, Value};
use crate::code::Code;
use crate::finding::{Report, Severity};

/// A key, when it can be one. Refused keys are reported, and their values dropped.
pub(super) fn as_key(
    node: &Node,
    seen: &mut HashSet<Arc<str>>,
    pairs: &[(Key, Node)],
    report: &mut Report,
) -> Option<Key> {
    let mut refuse = |code, message: String, suggestion: &str| {
        let suggestion = Some(suggestion.to_owned());
        report.add(Severity::Error, code, node.span, "", message, suggestion);
        None
    };
    let Value::Scalar { text, plain } = &node.value else {
        return refuse(
            Code::KeyNotText,
            "a key must be a text".to_owned(),
            "put a text that begins with `{{` in quotes",
        );
    };
    if &**text == "<<" && *plain {
        return refuse(
            Code::MergeKey,
            "merge keys (`<<`) are not used here: what a value is must be readable at its place"
                .to_owned(),
            "write the keys out",
        );
    }
    if !seen.insert(Arc::clone(text)) {
        let before = pairs.iter().find(|(key, _)| key.text == *text);
        let line = before.map_or(0, |(key, _)| key.span.line);
        let message = format!("`{}` is there already, in line {line}", short(text));
        return refuse(Code::DuplicateKey, message, "keep one of them");
    }
    Some(Key { span: node.span, text: Arc::clone(text) })
}

/// Control characters move a terminal's cursor; bidirectional marks show a text in
/// another order than it is read in (CVE-2021-42574).
pub(super) fn is_hidden(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Enough of a text to recognise it.
pub(super) fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(120).collect()
}
