//! Breaks the outline into lines and lines into sheets.

use krilla::tagging::{ListNumbering, Tag};

use super::fonts::{Face, Fonts, clean};
use super::lacking::Lacking;
use super::line::{Line, lines};
use super::sheet::{Bookmark, Ink, MARGIN, Shape, Sheets};
use super::tags::NodeId;
use super::{chart, picture, prose, table};
use crate::export::outline::{Block, Item, Outline, Section, Span};

/// The size of running text, and of what stands beside it. Below nine points print becomes
/// hard to read for many; at twelve a long timeline takes half as many sheets more.
pub(super) const BODY: f32 = 10.0;
pub(super) const SMALL: f32 = 9.0;
/// Lines are this much higher than their text: less is dense, more falls apart.
pub(super) const LEADING: f32 = 1.4;
const INDENT: f32 = 12.0;

/// The face and the text of a span.
pub(super) fn faced(span: &Span) -> (Face, &str) {
    match span {
        Span::Text(text) => (Face::Regular, text),
        Span::Strong(text) => (Face::Bold, text),
        Span::Code(text) => (Face::Mono, text),
    }
}

/// Lays the whole outline out on sheets of this size.
pub(super) fn lay_out(
    outline: &Outline,
    fonts: &Fonts,
    paper: (f32, f32),
    lacking: &Lacking,
) -> Sheets {
    let mut flow = Flow { fonts, sheets: Sheets::new(paper) };
    flow.heading(None, 1, &outline.title);
    if let Some(warning) = lacking.warning() {
        flow.banner(None, &warning);
    }
    flow.blocks(None, &outline.lead);
    for section in &outline.sections {
        flow.section(section);
    }
    flow.sheets.gap(BODY);
    flow.paragraph(None, &outline.foot, SMALL, Ink::Soft);
    for words in lacking.sentences() {
        flow.paragraph(None, &words, SMALL, Ink::Soft);
    }
    flow.sheets
}

/// What is laid out so far.
pub(super) struct Flow<'a> {
    pub(super) fonts: &'a Fonts,
    pub(super) sheets: Sheets,
}

impl Flow<'_> {
    fn section(&mut self, section: &Section) {
        let node = self.sheets.tags.add(None, Tag::Section);
        self.heading(Some(node), 2, &section.title);
        self.blocks(Some(node), &section.blocks);
    }

    fn blocks(&mut self, of: Option<NodeId>, blocks: &[Block]) {
        for block in blocks {
            match block {
                Block::Line(words) => {
                    self.paragraph(of, words, BODY, Ink::Text);
                    self.sheets.gap(4.0);
                }
                Block::Banner(words) => self.banner(of, words),
                Block::Heading(title) => self.heading(of, 3, title),
                Block::List(items) => self.list(of, items),
                Block::Table { caption, head, rows } => {
                    table::lay_out(self, of, (caption, head, rows));
                }
                Block::Prose(markdown) => self.blocks(of, &prose::blocks(markdown)),
                Block::Chart(one) => chart::lay_out(self, of, one),
                Block::Picture(one) => picture::lay_out(self, of, one),
            }
        }
    }

    fn heading(&mut self, of: Option<NodeId>, level: u8, title: &str) {
        let size = match level {
            1 => 18.0,
            2 => 13.5,
            _ => 11.0,
        };
        self.sheets.gap(size * 0.8);
        // A heading at the foot of a sheet heads nothing.
        self.sheets.need(size * LEADING + 3.0 * BODY * LEADING);
        let title = clean(title);
        let bookmark = (self.sheets.number(), self.sheets.y);
        let number =
            std::num::NonZeroU16::new(u16::from(level)).unwrap_or(std::num::NonZeroU16::MIN);
        let node = self.sheets.tags.add(of, Tag::Hn(number, Some(title.clone())));
        let words = [Span::Strong(title.clone())];
        self.lined(node, &words, size, Ink::Text, (MARGIN, self.sheets.width()));
        self.sheets.y += 3.0;
        if level > 1 {
            let (sheet, y) = bookmark;
            self.sheets.bookmarks.push(Bookmark { title, level: level - 1, sheet, y });
        }
    }

    pub(super) fn paragraph(&mut self, of: Option<NodeId>, words: &[Span], size: f32, ink: Ink) {
        let node = self.sheets.tags.add(of, Tag::P);
        self.lined(node, words, size, ink, (MARGIN, self.sheets.width()));
    }

    /// Text that belongs to a node which is there already.
    pub(super) fn paragraph_in(&mut self, node: NodeId, words: &[Span], size: f32, ink: Ink) {
        self.lined(node, words, size, ink, (MARGIN, self.sheets.width()));
    }

    fn banner(&mut self, of: Option<NodeId>, words: &[Span]) {
        let (pad, width) = (6.0, self.sheets.width());
        let broken = self.broken(words, BODY, width - 2.0 * pad);
        #[expect(clippy::cast_precision_loss, reason = "a few lines")]
        let height = broken.len() as f32 * BODY * LEADING + 2.0 * pad - 2.0;
        self.sheets.need(height);
        let top = self.sheets.y;
        let shape = Shape::Filled { x: MARGIN, y: top, width, height };
        self.sheets.put(None, Ink::Box, shape);
        let node = self.sheets.tags.add(of, Tag::P);
        self.sheets.y = top + pad;
        self.put_lines(node, broken, BODY, Ink::Text, MARGIN + pad);
        self.sheets.y = top + height + 6.0;
    }

    fn list(&mut self, of: Option<NodeId>, items: &[Item]) {
        let list = self.sheets.tags.add(of, Tag::L(ListNumbering::Disc));
        for item in items {
            let body = self.item(list, &item.words, MARGIN, BODY, Ink::Text);
            if !item.under.is_empty() {
                let below = self.sheets.tags.add(Some(body), Tag::L(ListNumbering::Disc));
                for words in &item.under {
                    self.item(below, words, MARGIN + INDENT, SMALL, Ink::Soft);
                }
            }
            self.sheets.y += 2.0;
        }
        self.sheets.gap(4.0);
    }

    fn item(&mut self, list: NodeId, words: &[Span], x: f32, size: f32, ink: Ink) -> NodeId {
        self.sheets.need(size * LEADING);
        let item = self.sheets.tags.add(Some(list), Tag::LI);
        let label = self.sheets.tags.add(Some(item), Tag::Lbl);
        self.sheets.words(Some(label), Ink::Soft, (x, self.sheets.y), size, "•");
        let body = self.sheets.tags.add(Some(item), Tag::LBody);
        let width = self.sheets.width() - (x - MARGIN) - INDENT;
        self.lined(body, words, size, ink, (x + INDENT, width));
        body
    }

    /// Breaks words into lines.
    pub(super) fn broken(&self, words: &[Span], size: f32, width: f32) -> Vec<Line> {
        lines(self.fonts, words, size, width)
    }

    fn lined(&mut self, node: NodeId, words: &[Span], size: f32, ink: Ink, (x, width): (f32, f32)) {
        let broken = self.broken(words, size, width);
        self.put_lines(node, broken, size, ink, x);
    }

    fn put_lines(&mut self, node: NodeId, lines: Vec<Line>, size: f32, ink: Ink, x: f32) {
        for line in lines {
            self.sheets.need(size * LEADING);
            self.sheets.text(Some(node), ink, (x, self.sheets.y), size, line);
            self.sheets.y += size * LEADING;
        }
    }
}
