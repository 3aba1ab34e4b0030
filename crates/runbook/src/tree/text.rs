//! Bytes as text that can be read as YAML, or why not.

use super::Span;
use crate::code::Code;
use crate::finding::{Report, Severity};

/// How large a file may be. The largest runbook that we have seen is 40 KiB.
pub(crate) const MAX_BYTES: usize = 1 << 20;

/// The text of a file. What cannot be text at all is reported with its place.
pub(crate) fn decode<'a>(bytes: &'a [u8], report: &mut Report) -> Option<&'a str> {
    let refuse = |report: &mut Report, code, span, message: String, suggestion: &str| {
        report.add(Severity::Error, code, span, "", message, Some(suggestion.to_owned()));
    };
    if bytes.len() > MAX_BYTES {
        // Whoever reads a folder stops at the limit, so how much more there is stays unknown.
        let message = format!("the file is larger than 1 MiB ({MAX_BYTES} bytes)");
        refuse(report, Code::FileTooLarge, Span::START, message, "split it");
        return None;
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        let message = "the file is UTF-16, not UTF-8".to_owned();
        refuse(report, Code::NotUtf8, Span::START, message, "save it as UTF-8");
        return None;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) => {
            let good = &bytes[..error.valid_up_to()];
            let good = std::str::from_utf8(good).unwrap_or_default();
            let byte = bytes[error.valid_up_to()];
            let message = format!("the byte 0x{byte:02x} is not UTF-8");
            refuse(report, Code::NotUtf8, end_of(good), message, "save it as UTF-8");
            None
        }
    }
}

/// The text without its byte order mark; marks and line ends are worth a word.
pub(super) fn clean<'a>(text: &'a str, report: &mut Report) -> &'a str {
    let bare = text.strip_prefix('\u{feff}').unwrap_or(text);
    if bare.len() != text.len() {
        report.add(
            Severity::Advice,
            Code::ByteOrderMark,
            Span::START,
            "",
            "the file begins with an invisible byte order mark".to_owned(),
            Some("save it as UTF-8 without one".to_owned()),
        );
    }
    if let Some(at) = bare.find("\r\n") {
        report.add(
            Severity::Advice,
            Code::WindowsLineEnds,
            end_of(&bare[..at]),
            "",
            "lines end with CR LF, so this file has another digest than the same text elsewhere"
                .to_owned(),
            Some("add `*.yaml text eol=lf` to .gitattributes".to_owned()),
        );
    }
    bare
}

/// The place right behind `text`.
pub(super) fn end_of(text: &str) -> Span {
    let line = text.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let column = text.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let bytes = (text.len(), text.len());
    Span { line: number(line), column: number(column), width: 1, bytes }
}

/// Files are at most [`MAX_BYTES`] long, so that every count fits.
pub(super) fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
