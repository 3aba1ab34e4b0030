//! The export of a run: one JSON document with a published schema is the truth, every
//! other form is made from it.
//!
//! [`Document`] is the truth; [`outline`] says what stands where in the forms that people
//! read, and one module each renders it.

mod csv;
mod document;
mod html;
mod layout;
mod markdown;
mod outline;
mod outline_of;
mod pdf;
mod questions;
mod readiness;
mod stand_ins;

pub use csv::{COLUMNS, render as csv};
pub use document::{DOCUMENT_SCHEMA, Document, DrillPart, FindingPart, JournalPart, RunPart};
pub use html::render as html;
pub use layout::{Layout, lint};
pub use markdown::render as markdown;
pub use outline::{Outline, Picture, SHOWN, Times};
pub use outline_of::outline;
pub use pdf::{FontFile, FontSource, Lettering, NoFonts, Paper, render as pdf};
pub use readiness::{AnswerPart, ChecklistItemPart, ChecklistPart, ReadinessPart};
pub use stand_ins::{Redact, replaced};

/// A character of others for a file that may be read in a terminal: one that would steer it
/// becomes a mark that something stood there. A return stands for a space.
fn harmless(c: char) -> char {
    match c {
        '\n' | '\t' => c,
        '\r' => ' ',
        _ if c.is_control() => '\u{fffd}',
        _ => c,
    }
}
