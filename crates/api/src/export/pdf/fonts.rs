//! The three faces, with the width of every character known beforehand: lines are broken
//! without asking a font twice. Texts are set glyph by glyph, which is right for the
//! scripts that these fonts have (Latin), and no other is claimed.

use std::collections::HashMap;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider as _};

/// Atkinson Hyperlegible, under the SIL Open Font License; see `fonts/` beside the sources.
const FILES: [&[u8]; 3] = [
    include_bytes!("../../../fonts/AtkinsonHyperlegibleNext-Regular.ttf"),
    include_bytes!("../../../fonts/AtkinsonHyperlegibleNext-Bold.ttf"),
    include_bytes!("../../../fonts/AtkinsonHyperlegibleMono-Regular.ttf"),
];

/// Drawn for a character that no font here has. It is rare in texts, so it stands out.
const STAND_IN: &str = "¤";

/// How words look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Face {
    Regular,
    Bold,
    Mono,
}

/// A glyph: its number in the font, and its advance in em.
type Drawn = (u32, f32);

struct Loaded {
    font: Font,
    /// Most texts are ASCII.
    ascii: [Option<Drawn>; 128],
    others: HashMap<char, Drawn>,
}

impl Loaded {
    fn load(bytes: &'static [u8]) -> Option<Self> {
        let reader = FontRef::new(bytes).ok()?;
        let metrics = reader.glyph_metrics(Size::unscaled(), LocationRef::default());
        let font = Font::new(bytes.into(), 0)?;
        let em = font.units_per_em();
        let mut loaded = Self { font, ascii: [None; 128], others: HashMap::new() };
        for (code, glyph) in reader.charmap().mappings() {
            let Some(c) = char::from_u32(code) else { continue };
            let drawn = (glyph.to_u32(), metrics.advance_width(glyph).unwrap_or(em) / em);
            match usize::try_from(code).ok().and_then(|at| loaded.ascii.get_mut(at)) {
                Some(place) => *place = Some(drawn),
                None => {
                    loaded.others.insert(c, drawn);
                }
            }
        }
        Some(loaded)
    }

    fn glyph(&self, c: char) -> Option<Drawn> {
        match self.ascii.get(c as usize) {
            Some(drawn) => *drawn,
            None => self.others.get(&c).copied(),
        }
    }

    /// The glyphs that stand for `c`.
    fn each(&self, c: char, mut then: impl FnMut(Drawn)) {
        match self.glyph(c) {
            Some(drawn) => then(drawn),
            None => instead(c).chars().filter_map(|c| self.glyph(c)).for_each(then),
        }
    }
}

/// What is drawn where a font lacks `c`; nothing for what is only felt by its neighbours.
const fn instead(c: char) -> &'static str {
    match c {
        '→' => "->",
        '←' => "<-",
        '★' => "*",
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{fe00}'..='\u{fe0f}' => {
            ""
        }
        _ => STAND_IN,
    }
}

/// All faces.
pub(super) struct Fonts([Loaded; 3]);

impl Fonts {
    /// Reads what is inside of this program; `None` cannot happen with the files as they are.
    pub(super) fn load() -> Option<Self> {
        let [regular, bold, mono] = FILES;
        Some(Self([Loaded::load(regular)?, Loaded::load(bold)?, Loaded::load(mono)?]))
    }

    const fn loaded(&self, face: Face) -> &Loaded {
        match face {
            Face::Regular => &self.0[0],
            Face::Bold => &self.0[1],
            Face::Mono => &self.0[2],
        }
    }

    /// The font to draw with.
    pub(super) fn font(&self, face: Face) -> Font {
        self.loaded(face).font.clone()
    }

    /// The width of `c` in em.
    pub(super) fn advance(&self, face: Face, c: char) -> f32 {
        let mut sum = 0.0;
        self.loaded(face).each(c, |(_, advance)| sum += advance);
        sum
    }

    /// The width of a text in em.
    pub(super) fn width(&self, face: Face, text: &str) -> f32 {
        text.chars().map(|c| self.advance(face, c)).sum()
    }

    /// Whether `c` is drawn as [`STAND_IN`].
    pub(super) fn lacks(&self, face: Face, c: char) -> bool {
        self.loaded(face).glyph(c).is_none() && instead(c) == STAND_IN
    }

    /// The glyphs of a text. What is drawn for another character keeps the true one as its
    /// text, so that it is found, copied and read aloud.
    pub(super) fn glyphs(&self, face: Face, text: &str) -> Vec<KrillaGlyph> {
        let mut glyphs: Vec<KrillaGlyph> = Vec::with_capacity(text.len());
        for (at, c) in text.char_indices() {
            let range = at..at + c.len_utf8();
            let before = glyphs.len();
            self.loaded(face).each(c, |(id, advance)| {
                glyphs.push(KrillaGlyph::new(
                    GlyphId::new(id),
                    advance,
                    0.0,
                    0.0,
                    0.0,
                    range.clone(),
                    None,
                ));
            });
            // What has no glyph belongs to the one before it.
            if let (true, Some(last)) = (glyphs.len() == before, glyphs.last_mut()) {
                last.text_range.end = range.end;
            }
        }
        glyphs
    }
}

/// Text from outside: no control characters, and none that turn its direction and hide
/// what it says. A line's end stays.
pub(super) fn clean(raw: &str) -> String {
    raw.chars()
        .filter(|c| *c != '\r')
        .map(|c| match c {
            '\t' => ' ',
            '\n' => '\n',
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffe}' => {
                '\u{fffd}'
            }
            c if c.is_control() => '\u{fffd}',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_face_has_every_character_of_plain_english() {
        let fonts = Fonts::load().expect("they are inside of this program");
        for face in [Face::Regular, Face::Bold, Face::Mono] {
            for c in (' '..='~').chain("äéñß…·•“”–".chars()).chain(STAND_IN.chars())
            {
                assert!(!fonts.lacks(face, c) || c == '¤', "{face:?} lacks {c:?}");
                assert!(fonts.loaded(face).glyph(c).is_some(), "{face:?} lacks {c:?}");
            }
        }
    }

    #[test]
    fn what_a_font_lacks_keeps_its_text() {
        let fonts = Fonts::load().expect("they are inside of this program");
        let text = "a → 日\u{fe0f}";
        let glyphs = fonts.glyphs(Face::Regular, text);
        let told: Vec<&str> = glyphs.iter().map(|one| &text[one.text_range.clone()]).collect();
        assert_eq!(told, ["a", " ", "→", "→", " ", "日\u{fe0f}"]);
        assert!(fonts.lacks(Face::Regular, '日') && !fonts.lacks(Face::Regular, '→'));
    }

    #[test]
    fn nothing_from_outside_turns_the_direction_of_a_text() {
        assert_eq!(clean("a\u{202e}b\u{0}\r\nc\td"), "a\u{fffd}b\u{fffd}\nc d");
    }
}
