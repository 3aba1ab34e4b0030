//! Rows: written, changed, deleted.

use crate::change::{Code, Fill, Kind, Trigger};
use crate::name::{Name, literal, quoted};

use super::table::new_table;
use super::{Sight, Verdict};

pub(super) fn insert(
    sight: &Sight<'_>,
    table: &Name,
    columns: &[String],
    overwrites: bool,
) -> Verdict {
    let fired = fires(sight, table, |trigger| trigger.on_insert || overwrites && trigger.on_update);
    if sight.world.is_born(Kind::Table, table) {
        return fired.unwrap_or_else(|| new_table(table));
    }
    if is_tools(sight, table) {
        return of_tool(table);
    }
    if overwrites {
        return Verdict::loses(format!("rows of `{table}` that were there are overwritten"));
    }
    if let Some(fired) = fired {
        return fired;
    }
    if let Some(numbers) = numbers(sight, table, columns) {
        return numbers;
    }
    let numbered = |column: &String| match sight.world.column(table, column) {
        Some(known) => {
            matches!(&known.fill, Fill::PerRow(call) if call.contains("nextval"))
                || known.ty.as_ref().is_some_and(|ty| ty.serial)
        }
        None => column == "id",
    };
    if columns.is_empty() || columns.iter().any(numbered) {
        return Verdict::opaque(format!(
            "rows for `{table}` bring their own numbers, which the next ones of the old release may meet"
        ));
    }
    Verdict::compatible(format!("rows are added to `{table}`; none is changed"))
}

/// The tables of migration tools, which say what was applied and hold nothing else.
fn is_tools(sight: &Sight<'_>, table: &Name) -> bool {
    const TABLES: &[&str] = &[
        "_prisma_migrations",
        "_sqlx_migrations",
        "__diesel_schema_migrations",
        "__drizzle_migrations",
        "alembic_version",
        "ar_internal_metadata",
        "atlas_schema_revisions",
        "databasechangelog",
        "databasechangeloglock",
        "django_migrations",
        "flyway_schema_history",
        "goose_db_version",
        "knex_migrations",
        "knex_migrations_lock",
        "schema_migrations",
    ];
    let quiet = sight.world.table(table).is_none_or(|state| state.triggers.is_empty());
    quiet && TABLES.contains(&table.name.to_ascii_lowercase().as_str())
}

fn of_tool(table: &Name) -> Verdict {
    Verdict::compatible(format!("`{table}` is where a tool notes which migrations were applied"))
}

/// What the triggers of a table do when these migrations write to it; none where nothing is met.
fn fires(sight: &Sight<'_>, table: &Name, when: impl Fn(&Trigger) -> bool) -> Option<Verdict> {
    let state = sight.world.table(table)?;
    let fired = state.triggers.iter().filter(|(trigger, _)| when(trigger));
    fired
        .filter_map(|(trigger, _)| {
            let code = trigger.function.as_ref().map(|function| sight.world.code(function));
            match code {
                Some(Code::Sets { .. } | Code::Quiet) => None,
                Some(Code::Unknown) | None => Some(Verdict::opaque(format!(
                    "what a trigger or rule of `{table}` does with these rows must be read"
                ))),
            }
        })
        .reduce(Verdict::and)
}

/// Rows with numbers of their own for a column that a sequence numbers: the next row of the old
/// release meets one of them, unless the sequence has passed it.
fn numbers(sight: &Sight<'_>, table: &Name, columns: &[String]) -> Option<Verdict> {
    if sight.dialect != crate::Dialect::Postgres {
        return None;
    }
    let state = sight.world.table(table).filter(|state| state.whole)?;
    let all: Vec<&String> =
        if columns.is_empty() { state.columns.keys().collect() } else { columns.iter().collect() };
    let drawn = |column: &&&String| {
        state.columns.get(**column).is_some_and(|known| {
            known.ty.as_ref().is_some_and(|ty| ty.serial)
                || known.fill == Fill::PerRow("nextval('identity')".to_owned())
        })
    };
    let column = all.iter().find(drawn)?;
    let full = sight.world.full(table);
    if sight.foresight.is_followed(&full) {
        return Some(Verdict::compatible(format!(
            "rows are added to `{table}`, and its sequence is put behind them"
        )));
    }
    let sequence =
        format!("pg_get_serial_sequence({}, {})::regclass", literal(&full.sql()), literal(column));
    Some(Verdict::probe(
        format!(
            "rows for `{table}` bring their own numbers, which the next ones of the old release may meet"
        ),
        format!(
            "SELECT 1 FROM {} HAVING max({}) > coalesce(pg_sequence_last_value({sequence}), 0) LIMIT 1",
            full.sql(),
            quoted(column)
        ),
        "numbers that its sequence has not passed",
    ))
}

/// A sequence that follows the numbers of its column.
pub(super) fn set_sequence(sight: &Sight<'_>, table: &Name, sequence: &Name) -> Verdict {
    let _ = sight;
    Verdict::compatible(format!("`{sequence}` goes on behind the largest number in `{table}`"))
}

/// A word behind a point that a function is called, too.
pub(super) fn field(sight: &Sight<'_>, name: &str) -> Verdict {
    if sight.world.has_function(name) {
        return Verdict::opaque(format!(
            "`{name}` is a function, and behind a point it may be called; what it does must be read"
        ));
    }
    Verdict::compatible("reads columns")
}

pub(super) fn update(sight: &Sight<'_>, table: &Name, columns: &[String]) -> Verdict {
    if is_tools(sight, table) {
        return of_tool(table);
    }
    if let Some(found) = updated(sight, table, columns) {
        return found;
    }
    let new = !columns.is_empty()
        && columns.iter().all(|column| sight.world.is_new_column(table, column));
    if new || sight.world.is_born(Kind::Table, table) {
        return Verdict::compatible(format!(
            "only columns of `{table}` that these migrations made are filled"
        ));
    }
    let which: Vec<_> = columns
        .iter()
        .filter(|column| !sight.world.is_new_column(table, column))
        .map(String::as_str)
        .collect();
    if which.is_empty() {
        return Verdict::loses(format!("values in `{table}` are overwritten"));
    }
    Verdict::loses(format!("the old values of `{table}.{}` are overwritten", which.join("`, `")))
}

/// What an update does beside what it says: triggers that set columns, or do more.
fn updated(sight: &Sight<'_>, table: &Name, columns: &[String]) -> Option<Verdict> {
    let state = sight.world.table(table)?;
    let born = sight.world.is_born(Kind::Table, table);
    let fired = state.triggers.iter().map(|(trigger, _)| trigger).filter(|trigger| {
        trigger.on_update
            && (trigger.columns.is_empty()
                || trigger.columns.iter().any(|column| columns.contains(column)))
    });
    fired
        .filter_map(|trigger| {
            let code = trigger.function.as_ref().map(|function| sight.world.code(function));
            match code {
                Some(Code::Sets { columns: sets, .. }) => sets
                    .iter()
                    .find(|(column, _)| !born && !sight.world.is_new_column(table, column))
                    .map(|(column, _)| {
                        Verdict::loses(format!(
                            "the trigger `{}` sets `{table}.{column}` in every row that is touched",
                            trigger.name
                        ))
                    }),
                Some(Code::Quiet) => None,
                Some(Code::Unknown) | None => Some(Verdict::opaque(format!(
                    "what a trigger or rule of `{table}` does with these rows must be read"
                ))),
            }
        })
        .reduce(Verdict::and)
}

pub(super) fn delete(sight: &Sight<'_>, table: &Name, what: &str) -> Verdict {
    if is_tools(sight, table) {
        return of_tool(table);
    }
    if sight.world.is_born(Kind::Table, table) {
        return fires(sight, table, |trigger| trigger.on_delete)
            .unwrap_or_else(|| new_table(table));
    }
    Verdict::loses(format!("rows of `{table}` are {what}"))
}
