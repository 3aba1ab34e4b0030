//! The three faces, and the fonts that step in for letters they lack. Latin is set glyph by
//! glyph with widths known beforehand: lines are broken without asking a font twice. All
//! other scripts are shaped.

use std::collections::BTreeMap;
use std::sync::Arc;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use unicode_segmentation::UnicodeSegmentation as _;

use super::font::{Bytes, Drawn, Loaded};
use super::machine::FontFile;

/// Atkinson Hyperlegible, under the SIL Open Font License; see `fonts/` beside the sources.
const FACES: [&[u8]; 3] = [
    include_bytes!("../../../fonts/AtkinsonHyperlegibleNext-Regular.ttf"),
    include_bytes!("../../../fonts/AtkinsonHyperlegibleNext-Bold.ttf"),
    include_bytes!("../../../fonts/AtkinsonHyperlegibleMono-Regular.ttf"),
];

/// Noto, under the same licence, regular and bold: more Latin, Greek and Cyrillic; Hebrew;
/// Arabic with the letters of Persian and Urdu.
const MORE: [[&[u8]; 2]; 3] = [
    [
        include_bytes!("../../../fonts/NotoSans-Regular.ttf"),
        include_bytes!("../../../fonts/NotoSans-Bold.ttf"),
    ],
    [
        include_bytes!("../../../fonts/NotoSansHebrew-Regular.ttf"),
        include_bytes!("../../../fonts/NotoSansHebrew-Bold.ttf"),
    ],
    [
        include_bytes!("../../../fonts/NotoSansArabic-Regular.ttf"),
        include_bytes!("../../../fonts/NotoSansArabic-Bold.ttf"),
    ],
];

/// Drawn for a character that no font here has. It is rare in texts, so it stands out.
pub(super) const STAND_IN: &str = "¤";

/// How words look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Face {
    Regular,
    Bold,
    Mono,
}

/// What a text is set with: a face, or the font that steps in for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Type {
    face: Face,
    /// Which of [`Fonts::more`].
    more: Option<usize>,
}

impl Type {
    /// The face itself.
    pub(super) const fn own(face: Face) -> Self {
        Self { face, more: None }
    }

    /// Whether its letters are shaped, so that their widths depend on their neighbours.
    pub(super) const fn is_shaped(self) -> bool {
        self.more.is_some()
    }
}

/// A font that steps in.
struct More {
    regular: Loaded,
    bold: Option<Loaded>,
}

/// All fonts of one file.
pub(super) struct Fonts {
    faces: [Loaded; 3],
    more: Vec<More>,
}

/// What is drawn where a font lacks `c`; nothing for what is only felt by its neighbours.
const fn instead(c: char) -> &'static str {
    match c {
        '→' => "->",
        '←' => "<-",
        '★' => "*",
        c if felt_only(c) => "",
        _ => STAND_IN,
    }
}

/// Whether `c` has no picture of its own: it joins, parts or varies its neighbours.
const fn felt_only(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0020}'..='\u{e007f}' | '\u{e0100}'..='\u{e01ef}'
    )
}

fn fixed(bytes: &'static [u8]) -> Bytes {
    Arc::new(bytes)
}

impl Fonts {
    /// Reads what is inside of this program; `None` cannot happen with the files as they are.
    pub(super) fn load() -> Option<Self> {
        let read = |bytes| Loaded::load(fixed(bytes), 0);
        let [regular, bold, mono] = FACES;
        let more =
            MORE.map(|[regular, bold]| Some(More { regular: read(regular)?, bold: read(bold) }));
        Some(Self {
            faces: [read(regular)?, read(bold)?, read(mono)?],
            more: more.into_iter().collect::<Option<_>>()?,
        })
    }

    /// Lets fonts of this machine step in after our own. One that cannot be drawn with is
    /// left out.
    pub(super) fn borrow(&mut self, files: Vec<FontFile>) {
        let read = files.into_iter().filter_map(|file| Loaded::load(file.bytes, file.index));
        self.more.extend(read.map(|regular| More { regular, bold: None }));
    }

    const fn own(&self, face: Face) -> &Loaded {
        match face {
            Face::Regular => &self.faces[0],
            Face::Bold => &self.faces[1],
            Face::Mono => &self.faces[2],
        }
    }

    fn loaded(&self, set: Type) -> &Loaded {
        match (set.more.and_then(|at| self.more.get(at)), set.face) {
            (Some(more), Face::Bold) => more.bold.as_ref().unwrap_or(&more.regular),
            (Some(more), Face::Regular | Face::Mono) => &more.regular,
            (None, face) => self.own(face),
        }
    }

    /// The font to draw with.
    pub(super) fn font(&self, set: Type) -> Font {
        self.loaded(set).font()
    }

    /// Cuts a text into what must not be parted, each with what it is set with. What a
    /// person takes for one letter is one of them, however many characters it has.
    pub(super) fn units<'t>(&self, face: Face, text: &'t str, mut then: impl FnMut(Type, &'t str)) {
        if text.is_ascii() {
            text.split_inclusive(|_| true).for_each(|c| then(Type::own(face), c));
            return;
        }
        let mut last = Type::own(face);
        for unit in text.graphemes(true) {
            if let Some(set) = self.set_of(face, unit, last) {
                then(set, unit);
                last = set;
                continue;
            }
            for c in unit.split_inclusive(|_| true) {
                last = self.set_of(face, c, last).unwrap_or(Type::own(face));
                then(last, c);
            }
        }
    }

    /// Cuts a text into what must not be parted.
    pub(super) fn units_of<'t>(text: &'t str, then: impl FnMut(&'t str)) {
        if text.is_ascii() {
            text.split_inclusive(|_| true).for_each(then);
        } else {
            text.graphemes(true).for_each(then);
        }
    }

    /// What has all of `unit`; `None` when nothing has.
    fn set_of(&self, face: Face, unit: &str, last: Type) -> Option<Type> {
        // A space stays with the words before it: text that is shaped stays in one piece. That
        // of a font of pictures is as wide as they are.
        let narrow = |(_, width): Drawn| width < 0.5;
        if unit == " " && last.is_shaped() && self.loaded(last).glyph(' ').is_some_and(narrow) {
            return Some(last);
        }
        let own = |c| self.own(face).glyph(c).is_some() || instead(c) != STAND_IN;
        // Marks over letters are placed by a font that knows how.
        let alone = unit.chars().filter(|c| !felt_only(*c)).nth(1).is_none();
        if alone && unit.chars().all(own) {
            return Some(Type::own(face));
        }
        let has = |at: &usize| {
            let loaded = self.loaded(Type { face, more: Some(*at) });
            unit.chars().all(|c| felt_only(c) || loaded.glyph(c).is_some())
        };
        let more = (0..self.more.len()).find(has).map(|at| Type { face, more: Some(at) });
        more.or_else(|| unit.chars().all(own).then_some(Type::own(face)))
    }

    /// The glyphs that stand for `c` in a face itself.
    fn each(&self, face: Face, c: char, mut then: impl FnMut(Drawn)) {
        let own = self.own(face);
        match own.glyph(c) {
            Some(drawn) => then(drawn),
            None => instead(c).chars().filter_map(|c| own.glyph(c)).for_each(then),
        }
    }

    /// The width of a unit in em. Letters that join their neighbours may take less.
    pub(super) fn advance(&self, set: Type, unit: &str) -> f32 {
        let mut chars = unit.chars();
        match (set.is_shaped(), chars.next(), chars.next()) {
            (true, Some(c), None) => self.loaded(set).glyph(c).map_or(0.0, |(_, width)| width),
            (true, _, _) => self.set_width(set, unit, false),
            (false, ..) => {
                let mut sum = 0.0;
                unit.chars().for_each(|c| self.each(set.face, c, |(_, width)| sum += width));
                sum
            }
        }
    }

    /// The width of a text in em, as [`units`](Self::units) cut it.
    pub(super) fn width(&self, face: Face, text: &str) -> f32 {
        let mut sum = 0.0;
        self.units(face, text, |set, unit| sum += self.advance(set, unit));
        sum
    }

    /// The width in em of a text that is set whole.
    pub(super) fn set_width(&self, set: Type, text: &str, backwards: bool) -> f32 {
        use krilla::text::Glyph as _;
        self.glyphs(set, text, backwards).iter().map(|glyph| glyph.x_advance(1.0)).sum()
    }

    /// Counts the characters of `text` that are drawn as [`STAND_IN`].
    pub(super) fn lacking(&self, face: Face, text: &str, so_far: &mut BTreeMap<char, usize>) {
        if text.is_ascii() {
            return;
        }
        self.units(face, text, |set, unit| {
            for c in unit.chars() {
                if !set.is_shaped()
                    && self.own(face).glyph(c).is_none()
                    && instead(c) == STAND_IN
                    && c != '\n'
                {
                    *so_far.entry(c).or_default() += 1;
                }
            }
        });
    }

    /// The glyphs of a text. What is drawn for another character keeps the true one as its
    /// text, so that it is found, copied and read aloud.
    pub(super) fn glyphs(&self, set: Type, text: &str, backwards: bool) -> Vec<KrillaGlyph> {
        let lacks = |c| self.own(set.face).glyph(c).is_none();
        if set.is_shaped() || (backwards && !text.chars().any(lacks)) {
            return self.loaded(set).shaped(text, backwards);
        }
        let mut glyphs: Vec<KrillaGlyph> = Vec::with_capacity(text.len());
        for (at, c) in text.char_indices() {
            let range = at..at + c.len_utf8();
            let before = glyphs.len();
            self.each(set.face, c, |(id, advance)| {
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
        if backwards {
            glyphs.reverse();
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
            '\n' | '\u{2028}' | '\u{2029}' => '\n',
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

    fn fonts() -> Fonts {
        Fonts::load().expect("they are inside of this program")
    }

    fn lacking(face: Face, text: &str) -> String {
        let mut lacking = BTreeMap::new();
        fonts().lacking(face, text, &mut lacking);
        lacking.into_keys().collect()
    }

    #[test]
    fn every_face_has_every_character_of_plain_english() {
        let fonts = fonts();
        for face in [Face::Regular, Face::Bold, Face::Mono] {
            for c in (' '..='~').chain("äéñß…·•“”–".chars()).chain(STAND_IN.chars())
            {
                assert!(fonts.own(face).glyph(c).is_some(), "{face:?} lacks {c:?}");
            }
        }
    }

    #[test]
    fn the_alphabets_around_the_mediterranean_need_no_font_of_the_machine() {
        for face in [Face::Regular, Face::Bold, Face::Mono] {
            let text = "Ελένη Ольга דָּנָה عمر پیمان Việt Łódź e\u{301}";
            assert_eq!(lacking(face, text), "", "{face:?}");
        }
        assert_eq!(lacking(Face::Regular, "日本 → ★"), "日本");
    }

    #[test]
    fn what_a_font_lacks_keeps_its_text() {
        let text = "a → 日\u{fe0f}";
        let glyphs = fonts().glyphs(Type::own(Face::Regular), text, false);
        let told: Vec<&str> = glyphs.iter().map(|one| &text[one.text_range.clone()]).collect();
        assert_eq!(told, ["a", " ", "→", "→", " ", "日\u{fe0f}"]);
    }

    #[test]
    fn every_glyph_of_a_shaped_word_keeps_its_letters() {
        let fonts = fonts();
        for (word, backwards) in [("Ольга", false), ("דָּנָה", true), ("السلام", true)]
        {
            let mut set = None;
            fonts.units(Face::Regular, word, |one, _| set = Some(one));
            let glyphs = fonts.glyphs(set.expect("it has letters"), word, backwards);
            assert!(!glyphs.is_empty());
            let mut told: Vec<_> = glyphs.iter().map(|one| one.text_range.clone()).collect();
            if backwards {
                assert!(told.is_sorted_by_key(|one| std::cmp::Reverse(one.start)), "{told:?}");
            }
            told.sort_by_key(|one| one.start);
            told.dedup();
            let whole: String = told.into_iter().map(|one| &word[one]).collect();
            assert_eq!(whole, word);
        }
    }

    #[test]
    fn a_letter_of_several_characters_is_not_parted() {
        let mut told = Vec::new();
        fonts().units(Face::Regular, "ае\u{301}б דָּ", |_, unit| told.push(unit.to_owned()));
        assert_eq!(told, ["а", "е\u{301}", "б", " ", "דָּ"]);
    }

    #[test]
    fn nothing_from_outside_turns_the_direction_of_a_text() {
        assert_eq!(clean("a\u{202e}b\u{0}\r\nc\td\u{2029}e"), "a\u{fffd}b\u{fffd}\nc d\ne");
    }
}
