//! What is said in the file of letters that were not at hand.

use std::collections::{BTreeMap, BTreeSet};

use super::flow::faced;
use super::fonts::{Face, Fonts, STAND_IN, clean};
use super::prose;
use crate::export::outline::{Block, Outline, Span, Words};

/// As many characters are named one by one as fit in a line or two.
const NAMED: usize = 24;

/// The letters that our own fonts do not have.
#[derive(Debug, Default)]
pub(super) struct Lacking {
    /// Those that no font here has, and how often each is drawn as a stand-in.
    pub(super) lost: BTreeMap<char, usize>,
    /// The fonts of this machine that stepped in for others.
    pub(super) borrowed: Vec<String>,
}

impl Lacking {
    /// The characters to look for in other fonts.
    pub(super) fn wanted(&self) -> BTreeSet<char> {
        self.lost.keys().copied().collect()
    }

    /// Said at the top, where nobody misses it.
    pub(super) fn warning(&self) -> Option<Words> {
        let count: usize = self.lost.values().sum();
        let what = match count {
            0 => return None,
            1 => "One character here is".to_owned(),
            _ => format!("{count} characters here are"),
        };
        Some(vec![Span::Text(format!(
            "{what} drawn as {STAND_IN}: no font at hand has more than that. Copying, searching \
             and reading aloud give what was written; the last lines name it."
        ))])
    }

    /// Said at the end.
    pub(super) fn sentences(&self) -> Vec<Words> {
        let mut said = Vec::new();
        if !self.lost.is_empty() {
            let codes = self.lost.keys().take(NAMED).map(|c| format!("U+{:04X}", u32::from(*c)));
            let told = codes.collect::<Vec<_>>().join(", ");
            let more = match self.lost.len().saturating_sub(NAMED) {
                0 => String::new(),
                rest => format!(" and {rest} more"),
            };
            said.push(vec![Span::Text(format!(
                "Drawn as {STAND_IN}: {told}{more}. Install a font for them and export again, or export \
                 as HTML, which uses the reader's fonts."
            ))]);
        }
        if !self.borrowed.is_empty() {
            said.push(vec![Span::Text(format!(
                "Some letters are drawn with fonts of the machine that wrote this ({}); elsewhere \
                 they may look different.",
                self.borrowed.join(", ")
            ))]);
        }
        said
    }
}

/// The characters that no font here has, and how often each is said.
pub(super) fn lost(outline: &Outline, fonts: &Fonts) -> BTreeMap<char, usize> {
    let mut lost = BTreeMap::new();
    let mut look = |face, text: &str| fonts.lacking(face, &clean(text), &mut lost);
    look(Face::Bold, &outline.title);
    look(Face::Bold, outline.watermark.as_deref().unwrap_or_default());
    said(&outline.foot, &mut look);
    said_in(&outline.lead, &mut look);
    for section in &outline.sections {
        look(Face::Bold, &section.title);
        said_in(&section.blocks, &mut look);
    }
    lost
}

fn said(words: &[Span], look: &mut impl FnMut(Face, &str)) {
    words.iter().map(faced).for_each(|(face, text)| look(face, text));
}

fn said_in(blocks: &[Block], look: &mut impl FnMut(Face, &str)) {
    for block in blocks {
        match block {
            Block::Line(words) | Block::Banner(words) => said(words, look),
            Block::Heading(title) => look(Face::Bold, title),
            Block::List(items) => {
                for item in items {
                    said(&item.words, look);
                    item.under.iter().for_each(|words| said(words, look));
                }
            }
            Block::Table { head, rows, .. } => {
                for name in head {
                    look(Face::Bold, name);
                }
                rows.iter().flatten().for_each(|cell| said(cell, look));
            }
            Block::Prose(markdown) => said_in(&prose::blocks(markdown), look),
            Block::Chart(chart) => {
                look(Face::Regular, &chart.title);
                look(Face::Regular, &chart.twin);
            }
            Block::Picture(picture) => look(Face::Regular, &picture.words()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_characters_are_counted_and_a_few_are_named() {
        let lost = ('\u{4e00}'..).take(30).map(|c| (c, 2)).collect();
        let lacking = Lacking { lost, borrowed: vec!["Aster".to_owned()] };
        let told = format!("{:?} {:?}", lacking.warning(), lacking.sentences());
        for words in ["60 characters here are", "U+4E00, U+4E01", "and 6 more", "(Aster)"] {
            assert!(told.contains(words), "{words}: {told}");
        }
        assert!(Lacking::default().warning().is_none());
        assert!(Lacking::default().sentences().is_empty());
    }
}
