//! `ALTER TABLE`, one operation at a time.

use sqlparser::ast::{
    AlterColumnOperation, AlterTable, AlterTableOperation, ColumnOption, RenameTableNameKind,
    TableConstraint,
};

use crate::change::{Change, Column, Constraint, Fill, Index, Kind, Nulls, Rule};
use crate::expression::Expression;
use crate::label::{Dialect, Label};
use crate::name::Name;

use super::definition::{column, column_name, column_of, constraint, fill, keys, name, ty};
use super::statement::{fixed, index_name};

pub(super) fn alter(dialect: Dialect, statement: &AlterTable) -> Vec<Change> {
    let table = name(dialect, &statement.name);
    statement.operations.iter().flat_map(|found| operation(dialect, &table, found)).collect()
}

#[expect(
    clippy::wildcard_enum_match_arm,
    clippy::too_many_lines,
    reason = "one table of the parser's operations; what is not listed is opaque"
)]
fn operation(dialect: Dialect, table: &Name, found: &AlterTableOperation) -> Vec<Change> {
    use AlterTableOperation as Operation;
    let one = |change| vec![change];
    match found {
        Operation::AddColumn { column_def, if_not_exists, .. } => one(Change::AddColumn {
            table: table.clone(),
            column: column(dialect, column_def),
            if_not_exists: *if_not_exists,
        }),
        Operation::DropColumn { column_names, .. } => column_names
            .iter()
            .map(|dropped| Change::DropColumn {
                table: table.clone(),
                column: column_name(dropped),
                cascade: false,
            })
            .collect(),
        Operation::RenameColumn { old_column_name, new_column_name } => one(Change::RenameColumn {
            table: table.clone(),
            from: column_name(old_column_name),
            to: column_name(new_column_name),
        }),
        Operation::RenameTable {
            table_name: RenameTableNameKind::As(to) | RenameTableNameKind::To(to),
        } => one(Change::Rename { kind: Kind::Table, from: table.clone(), to: name(dialect, to) }),
        Operation::ModifyColumn { col_name, data_type, options, .. } => {
            modified(table, column_of(dialect, col_name, data_type, options.iter()), options)
        }
        Operation::ChangeColumn { old_name, new_name, data_type, options, .. } => {
            let mut changes =
                modified(table, column_of(dialect, old_name, data_type, options.iter()), options);
            if column_name(old_name) != column_name(new_name) {
                changes.push(Change::RenameColumn {
                    table: table.clone(),
                    from: column_name(old_name),
                    to: column_name(new_name),
                });
            }
            changes
        }
        Operation::AlterColumn { column_name: named, op } => {
            let (table, column) = (table.clone(), column_name(named));
            one(match op {
                AlterColumnOperation::SetNotNull => Change::SetNotNull { table, column },
                AlterColumnOperation::DropNotNull => Change::DropNotNull { table, column },
                AlterColumnOperation::SetDefault { value } => match fill(value) {
                    Fill::Nothing => Change::DropDefault { table, column },
                    fill => Change::SetDefault { table, column, fill },
                },
                AlterColumnOperation::DropDefault => Change::DropDefault { table, column },
                AlterColumnOperation::SetDataType { data_type, using, .. } => Change::AlterType {
                    table,
                    column,
                    to: ty(dialect, data_type),
                    using: using.as_ref().map(|using| Expression::read(&using.to_string())),
                },
                AlterColumnOperation::AddGenerated { .. } => {
                    Change::Opaque(format!("how `{column}` is filled has changed"))
                }
            })
        }
        Operation::AddConstraint { constraint: TableConstraint::Index(index), .. } => {
            one(Change::CreateIndex(Index {
                name: index.name.as_ref().map(|named| index_name(dialect, table, &named.value)),
                table: table.clone(),
                unique: None,
                keys: keys(&index.columns).iter().map(|key| Expression::read(key)).collect(),
                predicate: None,
                concurrently: false,
                if_not_exists: false,
            }))
        }
        Operation::AddConstraint { constraint: added, .. } => match constraint(dialect, added) {
            Some(constraint) => one(Change::AddConstraint { table: table.clone(), constraint }),
            None => one(Change::Opaque(format!(
                "what `{added}` means for the old release is not known"
            ))),
        },
        Operation::DropConstraint { name, .. } => one(Change::DropConstraint {
            table: table.clone(),
            name: name.value.clone(),
            cascade: false,
        }),
        Operation::DropForeignKey { name, .. } => {
            one(Change::DropForeignKey { table: table.clone(), name: name.value.clone() })
        }
        Operation::DropPrimaryKey { .. } => one(fixed(
            Label::Breaks,
            format!(
                "`{table}` has no primary key: duplicates get in, and upserts of the old release insert"
            ),
            table,
        )),
        Operation::DropIndex { name } => one(Change::Drop {
            kind: Kind::Index,
            name: index_name(dialect, table, &name.value),
            cascade: false,
        }),
        Operation::Algorithm { .. } | Operation::Lock { .. } => {
            one(Change::Harmless("how it is carried out, not what"))
        }
        other => {
            one(Change::Opaque(format!("what `{other}` means for the old release is not known")))
        }
    }
}

/// `MODIFY` says everything about a column anew; what it does not say is gone.
fn modified(table: &Name, to: Column, options: &[ColumnOption]) -> Vec<Change> {
    let Column { name: column, ty, not_null, fill, constraints } = to;
    let table = table.clone();
    let nullable = if not_null {
        Change::SetNotNull { table: table.clone(), column: column.clone() }
    } else {
        Change::DropNotNull { table: table.clone(), column: column.clone() }
    };
    let filled = match fill {
        Fill::Nothing => Change::DropDefault { table: table.clone(), column: column.clone() },
        fill @ (Fill::Constant(_) | Fill::PerRow(_) | Fill::Generated(_)) => {
            Change::SetDefault { table: table.clone(), column: column.clone(), fill }
        }
    };
    let mut changes = vec![
        Change::AlterType { table: table.clone(), column, to: ty, using: None },
        nullable,
        filled,
    ];
    let other_text = |option: &ColumnOption| {
        matches!(option, ColumnOption::CharacterSet(_) | ColumnOption::Collation(_))
    };
    if options.iter().any(other_text) {
        changes.push(Change::Opaque(
            "another collation compares, and so finds and refuses, differently".to_owned(),
        ));
    }
    changes.extend(
        constraints
            .into_iter()
            .map(|constraint| Change::AddConstraint { table: table.clone(), constraint }),
    );
    changes
}

/// The indexes that a table is made with, by name: MySQL drops a unique key as an index.
pub(super) fn indexes(dialect: Dialect, table: &Name, constraints: &[Constraint]) -> Vec<Change> {
    constraints
        .iter()
        .filter_map(|constraint| match (&constraint.rule, &constraint.name) {
            (Rule::Unique { columns, .. }, Some(named)) => Some(Change::CreateIndex(Index {
                name: Some(index_name(dialect, table, named)),
                table: table.clone(),
                unique: Some(Nulls::Differ),
                keys: columns.iter().map(|key| Expression::read(key)).collect(),
                predicate: None,
                concurrently: false,
                if_not_exists: false,
            })),
            (
                Rule::Unique { .. }
                | Rule::PrimaryKey { .. }
                | Rule::ForeignKey { .. }
                | Rule::Check(_)
                | Rule::NotNull { .. }
                | Rule::Exclude,
                _,
            ) => None,
        })
        .collect()
}
