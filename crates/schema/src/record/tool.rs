//! The tools, and how each one's table is known.

use serde::{Deserialize, Serialize};

/// A tool that applies migrations and keeps a table of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each is the name of a tool")]
pub enum Tool {
    Flyway,
    Liquibase,
    /// Also dbmate, whose table is the same.
    Rails,
    Prisma,
    Knex,
    TypeOrm,
    Drizzle,
    Alembic,
    GolangMigrate,
    Sqlx,
    Django,
    Goose,
    Atlas,
    /// Also Umzug, whose table is the same.
    Sequelize,
    Pgroll,
    Reshape,
}

impl Tool {
    /// The name that a person knows it by.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Flyway => "Flyway",
            Self::Liquibase => "Liquibase",
            Self::Rails => "Rails",
            Self::Prisma => "Prisma",
            Self::Knex => "Knex",
            Self::TypeOrm => "TypeORM",
            Self::Drizzle => "Drizzle",
            Self::Alembic => "Alembic",
            Self::GolangMigrate => "golang-migrate",
            Self::Sqlx => "sqlx",
            Self::Django => "Django",
            Self::Goose => "goose",
            Self::Atlas => "Atlas",
            Self::Sequelize => "Sequelize",
            Self::Pgroll => "pgroll",
            Self::Reshape => "reshape",
        }
    }
}

/// How a column becomes text.
#[derive(Clone, Copy, Debug)]
pub(super) enum Form {
    Text,
    /// Bytes, as digits of sixteen.
    Bytes,
}

/// What a tool's table looks like.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) tool: Tool,
    /// Its default name, compared without regard to case.
    pub(super) table: &'static str,
    /// The schema, where the name alone would say too little.
    pub(super) schema: Option<&'static str>,
    /// Without these columns it is another tool's.
    pub(super) needs: &'static [&'static str],
    /// Whether any further column makes it another tool's.
    pub(super) alone: bool,
    /// What is read, in the order in which `rows` takes it.
    pub(super) reads: &'static [(&'static str, Form)],
    pub(super) order: &'static [&'static str],
}

use Form::{Bytes, Text};

/// Most shapes: a name, what is needed, what is read, the order.
const fn shape(
    tool: Tool,
    table: &'static str,
    needs: &'static [&'static str],
    reads: &'static [(&'static str, Form)],
    order: &'static [&'static str],
) -> Shape {
    Shape { tool, table, schema: None, needs, alone: false, reads, order }
}

pub(super) const SHAPES: &[Shape] = &[
    shape(
        Tool::Flyway,
        "flyway_schema_history",
        &["installed_rank", "version", "type", "script", "checksum", "success"],
        &[
            ("version", Text),
            ("type", Text),
            ("script", Text),
            ("checksum", Text),
            ("success", Text),
            ("installed_on", Text),
        ],
        &["installed_rank"],
    ),
    shape(
        Tool::Liquibase,
        "databasechangelog",
        &["id", "author", "filename", "exectype", "dateexecuted", "orderexecuted"],
        &[
            ("id", Text),
            ("author", Text),
            ("filename", Text),
            ("exectype", Text),
            ("md5sum", Text),
            ("dateexecuted", Text),
        ],
        &["dateexecuted", "orderexecuted"],
    ),
    shape(
        Tool::GolangMigrate,
        "schema_migrations",
        &["version", "dirty"],
        &[("version", Text), ("dirty", Text)],
        &["version"],
    ),
    Shape {
        tool: Tool::Rails,
        table: "schema_migrations",
        schema: None,
        needs: &["version"],
        alone: true,
        reads: &[("version", Text)],
        order: &["version"],
    },
    shape(
        Tool::Prisma,
        "_prisma_migrations",
        &["migration_name", "checksum", "finished_at", "rolled_back_at", "started_at"],
        &[
            ("migration_name", Text),
            ("checksum", Text),
            ("finished_at", Text),
            ("rolled_back_at", Text),
        ],
        &["started_at", "migration_name"],
    ),
    shape(
        Tool::Knex,
        "knex_migrations",
        &["id", "name", "batch"],
        &[("name", Text), ("migration_time", Text)],
        &["id"],
    ),
    Shape {
        tool: Tool::Pgroll,
        table: "migrations",
        schema: Some("pgroll"),
        needs: &["schema", "name", "done"],
        alone: false,
        reads: &[("name", Text), ("done", Text), ("created_at", Text)],
        order: &["created_at", "name"],
    },
    Shape {
        tool: Tool::Reshape,
        table: "migrations",
        schema: Some("reshape"),
        needs: &["index", "name", "actions", "completed_at"],
        alone: false,
        reads: &[("name", Text), ("completed_at", Text)],
        order: &["index"],
    },
    shape(
        Tool::TypeOrm,
        "migrations",
        &["id", "timestamp", "name"],
        &[("timestamp", Text), ("name", Text)],
        &["id"],
    ),
    shape(
        Tool::Drizzle,
        "__drizzle_migrations",
        &["hash", "created_at"],
        &[("hash", Text), ("created_at", Text)],
        &["created_at"],
    ),
    shape(
        Tool::Alembic,
        "alembic_version",
        &["version_num"],
        &[("version_num", Text)],
        &["version_num"],
    ),
    shape(
        Tool::Sqlx,
        "_sqlx_migrations",
        &["version", "success", "checksum"],
        &[("version", Text), ("success", Text), ("checksum", Bytes), ("installed_on", Text)],
        &["version"],
    ),
    shape(
        Tool::Django,
        "django_migrations",
        &["id", "app", "name"],
        &[("app", Text), ("name", Text), ("applied", Text)],
        &["id"],
    ),
    shape(
        Tool::Goose,
        "goose_db_version",
        &["id", "version_id", "is_applied"],
        &[("version_id", Text), ("is_applied", Text), ("tstamp", Text)],
        &["id"],
    ),
    shape(
        Tool::Atlas,
        "atlas_schema_revisions",
        &["version", "type", "applied", "total", "error"],
        &[
            ("version", Text),
            ("type", Text),
            ("applied", Text),
            ("total", Text),
            ("error", Text),
            ("hash", Text),
            ("executed_at", Text),
        ],
        &["version"],
    ),
    shape(Tool::Sequelize, "SequelizeMeta", &["name"], &[("name", Text)], &["name"]),
];
