//! One file for printing and for the archive: PDF 1.7, tagged, and checked against
//! PDF/UA-1 (ISO 14289-1) while it is written.
//!
//! Three steps, each linear in what there is to say. [`flow`] breaks the outline into lines
//! and puts them on sheets; [`tags`] keeps what each of them is, for whoever listens
//! instead of looking; [`page`] draws the sheets. Nothing depends on a clock or on the
//! machine: the same outline gives the same bytes.

mod chart;
mod flow;
mod fonts;
mod page;
mod picture;
mod prose;
mod sheet;
mod table;
mod tags;

use krilla::error::KrillaError;
use lastgood_core::problem::{Code, Problem};
use serde::{Deserialize, Serialize};

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

/// Renders `outline` as the bytes of a PDF. Characters that the fonts lack are drawn as
/// stand-ins and told as a sentence at the end; searching, copying and reading aloud find
/// the true ones.
pub fn render(outline: &Outline, paper: Paper) -> Result<Vec<u8>, Problem> {
    let fonts = fonts::Fonts::load().ok_or_else(|| {
        Problem::new(Code::Internal, "the fonts inside of this program cannot be read")
    })?;
    let drawn = |outline: &Outline| {
        let laid = flow::lay_out(outline, &fonts, paper.size());
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
