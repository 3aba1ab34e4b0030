//! Tables, views, types, functions and the like: made, renamed, dropped.

use crate::change::Kind;
use crate::label::Lock;
use crate::name::{Name, literal, quoted};

use super::{Sight, Verdict};

pub(super) fn create(sight: &Sight<'_>, kind: Kind, name: &Name, replace: bool) -> Verdict {
    let word = kind.word();
    if sight.world.is_born(kind, name) {
        return Verdict::compatible(format!("`{name}` is made by these migrations"));
    }
    if replace {
        return Verdict::opaque(format!(
            "whether the replaced {word} `{name}` does the same must be read"
        ));
    }
    if sight.foresight.is_remade(kind, &sight.world.full(name)) {
        return Verdict::opaque(format!(
            "whether the {word} `{name}`, made again, does the same must be read"
        ));
    }
    if kind == Kind::Function && sight.world.has_namesake(name) {
        return Verdict::opaque(format!(
            "a second `{name}` can make the old release's calls ambiguous"
        ));
    }
    Verdict::compatible(format!("a new {word} is not used by the old release"))
}

pub(super) fn rename(sight: &Sight<'_>, kind: Kind, from: &Name, to: &Name) -> Verdict {
    let world = sight.world;
    let (old, new) = (world.full(from), world.full(to));
    if world.is_born(kind, from) {
        return Verdict::compatible(format!("`{from}` was made by these migrations"));
    }
    if kind == Kind::Table && sight.foresight.is_undone(&old, &new) {
        return Verdict::compatible(format!("`{from}` has its name at the end"))
            .locking(Lock::Brief);
    }
    if kind == Kind::Table && sight.foresight.stands_in(&old, &new) {
        return Verdict::compatible(format!(
            "a view called `{from}` reads and writes `{to}` for the old release"
        ))
        .locking(Lock::Brief);
    }
    if kind == Kind::Index {
        return match world.index(&from.name) {
            Some(known) if !known.unique => Verdict::compatible("no statement names a plain index"),
            Some(_) | None => Verdict::opaque(format!(
                "if `{from}` belongs to a constraint, ON CONFLICT ON CONSTRAINT of the old release fails"
            )),
        };
    }
    Verdict::breaks(format!(
        "the old release asks for the {} `{from}`, which is called `{to}` now",
        kind.word()
    ))
    .locking(Lock::Brief)
}

pub(super) fn drop(sight: &Sight<'_>, kind: Kind, name: &Name, cascade: bool) -> Verdict {
    let word = kind.word();
    if sight.world.is_born(kind, name) {
        return Verdict::compatible(format!("the {word} `{name}` was made by these migrations"));
    }
    let full = sight.world.full(name);
    let remade = sight.foresight.is_remade(kind, &full);
    match kind {
        Kind::Table => match sight.foresight.copy_of(&full) {
            Some(copy) => Verdict::opaque(format!(
                "`{name}` is rebuilt as a copy, `{copy}`; whether all columns are in it must be read"
            )),
            None => Verdict::loses(format!(
                "the rows of `{name}` are gone{}",
                if cascade { ", and what hangs on it" } else { "" }
            )),
        }
        .locking(Lock::Brief),
        Kind::Schema if cascade => Verdict::loses(format!("everything in the schema `{name}` is gone")),
        Kind::Type | Kind::Domain | Kind::Extension | Kind::Function if cascade => Verdict::loses(format!(
            "with the {word} `{name}` goes what hangs on it, columns among them"
        )),
        Kind::View | Kind::MaterializedView | Kind::Function if remade && !cascade => {
            Verdict::opaque(format!("the {word} `{name}` is made again; whether it does the same must be read"))
        }
        Kind::Index => match sight.world.index(&name.name) {
            Some(known) if known.unique => Verdict::breaks(format!(
                "without the unique `{name}`, ON CONFLICT of the old release fails and duplicates get in"
            )),
            Some(_) => Verdict::compatible("without the index the old release is slower, not wrong"),
            None => Verdict::opaque(format!(
                "whether the index `{name}` was unique is not in these files; ON CONFLICT needs it"
            )),
        },
        Kind::Sequence => Verdict::breaks(format!(
            "the old release may draw numbers from `{name}`, and where it stood is gone"
        )),
        Kind::View
        | Kind::MaterializedView
        | Kind::Schema
        | Kind::Type
        | Kind::Domain
        | Kind::Extension
        | Kind::Function
        | Kind::Trigger => Verdict::breaks(format!("the old release may use the {word} `{name}`, which is gone")),
    }
}

pub(super) fn create_trigger(sight: &Sight<'_>, table: &Name) -> Verdict {
    if sight.world.is_born(Kind::Table, table) {
        return super::table::new_table(table);
    }
    Verdict::opaque(format!(
        "what the trigger does to the old release's writes to `{table}` must be read"
    ))
    .locking(Lock::Brief)
}

pub(super) fn drop_trigger(sight: &Sight<'_>, name: &Name, table: &Name) -> Verdict {
    if sight.world.is_born(Kind::Table, table) || sight.world.is_new_trigger(name, table) {
        return Verdict::compatible(format!("the trigger `{name}` was made by these migrations"));
    }
    Verdict::breaks(format!(
        "what the trigger `{name}` did for the old release's writes no longer happens"
    ))
    .locking(Lock::Brief)
}

pub(super) fn add_enum_value(sight: &Sight<'_>, ty: &Name, value: &str) -> Verdict {
    if sight.world.is_born(Kind::Type, ty) {
        return Verdict::compatible(format!("the type `{ty}` was made by these migrations"));
    }
    let finds = format!("rows that hold `{value}`");
    let reason = format!("the old release does not know `{value}`");
    let known = sight.world.columns_of(ty);
    let probe = |sql: String| Verdict::probe(reason.clone(), sql, finds.clone());
    let on_columns = known.into_iter().map(|(table, column)| {
        probe(format!(
            "SELECT 1 FROM {} WHERE {} = {} LIMIT 1",
            table.sql(),
            quoted(column),
            literal(value)
        ))
    });
    on_columns.reduce(Verdict::and).unwrap_or_else(|| probe(everywhere(ty, value)))
}

/// Looks in every column of the type, which the files do not name. One statement, without a
/// function of ours in the database: `query_to_xml` carries out the text it is given.
fn everywhere(ty: &Name, value: &str) -> String {
    format!(
        "SELECT 1 FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid \
         WHERE a.atttypid = {}::regtype AND c.relkind IN ('r', 'p') AND NOT a.attisdropped \
         AND query_to_xml(format('SELECT 1 AS found FROM %s WHERE %I::text = %L LIMIT 1', \
         c.oid::regclass, a.attname, {}), true, false, '')::text LIKE '%<found>%' LIMIT 1",
        literal(&ty.sql()),
        literal(value)
    )
}
