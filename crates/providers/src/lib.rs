//! The real world behind the ports: one module and one feature per system, all shaped
//! alike.
//!
//! In every module `request` and `reply` are pure (what is sent, and what an answer
//! means), and the module itself implements the ports. Start with [`LiveWorld`], which
//! routes each place of a catalog to the systems that it names. This crate keeps no
//! state of its own and decides nothing about health: what cannot be found out comes
//! back as doubt.

#[cfg(any(feature = "aws", feature = "kubernetes", feature = "prometheus"))]
mod again;
#[cfg(feature = "aws")]
pub mod aws;
#[cfg(any(feature = "http", feature = "flags", feature = "prometheus"))]
mod client;
mod clock;
#[cfg(feature = "ecs")]
pub mod ecs;
pub mod errand;
#[cfg(feature = "flags")]
pub mod flags;
pub mod git;
#[cfg(feature = "github")]
pub mod github;
#[cfg(feature = "http")]
pub mod http;
#[cfg(feature = "http")]
mod instances;
mod json_path;
#[cfg(feature = "kubernetes")]
pub mod kubernetes;
#[cfg(feature = "lambda")]
pub mod lambda;
mod live;
mod needs;
#[cfg(feature = "kubernetes")]
mod operator;
#[cfg(feature = "prometheus")]
pub mod prometheus;
#[cfg(feature = "registry")]
pub mod registry;
pub mod replica;
mod shared;
#[cfg(test)]
mod stub;

pub use live::LiveWorld;
