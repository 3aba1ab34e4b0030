//! What people write in Markdown, as sentences: every form that people read says the same, and
//! none of them shows the signs.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use serde::{Deserialize, Serialize};

/// A piece of a sentence. Texts are as they are; whoever renders them escapes them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "as", content = "text")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS, schemars::JsonSchema))]
pub enum Span {
    /// Words.
    Text(String),
    /// Words that stand out.
    Strong(String),
    /// A name, a hash, a command.
    Code(String),
}

/// A sentence.
pub type Words = Vec<Span>;

/// The blocks of `markdown`, in their order: paragraphs, items of lists, lines of code, rows of
/// tables. HTML in it is text, a link is followed by its address, and a picture is told by its
/// words. Without any sign it is one block, as it was written.
#[must_use]
pub fn said(markdown: &str) -> Vec<Words> {
    let mut blocks = Blocks::default();
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        blocks.take(event);
    }
    blocks.end();
    blocks.done
}

#[derive(Default)]
struct Blocks {
    done: Vec<Words>,
    open: Words,
    strong: u32,
    code: bool,
    links: Vec<String>,
    /// The next number of each list that is open; `None` where it has none.
    lists: Vec<Option<u64>>,
}

impl Blocks {
    #[expect(clippy::wildcard_enum_match_arm, reason = "what is not named here changes no words")]
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Text(text) if self.code => {
                for line in text.lines() {
                    self.open.push(Span::Code(line.to_owned()));
                    self.end();
                }
            }
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => {
                self.words(text.into_string());
            }
            Event::Code(text) => self.open.push(Span::Code(text.into_string())),
            Event::SoftBreak | Event::HardBreak => self.words(" ".to_owned()),
            Event::Rule => self.end(),
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.close(tag),
            _ => {}
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "what is not named here changes no words")]
    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Strong => self.strong += 1,
            Tag::Link { dest_url, .. } => self.links.push(dest_url.into_string()),
            Tag::CodeBlock(_) => {
                self.end();
                self.code = true;
            }
            Tag::List(first) => {
                self.end();
                self.lists.push(first);
            }
            Tag::Item => {
                self.end();
                let sign = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        let sign = format!("{number}. ");
                        *number += 1;
                        sign
                    }
                    Some(None) | None => "– ".to_owned(),
                };
                self.words(sign);
            }
            Tag::Paragraph | Tag::Heading { .. } if !self.is_at_an_item() => self.end(),
            Tag::TableRow | Tag::TableHead => self.end(),
            _ => {}
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "what is not named here changes no words")]
    fn close(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Strong => self.strong = self.strong.saturating_sub(1),
            TagEnd::Link => {
                let to = self.links.pop().unwrap_or_default();
                let same =
                    matches!(self.open.last(), Some(Span::Text(text)) if text.ends_with(&to));
                if !to.is_empty() && !same {
                    self.words(format!(" ({to})"));
                }
            }
            TagEnd::CodeBlock => self.code = false,
            TagEnd::List(_) => {
                self.end();
                self.lists.pop();
            }
            TagEnd::TableCell => self.words(" | ".to_owned()),
            TagEnd::Paragraph
            | TagEnd::Heading(_)
            | TagEnd::Item
            | TagEnd::TableRow
            | TagEnd::TableHead => self.end(),
            _ => {}
        }
    }

    /// Whether nothing but the sign of an item stands in what is open.
    fn is_at_an_item(&self) -> bool {
        !self.lists.is_empty() && self.open.len() == 1
    }

    fn words(&mut self, text: String) {
        match (self.strong > 0, self.open.last_mut()) {
            (false, Some(Span::Text(before))) | (true, Some(Span::Strong(before))) => {
                before.push_str(&text);
            }
            (true, _) => self.open.push(Span::Strong(text)),
            (false, _) => self.open.push(Span::Text(text)),
        }
    }

    /// Closes the block that is open, if anything is in it.
    fn end(&mut self) {
        let words = std::mem::take(&mut self.open);
        if !words.is_empty() {
            self.done.push(words);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(markdown: &str) -> Vec<String> {
        said(markdown)
            .iter()
            .map(|words| {
                let tell = |span: &Span| match span {
                    Span::Text(text) => text.clone(),
                    Span::Strong(text) => format!("<{text}>"),
                    Span::Code(text) => format!("[{text}]"),
                };
                words.iter().map(tell).collect()
            })
            .collect()
    }

    #[test]
    fn the_signs_become_what_they_mean_and_no_word_is_lost() {
        for (markdown, expected) in [
            ("the pool is empty", vec!["the pool is empty"]),
            ("the **pool** of `db-1`\nis *empty*", vec!["the <pool> of [db-1] is empty"]),
            ("see [the graph](https://g.example/d)", vec!["see the graph (https://g.example/d)"]),
            ("see <https://g.example>", vec!["see https://g.example"]),
            ("one\n\ntwo", vec!["one", "two"]),
            ("asked:\n\n- ana\n- ben", vec!["asked:", "– ana", "– ben"]),
            ("1. first\n2. **then**", vec!["1. first", "2. <then>"]),
            ("```\na  b\nc\n```", vec!["[a  b]", "[c]"]),
            ("# Found\n> quoted", vec!["Found", "quoted"]),
            ("a <b>c</b> & d", vec!["a <b>c</b> & d"]),
            ("![the rate](rate.png)", vec!["the rate"]),
            ("| a | b |\n|---|---|\n| 1 | 2 |", vec!["a | b | ", "1 | 2 | "]),
        ] {
            assert_eq!(read(markdown), expected, "{markdown}");
        }
    }
}
