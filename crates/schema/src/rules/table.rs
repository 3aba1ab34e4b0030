//! Tables and their columns coming, going and being renamed.

use crate::change::{Column, Constraint, Fill, Kind, OnDelete, Rule};
use crate::expression::Expression;
use crate::label::{Dialect, Lock};
use crate::name::{Name, literal, quoted};
use crate::types::Type;

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
    if let Some(found) = super::object::shadows(sight, table) {
        verdict = verdict.and(found);
    }
    let all: Vec<&Constraint> =
        columns.iter().flat_map(|column| &column.constraints).chain(constraints).collect();
    for constraint in &all {
        if let Some(found) = holds_fast(sight, table, constraint, &all, columns) {
            verdict = verdict.and(found);
        }
    }
    verdict
}

/// A foreign key from what is new to a table that the old release knows: rows of the new
/// release keep rows of the old one from being deleted, or their keys from being changed. `all`
/// and `columns` are what is made together with it.
pub(super) fn holds_fast(
    sight: &Sight<'_>,
    table: &Name,
    constraint: &Constraint,
    all: &[&Constraint],
    columns: &[Column],
) -> Option<Verdict> {
    let Rule::ForeignKey { columns: from, table: to, keys, on_delete, on_update } =
        &constraint.rule
    else {
        return None;
    };
    let world = sight.world;
    let own = world.full(to) == world.full(table);
    let follows = |one: &Constraint| match &one.rule {
        Rule::ForeignKey { table: to, on_delete, .. } => {
            *on_delete != OnDelete::Refused
                && (!world.is_born(Kind::Table, to) || world.follows_old(to))
        }
        Rule::Check(_)
        | Rule::Unique { .. }
        | Rule::PrimaryKey { .. }
        | Rule::NotNull { .. }
        | Rule::Exclude => false,
    };
    // Whether a row of it can go because one of an old table goes.
    let met = if own {
        all.iter().any(|one| follows(one)) || world.follows_old(table)
    } else {
        !world.is_born(Kind::Table, to) || world.follows_old(to)
    };
    if !met {
        return None;
    }
    let required = |name: &String| {
        columns.iter().any(|column| column.name == *name && column.not_null)
            || world.column(table, name).is_some_and(|known| known.not_null)
            || all.iter().any(|one| match &one.rule {
                Rule::PrimaryKey { columns, .. } => columns.contains(name),
                Rule::Check(check) => check.columns().contains(&name.as_str()),
                Rule::Unique { .. }
                | Rule::ForeignKey { .. }
                | Rule::NotNull { .. }
                | Rule::Exclude => false,
            })
            || world.table(table).is_some_and(|state| {
                state.constraints.iter().any(|(_, one, _)| match &one.rule {
                    Rule::Check(check) => check.columns().contains(&name.as_str()),
                    Rule::Unique { .. }
                    | Rule::PrimaryKey { .. }
                    | Rule::ForeignKey { .. }
                    | Rule::NotNull { .. }
                    | Rule::Exclude => false,
                })
            })
    };
    let stays = match on_delete {
        OnDelete::Refused | OnDelete::Resets => true,
        OnDelete::Empties => from.iter().any(required),
        OnDelete::Follows => false,
    };
    let word_key = !own
        && !matches!(on_update, OnDelete::Follows | OnDelete::Empties)
        && from.iter().enumerate().any(|(at, name)| {
            let mine = columns
                .iter()
                .find(|column| column.name == *name)
                .map(|column| &column.ty)
                .or_else(|| world.column(table, name).and_then(|known| known.ty.as_ref()));
            let surrogate =
                |ty: &Type| !matches!(ty.base.as_str(), "text" | "varchar" | "char" | "citext");
            // A number of the database's own making is not changed; a word may be.
            keys.get(at).is_none_or(|key| key != "id") && !mine.is_some_and(surrogate)
        });
    if !stays && !word_key {
        return reaches(sight, table);
    }
    let filled: Vec<_> =
        from.iter().map(|column| format!("{} IS NOT NULL", quoted(column))).collect();
    let what = if stays { "deleting" } else { "changing the key of" };
    Some(Verdict::probe(
        format!("once `{table}` has rows that point at `{to}`, {what} those in `{to}` is refused"),
        format!("SELECT 1 FROM {} WHERE {} LIMIT 1", table.sql(), filled.join(" AND ")),
        format!("rows that keep rows of `{to}` from being deleted or changed"),
    ))
}

/// What a deletion meets that begins to reach a table: its triggers, and what points at it.
fn reaches(sight: &Sight<'_>, table: &Name) -> Option<Verdict> {
    let world = sight.world;
    let triggered = world
        .table(table)
        .is_some_and(|state| state.triggers.iter().any(|(one, _)| one.on_delete || one.on_update));
    if triggered {
        return Some(Verdict::opaque(format!(
            "what a trigger of `{table}` does to the old release's deletions must be read"
        )));
    }
    world
        .pointing_at(table)
        .filter_map(|(from, constraint)| match &constraint.rule {
            Rule::ForeignKey {
                columns, on_delete: OnDelete::Refused | OnDelete::Resets, ..
            } => {
                let filled: Vec<_> =
                    columns.iter().map(|one| format!("{} IS NOT NULL", quoted(one))).collect();
                Some(Verdict::probe(
                    format!("rows of `{from}` keep rows of `{table}` from going along"),
                    format!("SELECT 1 FROM {} WHERE {} LIMIT 1", from.sql(), filled.join(" AND ")),
                    format!("rows that point at `{table}`"),
                ))
            }
            Rule::Check(_)
            | Rule::Unique { .. }
            | Rule::PrimaryKey { .. }
            | Rule::ForeignKey { .. }
            | Rule::NotNull { .. }
            | Rule::Exclude => None,
        })
        .reduce(Verdict::and)
}

/// A default that draws from a sequence: whoever inserts needs a right on it.
pub(super) fn numbered_by(sight: &Sight<'_>, table: &Name, call: &str) -> Option<Verdict> {
    let (_, rest) = call.split_once("nextval")?;
    let named = rest.split('\'').nth(1)?;
    if named == "identity" || named == "auto_increment" || named == "rowid" {
        return None;
    }
    let sequence = Name::from_parts(named.split('.').map(|part| part.replace('"', "")).collect());
    let found = format!("{}::regclass", literal(&sequence.sql()));
    Some(rights(sight, table, &found))
}

fn rights(sight: &Sight<'_>, table: &Name, sequence: &str) -> Verdict {
    let full = sight.world.full(table);
    Verdict::probe(
        format!(
            "whoever inserts into `{table}` needs a right on the sequence that numbers its rows"
        ),
        format!(
            "SELECT 1 FROM pg_class t, LATERAL aclexplode(t.relacl) a WHERE t.oid = {}::regclass \
             AND a.privilege_type = 'INSERT' AND a.grantee <> t.relowner \
             AND NOT has_sequence_privilege(a.grantee, {sequence}::oid, 'USAGE') LIMIT 1",
            literal(&full.sql())
        ),
        "roles that may insert and not draw a number",
    )
}

pub(super) fn add_column(sight: &Sight<'_>, table: &Name, column: &Column) -> Verdict {
    if sight.world.is_born(Kind::Table, table) {
        return new_table(table);
    }
    let name = &column.name;
    let mut verdict = filled(sight, table, column);
    if column.not_null
        && let Some(found) = super::column::empty(&column.fill, name)
    {
        verdict = verdict.and(found);
    }
    let ty = column.ty.name();
    if sight.world.is_known(Kind::Domain, &ty) && !column.ty.array {
        verdict = verdict.and(of_domain(sight, column, &ty));
    } else if !column.ty.is_known() && !sight.world.is_known(Kind::Type, &ty) {
        verdict = verdict.and(Verdict::opaque(format!(
            "whether the type `{}` of `{name}` refuses what the old release leaves in it is not in these files",
            column.ty
        )));
    }
    if column.ty.serial && sight.dialect == Dialect::Postgres {
        let sequence = format!(
            "pg_get_serial_sequence({}, {})::regclass",
            literal(&sight.world.full(table).sql()),
            literal(name)
        );
        verdict = verdict.and(rights(sight, table, &sequence));
    }
    if let Fill::PerRow(call) = &column.fill
        && sight.dialect == Dialect::Postgres
        && call != "nextval('identity')"
    {
        if let Some(found) = super::fit::default(sight, table, name, &column.ty, None, Some(call)) {
            verdict = verdict.and(found);
        }
        if let Some(found) = numbered_by(sight, table, call) {
            verdict = verdict.and(found);
        }
    }
    if sight.world.has_function(name) {
        verdict = verdict.and(Verdict::opaque(format!(
            "`{name}` is a function as well, and `{table}.{name}` of the old release may have called it"
        )));
    }
    for constraint in &column.constraints {
        verdict = verdict.and(constrained(sight, table, column, constraint));
    }
    if sight.dialect != Dialect::Postgres && verdict.label == crate::Label::Compatible {
        verdict.reason.push_str(", as long as its INSERTs name their columns");
    }
    verdict
}

/// Whether a domain takes what the old release leaves in a column of it.
fn of_domain(sight: &Sight<'_>, column: &Column, domain: &Name) -> Verdict {
    let name = &column.name;
    let text = sight.world.text(Kind::Domain, domain).unwrap_or("not null");
    let opaque = |what: &str| {
        Verdict::opaque(format!("whether `{domain}` takes {what} in `{name}` must be read"))
    };
    if text.contains(" default ") {
        return opaque("its own default");
    }
    // A domain over a domain refuses what either of them refuses.
    let base = text.split_once(" as ").map_or("", |(_, rest)| rest);
    let base = [" check ", " not null", " null", " constraint ", " collate "]
        .iter()
        .fold(base, |base, word| base.split(word).next().unwrap_or_default());
    if text != "not null" && !Type::read(base).is_known() {
        return opaque("what the old release leaves");
    }
    let check = text.split_once(" check ").map(|(_, check)| Expression::read(check));
    let value = match &column.fill {
        Fill::Nothing => None,
        Fill::Constant(text) => match Expression::read(text).value() {
            Some(value) => Some(value),
            None => {
                return Verdict::opaque(format!(
                    "whether `{domain}` takes the default of `{name}` must be read"
                ));
            }
        },
        Fill::PerRow(_) | Fill::Generated(_) => {
            return Verdict::opaque(format!(
                "whether `{domain}` takes what `{name}` fills itself with must be read"
            ));
        }
    };
    let rest = text.split(" check ").next().unwrap_or_default();
    let takes = !rest.contains("not null")
        && !rest.contains('(')
        && check.is_none_or(|check| check.lets_pass("value", value.as_ref()));
    if takes {
        Verdict::compatible(format!("`{domain}` takes what the old release leaves in `{name}`"))
    } else {
        Verdict::tightens(format!("`{domain}` may refuse what the old release leaves in `{name}`"))
    }
}

/// What an old `INSERT`, which does not name the column, meets.
fn filled(sight: &Sight<'_>, table: &Name, column: &Column) -> Verdict {
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
        Fill::Generated(expression)
            if !column.not_null && super::fit::computes(sight, table, &column.ty, expression) =>
        {
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
            if matches!(column.fill, Fill::Constant(_)) {
                return Verdict::tightens(format!(
                    "the default of `{name}` may point at no row of `{to}`"
                ));
            }
            let own = std::slice::from_ref(column);
            holds_fast(sight, table, constraint, &[constraint], own).unwrap_or_else(|| {
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
