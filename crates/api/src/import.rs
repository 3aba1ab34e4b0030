//! What others wrote, read: pure, one file for each form. Nothing is kept here and nothing
//! is made up: what cannot be read is told with its place and cause.
//!
//! [`document`] reads an export of another journal. For the entries of other systems start
//! with [`entries`]: it chooses the reader, masks what looks like a credential, and names
//! each entry so that a second import knows it.

mod alertmanager;
mod around;
mod chat;
mod csv;
pub(crate) mod document;
mod entry;
mod form;
mod github;
mod json;
mod mrkdwn;
mod slack;
mod stamp;

pub(crate) use around::Around;
pub(crate) use entry::{Bad, Entry, Known, Taken};
pub use form::Form;
pub(crate) use form::{entries, guess};
