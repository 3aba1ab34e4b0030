//! Columns that change: their type, their default, whether they may be empty.

use crate::change::Fill;
use crate::expression::Expression;
use crate::label::Lock;
use crate::name::{Name, quoted};
use crate::types::{Step, Type, step};

use super::{Sight, Verdict};

fn new_column(column: &str) -> Verdict {
    Verdict::compatible(format!(
        "`{column}` is made by these migrations; the old release does not know it"
    ))
}

pub(super) fn alter_type(
    sight: &Sight<'_>,
    table: &Name,
    column: &str,
    to: &Type,
    using: Option<&Expression>,
) -> Verdict {
    if sight.world.is_new_column(table, column) {
        return refilled(sight, table, column, to);
    }
    if let Some(using) = using
        && !using.is_plain_cast_of(column)
    {
        return Verdict::loses(format!(
            "every value of `{table}.{column}` was replaced by `{}`; the old ones are gone",
            using.text
        ))
        .locking(Lock::Rewrite);
    }
    let known = sight.world.column(table, column).and_then(|known| known.ty.as_ref());
    if known.is_none() && (to.may_round() || using.is_some() && to.may_cut()) {
        return Verdict::loses(format!(
            "values of `{table}.{column}` may have been cut or rounded to `{to}`; its old type is not known here"
        ))
        .locking(Lock::Rewrite);
    }
    let Some(from) = known else {
        return Verdict::breaks(format!(
            "`{table}.{column}` is `{to}` now and its old type is not known here: comparisons and drivers may not take it"
        ))
        .locking(Lock::Rewrite);
    };
    let cut = using.is_some() && to.may_cut();
    match step(from, to, sight.dialect) {
        Step::Same => Verdict::compatible(format!("`{to}` holds and shows the same as `{from}`"))
            .locking(Lock::Brief),
        Step::Wider(condition) => {
            let name = quoted(column);
            let condition = condition.replace("{}", &name);
            let lock = if from.is_text() { Lock::Brief } else { Lock::Rewrite };
            Verdict::probe(
                format!("`{table}.{column}` holds more than the `{from}` that the old release knows"),
                format!("SELECT 1 FROM {} WHERE {condition} LIMIT 1", table.sql()),
                format!("values of `{column}` that `{from}` cannot hold"),
            )
            .locking(lock)
        }
        Step::Narrower | Step::Other if cut => Verdict::loses(format!(
            "values of `{table}.{column}` were cut to `{to}`"
        ))
        .locking(Lock::Rewrite),
        Step::Narrower => Verdict::tightens(format!(
            "the old release may write to `{table}.{column}` what `{to}` refuses"
        ))
        .locking(Lock::Rewrite),
        Step::Lossy => Verdict::loses(format!("values of `{table}.{column}` were rounded to `{to}`"))
            .locking(Lock::Rewrite),
        Step::Other => Verdict::breaks(format!(
            "`{table}.{column}` was `{from}` and is `{to}`: comparisons, parameters and drivers do not take it"
        ))
        .locking(Lock::Rewrite),
    }
}

/// A new column of another type, which still takes what it fills itself with, or not.
fn refilled(sight: &Sight<'_>, table: &Name, column: &str, to: &Type) -> Verdict {
    let new = new_column(column);
    if sight.world.is_born(crate::change::Kind::Table, table) {
        return new;
    }
    let Some(known) = sight.world.column(table, column) else { return new };
    let doubt = || {
        Verdict::opaque(format!("whether what fills `{column}` always fits `{to}` must be read"))
    };
    let (constant, call) = match &known.fill {
        Fill::Nothing if known.ty.as_ref().is_some_and(|ty| ty.serial) => return doubt(),
        Fill::Nothing => return new,
        Fill::Generated(found) if super::fit::computes(sight, table, to, found) => return new,
        Fill::Generated(_) => return doubt(),
        Fill::Constant(text) => (Some(text.as_str()), None),
        Fill::PerRow(call) => (None, Some(call.as_str())),
    };
    match super::fit::default(sight, table, column, to, constant, call) {
        Some(found) => new.and(found),
        None => new,
    }
}

pub(super) fn set_not_null(sight: &Sight<'_>, table: &Name, column: &str) -> Verdict {
    if sight.world.is_new_column(table, column) {
        let known = sight.world.column(table, column);
        if !sight.world.is_born(crate::change::Kind::Table, table)
            && let Some(found) = known.and_then(|known| empty(&known.fill, column))
        {
            return found.locking(Lock::Scan);
        }
        // On a table that the old release fills, it leaves the new column out.
        let filled = sight.world.is_born(crate::change::Kind::Table, table)
            || known.is_some_and(|known| {
                known.fill != Fill::Nothing || known.ty.as_ref().is_some_and(|ty| ty.serial)
            });
        return if filled {
            new_column(column).locking(Lock::Scan)
        } else {
            Verdict::tightens(format!(
                "an INSERT of the old release leaves `{column}` out, and `{table}` refuses that: NOT NULL without a default"
            ))
            .locking(Lock::Scan)
        };
    }
    if sight.world.column(table, column).is_some_and(|known| known.not_null) {
        return Verdict::compatible(format!("`{table}.{column}` was NOT NULL before"));
    }
    Verdict::tightens(format!("the old release may write NULL to `{table}.{column}`"))
        .locking(Lock::Scan)
}

/// What fills a column, and may leave it without a value all the same.
pub(super) fn empty(fill: &Fill, column: &str) -> Option<Verdict> {
    match fill {
        Fill::Generated(_) => Some(Verdict::tightens(format!(
            "rows for which `{column}` computes to NULL are refused"
        ))),
        Fill::Constant(text) | Fill::PerRow(text) if Expression::read(text).may_be_null() => {
            Some(Verdict::opaque(format!(
                "whether the default of `{column}` is always a value must be read"
            )))
        }
        Fill::Nothing | Fill::Constant(_) | Fill::PerRow(_) => None,
    }
}

pub(super) fn drop_not_null(sight: &Sight<'_>, table: &Name, column: &str) -> Verdict {
    if sight.world.is_new_column(table, column) {
        return new_column(column);
    }
    if sight.world.column(table, column).is_some_and(|known| !known.not_null) {
        return Verdict::compatible(format!("`{table}.{column}` could be NULL before"));
    }
    Verdict::probe(
        format!("the old release does not expect NULL in `{table}.{column}`"),
        format!("SELECT 1 FROM {} WHERE {} IS NULL LIMIT 1", table.sql(), quoted(column)),
        format!("rows without `{column}`"),
    )
    .locking(Lock::Brief)
}

pub(super) fn set_default(sight: &Sight<'_>, table: &Name, column: &str, fill: &Fill) -> Verdict {
    match fill {
        Fill::Nothing => drop_default(sight, table, column),
        Fill::PerRow(call) if Expression::read(call).unknown_call().is_some() => Verdict::opaque(
            format!("the default of `{column}` calls a function that is not known here"),
        ),
        Fill::Constant(_) | Fill::PerRow(_) => new_default(sight, table, column, fill),
        Fill::Generated(_) => Verdict::opaque(format!("how `{column}` is computed has changed")),
    }
}

fn new_default(sight: &Sight<'_>, table: &Name, column: &str, fill: &Fill) -> Verdict {
    if sight.world.is_born(crate::change::Kind::Table, table) {
        return super::table::new_table(table);
    }
    let whole = sight.world.table(table).is_some_and(|table| table.whole);
    let known = sight.world.column(table, column).filter(|known| known.born || whole);
    let Some(ty) = known.and_then(|known| known.ty.as_ref()) else {
        return Verdict::opaque(format!(
            "whether `{table}` takes the new default of `{column}` is not in these files"
        ))
        .locking(Lock::Brief);
    };
    let (constant, call) = match fill {
        Fill::Constant(text) => (Some(text.as_str()), None),
        Fill::PerRow(call) => (None, Some(call.as_str())),
        Fill::Nothing | Fill::Generated(_) => (None, None),
    };
    let before = known.filter(|known| !known.born).map(|known| &known.fill);
    let same = |before: &Fill| match (before, fill) {
        (Fill::PerRow(before), Fill::PerRow(now)) => before == now || is_now(before) && is_now(now),
        (before, now) => before == now,
    };
    let fresh = if before.is_none_or(same) {
        Verdict::compatible(format!("`{column}` has the default that it is to have"))
    } else {
        Verdict::opaque(format!(
            "an INSERT of the old release that leaves `{column}` out stores another value; whether it means the same must be read"
        ))
    };
    let rights = call.and_then(|call| super::table::numbered_by(sight, table, call));
    [super::fit::default(sight, table, column, ty, constant, call), rights]
        .into_iter()
        .flatten()
        .fold(fresh, Verdict::and)
        .locking(Lock::Brief)
}

/// Whether a default is the present moment, in whatever precision.
fn is_now(call: &str) -> bool {
    let lower = call.to_ascii_lowercase();
    let plain = lower.trim_end_matches(|one: char| one.is_ascii_digit() || "() ".contains(one));
    matches!(plain, "now" | "current_timestamp" | "localtimestamp")
}

/// A column that begins to fill itself.
pub(super) fn identity(sight: &Sight<'_>, table: &Name, column: &str, always: bool) -> Verdict {
    if always && !sight.world.is_born(crate::change::Kind::Table, table) {
        return Verdict::tightens(format!(
            "the old release may give `{column}` a value, which is refused now"
        ));
    }
    Verdict::compatible(format!("`{column}` fills itself where it is left out"))
}

pub(super) fn drop_default(sight: &Sight<'_>, table: &Name, column: &str) -> Verdict {
    if sight.world.is_new_column(table, column) {
        let table_is_new = sight.world.is_born(crate::change::Kind::Table, table);
        let needed = sight.world.column(table, column).is_some_and(|known| known.not_null);
        return if needed && !table_is_new {
            Verdict::tightens(format!(
                "an INSERT of the old release leaves `{column}` out, and it has no default any more"
            ))
        } else {
            new_column(column)
        };
    }
    let known = sight.world.column(table, column);
    if known.is_some_and(|known| {
        known.fill == Fill::Nothing && !known.ty.as_ref().is_some_and(|ty| ty.serial)
    }) {
        return Verdict::compatible(format!("`{table}.{column}` had no default before"));
    }
    Verdict::tightens(format!(
        "the old release may leave `{table}.{column}` to a default that is gone"
    ))
    .locking(Lock::Brief)
}
