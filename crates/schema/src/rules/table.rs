//! Tables and their columns coming, going and being renamed.

use crate::change::{Column, Constraint, Fill, Kind, OnDelete, Rule};
use crate::expression::Expression;
use crate::label::{Dialect, Lock};
use crate::name::{Name, quoted};

use super::{Sight, Verdict};

/// What is said of anything that happens to a table which these migrations made.
pub(super) fn new_table(table: &Name) -> Verdict {
    Verdict::compatible(format!(
        "`{table}` is made by these migrations; the old release does not know it"
    ))
}

pub(super) fn create(
    sight: &Sight<'_>,
    table: &Name,
    columns: &[Column],
    constraints: &[Constraint],
    temporary: bool,
) -> Verdict {
    let mut verdict = Verdict::compatible("a new table is not used by the old release");
    if temporary || sight.foresight.is_passing(&sight.world.full(table)) {
        return verdict;
    }
    let all = columns.iter().flat_map(|column| &column.constraints).chain(constraints);
    for constraint in all {
        if let Some(found) = holds_fast(sight, table, constraint) {
            verdict = verdict.and(found);
        }
    }
    verdict
}

/// A foreign key from what is new to a table that the old release knows: rows of the new
/// release keep rows of the old one from being deleted.
pub(super) fn holds_fast(
    sight: &Sight<'_>,
    table: &Name,
    constraint: &Constraint,
) -> Option<Verdict> {
    let Rule::ForeignKey { columns, table: to, on_delete: OnDelete::Refused } = &constraint.rule
    else {
        return None;
    };
    if sight.world.full(to) == sight.world.full(table) || sight.world.is_born(Kind::Table, to) {
        return None;
    }
    let filled: Vec<_> =
        columns.iter().map(|column| format!("{} IS NOT NULL", quoted(column))).collect();
    Some(Verdict::probe(
        format!(
            "once `{table}` has rows that point at `{to}`, deleting those in `{to}` is refused"
        ),
        format!("SELECT 1 FROM {} WHERE {} LIMIT 1", table.sql(), filled.join(" AND ")),
        format!("rows that keep rows of `{to}` from being deleted"),
    ))
}

pub(super) fn add_column(sight: &Sight<'_>, table: &Name, column: &Column) -> Verdict {
    if sight.world.is_born(Kind::Table, table) {
        return new_table(table);
    }
    let name = &column.name;
    let mut verdict = filled(table, column);
    if !column.ty.is_known() && column.fill == Fill::Nothing {
        let ty = Name::plain(column.ty.base.clone());
        if !sight.world.is_known(Kind::Type, &ty) {
            verdict = verdict.and(Verdict::opaque(format!(
                "whether the type `{}` of `{name}` refuses `NULL` is not in these files",
                column.ty
            )));
        }
    }
    for constraint in &column.constraints {
        verdict = verdict.and(constrained(sight, table, column, constraint));
    }
    if sight.dialect != Dialect::Postgres && verdict.label == crate::Label::Compatible {
        verdict.reason.push_str(", as long as its INSERTs name their columns");
    }
    verdict
}

/// What an old `INSERT`, which does not name the column, meets.
fn filled(table: &Name, column: &Column) -> Verdict {
    let name = &column.name;
    match &column.fill {
        Fill::Nothing if column.ty.serial => {
            Verdict::compatible(format!("`{name}` fills itself")).locking(Lock::Rewrite)
        }
        Fill::Nothing if column.not_null => Verdict::tightens(format!(
            "an INSERT of the old release leaves `{name}` out, and `{table}` refuses that: NOT NULL without a default"
        ))
        .locking(Lock::Brief),
        Fill::Nothing => Verdict::compatible(format!("the old release leaves `{name}` out and it stays NULL"))
            .locking(Lock::Brief),
        Fill::Constant(_) => {
            Verdict::compatible(format!("the old release leaves `{name}` out and it takes its default"))
                .locking(Lock::Brief)
        }
        Fill::PerRow(call) if Expression::read(call).unknown_call().is_some() => Verdict::opaque(format!(
            "the default of `{name}` calls a function that is not known here"
        ))
        .locking(Lock::Rewrite),
        Fill::PerRow(_) => Verdict::compatible(format!("`{name}` fills itself")).locking(Lock::Rewrite),
        Fill::Generated(expression) if expression.cannot_fail() && !column.not_null => {
            Verdict::compatible(format!("`{name}` is computed from the row")).locking(Lock::Rewrite)
        }
        Fill::Generated(_) if column.not_null => Verdict::tightens(format!(
            "rows for which `{name}` computes to NULL are refused"
        ))
        .locking(Lock::Rewrite),
        Fill::Generated(_) => Verdict::opaque(format!(
            "computing `{name}` can fail for what the old release writes"
        ))
        .locking(Lock::Rewrite),
    }
}

/// What a constraint on a new column means for rows that the old release writes.
fn constrained(
    sight: &Sight<'_>,
    table: &Name,
    column: &Column,
    constraint: &Constraint,
) -> Verdict {
    let name = &column.name;
    match &constraint.rule {
        Rule::Check(check) => {
            let passes = match &column.fill {
                Fill::Nothing => check.lets_pass(name, None),
                Fill::Constant(text) => Expression::read(text)
                    .value()
                    .is_some_and(|value| check.lets_pass(name, Some(&value))),
                Fill::PerRow(_) | Fill::Generated(_) => false,
            };
            if passes {
                Verdict::compatible(format!(
                    "what the old release leaves in `{name}` passes the check"
                ))
            } else {
                Verdict::tightens(format!(
                    "rows of the old release may not pass the check on `{name}`"
                ))
            }
        }
        Rule::Unique { nulls_equal, .. } => match &column.fill {
            Fill::Nothing if column.ty.serial || !nulls_equal => Verdict::compatible(format!(
                "`{name}` stays NULL in rows of the old release, as often as it likes"
            )),
            Fill::PerRow(_) => Verdict::compatible(format!("`{name}` fills itself")),
            Fill::Nothing | Fill::Constant(_) | Fill::Generated(_) => Verdict::tightens(format!(
                "a second row of the old release holds the same in the unique `{name}`"
            )),
        },
        Rule::PrimaryKey { .. } => match &column.fill {
            Fill::PerRow(_) => {
                Verdict::compatible(format!("`{name}` fills itself")).locking(Lock::Rewrite)
            }
            Fill::Nothing if column.ty.serial => {
                Verdict::compatible(format!("`{name}` fills itself")).locking(Lock::Rewrite)
            }
            Fill::Nothing | Fill::Constant(_) | Fill::Generated(_) => Verdict::tightens(format!(
                "the old release gives no value for the primary key `{name}`"
            )),
        },
        Rule::ForeignKey { table: to, .. } => {
            if matches!(column.fill, Fill::PerRow(_)) || column.ty.serial {
                return Verdict::tightens(format!(
                    "`{name}` fills itself, and may not point at a row of `{to}`"
                ));
            }
            holds_fast(sight, table, constraint).unwrap_or_else(|| {
                Verdict::compatible(format!("rows that `{name}` points at can still be deleted"))
            })
        }
        Rule::NotNull { .. } => Verdict::compatible("told with the column"),
        Rule::Exclude => Verdict::tightens(format!(
            "two rows of the old release may exclude each other in `{name}`"
        )),
    }
}

pub(super) fn drop_column(sight: &Sight<'_>, table: &Name, column: &str, cascade: bool) -> Verdict {
    if sight.world.is_new_column(table, column) {
        return Verdict::compatible(format!("`{column}` was made by these migrations"))
            .locking(Lock::Brief);
    }
    let more = if cascade { ", and what hangs on it" } else { "" };
    Verdict::loses(format!("the values of `{table}.{column}` are gone{more}")).locking(Lock::Brief)
}

pub(super) fn rename_column(sight: &Sight<'_>, table: &Name, from: &str, to: &str) -> Verdict {
    let verdict = if sight.world.is_new_column(table, from) {
        Verdict::compatible(format!("`{from}` was made by these migrations"))
    } else if sight.foresight.is_column_undone(&sight.world.full(table), from, to) {
        Verdict::compatible(format!("`{from}` has its name at the end"))
    } else {
        Verdict::breaks(format!(
            "the old release asks for `{table}.{from}`, which is called `{to}` now"
        ))
    };
    verdict.locking(Lock::Brief)
}
