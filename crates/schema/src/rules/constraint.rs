//! Constraints, indexes and row security.

use crate::change::{Constraint, Index, Kind, Nulls, OnDelete, Rule};
use crate::label::Lock;
use crate::name::Name;

use super::table::{holds_fast, new_table};
use super::{Sight, Verdict};

#[expect(clippy::too_many_lines, reason = "one table of the constraints")]
pub(super) fn add(sight: &Sight<'_>, table: &Name, constraint: &Constraint) -> Verdict {
    if sight.world.is_born(Kind::Table, table) {
        let new = new_table(table);
        return match holds_fast(sight, table, constraint, &[constraint], &[]) {
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
            let passes = |column: &str| {
                let Some(known) = sight.world.column(table, column).filter(|known| known.born)
                else {
                    return false;
                };
                match &known.fill {
                    crate::change::Fill::Constant(text) => {
                        crate::expression::Expression::read(text)
                            .value()
                            .is_some_and(|value| check.lets_pass(column, Some(&value)))
                    }
                    crate::change::Fill::Nothing
                    | crate::change::Fill::PerRow(_)
                    | crate::change::Fill::Generated(_) => false,
                }
            };
            if let [column] = columns.as_slice()
                && passes(column)
            {
                return Verdict::compatible(format!(
                    "what the old release leaves in `{column}` passes"
                ))
                .locking(scan);
            }
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
            let already = index.as_deref().is_some_and(|name| was_unique(sight, table, name))
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
                return holds_fast(sight, table, constraint, &[constraint], &[])
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

fn was_unique(sight: &Sight<'_>, table: &Name, index: &str) -> bool {
    sight.world.index_on(table, index).is_some_and(|known| known.unique && !known.born)
}

fn unique(
    sight: &Sight<'_>,
    table: &Name,
    columns: &[String],
    nulls_equal: bool,
    index: Option<&str>,
) -> Verdict {
    if index.is_some_and(|name| was_unique(sight, table, name)) {
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
        OnDelete::Follows | OnDelete::Empties | OnDelete::Resets => Verdict::breaks(format!(
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
    if sight.world.is_born(Kind::Table, table) || sight.world.is_born(Kind::MaterializedView, table)
    {
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
    let long = |key: &crate::expression::Expression| {
        key.column().is_some_and(|column| is_long(sight, table, column))
    };
    if index.keys.iter().any(long) {
        return lock(Verdict::opaque(
            "a value of more than 2,700 bytes does not fit the index, and is refused",
        ));
    }
    lock(Verdict::compatible("an index changes how fast, not what"))
}

/// Columns that hold whole texts, by their type and, where that has no limit, their name.
fn is_long(sight: &Sight<'_>, table: &Name, column: &str) -> bool {
    const LONG: &[&str] = &[
        "body",
        "content",
        "contents",
        "description",
        "html",
        "markdown",
        "text",
        "payload",
        "message",
        "notes",
        "comment",
        "comments",
        "data",
        "raw",
        "summary",
        "bio",
    ];
    let known = sight.world.column(table, column).and_then(|known| known.ty.as_ref());
    known.map_or_else(
        || LONG.contains(&column),
        |ty| match ty.base.as_str() {
            "text" => LONG.contains(&column),
            "varchar" => ty.args.first().is_none_or(|limit| *limit > 675) && LONG.contains(&column),
            "json" | "xml" => true,
            _ => false,
        },
    )
}

/// A policy that lets rows through: more than before, where row security was on before.
pub(super) fn add_policy(sight: &Sight<'_>, table: &Name) -> Verdict {
    if sight.world.is_born(Kind::Table, table) {
        return new_table(table);
    }
    let state = sight.world.table(table);
    let off = sight.world.is_complete()
        && state.is_some_and(|state| state.whole && state.security.is_none());
    match state.and_then(|state| state.security) {
        Some(false) => Verdict::breaks(format!(
            "the old release sees and changes rows of `{table}` that were hidden from it"
        )),
        Some(true) => Verdict::compatible(format!(
            "row security of `{table}` is new, and the policy only lets rows through"
        )),
        None if off => {
            Verdict::compatible(format!("`{table}` has no row security; the policy sleeps"))
        }
        None => Verdict::opaque(format!(
            "whether `{table}` had row security, so that the policy shows more rows, is not in these files"
        )),
    }
}

pub(super) fn rename(sight: &Sight<'_>, table: &Name, from: &str) -> Verdict {
    if sight.world.is_born(Kind::Table, table) {
        return new_table(table);
    }
    match sight.world.constraint(table, from) {
        Some((_, true)) => Verdict::compatible(format!("`{from}` was made by these migrations")),
        Some((constraint, false))
            if matches!(
                constraint.rule,
                Rule::Check(_) | Rule::ForeignKey { .. } | Rule::NotNull { .. }
            ) =>
        {
            Verdict::compatible(format!("no statement names the constraint `{from}`"))
        }
        Some(_) | None => Verdict::opaque(format!(
            "if `{from}` is unique, ON CONFLICT ON CONSTRAINT of the old release fails"
        )),
    }
}

pub(super) fn row_security(sight: &Sight<'_>, table: &Name, forced: bool) -> Verdict {
    if sight.world.is_born(Kind::Table, table) {
        return new_table(table);
    }
    let was_on = sight.world.table(table).and_then(|state| state.security) == Some(false);
    let was_off = sight.world.table(table).is_some_and(|state| state.whole) && !was_on;
    if !forced && was_on {
        return Verdict::compatible(format!("row security of `{table}` was on before"));
    }
    if was_off && sight.foresight.is_open(&sight.world.full(table)) {
        return Verdict::compatible(format!("a policy lets everybody at all rows of `{table}`"))
            .locking(Lock::Brief);
    }
    let who = if forced { "its owner as well" } else { "everybody but its owner" };
    Verdict::breaks(format!("policies hide rows of `{table}` from {who}; without one, all of them"))
        .locking(Lock::Brief)
}
