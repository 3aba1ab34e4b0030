//! Commands as real processes, and requests to a server that fails in every way.

mod bench;
mod command;
mod contract;
mod killed;
#[cfg(feature = "http")]
mod send;
