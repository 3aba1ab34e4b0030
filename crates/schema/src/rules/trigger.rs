//! Triggers: what one does to the old release's writes, and what may not change under it afterwards.

use crate::change::{Change, Code, Constraint, Fill, Index, Kind, Trigger};
use crate::expression::{Expression, Field};
use crate::label::Lock;
use crate::name::Name;
use crate::world::ColumnState;

use super::{Sight, Verdict};

pub(super) fn create(sight: &Sight<'_>, table: &Name, trigger: &Trigger) -> Verdict {
    let world = sight.world;
    let code = trigger.function.as_ref().map_or(&Code::Unknown, |function| world.code(function));
    if world.is_born(Kind::Table, table) {
        // A deletion of the old release may reach a table that it does not know.
        if (trigger.on_delete || trigger.on_update) && world.follows_old(table) {
            return match code {
                Code::Quiet if !trigger.on_delete => super::table::new_table(table),
                Code::Sets { .. } | Code::Quiet | Code::Unknown => Verdict::opaque(format!(
                    "what the trigger does to deletions that reach `{table}` must be read"
                )),
            };
        }
        return super::table::new_table(table);
    }
    let only_fills = match code {
        Code::Sets { columns, conditions } => {
            trigger.before_row
                && !trigger.on_delete
                && columns.iter().all(|(column, value)| fills(sight, table, column, value))
                && conditions.iter().all(|condition| asks(sight, table, condition, trigger))
        }
        Code::Quiet | Code::Unknown => false,
    };
    if only_fills {
        return Verdict::compatible(format!(
            "the trigger only fills columns of `{table}` that these migrations made"
        ))
        .locking(Lock::Brief);
    }
    Verdict::opaque(format!(
        "what the trigger does to the old release's writes to `{table}` must be read"
    ))
    .locking(Lock::Brief)
}

/// A column as an expression of a trigger meets it; before the row is stored, nothing is computed yet.
fn field(known: &ColumnState) -> Field {
    let generated = matches!(known.fill, Fill::Generated(_));
    let ty = known.ty.as_ref().filter(|ty| !ty.array);
    let base = ty.map_or("", |ty| ty.base.as_str());
    Field {
        text: ty.is_some_and(crate::types::Type::is_text),
        comparable: matches!(
            base,
            "text"
                | "varchar"
                | "smallint"
                | "integer"
                | "bigint"
                | "boolean"
                | "numeric"
                | "uuid"
                | "timestamp"
                | "timestamptz"
                | "date"
        ),
        nullable: !known.not_null || generated,
    }
}

/// Whether a value always fits a new column, which nothing constrains and no index reads.
fn fills(sight: &Sight<'_>, table: &Name, column: &str, value: &Expression) -> bool {
    let world = sight.world;
    let Some(known) = world.column(table, column).filter(|known| known.born) else { return false };
    let constrained = world.table(table).is_some_and(|state| {
        state.constraints.iter().any(|(_, constraint, _)| constraint.names(column))
    });
    let Some(ty) = known.ty.as_ref() else { return false };
    if constrained || world.has_index(table, column) || matches!(known.fill, Fill::Generated(_)) {
        return false;
    }
    let fields = |name: &str| world.column(table, name).map(field);
    if let Some(of) = value.field() {
        let Some(from) = world.column(table, of) else { return false };
        let wide = ty.is_text() && ty.args.is_empty() && field(from).text;
        let same = from.ty.as_ref() == Some(ty) && ty.is_known();
        return (wide || same) && !(known.not_null && field(from).nullable);
    }
    if value.value().is_some() {
        return super::fit::constant(sight, ty, &value.text);
    }
    match ty.base.as_str() {
        _ if ty.array => false,
        "timestamp" | "timestamptz" | "date" => value.is_now(),
        "uuid" => value.is_new_uuid(),
        "text" | "varchar" if ty.args.is_empty() => {
            value.text_of_row(&fields).is_some_and(|nullable| !(nullable && known.not_null))
        }
        _ => false,
    }
}

/// Whether what stands between `IF` and `THEN` never fails.
fn asks(sight: &Sight<'_>, table: &Name, condition: &Expression, trigger: &Trigger) -> bool {
    let fields = |name: &str| sight.world.column(table, name).map(field);
    condition.is_question_to_row(&fields, trigger.on_update && !trigger.on_insert)
}

pub(super) fn drop(sight: &Sight<'_>, name: &Name, table: &Name) -> Verdict {
    if sight.world.is_born(Kind::Table, table) || sight.world.is_new_trigger(name, table) {
        return Verdict::compatible(format!("the trigger `{name}` was made by these migrations"));
    }
    Verdict::breaks(format!(
        "what the trigger `{name}` did for the old release's writes no longer happens"
    ))
    .locking(Lock::Brief)
}

/// Triggers fire in the order of their names.
pub(super) fn rename(sight: &Sight<'_>, table: &Name) -> Verdict {
    let state = sight.world.table(table);
    let alone = sight.world.is_complete()
        && state.is_some_and(|state| state.whole && state.triggers.len() < 2);
    if sight.world.is_born(Kind::Table, table) || alone {
        return Verdict::compatible(
            "no statement names a trigger, and there is no other to go first",
        );
    }
    Verdict::opaque(format!(
        "triggers of `{table}` fire in the order of their names; whether another goes first now must be read"
    ))
}

/// What a change is about, within a table.
enum About<'a> {
    Columns([&'a str; 2]),
    Constraint(&'a Constraint),
    Index(&'a Index),
}

impl About<'_> {
    fn mentions(&self, column: &str) -> bool {
        match self {
            Self::Columns(columns) => columns.contains(&column),
            Self::Constraint(constraint) => constraint.names(column),
            Self::Index(index) => {
                index.keys.iter().chain(&index.predicate).any(|key| key.mentions(column))
            }
        }
    }
}

/// What is said beside a rule's own verdict: a change to what a trigger of an old table reads or sets,
/// which the rule takes for new and unused.
pub(super) fn beneath(sight: &Sight<'_>, change: &Change) -> Option<Verdict> {
    let world = sight.world;
    let (table, about) = match change {
        Change::CreateFunction { name, .. } | Change::Drop { kind: Kind::Function, name, .. } => {
            return world.fires_on_old(name).map(|table| {
                Verdict::opaque(format!(
                    "a trigger of `{table}` calls `{name}`, on the old release's writes as well; what it does now must be read"
                ))
            });
        }
        Change::DropColumn { table, column, .. }
        | Change::AlterType { table, column, .. }
        | Change::SetNotNull { table, column }
        | Change::DropNotNull { table, column }
        | Change::Identity { table, column, .. } => (table, About::Columns([column, column])),
        Change::RenameColumn { table, from, to } => (table, About::Columns([from, to])),
        Change::AddConstraint { table, constraint } => (table, About::Constraint(constraint)),
        Change::CreateIndex(index) => (&index.table, About::Index(index)),
        Change::Harmless(_)
        | Change::Opaque(_)
        | Change::Fixed { .. }
        | Change::CreateTable { .. }
        | Change::AddColumn { .. }
        | Change::Rename { .. }
        | Change::SetDefault { .. }
        | Change::DropDefault { .. }
        | Change::DropConstraint { .. }
        | Change::DropForeignKey { .. }
        | Change::RowSecurity { .. }
        | Change::AddPolicy { .. }
        | Change::Create { .. }
        | Change::CreateTrigger { .. }
        | Change::CreateRule { .. }
        | Change::Attach { .. }
        | Change::RenameConstraint { .. }
        | Change::RenameTrigger { .. }
        | Change::Like { .. }
        | Change::Grant { .. }
        | Change::Field(_)
        | Change::SetSequence { .. }
        | Change::Drop { .. }
        | Change::DropTrigger { .. }
        | Change::AddEnumValue { .. }
        | Change::Insert { .. }
        | Change::Update { .. }
        | Change::Delete { .. }
        | Change::SearchPath(_)
        | Change::LocalPath(_)
        | Change::Begin
        | Change::Commit
        | Change::Session(_)
        | Change::Rollback => return None,
    };
    if world.is_born(Kind::Table, table) {
        return None;
    }
    let found = world.in_triggers(table).into_iter().find(|name| about.mentions(name))?;
    Some(Verdict::opaque(format!(
        "a trigger sets or reads `{table}.{found}` on the old release's writes; whether they still go through must be read"
    )))
}
