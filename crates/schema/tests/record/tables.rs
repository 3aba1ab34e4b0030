//! The tables of the tools as they make them, each with rows of every kind, and what they say.

use lastgood_schema::record::{Reach, Record, Tool};
use lastgood_schema::{Applied, Outcome};

/// A tool's table.
pub(crate) struct Kept {
    pub(crate) tool: Tool,
    /// A schema of the tool's own; else any.
    pub(crate) schema: Option<&'static str>,
    /// For PostgreSQL; [`for_sqlite`] makes it SQLite's.
    pub(crate) sql: &'static str,
    /// What it says, in the words of [`told`].
    pub(crate) says: &'static [&'static str],
}

/// What a record says, a line for each migration.
pub(crate) fn told(record: &Record) -> Vec<String> {
    let word = |one: &Applied| match one.outcome {
        Outcome::Done => "done",
        Outcome::Unfinished => "unfinished",
    };
    let reach = record.reach.iter().map(|reach| match reach {
        Reach::Through(one) => format!("through {} {}", one.version, word(one)),
        Reach::Head(one) => format!("head {} {}", one.version, word(one)),
    });
    let named = record.named.iter().map(|one| {
        let sum = one.checksum.as_ref().map(|sum| format!(" {sum}")).unwrap_or_default();
        format!("{} {}{}", one.version, word(one), sum.to_lowercase())
    });
    reach.chain(named).collect()
}

/// The same table as SQLite has it.
pub(crate) fn for_sqlite(sql: &str) -> String {
    let mut sql = sql.to_owned();
    for (here, there) in [
        ("SERIAL PRIMARY KEY", "INTEGER PRIMARY KEY AUTOINCREMENT"),
        ("timestamptz", "datetime"),
        ("now()", "CURRENT_TIMESTAMP"),
        ("bytea", "BLOB"),
        ("'\\xAB01'", "X'AB01'"),
        ("jsonb", "json"),
    ] {
        sql = sql.replace(here, there);
    }
    sql
}

/// The same table as MySQL has it, with names in double quotes.
pub(crate) fn for_mysql(sql: &str) -> String {
    let mut sql = sql.to_owned();
    for (here, there) in [
        ("SERIAL PRIMARY KEY", "BIGINT AUTO_INCREMENT PRIMARY KEY"),
        ("timestamptz", "datetime"),
        ("bytea", "BLOB"),
        ("'\\xAB01'", "X'AB01'"),
        ("jsonb", "json"),
        ("varchar ", "varchar(190) "),
        ("varchar,", "varchar(190),"),
    ] {
        sql = sql.replace(here, there);
    }
    sql
}

pub(crate) const ALL: &[Kept] = &[
    Kept {
        tool: Tool::Flyway,
        schema: None,
        sql: "CREATE TABLE \"flyway_schema_history\" (\"installed_rank\" INT NOT NULL PRIMARY KEY, \"version\" VARCHAR(50), \"description\" VARCHAR(200) NOT NULL, \"type\" VARCHAR(20) NOT NULL, \"script\" VARCHAR(1000) NOT NULL, \"checksum\" INTEGER, \"installed_by\" VARCHAR(100) NOT NULL, \"installed_on\" TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, \"execution_time\" INTEGER NOT NULL, \"success\" BOOLEAN NOT NULL);
INSERT INTO flyway_schema_history (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success) VALUES
 (0, NULL, '<< Flyway Schema Creation >>', 'SCHEMA', '\"app\"', NULL, 'o', 0, true),
 (1, '1', '<< Flyway Baseline >>', 'BASELINE', '<< Flyway Baseline >>', NULL, 'o', 0, true),
 (2, '02.0', 'two', 'SQL', 'V02.0__two.sql', -5, 'o', 3, true),
 (3, NULL, 'views', 'SQL', 'R__views.sql', 7, 'o', 3, true),
 (4, '3', 'three', 'SQL', 'V3__three.sql', 8, 'o', 3, true),
 (5, '3', 'three', 'UNDO_SQL', 'U3__three.sql', 9, 'o', 3, true),
 (6, NULL, 'views', 'SQL', 'sql/R__views.sql', 10, 'o', 3, true),
 (7, '4', 'four', 'SQL', 'V4__four.sql', 11, 'o', 3, true),
 (8, '4', 'four', 'DELETE', 'V4__four.sql', 11, 'o', 0, true),
 (9, '5.1', 'five', 'SQL', 'V5_1__five.sql', 12, 'o', 3, false);",
        says: &["through 1 done", "2 done -5", "R__views.sql done 10", "5.1 unfinished 12"],
    },
    Kept {
        tool: Tool::Liquibase,
        schema: None,
        sql: "CREATE TABLE DATABASECHANGELOG (ID VARCHAR(255) NOT NULL, AUTHOR VARCHAR(255) NOT NULL, FILENAME VARCHAR(255) NOT NULL, DATEEXECUTED TIMESTAMP NOT NULL, ORDEREXECUTED INT NOT NULL, EXECTYPE VARCHAR(10) NOT NULL, MD5SUM VARCHAR(35), DESCRIPTION VARCHAR(255), COMMENTS VARCHAR(255), TAG VARCHAR(255), LIQUIBASE VARCHAR(20), CONTEXTS VARCHAR(255), LABELS VARCHAR(255), DEPLOYMENT_ID VARCHAR(10));
INSERT INTO DATABASECHANGELOG (ID, AUTHOR, FILENAME, DATEEXECUTED, ORDEREXECUTED, EXECTYPE, MD5SUM) VALUES
 ('2', 'ann', 'db/b.sql', '2026-01-02 00:00:00', 2, 'RERAN', '9:bb'),
 ('1', 'ann', 'db/a.sql', '2026-01-01 00:00:00', 1, 'EXECUTED', '9:aa'),
 ('3', 'bob', 'db/b.sql', '2026-01-02 00:00:00', 3, 'MARK_RAN', '9:cc'),
 ('4', 'bob', 'db/b.sql', '2026-01-02 00:00:00', 4, 'FAILED', '9:dd'),
 ('5', 'bob', 'db/b.sql', '2026-01-02 00:00:00', 5, 'SKIPPED', '9:ee');",
        says: &[
            "a.sql::1::ann done 9:aa",
            "b.sql::2::ann done 9:bb",
            "b.sql::3::bob done 9:cc",
            "b.sql::4::bob unfinished 9:dd",
        ],
    },
    Kept {
        tool: Tool::Rails,
        schema: None,
        sql: "CREATE TABLE \"schema_migrations\" (\"version\" varchar NOT NULL PRIMARY KEY);
CREATE TABLE \"ar_internal_metadata\" (\"key\" varchar NOT NULL PRIMARY KEY, \"value\" varchar, \"created_at\" timestamp(6) NOT NULL, \"updated_at\" timestamp(6) NOT NULL);
INSERT INTO schema_migrations VALUES ('20250102030405'), ('9'), ('010');",
        says: &["9 done", "10 done", "20250102030405 done"],
    },
    Kept {
        tool: Tool::Prisma,
        schema: None,
        sql: "CREATE TABLE _prisma_migrations (id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at timestamptz, migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at timestamptz, started_at timestamptz NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0);
INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, rolled_back_at, started_at) VALUES
 ('a', 'aa', '2026-01-01 00:00:01', '20260101_init', NULL, '2026-01-01 00:00:00'),
 ('b', 'bb', NULL, '20260102_two', '2026-01-02 00:00:09', '2026-01-02 00:00:00'),
 ('c', 'cc', '2026-01-03 00:00:01', '20260102_two', NULL, '2026-01-03 00:00:00'),
 ('d', 'dd', NULL, '20260104_gone', '2026-01-04 00:00:09', '2026-01-04 00:00:00'),
 ('e', 'ee', NULL, '20260105_half', NULL, '2026-01-05 00:00:00');",
        says: &["20260101_init done aa", "20260102_two done cc", "20260105_half unfinished ee"],
    },
    Kept {
        tool: Tool::Knex,
        schema: None,
        sql: "CREATE TABLE knex_migrations (id SERIAL PRIMARY KEY, name VARCHAR(255), batch INTEGER, migration_time timestamptz);
CREATE TABLE knex_migrations_lock (\"index\" SERIAL PRIMARY KEY, is_locked INTEGER);
INSERT INTO knex_migrations_lock (is_locked) VALUES (1);
INSERT INTO knex_migrations (name, batch, migration_time) VALUES ('20260101_a.js', 1, now()), ('20260102_b.js', 2, now());",
        says: &["20260101_a.js done", "20260102_b.js done"],
    },
    Kept {
        tool: Tool::TypeOrm,
        schema: None,
        sql: "CREATE TABLE migrations (id SERIAL PRIMARY KEY, timestamp bigint NOT NULL, name varchar NOT NULL);
INSERT INTO migrations (timestamp, name) VALUES (1700000000000, 'Init1700000000000'), (1700000000001, 'More1700000000001');",
        says: &["1700000000000 done", "1700000000001 done"],
    },
    Kept {
        tool: Tool::Drizzle,
        schema: Some("drizzle"),
        sql: "CREATE TABLE \"__drizzle_migrations\" (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at bigint);
INSERT INTO \"__drizzle_migrations\" (hash, created_at) VALUES ('beef', 1700000000002), ('cafe', 1700000000001);",
        says: &["cafe done", "beef done"],
    },
    Kept {
        tool: Tool::Alembic,
        schema: None,
        sql: "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));
INSERT INTO alembic_version VALUES ('ae1027a6acf'), ('1975ea83b712');",
        says: &["head 1975ea83b712 done", "head ae1027a6acf done"],
    },
    Kept {
        tool: Tool::GolangMigrate,
        schema: None,
        sql: "CREATE TABLE schema_migrations (version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL);
INSERT INTO schema_migrations VALUES (7, true);",
        says: &["through 7 unfinished"],
    },
    Kept {
        tool: Tool::Sqlx,
        schema: None,
        sql: "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, installed_on timestamptz NOT NULL DEFAULT now(), success BOOLEAN NOT NULL, checksum bytea NOT NULL, execution_time BIGINT NOT NULL);
INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (1, 'one', true, '\\xAB01', 5), (20260101000000, 'two', false, '\\xAB01', -1);",
        says: &["1 done ab01", "20260101000000 unfinished ab01"],
    },
    Kept {
        tool: Tool::Django,
        schema: None,
        sql: "CREATE TABLE django_migrations (id SERIAL PRIMARY KEY, app varchar(255) NOT NULL, name varchar(255) NOT NULL, applied timestamptz NOT NULL);
INSERT INTO django_migrations (app, name, applied) VALUES ('auth', '0001_initial', now()), ('shop', '0001_initial', now());",
        says: &["auth.0001_initial done", "shop.0001_initial done"],
    },
    Kept {
        tool: Tool::Goose,
        schema: None,
        sql: "CREATE TABLE goose_db_version (id SERIAL PRIMARY KEY, version_id bigint NOT NULL, is_applied boolean NOT NULL, tstamp timestamp NULL DEFAULT CURRENT_TIMESTAMP);
INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, true), (1, true), (2, true), (2, false), (3, true), (3, false), (3, true);",
        says: &["1 done", "3 done"],
    },
    Kept {
        tool: Tool::Atlas,
        schema: Some("atlas_schema_revisions"),
        sql: "CREATE TABLE atlas_schema_revisions (version varchar NOT NULL PRIMARY KEY, description varchar NOT NULL, type bigint NOT NULL DEFAULT 2, applied bigint NOT NULL DEFAULT 0, total bigint NOT NULL DEFAULT 0, executed_at timestamptz NOT NULL, execution_time bigint NOT NULL, error text NULL, error_stmt text NULL, hash varchar NOT NULL, partial_hashes jsonb NULL, operator_version varchar NOT NULL);
INSERT INTO atlas_schema_revisions (version, description, type, applied, total, executed_at, execution_time, error, hash, operator_version) VALUES
 ('.atlas_cloud_identifier', 'x', 2, 0, 0, now(), 0, NULL, '', ''),
 ('1', 'base', 1, 0, 0, now(), 0, NULL, 'h', 'v'),
 ('2', 'two', 2, 3, 3, now(), 0, '', 'h', 'v'),
 ('3', 'set right', 4, 1, 2, now(), 0, NULL, 'h', 'v'),
 ('4', 'half', 2, 1, 2, now(), 0, 'syntax error', 'h', 'v');",
        says: &["through 1 done", "2 done", "3 done", "4 unfinished"],
    },
    Kept {
        tool: Tool::Sequelize,
        schema: None,
        sql: "CREATE TABLE \"SequelizeMeta\" (name VARCHAR(255) NOT NULL UNIQUE PRIMARY KEY);
INSERT INTO \"SequelizeMeta\" VALUES ('20260102-b.js'), ('20260101-a.js');",
        says: &["20260101-a.js done", "20260102-b.js done"],
    },
    Kept {
        tool: Tool::Pgroll,
        schema: Some("pgroll"),
        sql: "CREATE TABLE migrations (schema name NOT NULL, name text NOT NULL, migration jsonb NOT NULL, created_at timestamptz NOT NULL, updated_at timestamptz, parent text, done boolean NOT NULL DEFAULT false, resulting_schema jsonb NOT NULL DEFAULT '{}', PRIMARY KEY (schema, name));
INSERT INTO migrations (schema, name, migration, created_at, done) VALUES ('public', '01_init', '{}', '2026-01-01', true), ('public', '02_add', '{}', '2026-01-02', false);",
        says: &["01_init done", "02_add unfinished"],
    },
    Kept {
        tool: Tool::Reshape,
        schema: Some("reshape"),
        sql: "CREATE TABLE migrations (index INTEGER PRIMARY KEY, name TEXT NOT NULL, description TEXT, actions jsonb NOT NULL, completed_at timestamp);
INSERT INTO migrations VALUES (1, 'one', NULL, '[]', '2026-01-01'), (2, 'two', NULL, '[]', NULL);",
        says: &["one done", "two unfinished"],
    },
];
