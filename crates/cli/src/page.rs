//! A page of text, wrapped to the terminal.

use textwrap::{Options, WordSeparator, WordSplitter};

use crate::look::{Look, Text};

/// The columns that the name of a field takes.
const FIELD: usize = 9;

/// Lines that are put together and then shown at once.
pub(crate) struct Page<'a> {
    look: &'a Look,
    lines: String,
}

impl<'a> Page<'a> {
    pub(crate) const fn new(look: &'a Look) -> Self {
        Self { look, lines: String::new() }
    }

    /// An empty line.
    pub(crate) fn gap(&mut self) {
        self.lines.push('\n');
    }

    /// A heading.
    pub(crate) fn heading(&mut self, text: impl AsRef<str>) {
        self.gap();
        self.line(self.look.strong(text));
    }

    /// A paragraph at the left edge.
    pub(crate) fn line(&mut self, text: impl Into<Text>) {
        self.wrap("", "", &text.into());
    }

    /// A paragraph that is `indent` columns in.
    pub(crate) fn at(&mut self, indent: usize, text: impl Into<Text>) {
        let indent = " ".repeat(indent);
        self.wrap(&indent, &indent, &text.into());
    }

    /// A paragraph with something in front of it, below which nothing is written.
    pub(crate) fn hang(&mut self, indent: usize, front: impl Into<Text>, text: impl Into<Text>) {
        let front = Text::from(" ".repeat(indent)) + front.into();
        let rest = " ".repeat(front.columns());
        self.wrap(front.as_str(), &rest, &text.into());
    }

    /// A named value.
    pub(crate) fn field(&mut self, indent: usize, name: &str, text: impl Into<Text>) {
        let front = self.look.quiet(name).pad(FIELD);
        self.hang(indent, front, text);
    }

    /// Lines as they are, such as a request's body; only what is too long is wrapped.
    pub(crate) fn block(&mut self, indent: usize, text: &str) {
        for line in text.lines() {
            let inner = line.len() - line.trim_start_matches(' ').len();
            self.at(indent + inner, self.look.quiet(line.trim_start_matches(' ')));
        }
    }

    /// Everything, as it is printed.
    pub(crate) fn finish(self) -> String {
        self.lines
    }

    fn wrap(&mut self, first: &str, rest: &str, text: &Text) {
        let options = Options::new(self.look.width)
            .initial_indent(first)
            .subsequent_indent(rest)
            .word_separator(WordSeparator::AsciiSpace)
            // A version or a command that was broken in two could not be copied.
            .word_splitter(WordSplitter::NoHyphenation);
        for line in textwrap::wrap(text.as_str(), options) {
            self.lines.push_str(line.trim_end());
            self.lines.push('\n');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_wider_than_the_terminal_and_no_version_is_broken() {
        let look = Look { width: 40, ..Look::plain() };
        let mut page = Page::new(&look);
        page.field(
            2,
            "why",
            "2026.11.2-hotfix-3 served without harm for three days before it left",
        );
        let text = page.finish();
        assert!(text.lines().all(|line| line.chars().count() <= 40), "{text}");
        assert!(text.contains("2026.11.2-hotfix-3"), "{text}");
        assert!(text.lines().skip(1).all(|line| line.starts_with("           ")), "{text}");
    }

    #[test]
    fn a_body_keeps_its_shape() {
        let look = Look::plain();
        let mut page = Page::new(&look);
        page.block(4, "{\n  \"replicas\": 3\n}");
        assert_eq!(page.finish(), "    {\n      \"replicas\": 3\n    }\n");
    }
}
