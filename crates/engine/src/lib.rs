//! Drives runs: performs the work that `core` names and journals what happened.
//!
//! Start with [`Engine`]. This crate reads no clock, opens no file and knows no
//! provider; everything arrives through `core::ports`.

mod driver;
mod engine;
mod error;
mod handle;
pub mod memory;
mod observe;
mod remarks;
mod settle;
mod upkeep;

pub use engine::{Engine, Ports, Start};
pub use error::EngineError;
pub use handle::{OrderError, RunHandle};

#[cfg(test)]
mod tests;
