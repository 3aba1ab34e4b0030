//! One file for printing and for the archive: PDF 1.7, tagged, and checked against
//! PDF/UA-1 (ISO 14289-1) while it is written.
//!
//! Three steps, each linear in what there is to say. [`flow`] breaks the outline into lines
//! and puts them on sheets; [`tags`] keeps what each of them is, for whoever listens
//! instead of looking; [`page`] draws the sheets. Nothing depends on a clock, and on the
//! machine only where letters are lacking: the same outline and fonts give the same bytes.

mod chart;
mod direction;
mod flow;
mod font;
mod fonts;
mod lacking;
mod line;
mod machine;
mod page;
mod picture;
mod prose;
mod sheet;
mod table;
mod tags;

use krilla::error::KrillaError;
use lastgood_core::problem::{Code, Problem};
use serde::{Deserialize, Serialize};

use self::lacking::Lacking;
use self::machine::MachineFonts;
pub use self::machine::{FontFile, FontSource, NoFonts};
use super::outline::Outline;

/// The paper that a PDF is made for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum Paper {
    /// 210 by 297 millimetres.
    #[default]
    A4,
    /// 8.5 by 11 inches.
    Letter,
}

impl Paper {
    /// Width and height in points of 1/72 inch.
    const fn size(self) -> (f32, f32) {
        match self {
            Self::A4 => (595.28, 841.89),
            Self::Letter => (612.0, 792.0),
        }
    }
}

/// Whose fonts a PDF may be drawn with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum Lettering {
    /// Ours, and for letters that ours lack those of this machine.
    #[default]
    Machine,
    /// Only ours: the same bytes on every machine.
    Own,
}

impl Lettering {
    /// Where fonts besides ours come from.
    #[must_use]
    pub fn source(self) -> &'static dyn FontSource {
        match self {
            Self::Machine => &MachineFonts,
            Self::Own => &NoFonts,
        }
    }
}

/// Renders `outline` as the bytes of a PDF. For letters that our fonts lack, `more` is
/// asked. Characters that no font has are drawn as stand-ins, and the file says so at its
/// beginning and names them at its end; searching, copying and reading aloud find the true
/// ones.
pub fn render(outline: &Outline, paper: Paper, more: &dyn FontSource) -> Result<Vec<u8>, Problem> {
    let mut fonts = fonts::Fonts::load().ok_or_else(|| {
        Problem::new(Code::Internal, "the fonts inside of this program cannot be read")
    })?;
    let mut lacking = Lacking { lost: lacking::lost(outline, &fonts), borrowed: Vec::new() };
    if !lacking.lost.is_empty() {
        let files = more.having(&lacking.wanted());
        lacking.borrowed = files.iter().map(|file| file.name.clone()).collect();
        fonts.borrow(files);
        lacking.lost = lacking::lost(outline, &fonts);
    }
    let drawn = |outline: &Outline| {
        let laid = flow::lay_out(outline, &fonts, paper.size(), &lacking);
        page::draw(outline, &fonts, laid)
    };
    let whole = match drawn(outline) {
        // One that breaks in its middle is met only while it is written.
        Err(KrillaError::Image(..)) => drawn(&outline.without_pictures(
            "The pictures are not shown, because one of them is damaged; an export as HTML has \
             them as they are.",
        )),
        other => other,
    };
    whole.map_err(|error| {
        Problem::from_error(Code::Internal, &error)
            .within("the PDF could not be written")
            .hint("Export it as HTML and print that; the record itself is whole.")
    })
}
