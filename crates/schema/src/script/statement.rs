//! Which statement does what.

use sqlparser::ast::{
    Assignment, AssignmentTarget, FromTable, Insert, ObjectType, OnInsert, Query, SetExpr,
    SqliteOnConflict, Statement, TableFactor, TableObject, TableWithJoins, Update,
};

use crate::change::{Change, Index, Kind, Nulls, Over, Trigger};
use crate::expression::Expression;
use crate::label::{Dialect, Label};
use crate::name::Name;

use super::definition::{column, constraint, last, name};
use super::table;

/// A rule that needs no more than the text: compatible where the table is new.
pub(super) fn fixed(label: Label, reason: impl Into<String>, on: &Name) -> Change {
    Change::Fixed {
        label,
        tighten: false,
        reason: reason.into(),
        on: vec![(Kind::Table, on.clone())],
        lock: None,
    }
}

/// An index's name. MySQL has them for each table.
pub(super) fn index_name(dialect: Dialect, table: &Name, named: &str) -> Name {
    match dialect {
        Dialect::Mysql => Name::plain(format!("{}.{named}", table.name)),
        Dialect::Sqlite | Dialect::Postgres => Name::plain(named.to_lowercase()),
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    clippy::too_many_lines,
    reason = "one table of the parser's statements; what is not listed is opaque"
)]
pub(super) fn changes(dialect: Dialect, statement: &Statement) -> Vec<Change> {
    let one = |change| vec![change];
    match statement {
        Statement::CreateTable(made) => {
            let made_of = name(dialect, &made.name);
            let constraints: Vec<_> =
                made.constraints.iter().filter_map(|found| constraint(dialect, found)).collect();
            let mut changes = vec![Change::CreateTable {
                table: made_of.clone(),
                columns: made.columns.iter().map(|found| column(dialect, found)).collect(),
                constraints: constraints.clone(),
                temporary: made.temporary,
                if_not_exists: made.if_not_exists,
                derived: made.query.is_some() || made.like.is_some(),
                part_of: None,
            }];
            if made.or_replace {
                changes.insert(
                    0,
                    Change::Drop { kind: Kind::Table, name: made_of.clone(), cascade: false },
                );
            }
            changes.extend(table::indexes(dialect, &made_of, &constraints));
            if let Some(query) = &made.query {
                changes.extend(calls(&query.to_string()));
            }
            changes
        }
        Statement::AlterTable(altered) => table::alter(dialect, altered),
        Statement::RenameTable(renames) => renames
            .iter()
            .map(|rename| Change::Rename {
                kind: Kind::Table,
                from: name(dialect, &rename.old_name),
                to: name(dialect, &rename.new_name),
            })
            .collect(),
        Statement::CreateIndex(made) => {
            let on = name(dialect, &made.table_name);
            one(Change::CreateIndex(Index {
                name: made
                    .name
                    .as_ref()
                    .map(|named| index_name(dialect, &on, &last_as_written(named))),
                table: on,
                unique: made.unique.then_some(Nulls::Differ),
                keys: made
                    .columns
                    .iter()
                    .map(|key| Expression::read(&key.column.expr.to_string()))
                    .collect(),
                predicate: made
                    .predicate
                    .as_ref()
                    .map(|found| Expression::read(&found.to_string())),
                concurrently: false,
                if_not_exists: made.if_not_exists,
            }))
        }
        Statement::CreateView(made) => one(Change::Create {
            kind: Kind::View,
            name: name(dialect, &made.name),
            replace: made.or_replace,
            over: over(dialect, &made.query),
            if_not_exists: made.if_not_exists,
            text: None,
        }),
        Statement::CreateTrigger(made) => one(Change::CreateTrigger {
            trigger: Trigger::on_everything(name(dialect, &made.name).name),
            table: name(dialect, &made.table_name),
            replace: made.or_replace,
        }),
        Statement::DropTrigger(_) => one(Change::Fixed {
            label: Label::Breaks,
            tighten: false,
            reason: "what the trigger did for the old release's writes no longer happens"
                .to_owned(),
            on: Vec::new(),
            lock: None,
        }),
        Statement::Drop { object_type, names, table: on, .. } => names
            .iter()
            .map(|dropped| {
                drop(
                    dialect,
                    *object_type,
                    &name(dialect, dropped),
                    on.as_ref().map(|on| name(dialect, on)).as_ref(),
                )
            })
            .collect(),
        Statement::DropFunction(_) | Statement::DropProcedure { .. } => one(Change::Fixed {
            label: Label::Breaks,
            tighten: false,
            reason: "the old release may call what is dropped".to_owned(),
            on: Vec::new(),
            lock: None,
        }),
        Statement::Insert(insert) => inserted(dialect, insert),
        Statement::Update(update) => updated(dialect, update),
        Statement::Delete(delete) => {
            let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) = &delete.from;
            let named: Vec<Name> = if delete.tables.is_empty() {
                from.iter().filter_map(|table| plain(dialect, table)).collect()
            } else {
                delete.tables.iter().map(|table| name(dialect, table)).collect()
            };
            if named.is_empty() {
                return one(Change::Opaque("which rows are deleted is not understood".to_owned()));
            }
            named.into_iter().map(|table| Change::Delete { table, what: "deleted" }).collect()
        }
        Statement::Truncate(truncate) => truncate
            .table_names
            .iter()
            .map(|table| Change::Delete { table: name(dialect, &table.name), what: "deleted" })
            .collect(),
        Statement::Query(query) => queried(dialect, query),
        Statement::Grant(_) => one(Change::Harmless("more is allowed")),
        Statement::Revoke(_) => one(Change::Fixed {
            label: Label::Breaks,
            tighten: false,
            reason: "the old release may need the right that was taken".to_owned(),
            on: Vec::new(),
            lock: None,
        }),
        Statement::Analyze(_) | Statement::Vacuum(_) | Statement::OptimizeTable { .. } => {
            one(Change::Harmless("keeps house; no row changes"))
        }
        Statement::StartTransaction { .. } => one(Change::Begin),
        Statement::Commit { .. } => one(Change::Commit),
        Statement::Savepoint { .. } | Statement::ReleaseSavepoint { .. } => {
            one(Change::Harmless("a transaction's bounds"))
        }
        Statement::Rollback { .. } => one(Change::Rollback),
        Statement::Set(set) if is_of_all_sessions(&set.to_string()) => {
            one(Change::Opaque("a setting of every session; what it does must be read".to_owned()))
        }
        Statement::Set(_) | Statement::LockTables { .. } | Statement::UnlockTables => {
            one(Change::Harmless("a setting of this session only"))
        }
        Statement::Explain { analyze: false, .. }
        | Statement::ExplainTable { .. }
        | Statement::ShowTables { .. }
        | Statement::ShowColumns { .. }
        | Statement::ShowCreate { .. }
        | Statement::ShowVariables { .. }
        | Statement::CreateRole(_)
        | Statement::CreateDatabase { .. }
        | Statement::CreateSchema { .. } => {
            one(Change::Harmless("changes nothing that the old release uses"))
        }
        other => {
            let words: Vec<_> =
                other.to_string().split_whitespace().take(4).map(str::to_owned).collect();
            one(Change::Opaque(format!(
                "what `{}` means for the old release is not known",
                words.join(" ")
            )))
        }
    }
}

fn last_as_written(named: &sqlparser::ast::ObjectName) -> String {
    named
        .0
        .last()
        .and_then(|part| part.as_ident())
        .map(|ident| ident.value.clone())
        .unwrap_or_default()
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the parser's enum; what is not listed breaks")]
fn drop(dialect: Dialect, ty: ObjectType, name: &Name, on: Option<&Name>) -> Change {
    let kind = match ty {
        ObjectType::Table => Kind::Table,
        ObjectType::View => Kind::View,
        ObjectType::Index => {
            let name = on.map_or_else(
                || Name::plain(name.name.to_lowercase()),
                |on| index_name(dialect, on, &name.name),
            );
            return Change::Drop { kind: Kind::Index, name, cascade: false };
        }
        // In MySQL a schema is a database, and goes with all that is in it.
        ObjectType::Schema | ObjectType::Database => {
            return Change::Fixed {
                label: Label::Loses,
                tighten: false,
                reason: format!("the whole database `{name}` is gone"),
                on: Vec::new(),
                lock: None,
            };
        }
        _ => {
            return Change::Fixed {
                label: Label::Breaks,
                tighten: false,
                reason: format!("the old release may use `{name}`, which is gone"),
                on: Vec::new(),
                lock: None,
            };
        }
    };
    Change::Drop { kind, name: name.clone(), cascade: false }
}

fn inserted(dialect: Dialect, insert: &Insert) -> Vec<Change> {
    let TableObject::TableName(table) = &insert.table else {
        return vec![Change::Opaque("where the rows go is not understood".to_owned())];
    };
    let overwrites = insert.replace_into
        || insert.or == Some(SqliteOnConflict::Replace)
        || match &insert.on {
            Some(OnInsert::OnConflict(conflict)) => {
                conflict.to_string().to_uppercase().contains("DO UPDATE")
            }
            Some(_) => true,
            None => false,
        };
    let mut columns: Vec<String> = insert.columns.iter().map(last).collect();
    columns.extend(insert.assignments.iter().filter_map(target));
    let mut changes = vec![Change::Insert { table: name(dialect, table), columns, overwrites }];
    if let Some(source) = &insert.source {
        changes.extend(calls(&source.to_string()));
    }
    changes
}

fn target(assignment: &Assignment) -> Option<String> {
    match &assignment.target {
        AssignmentTarget::ColumnName(named) => Some(last(named)),
        AssignmentTarget::Tuple(_) => None,
    }
}

fn updated(dialect: Dialect, update: &Update) -> Vec<Change> {
    let Some(table) = plain(dialect, &update.table).filter(|_| update.table.joins.is_empty())
    else {
        return vec![Change::Fixed {
            label: Label::Loses,
            tighten: false,
            reason: format!("values in `{}` are overwritten", update.table),
            on: Vec::new(),
            lock: None,
        }];
    };
    let targets: Option<Vec<String>> = update.assignments.iter().map(target).collect();
    let mut changes = vec![Change::Update { table, columns: targets.unwrap_or_default() }];
    for assignment in &update.assignments {
        changes.extend(calls(&assignment.value.to_string()));
    }
    changes
}

/// The table, where it is one and nothing else.
#[expect(clippy::wildcard_enum_match_arm, reason = "the parser's enum")]
fn plain(dialect: Dialect, table: &TableWithJoins) -> Option<Name> {
    match &table.relation {
        TableFactor::Table { name: named, .. } => Some(name(dialect, named)),
        _ => None,
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the parser's enum")]
fn queried(dialect: Dialect, query: &Query) -> Vec<Change> {
    match query.body.as_ref() {
        SetExpr::Insert(inner)
        | SetExpr::Update(inner)
        | SetExpr::Delete(inner)
        | SetExpr::Merge(inner) => changes(dialect, inner),
        _ => {
            let found = calls(&query.to_string());
            if found.is_empty() {
                vec![Change::Harmless("reads and changes nothing")]
            } else {
                found
            }
        }
    }
}

/// Whether a setting reaches beyond the session that makes it (MySQL: `GLOBAL`, `PERSIST`).
fn is_of_all_sessions(set: &str) -> bool {
    let set = set.to_ascii_lowercase();
    ["global", "persist"]
        .iter()
        .any(|scope| set.contains(&format!("set {scope}")) || set.contains(&format!("@@{scope}")))
}

/// A call of a function that may do anything.
fn calls(text: &str) -> Vec<Change> {
    let read = Expression::read(text);
    let unknown = read
        .unknown_call()
        .map(|call| format!("`{call}()` is called; what it does is not in the text"));
    unknown.map(Change::Opaque).into_iter().collect()
}

/// Whether a view is `SELECT * FROM table` and nothing else.
fn over(dialect: Dialect, query: &Query) -> Over {
    let text = query.to_string();
    let SetExpr::Select(select) = query.body.as_ref() else { return Over::Other };
    let [from] = select.from.as_slice() else { return Over::Other };
    match plain(dialect, from) {
        Some(table)
            if dialect == Dialect::Mysql
                && text == format!("SELECT * FROM {from}")
                && from.joins.is_empty() =>
        {
            Over::Whole(table)
        }
        // SQLite's views cannot be written to.
        Some(_) | None => Over::Other,
    }
}
