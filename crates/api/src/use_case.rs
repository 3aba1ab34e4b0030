//! What can be done with the app, one file each.

pub(crate) mod annotate;
pub(crate) mod blame;
pub(crate) mod checklist;
pub(crate) mod debrief;
pub(crate) mod decline;
pub(crate) mod doctor;
pub(crate) mod drill;
pub(crate) mod export;
mod facts;
pub(crate) mod health;
pub(crate) mod import;
mod import_entries;
pub(crate) mod judge;
pub(crate) mod lint;
pub(crate) mod mark;
mod neighbours;
pub(crate) mod place;
pub(crate) mod plan;
pub(crate) mod preflight;
pub(crate) mod record;
pub(crate) mod redacting;
pub(crate) mod rehearsal;
pub(crate) mod release;
pub(crate) mod run;
pub(crate) mod schema;
pub(crate) mod verify;
pub(crate) mod workspace;
