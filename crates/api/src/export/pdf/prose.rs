//! What a person wrote in Markdown, as blocks. HTML in it is text, links are told with
//! their address, pictures by their words.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::export::outline::{Block, Item, Span, Words};

/// The blocks of a text.
pub(super) fn blocks(markdown: &str) -> Vec<Block> {
    let mut reader = Reader::default();
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        reader.take(event);
    }
    reader.end_words();
    reader.blocks
}

#[derive(Default)]
struct Reader {
    blocks: Vec<Block>,
    words: Words,
    strong: bool,
    link: Option<String>,
    /// The items of the outermost list, and how deep we are in lists.
    items: Vec<Item>,
    depth: usize,
    /// The numbers of ordered lists, innermost last.
    numbers: Vec<Option<u64>>,
    table: Option<(Vec<String>, Vec<Vec<Words>>)>,
    row: Vec<Words>,
}

impl Reader {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Code(text) => self.words.push(Span::Code(text.into_string())),
            Event::SoftBreak => self.say(" ".to_owned()),
            Event::HardBreak => self.say("\n".to_owned()),
            Event::Rule => self.end_words(),
            Event::TaskListMarker(done) => self.say(if done { "[x] " } else { "[ ] " }.to_owned()),
            Event::Text(text)
            | Event::Html(text)
            | Event::InlineHtml(text)
            | Event::InlineMath(text)
            | Event::DisplayMath(text)
            | Event::FootnoteReference(text) => {
                self.say(text.into_string());
            }
        }
    }

    fn say(&mut self, text: String) {
        self.words.push(if self.strong { Span::Strong(text) } else { Span::Text(text) });
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the rest changes nothing on paper")]
    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Strong | Tag::Heading { .. } => self.strong = true,
            Tag::Link { dest_url, .. } => self.link = Some(dest_url.into_string()),
            Tag::List(first) => {
                self.end_words();
                self.depth += 1;
                self.numbers.push(first);
            }
            Tag::Item => {
                if let Some(Some(number)) = self.numbers.last_mut() {
                    let told = format!("{number}. ");
                    *number += 1;
                    self.words.push(Span::Text(told));
                }
            }
            Tag::CodeBlock(_) => self.end_words(),
            Tag::Table(_) => {
                self.end_words();
                self.table = Some((Vec::new(), Vec::new()));
            }
            _ => {}
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the rest changes nothing on paper")]
    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Strong => self.strong = false,
            TagEnd::Heading(_) => {
                self.strong = false;
                self.end_words();
            }
            TagEnd::Link => self.end_link(),
            TagEnd::Paragraph | TagEnd::Item | TagEnd::HtmlBlock => self.end_words(),
            TagEnd::CodeBlock => {
                let text: String = self.words.drain(..).map(text_of).collect();
                self.words.push(Span::Code(text.trim_end().to_owned()));
                self.end_words();
            }
            TagEnd::List(_) => {
                self.depth = self.depth.saturating_sub(1);
                self.numbers.pop();
                if self.depth == 0 && !self.items.is_empty() {
                    self.blocks.push(Block::List(std::mem::take(&mut self.items)));
                }
            }
            TagEnd::TableCell => self.row.push(std::mem::take(&mut self.words)),
            TagEnd::TableHead => {
                let names = std::mem::take(&mut self.row).into_iter();
                if let Some((head, _)) = &mut self.table {
                    *head = names.map(|words| words.into_iter().map(text_of).collect()).collect();
                }
            }
            TagEnd::TableRow => {
                let row = std::mem::take(&mut self.row);
                if let Some((_, rows)) = &mut self.table {
                    rows.push(row);
                }
            }
            TagEnd::Table => {
                if let Some((head, rows)) = self.table.take() {
                    let caption = "A table that was written by hand".to_owned();
                    self.blocks.push(Block::Table { caption, head, rows });
                }
            }
            _ => {}
        }
    }

    /// Paper leads nowhere: the address stands there, when it is one of a web page.
    fn end_link(&mut self) {
        let Some(url) = self.link.take() else { return };
        let is_web = ["https://", "http://"].iter().any(|scheme| url.starts_with(scheme));
        let told = self.words.iter().any(|span| matches!(span, Span::Text(text) if *text == url));
        if is_web && !told {
            self.say(format!(" ({url})"));
        }
    }

    /// What was gathered is a line, or an item of the list that we are in.
    fn end_words(&mut self) {
        let words = std::mem::take(&mut self.words);
        if words.is_empty() {
            return;
        }
        match (self.depth, self.items.last_mut()) {
            (0, _) => self.blocks.push(Block::Line(words)),
            (1, _) | (_, None) => self.items.push(Item { words, under: Vec::new() }),
            (_, Some(item)) => item.under.push(words),
        }
    }
}

fn text_of(span: Span) -> String {
    match span {
        Span::Text(text) | Span::Strong(text) | Span::Code(text) => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_was_written_is_lost() {
        let text = "# Head\nIt **broke** at `nine`, see [the page](https://b.example/) and \
                    [bad](javascript:x).\n\n1. first\n   - below\n2. second\n\n\
                    | a | b |\n|---|---|\n| c | d |\n\n```\nline 1\nline 2\n```\n<b>raw</b>\n";
        let told = format!("{:?}", blocks(text));
        for word in [
            "Head",
            "broke",
            "nine",
            "the page",
            "https://b.example/",
            "bad",
            "1. ",
            "first",
            "below",
            "2. ",
            "second",
            "\"a\"",
            "\"d\"",
            "line 1\\nline 2",
            "<b>",
        ] {
            assert!(told.contains(word), "{word}: {told}");
        }
        assert!(!told.contains("javascript"), "{told}");
    }
}
