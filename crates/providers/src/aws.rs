//! What ECS and Lambda have in common: one account, its credentials, and what its answers
//! mean.
//!
//! The SDK's own retries are off. Reads are tried again here, with random pauses; a change
//! is sent once, and what became of it is looked up by whoever sent it. Start with
//! [`Link::open`].

mod differ;
mod error;
mod examine;
mod link;
mod tags;

pub(crate) use differ::differing;
pub use error::Failure;
pub(crate) use examine::examine;
pub(crate) use link::{Link, Pace, wait_for_change};
pub(crate) use tags::{Tags, rewrite};
