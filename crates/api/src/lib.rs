//! Composition and use cases: everything a host can do, once.
//!
//! Start with [`App`], the composed application, and [`command`], the one table that
//! every host's commands are made from. A host parses, calls and renders; what it would
//! have to decide is decided here or below.

mod app;
#[cfg(feature = "bindings")]
pub mod bindings;
mod blame_file;
pub mod command;
mod config;
pub mod counts;
mod crossing;
mod cues;
pub mod desktop;
pub mod export;
mod files;
mod ids;
mod import;
mod memory;
mod problem;
mod stage;
mod system;
mod use_case;
mod vault;
pub mod wire;
mod zone;

pub use app::App;
pub use config::{Config, Pace, default_data, default_person};
pub use files::{Lint, lint, lint_only};
pub use import::Form as ImportForm;
pub use problem::problem_of;
pub use use_case::annotate::base64;
pub use use_case::backup::BackedUp;
pub use use_case::blame::blame_text;
pub use use_case::drill::{Operator, play};
pub use use_case::follow_up::{InStep, SyncedView};
pub use use_case::record::{RecordRequest, RecordedView, release_line};
pub use use_case::rehearsal::Rehearsed;
pub use use_case::replay::Replayed;
pub use use_case::run::ended;
pub use use_case::schema::{
    AheadStatement, DatabaseAsk, DatabaseReport, Migrations, ProbeFound, Probed, SchemaAsk,
    SchemaFile, SchemaReport, SchemaStatement, schema, schema_of_database,
};
pub use use_case::secret::{SecretAt, SecretRow, SecretStored, SecretsView};
pub use use_case::verify::{ChainKind, Verified, VerifiedChain, VerifiedRun};
pub use zone::zone;

/// Re-exported for hosts, which depend on this crate alone.
pub use lastgood_core as core;
pub use lastgood_engine::RunHandle;
pub use lastgood_schema as migrations;
