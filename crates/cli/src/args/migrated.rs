//! Which migrations are looked at, and what they are set beside.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Which migrations are looked at.
#[derive(Args, Debug)]
pub(crate) struct Migrated {
    /// Files of SQL, folders of them, or `-` for standard input; in the order they are applied
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// The language they are written in
    #[arg(long, value_enum, default_value_t = Dialect::Postgres)]
    pub(crate) dialect: Dialect,
    /// The migrations before these, or a dump of the schema that the older release knows;
    /// makes labels sharper
    #[arg(long, value_name = "FILE")]
    pub(crate) before: Vec<PathBuf>,
    /// Tell of every statement, and not only of those that are not compatible
    #[arg(long)]
    pub(crate) all: bool,
    /// Ask the database whose URL is the secret of this name; FILE is then what the older release
    /// brings
    #[arg(long, value_name = "SECRET", conflicts_with_all = ["dialect", "before", "all"])]
    pub(crate) database: Option<String>,
    /// The migrations of the newest release, in which the texts of what is ahead are found
    #[arg(long, value_name = "FILE", requires = "database")]
    pub(crate) newest: Vec<PathBuf>,
    /// Which table, where several tools keep one, such as `public.schema_migrations`
    #[arg(long, value_name = "TABLE", requires = "database")]
    pub(crate) table: Option<String>,
}

/// The language of a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Dialect {
    /// PostgreSQL
    Postgres,
    /// MySQL and MariaDB
    Mysql,
    /// SQLite
    Sqlite,
}
