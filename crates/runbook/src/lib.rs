//! Reads what a team keeps: catalog, runbooks, drills and checklists, from YAML, with line
//! and column in every finding, and all findings at once.
//!
//! Start with [`Workspace`] (a folder) or [`read_runbook`] (one file). What a file may
//! hold is said once, as a shape; the reader checks against it and [`schema`] is made
//! from it. Files are taken as hostile: size, depth, aliases and texts have limits, and
//! nothing here panics on any bytes.

mod address;
mod catalog;
mod checklist;
mod code;
mod credential;
mod explain;
mod finding;
mod nearest;
mod placeholder;
mod read;
mod runbook;
mod scalar;
mod scenario;
mod schema;
mod shape;
mod tree;
mod workspace;

#[cfg(test)]
mod tests;

pub use catalog::read_catalog;
pub use checklist::read_checklist;
pub use code::Code;
pub use explain::explain;
pub use finding::{Finding, Severity};
pub use read::Read;
pub use runbook::read_runbook;
pub use scenario::read_scenario;
pub use schema::{FileKind, schema, schema_files};
pub use workspace::Workspace;
