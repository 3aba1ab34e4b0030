//! Going back across migrations: what today's database says of every release that could be
//! gone back to.
//!
//! What the database has applied is set beside what each release brings; what lies between
//! is classified, and what the classification leaves open is asked of the database, now and
//! again right before traffic returns ([`Guarded`]). What cannot be read is unknown.

mod assessed;
mod guard;
mod live;
mod practice;
#[cfg(test)]
mod tests;

use async_trait::async_trait;
use jiff::Timestamp;
use lastgood_core::catalog::Place;
use lastgood_core::effect::{Expectation, Refusal};
use lastgood_core::recorded::Recorded;
use lastgood_core::release::Release;
use lastgood_core::release::facts::Schema;

pub(crate) use guard::Guarded;
pub(crate) use live::LiveDatabases;
pub(crate) use practice::PracticeDatabases;

/// What a database says of going back to one release.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Crossing {
    /// Whether the release runs on today's schema; not recorded where the catalog names no
    /// database.
    pub(crate) schema: Recorded<Schema>,
    /// What must still be so right before traffic returns.
    pub(crate) relies_on: Vec<Expectation>,
}

impl Crossing {
    /// Nobody looked.
    pub(crate) const fn not_asked() -> Self {
        Self { schema: Recorded::NotRecorded, relies_on: Vec::new() }
    }

    /// It could not be found out.
    pub(crate) fn unclear(why: impl Into<String>) -> Self {
        let schema = Recorded::Recorded(Schema::Unclear { why: why.into() });
        Self { schema, relies_on: Vec::new() }
    }
}

/// A migration that was applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dated {
    /// Its version or name.
    pub(crate) version: String,
    /// When, as far as its tool wrote down a time that says which zone it is of.
    pub(crate) at: Option<Timestamp>,
}

/// Reads the databases of places. It has no way to change one.
#[async_trait]
pub(crate) trait Databases: Send + Sync {
    /// What the database of `place` says of going back to each of `to`, in their order.
    /// `front` is what serves there now.
    async fn crossings(
        &self,
        place: &Place,
        front: Option<&Release>,
        to: &[Release],
    ) -> Vec<Crossing>;

    /// The migrations of `place` with the time at which each was applied, where its tool wrote
    /// it down; `None` where the catalog names no database, or why it could not be read.
    async fn applied(&self, place: &Place) -> Option<Result<Vec<Dated>, String>>;

    /// Whether what a crossing relied on is still so; why not, where it is not or where that
    /// cannot be found out.
    async fn still_so(&self, place: &Place, relied_on: &[Expectation]) -> Result<(), Refusal>;
}

/// What a crossing relies on, as a plan keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reliance {
    /// No migration came since: the table, and where its record stood.
    Record { table: String, stood: String },
    /// A question still finds no row.
    NoRow { sql: String },
    /// A question that could not be asked finds no row, if it can be asked now.
    PerhapsNoRow { sql: String },
}

const RECORD: &str = "the newest migration in `";
const ROWS: &str = "rows found by `";
const NONE: &str = "none";
const NOT_KNOWN: &str = "not known";

/// What a question found that should have found nothing.
pub(super) const SOME: &str = "at least one";

impl Reliance {
    pub(super) fn written(&self) -> Expectation {
        let (what, value) = match self {
            Self::Record { table, stood } => (format!("{RECORD}{table}`"), stood.as_str()),
            Self::NoRow { sql } => (format!("{ROWS}{sql}`"), NONE),
            Self::PerhapsNoRow { sql } => (format!("{ROWS}{sql}`"), NOT_KNOWN),
        };
        Expectation { what, value: value.to_owned() }
    }

    /// `None` for what another system relies on.
    pub(super) fn read(written: &Expectation) -> Option<Self> {
        let inside =
            |front: &str| written.what.strip_prefix(front)?.strip_suffix('`').map(str::to_owned);
        if let Some(table) = inside(RECORD) {
            return Some(Self::Record { table, stood: written.value.clone() });
        }
        let sql = inside(ROWS)?;
        Some(if written.value == NONE { Self::NoRow { sql } } else { Self::PerhapsNoRow { sql } })
    }
}
