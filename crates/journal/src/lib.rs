//! The append-only, hash-chained journal on `SQLite`.
//!
//! Start with [`SqliteJournal`]. One file holds all runs; every append is one durable
//! transaction, guarded by the run's newest lease; every read verifies the chain. This
//! crate reads no clock and decides nothing about a run: what an entry means is said in
//! `core::run`.

mod annotations;
mod archive;
mod aside;
mod attestations;
mod backup;
mod chain;
mod codec;
#[cfg(any(test, feature = "testing"))]
pub mod contract;
mod fault;
mod file;
mod journal;
mod ledger;
mod lock;
mod read;
mod schema;
mod stand;
mod strand;
#[cfg(test)]
mod tests;
mod write;

pub use journal::SqliteJournal;
pub use stand::Stand;
