//! May the old release run on today's database?
//!
//! Start with [`classify`]: SQL migrations in, a label for each statement out. [`assess`] sets that
//! beside what a database has applied and what a release brings. The text alone
//! is judged, together with what the same files make and, where it is given, with what was
//! there before ([`Catalog`]). This crate confines the SQL parsers. What they cannot read and
//! what no rule knows is opaque, never compatible. [`record`] reads the tables in which migration
//! tools keep what they applied; all of that is pure. Only `database`, behind a feature for each
//! system, connects to one, and it only reads.

mod assess;
mod change;
mod classify;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub mod database;
mod depth;
mod expression;
mod foresight;
mod label;
mod name;
mod postgres;
pub mod record;
mod rules;
mod script;
mod source;
#[cfg(feature = "testing")]
pub mod testing;
mod types;
mod world;

pub use assess::{Applied, Assessment, Candidate, Migration, Outcome, assess};
pub use classify::{Catalog, classify};
pub use label::{Dialect, Label, Lock, Probe, Report, Ruling};
pub use name::Name;
pub use source::{Source, in_order};
