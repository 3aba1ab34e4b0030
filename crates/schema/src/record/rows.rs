//! What a tool means by its rows.

use super::{Reach, Record, Row, Tool, files};
use crate::assess::{Applied, Outcome};

/// A truth value, as PostgreSQL, MySQL and SQLite write it.
pub(super) fn truth(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "t" | "1" => Some(true),
        "false" | "f" | "0" => Some(false),
        _ => None,
    }
}

/// One row, read by position.
struct Cells<'a>(&'a [Option<String>]);

impl<'a> Cells<'a> {
    fn at(&self, place: usize) -> Option<&'a str> {
        self.0.get(place).and_then(Option::as_deref)
    }

    fn text(&self, place: usize) -> &'a str {
        self.at(place).unwrap_or_default()
    }

    fn is(&self, place: usize) -> Option<bool> {
        self.at(place).and_then(truth)
    }

    fn number(&self, place: usize) -> Option<i64> {
        self.at(place).and_then(|text| text.trim().parse().ok())
    }

    /// An entry whose checksum and time, where its tool keeps them, stand at these places.
    fn entry(
        &self,
        version: impl Into<String>,
        done: bool,
        checksum: Option<usize>,
        when: Option<usize>,
    ) -> Applied {
        Applied {
            version: version.into(),
            checksum: checksum.and_then(|place| self.at(place)).map(str::to_owned),
            outcome: if done { Outcome::Done } else { Outcome::Unfinished },
            when: when.and_then(|place| self.at(place)).map(str::to_owned),
        }
    }
}

/// What a row does to the record so far.
enum Step {
    /// It was applied, or tried, now; an earlier row about it counts no more.
    Now(Applied),
    /// It was taken back.
    Gone(String),
    /// It stands for more than itself.
    Reaches(Reach),
    /// It says nothing about a migration.
    Nothing,
}

pub(super) fn read(record: &mut Record, rows: &[Row]) {
    for row in rows {
        match step(record.tool, &Cells(row)) {
            Step::Now(entry) => {
                record.named.retain(|other| other.version != entry.version);
                record.named.push(entry);
            }
            Step::Gone(version) => record.named.retain(|other| other.version != version),
            Step::Reaches(reach) => record.reach.push(reach),
            Step::Nothing => {}
        }
    }
    if record.tool == Tool::Rails {
        // The column is text, the versions are numbers.
        record.named.sort_by_key(|one| one.version.parse::<u128>().unwrap_or(u128::MAX));
    }
}

/// The columns stand in the order of the tool's `reads`.
fn step(tool: Tool, row: &Cells<'_>) -> Step {
    let first = row.text(0);
    match tool {
        Tool::Flyway => flyway(row),
        Tool::Liquibase => {
            let version = files::change_set(row.text(2), row.text(1), first);
            match row.text(3) {
                "EXECUTED" | "RERAN" | "MARK_RAN" => {
                    Step::Now(row.entry(version, true, Some(4), Some(5)))
                }
                "SKIPPED" => Step::Nothing,
                // FAILED, and whatever a later version writes.
                _ => Step::Now(row.entry(version, false, Some(4), Some(5))),
            }
        }
        Tool::GolangMigrate => {
            // -1: everything was taken back.
            if row.number(0).is_some_and(|version| version < 0) && row.is(1) == Some(false) {
                return Step::Nothing;
            }
            let clean = row.is(1) == Some(false);
            Step::Reaches(Reach::Through(row.entry(files::plain(first), clean, None, None)))
        }
        Tool::Alembic => Step::Reaches(Reach::Head(row.entry(first, true, None, None))),
        Tool::Rails | Tool::TypeOrm => Step::Now(row.entry(files::plain(first), true, None, None)),
        Tool::Prisma if row.at(3).is_some() => Step::Nothing,
        Tool::Prisma => Step::Now(row.entry(first, row.at(2).is_some(), Some(1), Some(2))),
        Tool::Knex | Tool::Drizzle => Step::Now(row.entry(first, true, None, Some(1))),
        Tool::Sqlx => {
            Step::Now(row.entry(files::plain(first), row.is(1) == Some(true), Some(2), Some(3)))
        }
        Tool::Django => {
            Step::Now(row.entry(format!("{first}.{}", row.text(1)), true, None, Some(2)))
        }
        // The row with which the table begins.
        Tool::Goose if row.number(0) == Some(0) => Step::Nothing,
        Tool::Goose => match row.is(1) {
            Some(true) => Step::Now(row.entry(files::plain(first), true, None, Some(2))),
            Some(false) => Step::Gone(files::plain(first)),
            None => Step::Now(row.entry(files::plain(first), false, None, Some(2))),
        },
        Tool::Atlas => atlas(row),
        Tool::Sequelize => Step::Now(row.entry(first, true, None, None)),
        Tool::Pgroll => Step::Now(row.entry(first, row.is(1) == Some(true), None, Some(2))),
        Tool::Reshape => Step::Now(row.entry(first, row.at(1).is_some(), None, Some(1))),
    }
}

/// Rows: version, type, script, checksum, success, time.
fn flyway(row: &Cells<'_>) -> Step {
    let kind = row.text(1).to_ascii_uppercase();
    let done = row.is(4) == Some(true);
    // A repeatable one has no version; its file is its name.
    let version = row.at(0).map_or_else(|| files::file_name(row.text(2)), files::dotted);
    let entry = row.entry(version, done, Some(3), Some(5));
    match kind.as_str() {
        "SCHEMA" => Step::Nothing,
        _ if kind.ends_with("BASELINE") => {
            Step::Reaches(Reach::Through(Applied { checksum: None, ..entry }))
        }
        // `repair` writes it for a migration whose file is gone.
        "DELETE" => Step::Gone(entry.version),
        _ if kind.starts_with("UNDO_") && done => Step::Gone(entry.version),
        _ => Step::Now(entry),
    }
}

/// Rows: version, type, applied, total, error, hash, time. The type is a set of bits: 1 a
/// baseline, 2 executed, 4 set right by a person.
fn atlas(row: &Cells<'_>) -> Step {
    const BASELINE: i64 = 1;
    const RESOLVED: i64 = 4;
    let version = row.text(0);
    // Atlas keeps rows of its own under names with a dot in front.
    if version.starts_with('.') {
        return Step::Nothing;
    }
    let kind = row.number(1).unwrap_or(0);
    let all =
        matches!((row.number(2), row.number(3)), (Some(applied), Some(total)) if applied >= total);
    let done = kind & RESOLVED != 0 || (all && row.text(4).is_empty());
    // The hash covers the folder up to this file, and is no checksum of the text.
    let entry = row.entry(version, done, None, Some(6));
    if kind & BASELINE == 0 { Step::Now(entry) } else { Step::Reaches(Reach::Through(entry)) }
}
