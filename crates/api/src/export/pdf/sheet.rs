//! Sheets of paper with what stands where on them. Coordinates are points of 1/72 inch,
//! from the upper left corner.

use krilla::image::Image;

use super::fonts::Face;
use super::line::Line;
use super::tags::{NodeId, Tags};

/// What a thing is drawn in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    Text,
    Soft,
    Rule,
    Mark,
    Budget,
    Box,
    Watermark,
}

/// One thing to draw.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    /// A line of text, with its baseline at `y`.
    Text { x: f32, y: f32, size: f32, line: Line },
    /// Lines through points; dashed or not.
    Strokes { strokes: Vec<Vec<(f32, f32)>>, width: f32, dashed: bool },
    /// A picture in a rectangle, from its upper left corner.
    Picture { x: f32, y: f32, width: f32, height: f32, image: Image },
    /// A filled rectangle.
    Filled { x: f32, y: f32, width: f32, height: f32 },
}

/// A thing, its ink, and what it belongs to; to nothing when it is decoration only.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    pub(super) of: Option<NodeId>,
    pub(super) ink: Ink,
    pub(super) shape: Shape,
}

/// An entry of the table of contents.
pub(super) struct Bookmark {
    pub(super) title: String,
    /// 1 for a section, 2 for a heading in it.
    pub(super) level: u8,
    pub(super) sheet: usize,
    pub(super) y: f32,
}

/// The margin at each side.
pub(super) const MARGIN: f32 = 56.0;
/// The height that the footer takes from the bottom margin upwards.
const FOOTER: f32 = 20.0;

/// All sheets, and where the next thing goes.
pub(super) struct Sheets {
    /// Width and height of the paper.
    pub(super) paper: (f32, f32),
    pub(super) all: Vec<Vec<Placed>>,
    pub(super) bookmarks: Vec<Bookmark>,
    pub(super) tags: Tags,
    pub(super) y: f32,
}

impl Sheets {
    pub(super) fn new(paper: (f32, f32)) -> Self {
        Self {
            paper,
            all: vec![Vec::new()],
            bookmarks: Vec::new(),
            tags: Tags::default(),
            y: MARGIN,
        }
    }

    /// The width between the margins.
    pub(super) fn width(&self) -> f32 {
        self.paper.0 - 2.0 * MARGIN
    }

    fn bottom(&self) -> f32 {
        self.paper.1 - MARGIN - FOOTER
    }

    /// The height that is left on this sheet.
    pub(super) fn left(&self) -> f32 {
        (self.bottom() - self.y).max(0.0)
    }

    /// The height of an empty sheet.
    pub(super) fn whole(&self) -> f32 {
        self.bottom() - MARGIN
    }

    /// The number of the sheet that is being filled, from 0.
    pub(super) fn number(&self) -> usize {
        self.all.len() - 1
    }

    /// Goes to a new sheet unless `height` is left on this one. Tells whether it did.
    pub(super) fn need(&mut self, height: f32) -> bool {
        let full = self.left() < height && self.y > MARGIN;
        if full {
            self.all.push(Vec::new());
            self.y = MARGIN;
        }
        full
    }

    /// Leaves a gap, except at the top of a sheet.
    pub(super) fn gap(&mut self, height: f32) {
        if self.y > MARGIN {
            self.y += height;
        }
    }

    /// Puts a thing on this sheet.
    pub(super) fn put(&mut self, of: Option<NodeId>, ink: Ink, shape: Shape) {
        if let Some(sheet) = self.all.last_mut() {
            sheet.push(Placed { of, ink, shape });
        }
    }

    /// Puts a line of text on this sheet, its top at `top`.
    pub(super) fn text(
        &mut self,
        of: Option<NodeId>,
        ink: Ink,
        at: (f32, f32),
        size: f32,
        line: Line,
    ) {
        let (x, top) = at;
        self.put(of, ink, Shape::Text { x, y: top + size, size, line });
    }

    /// Puts a few plain words there.
    pub(super) fn words(
        &mut self,
        of: Option<NodeId>,
        ink: Ink,
        at: (f32, f32),
        size: f32,
        text: &str,
    ) {
        self.text(of, ink, at, size, Line::plain(Face::Regular, text));
    }
}
