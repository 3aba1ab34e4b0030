//! Tells whether an older release can run on a database after some migrations.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use lastgood_core::problem::{Code, Problem};
use lastgood_schema::{Catalog, Dialect, Label, Lock, Probe, Ruling, Source, classify, in_order};
use serde::Serialize;

mod live;
mod pasted;
#[cfg(test)]
mod tests;

pub use live::{
    AheadStatement, DatabaseAsk, DatabaseReport, Found as ProbeFound, Probed, schema_of_database,
};
pub(crate) use live::{problem as database_problem, the_one};

/// Larger than any migration that a person wrote; what is larger is a dump of rows.
const LARGEST: u64 = 64 * 1024 * 1024;

/// What to look at.
#[derive(Clone, Debug, Default)]
pub struct SchemaAsk {
    /// The migrations between the older release and now.
    pub migrations: Migrations,
    /// What was there before them; may be empty.
    pub before: Migrations,
    /// The language of both.
    pub dialect: Dialect,
}

/// Files, folders, and `-` for standard input, in the order in which they are applied.
#[derive(Clone, Debug, Default)]
pub struct Migrations(pub Vec<PathBuf>);

/// What was found.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct SchemaReport {
    /// The worst label of all statements.
    pub worst: Label,
    /// The files, in the order in which they were taken.
    pub files: Vec<SchemaFile>,
    /// What to ask the database, each once.
    pub probes: Vec<Probe>,
}

/// What was found in a file.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct SchemaFile {
    /// The path, as it was given.
    pub path: String,
    /// The worst label in it.
    pub worst: Label,
    /// Its statements.
    pub statements: Vec<SchemaStatement>,
}

/// What was found about a statement.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct SchemaStatement {
    /// The line on which it begins, from 1.
    pub line: usize,
    /// Its first byte in the file.
    pub start: usize,
    /// The byte after its last.
    pub end: usize,
    /// The label.
    pub label: Label,
    /// Whether it breaks by refusing what the older release may write.
    pub tighten: bool,
    /// Why, in one line.
    pub reason: String,
    /// What to ask the database.
    pub probes: Vec<Probe>,
    /// What applying it locks. Says nothing about going back.
    pub lock: Option<Lock>,
    /// The beginning of the statement, on one line.
    pub sql: String,
}

/// Labels every statement of the migrations. Reads files and no database.
pub fn schema(ask: &SchemaAsk) -> Result<SchemaReport, Problem> {
    let sources = read(&ask.migrations)?;
    let before = read(&ask.before)?;
    label(&sources, &before, ask.dialect)
}

/// Labels every statement of texts that are at hand.
fn label(sources: &[Source], before: &[Source], dialect: Dialect) -> Result<SchemaReport, Problem> {
    if sources.is_empty() {
        return Err(Problem::new(Code::NotFound, "there is no migration to look at")
            .hint("Name files that end in `.sql`, folders that hold some, or `-`."));
    }
    let catalog =
        if before.is_empty() { Catalog::unknown(dialect) } else { Catalog::read(dialect, before) };
    let report = classify(dialect, sources, &catalog);
    let mut files: Vec<SchemaFile> = sources
        .iter()
        .map(|source| SchemaFile {
            path: source.name.clone(),
            worst: Label::Compatible,
            statements: Vec::new(),
        })
        .collect();
    let mut probes: Vec<Probe> = Vec::new();
    let worst = report.worst();
    for ruling in report.rulings {
        for probe in &ruling.probes {
            if !probes.contains(probe) {
                probes.push(probe.clone());
            }
        }
        let Some(file) = files.get_mut(ruling.file) else { continue };
        file.worst = file.worst.max(ruling.label);
        file.statements.push(statement(&sources[ruling.file], ruling));
    }
    Ok(SchemaReport { worst, files, probes })
}

fn statement(source: &Source, ruling: Ruling) -> SchemaStatement {
    const WIDTH: usize = 100;
    let text = source.text.get(ruling.range.clone()).unwrap_or_default();
    let mut sql = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((at, _)) = sql.char_indices().nth(WIDTH) {
        sql.truncate(at);
        sql.push('…');
    }
    SchemaStatement {
        line: ruling.line,
        start: ruling.range.start,
        end: ruling.range.end,
        label: ruling.label,
        tighten: ruling.tighten,
        reason: ruling.reason,
        probes: ruling.probes,
        lock: ruling.lock,
        sql,
    }
}

/// Reads all that is named. Files keep the order in which they were named; those of a
/// folder get the order of the tool that applies them.
pub(crate) fn read(migrations: &Migrations) -> Result<Vec<Source>, Problem> {
    let mut sources = Vec::new();
    for path in &migrations.0 {
        if path.as_os_str() == "-" {
            let mut text = String::new();
            let read = std::io::stdin().take(LARGEST).read_to_string(&mut text);
            read.map_err(|error| unreadable(path, &error))?;
            sources.push(Source::new("standard input", text));
        } else if path.is_dir() {
            let mut found = Vec::new();
            folder(path, &mut found)?;
            sources.extend(in_order(found));
        } else {
            sources.push(file(path)?);
        }
    }
    Ok(sources)
}

/// Whether a tool may apply the file, by the end of its name.
pub(crate) fn is_migration(path: &Path) -> bool {
    const ENDS: &[&str] = &["sql", "rb", "py", "js", "ts", "xml", "php", "cs", "go", "java"];
    let end = path.extension().map(|end| end.to_string_lossy().to_ascii_lowercase());
    end.is_some_and(|end| ENDS.contains(&end.as_str()))
}

/// Everything in a folder that a tool would apply; what only leads back is left out.
fn folder(path: &Path, found: &mut Vec<Source>) -> Result<(), Problem> {
    let entries = std::fs::read_dir(path).map_err(|error| unreadable(path, &error))?;
    for entry in entries {
        let entry = entry.map_err(|error| unreadable(path, &error))?;
        let path = entry.path();
        let hidden = entry.file_name().to_string_lossy().starts_with(['.', '_']);
        if hidden {
            continue;
        }
        if path.is_dir() {
            folder(&path, found)?;
            continue;
        }
        if is_migration(&path) {
            let source = file(&path)?;
            if !source.leads_back() {
                found.push(source);
            }
        }
    }
    Ok(())
}

fn file(path: &Path) -> Result<Source, Problem> {
    let bytes = std::fs::metadata(path).map_err(|error| unreadable(path, &error))?.len();
    if bytes > LARGEST {
        return Err(Problem::new(
            Code::FileUnreadable,
            format!("`{}` is larger than a migration can be", path.display()),
        ));
    }
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
    Ok(Source::new(path.display().to_string(), text))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Problem {
    Problem::from_error(Code::FileUnreadable, error)
        .within(format!("could not read `{}`", path.display()))
}
