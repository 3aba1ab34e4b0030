//! Names, columns and constraints as they are written.

use sqlparser::ast::{
    ColumnDef, ColumnOption, DataType, Expr, Ident, IndexColumn, ObjectName, ReferentialAction,
    TableConstraint,
};

use crate::change::{Column, Constraint, Fill, OnDelete, Rule};
use crate::expression::Expression;
use crate::label::Dialect;
use crate::name::Name;
use crate::types::{self, Type};

/// A table's name. SQLite does not tell capitals apart; MySQL may.
pub(super) fn name(dialect: Dialect, written: &ObjectName) -> Name {
    let parts = written.0.iter().map(|part| match part.as_ident() {
        Some(ident) => table_part(dialect, ident),
        None => part.to_string(),
    });
    Name::from_parts(parts.collect())
}

fn table_part(dialect: Dialect, ident: &Ident) -> String {
    match dialect {
        Dialect::Sqlite => ident.value.to_lowercase(),
        Dialect::Mysql | Dialect::Postgres => ident.value.clone(),
    }
}

/// A column's name; neither tells capitals apart.
pub(super) fn column_name(ident: &Ident) -> String {
    ident.value.to_lowercase()
}

/// The last part of a name that may have a table in front.
pub(super) fn last(written: &ObjectName) -> String {
    let last = written.0.last().and_then(|part| part.as_ident());
    last.map(column_name).unwrap_or_default()
}

pub(super) fn ty(dialect: Dialect, written: &DataType) -> Type {
    let text = written.to_string();
    if dialect == Dialect::Mysql { types::mysql::read(&text) } else { Type::read(&text) }
}

pub(super) fn fill(default: &Expr) -> Fill {
    let read = Expression::read(&default.to_string());
    if read.is_null() {
        Fill::Nothing
    } else if read.is_constant() {
        Fill::Constant(read.text)
    } else {
        Fill::PerRow(read.text)
    }
}

pub(super) fn column(dialect: Dialect, written: &ColumnDef) -> Column {
    let options = written.options.iter().map(|option| &option.option);
    column_of(dialect, &written.name, &written.data_type, options)
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the parser's enum; what is not listed neither fills nor refuses"
)]
pub(super) fn column_of<'a>(
    dialect: Dialect,
    named: &Ident,
    data_type: &DataType,
    options: impl Iterator<Item = &'a ColumnOption>,
) -> Column {
    let mut column = Column {
        name: column_name(named),
        ty: ty(dialect, data_type),
        not_null: false,
        fill: Fill::Nothing,
        constraints: Vec::new(),
    };
    let own = vec![column.name.clone()];
    for option in options {
        let rule = match option {
            ColumnOption::NotNull => {
                column.not_null = true;
                continue;
            }
            ColumnOption::Default(default) => {
                column.fill = fill(default);
                continue;
            }
            ColumnOption::Generated { generation_expr: Some(expression), .. } => {
                column.fill = Fill::Generated(Expression::read(&expression.to_string()));
                continue;
            }
            ColumnOption::DialectSpecific(words) => {
                let text: Vec<_> =
                    words.iter().map(|word| word.to_string().to_uppercase()).collect();
                if text.iter().any(|word| word == "AUTO_INCREMENT" || word == "AUTOINCREMENT") {
                    column.fill = Fill::PerRow("nextval('auto_increment')".to_owned());
                }
                continue;
            }
            ColumnOption::PrimaryKey(_) => {
                column.not_null = true;
                // SQLite numbers such a column by itself.
                if dialect == Dialect::Sqlite && column.ty.base == "integer" {
                    column.fill = Fill::PerRow("nextval('rowid')".to_owned());
                }
                Rule::PrimaryKey { columns: own.clone(), index: None }
            }
            ColumnOption::Unique(_) => {
                Rule::Unique { columns: own.clone(), nulls_equal: false, index: None }
            }
            ColumnOption::Check(check) => Rule::Check(Expression::read(&check.expr.to_string())),
            ColumnOption::ForeignKey(key) => Rule::ForeignKey {
                columns: own.clone(),
                table: name(dialect, &key.foreign_table),
                keys: key.referred_columns.iter().map(column_name).collect(),
                on_delete: on_delete(key.on_delete.as_ref()),
                on_update: on_delete(key.on_update.as_ref()),
            },
            _ => continue,
        };
        column.constraints.push(Constraint { name: None, rule, not_valid: false });
    }
    column
}

pub(super) fn on_delete(action: Option<&ReferentialAction>) -> OnDelete {
    match action {
        Some(ReferentialAction::Cascade) => OnDelete::Follows,
        Some(ReferentialAction::SetNull) => OnDelete::Empties,
        Some(ReferentialAction::SetDefault) => OnDelete::Resets,
        Some(ReferentialAction::Restrict | ReferentialAction::NoAction) | None => OnDelete::Refused,
    }
}

/// A constraint of a table; none for what is not known as one.
#[expect(clippy::wildcard_enum_match_arm, reason = "the parser's enum")]
pub(super) fn constraint(dialect: Dialect, written: &TableConstraint) -> Option<Constraint> {
    let (named, rule) = match written {
        TableConstraint::Unique(unique) => (
            unique.name.as_ref().or(unique.index_name.as_ref()),
            Rule::Unique { columns: keys(&unique.columns), nulls_equal: false, index: None },
        ),
        TableConstraint::PrimaryKey(key) => {
            (key.name.as_ref(), Rule::PrimaryKey { columns: keys(&key.columns), index: None })
        }
        TableConstraint::ForeignKey(key) => (
            key.name.as_ref(),
            Rule::ForeignKey {
                columns: key.columns.iter().map(column_name).collect(),
                table: name(dialect, &key.foreign_table),
                keys: key.referred_columns.iter().map(column_name).collect(),
                on_delete: on_delete(key.on_delete.as_ref()),
                on_update: on_delete(key.on_update.as_ref()),
            },
        ),
        TableConstraint::Check(check) => {
            (check.name.as_ref(), Rule::Check(Expression::read(&check.expr.to_string())))
        }
        _ => return None,
    };
    Some(Constraint { name: named.map(|ident| ident.value.clone()), rule, not_valid: false })
}

/// The columns of an index; an expression stays as it is written.
#[expect(clippy::wildcard_enum_match_arm, reason = "the parser's enum")]
pub(super) fn keys(columns: &[IndexColumn]) -> Vec<String> {
    columns
        .iter()
        .map(|key| match &key.column.expr {
            Expr::Identifier(ident) => column_name(ident),
            other => other.to_string(),
        })
        .collect()
}
