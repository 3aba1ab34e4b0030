//! What is wrong with a file, or could be better, and exactly where.

use std::fmt;

use lastgood_core::secret::redact;
use serde::Serialize;

use crate::code::Code;
use crate::tree::{At, Span};

/// How many findings one file may have. More than this is another kind of file.
const LIMIT: usize = 200;
/// How many may be reported, repetitions included, before reading ends: what aliases
/// repeat is told once, and must not cost its time again and again.
const OFFERS: usize = 5 * LIMIT;

/// One thing about a file that a person should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The file, as it was named to the reader.
    pub file: String,
    /// Counts from 1.
    pub line: u32,
    /// In characters, counts from 1.
    pub column: u32,
    /// How many characters it is about; at least 1, and never beyond the end of the line.
    pub width: u32,
    /// Whether the file can be used in spite of it.
    pub severity: Severity,
    /// Its kind.
    pub code: Code,
    /// What is the matter: lower case, no full stop.
    pub message: String,
    /// What to write instead.
    pub suggestion: Option<String>,
    /// The way to it: `steps[2].act`; empty for the whole file.
    pub path: String,
}

/// Whether a file can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The file is refused.
    Error,
    /// The file is used.
    Advice,
}

impl Severity {
    /// As printed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Advice => "advice",
        }
    }
}

/// One line: `runbooks/rollback.yaml:14:7: error[unknown-step-kind]: …`.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, severity, code, message, .. } = self;
        write!(f, "{file}:{line}:{column}: {}[{code}]: {message}", severity.as_str())
    }
}

/// Collects the findings of one file.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    file: String,
    /// The text that spans point into; empty until it is known to be text.
    source: String,
    found: Vec<Finding>,
    offered: usize,
    /// There are more than are told; whether errors are among them is not known.
    full: bool,
}

impl Report {
    pub(crate) fn new(file: &str) -> Self {
        Self {
            file: file.to_owned(),
            source: String::new(),
            found: Vec::new(),
            offered: 0,
            full: false,
        }
    }

    /// Remembers the text that spans point into.
    pub(crate) fn set_source(&mut self, text: &str) {
        text.clone_into(&mut self.source);
    }

    /// What stands at `span`, as written; empty when that is not known.
    pub(crate) fn written(&self, span: Span) -> &str {
        self.source.get(span.bytes.0..span.bytes.1).unwrap_or_default()
    }

    /// Something that makes the file unusable.
    pub(crate) fn error(&mut self, code: Code, at: &At<'_>, message: impl Into<String>) {
        self.add(Severity::Error, code, at.span(), at.path(), message.into(), None);
    }

    /// The same, with what to write instead.
    pub(crate) fn error_with(
        &mut self,
        code: Code,
        at: &At<'_>,
        message: impl Into<String>,
        suggestion: impl Into<Option<String>>,
    ) {
        self.add(Severity::Error, code, at.span(), at.path(), message.into(), suggestion.into());
    }

    /// Something that could be better.
    pub(crate) fn advice(
        &mut self,
        code: Code,
        at: &At<'_>,
        message: impl Into<String>,
        suggestion: impl Into<Option<String>>,
    ) {
        self.add(Severity::Advice, code, at.span(), at.path(), message.into(), suggestion.into());
    }

    pub(crate) fn add(
        &mut self,
        severity: Severity,
        code: Code,
        span: Span,
        path: &str,
        message: String,
        suggestion: Option<String>,
    ) {
        self.offered += 1;
        if self.found.len() >= LIMIT || self.offered > OFFERS {
            self.full = true;
            return;
        }
        // What is told of a mistake often repeats what is written, and that may be a credential.
        let told = |text: String| {
            let clean = redact(&text, &[]);
            if clean == text { text } else { clean }
        };
        let finding = Finding {
            file: self.file.clone(),
            line: span.line,
            column: span.column,
            width: span.width,
            severity,
            code,
            message: told(message),
            suggestion: suggestion.map(told),
            path: told(path.to_owned()),
        };
        // What an alias repeats is wrong once.
        let known = |one: &Finding| {
            (one.line, one.column, one.code) == (finding.line, finding.column, finding.code)
                && one.message == finding.message
        };
        if !self.found.iter().any(known) {
            self.found.push(finding);
        }
    }

    /// Whether this was said already of what stands there.
    pub(crate) fn has_at(&self, code: Code, at: &At<'_>) -> bool {
        let place = at.span();
        let same = |one: &Finding| {
            one.path == at.path() || (one.line, one.column) == (place.line, place.column)
        };
        self.found.iter().any(|one| one.code == code && same(one))
    }

    /// Whether nothing more is taken; looking for more is a waste of time then.
    pub(crate) const fn is_full(&self) -> bool {
        self.full
    }

    /// Whether anything makes the file unusable.
    pub(crate) fn has_errors(&self) -> bool {
        self.full || self.found.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// Everything, in the order of the file.
    pub(crate) fn finish(mut self) -> Vec<Finding> {
        if self.full {
            self.found.push(Finding {
                file: self.file,
                line: u32::MAX,
                column: 1,
                width: 1,
                severity: Severity::Error,
                code: Code::TooManyFindings,
                message: format!("there is more to find than these {}", self.found.len()),
                suggestion: Some("mend the first ones; the rest may follow from them".to_owned()),
                path: String::new(),
            });
        }
        self.found.sort_by_key(|one| (one.line, one.column, one.severity));
        if let Some(last) = self.found.last_mut().filter(|one| one.line == u32::MAX) {
            last.line = 1;
        }
        self.found
    }
}
