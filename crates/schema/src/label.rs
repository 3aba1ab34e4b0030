//! What is said about a statement: its label, why, and what to look at.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// The language a migration is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum Dialect {
    /// PostgreSQL.
    #[default]
    Postgres,
    /// MySQL and MariaDB.
    Mysql,
    /// SQLite.
    Sqlite,
}

/// Whether the release before a statement can run after it. From best to worst: the worst
/// label of all statements is the label of the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum Label {
    /// The old release works, and nothing is lost.
    Compatible,
    /// Safe only while a probe finds no row that the new release wrote.
    Probe,
    /// The text does not tell; a person decides.
    Opaque,
    /// The old release breaks, or what it writes can be rejected.
    Breaks,
    /// Data is gone or was overwritten; going back does not bring it back.
    Loses,
}

impl Label {
    /// The letter in tables and reports.
    pub const fn letter(self) -> char {
        match self {
            Self::Compatible => 'C',
            Self::Probe => 'P',
            Self::Opaque => 'U',
            Self::Breaks => 'B',
            Self::Loses => 'L',
        }
    }

    /// The word that a person reads.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Compatible => "compatible",
            Self::Probe => "probe",
            Self::Opaque => "opaque",
            Self::Breaks => "breaks",
            Self::Loses => "loses",
        }
    }
}

/// A question to the database that changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Probe {
    /// One `SELECT`. No row: safe at that moment. A row: the old release breaks.
    pub sql: String,
    /// What a row would mean, in a few words.
    pub finds: String,
}

/// What applying a statement does to others at that moment. It matters when a migration is
/// applied and says nothing about going back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum Lock {
    /// Stops everyone on the table, briefly; behind a long transaction it queues.
    Brief,
    /// Stops writers while it works through the table.
    Writers,
    /// Stops everyone while it reads the whole table.
    Scan,
    /// Stops everyone while it writes the whole table anew.
    Rewrite,
}

impl Lock {
    /// What it means, in a few words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Brief => "locks the table for a moment",
            Self::Writers => "stops writers while it works",
            Self::Scan => "locks the table while it reads all of it",
            Self::Rewrite => "locks the table while it rewrites all of it",
        }
    }
}

/// What is said about one statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ruling {
    /// Which source, by its place in the input.
    pub file: usize,
    /// Where in the source, in bytes.
    pub range: Range<usize>,
    /// The line on which the statement begins, from 1.
    pub line: usize,
    /// The label.
    pub label: Label,
    /// Whether it breaks by rejecting what the old release may write, and not by what it reads.
    pub tighten: bool,
    /// Why, in one line.
    pub reason: String,
    /// What to ask the database; never empty where the label is [`Label::Probe`].
    pub probes: Vec<Probe>,
    /// The other axis.
    pub lock: Option<Lock>,
}

/// What is said about a set of files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// One for each statement, in the order of the files.
    pub rulings: Vec<Ruling>,
}

impl Report {
    /// The worst label; compatible where there is no statement.
    pub fn worst(&self) -> Label {
        self.rulings.iter().map(|ruling| ruling.label).max().unwrap_or(Label::Compatible)
    }
}
