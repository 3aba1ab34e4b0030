//! One font: its glyphs with their widths, known beforehand, and how it sets a text whose
//! letters join, stack or run from right to left.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use harfrust::{Direction, ShapeOptions, ShaperData, UnicodeBuffer};
use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider as _};

/// A file that holds fonts.
pub(super) type Bytes = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// A glyph: its number in the font, and its advance in em.
pub(super) type Drawn = (u32, f32);

/// A font that has been read.
pub(super) struct Loaded {
    font: Font,
    bytes: Bytes,
    index: u32,
    em: f32,
    shaper: ShaperData,
    /// Most texts are ASCII.
    ascii: [Option<Drawn>; 128],
    others: HashMap<char, Drawn>,
}

impl Loaded {
    /// Reads font number `index` of a file; `None` when it is none that we can draw with.
    pub(super) fn load(bytes: Bytes, index: u32) -> Option<Self> {
        let font = Font::new(bytes.clone().into(), index)?;
        let em = font.units_per_em();
        let mut ascii = [None; 128];
        let mut others = HashMap::new();
        let reader = FontRef::from_index((*bytes).as_ref(), index).ok()?;
        let metrics = reader.glyph_metrics(Size::unscaled(), LocationRef::default());
        for (code, glyph) in reader.charmap().mappings() {
            let Some(c) = char::from_u32(code) else { continue };
            // The first glyph of every font says that there is none.
            if glyph.to_u32() == 0 {
                continue;
            }
            let drawn = (glyph.to_u32(), metrics.advance_width(glyph).unwrap_or(em) / em);
            match usize::try_from(code).ok().and_then(|at| ascii.get_mut(at)) {
                Some(place) => *place = Some(drawn),
                None => {
                    others.insert(c, drawn);
                }
            }
        }
        let shaper = ShaperData::new(&reader);
        Some(Self { font, bytes, index, em, shaper, ascii, others })
    }

    /// The font to draw with.
    pub(super) fn font(&self) -> Font {
        self.font.clone()
    }

    /// The glyph of `c` when it stands alone.
    pub(super) fn glyph(&self, c: char) -> Option<Drawn> {
        match self.ascii.get(c as usize) {
            Some(drawn) => *drawn,
            None => self.others.get(&c).copied(),
        }
    }

    /// The glyphs of a text in the order in which they are seen, from left to right.
    pub(super) fn shaped(&self, text: &str, backwards: bool) -> Vec<KrillaGlyph> {
        // It was read once; a second look cannot fail.
        let Ok(reader) = harfrust::FontRef::from_index((*self.bytes).as_ref(), self.index) else {
            return Vec::new();
        };
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        let direction = if backwards { Direction::RightToLeft } else { Direction::LeftToRight };
        buffer.set_direction(direction);
        let whole = self.shaper.shaper(&reader).build().shape(buffer, ShapeOptions::new());
        let mut starts: Vec<usize> =
            whole.glyph_infos().iter().map(|glyph| glyph.cluster as usize).collect();
        starts.sort_unstable();
        starts.dedup();
        // What stands before the first glyph's text has none of its own, and belongs to it.
        let range = |start: usize| -> Range<usize> {
            let at = starts.partition_point(|one| *one < start);
            let from = if at == 0 { 0 } else { start };
            from..starts.get(at + 1).copied().unwrap_or(text.len())
        };
        #[expect(clippy::cast_precision_loss, reason = "a few thousand units in an em")]
        let em = |units: i32| units as f32 / self.em;
        let glyphs = whole.glyph_infos().iter().zip(whole.glyph_positions());
        glyphs
            .filter(|(glyph, _)| glyph.glyph_id != 0)
            .map(|(glyph, place)| {
                KrillaGlyph::new(
                    GlyphId::new(glyph.glyph_id),
                    em(place.x_advance),
                    em(place.x_offset),
                    em(place.y_offset),
                    em(place.y_advance),
                    range(glyph.cluster as usize),
                    None,
                )
            })
            .collect()
    }
}
