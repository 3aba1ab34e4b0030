//! Where words go: to the terminal, and one JSON document to standard output if asked.

use std::io::{self, IsTerminal as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::tz::TimeZone;
use lastgood_core::problem::Problem;
use serde::Serialize;
use terminal_size::{Width, terminal_size_of};

use crate::look::{Look, Text, WIDEST};
use crate::show;

/// Narrower terminals wrap by themselves; nothing would be gained below this.
const NARROWEST: usize = 40;

/// The terminal that we speak to.
#[derive(Clone, Debug)]
pub(crate) struct Screen {
    /// How things look.
    pub(crate) look: Look,
    /// Whether standard output is kept for one JSON document.
    json: bool,
    /// Whether the words go to a terminal, where a line can be written over.
    live: bool,
    /// Whether the document was given; there is only one.
    given: Arc<AtomicBool>,
}

impl Screen {
    /// Looks at the terminal. Colours need one, and nobody having said no.
    pub(crate) fn find(json: bool, no_color: bool) -> Self {
        let live = if json { io::stderr().is_terminal() } else { io::stdout().is_terminal() };
        let said_no = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let size =
            if json { terminal_size_of(io::stderr()) } else { terminal_size_of(io::stdout()) };
        let columns = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
        let width = size
            .map(|(Width(columns), _)| usize::from(columns))
            .or(columns)
            .unwrap_or(WIDEST)
            .clamp(NARROWEST, WIDEST);
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let paint = live && !no_color && !said_no && !dumb;
        let look = Look { width, paint, zone: TimeZone::system() };
        Self { look, json, live, given: Arc::default() }
    }

    /// Whether a line can be written over.
    pub(crate) const fn is_live(&self) -> bool {
        self.live
    }

    /// Whether standard output is kept for one JSON document.
    pub(crate) const fn is_json(&self) -> bool {
        self.json
    }

    /// Words for a person: to standard output, or to standard error when that is kept for
    /// JSON.
    pub(crate) fn say(&self, text: &str) -> io::Result<()> {
        if self.json { self.aside(text) } else { put(&mut io::stdout().lock(), text) }
    }

    /// Words beside the answer: always to standard error.
    #[expect(clippy::unused_self, reason = "who speaks has a screen")]
    pub(crate) fn aside(&self, text: &str) -> io::Result<()> {
        put(&mut io::stderr().lock(), text)
    }

    /// The answer: `words` for a person, `value` for a machine.
    pub(crate) fn answer<T: Serialize>(
        &self,
        value: &T,
        words: impl FnOnce(&Look) -> String,
    ) -> io::Result<()> {
        if self.json {
            self.document(value)
        } else {
            put(&mut io::stdout().lock(), &words(&self.look))
        }
    }

    /// Bytes to standard output, exactly as they are.
    pub(crate) fn raw(&self, bytes: &[u8]) -> io::Result<()> {
        self.given.store(true, Ordering::Relaxed);
        let mut out = io::stdout().lock();
        io::Write::write_all(&mut out, bytes)?;
        io::Write::flush(&mut out)
    }

    /// The one JSON document, when it is asked for.
    pub(crate) fn document<T: Serialize>(&self, value: &T) -> io::Result<()> {
        if !self.json || self.given.swap(true, Ordering::Relaxed) {
            return Ok(());
        }
        let mut text = serde_json::to_string_pretty(value)?;
        text.push('\n');
        put(&mut io::stdout().lock(), &text)
    }

    /// A problem: in words to standard error, and as the document when one is asked for and
    /// none was given yet.
    pub(crate) fn problem(&self, problem: &Problem) -> io::Result<()> {
        self.words_of(problem)?;
        self.document(&serde_json::json!({ "problem": problem }))
    }

    /// A problem in words alone, to standard error.
    pub(crate) fn words_of(&self, problem: &Problem) -> io::Result<()> {
        // Colours follow standard output; the problem may go elsewhere.
        let look =
            Look { paint: self.look.paint && io::stderr().is_terminal(), ..self.look.clone() };
        self.aside(&show::problem(&look, problem))
    }

    /// Writes over the line that the cursor is on; only where that is possible.
    pub(crate) fn over(&self, text: &Text) -> io::Result<()> {
        if !self.live {
            return Ok(());
        }
        let text = format!("\r\x1b[K{}", text.as_str());
        if self.json {
            put(&mut io::stderr().lock(), &text)
        } else {
            put(&mut io::stdout().lock(), &text)
        }
    }
}

fn put(out: &mut impl io::Write, text: &str) -> io::Result<()> {
    out.write_all(text.as_bytes())?;
    out.flush()
}
