//! What the hosts hand over to be imported, and what becomes of it.

use lastgood_core::catalog::Place;
use lastgood_core::name::{Person, RunId};
use lastgood_core::time::EpochMs;
use lastgood_core::timeline::LineKind;
use serde::{Deserialize, Serialize};

use crate::import::Form;

/// Hands over the JSON export of another journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct ImportRequest {
    /// What its file is called.
    pub name: String,
    /// The whole document.
    pub text: String,
    /// Only tells what would become of it.
    #[serde(default)]
    pub dry_run: bool,
}

/// What became of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct ImportedView {
    /// The record, as it is listed from now on.
    pub record: ImportedRow,
    /// Whether it was not kept before.
    pub new: bool,
    /// Whether nothing was kept, because nobody wanted more than to know.
    pub dry_run: bool,
    /// What a person should know before relying on it, as sentences.
    pub says: Vec<String>,
}

/// A record that another journal wrote, in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct ImportedRow {
    /// Which run.
    pub run: RunId,
    /// What it did.
    pub title: String,
    /// Where.
    pub place: Place,
    /// What it rehearsed, when it was a drill.
    pub drill: Option<String>,
    /// The release that was left, in words.
    pub from: String,
    /// The release that was gone back to, in words.
    pub to: String,
    /// What became of the one in front, in words: `v2 → v1, planned and not done`.
    pub change: String,
    /// How it ended.
    pub sentence: String,
    /// When it began.
    pub started_at: Option<EpochMs>,
    /// How many lines its timeline has.
    pub lines: u32,
    /// The head of its journal, as the document says it; it was not verified here.
    pub head: String,
    /// SHA-256 of the document, hex.
    pub hash: String,
    /// What its file was called.
    pub name: String,
    /// Who imported it.
    pub by: Person,
    /// When, on the wall.
    pub imported_at: EpochMs,
}

/// Hands over what another system wrote, to be added to the timeline of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct ImportEntriesRequest {
    /// To which run.
    pub run: RunId,
    /// What the file is called.
    pub name: String,
    /// The whole of it.
    pub text: String,
    /// Which form it has; guessed from the contents when absent.
    #[serde(default)]
    pub from: Option<Form>,
    /// The zone of local times, such as `Europe/Berlin`; this machine's when absent.
    #[serde(default)]
    pub zone: Option<String>,
    /// The day of times that have none, `2026-03-07`; that of the run when absent.
    #[serde(default)]
    pub date: Option<String>,
    /// Imports what can be read also when something cannot.
    #[serde(default)]
    pub skip_bad: bool,
    /// Only tells what would become of it.
    #[serde(default)]
    pub dry_run: bool,
}

/// What became of what another system wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct ImportEntriesView {
    /// To which run it was added.
    pub run: RunId,
    /// The form that it was read as.
    pub from: Form,
    /// Whether that was guessed from the contents.
    pub guessed: bool,
    /// What was read, in the order of the file.
    pub entries: Vec<ImportEntry>,
    /// How many of them were added to the record.
    pub new: u32,
    /// How many of them it had already.
    pub known: u32,
    /// What could not be read.
    pub bad: Vec<ImportBad>,
    /// What a person should know, as sentences.
    pub says: Vec<String>,
    /// Whether nothing was added, because nobody wanted more than to know.
    pub dry_run: bool,
}

/// One thing that happened, as it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct ImportEntry {
    /// Where it stands in the file, such as `line 3`.
    pub place: String,
    /// When it happened.
    pub at: EpochMs,
    /// What it is about.
    pub kind: LineKind,
    /// Who or what it comes from.
    pub who: Option<String>,
    /// What happened.
    pub text: String,
    /// Whether the record had it already.
    pub known: bool,
}

/// What could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct ImportBad {
    /// Where it stands in the file.
    pub place: String,
    /// Why not.
    pub why: String,
}
