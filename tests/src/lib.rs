//! What no single crate can prove: tests that meet the product as its hosts do, through
//! `lastgood_api::App`, on a bed of real systems.

pub mod field;
pub mod follow;
pub mod helm;
pub mod measure_rollback;
pub mod revisions;
pub mod rollouts;
pub mod shipped;
pub mod terminal;
pub mod workloads;
