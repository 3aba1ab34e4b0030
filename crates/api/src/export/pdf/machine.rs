//! Fonts of the machine we run on, for letters that ours lack.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;

use fontdb::{Database, FaceInfo, ID, Style};
use skrifa::raw::TableProvider as _;
use skrifa::{FontRef, MetadataProvider as _};

use super::font::Bytes;

/// Where fonts come from that are not inside of this program.
pub trait FontSource {
    /// Fonts that together have as many of `wanted` as there is a font for; the same for
    /// the same machine. Empty when there are none.
    fn having(&self, wanted: &BTreeSet<char>) -> Vec<FontFile>;
}

/// A font in a file.
pub struct FontFile {
    /// What it is called.
    pub name: String,
    /// The file, which may hold several.
    pub(super) bytes: Bytes,
    /// Which of them.
    pub(super) index: u32,
}

impl FontFile {
    /// Font number `index` of a file with these bytes.
    #[must_use]
    pub fn new(name: String, bytes: Vec<u8>, index: u32) -> Self {
        Self { name, bytes: Arc::new(bytes), index }
    }
}

/// No fonts but ours: the same bytes on every machine.
pub struct NoFonts;

impl FontSource for NoFonts {
    fn having(&self, _: &BTreeSet<char>) -> Vec<FontFile> {
        Vec::new()
    }
}

/// The fonts that are installed here. They are looked for only when letters are lacking.
pub(super) struct MachineFonts;

impl FontSource for MachineFonts {
    fn having(&self, wanted: &BTreeSet<char>) -> Vec<FontFile> {
        let mut all = Database::new();
        all.load_system_fonts();
        let mut left = wanted.clone();
        let mut known: Vec<(ID, BTreeSet<char>)> = all
            .faces()
            .map(|face| (face.id, of(&all, face.id, wanted)))
            .filter(|(_, has)| !has.is_empty())
            .collect();
        let mut chosen = Vec::new();
        while !left.is_empty() {
            for (_, has) in &mut known {
                has.retain(|c| left.contains(c));
            }
            known.retain(|(_, has)| !has.is_empty());
            let best = known
                .iter()
                .filter_map(|(id, has)| Some((all.face(*id)?, has)))
                .min_by_key(|(face, has)| rank(face, has.len(), wanted));
            let Some((face, has)) = best else { break };
            left = &left - has;
            let copied = all.with_face_data(face.id, |bytes, index| (bytes.to_vec(), index));
            chosen.extend(copied.map(|(bytes, index)| FontFile::new(name(face), bytes, index)));
        }
        chosen
    }
}

/// What a font has of `wanted`; nothing when its maker does not let it be put into files.
fn of(all: &Database, id: ID, wanted: &BTreeSet<char>) -> BTreeSet<char> {
    /// "Restricted licence embedding" of the table OS/2.
    const RESTRICTED: u16 = 0x0002;
    let look = |bytes: &[u8], index: u32| {
        let font = FontRef::from_index(bytes, index).ok()?;
        if font.os2().is_ok_and(|table| table.fs_type() & 0x000f == RESTRICTED) {
            return None;
        }
        let charmap = font.charmap();
        let has = |c: &char| charmap.map(*c).is_some_and(|glyph| glyph.to_u32() != 0);
        Some(wanted.iter().copied().filter(has).collect())
    };
    all.with_face_data(id, look).flatten().unwrap_or_default()
}

fn name(face: &FaceInfo) -> String {
    face.families.first().map_or_else(|| face.post_script_name.clone(), |(name, _)| name.clone())
}

/// The smaller the better: fonts that only show that something is there come last, then how
/// much a font has; upright and regular; the shapes of Chinese characters that fit the
/// letters beside them; a sans serif as ours are; and the name, so that it is always the
/// same one.
fn rank(face: &FaceInfo, has: usize, wanted: &BTreeSet<char>) -> impl Ord + use<> {
    let name = name(face);
    let last_resort = ["LastResort", "Last Resort", "Unifont", "Fallback"];
    let any_of = |words: &[&str]| words.iter().any(|word| name.contains(word));
    let regions = [" JP", " KR", " SC", " TC", " HK"];
    let kana = wanted.iter().any(|c| matches!(c, '\u{3040}'..='\u{30ff}'));
    let hangul = wanted.iter().any(|c| matches!(c, '\u{ac00}'..='\u{d7a3}'));
    let region = match (kana, hangul) {
        (true, _) => " JP",
        (false, true) => " KR",
        (false, false) => " SC",
    };
    let elsewhere = any_of(&regions) && !name.contains(region);
    (
        any_of(&last_resort),
        Reverse(has),
        face.style != Style::Normal,
        face.weight.0.abs_diff(400),
        elsewhere,
        (!any_of(&["Sans", "Gothic"]), face.monospaced),
        (name, face.post_script_name.clone(), face.index),
    )
}
