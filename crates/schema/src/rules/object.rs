//! Tables, views, types, functions and the like: made, renamed, dropped.

use crate::change::Kind;
use crate::label::Lock;
use crate::name::{Name, literal, quoted};

use super::{Sight, Verdict};

pub(super) fn create(
    sight: &Sight<'_>,
    kind: Kind,
    name: &Name,
    replace: bool,
    text: Option<&str>,
) -> Verdict {
    let word = kind.word();
    if sight.world.is_born(kind, name) {
        return Verdict::compatible(format!("`{name}` is made by these migrations"));
    }
    if replace
        && let (Some(before), Some(after)) = (sight.world.text(kind, name), text)
        && shows_the_same(before, after)
    {
        return Verdict::compatible(format!("the {word} `{name}` reads what it read before"));
    }
    let known = sight.world.is_known(kind, name) || sight.world.table(name).is_some();
    if replace && (known || !sight.world.is_complete()) {
        return Verdict::opaque(format!(
            "whether the replaced {word} `{name}` does the same must be read"
        ));
    }
    if sight.foresight.is_remade(kind, &sight.world.full(name)) {
        return Verdict::opaque(format!(
            "whether the {word} `{name}`, made again, does the same must be read"
        ));
    }
    let fresh = Verdict::compatible(format!("a new {word} is not used by the old release"));
    match kind {
        Kind::View | Kind::MaterializedView => {
            shadows(sight, name).map_or(fresh.clone(), |found| fresh.and(found))
        }
        Kind::Table
        | Kind::Sequence
        | Kind::Type
        | Kind::Domain
        | Kind::Schema
        | Kind::Function
        | Kind::Index
        | Kind::Extension => fresh,
    }
}

/// A function as it is made.
pub(crate) struct Made<'a> {
    pub(crate) name: &'a Name,
    pub(crate) base: &'a Name,
    pub(crate) takes: Option<&'a Name>,
    pub(crate) of_trigger: bool,
    pub(crate) replace: bool,
    pub(crate) text: &'a str,
}

pub(super) fn create_function(sight: &Sight<'_>, made: &Made<'_>) -> Verdict {
    let (world, name) = (sight.world, made.name);
    let kind = Kind::Function;
    if world.is_born(kind, name) {
        return Verdict::compatible(format!("`{name}` is made by these migrations"));
    }
    if world.text(kind, name) == Some(made.text) {
        return Verdict::compatible(format!("`{name}` is made as it was"));
    }
    if made.replace && (world.is_known(kind, name) || !world.is_complete()) {
        return Verdict::opaque(format!(
            "whether the replaced function `{name}` does the same must be read"
        ));
    }
    if sight.foresight.is_remade(kind, &world.full(name)) {
        return Verdict::opaque(format!(
            "whether the function `{name}`, made again, does the same must be read"
        ));
    }
    if made.of_trigger {
        return Verdict::compatible("a new function of triggers is called by no statement");
    }
    if world.has_namesake(name) || !world.is_complete() {
        return Verdict::opaque(format!(
            "a second `{name}` can make the old release's calls ambiguous, or be taken for the first"
        ));
    }
    if crate::expression::is_harmless_call(&made.base.name) {
        return Verdict::opaque(format!("`{name}` may be taken for a function of the database"));
    }
    // `name(row)` reads a column as long as no function is called so.
    let of_rows = made.takes.is_some_and(|ty| {
        world
            .table(ty)
            .is_some_and(|table| !table.born && table.columns.contains_key(&made.base.name))
    });
    if of_rows {
        return Verdict::opaque(format!("`{name}` is a column as well, and may be taken for it"));
    }
    Verdict::compatible("a new function is not used by the old release")
}

/// A table or view whose name stands for another in a schema of the path. A schema that is called
/// as a role comes first in the path of that role.
pub(super) fn shadows(sight: &Sight<'_>, name: &Name) -> Option<Verdict> {
    let schema =
        name.schema.as_deref().filter(|schema| !matches!(*schema, "" | "public" | "pg_temp"))?;
    let new_schema = sight
        .world
        .is_born(Kind::Schema, &Name { schema: Some(String::new()), name: schema.to_owned() });
    let there = sight.world.has_table_elsewhere(name);
    if !there && (sight.world.is_complete() || !new_schema) {
        return None;
    }
    Some(Verdict::probe(
        format!(
            "`{name}` stands for another `{}` wherever `{schema}` comes first in the search path",
            name.name
        ),
        format!(
            "SELECT 1 FROM pg_roles WHERE rolname = {0} UNION ALL SELECT 1 FROM pg_db_role_setting \
             WHERE array_to_string(setconfig, ' ') LIKE '%search_path=%' || {0} || '%' LIMIT 1",
            literal(schema)
        ),
        format!("a role called `{schema}`, or a search path with it"),
    ))
}

/// Whether a view shows at least the same: the same query, with more plain columns at the most.
fn shows_the_same(before: &str, after: &str) -> bool {
    let plain = |text: &str| text.trim_end_matches(';').trim().to_owned();
    let (before, after) = (plain(before), plain(after));
    if before == after {
        return true;
    }
    let parts = |text: &str| {
        let rest = text.strip_prefix("select ")?;
        let (list, from) = rest.split_once(" from ")?;
        let simple = !list.contains('(') && !list.contains("distinct") && !list.contains('\'');
        simple.then(|| (list.to_owned(), from.to_owned()))
    };
    let (Some((old, old_from)), Some((new, new_from))) = (parts(&before), parts(&after)) else {
        return false;
    };
    let more = new.strip_prefix(&old).filter(|more| more.starts_with(" ,"));
    let grouped =
        [" group by ", " union ", " distinct ", "with "].iter().any(|word| old_from.contains(word));
    old_from == new_from
        && !grouped
        && more.is_some_and(|more| {
            more.chars().all(|one| one.is_alphanumeric() || matches!(one, '_' | ' ' | ',' | '.'))
        })
}

/// A table that becomes a part of an old one.
pub(super) fn attach(sight: &Sight<'_>, table: &Name, part: &Name, partition: bool) -> Verdict {
    let world = sight.world;
    if world.is_born(Kind::Table, table) {
        return super::table::new_table(table);
    }
    let state = world.table(part).filter(|state| state.born && !state.filled);
    // Without columns of its own it was made like the other.
    let plain = state.is_some_and(|state| {
        state.columns.is_empty()
            && state.constraints.is_empty()
            && state.triggers.is_empty()
            && state.security.is_none()
            && state.like == Some(world.full(table))
            && !world.has_unique_index_on(part)
    });
    if partition && plain && !sight.world.is_complete() {
        return Verdict::opaque(format!("what `{part}` holds and refuses is not in these files"));
    }
    if partition && plain {
        return Verdict::compatible(format!("`{part}` is empty and was made like `{table}`"));
    }
    Verdict::opaque(format!("rows of `{part}` show in `{table}`, and writes to it are checked"))
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
        let stands = Verdict::compatible(format!(
            "a view called `{from}` reads and writes `{to}` for the old release"
        ))
        .locking(Lock::Brief);
        if sight.dialect != crate::Dialect::Postgres || sight.foresight.is_granted(&old) {
            return stands;
        }
        return stands.and(Verdict::probe(
            format!("whoever had rights on `{from}` needs them on the view called so"),
            format!(
                "SELECT 1 FROM pg_class t, pg_class v, LATERAL aclexplode(coalesce(t.relacl, acldefault('r', t.relowner))) a \
                 WHERE t.oid = {}::regclass AND v.oid = {}::regclass \
                 AND a.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE') AND NOT EXISTS (\
                 SELECT 1 FROM aclexplode(coalesce(v.relacl, acldefault('r', v.relowner))) b \
                 WHERE b.privilege_type = a.privilege_type AND b.grantee IN (a.grantee, 0)) LIMIT 1",
                literal(&new.sql()),
                literal(&old.sql())
            ),
            "roles with rights on the table and none on the view",
        ));
    }
    if kind == Kind::Index {
        return match world.index(from) {
            // No statement can name an index that is no constraint.
            Some(_) if world.is_complete() && !world.has_constraint(&from.name) => {
                Verdict::compatible("no statement names an index that is no constraint")
            }
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
    if kind == Kind::Table && sight.world.is_complete() && sight.world.table(name).is_none() {
        return Verdict::compatible(format!("there was no table `{name}`"));
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
        Kind::Index => match sight.world.index(name) {
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
        | Kind::Function => Verdict::breaks(format!("the old release may use the {word} `{name}`, which is gone")),
    }
}

pub(super) fn add_enum_value(sight: &Sight<'_>, ty: &Name, value: &str) -> Verdict {
    if sight.world.is_born(Kind::Type, ty) {
        return Verdict::compatible(format!("the type `{ty}` was made by these migrations"));
    }
    let finds = format!("rows that hold `{value}`");
    let reason = format!("the old release does not know `{value}`");
    let known = sight.world.columns_of(ty);
    let probe = |sql: String| Verdict::probe(reason.clone(), sql, finds.clone());
    let on_columns = known.into_iter().map(|(table, column, array)| {
        probe(if array {
            format!(
                "SELECT 1 FROM {} WHERE {} = ANY ({}) LIMIT 1",
                table.sql(),
                literal(value),
                quoted(column)
            )
        } else {
            format!(
                "SELECT 1 FROM {} WHERE {} = {} LIMIT 1",
                table.sql(),
                quoted(column),
                literal(value)
            )
        })
    });
    on_columns.reduce(Verdict::and).unwrap_or_else(|| probe(everywhere(ty, value)))
}

/// Looks in every column of the type, which the files do not name. One statement, without a
/// function of ours in the database: `query_to_xml` carries out the text it is given.
fn everywhere(ty: &Name, value: &str) -> String {
    format!(
        "SELECT 1 FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid \
         JOIN pg_type t ON t.oid = a.atttypid \
         WHERE {}::regtype IN (t.oid, t.typelem, t.typbasetype) AND c.relkind IN ('r', 'p', 'm') \
         AND NOT a.attisdropped AND a.attnum > 0 \
         AND query_to_xml(format('SELECT 1 AS found FROM %s WHERE %I::text = %L OR \
         strpos(%I::text, CASE WHEN %L THEN %L END) > 0 LIMIT 1', c.oid::regclass, a.attname, {1}, \
         a.attname, t.typelem <> 0, {1}), true, false, '')::text LIKE '%<found>%' LIMIT 1",
        literal(&ty.sql()),
        literal(value)
    )
}
