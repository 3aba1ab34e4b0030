//! What a command prints: masked as it comes, kept up to a limit, and its end in a sentence.

use std::collections::VecDeque;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use lastgood_core::secret::{Redactor, Secret};

use crate::errand::record::private;

/// More than this of one attempt is not kept. Long enough for a verbose deploy; a tool that
/// prints without end must not fill the disk that the journal is on.
const KEPT: usize = 1024 * 1024;

/// How many of the last lines go into the timeline, and how much of them.
const LAST_LINES: usize = 3;
const LAST_CHARS: usize = 400;

/// What a command printed so far.
#[derive(Debug)]
pub(crate) struct Output {
    out: Option<Redactor>,
    err: Option<Redactor>,
    file: Option<(PathBuf, File)>,
    kept: usize,
    left_out: usize,
    last: VecDeque<String>,
    partial: String,
}

impl Output {
    /// Keeps it in `path`, which only we may read.
    pub(super) fn new(held: &[Secret<String>], path: &Path) -> Self {
        let file = private(path)
            .inspect_err(|error| tracing::warn!(%error, "the output of a command is not kept"))
            .ok();
        Self { file: file.map(|file| (path.to_owned(), file)), ..Self::unkept(held) }
    }

    /// Keeps nothing but its end.
    pub(crate) fn unkept(held: &[Secret<String>]) -> Self {
        Self {
            out: Some(Redactor::new(held)),
            err: Some(Redactor::new(held)),
            file: None,
            kept: 0,
            left_out: 0,
            last: VecDeque::new(),
            partial: String::new(),
        }
    }

    pub(super) fn out(&mut self, bytes: &[u8]) {
        let clean = self.out.as_mut().map(|redactor| redactor.push(bytes)).unwrap_or_default();
        self.keep(&clean);
    }

    pub(super) fn err(&mut self, bytes: &[u8]) {
        let clean = self.err.as_mut().map(|redactor| redactor.push(bytes)).unwrap_or_default();
        self.keep(&clean);
    }

    pub(super) fn finish(&mut self) {
        for redactor in [self.out.take(), self.err.take()].into_iter().flatten() {
            let rest = redactor.finish();
            self.keep(&rest);
            if !rest.is_empty() && !rest.ends_with('\n') {
                self.keep("\n");
            }
        }
        if self.left_out > 0 {
            let told = format!("[{} more bytes are left out]\n", self.left_out);
            if let Some((_, file)) = &mut self.file {
                let _ = file.write_all(told.as_bytes());
            }
        }
    }

    fn keep(&mut self, text: &str) {
        for piece in text.split_inclusive('\n') {
            self.partial.push_str(piece);
            if piece.ends_with('\n') {
                let line = std::mem::take(&mut self.partial);
                let line = line.trim_end();
                if !line.is_empty() {
                    self.last.push_back(line.to_owned());
                }
                if self.last.len() > LAST_LINES {
                    self.last.pop_front();
                }
            }
        }
        let room = KEPT.saturating_sub(self.kept);
        if text.len() > room {
            self.left_out += text.len();
            return;
        }
        self.kept += text.len();
        if let Some((_, file)) = &mut self.file
            && let Err(error) = file.write_all(text.as_bytes())
        {
            tracing::warn!(%error, "the output of a command is not kept any further");
            self.file = None;
        }
    }

    /// The end of what was printed, for behind a sentence.
    pub(crate) fn sentence(&self) -> String {
        let all: Vec<&str> = self.last.iter().map(String::as_str).collect();
        let all = all.join(" / ");
        if all.is_empty() {
            return String::new();
        }
        let count = all.chars().count();
        let end: String = all.chars().skip(count.saturating_sub(LAST_CHARS)).collect();
        let cut = if count > LAST_CHARS { "…" } else { "" };
        let kept = self
            .file
            .as_ref()
            .map(|(path, _)| format!(" (all of it in {})", path.display()))
            .unwrap_or_default();
        format!("; it said: {cut}{end}{kept}")
    }
}
