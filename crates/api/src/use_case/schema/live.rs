//! Sets what a database has applied beside what an older release brings, and asks what is open.

use lastgood_core::ports::Vault;
use lastgood_core::problem::{Code, Problem};
use lastgood_schema::database::{Answer, Database, DatabaseError, Limits, Records};
use lastgood_schema::record::Record;
use lastgood_schema::{Candidate, Label, Source, assess};
use serde::Serialize;

use super::{Migrations, SchemaStatement, read, statement};
use crate::problem::IntoProblem as _;
use crate::vault::LocalVault;

#[cfg(test)]
mod tests;

/// What to look at in a database.
#[derive(Clone, Debug, Default)]
pub struct DatabaseAsk {
    /// The name of the secret that holds the database's URL.
    pub secret: String,
    /// All migrations that the older release brings.
    pub release: Migrations,
    /// All migrations that the newest release brings: the texts of what is ahead.
    pub newest: Migrations,
    /// Which table, as `schema.name`, where several tools keep one.
    pub table: Option<String>,
}

/// Whether the older release can run on a database.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct DatabaseReport {
    /// The worst label, with what the probes found: `breaks` where one found a row, `opaque` where
    /// one could not be asked.
    pub worst: Label,
    /// Whether nothing stands in the way at this moment.
    pub possible: bool,
    /// Whether a migration is unfinished, which forbids going anywhere.
    pub blocked: bool,
    /// The tool that keeps the record.
    pub tool: String,
    /// The table it is kept in.
    pub table: String,
    /// How many migrations the database has.
    pub applied: usize,
    /// Those that the release does not bring, in the order of the record.
    pub ahead: Vec<String>,
    /// The statements that gave the worst label of the texts.
    pub statements: Vec<AheadStatement>,
    /// What was asked.
    pub probes: Vec<Probed>,
    /// What is in doubt; each a sentence.
    pub doubts: Vec<String>,
}

/// A statement of a migration that is ahead.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct AheadStatement {
    /// The migration.
    pub version: String,
    /// The file.
    pub path: String,
    /// What is said about it.
    #[serde(flatten)]
    pub statement: SchemaStatement,
}

/// A probe and its answer.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Probed {
    /// The question.
    pub sql: String,
    /// What a row means.
    pub finds: String,
    /// What was found.
    pub answer: Found,
    /// Why it is not known.
    pub why: Option<String>,
}

/// What a probe found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[cfg_attr(feature = "bindings", ts(rename = "ProbeFound"))]
pub enum Found {
    /// No row, at this moment.
    Empty,
    /// A row: the older release breaks.
    Row,
    /// It could not be asked.
    Unknown,
}

/// Looks at a database, with the URL from the vault. Only reads.
pub async fn schema_of_database(ask: &DatabaseAsk) -> Result<DatabaseReport, Problem> {
    look(&LocalVault::default(), ask).await
}

async fn look(vault: &dyn Vault, ask: &DatabaseAsk) -> Result<DatabaseReport, Problem> {
    let release = read(&ask.release)?;
    let newest = read(&ask.newest)?;
    compare(vault, ask, &release, &newest).await
}

/// Sets the texts of both releases beside what the database has applied.
pub(super) async fn compare(
    vault: &dyn Vault,
    ask: &DatabaseAsk,
    release: &[Source],
    newest: &[Source],
) -> Result<DatabaseReport, Problem> {
    let url = vault.secret(&ask.secret).await.map_err(|error| error.problem())?;
    let url = url.expose(Clone::clone);
    let mut database =
        Database::connect(&url, Limits::default()).await.map_err(|error| problem(&error))?;
    let found = database.records().await.map_err(|error| problem(&error))?;
    let record = the_one(&found, ask.table.as_deref())?;
    let candidate = Candidate {
        release: "the older release".to_owned(),
        migrations: record.tool.migrations(release),
    };
    let mut known = candidate.migrations.clone();
    for one in record.tool.migrations(newest) {
        if !known.iter().any(|other| other.version == one.version) {
            known.push(one);
        }
    }
    let applied = record.applied(&known);
    let assessed = assess(database.dialect(), &applied, &candidate, &known);
    let mut report = DatabaseReport {
        worst: assessed.worst,
        possible: false,
        blocked: assessed.blocked,
        tool: record.tool.name().to_owned(),
        table: record.table.clone(),
        applied: applied.len(),
        ahead: assessed.ahead,
        statements: Vec::new(),
        probes: Vec::new(),
        doubts: assessed.doubts,
    };
    if candidate.migrations.is_empty() {
        report.worst = report.worst.max(Label::Opaque);
        report.doubts.insert(0, format!("none of the files is a migration of {}", report.tool));
    }
    if !found.doubts.is_empty() {
        report.worst = report.worst.max(Label::Opaque);
        report.doubts.extend(found.doubts);
    }
    for (version, ruling) in assessed.responsible {
        let Some(migration) = known.iter().find(|one| one.version == version) else { continue };
        let path = migration.source.name.clone();
        let statement = statement(&migration.source, ruling);
        report.statements.push(AheadStatement { version, path, statement });
    }
    let answers = database.ask(&assessed.probes).await;
    for (probe, answer) in assessed.probes.into_iter().zip(answers) {
        let (answer, why) = match answer {
            Answer::Empty => (Found::Empty, None),
            Answer::Found => (Found::Row, None),
            Answer::Unknown(why) => (Found::Unknown, Some(why)),
        };
        report.probes.push(Probed { sql: probe.sql, finds: probe.finds, answer, why });
    }
    let any = |what: Found| report.probes.iter().any(|probe| probe.answer == what);
    if any(Found::Row) {
        report.worst = report.worst.max(Label::Breaks);
    } else if any(Found::Unknown) {
        report.worst = report.worst.max(Label::Opaque);
    }
    report.possible = !report.blocked && matches!(report.worst, Label::Compatible | Label::Probe);
    Ok(report)
}

/// The record that is meant.
pub(crate) fn the_one<'a>(found: &'a Records, table: Option<&str>) -> Result<&'a Record, Problem> {
    let tables = || {
        let names =
            found.records.iter().map(|one| format!("`{}` ({})", one.table, one.tool.name()));
        names.collect::<Vec<_>>().join(", ")
    };
    if let Some(table) = table {
        return found.records.iter().find(|one| one.table == table).ok_or_else(|| {
            Problem::new(Code::NotFound, format!("the database has no record in `{table}`"))
                .hint(format!("There is: {}.", tables()))
        });
    }
    match found.records.as_slice() {
        [one] => Ok(one),
        [] => {
            let mut problem = Problem::new(
                Code::NotFound,
                "the database has no record of migrations that can be read",
            );
            problem.chain.extend(found.doubts.iter().cloned());
            Err(problem.hint("Give the role SELECT on the table of the migration tool."))
        }
        _ => Err(Problem::new(Code::InputInvalid, "several tools keep a record in this database")
            .hint(format!("Choose one with --table: {}.", tables()))),
    }
}

pub(crate) fn problem(error: &DatabaseError) -> Problem {
    let code = match error {
        DatabaseError::Url | DatabaseError::Kind { .. } => Code::InputInvalid,
        DatabaseError::Slow { .. } | DatabaseError::Unreachable(_) => Code::Unreachable,
        DatabaseError::Refused(_) => Code::Rejected,
        DatabaseError::TooMuch { .. } => Code::AnswerUnreadable,
    };
    Problem::from_error(code, error)
}
