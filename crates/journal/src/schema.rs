//! The format of the file: how to tell it, and how an older one becomes today's.
//!
//! Formats only ever grow: a step adds tables or columns and never rewrites an entry.

use lastgood_core::ports::JournalError;
use sqlx::SqliteConnection;

use crate::fault::{Cause, Fault};

/// Marks a file as ours (<https://www.sqlite.org/pragma.html#pragma_application_id>):
/// `LGjl` in ASCII.
pub(crate) const APPLICATION: u32 = u32::from_be_bytes(*b"LGjl");

/// The newest format that is known here.
pub(crate) const KNOWN: u32 = 5;

/// `STEPS[n]` turns format `n` into format `n + 1`; format 0 is an empty file.
const STEPS: [&str; KNOWN as usize] = [FORMAT_1, FORMAT_2, FORMAT_3, FORMAT_4, FORMAT_5];

/// The database refuses by itself what the code never does: a person with a database
/// browser should have to mean it. (`INSERT OR REPLACE` fires no DELETE trigger; the
/// order trigger is what stops it.)
const FORMAT_1: &str = "
CREATE TABLE run (
    no         INTEGER PRIMARY KEY,
    id         TEXT    NOT NULL UNIQUE,
    created_at TEXT    NOT NULL,
    token      INTEGER NOT NULL CHECK (token >= 1)
) STRICT;

CREATE TABLE entry (
    run         TEXT    NOT NULL REFERENCES run (id),
    seq         INTEGER NOT NULL CHECK (seq >= 1),
    at          TEXT    NOT NULL,
    recorded_at TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    version     INTEGER NOT NULL,
    body        TEXT    NOT NULL,
    hash        BLOB    NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER entry_is_never_changed BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'an entry is never changed'); END;

CREATE TRIGGER entry_is_never_deleted BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'an entry is never deleted'); END;

CREATE TRIGGER entry_comes_next BEFORE INSERT ON entry
WHEN NEW.seq <> 1 + (SELECT coalesce(max(seq), 0) FROM entry WHERE run = NEW.run)
BEGIN SELECT RAISE(ABORT, 'an entry comes after the last one'); END;

CREATE TRIGGER run_is_never_deleted BEFORE DELETE ON run
BEGIN SELECT RAISE(ABORT, 'a run is never deleted'); END;

CREATE TRIGGER run_is_never_replaced BEFORE INSERT ON run
WHEN EXISTS (SELECT 1 FROM run WHERE id = NEW.id OR no = NEW.no)
BEGIN SELECT RAISE(ABORT, 'a run is never replaced'); END;

CREATE TRIGGER run_only_grows_its_token BEFORE UPDATE ON run
WHEN NEW.no <> OLD.no OR NEW.id <> OLD.id OR NEW.created_at <> OLD.created_at
  OR NEW.token <= OLD.token
BEGIN SELECT RAISE(ABORT, 'a token only grows'); END;
";

/// Remarks about releases. A version that knows only format 1 must not open such a file:
/// it would offer what somebody locked out.
const FORMAT_2: &str = "
CREATE TABLE remark (
    ground      TEXT    NOT NULL,
    seq         INTEGER NOT NULL CHECK (seq >= 1),
    at          TEXT    NOT NULL,
    recorded_at TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    version     INTEGER NOT NULL,
    body        TEXT    NOT NULL,
    hash        BLOB    NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (ground, seq)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER remark_is_never_changed BEFORE UPDATE ON remark
BEGIN SELECT RAISE(ABORT, 'a remark is never changed'); END;

CREATE TRIGGER remark_is_never_deleted BEFORE DELETE ON remark
BEGIN SELECT RAISE(ABORT, 'a remark is never deleted'); END;

CREATE TRIGGER remark_comes_next BEFORE INSERT ON remark
WHEN NEW.seq <> 1 + (SELECT coalesce(max(seq), 0) FROM remark WHERE ground = NEW.ground)
BEGIN SELECT RAISE(ABORT, 'a remark comes after the last one'); END;
";

/// What people add to the record of a run. A version that knows only format 2 must not open
/// such a file: it would export what somebody hid.
const FORMAT_3: &str = "
CREATE TABLE annotation (
    run         TEXT    NOT NULL REFERENCES run (id),
    seq         INTEGER NOT NULL CHECK (seq >= 1),
    at          TEXT    NOT NULL,
    recorded_at TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    version     INTEGER NOT NULL,
    body        TEXT    NOT NULL,
    hash        BLOB    NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE attachment (
    hash  TEXT PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT;

CREATE TRIGGER annotation_is_never_changed BEFORE UPDATE ON annotation
BEGIN SELECT RAISE(ABORT, 'an annotation is never changed'); END;

CREATE TRIGGER annotation_is_never_deleted BEFORE DELETE ON annotation
BEGIN SELECT RAISE(ABORT, 'an annotation is never deleted'); END;

CREATE TRIGGER annotation_comes_next BEFORE INSERT ON annotation
WHEN NEW.seq <> 1 + (SELECT coalesce(max(seq), 0) FROM annotation WHERE run = NEW.run)
BEGIN SELECT RAISE(ABORT, 'an annotation comes after the last one'); END;

CREATE TRIGGER attachment_is_never_changed BEFORE UPDATE ON attachment
BEGIN SELECT RAISE(ABORT, 'an attachment is never changed'); END;

CREATE TRIGGER attachment_is_never_deleted BEFORE DELETE ON attachment
BEGIN SELECT RAISE(ABORT, 'an attachment is never deleted'); END;
";

/// What people answered to checklists. A version that knows only an older format must not open
/// such a file: it would write runs beside answers that it cannot show.
const FORMAT_4: &str = "
CREATE TABLE attestation (
    ground      TEXT    NOT NULL,
    seq         INTEGER NOT NULL CHECK (seq >= 1),
    at          TEXT    NOT NULL,
    recorded_at TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    version     INTEGER NOT NULL,
    body        TEXT    NOT NULL,
    hash        BLOB    NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (ground, seq)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER attestation_is_never_changed BEFORE UPDATE ON attestation
BEGIN SELECT RAISE(ABORT, 'an answer is never changed'); END;

CREATE TRIGGER attestation_is_never_deleted BEFORE DELETE ON attestation
BEGIN SELECT RAISE(ABORT, 'an answer is never deleted'); END;

CREATE TRIGGER attestation_comes_next BEFORE INSERT ON attestation
WHEN NEW.seq <> 1 + (SELECT coalesce(max(seq), 0) FROM attestation WHERE ground = NEW.ground)
BEGIN SELECT RAISE(ABORT, 'an answer comes after the last one'); END;
";

/// Records that another journal wrote. A version that knows only format 4 must not open such
/// a file: it would give a run of its own the name of an imported one.
const FORMAT_5: &str = "
CREATE TABLE archive (
    seq         INTEGER PRIMARY KEY CHECK (seq >= 1),
    run         TEXT    NOT NULL UNIQUE,
    recorded_at TEXT    NOT NULL,
    version     INTEGER NOT NULL,
    body        TEXT    NOT NULL,
    hash        BLOB    NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE TRIGGER archive_is_never_changed BEFORE UPDATE ON archive
BEGIN SELECT RAISE(ABORT, 'an imported record is never changed'); END;

CREATE TRIGGER archive_is_never_deleted BEFORE DELETE ON archive
BEGIN SELECT RAISE(ABORT, 'an imported record is never deleted'); END;

CREATE TRIGGER archive_comes_next BEFORE INSERT ON archive
WHEN NEW.seq <> 1 + (SELECT coalesce(max(seq), 0) FROM archive)
  OR EXISTS (SELECT 1 FROM archive WHERE run = NEW.run)
BEGIN SELECT RAISE(ABORT, 'an imported record comes after the last one'); END;
";

/// What a file says about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Marks {
    pub(crate) application: u32,
    pub(crate) format: u32,
}

impl Marks {
    /// Reads them through `SQLite`, and so from the write-ahead log too.
    pub(crate) async fn read(connection: &mut SqliteConnection) -> Result<Self, Fault> {
        let application: i64 =
            sqlx::query_scalar("PRAGMA application_id").fetch_one(&mut *connection).await?;
        let format: i64 =
            sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut *connection).await?;
        // SQLite keeps both as 32 bits and gives them back with a sign.
        let unsigned = |value: i64| u32::try_from(value & 0xffff_ffff).unwrap_or(u32::MAX);
        Ok(Self { application: unsigned(application), format: unsigned(format) })
    }

    /// Refuses a file of a newer version, and one that says it belongs to another
    /// program. A file that says nothing may still be foreign: see [`is_empty`].
    pub(crate) fn check(self, path: &std::path::Path) -> Result<(), Fault> {
        match (self.application, self.format) {
            (APPLICATION, 1..=KNOWN) | (0, 0) => Ok(()),
            (APPLICATION, found) if found > KNOWN => {
                let path = path.display().to_string();
                Err(JournalError::Newer { path, found, known: KNOWN }.into())
            }
            _ => Err(Cause::Foreign.into()),
        }
    }
}

/// Whether the database holds nothing at all.
pub(crate) async fn is_empty(connection: &mut SqliteConnection) -> Result<bool, Fault> {
    let objects: i64 =
        sqlx::query_scalar("SELECT count(*) FROM sqlite_schema").fetch_one(connection).await?;
    Ok(objects == 0)
}

/// Takes the file to the format of this version, in one transaction.
pub(crate) async fn migrate(
    connection: &mut SqliteConnection,
    path: &std::path::Path,
) -> Result<(), Fault> {
    // A journal that is up to date can be read where it cannot be written.
    if Marks::read(connection).await? == (Marks { application: APPLICATION, format: KNOWN }) {
        return Ok(());
    }
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *connection).await?;
    let found = Marks::read(connection).await?;
    found.check(path)?;
    for step in STEPS.iter().skip(found.format as usize) {
        sqlx::raw_sql(*step).execute(&mut *connection).await?;
    }
    // A pragma takes no parameters, so the two numbers are written out.
    let marks = format!("PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {KNOWN};");
    sqlx::raw_sql(sqlx::AssertSqlSafe(marks)).execute(&mut *connection).await?;
    sqlx::query("COMMIT").execute(&mut *connection).await?;
    Ok(())
}
