//! The export of a run: one JSON document with a published schema is the truth, every
//! other form is made from it.

mod document;
pub mod markdown;

pub use document::{
    DOCUMENT_SCHEMA, Document, DrillPart, DurationPart, FindingPart, JournalPart, RunPart,
};
