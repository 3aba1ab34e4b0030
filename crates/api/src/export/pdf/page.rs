//! Draws the sheets, with what stands on every one of them.

use std::num::NonZeroU32;

use krilla::color::rgb;
use krilla::configure::{Accessibility, ConfigurationBuilder, PdfVersion};
use krilla::destination::XyzDestination;
use krilla::error::KrillaError;
use krilla::geom::{PathBuilder, Point, Rect, Size, Transform};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::outline::{Outline as Contents, OutlineNode};
use krilla::page::{PageLabel, PageSettings};
use krilla::paint::{Fill, Stroke, StrokeDash};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag};
use krilla::{Document, SerializeSettings};

use super::fonts::{Fonts, clean};
use super::line::{Line, lines, unbroken};
use super::sheet::{Bookmark, Ink, MARGIN, Placed, Shape, Sheets};
use super::tags::{NodeId, Tags};
use crate::export::outline::{Outline, Span};

/// The size of what stands on every sheet.
const NOTE: f32 = 7.0;

/// The bytes of the file.
pub(super) fn draw(outline: &Outline, fonts: &Fonts, laid: Sheets) -> Result<Vec<u8>, KrillaError> {
    let Sheets { paper, all: sheets, bookmarks, mut tags, .. } = laid;
    let mut document = Document::new_with(settings());
    let title = clean(&outline.title);
    let count = sheets.len();
    for (at, sheet) in sheets.into_iter().enumerate() {
        let number = u32::try_from(at + 1).ok().and_then(NonZeroU32::new);
        let label = PageLabel::new(Some(krilla::page::NumberingStyle::Arabic), None, number);
        let size = PageSettings::from_wh(paper.0, paper.1).unwrap_or_default();
        let mut page = document.start_page_with(size.with_page_label(label));
        let mut pen = Pen { surface: page.surface(), fonts, open: None };
        if let Some(watermark) = &outline.watermark {
            pen.watermark(paper, &clean(watermark));
        }
        for placed in sheet {
            pen.place(&mut tags, &placed);
        }
        pen.close();
        pen.footer(outline, paper, (&title, at + 1, count));
    }
    document.set_metadata(
        Metadata::new()
            .title(title)
            .language("en".to_owned())
            .creator(concat!("lastgood ", env!("CARGO_PKG_VERSION")).to_owned()),
    );
    document.set_outline(contents(&bookmarks));
    document.set_tag_tree(tags.tree());
    document.finish()
}

fn settings() -> SerializeSettings {
    let checked = ConfigurationBuilder::new()
        .with_version(PdfVersion::Pdf17)
        .with_accessibility_validator(Accessibility::UA1)
        .finish();
    SerializeSettings {
        // Both fit each other; PDF 1.7 is what PDF/UA-1 is made for.
        configuration: checked.unwrap_or_default(),
        ..SerializeSettings::default()
    }
}

/// The table of contents: sections, and the headings in them.
fn contents(bookmarks: &[Bookmark]) -> Contents {
    let mut contents = Contents::new();
    let mut open: Option<OutlineNode> = None;
    for mark in bookmarks {
        let goal = XyzDestination::new(mark.sheet, Point::from_xy(MARGIN, mark.y));
        let node = OutlineNode::new(mark.title.clone(), goal);
        match &mut open {
            Some(section) if mark.level > 1 => section.push_child(node),
            _ => {
                if let Some(section) = open.replace(node) {
                    contents.push_child(section);
                }
            }
        }
    }
    if let Some(section) = open {
        contents.push_child(section);
    }
    contents
}

fn color(ink: Ink) -> rgb::Color {
    match ink {
        Ink::Text => rgb::Color::new(0x1b, 0x1f, 0x24),
        // 7:1 against white, as everything that is read.
        Ink::Soft => rgb::Color::new(0x4a, 0x51, 0x59),
        Ink::Rule => rgb::Color::new(0xb8, 0xbf, 0xc6),
        Ink::Mark => rgb::Color::new(0x0b, 0x4f, 0x9c),
        Ink::Budget => rgb::Color::new(0x8a, 0x4b, 0x00),
        Ink::Box => rgb::Color::new(0xff, 0xf3, 0xd6),
        // Seen and never in the way of what is read over it.
        Ink::Watermark => rgb::Color::new(0xea, 0xec, 0xee),
    }
}

/// Draws on one sheet; whatever is drawn is marked as part of something or as decoration.
struct Pen<'a> {
    surface: Surface<'a>,
    fonts: &'a Fonts,
    /// What the piece that is being marked belongs to.
    open: Option<Part>,
}

/// What a piece belongs to.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Decoration,
    Node(NodeId),
}

impl Pen<'_> {
    fn close(&mut self) {
        if self.open.take().is_some() {
            self.surface.end_tagged();
        }
    }

    fn place(&mut self, tags: &mut Tags, placed: &Placed) {
        let part = placed.of.map_or(Part::Decoration, Part::Node);
        if self.open != Some(part) {
            self.close();
            match placed.of {
                Some(node) => {
                    let piece = self.surface.start_tagged(ContentTag::Other);
                    tags.mark(node, piece);
                }
                None => self.decoration(ArtifactType::Layout),
            }
            self.open = Some(part);
        }
        match &placed.shape {
            Shape::Text { x, y, size, line } => self.line(placed.ink, (*x, *y), *size, line),
            Shape::Strokes { strokes, width, dashed } => {
                self.strokes(placed.ink, strokes, *width, *dashed);
            }
            Shape::Picture { x, y, width, height, image } => {
                if let Some(size) = Size::from_wh(*width, *height) {
                    self.surface.push_transform(&Transform::from_translate(*x, *y));
                    self.surface.draw_image(image.clone(), size);
                    self.surface.pop();
                }
            }
            Shape::Filled { x, y, width, height } => {
                let mut path = PathBuilder::new();
                if let Some(area) = Rect::from_xywh(*x, *y, *width, *height) {
                    path.push_rect(area);
                }
                if let Some(path) = path.finish() {
                    self.ink(placed.ink);
                    self.surface.draw_path(&path);
                }
            }
        }
    }

    fn decoration(&mut self, kind: ArtifactType) {
        self.surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(kind)));
    }

    fn ink(&mut self, ink: Ink) {
        self.surface.set_stroke(None);
        self.surface.set_fill(Some(Fill {
            paint: color(ink).into(),
            opacity: NormalizedF32::ONE,
            rule: krilla::paint::FillRule::default(),
        }));
    }

    fn line(&mut self, ink: Ink, (x, y): (f32, f32), size: f32, line: &Line) {
        self.ink(ink);
        for piece in &line.pieces {
            let glyphs = self.fonts.glyphs(piece.set, &piece.text, piece.backwards);
            let start = Point::from_xy(x + piece.x, y);
            let font = self.fonts.font(piece.set);
            self.surface.draw_glyphs(start, &glyphs, font, &piece.text, size, false);
        }
    }

    fn strokes(&mut self, ink: Ink, strokes: &[Vec<(f32, f32)>], width: f32, dashed: bool) {
        let mut path = PathBuilder::new();
        for stroke in strokes {
            let mut points = stroke.iter();
            if let Some((x, y)) = points.next() {
                path.move_to(*x, *y);
            }
            points.for_each(|(x, y)| path.line_to(*x, *y));
        }
        let Some(path) = path.finish() else { return };
        self.surface.set_fill(None);
        self.surface.set_stroke(Some(Stroke {
            paint: color(ink).into(),
            width,
            dash: dashed.then(|| StrokeDash { array: vec![4.0, 3.0], offset: 0.0 }),
            ..Stroke::default()
        }));
        self.surface.draw_path(&path);
    }

    /// From the lower left to the upper right, under everything.
    fn watermark(&mut self, (width, height): (f32, f32), text: &str) {
        let long = (width * width + height * height).sqrt() * 0.7;
        let words = [Span::Strong(text.to_owned())];
        let size = (long / unbroken(self.fonts, &words, 1.0).width.max(1.0)).min(72.0);
        let line = unbroken(self.fonts, &words, size);
        let half = line.width / 2.0;
        let angle = -(height / width).atan().to_degrees();
        self.decoration(ArtifactType::Watermark);
        let turn = Transform::from_rotate_at(angle, width / 2.0, height / 2.0);
        self.surface.push_transform(&turn);
        self.line(Ink::Watermark, (width / 2.0 - half, height / 2.0 + size / 3.0), size, &line);
        self.surface.pop();
        self.surface.end_tagged();
        // The same where it is read: pale letters do not survive every printer.
        self.decoration(ArtifactType::Header);
        let line = unbroken(self.fonts, &[Span::Text(text.to_owned())], NOTE + 1.0);
        self.line(Ink::Soft, (MARGIN, MARGIN / 2.0), NOTE + 1.0, &line);
        self.surface.end_tagged();
    }

    /// The journal's head, what the record is, and the number of the page.
    fn footer(
        &mut self,
        outline: &Outline,
        paper: (f32, f32),
        (title, at, count): (&str, usize, usize),
    ) {
        let (width, height) = paper;
        let y = height - MARGIN + 4.0;
        self.decoration(ArtifactType::Footer);
        let rule = vec![(MARGIN, y - NOTE - 4.0), (width - MARGIN, y - NOTE - 4.0)];
        self.strokes(Ink::Rule, &[rule], 0.5, false);
        let foot = unbroken(self.fonts, &outline.foot, NOTE);
        self.line(Ink::Soft, (MARGIN, y), NOTE, &foot);
        let said = [Span::Text(format!("Page {at} of {count}"))];
        let number = unbroken(self.fonts, &said, NOTE);
        let room = width - 2.0 * MARGIN - number.width - 12.0;
        let title = self.cut(title, room);
        self.line(Ink::Soft, (MARGIN, y + NOTE * 1.5), NOTE, &title);
        let x = width - MARGIN - number.width;
        self.line(Ink::Soft, (x, y + NOTE * 1.5), NOTE, &number);
        self.surface.end_tagged();
    }

    /// As much of `text` as there is room for.
    fn cut(&self, text: &str, room: f32) -> Line {
        let said = |text: &str| [Span::Text(text.to_owned())];
        let whole = unbroken(self.fonts, &said(text), NOTE);
        if whole.width <= room {
            return whole;
        }
        let dots = unbroken(self.fonts, &said("…"), NOTE).width;
        let first = lines(self.fonts, &said(text), NOTE, room - dots).into_iter().next();
        let pieces = first.unwrap_or_default().pieces;
        let kept: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
        unbroken(self.fonts, &said(&format!("{}…", kept.trim_end())), NOTE)
    }
}
