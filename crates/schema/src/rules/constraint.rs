//! Constraints, indexes and row security.

use crate::change::{Constraint, Index, Kind, Nulls, OnDelete, Rule};
use crate::label::Lock;
use crate::name::Name;

use super::table::{holds_fast, new_table};
use super::{Sight, Verdict};

pub(super) fn add(sight: &Sight<'_>, table: &Name, constraint: &Constraint) -> Verdict {
    if sight.world.is_born(Kind::Table, table) {
        let new = new_table(table);
        return match holds_fast(sight, table, constraint) {
            Some(found) if !sight.foresight.is_passing(&sight.world.full(table)) => new.and(found),
            Some(_) | None => new,
        };
    }
    let scan = if constraint.not_valid { Lock::Brief } else { Lock::Scan };
    match &constraint.rule {
        Rule::Check(check) => {
            let columns = check.columns();
            let unfilled = |column: &&str| {
                sight
                    .world
                    .column(table, column)
                    .is_some_and(|known| known.born && known.fill == crate::change::Fill::Nothing)
            };
            if let [column] = columns.as_slice()
                && unfilled(column)
                && check.lets_pass(column, None)
            {
                return Verdict::compatible(format!(
                    "the old release leaves `{column}` NULL, which passes"
                ))
                .locking(scan);
            }
            Verdict::tightens(format!(
                "the old release may write to `{table}` what the new check refuses"
            ))
            .locking(scan)
        }
        Rule::Unique { columns, nulls_equal, index } => {
            unique(sight, table, columns, *nulls_equal, index.as_deref())
                .locking(if index.is_some() { Lock::Brief } else { Lock::Scan })
        }
        Rule::PrimaryKey { columns, index } => {
            let already = index.as_deref().is_some_and(|name| was_unique(sight, name))
                && columns.iter().all(|column| {
                    sight
                        .world
                        .column(table, column)
                        .is_some_and(|known| known.not_null && !known.born)
                });
            if already && !columns.is_empty() {
                Verdict::compatible("the columns were unique and NOT NULL before")
                    .locking(Lock::Brief)
            } else {
                Verdict::tightens(format!(
                    "the old release may write to `{table}` what the new primary key refuses"
                ))
                .locking(Lock::Scan)
            }
        }
        Rule::ForeignKey { columns, table: to, .. } => {
            let new = columns.iter().all(|column| {
                sight.world.column(table, column).is_some_and(|known| {
                    known.born && known.fill == crate::change::Fill::Nothing && !known.not_null
                })
            });
            if new {
                return holds_fast(sight, table, constraint)
                    .unwrap_or_else(|| {
                        Verdict::compatible(format!(
                            "the old release leaves {} NULL",
                            columns.join(", ")
                        ))
                    })
                    .locking(scan);
            }
            Verdict::tightens(format!(
                "the old release may write to `{table}` what points at no row of `{to}`, or delete what is pointed at"
            ))
            .locking(scan)
        }
        Rule::NotNull { column } => super::column::set_not_null(sight, table, column),
        Rule::Exclude => Verdict::tightens(format!(
            "rows that the old release writes to `{table}` may exclude each other"
        ))
        .locking(Lock::Scan),
    }
}

fn was_unique(sight: &Sight<'_>, index: &str) -> bool {
    sight.world.index(index).is_some_and(|known| known.unique && !known.born)
}

fn unique(
    sight: &Sight<'_>,
    table: &Name,
    columns: &[String],
    nulls_equal: bool,
    index: Option<&str>,
) -> Verdict {
    if index.is_some_and(|name| was_unique(sight, name)) {
        return Verdict::compatible("the index was unique before");
    }
    let null = |column: &String| {
        sight.world.column(table, column).is_some_and(|known| {
            known.born
                && !known.not_null
                && known.fill == crate::change::Fill::Nothing
                && known.ty.as_ref().is_some_and(|ty| !ty.serial)
        })
    };
    if !nulls_equal && columns.iter().any(null) {
        return Verdict::compatible(
            "the old release leaves a new column of it NULL, as often as it likes",
        );
    }
    Verdict::tightens(format!("the old release may write the same twice to `{table}`"))
}

pub(super) fn drop(sight: &Sight<'_>, table: &Name, name: &str, cascade: bool) -> Verdict {
    if sight.world.is_born(Kind::Table, table) {
        return new_table(table);
    }
    if cascade {
        return Verdict::breaks(format!("`{name}` went with everything that hangs on it"))
            .locking(Lock::Brief);
    }
    let verdict = match sight.world.constraint(table, name) {
        Some((_, true)) => Verdict::compatible(format!("`{name}` was made by these migrations")),
        Some((constraint, false)) => match &constraint.rule {
            Rule::ForeignKey { on_delete, .. } => no_key(table, name, *on_delete),
            Rule::Check(check) => Verdict::probe(
                format!("the new release may store what the check `{name}` refused"),
                format!("SELECT 1 FROM {} WHERE NOT ({}) LIMIT 1", table.sql(), check.text),
                format!("rows that `{name}` refused"),
            ),
            Rule::NotNull { column } => super::column::drop_not_null(sight, table, column),
            Rule::Unique { .. } | Rule::PrimaryKey { .. } => no_unique(name),
            Rule::Exclude => {
                Verdict::breaks(format!("the old release may rely on `{name}` to refuse rows"))
            }
        },
        None if is_key_by_name(name) => unknown_key(name),
        None if name.ends_with("_check") || name.starts_with("ck_") || name.starts_with("chk_") => {
            Verdict::opaque(format!(
                "what the check `{name}` refused is not in these files, and the new release may store it"
            ))
        }
        None => Verdict::breaks(format!(
            "what `{name}` was is not in these files; were it unique, ON CONFLICT of the old release fails"
        )),
    };
    verdict.locking(Lock::Brief)
}

pub(super) fn drop_key(sight: &Sight<'_>, table: &Name, name: &str) -> Verdict {
    if sight.world.constraint(table, name).is_some() {
        return drop(sight, table, name, false);
    }
    if sight.world.is_born(Kind::Table, table) {
        return new_table(table);
    }
    unknown_key(name).locking(Lock::Brief)
}

fn no_key(table: &Name, name: &str, on_delete: OnDelete) -> Verdict {
    match on_delete {
        OnDelete::Refused => {
            Verdict::compatible(format!("without the foreign key `{name}` more is allowed"))
        }
        OnDelete::Follows => Verdict::breaks(format!(
            "what the old release deletes took rows of `{table}` along by `{name}`; now they stay and point at nothing"
        )),
    }
}

/// Only the name says that it was a foreign key, and nothing says what its deletions did.
fn unknown_key(name: &str) -> Verdict {
    Verdict::opaque(format!(
        "whether deletions of the old release took rows along by `{name}` is not in these files"
    ))
}

fn no_unique(name: &str) -> Verdict {
    Verdict::breaks(format!(
        "without `{name}`, ON CONFLICT of the old release fails and duplicates get in"
    ))
}

/// Names that PostgreSQL, Rails, Django, Laravel and hand-written migrations give foreign keys
/// and nothing else.
fn is_key_by_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("fk_")
        || name.contains("_fk_")
        || ["_fkey", "_fk", "_foreign"].iter().any(|end| name.ends_with(end))
}

pub(super) fn index(sight: &Sight<'_>, index: &Index) -> Verdict {
    let table = &index.table;
    if sight.world.is_born(Kind::Table, table) {
        return new_table(table);
    }
    let lock = |verdict: Verdict| {
        if index.concurrently { verdict } else { verdict.locking(Lock::Writers) }
    };
    if let Some(nulls) = index.unique {
        let columns: Vec<String> =
            index.keys.iter().filter_map(|key| key.column()).map(str::to_owned).collect();
        return lock(unique(sight, table, &columns, nulls == Nulls::Equal, None));
    }
    let fails = |expression: &crate::expression::Expression| !expression.cannot_fail();
    if index.keys.iter().any(fails) || index.predicate.as_ref().is_some_and(fails) {
        return lock(Verdict::opaque(format!(
            "computing the index can fail for what the old release writes to `{table}`"
        )));
    }
    lock(Verdict::compatible("an index changes how fast, not what"))
}

pub(super) fn row_security(sight: &Sight<'_>, table: &Name, forced: bool) -> Verdict {
    if sight.world.is_born(Kind::Table, table) {
        return new_table(table);
    }
    if sight.foresight.is_open(&sight.world.full(table)) {
        return Verdict::compatible(format!("a policy lets everybody at all rows of `{table}`"))
            .locking(Lock::Brief);
    }
    let who = if forced { "its owner as well" } else { "everybody but its owner" };
    Verdict::breaks(format!("policies hide rows of `{table}` from {who}; without one, all of them"))
        .locking(Lock::Brief)
}
