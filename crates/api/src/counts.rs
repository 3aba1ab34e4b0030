//! Judges a rollout from a table of counts: the same verdict as everywhere, for whoever
//! brings numbers of their own.
//!
//! Start with [`judge`]. It reads no file and asks nobody; the same text gives the same
//! answer.

mod judged;
mod read;

pub use judged::{Action, Asked, Crossed, Crossing, Judged, Proof, Samples, judge};
pub use read::Mistake;
